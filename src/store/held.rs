//! Replies that wait for a steward, and the activities that brought them.

use diesel::prelude::*;

use super::conn::{Conn, MultiBackend};
use super::db::Tx;
use super::page::Page;
use super::schema::{accounts, held_activities, posts};
use super::timelines::Entry;
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};

/// What waits in a community, newest first. For its stewards: nobody else but the author may read it.
pub fn list(conn: &mut Conn, community: AccountId, page: &Page) -> Result<Vec<Entry>> {
    let mut query = posts::table
        .inner_join(accounts::table.on(accounts::id.eq(posts::author_id)))
        .filter(posts::community_id.eq(community))
        .filter(posts::held.eq(true).and(posts::deleted_at.is_null()))
        .select((posts::id, posts::rev, posts::author_id, accounts::rev))
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    if let Some(below) = page.below() {
        query = query.filter(posts::id.lt(PostId(below)));
    }
    if let Some(above) = page.above() {
        query = query.filter(posts::id.gt(PostId(above)));
    }
    let query = if page.upwards() {
        query.order(posts::id.asc())
    } else {
        query.order(posts::id.desc())
    };
    let rows: Vec<(PostId, i32, AccountId, i32)> = query.load(conn)?;
    let lines = rows
        .into_iter()
        .map(|(post, post_rev, author, author_rev)| Entry {
            id: post.0,
            post,
            post_rev,
            author,
            author_rev,
            via: None,
        })
        .collect();
    Ok(page.newest_first(lines))
}

/// How many posts wait in a community.
pub fn count(conn: &mut Conn, community: AccountId) -> Result<i64> {
    Ok(posts::table
        .filter(posts::community_id.eq(community))
        .filter(posts::held.eq(true).and(posts::deleted_at.is_null()))
        .count()
        .get_result(conn)?)
}

/// Keeps an activity about a post that waits, byte for byte, to be passed on once that is let through: the one that
/// brought it, and the newest change, which says all that earlier ones did.
pub fn keep(tx: &mut Tx<'_>, post: PostId, body: &str) -> Result<()> {
    let kept = || held_activities::table.filter(held_activities::post_id.eq(post));
    let first: Option<i64> = kept()
        .select(diesel::dsl::min(held_activities::id))
        .first(&mut **tx)?;
    if let Some(first) = first {
        diesel::delete(kept().filter(held_activities::id.gt(first))).execute(&mut **tx)?;
    }
    diesel::insert_into(held_activities::table)
        .values((
            held_activities::id.eq(tx.new_id()),
            held_activities::post_id.eq(post),
            held_activities::body.eq(body),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Takes out what was kept for a post, in the order in which it came.
pub fn take(conn: &mut Conn, post: PostId) -> Result<Vec<String>> {
    let kept = || held_activities::table.filter(held_activities::post_id.eq(post));
    let bodies = kept()
        .order(held_activities::id.asc())
        .select(held_activities::body)
        .load(conn)?;
    diesel::delete(kept()).execute(conn)?;
    Ok(bodies)
}
