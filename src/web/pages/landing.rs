//! `/`: what this node is, its public communities, the way in.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::config::RegistrationMode;
use crate::error::Result;
use crate::store::communities::{Scope, search};
use crate::web::parts::community::{Line, lines};
use crate::web::parts::scene::Scene;
use crate::web::reply;
use crate::web::ui::Ui;
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "pages/landing.html")]
struct Landing {
    ui: Ui,
    communities: Vec<Line>,
    way_in: String,
    may_register: bool,
}

/// The page.
pub(crate) async fn show(State(app): State<App>, visitor: Visitor) -> Response {
    match try_show(&app, &visitor).await {
        Ok(answer) => answer,
        Err(error) => reply::error(&visitor, &error),
    }
}

async fn try_show(app: &App, visitor: &Visitor) -> Result<Response> {
    let (scene, ui) = (Scene::of(visitor), Ui::of(visitor));
    let communities = app
        .db
        .read(move |conn| {
            let ids = search(conn, &scene.viewer, "", Scope::Local, 60)?;
            lines(conn, &scene, &ids)
        })
        .await?;
    let way_in = ui.t(match app.config.registration.mode {
        RegistrationMode::Invite => "landing-invite",
        RegistrationMode::Approval | RegistrationMode::Open => "landing-open",
        RegistrationMode::Sso => "landing-sso",
    });
    Ok(reply::ok(
        visitor,
        &Landing {
            ui,
            communities,
            way_in,
            may_register: app.config.admission().is_some(),
        },
    ))
}
