//! Somebody has other accounts, and moves from one to another. Whoever follows the old one here follows the new one; who
//! blocked or muted the old one blocks or mutes the new one too.

use chrono::TimeDelta;

use crate::actions::standing::{must_act, must_be_here};
use crate::actions::{follow, join};
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::words::AccountState;
use crate::store::accounts;
use crate::store::db::Tx;
use crate::store::follows::{self, Follow, Mute};
use crate::store::{hold, jobs, lists, moves};

/// Most other accounts that somebody can name.
pub const ALIASES: usize = 10;
/// Days between two moves of one account: other nodes take no second one before.
pub const DAYS: i64 = 30;
/// Kind of the job that takes people here along with a move; its payload is the ids of the old and the new account.
pub const CARRY: &str = "carry_followers";
/// Rows that are taken along in one transaction: each holds three accounts, and those of several could not be held in order.
const BATCH: i64 = 1;

/// Names another account as one's own: only then can it move here.
///
/// # Errors
/// `Invalid` naming `alias`; `NotFound` for whoever does not act.
pub fn add_alias(tx: &mut Tx<'_>, me: AccountId, alias: AccountId) -> Result<()> {
    must_act(tx, me)?;
    let refuse = |why| Err(Error::invalid("alias", why));
    if alias == me {
        return refuse(Refusal::Oneself);
    }
    let other = accounts::get(tx, alias)?;
    if other.is_group() || other.state != AccountState::Active {
        return refuse(Refusal::UnknownPerson);
    }
    let mut all = moves::aliases(tx, me)?;
    if all.contains(&other.uri) {
        return Ok(());
    }
    if all.len() >= ALIASES {
        return refuse(Refusal::TooMany(ALIASES));
    }
    all.push(other.uri);
    moves::set_aliases(tx, me, &all)?;
    tx.emit(Event::AccountUpdated { account: me });
    Ok(())
}

/// Names an account as one's own no more. Idempotent.
///
/// # Errors
/// `Unavailable`.
pub fn remove_alias(tx: &mut Tx<'_>, me: AccountId, uri: &str) -> Result<()> {
    hold::accounts(tx, &[me])?;
    let mut all = moves::aliases(tx, me)?;
    let before = all.len();
    all.retain(|known| known != uri);
    if all.len() != before {
        moves::set_aliases(tx, me, &all)?;
        tx.emit(Event::AccountUpdated { account: me });
    }
    Ok(())
}

/// Moves to another account. `known_as` is what its own node says now that it was before.
///
/// # Errors
/// `Invalid` naming `target`: `Oneself`, `UnknownPerson`, `NoAlias` where the other account does not name this one,
/// `MovedLately`; `Forbidden(Moved)` for whoever has moved.
pub fn move_to(
    tx: &mut Tx<'_>,
    me: AccountId,
    target: AccountId,
    known_as: &[String],
) -> Result<()> {
    hold::accounts(tx, &[me, target])?;
    let refuse = |why| Err(Error::invalid("target", why));
    let (old, new, now) = (accounts::get(tx, me)?, accounts::get(tx, target)?, tx.now());
    must_be_here(tx, &old)?;
    if target == me {
        return refuse(Refusal::Oneself);
    }
    if new.is_group() != old.is_group() || new.state != AccountState::Active {
        return refuse(Refusal::UnknownPerson);
    }
    if !known_as.contains(&old.uri) {
        return refuse(Refusal::NoAlias);
    }
    // Two that name each other would send their followers to and fro.
    if moves::target(tx, target)?.is_some() {
        return refuse(Refusal::UnknownPerson);
    }
    let before = moves::find(tx, me)?.and_then(|row| row.moved_at);
    if let Some(left) = before.map(|at| at + TimeDelta::days(DAYS) - now)
        && left > TimeDelta::zero()
    {
        let days = usize::try_from(left.num_days().saturating_add(1)).unwrap_or(1);
        return refuse(Refusal::MovedLately(days));
    }
    moves::set_target(tx, me, target, now)?;
    tx.emit(Event::AccountUpdated { account: me });
    tx.emit(Event::AccountMoved {
        account: me,
        target,
    });
    go_on(tx, me, target, "0 0")
}

/// An actor elsewhere told that it moved to another, which confirmed that: the job takes people here along.
///
/// # Errors
/// `Forbidden`: `UnknownPerson` where the two are not of one kind or the new one does not act, `NoAlias` where somebody
/// here does not name the old one any more, `Moved` where that one has moved away itself.
pub fn move_elsewhere(tx: &mut Tx<'_>, old: AccountId, target: AccountId) -> Result<()> {
    hold::accounts(tx, &[old, target])?;
    let (was, new, now) = (
        accounts::get(tx, old)?,
        accounts::get(tx, target)?,
        tx.now(),
    );
    if was.is_local() || new.is_group() != was.is_group() || new.state != AccountState::Active {
        return Err(Refusal::UnknownPerson.into());
    }
    if new.is_local() {
        if !moves::aliases(tx, target)?.contains(&was.uri) {
            return Err(Refusal::NoAlias.into());
        }
        // It would send them back.
        if moves::target(tx, target)?.is_some() {
            return Err(Refusal::Moved.into());
        }
    }
    moves::set_target(tx, old, target, now)?;
    go_on(tx, old, target, "0 0")
}

/// Has a job take people along from where another one stopped.
///
/// # Errors
/// `Unavailable`.
pub fn go_on(tx: &mut Tx<'_>, old: AccountId, new: AccountId, from: &str) -> Result<()> {
    let (lane, payload) = (format!("carry {old}"), format!("{old} {new} {from}"));
    // The same word may come again and again.
    if jobs::is_waiting(tx, CARRY, &lane, &payload)? {
        return Ok(());
    }
    jobs::enqueue(tx, CARRY, &lane, &payload).map(drop)
}

/// Takes a move back: one writes here again. Followers who went do not come back by it. Idempotent.
///
/// # Errors
/// `Unavailable`.
pub fn return_home(tx: &mut Tx<'_>, me: AccountId) -> Result<()> {
    hold::accounts(tx, &[me])?;
    if moves::target(tx, me)?.is_some() {
        moves::clear_target(tx, me)?;
        tx.emit(Event::AccountUpdated { account: me });
    }
    Ok(())
}

/// Whether a move still holds, with its two accounts and whoever is to go along kept as they are: one that is taken back or
/// sent on at the same time waits, or is seen here.
fn still_goes(tx: &mut Tx<'_>, old: AccountId, new: AccountId, who: &[AccountId]) -> Result<bool> {
    let concerned = [&[old, new], who].concat();
    hold::accounts(tx, &concerned)?;
    Ok(moves::target(tx, old)? == Some(new))
}

/// Takes some followers of this node along; the last one's follow, where there may be more.
///
/// # Errors
/// `NotFound`.
pub fn carry_followers(
    tx: &mut Tx<'_>,
    old: AccountId,
    new: AccountId,
    after: i64,
) -> Result<Option<i64>> {
    let rows = follows::list_local_followers(tx, old, after, BATCH)?;
    let who: Vec<AccountId> = rows.iter().map(|row| row.follower_id).collect();
    if !still_goes(tx, old, new, &who)? {
        return Ok(None);
    }
    let group = accounts::get(tx, new)?.is_group();
    for row in &rows {
        let Some(follow) = follows::find(tx, row.follower_id, old)? else {
            continue;
        };
        match take(tx, &follow, new, group) {
            Ok(()) => {}
            // One who cannot go there, because one has blocked the other for instance, stays where it was.
            Err(
                Error::Forbidden(_) | Error::NotFound | Error::Invalid { .. } | Error::Conflict(_),
            ) => continue,
            Err(error) => return Err(error),
        }
        if group {
            join::leave(tx, old, row.follower_id)?;
        }
        follow::unfollow(tx, row.follower_id, old)?;
    }
    Ok(rows.last().map(|row| row.id))
}

fn take(tx: &mut Tx<'_>, row: &Follow, new: AccountId, group: bool) -> Result<()> {
    if group {
        let request = join::Request {
            community: new,
            account: row.follower_id,
            message: String::new(),
            uri: None,
            reader: false,
        };
        return join::join(tx, &request).map(drop);
    }
    let (me, old, now) = (row.follower_id, row.target_id, tx.now());
    if !follows::mutes_of(tx, me, &[new], now)?.is_empty() {
        return Err(Refusal::Blocked.into());
    }
    if follows::find(tx, me, new)?.is_none() {
        let wish = follow::Wish {
            show_boosts: row.show_boosts,
            notify: row.notify,
        };
        follow::follow(tx, me, new, wish, None)?;
    }
    for list in lists::list_holding(tx, me, old)? {
        let id = tx.new_id();
        lists::add_member(tx, id, list.id, new, now)?;
    }
    Ok(())
}

/// Has people here who blocked the old account block the new one; the last block, where there may be more.
///
/// # Errors
/// `NotFound`.
pub fn carry_blocks(
    tx: &mut Tx<'_>,
    old: AccountId,
    new: AccountId,
    after: i64,
) -> Result<Option<i64>> {
    let rows = moves::list_local_blocks(tx, old, after, BATCH)?;
    let who: Vec<AccountId> = rows.iter().map(|row| row.account_id).collect();
    if !still_goes(tx, old, new, &who)? {
        return Ok(None);
    }
    for row in &rows {
        // It may have been taken back before we held it. Whoever chose to follow the new one knows it.
        let by = row.account_id;
        let still = follows::blocks_between(tx, by, &[old])?
            .iter()
            .any(|block| block.account_id == by);
        if by != new && still && follows::find(tx, by, new)?.is_none() {
            follow::block(tx, row.account_id, new, None)?;
        }
    }
    Ok(rows.last().map(|row| row.id))
}

/// Has people here who muted the old account mute the new one; the last mute, where there may be more.
///
/// # Errors
/// `NotFound`.
pub fn carry_mutes(
    tx: &mut Tx<'_>,
    old: AccountId,
    new: AccountId,
    after: i64,
) -> Result<Option<i64>> {
    let now = tx.now();
    let rows = moves::list_local_mutes(tx, old, after, BATCH)?;
    let who: Vec<AccountId> = rows.iter().map(|row| row.account_id).collect();
    if !still_goes(tx, old, new, &who)? {
        return Ok(None);
    }
    for row in &rows {
        let by = row.account_id;
        let known = !follows::mutes_of(tx, by, &[new], now)?.is_empty();
        // It may have ended, or changed, before we held it.
        let still = follows::mutes_of(tx, by, &[old], now)?.pop();
        if let Some(still) = still.filter(|_| by != new && !known) {
            let id = tx.new_id();
            let mute = Mute {
                id,
                target_id: new,
                created_at: now,
                ..still
            };
            follows::mute(tx, &mute)?;
        }
    }
    Ok(rows.last().map(|row| row.id))
}
