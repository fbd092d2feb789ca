//! Connections to SQLite or PostgreSQL, opened, migrated and closed. Knows no table.

use std::{ops::Deref, path::Path, pin::Pin, str::FromStr, time::Duration};

use sqlx::{
    Acquire, ConnectOptions, Connection, PgPool, SqliteConnection,
    migrate::{Migrate, MigrateError, Migrator},
    pool::PoolOptions,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{DirectoryError, desks::Desks};
use crate::domain::secret::Secret;

static MIGRATIONS: Migrator = sqlx::migrate!("src/store/directory/migrations");

const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// The most one call may take, all told.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection that rested longer is asked whether it is alive before it is used.
const TRUSTED_REST: Duration = Duration::from_secs(1);
const READERS: usize = 2;
const POSTGRES_CONNECTIONS: u32 = 16;

/// Connections to one of two databases. The statements sent over them are the same text on both.
#[derive(Debug, Clone)]
pub(super) enum Pools {
    /// SQLite has one writer at a time, so writers queue here and not in its lock.
    Sqlite {
        writer: Desks,
        readers: Desks,
    },
    Postgres(PgPool),
}

/// `$connection` reads; the body is compiled once for each database.
macro_rules! reading {
    ($pools:expr, |$connection:ident| $body:expr) => {
        $crate::store::directory::pool::on_connection!($pools, readers, |$connection| $body)
    };
}

/// `$connection` may write.
macro_rules! writing {
    ($pools:expr, |$connection:ident| $body:expr) => {
        $crate::store::directory::pool::on_connection!($pools, writer, |$connection| $body)
    };
}

macro_rules! on_connection {
    ($pools:expr, $desks:ident, |$connection:ident| $body:expr) => {
        match $pools {
            $crate::store::directory::pool::Pools::Sqlite { $desks, .. } => {
                $crate::store::directory::pool::answer(Box::pin(async {
                    let $connection = &mut *$desks.acquire().await?;
                    $body.await
                }))
                .await
            }
            $crate::store::directory::pool::Pools::Postgres(pool) => {
                $crate::store::directory::pool::answer(Box::pin(async {
                    let $connection = &mut *pool.acquire().await?;
                    $body.await
                }))
                .await
            }
        }
    };
}

pub(super) use {on_connection, reading, writing};

impl Pools {
    pub(super) async fn open(url: &Secret<String>) -> Result<Self, DirectoryError> {
        let url = url.reveal();
        if url.starts_with("sqlite:") {
            sqlite(url).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            postgres(url).await
        } else {
            Err(DirectoryError("its address begins with neither sqlite: nor postgres://".into()))
        }
    }

    pub(super) async fn look(url: &Secret<String>) -> Result<Self, DirectoryError> {
        let text = url.reveal();
        if text.starts_with("postgres") {
            let options = postgres_options(text)?.options([("statement_timeout", "4s"), ("default_transaction_read_only", "on")]);
            let pool = tested(PgPoolOptions::new()).max_connections(1).connect_with(options).await.map_err(unopened)?;
            return Ok(Self::Postgres(pool));
        }
        if is_memory(text) {
            return Self::open(url).await;
        }
        let options = SqliteConnectOptions::from_str(text).map_err(unread)?;
        if !options.get_filename().exists() {
            return sqlite("sqlite::memory:").await;
        }
        // While somebody has it open there is a write-ahead log, which must be read, too. Without one, nobody writes, and only
        // an "immutable" file is read without making one.
        let log = std::path::PathBuf::from(format!("{}-wal", options.get_filename().display()));
        let options = options.read_only(true).immutable(!log.exists()).busy_timeout(BUSY_TIMEOUT).disable_statement_logging();
        let only = Desks::new(vec![options.connect().await.map_err(unopened)?]);
        Ok(Self::Sqlite { writer: only.clone(), readers: only })
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                // The writer last: the last connection to close folds the write-ahead log back into the file.
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

async fn sqlite(url: &str) -> Result<Pools, DirectoryError> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(unread)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .disable_statement_logging();
    if is_memory(url) {
        // One connection *is* the database.
        let only = Desks::new(vec![sqlite_writer(&options).await?]);
        return Ok(Pools::Sqlite { writer: only.clone(), readers: only });
    }
    make_private_file(options.get_filename())?;
    let writer = Desks::new(vec![sqlite_writer(&options).await?]);
    let options = options.read_only(true).create_if_missing(false);
    let mut readers = Vec::with_capacity(READERS);
    for _ in 0..READERS {
        readers.push(options.connect().await.map_err(unopened)?);
    }
    Ok(Pools::Sqlite { writer, readers: Desks::new(readers) })
}

async fn sqlite_writer(options: &SqliteConnectOptions) -> Result<SqliteConnection, DirectoryError> {
    let mut connection = options.connect().await.map_err(unopened)?;
    migrate(&mut connection).await?;
    Ok(connection)
}

fn is_memory(url: &str) -> bool {
    url.contains(":memory:") || url.contains("mode=memory")
}

/// The file holds names and addresses: nobody else on this machine reads it. SQLite gives the files beside it the same mode.
fn make_private_file(path: &Path) -> Result<(), DirectoryError> {
    let failed = |error: std::io::Error| DirectoryError(format!("its file can't be made: {error}"));
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ()).map_err(failed)
}

async fn postgres(url: &str) -> Result<Pools, DirectoryError> {
    let options = postgres_options(url)?;
    migrate_postgres(&options).await?;
    let limited = options.options([("statement_timeout", "4s"), ("lock_timeout", "3s"), ("idle_in_transaction_session_timeout", "10s")]);
    let pool = tested(PgPoolOptions::new()).max_connections(POSTGRES_CONNECTIONS).connect_with(limited).await.map_err(unopened)?;
    Ok(Pools::Postgres(pool))
}

fn postgres_options(url: &str) -> Result<PgConnectOptions, DirectoryError> {
    Ok(PgConnectOptions::from_str(url).map_err(unread)?.application_name("gatehouse").disable_statement_logging())
}

/// On a connection without the limits of everyday statements. Nodes that start together queue for sqlx's advisory lock.
async fn migrate_postgres(options: &PgConnectOptions) -> Result<(), DirectoryError> {
    let opened = tokio::time::timeout(ACQUIRE_TIMEOUT, options.connect()).await.map_err(|_| silent(ACQUIRE_TIMEOUT))?;
    let mut connection = opened.map_err(unopened)?;
    migrate(&mut connection).await?;
    connection.close().await.map_err(unopened)
}

/// Boxed under a plain lifetime: otherwise the compiler can't see that opening a directory may move between threads.
fn migrate<'a, A>(database: A) -> Pin<Box<dyn Future<Output = Result<(), DirectoryError>> + Send + 'a>>
where
    A: Acquire<'a> + Send + 'a,
    <A::Connection as Deref>::Target: Migrate,
    A::Connection: Send,
{
    Box::pin(async { MIGRATIONS.run(database).await.map_err(unmigrated) })
}

/// A ping before every statement would double the round trips; one after a rest finds what a restart cut.
fn tested(options: PoolOptions<sqlx::Postgres>) -> PoolOptions<sqlx::Postgres> {
    options.acquire_timeout(ACQUIRE_TIMEOUT).test_before_acquire(false).before_acquire(|connection, meta| {
        Box::pin(async move {
            if meta.idle_for > TRUSTED_REST {
                connection.ping().await?;
            }
            Ok(true)
        })
    })
}

/// Gives up on a database that does not answer. Boxed, because sqlx's futures are large and every caller's would hold them.
pub(super) async fn answer<T>(work: Pin<Box<impl Future<Output = Result<T, sqlx::Error>>>>) -> Result<T, DirectoryError> {
    match tokio::time::timeout(ANSWER_TIMEOUT, work).await {
        Ok(done) => done.map_err(|error| failed(&error)),
        Err(_) => Err(silent(ANSWER_TIMEOUT)),
    }
}

fn silent(limit: Duration) -> DirectoryError {
    DirectoryError(format!("no answer within {} s", limit.as_secs()))
}

fn unread(_: sqlx::Error) -> DirectoryError {
    DirectoryError("its address can't be read".into())
}

#[expect(clippy::needless_pass_by_value, reason = "shaped for map_err")]
fn unopened(error: sqlx::Error) -> DirectoryError {
    failed(&error)
}

fn unmigrated(error: MigrateError) -> DirectoryError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failed(&error),
        other => DirectoryError(format!("its schema can't be brought up to date: {other}")),
    }
}

/// What went wrong, without the values a statement carried: a database quotes them in its messages.
fn failed(error: &sqlx::Error) -> DirectoryError {
    DirectoryError(match error {
        sqlx::Error::Database(refusal) => {
            let code = refusal.code().unwrap_or_default();
            // Connection, authentication, catalog, resources, shutdown, system: said before any row was looked at.
            let is_about_the_server = ["08", "28", "3D", "53", "57", "58"].iter().any(|class| code.starts_with(class));
            let about = if is_about_the_server { refusal.message() } else { refusal.constraint().unwrap_or("no constraint") };
            format!("refused with code {code} ({about})")
        }
        sqlx::Error::PoolTimedOut => format!("no connection within {} s", ACQUIRE_TIMEOUT.as_secs()),
        sqlx::Error::Io(error) => error.to_string(),
        sqlx::Error::Tls(error) => format!("TLS: {error}"),
        sqlx::Error::PoolClosed => "it was closed".into(),
        sqlx::Error::ColumnDecode { index, .. } => format!("column {index} can't be read"),
        sqlx::Error::RowNotFound => "a row is missing".into(),
        _ => "the driver gave up".into(),
    })
}
