//! Posts, and what people do with them, as activities to whoever may see them.

use serde_json::{Value, json};

use super::envelope::{self, Recipients, activity, plain_announce, queue, seal, send, undo, wrap};
use crate::error::Result;
use crate::federation::normalize::{self, Object, PUBLIC};
use crate::federation::objects::addressing::Addressing;
use crate::federation::objects::whole::{self, Whole};
use crate::federation::objects::{into_object, post as document, with_context};
use crate::model::ids::{AccountId, PostId};
use crate::model::peer::Dialect;
use crate::model::time::rfc3339;
use crate::model::words::{AccountState, Audience, Boundary, Visibility};
use crate::store::accounts::{self, Account};
use crate::store::db::Tx;
use crate::store::outbox;
use crate::store::posts::{self, Post};

/// What happened to a post of this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// It is new.
    New,
    /// It reads differently now.
    Edited,
    /// It is gone.
    Deleted,
}

/// A post of this node, if anything of it may leave.
pub(super) fn outgoing(tx: &mut Tx<'_>, id: PostId) -> Result<Option<Whole>> {
    Ok(whole::load(tx, id)?.filter(|whole| whole.leaves() && !whole.post.held))
}

/// A post that is taken back. What went out before its community was hidden is called back as it went: only hiding leaves
/// these three values together.
pub(super) fn taken_back(tx: &mut Tx<'_>, id: PostId) -> Result<Option<Whole>> {
    let mut found = whole::load(tx, id)?;
    if let Some(whole) = &mut found
        && whole.post.audience == Audience::Members
        && whole.post.boundary == Boundary::Public
        && matches!(
            whole.post.visibility,
            Visibility::Public | Visibility::Unlisted
        )
    {
        whole.post.audience = Audience::Public;
    }
    Ok(found.filter(|whole| whole.leaves() && !whole.post.held))
}

/// Sends a new, edited or deleted post of this node.
pub(super) fn changed(tx: &mut Tx<'_>, id: PostId, change: Change) -> Result<()> {
    let found = match change {
        Change::Deleted => taken_back(tx, id)?,
        Change::New | Change::Edited => outgoing(tx, id)?,
    };
    let Some(whole) = found.filter(|whole| whole.post.local) else {
        return Ok(());
    };
    // Whoever knows an author who ended heard of that, and nobody can ask for its key any more: of its posts, one hears
    // that they go.
    if is_gone(&whole) && change != Change::Deleted {
        return Ok(());
    }
    let mut direct = Recipients::default();
    if !is_gone(&whole) {
        direct = people(tx, &whole)?;
        if change == Change::Deleted {
            direct.join(earlier_addressees(tx, &whole.post)?);
        }
    }
    deliver(tx, &whole, direct, change)
}

/// The activity of its author that tells of a change.
fn described(tx: &Tx<'_>, whole: &Whole, change: Change) -> Object {
    let node = tx.node();
    let new_uri = || node.activity_uri(tx.new_id());
    let (kind, uri, object) = match change {
        Change::New => return create_of(node, whole),
        Change::Edited => ("Update", new_uri(), document::document(node, whole).into()),
        Change::Deleted => ("Delete", new_uri(), whole.post.uri.as_str().into()),
    };
    let mut activity = activity(kind, &uri, &whole.author.uri, object, &whole.addressing());
    in_place(&mut activity, whole);
    activity
}

fn is_gone(whole: &Whole) -> bool {
    whole.author.state == AccountState::Deleted
}

fn in_place(activity: &mut Object, whole: &Whole) {
    if let Some(group) = whole.group() {
        activity.insert("audience".into(), group.into());
    }
}

/// Whom the author's node serves itself: followers, those named, the community where it lies elsewhere.
fn people(tx: &mut Tx<'_>, whole: &Whole) -> Result<Recipients> {
    let direct = whole.post.audience == crate::model::words::Audience::Mentioned;
    let mut people = if direct {
        Recipients::default()
    } else {
        Recipients::followers(tx, &whole.author)?
    };
    let answered = whole.parent_author.iter().filter(|_| !direct);
    let community = whole.community.iter().filter(|_| !direct);
    for account in answered.chain(community).chain(&whole.mentions) {
        people.add(account);
    }
    Ok(people)
}

/// Whom the Create of a post named: once it is deleted its mentions are gone, but they must hear of it.
fn earlier_addressees(tx: &mut Tx<'_>, post: &Post) -> Result<Recipients> {
    let mut people = Recipients::default();
    let uri = tx.node().activity_uri(post.id.0);
    let body =
        outbox::find_body(tx, &uri)?.and_then(|body| serde_json::from_str::<Object>(&body).ok());
    let Some(create) = body else {
        return Ok(people);
    };
    for iri in normalize::ids(&create, "to")
        .into_iter()
        .chain(normalize::ids(&create, "cc"))
    {
        if let Some(account) = accounts::find_by_uri(tx, iri)?.filter(|account| !account.is_group())
        {
            people.add(&account);
        }
    }
    Ok(people)
}

/// Sends an activity of an author here: directly, and through the community where this node hosts it.
fn deliver(tx: &mut Tx<'_>, whole: &Whole, mut direct: Recipients, change: Change) -> Result<()> {
    let group = whole.local_community().filter(|_| whole.is_open()).cloned();
    let reach = (change != Change::Deleted).then_some(whole.post.boundary);
    let mut forums = Vec::new();
    let mut microblogs = Vec::new();
    if let Some(group) = &group {
        let readers = Recipients::followers(tx, group)?.within_reach(reach);
        forums = readers.clone().admitted(tx, Dialect::takes_wrapped)?;
        if whole.post.parent_id.is_none() {
            microblogs = readers.admitted(tx, Dialect::takes_plain)?;
        }
    }
    if change != Change::New && !is_gone(whole) {
        // Who got the plain Announce gets the plain change, from its author.
        direct.join_targets(std::mem::take(&mut microblogs));
    }
    let direct = direct.within_reach(reach).admitted(tx, |_| true)?;
    // Made only where somebody gets it: most posts of a node that talks to few others stay here.
    if !direct.is_empty() || !forums.is_empty() {
        let activity = described(tx, whole, change);
        let ready = seal(tx, &whole.author, activity)?;
        queue(tx, &whole.author, &ready, direct)?;
        if let Some(group) = group.as_ref().filter(|_| !forums.is_empty()) {
            let wrapped = wrap(tx, group, &ready.body)?;
            queue(tx, group, &wrapped, forums)?;
        }
    }
    match (&group, whole.post.announce_id) {
        (Some(group), Some(announce)) if !microblogs.is_empty() => {
            let mut told = announce_of(tx, group, &whole.post, announce);
            if change == Change::Deleted {
                told = undo(tx, told);
            }
            let ready = seal(tx, group, told)?;
            queue(tx, group, &ready, microblogs)
        }
        _ => Ok(()),
    }
}

fn announce_of(tx: &Tx<'_>, group: &Account, post: &Post, announce: i64) -> Object {
    plain_announce(
        &tx.node().activity_uri(announce),
        group,
        &post.uri,
        &rfc3339(tx.now()),
    )
}

/// A post was removed or deleted.
pub(super) fn deleted(tx: &mut Tx<'_>, id: PostId, by: AccountId) -> Result<()> {
    let Some(whole) = taken_back(tx, id)? else {
        return Ok(());
    };
    if whole.post.local {
        return changed(tx, id, Change::Deleted);
    }
    // A steward of this node removed what somebody elsewhere wrote, or its author is gone. What others delete is relayed
    // as it came; of an account that ended no word about this post ever came.
    let by = accounts::get(tx, by)?;
    let ended = by.id == whole.author.id && by.state == AccountState::Deleted;
    let told = |group: &Account| by.is_local() || (ended && group.is_local());
    let Some(community) = whole.community.clone().filter(told) else {
        return Ok(());
    };
    let uri = tx.node().activity_uri(tx.new_id());
    let mut delete = activity(
        "Delete",
        &uri,
        &by.uri,
        whole.post.uri.as_str().into(),
        &to_group(&community),
    );
    in_place(&mut delete, &whole);
    if !community.is_local() {
        return send(tx, &by, delete, Recipients::only(&community));
    }
    if whole.is_open() {
        let ready = seal(tx, &by, delete)?;
        pass_on(tx, &community, &ready.body, None)?;
        take_back_announce(tx, &community, &whole.post)?;
    }
    Ok(())
}

fn to_group(group: &Account) -> Addressing {
    Addressing {
        to: vec![PUBLIC.to_owned()],
        cc: vec![group.uri.clone()],
    }
}

/// Wraps an activity for every forum that reads a community of this node; with `reach`, for those that may get a post
/// that reaches so far.
fn pass_on(tx: &mut Tx<'_>, group: &Account, body: &str, reach: Option<Boundary>) -> Result<()> {
    let readers = Recipients::followers(tx, group)?.within_reach(reach);
    let forums = readers.admitted(tx, Dialect::takes_wrapped)?;
    if forums.is_empty() {
        return Ok(());
    }
    let wrapped = wrap(tx, group, body)?;
    queue(tx, group, &wrapped, forums)
}

fn microblogs(
    tx: &mut Tx<'_>,
    group: &Account,
    reach: Option<Boundary>,
) -> Result<Vec<outbox::Target>> {
    let readers = Recipients::followers(tx, group)?.within_reach(reach);
    readers.admitted(tx, Dialect::takes_plain)
}

/// Announces a post to microblogs by its id. A repetition gets an id of its own, or it would pass for a duplicate.
fn announce_plainly(tx: &mut Tx<'_>, group: &Account, post: &Post, again: bool) -> Result<()> {
    let Some(first) = post.announce_id.filter(|_| post.parent_id.is_none()) else {
        return Ok(());
    };
    let targets = microblogs(tx, group, Some(post.boundary))?;
    if targets.is_empty() {
        return Ok(());
    }
    let id = if again { tx.new_id() } else { first };
    let announce = announce_of(tx, group, post, id);
    let ready = seal(tx, group, announce)?;
    queue(tx, group, &ready, targets)
}

fn take_back_announce(tx: &mut Tx<'_>, group: &Account, post: &Post) -> Result<()> {
    let Some(announce) = post.announce_id.filter(|_| post.parent_id.is_none()) else {
        return Ok(());
    };
    let targets = microblogs(tx, group, None)?;
    if targets.is_empty() {
        return Ok(());
    }
    let announce = announce_of(tx, group, post, announce);
    let undo = undo(tx, announce);
    let ready = seal(tx, group, undo)?;
    queue(tx, group, &ready, targets)
}

/// What a community of this node took in from elsewhere, passed on unchanged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Relay<'a> {
    pub(super) community: AccountId,
    pub(super) activity: &'a str,
    pub(super) new_post: Option<PostId>,
    pub(super) changed_post: Option<PostId>,
    pub(super) removed: bool,
}

/// Passes on what was taken in. What is about a post goes no further than that post.
pub(super) fn relayed(tx: &mut Tx<'_>, relay: Relay<'_>) -> Result<()> {
    let group = accounts::get(tx, relay.community)?;
    let about = relay.new_post.or(relay.changed_post);
    let whole = about.map_or(Ok(None), |id| whole::load(tx, id))?;
    if !group.is_local() || whole.as_ref().is_some_and(|whole| !whole.is_open()) {
        return Ok(());
    }
    let new = whole.as_ref().filter(|_| !relay.removed);
    let reach = new.map(|whole| whole.post.boundary);
    pass_on(tx, &group, relay.activity, reach)?;
    let Some(post) = whole.map(|whole| whole.post) else {
        return Ok(());
    };
    match (relay.new_post, relay.removed) {
        (Some(_), _) => announce_plainly(tx, &group, &post, false),
        (None, true) => take_back_announce(tx, &group, &post),
        (None, false) => announce_plainly(tx, &group, &post, true),
    }
}

/// A person of this node likes a post, or does not any more. Likes are never public: the community counts them.
pub(super) fn liked(
    tx: &mut Tx<'_>,
    reaction: i64,
    post: PostId,
    by: AccountId,
    taken_back: bool,
) -> Result<()> {
    let by = accounts::get(tx, by)?;
    let Some(whole) = outgoing(tx, post)?.filter(|_| by.is_local()) else {
        return Ok(());
    };
    let uri = tx.node().activity_uri(reaction);
    let cc = whole.group().map(str::to_owned).into_iter().collect();
    let addressing = Addressing {
        to: vec![whole.author.uri.clone()],
        cc,
    };
    let mut like = activity(
        "Like",
        &uri,
        &by.uri,
        whole.post.uri.as_str().into(),
        &addressing,
    );
    in_place(&mut like, &whole);
    let like = if taken_back { undo(tx, like) } else { like };
    through_community(tx, &whole, &by, like, &[&whole.author])
}

/// Sends an activity of a person here to some people and to the community: to its inbox, or wrapped where we host it.
fn through_community(
    tx: &mut Tx<'_>,
    whole: &Whole,
    by: &Account,
    activity: Object,
    to: &[&Account],
) -> Result<()> {
    let mut people = Recipients::default();
    for account in to.iter().copied().chain(&whole.community) {
        people.add(account);
    }
    let direct = people.admitted(tx, |_| true)?;
    let group = whole.local_community().filter(|_| whole.is_open()).cloned();
    if direct.is_empty() && group.is_none() {
        return Ok(());
    }
    let ready = seal(tx, by, activity)?;
    queue(tx, by, &ready, direct)?;
    group.map_or(Ok(()), |group| pass_on(tx, &group, &ready.body, None))
}

/// An answer was accepted, or is not any more. Whoever did it tells the community; the asker's node and that of the
/// answer tell everybody by an Update of theirs.
pub(super) fn accepted(tx: &mut Tx<'_>, choice: &Choice<'_>) -> Result<()> {
    let by = accounts::get(tx, choice.by)?;
    let answer = whole::load(tx, choice.answer)?;
    let Some(question) = outgoing(tx, choice.question)? else {
        return Ok(());
    };
    if let Some(answer) = answer.filter(|answer| by.is_local() && answer.leaves()) {
        let cc = question.group().map(str::to_owned).into_iter().collect();
        let addressing = Addressing {
            to: vec![PUBLIC.to_owned()],
            cc,
        };
        let object = answer.post.uri.as_str().into();
        let mut choose = activity("ChooseAnswer", choice.uri, &by.uri, object, &addressing);
        in_place(&mut choose, &question);
        let choose = if choice.taken_back {
            undo(tx, choose)
        } else {
            choose
        };
        through_community(
            tx,
            &question,
            &by,
            choose,
            &[&answer.author, &question.author],
        )?;
    }
    let alive = posts::find(tx, choice.answer)?.is_some_and(|post| post.deleted_at.is_none());
    if alive {
        changed(tx, choice.answer, Change::Edited)?;
    }
    changed(tx, choice.question, Change::Edited)
}

/// Who accepted which answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice<'a> {
    pub(super) question: PostId,
    pub(super) answer: PostId,
    pub(super) by: AccountId,
    pub(super) uri: &'a str,
    pub(super) taken_back: bool,
}

/// The Create of a post of this node, as `/activities/ID` shows it.
pub(in crate::federation) fn create_of(node: &crate::model::node::Node, whole: &Whole) -> Object {
    let object: Value = document::document(node, whole).into();
    let uri = node.activity_uri(whole.post.id.0);
    let mut create = envelope::activity(
        "Create",
        &uri,
        &whole.author.uri,
        object,
        &whole.addressing(),
    );
    in_place(&mut create, whole);
    create.insert("published".into(), rfc3339(whole.post.created_at).into());
    create
}

/// The Announce that a community's outbox shows: around the Create, or of the id where the post is of another node.
pub(in crate::federation) fn announce_in_outbox(
    node: &crate::model::node::Node,
    group: &Account,
    whole: &Whole,
    announce: i64,
) -> Object {
    let uri = node.activity_uri(announce);
    let at = rfc3339(whole.post.created_at);
    let mut shown = plain_announce(&uri, group, &whole.post.uri, &at);
    if whole.post.local {
        let mut create = create_of(node, whole);
        create.remove("@context");
        shown.insert("object".into(), create.into());
    } else {
        let create = into_object(json!({
            "type": "Create", "actor": whole.author.uri, "object": whole.post.uri, "to": [group.uri, PUBLIC],
            "cc": whole.author.followers_url.iter().collect::<Vec<_>>(),
        }));
        shown.insert("object".into(), create.into());
    }
    with_context(shown)
}
