//! Mastodon `Notification`, and the groups of version 2.

use serde_json::{Value, json};

use super::sheet::{Sheet, list};
use super::{Desk, decision, report as entity};
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::time::rfc3339_ms;
use crate::model::words::{NotificationKind, Role};
use crate::store::conn::Conn;
use crate::store::notifications::Notification;
use crate::store::reports::{self, Report};
use crate::store::rules;
use crate::store::severances::{self, Severance};
use crate::store::strikes::{self, Strike};
use crate::store::timelines::{self, Entry};

/// Notifications with what they show. Those whose post the reader can no longer see are left out.
pub(crate) struct Loaded {
    pub(crate) rows: Vec<Notification>,
    pub(crate) lines: Vec<Entry>,
    pub(crate) sheet: Sheet,
    reports: Vec<Told>,
    severances: Vec<Severance>,
    strikes: Vec<(Strike, Vec<PostId>)>,
}

/// A report with the posts and rules that it names.
struct Told {
    report: Report,
    about: Vec<PostId>,
    broken: Vec<i64>,
}

/// The reports that notifications tell of, for whoever is a moderator still.
fn reports_of(desk: &Desk, conn: &mut Conn, rows: &[Notification]) -> Result<Vec<Told>> {
    let ids: Vec<i64> = rows.iter().filter_map(|row| row.report_id).collect();
    let Some(me) = desk.viewer.account().filter(|_| !ids.is_empty()) else {
        return Ok(Vec::new());
    };
    if !desk.viewer.at_least(Role::Moderator) {
        return Ok(Vec::new());
    }
    let named = reports::list_posts(conn, &ids)?;
    let found = reports::list_by_ids(conn, me, &ids)?;
    let broken = rules::list_of_reports(conn, &ids)?;
    let whole = |report: Report| Told {
        about: named
            .iter()
            .filter(|(id, _)| *id == report.id)
            .map(|(_, post)| *post)
            .collect(),
        broken: broken
            .iter()
            .filter(|(id, _)| *id == report.id)
            .map(|(_, rule)| rule.id)
            .collect(),
        report,
    };
    Ok(found.into_iter().map(whole).collect())
}

/// The follows that were cut, of which notifications tell.
fn severances_of(conn: &mut Conn, rows: &[Notification]) -> Result<Vec<Severance>> {
    let ids: Vec<i64> = rows.iter().filter_map(|row| row.severance_id).collect();
    severances::list_by_ids(conn, &ids)
}

/// The decisions of moderators of which notifications tell, each with the posts that it is about.
fn strikes_of(conn: &mut Conn, rows: &[Notification]) -> Result<Vec<(Strike, Vec<PostId>)>> {
    let ids: Vec<i64> = rows.iter().filter_map(|row| row.strike_id).collect();
    let posts = strikes::list_posts(conn, &ids)?;
    let with_posts = |strike: Strike| {
        let about = posts.iter().filter(|(id, _)| *id == strike.id);
        let about = about.map(|(_, post)| *post).collect();
        (strike, about)
    };
    let found = strikes::list_by_ids(conn, &ids)?;
    Ok(found.into_iter().map(with_posts).collect())
}

/// Whether a notification of this type always shows a post.
fn needs_post(kind: NotificationKind) -> bool {
    !matches!(
        kind,
        NotificationKind::Follow
            | NotificationKind::FollowRequest
            | NotificationKind::AdminReport
            | NotificationKind::AdminSignUp
            | NotificationKind::SeveredRelationships
            | NotificationKind::ModerationWarning
    )
}

impl Loaded {
    /// Loads what the notifications show.
    ///
    /// # Errors
    /// `Internal` where the database fails.
    pub(crate) fn new(desk: &Desk, conn: &mut Conn, rows: Vec<Notification>) -> Result<Self> {
        let mut ids: Vec<PostId> = rows.iter().filter_map(|row| row.post_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let lines = if ids.is_empty() {
            Vec::new()
        } else {
            timelines::by_ids(conn, &desk.viewer, &ids)?
        };
        let reports = reports_of(desk, conn, &rows)?;
        let (severances, strikes) = (severances_of(conn, &rows)?, strikes_of(conn, &rows)?);
        let people: Vec<AccountId> = rows
            .iter()
            .map(|row| row.from_id)
            .chain(reports.iter().map(|told| told.report.target_id))
            .collect();
        let sheet = desk.sheet(conn, &lines, &people)?;
        let shown = |row: &Notification| match (row.post_id, row.kind) {
            (Some(post), _) => lines.iter().any(|line| line.post == post),
            (None, NotificationKind::AdminReport) => reports
                .iter()
                .any(|told| Some(told.report.id) == row.report_id),
            (None, NotificationKind::AdminSignUp) => desk.viewer.at_least(Role::Moderator),
            (None, kind) => !needs_post(kind),
        };
        let rows = rows.into_iter().filter(shown).collect();
        Ok(Self {
            rows,
            lines,
            sheet,
            reports,
            severances,
            strikes,
        })
    }

    /// The line of a notification's post.
    pub(crate) fn line(&self, row: &Notification) -> Option<&Entry> {
        let post = row.post_id?;
        self.lines.iter().find(|line| line.post == post)
    }

    /// Writes what a notification is about besides a post: a report, follows that were cut, a decision of moderators; `false`
    /// where that is gone.
    pub(crate) fn subject(&self, out: &mut Vec<u8>, row: &Notification) -> bool {
        if let Some(id) = row.report_id {
            out.extend_from_slice(b",\"report\":");
            let found = self.reports.iter().find(|told| told.report.id == id);
            return found.is_some_and(|told| {
                entity::write(out, &self.sheet, &told.report, &told.about, &told.broken)
            });
        }
        if let Some(id) = row.severance_id {
            out.extend_from_slice(b",\"event\":");
            let found = self.severances.iter().find(|cut| cut.id == id);
            return found.is_some_and(|cut| {
                out.extend_from_slice(decision::severance(cut).to_string().as_bytes());
                true
            });
        }
        if let Some(id) = row.strike_id {
            out.extend_from_slice(b",\"moderation_warning\":");
            let found = self.strikes.iter().find(|(strike, _)| strike.id == id);
            return found.is_some_and(|(strike, about)| {
                decision::write_warning(out, &self.sheet, strike, about)
            });
        }
        true
    }

    /// Writes one.
    pub(crate) fn write(&self, out: &mut Vec<u8>, row: &Notification) -> bool {
        let head = json!({
            "id": row.id.to_string(),
            "type": row.kind.as_str(),
            "created_at": rfc3339_ms(row.created_at),
            "group_key": group_key(row),
        });
        let mut head = head.to_string().into_bytes();
        head.pop();
        out.extend_from_slice(&head);
        out.extend_from_slice(b",\"account\":");
        if !self.sheet.account(out, row.from_id) {
            return false;
        }
        if let Some(line) = self.line(row) {
            out.extend_from_slice(b",\"status\":");
            if !self.sheet.status(out, line) {
                return false;
            }
        }
        if !self.subject(out, row) {
            return false;
        }
        out.push(b'}');
        true
    }

    /// All as a list.
    pub(crate) fn list(&self) -> Vec<u8> {
        list(&self.rows, 3600, |out, row| self.write(out, row))
    }
}

/// The key of a notification's group; one without group makes one alone.
pub(crate) fn group_key(row: &Notification) -> String {
    row.group_key
        .clone()
        .unwrap_or_else(|| format!("ungrouped-{}", row.id))
}

/// The notification that a key names which makes a group alone.
pub(crate) fn id_of_group(key: &str) -> Option<i64> {
    key.strip_prefix("ungrouped-")?.parse().ok()
}

/// What a group is besides its newest notification.
pub(crate) struct Group {
    /// How many there are.
    pub(crate) count: i64,
    /// The oldest on this page.
    pub(crate) oldest: i64,
    /// The newest people.
    pub(crate) people: Vec<AccountId>,
}

/// Mastodon `NotificationGroup`, from the newest notification of it.
pub(crate) fn group(row: &Notification, group: Option<&Group>) -> Value {
    let id = row.id.to_string();
    let people: Vec<String> = match group {
        Some(group) => group.people.iter().map(ToString::to_string).collect(),
        None => vec![row.from_id.to_string()],
    };
    json!({
        "group_key": group_key(row),
        "notifications_count": group.map_or(1, |group| group.count),
        "type": row.kind.as_str(),
        "most_recent_notification_id": id,
        "page_min_id": group.map_or(row.id, |group| group.oldest).to_string(),
        "page_max_id": id,
        "latest_page_notification_at": rfc3339_ms(row.created_at),
        "sample_account_ids": people,
        "status_id": row.post_id.map(|post| post.to_string()),
    })
}
