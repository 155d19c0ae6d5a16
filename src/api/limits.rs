//! Rate limits: counted per account or address in fixed windows, told in headers on every answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method};
use chrono::TimeDelta;
use moka::sync::Cache;

use crate::config;
use crate::model::time::{Time, rfc3339_ms};

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Bucket {
    /// Everything else.
    Api,
    /// Uploads.
    Media,
    /// Deletions and taking boosts back.
    Delete,
}

impl Bucket {
    /// Of a request, by the shape of its path.
    pub(super) fn of(method: &Method, path: &str) -> Self {
        let path = path.trim_end_matches('/');
        if method == Method::POST && matches!(path, "/api/v1/media" | "/api/v2/media") {
            return Self::Media;
        }
        let status = path.starts_with("/api/v1/statuses/");
        if status
            && (method == Method::DELETE || (method == Method::POST && path.ends_with("/unreblog")))
        {
            return Self::Delete;
        }
        Self::Api
    }

    fn limit(self, limits: &config::Limits) -> u32 {
        match self {
            Self::Api => limits.api_per_5min,
            Self::Media => limits.media_per_30min,
            Self::Delete => limits.delete_per_30min,
        }
    }

    fn window(self) -> TimeDelta {
        match self {
            Self::Api => TimeDelta::minutes(5),
            Self::Media | Self::Delete => TimeDelta::minutes(30),
        }
    }
}

/// One window of one bucket of somebody.
#[derive(Debug)]
struct Window {
    ends: Time,
    used: AtomicU32,
}

/// The open windows.
#[derive(Debug)]
pub(super) struct Limits {
    windows: Cache<(Bucket, u128), Arc<Window>>,
}

/// How somebody stands after a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    limit: u32,
    remaining: u32,
    resets: Time,
    pub(super) refused: bool,
}

impl Limits {
    pub(super) fn new() -> Self {
        let windows = Cache::builder()
            .max_capacity(50_000)
            .time_to_live(Duration::from_mins(30))
            .build();
        Self { windows }
    }

    /// Counts one request.
    pub(super) fn count(
        &self,
        limits: &config::Limits,
        bucket: Bucket,
        who: u128,
        now: Time,
    ) -> Standing {
        let limit = bucket.limit(limits);
        if !limits.enabled {
            return Standing {
                limit,
                remaining: limit,
                resets: now + bucket.window(),
                refused: false,
            };
        }
        let fresh = || {
            Arc::new(Window {
                ends: now + bucket.window(),
                used: AtomicU32::new(0),
            })
        };
        let key = (bucket, who);
        let mut window = self.windows.get_with(key, fresh);
        if window.ends <= now {
            window = fresh();
            self.windows.insert(key, Arc::clone(&window));
        }
        let used = window
            .used
            .fetch_add(1, Ordering::Relaxed)
            .saturating_add(1);
        let refused = used > limit && !limits.report_only;
        Standing {
            limit,
            remaining: limit.saturating_sub(used),
            resets: window.ends,
            refused,
        }
    }
}

impl Standing {
    /// How long to wait for the next window.
    pub(super) fn wait(&self, now: Time) -> Duration {
        (self.resets - now).to_std().unwrap_or_default()
    }

    /// The headers that Mastodon's clients read.
    pub(super) fn headers(&self) -> [(HeaderName, HeaderValue); 3] {
        let reset = HeaderValue::from_str(&rfc3339_ms(self.resets));
        [
            (
                HeaderName::from_static("x-ratelimit-limit"),
                HeaderValue::from(self.limit),
            ),
            (
                HeaderName::from_static("x-ratelimit-remaining"),
                HeaderValue::from(self.remaining),
            ),
            (
                HeaderName::from_static("x-ratelimit-reset"),
                reset.unwrap_or_else(|_| HeaderValue::from_static("1970-01-01T00:00:00.000Z")),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(report_only: bool, enabled: bool) -> config::Limits {
        config::Limits {
            api_per_5min: 2,
            report_only,
            enabled,
            ..config::Limits::default()
        }
    }

    fn at(second: i64) -> Time {
        chrono::DateTime::from_timestamp(1_700_000_000 + second, 0)
            .unwrap()
            .naive_utc()
    }

    #[test]
    fn the_third_of_two_is_refused_until_the_window_ends() {
        let counted = Limits::new();
        let mut refused = Vec::new();
        for second in [0, 1, 2, 299, 300] {
            refused.push(
                counted
                    .count(&limits(false, true), Bucket::Api, 7, at(second))
                    .refused,
            );
        }
        assert_eq!(refused, [false, false, true, true, false]);
        assert!(
            !counted
                .count(&limits(false, true), Bucket::Api, 8, at(2))
                .refused,
            "somebody else is not concerned"
        );
        assert!(
            !counted
                .count(&limits(false, true), Bucket::Media, 7, at(2))
                .refused,
            "another bucket neither"
        );
    }

    #[test]
    fn reporting_refuses_nothing_and_off_counts_nothing() {
        let counted = Limits::new();
        for _ in 0..5 {
            assert!(
                !counted
                    .count(&limits(true, true), Bucket::Api, 7, at(0))
                    .refused
            );
            assert_eq!(
                counted
                    .count(&limits(false, false), Bucket::Api, 9, at(0))
                    .remaining,
                2
            );
        }
    }

    #[test]
    fn buckets_follow_the_path_whatever_its_ending() {
        assert_eq!(Bucket::of(&Method::POST, "/api/v2/media/"), Bucket::Media);
        assert_eq!(
            Bucket::of(&Method::DELETE, "/api/v1/statuses/5"),
            Bucket::Delete
        );
        assert_eq!(
            Bucket::of(&Method::POST, "/api/v1/statuses/5/unreblog"),
            Bucket::Delete
        );
        assert_eq!(Bucket::of(&Method::GET, "/api/v1/statuses/5"), Bucket::Api);
    }
}
