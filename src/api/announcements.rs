//! What the node announces: reading it, reacting to it.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Answer;
use super::error::ApiResult;
use super::extract::{Auth, Body, Id, IdName, scope};
use crate::actions::announcements as actions;
use crate::app::App;
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::text::html;
use crate::model::time::rfc3339_ms;
use crate::store::announcements::{self, Announcement};
use crate::store::conn::Conn;

/// Mastodon `Announcement` for one person.
pub(super) fn entity(conn: &mut Conn, me: AccountId, row: &Announcement) -> Result<Value> {
    let own = announcements::list_own_reactions(conn, row.id, me)?;
    let reactions: Vec<Value> = announcements::list_reactions(conn, row.id)?
        .into_iter()
        .map(|(name, count)| {
            let mine = own.contains(&name);
            json!({ "name": name, "count": count, "me": mine })
        })
        .collect();
    let read = announcements::list_read(conn, me)?.contains(&row.id);
    Ok(json!({
        "id": row.id.to_string(),
        "content": html::for_clients(&row.html),
        "starts_at": row.starts_at.map(rfc3339_ms),
        "ends_at": row.ends_at.map(rfc3339_ms),
        "all_day": row.all_day,
        "published": true,
        "published_at": rfc3339_ms(row.created_at),
        "updated_at": rfc3339_ms(row.updated_at),
        "read": read,
        "mentions": [],
        "statuses": [],
        "tags": [],
        "emojis": [],
        "reactions": reactions,
    }))
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    with_dismissed: Option<bool>,
}

/// `GET /api/v1/announcements`: those that one has not read yet, or all.
pub(super) async fn list(
    State(app): State<App>,
    me: Auth<scope::Read>,
    Body(wanted): Body<Wanted>,
) -> ApiResult {
    let now = app.db.now();
    let found = app.db.read(move |conn| {
        let all = wanted.with_dismissed.unwrap_or(false);
        let read = announcements::list_read(conn, me.account)?;
        announcements::list_current(conn, now)?
            .iter()
            .filter(|row| all || !read.contains(&row.id))
            .map(|row| entity(conn, me.account, row))
            .collect::<Result<Vec<Value>>>()
    });
    Ok(Answer::json(&found.await?)?)
}

/// `POST /api/v1/announcements/:id/dismiss`
pub(super) async fn dismiss(
    State(app): State<App>,
    me: Auth<scope::WriteAccounts>,
    Id(id): Id<i64>,
) -> ApiResult {
    app.db
        .write(move |tx| actions::dismiss(tx, me.account, id))
        .await?;
    Ok(Answer::empty())
}

/// `PUT /api/v1/announcements/:id/reactions/:name`
pub(super) async fn react(
    State(app): State<App>,
    me: Auth<scope::WriteFavourites>,
    IdName(id, name): IdName<i64>,
) -> ApiResult {
    app.db
        .write(move |tx| actions::react(tx, me.account, id, &name))
        .await?;
    Ok(Answer::empty())
}

/// `DELETE /api/v1/announcements/:id/reactions/:name`
pub(super) async fn unreact(
    State(app): State<App>,
    me: Auth<scope::WriteFavourites>,
    IdName(id, name): IdName<i64>,
) -> ApiResult {
    app.db
        .write(move |tx| actions::unreact(tx, me.account, id, &name))
        .await?;
    Ok(Answer::empty())
}
