//! What moderators decided about people of this node, as those are told of it.

use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::dialect::among::among;
use super::schema::{strike_posts, strikes};
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::time::Time;
use crate::model::words::StrikeAction;

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = strikes, check_for_backend(MultiBackend))]
pub struct Strike {
    /// Its id.
    pub id: i64,
    /// About whom.
    pub account_id: AccountId,
    /// By whom; the person is not told.
    pub by_id: Option<AccountId>,
    /// The report that led to it.
    pub report_id: Option<i64>,
    /// What was done.
    pub action: StrikeAction,
    /// What the person is told, plain text; may be empty.
    pub text: String,
    /// When.
    pub created_at: Time,
}

/// Adds one, with the posts that it is about.
pub fn insert(conn: &mut Conn, strike: &Strike, about: &[PostId]) -> Result<()> {
    diesel::insert_into(strikes::table)
        .values(strike)
        .execute(conn)?;
    for post in about {
        on_backend!(conn, |c| diesel::insert_into(strike_posts::table)
            .values((
                strike_posts::strike_id.eq(strike.id),
                strike_posts::post_id.eq(*post),
            ))
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// One by id.
pub fn find(conn: &mut Conn, id: i64) -> Result<Option<Strike>> {
    Ok(strikes::table
        .find(id)
        .select(Strike::as_select())
        .first(conn)
        .optional()?)
}

/// Several by id, in no order.
pub fn list_by_ids(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Strike>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(strikes::table
        .filter(among(conn, strikes::id, ids.iter().copied()))
        .select(Strike::as_select())
        .load(conn)?)
}

/// Which posts strikes are about, deleted ones included.
pub fn list_posts(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(i64, PostId)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(strike_posts::table
        .filter(among(conn, strike_posts::strike_id, ids.iter().copied()))
        .order((strike_posts::strike_id.asc(), strike_posts::post_id.asc()))
        .select((strike_posts::strike_id, strike_posts::post_id))
        .load(conn)?)
}
