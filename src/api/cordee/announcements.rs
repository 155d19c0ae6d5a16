//! What the node announces, for admins: writing it, changing it, taking it back.

use axum::extract::State;
use serde_json::{Value, json};

use crate::actions::announcements::{Wording, announce, remove, reword};
use crate::api::answer::Answer;
use crate::api::error::ApiResult;
use crate::api::extract::{Auth, Id, Sent, scope};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::refusal::Refusal;
use crate::model::time::{Time, rfc3339_ms};
use crate::model::words::Role;
use crate::params::Params;
use crate::store::announcements::{self, Announcement};

fn entity(row: &Announcement) -> Value {
    json!({
        "id": row.id.to_string(),
        "text": row.source,
        "starts_at": row.starts_at.map(rfc3339_ms),
        "ends_at": row.ends_at.map(rfc3339_ms),
        "all_day": row.all_day,
        "published_at": rfc3339_ms(row.created_at),
        "updated_at": rfc3339_ms(row.updated_at),
    })
}

/// A moment; none where it is empty.
fn moment(params: &Params, field: &'static str) -> Result<Option<Time>> {
    let text = params.text(field).map(str::trim).unwrap_or_default();
    if text.is_empty() {
        return Ok(None);
    }
    let moment = chrono::DateTime::parse_from_rfc3339(text)
        .map_err(|_why| Error::invalid(field, Refusal::Malformed))?;
    Ok(Some(moment.naive_utc()))
}

fn wording(params: &Params) -> Result<Wording> {
    #[derive(serde::Deserialize, Default)]
    #[serde(default)]
    struct Form {
        text: Option<String>,
        all_day: Option<bool>,
    }
    let form: Form = params.get()?;
    let (starts_at, ends_at) = (moment(params, "starts_at")?, moment(params, "ends_at")?);
    Ok(Wording {
        text: form.text,
        starts_at: params.has("starts_at").then_some(starts_at),
        ends_at: params.has("ends_at").then_some(ends_at),
        all_day: form.all_day,
    })
}

/// `GET /api/cordee/v1/admin/announcements`: all, those whose time is over included.
pub(crate) async fn list(State(app): State<App>, me: Auth<scope::AdminRead>) -> ApiResult {
    me.at_least(Role::Admin)?;
    let rows = app.db.read(announcements::list).await?;
    Ok(Answer::json(&rows.iter().map(entity).collect::<Vec<_>>())?)
}

/// `POST /api/cordee/v1/admin/announcements`
pub(crate) async fn create(
    State(app): State<App>,
    me: Auth<scope::AdminWrite>,
    Sent(params): Sent,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let wording = wording(&params)?;
    let made = app.db.write(move |tx| announce(tx, me.account, wording));
    Ok(Answer::json(&entity(&made.await?))?)
}

/// `PATCH /api/cordee/v1/admin/announcements/:id`: what is not sent stays as it is.
pub(crate) async fn update(
    State(app): State<App>,
    me: Auth<scope::AdminWrite>,
    Id(id): Id<i64>,
    Sent(params): Sent,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let wording = wording(&params)?;
    let changed = app.db.write(move |tx| reword(tx, me.account, id, wording));
    Ok(Answer::json(&entity(&changed.await?))?)
}

/// `DELETE /api/cordee/v1/admin/announcements/:id`
pub(crate) async fn delete(
    State(app): State<App>,
    me: Auth<scope::AdminWrite>,
    Id(id): Id<i64>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    app.db.write(move |tx| remove(tx, me.account, id)).await?;
    Ok(Answer::empty())
}
