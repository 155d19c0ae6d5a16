//! The node about itself.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use chrono::{Datelike, TimeDelta};
use serde_json::{Value, json};

use super::answer::Answer;
use super::entities::Desk;
use super::entities::instance::{Figures, v1, v2};
use super::error::ApiResult;
use super::extract::{Auth, scope};
use super::languages;
use crate::app::App;
use crate::error::Result;
use crate::i18n::{self, Lang};
use crate::model::text::html::escape;
use crate::model::time::rfc3339_ms;
use crate::model::viewer::Viewer;
use crate::store::{census, users};

async fn figures(app: &App) -> ApiResult<Figures> {
    let vapid = app.vapid_key().await?.public.clone();
    let desk = Desk::new(app, Viewer::Anonymous);
    let figures = app
        .db
        .read(move |conn| {
            let counted = census::take(conn, desk.now())?;
            let contact = match users::find_contact(conn)? {
                Some(id) => serde_json::from_slice(&desk.account(conn, id)?)?,
                None => Value::Null,
            };
            Ok(Figures {
                users: counted.people,
                active: counted.active_month,
                posts: counted.posts + counted.replies,
                nodes: census::known_nodes(conn)?,
                vapid,
                contact,
            })
        })
        .await?;
    Ok(figures)
}

pub(super) async fn version_2(State(app): State<App>) -> ApiResult {
    Ok(Answer::json(&v2(&app.config, &figures(&app).await?))?)
}

pub(super) async fn version_1(State(app): State<App>) -> ApiResult {
    Ok(Answer::json(&v1(&app.config, &figures(&app).await?))?)
}

/// No rules beyond those of the firm: they are not kept here yet.
pub(super) async fn rules() -> Answer {
    Answer::none()
}

pub(super) async fn extended_description(State(app): State<App>) -> ApiResult {
    let content = "<p>Cordée: learning communities at work.</p>";
    let now = rfc3339_ms(app.db.now());
    Ok(Answer::json(
        &json!({ "updated_at": now, "content": content }),
    )?)
}

/// `GET /api/v1/instance/privacy_policy`: what the page says, as HTML.
pub(super) async fn privacy_policy(State(app): State<App>, headers: HeaderMap) -> ApiResult {
    let accept = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let first = app.config.node.languages.first().map_or("en", |tag| tag);
    let lang = Lang::negotiate(accept, None, first);
    let say = |id: &str| escape(&i18n::text(lang, id, &[]));
    let mut content = format!("<p>{}</p>", say("privacy-lead"));
    for (heading, text) in i18n::PRIVACY {
        content += &format!("<h2>{}</h2><p>{}</p>", say(heading), say(text));
    }
    let changed = i18n::PRIVACY_CHANGED;
    Ok(Answer::json(
        &json!({ "updated_at": changed, "content": content }),
    )?)
}

/// Weeks that the figures of activity go back, the present one included.
const WEEKS: i64 = 12;

/// `GET /api/v1/instance/activity`: by week, the present one first; all figures are texts.
pub(super) async fn activity(State(app): State<App>) -> ApiResult {
    let today = app.db.now().date();
    let monday = today - TimeDelta::days(i64::from(today.weekday().num_days_from_monday()));
    let found = app.db.read(move |conn| {
        (0..WEEKS)
            .map(|back| {
                let start = (monday - TimeDelta::weeks(back)).and_time(chrono::NaiveTime::MIN);
                let week = census::week(conn, start)?;
                Ok(json!({
                    "week": start.and_utc().timestamp().to_string(),
                    "statuses": week.posts.to_string(),
                    "logins": week.logins.to_string(),
                    "registrations": week.registrations.to_string(),
                }))
            })
            .collect::<Result<Vec<Value>>>()
    });
    Ok(Answer::json(&found.await?)?)
}

/// `GET /api/v1/instance/languages`: what posts can be written in.
pub(super) async fn languages() -> ApiResult {
    let all: Vec<Value> = languages::ALL
        .iter()
        .map(|(code, name)| json!({ "code": code, "name": name }))
        .collect();
    Ok(Answer::json(&all)?)
}

/// `GET /api/v1/preferences`
pub(super) async fn preferences(
    State(app): State<App>,
    me: Auth<scope::ReadAccounts>,
) -> ApiResult {
    let user = app
        .db
        .read(move |conn| users::get(conn, me.account))
        .await?;
    Ok(Answer::json(&json!({
        "posting:default:visibility": user.default_visibility.as_str(),
        "posting:default:sensitive": user.default_sensitive,
        "posting:default:language": user.default_language,
        "posting:default:quote_policy": user.default_quote_policy.as_str(),
        "reading:expand:media": "default",
        "reading:expand:spoilers": false,
        "reading:autoplay:gifs": false,
    }))?)
}

/// Lists that have nothing in them, for anybody.
pub(super) async fn nothing() -> Answer {
    Answer::none()
}

/// Objects that have nothing in them, for anybody.
pub(super) async fn empty() -> Answer {
    Answer::empty()
}

/// Lists that have nothing in them, for signed-in people.
pub(super) async fn nothing_for_people(_: Auth<scope::Read>) -> Answer {
    Answer::none()
}
