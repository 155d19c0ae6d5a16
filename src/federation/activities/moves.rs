//! An actor elsewhere moves: whoever follows it here follows the new one, once that says that it was the old one.

use super::{Activity, Desk, Outcome, Stop, note_done};
use crate::actions::move_account::move_elsewhere;
use crate::error::Result;
use crate::federation::fetch;
use crate::federation::{actors_in, normalize};
use crate::model::ids::AccountId;
use crate::model::words::AccountState;
use crate::store::accounts::{self, Account};
use crate::store::db::Tx;
use crate::store::{hold, inbound, moves};

/// The actor says where it went. What a Group brings along is asked for anew there; roles are not carried over.
pub(super) async fn moved(desk: Desk<'_>, activity: Activity) -> Outcome {
    let target = normalize::id(&activity.fields, "target").unwrap_or_default();
    if activity.object_id() != Some(activity.actor.uri.as_str()) || target == activity.actor.uri {
        return Err(Stop::Refused("only oneself can be moved".into()));
    }
    let new = if desk.is_ours(target) {
        ours(desk, &activity.actor, target).await?
    } else {
        elsewhere(desk, &activity.actor, target).await?
    };
    let (actor, target) = (activity.actor, target.to_owned());
    let noted = desk.write(move |tx| {
        // Two Moves of these two that come at once are judged one after the other.
        hold::accounts(tx, &[actor.id, new])?;
        if !begin(tx, &actor, &target)? {
            return Ok(false);
        }
        move_elsewhere(tx, actor.id, new)?;
        Ok(true)
    });
    if !noted.await? {
        return Err(Stop::Refused(
            "one of the two moved a short while ago".into(),
        ));
    }
    Ok("followers go along")
}

const UNCONFIRMED: &str = "the new actor does not say that it was the old one";

/// A person here says so in the settings.
async fn ours(desk: Desk<'_>, old: &Account, target: &str) -> Outcome<AccountId> {
    let (target, former) = (target.to_owned(), old.uri.clone());
    let confirmed = desk
        .fed
        .app
        .db
        .read(move |conn| {
            let found = accounts::find_by_uri(conn, &target)?
                .filter(|found| found.state == AccountState::Active);
            let Some(found) = found else { return Ok(None) };
            let known = moves::aliases(conn, found.id)?.contains(&former);
            Ok(known.then_some(found.id))
        })
        .await?;
    confirmed.ok_or_else(|| Stop::Refused(UNCONFIRMED.into()))
}

/// An actor elsewhere says so in its document, fetched anew.
async fn elsewhere(desk: Desk<'_>, old: &Account, target: &str) -> Outcome<AccountId> {
    let value = fetch::object(desk.visit, target).await?;
    let document = value.as_object().ok_or(Stop::Ignored("not an actor"))?;
    let known_as = normalize::ids(document, "alsoKnownAs");
    if normalize::id(document, "id") != Some(target) || !known_as.contains(&old.uri.as_str()) {
        return Err(Stop::Refused(UNCONFIRMED.into()));
    }
    Ok(actors_in::store_value(desk.fed, &value).await?)
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
