//! The author of a post elsewhere wants fewer people to read it. Nobody is let in by an edit, but people are shut out.

use crate::actions::receive_post::RemotePost;
use crate::actions::{accept_answer, compose, conversations};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::post;
use crate::model::viewer::audience;
use crate::model::words::{Audience, Visibility};
use crate::store::db::Tx;
use crate::store::posts::{self, Post};
use crate::store::{accounts, communities, counts};

/// Takes a known post from those whom its author does not address any more.
///
/// # Errors
/// `Internal` where the database refuses.
pub(super) fn narrow(tx: &mut Tx<'_>, known: &Post, remote: &RemotePost) -> Result<()> {
    let visibility = post::narrower(remote.visibility, known.visibility);
    keep_named(tx, known, visibility, &remote.mentions)?;
    if visibility == known.visibility {
        return Ok(());
    }
    let community = known
        .community_id
        .map_or(Ok(None), |id| communities::find(tx, id))?;
    let reach = community.map(|community| community.reach());
    let left = audience(visibility, known.boundary, reach);
    posts::set_readers(tx, known.id, visibility, left)?;
    if compose::counts(known) && !compose::counts(&posts::get(tx, known.id)?) {
        accounts::bump_posts(tx, known.author_id, -1, None)?;
        if let Some(community) = known.community_id.filter(|_| known.announce_id.is_some()) {
            accounts::bump_posts(tx, community, -1, None)?;
        }
    }
    if let Some(parent) = known.parent_id.filter(|_| !known.held) {
        counts::recount_replies(tx, parent)?;
        accept_answer::refresh_state(tx, parent)?;
    }
    Ok(())
}

/// Whom a post that is not for everybody any more names: whoever is named reads it, so of those named now the ones who could
/// read it before.
fn keep_named(tx: &mut Tx<'_>, known: &Post, seen: Visibility, now: &[AccountId]) -> Result<()> {
    if matches!(seen, Visibility::Public | Visibility::Unlisted) {
        return Ok(());
    }
    let mut named: Vec<AccountId> = posts::list_mentions(tx, &[known.id])?
        .into_iter()
        .map(|(_, account)| account)
        .collect();
    let before = named.clone();
    if known.audience == Audience::Public {
        named = now.to_vec();
    } else {
        named.retain(|account| now.contains(account));
    }
    if named != before {
        posts::set_mentions(tx, known.id, &named)?;
        conversations::leave_out(tx, known, &named)?;
    }
    Ok(())
}
