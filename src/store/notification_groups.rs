//! Notifications in groups: what several people did to the same post (or follows) within some hours shows as one, at the
//! place of the newest.

use diesel::dsl::{count_star, exists, min, not};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::conn::{Conn, MultiBackend};
use super::dialect::among::among_words;
use super::notifications::{Filter, Notification, still_told};
use super::page::Page;
use super::schema::notifications;
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::time::Time;
use crate::model::words::NotificationKind;

/// Hours that a group spans at most.
const SPAN: i64 = 12;

diesel::alias!(notifications as newer: Newer);

/// Kinds that come in groups, as in Mastodon.
pub const GROUPED: [NotificationKind; 4] = [
    NotificationKind::Favourite,
    NotificationKind::Reblog,
    NotificationKind::Follow,
    NotificationKind::AdminSignUp,
];

/// That a notification is by this account, where one is named.
macro_rules! by {
    ($from:expr) => {
        $from
            .is_none()
            .into_sql::<Bool>()
            .or(notifications::from_id.eq($from.unwrap_or(AccountId(0))))
    };
}

/// The key of the group that a new notification belongs to: that of the newest one about the same, unless it began too
/// long ago.
pub fn key(
    conn: &mut Conn,
    account: AccountId,
    kind: NotificationKind,
    post: Option<PostId>,
    now: Time,
) -> Result<Option<String>> {
    if !GROUPED.contains(&kind) {
        return Ok(None);
    }
    let prefix = match post {
        Some(post) => format!("{kind}-{post}-"),
        None => format!("{kind}-"),
    };
    let newest = notifications::table
        .filter(notifications::account_id.eq(account))
        .filter(notifications::kind.eq(kind))
        .filter(notifications::group_key.is_not_null())
        .order(notifications::id.desc())
        .select(notifications::group_key)
        .into_boxed::<MultiBackend>();
    let newest: Option<Option<String>> = match post {
        Some(post) => newest.filter(notifications::post_id.eq(post)),
        None => newest.filter(notifications::post_id.is_null()),
    }
    .first(conn)
    .optional()?;
    let hour = now.and_utc().timestamp() / 3600;
    let begun = newest
        .flatten()
        .and_then(|key| key.strip_prefix(&prefix)?.parse::<i64>().ok())
        .filter(|begun| (0..SPAN).contains(&(hour - begun)));
    Ok(Some(format!("{prefix}{}", begun.unwrap_or(hour))))
}

/// The newest notification of each group, and those without group, newest first.
pub fn list(
    conn: &mut Conn,
    account: AccountId,
    filter: &Filter,
    grouped: &[NotificationKind],
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
    if !grouped.is_empty() {
        let newer_ones = newer
            .filter(newer.field(notifications::account_id).eq(account))
            .filter(
                newer
                    .field(notifications::group_key)
                    .eq(notifications::group_key),
            )
            .filter(newer.field(notifications::id).gt(notifications::id))
            .filter(
                newer.field(notifications::filtered).eq(false).or(newer
                    .field(notifications::filtered)
                    .eq(filter.with_filtered)),
            );
        let kinds = grouped.iter().map(|kind| kind.as_str());
        let alone = not(among_words(conn, notifications::kind, kinds));
        // The newest of those that are wanted: a newer one of somebody else hides none.
        query = match filter.from {
            None => query.filter(alone.or(not(exists(newer_ones)))),
            Some(from) => query.filter(alone.or(not(exists(
                newer_ones.filter(newer.field(notifications::from_id).eq(from)),
            )))),
        };
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

/// How large a group is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    /// Its key.
    pub key: String,
    /// How many notifications it holds.
    pub count: i64,
    /// The oldest of them.
    pub oldest: i64,
}

/// Which notifications of a group are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Only by this account.
    pub from: Option<AccountId>,
    /// Those that wait too.
    pub with_filtered: bool,
}

impl Part {
    /// All of it, with what waits.
    pub const WHOLE: Self = Self {
        from: None,
        with_filtered: true,
    };
}

/// The sizes of several groups of a person.
pub fn list_sizes(
    conn: &mut Conn,
    account: AccountId,
    keys: &[String],
    part: Part,
) -> Result<Vec<Size>> {
    let rows: Vec<(Option<String>, i64, Option<i64>)> = notifications::table
        .filter(notifications::account_id.eq(account))
        .filter(by!(part.from))
        .filter(notifications::group_key.eq_any(keys.iter().cloned().map(Some).collect::<Vec<_>>()))
        .filter(
            notifications::filtered
                .eq(false)
                .or(notifications::filtered.eq(part.with_filtered)),
        )
        .group_by(notifications::group_key)
        .select((
            notifications::group_key,
            count_star(),
            min(notifications::id),
        ))
        .load(conn)?;
    let size = |(key, count, oldest): (Option<String>, i64, Option<i64>)| Size {
        key: key.unwrap_or_default(),
        count,
        oldest: oldest.unwrap_or_default(),
    };
    Ok(rows.into_iter().map(size).collect())
}

/// The notifications of a group, newest first.
pub fn list_members(
    conn: &mut Conn,
    account: AccountId,
    key: &str,
    limit: i64,
    part: Part,
) -> Result<Vec<Notification>> {
    Ok(notifications::table
        .filter(notifications::account_id.eq(account))
        .filter(by!(part.from))
        .filter(notifications::group_key.eq(key))
        .filter(notifications::filtered.eq_any([false, part.with_filtered]))
        .order(notifications::id.desc())
        .limit(limit)
        .select(Notification::as_select())
        .load(conn)?)
}

/// Removes a group.
pub fn dismiss(conn: &mut Conn, account: AccountId, key: &str) -> Result<()> {
    diesel::delete(
        notifications::table
            .filter(notifications::account_id.eq(account))
            .filter(notifications::group_key.eq(key)),
    )
    .execute(conn)?;
    Ok(())
}
