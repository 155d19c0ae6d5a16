//! Reports as moderators see them.

use std::collections::HashMap;

use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;

use super::entities::{Files, people_of};
use crate::actions::handle_report::{categorise, handle, note_reading};
use crate::api::answer::Answer;
use crate::api::entities::Desk;
use crate::api::entities::instance::rule;
use crate::api::entities::sheet;
use crate::api::error::ApiResult;
use crate::api::extract::{Auth, Body, Id, Paging, scope};
use crate::api::words::word;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::model::report::Step;
use crate::model::words::{ReportState, Role};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::reports::{self, Report, Wanted};
use crate::store::rules;
use crate::store::timelines::{self, Entry};

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Filter {
    resolved: Option<bool>,
    account_id: Option<String>,
    target_account_id: Option<String>,
}

fn account_id(text: Option<&str>) -> Result<Option<AccountId>> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_why| Error::NotFound),
    }
}

/// `GET /api/v1/admin/reports`: the open ones, or the resolved ones. Of the posts those that the moderator may read
/// anyway; a single report shows all of them.
pub(super) async fn list(
    State(app): State<App>,
    me: Auth<scope::AdminReadReports>,
    paging: Paging,
    Body(filter): Body<Filter>,
) -> ApiResult {
    me.at_least(Role::Moderator)?;
    let state = match filter.resolved {
        Some(true) => ReportState::Resolved,
        _ => ReportState::Open,
    };
    let wanted = Wanted {
        state: Some(state),
        reporter: account_id(filter.account_id.as_deref())?,
        target: account_id(filter.target_account_id.as_deref())?,
    };
    let page = paging.page(100, 200);
    let desk = Desk::new(&app, me.viewer);
    let read = app.db.read(move |conn| {
        let rows = reports::list(conn, me.account, &wanted, &page)?;
        let cursors: Vec<i64> = rows.iter().map(|row| row.id).collect();
        Ok((several(&desk, conn, &rows)?, cursors))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

/// The rules that reports name.
fn rules_of(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(i64, Value)>> {
    rules::list_of_reports(conn, ids)?
        .iter()
        .map(|(report, row)| Ok((*report, rule(row)?)))
        .collect()
}

fn of(broken: &[(i64, Value)], report: i64) -> Vec<Value> {
    let named = broken.iter().filter(|(id, _)| *id == report);
    named.map(|(_, rule)| rule.clone()).collect()
}

fn several(desk: &Desk, conn: &mut Conn, rows: &[Report]) -> Result<Vec<u8>> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let named = reports::list_posts(conn, &ids)?;
    let mut about: Vec<PostId> = named.iter().map(|(_, post)| *post).collect();
    about.sort_unstable();
    about.dedup();
    let lines = timelines::by_ids(conn, &desk.viewer, &about)?;
    let people: Vec<AccountId> = rows.iter().flat_map(people_of).collect();
    let broken = rules_of(conn, &ids)?;
    let files = Files::load(desk, conn, &people, &lines)?;
    // A peer may name many posts in many reports: each is looked up, none compared with all.
    let mut posts_of: HashMap<i64, Vec<PostId>> = HashMap::new();
    for (report, post) in named {
        posts_of.entry(report).or_default().push(post);
    }
    let line_of: HashMap<PostId, Entry> = lines.iter().map(|line| (line.post, *line)).collect();
    Ok(sheet::list(rows, 8000, |out, row| {
        let named = posts_of.get(&row.id).into_iter().flatten();
        let own: Vec<Entry> = named
            .filter_map(|post| line_of.get(post).copied())
            .collect();
        files.report(out, row, &own, &of(&broken, row.id))
    }))
}

/// One report with all its posts. That some of them were not for the moderator otherwise is noted.
fn whole(desk: &Desk, tx: &mut Tx<'_>, me: AccountId, report: &Report) -> Result<Vec<u8>> {
    let lines = reports::lines(tx, report.id)?;
    let ids: Vec<PostId> = lines.iter().map(|line| line.post).collect();
    let open = timelines::by_ids(tx, &desk.viewer, &ids)?.len();
    if open < lines.len() {
        note_reading(tx, me, report.id, lines.len() - open)?;
    }
    let broken = rules_of(tx, &[report.id])?;
    let files = Files::load(desk, tx, &people_of(report), &lines)?;
    let mut out = Vec::with_capacity(8192);
    if files.report(&mut out, report, &lines, &of(&broken, report.id)) {
        Ok(out)
    } else {
        Err(Error::NotFound)
    }
}

/// `GET /api/v1/admin/reports/:id`
pub(super) async fn show(
    State(app): State<App>,
    me: Auth<scope::AdminReadReports>,
    Id(id): Id<i64>,
) -> ApiResult {
    me.at_least(Role::Moderator)?;
    let desk = Desk::new(&app, me.viewer);
    let read = app.db.write(move |tx| {
        let report = reports::get_for(tx, me.account, id)?;
        whole(&desk, tx, me.account, &report)
    });
    Ok(Answer::bytes(read.await?))
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Change {
    category: Option<String>,
}

/// `PUT /api/v1/admin/reports/:id`: what it is about. The rules that it names stay as its author named them.
pub(super) async fn update(
    State(app): State<App>,
    me: Auth<scope::AdminWriteReports>,
    Id(id): Id<i64>,
    Body(form): Body<Change>,
) -> ApiResult {
    me.at_least(Role::Moderator)?;
    let category = word("category", form.category.as_deref())?;
    let desk = Desk::new(&app, me.viewer);
    let done = app.db.write(move |tx| {
        let report = match category {
            Some(category) => categorise(tx, &desk.viewer, id, category)?,
            None => reports::get_for(tx, me.account, id)?,
        };
        whole(&desk, tx, me.account, &report)
    });
    Ok(Answer::bytes(done.await?))
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Said {
    /// Ours: what was done, in words.
    resolution: String,
}

async fn step(
    app: App,
    me: Auth<scope::AdminWriteReports>,
    id: i64,
    step: Step,
    said: String,
) -> ApiResult {
    me.at_least(Role::Moderator)?;
    let desk = Desk::new(&app, me.viewer);
    let done = app.db.write(move |tx| {
        let report = handle(tx, &desk.viewer, id, step, &said)?;
        whole(&desk, tx, me.account, &report)
    });
    Ok(Answer::bytes(done.await?))
}

/// `POST /api/v1/admin/reports/:id/assign_to_self`
pub(super) async fn assign(
    State(app): State<App>,
    me: Auth<scope::AdminWriteReports>,
    Id(id): Id<i64>,
) -> ApiResult {
    step(app, me, id, Step::Assign, String::new()).await
}

/// `POST /api/v1/admin/reports/:id/unassign`
pub(super) async fn unassign(
    State(app): State<App>,
    me: Auth<scope::AdminWriteReports>,
    Id(id): Id<i64>,
) -> ApiResult {
    step(app, me, id, Step::Unassign, String::new()).await
}

/// `POST /api/v1/admin/reports/:id/resolve`
pub(super) async fn resolve(
    State(app): State<App>,
    me: Auth<scope::AdminWriteReports>,
    Id(id): Id<i64>,
    Body(said): Body<Said>,
) -> ApiResult {
    step(app, me, id, Step::Resolve, said.resolution).await
}

/// `POST /api/v1/admin/reports/:id/reopen`
pub(super) async fn reopen(
    State(app): State<App>,
    me: Auth<scope::AdminWriteReports>,
    Id(id): Id<i64>,
) -> ApiResult {
    step(app, me, id, Step::Reopen, String::new()).await
}
