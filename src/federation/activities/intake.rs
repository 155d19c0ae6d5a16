//! Taking a foreign post in: who wrote it, what it answers, whom it mentions, where it belongs. Whatever is missing is
//! fetched first, within bounds; then one transaction writes it.

use serde_json::Value;

use super::{Desk, Outcome, Stop, quotes};
use crate::actions::quotes::{Consent, RemoteQuote, link, received};
use crate::actions::receive_post::{RemotePost, note_context, receive_post};
use crate::error::{Error, Result};
use crate::federation::fetch::{self, Visit};
use crate::federation::normalize::{self, Object, same_origin};
use crate::federation::objects::quotes::terms;
use crate::federation::objects::remote::{self, Openness, Parsed, Unreadable};
use crate::federation::{Federation, actors_in};
use crate::model::ids::{AccountId, PostId};
use crate::model::peer::is_spoken_to;
use crate::model::text::verbs;
use crate::model::viewer::{Viewer, leaves_the_node};
use crate::model::words::{AccountState, PeerMode, Role};
use crate::store::accounts::{self, Account};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::posts::{self, Post};
use crate::store::{communities, follows, inbound};

/// Missing ancestors that are fetched for one post.
const ANCESTORS: usize = 6;
/// Unknown people who are fetched because a post mentions them.
const MENTIONED: usize = 5;
/// Addressees that are looked at to find out whether a post concerns anybody here.
const LOOKED_AT: usize = 20;

/// A post that is ready to be written.
#[derive(Debug, Clone)]
pub(super) struct Intake {
    pub(super) parsed: Parsed,
    pub(super) author: Account,
    /// The community whose Announce brought it.
    pub(super) via: Option<AccountId>,
    /// What the node that handed it in may do.
    pub(super) mode: PeerMode,
    /// What it quotes.
    pub(super) quote: Option<RemoteQuote>,
    /// Whether it is kept outside its community where that does not take it.
    pub(super) loose: bool,
}

/// Reads an object as a post of this author: it must be the author's alone, on the author's origin and not on ours.
pub(super) async fn read(
    desk: Desk<'_>,
    object: &Object,
    outer: Option<&Object>,
    author: &Account,
) -> Outcome<Parsed> {
    if !remote::is_by(object, &author.uri) {
        return Err(Stop::Refused("attributed to somebody else".into()));
    }
    let parsed = remote::parse(object, outer, desk.fed.app.db.now()).map_err(
        |why: Unreadable| match why {
            Unreadable::NotAPost => Stop::Ignored("not a post"),
            why => Stop::Refused(why.to_string()),
        },
    )?;
    if !same_origin(&parsed.uri, &author.uri) || desk.is_ours(&parsed.uri) {
        return Err(Stop::Refused(
            "a post on another host than its author".into(),
        ));
    }
    if !is_spoken_to(desk.mode_of(&parsed.uri).await?) {
        return Err(Stop::Refused("from a node that is not spoken to".into()));
    }
    Ok(parsed)
}

/// Whether a post concerns anybody here: its author is followed, it is addressed to somebody or to a community that is
/// read here, or it belongs to a thread that is kept here.
pub(super) async fn concerns_us(
    desk: Desk<'_>,
    parsed: &Parsed,
    author: AccountId,
) -> Outcome<bool> {
    let named = || {
        parsed
            .audience
            .iter()
            .chain(&parsed.recipients)
            .chain(&parsed.mentions)
    };
    let ours: Vec<String> = named()
        .filter(|uri| desk.is_ours(uri))
        .take(LOOKED_AT)
        .cloned()
        .collect();
    let theirs: Vec<String> = named()
        .filter(|uri| !desk.is_ours(uri))
        .take(LOOKED_AT)
        .cloned()
        .collect();
    let parent = parsed.in_reply_to.clone();
    let found = move |conn: &mut Conn| {
        if follows::is_followed_locally(conn, author)? {
            return Ok(true);
        }
        for uri in ours {
            let named = accounts::find_by_uri(conn, &uri)?;
            if named.map_or(Ok(false), |named| may_know(conn, author, &named))? {
                return Ok(true);
            }
        }
        for uri in theirs {
            let group = accounts::find_by_uri(conn, &uri)?.filter(Account::is_group);
            if let Some(group) = group
                && follows::is_followed_locally(conn, group.id)?
            {
                return Ok(true);
            }
        }
        match parent {
            Some(uri) => Ok(posts::find_by_uri(conn, &uri)?.is_some()),
            None => Ok(false),
        }
    };
    Ok(desk.fed.app.db.read(found).await?)
}

/// Fetches what a post needs to be understood: its missing ancestors and a few of those it mentions.
pub(super) async fn fetch_surroundings(desk: Desk<'_>, parsed: &Parsed) -> Outcome<()> {
    if let Some(parent) = &parsed.in_reply_to {
        fetch_ancestors(desk, parent).await?;
    }
    let mut fetched = 0;
    for uri in &parsed.mentions {
        if fetched == MENTIONED {
            break;
        }
        let asked = uri.clone();
        let known = desk
            .fed
            .app
            .db
            .read(move |conn| accounts::find_by_uri(conn, &asked))
            .await?;
        if known.is_none() && !desk.is_ours(uri) {
            fetched += 1;
            // A mention of somebody who cannot be found stays a link in the text.
            drop(actors_in::actor(desk.fed, desk.visit, uri).await);
        }
    }
    Ok(())
}

async fn is_known(desk: Desk<'_>, uri: &str) -> Outcome<bool> {
    let uri = uri.to_owned();
    Ok(desk
        .fed
        .app
        .db
        .read(move |conn| Ok(posts::find_by_uri(conn, &uri)?.is_some()))
        .await?)
}

/// Fetches upwards until something known, then stores from the top down.
async fn fetch_ancestors(desk: Desk<'_>, parent: &str) -> Outcome<()> {
    let mut chain: Vec<Intake> = Vec::new();
    let mut next = Some(parent.to_owned());
    while let Some(uri) = next.take() {
        if chain.len() == ANCESTORS || desk.is_ours(&uri) || is_known(desk, &uri).await? {
            break;
        }
        match fetched(desk, &uri).await {
            Ok(intake) => {
                next.clone_from(&intake.parsed.in_reply_to);
                chain.push(intake);
            }
            Err(Stop::Fault(error)) => return Err(Stop::Fault(error)),
            Err(_) => break,
        }
    }
    while let Some(intake) = chain.pop() {
        if let Err(Stop::Fault(error)) = desk.write(move |tx| take_in(tx, &intake)).await {
            return Err(Stop::Fault(error));
        }
    }
    Ok(())
}

/// A post fetched from its id, open to everybody.
pub(super) async fn fetched(desk: Desk<'_>, uri: &str) -> Outcome<Intake> {
    let mut intake = fetched_alone(desk, uri).await?;
    intake.quote = quotes::consent(desk, &intake.parsed).await?;
    Ok(intake)
}

/// The same without looking at what it quotes.
pub(super) async fn fetched_alone(desk: Desk<'_>, uri: &str) -> Outcome<Intake> {
    let value = fetch::object(desk.visit, uri).await?;
    of_value(desk, &value).await
}

async fn of_value(desk: Desk<'_>, value: &Value) -> Outcome<Intake> {
    let object = value.as_object().ok_or(Stop::Ignored("not an object"))?;
    let author = author_of(object).ok_or(Stop::Ignored("a post without author"))?;
    if desk.is_ours(author) {
        return Err(Stop::Refused("a post of ours on another host".into()));
    }
    let author = desk.actor(author).await?;
    let parsed = read(desk, object, None, &author).await?;
    if parsed.openness == Openness::Closed {
        return Err(Stop::Refused("a post that is not for everybody".into()));
    }
    let mode = desk.mode_of(&author.uri).await?;
    Ok(Intake {
        parsed,
        author,
        via: None,
        mode,
        loose: true,
        quote: None,
    })
}

/// The one who is named as author, Groups aside.
fn author_of(object: &Object) -> Option<&str> {
    let is_group = |value: &Value| {
        value
            .as_object()
            .is_some_and(|part| normalize::kind(part) == "Group")
    };
    normalize::as_list(object, "attributedTo")
        .into_iter()
        .filter(|value| !is_group(value))
        .find_map(normalize::id_of)
}

/// Stores an object that a person looked for; `None` where it is nothing that is kept here.
///
/// # Errors
/// A fault of this node.
pub(in crate::federation) async fn take_in_fetched(
    fed: &Federation,
    visit: &Visit,
    value: &Value,
) -> Result<Option<PostId>> {
    let desk = Desk { fed, visit };
    let stored = async {
        let mut intake = of_value(desk, value).await?;
        intake.quote = quotes::consent(desk, &intake.parsed).await?;
        fetch_surroundings(desk, &intake.parsed).await?;
        desk.write(move |tx| take_in(tx, &intake)).await
    };
    match stored.await {
        Ok((post, _)) => Ok(Some(post.id)),
        Err(Stop::Fault(error)) => Err(error),
        Err(stop) => {
            tracing::debug!(%stop, "a fetched object is not kept");
            Ok(None)
        }
    }
}

/// Writes a post; whether it is new here.
pub(super) fn take_in(tx: &mut Tx<'_>, intake: &Intake) -> Result<(Post, bool)> {
    let uri = &intake.parsed.uri;
    if inbound::is_buried(tx, uri)? {
        return Err(Error::Gone);
    }
    let known = posts::find_by_uri(tx, uri)?.is_some();
    let mut remote = remote_post(tx, intake)?;
    // Some write the moment of writing into `updated` as well: no edit.
    remote.edited_at = remote.edited_at.filter(|at| *at > remote.created_at);
    let alone = remote.parent.is_none() && remote.community.is_some() && intake.via.is_none();
    let post = match receive_post(tx, &remote) {
        Err(Error::Forbidden(why)) if alone => {
            // Not for this community; whoever follows the author reads it all the same.
            if !intake.loose && !follows::is_followed_locally(tx, remote.author)? {
                return Err(why.into());
            }
            let outside = RemotePost {
                community: None,
                kind: None,
                ..remote
            };
            receive_post(tx, &outside)?
        }
        other => other?,
    };
    if !known {
        if let Some(context) = &intake.parsed.context {
            note_context(tx, &post, context)?;
        }
        says_of_quotes(tx, intake, &post)?;
        for quoting in link(tx, &post)? {
            quotes::look_later(tx, quoting)?;
        }
    }
    Ok((post, !known))
}

/// Writes down what a post quotes and who may quote it.
pub(super) fn says_of_quotes(tx: &mut Tx<'_>, intake: &Intake, post: &Post) -> Result<()> {
    let terms = intake
        .parsed
        .can_quote
        .as_ref()
        .map(|lists| terms(lists, &intake.author));
    received(tx, post, intake.quote.as_ref(), terms)?;
    match &intake.quote {
        Some(quote) if matches!(quote.consent, Consent::Unverified(_)) => {
            quotes::look_later(tx, post.id)
        }
        _ => Ok(()),
    }
}

/// Puts ids in the place of addresses.
pub(super) fn remote_post(tx: &mut Tx<'_>, intake: &Intake) -> Result<RemotePost> {
    let Intake { parsed, author, .. } = intake;
    let parent = parent(tx, intake)?;
    let community = match &parent {
        Some(parent) => parent.community_id,
        None => community(tx, intake)?,
    };
    if intake.via.is_some() && community != intake.via {
        return Err(Error::NotFound);
    }
    let hosted = community
        .map_or(Ok(None), |id| accounts::find(tx, id))?
        .is_some_and(|account| account.is_local());
    let opens_thread = parent.is_none() && community.is_some();
    let plain = parsed.plain();
    let said = parsed
        .kind
        .or_else(|| verbs::kind_in(&plain).filter(|_| opens_thread));
    let title = match parsed.title.as_str() {
        "" if opens_thread => verbs::title_of(&plain),
        _ if parent.is_some() => String::new(),
        title => title.to_owned(),
    };
    Ok(RemotePost {
        uri: parsed.uri.clone(),
        url: parsed.url.clone(),
        author: author.id,
        community,
        parent: parent.map(|parent| parent.id),
        kind: said,
        title,
        html: parsed.html.clone(),
        source: parsed.source.clone(),
        fields: parsed.fields.clone(),
        spoiler: parsed.spoiler.clone(),
        sensitive: parsed.sensitive,
        language: parsed.language.clone(),
        visibility: parsed.visibility(author.followers_url.as_deref()),
        mentions: mentions(tx, parsed, author.id)?,
        tags: parsed.tags.clone(),
        media: parsed.media.clone(),
        poll: parsed.poll.clone(),
        created_at: parsed.created_at,
        edited_at: parsed.edited_at,
        held: hosted && intake.mode < PeerMode::Member,
        announced: intake.via.is_some(),
    })
}

/// What it replies to. Nobody elsewhere replies to what must not have been seen there.
fn parent(tx: &mut Tx<'_>, intake: &Intake) -> Result<Option<Post>> {
    let Some(uri) = &intake.parsed.in_reply_to else {
        return Ok(None);
    };
    let Some(parent) = posts::find_by_uri(tx, uri)? else {
        let ours = same_origin(uri, &tx.node().base_url);
        return if ours || intake.via.is_some() {
            Err(Error::NotFound)
        } else {
            Ok(None)
        };
    };
    if parent.deleted_at.is_some() {
        return Err(Error::Gone);
    }
    let author = Viewer::Person {
        id: intake.author.id,
        role: Role::Member,
    };
    if parent.local && !leaves_the_node(parent.audience, parent.boundary, parent.local_only) {
        return Err(Error::NotFound);
    }
    posts::get_visible(tx, &author, parent.id).map(Some)
}

/// The community of a new thread: the one that announced it where the post names it, else the first one of this node
/// that it names. What a community elsewhere takes in is known once it announces it. A reply whose parent cannot be had
/// opens no thread.
fn community(tx: &mut Tx<'_>, intake: &Intake) -> Result<Option<AccountId>> {
    let parsed = &intake.parsed;
    if parsed.in_reply_to.is_some() {
        return Ok(None);
    }
    for uri in parsed
        .audience
        .iter()
        .chain(&parsed.recipients)
        .take(LOOKED_AT)
    {
        let Some(group) = accounts::find_by_uri(tx, uri)?.filter(Account::is_group) else {
            continue;
        };
        let right = intake.via.map_or(group.is_local(), |via| via == group.id);
        if right
            && communities::find(tx, group.id)?.is_some()
            && may_know(tx, intake.author.id, &group)?
        {
            return Ok(Some(group.id));
        }
    }
    Ok(None)
}

/// Whether somebody of another node may know of an actor: communities of ours that are closed or hidden are not there.
fn may_know(conn: &mut Conn, author: AccountId, account: &Account) -> Result<bool> {
    if !account.is_group() || !account.is_local() {
        return Ok(true);
    }
    match communities::find(conn, account.id)? {
        Some(community) => communities::is_visible_outside(conn, author, &community),
        None => Ok(false),
    }
}

fn mentions(tx: &mut Tx<'_>, parsed: &Parsed, author: AccountId) -> Result<Vec<AccountId>> {
    let mut found = Vec::new();
    // In a direct message whoever is addressed is mentioned, named in the text or not.
    let direct = parsed.openness == Openness::Closed;
    let addressed = parsed.recipients.iter().filter(|_| direct).take(LOOKED_AT);
    for uri in parsed.mentions.iter().chain(addressed) {
        if let Some(account) = accounts::find_by_uri(tx, uri)?
            && !found.contains(&account.id)
            && account.state != AccountState::Deleted
            && may_know(tx, author, &account)?
        {
            found.push(account.id);
        }
    }
    Ok(found)
}
