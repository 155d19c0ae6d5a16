//! Lists of one's own: names of a person's choice over people they follow.

use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::page::Page;
use super::schema::{list_members, lists};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::time::Time;
use crate::model::words::RepliesPolicy;

/// A list.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = lists, check_for_backend(MultiBackend))]
pub struct List {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub account_id: AccountId,
    /// Its name.
    pub title: String,
    /// Which replies it shows.
    pub replies_policy: RepliesPolicy,
    /// Whether what it shows is left out of the home feed.
    pub exclusive: bool,
    /// Since when.
    pub created_at: Time,
}

/// Adds a list.
pub fn insert(conn: &mut Conn, list: &List) -> Result<()> {
    diesel::insert_into(lists::table)
        .values(list)
        .execute(conn)?;
    Ok(())
}

/// One of a person's lists.
pub fn find(conn: &mut Conn, owner: AccountId, id: i64) -> Result<Option<List>> {
    Ok(lists::table
        .filter(lists::id.eq(id).and(lists::account_id.eq(owner)))
        .select(List::as_select())
        .first(conn)
        .optional()?)
}

/// A person's lists, the oldest first.
pub fn list(conn: &mut Conn, owner: AccountId) -> Result<Vec<List>> {
    Ok(lists::table
        .filter(lists::account_id.eq(owner))
        .order(lists::id.asc())
        .select(List::as_select())
        .load(conn)?)
}

/// Writes name and settings.
pub fn update(conn: &mut Conn, list: &List) -> Result<()> {
    diesel::update(lists::table.find(list.id))
        .set((
            lists::title.eq(&list.title),
            lists::replies_policy.eq(list.replies_policy),
            lists::exclusive.eq(list.exclusive),
        ))
        .execute(conn)?;
    Ok(())
}

/// Removes a list and who is in it.
pub fn delete(conn: &mut Conn, id: i64) -> Result<()> {
    diesel::delete(lists::table.find(id)).execute(conn)?;
    Ok(())
}

/// Puts somebody into a list; nothing happens where they are in it. `id` is the row's, by which members page.
pub fn add_member(
    conn: &mut Conn,
    id: i64,
    list: i64,
    account: AccountId,
    now: Time,
) -> Result<()> {
    on_backend!(conn, |c| diesel::insert_into(list_members::table)
        .values((
            list_members::id.eq(id),
            list_members::list_id.eq(list),
            list_members::account_id.eq(account),
            list_members::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Takes people out of a list.
pub fn remove_members(conn: &mut Conn, list: i64, accounts: &[AccountId]) -> Result<()> {
    diesel::delete(
        list_members::table.filter(
            list_members::list_id
                .eq(list)
                .and(list_members::account_id.eq_any(accounts)),
        ),
    )
    .execute(conn)?;
    Ok(())
}

/// Takes everybody out of a list.
pub fn empty(conn: &mut Conn, list: i64) -> Result<()> {
    diesel::delete(list_members::table.filter(list_members::list_id.eq(list))).execute(conn)?;
    Ok(())
}

/// Takes somebody out of all lists of a person who no longer follows them.
pub fn forget(conn: &mut Conn, owner: AccountId, account: AccountId) -> Result<()> {
    let own = lists::table
        .filter(lists::account_id.eq(owner))
        .select(lists::id);
    diesel::delete(
        list_members::table
            .filter(list_members::account_id.eq(account))
            .filter(list_members::list_id.eq_any(own)),
    )
    .execute(conn)?;
    Ok(())
}

/// Who is in a list, newest first, each with the id of the row.
pub fn list_members(conn: &mut Conn, list: i64, page: &Page) -> Result<Vec<(i64, AccountId)>> {
    let mut query = list_members::table
        .filter(list_members::list_id.eq(list))
        .select((list_members::id, list_members::account_id))
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    if let Some(below) = page.below() {
        query = query.filter(list_members::id.lt(below));
    }
    if let Some(above) = page.above() {
        query = query.filter(list_members::id.gt(above));
    }
    let query = if page.upwards() {
        query.order(list_members::id.asc())
    } else {
        query.order(list_members::id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}

/// A person's lists that somebody is in, the oldest first.
pub fn list_holding(conn: &mut Conn, owner: AccountId, account: AccountId) -> Result<Vec<List>> {
    let holding = list_members::table
        .filter(list_members::account_id.eq(account))
        .select(list_members::list_id);
    Ok(lists::table
        .filter(lists::account_id.eq(owner))
        .filter(lists::id.eq_any(holding))
        .order(lists::id.asc())
        .select(List::as_select())
        .load(conn)?)
}
