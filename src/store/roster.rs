//! Accounts as moderators look for them: by origin, state, name, address.

use diesel::prelude::*;

use super::accounts::beginning;
use super::conn::{Conn, MultiBackend};
use super::page::Page;
use super::schema::{account_limits, accounts, users};
use super::users::{User, email_key};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::words::{AccountState, ActorKind, Role, UserState};

/// Where an account stands, as moderators see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Acts, and nothing is held back.
    Active,
    /// Asks for an account.
    Pending,
    /// Must not sign in.
    Disabled,
    /// Left out of public timelines.
    Silenced,
    /// Shut out.
    Suspended,
    /// Media hidden at first.
    Sensitized,
}

/// Which accounts are wanted; what is absent narrows nothing.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only of this node, or only of others.
    pub local: Option<bool>,
    /// Only of this node, by its domain.
    pub domain: Option<String>,
    /// All of these.
    pub standings: Vec<Standing>,
    /// Only with one of these roles.
    pub roles: Option<Vec<Role>>,
    /// Only whom this person invited.
    pub invited_by: Option<AccountId>,
    /// Beginning of the name.
    pub name: Option<String>,
    /// Beginning of the shown name.
    pub display_name: Option<String>,
    /// Beginning of the address of mail.
    pub email: Option<String>,
}

/// Accounts by id, newest first. People and programs of this node and of others, and communities of others: those of
/// this node are led by their stewards. Deleted ones are gone.
#[expect(
    clippy::too_many_lines,
    reason = "one filter after the other, nothing shared"
)]
pub fn list(conn: &mut Conn, wanted: &Wanted, page: &Page) -> Result<Vec<AccountId>> {
    let mut query = accounts::table
        .filter(accounts::kind.ne(ActorKind::Application))
        .filter(accounts::state.ne(AccountState::Deleted))
        .filter(
            accounts::domain
                .ne("")
                .or(accounts::kind.ne(ActorKind::Group)),
        )
        .select(accounts::id)
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    query = match wanted.local {
        Some(true) => query.filter(accounts::domain.eq("")),
        Some(false) => query.filter(accounts::domain.ne("")),
        None => query,
    };
    if let Some(domain) = &wanted.domain {
        query = query.filter(accounts::domain.eq(domain.clone()));
    }
    for standing in &wanted.standings {
        let silenced = || {
            account_limits::table
                .filter(account_limits::silenced_at.is_not_null())
                .select(account_limits::account_id)
        };
        let in_state = |state: UserState| {
            users::table
                .filter(users::state.eq(state))
                .select(users::account_id)
        };
        query = match standing {
            Standing::Active => query
                .filter(accounts::state.eq(AccountState::Active))
                .filter(accounts::id.ne_all(silenced()))
                .filter(accounts::id.ne_all(in_state(UserState::Disabled))),
            // Whoever waits for the own confirmation gave no reason, and waits for no moderator.
            // Nor does whoever typed another's address.
            Standing::Pending => query.filter(
                accounts::id.eq_any(
                    in_state(UserState::Pending)
                        .filter(users::reason.ne(""))
                        .filter(users::email_key.not_like("% %")),
                ),
            ),
            Standing::Disabled => query.filter(
                accounts::id.eq_any(
                    users::table
                        .filter(users::disabled_at.is_not_null())
                        .select(users::account_id),
                ),
            ),
            Standing::Silenced => query.filter(accounts::id.eq_any(silenced())),
            Standing::Suspended => query.filter(accounts::state.eq(AccountState::Suspended)),
            Standing::Sensitized => query.filter(
                accounts::id.eq_any(
                    account_limits::table
                        .filter(account_limits::sensitized_at.is_not_null())
                        .select(account_limits::account_id),
                ),
            ),
        };
    }
    if let Some(roles) = &wanted.roles {
        let with_role = users::table
            .filter(users::role.eq_any(roles.clone()))
            .select(users::account_id);
        query = query.filter(accounts::id.eq_any(with_role));
    }
    if let Some(by) = wanted.invited_by {
        let invited = users::table
            .filter(users::invited_by.eq(by))
            .select(users::account_id);
        query = query.filter(accounts::id.eq_any(invited));
    }
    if let Some(name) = &wanted.name {
        let name = beginning(&name.to_lowercase());
        query = query.filter(accounts::name_key.like(name).escape('!'));
    }
    if let Some(name) = &wanted.display_name {
        query = query.filter(accounts::display_name.like(beginning(name)).escape('!'));
    }
    if let Some(email) = &wanted.email {
        let with_address = users::table
            .filter(
                users::email_key
                    .like(beginning(&email_key(email)))
                    .escape('!'),
            )
            .select(users::account_id);
        query = query.filter(accounts::id.eq_any(with_address));
    }
    if let Some(below) = page.below() {
        query = query.filter(accounts::id.lt(AccountId(below)));
    }
    if let Some(above) = page.above() {
        query = query.filter(accounts::id.gt(AccountId(above)));
    }
    let query = if page.upwards() {
        query.order(accounts::id.asc())
    } else {
        query.order(accounts::id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}

/// The entries of several people of this node, in no order.
pub fn entries(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<User>> {
    Ok(users::table
        .filter(users::account_id.eq_any(ids))
        .select(User::as_select())
        .load(conn)?)
}
