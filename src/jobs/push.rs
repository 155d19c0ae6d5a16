//! Push messages: which clients a notification waits for, and sending what waits. A message waits from the transaction
//! that wrote the notification until its answer is known; a kill loses none and may send one twice, which its topic lets
//! a push service notice. Few requests go to one push service at a time and many services beside each other, so that a
//! slow one holds nobody up; what it does not take is tried again with growing pauses.

mod message;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use futures::FutureExt as _;
use tokio::task::JoinSet;

use self::message::{Message, Next};
use crate::app::App;
use crate::error::{Error, Result};
use crate::federation::Federation;
use crate::model::ids::AccountId;
use crate::model::push::{backoff, is_hopeless};
use crate::model::words::{FollowState, UserState};
use crate::secrets::VapidKey;
use crate::store::db::Tx;
use crate::store::follows;
use crate::store::notifications::Notification;
use crate::store::pushes::{self, Subscription};
use crate::store::users;
use crate::webpush::Envelope;

/// Subscriptions that are sent to at the same time.
const MOST: usize = 64;
/// Those of them at one push service.
const MOST_AT_ONE: usize = 8;
/// Due subscriptions that are looked at in one round.
const ROUND: i64 = 256;
/// Messages for one subscription in a row; then others have their turn.
const TURN: usize = 10;
/// How long a claim holds: longer than a turn takes.
const HOLD: TimeDelta = TimeDelta::minutes(3);
/// Longest sleep: another process may have queued something.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Shortest sleep.
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);

/// Lets a notification wait for those clients of its reader that want it.
///
/// # Errors
/// `Internal` where the database fails.
pub(super) fn queue(tx: &mut Tx<'_>, row: &Notification) -> Result<()> {
    if !tx.node().pushes {
        return Ok(());
    }
    let (me, other, now) = (row.account_id, row.from_id, tx.now());
    let all = pushes::hold_all(tx, me)?;
    // Whoever may not sign in for now hears nothing of this later either.
    if all.is_empty() || users::get(tx, me)?.state != UserState::Active {
        return Ok(());
    }
    let (follows, followed) = (follows(tx, me, other)?, follows(tx, other, me)?);
    for subscription in all {
        if subscription.wishes().want(row.kind, follows, followed) {
            pushes::queue(tx, subscription.id, row.id, now)?;
        }
    }
    Ok(())
}

/// Whether one follows another. Oneself counts as somebody whom one follows: the end of one's own poll is no stranger's.
fn follows(tx: &mut Tx<'_>, one: AccountId, other: AccountId) -> Result<bool> {
    let row = follows::find(tx, one, other)?;
    Ok(one == other || row.is_some_and(|row| row.state == FollowState::Accepted))
}

/// What came of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    /// Taken.
    Delivered,
    /// The subscription is no longer known to the push service (404, 410).
    Gone,
    /// Too large for this push service (413): this message alone is let go.
    TooLarge,
    /// The push service says no, does not answer, or asks for a pause.
    Later(String, Option<TimeDelta>),
}

impl Outcome {
    fn word(&self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Gone => "gone",
            Self::TooLarge => "too_large",
            Self::Later(..) => "later",
        }
    }
}

/// What an answer means (RFC 8030 §5 and §7.3). Refusals such as 401 may be a fault of our clock or key, so they are
/// waited for like an outage.
fn judge(status: u16, wait: Option<TimeDelta>) -> Outcome {
    match status {
        200..=299 => Outcome::Delivered,
        404 | 410 => Outcome::Gone,
        413 => Outcome::TooLarge,
        _ => Outcome::Later(format!("answered {status}"), wait),
    }
}

/// Runs until the process is asked to stop; then lets the requests in flight finish.
pub async fn run(fed: Federation) {
    let mut work = Work::default();
    while !fed.app.stopping.is_cancelled() {
        let pause = match work.start(&fed).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::error!(%error, "push messages cannot be read");
                LONGEST_PAUSE
            }
        };
        tokio::select! {
            () = fed.app.stopping.cancelled() => {}
            Some(done) = work.tasks.join_next(), if !work.tasks.is_empty() => {
                if let Ok(host) = done {
                    work.ended(&host);
                }
            }
            () = fed.app.hub.pushes().notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    while work.tasks.join_next().await.is_some() {}
}

/// What is under way: tasks, and how many of them at which host.
#[derive(Default)]
struct Work {
    tasks: JoinSet<String>,
    at: HashMap<String, usize>,
}

impl Work {
    fn ended(&mut self, host: &str) {
        if let Some(count) = self.at.get_mut(host) {
            *count = count.saturating_sub(1);
        }
        self.at.retain(|_, count| *count > 0);
    }

    /// Claims and starts what there is room for; how long to sleep then.
    async fn start(&mut self, fed: &Federation) -> Result<Duration> {
        let now = fed.app.db.now();
        let busy: Vec<String> = self
            .at
            .iter()
            .filter(|(_, count)| **count >= MOST_AT_ONE)
            .map(|(host, _)| host.clone())
            .collect();
        let (due, next) = fed
            .app
            .db
            .read(move |conn| {
                Ok((
                    pushes::list_due(conn, now, &busy, ROUND)?,
                    pushes::next_due(conn, now)?,
                ))
            })
            .await?;
        let mut left_out = false;
        for (id, host) in due {
            let here = self.at.get(&host).copied().unwrap_or_default();
            if self.tasks.len() >= MOST {
                break;
            }
            if here >= MOST_AT_ONE {
                left_out = true;
                continue;
            }
            let claimed = fed.app.db.write(move |tx| {
                let now = tx.now();
                pushes::claim(tx, id, now, HOLD)
            });
            if claimed.await? {
                self.at.insert(host.clone(), here + 1);
                let fed = fed.clone();
                self.tasks.spawn(async move {
                    turn(&fed, id).await;
                    host
                });
            }
        }
        // Whoever was left out because of a busy host hid those behind: they are looked for in another round at once.
        if left_out {
            return Ok(SHORTEST_PAUSE);
        }
        let pause = next.and_then(|at| (at - now).to_std().ok());
        Ok(pause
            .unwrap_or(LONGEST_PAUSE)
            .clamp(SHORTEST_PAUSE, LONGEST_PAUSE))
    }
}

/// One turn of a subscription, and gives it back.
async fn turn(fed: &Federation, id: i64) {
    match AssertUnwindSafe(drain(fed, id)).catch_unwind().await {
        Ok(Ok(())) => {}
        // Its claim ends by itself in some minutes: what fails like this would fail again at once.
        Ok(Err(error)) => {
            tracing::error!(%error, push = id, "push messages cannot be worked on");
            return;
        }
        Err(_) => {
            tracing::error!(push = id, "the work on push messages panicked");
            return;
        }
    }
    if let Err(error) = fed.app.db.write(move |tx| pushes::release(tx, id)).await {
        tracing::warn!(%error, "a push subscription could not be given back; it is taken up again in three minutes");
    }
}

/// Sends what waits for a subscription, the oldest first, until nothing is left, its turn is over, or one must be waited
/// for.
async fn drain(fed: &Federation, id: i64) -> Result<()> {
    let app = &fed.app;
    for _ in 0..TURN {
        if app.stopping.is_cancelled() {
            return Ok(());
        }
        let reading = app.clone();
        let next = app
            .db
            .read(move |conn| message::next(conn, &reading, id))
            .await?;
        match next {
            Next::Nothing => return Ok(()),
            Next::Resting => return app.db.write(move |tx| pushes::finish_all(tx, id)).await,
            Next::Dead => return app.db.write(move |tx| pushes::delete(tx, id)).await,
            Next::Skip(notification) => {
                app.db
                    .write(move |tx| pushes::finish(tx, id, notification))
                    .await?;
            }
            Next::Send(message) => {
                let outcome = try_once(fed, &message).await?;
                let (subscription, notification) = (message.subscription, message.notification);
                let record =
                    move |tx: &mut Tx<'_>| record(tx, &subscription, notification, &outcome);
                if !app.db.write(record).await? {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// One try, with its log line and its count. The address of a subscription is a secret of the client: the log names
/// its host alone.
async fn try_once(fed: &Federation, message: &Message) -> Result<Outcome> {
    let begun = Instant::now();
    let outcome = send(fed, message).await?;
    metrics::counter!("pushes_total", "outcome" => outcome.word()).increment(1);
    let why = match &outcome {
        Outcome::Later(why, _) => why.as_str(),
        _ => "",
    };
    tracing::info!(
        remote.host = message.subscription.host,
        attempt = message.subscription.failures.saturating_add(1),
        duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        outcome = outcome.word(),
        why,
        "push message"
    );
    Ok(outcome)
}

async fn send(fed: &Federation, message: &Message) -> Result<Outcome> {
    // A key that cannot be read is a fault of this node, and no message is too large by that.
    let key = fed.app.vapid_key().await?;
    let envelope = match seal(&fed.app, &key, message) {
        Ok(Some(envelope)) => envelope,
        Ok(None) => return Ok(Outcome::Gone),
        Err(Error::Internal(_)) => return Ok(Outcome::TooLarge),
        Err(error) => return Err(error),
    };
    let endpoint = &message.subscription.endpoint;
    let mut headers = envelope.headers;
    headers.extend(message.headers());
    Ok(match fed.push(endpoint, headers, envelope.body).await {
        Ok(said) => judge(said.status, said.wait),
        Err(error) => Outcome::Later(error.to_string(), None),
    })
}

/// `None` where the subscription was made under another key of the node: its push service would refuse the new one.
fn seal(app: &App, key: &VapidKey, message: &Message) -> Result<Option<Envelope>> {
    let subscription = &message.subscription;
    let Some(token) = key.open(&subscription.sealed_token, subscription.token_id) else {
        return Ok(None);
    };
    message.seal(key, &app.config.vapid_subject(), app.db.now(), &token)
}

/// Writes down what came of a try; whether the next one may follow at once.
fn record(
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    notification: i64,
    outcome: &Outcome,
) -> Result<bool> {
    let (id, now) = (subscription.id, tx.now());
    match outcome {
        Outcome::Delivered | Outcome::TooLarge => {
            pushes::finish(tx, id, notification)?;
            pushes::succeeded(tx, id)?;
            Ok(true)
        }
        Outcome::Gone => {
            pushes::delete(tx, id)?;
            Ok(false)
        }
        Outcome::Later(_, wait) => {
            let failures = subscription.failures.saturating_add(1);
            let since = subscription.failing_since.unwrap_or(now);
            if is_hopeless(failures, since, now) {
                tracing::info!(
                    remote.host = subscription.host,
                    "a push subscription is given up"
                );
                pushes::delete(tx, id)?;
            } else {
                let asked = now + wait.unwrap_or_default();
                let again = (now + backoff(failures)).max(asked);
                pushes::failed(tx, id, failures, since, again)?;
            }
            Ok(false)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_decides_what_becomes_of_message_and_subscription() {
        let judge = |status| judge(status, None);
        for status in [200, 201, 202] {
            assert_eq!(judge(status), Outcome::Delivered);
        }
        assert_eq!((judge(404), judge(410)), (Outcome::Gone, Outcome::Gone));
        assert_eq!(judge(413), Outcome::TooLarge);
        for status in [301, 400, 401, 403, 429, 500, 503] {
            assert!(matches!(judge(status), Outcome::Later(..)), "{status}");
        }
    }
}
