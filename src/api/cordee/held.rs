//! Replies that wait: stewards read them, let them through or turn them down.

use axum::extract::State;
use serde_json::json;

use crate::actions::receive_post::{release, turn_down};
use crate::api::answer::Answer;
use crate::api::entities::Desk;
use crate::api::error::ApiResult;
use crate::api::extract::{Auth, Id, Paging, scope};
use crate::api::statuses::show;
use crate::api::timelines::answer;
use crate::app::App;
use crate::model::ids::{AccountId, PostId};
use crate::model::refusal::Refusal;
use crate::store::{communities, held};

/// `GET /api/cordee/v1/communities/:id/held`: `Status` list, for stewards.
pub(crate) async fn list(
    State(app): State<App>,
    me: Auth<scope::ReadStatuses>,
    Id(id): Id<AccountId>,
    paging: Paging,
) -> ApiResult {
    let by = me.account;
    answer(&app, me.viewer, &paging, move |conn, desk, page| {
        communities::get_visible(conn, &desk.viewer, id)?;
        if !communities::is_steward(conn, id, by)? {
            return Err(Refusal::StewardsOnly.into());
        }
        held::list(conn, id, page)
    })
    .await
}

/// `POST /api/cordee/v1/statuses/:id/release`
pub(crate) async fn let_through(
    State(app): State<App>,
    me: Auth<scope::WriteStatuses>,
    Id(id): Id<PostId>,
) -> ApiResult {
    let by = me.account;
    let post = app.db.write(move |tx| release(tx, by, id)).await?.id;
    let desk = Desk::new(&app, me.viewer);
    Ok(Answer::bytes(
        app.db.read(move |conn| show(&desk, conn, post)).await?,
    ))
}

/// `POST /api/cordee/v1/statuses/:id/turn_down`
pub(crate) async fn refuse(
    State(app): State<App>,
    me: Auth<scope::WriteStatuses>,
    Id(id): Id<PostId>,
) -> ApiResult {
    let by = me.account;
    app.db.write(move |tx| turn_down(tx, by, id)).await?;
    Ok(Answer::bytes(json!({}).to_string().into_bytes()))
}
