//! Notifications and read markers.

use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::notification_groups;
use super::page::Page;
use super::schema::{markers, notifications};
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::time::Time;
use crate::model::words::NotificationKind;

/// Something a person is told.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = notifications, check_for_backend(MultiBackend))]
pub struct Notification {
    /// Its id.
    pub id: i64,
    /// Who is told.
    pub account_id: AccountId,
    /// What about.
    pub kind: NotificationKind,
    /// Who caused it.
    pub from_id: AccountId,
    /// On which post.
    pub post_id: Option<PostId>,
    /// When.
    pub created_at: Time,
    /// Which others it is shown with; given when it is added.
    pub group_key: Option<String>,
    /// Whether it waits for the person to accept notifications of this account.
    pub filtered: bool,
    /// On which report.
    pub report_id: Option<i64>,
}

/// Tells a person; `false` where the same thing about the same post by the same person was told before.
pub fn add(conn: &mut Conn, notification: &Notification) -> Result<bool> {
    let new = notification;
    let group_key =
        notification_groups::key(conn, new.account_id, new.kind, new.post_id, new.created_at)?;
    let row = Notification {
        group_key,
        ..new.clone()
    };
    let added = on_backend!(conn, |c| diesel::insert_into(notifications::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// Which notifications are wanted; empty lists mean all and none.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only these.
    pub kinds: Vec<NotificationKind>,
    /// Not these.
    pub without: Vec<NotificationKind>,
    /// Only by this account.
    pub from: Option<AccountId>,
    /// Those that wait too.
    pub with_filtered: bool,
}

/// A person's notifications, newest first.
pub fn list(
    conn: &mut Conn,
    account: AccountId,
    filter: &Filter,
    page: &Page,
) -> Result<Vec<Notification>> {
    let mut query = notifications::table
        .filter(notifications::account_id.eq(account))
        .select(Notification::as_select())
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    if !filter.kinds.is_empty() {
        query = query.filter(notifications::kind.eq_any(filter.kinds.clone()));
    }
    if !filter.without.is_empty() {
        query = query.filter(notifications::kind.ne_all(filter.without.clone()));
    }
    if let Some(from) = filter.from {
        query = query.filter(notifications::from_id.eq(from));
    }
    if !filter.with_filtered {
        query = query.filter(notifications::filtered.eq(false));
    }
    if let Some(below) = page.below() {
        query = query.filter(notifications::id.lt(below));
    }
    if let Some(above) = page.above() {
        query = query.filter(notifications::id.gt(above));
    }
    let query = if page.upwards() {
        query.order(notifications::id.asc())
    } else {
        query.order(notifications::id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}

/// How many notifications are above an id, counted up to a limit.
pub fn count_above(
    conn: &mut Conn,
    account: AccountId,
    filter: &Filter,
    id: i64,
    limit: i64,
) -> Result<usize> {
    let page = Page {
        since_id: Some(id),
        ..Page::first(limit)
    };
    Ok(list(conn, account, filter, &page)?.len())
}

/// One of a person's own notifications.
pub fn find(conn: &mut Conn, account: AccountId, id: i64) -> Result<Option<Notification>> {
    Ok(notifications::table
        .filter(
            notifications::id
                .eq(id)
                .and(notifications::account_id.eq(account)),
        )
        .select(Notification::as_select())
        .first(conn)
        .optional()?)
}

/// How far a number that JavaScript holds may be off: ids need 57 bits, of which it keeps 53.
const ROUNDED: i64 = 64;

/// The id that a number from a client means. Push messages name a notification by a JSON number, as apps want it; scripts
/// in web clients round it, and ask with what is left. Where it is no id of the person's, the only one that a script
/// would round to the same is meant.
pub fn meant(conn: &mut Conn, account: AccountId, id: i64) -> Result<i64> {
    let own = notifications::account_id.eq(account);
    let near: Vec<i64> = notifications::table
        .filter(own)
        .filter(notifications::id.ge(id.saturating_sub(ROUNDED)))
        .filter(notifications::id.le(id.saturating_add(ROUNDED)))
        .order(notifications::id.asc())
        .limit(2 * ROUNDED + 1)
        .select(notifications::id)
        .load(conn)?;
    if near.contains(&id) {
        return Ok(id);
    }
    let mut same = near.into_iter().filter(|one| is_rounded(*one, id));
    match (same.next(), same.next()) {
        (Some(only), None) => Ok(only),
        _ => Ok(id),
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "what is lost is what is asked about"
)]
fn is_rounded(id: i64, number: i64) -> bool {
    id as f64 == number as f64
}

/// Removes one.
pub fn dismiss(conn: &mut Conn, account: AccountId, id: i64) -> Result<()> {
    diesel::delete(
        notifications::table.filter(
            notifications::id
                .eq(id)
                .and(notifications::account_id.eq(account)),
        ),
    )
    .execute(conn)?;
    Ok(())
}

/// Removes all of a person's.
pub fn clear(conn: &mut Conn, account: AccountId) -> Result<()> {
    diesel::delete(notifications::table.filter(notifications::account_id.eq(account)))
        .execute(conn)?;
    Ok(())
}

/// Takes back what was told about something undone.
pub fn retract(
    conn: &mut Conn,
    account: AccountId,
    kind: NotificationKind,
    from: AccountId,
    post: Option<PostId>,
) -> Result<()> {
    let wanted = notifications::table
        .filter(
            notifications::account_id
                .eq(account)
                .and(notifications::kind.eq(kind)),
        )
        .filter(notifications::from_id.eq(from));
    match post {
        Some(post) => {
            diesel::delete(wanted.filter(notifications::post_id.eq(post))).execute(conn)?
        }
        None => diesel::delete(wanted.filter(notifications::post_id.is_null())).execute(conn)?,
    };
    Ok(())
}

/// Removes what concerns a post, or between two people after a block.
pub fn forget_post(conn: &mut Conn, post: PostId) -> Result<()> {
    diesel::delete(notifications::table.filter(notifications::post_id.eq(post))).execute(conn)?;
    Ok(())
}

/// How far a person has read a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = markers, check_for_backend(MultiBackend))]
pub struct Marker {
    /// Who.
    pub account_id: AccountId,
    /// `home` or `notifications`.
    pub timeline: String,
    /// Last id read.
    pub last_read_id: String,
    /// Counts the changes.
    pub version: i32,
    /// When.
    pub updated_at: Time,
}

/// A person's markers of these timelines.
pub fn list_markers(
    conn: &mut Conn,
    account: AccountId,
    timelines: &[String],
) -> Result<Vec<Marker>> {
    Ok(markers::table
        .filter(
            markers::account_id
                .eq(account)
                .and(markers::timeline.eq_any(timelines)),
        )
        .select(Marker::as_select())
        .load(conn)?)
}

/// Sets a marker; the marker as it is then.
pub fn set_marker(
    conn: &mut Conn,
    account: AccountId,
    timeline: &str,
    last_read: &str,
    now: Time,
) -> Result<Marker> {
    let old: Option<Marker> = markers::table
        .find((account, timeline))
        .select(Marker::as_select())
        .first(conn)
        .optional()?;
    let marker = Marker {
        account_id: account,
        timeline: timeline.to_owned(),
        last_read_id: last_read.to_owned(),
        version: old.as_ref().map_or(1, |old| old.version + 1),
        updated_at: now,
    };
    if old.is_some() {
        diesel::update(markers::table.find((account, timeline)))
            .set((
                markers::last_read_id.eq(&marker.last_read_id),
                markers::version.eq(marker.version),
                markers::updated_at.eq(now),
            ))
            .execute(conn)?;
    } else {
        diesel::insert_into(markers::table)
            .values(&marker)
            .execute(conn)?;
    }
    Ok(marker)
}
