//! An actor elsewhere moves: whoever follows it here follows the new one, once that says that it was the old one.

use super::{Activity, Desk, Outcome, Stop, note_done};
use crate::actions::{follow, join};
use crate::error::{Error, Result};
use crate::federation::fetch;
use crate::federation::{actors_in, normalize};
use crate::model::ids::AccountId;
use crate::store::accounts::{self, Account};
use crate::store::db::Tx;
use crate::store::follows::{self, Follow};
use crate::store::inbound;

/// Followers that are taken along in one transaction.
const BATCH: i64 = 200;

/// The actor says where it went. What a Group brings along is asked for anew there; roles are not carried over.
pub(super) async fn moved(desk: Desk<'_>, activity: Activity) -> Outcome {
    let target = normalize::id(&activity.fields, "target").unwrap_or_default();
    if activity.object_id() != Some(activity.actor.uri.as_str()) || target == activity.actor.uri {
        return Err(Stop::Refused("only oneself can be moved".into()));
    }
    if desk.is_ours(target) {
        return Err(Stop::Ignored("a move to this node"));
    }
    let value = fetch::object(desk.visit, target).await?;
    let document = value.as_object().ok_or(Stop::Ignored("not an actor"))?;
    let known_as = normalize::ids(document, "alsoKnownAs");
    if normalize::id(document, "id") != Some(target)
        || !known_as.contains(&activity.actor.uri.as_str())
    {
        return Err(Stop::Refused(
            "the new actor does not say that it was the old one".into(),
        ));
    }
    let new = actors_in::store_value(desk.fed, &value).await?;
    let old = activity.actor.id;
    let same_kind = desk
        .fed
        .app
        .db
        .read(move |conn| Ok(accounts::get(conn, new)?.is_group()))
        .await?
        == activity.actor.is_group();
    if !same_kind {
        return Err(Stop::Refused("a person does not become a community".into()));
    }
    let (actor, target) = (activity.actor.clone(), target.to_owned());
    if !desk.write(move |tx| begin(tx, &actor, &target)).await? {
        return Err(Stop::Refused(
            "one of the two moved a short while ago".into(),
        ));
    }
    let mut after = 0;
    while let Some(last) = desk
        .write(move |tx| take_along(tx, old, new, after))
        .await?
    {
        after = last;
    }
    Ok("followers moved")
}

/// Notes a move; `false` if one of the two moved lately: two that name each other would send the people here to and fro, with
/// a Follow and its Undo each time. A move that was broken off goes on.
fn begin(tx: &mut Tx<'_>, actor: &Account, target: &str) -> Result<bool> {
    let (own, other) = (move_of(&actor.uri), move_of(target));
    let word = format!("moved to {target}");
    if inbound::is_known(tx, &other)? {
        return Ok(false);
    }
    if let Some(before) = inbound::outcome_of(tx, &own)? {
        return Ok(before == word);
    }
    note_done(tx, own, actor, &word)?;
    Ok(true)
}

fn move_of(uri: &str) -> String {
    format!("move of {uri}")
}

/// Takes some followers of this node along; the last one's follow, where there may be more.
fn take_along(tx: &mut Tx<'_>, old: AccountId, new: AccountId, after: i64) -> Result<Option<i64>> {
    let rows = follows::list_local_followers(tx, old, after, BATCH)?;
    let group = accounts::get(tx, new)?.is_group();
    for row in &rows {
        match take(tx, row, new, group) {
            Ok(()) => {}
            // One who cannot go there, because one has blocked the other for instance, stays where it was.
            Err(Error::Forbidden(_) | Error::NotFound) => continue,
            Err(error) => return Err(error),
        }
        if group {
            join::leave(tx, old, row.follower_id)?;
        }
        follow::unfollow(tx, row.follower_id, old)?;
    }
    Ok(rows.last().map(|row| row.id))
}

fn take(tx: &mut Tx<'_>, row: &Follow, new: AccountId, group: bool) -> Result<()> {
    if group {
        let request = join::Request {
            community: new,
            account: row.follower_id,
            message: String::new(),
            uri: None,
            reader: false,
        };
        return join::join(tx, &request).map(drop);
    }
    if follows::find(tx, row.follower_id, new)?.is_some() {
        return Ok(());
    }
    let wish = follow::Wish {
        show_boosts: row.show_boosts,
        notify: row.notify,
    };
    follow::follow(tx, row.follower_id, new, wish, None).map(drop)
}
