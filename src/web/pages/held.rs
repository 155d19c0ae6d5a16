//! `/c/{name}/held`: replies that wait, for the stewards, who let them through or turn them down.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use crate::actions::receive_post::{release, turn_down};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::PostId;
use crate::model::refusal::Refusal;
use crate::store::conn::Conn;
use crate::store::page::Page;
use crate::store::{held, posts};
use crate::web::form::Form;
use crate::web::parts::card::{self, Card};
use crate::web::parts::community::{Head, head};
use crate::web::parts::scene::Scene;
use crate::web::reply;
use crate::web::ui::Ui;
use crate::web::visitor::Visitor;

/// Posts of one page; the next come up when these are decided.
const SHOWN: i64 = 20;

/// A post that waits, and where what it answers stands.
struct Row {
    card: Card,
    parent: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/held.html")]
struct Held {
    ui: Ui,
    head: Head,
    rows: Vec<Row>,
}

/// The community of the page, for its stewards.
fn led(conn: &mut Conn, scene: &Scene, name: &str) -> Result<Head> {
    let head = head(conn, scene, name)?;
    if head.is_steward {
        Ok(head)
    } else {
        Err(Error::Forbidden(Refusal::StewardsOnly))
    }
}

fn rows(conn: &mut Conn, scene: &Scene, head: &Head) -> Result<Vec<Row>> {
    let mut waiting = Vec::new();
    for line in held::list(conn, head.account.id, &Page::first(SHOWN))? {
        waiting.extend(posts::find(conn, line.post)?);
    }
    let parents: Vec<Option<String>> = waiting
        .iter()
        .map(|post| post.parent_id.map(|parent| format!("/posts/{parent}")))
        .collect();
    let cards = card::without_community(card::of_posts(conn, scene, waiting, true)?);
    Ok(cards
        .into_iter()
        .zip(parents)
        .map(|(card, parent)| Row { card, parent })
        .collect())
}

/// `GET /c/{name}/held`
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Response {
    if visitor.me.is_none() {
        return reply::sign_in_first(&visitor);
    }
    let (scene, ui) = (Scene::of(&visitor), Ui::of(&visitor));
    let page = app.db.read(move |conn| {
        let head = led(conn, &scene, &name)?;
        let rows = rows(conn, &scene, &head)?;
        Ok(Held { ui, head, rows })
    });
    match page.await {
        Ok(page) => reply::ok(&visitor, &page),
        Err(error) => reply::error(&visitor, &error),
    }
}

/// `POST /c/{name}/held`: one post is decided.
pub(crate) async fn decide(
    State(app): State<App>,
    Path(name): Path<String>,
    form: Form,
) -> Response {
    let visitor = &form.visitor;
    let Some(me) = visitor.viewer().account() else {
        return reply::sign_in_first(visitor);
    };
    let Ok(post) = form.text("post").parse::<PostId>() else {
        return reply::error(visitor, &Error::NotFound);
    };
    let (accept, scene) = (form.text("decision") == "accept", Scene::of(visitor));
    let done = app.db.write(move |tx| {
        let head = led(tx, &scene, &name)?;
        if posts::get(tx, post)?.community_id != Some(head.account.id) {
            return Err(Error::NotFound);
        }
        if accept {
            release(tx, me, post)?;
        } else {
            turn_down(tx, me, post)?;
        }
        Ok(format!("{}/held", head.path))
    });
    match done.await {
        Ok(path) => reply::go(&path),
        Err(error) => reply::error(visitor, &error),
    }
}
