//! Signed-in browsers. Of the cookie only the hash is kept.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::conn::{Conn, MultiBackend};
use super::schema::sessions;
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::time::Time;

/// A session that was not used for this long has ended.
pub const IDLE: TimeDelta = TimeDelta::days(7);
/// A session ends after this long, used or not.
pub const ABSOLUTE: TimeDelta = TimeDelta::days(30);

/// A signed-in browser.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, check_for_backend(MultiBackend))]
#[allow(missing_debug_implementations, reason = "holds a secret's hash")]
pub struct Session {
    /// Row id.
    pub id: i64,
    /// SHA-256 of the cookie.
    pub secret_hash: String,
    /// Who.
    pub account_id: AccountId,
    /// When it began.
    pub created_at: Time,
    /// When it was last used.
    pub seen_at: Time,
}

impl Session {
    /// Whether it still holds.
    pub fn is_alive(&self, now: Time) -> bool {
        now - self.seen_at < IDLE && now - self.created_at < ABSOLUTE
    }
}

/// Begins a session.
pub fn insert(conn: &mut Conn, session: &Session) -> Result<()> {
    diesel::insert_into(sessions::table)
        .values(session)
        .execute(conn)?;
    Ok(())
}

/// A session by the hash of its cookie, alive or not.
pub fn find(conn: &mut Conn, secret_hash: &str) -> Result<Option<Session>> {
    Ok(sessions::table
        .filter(sessions::secret_hash.eq(secret_hash))
        .select(Session::as_select())
        .first(conn)
        .optional()?)
}

/// Notes that a session was used.
pub fn touch(conn: &mut Conn, id: i64, at: Time) -> Result<()> {
    diesel::update(sessions::table.find(id))
        .set(sessions::seen_at.eq(at))
        .execute(conn)?;
    Ok(())
}

/// Ends a session.
pub fn delete(conn: &mut Conn, id: i64) -> Result<()> {
    diesel::delete(sessions::table.find(id)).execute(conn)?;
    Ok(())
}

/// Ends all sessions of a person, perhaps but one.
pub fn delete_of_account(conn: &mut Conn, account: AccountId, but: Option<i64>) -> Result<()> {
    diesel::delete(
        sessions::table.filter(
            sessions::account_id
                .eq(account)
                .and(sessions::id.ne(but.unwrap_or_default())),
        ),
    )
    .execute(conn)?;
    Ok(())
}

/// Removes sessions that have ended by themselves.
pub fn delete_expired(conn: &mut Conn, now: Time) -> Result<usize> {
    Ok(diesel::delete(
        sessions::table.filter(
            sessions::seen_at
                .lt(now - IDLE)
                .or(sessions::created_at.lt(now - ABSOLUTE)),
        ),
    )
    .execute(conn)?)
}
