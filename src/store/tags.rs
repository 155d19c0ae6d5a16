//! Tags that people follow, and tags that they show on their profiles. All words are folded by the caller.

use diesel::dsl::{count_star, max};
use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::page::Page;
use super::schema::{featured_tags, followed_tags, post_tags, posts};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::time::Time;
use crate::model::words::{Audience, Visibility};

/// Follows a tag; nothing happens where it is followed.
pub fn follow(conn: &mut Conn, id: i64, account: AccountId, tag: &str, now: Time) -> Result<()> {
    on_backend!(conn, |c| diesel::insert_into(followed_tags::table)
        .values((
            followed_tags::id.eq(id),
            followed_tags::account_id.eq(account),
            followed_tags::tag.eq(tag),
            followed_tags::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// No longer follows a tag.
pub fn unfollow(conn: &mut Conn, account: AccountId, tag: &str) -> Result<()> {
    diesel::delete(
        followed_tags::table.filter(
            followed_tags::account_id
                .eq(account)
                .and(followed_tags::tag.eq(tag)),
        ),
    )
    .execute(conn)?;
    Ok(())
}

/// How many tags a person follows.
pub fn count_followed(conn: &mut Conn, account: AccountId) -> Result<i64> {
    Ok(followed_tags::table
        .filter(followed_tags::account_id.eq(account))
        .count()
        .get_result(conn)?)
}

/// Which of these tags a person follows.
pub fn followed_among(conn: &mut Conn, account: AccountId, tags: &[String]) -> Result<Vec<String>> {
    Ok(followed_tags::table
        .filter(followed_tags::account_id.eq(account))
        .filter(followed_tags::tag.eq_any(tags))
        .select(followed_tags::tag)
        .load(conn)?)
}

/// The tags that a person follows, the last followed first, each with the id of its row.
pub fn list_followed(
    conn: &mut Conn,
    account: AccountId,
    page: &Page,
) -> Result<Vec<(i64, String)>> {
    let mut query = followed_tags::table
        .filter(followed_tags::account_id.eq(account))
        .select((followed_tags::id, followed_tags::tag))
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    if let Some(below) = page.below() {
        query = query.filter(followed_tags::id.lt(below));
    }
    if let Some(above) = page.above() {
        query = query.filter(followed_tags::id.gt(above));
    }
    let query = if page.upwards() {
        query.order(followed_tags::id.asc())
    } else {
        query.order(followed_tags::id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}

/// A tag on somebody's profile.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = featured_tags, check_for_backend(MultiBackend))]
pub struct Featured {
    /// Its id.
    pub id: i64,
    /// On whose profile.
    pub account_id: AccountId,
    /// The tag, folded.
    pub tag: String,
    /// As it was written.
    pub name: String,
    /// Since when.
    pub created_at: Time,
}

/// Shows a tag on a profile; the row that is there then.
pub fn feature(conn: &mut Conn, row: &Featured) -> Result<Featured> {
    on_backend!(conn, |c| diesel::insert_into(featured_tags::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(featured_tags::table
        .filter(
            featured_tags::account_id
                .eq(row.account_id)
                .and(featured_tags::tag.eq(&row.tag)),
        )
        .select(Featured::as_select())
        .first(conn)?)
}

/// One of the tags on a person's own profile.
pub fn find_featured(conn: &mut Conn, account: AccountId, id: i64) -> Result<Option<Featured>> {
    Ok(featured_tags::table
        .filter(
            featured_tags::id
                .eq(id)
                .and(featured_tags::account_id.eq(account)),
        )
        .select(Featured::as_select())
        .first(conn)
        .optional()?)
}

/// Takes a tag off a profile.
pub fn unfeature(conn: &mut Conn, account: AccountId, tag: &str) -> Result<()> {
    diesel::delete(
        featured_tags::table.filter(
            featured_tags::account_id
                .eq(account)
                .and(featured_tags::tag.eq(tag)),
        ),
    )
    .execute(conn)?;
    Ok(())
}

/// The tags on a profile, the oldest first.
pub fn list_featured(conn: &mut Conn, account: AccountId) -> Result<Vec<Featured>> {
    Ok(featured_tags::table
        .filter(featured_tags::account_id.eq(account))
        .order(featured_tags::id.asc())
        .select(Featured::as_select())
        .load(conn)?)
}

/// In how many posts that are for everybody somebody used a tag, and when last.
pub fn use_of(conn: &mut Conn, account: AccountId, tag: &str) -> Result<(i64, Option<Time>)> {
    Ok(post_tags::table
        .inner_join(posts::table.on(posts::id.eq(post_tags::post_id)))
        .filter(post_tags::tag.eq(tag))
        .filter(
            posts::author_id
                .eq(account)
                .and(posts::deleted_at.is_null()),
        )
        .filter(posts::visibility.eq_any([Visibility::Public, Visibility::Unlisted]))
        .filter(
            posts::audience
                .eq(Audience::Public)
                .and(posts::held.eq(false)),
        )
        .select((count_star(), max(posts::created_at)))
        .first(conn)?)
}

/// The tags that somebody used most in public posts.
pub fn list_used(conn: &mut Conn, account: AccountId, limit: i64) -> Result<Vec<String>> {
    Ok(post_tags::table
        .inner_join(posts::table.on(posts::id.eq(post_tags::post_id)))
        .filter(
            posts::author_id
                .eq(account)
                .and(posts::deleted_at.is_null()),
        )
        .filter(posts::visibility.eq_any([Visibility::Public, Visibility::Unlisted]))
        .filter(
            posts::audience
                .eq(Audience::Public)
                .and(posts::held.eq(false)),
        )
        .group_by(post_tags::tag)
        .order((count_star().desc(), post_tags::tag.asc()))
        .select(post_tags::tag)
        .limit(limit)
        .load(conn)?)
}

/// Tags that begin with a folded word, the most used first.
pub fn search(conn: &mut Conn, prefix: &str, limit: i64, offset: i64) -> Result<Vec<String>> {
    let pattern = format!("{}%", prefix.replace(['%', '_', '\\'], ""));
    Ok(post_tags::table
        .inner_join(posts::table.on(posts::id.eq(post_tags::post_id)))
        .filter(
            post_tags::tag
                .like(pattern)
                .and(posts::audience.eq(Audience::Public)),
        )
        .group_by(post_tags::tag)
        .order((
            diesel::dsl::count(post_tags::post_id).desc(),
            post_tags::tag.asc(),
        ))
        .limit(limit)
        .offset(offset)
        .select(post_tags::tag)
        .load(conn)?)
}
