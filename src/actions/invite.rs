//! Invitations: made by an admin or moderator, used once by whoever comes; and the link that makes the first admin.

use chrono::TimeDelta;

use super::barriers::check_address;
use super::register::{Newcomer, register};
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::refusal::Refusal;
use crate::model::viewer::Viewer;
use crate::model::words::{Role, UserState};
use crate::store::accounts::Account;
use crate::store::db::Tx;
use crate::store::invitations::{self, ACCOUNT, FIRST_ADMIN, Invitation};
use crate::store::users;

/// How long an invitation can be used.
const LIFE: TimeDelta = TimeDelta::days(14);

/// Makes the link for the first admin, in place of an earlier one; `false` where there is an admin already.
pub fn invite_first_admin(tx: &mut Tx<'_>, code_hash: &str) -> Result<bool> {
    invitations::delete_purpose(tx, FIRST_ADMIN)?;
    if users::count_role(tx, Role::Admin)? > 0 {
        return Ok(false);
    }
    let (id, now) = (tx.new_id(), tx.now());
    invitations::insert(
        tx,
        &Invitation {
            id,
            code_hash: code_hash.to_owned(),
            purpose: FIRST_ADMIN.into(),
            account_id: None,
            role: Role::Admin,
            uses_left: 1,
            expires_at: now + LIFE,
            created_at: now,
        },
    )?;
    Ok(true)
}

/// Makes a link by which one person may come.
///
/// # Errors
/// `Forbidden` for whoever is neither moderator nor admin.
pub fn invite(tx: &mut Tx<'_>, by: &Viewer, code_hash: &str) -> Result<()> {
    if !by.at_least(Role::Moderator) {
        return Err(Refusal::RoleTooLow.into());
    }
    let (id, now) = (tx.new_id(), tx.now());
    invitations::insert(
        tx,
        &Invitation {
            id,
            code_hash: code_hash.to_owned(),
            purpose: ACCOUNT.into(),
            account_id: by.account(),
            role: Role::Member,
            uses_left: 1,
            expires_at: now + LIFE,
            created_at: now,
        },
    )
}

/// Makes the account of somebody who comes by an invitation, and uses it up.
///
/// # Errors
/// `Forbidden` where the invitation cannot be used, `Invalid` as [`register`] does.
pub fn accept_invitation(
    tx: &mut Tx<'_>,
    base_url: &str,
    code_hash: &str,
    newcomer: &Newcomer,
) -> Result<Account> {
    let now = tx.now();
    let invitation = invitations::find_usable(tx, &[FIRST_ADMIN, ACCOUNT], code_hash, now)?
        .ok_or(Refusal::BadInvitation)?;
    if invitation.purpose == FIRST_ADMIN && users::count_role(tx, Role::Admin)? > 0 {
        return Err(Refusal::BadInvitation.into());
    }
    if let Some(by) = invitation.account_id {
        let may =
            |user: &users::User| user.state == UserState::Active && user.role >= Role::Moderator;
        if !users::find(tx, by)?.is_some_and(|user| may(&user)) {
            return Err(Refusal::BadInvitation.into());
        }
    }
    check_address(tx, &newcomer.email)?;
    if !invitations::take_use(tx, invitation.id)? {
        return Err(Error::Forbidden(Refusal::BadInvitation));
    }
    let newcomer = Newcomer {
        role: invitation.role,
        invited_by: invitation.account_id,
        state: UserState::Active,
        confirmed: true,
        ..newcomer.clone()
    };
    let account = register(tx, base_url, &newcomer)?;
    tx.emit(Event::SignedUp {
        account: account.id,
    });
    Ok(account)
}
