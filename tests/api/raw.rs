//! HTTP by hand: what no client library would send. One connection, one request, the whole answer.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The code a person or a program can quote.
    pub fn code(&self) -> Option<&str> {
        let at = self.body.find("GH").filter(|at| self.body[at + 2..].starts_with(|c: char| c.is_ascii_digit()))?;
        self.body.get(at..at + 6)
    }
}

/// A request without a body, its head ended here.
pub fn head(line: &str, headers: &str) -> Vec<u8> {
    format!("{line} HTTP/1.1\r\nHost: login.example\r\nConnection: close\r\n{headers}\r\n").into_bytes()
}

/// A POST of a form.
pub fn form(path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let kind =
        if headers.to_ascii_lowercase().contains("content-type") { "" } else { "Content-Type: application/x-www-form-urlencoded\r\n" };
    [head(&format!("POST {path}"), &format!("{kind}{headers}Content-Length: {}\r\n", body.len())), body.to_vec()].concat()
}

/// Sends `request` to `host:port`. An answer that comes before all is sent is an answer, too.
pub async fn send(to: &str, request: Vec<u8>) -> Answer {
    let to = to.to_owned();
    tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(to).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        // A server that has heard enough may close its side while we speak.
        let _ = stream.write_all(&request);
        let mut octets = Vec::new();
        let _ = stream.read_to_end(&mut octets);
        read(&octets)
    })
    .await
    .unwrap()
}

fn read(octets: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(octets);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
    Answer { status, headers: headers.collect(), body: body.to_owned() }
}
