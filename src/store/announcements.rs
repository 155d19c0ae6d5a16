//! What the node announces to its people, who has read it, and their reactions to it.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::schema::{announcement_reactions, announcement_reads, announcements};
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::time::Time;

/// An announcement.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = announcements, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct Announcement {
    /// Its id.
    pub id: i64,
    /// Markdown as typed.
    pub source: String,
    /// Sanitised HTML.
    pub html: String,
    /// When what it tells of begins.
    pub starts_at: Option<Time>,
    /// When what it tells of ends; it is shown no longer than that.
    pub ends_at: Option<Time>,
    /// Whether whole days are meant.
    pub all_day: bool,
    /// Since when it is shown.
    pub created_at: Time,
    /// Last change.
    pub updated_at: Time,
}

/// Adds an announcement.
pub fn insert(conn: &mut Conn, row: &Announcement) -> Result<()> {
    diesel::insert_into(announcements::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// Writes an announcement anew.
pub fn update(conn: &mut Conn, row: &Announcement) -> Result<()> {
    diesel::update(announcements::table.find(row.id))
        .set(row)
        .execute(conn)?;
    Ok(())
}

/// Removes an announcement with all that hangs on it; whether it was there.
pub fn delete(conn: &mut Conn, id: i64) -> Result<bool> {
    Ok(diesel::delete(announcements::table.find(id)).execute(conn)? == 1)
}

/// An announcement, whether or not its time is over.
pub fn get(conn: &mut Conn, id: i64) -> Result<Announcement> {
    announcements::table
        .find(id)
        .select(Announcement::as_select())
        .first(conn)
        .optional()?
        .ok_or(Error::NotFound)
}

/// All announcements, the oldest first.
pub fn list(conn: &mut Conn) -> Result<Vec<Announcement>> {
    Ok(announcements::table
        .order(announcements::id.asc())
        .select(Announcement::as_select())
        .load(conn)?)
}

/// Announcements whose time is not over, the oldest first.
pub fn list_current(conn: &mut Conn, now: Time) -> Result<Vec<Announcement>> {
    Ok(announcements::table
        .filter(
            announcements::ends_at
                .is_null()
                .or(announcements::ends_at.gt(now)),
        )
        .order(announcements::id.asc())
        .select(Announcement::as_select())
        .load(conn)?)
}

/// Which announcements a person has read.
pub fn list_read(conn: &mut Conn, account: AccountId) -> Result<Vec<i64>> {
    Ok(announcement_reads::table
        .filter(announcement_reads::account_id.eq(account))
        .select(announcement_reads::announcement_id)
        .load(conn)?)
}

/// Notes that a person has read an announcement. Idempotent.
pub fn set_read(conn: &mut Conn, id: i64, account: AccountId) -> Result<()> {
    on_backend!(conn, |c| diesel::insert_into(announcement_reads::table)
        .values((
            announcement_reads::announcement_id.eq(id),
            announcement_reads::account_id.eq(account),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Everybody has to read an announcement anew.
pub fn forget_reads(conn: &mut Conn, id: i64) -> Result<()> {
    diesel::delete(announcement_reads::table.filter(announcement_reads::announcement_id.eq(id)))
        .execute(conn)?;
    Ok(())
}

/// How often each emoji was set, the first set first.
pub fn list_reactions(conn: &mut Conn, id: i64) -> Result<Vec<(String, i64)>> {
    let mut rows: Vec<(String, i64, Option<i64>)> = announcement_reactions::table
        .filter(announcement_reactions::announcement_id.eq(id))
        .group_by(announcement_reactions::name)
        .select((
            announcement_reactions::name,
            count_star(),
            diesel::dsl::min(announcement_reactions::id),
        ))
        .load(conn)?;
    rows.sort_by_key(|row| row.2);
    Ok(rows
        .into_iter()
        .map(|(name, count, _)| (name, count))
        .collect())
}

/// Which emojis a person set on an announcement.
pub fn list_own_reactions(conn: &mut Conn, id: i64, account: AccountId) -> Result<Vec<String>> {
    Ok(announcement_reactions::table
        .filter(announcement_reactions::announcement_id.eq(id))
        .filter(announcement_reactions::account_id.eq(account))
        .select(announcement_reactions::name)
        .load(conn)?)
}

/// Sets an emoji on an announcement; `false` where this person set it already.
pub fn react(conn: &mut Conn, row: i64, id: i64, account: AccountId, name: &str) -> Result<bool> {
    let added = on_backend!(conn, |c| diesel::insert_into(announcement_reactions::table)
        .values((
            announcement_reactions::id.eq(row),
            announcement_reactions::announcement_id.eq(id),
            announcement_reactions::account_id.eq(account),
            announcement_reactions::name.eq(name),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// Takes an emoji off an announcement; whether it was there.
pub fn unreact(conn: &mut Conn, id: i64, account: AccountId, name: &str) -> Result<bool> {
    let gone = diesel::delete(
        announcement_reactions::table
            .filter(announcement_reactions::announcement_id.eq(id))
            .filter(announcement_reactions::account_id.eq(account))
            .filter(announcement_reactions::name.eq(name)),
    )
    .execute(conn)?;
    Ok(gone == 1)
}
