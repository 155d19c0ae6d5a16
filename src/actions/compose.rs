//! Whom a text names, where a post belongs, and how a community takes it in: shared by all that is written and arrives.

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::membership::{self, Standing};
use crate::model::post;
use crate::model::refusal::Refusal;
use crate::model::text::handles::{Handle, Span, mentioned, spans};
use crate::model::text::html;
use crate::model::text::markdown::{Links, Target};
use crate::model::viewer::Viewer;
use crate::model::words::{AccountState, Boundary, CommunityState, Listing, Role, Visibility};
use crate::store::accounts::{self, Account};
use crate::store::communities::{self, Community};
use crate::store::db::Tx;
use crate::store::dialect::search;
use crate::store::links as links_of;
use crate::store::posts::{self, Post};
use crate::store::{hold, home};

/// The accounts that a text mentions and that its author may know of: the name of a hidden community is a word like any
/// other to whoever is not in it, and so is that of an account that ended.
pub(super) fn resolve_mentions(
    tx: &mut Tx<'_>,
    author: AccountId,
    source: &str,
) -> Result<Vec<(Handle, Account)>> {
    let viewer = Viewer::Person {
        id: author,
        role: Role::Member,
    };
    let mut found = Vec::new();
    for written in mentioned(source).into_iter().take(post::MAX_MENTIONS) {
        let handle = written.clone().relative_to(&tx.node().authority);
        if let Some(account) = accounts::find_by_handle(tx, &handle)?
            && account.state != AccountState::Deleted
            && communities::is_account_visible(tx, &viewer, &account)?
        {
            found.push((written, account));
        }
    }
    Ok(found)
}

/// Takes out the hidden communities that a text names elsewhere than among their members: a mention says that they exist.
pub(super) fn leave_out_hidden(
    tx: &mut Tx<'_>,
    mentions: &mut Vec<(Handle, Account)>,
    community: Option<AccountId>,
) -> Result<()> {
    let groups: Vec<AccountId> = mentions
        .iter()
        .map(|(_, account)| account)
        .filter(|account| account.is_group() && Some(account.id) != community)
        .map(|account| account.id)
        .collect();
    if groups.is_empty() {
        return Ok(());
    }
    for found in communities::list(tx, &groups)? {
        if found.visibility == Listing::Hidden {
            mentions.retain(|(_, account)| account.id != found.account_id);
        }
    }
    Ok(())
}

/// What the renderer needs to link the mentions.
pub(super) fn links(tx: &Tx<'_>, mentions: &[(Handle, Account)]) -> Links {
    let target = |account: &Account| Target {
        url: account.url.clone(),
        name: account.name.clone(),
    };
    let mentions: HashMap<_, _> = mentions
        .iter()
        .map(|(handle, account)| (handle.clone(), target(account)))
        .collect();
    Links {
        mentions,
        base_url: tx.node().base_url.clone(),
    }
}

/// Keeps what a post is found by: its words, and the web addresses in its text and fields.
pub(super) fn index(tx: &mut Tx<'_>, post: &Post) -> Result<()> {
    search::index(tx, post.id, &post.title, &post.plain_text())?;
    let mut found = html::links(&post.html);
    for text in post.fields_map().values() {
        found.extend(spans(text).into_iter().filter_map(|span| match span {
            Span::Link(url) => html::web_address(url),
            _ => None,
        }));
    }
    found.truncate(html::MAX_LINKS);
    links_of::set(tx, post.id, &found)
}

/// Where a post belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The community.
    pub community: Option<AccountId>,
    /// How far it reaches.
    pub boundary: Option<Boundary>,
    /// Whether this node hosts it, so that it announces at once.
    pub announces: bool,
}

impl Place {
    /// Nowhere: a post of a person alone.
    pub const NOWHERE: Self = Self {
        community: None,
        boundary: None,
        announces: false,
    };
}

/// How somebody stands to a community.
pub fn standing(tx: &mut Tx<'_>, community: AccountId, account: AccountId) -> Result<Standing> {
    let found = communities::find_membership(tx, community, account)?;
    Ok(found.map_or(Standing::NONE, |row| Standing {
        state: row.state,
        role: row.role,
    }))
}

/// Keeps whoever writes and the communities that a post may go to as they are until the transaction ends: one that is hidden
/// meanwhile would not take the post along, and somebody sent away would still speak. To be called before they are read,
/// and before a post is held: where both are, people and communities come first.
pub(super) fn hold_places(
    tx: &mut Tx<'_>,
    author: AccountId,
    communities: impl IntoIterator<Item = AccountId>,
) -> Result<()> {
    let mut concerned: Vec<AccountId> = communities.into_iter().collect();
    concerned.push(author);
    hold::accounts(tx, &concerned)?;
    // An account that ended while its request was on the way would leave a post that nobody takes away.
    let author = accounts::get(tx, author)?;
    if author.is_local() && author.state != AccountState::Active {
        return Err(Error::NotFound);
    }
    Ok(())
}

fn place(tx: &mut Tx<'_>, community: &Community) -> Result<Place> {
    let account = accounts::get(tx, community.account_id)?;
    Ok(Place {
        community: Some(community.account_id),
        boundary: Some(community.reach()),
        announces: account.is_local(),
    })
}

/// The place of a reply: its parent's community, where the author may speak.
///
/// # Errors
/// `Forbidden` where the community does not take the reply.
pub fn place_of_reply(tx: &mut Tx<'_>, author: AccountId, parent: &Post) -> Result<Place> {
    hold_places(tx, author, parent.community_id)?;
    let Some(id) = parent.community_id else {
        return Ok(Place::NOWHERE);
    };
    let community = communities::get(tx, id)?;
    let standing = standing(tx, id, author)?;
    membership::may_reply(community.reach(), community.state, standing)?;
    place(tx, &community)
}

/// Whether somebody may still act on a post: whoever was banned from a community changes nothing in it any more, but may
/// delete the own words.
///
/// # Errors
/// `Forbidden` as the rules of [`membership::may_reply`] say.
pub fn may_act(tx: &mut Tx<'_>, post: &Post, by: AccountId) -> Result<()> {
    let Some(id) = post.community_id else {
        return Ok(());
    };
    let (community, standing) = (communities::get(tx, id)?, standing(tx, id, by)?);
    Ok(membership::may_reply(
        community.reach(),
        community.state,
        standing,
    )?)
}

/// The place of a new post: the community asked for, else the first one mentioned in which the author may post. Where one
/// that has not opened yet is named, the post is refused: it was meant for that one, and must not go out to everybody
/// instead.
///
/// # Errors
/// `Invalid` or `Forbidden` where the community asked for does not take it.
pub fn place_of_post(
    tx: &mut Tx<'_>,
    author: AccountId,
    wanted: Option<AccountId>,
    mentions: &[Account],
    visibility: Visibility,
) -> Result<Place> {
    if let Some(id) = wanted {
        hold_places(tx, author, [id])?;
        let viewer = Viewer::Person {
            id: author,
            role: Role::Member,
        };
        let community = communities::get_visible(tx, &viewer, id)
            .map_err(|_| Error::invalid("community_id", Refusal::Malformed))?;
        let standing = standing(tx, id, author)?;
        membership::may_post(community.posting_policy, community.state, standing)?;
        return place(tx, &community);
    }
    if visibility == Visibility::Direct {
        hold_places(tx, author, [])?;
        return Ok(Place::NOWHERE);
    }
    let groups = || mentions.iter().filter(|account| account.is_group());
    hold_places(tx, author, groups().map(|account| account.id))?;
    let mut waits = false;
    for group in groups() {
        let Some(community) = communities::find(tx, group.id)? else {
            continue;
        };
        let standing = standing(tx, group.id, author)?;
        if membership::may_post(community.posting_policy, community.state, standing).is_ok() {
            return place(tx, &community);
        }
        waits |= community.state == CommunityState::Proposed;
    }
    if waits {
        return Err(Refusal::CommunityNotActive.into());
    }
    Ok(Place::NOWHERE)
}

/// Whether a post counts where everybody sees the count: what is for some only, or waits, is not told to all.
pub fn counts(post: &Post) -> bool {
    post.is_for_everybody()
}

/// The community that hosts a post announces it: it gets the announce's id and shows in its followers' home feeds.
pub fn announce(tx: &mut Tx<'_>, post: &Post) -> Result<()> {
    let Some(community) = post.community_id else {
        return Ok(());
    };
    if post.announce_id.is_some() {
        return Ok(());
    }
    let (announce, now) = (tx.new_id(), tx.now());
    posts::set_announce(tx, post.id, announce)?;
    if counts(post) {
        accounts::bump_posts(tx, community, 1, Some(now))?;
    }
    home::fan_out_boost(tx, announce, post.id, community)
}
