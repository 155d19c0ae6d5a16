//! Nodes that a person shuts out for themselves.

use axum::extract::State;
use serde::Deserialize;

use super::answer::Answer;
use super::error::ApiResult;
use super::extract::{Auth, Body, Paging, scope};
use crate::actions::block_domain::{block_domain, unblock_domain};
use crate::app::App;
use crate::error::Error;
use crate::store::domain_blocks;

/// `GET /api/v1/domain_blocks`: names, the last first; pages by rows that only the `Link` header tells.
pub(super) async fn list(
    State(app): State<App>,
    me: Auth<scope::ReadBlocks>,
    paging: Paging,
) -> ApiResult {
    let page = paging.page(100, 200);
    let rows = app
        .db
        .read(move |conn| domain_blocks::list(conn, me.account, &page))
        .await?;
    let (cursors, names): (Vec<i64>, Vec<String>) = rows.into_iter().unzip();
    let body = serde_json::to_vec(&names).map_err(Error::from)?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Form {
    domain: String,
}

/// `POST /api/v1/domain_blocks`
pub(super) async fn create(
    State(app): State<App>,
    me: Auth<scope::WriteBlocks>,
    Body(form): Body<Form>,
) -> ApiResult {
    app.db
        .write(move |tx| block_domain(tx, me.account, &form.domain))
        .await?;
    Ok(Answer::empty())
}

/// `DELETE /api/v1/domain_blocks`
pub(super) async fn delete(
    State(app): State<App>,
    me: Auth<scope::WriteBlocks>,
    Body(form): Body<Form>,
) -> ApiResult {
    app.db
        .write(move |tx| unblock_domain(tx, me.account, &form.domain))
        .await?;
    Ok(Answer::empty())
}
