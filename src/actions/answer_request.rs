//! Somebody answers a person who asked to follow them, or to come into communities that they lead: clients show both as one
//! follow request.

use super::{follow, join};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::words::FollowState;
use crate::store::db::Tx;
use crate::store::{duties, follows, hold};

/// Answers. Where nothing waits, it is the answer to the follow that there is: a no ends it.
///
/// # Errors
/// `NotFound` where nobody asked.
pub fn answer_request(
    tx: &mut Tx<'_>,
    by: AccountId,
    applicant: AccountId,
    accept: bool,
) -> Result<()> {
    let communities = duties::list_asked(tx, by, applicant)?;
    let mut all = communities.clone();
    all.extend([by, applicant]);
    hold::accounts(tx, &all)?;
    let follow = follows::find(tx, applicant, by)?;
    let asked = follow.is_some_and(|row| row.state == FollowState::Requested);
    if asked || communities.is_empty() {
        follow::decide_follow(tx, by, applicant, accept)?;
    }
    for community in communities {
        join::decide(tx, by, community, applicant, accept, "")?;
    }
    Ok(())
}
