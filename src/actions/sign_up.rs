//! Somebody asks for an account without an invitation, where the node lets people do so: admitted at once, after
//! confirming the address of mail, or by a moderator. Until then the account is absent for everybody.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::barriers::check_address;
use super::manage_user::restore;
use super::register::{Newcomer, check_password, register};
use crate::error::{Error, Result};
use crate::model::admission::Admission;
use crate::model::event::Event;
use crate::model::ids::AccountId;
use crate::model::names::{check_email, check_name};
use crate::model::refusal::Refusal;
use crate::model::viewer::Viewer;
use crate::model::words::{Role, UserState};
use crate::store::accounts::{self, Account};
use crate::store::db::Tx;
use crate::store::invitations::{self, CONFIRM, Invitation};
use crate::store::users::{self, User};
use crate::store::{audit, hold, jobs};

/// How long the link that confirms an address works.
pub const CONFIRM_LIFE: TimeDelta = TimeDelta::days(2);
/// Whoever does not confirm within this time is forgotten, so that the name becomes free.
pub const UNCONFIRMED_LIFE: TimeDelta = TimeDelta::days(7);
/// Longest reason for wanting an account, in characters.
pub const REASON_MAX: usize = 1000;
/// The job that sends a [`Letter`].
pub const MAIL: &str = "mail";

/// A mail about an account; the payload of a [`MAIL`] job. It holds no code: that of a link is made when the mail is
/// written, so that none lies in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "letter")]
pub enum Letter {
    /// The link that confirms the address.
    Confirm {
        /// Whose address.
        account: AccountId,
    },
    /// A moderator is told that somebody asks for an account.
    Applied {
        /// Who asks.
        account: AccountId,
    },
    /// Somebody was admitted.
    Welcome {
        /// Who.
        account: AccountId,
    },
    /// Somebody asked for an account with the address of one that there is: its owner is told, and nobody else.
    AlreadyHere {
        /// The owner.
        account: AccountId,
    },
    /// Somebody was not admitted; the account is gone.
    Refused {
        /// Where to write to.
        email: String,
        /// In which language.
        locale: String,
        /// What the moderator says; may be empty.
        reason: String,
    },
}

/// Sends a letter once this transaction is on disk.
pub fn send(tx: &mut Tx<'_>, letter: &Letter) -> Result<()> {
    let payload = serde_json::to_string(letter)?;
    // A lane for each mail: one that cannot be sent holds up no other.
    let lane = format!("mail {}", tx.new_id());
    jobs::enqueue(tx, MAIL, &lane, &payload)?;
    Ok(())
}

/// Everything that is wrong with what somebody typed, as far as it can be told without the database: pairs of field and
/// reason, in the order of the form.
pub fn mistakes(
    newcomer: &Newcomer,
    password: &str,
    admission: Admission,
) -> Vec<(&'static str, Refusal)> {
    let reason = match newcomer.reason.trim().chars().count() {
        0 if admission == Admission::ByModerator => Err(Refusal::Blank),
        n if n > REASON_MAX => Err(Refusal::TooLong(REASON_MAX)),
        _ => Ok(()),
    };
    [
        ("username", check_name(&newcomer.name, Role::Member)),
        ("email", check_email(&newcomer.email)),
        ("password", check_password(password)),
        ("reason", reason),
    ]
    .into_iter()
    .filter_map(|(field, found)| found.err().map(|why| (field, why)))
    .collect()
}

/// Makes the account, or the application for one. `base_url` is the node's public address without trailing slash. Where the
/// address belongs to somebody here, all looks the same to whoever asks (security.md RAT-09): the owner is told, and what was
/// made never comes in, or has no address where everybody comes in at once.
///
/// # Errors
/// `Invalid` naming the field.
pub fn sign_up(
    tx: &mut Tx<'_>,
    base_url: &str,
    newcomer: &Newcomer,
    admission: Admission,
) -> Result<Account> {
    let by_moderator = admission == Admission::ByModerator;
    check_address(tx, &newcomer.email)?;
    let owner = users::find_by_email(tx, &newcomer.email)?;
    let newcomer = Newcomer {
        role: Role::Member,
        state: match admission {
            Admission::AtOnce => UserState::Active,
            Admission::ByMail | Admission::ByModerator => UserState::Pending,
        },
        // A reason marks those who wait for a moderator.
        reason: if by_moderator {
            newcomer.reason.trim().to_owned()
        } else {
            String::new()
        },
        invited_by: None,
        confirmed: false,
        claims_address: owner.is_some(),
        ..newcomer.clone()
    };
    let account = register(tx, base_url, &newcomer)?;
    if admission == Admission::AtOnce {
        let account = account.id;
        tx.emit(Event::SignedUp { account });
    }
    if let Some(owner) = owner {
        tell_owner(tx, &owner)?;
        return Ok(account);
    }
    match admission {
        Admission::AtOnce => {}
        Admission::ByMail => send(
            tx,
            &Letter::Confirm {
                account: account.id,
            },
        )?,
        Admission::ByModerator => send(
            tx,
            &Letter::Applied {
                account: account.id,
            },
        )?,
    }
    Ok(account)
}

/// Tells the owner of an address that somebody asked for an account with it. Perhaps it was the owner, who did not find the
/// first letter.
fn tell_owner(tx: &mut Tx<'_>, owner: &User) -> Result<()> {
    let account = owner.account_id;
    match owner.state {
        UserState::Active => send(tx, &Letter::AlreadyHere { account }),
        UserState::Pending if owner.reason.is_empty() => send(tx, &Letter::Confirm { account }),
        UserState::Pending | UserState::Disabled | UserState::Suspended => Ok(()),
    }
}

/// Whoever waits for the mail that confirms an address gets it again, at another address where they mistyped it; earlier
/// links are for the earlier address and end then. Another's address looks like any other, as with [`sign_up`].
///
/// # Errors
/// `Invalid` for `email`; `Forbidden(WrongState)` for whoever waits for no such mail.
pub fn send_again(tx: &mut Tx<'_>, account: AccountId, email: Option<&str>) -> Result<()> {
    hold::user(tx, account)?;
    hold::accounts(tx, &[account])?;
    let user = users::get(tx, account)?;
    if user.state != UserState::Pending || !user.reason.is_empty() {
        return Err(Refusal::WrongState.into());
    }
    let email = email.unwrap_or(&user.email);
    let owner = users::find_by_email(tx, email)?.filter(|other| other.account_id != account);
    if users::email_key(email) != users::email_key(&user.email) {
        check_email(email).map_err(|why| Error::invalid("email", why))?;
        check_address(tx, email)?;
        let key = match owner {
            Some(_) => users::claim_key(email, account),
            None => users::email_key(email),
        };
        users::set_email(tx, account, email, &key)?;
        invitations::delete_of_account(tx, CONFIRM, account)?;
    }
    match owner {
        Some(owner) => tell_owner(tx, &owner),
        None => send(tx, &Letter::Confirm { account }),
    }
}

/// Keeps the hash of the code of a link that confirms somebody's address. Earlier links go on working, since the mail
/// that had them may arrive first. `None` where there is nothing (more) to confirm.
pub fn begin_confirmation(
    tx: &mut Tx<'_>,
    account: AccountId,
    code_hash: &str,
) -> Result<Option<User>> {
    let waits = |user: &User| {
        let unconfirmed = user.state == UserState::Pending && user.reason.is_empty();
        unconfirmed && !user.claims_foreign_address()
    };
    let Some(user) = users::find(tx, account)?.filter(waits) else {
        return Ok(None);
    };
    let (id, now) = (tx.new_id(), tx.now());
    invitations::insert(
        tx,
        &Invitation {
            id,
            code_hash: code_hash.to_owned(),
            purpose: CONFIRM.into(),
            account_id: Some(account),
            role: Role::Member,
            uses_left: 1,
            expires_at: now + CONFIRM_LIFE,
            created_at: now,
        },
    )?;
    Ok(Some(user))
}

/// Somebody opened the link of the mail: the address is theirs, and they are in.
///
/// # Errors
/// `Forbidden` where the link cannot be used.
pub fn confirm(tx: &mut Tx<'_>, code_hash: &str) -> Result<AccountId> {
    let now = tx.now();
    let link = invitations::find_usable(tx, &[CONFIRM], code_hash, now)?;
    let account = link
        .and_then(|link| link.account_id)
        .ok_or(Refusal::BadInvitation)?;
    let user = users::get(tx, account)?;
    invitations::delete_of_account(tx, CONFIRM, account)?;
    if user.state != UserState::Pending {
        return Err(Refusal::BadInvitation.into());
    }
    users::set_confirmed(tx, account, now)?;
    restore(tx, account)?;
    tx.emit(Event::SignedUp { account });
    Ok(account)
}

/// Only moderators and the command line (`None`) decide.
fn may_decide(by: Option<&Viewer>) -> Result<Option<AccountId>> {
    match by {
        Some(viewer) if !viewer.at_least(Role::Moderator) => Err(Refusal::RoleTooLow.into()),
        Some(viewer) => Ok(viewer.account()),
        None => Ok(None),
    }
}

/// Kept to this transaction, so that an application is decided once.
fn applicant(tx: &mut Tx<'_>, account: AccountId) -> Result<(User, Account)> {
    hold::user(tx, account)?;
    hold::accounts(tx, &[account])?;
    let user = users::get(tx, account)?;
    if user.claims_foreign_address() {
        return Err(Error::NotFound);
    }
    if user.state != UserState::Pending {
        return Err(Error::Conflict(Refusal::WrongState));
    }
    Ok((user, accounts::get(tx, account)?))
}

/// Admits somebody who asked for an account. `by` is `None` for the command line.
///
/// # Errors
/// `Forbidden` for whoever is no moderator, `NotFound`, or `Conflict` where it was decided already.
pub fn admit(tx: &mut Tx<'_>, by: Option<&Viewer>, account: AccountId) -> Result<()> {
    let by = may_decide(by)?;
    let (_, applicant) = applicant(tx, account)?;
    restore(tx, account)?;
    tx.emit(Event::SignedUp { account });
    audit::add(tx, by, "account.approve", &applicant.name, "")?;
    send(tx, &Letter::Welcome { account })
}

/// Turns somebody away who asked for an account: nothing is kept, the name is free again.
///
/// # Errors
/// As [`admit`]; `Invalid` for a reason that is too long.
pub fn turn_away(
    tx: &mut Tx<'_>,
    by: Option<&Viewer>,
    account: AccountId,
    reason: &str,
) -> Result<()> {
    let by = may_decide(by)?;
    if reason.chars().count() > REASON_MAX {
        return Err(Error::invalid("reason", Refusal::TooLong(REASON_MAX)));
    }
    let (user, applicant) = applicant(tx, account)?;
    accounts::delete_applicant(tx, account)?;
    audit::add(tx, by, "account.reject", &applicant.name, reason.trim())?;
    send(
        tx,
        &Letter::Refused {
            email: user.email,
            locale: user.locale,
            reason: reason.trim().to_owned(),
        },
    )
}

/// Forgets people who never confirmed their address, or typed another's, some at a time; how many.
pub fn forget_unconfirmed(tx: &mut Tx<'_>, limit: i64) -> Result<usize> {
    let before = tx.now() - UNCONFIRMED_LIFE;
    let late = users::list_unconfirmed(tx, before, limit)?;
    for account in &late {
        accounts::delete_applicant(tx, *account)?;
    }
    Ok(late.len())
}
