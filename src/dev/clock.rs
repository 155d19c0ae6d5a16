//! The clock by which made-up data spread over the past.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::TimeDelta;

use crate::model::time::{Clock, Time};

/// How far back the first post lies.
const SPAN: TimeDelta = TimeDelta::days(180);

/// A clock that walks from half a year ago towards now, one step each time it is asked.
#[derive(Debug)]
pub struct PastClock {
    /// All three in microseconds.
    next: AtomicI64,
    step: i64,
    end: i64,
}

impl PastClock {
    /// A clock for about so many posts, that never goes beyond `now`.
    pub fn before(now: Time, posts: usize) -> Self {
        let end = now.and_utc().timestamp_micros();
        let span_us = SPAN.num_microseconds().unwrap_or_default();
        // Each post asks a few times, people and follows too.
        let asked = i64::try_from(posts)
            .unwrap_or(i64::MAX / 8)
            .max(1_000)
            .saturating_mul(3);
        Self {
            next: AtomicI64::new(end - span_us),
            step: (span_us / asked).max(1),
            end,
        }
    }
}

impl Clock for PastClock {
    fn now(&self) -> Time {
        let us = self
            .next
            .fetch_add(self.step, Ordering::Relaxed)
            .min(self.end);
        chrono::DateTime::from_timestamp_micros(us)
            .unwrap_or_default()
            .naive_utc()
    }
}
