//! Moderators decide about accounts: warn, hide media, shut out of signing in, silence, suspend, and take it back. Each
//! deed is noted.

use crate::actions::create_post::note_from_node;
use crate::actions::handle_report;
use crate::actions::manage_user;
use crate::actions::sever;
use crate::actions::strike::{Decision, strike};
use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::model::moderation::{Subject, TEXT, may_moderate, measures_for, strike_of};
use crate::model::refusal::Refusal;
use crate::model::viewer::Viewer;
use crate::model::words::{AccountMeasure, AccountState, ActorKind, SeveranceKind, UserState};
use crate::store::accounts::{self, Account};
use crate::store::db::Tx;
use crate::store::severances::There;
use crate::store::{account_limits, audit, hold, reports, sessions, users};

/// What a moderator wants done with an account.
#[derive(Debug, Clone)]
pub struct Measure {
    /// What.
    pub kind: AccountMeasure,
    /// What the person is told besides what was done; may be empty.
    pub text: String,
    /// The report that is resolved by it.
    pub report: Option<i64>,
}

/// An account that moderators may know of.
///
/// # Errors
/// `NotFound` for deleted accounts and for the actors of nodes.
pub fn subject(tx: &mut Tx<'_>, id: AccountId) -> Result<(Account, Subject)> {
    let account = accounts::get(tx, id)?;
    if account.state == AccountState::Deleted || account.kind == ActorKind::Application {
        return Err(Error::NotFound);
    }
    let subject = Subject {
        id,
        role: users::find(tx, id)?.map(|user| user.role),
        local: account.is_local(),
        group: account.is_group(),
    };
    Ok((account, subject))
}

/// Does something with an account.
///
/// # Errors
/// `NotFound`; `Forbidden` as [`may_moderate`] says; `Invalid` naming `type` (with those that make sense for the account)
/// or `text`; `NotFound` too for a report that is about somebody else.
pub fn moderate(tx: &mut Tx<'_>, by: &Viewer, target: AccountId, wish: &Measure) -> Result<()> {
    // Two who decide at once: the second one sees what the first one did.
    hold::user(tx, target)?;
    hold::accounts(tx, &[target])?;
    let (account, subject) = subject(tx, target)?;
    may_moderate(by, &subject)?;
    let sensible = measures_for(&subject);
    if !sensible.contains(&wish.kind) {
        let all: Vec<&str> = sensible.iter().map(|kind| kind.as_str()).collect();
        return Err(Error::invalid("type", Refusal::NotOneOf(all.join(", "))));
    }
    let text = wish.text.trim();
    if text.chars().count() > TEXT {
        return Err(Error::invalid("text", Refusal::TooLong(TEXT)));
    }
    // Whoever is only asking for an account is admitted or turned away.
    if account.state == AccountState::Pending {
        return Err(Refusal::WrongState.into());
    }
    let now = tx.now();
    match wish.kind {
        AccountMeasure::None => {}
        AccountMeasure::Sensitive => account_limits::set_sensitized(tx, target, Some(now))?,
        AccountMeasure::Silence => account_limits::set_silenced(tx, target, Some(now))?,
        AccountMeasure::Disable => disable(tx, target)?,
        AccountMeasure::Suspend => suspend(tx, &account)?,
    }
    let action = format!("account.{}", deed(wish.kind));
    audit::add(tx, by.account(), &action, &account.acct(), text)?;
    if let Some(report) = wish.report {
        handle_report::resolve_about(tx, by, report, target, wish.kind.as_str())?;
    }
    if subject.local {
        warn(tx, by, &account, wish, text)?;
    }
    Ok(())
}

fn deed(kind: AccountMeasure) -> &'static str {
    match kind {
        AccountMeasure::None => "warn",
        AccountMeasure::Sensitive => "sensitize",
        AccountMeasure::Disable => "disable",
        AccountMeasure::Silence => "silence",
        AccountMeasure::Suspend => "suspend",
    }
}

/// Browsers are signed out; tokens rest, and work again once the person may sign in. Of whoever is suspended it holds
/// afterwards.
fn disable(tx: &mut Tx<'_>, target: AccountId) -> Result<()> {
    let (user, now) = (users::get(tx, target)?, tx.now());
    users::set_disabled(tx, target, user.disabled_at.or(Some(now)))?;
    if user.state == UserState::Active {
        users::set_state(tx, target, UserState::Disabled)?;
    }
    sessions::delete_of_account(tx, target, None)
}

/// Shuts somebody out. Whoever follows them here, or is followed by them, is told that they are out of reach.
fn suspend(tx: &mut Tx<'_>, account: &Account) -> Result<()> {
    if account.is_local() {
        manage_user::suspend(tx, account.id)?;
    } else {
        accounts::set_state(tx, account.id, AccountState::Suspended)?;
    }
    if account.state == AccountState::Suspended {
        return Ok(());
    }
    let there = There::Account(account.id);
    sever::tell_all(tx, SeveranceKind::AccountSuspension, there)
}

/// The person is told what was decided; where a moderator wrote something, the node says it in a private note too.
fn warn(tx: &mut Tx<'_>, by: &Viewer, to: &Account, wish: &Measure, text: &str) -> Result<()> {
    let reports: Vec<i64> = wish.report.into_iter().collect();
    let about: Vec<PostId> = reports::list_posts(tx, &reports)?
        .into_iter()
        .map(|(_, post)| post)
        .collect();
    let decision = Decision {
        account: to.id,
        by: by.account(),
        report: wish.report,
        action: strike_of(wish.kind),
        text,
        about: &about,
    };
    strike(tx, &decision)?;
    if text.is_empty() {
        return Ok(());
    }
    let node_uri = format!("{}/actor", tx.node().base_url);
    if let Some(node) = accounts::find_by_uri(tx, &node_uri)? {
        note_from_node(tx, &node, to, text)?;
    }
    Ok(())
}

/// What is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lift {
    /// May sign in again.
    Enable,
    /// Is heard again.
    Unsilence,
    /// Media show as their author wants.
    Unsensitive,
    /// Is let in again.
    Unsuspend,
}

/// Takes something back. What is not held against the account stays as it is.
///
/// # Errors
/// As [`moderate`]; `Forbidden(WrongState)` for somebody who was not admitted yet.
pub fn lift(tx: &mut Tx<'_>, by: &Viewer, target: AccountId, what: Lift) -> Result<()> {
    hold::user(tx, target)?;
    hold::accounts(tx, &[target])?;
    let (account, subject) = subject(tx, target)?;
    may_moderate(by, &subject)?;
    if account.state == AccountState::Pending {
        return Err(Refusal::WrongState.into());
    }
    let action = match what {
        Lift::Enable => {
            let user = users::find(tx, target)?.ok_or(Error::NotFound)?;
            users::set_disabled(tx, target, None)?;
            if user.state == UserState::Disabled {
                users::set_state(tx, target, UserState::Active)?;
            }
            "account.enable"
        }
        Lift::Unsilence => {
            account_limits::set_silenced(tx, target, None)?;
            "account.unsilence"
        }
        Lift::Unsensitive => {
            account_limits::set_sensitized(tx, target, None)?;
            "account.unsensitize"
        }
        Lift::Unsuspend => {
            if account.state == AccountState::Suspended {
                if subject.role.is_some() {
                    manage_user::unsuspend(tx, target)?;
                } else {
                    accounts::set_state(tx, target, AccountState::Active)?;
                }
            }
            "account.unsuspend"
        }
    };
    audit::add(tx, by.account(), action, &account.acct(), "")
}
