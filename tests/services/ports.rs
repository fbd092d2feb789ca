//! Ports for the processes a test starts.

use std::{
    fs,
    net::TcpListener,
    ops::Range,
    sync::atomic::{AtomicU16, Ordering},
};

/// Below the range the kernel takes ports for outgoing connections from: nobody gets one of these by chance.
const PORTS: Range<u16> = 20_000..32_000;

/// Ports that are free and stay ours until this test program ends: each is held by a locked file, so no other test gets it either.
pub fn free_ports<const N: usize>() -> [u16; N] {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let folder = std::env::temp_dir().join("gatehouse-ports");
    fs::create_dir_all(&folder).expect("the temporary folder takes a folder");
    let first = u16::try_from(std::process::id() % 120).expect("small") * 100;
    std::array::from_fn(|_| {
        (0..PORTS.len())
            .map(|_| PORTS.start + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % u16::try_from(PORTS.len()).expect("small"))
            .find(|port| {
                let lock = fs::File::create(folder.join(port.to_string())).expect("a file of our own");
                let is_ours = lock.try_lock().is_ok() && TcpListener::bind(("127.0.0.1", *port)).is_ok();
                if is_ours {
                    std::mem::forget(lock);
                }
                is_ours
            })
            .expect("loopback has a free port")
    })
}
