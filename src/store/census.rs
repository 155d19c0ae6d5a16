//! Figures about this node for NodeInfo and the about page.

use chrono::TimeDelta;
use diesel::dsl::count;
use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{accounts, posts, users};
use crate::error::Result;
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

/// Other nodes of which somebody is known here.
pub fn known_nodes(conn: &mut Conn) -> Result<i64> {
    Ok(accounts::table
        .filter(accounts::domain.ne(""))
        .select(count(accounts::domain).aggregate_distinct())
        .get_result(conn)?)
}
