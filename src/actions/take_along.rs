//! The posts of a community that is hidden, or shows again, follow it: the newest in the transaction of the change itself,
//! as far as nobody else holds them; the others by parts, a transaction for each.

use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::store::communities::{self, Community};
use crate::store::db::Tx;
use crate::store::{hiding, hold, jobs};

/// The job that takes along what one transaction does not; its payload is the id of the community.
pub const TAKE_ALONG: &str = "take_along";

/// Takes the newest posts along that nobody else holds, and has the others taken along if there are more. The community is
/// held.
pub(super) fn begin(tx: &mut Tx<'_>, community: &Community) -> Result<()> {
    let part = hiding::next_part(tx, community, PostId(i64::MAX))?;
    let free = hiding::hold_free(tx, &part)?;
    hiding::follow(tx, community, &free)?;
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
/// after that begins, `None` at the end. Waits for whoever holds one of them. Safe to run twice.
///
/// # Errors
/// `NotFound` for what is no community.
pub fn take_along(tx: &mut Tx<'_>, id: AccountId, below: PostId) -> Result<Option<PostId>> {
    let community = communities::find(tx, id)?.ok_or(Error::NotFound)?;
    let part = hiding::next_part(tx, &community, below)?;
    let mut concerned: Vec<AccountId> = part.iter().map(|(_, author)| *author).collect();
    concerned.push(id);
    hold::accounts(tx, &concerned)?;
    let mut ids: Vec<PostId> = part.iter().map(|(post, _)| *post).collect();
    hold::posts(tx, &ids)?;
    // Somebody may have changed the listing while we waited.
    let community = communities::get(tx, id)?;
    hiding::follow(tx, &community, &ids)?;
    let full = ids.len() == hiding::PART;
    Ok(ids.pop().filter(|_| full))
}
