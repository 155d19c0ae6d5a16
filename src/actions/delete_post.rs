//! A post is deleted by its author, or removed by a steward of its community. The row stays as a tombstone.

use crate::actions::strike::{Decision, strike};
use crate::actions::{accept_answer, compose, conversations, quotes};
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::{AccountId, PostId};
use crate::model::refusal::Refusal;
use crate::model::words::StrikeAction;
use crate::store::db::Tx;
use crate::store::dialect::search;
use crate::store::posts::{self, Post};
use crate::store::{accounts, communities, counts, held, hold, home, marks, media, notifications};

/// Deletes; the post as it was.
///
/// # Errors
/// `NotFound`; `Forbidden(NotTheAuthor)` for anybody but the author, the stewards of its community and the community itself,
/// which speaks for the moderators of its node.
pub fn delete_post(tx: &mut Tx<'_>, by: AccountId, id: PostId) -> Result<Post> {
    let post = posts::get(tx, id)?;
    if post.author_id != by {
        let steward = match post.community_id {
            Some(community) => community == by || communities::is_steward(tx, community, by)?,
            None => false,
        };
        if !steward {
            return Err(Refusal::NotTheAuthor.into());
        }
    }
    if !bury(tx, &post)? {
        return Err(Error::NotFound);
    }
    if post.author_id != by && post.local {
        tell_author(tx, by, &post)?;
    }
    tx.emit(Event::PostDeleted { post: id, by });
    Ok(post)
}

/// Whoever wrote a post is told that stewards removed it.
fn tell_author(tx: &mut Tx<'_>, by: AccountId, post: &Post) -> Result<()> {
    let decision = Decision {
        account: post.author_id,
        by: Some(by),
        report: None,
        action: StrikeAction::DeleteStatuses,
        text: "",
        about: &[post.id],
    };
    strike(tx, &decision)
}

/// The posts that change with one that goes: itself, what it answers and quotes, and what quotes it.
pub(super) fn touched(tx: &mut Tx<'_>, post: &Post) -> Result<Vec<PostId>> {
    let mut ids = quotes::beside(tx, post.id)?;
    ids.extend(post.parent_id);
    ids.push(post.id);
    Ok(ids)
}

/// Empties a post and takes it out of everything it shows in; `false` where somebody else has done so meanwhile.
pub(super) fn bury(tx: &mut Tx<'_>, post: &Post) -> Result<bool> {
    let now = tx.now();
    // What they count is changed below, when posts are held already.
    let counted: Vec<AccountId> = post
        .community_id
        .into_iter()
        .chain([post.author_id])
        .collect();
    hold::accounts(tx, &counted)?;
    // What was read before says nothing about who may read it now, nor whether it is still there.
    let touched = touched(tx, post)?;
    hold::posts(tx, &touched)?;
    let post = &match posts::get(tx, post.id) {
        Err(Error::NotFound) => return Ok(false),
        found => found?,
    };
    conversations::forget(tx, post)?;
    quotes::forget(tx, post)?;
    posts::bury(tx, post.id, now)?;
    search::forget(tx, post.id)?;
    home::remove_post(tx, post.id)?;
    notifications::forget_post(tx, post.id)?;
    if compose::counts(post) {
        accounts::bump_posts(tx, post.author_id, -1, None)?;
        if let Some(community) = post.community_id.filter(|_| post.announce_id.is_some()) {
            accounts::bump_posts(tx, community, -1, None)?;
        }
    }
    for row in media::list_by_posts(tx, &[post.id])? {
        media::take_off(tx, row.id, now)?;
    }
    if !marks::list_polls(tx, &[post.id])?.is_empty() {
        marks::delete_poll(tx, post.id)?;
    }
    if post.held {
        held::take(tx, post.id)?;
    }
    if let Some(parent) = post.parent_id.filter(|_| !post.held) {
        posts::revoke_acceptance(tx, parent, post.id, now)?;
        counts::recount_replies(tx, parent)?;
        accept_answer::refresh_state(tx, parent)?;
    }
    Ok(true)
}
