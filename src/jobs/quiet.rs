//! What of a notification's way to a person is theirs to decide: mutes, blocks, and the policy about strangers.

use chrono::TimeDelta;

use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::notice::{Facts, Policy, decide};
use crate::model::time::Time;
use crate::model::words::{
    ActorKind, FollowState, NotificationKind, PolicyAction, Reaction, Visibility,
};
use crate::store::accounts::{self, Account};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::{
    account_limits, domain_blocks, duties, follows, marks, notification_policy, posts,
};

/// Whoever follows for a shorter time is no follower to the policy, as in Mastodon.
const FOLLOWER_DAYS: i64 = 3;
/// An account is new for this long.
const NEW_DAYS: i64 = 30;

/// Whether a person hears nothing of another, or of a thread, whatever it is.
pub(super) fn is_silenced(
    conn: &mut Conn,
    account: AccountId,
    from: AccountId,
    post: Option<PostId>,
    now: Time,
) -> Result<bool> {
    let muted = follows::mutes_of(conn, account, &[from], now)?
        .iter()
        .any(|mute| mute.notifications);
    Ok(muted
        || follows::is_blocked(conn, account, from)?
        || domain_blocks::blocks_node_of(conn, account, from)?
        || is_in_muted_thread(conn, account, post)?)
}

/// Whether a notification is about what its reader has to do, as a moderator or steward, whomever that one shuts out.
pub(super) fn is_duty(
    conn: &mut Conn,
    account: AccountId,
    kind: NotificationKind,
    from: AccountId,
    post: Option<PostId>,
) -> Result<bool> {
    match (kind, post) {
        (NotificationKind::AdminReport | NotificationKind::AdminSignUp, _) => Ok(true),
        (NotificationKind::FollowRequest, _) => duties::applies_to(conn, account, from),
        (NotificationKind::Status, Some(post)) => duties::waits_for(conn, account, post),
        _ => Ok(false),
    }
}

/// A muted thread is marked at its beginning, or where its reader first sees it.
fn is_in_muted_thread(conn: &mut Conn, account: AccountId, post: Option<PostId>) -> Result<bool> {
    let Some(post) = post.map(|id| posts::find(conn, id)).transpose()?.flatten() else {
        return Ok(false);
    };
    let marks = marks::of_account(conn, account, &[post.id, post.root_id])?;
    Ok(marks.iter().any(|(_, kind)| *kind == Reaction::Mute))
}

/// What happens to a notification before anybody sees it.
pub(super) fn verdict(
    tx: &mut Tx<'_>,
    account: AccountId,
    kind: NotificationKind,
    from: AccountId,
    post: Option<PostId>,
) -> Result<PolicyAction> {
    let now = tx.now();
    if is_duty(tx, account, kind, from, post)? {
        return Ok(PolicyAction::Accept);
    }
    if is_silenced(tx, account, from, post, now)? {
        return Ok(PolicyAction::Drop);
    }
    // What one asked to be told of comes in any case.
    if matches!(
        kind,
        NotificationKind::Poll
            | NotificationKind::Update
            | NotificationKind::Status
            | NotificationKind::QuotedUpdate
    ) {
        return Ok(PolicyAction::Accept);
    }
    let policy = notification_policy::find(tx, account)?;
    if policy == Policy::OPEN || notification_policy::is_permitted(tx, account, from)? {
        return Ok(PolicyAction::Accept);
    }
    match accounts::find(tx, from)? {
        // Communities, and the node itself, are no strangers.
        Some(other) if matches!(other.kind, ActorKind::Person | ActorKind::Service) => {
            let facts = facts(tx, account, &other, kind, post)?;
            Ok(decide(policy, facts))
        }
        _ => Ok(PolicyAction::Accept),
    }
}

fn facts(
    tx: &mut Tx<'_>,
    account: AccountId,
    other: &Account,
    kind: NotificationKind,
    post: Option<PostId>,
) -> Result<Facts> {
    let now = tx.now();
    let following = follows::find(tx, account, other.id)?;
    let follower = follows::find(tx, other.id, account)?;
    let unasked = match post {
        Some(post) if kind == NotificationKind::Mention => {
            posts::find(tx, post)?.is_some_and(|post| {
                post.visibility == Visibility::Direct && post.parent_author_id != Some(account)
            })
        }
        _ => false,
    };
    Ok(Facts {
        following: following.is_some_and(|row| row.state == FollowState::Accepted),
        follower: follower.is_some_and(|row| {
            row.state == FollowState::Accepted
                && row.created_at <= now - TimeDelta::days(FOLLOWER_DAYS)
        }),
        new: other.created_at > now - TimeDelta::days(NEW_DAYS),
        unasked,
        limited: account_limits::is_silenced(tx, other.id)?,
        bot: other.bot,
    })
}
