//! `/search`: everything that the reader may read, by words and kind. A handle or address leads to what it names.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::app::App;
use crate::app::resolving::is_address;
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::resolve::Resolved;
use crate::model::text::handles::Handle;
use crate::model::words::{AccountState, ActorKind, Kind, QuestionState};
use crate::store::accounts;
use crate::store::communities::{self, Scope};
use crate::store::conn::Conn;
use crate::store::page::Page;
use crate::store::timelines::{self, SearchQuery};
use crate::web::limit;
use crate::web::parts::card::{self, Card, kind_message};
use crate::web::parts::community::{Line, lines};
use crate::web::parts::field::Choice;
use crate::web::parts::person::Person;
use crate::web::parts::scene::Scene;
use crate::web::reply;
use crate::web::ui::Ui;
use crate::web::visitor::Visitor;

/// Posts of one page.
const POSTS: i64 = 20;

/// What is looked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    q: String,
    kind: String,
    state: String,
    offset: String,
}

#[derive(Template)]
#[template(path = "pages/search.html")]
struct Search {
    ui: Ui,
    q: String,
    kinds: Vec<Choice>,
    kind: String,
    searched: bool,
    found: String,
    person: Option<Person>,
    communities: Vec<Line>,
    cards: Vec<Card>,
    next: Option<String>,
    nothing: String,
}

/// The page.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Response {
    match try_show(&app, &visitor, wanted).await {
        Ok(answer) => answer,
        Err(error) => reply::error(&visitor, &error),
    }
}

async fn try_show(app: &App, visitor: &Visitor, wanted: Wanted) -> Result<Response> {
    let (scene, ui) = (Scene::of(visitor), Ui::of(visitor));
    let q: String = wanted.q.chars().filter(|c| *c != '\0').take(500).collect();
    let exact = exact(app, visitor, q.trim(), wanted.offset.is_empty()).await?;
    let wanted = Wanted { q, ..wanted };
    let page = app
        .db
        .read(move |conn| assemble(conn, &scene, ui, wanted, exact))
        .await?;
    Ok(reply::ok(visitor, &page))
}

/// What a whole handle or address stands for. Other nodes are asked only for somebody who is signed in, and for the first
/// page.
async fn exact(app: &App, visitor: &Visitor, q: &str, first: bool) -> Result<Option<Resolved>> {
    let asker = visitor.me.as_ref().filter(|_| first);
    let handle = asker.is_some() && q.contains('@');
    if !is_address(q) && !handle {
        return Ok(None);
    }
    if let Some(me) = asker {
        limit::look_up(app, me.account.id)?;
    }
    if is_address(q) {
        return app.find_address(q, asker.is_some()).await;
    }
    Ok(app.find_handle(q).await?.map(Resolved::Account))
}

fn assemble(
    conn: &mut Conn,
    scene: &Scene,
    ui: Ui,
    wanted: Wanted,
    exact: Option<Resolved>,
) -> Result<Search> {
    let Wanted { q, kind: word, .. } = wanted;
    let offset: i64 = wanted.offset.parse().unwrap_or(0).clamp(0, 1000);
    let kind = Kind::parse(&word);
    let searched = !q.trim().is_empty();
    let entries = match exact {
        Some(Resolved::Post(id)) => timelines::by_ids(conn, &scene.viewer, &[id])?,
        _ if searched && !is_address(q.trim()) => {
            let query = SearchQuery {
                q: q.clone(),
                kind,
                state: QuestionState::parse(&wanted.state),
                offset,
                ..SearchQuery::default()
            };
            timelines::search(
                conn,
                &scene.viewer,
                &query,
                scene.now,
                &Page::first(POSTS + 1),
            )?
        }
        _ => Vec::new(),
    };
    let more = i64::try_from(entries.len()).is_ok_and(|count| count > POSTS);
    let shown: Vec<_> = entries.into_iter().take(20).collect();
    let first = searched && offset == 0;
    let ids = if first && kind.is_none() && !is_address(q.trim()) {
        communities::search(conn, &scene.viewer, q.trim(), Scope::Known, 6)?
    } else {
        Vec::new()
    };
    let person = match exact {
        Some(Resolved::Account(id)) if first => find_account(conn, scene, id)?,
        _ if first => find_person(conn, scene, &q)?,
        _ => None,
    };
    let count = i64::try_from(shown.len()).unwrap_or_default();
    Ok(Search {
        found: if more {
            ui.n("search-many", &count)
        } else {
            ui.n("search-found", &(offset + count))
        },
        next: more.then(|| next(&q, &word, offset + POSTS)),
        communities: lines(conn, scene, &ids)?,
        cards: card::of_entries(conn, scene, &shown)?,
        nothing: scene.t("search-nothing"),
        kinds: kinds(scene),
        kind: word,
        person,
        searched,
        q,
        ui,
    })
}

/// The account that an address or handle stands for, if the reader may know of it.
fn find_account(conn: &mut Conn, scene: &Scene, id: AccountId) -> Result<Option<Person>> {
    let account = accounts::get(conn, id)?;
    let shown = account.state == AccountState::Active
        && account.kind != ActorKind::Application
        && communities::is_account_visible(conn, &scene.viewer, &account)?;
    Ok(shown.then(|| Person::of(&account, &scene.authority)))
}

fn find_person(conn: &mut Conn, scene: &Scene, q: &str) -> Result<Option<Person>> {
    let Some(handle) = Handle::parse(q.trim()) else {
        return Ok(None);
    };
    let found = accounts::find_by_handle(conn, &handle.relative_to(&scene.authority))?;
    Ok(found
        .filter(|account| !account.is_group() && account.state == AccountState::Active)
        .map(|account| Person::of(&account, &scene.authority)))
}

fn kinds(scene: &Scene) -> Vec<Choice> {
    let all = Choice {
        value: String::new(),
        label: scene.t("search-all-kinds"),
    };
    let words = Kind::ALL.iter().map(|kind| Choice {
        value: kind.to_string(),
        label: scene.t(kind_message(*kind)),
    });
    std::iter::once(all).chain(words).collect()
}

fn next(q: &str, kind: &str, offset: i64) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("q", q)
        .append_pair("kind", kind)
        .append_pair("offset", &offset.to_string())
        .finish();
    format!("/search?{query}")
}
