//! Keeping what is known of actors elsewhere up to date: in the background, when they are met again.

use chrono::TimeDelta;

use super::Federation;
use crate::error::Result;
use crate::model::words::AccountState;
use crate::store::accounts::Account;
use crate::store::jobs;

/// Kind of the job that fetches a known actor anew; its payload is the actor's address.
pub const REFRESH: &str = "refresh_actor";
/// An actor that was fetched longer ago than this many hours is fetched anew when it is met again.
const FRESH_HOURS: i64 = 24;

/// Has an actor of another node fetched anew in a while, where what is stored has grown old. Asked for once an hour per
/// actor at most, whatever comes of it; in its node's own lane, so that a slow node holds up nobody.
///
/// # Errors
/// `Unavailable`.
pub async fn refresh_later(fed: &Federation, account: &Account) -> Result<()> {
    let oldest = fed.app.db.now() - TimeDelta::hours(FRESH_HOURS);
    let old = account.fetched_at.is_some_and(|at| at < oldest);
    let acts = !account.is_local() && account.state == AccountState::Active;
    if !old || !acts || !fed.may_refresh(&account.uri) {
        return Ok(());
    }
    let (lane, uri) = (format!("refresh {}", account.domain), account.uri.clone());
    fed.app
        .db
        .write(move |tx| {
            if jobs::is_waiting(tx, REFRESH, &lane, &uri)? {
                return Ok(());
            }
            jobs::enqueue(tx, REFRESH, &lane, &uri).map(drop)
        })
        .await
}
