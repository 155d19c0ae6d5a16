//! Reading posts: one, several, the thread around one, what it was before, who liked it.

use std::collections::HashMap;

use axum::extract::State;
use serde_json::{Value, json};

use super::accounts::Wanted;
use super::answer::Answer;
use super::entities::{self, Desk};
use super::error::ApiResult;
use super::extract::{Auth, Body, Id, MaybeAuth, Paging, scope};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::model::viewer::Viewer;
use crate::model::words::{AccountState, FollowState, Reaction, Visibility};
use crate::store::conn::Conn;
use crate::store::timelines::{self, Entry};
use crate::store::{accounts, follows, marks, posts};

/// Bounds of a thread for people and for visitors.
const THREAD: (i64, i64) = (4096, 100);

/// The line for an id: a post, a boost, or what a community announced.
///
/// # Errors
/// `NotFound` for what is not there or not for this viewer.
pub(super) fn line(conn: &mut Conn, viewer: &Viewer, id: i64) -> Result<Entry> {
    // Most ids are those of posts: nothing else is looked for before.
    let (found, via) = match visible(conn, viewer, PostId(id))? {
        Some(found) => (found, None),
        None => passed_on(conn, viewer, id)?,
    };
    if let Some(me) = viewer.account()
        && me != found.author
        && follows::blocks_between(conn, me, &[found.author])?
            .iter()
            .any(|block| block.target_id == me)
    {
        return Err(Error::NotFound);
    }
    Ok(Entry { id, via, ..found })
}

fn visible(conn: &mut Conn, viewer: &Viewer, post: PostId) -> Result<Option<Entry>> {
    Ok(timelines::by_ids(conn, viewer, &[post])?.pop())
}

/// The post behind the id of a boost or of a community's announcement, and who passed it on.
fn passed_on(conn: &mut Conn, viewer: &Viewer, id: i64) -> Result<(Entry, Option<AccountId>)> {
    let (post, via) = match marks::find_boost_by_id(conn, id)? {
        Some(boost) => {
            let closed = boost.visibility == Visibility::Private;
            let by = accounts::get(conn, boost.account_id)?.state;
            let shut_out = matches!(by, AccountState::Suspended | AccountState::Deleted);
            if shut_out || closed && !hears_of(conn, viewer, boost.account_id)? {
                return Err(Error::NotFound);
            }
            (boost.post_id, Some(boost.account_id))
        }
        None => {
            let post = posts::find_by_announce(conn, id)?.ok_or(Error::NotFound)?;
            (post.id, post.community_id)
        }
    };
    let found = visible(conn, viewer, post)?.ok_or(Error::NotFound)?;
    Ok((found, via))
}

/// Whether somebody sees what another boosts for followers only.
fn hears_of(conn: &mut Conn, viewer: &Viewer, by: AccountId) -> Result<bool> {
    let Some(me) = viewer.account() else {
        return Ok(false);
    };
    let follow = follows::find(conn, me, by)?;
    Ok(me == by || follow.is_some_and(|row| row.state == FollowState::Accepted))
}

/// `GET /api/v1/statuses/:id`
pub(super) async fn show(
    State(app): State<App>,
    me: MaybeAuth<scope::ReadStatuses>,
    Id(id): Id<i64>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let body = app.db.read(move |conn| {
        let line = line(conn, &desk.viewer, id)?;
        desk.status(conn, &line)
    });
    Ok(Answer::bytes(body.await?))
}

/// `GET /api/v1/statuses?id[]=`
pub(super) async fn batch(
    State(app): State<App>,
    me: MaybeAuth<scope::ReadStatuses>,
    Body(wanted): Body<Wanted>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let body = app.db.read(move |conn| {
        let mut lines = Vec::new();
        for id in wanted.ids(20) {
            match line(conn, &desk.viewer, id) {
                Ok(found) => lines.push(found),
                Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        desk.statuses(conn, &lines)
    });
    Ok(Answer::bytes(body.await?))
}

/// Splits a thread around one post: what leads to it, oldest first; what follows from it, each reply after its parent.
fn around(thread: &[(Entry, Option<PostId>)], post: PostId) -> (Vec<Entry>, Vec<Entry>) {
    let by_id: HashMap<PostId, &(Entry, Option<PostId>)> =
        thread.iter().map(|row| (row.0.post, row)).collect();
    let mut children: HashMap<PostId, Vec<Entry>> = HashMap::new();
    for (line, parent) in thread {
        if let Some(parent) = parent {
            children.entry(*parent).or_default().push(*line);
        }
    }
    let mut ancestors = Vec::new();
    let mut next = by_id.get(&post).and_then(|row| row.1);
    while let Some((line, parent)) = next.and_then(|id| by_id.get(&id).copied()) {
        ancestors.push(*line);
        next = *parent;
    }
    ancestors.reverse();
    let mut descendants = Vec::new();
    let mut open: Vec<Entry> = children.remove(&post).unwrap_or_default();
    open.reverse();
    while let Some(line) = open.pop() {
        descendants.push(line);
        open.extend(
            children
                .remove(&line.post)
                .unwrap_or_default()
                .into_iter()
                .rev(),
        );
    }
    (ancestors, descendants)
}

/// `GET /api/v1/statuses/:id/context`
pub(super) async fn context(
    State(app): State<App>,
    me: MaybeAuth<scope::ReadStatuses>,
    Id(id): Id<i64>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let body = app.db.read(move |conn| {
        let post = line(conn, &desk.viewer, id)?.post;
        let root = posts::get(conn, post)?.root_id;
        let limit = if desk.viewer.account().is_some() {
            THREAD.0
        } else {
            THREAD.1
        };
        let thread = timelines::thread(conn, &desk.viewer, root, desk.now(), limit)?;
        let (ancestors, descendants) = around(&thread, post);
        let mut out = b"{\"ancestors\":".to_vec();
        out.extend_from_slice(&desk.statuses(conn, &ancestors)?);
        out.extend_from_slice(b",\"descendants\":");
        out.extend_from_slice(&desk.statuses(conn, &descendants)?);
        out.push(b'}');
        Ok(out)
    });
    Ok(Answer::bytes(body.await?))
}

/// `GET /api/v1/statuses/:id/history`: every form, the first one first.
pub(super) async fn history(
    State(app): State<App>,
    me: MaybeAuth<scope::ReadStatuses>,
    Id(id): Id<i64>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let edits = app.db.read(move |conn| {
        let post = line(conn, &desk.viewer, id)?.post;
        let post = posts::get(conn, post)?;
        entities::edit::history(&desk, conn, &post)
    });
    Ok(Answer::json(&edits.await?)?)
}

/// `GET /api/v1/statuses/:id/source`
pub(super) async fn source(
    State(app): State<App>,
    me: Auth<scope::ReadStatuses>,
    Id(id): Id<i64>,
) -> ApiResult {
    let post = app
        .db
        .read(move |conn| {
            let post = line(conn, &me.viewer, id)?.post;
            posts::get_visible(conn, &me.viewer, post)
        })
        .await?;
    let fields: Value = serde_json::from_str(&post.fields).unwrap_or_else(|_| json!({}));
    Ok(Answer::json(&json!({
        "id": id.to_string(),
        "text": post.source,
        "spoiler_text": post.spoiler,
        "content_type": "text/markdown",
        "cordee": { "title": post.title, "fields": fields },
    }))?)
}

/// Accounts by the rows of a list, and the cursors.
type People = (Vec<u8>, Vec<i64>);

/// `GET /api/v1/statuses/:id/favourited_by`
pub(super) async fn favourited_by(
    State(app): State<App>,
    me: MaybeAuth<scope::ReadStatuses>,
    Id(id): Id<i64>,
    paging: Paging,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let page = paging.page(40, 80);
    let read = app.db.read(move |conn| -> Result<People> {
        let post = line(conn, &desk.viewer, id)?.post;
        let rows = marks::list_by_post(conn, post, Reaction::Favourite, &page)?;
        let people: Vec<AccountId> = rows.iter().map(|row| row.account_id).collect();
        Ok((
            desk.accounts(conn, &people)?,
            rows.iter().map(|row| row.id).collect(),
        ))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

/// `GET /api/v1/statuses/:id/reblogged_by`
pub(super) async fn reblogged_by(
    State(app): State<App>,
    me: MaybeAuth<scope::ReadStatuses>,
    Id(id): Id<i64>,
    paging: Paging,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let page = paging.page(40, 80);
    let read = app.db.read(move |conn| -> Result<People> {
        let post = line(conn, &desk.viewer, id)?.post;
        let rows = marks::list_boosts_of(conn, post, true, &page)?;
        let people: Vec<AccountId> = rows.iter().map(|row| row.account_id).collect();
        Ok((
            desk.accounts(conn, &people)?,
            rows.iter().map(|row| row.id).collect(),
        ))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, parent: Option<i64>) -> (Entry, Option<PostId>) {
        let line = Entry {
            id,
            post: PostId(id),
            post_rev: 0,
            author: AccountId(1),
            author_rev: 0,
            via: None,
        };
        (line, parent.map(PostId))
    }

    #[test]
    fn a_thread_is_split_with_parents_before_children() {
        let thread = [
            row(1, None),
            row(2, Some(1)),
            row(3, Some(1)),
            row(4, Some(2)),
            row(5, Some(3)),
            row(6, Some(2)),
        ];
        let ids = |lines: Vec<Entry>| lines.iter().map(|line| line.id).collect::<Vec<_>>();
        let (ancestors, descendants) = around(&thread, PostId(1));
        assert_eq!(
            (ids(ancestors), ids(descendants)),
            (vec![], vec![2, 4, 6, 3, 5])
        );
        let (ancestors, descendants) = around(&thread, PostId(4));
        assert_eq!((ids(ancestors), ids(descendants)), (vec![1, 2], vec![]));
    }

    #[test]
    fn a_hole_in_a_thread_ends_the_way_up() {
        let thread = [row(1, None), row(3, Some(2)), row(4, Some(3))];
        let ids = |lines: Vec<Entry>| lines.iter().map(|line| line.id).collect::<Vec<_>>();
        let (ancestors, _) = around(&thread, PostId(4));
        assert_eq!(ids(ancestors), vec![3]);
    }
}
