//! Who did what with the node: written in the transaction of the deed, never changed.

use diesel::prelude::*;

use super::conn::{Conn, MultiBackend};
use super::db::Tx;
use super::page::Page;
use super::schema::audit;
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::time::Time;

/// Notes a deed. `by` is `None` for the command line and for the node itself. `action` is a word such as `peer.set`;
/// `target` names what it was done to, `detail` how.
pub fn add(
    tx: &mut Tx<'_>,
    by: Option<AccountId>,
    action: &str,
    target: &str,
    detail: &str,
) -> Result<()> {
    let (id, now) = (tx.new_id(), tx.now());
    diesel::insert_into(audit::table)
        .values((
            audit::id.eq(id),
            audit::actor_id.eq(by),
            audit::action.eq(action),
            audit::target.eq(target),
            audit::detail.eq(detail),
            audit::created_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// A deed as noted.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = audit, check_for_backend(MultiBackend))]
pub struct Deed {
    /// Row id; the list pages by it.
    pub id: i64,
    /// Who; absent for the command line and the node itself.
    pub actor_id: Option<AccountId>,
    /// A word such as `peer.set`.
    pub action: String,
    /// What it was done to.
    pub target: String,
    /// How.
    pub detail: String,
    /// When.
    pub created_at: Time,
}

/// Deeds, newest first.
pub fn list(conn: &mut Conn, page: &Page) -> Result<Vec<Deed>> {
    let mut query = audit::table
        .select(Deed::as_select())
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    if let Some(below) = page.below() {
        query = query.filter(audit::id.lt(below));
    }
    if let Some(above) = page.above() {
        query = query.filter(audit::id.gt(above));
    }
    let query = if page.upwards() {
        query.order(audit::id.asc())
    } else {
        query.order(audit::id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}
