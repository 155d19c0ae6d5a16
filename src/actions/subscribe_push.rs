//! A client asks for push messages, changes what for, and takes it back. A subscription belongs to an access token and
//! ends with it.

use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::push::Wishes;
use crate::model::refusal::Refusal;
use crate::model::words::{Alert, PushPolicy};
use crate::store::db::Tx;
use crate::store::oauth;
use crate::store::pushes::{self, Subscription};

/// What a client asks for; addresses and keys were looked at.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "holds secrets of a client")]
pub struct NewSubscription {
    /// Where messages go.
    pub endpoint: String,
    /// `host[:port]` of it.
    pub host: String,
    /// Public key of the client, base64url.
    pub p256dh: String,
    /// Secret shared with the client, base64url.
    pub auth: String,
    /// Whether it takes the encoding of RFC 8291.
    pub standard: bool,
    /// What it wants.
    pub wishes: Wishes,
    /// Its access token, sealed.
    pub sealed_token: String,
}

/// Subscribes the client of a token, in the place of what it had.
///
/// # Errors
/// `Forbidden` where the node has no push messages, `NotFound` where the token was taken back meanwhile.
pub fn subscribe(
    tx: &mut Tx<'_>,
    account: AccountId,
    token: i64,
    new: NewSubscription,
) -> Result<Subscription> {
    if !tx.node().pushes {
        return Err(Refusal::PushOff.into());
    }
    if !oauth::hold_token(tx, token)? {
        return Err(Error::NotFound);
    }
    let subscription = Subscription {
        id: tx.new_id(),
        token_id: token,
        account_id: account,
        endpoint: new.endpoint,
        host: new.host,
        p256dh: new.p256dh,
        auth: new.auth,
        standard: new.standard,
        alerts: Wishes::column(&new.wishes.alerts),
        policy: new.wishes.policy,
        sealed_token: new.sealed_token,
        failures: 0,
        failing_since: None,
        next_attempt_at: None,
        claimed_until: None,
        created_at: tx.now(),
    };
    pushes::put(tx, &subscription)?;
    Ok(subscription)
}

/// Changes what the client of a token wants; what is not said stays as it is.
///
/// # Errors
/// `NotFound` where it has no subscription.
pub fn change(
    tx: &mut Tx<'_>,
    token: i64,
    alerts: Option<&[Alert]>,
    policy: Option<PushPolicy>,
) -> Result<Subscription> {
    let mut found = pushes::find_by_token(tx, token)?.ok_or(Error::NotFound)?;
    if let Some(alerts) = alerts {
        found.alerts = Wishes::column(alerts);
    }
    found.policy = policy.unwrap_or(found.policy);
    pushes::set_wishes(tx, found.id, &found.wishes())?;
    Ok(found)
}
