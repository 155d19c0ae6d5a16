//! Bans of people here from communities elsewhere: shown to them as what they are, instead of a request without answer.

use super::collections::sync_stewards;
use super::follows::local;
use super::{Activity, Desk, Outcome, Stop};
use crate::actions::join;
use crate::federation::normalize::{self, Object};
use crate::store::accounts::{self, Account};
use crate::store::communities;
use crate::store::conn::Conn;

/// A community elsewhere bans somebody here: its own word, or that of one of its moderators.
pub(super) async fn banned(desk: Desk<'_>, activity: Activity) -> Outcome {
    let fields = activity.fields.clone();
    changed(desk, activity, &fields, true).await
}

/// And lets them ask again.
pub(super) async fn unbanned(desk: Desk<'_>, activity: Activity, ban: &Object) -> Outcome {
    changed(desk, activity, ban, false).await
}

async fn changed(desk: Desk<'_>, activity: Activity, ban: &Object, banned: bool) -> Outcome {
    let person = normalize::id(ban, "object").unwrap_or_default().to_owned();
    let target = normalize::id(ban, "target").unwrap_or_default().to_owned();
    if !desk.is_ours(&person) {
        return Err(Stop::Ignored("a ban of another place"));
    }
    let find = move |conn: &mut Conn| accounts::find_by_uri(conn, &target);
    let group = desk.fed.app.db.read(find).await?;
    let Some(group) = group.filter(|group| group.is_group() && !group.is_local()) else {
        return Err(Stop::Ignored("a ban from a place that is not known here"));
    };
    if activity.via.is_some_and(|via| via != group.id)
        || !speaks_for(desk, &activity, &group).await?
    {
        return Err(Stop::Refused(
            "a ban by somebody who does not lead there".into(),
        ));
    }
    let community = group.id;
    desk.write(move |tx| {
        let person = local(tx, &person)?;
        join::banned_elsewhere(tx, community, person.id, banned)?;
        Ok(if banned {
            "banned there"
        } else {
            "not banned there any more"
        })
    })
    .await
}

/// Whether an actor decides for a community elsewhere: as that itself, or as a moderator whom its host names right now
/// (docs/FEDERATION.md, `Block`). That both lie on one host is not enough, or anybody there could ban from anywhere there.
async fn speaks_for(desk: Desk<'_>, activity: &Activity, group: &Account) -> Outcome<bool> {
    if activity.actor.id == group.id {
        return Ok(true);
    }
    // What was read before may name somebody who leads no more.
    sync_stewards(desk, group).await?;
    let (community, by) = (group.id, activity.actor.id);
    let look = move |conn: &mut Conn| communities::is_steward(conn, community, by);
    Ok(desk.fed.app.db.read(look).await?)
}
