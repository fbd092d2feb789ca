//! A running Gatehouse, and what stands before several of them.

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use crate::services::process::until;

/// One process of Gatehouse.
pub struct Node {
    child: Child,
    pub config: PathBuf,
    pub port: u16,
}

impl Node {
    pub async fn start(config: PathBuf, port: u16) -> Self {
        let log = |config: &Path| fs::File::options().create(true).append(true).open(config.join("log")).expect("a log file");
        let child = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
            .args(["serve", "--config"])
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(log(&config))
            .stderr(log(&config))
            .spawn()
            .expect("the binary starts");
        let mut node = Self { child, config, port };
        node.ready().await;
        node
    }

    pub fn log(&self) -> PathBuf {
        self.config.join("log")
    }

    async fn ready(&mut self) {
        let log = self.log();
        let logged = || fs::read_to_string(&log).unwrap_or_default();
        until("gatehouse is ready", || {
            if let Some(status) = self.child.try_wait().expect("our own child") {
                panic!("gatehouse ended with {status}\n{}", logged());
            }
            status_of(self.port, "/health/ready") == Some(200)
        })
        .await;
    }

    pub fn kill(&mut self) {
        self.child.kill().expect("our own child");
        self.child.wait().expect("our own child");
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The status of one GET.
pub fn status_of(port: u16, path: &str) -> Option<u16> {
    get(port, path).map(|(status, _)| status)
}

/// Status and body of one GET, without any client that might retry or pool. In HTTP/1.0 no answer comes in chunks.
pub fn get(port: u16, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), Duration::from_secs(1)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.take(1 << 20).read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer.split_once("\r\n\r\n")?.1.to_owned()))
}

/// Sends every connection to the next node in turn. Lives as long as the process; a world is small.
pub fn balance(port: u16, nodes: Vec<u16>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("the public port");
    let turn = Arc::new(AtomicUsize::new(0));
    std::thread::spawn(move || {
        for near in listener.incoming().map_while(Result::ok) {
            let node = nodes[turn.fetch_add(1, Ordering::Relaxed) % nodes.len()];
            let Ok(far) = TcpStream::connect((Ipv4Addr::LOCALHOST, node)) else { continue };
            let (Ok(near_again), Ok(far_again)) = (near.try_clone(), far.try_clone()) else { continue };
            std::thread::spawn(move || pour(near, far));
            std::thread::spawn(move || pour(far_again, near_again));
        }
    });
}

fn pour(mut from: TcpStream, mut to: TcpStream) {
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(std::net::Shutdown::Write);
}
