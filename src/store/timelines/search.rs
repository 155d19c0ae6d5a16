//! Full-text search, over the words that each database keeps in its own way.

use diesel::prelude::*;

use super::{Entry, IdRow, entries};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::time::Time;
use crate::model::viewer::Viewer;
use crate::model::words::{Kind, QuestionState};
use crate::store::conn::{Conn, MultiBackend};
use crate::store::dialect::search;
use crate::store::page::Page;
use crate::store::schema::{accounts, posts};
use crate::store::visible::{visible_beside_author, without_shunned};

/// What is searched for.
#[derive(Debug, Clone, Default)]
pub struct SearchQuery {
    /// Words; all must occur.
    pub q: String,
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// Only in this community.
    pub community: Option<AccountId>,
    /// Only questions in this state.
    pub state: Option<QuestionState>,
    /// Only in this language.
    pub language: Option<String>,
    /// Only by this author.
    pub author: Option<AccountId>,
    /// Only written since.
    pub since: Option<Time>,
    /// Rows to leave out at the beginning.
    pub offset: i64,
}

/// Full-text search over everything that the viewer may read, newest first.
pub fn search(
    conn: &mut Conn,
    viewer: &Viewer,
    wanted: &SearchQuery,
    now: Time,
    page: &Page,
) -> Result<Vec<Entry>> {
    let Some(matching) = search::matching(conn, &wanted.q) else {
        return Ok(Vec::new());
    };
    let mut query = without_shunned!(readable!(viewer), viewer, now)
        .filter(matching)
        .offset(wanted.offset);
    if let Some(kind) = wanted.kind {
        query = query.filter(posts::kind.eq(kind));
    }
    if let Some(community) = wanted.community {
        query = query.filter(posts::community_id.eq(community));
    }
    if let Some(state) = wanted.state {
        query = query.filter(posts::question_state.eq(state));
    }
    if let Some(language) = &wanted.language {
        query = query.filter(posts::language.eq(language.clone()));
    }
    if let Some(author) = wanted.author {
        query = query.filter(posts::author_id.eq(author));
    }
    if let Some(since) = wanted.since {
        query = query.filter(posts::created_at.ge(since));
    }
    let rows: Vec<IdRow> = paged!(query, page, posts::id).load(conn)?;
    Ok(entries(rows, page))
}
