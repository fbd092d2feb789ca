//! A server of metadata that does whatever it is told to, on plain sockets.

use std::{
    io::Write,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use flate2::{Compression, write::GzEncoder};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use url::Url;

#[derive(Clone)]
pub enum Serve {
    Text(String),
    Status(u16),
    Redirect(String),
    /// Octets that are no text.
    Garbage,
    /// Says that more will come, and stops.
    Cut,
    /// Takes the request and says nothing.
    Hang,
    /// A body without end, as fast as it is taken.
    Endless,
    /// A small body that unpacks to so many octets.
    Zipped(usize),
    /// Closes at once.
    Closed,
}

impl std::fmt::Debug for Serve {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text(text) => text,
            Self::Status(_) => "an error",
            Self::Redirect(to) => to,
            Self::Garbage => "garbage",
            Self::Cut => "cut",
            Self::Hang => "hang",
            Self::Endless => "endless",
            Self::Zipped(_) => "zipped",
            Self::Closed => "closed",
        })
    }
}

#[derive(Default)]
struct Behaviour {
    serve: Mutex<Option<Serve>>,
    asked: AtomicUsize,
    sent: AtomicUsize,
}

pub struct MetadataPeer {
    port: u16,
    behaviour: Arc<Behaviour>,
    task: JoinHandle<()>,
}

impl Drop for MetadataPeer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl MetadataPeer {
    pub async fn start(serve: Serve) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let behaviour = Arc::new(Behaviour { serve: Mutex::new(Some(serve)), ..Behaviour::default() });
        let shared = Arc::clone(&behaviour);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&shared)));
            }
        });
        Self { port, behaviour, task }
    }

    pub fn url(&self) -> Url {
        format!("http://127.0.0.1:{}/metadata", self.port).parse().unwrap()
    }

    pub fn serve(&self, serve: Serve) {
        *self.behaviour.serve.lock().unwrap() = Some(serve);
    }

    pub fn times_asked(&self) -> usize {
        self.behaviour.asked.load(Ordering::SeqCst)
    }

    pub fn octets_sent(&self) -> usize {
        self.behaviour.sent.load(Ordering::SeqCst)
    }
}

/// One request, one answer, and the connection ends.
async fn answer(mut stream: TcpStream, behaviour: Arc<Behaviour>) {
    let mut request = Vec::new();
    while !request.windows(4).any(|w| w == b"\r\n\r\n") {
        let mut part = [0; 4096];
        match stream.read(&mut part).await {
            Ok(read) if read > 0 => request.extend_from_slice(&part[..read]),
            _ => return,
        }
    }
    behaviour.asked.fetch_add(1, Ordering::SeqCst);
    let serve = behaviour.serve.lock().unwrap().clone().unwrap();
    let whole = |status: &str, headers: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
        [head.as_bytes(), body].concat()
    };
    let bytes = match serve {
        Serve::Text(text) => whole("200 OK", "", text.as_bytes()),
        Serve::Status(status) => whole(&format!("{status} No"), "", b"no"),
        Serve::Redirect(to) => whole("302 Found", &format!("location: {to}\r\n"), b""),
        Serve::Garbage => whole("200 OK", "", &[0xff, 0, b'<', 0x80].repeat(1000)),
        Serve::Cut => b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n<EntityDescriptor".to_vec(),
        Serve::Zipped(size) => {
            let mut zip = GzEncoder::new(Vec::new(), Compression::fast());
            for _ in 0..size / (1024 * 1024) {
                zip.write_all(&[b' '; 1024 * 1024]).unwrap();
            }
            whole("200 OK", "content-encoding: gzip\r\n", &zip.finish().unwrap())
        }
        Serve::Hang => {
            std::future::pending::<()>().await;
            return;
        }
        Serve::Endless => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n";
            let mut sent = stream.write_all(head).await;
            while sent.is_ok() {
                behaviour.sent.fetch_add(65536, Ordering::SeqCst);
                sent = stream.write_all(&[b' '; 65536]).await;
            }
            return;
        }
        Serve::Closed => return,
    };
    behaviour.sent.fetch_add(bytes.len(), Ordering::SeqCst);
    let _ = stream.write_all(&bytes).await;
}
