//! How long to wait before trying again: a mail, and the server.

use std::time::Duration;

use crate::random;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// After the first failure, the second, …; then it is given up: two days, as is the custom (RFC 5321 §4.5.4.1 wants four or five of a
/// relay, and ours hands over to one).
const OF_A_MAIL: [u64; 10] = [15, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 4 * HOUR, 8 * HOUR, 8 * HOUR, 12 * HOUR, 12 * HOUR];
/// Of a mail on which the server spoke of itself: others come first.
pub(super) const ABOUT_THE_SERVER: Duration = Duration::from_secs(30);
/// A server that speaks of itself for this long means the mail.
pub(super) const GIVE_UP: Duration = Duration::from_secs(2 * 24 * HOUR);
/// Somebody may wait for a passcode, so a server that is back is found soon.
const OF_THE_SERVER: [u64; 5] = [2, 5, 10, 20, 30];

/// `failures`: how often it failed so far, this time included. `None`: give up.
pub(super) fn of_a_mail(failures: u32) -> Option<Duration> {
    let index = usize::try_from(failures.saturating_sub(1)).ok()?;
    OF_A_MAIL.get(index).map(|seconds| jittered(*seconds))
}

/// `strikes`: how often in a row the server failed.
pub(super) fn of_the_server(strikes: u32) -> Duration {
    let index = usize::try_from(strikes.saturating_sub(1)).unwrap_or(usize::MAX).min(OF_THE_SERVER.len() - 1);
    jittered(OF_THE_SERVER[index])
}

/// Up to a fifth longer, so that what failed together does not come back together.
fn jittered(seconds: u64) -> Duration {
    let drawn = u64::from(u16::from_be_bytes(random::bytes()));
    Duration::from_millis(seconds * 1000 + seconds * 200 * drawn / u64::from(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_given_up_after_about_two_days() {
        let all: Vec<Duration> = (1..).map_while(of_a_mail).collect();
        assert!(all.windows(2).all(|pair| pair[0] < pair[1] + pair[1] / 4), "{all:?}");
        let days = all.iter().sum::<Duration>().as_secs_f64() / 86400.0;
        assert!((1.9..2.4).contains(&days), "{days}");
    }

    #[test]
    fn the_server_is_asked_at_least_every_36_seconds() {
        assert!(of_the_server(1) >= Duration::from_secs(2) && of_the_server(1) <= Duration::from_millis(2400));
        assert!((30..=36).contains(&of_the_server(1000).as_secs()));
    }
}
