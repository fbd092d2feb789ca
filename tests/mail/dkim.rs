//! Our signatures, verified by an implementation that nobody here wrote (`dkimpy`, Debian's `python3-dkim`).

use std::{
    io::Write,
    process::{Command, Stdio},
};

use gatehouse::{
    domain::{address::DomainName, address::EmailAddress, secret::Secret},
    mail::{FolderMailer, Mailer, Sender, Signature},
    settings::{Dkim, DkimKey, DkimKeyError},
};

const VERIFY: &str = "
import sys, dkim
record = sys.argv[2].encode()
def dns(name, timeout=5):
    return record if name.decode().rstrip('.') == sys.argv[1] else None
mail = sys.stdin.buffer.read()
print(dkim.verify(mail, dnsfunc=dns))
";

fn verified(name: &str, record: &str, mail: &[u8]) -> bool {
    let mut python =
        Command::new("/usr/bin/python3").args(["-c", VERIFY, name, record]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    python.stdin.take().unwrap().write_all(mail).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "python3-dkim is needed: apt-get install python3-dkim");
    String::from_utf8(output.stdout).unwrap().trim() == "True"
}

fn key(arguments: &[&str]) -> String {
    let output = Command::new("openssl").arg("genpkey").args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn signatures_verify_whole_and_not_when_anything_was_changed() {
    for arguments in [&["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"][..], &["-algorithm", "ED25519"]] {
        let key = DkimKey::parse(&key(arguments)).unwrap();
        let dkim = Dkim { domain: DomainName::parse("example.org").unwrap(), selector: "gatehouse".into(), key };
        let (name, record) = dkim.dns();
        assert_eq!(name, "gatehouse._domainkey.example.org");
        for to in ["ida@viral.example", "jürgen@bücher.example"] {
            let scratch = tempfile::tempdir().unwrap();
            let sender = Sender::parse("Köln sign-in <no-reply@login.example.org>").unwrap();
            let mut message = crate::code_for(to);
            message.cc = Some(EmailAddress::parse("boss@viral.example").unwrap());
            message.unsubscribe = Some(Secret::new("https://login.example.org/contoso/invitations/block?ticket=abc".into()));
            message.text.push_str("\n trailing  \t white space \n\n\n");
            FolderMailer::new(scratch.path().into(), sender).signing(Some(Signature::new(dkim.clone()))).send(message).await.unwrap();
            let file = std::fs::read_dir(scratch.path()).unwrap().next().unwrap().unwrap().path();
            let mail = std::fs::read(file).unwrap();
            let text = String::from_utf8_lossy(&mail).into_owned();
            assert!(text.starts_with("DKIM-Signature: v=1; "), "{text}");
            assert!(verified(&name, &record, &mail), "{record}\n{text}");
            assert!(!verified(&name, &record, text.replace("boss@", "otto@").as_bytes()), "the head is covered");
            assert!(!verified(&name, &record, text.replacen("08", "80", 99).as_bytes()), "so is the body");
            let added = text.replacen("\r\nFrom:", "\r\nFrom: evil@viral.example\r\nFrom:", 1);
            assert!(!verified(&name, &record, added.as_bytes()), "no sender can be added");
        }
    }
}

#[test]
fn keys_that_receivers_ignore_are_refused() {
    let weak = key(&["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"]);
    assert!(matches!(DkimKey::parse(&weak), Err(DkimKeyError::Weak(1024) | DkimKeyError::Kind)));
    let curve = key(&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    assert_eq!(DkimKey::parse(&curve).err(), Some(DkimKeyError::Kind));
}
