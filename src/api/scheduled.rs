//! Posts that wait for their time.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Answer;
use super::entities::{Desk, media as media_entity};
use super::error::ApiResult;
use super::extract::{Auth, Body, Id, Paging, scope};
use crate::actions::schedule_post::{cancel_post, draft_of, reschedule_post};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::refusal::Refusal;
use crate::model::time::{Time, parse_moment, rfc3339_ms};
use crate::model::words::Visibility;
use crate::store::conn::Conn;
use crate::store::media;
use crate::store::scheduled::{self, Scheduled};

/// The moment of a parameter.
///
/// # Errors
/// `Invalid` for `scheduled_at`.
pub(super) fn moment(text: &str) -> Result<Time> {
    parse_moment(text).ok_or_else(|| Error::invalid("scheduled_at", Refusal::Malformed))
}

/// Mastodon `ScheduledStatus`.
fn entity(base: &str, conn: &mut Conn, row: &Scheduled) -> Result<Value> {
    let new = draft_of(row)?;
    let mut attachments = Vec::new();
    for id in &new.media {
        if let Some(found) = media::find(conn, *id)? {
            attachments.push(media_entity::entity(base, &found));
        }
    }
    let ids: Vec<String> = new.media.iter().map(ToString::to_string).collect();
    let poll = new.poll.as_ref().map(|poll| {
        json!({
            "options": poll.options,
            "expires_in": poll.expires_in,
            "multiple": poll.multiple,
            "hide_totals": poll.hide_totals,
        })
    });
    Ok(json!({
        "id": row.id.to_string(),
        "scheduled_at": rfc3339_ms(row.scheduled_at),
        "params": {
            "text": new.source,
            "poll": poll,
            "media_ids": Some(ids).filter(|ids| !ids.is_empty()),
            "sensitive": new.sensitive,
            "spoiler_text": Some(new.spoiler).filter(|text| !text.is_empty()),
            "visibility": new.visibility.map(Visibility::as_str),
            "language": new.language,
            "scheduled_at": null,
            "idempotency": null,
            "with_rate_limit": false,
            "in_reply_to_id": new.parent.map(|id| id.to_string()),
            "application_id": new.app_id,
        },
        "media_attachments": attachments,
    }))
}

/// One planned post as an answer.
pub(super) async fn answer(app: &App, row: Scheduled) -> ApiResult {
    let base = app.db.node().base_url.clone();
    let shown = app.db.read(move |conn| entity(&base, conn, &row)).await?;
    Ok(Answer::json(&shown)?)
}

/// `GET /api/v1/scheduled_statuses`
pub(super) async fn list(
    State(app): State<App>,
    me: Auth<scope::ReadStatuses>,
    paging: Paging,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let page = paging.page(20, 40);
    let read = app.db.read(move |conn| {
        let rows = scheduled::list(conn, me.account, &page)?;
        let cursors: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let shown = rows
            .iter()
            .map(|row| entity(desk.base(), conn, row))
            .collect::<Result<Vec<Value>>>()?;
        Ok((serde_json::to_vec(&shown)?, cursors))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

/// `GET /api/v1/scheduled_statuses/:id`
pub(super) async fn show(
    State(app): State<App>,
    me: Auth<scope::ReadStatuses>,
    Id(id): Id<i64>,
) -> ApiResult {
    let account = me.account;
    let found = app
        .db
        .read(move |conn| scheduled::find_own(conn, account, id)?.ok_or(Error::NotFound));
    answer(&app, found.await?).await
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Form {
    scheduled_at: String,
}

/// `PUT /api/v1/scheduled_statuses/:id`: moves it.
pub(super) async fn update(
    State(app): State<App>,
    me: Auth<scope::WriteStatuses>,
    Id(id): Id<i64>,
    Body(form): Body<Form>,
) -> ApiResult {
    let account = me.account;
    let moved = app.db.write(move |tx| {
        scheduled::find_own(tx, account, id)?.ok_or(Error::NotFound)?;
        let at = moment(&form.scheduled_at)?;
        reschedule_post(tx, account, id, at)
    });
    answer(&app, moved.await?).await
}

/// `DELETE /api/v1/scheduled_statuses/:id`
pub(super) async fn delete(
    State(app): State<App>,
    me: Auth<scope::WriteStatuses>,
    Id(id): Id<i64>,
) -> ApiResult {
    let account = me.account;
    app.db.write(move |tx| cancel_post(tx, account, id)).await?;
    Ok(Answer::empty())
}
