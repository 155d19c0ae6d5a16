//! `/c`: all communities that the reader may know of, with a filter.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::app::App;
use crate::error::Result;
use crate::store::communities::{Scope, search};
use crate::web::parts::community::{Line, lines};
use crate::web::parts::scene::Scene;
use crate::web::reply;
use crate::web::ui::Ui;
use crate::web::visitor::Visitor;

/// The filter.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    q: String,
    scope: String,
}

#[derive(Template)]
#[template(path = "pages/directory.html")]
struct Directory {
    ui: Ui,
    communities: Vec<Line>,
    filter: Filter,
}

/// The page.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Query(filter): Query<Filter>,
) -> Response {
    match try_show(&app, &visitor, filter).await {
        Ok(answer) => answer,
        Err(error) => reply::error(&visitor, &error),
    }
}

async fn try_show(app: &App, visitor: &Visitor, filter: Filter) -> Result<Response> {
    let scope = match filter.scope.as_str() {
        "joined" if visitor.me.is_some() => Scope::Joined,
        "known" => Scope::Known,
        _ => Scope::Local,
    };
    let (scene, q) = (
        Scene::of(visitor),
        filter.q.chars().take(200).collect::<String>(),
    );
    let communities = app
        .db
        .read(move |conn| {
            let ids = search(conn, &scene.viewer, &q, scope, 200)?;
            lines(conn, &scene, &ids)
        })
        .await?;
    Ok(reply::ok(
        visitor,
        &Directory {
            ui: Ui::of(visitor),
            communities,
            filter,
        },
    ))
}
