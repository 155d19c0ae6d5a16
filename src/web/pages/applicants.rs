//! `/admin/accounts`: who asks for an account; moderators admit or turn away.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::actions::sign_up::{admit, turn_away};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::words::Role;
use crate::store::users;
use crate::web::form::Form;
use crate::web::parts::scene::Scene;
use crate::web::reply;
use crate::web::ui::Ui;
use crate::web::visitor::Visitor;

/// Applications of one page; the next come up when these are decided.
const SHOWN: i64 = 50;

/// Somebody who asks.
struct Row {
    id: AccountId,
    name: String,
    display_name: String,
    email: String,
    reason: String,
    since: String,
}

#[derive(Template)]
#[template(path = "pages/applicants.html")]
struct Applicants {
    ui: Ui,
    rows: Vec<Row>,
    invites: bool,
}

/// `GET /admin/accounts`
pub(crate) async fn show(State(app): State<App>, visitor: Visitor) -> Response {
    if visitor.me.is_none() {
        return reply::sign_in_first(&visitor);
    }
    if !visitor.viewer().at_least(Role::Moderator) {
        return reply::error(&visitor, &Error::Forbidden(Refusal::RoleTooLow));
    }
    let scene = Scene::of(&visitor);
    let found = app
        .db
        .read(|conn| users::list_applicants(conn, SHOWN))
        .await;
    match found {
        Ok(found) => {
            let rows = found
                .into_iter()
                .map(|(user, account)| Row {
                    id: account.id,
                    name: account.name,
                    display_name: account.display_name,
                    email: user.email,
                    reason: user.reason,
                    since: scene.moment(user.created_at),
                })
                .collect();
            let ui = Ui::of(&visitor);
            reply::ok(
                &visitor,
                &Applicants {
                    ui,
                    rows,
                    invites: true,
                },
            )
        }
        Err(error) => reply::error(&visitor, &error),
    }
}

/// `POST /admin/accounts`: one application is decided.
pub(crate) async fn decide(State(app): State<App>, form: Form) -> Response {
    let visitor = &form.visitor;
    if visitor.me.is_none() {
        return reply::sign_in_first(visitor);
    }
    match try_decide(&app, &form).await {
        Ok(()) => reply::go("/admin/accounts"),
        Err(error) => reply::error(visitor, &error),
    }
}

async fn try_decide(app: &App, form: &Form) -> Result<()> {
    let account: AccountId = form
        .text("account")
        .parse()
        .map_err(|_why| Error::NotFound)?;
    let (viewer, reason) = (form.visitor.viewer(), form.text("reason"));
    let accept = form.text("decision") == "accept";
    app.db
        .write(move |tx| {
            if accept {
                admit(tx, Some(&viewer), account)
            } else {
                turn_away(tx, Some(&viewer), account, &reason)
            }
        })
        .await
}
