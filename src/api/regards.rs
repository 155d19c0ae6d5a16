//! Recommending people, and notes about them for one's own eyes.

use axum::extract::State;
use serde::Deserialize;

use super::accounts::{get_visible, hide_closed, only_visible};
use super::answer::Answer;
use super::entities::Desk;
use super::error::ApiResult;
use super::extract::{Auth, Body, Id, MaybeAuth, Paging, scope};
use super::relations::change;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::viewer::Viewer;
use crate::model::words::FollowState;
use crate::store::{follows, regards};

/// Longest note, in characters.
const NOTE: usize = 2000;

/// `POST /api/v1/accounts/:id/endorse`, earlier `/pin`: whom one follows.
pub(super) async fn endorse(
    State(app): State<App>,
    me: Auth<scope::WriteAccounts>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    change(app, me, id, move |tx, account| {
        let follow = follows::find(tx, account, id)?;
        if follow.is_none_or(|row| row.state != FollowState::Accepted) {
            return Err(Error::invalid("base", Refusal::NotFollowed));
        }
        let (row, now) = (tx.new_id(), tx.now());
        regards::endorse(tx, row, account, id, now)
    })
    .await
}

/// `POST /api/v1/accounts/:id/unendorse`, earlier `/unpin`
pub(super) async fn unendorse(
    State(app): State<App>,
    me: Auth<scope::WriteAccounts>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    change(app, me, id, move |tx, account| {
        regards::unendorse(tx, account, id)
    })
    .await
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Note {
    comment: String,
}

/// `POST /api/v1/accounts/:id/note`: an empty one removes it.
pub(super) async fn note(
    State(app): State<App>,
    me: Auth<scope::WriteAccounts>,
    Id(id): Id<AccountId>,
    Body(form): Body<Note>,
) -> ApiResult {
    change(app, me, id, move |tx, account| {
        let comment = form.comment.trim();
        if comment.chars().count() > NOTE {
            return Err(Error::invalid("comment", Refusal::TooLong(NOTE)));
        }
        regards::set_note(tx, account, id, comment)
    })
    .await
}

async fn list(app: App, viewer: Viewer, whose: AccountId, paging: Paging) -> ApiResult {
    let desk = Desk::new(&app, viewer);
    let page = paging.page(40, 80);
    let read = app.db.read(move |conn| -> Result<(Vec<u8>, Vec<i64>)> {
        get_visible(conn, &desk.viewer, whose)?;
        let rows = regards::list_endorsed(conn, whose, &page)?;
        let cursors = rows.iter().map(|row| row.0).collect();
        let people = rows.iter().map(|row| row.1).collect();
        let mut people = only_visible(conn, &desk.viewer, people)?;
        if desk.viewer.account() != Some(whose) {
            hide_closed(conn, &desk.viewer, &mut people)?;
        }
        Ok((desk.accounts(conn, &people)?, cursors))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

/// `GET /api/v1/endorsements`
pub(super) async fn own(
    State(app): State<App>,
    me: Auth<scope::ReadAccounts>,
    paging: Paging,
) -> ApiResult {
    list(app, me.viewer, me.account, paging).await
}

/// `GET /api/v1/accounts/:id/endorsements`
pub(super) async fn endorsed_by(
    State(app): State<App>,
    me: MaybeAuth<scope::ReadAccounts>,
    Id(id): Id<AccountId>,
    paging: Paging,
) -> ApiResult {
    list(app, me.viewer, id, paging).await
}
