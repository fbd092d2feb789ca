//! The pages as people meet them: a real Gatehouse, real Chromium, `live.mjs` at the keys, and axe over every page.
//!
//! `PAGES_OUT=dir cargo test --test pages live` leaves pictures in `dir/live`. Missing software fails; `sh tests/run.sh --prepare`
//! installs it.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use gatehouse::{
    clock::Clock,
    demo::partner::{KeyShape, Signer, Validity},
};
use serde_json::{Value, json};

use crate::ports::free_ports;

/// A child process that ends with its handle.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // either may have ended already, and then there is nothing to do
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_guest_walks_both_roads_of_the_demo() {
    let folder = tempfile::tempdir().unwrap();
    let (_demo, spec) = demo(folder.path());
    let seen = walk("demo", &spec);
    assert_eq!(seen["faults"], json!([]));
    assert!(seen["looks"].as_u64().unwrap() >= 15, "{seen}");
}

#[test]
fn guests_of_partners_sign_in_and_out_again() {
    let folder = tempfile::tempdir().unwrap();
    let (_demo, spec) = demo(folder.path());
    let seen = walk("partners", &spec);
    assert_eq!(seen["faults"], json!([]));
    assert_eq!(seen["looks"], 18, "{seen}");
}

#[test]
fn an_invitation_leads_from_the_mail_to_my_apps_and_a_guest_may_leave_again() {
    let folder = tempfile::tempdir().unwrap();
    let (_demo, spec) = demo(folder.path());
    let seen = walk("invited", &spec);
    assert_eq!(seen["faults"], json!([]));
    assert!(seen["looks"].as_u64().unwrap() >= 22, "{seen}");
}

#[test]
fn an_invitation_is_accepted_without_scripts_and_by_keys_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (_demo, spec) = demo(folder.path());
    let seen = walk("plainly", &spec);
    assert_eq!(seen["faults"], json!([]));
    assert!(seen["looks"].as_u64().unwrap() >= 7, "{seen}");
}

#[test]
fn who_comes_with_the_wrong_account_or_to_no_organisation_finds_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let (_demo, spec) = demo(folder.path());
    let seen = walk("astray", &spec);
    assert_eq!(seen["faults"], json!([]));
    assert!(seen["looks"].as_u64().unwrap() >= 16, "{seen}");
}

#[test]
fn an_apps_own_window_sends_its_guest_to_another_browser() {
    let folder = tempfile::tempdir().unwrap();
    let [port, app] = free_ports();
    let _house = house(folder.path(), port, app);
    let seen = walk("elsewhere", &json!({ "gatehouse": format!("http://localhost:{port}"), "port": app, "out": pictures() }));
    assert_eq!(seen["faults"], json!([]));
    assert!(seen["looks"].as_u64().unwrap() >= 10, "{seen}");
}

#[test]
fn a_guest_meets_the_other_pages_and_each_has_a_way_on() {
    let folder = tempfile::tempdir().unwrap();
    let [port, app] = free_ports();
    let _house = house(folder.path(), port, app);
    let outbox = folder.path().join("outbox");
    let spec = json!({ "gatehouse": format!("http://localhost:{port}"), "port": app, "outbox": outbox, "out": pictures() });
    let seen = walk("house", &spec);
    assert_eq!(seen["faults"], json!([]));
    assert!(seen["looks"].as_u64().unwrap() >= 20, "{seen}");
}

/// Lets `live.mjs` walk a story and answers what it saw.
fn walk(story: &str, spec: &Value) -> Value {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    assert!(tests.join("interop/node_modules/playwright-core").exists(), "Playwright is missing: run `sh tests/run.sh --prepare` once");
    let mut command = Command::new("node");
    command.arg("--no-warnings").arg(tests.join("pages/live.mjs")).args([story, &spec.to_string()]);
    let output = command.output().expect("node starts; `sh tests/run.sh --prepare` installs it");
    let (said, words) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(said.trim())
        .unwrap_or_else(|_| panic!("is Chromium there? `sh tests/run.sh --prepare` installs it\n{words}{said}"))
}

#[expect(clippy::disallowed_methods, reason = "a test's own switch")]
fn pictures() -> Option<PathBuf> {
    env::var("PAGES_OUT").ok().map(|out| Path::new(&out).join("live"))
}

/// `gatehouse demo`, and what a story needs to know of it.
fn demo(folder: &Path) -> (Running, Value) {
    let mut command = gatehouse();
    command.args(["demo", "--port", "0", "--folder"]).arg(folder).stdout(Stdio::piped());
    let mut running = Running(command.spawn().unwrap());
    let mut lines = BufReader::new(running.0.stdout.take().unwrap()).lines().map_while(Result::ok);
    // in the order in which it says so
    let mut address = |what: &str| {
        let line = lines.find(|line| line.trim_start().starts_with(what));
        line.and_then(|line| line.split_whitespace().find(|word| word.starts_with("http")).map(str::to_owned)).unwrap()
    };
    let (mailbox, portal, orders) = (address("Mailbox"), address("Contoso Portal"), address("Contoso Orders"));
    let gatehouse = address("My Apps").trim_end_matches("/contoso/apps").to_owned();
    thread::spawn(move || lines.for_each(drop));
    let secret = folder.join("secrets/onboarding");
    let spec =
        json!({ "mailbox": mailbox, "portal": portal, "orders": orders, "gatehouse": gatehouse, "secret": secret, "out": pictures() });
    (running, spec)
}

/// A house with what the demo has not: two homes for one name, accounts to be made, an upstream that is down, answers by form.
fn house(folder: &Path, port: u16, app: u16) -> Running {
    let config = folder.join("config");
    fs::create_dir_all(config.join("tenants")).unwrap();
    let filled = |text: &str| text.replace("{port}", &port.to_string()).replace("{app}", &app.to_string());
    fs::write(config.join("gatehouse.toml"), filled(include_str!("live/gatehouse.toml"))).unwrap();
    fs::write(config.join("tenants/litware.toml"), filled(include_str!("live/litware.toml"))).unwrap();
    let fabrikam = Signer::generate(KeyShape::P256, "Fabrikam", &Validity::around(Clock::system().now())).unwrap();
    fs::write(config.join("tenants/fabrikam.pem"), fabrikam.certificate_pem()).unwrap();
    fs::write(config.join("tenants/wingtip.toml"), filled(include_str!("live/wingtip.toml"))).unwrap();
    let mut command = gatehouse();
    command.args(["serve", "--dev", "--config"]).arg(&config).stderr(Stdio::piped());
    let mut running = Running(command.spawn().unwrap());
    let mut lines = BufReader::new(running.0.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("server.address")), "Gatehouse does not open");
    thread::spawn(move || lines.for_each(drop));
    running
}

fn gatehouse() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatehouse"));
    command.stdin(Stdio::null());
    command
}
