//! Nodes that a person wants nothing to do with: for that person alone, other than what an admin sets in `peers`.

use diesel::dsl::not;
use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::dialect::among::among;
use super::duties;
use super::page::Page;
use super::schema::{accounts, domain_blocks, follows, notifications};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::time::Time;
use crate::model::words::NotificationKind;

/// Adds a domain; whether it is new.
pub fn insert(
    conn: &mut Conn,
    id: i64,
    account: AccountId,
    domain: &str,
    now: Time,
) -> Result<bool> {
    let added = on_backend!(conn, |c| diesel::insert_into(domain_blocks::table)
        .values((
            domain_blocks::id.eq(id),
            domain_blocks::account_id.eq(account),
            domain_blocks::domain.eq(domain),
            domain_blocks::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// Takes a domain out.
pub fn delete(conn: &mut Conn, account: AccountId, domain: &str) -> Result<()> {
    diesel::delete(
        domain_blocks::table.filter(
            domain_blocks::account_id
                .eq(account)
                .and(domain_blocks::domain.eq(domain)),
        ),
    )
    .execute(conn)?;
    Ok(())
}

/// A person's domains, the last first, each with the id of its row.
pub fn list(conn: &mut Conn, account: AccountId, page: &Page) -> Result<Vec<(i64, String)>> {
    let mut query = domain_blocks::table
        .filter(domain_blocks::account_id.eq(account))
        .select((domain_blocks::id, domain_blocks::domain))
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    if let Some(below) = page.below() {
        query = query.filter(domain_blocks::id.lt(below));
    }
    if let Some(above) = page.above() {
        query = query.filter(domain_blocks::id.gt(above));
    }
    let query = if page.upwards() {
        query.order(domain_blocks::id.asc())
    } else {
        query.order(domain_blocks::id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}

/// How many domains a person has.
pub fn count(conn: &mut Conn, account: AccountId) -> Result<i64> {
    Ok(domain_blocks::table
        .filter(domain_blocks::account_id.eq(account))
        .count()
        .get_result(conn)?)
}

/// Whether a person blocks a domain; this node's own (empty) is never blocked.
pub fn blocks(conn: &mut Conn, account: AccountId, domain: &str) -> Result<bool> {
    if domain.is_empty() {
        return Ok(false);
    }
    Ok(diesel::select(diesel::dsl::exists(
        domain_blocks::table.filter(
            domain_blocks::account_id
                .eq(account)
                .and(domain_blocks::domain.eq(domain)),
        ),
    ))
    .get_result(conn)?)
}

/// Whether a person blocks the node of somebody.
pub fn blocks_node_of(conn: &mut Conn, account: AccountId, other: AccountId) -> Result<bool> {
    let domain: Option<String> = accounts::table
        .find(other)
        .select(accounts::domain)
        .first(conn)
        .optional()?;
    domain.map_or(Ok(false), |domain| blocks(conn, account, &domain))
}

/// Which of several accounts are on a domain that a person blocks.
pub fn blocked_among(
    conn: &mut Conn,
    account: AccountId,
    others: &[AccountId],
) -> Result<Vec<AccountId>> {
    Ok(accounts::table
        .inner_join(domain_blocks::table.on(domain_blocks::domain.eq(accounts::domain)))
        .filter(domain_blocks::account_id.eq(account))
        .filter(among(conn, accounts::id, others.iter().copied()))
        .select(accounts::id)
        .load(conn)?)
}

/// Some of those on a domain whom a person follows, agreed or asked for.
pub fn list_followed(
    conn: &mut Conn,
    account: AccountId,
    domain: &str,
    limit: i64,
) -> Result<Vec<AccountId>> {
    Ok(follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::target_id)))
        .filter(follows::follower_id.eq(account))
        .filter(accounts::domain.eq(domain))
        .order(follows::id.asc())
        .limit(limit)
        .select(follows::target_id)
        .load(conn)?)
}

/// Some of those on a domain who follow a person, or ask to.
pub fn list_followers(
    conn: &mut Conn,
    account: AccountId,
    domain: &str,
    limit: i64,
) -> Result<Vec<AccountId>> {
    Ok(follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(account))
        .filter(accounts::domain.eq(domain))
        .order(follows::id.asc())
        .limit(limit)
        .select(follows::follower_id)
        .load(conn)?)
}

/// Takes back what a person was told about anybody on a domain, but for what the person has to do as a moderator or steward.
pub fn forget_notifications(conn: &mut Conn, account: AccountId, domain: &str) -> Result<()> {
    let there = accounts::table
        .filter(accounts::domain.eq(domain))
        .select(accounts::id);
    let (applicants, waiting) = (
        duties::applicants(conn, account)?,
        duties::waiting(conn, account)?,
    );
    let told = notifications::table
        .filter(notifications::account_id.eq(account))
        .filter(notifications::from_id.eq_any(there))
        .filter(notifications::report_id.is_null());
    let no_request = notifications::kind
        .ne(NotificationKind::FollowRequest)
        .or(not(among(conn, notifications::from_id, applicants)));
    let nothing_held = notifications::post_id.is_null().or(not(among(
        conn,
        notifications::post_id.assume_not_null(),
        waiting,
    )));
    diesel::delete(told.filter(no_request).filter(nothing_held)).execute(conn)?;
    Ok(())
}
