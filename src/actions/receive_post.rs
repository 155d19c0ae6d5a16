//! A post of another node arrives: new, changed or by way of a community's announce.

use crate::actions::compose::{self, Place};
use crate::actions::narrow_post::narrow;
use crate::actions::{create_post, delete_post};
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::{AccountId, PostId};
use crate::model::membership;
use crate::model::post::{self, Fields};
use crate::model::refusal::Refusal;
use crate::model::time::Time;
use crate::model::viewer::audience;
use crate::model::words::{
    Audience, Boundary, Kind, MediaKind, MediaState, QuestionState, Visibility,
};
use crate::store::accounts;
use crate::store::communities;
use crate::store::contexts;
use crate::store::db::Tx;
use crate::store::posts::{self, Post};
use crate::store::{held, hold, home, marks, media, revisions};

/// A foreign post, read and cleaned by `federation`.
#[derive(Debug, Clone)]
pub struct RemotePost {
    /// ActivityPub id.
    pub uri: String,
    /// Address of its page.
    pub url: String,
    /// Who wrote it.
    pub author: AccountId,
    /// The community it is for, if known here.
    pub community: Option<AccountId>,
    /// What it replies to, if known here.
    pub parent: Option<PostId>,
    /// What it says it is.
    pub kind: Option<Kind>,
    /// Title, plain text.
    pub title: String,
    /// Sanitised HTML.
    pub html: String,
    /// Markdown, where the origin gives it.
    pub source: String,
    /// Fields of its kind.
    pub fields: Fields,
    /// Content warning.
    pub spoiler: String,
    /// Whether media are hidden at first.
    pub sensitive: bool,
    /// ISO 639-1.
    pub language: Option<String>,
    /// From its addressing.
    pub visibility: Visibility,
    /// People of any node that are known here.
    pub mentions: Vec<AccountId>,
    /// Tags as written.
    pub tags: Vec<String>,
    /// Attachments.
    pub media: Vec<RemoteMedia>,
    /// Poll.
    pub poll: Option<RemotePoll>,
    /// When it was written, not in the future.
    pub created_at: Time,
    /// When it was last changed.
    pub edited_at: Option<Time>,
    /// Whether it waits for a steward.
    pub held: bool,
    /// Whether its community's host vouches for it: it came through that community's announce.
    pub announced: bool,
}

/// An attachment elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoteMedia {
    /// Where it lies.
    pub url: String,
    /// Media type.
    pub mime: String,
    /// As Mastodon names it.
    pub kind: MediaKind,
    /// Alt text.
    pub description: String,
    /// Pixels.
    pub width: Option<i32>,
    /// Pixels.
    pub height: Option<i32>,
    /// Blurhash.
    pub blurhash: Option<String>,
    /// Focal point.
    pub focus: (f64, f64),
}

/// A poll elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemotePoll {
    /// Choices and their counts.
    pub options: Vec<(String, i32)>,
    /// Whether several choices are allowed.
    pub multiple: bool,
    /// When it ends.
    pub expires_at: Option<Time>,
    /// People who voted.
    pub voters: i32,
    /// Whether it has ended.
    pub closed: bool,
}

/// Takes a foreign post in. A post that is known already is only brought into the community that announced it.
///
/// # Errors
/// `Gone` for a post that was deleted here; `Forbidden` where its community does not take it.
pub fn receive_post(tx: &mut Tx<'_>, remote: &RemotePost) -> Result<Post> {
    if let Some(known) = posts::find_by_uri(tx, &remote.uri)? {
        if known.deleted_at.is_some() {
            return Err(Error::Gone);
        }
        if remote.announced && known.parent_id.is_none() {
            bring_in(tx, remote, &known)?;
        }
        return posts::get(tx, known.id);
    }
    let parent = remote.parent.map_or(Ok(None), |id| posts::find(tx, id))?;
    let place = place(tx, remote, parent.as_ref())?;
    let row = row(tx, remote, parent.as_ref(), place)?;
    if !posts::insert(tx, &row)? {
        return Err(Error::Conflict(Refusal::Taken));
    }
    posts::set_mentions(tx, row.id, &remote.mentions)?;
    posts::set_tags(tx, row.id, &remote.tags)?;
    attach(tx, &row, &remote.media)?;
    if let Some(poll) = &remote.poll {
        put_poll(tx, row.id, poll)?;
    }
    create_post::finish(tx, &row, place.announces || remote.announced)?;
    posts::get(tx, row.id)
}

/// Keeps the thread that a post of another node names, so that replies from here name it too. A thread that began here has
/// our own address, whatever others say.
///
/// # Errors
/// `Internal` where the database refuses.
pub fn note_context(tx: &mut Tx<'_>, post: &Post, uri: &str) -> Result<()> {
    let ours = posts::find(tx, post.root_id)?.is_some_and(|root| root.local);
    if post.local || ours {
        return Ok(());
    }
    contexts::put(tx, post.id, uri)
}

/// A known post is announced by its community. Only that makes it a post of a community elsewhere: its author's word
/// alone does not.
fn bring_in(tx: &mut Tx<'_>, remote: &RemotePost, known: &Post) -> Result<()> {
    let places = known.community_id.into_iter().chain(remote.community);
    compose::hold_places(tx, remote.author, places)?;
    // Two may bring it at the same time, and its author may delete or narrow it.
    hold::post(tx, known.id)?;
    let known = posts::get(tx, known.id)?;
    if known.community_id.is_none() && !known.local && known.audience == Audience::Public {
        let place = place(tx, remote, None)?;
        let audience = audience(known.visibility, known.boundary, place.boundary);
        posts::set_community(tx, known.id, place.community, audience)?;
    }
    let known = posts::get(tx, known.id)?;
    if known.community_id == remote.community {
        compose::announce(tx, &known)?;
    }
    Ok(())
}

/// Where a foreign post belongs, and whether the community takes it. What a community's own host announced is taken.
fn place(tx: &mut Tx<'_>, remote: &RemotePost, parent: Option<&Post>) -> Result<Place> {
    let id = remote
        .community
        .or(parent.and_then(|parent| parent.community_id));
    let Some(id) = id else {
        return Ok(Place::NOWHERE);
    };
    compose::hold_places(tx, remote.author, [id])?;
    let Some(community) = communities::find(tx, id)? else {
        return Ok(Place::NOWHERE);
    };
    let local = accounts::get(tx, id)?.is_local();
    if local {
        let standing = compose::standing(tx, id, remote.author)?;
        match parent {
            Some(_) => membership::may_reply(community.reach(), community.state, standing)?,
            None => membership::may_post(community.posting_policy, community.state, standing)?,
        }
    }
    Ok(Place {
        community: Some(id),
        boundary: Some(community.reach()),
        announces: local,
    })
}

fn row(tx: &mut Tx<'_>, remote: &RemotePost, parent: Option<&Post>, place: Place) -> Result<Post> {
    let id = PostId(tx.new_id());
    let kind = match (parent, remote.kind) {
        (Some(parent), _) if parent.kind == Kind::Question => Kind::Answer,
        (Some(_), _) | (None, None | Some(Kind::Answer)) => Kind::Discussion,
        (None, Some(kind)) => kind,
    };
    let boundary = place.boundary.unwrap_or(Boundary::Public);
    let visibility = visibility(remote, parent);
    Ok(Post {
        id,
        uri: remote.uri.clone(),
        url: remote.url.clone(),
        author_id: remote.author,
        community_id: place.community,
        parent_id: parent.map(|parent| parent.id),
        parent_author_id: parent.map(|parent| parent.author_id),
        root_id: parent.map_or(id, |parent| parent.root_id),
        announce_id: None,
        kind,
        title: remote.title.chars().take(post::MAX_TITLE).collect(),
        source: remote.source.clone(),
        html: remote.html.clone(),
        fields: posts::fields_column(&post::check_fields(kind, &remote.fields, false)?)?,
        spoiler: remote.spoiler.clone(),
        sensitive: remote.sensitive,
        language: remote.language.clone(),
        visibility,
        boundary,
        audience: audience(visibility, boundary, place.boundary),
        local: false,
        local_only: false,
        question_state: (kind == Kind::Question).then_some(QuestionState::Open),
        held: remote.held,
        app_id: None,
        replies_count: 0,
        favourites_count: 0,
        boosts_count: 0,
        rev: 0,
        created_at: remote.created_at.min(tx.now()),
        edited_at: remote.edited_at,
        deleted_at: None,
    })
}

fn attach(tx: &mut Tx<'_>, post: &Post, wanted: &[RemoteMedia]) -> Result<()> {
    for (position, remote) in (0_i32..).zip(wanted) {
        let row = media::Media {
            id: tx.new_id(),
            account_id: post.author_id,
            post_id: Some(post.id),
            position,
            kind: remote.kind,
            mime: remote.mime.clone(),
            file: None,
            preview: None,
            remote_url: Some(remote.url.clone()),
            description: remote.description.clone(),
            focus_x: remote.focus.0,
            focus_y: remote.focus.1,
            width: remote.width,
            height: remote.height,
            preview_width: None,
            preview_height: None,
            blurhash: remote.blurhash.clone(),
            bytes: 0,
            created_at: post.created_at,
            state: MediaState::Ready,
        };
        media::insert(tx, &row)?;
    }
    Ok(())
}

fn put_poll(tx: &mut Tx<'_>, post: PostId, poll: &RemotePoll) -> Result<()> {
    let row = marks::Poll {
        post_id: post,
        multiple: poll.multiple,
        hide_totals: false,
        expires_at: poll.expires_at,
        voters_count: poll.voters,
        closed: poll.closed,
    };
    let options: Vec<marks::PollOption> = (0_i32..)
        .zip(&poll.options)
        .map(|(position, (title, votes))| marks::PollOption {
            post_id: post,
            position,
            title: title.clone(),
            votes_count: *votes,
        })
        .collect();
    marks::insert_poll(tx, &row, &options)
}

/// Changes a known foreign post. An update that is older than what is stored, or by anybody but the author, has no
/// effect; a poll's tallies are taken over without an edit.
///
/// # Errors
/// `NotFound` for an unknown post, `Gone` for a deleted one, `Forbidden(NotTheAuthor)`.
pub fn update_remote(tx: &mut Tx<'_>, remote: &RemotePost) -> Result<Post> {
    let known = posts::find_by_uri(tx, &remote.uri)?.ok_or(Error::NotFound)?;
    if known.deleted_at.is_some() {
        return Err(Error::Gone);
    }
    if known.author_id != remote.author || known.local {
        return Err(Refusal::NotTheAuthor.into());
    }
    // Beside it, its community may be hidden: what was read before says nothing about who may read it now.
    compose::hold_places(tx, remote.author, known.community_id)?;
    hold::post(tx, known.id)?;
    let known = posts::get(tx, known.id)?;
    compose::may_act(tx, &known, remote.author)?;
    if let Some(poll) = &remote.poll {
        let counts: Vec<i32> = poll.options.iter().map(|(_, votes)| *votes).collect();
        marks::set_tallies(tx, known.id, poll.voters, &counts, poll.closed)?;
        posts::touch(tx, known.id)?;
    }
    // Peers write whole seconds: an edit in the same second counts where it says something else.
    let before = known.edited_at.unwrap_or(known.created_at);
    let newer = |at: &Time| *at > before || (*at == before && says_else(&known, remote));
    let Some(edited) = remote.edited_at.filter(newer) else {
        return posts::get(tx, known.id);
    };
    let revision = tx.new_id();
    revisions::keep(tx, revision, &known)?;
    let edit = edit(tx, &known, remote, Some(edited))?;
    posts::update(tx, known.id, &edit)?;
    narrow(tx, &known, remote)?;
    posts::set_tags(tx, known.id, &remote.tags)?;
    for old in media::list_by_posts(tx, &[known.id])? {
        media::delete(tx, old.id)?;
    }
    attach(tx, &known, &remote.media)?;
    let post = posts::get(tx, known.id)?;
    compose::index(tx, &post)?;
    tx.emit(Event::PostEdited { post: post.id });
    Ok(post)
}

/// A foreign post that its author had deleted is there again, as its document says now.
///
/// # Errors
/// `NotFound` for a post that is not known or not deleted, or is for other readers now; `Forbidden` where its community
/// does not take it any more.
pub fn restore(tx: &mut Tx<'_>, remote: &RemotePost) -> Result<Post> {
    let known = posts::find_by_uri(tx, &remote.uri)?
        .filter(|known| known.deleted_at.is_some() && !known.local)
        .ok_or(Error::NotFound)?;
    if known.author_id != remote.author {
        return Err(Refusal::NotTheAuthor.into());
    }
    compose::hold_places(tx, remote.author, known.community_id)?;
    // It may be restored twice at the same time.
    hold::post(tx, known.id)?;
    let known = posts::find(tx, known.id)?
        .filter(|known| known.deleted_at.is_some())
        .ok_or(Error::NotFound)?;
    compose::may_act(tx, &known, remote.author)?;
    let parent = known.parent_id.map_or(Ok(None), |id| posts::find(tx, id))?;
    if visibility(remote, parent.as_ref()) != known.visibility {
        return Err(Error::NotFound);
    }
    posts::unbury(tx, known.id)?;
    let edit = edit(tx, &known, remote, remote.edited_at)?;
    posts::update(tx, known.id, &edit)?;
    posts::set_mentions(tx, known.id, &remote.mentions)?;
    posts::set_tags(tx, known.id, &remote.tags)?;
    attach(tx, &known, &remote.media)?;
    if let Some(poll) = &remote.poll {
        put_poll(tx, known.id, poll)?;
    }
    let post = posts::get(tx, known.id)?;
    create_post::finish(tx, &post, false)?;
    if let Some((community, announce)) = post.community_id.zip(post.announce_id) {
        if compose::counts(&post) {
            accounts::bump_posts(tx, community, 1, None)?;
        }
        home::fan_out_boost(tx, announce, post.id, community)?;
    }
    posts::get(tx, known.id)
}

/// Who a post is for; a reply is for no more people than what it replies to.
fn visibility(remote: &RemotePost, parent: Option<&Post>) -> Visibility {
    parent.map_or(remote.visibility, |parent| {
        post::narrower(remote.visibility, parent.visibility)
    })
}

fn edit(
    tx: &mut Tx<'_>,
    known: &Post,
    remote: &RemotePost,
    edited: Option<Time>,
) -> Result<posts::Edit> {
    Ok(posts::Edit {
        title: remote.title.chars().take(post::MAX_TITLE).collect(),
        source: remote.source.clone(),
        html: remote.html.clone(),
        fields: posts::fields_column(&post::check_fields(known.kind, &remote.fields, false)?)?,
        spoiler: remote.spoiler.clone(),
        sensitive: remote.sensitive,
        language: remote.language.clone(),
        edited_at: edited.map(|at| at.min(tx.now())),
    })
}

fn says_else(known: &Post, remote: &RemotePost) -> bool {
    known.html != remote.html
        || known.title != remote.title
        || known.spoiler != remote.spoiler
        || known.sensitive != remote.sensitive
}

/// A community's announce of a post that is known here: it shows in its followers' home feeds from now on.
///
/// # Errors
/// `NotFound` for an unknown or deleted post.
pub fn announced(tx: &mut Tx<'_>, community: AccountId, post: PostId) -> Result<()> {
    let post = posts::get(tx, post)?;
    let known = post.announce_id;
    if post.community_id != Some(community) || post.parent_id.is_some() {
        return Ok(());
    }
    compose::announce(tx, &post)?;
    let announce = posts::get(tx, post.id)?.announce_id;
    if let Some(announce) = announce.filter(|_| known.is_none()) {
        tx.emit(Event::Announced {
            post: post.id,
            announce,
        });
    }
    Ok(())
}

/// A post of which `by` decides: one that waits in a community where that is a steward. To everybody else it is not
/// there.
fn waiting(tx: &mut Tx<'_>, by: AccountId, post: PostId) -> Result<(Post, AccountId)> {
    let found = posts::get(tx, post)?;
    let community = found.community_id.ok_or(Error::NotFound)?;
    compose::hold_places(tx, found.author_id, [community])?;
    // Two stewards may decide at the same time.
    hold::post(tx, post)?;
    let post = posts::get(tx, post)?;
    if post.held && communities::is_steward(tx, community, by)? {
        Ok((post, community))
    } else {
        Err(Error::NotFound)
    }
}

/// A steward lets a waiting reply through: from now on it is like any other, for people here and for other nodes.
///
/// # Errors
/// `NotFound` for what does not wait, and for whoever does not decide about it.
pub fn release(tx: &mut Tx<'_>, by: AccountId, post: PostId) -> Result<Post> {
    let (_, community) = waiting(tx, by, post)?;
    posts::set_held(tx, post, false)?;
    let (shown, now) = (posts::get(tx, post)?, tx.now());
    if compose::counts(&shown) {
        accounts::bump_posts(tx, shown.author_id, 1, Some(now))?;
    }
    create_post::appear(tx, &shown, true)?;
    tx.emit(Event::PostCreated { post });
    for activity in held::take(tx, post)? {
        tx.emit(Event::Relayed {
            community,
            activity,
            new_post: None,
            changed_post: None,
            removed: false,
        });
    }
    posts::get(tx, post)
}

/// A steward does not: the reply is gone, and nobody else hears of it.
///
/// # Errors
/// As [`release`].
pub fn turn_down(tx: &mut Tx<'_>, by: AccountId, post: PostId) -> Result<()> {
    let (post, _) = waiting(tx, by, post)?;
    delete_post::bury(tx, &post).map(drop)
}

/// Takes a community's announce back: the post leaves the feeds it came into that way.
pub fn unannounced(tx: &mut Tx<'_>, post: &Post) -> Result<()> {
    if let Some(announce) = post.announce_id {
        home::remove_entry(tx, post.id, announce)?;
    }
    Ok(())
}
