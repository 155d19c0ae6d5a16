//! Notifications and read markers.

use diesel::dsl::not;
use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::dialect::among::among_words;
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
    /// On which follows that were cut.
    pub severance_id: Option<i64>,
    /// On which decision of moderators.
    pub strike_id: Option<i64>,
}

impl Notification {
    /// One that comes from oneself, and is about nothing yet.
    pub fn of_own(id: i64, account: AccountId, kind: NotificationKind, now: Time) -> Self {
        Self {
            id,
            account_id: account,
            kind,
            from_id: account,
            post_id: None,
            created_at: now,
            group_key: None,
            filtered: false,
            report_id: None,
            severance_id: None,
            strike_id: None,
        }
    }
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

/// What a person is still to be told: reports, with who made them, to moderators alone, and to nobody who was one.
macro_rules! still_told {
    ($account:expr) => {{
        use diesel::prelude::*;
        use $crate::model::words::{NotificationKind, Role};
        use $crate::store::schema::{notifications, users};
        let moderates = users::table.filter(users::account_id.eq($account)).filter(
            users::role
                .eq(Role::Moderator)
                .or(users::role.eq(Role::Admin)),
        );
        notifications::report_id
            .is_null()
            .and(notifications::kind.ne(NotificationKind::AdminSignUp))
            .or(diesel::dsl::exists(moderates))
    }};
}
pub(super) use still_told;

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
        .filter(still_told!(account))
        .select(Notification::as_select())
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    if !filter.kinds.is_empty() {
        let kinds = filter.kinds.iter().map(|kind| kind.as_str());
        query = query.filter(among_words(conn, notifications::kind, kinds));
    }
    if !filter.without.is_empty() {
        let kinds = filter.without.iter().map(|kind| kind.as_str());
        query = query.filter(not(among_words(conn, notifications::kind, kinds)));
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
        .filter(still_told!(account))
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
    let first = Marker {
        account_id: account,
        timeline: timeline.to_owned(),
        last_read_id: last_read.to_owned(),
        version: 1,
        updated_at: now,
    };
    on_backend!(conn, |c| diesel::insert_into(markers::table)
        .values(&first)
        .on_conflict((markers::account_id, markers::timeline))
        .do_update()
        .set((
            markers::last_read_id.eq(last_read),
            markers::version.eq(markers::version + 1),
            markers::updated_at.eq(now),
        ))
        .execute(c))?;
    Ok(markers::table
        .find((account, timeline))
        .select(Marker::as_select())
        .first(conn)?)
}
