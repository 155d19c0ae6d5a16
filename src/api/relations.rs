//! How one stands to others: follow, block, mute, follow requests, and the lists of one's own.

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use super::accounts::get_visible;
use super::answer::Answer;
use super::entities::{Desk, relationship};
use super::error::ApiResult;
use super::extract::{Auth, Body, Id, Paging, scope};
use crate::actions::answer_request::answer_request;
use crate::actions::{follow, join};
use crate::app::App;
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::time::rfc3339_ms;
use crate::model::words::FollowState;
use crate::store::db::Tx;
use crate::store::follows::{self, Side};
use crate::store::page::Page;

/// Does something and answers how the two stand then.
pub(super) async fn change<S, F>(app: App, me: Auth<S>, id: AccountId, work: F) -> ApiResult
where
    F: FnOnce(&mut Tx<'_>, AccountId) -> Result<()> + Send + 'static,
{
    let (account, viewer) = (me.account, me.viewer);
    let write = app.db.write(move |tx| {
        get_visible(tx, &viewer, id)?;
        work(tx, account)?;
        let now = tx.now();
        relationship::one(tx, account, id, now)
    });
    Ok(Answer::json(&write.await?)?)
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct FollowForm {
    reblogs: Option<bool>,
    notify: Option<bool>,
    languages: Option<Vec<String>>,
}

/// `POST /api/v1/accounts/:id/follow`: to follow a community is to ask to come in.
pub(super) async fn follow(
    State(app): State<App>,
    me: Auth<scope::WriteFollows>,
    Id(id): Id<AccountId>,
    Body(form): Body<FollowForm>,
) -> ApiResult {
    change(app, me, id, move |tx, account| {
        let before = follows::find(tx, account, id)?;
        let wish = follow::Wish {
            show_boosts: form
                .reblogs
                .or(before.as_ref().map(|row| row.show_boosts))
                .unwrap_or(true),
            notify: form
                .notify
                .or(before.as_ref().map(|row| row.notify))
                .unwrap_or(false),
        };
        if crate::store::communities::find(tx, id)?.is_some() {
            let request = join::Request {
                community: id,
                account,
                message: String::new(),
                uri: None,
                reader: false,
            };
            join::join(tx, &request)?;
        } else {
            follow::follow(tx, account, id, wish, None)?;
        }
        let languages: Option<Vec<String>> = form.languages.map(|all| {
            all.iter()
                .map(|code| code.trim().to_ascii_lowercase())
                .filter(|code| !code.is_empty())
                .collect()
        });
        follow::adjust(tx, account, id, wish, languages.as_deref())
    })
    .await
}

/// `POST /api/v1/accounts/:id/unfollow`: to unfollow a community is to leave it.
pub(super) async fn unfollow(
    State(app): State<App>,
    me: Auth<scope::WriteFollows>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    change(app, me, id, move |tx, account| {
        if crate::store::communities::find(tx, id)?.is_some() {
            join::leave(tx, id, account)?;
            return Ok(());
        }
        follow::unfollow(tx, account, id)
    })
    .await
}

/// `POST /api/v1/accounts/:id/remove_from_followers`
pub(super) async fn remove_from_followers(
    State(app): State<App>,
    me: Auth<scope::WriteFollows>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    change(app, me, id, move |tx, account| {
        match follows::find(tx, id, account)? {
            Some(_) => follow::decide_follow(tx, account, id, false),
            None => Ok(()),
        }
    })
    .await
}

/// `POST /api/v1/accounts/:id/block`
pub(super) async fn block(
    State(app): State<App>,
    me: Auth<scope::WriteBlocks>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    change(app, me, id, move |tx, account| {
        follow::block(tx, account, id, None)
    })
    .await
}

/// `POST /api/v1/accounts/:id/unblock`
pub(super) async fn unblock(
    State(app): State<App>,
    me: Auth<scope::WriteBlocks>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    change(app, me, id, move |tx, account| {
        follow::unblock(tx, account, id)
    })
    .await
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct MuteForm {
    notifications: Option<bool>,
    duration: Option<i64>,
}

/// `POST /api/v1/accounts/:id/mute`
pub(super) async fn mute(
    State(app): State<App>,
    me: Auth<scope::WriteMutes>,
    Id(id): Id<AccountId>,
    Body(form): Body<MuteForm>,
) -> ApiResult {
    change(app, me, id, move |tx, account| {
        let seconds = form.duration.unwrap_or(0).clamp(0, 10 * 365 * 86_400);
        follow::mute(tx, account, id, form.notifications.unwrap_or(true), seconds)
    })
    .await
}

/// `POST /api/v1/accounts/:id/unmute`
pub(super) async fn unmute(
    State(app): State<App>,
    me: Auth<scope::WriteMutes>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    change(app, me, id, move |tx, account| {
        follow::unmute(tx, account, id)
    })
    .await
}

/// `POST /api/v1/follow_requests/:account_id/authorize`: also whoever asks to come into communities that one leads.
pub(super) async fn authorize(
    State(app): State<App>,
    me: Auth<scope::WriteFollows>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    change(app, me, id, move |tx, account| {
        answer_request(tx, account, id, true)
    })
    .await
}

/// `POST /api/v1/follow_requests/:account_id/reject`
pub(super) async fn reject(
    State(app): State<App>,
    me: Auth<scope::WriteFollows>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    change(app, me, id, move |tx, account| {
        answer_request(tx, account, id, false)
    })
    .await
}

/// `GET /api/v1/follow_requests`
pub(super) async fn follow_requests(
    State(app): State<App>,
    me: Auth<scope::ReadFollows>,
    paging: Paging,
) -> ApiResult {
    let page = paging.page(40, 80);
    let account = me.account;
    people(app, me, paging, page, move |conn, page| {
        let rows = follows::list(conn, Side::Followers, account, FollowState::Requested, page)?;
        Ok(rows.iter().map(|row| (row.id, row.follower_id)).collect())
    })
    .await
}

/// `GET /api/v1/blocks`
pub(super) async fn blocks(
    State(app): State<App>,
    me: Auth<scope::ReadBlocks>,
    paging: Paging,
) -> ApiResult {
    let page = paging.page(40, 80);
    let account = me.account;
    people(app, me, paging, page, move |conn, page| {
        Ok(follows::list_blocks(conn, account, page)?
            .iter()
            .map(|row| (row.id, row.target_id))
            .collect())
    })
    .await
}

/// Rows as their cursor and the person they show.
async fn people<S, F>(app: App, me: Auth<S>, paging: Paging, page: Page, rows: F) -> ApiResult
where
    F: FnOnce(&mut crate::store::conn::Conn, &Page) -> Result<Vec<(i64, AccountId)>>
        + Send
        + 'static,
{
    let desk = Desk::new(&app, me.viewer);
    let read = app.db.read(move |conn| {
        let rows = rows(conn, &page)?;
        let ids: Vec<AccountId> = rows.iter().map(|row| row.1).collect();
        let cursors: Vec<i64> = rows.iter().map(|row| row.0).collect();
        Ok((desk.accounts(conn, &ids)?, cursors))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

/// `GET /api/v1/mutes`: accounts that also say until when.
pub(super) async fn mutes(
    State(app): State<App>,
    me: Auth<scope::ReadMutes>,
    paging: Paging,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let page = paging.page(40, 80);
    let read = app.db.read(move |conn| {
        let rows = follows::list_mutes(conn, me.account, desk.now(), &page)?;
        let ids: Vec<AccountId> = rows.iter().map(|row| row.target_id).collect();
        let sheet = desk.sheet(conn, &[], &ids)?;
        let body = super::entities::sheet::list(&rows, 1200, |out, row| {
            let until = json!(row.expires_at.map(rfc3339_ms));
            sheet.account_with(
                out,
                row.target_id,
                format!("\"mute_expires_at\":{until}").as_bytes(),
            )
        });
        let cursors: Vec<i64> = rows.iter().map(|row| row.id).collect();
        Ok((body, cursors))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}
