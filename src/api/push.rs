//! The push subscription of an access token, Mastodon's `/api/v1/push/subscription`.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::error::{ApiError, ApiResult};
use super::extract::{Auth, Body, scope};
use super::words::word;
use crate::actions::subscribe_push::{self, NewSubscription};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::push::{ENDPOINT, Wishes};
use crate::model::refusal::Refusal;
use crate::model::words::{Alert, PushPolicy};
use crate::oauth;
use crate::store::pushes::{self, Subscription};
use crate::webpush::ClientKeys;

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct Keys {
    p256dh: String,
    auth: String,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct Given {
    endpoint: String,
    keys: Keys,
    standard: Option<bool>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct Choices {
    alerts: Option<HashMap<String, Option<bool>>>,
    policy: Option<String>,
}

/// What is sent. Some clients write the policy outside of `data`.
#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Form {
    subscription: Given,
    data: Choices,
    policy: Option<String>,
}

impl Form {
    /// The kinds that are wanted, where anything is said of kinds; unknown ones are left out.
    fn alerts(&self) -> Option<Vec<Alert>> {
        let said = self.data.alerts.as_ref()?;
        let wanted = |alert: &Alert| said.get(alert.as_str()).copied().flatten() == Some(true);
        Some(Alert::ALL.iter().copied().filter(wanted).collect())
    }

    fn policy(&self) -> Result<Option<PushPolicy>> {
        let said = self.data.policy.as_deref().or(self.policy.as_deref());
        word("data.policy", said)
    }
}

/// Mastodon `WebPushSubscription`.
fn entity(row: &Subscription, server_key: &str) -> Value {
    let wishes = row.wishes();
    let alerts: Map<String, Value> = Alert::ALL
        .iter()
        .map(|alert| (alert.to_string(), wishes.alerts.contains(alert).into()))
        .collect();
    json!({
        "id": row.id.to_string(),
        "endpoint": row.endpoint,
        "standard": row.standard,
        "alerts": alerts,
        "server_key": server_key,
        "policy": row.policy.as_str(),
    })
}

async fn answer(app: &App, row: &Subscription) -> ApiResult {
    Ok(Answer::json(&entity(row, &app.vapid_key().await?.public))?)
}

/// The keys of the client, each named where it is wrong.
fn keys(given: &Keys) -> Result<ClientKeys> {
    for (name, text) in [("p256dh", &given.p256dh), ("auth", &given.auth)] {
        if text.trim().is_empty() {
            let field = format!("subscription.keys.{name}");
            return Err(Error::invalid(field, Refusal::Blank));
        }
    }
    if ClientKeys::read_point(&given.p256dh).is_none() {
        let field = "subscription.keys.p256dh";
        return Err(Error::invalid(field, Refusal::BadPushKey));
    }
    ClientKeys::read(&given.p256dh, &given.auth)
        .ok_or_else(|| Error::invalid("subscription.keys.auth", Refusal::BadPushSecret))
}

/// The `host[:port]` of a push service that may be sent to.
async fn host(app: &App, endpoint: &str) -> Result<String> {
    let why = match endpoint.len() {
        0 => Refusal::Blank,
        1..=ENDPOINT => match app.push_service(endpoint).await? {
            Some(host) => return Ok(host),
            None => Refusal::BadPushService,
        },
        _ => Refusal::TooLong(ENDPOINT),
    };
    Err(Error::invalid("subscription.endpoint", why))
}

/// `POST /api/v1/push/subscription`: in the place of what the token had.
pub(super) async fn create(
    State(app): State<App>,
    me: Auth<scope::Push>,
    headers: HeaderMap,
    Body(form): Body<Form>,
) -> ApiResult {
    let token = oauth::bearer(&headers).ok_or(ApiError::Unauthorized)?;
    let wishes = Wishes {
        alerts: form.alerts().unwrap_or_default(),
        policy: form.policy()?.unwrap_or(PushPolicy::All),
    };
    let given = form.subscription;
    let host = host(&app, given.endpoint.trim()).await?;
    let (p256dh, auth) = keys(&given.keys)?.columns();
    let (account, token_id) = (me.account, me.grant.token_id);
    let new = NewSubscription {
        endpoint: given.endpoint.trim().to_owned(),
        host,
        p256dh,
        auth,
        standard: given.standard.unwrap_or(false),
        wishes,
        sealed_token: app.vapid_key().await?.seal(token, token_id)?,
    };
    let made = app
        .db
        .write(move |tx| subscribe_push::subscribe(tx, account, token_id, new))
        .await?;
    answer(&app, &made).await
}

/// `GET /api/v1/push/subscription`
pub(super) async fn show(State(app): State<App>, me: Auth<scope::Push>) -> ApiResult {
    let token = me.grant.token_id;
    let found = app
        .db
        .read(move |conn| pushes::find_by_token(conn, token))
        .await?
        .ok_or(Error::NotFound)?;
    answer(&app, &found).await
}

/// `PUT /api/v1/push/subscription`: `data` alone can be changed.
pub(super) async fn update(
    State(app): State<App>,
    me: Auth<scope::Push>,
    Body(form): Body<Form>,
) -> ApiResult {
    let (token, alerts, policy) = (me.grant.token_id, form.alerts(), form.policy()?);
    let changed = app
        .db
        .write(move |tx| subscribe_push::change(tx, token, alerts.as_deref(), policy))
        .await?;
    answer(&app, &changed).await
}

/// `DELETE /api/v1/push/subscription`
pub(super) async fn delete(State(app): State<App>, me: Auth<scope::Push>) -> ApiResult {
    let token = me.grant.token_id;
    app.db
        .write(move |tx| pushes::delete_of_token(tx, token))
        .await?;
    Ok(Answer::empty())
}
