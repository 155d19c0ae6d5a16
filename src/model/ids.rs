//! Identifiers: 64-bit numbers that sort by time (48 bits of Unix milliseconds, 16 bits of sequence), one space for
//! everything, shown to clients as decimal strings.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};

use super::time::Time;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id! {
    /// A person, community or node actor, of this node or of another. A community's id is the id of its account.
    AccountId
}
id! {
    /// A post of any kind, a reply included.
    PostId
}

/// Hands out ids that only grow within one process.
#[derive(Debug)]
pub struct IdSource {
    last: AtomicI64,
    slot: i64,
}

/// Bits below the milliseconds: eight tell processes on one database apart, eight count. A process that needs more ids
/// in a millisecond runs a little ahead of the clock.
const SEQUENCE_BITS: u32 = 8;

impl IdSource {
    /// `slot` keeps processes that share a database apart.
    pub fn new(slot: u8) -> Self {
        Self {
            last: AtomicI64::new(0),
            slot: i64::from(slot),
        }
    }

    /// The next id for a time in Unix milliseconds; never smaller than or equal to an earlier one.
    pub fn next(&self, now_ms: i64) -> i64 {
        let wanted = now_ms << SEQUENCE_BITS;
        let previous = self
            .last
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
                Some(wanted.max(last + 1))
            })
            .unwrap_or_else(|last| last);
        let count = wanted.max(previous + 1);
        let (ms, sequence) = (count >> SEQUENCE_BITS, count & ((1 << SEQUENCE_BITS) - 1));
        (ms << 16) | (self.slot << SEQUENCE_BITS) | sequence
    }
}

/// The least id that can have been given at a time or later.
pub fn least_at(time: Time) -> i64 {
    time.and_utc().timestamp_millis().saturating_mul(1 << 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_only_grow_even_within_one_millisecond_and_when_the_clock_steps_back() {
        let source = IdSource::new(3);
        let mut last = 0;
        for step in 0..10_000_i64 {
            let id = source.next(1_700_000_000_000 - step / 100);
            assert!(id > last, "{id} after {last}");
            last = id;
        }
    }

    #[test]
    fn the_least_id_of_a_moment_is_not_above_those_given_then() {
        let moment = chrono::DateTime::from_timestamp_millis(1_700_000_000_000).unwrap();
        let least = least_at(moment.naive_utc());
        assert!(IdSource::new(0).next(1_700_000_000_000) >= least);
        assert!(IdSource::new(7).next(1_699_999_999_999) < least);
        assert_eq!(least_at(Time::MAX), i64::MAX);
        assert_eq!(least_at(Time::MIN), i64::MIN);
    }

    #[test]
    fn the_time_is_in_the_upper_bits() {
        assert_eq!(
            IdSource::new(0).next(1_700_000_000_000) >> 16,
            1_700_000_000_000
        );
    }
}
