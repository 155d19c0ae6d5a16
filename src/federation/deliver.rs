//! Sending what waits in the outbox: per peer in order and one request at a time, all peers beside each other, so that a
//! slow or dead one delays nobody. A row goes away only once its answer is known. A node that does not answer is waited
//! for; what a node says no to is tried again by itself, for as long as the answer may still change.

mod refusals;

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use futures::FutureExt as _;
use http::header::{CONTENT_TYPE, DATE, RETRY_AFTER};
use rand::Rng as _;
use tokio::task::JoinSet;

use self::refusals::{Patience, let_go_if_taken_back, refused};
use super::fetch::{FetchError, describe};
use super::{Federation, guard, sign};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::peer::is_spoken_to;
use crate::model::time::Time;
use crate::store::db::Tx;
use crate::store::outbox::{self, Delivery};
use crate::store::peers::{self, Peer};
use crate::store::recipients;

/// Peers that are served at the same time.
const MAX_PEERS: usize = 256;
/// Deliveries that are read at once for a peer.
const BATCH: i64 = 20;
/// Longest sleep: another process may have queued something.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Shortest sleep.
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);
/// Refusals in a row after which the node itself is taken to be out of order: it then waits as if it did not answer.
const SUSPICIOUS: u32 = 5;
/// The same where all of them come of one sender: it may be that one whom the node does not want.
const OF_ONE: u32 = 50;
/// A delivery that was refused this often is not tried early because another one arrived.
const OFTEN: i32 = 8;
/// Longest back-off.
const LONGEST_BACKOFF: f64 = 24.0 * 3600.0;
/// A peer's clock this far from ours is worth a warning, in seconds.
const SKEW: i64 = 60;

/// What came of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    /// Taken.
    Delivered,
    /// The inbox is gone for good (410).
    Gone,
    /// The peer says no to this one.
    Refused(String, Patience),
    /// The peer does not answer, or not now; perhaps it says for how long.
    Later(String, Option<TimeDelta>),
    /// This node does not speak to that one any more.
    NotSpokenTo,
}

impl Outcome {
    fn word(&self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Gone => "gone",
            Self::Refused(..) => "refused",
            Self::Later(..) => "later",
            Self::NotSpokenTo => "not_spoken_to",
        }
    }
}

/// Runs until the process is asked to stop; then lets the requests in flight finish.
pub async fn run(fed: Federation) {
    let (mut busy, mut tasks) = (HashSet::new(), JoinSet::new());
    while !fed.app.stopping.is_cancelled() {
        let pause = match start(&fed, &mut busy, &mut tasks).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::error!(%error, "deliveries cannot be read");
                LONGEST_PAUSE
            }
        };
        tokio::select! {
            () = fed.app.stopping.cancelled() => {}
            Some(done) = tasks.join_next(), if !tasks.is_empty() => {
                if let Ok(peer) = done {
                    busy.remove(&peer);
                }
            }
            () = fed.app.hub.deliveries().notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    while tasks.join_next().await.is_some() {}
}

/// Starts a task for every peer whose time has come; how long to sleep then.
async fn start(
    fed: &Federation,
    busy: &mut HashSet<i64>,
    tasks: &mut JoinSet<i64>,
) -> Result<Duration> {
    let now = fed.app.db.now();
    let taken: Vec<i64> = busy.iter().copied().collect();
    let (due, next) = fed
        .app
        .db
        .read(move |conn| {
            Ok((
                outbox::due_peers(conn, now)?,
                outbox::next_attempt(conn, &taken, now)?,
            ))
        })
        .await?;
    for peer in due {
        if busy.len() < MAX_PEERS && busy.insert(peer) {
            let fed = fed.clone();
            tasks.spawn(async move {
                match AssertUnwindSafe(drain(&fed, peer)).catch_unwind().await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => {
                        tracing::error!(%error, peer, "a delivery queue cannot be worked on");
                    }
                    Err(_) => tracing::error!(peer, "the work on a delivery queue panicked"),
                }
                peer
            });
        }
    }
    let pause = next
        .and_then(|at| (at - now).to_std().ok())
        .unwrap_or(LONGEST_PAUSE);
    Ok(pause.clamp(SHORTEST_PAUSE, LONGEST_PAUSE))
}

/// Sends to one peer, in order, until nothing is left or the peer must be waited for.
async fn drain(fed: &Federation, peer_id: i64) -> Result<()> {
    let (mut refused, mut refused_of) = (0, HashSet::new());
    loop {
        let now = fed.app.db.now();
        let read = fed
            .app
            .db
            .read(move |conn| {
                Ok((
                    peers::find_by_id(conn, peer_id)?,
                    outbox::next_for(conn, peer_id, now, BATCH)?,
                ))
            })
            .await?;
        let (Some(peer), deliveries) = read else {
            return Ok(());
        };
        if deliveries.is_empty() {
            return Ok(());
        }
        let (mut failures, mut gone) = (peer.failures, HashSet::new());
        for delivery in deliveries {
            if fed.app.stopping.is_cancelled() {
                return Ok(());
            }
            if gone.contains(&delivery.inbox_url) {
                continue;
            }
            if delivery.refusals > 0 && let_go_if_taken_back(fed, &delivery).await? {
                continue;
            }
            let outcome = try_once(fed, &peer, &delivery, failures).await;
            match &outcome {
                Outcome::Gone => drop(gone.insert(delivery.inbox_url.clone())),
                Outcome::Refused(..) => {
                    refused += 1;
                    refused_of.insert(delivery.sender_id);
                }
                Outcome::Delivered => {
                    (refused, failures) = (0, 0);
                    refused_of.clear();
                }
                Outcome::Later(..) | Outcome::NotSpokenTo => {}
            }
            let pause = match refused_of.len() {
                0 | 1 => refused >= OF_ONE,
                _ => refused >= SUSPICIOUS,
            };
            let done = Done {
                delivery,
                outcome,
                failures,
                pause,
            };
            if !record(fed, &peer, done).await? {
                return Ok(());
            }
        }
    }
}

/// One try, with its log line and its count.
async fn try_once(fed: &Federation, peer: &Peer, delivery: &Delivery, failures: i32) -> Outcome {
    let begun = Instant::now();
    let outcome = send(fed, peer, delivery).await;
    metrics::counter!("deliveries_total", "outcome" => outcome.word()).increment(1);
    let why = match &outcome {
        Outcome::Refused(why, _) | Outcome::Later(why, _) => why.as_str(),
        _ => "",
    };
    tracing::info!(
        remote.host = peer.domain,
        activity.id = delivery.activity_uri,
        attempt = failures.saturating_add(delivery.refusals).saturating_add(1),
        duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        outcome = outcome.word(),
        why,
        "delivery"
    );
    outcome
}

async fn send(fed: &Federation, peer: &Peer, delivery: &Delivery) -> Outcome {
    let (now, default) = (fed.app.db.now(), fed.app.config.federation.unknown_nodes);
    if !is_spoken_to(peer.effective_mode(now, default)) {
        return Outcome::NotSpokenTo;
    }
    match post(fed, delivery).await {
        Ok(response) => {
            warn_of_skew(&peer.domain, &response, fed.app.db.now());
            judge(response.status().as_u16(), asked_to_wait(&response))
        }
        Err(FetchError::Refused("a node that is not spoken to")) => Outcome::NotSpokenTo,
        Err(FetchError::Refused(why)) => Outcome::Refused(
            format!("the inbox is not talked to: {why}"),
            Patience::Days(1),
        ),
        Err(FetchError::Unusable(why)) => Outcome::Refused(why.to_owned(), Patience::Tries(1)),
        Err(error) => Outcome::Later(error.to_string(), None),
    }
}

/// Signs afresh and posts. Redirects are not followed: an inbox that moves is named anew by its actor.
async fn post(
    fed: &Federation,
    delivery: &Delivery,
) -> std::result::Result<reqwest::Response, FetchError> {
    let fetcher = &fed.inner.fetcher;
    let url = guard::parse(&delivery.inbox_url).ok_or(FetchError::Refused("not a web address"))?;
    let door = fetcher.door(&url).await?;
    let key = match fetcher.keyring.of(delivery.sender_id).await {
        Ok(key) => key,
        Err(Error::NotFound | Error::Gone) => {
            return Err(FetchError::Unusable("the sender has gone"));
        }
        Err(error) => return Err(error.into()),
    };
    let body = delivery.body.as_bytes();
    let headers = sign::headers(
        &key,
        "POST",
        &url,
        &sign::target(&url),
        Some(body),
        fed.app.db.now(),
    )?;
    let mut request = fetcher.doors.client(&door)?.post(url);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    request = request
        .header(CONTENT_TYPE, "application/activity+json")
        .body(delivery.body.clone());
    request
        .send()
        .await
        .map_err(|error| FetchError::Unreachable(describe(&error)))
}

/// What a status means for the delivery (security, REL-07 and REL-08). `wait` is what the peer asked for.
fn judge(status: u16, wait: Option<TimeDelta>) -> Outcome {
    match status {
        200..=299 => Outcome::Delivered,
        410 => Outcome::Gone,
        401 | 403 => Outcome::Refused(
            format!("answered {status}: it does not trust the signature, or us"),
            Patience::Days(3),
        ),
        404 => Outcome::Refused("answered 404: no inbox there".into(), Patience::Days(1)),
        408 | 425 | 429 | 500.. => Outcome::Later(format!("answered {status}"), wait),
        _ => Outcome::Refused(format!("answered {status}"), Patience::Tries(3)),
    }
}

/// `Retry-After` in seconds, at most a day.
pub(super) fn asked_to_wait(response: &reqwest::Response) -> Option<TimeDelta> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    let seconds: i64 = text.trim().parse().ok()?;
    Some(TimeDelta::seconds(seconds.clamp(0, 24 * 3600)))
}

/// Tells the admin of a peer whose clock differs: signatures would soon fail.
fn warn_of_skew(domain: &str, response: &reqwest::Response, now: Time) {
    let text = response
        .headers()
        .get(DATE)
        .and_then(|value| value.to_str().ok());
    let date = text.and_then(|text| Time::parse_from_str(text, "%a, %d %b %Y %H:%M:%S GMT").ok());
    if let Some(seconds) = date
        .map(|date| (date - now).num_seconds())
        .filter(|seconds| seconds.abs() > SKEW)
    {
        tracing::warn!(
            remote.host = domain,
            seconds,
            "the clock of a peer differs from ours"
        );
    }
}

/// A try and what came of it.
struct Done {
    delivery: Delivery,
    outcome: Outcome,
    /// How often in a row the peer did not answer before.
    failures: i32,
    /// Whether the peer refuses one thing after another.
    pause: bool,
}

/// Writes down what came of a try; whether the next one may follow at once.
async fn record(fed: &Federation, peer: &Peer, done: Done) -> Result<bool> {
    let (peer_id, domain) = (peer.id, peer.domain.clone());
    fed.app
        .db
        .write(move |tx| {
            let Done {
                delivery,
                outcome,
                failures,
                pause,
            } = done;
            let again = tx.now() + backoff(failures.saturating_add(1), jitter());
            match outcome {
                Outcome::Delivered => {
                    outbox::succeeded(tx, &delivery)?;
                    outbox::wake_refused(tx, &delivery, OFTEN)?;
                }
                Outcome::Gone => gone(tx, &delivery, &domain)?,
                Outcome::Refused(why, patience) => {
                    refused(tx, &delivery, &domain, &why, patience)?;
                    if pause {
                        outbox::failed(tx, peer_id, &why, again)?;
                        return Ok(false);
                    }
                }
                Outcome::Later(why, wait) => {
                    let asked = tx.now() + wait.unwrap_or_default();
                    outbox::forgive(tx, peer_id)?;
                    outbox::failed(tx, peer_id, &why, again.max(asked))?;
                    return Ok(false);
                }
                Outcome::NotSpokenTo => {
                    outbox::drop_peer(tx, peer_id)?;
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .await
}

fn jitter() -> f64 {
    rand::thread_rng().gen_range(0.0..0.1)
}

/// A 410 is about the inbox it came from: an actor that has gone gets nothing more. A whole node does not go by one answer
/// of its shared inbox, so there the one delivery is given up.
fn gone(tx: &mut Tx<'_>, delivery: &Delivery, domain: &str) -> Result<()> {
    if recipients::is_shared_inbox(tx, &delivery.inbox_url)? {
        return outbox::gave_up(
            tx,
            delivery,
            domain,
            "answered 410: what it is about is gone",
        );
    }
    outbox::gave_up(tx, delivery, domain, "answered 410: the inbox is gone")?;
    outbox::drop_inbox(tx, delivery.peer_id, &delivery.inbox_url)
}

/// 1, 2, 4, … seconds after a refusal, at most a quarter of a day, and up to a tenth more.
fn doubled(refusals: i32, jitter: f64) -> TimeDelta {
    let doublings = refusals.clamp(0, 20);
    in_seconds((2.0_f64.powi(doublings)).min(LONGEST_BACKOFF / 4.0) * (1.0 + jitter))
}

fn in_seconds(seconds: f64) -> TimeDelta {
    Duration::try_from_secs_f64(seconds)
        .ok()
        .and_then(|d| TimeDelta::from_std(d).ok())
        .unwrap_or(TimeDelta::days(1))
}

/// 1.25^(n-1) seconds after the nth failure, at most a day, and up to a tenth more so that peers do not come in step.
fn backoff(attempt: i32, jitter: f64) -> TimeDelta {
    let growth = 1.25_f64.powi(attempt.saturating_sub(1).clamp(0, 200));
    in_seconds(growth.min(LONGEST_BACKOFF) * (1.0 + jitter))
}

/// Lets what waits for a peer, or for all, be tried at once; how many peers that are. The running node notices within
/// five seconds even where another process asked.
///
/// # Errors
/// `Unavailable`.
pub async fn retry_now(app: &App, peer: Option<String>) -> Result<usize> {
    let woken = app
        .db
        .write(move |tx| outbox::retry_now(tx, peer.as_deref()))
        .await?;
    app.hub.deliveries().notify_one();
    Ok(woken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_off_grows_by_a_quarter_up_to_a_day() {
        let seconds = |n| backoff(n, 0.0).num_milliseconds();
        assert_eq!((seconds(1), seconds(2), seconds(3)), (1000, 1250, 1562));
        assert_eq!(seconds(100), 24 * 3600 * 1000);
        assert_eq!(seconds(i32::MAX), 24 * 3600 * 1000);
        assert_eq!(backoff(1, 0.1).num_milliseconds(), 1100);
    }

    #[test]
    fn a_status_decides_whether_to_try_again() {
        let judge = |status| judge(status, None);
        assert_eq!(judge(202), Outcome::Delivered);
        assert_eq!(judge(410), Outcome::Gone);
        for status in [408, 429, 500, 502, 503] {
            assert!(matches!(judge(status), Outcome::Later(..)), "{status}");
        }
        for (status, wanted) in [
            (301, Patience::Tries(3)),
            (400, Patience::Tries(3)),
            (413, Patience::Tries(3)),
            (422, Patience::Tries(3)),
            (404, Patience::Days(1)),
            (401, Patience::Days(3)),
            (403, Patience::Days(3)),
        ] {
            let Outcome::Refused(_, patience) = judge(status) else {
                panic!("{status} is no refusal");
            };
            assert_eq!(patience, wanted, "{status}");
        }
    }

    #[test]
    fn patience_is_a_number_of_tries_or_a_time_since_the_first_no() {
        let now = Time::default() + TimeDelta::days(9);
        let ago = |hours| Some(now - TimeDelta::hours(hours));
        assert!(!Patience::Tries(3).is_over(1, ago(99), now));
        assert!(Patience::Tries(3).is_over(2, ago(0), now));
        assert!(Patience::Tries(1).is_over(0, None, now));
        assert!(!Patience::Days(1).is_over(500, ago(23), now));
        assert!(Patience::Days(1).is_over(3, ago(24), now));
        assert!(!Patience::Days(3).is_over(0, None, now));
        assert_eq!(doubled(0, 0.0).num_seconds(), 1);
        assert_eq!(doubled(5, 0.0).num_seconds(), 32);
        assert_eq!(doubled(i32::MAX, 0.0).num_hours(), 6);
    }
}
