//! The mailbox: takes every mail that Gatehouse sends (RFC 5321, the least of it) and keeps the last hundred in memory. It delivers
//! nothing to anybody, and how it is read is not known here.

use std::{
    collections::VecDeque,
    net::TcpListener,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde::Serialize;
use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    sync::{Notify, Semaphore},
    task::JoinHandle,
};

use super::mime;

const KEPT: usize = 100;
const LARGEST_MAIL: usize = 256 * 1024;
/// RFC 5321 §4.5.3.1.6, with room to spare.
const LONGEST_LINE: u64 = 4096;
const CONNECTIONS: usize = 32;

/// A mail that came in.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Mail {
    pub(super) id: u64,
    pub(super) to: Vec<String>,
    pub(super) from: String,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

#[derive(Debug, Default)]
struct Kept {
    last_id: u64,
    mails: VecDeque<Mail>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Mailbox(Arc<(Mutex<Kept>, Notify)>);

impl Mailbox {
    fn keep(&self, to: Vec<String>, source: &[u8]) {
        let mime::Letter { from, subject, text, html } = mime::read(source);
        let mut kept = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.last_id += 1;
        let id = kept.last_id;
        kept.mails.push_front(Mail { id, to, from, subject, text, html });
        kept.mails.truncate(KEPT);
        self.0.1.notify_waiters();
    }

    /// Newest first.
    pub(super) fn mails(&self) -> Vec<Mail> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).mails.iter().cloned().collect()
    }

    /// The number of the newest mail so far: a mark to wait from.
    pub(super) fn mark(&self) -> u64 {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).last_id
    }

    /// The next mail to `address` after `mark`, however long that takes.
    pub(super) async fn next_to(&self, address: &str, mark: u64) -> Mail {
        loop {
            let arrival = self.0.1.notified();
            tokio::pin!(arrival);
            // registered before looking, so that no arrival in between is missed
            arrival.as_mut().enable();
            let is_it = |mail: &Mail| mail.id > mark && mail.to.iter().any(|to| to.eq_ignore_ascii_case(address));
            if let Some(mail) = self.mails().into_iter().find(is_it) {
                return mail;
            }
            arrival.await;
        }
    }
}

/// Takes mail on `listener` until the task is aborted.
pub(super) fn receive(listener: TcpListener, mailbox: Mailbox) -> std::io::Result<JoinHandle<()>> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    Ok(tokio::spawn(async move {
        let room = Arc::new(Semaphore::new(CONNECTIONS));
        while let Ok(place) = Arc::clone(&room).acquire_owned().await {
            let Ok((stream, _)) = listener.accept().await else { continue };
            let mailbox = mailbox.clone();
            tokio::spawn(async move {
                let visit = converse(stream, &mailbox);
                // a client that hangs up or falls silent is no news
                let _ = tokio::time::timeout(Duration::from_secs(300), visit).await;
                drop(place);
            });
        }
    }))
}

async fn converse(stream: TcpStream, mailbox: &Mailbox) -> std::io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut reading = BufReader::new(reading);
    let mut from = None;
    let mut to = Vec::new();
    writing.write_all(b"220 mailbox.localhost ready\r\n").await?;
    loop {
        let Some(line) = line(&mut reading).await? else { return Ok(()) };
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end();
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => format!("250-mailbox.localhost\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE {LARGEST_MAIL}\r\n"),
            "HELO" => "250 mailbox.localhost\r\n".into(),
            "MAIL" => {
                from = Some(path(line));
                to.clear();
                "250 2.1.0 ok\r\n".into()
            }
            "RCPT" if from.is_none() => "503 5.5.1 MAIL first\r\n".into(),
            "RCPT" if to.len() >= 20 => "452 4.5.3 too many recipients\r\n".into(),
            "RCPT" => {
                to.push(path(line));
                "250 2.1.5 ok\r\n".into()
            }
            "DATA" if to.is_empty() => "503 5.5.1 RCPT first\r\n".into(),
            "DATA" => {
                writing.write_all(b"354 end with a line of one dot\r\n").await?;
                from = None;
                match message(&mut reading).await? {
                    Some(source) => {
                        mailbox.keep(std::mem::take(&mut to), &source);
                        "250 2.0.0 kept\r\n".into()
                    }
                    None => {
                        to.clear();
                        "552 5.3.4 too large\r\n".into()
                    }
                }
            }
            "RSET" => {
                from = None;
                to.clear();
                "250 2.0.0 ok\r\n".into()
            }
            "NOOP" => "250 2.0.0 ok\r\n".into(),
            "QUIT" => {
                writing.write_all(b"221 2.0.0 bye\r\n").await?;
                return Ok(());
            }
            _ => "502 5.5.1 not here\r\n".into(),
        };
        writing.write_all(answer.as_bytes()).await?;
    }
}

/// One line with its end, or nothing when the other side has left. A line over the limit ends the visit.
async fn line(reading: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let length = reading.take(LONGEST_LINE).read_until(b'\n', &mut line).await?;
    Ok((length > 0 && line.ends_with(b"\n")).then_some(line))
}

/// The mail up to the lone dot, dots unstuffed (RFC 5321 §4.5.2); nothing if it was too large.
async fn message(reading: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Option<Vec<u8>>> {
    let mut source = Vec::new();
    let mut length = 0;
    loop {
        let Some(line) = line(reading).await? else { return Err(std::io::ErrorKind::UnexpectedEof.into()) };
        if line == b".\r\n" || line == b".\n" {
            return Ok((length <= LARGEST_MAIL).then_some(source));
        }
        length += line.len();
        if length <= LARGEST_MAIL {
            source.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }
}

/// What stands between the angle brackets.
fn path(line: &str) -> String {
    line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or_else(String::new, |(path, _)| path.to_owned())
}

/// The passcode in a mail's text: six to ten digits with a line of their own.
pub(super) fn passcode(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| (6..=10).contains(&line.len()) && line.bytes().all(|b| b.is_ascii_digit()))
}

/// The first address in a mail's text that has this in it.
pub(super) fn link<'t>(text: &'t str, part: &str) -> Option<&'t str> {
    text.split_whitespace().map(|word| word.trim_matches(['<', '>'])).find(|word| word.starts_with("http") && word.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_mail_sent_by_smtp_is_kept_for_its_reader() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mailbox = Mailbox::default();
        let task = receive(listener, mailbox.clone()).unwrap();
        let mut client = TcpStream::connect(address).await.unwrap();
        let conversation = "EHLO x\r\nDATA\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nSubject: hi\r\n\r\n..dot\r\ncode:\r\n 12345678\r\n.\r\nQUIT\r\n";
        client.write_all(conversation.as_bytes()).await.unwrap();
        let mail = mailbox.next_to("C@d.example", 0).await;
        assert_eq!((mail.subject.as_str(), mail.text.as_str()), ("hi", ".dot\ncode:\n 12345678"));
        assert_eq!(passcode(&mail.text), Some("12345678"));
        let mut answers = String::new();
        client.read_to_string(&mut answers).await.unwrap();
        let codes: Vec<&str> = answers.lines().filter(|line| line.as_bytes().get(3) == Some(&b' ')).map(|line| &line[..3]).collect();
        assert_eq!(codes, ["220", "250", "503", "250", "250", "354", "250", "221"]);
        task.abort();
    }

    #[tokio::test]
    async fn a_mail_too_large_is_refused_and_not_kept() {
        let large = format!("{}.\r\n", format!("{}\r\n", "x".repeat(100)).repeat(LARGEST_MAIL / 100 + 1));
        assert!(message(&mut BufReader::new(large.as_bytes())).await.unwrap().is_none());
    }
}
