//! A Redis of our own, and what it counted.

use std::{ffi::OsStr, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Mutex,
};

use crate::{
    Answer,
    process::{CLIENT_CORE, Process, free_port, has_program},
};

const QUESTION: &[u8] = b"INFO everything\r\n";

pub(crate) struct Redis {
    pub(crate) at: SocketAddr,
    /// For questions of our own.
    line: Mutex<TcpStream>,
    _process: Process,
}

/// What a Redis has done since its start.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Count {
    /// With those that scripts call.
    pub(crate) commands: u64,
    /// Reads from sockets: with one sign-in at a time, exactly the round trips.
    pub(crate) reads: u64,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
    /// Length of the answer that told all this, which the next count will include.
    answer: u64,
}

impl Redis {
    /// Nothing if no redis-server is installed.
    pub(crate) async fn start() -> Answer<Option<Self>> {
        if !has_program("redis-server", "--version") {
            return Ok(None);
        }
        let port = free_port()?;
        let port_text = port.to_string();
        let arguments = ["--port", &port_text, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
        let process = Process::start(CLIENT_CORE, OsStr::new("redis-server"), &arguments)?;
        let at = SocketAddr::from(([127, 0, 0, 1], port));
        for _ in 0..100 {
            if let Ok(line) = TcpStream::connect(at).await {
                return Ok(Some(Self { at, line: Mutex::new(line), _process: process }));
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        Err("redis-server does not answer".into())
    }

    /// Everything counted since the start, our own questions among it: see [`Count::since`].
    pub(crate) async fn count(&self) -> Answer<Count> {
        let mut line = self.line.lock().await;
        line.write_all(QUESTION).await?;
        let mut buffer = Vec::new();
        loop {
            if line.read_buf(&mut buffer).await? == 0 {
                return Err("Redis hung up".into());
            }
            if let Some(text) = whole(&buffer) {
                return Ok(Count { answer: buffer.len() as u64, ..read(text) });
            }
        }
    }
}

impl Count {
    /// What others did since `earlier`. A question counts itself (one read of so many bytes) before it is answered, and its answer
    /// after: on a connection that stays, exactly this much between two counts is ours.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            commands: self.commands - earlier.commands,
            reads: self.reads - earlier.reads - 1,
            bytes_in: self.bytes_in - earlier.bytes_in - QUESTION.len() as u64,
            bytes_out: self.bytes_out - earlier.bytes_out - earlier.answer,
            answer: 0,
        }
    }
}

/// A bulk string that is all there (RESP2).
fn whole(buffer: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(buffer).ok()?;
    let (length, rest) = text.strip_prefix('$')?.split_once("\r\n")?;
    (rest.len() >= length.parse::<usize>().ok()? + 2).then_some(rest)
}

fn read(info: &str) -> Count {
    let mut count = Count::default();
    for (name, value) in info.lines().filter_map(|line| line.trim_end().split_once(':')) {
        match name {
            "total_reads_processed" => count.reads = value.parse().unwrap_or(0),
            "total_net_output_bytes" => count.bytes_out = value.parse().unwrap_or(0),
            "total_net_input_bytes" => count.bytes_in = value.parse().unwrap_or(0),
            // what scripts call inside is no command of ours, but Redis counts it; INFO is ours
            _ if name.starts_with("cmdstat_") && name != "cmdstat_info" => {
                let calls = value.strip_prefix("calls=").and_then(|rest| rest.split(',').next());
                count.commands += calls.and_then(|calls| calls.parse::<u64>().ok()).unwrap_or(0);
            }
            _ => {}
        }
    }
    count
}
