//! The Node peers as child processes: started, paused at a named place, ended by their own handle.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver},
    time::Duration,
};

use serde_json::{Value, json};

/// Longest any peer may be silent: Chromium on a busy machine of two cores.
const PATIENCE: Duration = Duration::from_secs(90);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop")
}

/// A running script of this folder. Ends with its handle.
pub struct Peer {
    script: &'static str,
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<Value>,
}

impl Peer {
    pub fn start(script: &'static str, spec: &Value) -> Self {
        assert!(folder().join("node_modules").exists(), "the peers are not installed: run `sh tests/run.sh --prepare` once");
        let mut node = Command::new("node");
        if let Some(ca) = spec["ca"].as_str() {
            node.env("NODE_EXTRA_CA_CERTS", ca);
        }
        let mut child = node
            .args(["--no-warnings", script, &spec.to_string()])
            .current_dir(folder())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node starts; `sh tests/run.sh --prepare` installs it");
        let stdin = child.stdin.take().expect("piped");
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            // anything that is not JSON is a peer talking to its developer
            let spoken = stdout.lines().map_while(Result::ok).filter_map(|line| serde_json::from_str(&line).ok());
            for line in spoken {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Self { script, child, stdin, lines }
    }

    /// What it says next.
    pub fn line(&self) -> Value {
        self.lines.recv_timeout(PATIENCE).unwrap_or_else(|why| panic!("{} said nothing more: {why}", self.script))
    }

    /// Waits until it pauses at `place`.
    pub fn paused(&self, place: &str) {
        let said = self.line();
        assert_eq!(said["paused"], place, "{} did not come to `{place}`: {said}", self.script);
    }

    /// Lets it go on, typing nothing of ours.
    pub fn go_on(&mut self) {
        self.go_on_with(&json!({}));
    }

    /// Lets it go on with these values in the form before it.
    pub fn go_on_with(&mut self, typed: &Value) {
        writeln!(self.stdin, "{typed}").expect("the peer waits for a line");
    }

    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // either may have ended already, and then there is nothing to do
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.end();
    }
}

/// Sign-ins that go on and on.
pub struct Load(pub Peer);

impl Load {
    /// Waits until `count` sign-ins more or less have ended, since the beginning.
    pub fn reach(&self, count: u64) {
        while self.0.line()["done"].as_u64().expect("the load counts") < count {}
    }

    /// Lets those under way end. Answers how many there were in all, and those that failed.
    pub fn stop(mut self) -> (u64, Vec<Value>) {
        self.0.go_on();
        loop {
            let said = self.0.line();
            if let Some(total) = said["total"].as_u64() {
                return (total, said["failed"].as_array().expect("a list").clone());
            }
        }
    }
}
