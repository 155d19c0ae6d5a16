//! Posts that wait for their time, and the attachments that wait with them.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::page::Page;
use super::schema::{scheduled_media, scheduled_posts};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::time::Time;

/// A planned post.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = scheduled_posts, check_for_backend(MultiBackend))]
pub struct Scheduled {
    /// Its id; the post gets another.
    pub id: i64,
    /// Whose.
    pub account_id: AccountId,
    /// When it is published.
    pub scheduled_at: Time,
    /// What is published, as JSON.
    pub draft: String,
    /// When it was planned.
    pub created_at: Time,
}

/// Adds a planned post and reserves its attachments.
pub fn insert(conn: &mut Conn, row: &Scheduled, media: &[i64]) -> Result<()> {
    diesel::insert_into(scheduled_posts::table)
        .values(row)
        .execute(conn)?;
    for id in media {
        on_backend!(conn, |c| diesel::insert_into(scheduled_media::table)
            .values((
                scheduled_media::media_id.eq(id),
                scheduled_media::scheduled_id.eq(row.id),
            ))
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// A planned post, whoever's it is.
pub fn find(conn: &mut Conn, id: i64) -> Result<Option<Scheduled>> {
    Ok(scheduled_posts::table
        .find(id)
        .select(Scheduled::as_select())
        .first(conn)
        .optional()?)
}

/// One of a person's planned posts.
pub fn find_own(conn: &mut Conn, owner: AccountId, id: i64) -> Result<Option<Scheduled>> {
    Ok(find(conn, id)?.filter(|row| row.account_id == owner))
}

/// A person's planned posts, the last planned first.
pub fn list(conn: &mut Conn, owner: AccountId, page: &Page) -> Result<Vec<Scheduled>> {
    let mut query = scheduled_posts::table
        .filter(scheduled_posts::account_id.eq(owner))
        .select(Scheduled::as_select())
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    if let Some(below) = page.below() {
        query = query.filter(scheduled_posts::id.lt(below));
    }
    if let Some(above) = page.above() {
        query = query.filter(scheduled_posts::id.gt(above));
    }
    let query = if page.upwards() {
        query.order(scheduled_posts::id.asc())
    } else {
        query.order(scheduled_posts::id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}

/// How many posts a person has planned.
pub fn count(conn: &mut Conn, owner: AccountId) -> Result<i64> {
    Ok(scheduled_posts::table
        .filter(scheduled_posts::account_id.eq(owner))
        .count()
        .get_result(conn)?)
}

/// Moves a planned post to another time; `false` where it has been published or given up meanwhile.
pub fn set_time(conn: &mut Conn, id: i64, at: Time) -> Result<bool> {
    let moved = diesel::update(scheduled_posts::table.find(id))
        .set(scheduled_posts::scheduled_at.eq(at))
        .execute(conn)?;
    Ok(moved == 1)
}

/// Removes a planned post as it was read; its attachments are free again. `false` where it has been published, moved or
/// given up meanwhile.
pub fn delete(conn: &mut Conn, row: &Scheduled) -> Result<bool> {
    let found = scheduled_posts::table
        .find(row.id)
        .filter(scheduled_posts::scheduled_at.eq(row.scheduled_at));
    Ok(diesel::delete(found).execute(conn)? == 1)
}

/// Whether an attachment waits for a planned post.
pub fn holds(conn: &mut Conn, media: i64) -> Result<bool> {
    Ok(diesel::select(exists(scheduled_media::table.find(media))).get_result(conn)?)
}
