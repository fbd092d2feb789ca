//! A folder with a real configuration, the real binary over it, and a mail server that comes and goes.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Output, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::services::{
    ports::free_ports,
    process::{Folder, Process, is_listening},
};

/// 32 octets in base64.
const SEAL: &str = "aW50ZXJvcC1pbnRlcm9wLWludGVyb3AtaW50ZXJvcCE=";
const TENANT: &str = r#"
id = "contoso"
name = "Contoso"
domains = ["contoso.example"]
[privacy]
statement = "https://contoso.example/privacy"
contact = "privacy@contoso.example"
[passcode]
enabled = true
[invitations]
mails_per_hour = 50000
[clients.portal]
name = "Portal"
redirect_uris = ["https://portal.contoso.example/cb"]
authentication = "none"
"#;

pub struct Station {
    folder: Folder,
    /// Where it serves, once it does.
    port: u16,
    pub mail: MailServer,
    serving: Option<Process>,
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Station {
    /// On SQLite, or wherever `directory` says. Nobody serves yet, and the mail server is down.
    pub fn new(directory: Option<&str>) -> Self {
        let (folder, [port, mail]) = (Folder::new("station"), free_ports());
        let own = format!("sqlite:{}", folder.file("gatehouse.db"));
        let process = format!(
            "[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"https://login.contoso.example\"\n\
             [directory]\nurl = \"{}\"\n[keys]\nseal = {{ file = \"../seal.key\" }}\n\
             [mail]\nfrom = \"Contoso <no-reply@contoso.example>\"\nsmtp = {{ host = \"127.0.0.1\", port = {mail}, encryption = \"none\" }}\n",
            directory.unwrap_or(&own)
        );
        fs::create_dir_all(folder.path().join("config/tenants")).unwrap();
        for (name, text) in [("seal.key", SEAL), ("config/gatehouse.toml", &process), ("config/tenants/contoso.toml", TENANT)] {
            fs::write(folder.file(name), text).unwrap();
        }
        Self { folder, port, mail: MailServer::at(mail), serving: None }
    }

    /// A file beside the configuration.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Begins to serve.
    pub fn serve(&mut self) {
        let config = self.folder.file("config");
        self.serving = Some(Process::start(self.folder.path(), "TERM", gatehouse(), &["serve", "--config", &config]));
        wait("it serves", 60, || is_listening(self.port));
    }

    /// Ends it: `TERM` or `KILL`.
    pub fn end(&mut self, signal: &str) {
        self.serving.take().unwrap().signal(signal);
    }

    /// The most memory the serving process ever had, in MiB.
    pub fn most_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.serving.as_ref().unwrap().pid)).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }

    /// `words` with `--config` after them, run to the end.
    pub fn run(&self, words: &[&str]) -> Said {
        let Output { status, stdout, stderr } = self.command(words).stdin(Stdio::null()).output().unwrap();
        let text = |octets| String::from_utf8(octets).unwrap();
        Said { code: status.code().unwrap(), out: text(stdout), err: text(stderr) }
    }

    /// The same for the tenant.
    pub fn at_contoso(&self, words: &[&str]) -> Said {
        self.run(&[words, &["--tenant", "contoso"]].concat())
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(gatehouse());
        command.args(words).args(["--config", &self.folder.file("config")]).current_dir(self.folder.path());
        command
    }

    /// What `mail list --json` says of mails in this state; at most 999.
    pub fn mails(&self, state: &str) -> Vec<Value> {
        let said = self.at_contoso(&["mail", "list", "--state", state, "--json", "--limit", "999"]);
        assert_eq!(said.code, 0, "{said:?}");
        said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// A request to the serving process, as its proxy would make it.
    pub async fn post(&self, path: &str, body: &'static str) -> (u16, String) {
        gatehouse::app::choose_cryptography();
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let request = reqwest::Client::new().post(url).header("host", "login.contoso.example");
        let answer = request.header("content-type", "application/x-www-form-urlencoded").body(body).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

pub fn gatehouse() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_gatehouse"))
}

#[expect(clippy::disallowed_methods, reason = "a test waits for other processes")]
pub fn wait(what: &str, seconds: u64, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(seconds), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// `aiosmtpd` at one port, and everything it ever took.
pub struct MailServer {
    port: u16,
    child: Option<(Child, ChildStdin)>,
    took: Arc<Mutex<Vec<Value>>>,
}

impl MailServer {
    fn at(port: u16) -> Self {
        Self { port, child: None, took: Arc::default() }
    }

    pub fn up(&mut self) {
        #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
        let python = std::env::var("SMTP_SINK_PYTHON").unwrap_or_else(|_| "/usr/bin/python3".into());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/smtp_sink.py");
        let port = self.port.to_string();
        let mut command = Command::new(python);
        let mut child =
            command.args([script, "--tls", "none", "--port", &port]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut lines = BufReader::new(stdout).lines();
        let hello = lines.next().and_then(Result::ok);
        assert!(hello.is_some(), "no aiosmtpd: apt-get install python3-aiosmtpd, or name a Python that has it in SMTP_SINK_PYTHON");
        let took = Arc::clone(&self.took);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                took.lock().unwrap().extend(serde_json::from_str(&line).ok());
            }
        });
        self.child = Some((child, stdin));
    }

    /// Gone in the middle of whatever it was about.
    pub fn down(&mut self) {
        let (mut child, _stdin) = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    pub fn count(&self) -> usize {
        self.took.lock().unwrap().len()
    }

    pub fn took(&self) -> Vec<Value> {
        self.took.lock().unwrap().clone()
    }

    /// The next mail after the `seen`th.
    pub fn after(&self, seen: usize) -> Value {
        wait("a mail comes", 30, || self.count() > seen);
        self.took()[seen].clone()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.down();
        }
    }
}
