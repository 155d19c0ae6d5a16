//! The posts of a community that is hidden, or shows again, follow it: the newest at once, the others by a job, a part in
//! each transaction.

use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::store::communities::{self, Community};
use crate::store::db::Tx;
use crate::store::{hiding, hold, jobs};

/// The job that takes along what one transaction does not; its payload is the id of the community.
pub const TAKE_ALONG: &str = "take_along";

/// Takes the newest posts along, and has the others taken along if there are more. The community is held.
pub(super) fn begin(tx: &mut Tx<'_>, community: &Community) -> Result<()> {
    hiding::follow(tx, community, PostId(i64::MAX))?;
    if hiding::is_behind(tx, community)? {
        go_on(tx, community.account_id)?;
    }
    Ok(())
}

/// Has the rest taken along by a job.
///
/// # Errors
/// `Internal` where the database fails.
pub fn go_on(tx: &mut Tx<'_>, community: AccountId) -> Result<()> {
    let (lane, payload) = (format!("{TAKE_ALONG} {community}"), community.to_string());
    if !jobs::is_waiting(tx, TAKE_ALONG, &lane, &payload)? {
        jobs::enqueue(tx, TAKE_ALONG, &lane, &payload)?;
    }
    Ok(())
}

/// Takes the posts below an id along as the community is listed now, as many as fit into one transaction; where the part
/// after that begins, `None` at the end. Safe to run twice.
///
/// # Errors
/// `NotFound` for what is no community.
pub fn take_along(tx: &mut Tx<'_>, id: AccountId, below: PostId) -> Result<Option<PostId>> {
    hold::accounts(tx, &[id])?;
    let community = communities::find(tx, id)?.ok_or(Error::NotFound)?;
    hiding::follow(tx, &community, below)
}
