//! `/home`: what is new for the signed-in person, and which questions in the own communities still need an answer; and
//! `/tags/{tag}`, where hashtags lead.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::app::App;
use crate::error::Result;
use crate::model::text::fold;
use crate::model::words::{Kind, QuestionState};
use crate::store::communities;
use crate::store::conn::Conn;
use crate::store::page::Page;
use crate::store::timelines::{self, TagQuery};
use crate::web::parts::card::{self, Card};
use crate::web::parts::scene::Scene;
use crate::web::reply;
use crate::web::ui::Ui;
use crate::web::visitor::Visitor;

/// Posts of one page.
const POSTS: i64 = 20;
/// Questions that are shown as waiting.
const WAITING: usize = 5;

/// Where the page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Before {
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "pages/home.html")]
struct Home {
    ui: Ui,
    waiting: Vec<Card>,
    cards: Vec<Card>,
    next: Option<String>,
    nothing: String,
}

/// The page.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Query(wanted): Query<Before>,
) -> Response {
    if visitor.me.is_none() {
        return reply::sign_in_first(&visitor);
    }
    let (scene, ui) = (Scene::of(&visitor), Ui::of(&visitor));
    let page = app
        .db
        .read(move |conn| {
            let page = Page {
                max_id: wanted.before,
                ..Page::first(POSTS)
            };
            let entries = timelines::home(conn, &scene.viewer, scene.now, &page)?;
            let waiting = if wanted.before.is_none() {
                waiting(conn, &scene)?
            } else {
                Vec::new()
            };
            Ok(Home {
                waiting,
                next: next("/home", &entries),
                cards: card::of_entries(conn, &scene, &entries)?,
                nothing: scene.t("home-nothing"),
                ui,
            })
        })
        .await;
    match page {
        Ok(page) => reply::ok(&visitor, &page),
        Err(error) => reply::error(&visitor, &error),
    }
}

fn next(path: &str, entries: &[timelines::Entry]) -> Option<String> {
    let full = i64::try_from(entries.len()).is_ok_and(|count| count >= POSTS);
    entries
        .last()
        .filter(|_| full)
        .map(|entry| format!("{path}?before={}", entry.id))
}

/// Open questions of the communities somebody is in, newest first.
fn waiting(conn: &mut Conn, scene: &Scene) -> Result<Vec<Card>> {
    let Some(me) = scene.viewer.account() else {
        return Ok(Vec::new());
    };
    let mine = communities::list_of_account(conn, me)?;
    let mut entries = Vec::new();
    for membership in mine.iter().take(20) {
        let (kind, state) = (Some(Kind::Question), Some(QuestionState::Open));
        let page = Page::first(3);
        entries.extend(timelines::community(
            conn,
            &scene.viewer,
            membership.community_id,
            kind,
            state,
            &page,
        )?);
    }
    entries.retain(|entry| entry.author != me);
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.post));
    entries.truncate(WAITING);
    card::of_entries(conn, scene, &entries)
}

#[derive(Template)]
#[template(path = "pages/tag.html")]
struct TagPage {
    ui: Ui,
    tag: String,
    cards: Vec<Card>,
    next: Option<String>,
    nothing: String,
}

/// `GET /tags/{tag}`
pub(crate) async fn tag(
    State(app): State<App>,
    visitor: Visitor,
    Path(tag): Path<String>,
    Query(wanted): Query<Before>,
) -> Response {
    let (scene, ui) = (Scene::of(&visitor), Ui::of(&visitor));
    let page = app
        .db
        .read(move |conn| {
            let page = Page {
                max_id: wanted.before,
                ..Page::first(POSTS)
            };
            let query = TagQuery {
                any: vec![fold(&tag)],
                ..TagQuery::default()
            };
            let entries = timelines::tag(conn, &scene.viewer, &query, scene.now, &page)?;
            let path = format!("/tags/{}", urlencoding(&tag));
            Ok(TagPage {
                next: next(&path, &entries),
                cards: card::of_entries(conn, &scene, &entries)?,
                nothing: scene.t("tag-nothing"),
                tag,
                ui,
            })
        })
        .await;
    match page {
        Ok(page) => reply::ok(&visitor, &page),
        Err(error) => reply::error(&visitor, &error),
    }
}

fn urlencoding(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}
