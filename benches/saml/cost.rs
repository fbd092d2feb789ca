//! CPU time and memory, from `/proc`: the scheduler's own account, and the kernel's.

use std::{fs, time::Duration};

use crate::Answer;

/// CPU time of the calling thread so far, in nanoseconds.
pub(crate) fn own_cpu_nanos() -> Answer<u64> {
    Ok(fs::read_to_string("/proc/thread-self/schedstat")?.split(' ').next().unwrap_or_default().parse()?)
}

/// CPU time of all children that have ended, in microseconds. The kernel tells it in hundredths of a second.
pub(crate) fn children_cpu_micros() -> Answer<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // the name in brackets may hold spaces; user and system time of waited-for children are fields 16 and 17 (proc(5))
    let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let ticks = |at: usize| -> Answer<f64> { Ok(fields.get(at).ok_or("a short /proc/self/stat")?.parse()?) };
    Ok((ticks(13)? + ticks(14)?) * 10_000.0)
}

/// Repeats `work` for about `block`; microseconds of CPU for one.
pub(crate) fn micros_of(block: Duration, work: impl Fn() -> Answer<()>) -> Answer<f64> {
    let until = block.as_nanos() as u64;
    let before = own_cpu_nanos()?;
    let (mut done, mut spent) = (0_u32, 0);
    while spent < until {
        // looking at the clock costs, too: rarely enough not to matter
        for _ in 0..8 {
            work()?;
        }
        done += 8;
        spent = own_cpu_nanos()? - before;
    }
    Ok(spent as f64 / 1000.0 / f64::from(done))
}

pub(crate) fn resident_kib() -> Answer<u64> {
    of_status("VmRSS:")
}

/// The most this process ever held, or since [`forget_peak`].
pub(crate) fn peak_kib() -> Answer<u64> {
    of_status("VmHWM:")
}

/// The peak is counted anew from here (proc(5), `clear_refs`).
pub(crate) fn forget_peak() -> Answer<()> {
    Ok(fs::write("/proc/self/clear_refs", "5")?)
}

fn of_status(name: &str) -> Answer<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let kib = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("a short /proc/self/status")?;
    Ok(kib.trim().trim_end_matches(" kB").parse()?)
}

/// Two decimals: more would be noise.
pub(crate) fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
