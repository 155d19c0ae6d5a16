//! Posts that are written, changed and deleted elsewhere.

use super::intake::{self, Intake, concerns_us, fetch_surroundings, take_in};
use super::{
    Accepted, Activity, Desk, Outcome, Stop, actors, answers, belongs, collections, quotes, relay,
};
use crate::actions::receive_post::RemotePost;
use crate::actions::{delete_post, react, receive_post};
use crate::error::{Error, Result};
use crate::federation::normalize::{self, Object, same_origin};
use crate::federation::objects::remote::Parsed;
use crate::federation::{actors_in, fetch};
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::text::verbs;
use crate::store::accounts;
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::inbound;
use crate::store::marks;
use crate::store::posts;

/// The object of an activity: as embedded, else fetched from its own id.
async fn object(desk: Desk<'_>, activity: &Activity) -> Outcome<Object> {
    if let Some(object) = activity.object() {
        return Ok(object.clone());
    }
    let uri = activity
        .object_id()
        .ok_or(Stop::Refused("an activity without object".into()))?;
    if !same_origin(uri, &activity.actor.uri) {
        return Err(Stop::Refused(
            "an object on another host than its actor".into(),
        ));
    }
    let value = fetch::object(desk.visit, uri).await?;
    value
        .as_object()
        .cloned()
        .ok_or(Stop::Ignored("not an object"))
}

/// Something new.
pub(super) async fn created(desk: Desk<'_>, activity: Activity) -> Outcome {
    let object = object(desk, &activity).await?;
    let parsed = intake::read(desk, &object, Some(&activity.fields), &activity.actor).await?;
    if let Some(choice) = parsed.vote.clone() {
        return voted(desk, activity, &parsed, choice).await;
    }
    if activity.via.is_none() && !concerns_us(desk, &parsed, activity.actor.id).await? {
        return Err(Stop::Ignored("it concerns nobody here"));
    }
    fetch_surroundings(desk, &parsed).await?;
    let quote = quotes::consent(desk, &parsed).await?;
    desk.write(move |tx| {
        let intake = Intake {
            parsed,
            author: activity.actor.clone(),
            via: activity.via,
            mode: activity.mode,
            loose: false,
            quote,
        };
        let (post, new) = take_in(tx, &intake)?;
        if !new {
            return Ok("known already");
        }
        relay(
            tx,
            &Accepted {
                activity: &activity,
                post: &post,
                new: true,
                removed: false,
            },
        )?;
        Ok(if post.held {
            "waits for a steward"
        } else {
            "post taken in"
        })
    })
    .await
}

/// A vote in a poll of ours. Votes in others' polls are their node's to count.
async fn voted(desk: Desk<'_>, activity: Activity, parsed: &Parsed, choice: String) -> Outcome {
    let poll = parsed.in_reply_to.clone().unwrap_or_default();
    desk.write(move |tx| {
        let post = posts::find_by_uri(tx, &poll)?
            .filter(|post| post.local)
            .ok_or(Error::NotFound)?;
        let (_, options) = marks::get_poll(tx, post.id)?;
        let option = options
            .iter()
            .find(|option| option.title == choice)
            .ok_or(Refusal::BadChoice)?;
        react::vote(tx, activity.actor.id, post.id, &[option.position])?;
        Ok("vote counted")
    })
    .await
}

/// A post or an actor changed.
pub(super) async fn updated(desk: Desk<'_>, activity: Activity) -> Outcome {
    let about = activity.object_id().unwrap_or_default().to_owned();
    if about == activity.actor.uri && activity.via.is_none() {
        return actors::updated(desk, &activity).await;
    }
    if let Some(group) = announcing(desk, &activity).await?
        && group.uri == about
    {
        // A steward changed the charter: its host tells what it reads now.
        return match actors_in::fetch_actor(desk.fed, desk.visit, &about).await {
            Ok(_) => Ok("community fetched anew"),
            Err(error) => Err(Stop::Refused(error.to_string())),
        };
    }
    let object = object(desk, &activity).await?;
    let mut parsed = intake::read(desk, &object, Some(&activity.fields), &activity.actor).await?;
    // What it answers is settled; it may even be gone by now.
    parsed.in_reply_to = None;
    let quote = quotes::consent(desk, &parsed).await?;
    desk.write(move |tx| {
        let accepted = parsed.accepted.clone();
        let before = posts::find_by_uri(tx, &parsed.uri)?.ok_or(Error::NotFound)?;
        belongs(&activity, &before)?;
        let intake = Intake {
            parsed,
            author: activity.actor.clone(),
            via: None,
            mode: activity.mode,
            loose: false,
            quote,
        };
        let remote = as_it_is_now(tx, &intake, &before)?;
        let after = receive_post::update_remote(tx, &remote)?;
        if let Some(context) = &intake.parsed.context {
            receive_post::note_context(tx, &after, context)?;
        }
        intake::says_of_quotes(tx, &intake, &after)?;
        let after = posts::get(tx, after.id)?;
        if before.parent_id.is_none() && !accepted.is_empty() {
            answers::named_by_asker(tx, &activity, &accepted)?;
        }
        if after.rev != before.rev {
            relay(
                tx,
                &Accepted {
                    activity: &activity,
                    post: &after,
                    new: false,
                    removed: false,
                },
            )?;
        }
        Ok(if after.edited_at == before.edited_at {
            "nothing newer"
        } else {
            "post changed"
        })
    })
    .await
}

/// A known post as its author says that it is now.
fn as_it_is_now(tx: &mut Tx<'_>, intake: &Intake, before: &posts::Post) -> Result<RemotePost> {
    let mut remote = intake::remote_post(tx, intake)?;
    remote.title = title(before, &intake.parsed, remote.title);
    if intake.parsed.names_no_reader() {
        remote.visibility = before.visibility;
        let named = posts::list_mentions(tx, &[before.id])?;
        remote.mentions = named.into_iter().map(|(_, account)| account).collect();
    }
    Ok(remote)
}

/// The title that a changed post has: a reply has none, and one that was made from the text is made anew.
fn title(before: &posts::Post, parsed: &Parsed, said: String) -> String {
    match (before.parent_id, before.title.as_str()) {
        (Some(_), _) => String::new(),
        (None, _) if !parsed.title.is_empty() => said,
        (None, "") => String::new(),
        (None, _) => verbs::title_of(&parsed.plain()),
    }
}

async fn announcing(desk: Desk<'_>, activity: &Activity) -> Outcome<Option<accounts::Account>> {
    let Some(id) = activity.via else {
        return Ok(None);
    };
    Ok(desk
        .fed
        .app
        .db
        .read(move |conn| accounts::find(conn, id))
        .await?)
}

/// A post is gone: by its author, or by a steward of its community.
pub(super) async fn deleted(desk: Desk<'_>, activity: Activity) -> Outcome {
    let uri = activity.object_id().unwrap_or_default().to_owned();
    let first = {
        let (activity, uri) = (activity.clone(), uri.clone());
        desk.write(move |tx| delete(tx, &activity, &uri, activity.actor.id))
            .await
    };
    let (Err(Stop::Refused(_)), Some(group)) = (&first, announcing(desk, &activity).await?) else {
        return first;
    };
    // Perhaps a steward who is not known here yet.
    collections::sync_stewards(desk, &group).await?;
    desk.write(move |tx| delete(tx, &activity, &uri, activity.actor.id))
        .await
}

fn delete(tx: &mut Tx<'_>, activity: &Activity, uri: &str, by: AccountId) -> Result<&'static str> {
    if activity.via.is_none()
        && let Some(word) = quotes::withdrawn(tx, activity, uri)?
    {
        return Ok(word);
    }
    let Some(post) = posts::find_by_uri(tx, uri)? else {
        if same_origin(uri, &activity.actor.uri) {
            let (now, kind) = (tx.now(), former_type(activity));
            inbound::bury(tx, uri, &kind, now)?;
        }
        return Ok("not known, and not taken in any more");
    };
    if post.deleted_at.is_some() {
        return Ok("gone already");
    }
    belongs(activity, &post)?;
    if post.local {
        // What stewards elsewhere take out of their community stays with its author.
        let hosted = post
            .community_id
            .map_or(Ok(None), |id| accounts::find(tx, id))?;
        if hosted.is_none_or(|group| !group.is_local()) {
            return Err(Refusal::NotTheAuthor.into());
        }
    }
    let gone = delete_post::delete_post(tx, by, post.id)?;
    if post.author_id == by {
        // Noted as the author's own doing: it alone can be undone.
        let (now, kind) = (tx.now(), former_type(activity));
        inbound::bury(tx, uri, &kind, now)?;
    }
    relay(
        tx,
        &Accepted {
            activity,
            post: &gone,
            new: false,
            removed: true,
        },
    )?;
    Ok("post deleted")
}

/// An author takes the deletion of an own post back (Lemmy). Nothing of it was kept: it is read anew where it lies. What a
/// steward removed stays removed.
pub(super) async fn restored(desk: Desk<'_>, activity: Activity, uri: Option<&str>) -> Outcome {
    let uri = uri.unwrap_or_default().to_owned();
    if !same_origin(&uri, &activity.actor.uri) {
        return Err(Stop::Refused("only one's own posts can be restored".into()));
    }
    let asked = uri.clone();
    let buried = move |conn: &mut Conn| inbound::is_buried(conn, &asked);
    if !desk.fed.app.db.read(buried).await? {
        return Err(Stop::Ignored("not deleted by its author"));
    }
    let mut intake = intake::fetched(desk, &uri).await?;
    if intake.author.id != activity.actor.id || intake.parsed.uri != uri {
        return Err(Stop::Refused("only one's own posts can be restored".into()));
    }
    intake.mode = activity.mode;
    let concerned =
        activity.via.is_some() || concerns_us(desk, &intake.parsed, activity.actor.id).await?;
    desk.write(move |tx| {
        inbound::unbury(tx, &uri)?;
        let known = posts::find_by_uri(tx, &uri)?;
        if let Some(known) = &known {
            belongs(&activity, known)?;
        } else if !concerned {
            return Ok("it concerns nobody here");
        }
        let post = match known {
            Some(_) => {
                let remote = intake::remote_post(tx, &intake)?;
                receive_post::restore(tx, &remote)?
            }
            None => take_in(tx, &intake)?.0,
        };
        relay(
            tx,
            &Accepted {
                activity: &activity,
                post: &post,
                new: false,
                removed: false,
            },
        )?;
        Ok("post restored")
    })
    .await
}

fn former_type(activity: &Activity) -> String {
    let said = activity
        .object()
        .and_then(|object| normalize::text(object, "formerType"));
    said.unwrap_or("Note").chars().take(50).collect()
}
