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

/// A moment as clients write it (RFC 3339; without zone it is UTC), cut to microseconds.
pub fn parse_moment(text: &str) -> Option<Time> {
    let text = text.trim();
    let moment = match chrono::DateTime::parse_from_rfc3339(text) {
        Ok(moment) => moment.naive_utc(),
        Err(_) => text.parse().ok()?,
    };
    chrono::DateTime::from_timestamp_micros(moment.and_utc().timestamp_micros())
        .map(|moment| moment.naive_utc())
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

    #[test]
    fn moments_are_read_with_and_without_zone() {
        for text in [
            "2027-01-02T03:04:05.678Z",
            "2027-01-02T04:04:05.678+01:00",
            "2027-01-02T03:04:05.678",
        ] {
            let moment = parse_moment(text).unwrap();
            assert_eq!(rfc3339_ms(moment), "2027-01-02T03:04:05.678Z", "{text}");
        }
        for bad in ["", "tomorrow", "2027-13-01T00:00:00Z", "1790000000"] {
            assert_eq!(parse_moment(bad), None, "{bad}");
        }
    }
}
