//! Taking back: follows, likes, boosts, blocks, choices. Found by the address of what is undone, else by its parts; and
//! only ever one's own.

use super::{
    Activity, Desk, Outcome, Stop, answers, bans, follows as follow_handlers, marks,
    posts as posts_in,
};
use crate::actions::{follow, join, react, receive_post};
use crate::error::{Error, Result};
use crate::federation::normalize;
use crate::store::db::Tx;
use crate::store::{follows, marks as mark_store, posts};

/// Something is undone.
pub(super) async fn undone(desk: Desk<'_>, activity: Activity) -> Outcome {
    let inner = activity.object().cloned();
    if let Some(inner) = &inner {
        let by = normalize::id(inner, "actor");
        if by.is_some_and(|by| by != activity.actor.uri) {
            return Err(Stop::Refused("only one's own acts can be undone".into()));
        }
    }
    let kind = inner.as_ref().map_or("", normalize::kind).to_owned();
    let object = inner
        .as_ref()
        .and_then(|inner| normalize::id(inner, "object"))
        .map(str::to_owned);
    let uri = activity.object_id().map(str::to_owned);
    match kind.as_str() {
        "ChooseAnswer" => return answers::chosen(desk, activity, true).await,
        "Accept" => return Err(Stop::Ignored("an Accept stays until a Reject")),
        "Delete" => return posts_in::restored(desk, activity, object.as_deref()).await,
        "Block" => {
            if let Some(ban) = inner.filter(|ban| normalize::get(ban, "target").is_some()) {
                return bans::unbanned(desk, activity, &ban).await;
            }
        }
        _ => {}
    }
    desk.write(move |tx| {
        let (uri, object) = (uri.as_deref(), object.as_deref());
        match kind.as_str() {
            "Follow" => unfollow(tx, &activity, uri, object),
            "Like" | "EmojiReact" => marks::unliked(tx, &activity, uri, object),
            "Announce" => unboost(tx, &activity, uri, object),
            "Block" => unblock(tx, &activity, object),
            "" => by_address(tx, &activity, uri.unwrap_or_default()),
            _ => Err(Error::NotFound),
        }
    })
    .await
}

/// Only an address is given: whichever act of this actor bears it.
fn by_address(tx: &mut Tx<'_>, activity: &Activity, uri: &str) -> Result<&'static str> {
    let by = activity.actor.id;
    if follows::find_by_uri(tx, uri)?.is_some_and(|row| row.follower_id == by) {
        return unfollow(tx, activity, Some(uri), None);
    }
    if mark_store::find_post_by_uri(tx, by, uri)?.is_some() {
        return marks::unliked(tx, activity, Some(uri), None);
    }
    unboost(tx, activity, Some(uri), None)
}

fn unfollow(
    tx: &mut Tx<'_>,
    activity: &Activity,
    uri: Option<&str>,
    object: Option<&str>,
) -> Result<&'static str> {
    if activity.via.is_some() {
        return Err(Error::NotFound);
    }
    let by = activity.actor.id;
    let row = match uri {
        Some(uri) => follows::find_by_uri(tx, uri)?.filter(|row| row.follower_id == by),
        None => None,
    };
    let target = match (row, object) {
        (Some(row), _) => crate::store::accounts::get(tx, row.target_id)?,
        (None, Some(object)) => follow_handlers::local(tx, object)?,
        (None, None) => return Err(Error::NotFound),
    };
    if target.is_group() {
        join::leave(tx, target.id, by)?;
    } else {
        follow::unfollow(tx, by, target.id)?;
    }
    Ok("unfollowed")
}

/// A boost, or a community's announce, is taken back.
fn unboost(
    tx: &mut Tx<'_>,
    activity: &Activity,
    uri: Option<&str>,
    object: Option<&str>,
) -> Result<&'static str> {
    let by = activity.actor.id;
    let boosted = match uri {
        Some(uri) => mark_store::find_boosted_by_uri(tx, by, uri)?,
        None => None,
    };
    let post = match (boosted, object) {
        (Some(id), _) => posts::get(tx, id)?,
        (None, Some(object)) => posts::find_by_uri(tx, object)?.ok_or(Error::NotFound)?,
        (None, None) => return Err(Error::NotFound),
    };
    if activity.actor.is_group() && post.community_id == Some(by) {
        receive_post::unannounced(tx, &post)?;
        return Ok("announce taken back");
    }
    react::unboost(tx, by, post.id)?;
    Ok("boost taken back")
}

fn unblock(tx: &mut Tx<'_>, activity: &Activity, object: Option<&str>) -> Result<&'static str> {
    if activity.via.is_some() {
        return Err(Error::NotFound);
    }
    let target = follow_handlers::local(tx, object.unwrap_or_default())?;
    follow::unblock(tx, activity.actor.id, target.id)?;
    Ok("unblocked")
}
