//! What admins (and the command line) do with people's accounts: password, role, suspension.

use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::words::{AccountState, Role, UserState};
use crate::store::accounts;
use crate::store::db::Tx;
use crate::store::{oauth, pushes, sessions, users};

/// Sets a password and ends every session and token, `but` perhaps the session of the person itself.
pub fn set_password(
    tx: &mut Tx<'_>,
    account: AccountId,
    hash: &str,
    but: Option<i64>,
) -> Result<()> {
    let now = tx.now();
    users::set_password(tx, account, hash)?;
    sessions::delete_of_account(tx, account, but)?;
    oauth::revoke_of_account(tx, account, None, now)
}

/// Sets a role on the node. Sessions end, so that nobody goes on with an old one.
pub fn set_role(tx: &mut Tx<'_>, account: AccountId, role: Role) -> Result<()> {
    users::set_role(tx, account, role)?;
    sessions::delete_of_account(tx, account, None)
}

/// Shuts a person out until that is taken back: sessions and push messages end, tokens rest, nobody signs in.
pub fn suspend(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    users::set_state(tx, account, UserState::Suspended)?;
    accounts::set_state(tx, account, AccountState::Suspended)?;
    pushes::delete_of_account(tx, account, None)?;
    sessions::delete_of_account(tx, account, None)
}

/// Shuts a person out who has left: tokens end as well.
pub fn dismiss(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    let now = tx.now();
    suspend(tx, account)?;
    oauth::revoke_of_account(tx, account, None, now)
}

/// Lets a person in: after a suspension or a disabling, or for the first time after an application.
pub fn restore(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    users::set_disabled(tx, account, None)?;
    unsuspend(tx, account)
}

/// Takes a suspension back. Whoever was disabled besides stays so.
pub fn unsuspend(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    let state = match users::get(tx, account)?.disabled_at {
        Some(_) => UserState::Disabled,
        None => UserState::Active,
    };
    users::set_state(tx, account, state)?;
    accounts::set_state(tx, account, AccountState::Active)
}
