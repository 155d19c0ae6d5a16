//! Whose notifications a person wants, and what waits because of that.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::accounts::Wanted;
use super::answer::Answer;
use super::entities::{Desk, sheet};
use super::error::ApiResult;
use super::extract::{Auth, Body, Id, Paging, scope};
use super::words::word;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::model::notice::Policy;
use crate::model::time::rfc3339_ms;
use crate::model::words::PolicyAction;
use crate::store::conn::Conn;
use crate::store::notification_policy::{self as policies, Waiting};
use crate::store::timelines;

/// The parts of a policy with their names.
fn parts(policy: &mut Policy) -> [(&'static str, &mut PolicyAction); 6] {
    [
        ("not_following", &mut policy.not_following),
        ("not_followers", &mut policy.not_followers),
        ("new_accounts", &mut policy.new_accounts),
        ("private_mentions", &mut policy.private_mentions),
        ("limited_accounts", &mut policy.limited_accounts),
        ("bots", &mut policy.bots),
    ]
}

/// Mastodon `NotificationPolicy`; version 1 knows only whether something is kept back.
fn entity(conn: &mut Conn, me: AccountId, first_version: bool) -> Result<Value> {
    let mut policy = policies::find(conn, me)?;
    let (notifications, requests) = policies::count_waiting(conn, me)?;
    let mut shown = Map::new();
    for (name, action) in parts(&mut policy) {
        if first_version {
            let kept_back = *action != PolicyAction::Accept;
            shown.insert(format!("filter_{name}"), json!(kept_back));
        } else {
            shown.insert(format!("for_{name}"), json!(action.as_str()));
        }
    }
    shown.insert(
        "summary".into(),
        json!({
            "pending_requests_count": requests,
            "pending_notifications_count": notifications,
        }),
    );
    Ok(Value::Object(shown))
}

async fn show(app: App, me: AccountId, first_version: bool) -> ApiResult {
    let shown = app
        .db
        .read(move |conn| entity(conn, me, first_version))
        .await?;
    Ok(Answer::json(&shown)?)
}

/// `GET /api/v2/notifications/policy`
pub(super) async fn policy(
    State(app): State<App>,
    me: Auth<scope::ReadNotifications>,
) -> ApiResult {
    show(app, me.account, false).await
}

/// `GET /api/v1/notifications/policy`
pub(super) async fn policy_v1(
    State(app): State<App>,
    me: Auth<scope::ReadNotifications>,
) -> ApiResult {
    show(app, me.account, true).await
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Form {
    for_not_following: Option<String>,
    for_not_followers: Option<String>,
    for_new_accounts: Option<String>,
    for_private_mentions: Option<String>,
    for_limited_accounts: Option<String>,
    for_bots: Option<String>,
}

/// `PATCH /api/v2/notifications/policy`: what is not sent stays as it is.
pub(super) async fn set_policy(
    State(app): State<App>,
    me: Auth<scope::WriteNotifications>,
    Body(form): Body<Form>,
) -> ApiResult {
    let account = me.account;
    let changed = app.db.write(move |tx| {
        let mut policy = policies::find(tx, account)?;
        let wanted = [
            form.for_not_following,
            form.for_not_followers,
            form.for_new_accounts,
            form.for_private_mentions,
            form.for_limited_accounts,
            form.for_bots,
        ];
        for ((name, action), text) in parts(&mut policy).into_iter().zip(wanted) {
            if let Some(new) = word(&format!("for_{name}"), text.as_deref())? {
                *action = new;
            }
        }
        policies::set(tx, account, policy)?;
        entity(tx, account, false)
    });
    Ok(Answer::json(&changed.await?)?)
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct FormV1 {
    filter_not_following: Option<bool>,
    filter_not_followers: Option<bool>,
    filter_new_accounts: Option<bool>,
    filter_private_mentions: Option<bool>,
    filter_limited_accounts: Option<bool>,
    filter_bots: Option<bool>,
}

/// `PUT /api/v1/notifications/policy`
pub(super) async fn set_policy_v1(
    State(app): State<App>,
    me: Auth<scope::WriteNotifications>,
    Body(form): Body<FormV1>,
) -> ApiResult {
    let account = me.account;
    let changed = app.db.write(move |tx| {
        let mut policy = policies::find(tx, account)?;
        let wanted = [
            form.filter_not_following,
            form.filter_not_followers,
            form.filter_new_accounts,
            form.filter_private_mentions,
            form.filter_limited_accounts,
            form.filter_bots,
        ];
        for ((_, action), flag) in parts(&mut policy).into_iter().zip(wanted) {
            match flag {
                Some(true) => *action = PolicyAction::Filter,
                Some(false) => *action = PolicyAction::Accept,
                None => {}
            }
        }
        policies::set(tx, account, policy)?;
        entity(tx, account, true)
    });
    Ok(Answer::json(&changed.await?)?)
}

/// Mastodon `NotificationRequest`s; the id of one is that of the account.
fn requests_of(desk: &Desk, conn: &mut Conn, rows: &[Waiting]) -> Result<Vec<Vec<u8>>> {
    let ids: Vec<PostId> = rows.iter().filter_map(|row| row.post).collect();
    let lines = if ids.is_empty() {
        Vec::new()
    } else {
        timelines::by_ids(conn, &desk.viewer, &ids)?
    };
    let people: Vec<AccountId> = rows.iter().map(|row| row.from).collect();
    let sheet = desk.sheet(conn, &lines, &people)?;
    let mut written = Vec::with_capacity(rows.len());
    for row in rows {
        let head = json!({
            "id": row.from.to_string(),
            "created_at": row.times.0.map(rfc3339_ms),
            "updated_at": row.times.1.map(rfc3339_ms),
            "notifications_count": row.count.to_string(),
        });
        let mut out = head.to_string().into_bytes();
        out.pop();
        out.extend_from_slice(b",\"account\":");
        if !sheet.account(&mut out, row.from) {
            continue;
        }
        out.extend_from_slice(b",\"last_status\":");
        let before = out.len();
        let line = lines.iter().find(|line| Some(line.post) == row.post);
        if !line.is_some_and(|line| sheet.status(&mut out, line)) {
            out.truncate(before);
            out.extend_from_slice(b"null");
        }
        out.push(b'}');
        written.push(out);
    }
    Ok(written)
}

/// `GET /api/v1/notifications/requests`
pub(super) async fn requests(
    State(app): State<App>,
    me: Auth<scope::ReadNotifications>,
    paging: Paging,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let page = paging.page(40, 80);
    let read = app.db.read(move |conn| {
        let rows = policies::list_waiting(conn, me.account, &page)?;
        let cursors: Vec<i64> = rows.iter().map(|row| row.last).collect();
        let written = requests_of(&desk, conn, &rows)?;
        let body = sheet::list(&written, 3000, |out, one| {
            out.extend_from_slice(one);
            true
        });
        Ok((body, cursors))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

/// `GET /api/v1/notifications/requests/:id`
pub(super) async fn request(
    State(app): State<App>,
    me: Auth<scope::ReadNotifications>,
    Id(from): Id<AccountId>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let body = app.db.read(move |conn| {
        let row = policies::find_waiting(conn, me.account, from)?.ok_or(Error::NotFound)?;
        requests_of(&desk, conn, &[row])?
            .pop()
            .ok_or(Error::NotFound)
    });
    Ok(Answer::bytes(body.await?))
}

async fn decide(app: App, me: AccountId, people: Vec<AccountId>, accept: bool) -> ApiResult {
    let decided = app.db.write(move |tx| {
        for from in people {
            policies::find_waiting(tx, me, from)?.ok_or(Error::NotFound)?;
            if accept {
                policies::permit(tx, me, from)?;
            } else {
                policies::dismiss(tx, me, from)?;
            }
        }
        Ok(())
    });
    decided.await?;
    Ok(Answer::empty())
}

/// `POST /api/v1/notifications/requests/:id/accept`
pub(super) async fn accept(
    State(app): State<App>,
    me: Auth<scope::WriteNotifications>,
    Id(from): Id<AccountId>,
) -> ApiResult {
    decide(app, me.account, vec![from], true).await
}

/// `POST /api/v1/notifications/requests/:id/dismiss`
pub(super) async fn dismiss(
    State(app): State<App>,
    me: Auth<scope::WriteNotifications>,
    Id(from): Id<AccountId>,
) -> ApiResult {
    decide(app, me.account, vec![from], false).await
}

/// `POST /api/v1/notifications/requests/accept`
pub(super) async fn accept_several(
    State(app): State<App>,
    me: Auth<scope::WriteNotifications>,
    Body(wanted): Body<Wanted>,
) -> ApiResult {
    let people = wanted.ids(80).into_iter().map(AccountId).collect();
    decide(app, me.account, people, true).await
}

/// `POST /api/v1/notifications/requests/dismiss`
pub(super) async fn dismiss_several(
    State(app): State<App>,
    me: Auth<scope::WriteNotifications>,
    Body(wanted): Body<Wanted>,
) -> ApiResult {
    let people = wanted.ids(80).into_iter().map(AccountId).collect();
    decide(app, me.account, people, false).await
}

/// `GET /api/v1/notifications/requests/merged`: accepted ones show at once.
pub(super) async fn merged(_: Auth<scope::ReadNotifications>) -> ApiResult {
    Ok(Answer::json(&json!({ "merged": true }))?)
}
