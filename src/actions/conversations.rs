//! Direct posts show in the conversations of everybody of this node who is in them.

use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::viewer::Viewer;
use crate::model::words::{ActorKind, Role, Visibility};
use crate::store::accounts;
use crate::store::conversations::{self, Conversation};
use crate::store::db::Tx;
use crate::store::posts::{self, Post};
use crate::store::{domain_blocks, follows};

/// A new direct post is the last word of its conversation; unread for all but its author, and nothing new for whoever does
/// not want to hear of that one.
pub(super) fn record(tx: &mut Tx<'_>, post: &Post) -> Result<()> {
    if post.visibility != Visibility::Direct {
        return Ok(());
    }
    let mut people: Vec<AccountId> = posts::list_mentions(tx, &[post.id])?
        .into_iter()
        .map(|(_, account)| account)
        .chain([post.author_id])
        .collect();
    people.sort_unstable();
    people.dedup();
    for account in accounts::list(tx, &people)? {
        let here = account.is_local() && account.kind == ActorKind::Person;
        if here && !is_shunned(tx, account.id, post.author_id)? {
            let row = Conversation {
                id: tx.new_id(),
                account_id: account.id,
                root_id: post.root_id,
                last_post_id: post.id,
                unread: account.id != post.author_id,
            };
            conversations::record(tx, &row)?;
        }
    }
    Ok(())
}

/// Whether somebody muted or blocked another, was blocked by that one, or shut that one's node out.
fn is_shunned(tx: &mut Tx<'_>, by: AccountId, author: AccountId) -> Result<bool> {
    let now = tx.now();
    Ok(by != author
        && (follows::is_blocked(tx, by, author)?
            || !follows::mutes_of(tx, by, &[author], now)?.is_empty()
            || domain_blocks::blocks_node_of(tx, by, author)?))
}

/// A direct post goes: its conversations end with the one before it, or go too.
pub(super) fn forget(tx: &mut Tx<'_>, post: &Post) -> Result<()> {
    for row in conversations::list_ending_with(tx, post.id)? {
        end_before(tx, &row, post)?;
    }
    Ok(())
}

/// A direct post names fewer people: for the others their conversation ends with the one before it, or goes too.
pub(super) fn leave_out(tx: &mut Tx<'_>, post: &Post, named: &[AccountId]) -> Result<()> {
    for row in conversations::list_ending_with(tx, post.id)? {
        if row.account_id != post.author_id && !named.contains(&row.account_id) {
            end_before(tx, &row, post)?;
        }
    }
    Ok(())
}

fn end_before(tx: &mut Tx<'_>, row: &Conversation, post: &Post) -> Result<()> {
    let viewer = Viewer::Person {
        id: row.account_id,
        role: Role::Member,
    };
    match conversations::find_last(tx, &viewer, row.root_id, post.id)? {
        Some(last) => conversations::set_last(tx, row.id, last),
        None => conversations::delete(tx, row.id),
    }
}
