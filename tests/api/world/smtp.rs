//! A mail server that nobody here wrote (`aiosmtpd`): STARTTLS, a password, and a line for every mail it took.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::Value;

pub struct Smtp {
    child: Child,
    _stdin: Option<ChildStdin>,
    lines: BufReader<ChildStdout>,
    hello: Value,
}

impl Smtp {
    pub fn start() -> Self {
        #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
        let python = std::env::var("SMTP_SINK_PYTHON").unwrap_or_else(|_| "/usr/bin/python3".into());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/smtp_sink.py");
        let mut child = Command::new(&python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (stdin, lines) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        let mut smtp = Self { child, _stdin: stdin, lines, hello: Value::Null };
        smtp.hello = smtp.next();
        assert!(smtp.hello["port"].is_u64(), "{python} has no aiosmtpd: apt-get install python3-aiosmtpd, or see SMTP_SINK_PYTHON");
        smtp
    }

    /// Its certificate, to be trusted.
    pub fn ca(&self) -> &str {
        self.hello["ca"].as_str().unwrap()
    }

    pub fn password(&self) -> &str {
        self.hello["password"].as_str().unwrap()
    }

    /// Section `[mail]`, with the two above in the files `smtp-ca` and `smtp-password`.
    pub fn section(&self) -> String {
        let (host, port, user) = (&self.hello["host"], &self.hello["port"], &self.hello["username"]);
        format!(
            "[mail]\nfrom = \"Gatehouse <no-reply@login.example>\"\nsmtp = {{ host = {host}, port = {port}, encryption = \"starttls\", \
             username = {user}, password = {{ file = \"../smtp-password\" }}, ca = \"../smtp-ca\" }}\n"
        )
    }

    /// The next mail it takes.
    pub fn next(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_default()
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
