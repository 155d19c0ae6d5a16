//! `/authorize_interaction`: where other nodes send somebody of ours who wants to follow or answer what they saw there
//! (the template in WebFinger). What is meant is shown, with the button for it; nothing is done by opening the page.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::profile::relation;
use crate::app::App;
use crate::app::resolving::is_address;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::resolve::Resolved;
use crate::model::words::{AccountState, ActorKind};
use crate::store::conn::Conn;
use crate::store::{accounts, communities, timelines};
use crate::web::limit;
use crate::web::parts::card::{self, Card};
use crate::web::parts::community::{Head, head};
use crate::web::parts::person::Person;
use crate::web::parts::scene::Scene;
use crate::web::reply;
use crate::web::ui::Ui;
use crate::web::visitor::Visitor;

/// Longest address that is looked at, in bytes.
const LONGEST: usize = 2000;

/// What the other node names: an address, or a handle with or without `acct:`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    uri: String,
}

#[derive(Template)]
#[template(path = "pages/interact.html")]
struct Interact {
    ui: Ui,
    meant: Meant,
}

enum Meant {
    /// Somebody, with what is told of them and what the follow button would say.
    Person(Box<Person>, String, Option<&'static str>),
    Community(Box<Head>),
    Post(Box<Card>),
}

/// `GET /authorize_interaction?uri=…`
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Response {
    let Some(me) = &visitor.me else {
        return reply::sign_in_first(&visitor);
    };
    if let Err(error) = limit::look_up(&app, me.account.id) {
        return reply::error(&visitor, &error);
    }
    match try_show(&app, &visitor, wanted.uri.trim()).await {
        Ok(page) => reply::ok(&visitor, &page),
        Err(Error::NotFound | Error::Gone) => reply::stop(
            &visitor,
            StatusCode::NOT_FOUND,
            "interact-nothing",
            "interact-nothing-text",
        ),
        Err(error) => reply::error(&visitor, &error),
    }
}

async fn try_show(app: &App, visitor: &Visitor, uri: &str) -> Result<Interact> {
    let found = if uri.len() > LONGEST {
        None
    } else if is_address(uri) {
        app.find_address(uri, true).await?
    } else {
        app.find_handle(uri).await?.map(Resolved::Account)
    };
    let found = found.ok_or(Error::NotFound)?;
    let (scene, ui) = (Scene::of(visitor), Ui::of(visitor));
    app.db
        .read(move |conn| {
            let meant = match found {
                Resolved::Account(id) => account(conn, &scene, id)?,
                Resolved::Post(id) => {
                    let entries = timelines::by_ids(conn, &scene.viewer, &[id])?;
                    let card = card::of_entries(conn, &scene, &entries)?.pop();
                    Meant::Post(Box::new(card.ok_or(Error::NotFound)?))
                }
            };
            Ok(Interact { ui, meant })
        })
        .await
}

fn account(conn: &mut Conn, scene: &Scene, id: AccountId) -> Result<Meant> {
    let account = accounts::get(conn, id)?;
    let shown = account.state == AccountState::Active
        && account.kind != ActorKind::Application
        && communities::is_account_visible(conn, &scene.viewer, &account)?;
    if !shown {
        return Err(Error::NotFound);
    }
    if account.is_group() {
        return Ok(Meant::Community(Box::new(head(
            conn,
            scene,
            &account.acct(),
        )?)));
    }
    let follow = if scene.viewer.account() == Some(id) {
        None
    } else {
        relation(conn, scene, id)?
    };
    let person = Person::of(&account, &scene.authority);
    Ok(Meant::Person(Box::new(person), account.note_html, follow))
}
