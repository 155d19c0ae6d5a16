//! Push messages (RFC 8030): which notifications a client wants one for, how long one is kept and tried, and when a
//! subscription that does not work is given up.

use chrono::TimeDelta;

use super::time::Time;
use super::words::{Alert, NotificationKind, PushPolicy};

/// Most subscriptions of one person; each belongs to an access token, so the oldest makes room.
pub const SUBSCRIPTIONS: usize = 50;
/// Most messages that wait for one subscription; the oldest makes room.
pub const WAITING: usize = 50;
/// How long a message is worth something: what waits longer is let go, here and at the push service.
pub const LIFE: TimeDelta = TimeDelta::hours(48);
/// Longest text of a post in a message, in characters.
pub const BODY: usize = 140;
/// Longest title of a message, in characters.
pub const TITLE: usize = 100;
/// Longest address of a push service.
pub const ENDPOINT: usize = 2048;

/// A subscription that nothing reaches is given up after this time …
const HOPELESS_AFTER: TimeDelta = TimeDelta::days(5);
/// … and this many tries in vain: our own outage over a few days costs nobody their subscription.
const HOPELESS_TRIES: i32 = 12;
/// Longest wait between two tries, in seconds.
const LONGEST_BACKOFF: i64 = 6 * 3600;

/// What a client wants to be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wishes {
    /// The kinds, without repetitions.
    pub alerts: Vec<Alert>,
    /// Whose doings.
    pub policy: PushPolicy,
}

impl Wishes {
    /// Reads the kinds from words with commas between. Unknown ones are left out.
    pub fn alerts_of(column: &str) -> Vec<Alert> {
        column.split(',').filter_map(Alert::parse).collect()
    }

    /// The kinds as words with commas between.
    pub fn column(alerts: &[Alert]) -> String {
        let mut words: Vec<&str> = alerts.iter().map(|alert| alert.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        words.join(",")
    }

    /// Whether the client wants a notification of this kind; `follows` says whether the person follows who caused it,
    /// `followed` whether it is the other way round.
    pub fn want(&self, kind: NotificationKind, follows: bool, followed: bool) -> bool {
        let asked = Alert::parse(kind.as_str()).is_some_and(|alert| self.alerts.contains(&alert));
        asked
            && match self.policy {
                PushPolicy::All => true,
                PushPolicy::Followed => follows,
                PushPolicy::Follower => followed,
                PushPolicy::None => false,
            }
    }
}

/// Whether a subscription that failed this often in a row, and for the first time then, is given up.
pub fn is_hopeless(failures: i32, since: Time, now: Time) -> bool {
    failures >= HOPELESS_TRIES && since <= now - HOPELESS_AFTER
}

/// How long to wait after the nth failure in a row: 5, 10, 20, … seconds, at most six hours.
pub fn backoff(failures: i32) -> TimeDelta {
    let doublings = u32::try_from(failures.saturating_sub(1).clamp(0, 20)).unwrap_or(0);
    TimeDelta::seconds((5_i64 << doublings).min(LONGEST_BACKOFF))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_told_of_what_it_asked_for() {
        let wishes = |policy| Wishes {
            alerts: vec![Alert::Mention, Alert::Poll],
            policy,
        };
        for (policy, kind, follows, followed, wanted) in [
            (
                PushPolicy::All,
                NotificationKind::Mention,
                false,
                false,
                true,
            ),
            (PushPolicy::All, NotificationKind::Poll, false, false, true),
            (PushPolicy::All, NotificationKind::Follow, true, true, false),
            (
                PushPolicy::Followed,
                NotificationKind::Mention,
                false,
                true,
                false,
            ),
            (
                PushPolicy::Followed,
                NotificationKind::Mention,
                true,
                false,
                true,
            ),
            (
                PushPolicy::Follower,
                NotificationKind::Mention,
                true,
                false,
                false,
            ),
            (
                PushPolicy::Follower,
                NotificationKind::Mention,
                false,
                true,
                true,
            ),
            (
                PushPolicy::None,
                NotificationKind::Mention,
                true,
                true,
                false,
            ),
        ] {
            assert_eq!(
                wishes(policy).want(kind, follows, followed),
                wanted,
                "{policy} {kind} {follows} {followed}"
            );
        }
    }

    #[test]
    fn every_notification_has_an_alert_of_the_same_name() {
        for kind in NotificationKind::ALL {
            assert!(Alert::parse(kind.as_str()).is_some(), "{kind}");
        }
    }

    #[test]
    fn kinds_read_back_from_their_column() {
        let column = Wishes::column(&[Alert::Poll, Alert::AdminSignUp, Alert::Poll]);
        assert_eq!(column, "admin.sign_up,poll");
        assert_eq!(
            Wishes::alerts_of(&column),
            [Alert::AdminSignUp, Alert::Poll]
        );
        assert!(Wishes::alerts_of("").is_empty());
    }

    #[test]
    fn patience_is_long_and_ends() {
        assert_eq!(backoff(1).num_seconds(), 5);
        assert_eq!(backoff(3).num_seconds(), 20);
        assert_eq!(backoff(i32::MAX).num_hours(), 6);
        let now = Time::default() + TimeDelta::days(30);
        assert!(!is_hopeless(3, now - TimeDelta::days(9), now));
        assert!(!is_hopeless(99, now - TimeDelta::days(4), now));
        assert!(is_hopeless(12, now - TimeDelta::days(5), now));
    }
}
