//! Somebody of this node writes a post, a reply, or a command that looks like one.

use serde::{Deserialize, Serialize};

use crate::actions::accept_answer;
use crate::actions::command;
use crate::actions::compose::{self, Place};
use crate::actions::conversations;
pub use crate::actions::polls::{NewPoll, POLL_OPTION_CHARACTERS, POLL_OPTIONS, POLL_SECONDS};
use crate::actions::polls::{check_poll, insert_poll};
use crate::actions::quotes::{self, Chosen, Quoting};
use crate::actions::standing::must_be_here;
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::{AccountId, PostId};
use crate::model::post::{self, Fields};
use crate::model::quote::Terms;
use crate::model::refusal::Refusal;
use crate::model::text::handles::{Handle, tags};
use crate::model::text::markdown::render;
use crate::model::text::verbs;
use crate::model::viewer::{Viewer, audience};
use crate::model::words::{
    Audience, Boundary, Kind, MediaState, QuestionState, QuotePolicy, Role, Visibility,
};
use crate::store::accounts::{self, Account};
use crate::store::db::Tx;
use crate::store::posts::{self, Post};
use crate::store::quotes as quote_store;
use crate::store::{counts, hold, home, idempotency, media, scheduled};

/// What somebody wants to publish.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct NewPost {
    /// Markdown.
    pub source: String,
    /// Title; a verb post makes its own.
    pub title: Option<String>,
    /// Content warning.
    pub spoiler: String,
    /// Whether media are hidden at first.
    pub sensitive: bool,
    /// ISO 639-1.
    pub language: Option<String>,
    /// As Mastodon clients know it; public if absent.
    pub visibility: Option<Visibility>,
    /// How far it reaches; the community's own if absent.
    pub boundary: Option<Boundary>,
    /// Never leaves the node.
    pub local_only: bool,
    /// The community it is for; a mention of one does the same.
    pub community: Option<AccountId>,
    /// What it is; a verb in the text does the same.
    pub kind: Option<Kind>,
    /// The fields of its kind.
    pub fields: Fields,
    /// What it replies to.
    pub parent: Option<PostId>,
    /// Attachments by id, in order.
    pub media: Vec<i64>,
    /// A poll.
    pub poll: Option<NewPoll>,
    /// What it quotes.
    #[serde(default)]
    pub quoted: Option<PostId>,
    /// Who may quote it; whoever may read it if absent.
    #[serde(default)]
    pub quote_policy: Option<QuotePolicy>,
    /// The client.
    pub app_id: Option<i64>,
    /// Idempotency key and hash of the whole request.
    pub idempotency: Option<(String, String)>,
}

/// What became of it.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// A post was made (or had been made with the same idempotency key).
    Posted(Box<Post>),
    /// It was a command: carried out, never stored. The client gets a status with this id, which exists nowhere.
    Commanded {
        /// The post it was about.
        about: PostId,
        /// The id that is 404 from now on.
        id: PostId,
    },
}

/// Publishes.
///
/// # Errors
/// `Invalid` naming the field; `Forbidden` where the community does not take it; `NotFound` for a parent that the author
/// cannot read; `Conflict(KeyReused)` for an idempotency key with another request.
pub fn create_post(tx: &mut Tx<'_>, author: AccountId, new: NewPost) -> Result<Outcome> {
    let now = tx.now();
    if let Some((key, hash)) = &new.idempotency {
        // The same request may come twice at the same time.
        hold::user(tx, author)?;
        if let Some((post, known)) = idempotency::find(tx, author, key, now)? {
            if known != *hash {
                return Err(Error::invalid("idempotency_key", Refusal::KeyReused));
            }
            return Ok(Outcome::Posted(Box::new(posts::get(tx, post)?)));
        }
    }
    let account = accounts::get(tx, author)?;
    must_be_here(tx, &account)?;
    let parent = find_parent(tx, author, new.parent)?;
    if let Some(parent) = &parent
        && let Some((command, why)) = command::of(&new, parent)
    {
        return command::carry_out(tx, author, parent, command, &why);
    }
    let draft = draft(tx, &account, parent.as_ref(), &new)?;
    let post = store(tx, &account, parent.as_ref(), &new, draft)?;
    if let Some((key, hash)) = &new.idempotency {
        idempotency::remember(tx, author, key, hash, post.id, now)?;
    }
    Ok(Outcome::Posted(Box::new(post)))
}

/// Whether a post would be published if it were sent now; nothing is written.
///
/// # Errors
/// Those of [`create_post`].
pub fn check_post(tx: &mut Tx<'_>, author: AccountId, new: &NewPost) -> Result<()> {
    let account = accounts::get(tx, author)?;
    must_be_here(tx, &account)?;
    let parent = find_parent(tx, author, new.parent)?;
    if let Some(parent) = &parent
        && let Some((command, _)) = command::of(new, parent)
    {
        command::check(command)?;
    }
    draft(tx, &account, parent.as_ref(), new)?;
    usable(tx, author, &new.media)?;
    if let Some(poll) = &new.poll {
        check_poll(poll)?;
    }
    Ok(())
}

fn find_parent(tx: &mut Tx<'_>, author: AccountId, parent: Option<PostId>) -> Result<Option<Post>> {
    let Some(id) = parent else { return Ok(None) };
    let viewer = Viewer::Person {
        id: author,
        role: Role::Member,
    };
    posts::get_visible(tx, &viewer, id).map(Some)
}

/// Everything about a new post that follows from rules.
struct Draft {
    place: Place,
    kind: Kind,
    title: String,
    fields: Fields,
    html: String,
    mentions: Vec<Account>,
    tags: Vec<String>,
    visibility: Visibility,
    boundary: Boundary,
    quoted: Option<Chosen>,
}

fn draft(tx: &mut Tx<'_>, author: &Account, parent: Option<&Post>, new: &NewPost) -> Result<Draft> {
    check_content(new)?;
    let mut mentions = compose::resolve_mentions(tx, author.id, &new.source)?;
    let accounts: Vec<Account> = mentions
        .iter()
        .map(|(_, account)| account.clone())
        .collect();
    let visibility = new.visibility.unwrap_or(Visibility::Public);
    let place = match parent {
        Some(parent) => compose::place_of_reply(tx, author.id, parent)?,
        None => compose::place_of_post(tx, author.id, new.community, &accounts, visibility)?,
    };
    compose::leave_out_hidden(tx, &mut mentions, place.community)?;
    let (kind, by_verb) = kind(new, parent)?;
    let title = title(new, kind, by_verb)?;
    let fields = post::check_fields(kind, &new.fields, new.kind.is_some())?;
    let visibility = parent.map_or(visibility, |parent| {
        post::narrower(visibility, parent.visibility)
    });
    let boundary = boundary(new, parent, &place)?;
    let quoted = new
        .quoted
        .map(|id| quotes::choose(tx, author.id, id))
        .transpose()?;
    let visibility = quoted
        .as_ref()
        .map_or(visibility, |chosen| chosen.narrow(visibility));
    if let Some(chosen) = &quoted {
        let quoting = Quoting {
            author: author.id,
            place: &place,
            mentions: &accounts,
            visibility,
            boundary,
            local_only: new.local_only,
        };
        chosen.check(tx, &quoting)?;
    }
    let links = compose::links(tx, &mentions);
    let html = render(&new.source, &links);
    Ok(Draft {
        place,
        kind,
        title,
        fields,
        html,
        mentions: mentions.into_iter().map(|(_, account)| account).collect(),
        tags: tags(&new.source),
        visibility,
        boundary,
        quoted,
    })
}

fn check_content(new: &NewPost) -> Result<()> {
    if new.source.chars().count() + new.spoiler.chars().count() > post::MAX_CHARACTERS {
        return Err(Error::invalid(
            "status",
            Refusal::TooLong(post::MAX_CHARACTERS),
        ));
    }
    if new.source.trim().is_empty()
        && new.media.is_empty()
        && new.poll.is_none()
        && new.quoted.is_none()
        && new.fields.is_empty()
    {
        return Err(Error::invalid("status", Refusal::Blank));
    }
    if new.media.len() > post::MAX_MEDIA {
        return Err(Error::invalid(
            "media_ids",
            Refusal::TooMany(post::MAX_MEDIA),
        ));
    }
    Ok(())
}

/// The kind, and whether a verb in the text chose it.
fn kind(new: &NewPost, parent: Option<&Post>) -> Result<(Kind, bool)> {
    if let Some(parent) = parent {
        let answer = parent.kind == Kind::Question;
        return match new.kind {
            None | Some(Kind::Discussion) if !answer => Ok((Kind::Discussion, false)),
            None | Some(Kind::Answer | Kind::Discussion) if answer => Ok((Kind::Answer, false)),
            _ => Err(Error::invalid(
                "kind",
                Refusal::NotOneOf("discussion, answer".into()),
            )),
        };
    }
    match new.kind {
        Some(Kind::Answer) => Err(Error::invalid("in_reply_to_id", Refusal::Blank)),
        Some(kind) => Ok((kind, false)),
        None => {
            Ok(verbs::kind_in(&new.source).map_or((Kind::Discussion, false), |kind| (kind, true)))
        }
    }
}

fn title(new: &NewPost, kind: Kind, by_verb: bool) -> Result<String> {
    match &new.title {
        Some(title) if !title.trim().is_empty() => post::check_title(title, true),
        _ if by_verb => Ok(verbs::title_of(&new.source)),
        _ => post::check_title("", new.kind.is_some() && post::needs_title(kind)),
    }
}

fn boundary(new: &NewPost, parent: Option<&Post>, place: &Place) -> Result<Boundary> {
    let wanted = if new.local_only {
        Some(Boundary::Node)
    } else {
        new.boundary
    };
    let limit = match (parent, place.boundary) {
        (Some(parent), Some(own)) => Some(own.min(parent.boundary)),
        (Some(parent), None) => Some(parent.boundary),
        (None, own) => own,
    };
    post::check_boundary(wanted, limit)
}

fn store(
    tx: &mut Tx<'_>,
    author: &Account,
    parent: Option<&Post>,
    new: &NewPost,
    draft: Draft,
) -> Result<Post> {
    let (id, now) = (PostId(tx.new_id()), tx.now());
    let uri = tx.node().post_uri(id.0);
    let audience = audience(draft.visibility, draft.boundary, draft.place.boundary);
    let post = Post {
        id,
        url: uri.clone(),
        uri,
        author_id: author.id,
        community_id: draft.place.community,
        parent_id: parent.map(|parent| parent.id),
        parent_author_id: parent.map(|parent| parent.author_id),
        root_id: parent.map_or(id, |parent| parent.root_id),
        announce_id: None,
        kind: draft.kind,
        title: draft.title,
        source: new.source.clone(),
        html: draft.html,
        fields: posts::fields_column(&draft.fields)?,
        spoiler: new.spoiler.trim().to_owned(),
        sensitive: new.sensitive,
        language: new.language.clone(),
        visibility: draft.visibility,
        boundary: draft.boundary,
        audience,
        local: true,
        local_only: new.local_only,
        question_state: (draft.kind == Kind::Question).then_some(QuestionState::Open),
        held: false,
        app_id: new.app_id,
        replies_count: 0,
        favourites_count: 0,
        boosts_count: 0,
        rev: 0,
        created_at: now,
        edited_at: None,
        deleted_at: None,
    };
    posts::insert(tx, &post)?;
    let mut mentions: Vec<AccountId> = draft.mentions.iter().map(|account| account.id).collect();
    mentions.dedup();
    posts::set_mentions(tx, id, &mentions)?;
    posts::set_tags(tx, id, &draft.tags)?;
    attach(tx, author.id, id, &new.media)?;
    if let Some(poll) = &new.poll {
        insert_poll(tx, id, poll, now)?;
    }
    // What nobody said is public.
    if let Some(policy) = new
        .quote_policy
        .filter(|policy| *policy != QuotePolicy::Public)
    {
        quote_store::set_terms(tx, id, Terms::of(policy))?;
    }
    if let Some(chosen) = &draft.quoted {
        quotes::attach(tx, &post, chosen)?;
    }
    finish(tx, &post, draft.place.announces)?;
    posts::get(tx, id)
}

/// What every new post needs, wherever it was written: counts, search, feeds, the community's announce, the event.
pub(super) fn finish(tx: &mut Tx<'_>, post: &Post, announces: bool) -> Result<()> {
    let now = tx.now();
    if compose::counts(post) {
        accounts::bump_posts(tx, post.author_id, 1, Some(now))?;
    }
    compose::index(tx, post)?;
    if !post.held {
        appear(tx, post, announces)?;
    }
    tx.emit(Event::PostCreated { post: post.id });
    Ok(())
}

/// Makes a post show: in feeds, in its thread, through its community.
pub(super) fn appear(tx: &mut Tx<'_>, post: &Post, announces: bool) -> Result<()> {
    home::fan_out_post(tx, post)?;
    conversations::record(tx, post)?;
    if let Some(parent) = post.parent_id {
        counts::recount_replies(tx, parent)?;
        accept_answer::refresh_state(tx, parent)?;
    }
    if announces && post.parent_id.is_none() {
        compose::announce(tx, post)?;
    }
    Ok(())
}

/// Media that a post of this author may take: their own, in no other post, and waiting for none.
fn usable(tx: &mut Tx<'_>, author: AccountId, wanted: &[i64]) -> Result<Vec<i64>> {
    let mut ids = Vec::with_capacity(wanted.len());
    for id in wanted {
        let row =
            media::find(tx, *id)?.filter(|row| row.account_id == author && row.post_id.is_none());
        let row = row.ok_or_else(|| Error::invalid("media_ids", Refusal::BadMedia))?;
        check_ready(&row)?;
        if scheduled::holds(tx, row.id)? {
            return Err(Error::invalid("media_ids", Refusal::BadMedia));
        }
        ids.push(row.id);
    }
    Ok(ids)
}

/// A post takes an upload only once it can be shown.
pub(super) fn check_ready(row: &media::Media) -> Result<()> {
    let why = match row.state {
        MediaState::Ready => return Ok(()),
        MediaState::Processing => Refusal::MediaNotReady,
        MediaState::Failed => Refusal::BadMedia,
    };
    Err(Error::invalid("media_ids", why))
}

fn attach(tx: &mut Tx<'_>, author: AccountId, post: PostId, wanted: &[i64]) -> Result<()> {
    for (position, id) in (0_i32..).zip(usable(tx, author, wanted)?) {
        media::attach(tx, id, post, position)?;
    }
    Ok(())
}

/// Whether the author of a verb post must still be asked for fields: which required ones are missing.
pub fn missing_fields(post: &Post) -> Vec<&'static str> {
    post::missing_fields(post.kind, &post.fields_map())
}

/// The node's own actor writes a line to one person of this node. It is never federated.
///
/// # Errors
/// `Internal` where the database refuses.
pub fn note_from_node(tx: &mut Tx<'_>, node: &Account, to: &Account, text: &str) -> Result<Post> {
    let handle = Handle {
        name: to.name.clone(),
        domain: String::new(),
    };
    let source = format!("@{} {text}", to.name);
    let html = render(&source, &compose::links(tx, &[(handle, to.clone())]));
    let (id, now) = (PostId(tx.new_id()), tx.now());
    let uri = tx.node().post_uri(id.0);
    let post = Post {
        id,
        url: uri.clone(),
        uri,
        author_id: node.id,
        community_id: None,
        parent_id: None,
        parent_author_id: None,
        root_id: id,
        announce_id: None,
        kind: Kind::Discussion,
        title: String::new(),
        source,
        html,
        fields: posts::fields_column(&Fields::new())?,
        spoiler: String::new(),
        sensitive: false,
        language: None,
        visibility: Visibility::Direct,
        boundary: Boundary::Node,
        audience: Audience::Mentioned,
        local: true,
        local_only: true,
        question_state: None,
        held: false,
        app_id: None,
        replies_count: 0,
        favourites_count: 0,
        boosts_count: 0,
        rev: 0,
        created_at: now,
        edited_at: None,
        deleted_at: None,
    };
    posts::insert(tx, &post)?;
    posts::set_mentions(tx, id, &[to.id])?;
    conversations::record(tx, &post)?;
    tx.emit(Event::PostCreated { post: id });
    Ok(post)
}
