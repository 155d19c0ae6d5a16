//! For whom a document is read, and which posts there are for them.

use crate::error::{Error, Result};
use crate::model::ids::PostId;
use crate::model::peer::is_within;
use crate::model::viewer::leaves_the_node;
use crate::model::words::{AccountState, Audience, Visibility};
use crate::store::accounts::{self, Account};
use crate::store::conn::Conn;
use crate::store::marks::{self, Boost};
use crate::store::posts::{self, Post};
use crate::store::{follows, peers};

/// Who asks for a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reader {
    /// Somebody who did not sign, where that is fine.
    Anybody,
    /// Somebody who did not sign although requests are to be signed (`federation.authorized_fetch`).
    Unsigned,
    /// A node that signed well and is spoken to, by its authority. Which of its people asks is not told: most nodes sign
    /// with an actor of their own.
    Node(String),
}

/// A post of this node, by the text of its id, that may be read by whoever asks; whether it was deleted since.
///
/// # Errors
/// `NotFound` for whatever else there is or is not.
pub(super) fn post_of(conn: &mut Conn, id: &str, reader: &Reader) -> Result<(Post, bool)> {
    let id: PostId = id.parse().map_err(|_| Error::NotFound)?;
    let post = posts::find(conn, id)?
        .filter(|post| post.local && !post.held)
        .filter(|post| leaves_the_node(post.audience, post.boundary, post.local_only))
        .ok_or(Error::NotFound)?;
    if !may_read(conn, &post, reader)? {
        return Err(Error::NotFound);
    }
    let gone = post.deleted_at.is_some();
    // Nothing of somebody suspended is shown; what was deleted before stays gone.
    if !gone && accounts::get(conn, post.author_id)?.state != AccountState::Active {
        return Err(Error::NotFound);
    }
    Ok((post, gone))
}

/// A boost by somebody here with what it boosts, of which node ever, where both may be read by whoever asks.
pub(super) fn boost_of(
    conn: &mut Conn,
    id: i64,
    reader: &Reader,
) -> Result<Option<(Boost, Account, Post)>> {
    let Some(boost) = marks::find_boost_by_id(conn, id)? else {
        return Ok(None);
    };
    let by = accounts::get(conn, boost.account_id)?;
    let heard = match (boost.visibility, reader) {
        (Visibility::Public | Visibility::Unlisted, _) => true,
        (_, Reader::Node(domain)) => follows::is_followed_from(conn, by.id, domain)?,
        _ => false,
    };
    if !heard || !by.is_local() || by.state != AccountState::Active {
        return Ok(None);
    }
    let Some(post) = posts::find(conn, boost.post_id)?
        .filter(|post| post.deleted_at.is_none() && !post.held)
        .filter(|post| leaves_the_node(post.audience, post.boundary, post.local_only))
    else {
        return Ok(None);
    };
    let author = accounts::get(conn, post.author_id)?;
    let shown = author.state == AccountState::Active && may_read(conn, &post, reader)?;
    Ok(shown.then_some((boost, by, post)))
}

/// Whether a post that leaves the node is for whoever asks: it is for everybody, or for followers and one of them is on
/// the node that asks; and it reaches no wider than the admin allows for that node.
pub(super) fn may_read(conn: &mut Conn, post: &Post, reader: &Reader) -> Result<bool> {
    let Reader::Node(domain) = reader else {
        return Ok(post.is_for_everybody());
    };
    let most = peers::find(conn, domain)?.and_then(|peer| peer.boundary_max);
    if !is_within(most, post.boundary) {
        return Ok(false);
    }
    match post.audience {
        Audience::Followers => follows::is_followed_from(conn, post.author_id, domain),
        _ => Ok(post.is_for_everybody()),
    }
}
