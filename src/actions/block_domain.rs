//! Somebody shuts a whole node out for themselves: nothing of it shows, and nobody there follows or is followed.

use crate::actions::{follow, join};
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::text::handles::is_domain;
use crate::store::db::Tx;
use crate::store::{communities, domain_blocks, follows};

/// Most domains of one person.
const DOMAINS: i64 = 1000;
/// Follows ended in one transaction at most, in each direction.
const BATCH: i64 = 200;

/// A domain as typed, as handles have it.
///
/// # Errors
/// `Invalid` naming `domain`, also for this node itself.
pub fn domain(tx: &Tx<'_>, text: &str) -> Result<String> {
    let domain = text.trim().trim_start_matches('@').to_lowercase();
    if domain.is_empty() {
        return Err(Error::invalid("domain", Refusal::Blank));
    }
    if !is_domain(&domain) {
        return Err(Error::invalid("domain", Refusal::Malformed));
    }
    if domain == tx.node().authority {
        return Err(Error::invalid("domain", Refusal::Oneself));
    }
    Ok(domain)
}

/// Blocks a domain. Idempotent. `true` once nothing is left to do: follows end some at a time.
///
/// # Errors
/// As [`domain`]; `Invalid(TooMany)` for whoever blocks [`DOMAINS`] domains.
pub fn block_domain(tx: &mut Tx<'_>, by: AccountId, text: &str) -> Result<bool> {
    let domain = domain(tx, text)?;
    if !domain_blocks::blocks(tx, by, &domain)? {
        if domain_blocks::count(tx, by)? >= DOMAINS {
            let most = usize::try_from(DOMAINS).unwrap_or(usize::MAX);
            return Err(Error::invalid("base", Refusal::TooMany(most)));
        }
        let (id, now) = (tx.new_id(), tx.now());
        domain_blocks::insert(tx, id, by, &domain, now)?;
        domain_blocks::forget_notifications(tx, by, &domain)?;
    }
    let followed = domain_blocks::list_followed(tx, by, &domain, BATCH)?;
    for target in &followed {
        if communities::find(tx, *target)?.is_some() {
            join::leave(tx, *target, by)?;
        }
        follow::unfollow(tx, by, *target)?;
    }
    let followers = domain_blocks::list_followers(tx, by, &domain, BATCH)?;
    for follower in &followers {
        // Whoever took the follow back meanwhile needs no answer.
        if follows::find(tx, *follower, by)?.is_some() {
            follow::decide_follow(tx, by, *follower, false)?;
        }
    }
    let full = |list: &[AccountId]| i64::try_from(list.len()).is_ok_and(|n| n >= BATCH);
    Ok(!full(&followed) && !full(&followers))
}

/// Lifts the block of a domain. Idempotent; what ended by it does not come back.
///
/// # Errors
/// As [`domain`].
pub fn unblock_domain(tx: &mut Tx<'_>, by: AccountId, text: &str) -> Result<()> {
    let domain = domain(tx, text)?;
    domain_blocks::delete(tx, by, &domain)
}
