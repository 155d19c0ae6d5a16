//! Timelines: each gives ids and revisions only, by index; what is shown is loaded or taken from a cache by id.

use std::collections::HashMap;

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::dialect::among::among;
use super::dialect::{on_public_index, on_public_local_index};
use super::page::Page;
use super::schema::{account_limits, accounts, media, post_links, post_tags, posts, reactions};
use super::visible::{visible_beside_author, without_shunned};
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::time::Time;
use crate::model::viewer::Viewer;
use crate::model::words::{Kind, QuestionState, Reaction, Visibility};

/// One line of a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Its id in the timeline: the post's own, or that of the boost it came through.
    pub id: i64,
    /// The post.
    pub post: PostId,
    /// The post's revision.
    pub post_rev: i32,
    /// Who wrote it.
    pub author: AccountId,
    /// The author's revision.
    pub author_rev: i32,
    /// Who boosted it, or the community that announced it.
    pub via: Option<AccountId>,
}

/// Which posts by origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// From everywhere.
    #[default]
    All,
    /// Of this node.
    Local,
    /// Of other nodes.
    Remote,
}

type Row = (i64, PostId, i32, AccountId, i32);

fn entry(row: Row) -> Entry {
    Entry {
        id: row.0,
        post: row.1,
        post_rev: row.2,
        author: row.3,
        author_rev: row.4,
        via: None,
    }
}

macro_rules! paged {
    ($query:expr, $page:expr, $column:expr) => {{
        let mut query = $query;
        if let Some(below) = $page.below() {
            query = query.filter($column.lt(below));
        }
        if let Some(above) = $page.above() {
            query = query.filter($column.gt(above));
        }
        let query = query.limit($page.limit);
        if $page.upwards() {
            query.order($column.asc())
        } else {
            query.order($column.desc())
        }
    }};
}

/// Loads a page by the query itself, not by a boxed one: its text is the same for every page and never written again,
/// which on the hottest paths costs more than running it.
macro_rules! load_page {
    ($conn:expr, $query:expr, $page:expr, $column:expr, $row:ty) => {{
        let query = $query
            .filter($column.lt($page.below().unwrap_or(i64::MAX)))
            .filter($column.gt($page.above().unwrap_or(0)))
            .limit($page.limit);
        if $page.upwards() {
            query.order($column.asc()).load::<$row>($conn)
        } else {
            query.order($column.desc()).load::<$row>($conn)
        }
    }};
}

mod boosts;
mod home;
pub use home::{home, list};

/// Posts joined with their authors, readable for the viewer.
macro_rules! readable_lines {
    ($viewer:expr) => {
        posts::table
            .inner_join(accounts::table.on(accounts::id.eq(posts::author_id)))
            .filter(visible_beside_author!($viewer))
            .select((
                posts::id,
                posts::id,
                posts::rev,
                posts::author_id,
                accounts::rev,
            ))
    };
}

/// The same, as a query that can be narrowed.
macro_rules! readable {
    ($viewer:expr) => {
        readable_lines!($viewer).into_boxed::<MultiBackend>()
    };
}

mod search;
pub use search::{SearchQuery, search};

/// Leaves out authors whom moderators silenced.
macro_rules! without_silenced {
    ($query:expr) => {
        $query.filter(not(exists(
            account_limits::table
                .filter(account_limits::account_id.eq(posts::author_id))
                .filter(account_limits::silenced_at.is_not_null()),
        )))
    };
}

type IdRow = (PostId, PostId, i32, AccountId, i32);

fn entries(rows: Vec<IdRow>, page: &Page) -> Vec<Entry> {
    page.newest_first(
        rows.into_iter()
            .map(|row| entry((row.0.0, row.1, row.2, row.3, row.4)))
            .collect(),
    )
}

/// Public top-level posts.
pub fn public(
    conn: &mut Conn,
    viewer: &Viewer,
    origin: Origin,
    only_media: bool,
    now: Time,
    page: &Page,
) -> Result<Vec<Entry>> {
    let mut query = without_silenced!(without_shunned!(readable!(viewer), viewer, now));
    query = match origin {
        Origin::Local => query.filter(on_public_local_index()),
        Origin::All => query.filter(on_public_index()),
        Origin::Remote => query
            .filter(on_public_index())
            .filter(posts::local.eq(false)),
    };
    if only_media {
        query = query.filter(exists(
            media::table.filter(media::post_id.eq(posts::id.nullable())),
        ));
    }
    Ok(entries(paged!(query, page, posts::id).load(conn)?, page))
}

/// Which tags are wanted; words are folded by the caller.
#[derive(Debug, Clone, Default)]
pub struct TagQuery {
    /// At least one of these.
    pub any: Vec<String>,
    /// All of these.
    pub all: Vec<String>,
    /// None of these.
    pub none: Vec<String>,
    /// By origin.
    pub origin: Origin,
    /// Only posts with media.
    pub only_media: bool,
}

/// Public posts with tags, replies included.
pub fn tag(
    conn: &mut Conn,
    viewer: &Viewer,
    wanted: &TagQuery,
    now: Time,
    page: &Page,
) -> Result<Vec<Entry>> {
    let tagged = |words: Vec<String>| {
        post_tags::table
            .filter(post_tags::tag.eq_any(words))
            .select(post_tags::post_id)
    };
    let mut query = without_silenced!(without_shunned!(readable!(viewer), viewer, now))
        .filter(posts::visibility.eq(Visibility::Public))
        .filter(posts::id.eq_any(tagged(wanted.any.clone())));
    for word in &wanted.all {
        query = query.filter(posts::id.eq_any(tagged(vec![word.clone()])));
    }
    if !wanted.none.is_empty() {
        query = query.filter(posts::id.ne_all(tagged(wanted.none.clone())));
    }
    query = match wanted.origin {
        Origin::All => query,
        Origin::Local => query.filter(posts::local.eq(true)),
        Origin::Remote => query.filter(posts::local.eq(false)),
    };
    if wanted.only_media {
        query = query.filter(exists(
            media::table.filter(media::post_id.eq(posts::id.nullable())),
        ));
    }
    Ok(entries(paged!(query, page, posts::id).load(conn)?, page))
}

/// Public posts that hold a web address, given in its plain form; replies included.
pub fn link(
    conn: &mut Conn,
    viewer: &Viewer,
    url: &str,
    now: Time,
    page: &Page,
) -> Result<Vec<Entry>> {
    let holding = post_links::table
        .filter(post_links::url.eq(url.to_owned()))
        .select(post_links::post_id);
    let query = without_silenced!(without_shunned!(readable!(viewer), viewer, now))
        .filter(posts::visibility.eq(Visibility::Public))
        .filter(posts::id.eq_any(holding));
    Ok(entries(paged!(query, page, posts::id).load(conn)?, page))
}

/// Which of an actor's posts are wanted.
#[derive(Debug, Clone, Default)]
pub struct AccountQuery {
    /// Without replies to others.
    pub exclude_replies: bool,
    /// Without boosts.
    pub exclude_boosts: bool,
    /// Only posts with media.
    pub only_media: bool,
    /// Only those pinned to the profile.
    pub pinned: bool,
    /// Only with this tag, folded.
    pub tagged: Option<String>,
}

/// What an actor wrote and boosted. A community shows what it announced, as boosts.
pub fn account(
    conn: &mut Conn,
    viewer: &Viewer,
    who: AccountId,
    is_group: bool,
    wanted: &AccountQuery,
    page: &Page,
) -> Result<Vec<Entry>> {
    if is_group {
        return if wanted.pinned || wanted.exclude_boosts {
            Ok(Vec::new())
        } else {
            announced(conn, viewer, who, page)
        };
    }
    let mut query = readable!(viewer).filter(posts::author_id.eq(who));
    if wanted.exclude_replies {
        query = query.filter(
            posts::parent_id
                .is_null()
                .or(posts::parent_author_id.eq(who).assume_not_null()),
        );
    }
    if wanted.only_media {
        query = query.filter(exists(
            media::table.filter(media::post_id.eq(posts::id.nullable())),
        ));
    }
    if wanted.pinned {
        let pinned = reactions::table
            .filter(
                reactions::account_id
                    .eq(who)
                    .and(reactions::kind.eq(Reaction::Pin)),
            )
            .select(reactions::post_id);
        query = query.filter(posts::id.eq_any(pinned));
    }
    if let Some(tag) = &wanted.tagged {
        let tagged = post_tags::table
            .filter(post_tags::tag.eq(tag.clone()))
            .select(post_tags::post_id);
        query = query.filter(posts::id.eq_any(tagged));
    }
    let own = entries(paged!(query, page, posts::id).load(conn)?, page);
    if wanted.exclude_boosts || wanted.pinned || wanted.only_media || wanted.tagged.is_some() {
        return Ok(own);
    }
    let boosted = boosts::of_account(conn, viewer, who, page)?;
    Ok(merge(own, boosted, page))
}

/// What a community announced, newest first, each line with the id of its Announce.
fn announced(
    conn: &mut Conn,
    viewer: &Viewer,
    community: AccountId,
    page: &Page,
) -> Result<Vec<Entry>> {
    let query = posts::table
        .inner_join(accounts::table.on(accounts::id.eq(posts::author_id)))
        .filter(visible_beside_author!(viewer))
        .filter(
            posts::community_id
                .eq(community)
                .and(posts::parent_id.is_null()),
        )
        .filter(posts::announce_id.is_not_null())
        .select((
            posts::announce_id.assume_not_null(),
            posts::id,
            posts::rev,
            posts::author_id,
            accounts::rev,
        ))
        .into_boxed::<MultiBackend>();
    let rows: Vec<Row> = paged!(query, page, posts::announce_id).load(conn)?;
    Ok(page.newest_first(
        rows.into_iter()
            .map(|row| Entry {
                via: Some(community),
                ..entry(row)
            })
            .collect(),
    ))
}

/// Two lists in feed order as one, cut to the page.
fn merge(one: Vec<Entry>, other: Vec<Entry>, page: &Page) -> Vec<Entry> {
    let mut all: Vec<Entry> = one.into_iter().chain(other).collect();
    all.sort_by_key(|entry| std::cmp::Reverse(entry.id));
    let limit = usize::try_from(page.limit).unwrap_or_default();
    if page.upwards() && all.len() > limit {
        let surplus = all.len() - limit;
        all.drain(..surplus);
    }
    all.truncate(limit);
    all
}

/// Top-level posts of a community, by kind and, for questions, by state.
pub fn community(
    conn: &mut Conn,
    viewer: &Viewer,
    community: AccountId,
    kind: Option<Kind>,
    state: Option<QuestionState>,
    page: &Page,
) -> Result<Vec<Entry>> {
    let mut query = readable!(viewer).filter(
        posts::community_id
            .eq(community)
            .and(posts::parent_id.is_null()),
    );
    if let Some(kind) = kind {
        query = query.filter(posts::kind.eq(kind));
    }
    if let Some(state) = state {
        query = query.filter(posts::question_state.eq(state));
    }
    Ok(entries(paged!(query, page, posts::id).load(conn)?, page))
}

/// Lines for posts that are known by id (favourites, bookmarks, threads, notifications), in the order of the ids; those
/// that the viewer may not read are left out.
pub fn by_ids(conn: &mut Conn, viewer: &Viewer, ids: &[PostId]) -> Result<Vec<Entry>> {
    let wanted = among(conn, posts::id, ids.iter().copied());
    let query = readable_lines!(viewer).filter(wanted);
    let rows: Vec<IdRow> = on_backend!(conn, |c| query.load(c))?;
    let found: HashMap<PostId, Entry> = entries(rows, &Page::default())
        .into_iter()
        .map(|entry| (entry.post, entry))
        .collect();
    Ok(ids.iter().filter_map(|id| found.get(id).copied()).collect())
}

/// The readable posts of a whole thread, oldest first, each with what it replies to.
pub fn thread(
    conn: &mut Conn,
    viewer: &Viewer,
    root: PostId,
    now: Time,
    limit: i64,
) -> Result<Vec<(Entry, Option<PostId>)>> {
    let query = without_shunned!(readable!(viewer), viewer, now)
        .filter(posts::root_id.eq(root))
        .order(posts::id.asc())
        .limit(limit)
        .select((
            posts::id,
            posts::id,
            posts::rev,
            posts::author_id,
            accounts::rev,
            posts::parent_id,
        ));
    let rows: Vec<(PostId, PostId, i32, AccountId, i32, Option<PostId>)> = query.load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| (entry((row.0.0, row.1, row.2, row.3, row.4)), row.5))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: i64) -> Entry {
        Entry {
            id,
            post: PostId(id),
            post_rev: 0,
            author: AccountId(1),
            author_rev: 0,
            via: None,
        }
    }

    #[test]
    fn merging_keeps_the_page_that_was_asked_for() {
        let ids = |entries: Vec<Entry>| entries.into_iter().map(|e| e.id).collect::<Vec<_>>();
        let (one, other) = (vec![line(9), line(5)], vec![line(8), line(7)]);
        assert_eq!(
            ids(merge(one.clone(), other.clone(), &Page::first(3))),
            vec![9, 8, 7]
        );
        let upwards = Page {
            min_id: Some(4),
            ..Page::first(3)
        };
        assert_eq!(ids(merge(one, other, &upwards)), vec![8, 7, 5]);
    }
}
