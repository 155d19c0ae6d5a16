//! A post with all that its document needs, loaded in one go.

use crate::error::Result;
use crate::federation::normalize::PUBLIC;
use crate::federation::objects::addressing::{Addressing, Parties, address};
use crate::federation::objects::quotes::Quoted;
use crate::model::ids::{AccountId, PostId};
use crate::model::quote::Terms;
use crate::model::viewer::leaves_the_node;
use crate::model::words::{Audience, Kind, QuoteState};
use crate::store::account_limits;
use crate::store::accounts::{self, Account};
use crate::store::conn::Conn;
use crate::store::contexts;
use crate::store::marks::{self, Poll, PollOption};
use crate::store::media::{self, Media};
use crate::store::posts::{self, Post};
use crate::store::{moves, quotes};

/// Most Mention tags that we write, whomever a text names.
const MENTIONS: usize = 50;

/// Addresses of a person's other accounts, and of the one that the person moved to.
///
/// # Errors
/// `Unavailable`.
pub fn moves_of(conn: &mut Conn, id: AccountId) -> Result<(Vec<String>, Option<String>)> {
    let new = match moves::target(conn, id)? {
        Some(target) => Some(accounts::get(conn, target)?.uri),
        None => None,
    };
    Ok((moves::aliases(conn, id)?, new))
}

/// A post and what belongs to it.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The post itself.
    pub post: Post,
    /// Who wrote it.
    pub author: Account,
    /// Where it belongs.
    pub community: Option<Account>,
    /// What it replies to.
    pub parent: Option<Post>,
    /// Who wrote that, unless it is the author.
    pub parent_author: Option<Account>,
    /// Its thread (FEP-7888): our own address of it where the thread began on this node, else the one that what it
    /// replies to named, or the beginning.
    pub context: Option<String>,
    /// Everybody else it mentions; not the community.
    pub mentions: Vec<Account>,
    /// Tags: folded and as written.
    pub tags: Vec<(String, String)>,
    /// Attachments in order.
    pub media: Vec<Media>,
    /// Its poll.
    pub poll: Option<(Poll, Vec<PollOption>)>,
    /// Addresses of accepted answers, for questions.
    pub accepted: Vec<String>,
    /// Whether it is an accepted answer itself.
    pub is_accepted: bool,
    /// What it quotes, unless that was turned down.
    pub quote: Option<Quoted>,
    /// Who may quote it.
    pub terms: Terms,
}

impl Whole {
    /// Whether anything of it may leave the node.
    pub fn leaves(&self) -> bool {
        leaves_the_node(self.post.audience, self.post.boundary, self.post.local_only)
    }

    /// Whether everybody may read it, so that a community may announce it.
    pub fn is_open(&self) -> bool {
        self.leaves() && self.post.audience == Audience::Public && !self.post.held
    }

    /// The community's actor id.
    pub fn group(&self) -> Option<&str> {
        self.community.as_ref().map(|account| account.uri.as_str())
    }

    /// The community, where this node hosts it.
    pub fn local_community(&self) -> Option<&Account> {
        self.community.as_ref().filter(|account| account.is_local())
    }

    /// To whom it is addressed.
    pub fn addressing(&self) -> Addressing {
        let mentioned: Vec<&str> = self
            .mentions
            .iter()
            .map(|account| account.uri.as_str())
            .collect();
        address(Parties {
            visibility: self.post.visibility,
            followers: self.author.followers_url.as_deref().unwrap_or(PUBLIC),
            group: self.group(),
            parent_author: self
                .parent_author
                .as_ref()
                .map(|account| account.uri.as_str()),
            mentioned: &mentioned,
        })
    }
}

/// Loads a post with its parts, deleted ones included. `None` where there is none.
pub fn load(conn: &mut Conn, id: PostId) -> Result<Option<Whole>> {
    let Some(post) = posts::find(conn, id)? else {
        return Ok(None);
    };
    of_post(conn, post).map(Some)
}

/// Loads the parts of a post.
pub fn of_post(conn: &mut Conn, post: Post) -> Result<Whole> {
    let id = post.id;
    let author = accounts::get(conn, post.author_id)?;
    let community = find_account(conn, post.community_id)?;
    let parent = post
        .parent_id
        .map_or(Ok(None), |parent| posts::find(conn, parent))?;
    let parent_author = find_account(
        conn,
        post.parent_author_id.filter(|parent| *parent != author.id),
    )?;
    let context = context(conn, &post)?;
    let mentioned: Vec<AccountId> = posts::list_mentions(conn, &[id])?
        .into_iter()
        .map(|(_, account)| account)
        .filter(|account| Some(*account) != post.community_id && *account != post.author_id)
        .filter(|account| {
            parent_author
                .as_ref()
                .is_none_or(|parent| parent.id != *account)
                || is_direct(&post)
        })
        .take(MENTIONS)
        .collect();
    let mentions = accounts::list(conn, &mentioned)?;
    let tags = posts::list_tags(conn, &[id])?
        .into_iter()
        .map(|(_, tag, name)| (tag, name))
        .collect();
    let media = media::list_by_posts(conn, &[id])?;
    let hidden = !account_limits::sensitized_among(conn, &[author.id])?.is_empty();
    let post = Post {
        sensitive: post.sensitive || (hidden && !media.is_empty()),
        ..post
    };
    let poll = marks::list_polls(conn, &[id])?.pop();
    let accepted = accepted(conn, &post)?;
    let quote = quoted(conn, id)?;
    let terms = quotes::terms_of(conn, id, post.local)?;
    let is_accepted = post.kind == Kind::Answer && !posts::list_accepted(conn, &[id])?.is_empty();
    Ok(Whole {
        post,
        author,
        community,
        parent,
        parent_author,
        context,
        mentions,
        tags,
        media,
        poll,
        accepted,
        is_accepted,
        quote,
        terms,
    })
}

fn context(conn: &mut Conn, post: &Post) -> Result<Option<String>> {
    if let Some(root) = posts::find(conn, post.root_id)?.filter(|root| root.local) {
        return Ok(Some(format!("{}/context", root.uri)));
    }
    let named = post
        .parent_id
        .map_or(Ok(None), |parent| contexts::find(conn, parent))?;
    match named {
        Some(uri) => Ok(Some(uri)),
        None => contexts::find(conn, post.root_id),
    }
}

fn quoted(conn: &mut Conn, post: PostId) -> Result<Option<Quoted>> {
    let Some(row) = quotes::find_of_post(conn, post)?
        .filter(|row| matches!(row.state, QuoteState::Pending | QuoteState::Accepted))
    else {
        return Ok(None);
    };
    let found = row.quoted_id.map_or(Ok(None), |id| posts::find(conn, id))?;
    Ok(found
        .filter(|quoted| quoted.deleted_at.is_none())
        .map(|quoted| Quoted {
            uri: quoted.uri,
            url: quoted.url,
            stamp: row.stamp_uri,
        }))
}

fn is_direct(post: &Post) -> bool {
    post.audience == Audience::Mentioned
}

fn find_account(conn: &mut Conn, id: Option<AccountId>) -> Result<Option<Account>> {
    id.map_or(Ok(None), |id| accounts::find(conn, id))
}

fn accepted(conn: &mut Conn, post: &Post) -> Result<Vec<String>> {
    if post.kind != Kind::Question {
        return Ok(Vec::new());
    }
    let ids: Vec<PostId> = posts::list_acceptances(conn, &[post.id])?
        .into_iter()
        .map(|row| row.answer_id)
        .collect();
    let answers = posts::map(conn, &ids)?;
    Ok(ids
        .iter()
        .filter_map(|id| answers.get(id))
        // What stays on the node is not named outside it either.
        .filter(|answer| {
            !answer.local || leaves_the_node(answer.audience, answer.boundary, answer.local_only)
        })
        .map(|answer| answer.uri.clone())
        .collect())
}
