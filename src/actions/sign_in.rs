//! A browser session begins and ends.

use crate::error::Result;
use crate::model::ids::AccountId;
use crate::store::db::Tx;
use crate::store::sessions::{self, Session};
use crate::store::users;

/// Begins a session for somebody whose password was right; `secret_hash` is the hash of the cookie.
pub fn begin_session(tx: &mut Tx<'_>, account: AccountId, secret_hash: &str) -> Result<Session> {
    let (id, now) = (tx.new_id(), tx.now());
    let session = Session {
        id,
        secret_hash: secret_hash.to_owned(),
        account_id: account,
        created_at: now,
        seen_at: now,
    };
    sessions::insert(tx, &session)?;
    users::set_seen(tx, account, now)?;
    Ok(session)
}

/// Notes that a session is used, so that it does not end for idleness.
pub fn keep_session(tx: &mut Tx<'_>, session: &Session) -> Result<()> {
    let now = tx.now();
    sessions::touch(tx, session.id, now)?;
    users::set_seen(tx, session.account_id, now)
}

/// Ends a session.
pub fn end_session(tx: &mut Tx<'_>, session: i64) -> Result<()> {
    sessions::delete(tx, session)
}
