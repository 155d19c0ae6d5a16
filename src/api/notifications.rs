//! Notifications, version 1, and read markers.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::entities::Desk;
use super::entities::notification::Loaded;
use super::error::ApiResult;
use super::extract::{Auth, Body, Id, Paging, scope};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::time::rfc3339_ms;
use crate::model::words::NotificationKind;
use crate::params::Params;
use crate::store::conn::Conn;
use crate::store::notifications::{self, Filter, Marker};
use crate::store::page::Page;

/// Highest unread count that is told.
pub(super) const UNREAD: i64 = 100;

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    types: Vec<String>,
    exclude_types: Vec<String>,
    account_id: Option<String>,
    pub(super) include_filtered: Option<bool>,
    /// Version 2 only: which kinds come in groups.
    pub(super) grouped_types: Vec<String>,
    /// Version 2 only: whether all people of a group come whole.
    pub(super) expand_accounts: Option<String>,
}

impl Wanted {
    /// `None` where only types are wanted that do not exist, or those of an account that cannot. Unknown names are ignored.
    pub(super) fn filter(&self) -> Option<Filter> {
        let known = |names: &[String]| -> Vec<NotificationKind> {
            names
                .iter()
                .filter_map(|name| NotificationKind::parse(name))
                .collect()
        };
        let kinds = known(&self.types);
        if kinds.is_empty() && self.types.iter().any(|name| !name.is_empty()) {
            return None;
        }
        let named = self.account_id.as_deref().map(str::trim);
        let from = match named.filter(|id| !id.is_empty()) {
            Some(id) => Some(AccountId(id.parse().ok()?)),
            None => None,
        };
        Some(Filter {
            kinds,
            without: known(&self.exclude_types),
            from,
            with_filtered: self.include_filtered.unwrap_or(false),
        })
    }
}

/// One page and the cursors of all its rows.
fn load(desk: &Desk, conn: &mut Conn, wanted: &Wanted, page: &Page) -> Result<(Loaded, Vec<i64>)> {
    let me = desk.viewer.account().ok_or(Error::NotFound)?;
    let rows = match wanted.filter() {
        Some(filter) => notifications::list(conn, me, &filter, page)?,
        None => Vec::new(),
    };
    let cursors = rows.iter().map(|row| row.id).collect();
    Ok((Loaded::new(desk, conn, rows)?, cursors))
}

/// `GET /api/v1/notifications`
pub(super) async fn list(
    State(app): State<App>,
    me: Auth<scope::ReadNotifications>,
    paging: Paging,
    Body(wanted): Body<Wanted>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let page = paging.page(40, 80);
    let read = app.db.read(move |conn| {
        let (loaded, cursors) = load(&desk, conn, &wanted, &page)?;
        Ok((loaded.list(), cursors))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

async fn one(app: &App, me: &Auth<scope::ReadNotifications>, id: i64) -> ApiResult {
    let desk = Desk::new(app, me.viewer);
    let account = me.account;
    let body = app.db.read(move |conn| {
        let id = notifications::meant(conn, account, id)?;
        let row = notifications::find(conn, account, id)?.ok_or(Error::NotFound)?;
        let loaded = Loaded::new(&desk, conn, vec![row])?;
        let mut out = Vec::new();
        let written = loaded
            .rows
            .first()
            .is_some_and(|row| loaded.write(&mut out, row));
        if written {
            Ok(out)
        } else {
            Err(Error::NotFound)
        }
    });
    Ok(Answer::bytes(body.await?))
}

/// `GET /api/v1/notifications/:id`
pub(super) async fn show(
    State(app): State<App>,
    me: Auth<scope::ReadNotifications>,
    Id(id): Id<i64>,
) -> ApiResult {
    one(&app, &me, id).await
}

async fn remove(app: &App, account: AccountId, id: i64) -> ApiResult {
    app.db
        .write(move |tx| {
            let id = notifications::meant(tx, account, id)?;
            notifications::dismiss(tx, account, id)
        })
        .await?;
    Ok(Answer::empty())
}

/// `POST /api/v1/notifications/:id/dismiss`
pub(super) async fn dismiss(
    State(app): State<App>,
    me: Auth<scope::WriteNotifications>,
    Id(id): Id<i64>,
) -> ApiResult {
    remove(&app, me.account, id).await
}

/// `POST /api/v1/notifications/clear`
pub(super) async fn clear(
    State(app): State<App>,
    me: Auth<scope::WriteNotifications>,
) -> ApiResult {
    let account = me.account;
    app.db
        .write(move |tx| notifications::clear(tx, account))
        .await?;
    Ok(Answer::empty())
}

/// The last notification that a person has read, by the marker.
pub(super) fn last_read(conn: &mut Conn, me: AccountId) -> Result<i64> {
    let read = notifications::list_markers(conn, me, &["notifications".to_owned()])?;
    Ok(read
        .first()
        .and_then(|marker| marker.last_read_id.parse().ok())
        .unwrap_or(0))
}

/// `GET /api/v1/notifications/unread_count`: above the marker.
pub(super) async fn unread_count(
    State(app): State<App>,
    me: Auth<scope::ReadNotifications>,
    paging: Paging,
    Body(wanted): Body<Wanted>,
) -> ApiResult {
    let account = me.account;
    let limit = paging.limit(UNREAD, 1000);
    let count = app.db.read(move |conn| {
        let Some(filter) = wanted.filter() else {
            return Ok(0);
        };
        let last = last_read(conn, account)?;
        notifications::count_above(conn, account, &filter, last, limit)
    });
    Ok(Answer::json(&json!({ "count": count.await? }))?)
}

fn markers(rows: &[Marker]) -> Map<String, Value> {
    let entity = |row: &Marker| {
        json!({
            "last_read_id": row.last_read_id,
            "version": row.version,
            "updated_at": rfc3339_ms(row.updated_at),
        })
    };
    rows.iter()
        .map(|row| (row.timeline.clone(), entity(row)))
        .collect()
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Timelines {
    timeline: Vec<String>,
}

/// `GET /api/v1/markers`
pub(super) async fn show_markers(
    State(app): State<App>,
    me: Auth<scope::ReadStatuses>,
    Body(wanted): Body<Timelines>,
) -> ApiResult {
    let account = me.account;
    let rows = app
        .db
        .read(move |conn| notifications::list_markers(conn, account, &wanted.timeline))
        .await?;
    Ok(Answer::json(&markers(&rows))?)
}

/// `POST /api/v1/markers`
pub(super) async fn set_markers(
    State(app): State<App>,
    me: Auth<scope::WriteStatuses>,
    params: Params,
) -> ApiResult {
    #[derive(Debug, Deserialize, Default)]
    #[serde(default)]
    struct Place {
        last_read_id: Option<i64>,
    }
    #[derive(Debug, Deserialize, Default)]
    #[serde(default)]
    struct Form {
        home: Option<Place>,
        notifications: Option<Place>,
    }
    let form: Form = params.get()?;
    let account = me.account;
    let rows = app.db.write(move |tx| {
        let now = tx.now();
        let mut rows = Vec::new();
        for (timeline, place) in [("home", form.home), ("notifications", form.notifications)] {
            if let Some(id) = place.and_then(|place| place.last_read_id) {
                rows.push(notifications::set_marker(
                    tx,
                    account,
                    timeline,
                    &id.to_string(),
                    now,
                )?);
            }
        }
        Ok(rows)
    });
    Ok(Answer::json(&markers(&rows.await?))?)
}
