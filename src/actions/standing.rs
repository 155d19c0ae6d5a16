//! Whether somebody may (still) do anything here: asked by every verb, in its own transaction.

use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::words::AccountState;
use crate::store::accounts::{self, Account};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::{hold, moves};

/// Keeps somebody as they are until the transaction ends, and refuses whoever ended or was suspended while the request was on
/// the way: what they did then nobody would take away. To be called before a post is held.
///
/// # Errors
/// `NotFound` for an account of this node that does not act.
pub fn must_act(tx: &mut Tx<'_>, id: AccountId) -> Result<Account> {
    hold::accounts(tx, &[id])?;
    let account = accounts::get(tx, id)?;
    if account.is_local() && account.state != AccountState::Active {
        return Err(Error::NotFound);
    }
    Ok(account)
}

/// Refuses whatever somebody who moved away, or whose account ended or was suspended meanwhile, does no more.
///
/// # Errors
/// `Forbidden(Moved)`; `NotFound` for an account that does not act.
pub fn must_be_here(conn: &mut Conn, account: &Account) -> Result<()> {
    if account.is_local() && account.state != AccountState::Active {
        return Err(Error::NotFound);
    }
    if account.is_local() && moves::target(conn, account.id)?.is_some() {
        return Err(Refusal::Moved.into());
    }
    Ok(())
}

/// The same for the person of an id.
///
/// # Errors
/// `NotFound`; `Forbidden(Moved)`.
pub fn must_still_be_here(conn: &mut Conn, id: AccountId) -> Result<()> {
    let account = accounts::get(conn, id)?;
    must_be_here(conn, &account)
}
