//! What moderators hold back of accounts that still act: silenced ones are left out of public timelines, the media of
//! sensitised ones are hidden at first. An account without a row is free.

use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::dialect::among::among;
use super::schema::{account_limits, accounts, media, posts};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::time::Time;

/// What is held back, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = account_limits, check_for_backend(MultiBackend))]
pub struct Limits {
    /// Whose.
    pub account_id: AccountId,
    /// Left out of public timelines.
    pub silenced_at: Option<Time>,
    /// Media hidden at first.
    pub sensitized_at: Option<Time>,
}

/// The limits of several accounts; those who have none are absent.
pub fn list(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<Limits>> {
    Ok(account_limits::table
        .filter(among(conn, account_limits::account_id, ids.iter().copied()))
        .select(Limits::as_select())
        .load(conn)?)
}

/// Whether an account is silenced.
pub fn is_silenced(conn: &mut Conn, id: AccountId) -> Result<bool> {
    Ok(list(conn, &[id])?
        .iter()
        .any(|limits| limits.silenced_at.is_some()))
}

/// Which of several accounts are silenced.
pub fn silenced_among(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<AccountId>> {
    let limits = list(conn, ids)?.into_iter();
    Ok(limits
        .filter(|limits| limits.silenced_at.is_some())
        .map(|limits| limits.account_id)
        .collect())
}

/// Which of several accounts have their media hidden.
pub fn sensitized_among(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<AccountId>> {
    let limits = list(conn, ids)?.into_iter();
    Ok(limits
        .filter(|limits| limits.sensitized_at.is_some())
        .map(|limits| limits.account_id)
        .collect())
}

fn ensure(conn: &mut Conn, id: AccountId) -> Result<()> {
    on_backend!(conn, |c| diesel::insert_into(account_limits::table)
        .values(account_limits::account_id.eq(id))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Silences an account, or (`None`) lets it be heard again.
pub fn set_silenced(conn: &mut Conn, id: AccountId, at: Option<Time>) -> Result<()> {
    ensure(conn, id)?;
    diesel::update(account_limits::table.find(id))
        .set(account_limits::silenced_at.eq(at))
        .execute(conn)?;
    diesel::update(accounts::table.find(id))
        .set(accounts::rev.eq(accounts::rev + 1))
        .execute(conn)?;
    Ok(())
}

/// Hides an account's media at first, or (`None`) shows them again as their author wants. Posts with media get a new
/// revision, so that nobody is shown an older rendering.
pub fn set_sensitized(conn: &mut Conn, id: AccountId, at: Option<Time>) -> Result<()> {
    ensure(conn, id)?;
    diesel::update(account_limits::table.find(id))
        .set(account_limits::sensitized_at.eq(at))
        .execute(conn)?;
    let with_media = media::table
        .filter(media::account_id.eq(id))
        .filter(media::post_id.is_not_null())
        .select(media::post_id.assume_not_null());
    diesel::update(posts::table.filter(posts::id.eq_any(with_media)))
        .set(posts::rev.eq(posts::rev + 1))
        .execute(conn)?;
    Ok(())
}
