//! Where a peer's metadata is fetched from: a small HTTP/1.1 server on bare sockets, so that it can be as broken as real ones.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

/// What whoever fetches gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Serving {
    Text(String),
    /// Octets that need not be text.
    Octets(Vec<u8>),
    /// Nothing but this status.
    Status(u16),
    Redirect(String),
    /// The connection stays open, and nothing comes.
    Silence,
    /// An octet now and then.
    Drip,
    /// Spaces, without end, and no word of how many.
    Endless,
    /// The length it claims is more than it sends.
    CutShort(String),
}

/// Stops when dropped.
pub struct Documents {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    serving: Mutex<Serving>,
    fetched: AtomicUsize,
    is_over: AtomicBool,
}

impl Documents {
    /// On a free port; 404 until told what to serve.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared =
            Arc::new(Shared { serving: Mutex::new(Serving::Status(404)), fetched: AtomicUsize::new(0), is_over: AtomicBool::new(false) });
        let seen = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if seen.is_over.load(Ordering::SeqCst) {
                    return;
                }
                let seen = Arc::clone(&seen);
                std::thread::spawn(move || seen.answer(stream));
            }
        });
        Self { address, shared }
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn url(&self) -> String {
        format!("{}/metadata.xml", self.base())
    }

    pub fn host(&self) -> String {
        self.address.to_string()
    }

    pub fn serve(&self, serving: Serving) {
        *self.shared.serving.lock().expect("no thread panics with it") = serving;
    }

    pub fn times_fetched(&self) -> usize {
        self.shared.fetched.load(Ordering::SeqCst)
    }
}

impl Drop for Documents {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        // wakes the one who listens
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    /// One answer for each connection. A peer that goes away has had enough.
    fn answer(&self, mut stream: TcpStream) {
        if !has_asked(&mut stream) {
            return;
        }
        self.fetched.fetch_add(1, Ordering::SeqCst);
        let serving = self.serving.lock().expect("no thread panics with it").clone();
        let sent = match serving {
            Serving::Text(text) => whole(&mut stream, text.len(), text.as_bytes()),
            Serving::Octets(octets) => whole(&mut stream, octets.len(), &octets),
            Serving::CutShort(text) => whole(&mut stream, text.len() + 100, text.as_bytes()),
            Serving::Status(status) => write!(stream, "HTTP/1.1 {status} So\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
            Serving::Redirect(to) => {
                write!(stream, "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            }
            Serving::Silence => self.hold(&mut stream, b""),
            Serving::Drip => begin(&mut stream).and_then(|()| self.hold(&mut stream, b" ")),
            Serving::Endless => begin(&mut stream).and_then(|()| self.pour(&mut stream)),
        };
        drop(sent);
    }

    /// Sends `drop` five times a second until the other side goes.
    fn hold(&self, stream: &mut TcpStream, drop: &[u8]) -> std::io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_millis(200)))?;
        while !self.is_over.load(Ordering::SeqCst) {
            match stream.read(&mut [0; 64]) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => return Err(error),
            }
            stream.write_all(drop)?;
        }
        Ok(())
    }

    fn pour(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        let spaces = vec![b' '; 64 * 1024];
        while !self.is_over.load(Ordering::SeqCst) {
            stream.write_all(&spaces)?;
        }
        Ok(())
    }
}

/// Reads the request's head, which is all that is needed of it.
fn has_asked(stream: &mut TcpStream) -> bool {
    let mut head = Vec::new();
    let mut chunk = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut chunk) {
            Ok(read) if read > 0 && head.len() < 64 * 1024 => head.extend_from_slice(&chunk[..read]),
            _ => return false,
        }
    }
    true
}

fn whole(stream: &mut TcpStream, claimed: usize, octets: &[u8]) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/samlmetadata+xml\r\nContent-Length: {claimed}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(octets)
}

/// A body that ends when the connection does.
fn begin(stream: &mut TcpStream) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: application/samlmetadata+xml\r\nConnection: close\r\n\r\n")
}
