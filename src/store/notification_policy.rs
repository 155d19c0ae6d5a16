//! What people decided about notifications of others: policies, exceptions, and what waits because of them.

use diesel::dsl::{count_star, exists, max, min};
use diesel::prelude::*;

use super::conn::{Conn, on_backend};
use super::page::Page;
use super::schema::{notification_permissions, notification_policies, notifications};
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::notice::Policy;
use crate::model::time::Time;
use crate::model::words::PolicyAction;

/// A person's policy; everything is welcome where none was set.
pub fn find(conn: &mut Conn, account: AccountId) -> Result<Policy> {
    type Row = (
        PolicyAction,
        PolicyAction,
        PolicyAction,
        PolicyAction,
        PolicyAction,
        PolicyAction,
    );
    let found: Option<Row> = notification_policies::table
        .find(account)
        .select((
            notification_policies::not_following,
            notification_policies::not_followers,
            notification_policies::new_accounts,
            notification_policies::private_mentions,
            notification_policies::limited_accounts,
            notification_policies::bots,
        ))
        .first(conn)
        .optional()?;
    Ok(found.map_or(Policy::OPEN, |row| Policy {
        not_following: row.0,
        not_followers: row.1,
        new_accounts: row.2,
        private_mentions: row.3,
        limited_accounts: row.4,
        bots: row.5,
    }))
}

/// Sets a person's policy.
pub fn set(conn: &mut Conn, account: AccountId, policy: Policy) -> Result<()> {
    let wanted = || {
        (
            notification_policies::not_following.eq(policy.not_following),
            notification_policies::not_followers.eq(policy.not_followers),
            notification_policies::new_accounts.eq(policy.new_accounts),
            notification_policies::private_mentions.eq(policy.private_mentions),
            notification_policies::limited_accounts.eq(policy.limited_accounts),
            notification_policies::bots.eq(policy.bots),
        )
    };
    on_backend!(conn, |c| diesel::insert_into(notification_policies::table)
        .values((notification_policies::account_id.eq(account), wanted()))
        .on_conflict(notification_policies::account_id)
        .do_update()
        .set(wanted())
        .execute(c))?;
    Ok(())
}

/// Whether a person accepts notifications of another whatever the policy says.
pub fn is_permitted(conn: &mut Conn, account: AccountId, from: AccountId) -> Result<bool> {
    let row = notification_permissions::table.find((account, from));
    Ok(diesel::select(exists(row)).get_result(conn)?)
}

/// What waits of one other account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Whose notifications; the request is named by it.
    pub from: AccountId,
    /// How many there are.
    pub count: i64,
    /// The newest; lists page by it.
    pub last: i64,
    /// The newest post among them.
    pub post: Option<PostId>,
    /// Since when, and until when.
    pub times: (Option<Time>, Option<Time>),
}

type Row = (
    AccountId,
    i64,
    Option<i64>,
    Option<i64>,
    Option<Time>,
    Option<Time>,
);

macro_rules! waiting {
    ($account:expr) => {
        notifications::table
            .filter(notifications::account_id.eq($account))
            .filter(notifications::filtered.eq(true))
            .group_by(notifications::from_id)
            .select((
                notifications::from_id,
                count_star(),
                max(notifications::id),
                max(notifications::post_id),
                min(notifications::created_at),
                max(notifications::created_at),
            ))
    };
}

fn row(row: Row) -> Waiting {
    Waiting {
        from: row.0,
        count: row.1,
        last: row.2.unwrap_or_default(),
        post: row.3.map(PostId),
        times: (row.4, row.5),
    }
}

/// What waits for a person, by the other account, the newest first.
pub fn list_waiting(conn: &mut Conn, account: AccountId, page: &Page) -> Result<Vec<Waiting>> {
    let (below, above) = (
        page.below().unwrap_or(i64::MAX),
        page.above().unwrap_or_default(),
    );
    let all = waiting!(account).having(
        max(notifications::id)
            .lt(below)
            .and(max(notifications::id).gt(above)),
    );
    let rows: Vec<Row> = if page.upwards() {
        all.order(max(notifications::id).asc())
            .limit(page.limit)
            .load(conn)?
    } else {
        all.order(max(notifications::id).desc())
            .limit(page.limit)
            .load(conn)?
    };
    Ok(page.newest_first(rows.into_iter().map(row).collect()))
}

/// What waits for a person of one other account.
pub fn find_waiting(
    conn: &mut Conn,
    account: AccountId,
    from: AccountId,
) -> Result<Option<Waiting>> {
    let found: Option<Row> = waiting!(account)
        .having(notifications::from_id.eq(from))
        .first(conn)
        .optional()?;
    Ok(found.map(row))
}

/// How many notifications wait for a person, and of how many others.
pub fn count_waiting(conn: &mut Conn, account: AccountId) -> Result<(i64, usize)> {
    let all: Vec<Row> = waiting!(account).load(conn)?;
    Ok((all.iter().map(|row| row.1).sum(), all.len()))
}

/// Accepts what waits of another account, and whatever comes of it later.
pub fn permit(conn: &mut Conn, account: AccountId, from: AccountId) -> Result<()> {
    on_backend!(conn, |c| diesel::insert_into(
        notification_permissions::table
    )
    .values((
        notification_permissions::account_id.eq(account),
        notification_permissions::from_id.eq(from),
    ))
    .on_conflict_do_nothing()
    .execute(c))?;
    diesel::update(
        notifications::table
            .filter(notifications::account_id.eq(account))
            .filter(notifications::from_id.eq(from)),
    )
    .set(notifications::filtered.eq(false))
    .execute(conn)?;
    Ok(())
}

/// Throws what waits of another account away.
pub fn dismiss(conn: &mut Conn, account: AccountId, from: AccountId) -> Result<()> {
    diesel::delete(
        notifications::table
            .filter(notifications::account_id.eq(account))
            .filter(notifications::from_id.eq(from))
            .filter(notifications::filtered.eq(true)),
    )
    .execute(conn)?;
    Ok(())
}
