//! Notifications, version 2: what several people did to the same post is one group.

use std::collections::HashMap;

use axum::extract::State;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::entities::notification::{Group, Loaded, group, id_of_group};
use super::entities::{Desk, sheet};
use super::error::ApiResult;
use super::extract::{Auth, Body, Name, Paging, scope};
use super::notifications::{UNREAD, Wanted, last_read};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::words::NotificationKind;
use crate::store::conn::Conn;
use crate::store::notification_groups::{self as groups, GROUPED, Part};
use crate::store::notifications::{self, Notification};
use crate::store::page::Page;

/// People of a group that are shown with it.
const SAMPLE: i64 = 8;
/// Most people of a group that are listed.
const PEOPLE: i64 = 80;

/// The kinds that come in groups here.
fn grouped_kinds(wanted: &Wanted) -> Vec<NotificationKind> {
    let named: Vec<&String> = wanted
        .grouped_types
        .iter()
        .filter(|name| !name.is_empty())
        .collect();
    GROUPED
        .into_iter()
        .filter(|kind| named.is_empty() || named.iter().any(|name| *name == kind.as_str()))
        .collect()
}

/// A page of groups: the newest notification of each.
fn load(conn: &mut Conn, me: AccountId, wanted: &Wanted, page: &Page) -> Result<Vec<Notification>> {
    let Some(filter) = wanted.filter() else {
        return Ok(Vec::new());
    };
    let kinds = grouped_kinds(wanted);
    let mut rows = groups::list(conn, me, &filter, &kinds, page)?;
    for row in rows.iter_mut().filter(|row| !kinds.contains(&row.kind)) {
        row.group_key = None;
    }
    Ok(rows)
}

/// How large the groups of a page are, and who is in them.
fn sizes(
    conn: &mut Conn,
    me: AccountId,
    rows: &[Notification],
    part: Part,
) -> Result<HashMap<i64, Group>> {
    let keys: Vec<String> = rows
        .iter()
        .filter_map(|row| row.group_key.clone())
        .collect();
    let known = if keys.is_empty() {
        Vec::new()
    } else {
        groups::list_sizes(conn, me, &keys, part)?
    };
    let oldest_shown = rows.iter().map(|row| row.id).min().unwrap_or_default();
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let size = known
            .iter()
            .find(|size| Some(&size.key) == row.group_key.as_ref() && size.count > 1);
        let shown = match size {
            None => Group {
                count: 1,
                oldest: row.id,
                people: vec![row.from_id],
            },
            Some(size) => Group {
                count: size.count,
                // Where the group reaches below this page, clients must not go on from its end.
                oldest: if size.oldest >= oldest_shown {
                    size.oldest
                } else {
                    row.id
                },
                people: groups::list_members(conn, me, &size.key, SAMPLE, part)?
                    .iter()
                    .map(|member| member.from_id)
                    .collect(),
            },
        };
        found.insert(row.id, shown);
    }
    Ok(found)
}

/// Of an account only what a small picture with a name needs.
fn partial(full: &Value) -> Value {
    const KEPT: [&str; 7] = [
        "id",
        "acct",
        "locked",
        "bot",
        "url",
        "avatar",
        "avatar_static",
    ];
    let kept: Map<String, Value> = KEPT
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), full.get(*name)?.clone())))
        .collect();
    Value::Object(kept)
}

/// The grouped shape of a page. With `partial_avatars` only the first of each group comes whole.
fn shape(
    desk: &Desk,
    conn: &mut Conn,
    loaded: &Loaded,
    sizes: &HashMap<i64, Group>,
    partial_avatars: bool,
) -> Result<Vec<u8>> {
    let groups: Vec<&Group> = loaded
        .rows
        .iter()
        .filter_map(|row| sizes.get(&row.id))
        .collect();
    let mut whole: Vec<AccountId> = loaded.rows.iter().map(|row| row.from_id).collect();
    let mut rest: Vec<AccountId> = groups
        .iter()
        .flat_map(|group| group.people.iter().copied())
        .collect();
    if !partial_avatars {
        whole.append(&mut rest);
    }
    whole.sort_unstable();
    whole.dedup();
    rest.sort_unstable();
    rest.dedup();
    rest.retain(|id| !whole.contains(id));
    let small: Vec<Value> = if rest.is_empty() {
        Vec::new()
    } else {
        serde_json::from_slice(&desk.accounts(conn, &rest)?)?
    };
    let small: Vec<Value> = small.iter().map(partial).collect();
    let mut out = b"{\"accounts\":".to_vec();
    out.extend_from_slice(&desk.accounts(conn, &whole)?);
    out.extend_from_slice(b",\"partial_accounts\":");
    serde_json::to_writer(&mut out, &small)?;
    out.extend_from_slice(b",\"statuses\":");
    out.extend_from_slice(&sheet::list(&loaded.lines, 2600, |out, line| {
        loaded.rows.iter().any(|row| row.post_id == Some(line.post))
            && loaded.sheet.status(out, line)
    }));
    out.extend_from_slice(b",\"notification_groups\":");
    out.extend_from_slice(&sheet::list(&loaded.rows, 400, |out, row| {
        let mut head = group(row, sizes.get(&row.id)).to_string().into_bytes();
        head.pop();
        out.extend_from_slice(&head);
        if !loaded.subject(out, row) {
            return false;
        }
        out.push(b'}');
        true
    }));
    out.push(b'}');
    Ok(out)
}

/// `GET /api/v2/notifications`
pub(super) async fn list(
    State(app): State<App>,
    me: Auth<scope::ReadNotifications>,
    paging: Paging,
    Body(wanted): Body<Wanted>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let page = paging.page(40, 80);
    let read = app.db.read(move |conn| {
        let rows = load(conn, me.account, &wanted, &page)?;
        let cursors: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let part = Part {
            from: wanted.filter().and_then(|filter| filter.from),
            with_filtered: wanted.include_filtered.unwrap_or(false),
        };
        let sizes = sizes(conn, me.account, &rows, part)?;
        let loaded = Loaded::new(&desk, conn, rows)?;
        let partial = wanted.expand_accounts.as_deref() == Some("partial_avatars");
        Ok((shape(&desk, conn, &loaded, &sizes, partial)?, cursors))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

/// `GET /api/v2/notifications/unread_count`: groups above the marker.
pub(super) async fn unread_count(
    State(app): State<App>,
    me: Auth<scope::ReadNotifications>,
    paging: Paging,
    Body(wanted): Body<Wanted>,
) -> ApiResult {
    let limit = paging.limit(UNREAD, 1000);
    let count = app.db.read(move |conn| {
        let page = Page {
            since_id: Some(last_read(conn, me.account)?),
            ..Page::first(limit)
        };
        Ok(load(conn, me.account, &wanted, &page)?.len())
    });
    Ok(Answer::json(&json!({ "count": count.await? }))?)
}

/// The notifications of a group, newest first.
fn members(conn: &mut Conn, me: AccountId, key: &str) -> Result<Vec<Notification>> {
    let rows = match id_of_group(key) {
        Some(id) => notifications::find(conn, me, id)?.into_iter().collect(),
        None => groups::list_members(conn, me, key, PEOPLE, Part::WHOLE)?,
    };
    if rows.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(rows)
}

/// `GET /api/v2/notifications/:group_key`
pub(super) async fn show(
    State(app): State<App>,
    me: Auth<scope::ReadNotifications>,
    Name(key): Name,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let body = app.db.read(move |conn| {
        let mut rows = members(conn, me.account, &key)?;
        rows.truncate(1);
        if id_of_group(&key).is_some() {
            for row in &mut rows {
                row.group_key = None;
            }
        }
        let sizes = sizes(conn, me.account, &rows, Part::WHOLE)?;
        let loaded = Loaded::new(&desk, conn, rows)?;
        shape(&desk, conn, &loaded, &sizes, false)
    });
    Ok(Answer::bytes(body.await?))
}

/// `GET /api/v2/notifications/:group_key/accounts`
pub(super) async fn accounts(
    State(app): State<App>,
    me: Auth<scope::ReadNotifications>,
    Name(key): Name,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let body = app.db.read(move |conn| {
        let rows = members(conn, me.account, &key)?;
        let people: Vec<AccountId> = rows.iter().map(|row| row.from_id).collect();
        desk.accounts(conn, &people)
    });
    Ok(Answer::bytes(body.await?))
}

/// `POST /api/v2/notifications/:group_key/dismiss`
pub(super) async fn dismiss(
    State(app): State<App>,
    me: Auth<scope::WriteNotifications>,
    Name(key): Name,
) -> ApiResult {
    let account = me.account;
    let gone = app.db.write(move |tx| match id_of_group(&key) {
        Some(id) => notifications::dismiss(tx, account, id),
        None => groups::dismiss(tx, account, &key),
    });
    gone.await?;
    Ok(Answer::empty())
}
