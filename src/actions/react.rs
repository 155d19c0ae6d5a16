//! Favourites, bookmarks, pins, mutes of threads, boosts and votes.

use crate::actions::compose;
use crate::actions::standing::{must_act, must_be_here};
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::{AccountId, PostId};
use crate::model::refusal::Refusal;
use crate::model::viewer::{Viewer, leaves_the_node};
use crate::model::words::{Audience, Reaction, Role, Visibility};
use crate::store::accounts;
use crate::store::db::Tx;
use crate::store::marks::{self, Boost, Mark};
use crate::store::posts::{self, Count, Post};
use crate::store::{follows, hold, home};

/// Most pinned posts of a person.
pub const MAX_PINNED: i64 = 5;

/// The post, if `by` may read it. People of other nodes reach public posts only.
fn reachable(tx: &mut Tx<'_>, by: AccountId, id: PostId) -> Result<Post> {
    let viewer = if accounts::get(tx, by)?.is_local() {
        Viewer::Person {
            id: by,
            role: Role::Member,
        }
    } else {
        Viewer::Anonymous
    };
    let post = posts::get_visible(tx, &viewer, id)?;
    if post.author_id != by && follows::is_blocked(tx, by, post.author_id)? {
        return Err(Error::NotFound);
    }
    Ok(post)
}

/// Sets a mark; nothing happens where it is set. `uri` is the address of the Like where it came from another node.
///
/// # Errors
/// `NotFound`, also for whoever does not act any more; for pins `Invalid` where the post cannot be pinned or too many are.
pub fn mark(
    tx: &mut Tx<'_>,
    by: AccountId,
    id: PostId,
    kind: Reaction,
    uri: Option<String>,
) -> Result<Post> {
    must_act(tx, by)?;
    let post = reachable(tx, by, id)?;
    if kind == Reaction::Pin {
        if post.author_id != by || post.visibility == Visibility::Direct {
            return Err(Error::invalid("base", Refusal::NotPinnable));
        }
        if marks::count_by_account(tx, by, kind)? >= MAX_PINNED {
            return Err(Error::invalid(
                "base",
                Refusal::TooMany(usize::try_from(MAX_PINNED).unwrap_or_default()),
            ));
        }
    }
    let row_id = tx.new_id();
    let uri = uri.or_else(|| (kind == Reaction::Favourite).then(|| tx.node().activity_uri(row_id)));
    let row = Mark {
        id: row_id,
        account_id: by,
        post_id: id,
        kind,
        uri,
        created_at: tx.now(),
    };
    if marks::add(tx, &row)? && kind == Reaction::Favourite {
        posts::bump(tx, id, Count::Favourites, 1)?;
        tx.emit(Event::Favourited {
            reaction: row_id,
            post: id,
            by,
        });
    }
    posts::get(tx, id)
}

/// Takes a mark back; nothing happens where there is none.
///
/// # Errors
/// `NotFound`.
pub fn unmark(tx: &mut Tx<'_>, by: AccountId, id: PostId, kind: Reaction) -> Result<Post> {
    if let Some(row) = marks::remove(tx, by, id, kind)?
        && kind == Reaction::Favourite
    {
        posts::bump(tx, id, Count::Favourites, -1)?;
        tx.emit(Event::Unfavourited {
            reaction: row.id,
            post: id,
            by,
        });
    }
    posts::get(tx, id)
}

/// Boosts; the boost that is there already is returned. `uri` is the address of the Announce from another node. A boost
/// is never wider than what it boosts: of one's own post for followers it is for followers.
///
/// # Errors
/// `NotFound`; `Invalid(NotBoostable)` for what must not go further than it is; `Invalid` for `visibility` where it is
/// `direct`.
pub fn boost(
    tx: &mut Tx<'_>,
    by: AccountId,
    id: PostId,
    visibility: Visibility,
    uri: Option<String>,
) -> Result<Boost> {
    // Before the post is: whoever writes holds the person first, too.
    let account = must_act(tx, by)?;
    must_be_here(tx, &account)?;
    let post = reachable(tx, by, id)?;
    let own_private = post.author_id == by && post.audience == Audience::Followers;
    if !matches!(post.audience, Audience::Public | Audience::Node) && !own_private {
        return Err(Error::invalid("base", Refusal::NotBoostable));
    }
    if visibility == Visibility::Direct {
        let words = Refusal::NotOneOf("public, unlisted, private".into());
        return Err(Error::invalid("visibility", words));
    }
    if let Some(there) = marks::find_boost(tx, by, id)? {
        return Ok(there);
    }
    let visibility = if own_private {
        Visibility::Private
    } else {
        visibility
    };
    let boost_id = tx.new_id();
    let uri = uri.unwrap_or_else(|| tx.node().activity_uri(boost_id));
    let row = Boost {
        id: boost_id,
        account_id: by,
        post_id: id,
        uri,
        visibility,
        created_at: tx.now(),
    };
    if !marks::boost(tx, &row)? {
        return Err(Error::Conflict(Refusal::Taken));
    }
    let now = tx.now();
    posts::bump(tx, id, Count::Boosts, 1)?;
    if counts(&post, visibility) {
        accounts::bump_posts(tx, by, 1, Some(now))?;
    }
    home::fan_out_boost(tx, boost_id, id, by)?;
    if account.is_local() {
        home::add(tx, by, boost_id, id, Some(by))?;
    }
    tx.emit(Event::Boosted {
        boost: boost_id,
        post: id,
        by,
    });
    Ok(row)
}

/// Whether a boost counts among what its author has posted, where everybody sees the count.
fn counts(post: &Post, visibility: Visibility) -> bool {
    compose::counts(post) && matches!(visibility, Visibility::Public | Visibility::Unlisted)
}

/// Whether boosts of a post leave the node.
pub fn boost_travels(post: &Post) -> bool {
    leaves_the_node(post.audience, post.boundary, post.local_only)
}

/// Takes a boost back; the post.
///
/// # Errors
/// `NotFound`.
pub fn unboost(tx: &mut Tx<'_>, by: AccountId, id: PostId) -> Result<Post> {
    hold::accounts(tx, &[by])?;
    if let Some(row) = marks::find_boost(tx, by, id)? {
        marks::unboost(tx, row.id)?;
        home::remove_entry(tx, id, row.id)?;
        posts::bump(tx, id, Count::Boosts, -1)?;
        if counts(&posts::get(tx, id)?, row.visibility) {
            accounts::bump_posts(tx, by, -1, None)?;
        }
        tx.emit(Event::Unboosted {
            boost: row.id,
            uri: row.uri,
            post: id,
            by,
            visibility: row.visibility,
        });
    }
    posts::get(tx, id)
}

/// Votes in a poll, once per person.
///
/// # Errors
/// `NotFound`; `Invalid` with `PollEnded`, `AlreadyVoted`, `BadChoice` or `Oneself`.
pub fn vote(tx: &mut Tx<'_>, by: AccountId, id: PostId, choices: &[i32]) -> Result<Post> {
    must_act(tx, by)?;
    let post = reachable(tx, by, id)?;
    let (poll, options) = marks::get_poll(tx, id)?;
    let refuse = |why| Err(Error::invalid("choices", why));
    if post.author_id == by {
        return refuse(Refusal::Oneself);
    }
    if poll.closed || poll.expires_at.is_some_and(|end| end <= tx.now()) {
        return refuse(Refusal::PollEnded);
    }
    let voted = marks::votes_of(tx, by, &[id])?;
    // Several choices may come one by one: as activities of their own from another node, and from clients too.
    let again = voted.iter().any(|(_, choice)| choices.contains(choice));
    if !voted.is_empty() && (again || !poll.multiple) {
        return refuse(Refusal::AlreadyVoted);
    }
    let known = |choice: &i32| usize::try_from(*choice).is_ok_and(|at| at < options.len());
    if choices.is_empty() || !choices.iter().all(known) || (!poll.multiple && choices.len() > 1) {
        return refuse(Refusal::BadChoice);
    }
    let mut counted = false;
    for choice in choices {
        let vote = tx.new_id();
        let uri = tx.node().activity_uri(vote);
        counted |= marks::vote(tx, vote, id, by, *choice, Some(&uri))?;
    }
    if counted && voted.is_empty() {
        marks::count_voter(tx, id)?;
    }
    posts::touch(tx, id)?;
    tx.emit(Event::Voted { post: id, by });
    posts::get(tx, id)
}

/// Notices that a poll has ended.
pub fn end_poll(tx: &mut Tx<'_>, id: PostId) -> Result<()> {
    marks::close_poll(tx, id)?;
    posts::touch(tx, id)?;
    tx.emit(Event::PollEnded { post: id });
    Ok(())
}
