//! The node about itself.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use chrono::{Datelike, NaiveDate, TimeDelta};
use serde_json::{Value, json};

use super::answer::Answer;
use super::entities::Desk;
use super::entities::instance::{Figures, rule, v1, v2};
use super::error::ApiResult;
use super::extract::{Auth, scope};
use super::languages;
use crate::app::App;
use crate::error::{Error, Result};
use crate::i18n::{self, Lang};
use crate::model::text::html::escape;
use crate::model::time::rfc3339_ms;
use crate::model::viewer::Viewer;
use crate::model::words::NodeTextKind;
use crate::store::conn::Conn;
use crate::store::node_texts::{self, NodeText};
use crate::store::{census, rules, users};

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
                rules: numbered(conn)?,
                terms: node_texts::find(conn, NodeTextKind::Terms, desk.now().date())?.is_some(),
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

fn numbered(conn: &mut Conn) -> Result<Vec<Value>> {
    rules::list(conn)?.iter().map(rule).collect()
}

/// `GET /api/v1/instance/rules`
pub(super) async fn list_rules(State(app): State<App>) -> ApiResult {
    Ok(Answer::json(&app.db.read(numbered).await?)?)
}

/// The text that an admin wrote, where it holds today.
async fn text_of(app: &App, kind: NodeTextKind) -> ApiResult<Option<NodeText>> {
    let today = app.db.now().date();
    let read = move |conn: &mut Conn| node_texts::find(conn, kind, today);
    Ok(app.db.read(read).await?)
}

fn document(text: Option<&NodeText>, own: &str) -> ApiResult {
    let (at, content) = match text {
        Some(text) => (rfc3339_ms(text.created_at), text.html.as_str()),
        None => (i18n::PRIVACY_CHANGED.to_owned(), own),
    };
    Ok(Answer::json(
        &json!({ "updated_at": at, "content": content }),
    )?)
}

/// `GET /api/v1/instance/extended_description`
pub(super) async fn extended_description(State(app): State<App>) -> ApiResult {
    let text = text_of(&app, NodeTextKind::About).await?;
    document(
        text.as_ref(),
        "<p>Cordée: learning communities at work.</p>",
    )
}

/// `GET /api/v1/instance/privacy_policy`: what an admin wrote, else what the page says.
pub(super) async fn privacy_policy(State(app): State<App>, headers: HeaderMap) -> ApiResult {
    let text = text_of(&app, NodeTextKind::Privacy).await?;
    let accept = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let first = app.config.node.languages.first().map_or("en", |tag| tag);
    let lang = Lang::negotiate(accept, None, first);
    let say = |id: &str| escape(&i18n::text(lang, id, &[]));
    let mut own = format!("<p>{}</p>", say("privacy-lead"));
    for (heading, words) in i18n::PRIVACY {
        own += &format!("<h2>{}</h2><p>{}</p>", say(heading), say(words));
    }
    document(text.as_ref(), &own)
}

/// A version of the terms, and when the next one takes its place.
fn terms_entity(text: &NodeText, next: Option<NodeText>, today: NaiveDate) -> ApiResult {
    let effective = text.effective_on <= today;
    Ok(Answer::json(&json!({
        "effective_date": text.effective_on.to_string(),
        "effective": effective,
        "content": text.html,
        "succeeded_by": next.map(|next| next.effective_on.to_string()),
    }))?)
}

async fn terms(app: &App, on: Option<NaiveDate>) -> ApiResult {
    let today = app.db.now().date();
    let found = app
        .db
        .read(move |conn| {
            let text = match on {
                Some(day) => node_texts::find_of(conn, NodeTextKind::Terms, day)?,
                None => node_texts::find(conn, NodeTextKind::Terms, today)?,
            };
            let text = text.ok_or(Error::NotFound)?;
            let next = node_texts::find_next(conn, NodeTextKind::Terms, text.effective_on)?;
            Ok((text, next))
        })
        .await?;
    terms_entity(&found.0, found.1, today)
}

/// `GET /api/v1/instance/terms_of_service`: those that hold today; 404 where there are none.
pub(super) async fn terms_of_service(State(app): State<App>) -> ApiResult {
    terms(&app, None).await
}

/// `GET /api/v1/instance/terms_of_service/:date`: those that begin on a day.
pub(super) async fn terms_of_day(State(app): State<App>, Path(day): Path<String>) -> ApiResult {
    let day = day.parse().map_err(|_why| Error::NotFound)?;
    terms(&app, Some(day)).await
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
