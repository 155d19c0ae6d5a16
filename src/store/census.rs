//! Figures about this node for NodeInfo and the about page.

use chrono::TimeDelta;
use diesel::dsl::count;
use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{accounts, oauth_tokens, posts, sessions, users};
use super::trends;
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::time::Time;
use crate::model::words::{Audience, UserState};

/// How many, of this node only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Census {
    /// People who may sign in.
    pub people: i64,
    /// Those seen within 30 days.
    pub active_month: i64,
    /// Those seen within 180 days.
    pub active_half_year: i64,
    /// Threads begun here that everybody may read.
    pub posts: i64,
    /// Replies written here that everybody may read.
    pub replies: i64,
}

/// Counts.
pub fn take(conn: &mut Conn, now: Time) -> Result<Census> {
    let people = || users::table.filter(users::state.eq(UserState::Active));
    let seen = |days: i64| {
        people()
            .filter(users::seen_at.ge(now - TimeDelta::days(days)))
            .count()
    };
    let written = || {
        posts::table
            .filter(posts::local.eq(true).and(posts::deleted_at.is_null()))
            .filter(posts::audience.eq(Audience::Public))
    };
    Ok(Census {
        people: people().count().get_result(conn)?,
        active_month: seen(30).get_result(conn)?,
        active_half_year: seen(180).get_result(conn)?,
        posts: written()
            .filter(posts::parent_id.is_null())
            .count()
            .get_result(conn)?,
        replies: written()
            .filter(posts::parent_id.is_not_null())
            .count()
            .get_result(conn)?,
    })
}

/// What happened here in one week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    /// When it begins.
    pub start: Time,
    /// Public posts written here.
    pub posts: i64,
    /// People who signed in, as far as their sessions, their clients and their last visit still tell.
    pub logins: i64,
    /// People who came.
    pub registrations: i64,
}

/// The figures of the week that begins at `start`.
pub fn week(conn: &mut Conn, start: Time) -> Result<Week> {
    let end = start + TimeDelta::weeks(1);
    let mut people: Vec<AccountId> = sessions::table
        .filter(sessions::created_at.ge(start))
        .filter(sessions::created_at.lt(end))
        .select(sessions::account_id)
        .distinct()
        .load(conn)?;
    let by_client: Vec<Option<AccountId>> = oauth_tokens::table
        .filter(oauth_tokens::created_at.ge(start))
        .filter(oauth_tokens::created_at.lt(end))
        .filter(oauth_tokens::account_id.is_not_null())
        .select(oauth_tokens::account_id)
        .distinct()
        .load(conn)?;
    let seen: Vec<AccountId> = users::table
        .filter(users::seen_at.ge(start))
        .filter(users::seen_at.lt(end))
        .select(users::account_id)
        .load(conn)?;
    people.extend(by_client.into_iter().flatten());
    people.extend(seen);
    people.sort_unstable();
    people.dedup();
    Ok(Week {
        start,
        posts: trends::count_written(conn, start, end)?,
        logins: i64::try_from(people.len()).unwrap_or(i64::MAX),
        registrations: users::table
            .filter(users::created_at.ge(start))
            .filter(users::created_at.lt(end))
            .count()
            .get_result(conn)?,
    })
}

/// Other nodes of which somebody is known here.
pub fn known_nodes(conn: &mut Conn) -> Result<i64> {
    Ok(accounts::table
        .filter(accounts::domain.ne(""))
        .select(count(accounts::domain).aggregate_distinct())
        .get_result(conn)?)
}
