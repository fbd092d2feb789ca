//! One process of ours, its folder, its end.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

/// Starts the program, tells its pid, and waits: for a signal's name, or for the end of input, after which the folder goes, too.
const WATCH: &str = r#"folder=$1; last=$2; shift 2
"$@" >>"$folder/log" 2>&1 </dev/null & child=$!
echo "$child"
while read -r signal; do
  kill -"$signal" "$child" 2>/dev/null
  case $signal in KILL|TERM|QUIT|INT) wait "$child"; exit 0;; esac
  echo "$signal"
done
kill -"$last" "$child" 2>/dev/null; wait "$child"; rm -rf "$folder""#;

/// A running program. Dropped, it is killed and its folder removed.
#[derive(Debug)]
pub struct Process {
    watcher: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    log: PathBuf,
    pub pid: u32,
}

/// A folder that nobody else has, removed on drop.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Process {
    /// `last` is the signal that ends it when this side lets go.
    pub fn start(folder: &Path, last: &str, program: &Path, arguments: &[&str]) -> Self {
        let mut watcher = Command::new("sh")
            .args(["-c", WATCH, "watch"])
            .arg(folder)
            .arg(last)
            .arg(program)
            .args(arguments)
            .current_dir(folder)
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh starts");
        let mut answers = BufReader::new(watcher.stdout.take().expect("piped"));
        let mut pid = String::new();
        answers.read_line(&mut pid).expect("the watcher speaks");
        let orders = watcher.stdin.take();
        Self { watcher, orders, answers, log: folder.join("log"), pid: pid.trim().parse().expect("a pid") }
    }

    /// `STOP` and `CONT` pass; after `KILL`, `TERM`, `QUIT` or `INT` it is gone, while its folder stays.
    pub fn signal(&mut self, name: &str) {
        if let Some(orders) = &mut self.orders {
            writeln!(orders, "{name}").expect("the watcher listens");
        }
        if matches!(name, "STOP" | "CONT") {
            self.answers.read_line(&mut String::new()).expect("the watcher speaks");
        } else {
            self.orders = None;
            self.watcher.wait().expect("the watcher ends");
        }
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.watcher.wait();
    }
}

impl Folder {
    pub fn new(name: &str) -> Self {
        Self(tempfile::Builder::new().prefix(&format!("gatehouse-{name}-")).tempdir().expect("a temporary folder").keep())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The path of a file in it, as text.
    pub fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("a plain path").to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Where `name` is, or a failure that says what to install.
pub fn program(name: &str, package: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/bin", "/usr/sbin", "/usr/local/bin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("this test needs `{name}`: apt-get install {package}"))
}

/// Runs a program to its end and returns what it printed; fails loudly.
pub fn run(program: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).env("LC_ALL", "C").stdin(Stdio::null()).output().expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{} {arguments:?}: {text}{}", program.display(), String::from_utf8_lossy(&output.stderr));
    text
}

/// Polls until `is_so`, for at most 30 seconds.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(30), "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

/// Whether somebody listens there.
pub fn is_listening(port: u16) -> bool {
    TcpStream::connect_timeout(&SocketAddr::from(([127, 0, 0, 1], port)), Duration::from_millis(200)).is_ok()
}
