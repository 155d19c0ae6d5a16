//! Subscriptions to push messages, one an access token, and the messages that wait for each. A subscription is claimed
//! while its messages are sent; a claim ends by itself after a while, so that the work of a process that died is taken up.

use chrono::TimeDelta;
use diesel::dsl::{count_star, exists, min};
use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::schema::{accounts, oauth_tokens, push_messages, push_subscriptions, users};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::push::{self, Wishes};
use crate::model::time::Time;
use crate::model::words::{AccountState, PushPolicy, UserState};

/// A client that wants push messages.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = push_subscriptions, check_for_backend(MultiBackend))]
#[allow(missing_debug_implementations, reason = "holds secrets of a client")]
pub struct Subscription {
    /// Its id.
    pub id: i64,
    /// The access token it belongs to and ends with.
    pub token_id: i64,
    /// Who.
    pub account_id: AccountId,
    /// Where messages go: whoever knows the address may send there.
    pub endpoint: String,
    /// `host` or `host:port` of it.
    pub host: String,
    /// Public key of the client: uncompressed P-256 point, base64url.
    pub p256dh: String,
    /// Secret shared with the client: 16 bytes, base64url.
    pub auth: String,
    /// Whether it takes the encoding of RFC 8291 rather than that of the drafts.
    pub standard: bool,
    /// Kinds with commas between; see [`Wishes`].
    pub alerts: String,
    /// Whose doings.
    pub policy: PushPolicy,
    /// The access token, which messages name, sealed.
    pub sealed_token: String,
    /// Failures in a row.
    pub failures: i32,
    /// When the first of them was.
    pub failing_since: Option<Time>,
    /// Nothing is sent before this time.
    pub next_attempt_at: Option<Time>,
    /// Until when a process works on it.
    pub claimed_until: Option<Time>,
    /// Since when it is there.
    pub created_at: Time,
}

impl Subscription {
    /// What the client wants.
    pub fn wishes(&self) -> Wishes {
        Wishes {
            alerts: Wishes::alerts_of(&self.alerts),
            policy: self.policy,
        }
    }
}

/// Adds a subscription in the place of what its token had; the oldest of the person make room.
pub fn put(conn: &mut Conn, new: &Subscription) -> Result<()> {
    delete_of_token(conn, new.token_id)?;
    diesel::insert_into(push_subscriptions::table)
        .values(new)
        .execute(conn)?;
    let kept = i64::try_from(push::SUBSCRIPTIONS).unwrap_or(i64::MAX);
    let surplus: Vec<i64> = push_subscriptions::table
        .filter(push_subscriptions::account_id.eq(new.account_id))
        .order(push_subscriptions::id.desc())
        .offset(kept)
        .limit(kept)
        .select(push_subscriptions::id)
        .load(conn)?;
    for id in surplus {
        delete(conn, id)?;
    }
    Ok(())
}

/// The subscription of a token.
pub fn find_by_token(conn: &mut Conn, token: i64) -> Result<Option<Subscription>> {
    Ok(push_subscriptions::table
        .filter(push_subscriptions::token_id.eq(token))
        .select(Subscription::as_select())
        .first(conn)
        .optional()?)
}

/// A subscription whose token is still good and whose person is here; the state tells whether they may act.
pub fn find_living(conn: &mut Conn, id: i64) -> Result<Option<(Subscription, UserState)>> {
    Ok(push_subscriptions::table
        .inner_join(oauth_tokens::table.on(oauth_tokens::id.eq(push_subscriptions::token_id)))
        .inner_join(users::table.on(users::account_id.eq(push_subscriptions::account_id)))
        .inner_join(accounts::table.on(accounts::id.eq(push_subscriptions::account_id)))
        .filter(push_subscriptions::id.eq(id))
        .filter(oauth_tokens::revoked_at.is_null())
        .filter(users::state.eq_any([UserState::Active, UserState::Disabled]))
        .filter(accounts::state.eq(AccountState::Active))
        .select((Subscription::as_select(), users::state))
        .first(conn)
        .optional()?)
}

/// A person's subscriptions, the oldest first.
pub fn list(conn: &mut Conn, account: AccountId) -> Result<Vec<Subscription>> {
    let most = i64::try_from(push::SUBSCRIPTIONS).unwrap_or(i64::MAX);
    Ok(push_subscriptions::table
        .filter(push_subscriptions::account_id.eq(account))
        .order(push_subscriptions::id.asc())
        .limit(most)
        .select(Subscription::as_select())
        .load(conn)?)
}

/// A person's subscriptions as [`list`] gives them, kept from being removed until the transaction ends: whoever removes
/// one waits, and one that is being removed is not among them. Nobody is waited for: two who each end the other's
/// subscriptions would wait for ever.
pub fn hold_all(conn: &mut Conn, account: AccountId) -> Result<Vec<Subscription>> {
    let Conn::Postgres(server) = conn else {
        return list(conn, account);
    };
    let most = i64::try_from(push::SUBSCRIPTIONS).unwrap_or(i64::MAX);
    Ok(push_subscriptions::table
        .filter(push_subscriptions::account_id.eq(account))
        .order(push_subscriptions::id.asc())
        .limit(most)
        .select(Subscription::as_select())
        .for_key_share()
        .skip_locked()
        .load(server)?)
}

/// Writes what a client wants.
pub fn set_wishes(conn: &mut Conn, id: i64, wishes: &Wishes) -> Result<()> {
    diesel::update(push_subscriptions::table.find(id))
        .set((
            push_subscriptions::alerts.eq(Wishes::column(&wishes.alerts)),
            push_subscriptions::policy.eq(wishes.policy),
        ))
        .execute(conn)?;
    Ok(())
}

/// Removes a subscription with what waits for it.
pub fn delete(conn: &mut Conn, id: i64) -> Result<()> {
    diesel::delete(push_subscriptions::table.find(id)).execute(conn)?;
    Ok(())
}

/// Removes the subscription of a token.
pub fn delete_of_token(conn: &mut Conn, token: i64) -> Result<()> {
    diesel::delete(push_subscriptions::table.filter(push_subscriptions::token_id.eq(token)))
        .execute(conn)?;
    Ok(())
}

/// Removes the subscriptions of the tokens that came from a code.
pub fn delete_of_code(conn: &mut Conn, code: i64) -> Result<()> {
    let tokens: Vec<i64> = oauth_tokens::table
        .filter(oauth_tokens::code_id.eq(code))
        .select(oauth_tokens::id)
        .load(conn)?;
    for token in tokens {
        delete_of_token(conn, token)?;
    }
    Ok(())
}

/// Removes a person's subscriptions: those of one app or all.
pub fn delete_of_account(conn: &mut Conn, account: AccountId, app: Option<i64>) -> Result<()> {
    let own = push_subscriptions::account_id.eq(account);
    match app {
        Some(app) => diesel::delete(
            push_subscriptions::table.filter(
                own.and(
                    push_subscriptions::token_id.eq_any(
                        oauth_tokens::table
                            .filter(oauth_tokens::app_id.eq(app))
                            .select(oauth_tokens::id),
                    ),
                ),
            ),
        )
        .execute(conn)?,
        None => diesel::delete(push_subscriptions::table.filter(own)).execute(conn)?,
    };
    Ok(())
}

/// Lets a notification wait for a subscription; the oldest that waits makes room.
pub fn queue(conn: &mut Conn, subscription: i64, notification: i64, now: Time) -> Result<()> {
    let most = i64::try_from(push::WAITING).unwrap_or(i64::MAX);
    let surplus: Vec<i64> = push_messages::table
        .filter(push_messages::subscription_id.eq(subscription))
        .order(push_messages::notification_id.desc())
        .offset(most - 1)
        .limit(most)
        .select(push_messages::notification_id)
        .load(conn)?;
    for id in surplus {
        finish(conn, subscription, id)?;
    }
    on_backend!(conn, |c| diesel::insert_into(push_messages::table)
        .values((
            push_messages::subscription_id.eq(subscription),
            push_messages::notification_id.eq(notification),
            push_messages::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// The notification that waits longest for a subscription.
pub fn next_waiting(conn: &mut Conn, subscription: i64) -> Result<Option<i64>> {
    Ok(push_messages::table
        .filter(push_messages::subscription_id.eq(subscription))
        .select(min(push_messages::notification_id))
        .first(conn)?)
}

/// How many notifications wait for a person's subscriptions.
pub fn count_waiting(conn: &mut Conn, account: AccountId) -> Result<i64> {
    Ok(push_messages::table
        .inner_join(
            push_subscriptions::table.on(push_subscriptions::id.eq(push_messages::subscription_id)),
        )
        .filter(push_subscriptions::account_id.eq(account))
        .select(count_star())
        .first(conn)?)
}

/// A notification no longer waits: it was sent, or is not wanted any more.
pub fn finish(conn: &mut Conn, subscription: i64, notification: i64) -> Result<()> {
    diesel::delete(push_messages::table.find((subscription, notification))).execute(conn)?;
    Ok(())
}

/// Nothing waits for a subscription any more.
pub fn finish_all(conn: &mut Conn, subscription: i64) -> Result<()> {
    diesel::delete(push_messages::table.filter(push_messages::subscription_id.eq(subscription)))
        .execute(conn)?;
    Ok(())
}

/// Lets go of what waits since before a time.
pub fn prune(conn: &mut Conn, before: Time) -> Result<usize> {
    Ok(
        diesel::delete(push_messages::table.filter(push_messages::created_at.lt(before)))
            .execute(conn)?,
    )
}

/// That something waits for a subscription: one look into the messages for each, however many wait.
macro_rules! something_waits {
    () => {
        exists(
            push_messages::table.filter(push_messages::subscription_id.eq(push_subscriptions::id)),
        )
    };
}

/// Ids and hosts of subscriptions for which something waits, whose time has come and which nobody works on; those of
/// `busy` hosts are left out.
pub fn list_due(
    conn: &mut Conn,
    now: Time,
    busy: &[String],
    limit: i64,
) -> Result<Vec<(i64, String)>> {
    Ok(push_subscriptions::table
        .filter(something_waits!())
        .filter(
            push_subscriptions::next_attempt_at
                .is_null()
                .or(push_subscriptions::next_attempt_at.le(now)),
        )
        .filter(
            push_subscriptions::claimed_until
                .is_null()
                .or(push_subscriptions::claimed_until.lt(now)),
        )
        .filter(push_subscriptions::host.ne_all(busy))
        .order(push_subscriptions::id.asc())
        .limit(limit)
        .select((push_subscriptions::id, push_subscriptions::host))
        .load(conn)?)
}

/// When the next subscription becomes due that is not due yet, as far as that is known.
pub fn next_due(conn: &mut Conn, now: Time) -> Result<Option<Time>> {
    Ok(push_subscriptions::table
        .filter(something_waits!())
        .filter(push_subscriptions::next_attempt_at.gt(now))
        .select(min(push_subscriptions::next_attempt_at))
        .first(conn)?)
}

/// Claims a subscription; `false` where somebody else was faster.
pub fn claim(conn: &mut Conn, id: i64, now: Time, hold: TimeDelta) -> Result<bool> {
    let free = push_subscriptions::claimed_until
        .is_null()
        .or(push_subscriptions::claimed_until.lt(now));
    let taken = diesel::update(
        push_subscriptions::table
            .filter(push_subscriptions::id.eq(id))
            .filter(free),
    )
    .set(push_subscriptions::claimed_until.eq(now + hold))
    .execute(conn)?;
    Ok(taken == 1)
}

/// Gives a subscription back.
pub fn release(conn: &mut Conn, id: i64) -> Result<()> {
    diesel::update(push_subscriptions::table.find(id))
        .set(push_subscriptions::claimed_until.eq(None::<Time>))
        .execute(conn)?;
    Ok(())
}

/// Gives all of them back: for the start of the only process that works on a database.
pub fn release_all(conn: &mut Conn) -> Result<()> {
    diesel::update(
        push_subscriptions::table.filter(push_subscriptions::claimed_until.is_not_null()),
    )
    .set(push_subscriptions::claimed_until.eq(None::<Time>))
    .execute(conn)?;
    Ok(())
}

/// A message was taken: what went wrong before is forgotten.
pub fn succeeded(conn: &mut Conn, id: i64) -> Result<()> {
    diesel::update(
        push_subscriptions::table
            .find(id)
            .filter(push_subscriptions::failures.gt(0)),
    )
    .set((
        push_subscriptions::failures.eq(0),
        push_subscriptions::failing_since.eq(None::<Time>),
        push_subscriptions::next_attempt_at.eq(None::<Time>),
    ))
    .execute(conn)?;
    Ok(())
}

/// A message could not be sent: how often in a row, since when, and when to try again.
pub fn failed(conn: &mut Conn, id: i64, failures: i32, since: Time, again: Time) -> Result<()> {
    diesel::update(push_subscriptions::table.find(id))
        .set((
            push_subscriptions::failures.eq(failures),
            push_subscriptions::failing_since.eq(since),
            push_subscriptions::next_attempt_at.eq(again),
        ))
        .execute(conn)?;
    Ok(())
}
