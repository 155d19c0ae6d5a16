//! Polls: reading and voting.

use axum::extract::State;
use serde::Deserialize;

use super::answer::Answer;
use super::entities::{Desk, poll};
use super::error::ApiResult;
use super::extract::{Auth, Body, Id, MaybeAuth, scope};
use super::status_reads::line;
use crate::actions::react;
use crate::app::App;
use crate::error::Result;
use crate::model::ids::PostId;
use crate::store::conn::Conn;
use crate::store::marks;

fn entity(desk: &Desk, conn: &mut Conn, id: PostId) -> Result<Vec<u8>> {
    let author = line(conn, &desk.viewer, id.0)?.author;
    let (row, options) = marks::get_poll(conn, id)?;
    let own: Option<Vec<i32>> = match desk.viewer.account() {
        Some(me) => Some(
            marks::votes_of(conn, me, &[id])?
                .into_iter()
                .map(|(_, choice)| choice)
                .collect(),
        ),
        None => None,
    };
    Ok(serde_json::to_vec(&poll::entity(
        &row,
        &options,
        own.as_deref(),
        desk.viewer.account() == Some(author),
        desk.now(),
    ))?)
}

/// `GET /api/v1/polls/:id`
pub(super) async fn show(
    State(app): State<App>,
    me: MaybeAuth<scope::ReadStatuses>,
    Id(id): Id<PostId>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    Ok(Answer::bytes(
        app.db.read(move |conn| entity(&desk, conn, id)).await?,
    ))
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Votes {
    choices: Vec<i32>,
}

/// `POST /api/v1/polls/:id/votes`
pub(super) async fn vote(
    State(app): State<App>,
    me: Auth<scope::WriteStatuses>,
    Id(id): Id<PostId>,
    Body(votes): Body<Votes>,
) -> ApiResult {
    let account = me.account;
    app.db
        .write(move |tx| react::vote(tx, account, id, &votes.choices))
        .await?;
    let desk = Desk::new(&app, me.viewer);
    Ok(Answer::bytes(
        app.db.read(move |conn| entity(&desk, conn, id)).await?,
    ))
}
