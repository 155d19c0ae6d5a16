//! Quotes of a post: reading them, taking consent back, saying who may quote.

use axum::extract::State;
use serde::Deserialize;

use super::answer::Answer;
use super::entities::Desk;
use super::error::ApiResult;
use super::extract::{Auth, Body, Id, Ids, MaybeAuth, Paging, scope};
use super::status_reads::line;
use super::statuses::show;
use super::words::word;
use crate::actions::quotes as actions;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::PostId;
use crate::model::refusal::Refusal;
use crate::store::{posts, quotes, timelines};

/// `GET /api/v1/statuses/:id/quotes`: those with consent that the reader may read.
pub(super) async fn list(
    State(app): State<App>,
    me: MaybeAuth<scope::ReadStatuses>,
    Id(id): Id<i64>,
    paging: Paging,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let page = paging.page(20, 40);
    let read = app.db.read(move |conn| -> Result<(Vec<u8>, Vec<i64>)> {
        let post = line(conn, &desk.viewer, id)?.post;
        let rows = quotes::list_quoting(conn, &desk.viewer, post, desk.now(), &page)?;
        let ids: Vec<PostId> = rows.iter().map(|row| row.1).collect();
        let lines = timelines::by_ids(conn, &desk.viewer, &ids)?;
        let cursors = rows.iter().map(|row| row.0).collect();
        Ok((desk.statuses(conn, &lines)?, cursors))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

/// `POST /api/v1/statuses/:id/quotes/:qid/revoke`: the post of the first id is one's own, that of the second quotes it.
/// Answers the post that quoted.
pub(super) async fn revoke(
    State(app): State<App>,
    me: Auth<scope::WriteStatuses>,
    Ids(id, quoting): Ids<i64, i64>,
) -> ApiResult {
    let (account, viewer) = (me.account, me.viewer);
    let write = app.db.write(move |tx| {
        let quoted = line(tx, &viewer, id)?.post;
        let quoting = line(tx, &viewer, quoting)?.post;
        actions::revoke(tx, account, quoted, quoting)
    });
    let post = write.await?;
    let desk = Desk::new(&app, me.viewer);
    Ok(Answer::bytes(
        app.db.read(move |conn| show(&desk, conn, post.id)).await?,
    ))
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Policy {
    quote_approval_policy: Option<String>,
}

/// `PUT /api/v1/statuses/:id/interaction_policy`
pub(super) async fn set_policy(
    State(app): State<App>,
    me: Auth<scope::WriteStatuses>,
    Id(id): Id<PostId>,
    Body(form): Body<Policy>,
) -> ApiResult {
    let (account, viewer) = (me.account, me.viewer);
    let policy = word(
        "quote_approval_policy",
        form.quote_approval_policy.as_deref(),
    )?
    .ok_or_else(|| Error::invalid("quote_approval_policy", Refusal::Blank))?;
    let write = app.db.write(move |tx| {
        posts::get_visible(tx, &viewer, id)?;
        actions::set_policy(tx, account, id, policy)
    });
    write.await?;
    let desk = Desk::new(&app, me.viewer);
    Ok(Answer::bytes(
        app.db.read(move |conn| show(&desk, conn, id)).await?,
    ))
}
