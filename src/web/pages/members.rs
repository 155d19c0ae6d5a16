//! `/c/{name}/members`, and `/c/{name}/requests` where stewards decide who comes in.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::actions::join::decide;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::words::MembershipState;
use crate::store::accounts;
use crate::store::communities::{self, Membership};
use crate::store::conn::Conn;
use crate::web::form::Form;
use crate::web::parts::community::{Head, head, role_message};
use crate::web::parts::person::Person;
use crate::web::parts::scene::Scene;
use crate::web::reply;
use crate::web::ui::Ui;
use crate::web::visitor::Visitor;

/// People of one page.
const PEOPLE: i64 = 60;

/// Somebody with what is known of the membership.
struct Row {
    person: Person,
    id: AccountId,
    role: String,
    message: String,
    since: String,
}

#[derive(Template)]
#[template(path = "pages/members.html")]
struct Members {
    ui: Ui,
    head: Head,
    rows: Vec<Row>,
    next: Option<String>,
    closed: bool,
}

#[derive(Template)]
#[template(path = "pages/requests.html")]
struct Requests {
    ui: Ui,
    head: Head,
    rows: Vec<Row>,
}

/// Where the page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Before {
    before: Option<i64>,
}

fn rows(conn: &mut Conn, scene: &Scene, memberships: &[Membership]) -> Result<Vec<Row>> {
    let ids: Vec<AccountId> = memberships.iter().map(|row| row.account_id).collect();
    let found = accounts::map(conn, &ids)?;
    Ok(memberships
        .iter()
        .filter_map(|row| {
            Some(Row {
                person: Person::of(found.get(&row.account_id)?, &scene.authority),
                id: row.account_id,
                role: scene.t(role_message(row.role)),
                message: row.message.clone(),
                since: scene.moment(row.created_at),
            })
        })
        .collect())
}

/// `GET /c/{name}/members`: visible to whoever may read the community.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(name): Path<String>,
    Query(wanted): Query<Before>,
) -> Response {
    let (scene, ui) = (Scene::of(&visitor), Ui::of(&visitor));
    let page = app
        .db
        .read(move |conn| {
            let head = head(conn, &scene, &name)?;
            let id = head.account.id;
            let closed = !communities::names_members(conn, &scene.viewer, &head.community)?;
            let active = [MembershipState::Active];
            let found = if closed {
                Vec::new()
            } else {
                communities::list_members(conn, id, &active, &[], wanted.before, PEOPLE)?
            };
            let next = found
                .last()
                .filter(|_| found.len() >= 60)
                .map(|row| format!("{}/members?before={}", head.path, row.id));
            Ok(Members {
                rows: rows(conn, &scene, &found)?,
                ui,
                head,
                next,
                closed,
            })
        })
        .await;
    match page {
        Ok(page) => reply::ok(&visitor, &page),
        Err(error) => reply::error(&visitor, &error),
    }
}

/// `GET /c/{name}/requests`
pub(crate) async fn requests(
    State(app): State<App>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Response {
    if visitor.me.is_none() {
        return reply::sign_in_first(&visitor);
    }
    let (scene, ui) = (Scene::of(&visitor), Ui::of(&visitor));
    let page = app
        .db
        .read(move |conn| {
            let head = head(conn, &scene, &name)?;
            if !head.is_steward {
                return Err(Error::Forbidden(Refusal::StewardsOnly));
            }
            let waiting = [MembershipState::Requested];
            let found =
                communities::list_members(conn, head.account.id, &waiting, &[], None, PEOPLE)?;
            Ok(Requests {
                rows: rows(conn, &scene, &found)?,
                ui,
                head,
            })
        })
        .await;
    match page {
        Ok(page) => reply::ok(&visitor, &page),
        Err(error) => reply::error(&visitor, &error),
    }
}

/// `POST /c/{name}/requests`: one request is decided.
pub(crate) async fn answer(
    State(app): State<App>,
    Path(name): Path<String>,
    form: Form,
) -> Response {
    let visitor = &form.visitor;
    let Some(me) = visitor.viewer().account() else {
        return reply::sign_in_first(visitor);
    };
    let Ok(account) = form.text("account").parse::<AccountId>() else {
        return reply::error(visitor, &Error::NotFound);
    };
    let (accept, reason) = (form.text("decision") == "accept", form.text("reason"));
    let scene = Scene::of(visitor);
    let done = app
        .db
        .write(move |tx| {
            let head = head(tx, &scene, &name)?;
            decide(tx, me, head.account.id, account, accept, &reason)?;
            Ok(format!("{}/requests", head.path))
        })
        .await;
    match done {
        Ok(path) => reply::go(&path),
        Err(error) => reply::error(visitor, &error),
    }
}
