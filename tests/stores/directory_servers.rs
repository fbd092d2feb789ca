//! What the contract can't say: files, restarts, nodes that start together, a database that is gone.

use std::{os::unix::fs::PermissionsExt, time::Instant};

use gatehouse::{domain::secret::Secret, store::directory::Directory};
use tokio::task::JoinSet;

use crate::{
    directory::{add, open, pending},
    services::{certificates::Certificates, ports::free_ports, postgres::Postgres},
    stage::tenant,
};

async fn refusal(url: String) -> String {
    Directory::open(&Secret::new(url)).await.map(|_| ()).unwrap_err().to_string()
}

#[tokio::test]
async fn a_file_keeps_guests_from_one_run_to_the_next_and_from_strangers() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deep/er/gatehouse.db");
    let url = Secret::new(format!("sqlite:{}", file.display()));
    let ana = pending("ana@partner.example");
    let first = open(&url).await;
    add(&first, &ana).await;
    for name in ["gatehouse.db", "gatehouse.db-wal"] {
        let mode = file.with_file_name(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    first.close().await;
    assert_eq!(open(&url).await.guest(&tenant(), ana.id).await.unwrap().unwrap().guest, ana);
}

#[tokio::test]
async fn a_clone_sees_the_same_memory_and_another_directory_does_not() {
    let url = Secret::new("sqlite::memory:".to_owned());
    let (one, another) = (open(&url).await, open(&url).await);
    let ana = pending("ana@partner.example");
    add(&one, &ana).await;
    assert!(one.clone().guest(&tenant(), ana.id).await.unwrap().is_some());
    assert!(another.guest(&tenant(), ana.id).await.unwrap().is_none());
}

#[tokio::test]
async fn postgres_over_tls_wants_the_right_authority() {
    let server = Postgres::shared().await;
    let directory = open(&server.tls_database(&server.certificates.ca)).await;
    add(&directory, &pending("ana@partner.example")).await;
    assert!(
        server
            .sql(
                "postgres",
                "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND application_name = 'gatehouse'"
            )
            .trim()
            .parse::<u32>()
            .unwrap()
            > 0
    );
    directory.close().await;
    let stranger = Certificates::issue();
    let said = refusal(server.tls_database(&stranger.ca).reveal().clone()).await;
    assert!(said.contains("certificate"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_together_migrate_once() {
    let url = Postgres::shared().await.database();
    let mut starting = JoinSet::new();
    for _ in 0..6 {
        let url = url.clone();
        starting.spawn(async move { open(&url).await });
    }
    let nodes = starting.join_all().await;
    let ana = pending("ana@partner.example");
    add(&nodes[0], &ana).await;
    for node in nodes {
        assert!(node.guest(&tenant(), ana.id).await.unwrap().is_some());
        node.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_dies_is_an_error_soon_and_one_that_returns_is_found() {
    let mut server = Postgres::start().await;
    let directory = open(&server.database()).await;
    let ana = pending("ana@partner.example");
    add(&directory, &ana).await;
    server.kill();
    for _ in 0..2 {
        let begun = Instant::now();
        let said = directory.guest(&tenant(), ana.id).await.unwrap_err().to_string();
        assert!(begun.elapsed().as_secs() < 6, "{:?}", begun.elapsed());
        assert!(!said.contains("ana") && !said.contains(&ana.id.to_string()), "{said}");
    }
    assert!(!directory.is_ready().await);
    server.restart().await;
    let begun = Instant::now();
    while directory.guest(&tenant(), ana.id).await.is_err() {
        assert!(begun.elapsed().as_secs() < 10, "it never came back");
    }
    assert_eq!(directory.guest(&tenant(), ana.id).await.unwrap().unwrap().guest, ana);
}

#[tokio::test]
async fn a_directory_that_can_t_be_opened_says_why_and_no_password() {
    let [port] = free_ports();
    let server = Postgres::shared().await.port;
    for (url, reason) in [
        ("mysql://localhost/x".to_owned(), "neither sqlite: nor postgres://"),
        ("postgres://u:hunter2@[::bad/x".to_owned(), "can't be read"),
        (format!("postgres://u:hunter2@127.0.0.1:{port}/x"), "refused"),
        (format!("postgres://u:hunter2@127.0.0.1:{server}/postgres"), "28000"),
        (format!("postgres://gatehouse:hunter2@127.0.0.1:{server}/nowhere"), "3D000"),
        ("sqlite:/proc/nowhere/gatehouse.db".to_owned(), "can't be made"),
    ] {
        let said = refusal(url).await;
        assert!(said.contains(reason) && !said.contains("hunter2"), "{said}");
    }
}

#[tokio::test]
async fn a_migration_that_was_changed_afterwards_is_refused() {
    let server = Postgres::shared().await;
    let url = server.database();
    open(&url).await.close().await;
    let name = url.reveal().rsplit_once('/').unwrap().1.replace("?sslmode=disable", "");
    server.sql(&name, r"UPDATE _sqlx_migrations SET checksum = '\x00' WHERE version = 1");
    let said = refusal(url.reveal().clone()).await;
    assert!(said.contains("schema can't be brought up to date"), "{said}");
}
