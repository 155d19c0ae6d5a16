//! Inboxes of other nodes that somebody reaches: one per node where the node has a shared one.

use std::collections::HashSet;

use diesel::dsl::case_when;
use diesel::prelude::*;

use super::accounts::Account;
use super::conn::{Conn, on_backend};
use super::outbox::Target;
use super::schema::{accounts, follows};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::words::{AccountState, FollowState};

/// The inbox of an actor of another node: its node's shared one where there is one. `None` for our own.
pub fn inbox_of(account: &Account) -> Option<Target> {
    let inbox = account
        .shared_inbox_url
        .as_ref()
        .unwrap_or(&account.inbox_url);
    let alive = !account.is_local() && account.state != AccountState::Deleted && !inbox.is_empty();
    alive.then(|| Target {
        domain: account.domain.clone(),
        inbox_url: inbox.clone(),
    })
}

/// The inbox that belongs to the actor alone. `None` for our own.
pub fn own_inbox_of(account: &Account) -> Option<Target> {
    let alive = !account.is_local() && !account.inbox_url.is_empty();
    alive.then(|| Target {
        domain: account.domain.clone(),
        inbox_url: account.inbox_url.clone(),
    })
}

/// Where the agreed followers of an actor on other nodes receive.
pub fn of_followers(conn: &mut Conn, target: AccountId) -> Result<Vec<Target>> {
    let own = accounts::inbox_url.nullable();
    let inbox =
        case_when(accounts::shared_inbox_url.is_null(), own).otherwise(accounts::shared_inbox_url);
    let rows: Vec<(String, Option<String>)> = on_backend!(conn, |c| follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::follower_id)))
        .filter(
            follows::target_id
                .eq(target)
                .and(follows::state.eq(FollowState::Accepted)),
        )
        .filter(accounts::domain.ne(""))
        .filter(accounts::state.eq(AccountState::Active))
        .select((accounts::domain, inbox))
        .distinct()
        .load(c))?;
    let targets = rows.into_iter().filter_map(|(domain, inbox)| {
        Some(Target {
            domain,
            inbox_url: inbox?,
        })
    });
    Ok(targets.collect())
}

/// Where those receive whom an actor follows, or asked to follow, on other nodes.
pub fn of_followed(conn: &mut Conn, follower: AccountId) -> Result<Vec<Target>> {
    let rows: Vec<(String, Option<String>, String)> = follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::target_id)))
        .filter(follows::follower_id.eq(follower))
        .filter(accounts::domain.ne(""))
        .filter(accounts::state.eq(AccountState::Active))
        .select((
            accounts::domain,
            accounts::shared_inbox_url,
            accounts::inbox_url,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(domain, shared, own)| Target {
            domain,
            inbox_url: shared.unwrap_or(own),
        })
        .collect())
}

/// Whether a whole node receives at an address, as far as its actors say.
pub fn is_shared_inbox(conn: &mut Conn, inbox_url: &str) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(
        accounts::table.filter(accounts::shared_inbox_url.eq(inbox_url)),
    ))
    .get_result(conn)?)
}

/// The shared inboxes of all nodes that anybody is known from who has not gone.
pub fn of_everybody(conn: &mut Conn) -> Result<Vec<Target>> {
    let rows: Vec<(String, Option<String>)> = accounts::table
        .filter(
            accounts::domain
                .ne("")
                .and(accounts::shared_inbox_url.is_not_null()),
        )
        .filter(accounts::state.ne(AccountState::Deleted))
        .select((accounts::domain, accounts::shared_inbox_url))
        .distinct()
        .load(conn)?;
    let alone: Vec<(String, Option<String>)> = accounts::table
        .filter(
            accounts::domain
                .ne("")
                .and(accounts::shared_inbox_url.is_null()),
        )
        .filter(accounts::inbox_url.ne(""))
        .filter(accounts::state.eq(AccountState::Active))
        .group_by(accounts::domain)
        .select((accounts::domain, diesel::dsl::min(accounts::inbox_url)))
        .load(conn)?;
    let shared: HashSet<String> = rows.iter().map(|(domain, _)| domain.clone()).collect();
    let alone = alone
        .into_iter()
        .filter(|(domain, _)| !shared.contains(domain));
    Ok(rows
        .iter()
        .cloned()
        .chain(alone)
        .filter_map(|(domain, inbox)| {
            Some(Target {
                domain,
                inbox_url: inbox?,
            })
        })
        .collect())
}
