//! A Gatehouse in a process of its own, as an operator starts it: the real binary, whose log is what it wrote to standard error.

use std::{
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use gatehouse::{clock::Clock, domain::secret::Secret, store::directory::Directory};

use crate::{
    raw,
    services::{ports::free_ports, process::until},
    world::{Setup, World},
};

/// The world's own node stands idle; everything goes to the process, at the machine's time.
pub struct Outside {
    pub world: World,
    pub address: String,
    pub operator: String,
    log: PathBuf,
    child: Child,
}

impl Outside {
    /// `setup` says everything but `[server]`, `[operator]` and `[telemetry]`.
    pub async fn open(setup: Setup) -> Self {
        let [port, operator] = free_ports().map(|port| format!("127.0.0.1:{port}"));
        let process =
            format!("[server]\nlisten = \"{port}\"\npublic_url = \"http://{port}\"\n[telemetry]\nlog = \"trace\"\nformat = \"json\"\n");
        let mut world = setup.process(&process).by_machine_time().open().await;
        (world.clock, world.url) = (Clock::system(), format!("http://{port}"));
        for provider in [&world.fabrikam, &world.litware] {
            provider.keep_time_by(|| Clock::system().now().unix());
        }
        // Only now: the idle node must not take the port. And it has made keys for another time.
        let settings = world.folder().join("config/gatehouse.toml");
        let text = fs::read_to_string(&settings).unwrap().replace("gatehouse.db", "outside.db");
        fs::write(settings, format!("{text}\n[operator]\nlisten = \"{operator}\"\n")).unwrap();
        let directory = Secret::new(format!("sqlite:{}/outside.db", world.folder().display()));
        world.directory = Directory::open(&directory).await.unwrap();
        let log = world.folder().join("log");
        let child = serve(&world, fs::File::create(&log).unwrap());
        let mut outside = Self { world, address: port, operator, log, child };
        outside.listens().await;
        outside
    }

    /// As if its machine lost power.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on the same port and the same stores.
    pub async fn start(&mut self) {
        self.child = serve(&self.world, fs::File::options().append(true).open(&self.log).unwrap());
        self.listens().await;
    }

    async fn listens(&mut self) {
        until("gatehouse listens", || {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "gatehouse ended: {}", self.log());
            std::net::TcpStream::connect(&self.operator).is_ok()
        })
        .await;
    }

    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap()).into_owned()
    }

    pub async fn metrics(&self) -> String {
        raw::send(&self.operator, raw::head("GET /metrics", "")).await.body
    }
}

fn serve(world: &World, log: fs::File) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatehouse"));
    let command = command.args(["serve", "--config", "config"]).current_dir(world.folder());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap()
}

impl Drop for Outside {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
