//! Which post quotes which, with whose consent; and what authors say about quotes of their posts (FEP-044f).

use std::collections::HashMap;

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::dialect::among::among;
use super::page::Page;
use super::schema::{accounts, posts, quote_terms, quotes};
use super::visible::{visible_beside_author, without_shunned};
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::quote::{Approvers, Terms};
use crate::model::time::Time;
use crate::model::viewer::{Viewer, covers};
use crate::model::words::{Audience, QuoteState};

/// A quote as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = quotes, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct Quote {
    /// Row id; lists page by it, and the address of our stamp ends with it.
    pub id: i64,
    /// The post that quotes.
    pub post_id: PostId,
    /// What it quotes, once that is known here.
    pub quoted_id: Option<PostId>,
    /// ActivityPub id of what it quotes.
    pub quoted_uri: String,
    /// Where it stands.
    pub state: QuoteState,
    /// Address of the `QuoteRequest`.
    pub request_uri: Option<String>,
    /// Address of the `QuoteAuthorization`.
    pub stamp_uri: Option<String>,
    /// Since when.
    pub created_at: Time,
}

/// Adds a quote; `false` where its post quotes already.
pub fn insert(conn: &mut Conn, row: &Quote) -> Result<bool> {
    let added = on_backend!(conn, |c| diesel::insert_into(quotes::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// Writes a quote anew.
pub fn update(conn: &mut Conn, row: &Quote) -> Result<()> {
    diesel::update(quotes::table.find(row.id))
        .set(row)
        .execute(conn)?;
    Ok(())
}

/// Removes the quote that a post makes; the row that was there.
pub fn delete_of_post(conn: &mut Conn, post: PostId) -> Result<Option<Quote>> {
    let found = find_of_post(conn, post)?;
    if let Some(row) = &found {
        diesel::delete(quotes::table.find(row.id)).execute(conn)?;
    }
    Ok(found)
}

/// A quote by id.
pub fn find(conn: &mut Conn, id: i64) -> Result<Option<Quote>> {
    Ok(quotes::table
        .find(id)
        .select(Quote::as_select())
        .first(conn)
        .optional()?)
}

/// The quote that a post makes.
pub fn find_of_post(conn: &mut Conn, post: PostId) -> Result<Option<Quote>> {
    Ok(on_backend!(conn, |c| quotes::table
        .filter(quotes::post_id.eq(post))
        .select(Quote::as_select())
        .first(c)
        .optional())?)
}

/// The quote that was asked for by the activity of this address.
pub fn find_by_request(conn: &mut Conn, uri: &str) -> Result<Option<Quote>> {
    Ok(quotes::table
        .filter(quotes::request_uri.eq(uri))
        .select(Quote::as_select())
        .first(conn)
        .optional()?)
}

/// The quote to which the stamp of this address consents.
pub fn find_by_stamp(conn: &mut Conn, uri: &str) -> Result<Option<Quote>> {
    Ok(quotes::table
        .filter(quotes::stamp_uri.eq(uri))
        .select(Quote::as_select())
        .first(conn)
        .optional()?)
}

/// Quotes of a post of this address that was not known here when they came, the oldest first.
pub fn list_unlinked(conn: &mut Conn, uri: &str, limit: i64) -> Result<Vec<Quote>> {
    Ok(quotes::table
        .filter(quotes::quoted_uri.eq(uri))
        .filter(quotes::quoted_id.is_null())
        .order(quotes::id.asc())
        .limit(limit)
        .select(Quote::as_select())
        .load(conn)?)
}

/// The quotes that several posts make.
pub fn list_of_posts(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<Quote>> {
    Ok(quotes::table
        .filter(among(conn, quotes::post_id, ids.iter().copied()))
        .select(Quote::as_select())
        .load(conn)?)
}

/// Posts of people of this node that quote a post with its author's consent, and who wrote them.
pub fn list_local_quoting(
    conn: &mut Conn,
    quoted: PostId,
    limit: i64,
) -> Result<Vec<(PostId, AccountId)>> {
    Ok(quotes::table
        .inner_join(posts::table.on(posts::id.eq(quotes::post_id)))
        .filter(quotes::quoted_id.eq(quoted))
        .filter(quotes::state.eq(QuoteState::Accepted))
        .filter(posts::local.eq(true).and(posts::deleted_at.is_null()))
        .order(quotes::id.asc())
        .limit(limit)
        .select((posts::id, posts::author_id))
        .load(conn)?)
}

/// Posts that quote a post with its author's consent and that the viewer may read, the last first, each with the id of
/// its quote; without those by whoever is shunned.
pub fn list_quoting(
    conn: &mut Conn,
    viewer: &Viewer,
    quoted: PostId,
    now: Time,
    page: &Page,
) -> Result<Vec<(i64, PostId)>> {
    let query = quotes::table
        .inner_join(posts::table.on(posts::id.eq(quotes::post_id)))
        .inner_join(accounts::table.on(accounts::id.eq(posts::author_id)))
        .filter(quotes::quoted_id.eq(quoted))
        .filter(quotes::state.eq(QuoteState::Accepted))
        .filter(visible_beside_author!(viewer))
        .select((quotes::id, posts::id))
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    let mut query = without_shunned!(query, viewer, now);
    if let Some(below) = page.below() {
        query = query.filter(quotes::id.lt(below));
    }
    if let Some(above) = page.above() {
        query = query.filter(quotes::id.gt(above));
    }
    let query = if page.upwards() {
        query.order(quotes::id.asc())
    } else {
        query.order(quotes::id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}

/// How often several posts are quoted, as far as all their readers may read what quotes them.
pub fn count_told(conn: &mut Conn, quoted: &[(PostId, Audience)]) -> Result<HashMap<PostId, i64>> {
    let ids: Vec<PostId> = quoted.iter().map(|row| row.0).collect();
    let rows: Vec<(Option<PostId>, Audience, i64)> = quotes::table
        .inner_join(posts::table.on(posts::id.eq(quotes::post_id)))
        .filter(among(conn, quotes::quoted_id, ids.iter().copied()))
        .filter(quotes::state.eq(QuoteState::Accepted))
        .filter(posts::deleted_at.is_null().and(posts::held.eq(false)))
        .group_by((quotes::quoted_id, posts::audience))
        .select((quotes::quoted_id, posts::audience, count_star()))
        .load(conn)?;
    let mut told = HashMap::new();
    for (id, audience) in quoted {
        let count = rows
            .iter()
            .filter(|row| row.0 == Some(*id) && covers(*audience, row.1))
            .map(|row| row.2)
            .sum::<i64>();
        if count > 0 {
            told.insert(*id, count);
        }
    }
    Ok(told)
}

/// Writes down what an author says about quotes of a post.
pub fn set_terms(conn: &mut Conn, post: PostId, terms: Terms) -> Result<()> {
    diesel::delete(quote_terms::table.find(post)).execute(conn)?;
    diesel::insert_into(quote_terms::table)
        .values((
            quote_terms::post_id.eq(post),
            quote_terms::automatic.eq(terms.automatic.words().join(",")),
            quote_terms::manual.eq(terms.manual.words().join(",")),
        ))
        .execute(conn)?;
    Ok(())
}

/// What the authors of several posts say about quotes, where they said something.
pub fn list_terms(conn: &mut Conn, ids: &[PostId]) -> Result<HashMap<PostId, Terms>> {
    let rows: Vec<(PostId, String, String)> = quote_terms::table
        .filter(among(conn, quote_terms::post_id, ids.iter().copied()))
        .select((
            quote_terms::post_id,
            quote_terms::automatic,
            quote_terms::manual,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(post, automatic, manual)| {
            let terms = Terms {
                automatic: Approvers::parse(&automatic),
                manual: Approvers::parse(&manual),
            };
            (post, terms)
        })
        .collect())
}

/// What the author of a post says about quotes of it. Whoever of this node said nothing has nothing against it; of
/// others that is not known, and silence is no consent.
pub fn terms_of(conn: &mut Conn, post: PostId, local: bool) -> Result<Terms> {
    Ok(list_terms(conn, &[post])?
        .remove(&post)
        .unwrap_or_else(|| unsaid(local)))
}

/// What holds where an author said nothing.
pub fn unsaid(local: bool) -> Terms {
    if local {
        Terms::of(crate::model::words::QuotePolicy::Public)
    } else {
        Terms::NOBODY
    }
}
