//! The one exhaustive match from events to what follows, run inside the event's own transaction: who is notified, and
//! (through `federation::publish`) what goes to which node. A kill between an act and its consequences is impossible.

use super::{asking, decisions, push, quiet, staff};
use crate::actions::quotes;
use crate::error::Result;
use crate::hub::Hub;
use crate::model::event::Event;
use crate::model::ids::{AccountId, PostId};
use crate::model::viewer::{Facts, Viewer, may_read};
use crate::model::words::{
    CommunityRole, FollowState, JoinPolicy, Kind, MembershipState, NotificationKind, PolicyAction,
    Role,
};
use crate::store::accounts;
use crate::store::communities;
use crate::store::db::{Observer, Tx};
use crate::store::follows;
use crate::store::marks;
use crate::store::notifications::{self, Notification};
use crate::store::page::Page;
use crate::store::posts::{self, Post};
use crate::store::quotes as quote_store;

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
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "the one exhaustive match from events to who is told"
)]
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
        } => unfollowed(tx, *follower, *target),
        Event::MembershipChanged {
            community,
            account,
            state,
        } => membership(tx, *community, *account, *state),
        Event::Reported { report } => staff::reported(tx, *report),
        Event::SignedUp { account } => staff::signed_up(tx, *account),
        Event::Severed { severance } => decisions::severed(tx, *severance),
        Event::Warned { strike } => decisions::warned(tx, *strike),
        Event::QuoteDecided { quote, new: true } => quoted_by(tx, *quote),
        Event::PostDeleted { .. }
        | Event::PostRestated { .. }
        | Event::QuoteRequested { .. }
        | Event::QuoteDecided { .. }
        | Event::QuoteRevoked { .. }
        | Event::Relayed { .. }
        | Event::Announced { .. }
        | Event::BanLifted { .. }
        | Event::Notified { .. }
        | Event::Blocked { .. }
        | Event::AnswerUnaccepted { .. }
        | Event::Voted { .. }
        | Event::PollCounted { .. }
        | Event::AccountUpdated { .. }
        | Event::AccountDeleted { .. }
        | Event::AccountMoved { .. }
        | Event::FiltersChanged { .. }
        | Event::AnnouncementPublished { .. }
        | Event::AnnouncementRemoved { .. }
        | Event::AnnouncementReacted { .. }
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
        report_id: None,
        severance_id: None,
        strike_id: None,
    };
    put(tx, &row)
}

pub(super) fn put(tx: &mut Tx<'_>, row: &Notification) -> Result<()> {
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
        asking::ask_for_fields(tx, &post)?;
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
    tell_quoted(tx, &post, &mut told)?;
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

/// Whoever is quoted in a new post is told so, once they agreed.
fn tell_quoted(tx: &mut Tx<'_>, post: &Post, told: &mut Vec<AccountId>) -> Result<()> {
    if let Some((_, author)) = quotes::consented(tx, post.id)?
        && !told.contains(&author.id)
        && readable(tx, post, author.id, false)?
    {
        let kind = NotificationKind::Quote;
        tell(tx, author.id, kind, post.author_id, Some(post.id))?;
        told.push(author.id);
    }
    Ok(())
}

/// Somebody elsewhere quotes a person of this node, who agreed.
fn quoted_by(tx: &mut Tx<'_>, quote: i64) -> Result<()> {
    let Some(row) = quote_store::find(tx, quote)? else {
        return Ok(());
    };
    let (Some(post), Some((_, author))) = (
        posts::find(tx, row.post_id)?,
        quotes::consented(tx, row.post_id)?,
    ) else {
        return Ok(());
    };
    if !readable(tx, &post, author.id, false)? {
        return Ok(());
    }
    notifications::retract(
        tx,
        author.id,
        NotificationKind::Quote,
        post.author_id,
        Some(post.id),
    )?;
    tell(
        tx,
        author.id,
        NotificationKind::Quote,
        post.author_id,
        Some(post.id),
    )
}

/// Those who quoted a post are told that it reads differently now, by what they wrote themselves.
fn tell_quoting(tx: &mut Tx<'_>, post: &Post) -> Result<()> {
    for (quoting, account) in quote_store::list_local_quoting(tx, post.id, 500)? {
        let kind = NotificationKind::QuotedUpdate;
        notifications::retract(tx, account, kind, post.author_id, Some(quoting))?;
        tell(tx, account, kind, post.author_id, Some(quoting))?;
    }
    Ok(())
}

fn edited(tx: &mut Tx<'_>, id: PostId) -> Result<()> {
    let Some(post) = posts::find(tx, id)? else {
        return Ok(());
    };
    tell_quoting(tx, &post)?;
    let page = Page::first(500);
    for boost in marks::list_boosts_of(tx, id, false, &page)? {
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
        let (id, author, now) = (tx.new_id(), post.author_id, tx.now());
        let row = Notification {
            post_id: Some(post.id),
            ..Notification::of_own(id, author, NotificationKind::Poll, now)
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

fn unfollowed(tx: &mut Tx<'_>, follower: AccountId, target: AccountId) -> Result<()> {
    for kind in [NotificationKind::Follow, NotificationKind::FollowRequest] {
        notifications::retract(tx, target, kind, follower, None)?;
    }
    Ok(())
}

/// Whether somebody is in a community because others decided so. Whoever came in by their own step knows it already, and
/// stewards were asked before.
fn let_in(tx: &mut Tx<'_>, community: AccountId, account: AccountId) -> Result<bool> {
    let row = communities::find_membership(tx, community, account)?;
    let Some(row) = row.filter(|row| row.role != CommunityRole::Steward) else {
        return Ok(false);
    };
    // Who decided elsewhere is not told; an open community lets everybody in at once.
    Ok(row.decided_by.is_some()
        || !accounts::get(tx, community)?.is_local()
            && communities::get(tx, community)?.join_policy != JoinPolicy::Open)
}

/// Joining and deciding arrive as the types that every client knows: a request as a follow request to the stewards, the
/// answer and an invitation as a follow by the community.
fn membership(
    tx: &mut Tx<'_>,
    community: AccountId,
    account: AccountId,
    state: MembershipState,
) -> Result<()> {
    if state == MembershipState::Requested {
        if accounts::get(tx, community)?.is_local() {
            for steward in communities::stewards(tx, community)? {
                tell(tx, steward, NotificationKind::FollowRequest, account, None)?;
            }
        }
        return Ok(());
    }
    // Whatever came of a request, nobody is asked any more.
    for steward in communities::stewards(tx, community)? {
        let kind = NotificationKind::FollowRequest;
        notifications::retract(tx, steward, kind, account, None)?;
    }
    if !matches!(state, MembershipState::Active | MembershipState::Invited) {
        return Ok(());
    }
    notifications::retract(tx, account, NotificationKind::Follow, community, None)?;
    if state == MembershipState::Active && !let_in(tx, community, account)? {
        return Ok(());
    }
    tell(tx, account, NotificationKind::Follow, community, None)
}
