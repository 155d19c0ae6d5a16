//! Rate limits: counted per account, address or name in fixed windows. The API tells how somebody stands in headers on
//! every answer; pages and inboxes refuse and say nothing more.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use moka::sync::Cache;
use sha2::{Digest, Sha256};

use crate::config;
use crate::error::{Error, Result};
use crate::model::time::Time;

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// Requests to the API and the OAuth server, by account or address.
    Api,
    /// Uploads, by account.
    Media,
    /// Deletions and taking boosts back, by account.
    Delete,
    /// Attempts to sign in from one address.
    SignInSource,
    /// Attempts to sign in as somebody.
    SignInName,
    /// Attempts to get an account from one address.
    SignUp,
    /// Mails to one reader that strangers can cause.
    MailTo,
    /// Mails that strangers can cause, on the whole node.
    MailNode,
    /// Deliveries from one address.
    InboxSource,
}

impl Bucket {
    fn limit(self, limits: &config::Limits) -> u32 {
        match self {
            Self::Api => limits.api_per_5min,
            Self::Media => limits.media_per_30min,
            Self::Delete => limits.delete_per_30min,
            Self::SignInSource | Self::SignInName => limits.sign_in_per_15min,
            Self::SignUp | Self::MailTo => limits.sign_up_per_30min,
            Self::MailNode => limits.mail_per_hour,
            Self::InboxSource => limits.inbox_source_per_5min,
        }
    }

    fn window(self) -> TimeDelta {
        match self {
            Self::Api | Self::InboxSource => TimeDelta::minutes(5),
            Self::SignInSource | Self::SignInName => TimeDelta::minutes(15),
            Self::Media | Self::Delete | Self::SignUp | Self::MailTo => TimeDelta::minutes(30),
            Self::MailNode => TimeDelta::hours(1),
        }
    }
}

/// The address that a request came from; lies in the extensions of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source(pub IpAddr);

impl Source {
    /// By what it is counted: an IPv6 network of 64 bits counts as one. Never meets the id of an account.
    pub fn key(self) -> u128 {
        let bits = match self.0 {
            IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
            IpAddr::V6(v6) => v6.to_bits() & !u128::from(u64::MAX),
        };
        bits | (1 << 127)
    }

    /// The last address that no trusted proxy vouches for. `direct` is where the connection comes from, `forwarded` the
    /// hops of `X-Forwarded-For`, nearest last.
    pub fn behind(
        direct: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = IpAddr>,
        trusted: &[ipnet::IpNet],
    ) -> Self {
        let direct = direct.to_canonical();
        let trusts = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
        if !trusts(&direct) {
            return Self(direct);
        }
        let hop = forwarded
            .map(|hop| hop.to_canonical())
            .rev()
            .find(|hop| !trusts(hop));
        Self(hop.unwrap_or(direct))
    }
}

/// By what a name or address of mail is counted.
pub fn named(text: &str) -> u128 {
    Sha256::digest(text.as_bytes())
        .iter()
        .take(16)
        .fold(0, |sum, byte| (sum << 8) | u128::from(*byte))
}

/// One window of one bucket of somebody.
#[derive(Debug)]
struct Window {
    ends: Time,
    used: AtomicU32,
}

/// The open windows; cheap to clone.
#[derive(Debug, Clone)]
pub struct Limits {
    windows: Cache<(Bucket, u128), Arc<Window>>,
}

/// How somebody stands after a request.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// How many are possible in a window.
    pub limit: u32,
    /// How many are left.
    pub remaining: u32,
    /// When the next window begins.
    pub resets: Time,
    /// Whether it was one too many.
    pub refused: bool,
}

impl Default for Limits {
    fn default() -> Self {
        let windows = Cache::builder()
            .max_capacity(50_000)
            .time_to_live(Duration::from_hours(1))
            .build();
        Self { windows }
    }
}

impl Limits {
    /// Counts one and says no where it is one too many.
    ///
    /// # Errors
    /// `TooMany` with the time until the next window.
    pub fn check(
        &self,
        limits: &config::Limits,
        bucket: Bucket,
        who: u128,
        now: Time,
    ) -> Result<()> {
        let standing = self.count(limits, bucket, who, now);
        if standing.refused {
            return Err(Error::TooMany(standing.wait(now)));
        }
        Ok(())
    }

    /// Counts one request.
    pub fn count(&self, limits: &config::Limits, bucket: Bucket, who: u128, now: Time) -> Standing {
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
        let over = used > limit;
        if over && limits.report_only && used == limit + 1 {
            tracing::warn!(limit = ?bucket, "a rate limit is reached; only reported");
        }
        let refused = over && !limits.report_only;
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
    pub fn wait(&self, now: Time) -> Duration {
        (self.resets - now).to_std().unwrap_or_default()
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
        let counted = Limits::default();
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
        let counted = Limits::default();
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
    fn only_trusted_proxies_say_who_asks() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let behind = |direct: &str, hops: &[&str]| {
            Source::behind(ip(direct), hops.iter().map(|hop| ip(hop)), &trusted).0
        };
        assert_eq!(behind("192.0.2.7", &["198.51.100.1"]), ip("192.0.2.7"));
        assert_eq!(
            behind(
                "::ffff:10.0.0.1",
                &["203.0.113.9", "198.51.100.1", "10.9.9.9"]
            ),
            ip("198.51.100.1"),
            "what a client made up stands further to the left"
        );
        assert_eq!(behind("10.0.0.1", &[]), ip("10.0.0.1"));
        let key = |text: &str| Source(ip(text)).key();
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
    }
}
