//! Who follows whom, blocks and mutes.

use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::dialect::among::among;
use super::schema::{accounts, blocks, follows, mutes, users};
use super::{accounts as account_store, lists, page::Page, regards};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::time::Time;
use crate::model::words::FollowState;

/// A follow.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = follows, check_for_backend(MultiBackend))]
pub struct Follow {
    /// Row id; lists page by it.
    pub id: i64,
    /// Who.
    pub follower_id: AccountId,
    /// Whom.
    pub target_id: AccountId,
    /// Whether it is agreed.
    pub state: FollowState,
    /// Address of the Follow activity.
    pub uri: String,
    /// Whether boosts show in the follower's home.
    pub show_boosts: bool,
    /// Whether each post is notified.
    pub notify: bool,
    /// Since when.
    pub created_at: Time,
}

/// The follow between two, if any.
pub fn find(conn: &mut Conn, follower: AccountId, target: AccountId) -> Result<Option<Follow>> {
    Ok(follows::table
        .filter(
            follows::follower_id
                .eq(follower)
                .and(follows::target_id.eq(target)),
        )
        .select(Follow::as_select())
        .first(conn)
        .optional()?)
}

/// The follow of this address, if any.
pub fn find_by_uri(conn: &mut Conn, uri: &str) -> Result<Option<Follow>> {
    Ok(follows::table
        .filter(follows::uri.eq(uri))
        .select(Follow::as_select())
        .first(conn)
        .optional()?)
}

/// Adds a follow, or changes the one there is; counts stay right.
pub fn put(conn: &mut Conn, follow: &Follow) -> Result<()> {
    let before = find(conn, follow.follower_id, follow.target_id)?;
    match &before {
        Some(old) => {
            diesel::update(follows::table.find(old.id))
                .set((
                    follows::state.eq(follow.state),
                    follows::uri.eq(&follow.uri),
                    follows::show_boosts.eq(follow.show_boosts),
                    follows::notify.eq(follow.notify),
                ))
                .execute(conn)?;
        }
        None => {
            diesel::insert_into(follows::table)
                .values(follow)
                .execute(conn)?;
        }
    }
    let was = before.is_some_and(|old| old.state == FollowState::Accepted);
    count(
        conn,
        follow,
        i32::from(follow.state == FollowState::Accepted) - i32::from(was),
    )
}

/// Ends a follow; the row that was there.
pub fn delete(conn: &mut Conn, follower: AccountId, target: AccountId) -> Result<Option<Follow>> {
    let Some(old) = find(conn, follower, target)? else {
        return Ok(None);
    };
    diesel::delete(follows::table.find(old.id)).execute(conn)?;
    lists::forget(conn, follower, target)?;
    regards::unendorse(conn, follower, target)?;
    if old.state == FollowState::Accepted {
        count(conn, &old, -1)?;
    }
    Ok(Some(old))
}

fn count(conn: &mut Conn, follow: &Follow, change: i32) -> Result<()> {
    if change != 0 {
        account_store::bump_counts(conn, follow.follower_id, 0, change)?;
        account_store::bump_counts(conn, follow.target_id, change, 0)?;
    }
    Ok(())
}

/// Limits what a follow brings home to posts in these languages (ISO 639); none means all.
pub fn set_languages(conn: &mut Conn, id: i64, languages: &[String]) -> Result<()> {
    // With a comma at both ends, so that a part of a code is no match.
    let words = (!languages.is_empty()).then(|| format!(",{},", languages.join(",")));
    diesel::update(follows::table.find(id))
        .set(follows::languages.eq(words))
        .execute(conn)?;
    Ok(())
}

/// The languages that a person's follows of several others are limited to, where they are.
pub fn list_languages(
    conn: &mut Conn,
    me: AccountId,
    others: &[AccountId],
) -> Result<Vec<(AccountId, Vec<String>)>> {
    let rows: Vec<(AccountId, Option<String>)> = follows::table
        .filter(follows::follower_id.eq(me).and(among(
            conn,
            follows::target_id,
            others.iter().copied(),
        )))
        .filter(follows::languages.is_not_null())
        .select((follows::target_id, follows::languages))
        .load(conn)?;
    let words = |text: Option<String>| {
        text.unwrap_or_default()
            .split(',')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    Ok(rows
        .into_iter()
        .map(|(target, text)| (target, words(text)))
        .collect())
}

/// Follows of one person (or towards one), newest first, in one state.
pub fn list(
    conn: &mut Conn,
    side: Side,
    who: AccountId,
    state: FollowState,
    page: &Page,
) -> Result<Vec<Follow>> {
    let mut query = follows::table
        .filter(follows::state.eq(state))
        .select(Follow::as_select())
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    query = match side {
        Side::Following => query.filter(follows::follower_id.eq(who)),
        Side::Followers => query.filter(follows::target_id.eq(who)),
    };
    if let Some(below) = page.below() {
        query = query.filter(follows::id.lt(below));
    }
    if let Some(above) = page.above() {
        query = query.filter(follows::id.gt(above));
    }
    let query = if page.upwards() {
        query.order(follows::id.asc())
    } else {
        query.order(follows::id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}

/// Which end of a follow is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Whom somebody follows.
    Following,
    /// Who follows somebody.
    Followers,
}

/// All follows between one person and several, in both directions.
pub fn between(conn: &mut Conn, me: AccountId, others: &[AccountId]) -> Result<Vec<Follow>> {
    let query = follows::table.filter(
        follows::follower_id
            .eq(me)
            .and(among(conn, follows::target_id, others.iter().copied()))
            .or(follows::target_id.eq(me).and(among(
                conn,
                follows::follower_id,
                others.iter().copied(),
            ))),
    );
    Ok(on_backend!(conn, |c| query
        .select(Follow::as_select())
        .load(c))?)
}

/// Whom one person follows among the followers of another.
pub fn list_familiar(
    conn: &mut Conn,
    me: AccountId,
    of: AccountId,
    limit: i64,
) -> Result<Vec<AccountId>> {
    let mine = follows::table
        .filter(
            follows::follower_id
                .eq(me)
                .and(follows::state.eq(FollowState::Accepted)),
        )
        .select(follows::target_id);
    let theirs = diesel::alias!(follows as theirs);
    Ok(theirs
        .filter(theirs.field(follows::target_id).eq(of))
        .filter(theirs.field(follows::state).eq(FollowState::Accepted))
        .filter(theirs.field(follows::follower_id).eq_any(mine))
        .order(theirs.field(follows::id).desc())
        .limit(limit)
        .select(theirs.field(follows::follower_id))
        .load(conn)?)
}

/// Whether a local person follows an actor of another node, agreed: what makes its posts welcome here.
pub fn is_followed_locally(conn: &mut Conn, target: AccountId) -> Result<bool> {
    let found: Option<i64> = follows::table
        .inner_join(users::table.on(users::account_id.eq(follows::follower_id)))
        .filter(
            follows::target_id
                .eq(target)
                .and(follows::state.eq(FollowState::Accepted)),
        )
        .select(follows::id)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}

/// Whether anybody of another node follows an actor, agreed.
pub fn is_followed_from(conn: &mut Conn, target: AccountId, domain: &str) -> Result<bool> {
    let found: Option<i64> = follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::follower_id)))
        .filter(
            follows::target_id
                .eq(target)
                .and(follows::state.eq(FollowState::Accepted)),
        )
        .filter(accounts::domain.eq(domain))
        .select(follows::id)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}

/// Follows of an actor by people of this node, agreed or asked for, oldest first, those after a row.
pub fn list_local_followers(
    conn: &mut Conn,
    target: AccountId,
    after: i64,
    limit: i64,
) -> Result<Vec<Follow>> {
    Ok(follows::table
        .inner_join(users::table.on(users::account_id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(target).and(follows::id.gt(after)))
        .order(follows::id.asc())
        .limit(limit)
        .select(Follow::as_select())
        .load(conn)?)
}

/// Followers on this node who want to be told of every post.
pub fn list_notified(conn: &mut Conn, target: AccountId) -> Result<Vec<AccountId>> {
    Ok(follows::table
        .inner_join(users::table.on(users::account_id.eq(follows::follower_id)))
        .filter(
            follows::target_id
                .eq(target)
                .and(follows::state.eq(FollowState::Accepted)),
        )
        .filter(follows::notify.eq(true))
        .select(follows::follower_id)
        .load(conn)?)
}

/// A block.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = blocks, check_for_backend(MultiBackend))]
pub struct Block {
    /// Row id.
    pub id: i64,
    /// Who.
    pub account_id: AccountId,
    /// Whom.
    pub target_id: AccountId,
    /// Address of the Block activity.
    pub uri: String,
    /// Since when.
    pub created_at: Time,
}

/// Adds a block; nothing happens where there is one.
pub fn block(conn: &mut Conn, block: &Block) -> Result<()> {
    on_backend!(conn, |c| diesel::insert_into(blocks::table)
        .values(block)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Lifts a block; the row that was there.
pub fn unblock(conn: &mut Conn, account: AccountId, target: AccountId) -> Result<Option<Block>> {
    let found: Option<Block> = blocks::table
        .filter(
            blocks::account_id
                .eq(account)
                .and(blocks::target_id.eq(target)),
        )
        .select(Block::as_select())
        .first(conn)
        .optional()?;
    if let Some(block) = &found {
        diesel::delete(blocks::table.find(block.id)).execute(conn)?;
    }
    Ok(found)
}

/// Whether either of two has blocked the other.
pub fn is_blocked(conn: &mut Conn, one: AccountId, other: AccountId) -> Result<bool> {
    Ok(!blocks_between(conn, one, &[other])?.is_empty())
}

/// All blocks between one person and several, in both directions.
pub fn blocks_between(conn: &mut Conn, me: AccountId, others: &[AccountId]) -> Result<Vec<Block>> {
    let query = blocks::table.filter(
        blocks::account_id
            .eq(me)
            .and(among(conn, blocks::target_id, others.iter().copied()))
            .or(blocks::target_id.eq(me).and(among(
                conn,
                blocks::account_id,
                others.iter().copied(),
            ))),
    );
    Ok(on_backend!(conn, |c| query
        .select(Block::as_select())
        .load(c))?)
}

/// Whom somebody has blocked, newest first.
pub fn list_blocks(conn: &mut Conn, account: AccountId, page: &Page) -> Result<Vec<Block>> {
    let mut query = blocks::table
        .filter(blocks::account_id.eq(account))
        .select(Block::as_select())
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    if let Some(below) = page.below() {
        query = query.filter(blocks::id.lt(below));
    }
    if let Some(above) = page.above() {
        query = query.filter(blocks::id.gt(above));
    }
    let query = if page.upwards() {
        query.order(blocks::id.asc())
    } else {
        query.order(blocks::id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}

/// A mute.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = mutes, check_for_backend(MultiBackend))]
pub struct Mute {
    /// Row id.
    pub id: i64,
    /// Who.
    pub account_id: AccountId,
    /// Whom.
    pub target_id: AccountId,
    /// Whether notifications are muted too.
    pub notifications: bool,
    /// Until when; for ever if absent.
    pub expires_at: Option<Time>,
    /// Since when.
    pub created_at: Time,
}

/// Sets a mute, in place of an earlier one.
pub fn mute(conn: &mut Conn, mute: &Mute) -> Result<()> {
    on_backend!(conn, |c| diesel::insert_into(mutes::table)
        .values(mute)
        .on_conflict((mutes::account_id, mutes::target_id))
        .do_update()
        .set((
            mutes::id.eq(mute.id),
            mutes::notifications.eq(mute.notifications),
            mutes::expires_at.eq(mute.expires_at),
            mutes::created_at.eq(mute.created_at),
        ))
        .execute(c))?;
    Ok(())
}

/// Lifts a mute.
pub fn unmute(conn: &mut Conn, account: AccountId, target: AccountId) -> Result<()> {
    diesel::delete(
        mutes::table.filter(
            mutes::account_id
                .eq(account)
                .and(mutes::target_id.eq(target)),
        ),
    )
    .execute(conn)?;
    Ok(())
}

/// Removes up to `limit` mutes whose time is over; how many there were.
pub fn delete_ended_mutes(conn: &mut Conn, now: Time, limit: i64) -> Result<usize> {
    let ended = list_ended_mutes(conn, now, limit)?;
    Ok(diesel::delete(mutes::table.filter(mutes::id.eq_any(ended))).execute(conn)?)
}

/// Mutes whose time is over.
pub fn list_ended_mutes(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<i64>> {
    Ok(mutes::table
        .filter(
            mutes::expires_at
                .is_not_null()
                .and(mutes::expires_at.le(now)),
        )
        .select(mutes::id)
        .limit(limit)
        .load(conn)?)
}

/// Mutes by one person among several.
pub fn mutes_of(
    conn: &mut Conn,
    me: AccountId,
    others: &[AccountId],
    now: Time,
) -> Result<Vec<Mute>> {
    let query = mutes::table
        .filter(
            mutes::account_id
                .eq(me)
                .and(among(conn, mutes::target_id, others.iter().copied())),
        )
        .filter(mutes::expires_at.is_null().or(mutes::expires_at.gt(now)));
    Ok(on_backend!(conn, |c| query
        .select(Mute::as_select())
        .load(c))?)
}

/// Whom somebody has muted, newest first.
pub fn list_mutes(
    conn: &mut Conn,
    account: AccountId,
    now: Time,
    page: &Page,
) -> Result<Vec<Mute>> {
    let mut query = mutes::table
        .filter(mutes::account_id.eq(account))
        .filter(mutes::expires_at.is_null().or(mutes::expires_at.gt(now)))
        .select(Mute::as_select())
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    if let Some(below) = page.below() {
        query = query.filter(mutes::id.lt(below));
    }
    if let Some(above) = page.above() {
        query = query.filter(mutes::id.gt(above));
    }
    let query = if page.upwards() {
        query.order(mutes::id.asc())
    } else {
        query.order(mutes::id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}
