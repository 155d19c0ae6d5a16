//! Accepted answers (`ChooseAnswer`, as `PieFed` names it).

use super::{Activity, Desk, Outcome, Stop, collections, marks::post_at, relay_mark};
use crate::actions::accept_answer;
use crate::error::{Error, Result};
use crate::federation::normalize;
use crate::model::refusal::Refusal;
use crate::store::accounts;
use crate::store::db::Tx;

/// An answer is accepted, or that is taken back. By the asker, or by a steward of the community; whether somebody is a
/// steward of a community elsewhere is asked of its host.
pub(super) async fn chosen(desk: Desk<'_>, activity: Activity, taken_back: bool) -> Outcome {
    let about = if taken_back {
        activity.object()
    } else {
        Some(&activity.fields)
    };
    let answer = about
        .and_then(|about| normalize::id(about, "object"))
        .unwrap_or_default()
        .to_owned();
    let first = try_once(desk, &activity, &answer, taken_back).await;
    let (Err(Stop::Refused(_)), Some(community)) = (&first, activity.via) else {
        return first;
    };
    let group = desk
        .fed
        .app
        .db
        .read(move |conn| accounts::get(conn, community))
        .await?;
    collections::sync_stewards(desk, &group).await?;
    try_once(desk, &activity, &answer, taken_back).await
}

async fn try_once(desk: Desk<'_>, activity: &Activity, answer: &str, taken_back: bool) -> Outcome {
    let (activity, answer) = (activity.clone(), answer.to_owned());
    desk.write(move |tx| {
        let post = post_at(tx, &activity, &answer)?;
        if post.held {
            return Err(Refusal::WrongState.into());
        }
        let question = if taken_back {
            accept_answer::unaccept_answer(tx, activity.actor.id, post.id)?
        } else {
            accept_answer::accept_answer(
                tx,
                activity.actor.id,
                post.id,
                "",
                Some(activity.id.clone()),
            )?
        };
        relay_mark(tx, &activity, &question)?;
        Ok(if taken_back {
            "acceptance taken back"
        } else {
            "answer accepted"
        })
    })
    .await
}

/// The asker's own node names the accepted answers with the question: those that are known here count, unless the
/// community lies on this node, which then knows better.
pub(super) fn named_by_asker(tx: &mut Tx<'_>, activity: &Activity, uris: &[String]) -> Result<()> {
    for uri in uris {
        let answer = match post_at(tx, activity, uri) {
            Ok(answer) => answer,
            Err(Error::NotFound | Error::Gone) => continue,
            Err(error) => return Err(error),
        };
        if let Some(community) = answer.community_id
            && accounts::get(tx, community)?.is_local()
        {
            continue;
        }
        match accept_answer::accept_answer(tx, activity.actor.id, answer.id, "", None) {
            Ok(_) | Err(Error::Forbidden(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
