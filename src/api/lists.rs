//! Lists. The communities that a person joined appear as lists that cannot be changed.

use axum::extract::State;
use serde_json::{Value, json};

use super::answer::Answer;
use super::entities::Desk;
use super::error::{ApiError, ApiResult};
use super::extract::{Auth, Id, Paging, scope};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::words::MembershipState;
use crate::store::accounts::{self, Account};
use crate::store::communities;
use crate::store::conn::Conn;

fn entity(community: &Account) -> Value {
    json!({
        "id": community.id.to_string(),
        "title": community.shown_name(),
        "replies_policy": "list",
        "exclusive": false,
    })
}

/// A community that the person is in.
fn joined(conn: &mut Conn, me: AccountId, id: AccountId) -> Result<Account> {
    if communities::is_member(conn, id, me)? {
        accounts::get(conn, id)
    } else {
        Err(Error::NotFound)
    }
}

/// `GET /api/v1/lists`
pub(super) async fn list(State(app): State<App>, me: Auth<scope::ReadLists>) -> ApiResult {
    let account = me.account;
    let found = app.db.read(move |conn| {
        let mine = communities::list_of_account(conn, account, &[MembershipState::Active])?;
        let ids: Vec<AccountId> = mine.iter().map(|row| row.community_id).collect();
        Ok(accounts::list(conn, &ids)?
            .iter()
            .map(entity)
            .collect::<Vec<_>>())
    });
    Ok(Answer::json(&found.await?)?)
}

/// `GET /api/v1/lists/:id`
pub(super) async fn show(
    State(app): State<App>,
    me: Auth<scope::ReadLists>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    let account = me.account;
    let found = app.db.read(move |conn| joined(conn, account, id)).await?;
    Ok(Answer::json(&entity(&found))?)
}

/// Whatever would change the list of a community: it is told to be impossible; other lists do not exist yet.
pub(super) async fn fixed(
    State(app): State<App>,
    me: Auth<scope::WriteLists>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    let account = me.account;
    app.db.read(move |conn| joined(conn, account, id)).await?;
    Err(cannot_change())
}

fn cannot_change() -> ApiError {
    let status = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    ApiError::Mastodon(
        status,
        "Validation failed: The list of a community can't be changed",
    )
}

/// `POST /api/v1/lists`: lists of one's own come later.
pub(super) async fn create(_: Auth<scope::WriteLists>) -> ApiResult {
    let status = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    Err(ApiError::Mastodon(
        status,
        "Validation failed: Lists of your own are not possible on this server yet",
    ))
}

/// `GET /api/v1/lists/:id/accounts`: the members.
pub(super) async fn members(
    State(app): State<App>,
    me: Auth<scope::ReadLists>,
    Id(id): Id<AccountId>,
    paging: Paging,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let page = paging.page(40, 80);
    let read = app.db.read(move |conn| {
        joined(conn, me.account, id)?;
        let rows = communities::list_members(
            conn,
            id,
            &[MembershipState::Active],
            &[],
            page.max_id,
            page.limit,
        )?;
        let ids: Vec<AccountId> = rows.iter().map(|row| row.account_id).collect();
        let cursors: Vec<i64> = rows.iter().map(|row| row.id).collect();
        Ok((desk.accounts(conn, &ids)?, cursors))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}
