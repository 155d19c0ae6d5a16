//! Time: always UTC, asked of one clock that tests can set.

use std::fmt::Debug;

/// A moment in UTC. Kept without zone, as both databases do.
pub type Time = chrono::NaiveDateTime;

/// Where the time comes from.
pub trait Clock: Send + Sync + Debug {
    /// Now, in UTC, cut to microseconds as PostgreSQL keeps them.
    fn now(&self) -> Time;
}

/// `YYYY-MM-DDTHH:MM:SS.mmmZ`, as Mastodon clients demand.
pub fn rfc3339_ms(time: Time) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// `YYYY-MM-DDTHH:MM:SSZ`, as ActivityPub peers write it.
pub fn rfc3339(time: Time) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_get_three_digits_and_a_z() {
        let time = chrono::DateTime::from_timestamp(1_700_000_000, 5_000_000)
            .unwrap()
            .naive_utc();
        assert_eq!(rfc3339_ms(time), "2023-11-14T22:13:20.005Z");
        assert_eq!(rfc3339(time), "2023-11-14T22:13:20Z");
    }
}
