//! `/posts/{id}/quotes`: what quotes a post; its author takes consent back there.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::marks::act;
use crate::actions::quotes::revoke;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::PostId;
use crate::store::conn::Conn;
use crate::store::page::Page;
use crate::store::{posts, quotes, timelines};
use crate::web::form::Form;
use crate::web::parts::card::{self, Card};
use crate::web::parts::scene::Scene;
use crate::web::reply;
use crate::web::ui::Ui;
use crate::web::visitor::Visitor;

/// Posts of one page.
const POSTS: i64 = 20;

/// From where on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Older {
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "pages/quotes.html")]
struct Quotes {
    ui: Ui,
    path: String,
    heading: String,
    mine: bool,
    cards: Vec<Card>,
    next: Option<String>,
}

fn assemble(
    conn: &mut Conn,
    scene: &Scene,
    ui: Ui,
    id: PostId,
    before: Option<i64>,
) -> Result<Quotes> {
    let post = posts::get_visible(conn, &scene.viewer, id)?;
    let page = Page {
        max_id: before,
        ..Page::first(POSTS)
    };
    let rows = quotes::list_quoting(conn, &scene.viewer, id, scene.now, &page)?;
    let full = i64::try_from(rows.len()).is_ok_and(|came| came >= POSTS);
    let oldest = rows.last().filter(|_| full).map(|row| row.0);
    let ids: Vec<PostId> = rows.iter().map(|row| row.1).collect();
    let entries = timelines::by_ids(conn, &scene.viewer, &ids)?;
    let mine = scene.viewer.account() == Some(post.author_id);
    let quoted = card::of_posts(conn, scene, vec![post], false)?.pop();
    let quoted = quoted.ok_or(Error::NotFound)?;
    Ok(Quotes {
        next: oldest.map(|id| format!("{}/quotes?before={id}", quoted.path)),
        cards: card::of_entries(conn, scene, &entries)?,
        path: quoted.path,
        heading: quoted.heading,
        mine,
        ui,
    })
}

/// `GET /posts/{id}/quotes`
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(older): Query<Older>,
) -> Response {
    let (scene, ui) = (Scene::of(&visitor), Ui::of(&visitor));
    let page = app.db.read(move |conn| {
        let id = id.parse::<PostId>().map_err(|_| Error::NotFound)?;
        assemble(conn, &scene, ui, id, older.before)
    });
    match page.await {
        Ok(page) => reply::ok(&visitor, &page),
        Err(error) => reply::error(&visitor, &error),
    }
}

/// `POST /posts/{id}/quotes`: the post `quoting` quotes it without consent from now on.
pub(crate) async fn take_back(
    State(app): State<App>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let quoting = form.text("quoting").parse::<PostId>();
    act(&app, &id, &form, move |tx, me, id| {
        revoke(tx, me, id, quoting.map_err(|_| Error::NotFound)?)?;
        Ok(format!("/posts/{id}/quotes"))
    })
    .await
}
