//! Somebody, or a whole node, is out of reach from now on: each person of this node who followed there or was followed from
//! there is told so once, with how many. Many people are told by a job.

use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::AccountId;
use crate::model::words::{AccountState, PeerMode, SeveranceKind};
use crate::store::db::Tx;
use crate::store::severances::{self, Loss, Severance, There};
use crate::store::{accounts, jobs, peers};

/// People who are told in one transaction at most.
const BATCH: i64 = 200;
/// The job that tells whom one transaction does not; its payload is a [`Cut`].
pub const TELL: &str = "tell_severed";

/// A block or suspension, and the person up to whom it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    cause: i64,
    kind: SeveranceKind,
    there: There,
    told: AccountId,
}

impl Cut {
    /// As the payload of a job.
    fn payload(&self) -> String {
        let there = match &self.there {
            There::Node(domain) => format!("@{domain}"),
            There::Account(id) => id.to_string(),
        };
        format!("{} {} {} {there}", self.cause, self.kind, self.told)
    }

    /// Reads a payload; `None` for one that is none.
    pub fn parse(payload: &str) -> Option<Self> {
        let mut parts = payload.splitn(4, ' ');
        let cause = parts.next()?.parse().ok()?;
        let kind = SeveranceKind::parse(parts.next()?)?;
        let told = parts.next()?.parse().ok()?;
        let there = parts.next()?;
        let there = match there.strip_prefix('@') {
            Some(domain) => There::Node(domain.to_owned()),
            None => There::Account(there.parse().ok()?),
        };
        Some(Self {
            cause,
            kind,
            there,
            told,
        })
    }
}

/// Tells everybody here that moderators blocked a node or suspended an account: the first at once, many by the job
/// [`TELL`].
pub(super) fn tell_all(tx: &mut Tx<'_>, kind: SeveranceKind, there: There) -> Result<()> {
    let cut = Cut {
        cause: tx.new_id(),
        kind,
        there,
        told: AccountId(0),
    };
    match tell_some(tx, cut)? {
        Some(rest) => tell_others(tx, &rest),
        None => Ok(()),
    }
}

/// Has the others told by a job.
///
/// # Errors
/// `Internal` where the database fails.
pub fn tell_others(tx: &mut Tx<'_>, cut: &Cut) -> Result<()> {
    let lane = format!("{TELL} {}", cut.cause);
    jobs::enqueue(tx, TELL, &lane, &cut.payload()).map(drop)
}

/// Tells some people; what is left then. Nobody is told of the same twice.
///
/// # Errors
/// `NotFound` where the account is gone; `Internal` where the database fails.
pub fn tell_some(tx: &mut Tx<'_>, cut: Cut) -> Result<Option<Cut>> {
    if !holds(tx, &cut.there)? {
        return Ok(None);
    }
    let range = (AccountId(cut.told.0.saturating_add(1)), AccountId(i64::MAX));
    let (losses, more) = severances::list_losses(tx, &cut.there, range, BATCH)?;
    let Some(last) = losses.last().map(|loss| loss.account) else {
        return Ok(None);
    };
    let name = name(tx, &cut.there)?;
    for loss in &losses {
        tell(tx, &cut, &name, loss)?;
    }
    Ok(more.then_some(Cut { told: last, ..cut }))
}

/// Whether a node or an account is out of reach still: what was taken back meanwhile is told to nobody more.
fn holds(tx: &mut Tx<'_>, there: &There) -> Result<bool> {
    Ok(match there {
        There::Node(domain) => {
            let (now, default) = (tx.now(), tx.node().unknown_nodes);
            peers::mode_of(tx, domain, now, default)? == PeerMode::Blocked
        }
        There::Account(id) => accounts::get(tx, *id)?.state != AccountState::Active,
    })
}

/// Tells a person what the block of a node by that person itself costs. To be called before anything ends.
pub(super) fn tell_blocker(tx: &mut Tx<'_>, by: AccountId, domain: &str) -> Result<()> {
    let cut = Cut {
        cause: tx.new_id(),
        kind: SeveranceKind::UserDomainBlock,
        there: There::Node(domain.to_owned()),
        told: by,
    };
    for loss in severances::list_losses(tx, &cut.there, (by, by), 1)?.0 {
        tell(tx, &cut, domain, &loss)?;
    }
    Ok(())
}

/// What is out of reach, as people know it.
fn name(tx: &mut Tx<'_>, there: &There) -> Result<String> {
    match there {
        There::Node(domain) => Ok(domain.clone()),
        There::Account(id) => {
            let account = accounts::find(tx, *id)?.ok_or(Error::NotFound)?;
            Ok(account.acct())
        }
    }
}

fn tell(tx: &mut Tx<'_>, cut: &Cut, name: &str, loss: &Loss) -> Result<()> {
    let row = Severance {
        id: tx.new_id(),
        account_id: loss.account,
        cause_id: cut.cause,
        kind: cut.kind,
        target_name: name.to_owned(),
        followers_count: loss.followers,
        following_count: loss.following,
        created_at: tx.now(),
    };
    if severances::insert(tx, &row)? {
        tx.emit(Event::Severed { severance: row.id });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_reads_back() {
        for there in [
            There::Node("p.example:8443".into()),
            There::Account(AccountId(7)),
        ] {
            let cut = Cut {
                cause: 9,
                kind: SeveranceKind::DomainBlock,
                there,
                told: AccountId(5),
            };
            assert_eq!(Cut::parse(&cut.payload()), Some(cut));
        }
        for odd in [
            "",
            "9",
            "9 war 5 7",
            "9 domain_block 5",
            "x domain_block 5 7",
        ] {
            assert_eq!(Cut::parse(odd), None, "{odd}");
        }
    }
}
