//! Conversations: for each person of this node the threads of direct posts that they are in, with the last of them.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::page::Page;
use super::schema::{accounts, blocks, conversations, domain_blocks, mentions, mutes, posts};
use super::visible::visible_to;
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::time::Time;
use crate::model::viewer::Viewer;
use crate::model::words::Visibility;

/// A conversation as one person has it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = conversations, check_for_backend(MultiBackend))]
pub struct Conversation {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub account_id: AccountId,
    /// The beginning of the thread.
    pub root_id: PostId,
    /// The last direct post; lists page by it.
    pub last_post_id: PostId,
    /// Whether it was not read yet.
    pub unread: bool,
}

/// Writes the last post of a conversation down; it begins where there is none. An older post than the last changes
/// nothing.
pub fn record(conn: &mut Conn, row: &Conversation) -> Result<()> {
    // In this order, so that two that begin one at the same time both end well.
    let begun = on_backend!(conn, |c| diesel::insert_into(conversations::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if begun == 0 {
        let there = conversations::table
            .filter(conversations::account_id.eq(row.account_id))
            .filter(conversations::root_id.eq(row.root_id))
            .filter(conversations::last_post_id.lt(row.last_post_id));
        diesel::update(there)
            .set((
                conversations::last_post_id.eq(row.last_post_id),
                conversations::unread.eq(row.unread),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// That somebody is muted or blocked by a person, has blocked that person, or is on a node that the person shut out.
macro_rules! shunned {
    ($who:expr, $domain:expr, $me:expr, $now:expr) => {
        $who.eq_any(
            mutes::table
                .filter(mutes::account_id.eq($me))
                .filter(mutes::expires_at.is_null().or(mutes::expires_at.gt($now)))
                .select(mutes::target_id),
        )
        .or($who.eq_any(
            blocks::table
                .filter(blocks::account_id.eq($me))
                .select(blocks::target_id),
        ))
        .or($who.eq_any(
            blocks::table
                .filter(blocks::target_id.eq($me))
                .select(blocks::account_id),
        ))
        .or(exists(
            domain_blocks::table
                .filter(domain_blocks::account_id.eq($me))
                .filter(domain_blocks::domain.eq($domain)),
        ))
    };
}

/// A person's conversations, the one with the newest post first, without those in which the last word is by or for nobody
/// but people whom the person does not want to hear of.
pub fn list(
    conn: &mut Conn,
    account: AccountId,
    now: Time,
    page: &Page,
) -> Result<Vec<Conversation>> {
    let of_another = posts::table
        .inner_join(accounts::table.on(accounts::id.eq(posts::author_id)))
        .filter(posts::id.eq(conversations::last_post_id))
        .filter(posts::author_id.ne(account))
        .filter(not(shunned!(
            posts::author_id,
            accounts::domain,
            account,
            now
        )));
    let for_another = mentions::table
        .inner_join(accounts::table.on(accounts::id.eq(mentions::account_id)))
        .filter(mentions::post_id.eq(conversations::last_post_id))
        .filter(mentions::account_id.ne(account))
        .filter(not(shunned!(
            mentions::account_id,
            accounts::domain,
            account,
            now
        )));
    let others = mentions::table
        .filter(mentions::post_id.eq(conversations::last_post_id))
        .filter(mentions::account_id.ne(account));
    let by_oneself = posts::table
        .filter(posts::id.eq(conversations::last_post_id))
        .filter(posts::author_id.eq(account));
    let for_somebody = exists(for_another).or(not(exists(others)));
    let shown = exists(of_another).or(exists(by_oneself).and(for_somebody));
    let mut query = conversations::table
        .filter(conversations::account_id.eq(account))
        .filter(shown)
        .select(Conversation::as_select())
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    if let Some(below) = page.below() {
        query = query.filter(conversations::last_post_id.lt(below));
    }
    if let Some(above) = page.above() {
        query = query.filter(conversations::last_post_id.gt(above));
    }
    let query = if page.upwards() {
        query.order(conversations::last_post_id.asc())
    } else {
        query.order(conversations::last_post_id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}

/// One of a person's conversations.
pub fn find(conn: &mut Conn, account: AccountId, id: i64) -> Result<Option<Conversation>> {
    Ok(conversations::table
        .filter(
            conversations::id
                .eq(id)
                .and(conversations::account_id.eq(account)),
        )
        .select(Conversation::as_select())
        .first(conn)
        .optional()?)
}

/// Whether somebody has a conversation with this beginning.
pub fn is_in(conn: &mut Conn, account: AccountId, root: PostId) -> Result<bool> {
    let theirs = conversations::table
        .filter(conversations::account_id.eq(account))
        .filter(conversations::root_id.eq(root));
    Ok(diesel::select(exists(theirs)).get_result(conn)?)
}

/// Everybody's conversations that end with a post.
pub fn list_ending_with(conn: &mut Conn, post: PostId) -> Result<Vec<Conversation>> {
    Ok(conversations::table
        .filter(conversations::last_post_id.eq(post))
        .select(Conversation::as_select())
        .load(conn)?)
}

/// Marks a conversation as read or not.
pub fn set_unread(conn: &mut Conn, id: i64, unread: bool) -> Result<()> {
    diesel::update(conversations::table.find(id))
        .set(conversations::unread.eq(unread))
        .execute(conn)?;
    Ok(())
}

/// Sets the last post of a conversation.
pub fn set_last(conn: &mut Conn, id: i64, post: PostId) -> Result<()> {
    diesel::update(conversations::table.find(id))
        .set(conversations::last_post_id.eq(post))
        .execute(conn)?;
    Ok(())
}

/// Removes a conversation of one person.
pub fn delete(conn: &mut Conn, id: i64) -> Result<()> {
    diesel::delete(conversations::table.find(id)).execute(conn)?;
    Ok(())
}

/// The newest direct post of a thread that somebody may read, another than `without`.
pub fn find_last(
    conn: &mut Conn,
    viewer: &Viewer,
    root: PostId,
    without: PostId,
) -> Result<Option<PostId>> {
    Ok(posts::table
        .filter(posts::root_id.eq(root).and(posts::id.ne(without)))
        .filter(posts::visibility.eq(Visibility::Direct))
        .filter(visible_to!(viewer))
        .order(posts::id.desc())
        .select(posts::id)
        .first(conn)
        .optional()?)
}
