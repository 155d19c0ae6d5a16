//! Moderators deal with reports: take, give back, resolve, open again, say what it is about. Each deed is noted; nobody
//! deals with a report about oneself, which is not there for them.

use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::report::{Step, TEXT, after, may_handle};
use crate::model::viewer::Viewer;
use crate::model::words::{ReportCategory, ReportState, Role};
use crate::store::audit;
use crate::store::db::Tx;
use crate::store::hold;
use crate::store::reports::{self, Report};

/// A report for whoever may handle it.
///
/// # Errors
/// `Forbidden(RoleTooLow)`; `NotFound` for one about oneself as for one that is not there.
pub fn get(tx: &mut Tx<'_>, by: &Viewer, id: i64) -> Result<(Report, AccountId)> {
    let me = by
        .account()
        .filter(|_| by.at_least(Role::Moderator))
        .ok_or(Refusal::RoleTooLow)?;
    // Two moderators at the same time would each write back what they had read.
    hold::report(tx, id)?;
    let report = reports::get_for(tx, me, id)?;
    if may_handle(by, report.target_id) {
        Ok((report, me))
    } else {
        Err(Error::NotFound)
    }
}

/// Takes a step; the report as it is then. `word` is what is said of a resolution, and may be empty.
///
/// # Errors
/// As [`get`]; `Forbidden(WrongState)` as [`after`] says; `Invalid` naming `resolution`.
pub fn handle(tx: &mut Tx<'_>, by: &Viewer, id: i64, step: Step, word: &str) -> Result<Report> {
    let (mut report, me) = get(tx, by, id)?;
    let word = word.trim();
    if word.chars().count() > TEXT {
        return Err(Error::invalid("resolution", Refusal::TooLong(TEXT)));
    }
    let before = report.state;
    report.state = after(before, step)?;
    let now = tx.now();
    let action = match step {
        Step::Resolve => {
            if before == ReportState::Open {
                report.resolved_by = Some(me);
                report.resolved_at = Some(now);
                word.clone_into(&mut report.resolution);
            }
            "report.resolve"
        }
        Step::Reopen => {
            report.resolved_by = None;
            report.resolved_at = None;
            report.resolution.clear();
            "report.reopen"
        }
        Step::Assign => {
            report.assigned_to = Some(me);
            "report.assign"
        }
        Step::Unassign => {
            report.assigned_to = None;
            "report.unassign"
        }
    };
    report.updated_at = now;
    reports::update(tx, &report)?;
    audit::add(tx, Some(me), action, &id.to_string(), word)?;
    Ok(report)
}

/// Resolves a report by what was done with whom it is about.
///
/// # Errors
/// As [`handle`]; `NotFound` for a report about somebody else.
pub(super) fn resolve_about(
    tx: &mut Tx<'_>,
    by: &Viewer,
    id: i64,
    target: AccountId,
    word: &str,
) -> Result<()> {
    let (report, _) = get(tx, by, id)?;
    if report.target_id != target {
        return Err(Error::NotFound);
    }
    handle(tx, by, id, Step::Resolve, word).map(drop)
}

/// Says what a report is about.
///
/// # Errors
/// As [`get`].
pub fn categorise(
    tx: &mut Tx<'_>,
    by: &Viewer,
    id: i64,
    category: ReportCategory,
) -> Result<Report> {
    let (mut report, me) = get(tx, by, id)?;
    report.category = category;
    report.updated_at = tx.now();
    reports::update(tx, &report)?;
    let id = id.to_string();
    audit::add(tx, Some(me), "report.categorise", &id, category.as_str())?;
    Ok(report)
}

/// Notes that somebody read posts by way of a report that were not for them otherwise (ADM-05).
pub fn note_reading(tx: &mut Tx<'_>, me: AccountId, id: i64, posts: usize) -> Result<()> {
    audit::add(
        tx,
        Some(me),
        "report.read",
        &id.to_string(),
        &posts.to_string(),
    )
}
