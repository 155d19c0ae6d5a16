//! Filters: what a person wants hidden or marked, by words or post by post.

use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::dialect::among::among;
use super::schema::{filter_keywords, filter_posts, filters};
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::time::Time;
use crate::model::words::{FilterAction, FilterContext};

/// A filter.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = filters, check_for_backend(MultiBackend))]
pub struct Filter {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub account_id: AccountId,
    /// Its name.
    pub title: String,
    /// Where it counts, with commas between; see [`Filter::contexts`].
    pub contexts: String,
    /// What happens to what it finds.
    pub action: FilterAction,
    /// Until when; for ever where absent.
    pub expires_at: Option<Time>,
    /// Since when.
    pub created_at: Time,
}

impl Filter {
    /// Where it counts.
    pub fn contexts(&self) -> Vec<FilterContext> {
        self.contexts
            .split(',')
            .filter_map(FilterContext::parse)
            .collect()
    }

    /// The column for a set of places.
    pub fn column(contexts: &[FilterContext]) -> String {
        let mut words: Vec<&str> = contexts.iter().map(|context| context.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        words.join(",")
    }
}

/// A word of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = filter_keywords, check_for_backend(MultiBackend))]
pub struct Keyword {
    /// Its id.
    pub id: i64,
    /// Of which filter.
    pub filter_id: i64,
    /// The word, or several.
    pub keyword: String,
    /// Whether it counts only as a word of its own.
    pub whole_word: bool,
}

/// A post of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = filter_posts, check_for_backend(MultiBackend))]
pub struct Post {
    /// Row id.
    pub id: i64,
    /// Of which filter.
    pub filter_id: i64,
    /// The post.
    pub post_id: PostId,
}

/// Adds a filter.
pub fn insert(conn: &mut Conn, filter: &Filter) -> Result<()> {
    diesel::insert_into(filters::table)
        .values(filter)
        .execute(conn)?;
    Ok(())
}

/// One of a person's filters.
pub fn find(conn: &mut Conn, owner: AccountId, id: i64) -> Result<Option<Filter>> {
    Ok(filters::table
        .filter(filters::id.eq(id).and(filters::account_id.eq(owner)))
        .select(Filter::as_select())
        .first(conn)
        .optional()?)
}

/// A person's filters, the oldest first, those that have ended included.
pub fn list(conn: &mut Conn, owner: AccountId) -> Result<Vec<Filter>> {
    Ok(filters::table
        .filter(filters::account_id.eq(owner))
        .order(filters::id.asc())
        .select(Filter::as_select())
        .load(conn)?)
}

/// A person's filters that count now.
pub fn list_active(conn: &mut Conn, owner: AccountId, now: Time) -> Result<Vec<Filter>> {
    let query = filters::table
        .filter(filters::account_id.eq(owner))
        .filter(
            filters::expires_at
                .is_null()
                .or(filters::expires_at.gt(now)),
        )
        .order(filters::id.asc());
    Ok(on_backend!(conn, |c| query
        .select(Filter::as_select())
        .load(c))?)
}

/// Writes a filter's name, places, action and end.
pub fn update(conn: &mut Conn, filter: &Filter) -> Result<()> {
    diesel::update(filters::table.find(filter.id))
        .set((
            filters::title.eq(&filter.title),
            filters::contexts.eq(&filter.contexts),
            filters::action.eq(filter.action),
            filters::expires_at.eq(filter.expires_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Removes a filter with its words and posts.
pub fn delete(conn: &mut Conn, id: i64) -> Result<()> {
    diesel::delete(filters::table.find(id)).execute(conn)?;
    Ok(())
}

/// The words of several filters, the oldest first.
pub fn list_keywords(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Keyword>> {
    Ok(filter_keywords::table
        .filter(among(conn, filter_keywords::filter_id, ids.iter().copied()))
        .order(filter_keywords::id.asc())
        .select(Keyword::as_select())
        .load(conn)?)
}

/// How many words a person's filters have together.
pub fn count_keywords(conn: &mut Conn, owner: AccountId) -> Result<i64> {
    Ok(filter_keywords::table
        .inner_join(filters::table.on(filters::id.eq(filter_keywords::filter_id)))
        .filter(filters::account_id.eq(owner))
        .count()
        .get_result(conn)?)
}

/// A word of one of a person's filters, with the filter.
pub fn find_keyword(
    conn: &mut Conn,
    owner: AccountId,
    id: i64,
) -> Result<Option<(Keyword, Filter)>> {
    Ok(filter_keywords::table
        .inner_join(filters::table.on(filters::id.eq(filter_keywords::filter_id)))
        .filter(filter_keywords::id.eq(id))
        .filter(filters::account_id.eq(owner))
        .select((Keyword::as_select(), Filter::as_select()))
        .first(conn)
        .optional()?)
}

/// Adds a word.
pub fn insert_keyword(conn: &mut Conn, keyword: &Keyword) -> Result<()> {
    diesel::insert_into(filter_keywords::table)
        .values(keyword)
        .execute(conn)?;
    Ok(())
}

/// Writes a word.
pub fn update_keyword(conn: &mut Conn, keyword: &Keyword) -> Result<()> {
    diesel::update(filter_keywords::table.find(keyword.id))
        .set((
            filter_keywords::keyword.eq(&keyword.keyword),
            filter_keywords::whole_word.eq(keyword.whole_word),
        ))
        .execute(conn)?;
    Ok(())
}

/// Removes a word.
pub fn delete_keyword(conn: &mut Conn, id: i64) -> Result<()> {
    diesel::delete(filter_keywords::table.find(id)).execute(conn)?;
    Ok(())
}

/// The posts of several filters, the oldest first.
pub fn list_posts(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Post>> {
    Ok(filter_posts::table
        .filter(among(conn, filter_posts::filter_id, ids.iter().copied()))
        .order(filter_posts::id.asc())
        .select(Post::as_select())
        .load(conn)?)
}

/// A post of one of a person's filters.
pub fn find_post(conn: &mut Conn, owner: AccountId, id: i64) -> Result<Option<Post>> {
    Ok(filter_posts::table
        .inner_join(filters::table.on(filters::id.eq(filter_posts::filter_id)))
        .filter(filter_posts::id.eq(id))
        .filter(filters::account_id.eq(owner))
        .select(Post::as_select())
        .first(conn)
        .optional()?)
}

/// Adds a post; the row that is there then.
pub fn add_post(conn: &mut Conn, row: &Post) -> Result<Post> {
    on_backend!(conn, |c| diesel::insert_into(filter_posts::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(filter_posts::table
        .filter(
            filter_posts::filter_id
                .eq(row.filter_id)
                .and(filter_posts::post_id.eq(row.post_id)),
        )
        .select(Post::as_select())
        .first(conn)?)
}

/// Takes a post out of a filter.
pub fn delete_post(conn: &mut Conn, id: i64) -> Result<()> {
    diesel::delete(filter_posts::table.find(id)).execute(conn)?;
    Ok(())
}
