//! Accepting answers.

use axum::extract::State;
use serde::Deserialize;

use crate::actions::accept_answer::{accept_answer, unaccept_answer};
use crate::api::answer::Answer;
use crate::api::entities::Desk;
use crate::api::error::ApiResult;
use crate::api::extract::{Auth, Body, Id, scope};
use crate::api::status_reads::line;
use crate::api::statuses::show;
use crate::app::App;

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct Form {
    why: Option<String>,
}

/// `POST /api/cordee/v1/statuses/:id/accept`: the id is the answer's.
pub(crate) async fn accept(
    State(app): State<App>,
    me: Auth<scope::WriteStatuses>,
    Id(id): Id<i64>,
    Body(form): Body<Form>,
) -> ApiResult {
    let (account, viewer) = (me.account, me.viewer);
    let write = app.db.write(move |tx| {
        let post = line(tx, &viewer, id)?.post;
        accept_answer(
            tx,
            account,
            post,
            form.why.as_deref().unwrap_or_default().trim(),
            None,
        )?;
        Ok(post)
    });
    let post = write.await?;
    let desk = Desk::new(&app, me.viewer);
    Ok(Answer::bytes(
        app.db.read(move |conn| show(&desk, conn, post)).await?,
    ))
}

/// `POST /api/cordee/v1/statuses/:id/unaccept`
pub(crate) async fn unaccept(
    State(app): State<App>,
    me: Auth<scope::WriteStatuses>,
    Id(id): Id<i64>,
) -> ApiResult {
    let (account, viewer) = (me.account, me.viewer);
    let write = app.db.write(move |tx| {
        let post = line(tx, &viewer, id)?.post;
        unaccept_answer(tx, account, post)?;
        Ok(post)
    });
    let post = write.await?;
    let desk = Desk::new(&app, me.viewer);
    Ok(Answer::bytes(
        app.db.read(move |conn| show(&desk, conn, post)).await?,
    ))
}
