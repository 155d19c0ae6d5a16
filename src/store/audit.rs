//! Who did what with the node: written in the transaction of the deed, never changed.

use diesel::prelude::*;

use super::db::Tx;
use super::schema::audit;
use crate::error::Result;
use crate::model::ids::AccountId;

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
