//! Signed activities as they came in, byte for byte, kept until they have been worked on and then for a while against
//! replays.

use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::schema::{inbound, tombstones};
use crate::error::Result;
use crate::model::time::Time;

/// An activity as it came in.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = inbound, check_for_backend(MultiBackend))]
pub struct Inbound {
    /// Row id.
    pub id: i64,
    /// The activity's own id.
    pub activity_uri: String,
    /// The actor whose key or proof vouches for it.
    pub signer_uri: String,
    /// The node that delivered it.
    pub peer_domain: String,
    /// The body, unchanged.
    pub body: String,
    /// What came of it, in words; absent while it waits.
    pub outcome: Option<String>,
    /// When it came.
    pub received_at: Time,
}

/// Keeps an activity; `false` where its id is known already.
pub fn insert(conn: &mut Conn, activity: &Inbound) -> Result<bool> {
    let added = on_backend!(conn, |c| diesel::insert_into(inbound::table)
        .values(activity)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// Whether an activity of this id was taken in before.
pub fn is_known(conn: &mut Conn, activity_uri: &str) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(
        inbound::table.filter(inbound::activity_uri.eq(activity_uri)),
    ))
    .get_result(conn)?)
}

/// What came of an activity of this id; absent where it is not known, or waits.
pub fn outcome_of(conn: &mut Conn, activity_uri: &str) -> Result<Option<String>> {
    let found = inbound::table
        .filter(inbound::activity_uri.eq(activity_uri))
        .select(inbound::outcome)
        .first::<Option<String>>(conn)
        .optional()?;
    Ok(found.flatten())
}

/// An activity by row id.
pub fn find(conn: &mut Conn, id: i64) -> Result<Option<Inbound>> {
    Ok(inbound::table
        .find(id)
        .select(Inbound::as_select())
        .first(conn)
        .optional()?)
}

/// Notes what came of an activity.
pub fn set_outcome(conn: &mut Conn, id: i64, outcome: &str) -> Result<()> {
    diesel::update(inbound::table.find(id))
        .set(inbound::outcome.eq(outcome))
        .execute(conn)?;
    Ok(())
}

/// Forgets what was worked on and came before a time; how many.
pub fn prune(conn: &mut Conn, before: Time) -> Result<usize> {
    let old = inbound::table.filter(
        inbound::received_at
            .lt(before)
            .and(inbound::outcome.is_not_null()),
    );
    Ok(diesel::delete(old).execute(conn)?)
}

/// Notes that something is gone for good, so that a late Create does not bring it back.
pub fn bury(conn: &mut Conn, uri: &str, former_type: &str, at: Time) -> Result<()> {
    on_backend!(conn, |c| diesel::insert_into(tombstones::table)
        .values((
            tombstones::uri.eq(uri),
            tombstones::former_type.eq(former_type),
            tombstones::deleted_at.eq(at)
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Takes that back.
pub fn unbury(conn: &mut Conn, uri: &str) -> Result<()> {
    diesel::delete(tombstones::table.find(uri)).execute(conn)?;
    Ok(())
}

/// Whether something was buried.
pub fn is_buried(conn: &mut Conn, uri: &str) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(tombstones::table.find(uri))).get_result(conn)?)
}
