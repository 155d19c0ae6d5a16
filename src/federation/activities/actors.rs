//! What actors elsewhere do about themselves and towards people here: change, end, block.

use super::{Activity, Desk, Outcome, Stop, bans};
use crate::actions::{end_account, follow};
use crate::error::Error;
use crate::federation::activities::follows::local;
use crate::federation::fetch::{self, FetchError};
use crate::federation::{actors_in, normalize};
use crate::store::accounts::{self, Account};
use crate::store::conn::Conn;

/// A profile changed: it is fetched anew, since what an activity carries must not exchange keys.
pub(super) async fn updated(desk: Desk<'_>, activity: &Activity) -> Outcome {
    match actors_in::fetch_actor(desk.fed, desk.visit, &activity.actor.uri).await {
        Ok(_) => Ok("profile fetched anew"),
        Err(Error::Internal(error)) => Err(Stop::Fault(error.into())),
        Err(error) => Err(Stop::Refused(error.to_string())),
    }
}

/// An actor says that it is gone. It is believed where its own node does not show it any more.
pub(super) async fn deleted(desk: Desk<'_>, uri: &str) -> Outcome {
    let asked = uri.to_owned();
    let known = desk
        .fed
        .app
        .db
        .read(move |conn| accounts::find_by_uri(conn, &asked))
        .await?;
    let Some(account) = known.filter(|account| !account.is_local()) else {
        return Err(Stop::Ignored("an actor that is not known"));
    };
    let still_there = match fetch::object(desk.visit, uri).await {
        Ok(value) => value
            .as_object()
            .is_none_or(|object| normalize::kind(object) != "Tombstone"),
        Err(FetchError::Gone | FetchError::Status(404)) => false,
        Err(error) => return Err(error.into()),
    };
    if still_there {
        return Err(Stop::Refused("the actor is still there".into()));
    }
    bury(desk, account).await?;
    Ok("actor deleted")
}

async fn bury(desk: Desk<'_>, account: Account) -> Outcome<()> {
    let id = account.id;
    desk.write(move |tx| end_account::end_remote(tx, id)).await
}

/// Fetches an actor anew that has not been for a day. One that its node calls gone is gone here too; whatever else goes
/// wrong leaves what is known.
pub(super) async fn refreshed(desk: Desk<'_>, uri: &str) -> Outcome {
    let asked = uri.to_owned();
    let find = move |conn: &mut Conn| accounts::find_by_uri(conn, &asked);
    let known = desk.fed.app.db.read(find).await?;
    let Some(account) = known.filter(|account| !account.is_local()) else {
        return Err(Stop::Ignored("an actor that is not known"));
    };
    match actors_in::fetch_actor(desk.fed, desk.visit, uri).await {
        Ok(_) => Ok("fetched anew"),
        Err(Error::Gone) => {
            bury(desk, account).await?;
            Ok("gone")
        }
        Err(Error::Internal(error)) => Err(Stop::Fault(error.into())),
        Err(_) => Ok("not to be had"),
    }
}

/// Somebody elsewhere wants nothing to do with a person here; or, where there is a target, a community does not.
pub(super) async fn blocked(desk: Desk<'_>, activity: Activity) -> Outcome {
    if normalize::get(&activity.fields, "target").is_some() {
        return bans::banned(desk, activity).await;
    }
    if activity.via.is_some() {
        return Err(Stop::Ignored("who blocks whom is between the two"));
    }
    let target = activity.object_id().unwrap_or_default().to_owned();
    desk.write(move |tx| {
        let target = local(tx, &target)?;
        follow::block(tx, activity.actor.id, target.id, Some(activity.id))?;
        Ok("blocked")
    })
    .await
}
