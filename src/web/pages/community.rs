//! `/c/{name}`: purpose, team, posts by kind, joining and leaving; and the charter.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use crate::actions::join::{Request, join, leave};
use crate::app::App;
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::words::{CommunityRole, Kind, MembershipState, QuestionState};
use crate::store::accounts;
use crate::store::communities::{self, Goal};
use crate::store::conn::Conn;
use crate::store::held;
use crate::store::page::Page;
use crate::store::timelines;
use crate::web::form::Form;
use crate::web::parts::card::{self, Card};
use crate::web::parts::community::{Head, head};
use crate::web::parts::person::Person;
use crate::web::parts::scene::Scene;
use crate::web::reply;
use crate::web::ui::{self, Ui};
use crate::web::visitor::Visitor;

/// Posts of one page.
const POSTS: i64 = 20;

/// Which posts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    kind: String,
    state: String,
    before: Option<i64>,
}

/// One tab: a kind of posts.
struct Tab {
    path: String,
    label: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "pages/community.html")]
struct CommunityPage {
    ui: Ui,
    head: Head,
    stewards: Vec<Person>,
    sponsors: Vec<Person>,
    goals: Vec<GoalLine>,
    tabs: Vec<Tab>,
    cards: Vec<Card>,
    next: Option<String>,
    nothing: String,
    requests: i64,
    held: i64,
}

/// The page, called by the server for whoever prefers HTML.
pub async fn show(app: &App, visitor: &Visitor, name: &str, query: &str) -> Response {
    let filter: Filter = crate::params::Params::from_query(query)
        .and_then(|params| params.get())
        .unwrap_or_default();
    match try_show(app, visitor, name, &filter).await {
        Ok(answer) => answer,
        Err(error) => reply::error(visitor, &error),
    }
}

async fn try_show(app: &App, visitor: &Visitor, name: &str, filter: &Filter) -> Result<Response> {
    let (scene, ui, name) = (Scene::of(visitor), Ui::of(visitor), name.to_owned());
    let (kind, state) = (
        Kind::parse(&filter.kind),
        QuestionState::parse(&filter.state),
    );
    let before = filter.before;
    let page = app
        .db
        .read(move |conn| {
            let head = head(conn, &scene, &name)?;
            let id = head.account.id;
            let wanted = Page {
                max_id: before,
                ..Page::first(POSTS)
            };
            let entries = timelines::community(conn, &scene.viewer, id, kind, state, &wanted)?;
            let next = (entries.len() >= 20)
                .then(|| {
                    entries
                        .last()
                        .map(|entry| address(&head.path, kind, state, entry.id))
                })
                .flatten();
            let (requests, held) = if head.is_steward {
                (requests(conn, id)?, held::count(conn, id)?)
            } else {
                (0, 0)
            };
            Ok(CommunityPage {
                stewards: people(conn, &scene, id, CommunityRole::Steward)?,
                sponsors: people(conn, &scene, id, CommunityRole::Sponsor)?,
                goals: goal_lines(&scene, &communities::list_goals(conn, id)?),
                tabs: tabs(&scene, &head.path, kind),
                cards: card::without_community(card::of_entries(conn, &scene, &entries)?),
                nothing: scene.t("community-no-posts"),
                ui,
                head,
                next,
                requests,
                held,
            })
        })
        .await?;
    Ok(reply::ok(visitor, &page))
}

fn address(path: &str, kind: Option<Kind>, state: Option<QuestionState>, before: i64) -> String {
    let kind = kind.map(|kind| format!("kind={kind}&")).unwrap_or_default();
    let state = state
        .map(|state| format!("state={state}&"))
        .unwrap_or_default();
    format!("{path}?{kind}{state}before={before}")
}

fn requests(conn: &mut Conn, id: AccountId) -> Result<i64> {
    let rows = communities::list_members(conn, id, &[MembershipState::Requested], &[], None, 100)?;
    Ok(i64::try_from(rows.len()).unwrap_or(100))
}

/// Active people in a role.
pub(super) fn people(
    conn: &mut Conn,
    scene: &Scene,
    id: AccountId,
    role: CommunityRole,
) -> Result<Vec<Person>> {
    let rows = communities::list_members(conn, id, &[MembershipState::Active], &[role], None, 100)?;
    let ids: Vec<AccountId> = rows.iter().rev().map(|row| row.account_id).collect();
    Ok(accounts::list(conn, &ids)?
        .iter()
        .map(|account| Person::of(account, &scene.authority))
        .collect())
}

fn tabs(scene: &Scene, path: &str, current: Option<Kind>) -> Vec<Tab> {
    let mut tabs = vec![Tab {
        path: path.to_owned(),
        label: scene.t("tab-all"),
        current: current.is_none(),
    }];
    for (kind, label) in [
        (Kind::Question, "tab-questions"),
        (Kind::Knowledge, "tab-knowledge"),
        (Kind::Lesson, "tab-lessons"),
        (Kind::Story, "tab-stories"),
        (Kind::Discussion, "tab-discussions"),
    ] {
        tabs.push(Tab {
            path: format!("{path}?kind={kind}"),
            label: scene.t(label),
            current: current == Some(kind),
        });
    }
    tabs
}

/// A goal in words.
pub(super) struct GoalLine {
    name: String,
    sentence: String,
    baseline: String,
    target: String,
    unit: String,
    due: String,
}

pub(super) fn goal_lines(scene: &Scene, goals: &[Goal]) -> Vec<GoalLine> {
    goals
        .iter()
        .map(|goal| {
            let (baseline, target) = (ui::figure(goal.baseline), ui::figure(goal.target));
            let due = ui::date(scene.lang, goal.due);
            let sentence = scene.with(
                "goal-sentence",
                &[
                    ("baseline", &baseline),
                    ("target", &target),
                    ("unit", &goal.unit),
                    ("due", &due),
                ],
            );
            GoalLine {
                name: goal.name.clone(),
                sentence,
                baseline,
                target,
                unit: goal.unit.clone(),
                due,
            }
        })
        .collect()
}

#[derive(Template)]
#[template(path = "pages/charter.html")]
struct CharterPage {
    ui: Ui,
    head: Head,
    stewards: Vec<Person>,
    sponsors: Vec<Person>,
    goals: Vec<GoalLine>,
    since: String,
}

/// `GET /c/{name}/charter`
pub(crate) async fn charter(
    State(app): State<App>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Response {
    let (scene, ui) = (Scene::of(&visitor), Ui::of(&visitor));
    let page = app
        .db
        .read(move |conn| {
            let head = head(conn, &scene, &name)?;
            let id = head.account.id;
            Ok(CharterPage {
                stewards: people(conn, &scene, id, CommunityRole::Steward)?,
                sponsors: people(conn, &scene, id, CommunityRole::Sponsor)?,
                goals: goal_lines(&scene, &communities::list_goals(conn, id)?),
                since: ui::date(
                    scene.lang,
                    head.community
                        .opened_at
                        .unwrap_or(head.community.created_at)
                        .date(),
                ),
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

/// `POST /c/{name}/join`
pub(crate) async fn come(State(app): State<App>, Path(name): Path<String>, form: Form) -> Response {
    let message: String = form.text("message").chars().take(1000).collect();
    change(&app, &form, &name, move |tx, community, account| {
        let request = Request {
            community,
            account,
            message,
            uri: None,
            reader: false,
        };
        join(tx, &request).map(|_| ())
    })
    .await
}

/// `POST /c/{name}/leave`
pub(crate) async fn go(State(app): State<App>, Path(name): Path<String>, form: Form) -> Response {
    change(&app, &form, &name, |tx, community, account| {
        leave(tx, community, account).map(|_| ())
    })
    .await
}

/// Finds the community, changes something for the signed-in person, and shows the community again.
async fn change(
    app: &App,
    form: &Form,
    name: &str,
    work: impl FnOnce(&mut crate::store::db::Tx<'_>, AccountId, AccountId) -> Result<()>
    + Send
    + 'static,
) -> Response {
    let visitor = &form.visitor;
    let Some(me) = visitor.viewer().account() else {
        return reply::sign_in_first(visitor);
    };
    let (scene, name) = (Scene::of(visitor), name.to_owned());
    let done = app
        .db
        .write(move |tx| {
            let head = head(tx, &scene, &name)?;
            work(tx, head.account.id, me)?;
            // Whoever leaves a hidden community cannot see it any more.
            Ok(if head.hidden {
                "/c".to_owned()
            } else {
                head.path
            })
        })
        .await;
    match done {
        Ok(path) => reply::go(&path),
        Err(error) => reply::error(visitor, &error),
    }
}
