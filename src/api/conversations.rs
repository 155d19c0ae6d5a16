//! Conversations: direct posts by thread.

use std::collections::HashMap;

use axum::extract::State;

use super::answer::Answer;
use super::entities::{Desk, sheet};
use super::error::ApiResult;
use super::extract::{Auth, Id, Paging, scope};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::store::conn::Conn;
use crate::store::conversations::{self, Conversation};
use crate::store::{posts, timelines};

/// Mastodon `Conversation`s, as a list.
pub(super) fn entities(
    desk: &Desk,
    conn: &mut Conn,
    rows: &[Conversation],
) -> Result<Vec<Vec<u8>>> {
    let ids: Vec<PostId> = rows.iter().map(|row| row.last_post_id).collect();
    let lines = timelines::by_ids(conn, &desk.viewer, &ids)?;
    let mut people: HashMap<PostId, Vec<AccountId>> = HashMap::new();
    for line in &lines {
        people.entry(line.post).or_default().push(line.author);
    }
    // Who is in it is told to those who may read it, and to nobody who no longer may.
    let readable: Vec<PostId> = lines.iter().map(|line| line.post).collect();
    for (post, account) in posts::list_mentions(conn, &readable)? {
        let all = people.entry(post).or_default();
        if !all.contains(&account) {
            all.push(account);
        }
    }
    for (post, all) in &mut people {
        // Whoever writes to nobody else talks to themselves.
        let me = rows.iter().find(|row| row.last_post_id == *post);
        if let Some(me) = me.map(|row| row.account_id).filter(|_| all.len() > 1) {
            all.retain(|one| *one != me);
        }
    }
    let everybody: Vec<AccountId> = people.values().flatten().copied().collect();
    let sheet = desk.sheet(conn, &lines, &everybody)?;
    let one = |row: &Conversation| {
        let head = format!("{{\"id\":\"{}\",\"unread\":{}", row.id, row.unread);
        let mut out = head.into_bytes();
        out.extend_from_slice(b",\"accounts\":");
        let with = people.get(&row.last_post_id).map_or(&[][..], Vec::as_slice);
        out.extend_from_slice(&sheet::list(with, 1200, |out, id| sheet.account(out, *id)));
        out.extend_from_slice(b",\"last_status\":");
        let before = out.len();
        let line = lines.iter().find(|line| line.post == row.last_post_id);
        if !line.is_some_and(|line| sheet.status(&mut out, line)) {
            out.truncate(before);
            out.extend_from_slice(b"null");
        }
        out.push(b'}');
        out
    };
    Ok(rows.iter().map(one).collect())
}

/// `GET /api/v1/conversations`
pub(super) async fn list(
    State(app): State<App>,
    me: Auth<scope::ReadStatuses>,
    paging: Paging,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let page = paging.page(20, 40);
    let read = app.db.read(move |conn| {
        let rows = conversations::list(conn, me.account, desk.now(), &page)?;
        let cursors: Vec<i64> = rows.iter().map(|row| row.last_post_id.0).collect();
        let written = entities(&desk, conn, &rows)?;
        let body = sheet::list(&written, 4000, |out, one| {
            out.extend_from_slice(one);
            true
        });
        Ok((body, cursors))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

async fn mark(app: App, me: Auth<scope::WriteConversations>, id: i64, unread: bool) -> ApiResult {
    let account = me.account;
    let marked = app.db.write(move |tx| {
        let row = conversations::find(tx, account, id)?.ok_or(Error::NotFound)?;
        conversations::set_unread(tx, id, unread)?;
        Ok(Conversation { unread, ..row })
    });
    let row = marked.await?;
    let desk = Desk::new(&app, me.viewer);
    let body = app
        .db
        .read(move |conn| entities(&desk, conn, &[row])?.pop().ok_or(Error::NotFound));
    Ok(Answer::bytes(body.await?))
}

/// `POST /api/v1/conversations/:id/read`
pub(super) async fn read(
    State(app): State<App>,
    me: Auth<scope::WriteConversations>,
    Id(id): Id<i64>,
) -> ApiResult {
    mark(app, me, id, false).await
}

/// `POST /api/v1/conversations/:id/unread`
pub(super) async fn unread(
    State(app): State<App>,
    me: Auth<scope::WriteConversations>,
    Id(id): Id<i64>,
) -> ApiResult {
    mark(app, me, id, true).await
}

/// `DELETE /api/v1/conversations/:id`: for oneself; it comes back with the next post.
pub(super) async fn delete(
    State(app): State<App>,
    me: Auth<scope::WriteConversations>,
    Id(id): Id<i64>,
) -> ApiResult {
    let account = me.account;
    let gone = app.db.write(move |tx| {
        conversations::find(tx, account, id)?.ok_or(Error::NotFound)?;
        conversations::delete(tx, id)
    });
    gone.await?;
    Ok(Answer::empty())
}
