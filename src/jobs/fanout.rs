//! The one exhaustive match from events to what follows, run inside the event's own transaction: who is notified, and
//! (through `federation::publish`) what goes to which node. A kill between an act and its consequences is impossible.

use super::{push, quiet};
use crate::actions::create_post;
use crate::error::Result;
use crate::hub::Hub;
use crate::i18n::{self, Lang, Value};
use crate::model::event::Event;
use crate::model::ids::{AccountId, PostId};
use crate::model::viewer::{Facts, Viewer, may_read};
use crate::model::words::{
    CommunityRole, FollowState, Kind, MembershipState, NotificationKind, PolicyAction, Role,
};
use crate::store::accounts;
use crate::store::communities;
use crate::store::db::{Observer, Tx};
use crate::store::follows;
use crate::store::marks;
use crate::store::notifications::{self, Notification};
use crate::store::page::Page;
use crate::store::posts::{self, Post};
use crate::store::users;

/// Writes what goes to other nodes.
pub type Publish = fn(&mut Tx<'_>, &Event) -> Result<()>;

/// Follows up every event of a node.
#[derive(Debug, Clone)]
pub struct Fanout {
    hub: Hub,
    publish: Publish,
}

impl Fanout {
    /// Tells `hub` of what was committed; `publish` writes the deliveries.
    pub fn new(hub: Hub, publish: Publish) -> Self {
        Self { hub, publish }
    }
}

impl Observer for Fanout {
    fn follow_up(&self, tx: &mut Tx<'_>, event: &Event) -> Result<()> {
        notify(tx, event)?;
        if tx.node().federates {
            (self.publish)(tx, event)?;
        }
        Ok(())
    }

    fn committed(&self, events: &[Event]) {
        self.hub.publish(events);
        if events
            .iter()
            .any(|event| matches!(event, Event::Received { .. } | Event::JobQueued))
        {
            self.hub.work().notify_one();
        }
        if events
            .iter()
            .any(|event| matches!(event, Event::Notified { .. }))
        {
            self.hub.pushes().notify_one();
        }
        if !events.is_empty() {
            self.hub.deliveries().notify_one();
        }
    }
}

fn notify(tx: &mut Tx<'_>, event: &Event) -> Result<()> {
    match event {
        Event::PostCreated { post } => post_created(tx, *post),
        Event::Favourited { post, by, .. } => {
            to_author(tx, *post, *by, NotificationKind::Favourite)
        }
        Event::Boosted { post, by, .. } => to_author(tx, *post, *by, NotificationKind::Reblog),
        Event::Unfavourited { post, by, .. } => {
            retract(tx, *post, *by, NotificationKind::Favourite)
        }
        Event::Unboosted { post, by, .. } => retract(tx, *post, *by, NotificationKind::Reblog),
        Event::AnswerAccepted { answer, by, .. } => {
            to_author(tx, *answer, *by, NotificationKind::Favourite)
        }
        Event::PostEdited { post } => edited(tx, *post),
        Event::PollEnded { post } => poll_ended(tx, *post),
        Event::FollowRequested {
            follower,
            target,
            accepted,
            ..
        } => followed(tx, *follower, *target, *accepted),
        Event::FollowDecided {
            follower, target, ..
        } => notifications::retract(
            tx,
            *target,
            NotificationKind::FollowRequest,
            *follower,
            None,
        ),
        Event::Unfollowed {
            follower, target, ..
        } => {
            notifications::retract(tx, *target, NotificationKind::Follow, *follower, None)?;
            notifications::retract(
                tx,
                *target,
                NotificationKind::FollowRequest,
                *follower,
                None,
            )
        }
        Event::MembershipChanged {
            community,
            account,
            state,
        } => membership(tx, *community, *account, *state),
        Event::PostDeleted { .. }
        | Event::Relayed { .. }
        | Event::Notified { .. }
        | Event::Blocked { .. }
        | Event::AnswerUnaccepted { .. }
        | Event::Voted { .. }
        | Event::PollCounted { .. }
        | Event::AccountUpdated { .. }
        | Event::AccountDeleted { .. }
        | Event::Received { .. }
        | Event::JobQueued
        | Event::PeerChanged { .. } => Ok(()),
    }
}

/// Tells a person of this node, unless it is about oneself or the person does not want to hear of the other.
fn tell(
    tx: &mut Tx<'_>,
    account: AccountId,
    kind: NotificationKind,
    from: AccountId,
    post: Option<PostId>,
) -> Result<()> {
    if account == from
        || !accounts::find(tx, account)?.is_some_and(|found| found.is_local() && !found.is_group())
    {
        return Ok(());
    }
    let verdict = quiet::verdict(tx, account, kind, from, post)?;
    if verdict == PolicyAction::Drop {
        return Ok(());
    }
    let row = Notification {
        id: tx.new_id(),
        account_id: account,
        kind,
        from_id: from,
        post_id: post,
        created_at: tx.now(),
        group_key: None,
        filtered: verdict == PolicyAction::Filter,
    };
    put(tx, &row)
}

fn put(tx: &mut Tx<'_>, row: &Notification) -> Result<()> {
    if !notifications::add(tx, row)? {
        return Ok(());
    }
    // What waits for the person to accept it shows nowhere yet.
    if !row.filtered {
        push::queue(tx, row)?;
        tx.emit(Event::Notified {
            account: row.account_id,
            notification: row.id,
        });
    }
    Ok(())
}

fn to_author(tx: &mut Tx<'_>, post: PostId, by: AccountId, kind: NotificationKind) -> Result<()> {
    let Some(found) = posts::find(tx, post)? else {
        return Ok(());
    };
    tell(tx, found.author_id, kind, by, Some(post))
}

fn retract(tx: &mut Tx<'_>, post: PostId, by: AccountId, kind: NotificationKind) -> Result<()> {
    let Some(found) = posts::find(tx, post)? else {
        return Ok(());
    };
    notifications::retract(tx, found.author_id, kind, by, Some(post))
}

/// Whether a person of this node may read a post: nobody is told of what is not for them.
fn readable(tx: &mut Tx<'_>, post: &Post, account: AccountId, mentioned: bool) -> Result<bool> {
    let member = match post.community_id {
        Some(community) => communities::is_member(tx, community, account)?,
        None => false,
    };
    let follow = follows::find(tx, account, post.author_id)?;
    let facts = Facts {
        audience: post.audience,
        author: post.author_id,
        post: post.id,
        held: post.held,
        member,
        follows: follow.is_some_and(|row| row.state == FollowState::Accepted),
        mentioned,
    };
    Ok(may_read(
        Viewer::Person {
            id: account,
            role: Role::Member,
        },
        facts,
    ))
}

fn post_created(tx: &mut Tx<'_>, id: PostId) -> Result<()> {
    let Some(post) = posts::find(tx, id)? else {
        return Ok(());
    };
    if post.held {
        return stewards_of_held(tx, &post);
    }
    if post.local && post.kind != Kind::Discussion {
        ask_for_fields(tx, &post)?;
    }
    let mut told: Vec<AccountId> = Vec::new();
    for (_, account) in posts::list_mentions(tx, &[id])? {
        if !told.contains(&account) && readable(tx, &post, account, true)? {
            tell(
                tx,
                account,
                NotificationKind::Mention,
                post.author_id,
                Some(id),
            )?;
            told.push(account);
        }
    }
    // A reply tells the author of what it replies to, named or not.
    if let Some(parent) = post
        .parent_author_id
        .filter(|parent| !told.contains(parent))
        && readable(tx, &post, parent, false)?
    {
        tell(
            tx,
            parent,
            NotificationKind::Mention,
            post.author_id,
            Some(id),
        )?;
        told.push(parent);
    }
    if post.parent_id.is_none() || post.kind == Kind::Answer {
        for follower in followers_to_notify(tx, &post)? {
            if !told.contains(&follower) && readable(tx, &post, follower, false)? {
                tell(
                    tx,
                    follower,
                    NotificationKind::Status,
                    post.author_id,
                    Some(id),
                )?;
            }
        }
    }
    Ok(())
}

/// A verb post was made all the same where fields are missing; its author is asked for them, privately.
fn ask_for_fields(tx: &mut Tx<'_>, post: &Post) -> Result<()> {
    let missing = create_post::missing_fields(post);
    if missing.is_empty() {
        return Ok(());
    }
    let node_uri = format!("{}/actor", tx.node().base_url);
    let (Some(node), Some(user)) = (
        accounts::find_by_uri(tx, &node_uri)?,
        users::find(tx, post.author_id)?,
    ) else {
        return Ok(());
    };
    let author = accounts::get(tx, post.author_id)?;
    let lang = Lang::parse(&user.locale).unwrap_or(Lang::En);
    let fields: Vec<String> = missing
        .iter()
        .map(|name| i18n::text(lang, &format!("kf-{name}"), &[]))
        .collect();
    let args = [
        ("fields", Value::from(fields.join(", "))),
        ("url", Value::from(post.url.clone())),
    ];
    let text = i18n::text(lang, "ask-for-fields", &args);
    create_post::note_from_node(tx, &node, &author, &text)?;
    Ok(())
}

/// Followers who asked for a notification of each post, of the author or (for a new thread) of the community.
fn followers_to_notify(tx: &mut Tx<'_>, post: &Post) -> Result<Vec<AccountId>> {
    let mut targets = vec![post.author_id];
    if post.parent_id.is_none() {
        targets.extend(post.community_id);
    }
    let mut wanted = Vec::new();
    for target in targets {
        wanted.extend(follows::list_notified(tx, target)?);
    }
    Ok(wanted)
}

/// A reply that waits tells the stewards, who decide about it.
fn stewards_of_held(tx: &mut Tx<'_>, post: &Post) -> Result<()> {
    let Some(community) = post.community_id else {
        return Ok(());
    };
    for steward in communities::stewards(tx, community)? {
        tell(
            tx,
            steward,
            NotificationKind::Status,
            post.author_id,
            Some(post.id),
        )?;
    }
    Ok(())
}

fn edited(tx: &mut Tx<'_>, id: PostId) -> Result<()> {
    let Some(post) = posts::find(tx, id)? else {
        return Ok(());
    };
    let page = Page::first(500);
    for boost in marks::list_boosts_of(tx, id, &page)? {
        notifications::retract(
            tx,
            boost.account_id,
            NotificationKind::Update,
            post.author_id,
            Some(id),
        )?;
        tell(
            tx,
            boost.account_id,
            NotificationKind::Update,
            post.author_id,
            Some(id),
        )?;
    }
    Ok(())
}

fn poll_ended(tx: &mut Tx<'_>, id: PostId) -> Result<()> {
    let Some(post) = posts::find(tx, id)? else {
        return Ok(());
    };
    for voter in marks::list_voters(tx, id)? {
        tell(tx, voter, NotificationKind::Poll, post.author_id, Some(id))?;
    }
    if post.local {
        // One's own poll is told too: the one notification that comes from oneself.
        let row = Notification {
            id: tx.new_id(),
            account_id: post.author_id,
            kind: NotificationKind::Poll,
            from_id: post.author_id,
            post_id: Some(id),
            created_at: tx.now(),
            group_key: None,
            filtered: false,
        };
        put(tx, &row)?;
    }
    Ok(())
}

fn followed(tx: &mut Tx<'_>, follower: AccountId, target: AccountId, accepted: bool) -> Result<()> {
    let kind = if accepted {
        NotificationKind::Follow
    } else {
        NotificationKind::FollowRequest
    };
    notifications::retract(tx, target, kind, follower, None)?;
    tell(tx, target, kind, follower, None)
}

/// Joining and deciding arrive as the types that every client knows: a request as a follow request to the stewards, the
/// answer as a follow by the community.
fn membership(
    tx: &mut Tx<'_>,
    community: AccountId,
    account: AccountId,
    state: MembershipState,
) -> Result<()> {
    match state {
        MembershipState::Requested if accounts::get(tx, community)?.is_local() => {
            for steward in communities::stewards(tx, community)? {
                tell(tx, steward, NotificationKind::FollowRequest, account, None)?;
            }
            Ok(())
        }
        MembershipState::Active | MembershipState::Invited => {
            for steward in communities::stewards(tx, community)? {
                notifications::retract(
                    tx,
                    steward,
                    NotificationKind::FollowRequest,
                    account,
                    None,
                )?;
            }
            let role = communities::find_membership(tx, community, account)?.map(|row| row.role);
            if state == MembershipState::Active && role == Some(CommunityRole::Steward) {
                return Ok(());
            }
            notifications::retract(tx, account, NotificationKind::Follow, community, None)?;
            tell(tx, account, NotificationKind::Follow, community, None)
        }
        _ => Ok(()),
    }
}
