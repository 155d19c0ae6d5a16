//! Somebody shuts a whole node out for themselves: nothing of it shows, and nobody there follows or is followed.

use crate::actions::{follow, join, sever};
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::text::handles::plain_domain;
use crate::store::db::Tx;
use crate::store::{communities, domain_blocks, follows, hold, jobs};

/// Most domains of one person.
const DOMAINS: i64 = 1000;
/// Follows ended in one transaction at most, in each direction.
const BATCH: i64 = 200;
/// The job that ends what one transaction does not; its payload is the id of the account and the domain.
pub const END: &str = "end_domain";

/// A domain as typed, as handles have it.
///
/// # Errors
/// `Invalid` naming `domain`, also for this node itself.
pub fn domain(tx: &Tx<'_>, text: &str) -> Result<String> {
    if text.trim().is_empty() {
        return Err(Error::invalid("domain", Refusal::Blank));
    }
    let domain = plain_domain(text).ok_or(Error::invalid("domain", Refusal::Malformed))?;
    if domain == tx.node().authority {
        return Err(Error::invalid("domain", Refusal::Oneself));
    }
    Ok(domain)
}

/// Blocks a domain. Idempotent. Follows and memberships end, the first at once, many by the job [`END`]; the person is told
/// how many follows it costs.
///
/// # Errors
/// As [`domain`]; `Invalid(TooMany)` for whoever blocks [`DOMAINS`] domains.
pub fn block_domain(tx: &mut Tx<'_>, by: AccountId, text: &str) -> Result<()> {
    let domain = domain(tx, text)?;
    hold::accounts(tx, &[by])?;
    if !domain_blocks::blocks(tx, by, &domain)? {
        if domain_blocks::count(tx, by)? >= DOMAINS {
            let most = usize::try_from(DOMAINS).unwrap_or(usize::MAX);
            return Err(Error::invalid("base", Refusal::TooMany(most)));
        }
        let (id, now) = (tx.new_id(), tx.now());
        domain_blocks::insert(tx, id, by, &domain, now)?;
        domain_blocks::forget_notifications(tx, by, &domain)?;
        sever::tell_blocker(tx, by, &domain)?;
    }
    if end_some(tx, by, &domain)?.is_some() {
        let (lane, payload) = (format!("{END} {by}"), format!("{by} {domain}"));
        if !jobs::is_waiting(tx, END, &lane, &payload)? {
            jobs::enqueue(tx, END, &lane, &payload)?;
        }
    }
    Ok(())
}

/// Ends some of the follows and memberships between a person and a domain that is blocked, and tells how many; `None` once
/// none is left, or where the domain is not blocked any more.
///
/// # Errors
/// `Internal` where the database fails.
pub fn end_some(tx: &mut Tx<'_>, by: AccountId, domain: &str) -> Result<Option<usize>> {
    hold::accounts(tx, &[by])?;
    if !domain_blocks::blocks(tx, by, domain)? {
        return Ok(None);
    }
    let followed = domain_blocks::list_followed(tx, by, domain, BATCH)?;
    let followers = domain_blocks::list_followers(tx, by, domain, BATCH)?;
    let there: Vec<AccountId> = followed.iter().chain(&followers).copied().collect();
    // Whoever is just being changed comes with the next part.
    let held = hold::free_accounts(tx, &there)?;
    let mut ended = 0;
    for target in followed.iter().filter(|id| held.contains(*id)) {
        if communities::find(tx, *target)?.is_some() {
            join::leave(tx, *target, by)?;
        }
        follow::unfollow(tx, by, *target)?;
        ended += 1;
    }
    for follower in followers.iter().filter(|id| held.contains(*id)) {
        // Whoever took the follow back meanwhile needs no answer.
        if follows::find(tx, *follower, by)?.is_some() {
            follow::decide_follow(tx, by, *follower, false)?;
        }
        ended += 1;
    }
    let left = !domain_blocks::list_followed(tx, by, domain, 1)?.is_empty()
        || !domain_blocks::list_followers(tx, by, domain, 1)?.is_empty();
    Ok(left.then_some(ended))
}

/// Lifts the block of a domain. Idempotent; what ended by it does not come back.
///
/// # Errors
/// As [`domain`].
pub fn unblock_domain(tx: &mut Tx<'_>, by: AccountId, text: &str) -> Result<()> {
    let domain = domain(tx, text)?;
    domain_blocks::delete(tx, by, &domain)?;
    // Earlier versions kept them as typed.
    domain_blocks::delete(tx, by, &text.trim().trim_start_matches('@').to_lowercase())
}
