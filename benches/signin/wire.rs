//! The least of HTTP/1.1: one kept connection, one request at a time, bodies by length. Written by hand because the client
//! shares two cores with the server it measures.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::Answer;

/// What came back, as far as a sign-in needs it.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    /// Name, and value or nothing if it was taken back.
    pub(crate) cookies: Vec<(String, Option<String>)>,
    pub(crate) body: String,
}

/// A kept connection to one server.
#[derive(Debug)]
pub(crate) struct Wire {
    to: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
    /// Requests sent so far.
    pub(crate) sent: u64,
}

impl Wire {
    pub(crate) fn new(to: SocketAddr) -> Self {
        Self { to, stream: None, buffer: Vec::with_capacity(16 * 1024), sent: 0 }
    }

    pub(crate) async fn get(&mut self, path: &str, headers: &str) -> Answer<Reply> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n", self.to);
        self.send(&request).await
    }

    pub(crate) async fn post(&mut self, path: &str, headers: &str, body: &str) -> Answer<Reply> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            self.to,
            body.len()
        );
        self.send(&request).await
    }

    async fn send(&mut self, request: &str) -> Answer<Reply> {
        self.sent += 1;
        if let Some(stream) = self.stream.take() {
            match self.exchange(stream, request).await {
                // closed while it lay idle: the server has seen nothing of this request
                Err(_) if self.buffer.is_empty() => {}
                answered => return answered,
            }
        }
        let stream = TcpStream::connect(self.to).await?;
        stream.set_nodelay(true)?;
        self.exchange(stream, request).await
    }

    async fn exchange(&mut self, mut stream: TcpStream, request: &str) -> Answer<Reply> {
        self.buffer.clear();
        stream.write_all(request.as_bytes()).await?;
        let (reply, is_kept) = receive(&mut stream, &mut self.buffer).await?;
        if is_kept {
            self.stream = Some(stream);
        }
        Ok(reply)
    }
}

/// Reads one response, and whether the connection may be used again.
async fn receive(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Answer<(Reply, bool)> {
    let head = head_end(stream, buffer).await?;
    let text = std::str::from_utf8(&buffer[..head])?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).ok_or("no status line")?.parse()?;
    let mut reply = Reply { status, ..Reply::default() };
    let mut length = 0;
    let mut is_kept = true;
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse()?;
        } else if name.eq_ignore_ascii_case("location") {
            reply.location = Some(value.to_owned());
        } else if name.eq_ignore_ascii_case("connection") {
            is_kept = !value.eq_ignore_ascii_case("close");
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            return Err("a body without a length".into());
        } else if name.eq_ignore_ascii_case("set-cookie") {
            reply.cookies.extend(cookie(value));
        }
    }
    while buffer.len() < head + length {
        if stream.read_buf(buffer).await? == 0 {
            return Err("the connection ended inside a body".into());
        }
    }
    reply.body = String::from_utf8(buffer.split_off(head))?;
    Ok((reply, is_kept))
}

/// Reads until a head is whole and answers where it ends.
pub(crate) async fn head_end(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Answer<usize> {
    loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            return Ok(at + 4);
        }
        if stream.read_buf(buffer).await? == 0 {
            return Err("the connection ended".into());
        }
    }
}

fn cookie(value: &str) -> Option<(String, Option<String>)> {
    let mut parts = value.split("; ");
    let (name, value) = parts.next()?.split_once('=')?;
    let is_over = parts.any(|attribute| attribute.eq_ignore_ascii_case("max-age=0") || attribute.contains(" 1970 "));
    Some((name.to_owned(), (!is_over).then(|| value.to_owned())))
}
