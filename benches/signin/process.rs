//! Processes under measurement: started on their own core, watched through `/proc`, killed when dropped.

use std::{
    ffi::OsStr,
    fs,
    io::Write as _,
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::{Answer, wire::Wire};

/// The server has this core to itself; client, stub and Redis share the next.
pub(crate) const SERVER_CORE: &str = "0";
pub(crate) const CLIENT_CORE: &str = "1";

pub(crate) struct Process(Child);

impl Process {
    /// Starts `program` on `core`, silent on stdout, its stderr ours.
    pub(crate) fn start<S: AsRef<OsStr>>(core: &str, program: &OsStr, arguments: &[S]) -> Answer<Self> {
        let mut command = if can_pin() {
            let mut command = Command::new("taskset");
            command.args(["-c", core]).arg(program);
            command
        } else {
            Command::new(program)
        };
        Ok(Self(command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).spawn()?))
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// CPU time so far, in nanoseconds: the scheduler's own account, summed over threads.
    pub(crate) fn cpu_nanos(&self) -> Answer<u64> {
        let mut sum = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.0.id()))? {
            // a thread may end between the listing and the look
            let Ok(text) = fs::read_to_string(task?.path().join("schedstat")) else { continue };
            sum += text.split(' ').next().unwrap_or_default().parse::<u64>()?;
        }
        Ok(sum)
    }

    /// Resident memory in MiB.
    pub(crate) fn resident_mib(&self) -> Answer<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        Ok(kib.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
    }

    /// Waits until `path` answers 200.
    pub(crate) async fn ready(&mut self, at: SocketAddr, path: &str) -> Answer<()> {
        for _ in 0..1200 {
            if let Some(status) = self.0.try_wait()? {
                return Err(format!("the server ended at its start: {status}").into());
            }
            if Wire::new(at).get(path, "").await.is_ok_and(|reply| reply.status == 200) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err("the server never became ready".into())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // it may have ended already
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Moves this whole program to the client's core.
pub(crate) fn move_aside() -> Answer<()> {
    if can_pin() {
        let mut moved = Command::new("taskset");
        moved.args(["-a", "-c", "-p", CLIENT_CORE, &std::process::id().to_string()]).stdout(Stdio::null());
        moved.status()?;
    } else {
        writeln!(std::io::stderr(), "taskset or a second core is missing: server and client share cores, trust no absolute figure")?;
    }
    Ok(())
}

pub(crate) fn can_pin() -> bool {
    let has_cores =
        std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1) || fs::metadata("/sys/devices/system/cpu/cpu1").is_ok();
    has_cores && has_program("taskset", "--version")
}

pub(crate) fn has_program(program: &str, argument: &str) -> bool {
    Command::new(program).arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// CPU time of the calling thread so far, in nanoseconds.
pub(crate) fn own_cpu_nanos() -> Answer<u64> {
    Ok(fs::read_to_string("/proc/thread-self/schedstat")?.split(' ').next().unwrap_or_default().parse()?)
}

/// A port that is free now.
pub(crate) fn free_port() -> Answer<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
