//! Counts that are shown to whoever reads what they belong to, and so must tell nothing of what is not for those readers.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::posts as rows;
use super::{hold, posts};
use crate::error::Result;
use crate::model::ids::PostId;
use crate::model::viewer::covers;
use crate::model::words::Audience;

/// Counts the replies to a post again: those that all its readers may read.
pub fn recount_replies(conn: &mut Conn, id: PostId) -> Result<()> {
    // Two replies at the same time would each count themselves alone.
    hold::post(conn, id)?;
    let Some(parent) = posts::find(conn, id)? else {
        return Ok(());
    };
    let told: Vec<Audience> = Audience::ALL
        .iter()
        .copied()
        .filter(|audience| covers(parent.audience, *audience))
        // Each reply of these has readers of its own, whatever it replies to.
        .filter(|audience| !matches!(audience, Audience::Mentioned | Audience::Followers))
        .collect();
    let count: i64 = rows::table
        .filter(rows::parent_id.eq(id))
        .filter(rows::deleted_at.is_null().and(rows::held.eq(false)))
        .filter(rows::audience.eq_any(told))
        .count()
        .get_result(conn)?;
    diesel::update(rows::table.find(id))
        .set((
            rows::replies_count.eq(i32::try_from(count).unwrap_or(i32::MAX)),
            rows::rev.eq(rows::rev + 1),
        ))
        .execute(conn)?;
    Ok(())
}
