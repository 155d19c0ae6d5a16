//! Follows of our people and communities, and the answers to ours.

use super::{Activity, Desk, Outcome, Stop};
use crate::actions::{follow, join};
use crate::error::{Error, Result};
use crate::federation::normalize;
use crate::model::event::Event;
use crate::model::ids::AccountId;
use crate::model::words::{AccountState, FollowState, PeerMode};
use crate::store::accounts::{self, Account};
use crate::store::communities;
use crate::store::db::Tx;
use crate::store::follows;

/// Somebody elsewhere wants to follow a person, or to come into a community.
pub(super) async fn asked(desk: Desk<'_>, activity: Activity) -> Outcome {
    let target = activity.object_id().unwrap_or_default().to_owned();
    let message = normalize::text(&activity.fields, "content")
        .or_else(|| normalize::text(&activity.fields, "summary"))
        .map(|html| {
            crate::model::text::html::to_text(html)
                .chars()
                .take(2000)
                .collect()
        })
        .unwrap_or_default();
    desk.write(move |tx| {
        let target = local(tx, &target)?;
        let (by, uri) = (activity.actor.id, activity.id);
        let done = if target.is_group() {
            let reader = activity.mode != PeerMode::Member;
            let request = join::Request {
                community: target.id,
                account: by,
                message,
                uri: Some(uri.clone()),
                reader,
            };
            enter(tx, &request)
        } else {
            follow::follow(
                tx,
                by,
                target.id,
                follow::Wish::default(),
                Some(uri.clone()),
            )
            .map(drop)
        };
        match done {
            Ok(()) => Ok("asked"),
            Err(Error::Forbidden(_)) => {
                tx.emit(Event::FollowDecided {
                    follower: by,
                    target: target.id,
                    uri,
                    accepted: false,
                });
                Ok("rejected")
            }
            Err(error) => Err(error),
        }
    })
    .await
}

/// What is not public is not there for other nodes, until they can be admitted to it; nor is what is hidden, but for
/// whoever was invited.
fn enter(tx: &mut Tx<'_>, request: &join::Request) -> Result<()> {
    let community = communities::get(tx, request.community)?;
    if !communities::is_visible_outside(tx, request.account, &community)? {
        return Err(Error::NotFound);
    }
    join::join(tx, request).map(drop)
}

/// An active actor of this node by address.
pub(super) fn local(tx: &mut Tx<'_>, uri: &str) -> Result<Account> {
    accounts::find_by_uri(tx, uri)?
        .filter(|account| account.is_local() && account.state == AccountState::Active)
        .ok_or(Error::NotFound)
}

/// Somebody elsewhere answers a Follow of ours. Only the one who was asked can, and only while there is a follow.
pub(super) async fn answered(desk: Desk<'_>, activity: Activity, accepted: bool) -> Outcome {
    let group = activity.actor.is_group();
    let actor = activity.actor.clone();
    let word = desk
        .write(move |tx| {
            let Some(follower) = whose_follow(tx, &activity)? else {
                return Ok(None);
            };
            let by = activity.actor.id;
            let Some(row) = follows::find(tx, follower, by)? else {
                return Ok(None);
            };
            if group {
                join::answered(tx, by, follower, accepted)?;
            } else if !accepted || row.state == FollowState::Requested {
                follow::decide_follow(tx, by, follower, accepted)?;
            }
            Ok(Some(if accepted {
                "follow accepted"
            } else {
                "follow rejected"
            }))
        })
        .await?
        .ok_or(Stop::Ignored("nobody here asked for that"))?;
    if group && accepted {
        // Whoever is in should see who leads; that it cannot be fetched now does not undo the yes.
        drop(super::collections::sync_stewards(desk, &actor).await);
    }
    Ok(word)
}

/// The person of this node whose Follow an answer is about: by the Follow's id, else by its parts, which must name the
/// answering actor.
fn whose_follow(tx: &mut Tx<'_>, activity: &Activity) -> Result<Option<AccountId>> {
    let by_id = match activity.object_id() {
        Some(uri) => follows::find_by_uri(tx, uri)?,
        None => None,
    };
    if let Some(row) = by_id.filter(|row| row.target_id == activity.actor.id) {
        return Ok(Some(row.follower_id));
    }
    let Some(inner) = activity.object() else {
        return Ok(None);
    };
    let about = normalize::id(inner, "object") == Some(activity.actor.uri.as_str());
    let Some(follower) = normalize::id(inner, "actor").filter(|_| about) else {
        return Ok(None);
    };
    Ok(accounts::find_by_uri(tx, follower)?
        .filter(Account::is_local)
        .map(|account| account.id))
}
