//! Following people: asking, deciding, ending; blocks and mutes.

use chrono::Duration;

use crate::actions::standing::must_be_here;
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::words::{AccountState, FollowState};
use crate::store::accounts::{self, Account};
use crate::store::db::Tx;
use crate::store::follows::{self, Block, Follow, Mute};
use crate::store::{domain_blocks, hold, home};

/// Most languages that a follow can be limited to.
const LANGUAGES: usize = 50;

/// Changes how somebody follows, a community too. Nothing happens where nobody follows.
///
/// # Errors
/// `Invalid` for `languages` (ISO 639 codes; none means all).
pub fn adjust(
    tx: &mut Tx<'_>,
    by: AccountId,
    target: AccountId,
    wish: Wish,
    languages: Option<&[String]>,
) -> Result<()> {
    hold::accounts(tx, &[by, target])?;
    let Some(row) = follows::find(tx, by, target)? else {
        return Ok(());
    };
    let id = row.id;
    follows::put(
        tx,
        &Follow {
            show_boosts: wish.show_boosts,
            notify: wish.notify,
            ..row
        },
    )?;
    let Some(languages) = languages else {
        return Ok(());
    };
    let is_code = |code: &String| {
        (2..=12).contains(&code.len())
            && code
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if !languages.iter().all(is_code) {
        return Err(Error::invalid("languages", Refusal::Malformed));
    }
    if languages.len() > LANGUAGES {
        return Err(Error::invalid("languages", Refusal::TooMany(LANGUAGES)));
    }
    follows::set_languages(tx, id, languages)
}

/// How somebody wants to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Boosts in the home feed.
    pub show_boosts: bool,
    /// A notification for each post.
    pub notify: bool,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            show_boosts: true,
            notify: false,
        }
    }
}

/// Follows a person (a community is joined instead). Idempotent. `uri` is the address of the Follow from elsewhere.
///
/// # Errors
/// `NotFound`; `Forbidden` for oneself, for whoever has moved away, or where one has blocked the other, or the other's node.
pub fn follow(
    tx: &mut Tx<'_>,
    by: AccountId,
    target: AccountId,
    wish: Wish,
    uri: Option<String>,
) -> Result<Follow> {
    if by == target {
        return Err(Refusal::Oneself.into());
    }
    hold::accounts(tx, &[by, target])?;
    let follower = accounts::get(tx, by)?;
    must_be_here(tx, &follower)?;
    let account = accounts::get(tx, target)?;
    if account.state != AccountState::Active {
        return Err(Error::NotFound);
    }
    if is_shut_out(tx, &follower, &account)? {
        return Err(Refusal::Blocked.into());
    }
    let before = follows::find(tx, by, target)?;
    let id = before.as_ref().map_or_else(|| tx.new_id(), |old| old.id);
    let accepted = before
        .as_ref()
        .is_some_and(|old| old.state == FollowState::Accepted)
        || (account.is_local() && !account.locked);
    let known = before.as_ref().map(|old| old.uri.clone());
    let uri = uri.or(known).unwrap_or_else(|| tx.node().activity_uri(id));
    let row = Follow {
        id,
        follower_id: by,
        target_id: target,
        state: if accepted {
            FollowState::Accepted
        } else {
            FollowState::Requested
        },
        uri: uri.clone(),
        show_boosts: wish.show_boosts,
        notify: wish.notify,
        created_at: tx.now(),
    };
    follows::put(tx, &row)?;
    if before
        .as_ref()
        .is_none_or(|old| old.state != row.state || old.uri != row.uri)
    {
        if accepted && follower.is_local() {
            home::backfill(tx, by, target, account.is_group())?;
        }
        tx.emit(Event::FollowRequested {
            follower: by,
            target,
            uri,
            accepted,
        });
    } else if !follower.is_local() {
        // Asked again from elsewhere: the answer may have been lost, so it is given again.
        tx.emit(Event::FollowRequested {
            follower: by,
            target,
            uri,
            accepted,
        });
    }
    Ok(row)
}

/// Whether one of two has blocked the other, or the other's node.
fn is_shut_out(tx: &mut Tx<'_>, by: &Account, target: &Account) -> Result<bool> {
    Ok(follows::is_blocked(tx, by.id, target.id)?
        || domain_blocks::blocks(tx, by.id, &target.domain)?
        || domain_blocks::blocks(tx, target.id, &by.domain)?)
}

/// Ends a follow. Idempotent.
pub fn unfollow(tx: &mut Tx<'_>, by: AccountId, target: AccountId) -> Result<()> {
    hold::accounts(tx, &[by, target])?;
    if let Some(old) = follows::delete(tx, by, target)? {
        home::remove_actor(tx, by, target)?;
        tx.emit(Event::Unfollowed {
            follower: by,
            target,
            uri: old.uri,
        });
    }
    Ok(())
}

/// The followed one answers. A no also ends a follow that was agreed before.
///
/// # Errors
/// `NotFound` where nobody asked.
pub fn decide_follow(
    tx: &mut Tx<'_>,
    by: AccountId,
    follower: AccountId,
    accept: bool,
) -> Result<()> {
    hold::accounts(tx, &[by, follower])?;
    let row = follows::find(tx, follower, by)?.ok_or(Error::NotFound)?;
    let uri = row.uri.clone();
    if accept {
        follows::put(
            tx,
            &Follow {
                state: FollowState::Accepted,
                ..row
            },
        )?;
        if accounts::get(tx, follower)?.is_local() {
            let group = accounts::get(tx, by)?.is_group();
            home::backfill(tx, follower, by, group)?;
        }
    } else {
        follows::delete(tx, follower, by)?;
        home::remove_actor(tx, follower, by)?;
    }
    tx.emit(Event::FollowDecided {
        follower,
        target: by,
        uri,
        accepted: accept,
    });
    Ok(())
}

/// Shuts somebody out: follows end on both sides. Idempotent.
///
/// # Errors
/// `NotFound`; `Forbidden(Oneself)`.
pub fn block(tx: &mut Tx<'_>, by: AccountId, target: AccountId, uri: Option<String>) -> Result<()> {
    if by == target {
        return Err(Refusal::Oneself.into());
    }
    // A follow that is asked for or agreed to at this very moment is written before or after, not beside.
    hold::accounts(tx, &[by, target])?;
    accounts::get(tx, target)?;
    unfollow(tx, by, target)?;
    if follows::find(tx, target, by)?.is_some() {
        decide_follow(tx, by, target, false)?;
    }
    home::remove_actor(tx, by, target)?;
    home::remove_actor(tx, target, by)?;
    let id = tx.new_id();
    let uri = uri.unwrap_or_else(|| tx.node().activity_uri(id));
    let row = Block {
        id,
        account_id: by,
        target_id: target,
        uri: uri.clone(),
        created_at: tx.now(),
    };
    follows::block(tx, &row)?;
    tx.emit(Event::Blocked {
        by,
        target,
        uri,
        undone: false,
    });
    Ok(())
}

/// Lifts a block. Idempotent.
pub fn unblock(tx: &mut Tx<'_>, by: AccountId, target: AccountId) -> Result<()> {
    if let Some(row) = follows::unblock(tx, by, target)? {
        tx.emit(Event::Blocked {
            by,
            target,
            uri: row.uri,
            undone: true,
        });
    }
    Ok(())
}

/// Hides somebody's posts, for some seconds or (0) for ever.
///
/// # Errors
/// `NotFound`; `Forbidden(Oneself)`.
pub fn mute(
    tx: &mut Tx<'_>,
    by: AccountId,
    target: AccountId,
    notifications: bool,
    seconds: i64,
) -> Result<()> {
    if by == target {
        return Err(Refusal::Oneself.into());
    }
    accounts::get(tx, target)?;
    let now = tx.now();
    let expires_at = (seconds > 0)
        .then(|| now.checked_add_signed(Duration::seconds(seconds)))
        .flatten();
    let row = Mute {
        id: tx.new_id(),
        account_id: by,
        target_id: target,
        notifications,
        expires_at,
        created_at: now,
    };
    follows::mute(tx, &row)
}

/// Shows somebody again. Idempotent.
pub fn unmute(tx: &mut Tx<'_>, by: AccountId, target: AccountId) -> Result<()> {
    follows::unmute(tx, by, target)
}
