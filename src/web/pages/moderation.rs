//! `/mod/reports`: what was reported, for moderators and admins of this node. A report about oneself is not there.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::report::category_label;
use crate::actions::handle_report::{get, handle, note_reading};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::model::refusal::Refusal;
use crate::model::report::{Step, TEXT};
use crate::model::words::{ReportState, Role};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::page::Page;
use crate::store::reports::{self, Report, Wanted};
use crate::store::{accounts, posts, rules};
use crate::web::form::{Form, mistake};
use crate::web::parts::card::{self, Card};
use crate::web::parts::person::Person;
use crate::web::parts::scene::Scene;
use crate::web::reply;
use crate::web::ui::Ui;
use crate::web::visitor::Visitor;

/// Reports of one page.
const SHOWN: i64 = 30;

/// A report in the list.
struct Row {
    path: String,
    heading: String,
    category: String,
    by: String,
    since: String,
    /// How many; empty for none.
    posts: String,
}

#[derive(Template)]
#[template(path = "pages/reports.html")]
struct Reports {
    ui: Ui,
    rows: Vec<Row>,
    resolved: bool,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/report.html")]
struct Shown {
    ui: Ui,
    path: String,
    heading: String,
    target: Person,
    by: Person,
    category: String,
    rules: Vec<String>,
    comment: String,
    forwarded: bool,
    since: String,
    open: bool,
    resolution: String,
    resolved_by: Option<Person>,
    resolved_at: String,
    assigned_to: Option<Person>,
    mine: bool,
    cards: Vec<Card>,
    /// How many posts were deleted meanwhile; empty for none.
    gone: String,
    wrong: Option<String>,
    max: usize,
}

/// The answer to whoever is no moderator.
fn turned_away(visitor: &Visitor) -> Option<Response> {
    if visitor.me.is_none() {
        return Some(reply::sign_in_first(visitor));
    }
    let low = Error::Forbidden(Refusal::RoleTooLow);
    (!visitor.viewer().at_least(Role::Moderator)).then(|| reply::error(visitor, &low))
}

/// Which reports are wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    state: String,
    before: Option<i64>,
}

/// `GET /mod/reports`
pub(crate) async fn list(
    State(app): State<App>,
    visitor: Visitor,
    Query(which): Query<Which>,
) -> Response {
    if let Some(answer) = turned_away(&visitor) {
        return answer;
    }
    let (scene, ui) = (Scene::of(&visitor), Ui::of(&visitor));
    let state = ReportState::parse(&which.state).unwrap_or(ReportState::Open);
    let page = app.db.read(move |conn| {
        let page = Page {
            max_id: which.before,
            ..Page::first(SHOWN)
        };
        let wanted = Wanted {
            state: Some(state),
            ..Wanted::default()
        };
        let me = scene.viewer.account().ok_or(Error::NotFound)?;
        let found = reports::list(conn, me, &wanted, &page)?;
        let full = i64::try_from(found.len()).is_ok_and(|count| count >= SHOWN);
        let next = found
            .last()
            .filter(|_| full)
            .map(|last| format!("/mod/reports?state={state}&before={}", last.id));
        Ok(Reports {
            rows: rows(conn, &scene, &found)?,
            resolved: state == ReportState::Resolved,
            ui,
            next,
        })
    });
    match page.await {
        Ok(page) => reply::ok(&visitor, &page),
        Err(error) => reply::error(&visitor, &error),
    }
}

fn number(count: usize) -> String {
    match count {
        0 => String::new(),
        some => some.to_string(),
    }
}

fn rows(conn: &mut Conn, scene: &Scene, found: &[Report]) -> Result<Vec<Row>> {
    let ids: Vec<i64> = found.iter().map(|report| report.id).collect();
    let named = reports::list_posts(conn, &ids)?;
    let people: Vec<AccountId> = found
        .iter()
        .flat_map(|report| [report.reporter_id, report.target_id])
        .collect();
    let people = accounts::map(conn, &people)?;
    let handle = |id: AccountId| {
        people
            .get(&id)
            .map(|account| Person::of(account, &scene.authority).handle)
            .unwrap_or_default()
    };
    Ok(found
        .iter()
        .map(|report| Row {
            path: format!("/mod/reports/{}", report.id),
            heading: handle(report.target_id),
            category: category_label(scene, report.category),
            by: handle(report.reporter_id),
            since: scene.moment(report.created_at),
            posts: number(named.iter().filter(|(id, _)| *id == report.id).count()),
        })
        .collect())
}

fn person(conn: &mut Conn, scene: &Scene, id: Option<AccountId>) -> Result<Option<Person>> {
    let found = id.map_or(Ok(None), |id| accounts::find(conn, id))?;
    Ok(found.map(|account| Person::of(&account, &scene.authority)))
}

/// The page of a report with all its posts. That some of them are not for the moderator otherwise is noted.
fn assemble(tx: &mut Tx<'_>, scene: &Scene, ui: Ui, id: i64) -> Result<Shown> {
    let (report, me) = get(tx, &scene.viewer, id)?;
    let named: Vec<PostId> = reports::list_posts(tx, &[id])?
        .into_iter()
        .map(|(_, post)| post)
        .collect();
    let mut found: Vec<posts::Post> = posts::map(tx, &named)?
        .into_values()
        .filter(|post| post.deleted_at.is_none())
        .collect();
    found.sort_by_key(|post| post.id);
    let open = posts::list_visible(tx, &scene.viewer, &named)?.len();
    if open < found.len() {
        note_reading(tx, me, id, found.len() - open)?;
    }
    let gone = number(named.len() - found.len());
    let target = person(tx, scene, Some(report.target_id))?.ok_or(Error::NotFound)?;
    let broken = rules::list_of_reports(tx, &[id])?
        .iter()
        .map(|(_, rule)| Ok(crate::web::parts::rules::Shown::of(rule, scene.lang)?.text))
        .collect::<Result<Vec<String>>>()?;
    Ok(Shown {
        path: format!("/mod/reports/{id}"),
        heading: target.handle.clone(),
        by: person(tx, scene, Some(report.reporter_id))?.ok_or(Error::NotFound)?,
        category: category_label(scene, report.category),
        rules: broken,
        comment: report.comment,
        forwarded: report.forwarded,
        since: scene.moment(report.created_at),
        open: report.state == ReportState::Open,
        resolution: report.resolution,
        resolved_by: person(tx, scene, report.resolved_by)?,
        resolved_at: report
            .resolved_at
            .map(|at| scene.moment(at))
            .unwrap_or_default(),
        assigned_to: person(tx, scene, report.assigned_to)?,
        mine: report.assigned_to == Some(me),
        cards: card::of_posts(tx, scene, found, true)?,
        gone,
        wrong: None,
        max: TEXT,
        target,
        ui,
    })
}

async fn page(app: &App, visitor: &Visitor, id: &str) -> Result<Shown> {
    let id: i64 = id.parse().map_err(|_why| Error::NotFound)?;
    let (scene, ui) = (Scene::of(visitor), Ui::of(visitor));
    app.db.write(move |tx| assemble(tx, &scene, ui, id)).await
}

/// `GET /mod/reports/{id}`
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Response {
    if let Some(answer) = turned_away(&visitor) {
        return answer;
    }
    match page(&app, &visitor, &id).await {
        Ok(page) => reply::ok(&visitor, &page),
        Err(error) => reply::error(&visitor, &error),
    }
}

/// `POST /mod/reports/{id}`: resolves it with a word, opens it again, takes it or gives it back.
pub(crate) async fn decide(State(app): State<App>, Path(id): Path<String>, form: Form) -> Response {
    let visitor = &form.visitor;
    if let Some(answer) = turned_away(visitor) {
        return answer;
    }
    let error = match try_decide(&app, &form, &id).await {
        Ok(()) => return reply::go(&format!("/mod/reports/{id}")),
        Err(error) => error,
    };
    let mistake = match mistake(error) {
        Ok(mistake) => mistake,
        Err(error) => return reply::error(visitor, &error),
    };
    match page(&app, visitor, &id).await {
        Ok(page) => {
            let wrong = crate::i18n::refusal(visitor.lang(), &mistake.why);
            let page = Shown {
                wrong: Some(wrong),
                ..page
            };
            reply::page(
                visitor,
                axum::http::StatusCode::UNPROCESSABLE_ENTITY,
                reply::Keep::Form,
                &page,
            )
        }
        Err(error) => reply::error(visitor, &error),
    }
}

async fn try_decide(app: &App, form: &Form, id: &str) -> Result<()> {
    let id: i64 = id.parse().map_err(|_why| Error::NotFound)?;
    let (viewer, word) = (form.visitor.viewer(), form.text("resolution"));
    let step = match form.text("decision").as_str() {
        "resolve" if word.trim().is_empty() => {
            return Err(Error::invalid("resolution", Refusal::Blank));
        }
        "resolve" => Step::Resolve,
        "reopen" => Step::Reopen,
        "assign" => Step::Assign,
        "unassign" => Step::Unassign,
        _ => return Err(Error::NotFound),
    };
    app.db
        .write(move |tx| handle(tx, &viewer, id, step, &word).map(drop))
        .await
}
