//! Mail over real SMTP, to a server that nobody here wrote (`aiosmtpd`). Set `SMTP_SINK_PYTHON` to a Python that
//! has it, as `tests/run.sh` does.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why")]

#[path = "../services/mod.rs"]
mod services;

mod bulk;
mod commands;
mod dkim;
mod outbox;
mod station;

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use gatehouse::{
    domain::{address::EmailAddress, locale::Locale, secret::Secret, timestamp::Timestamp},
    mail::{Encryption, FolderMailer, Login, MailError, Mailer, Message, PasscodeMail, Sender, SmtpMailer, SmtpServer},
};
use serde_json::Value;

struct Sink {
    child: Child,
    lines: BufReader<ChildStdout>,
    hello: Value,
}

impl Sink {
    fn open(tls: &str) -> Self {
        Self::open_at(0, tls)
    }

    /// At this port; 0 is a free one.
    fn open_at(port: u16, tls: &str) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
        let python = std::env::var("SMTP_SINK_PYTHON").unwrap_or_else(|_| "python3".into());
        let is_there = Command::new(&python).args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status().is_ok_and(|s| s.success());
        assert!(is_there, "{python} has no aiosmtpd: apt-get install python3-aiosmtpd, or name a Python that has it in SMTP_SINK_PYTHON");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/smtp_sink.py");
        let port = port.to_string();
        let mut child = Command::new(python)
            .args([script, "--tls", tls, "--port", &port])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut sink = Self { child, lines, hello: Value::Null };
        sink.hello = sink.next();
        sink
    }

    fn next(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    fn text(&self, key: &str) -> String {
        self.hello[key].as_str().unwrap().to_owned()
    }

    fn server(&self, encryption: Encryption) -> SmtpServer {
        SmtpServer {
            host: self.text("host"),
            port: self.hello["port"].as_u64().unwrap().try_into().unwrap(),
            encryption,
            login: Some(Login { username: self.text("username"), password: Secret::new(self.text("password")) }),
            ca: self.hello["ca"].as_str().map(|pem| pem.as_bytes().to_vec()),
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn mailer(server: SmtpServer) -> SmtpMailer {
    SmtpMailer::new(server, Sender::parse("Köln sign-in <no-reply@login.example.org>").unwrap()).unwrap()
}

fn code_for(to: &str) -> Message {
    let (to, code) = (EmailAddress::parse(to).unwrap(), Secret::new("04210815".to_owned()));
    let lifetime = Duration::from_secs(1800);
    PasscodeMail { to: &to, tenant: "Contoso", domain: "contoso.example", color: None, locale: Locale::De, code: &code, lifetime }
        .message(uuid::Uuid::from_u128(42), Timestamp::from_unix(1_700_000_000))
}

#[tokio::test]
async fn a_code_arrives_over_starttls_with_a_login() {
    let mut sink = Sink::open("starttls");
    let mailer = mailer(sink.server(Encryption::StartTls));
    for to in ["Ida+tag@Viral.EXAMPLE", "jürgen@bücher.example"] {
        mailer.send(code_for(to)).await.unwrap();
        let kept = sink.next();
        assert_eq!(kept["rcpt_to"][0], EmailAddress::parse(to).unwrap().to_string());
        assert_eq!((kept["tls"].as_bool(), kept["user"].as_str()), (Some(true), Some("gatehouse")));
        assert_eq!(kept["subject"], "Ihr Code für Contoso");
        assert_eq!(kept["mail_from"], "no-reply@login.example.org");
        assert!(kept["text"].as_str().unwrap().contains("\n    04210815"), "{kept}");
    }
}

#[tokio::test]
async fn a_code_arrives_over_tls_from_the_first_byte() {
    let mut sink = Sink::open("implicit");
    mailer(sink.server(Encryption::Tls)).send(code_for("ida@viral.example")).await.unwrap();
    assert_eq!(sink.next()["user"], "gatehouse");
}

#[tokio::test]
async fn a_server_s_refusals_are_told_apart_and_never_name_the_address() {
    let sink = Sink::open("starttls");
    let mailer = mailer(sink.server(Encryption::StartTls));
    assert_eq!(mailer.send(code_for("later@viral.example")).await, Err(MailError::Temporary("451 4.3.0".into())));
    assert_eq!(mailer.send(code_for("unknown@viral.example")).await, Err(MailError::Permanent("550 5.1.1".into())));
    assert!(matches!(mailer.send(code_for("drop@viral.example")).await, Err(MailError::BrokenOff(_) | MailError::Temporary(_))));
    assert!(matches!(mailer.send(code_for("vanish@viral.example")).await, Err(MailError::Uncertain(_))));
    mailer.send(code_for("ida@viral.example")).await.unwrap();
}

#[tokio::test]
async fn a_silent_server_is_given_up_after_ten_seconds() {
    let sink = Sink::open("starttls");
    let began = Instant::now();
    let answer = mailer(sink.server(Encryption::StartTls)).send(code_for("slow@viral.example")).await;
    assert!(matches!(answer, Err(MailError::BrokenOff(_))), "{answer:?}");
    assert!((8..14).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

#[tokio::test]
async fn nothing_is_said_to_a_server_without_trust_tls_or_the_right_login() {
    let sink = Sink::open("starttls");
    let stranger = SmtpServer { ca: None, ..sink.server(Encryption::StartTls) };
    assert!(matches!(mailer(stranger).send(code_for("ida@viral.example")).await, Err(MailError::Unreachable(_))));
    let mut wrong = sink.server(Encryption::StartTls);
    wrong.login = Some(Login { username: "gatehouse".into(), password: Secret::new("guess".into()) });
    assert!(matches!(mailer(wrong).send(code_for("ida@viral.example")).await, Err(MailError::Unreachable(told)) if told.contains("535")));

    let plain = Sink::open("none");
    let asked = SmtpServer { ca: None, ..plain.server(Encryption::StartTls) };
    let answer = mailer(asked).send(code_for("ida@viral.example")).await;
    assert!(answer.is_err(), "{answer:?}");

    let nobody = SmtpServer { host: "localhost".into(), port: 9, encryption: Encryption::None, login: None, ca: None };
    assert!(matches!(mailer(nobody).send(code_for("ida@viral.example")).await, Err(MailError::Unreachable(_))));
}

#[tokio::test]
async fn a_folder_takes_mail_as_files() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("outbox");
    let sender = Sender::parse("no-reply@login.example.org").unwrap();
    FolderMailer::new(folder.clone(), sender).send(code_for("ida@viral.example")).await.unwrap();
    let names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names, ["0000000000000000000000000000002a.eml"]);
    assert!(std::fs::read_to_string(folder.join(&names[0])).unwrap().contains("To: ida@viral.example\r\n"));
}
