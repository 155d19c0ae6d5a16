//! Announces: a community that is followed here passes on an activity or a post; a person boosts one. Nobody is believed
//! about the words of others: what is inside must prove itself.

use super::intake::{self, fetch_surroundings, take_in};
use super::{Activity, Desk, Outcome, Stop, dispatch, note_done};
use crate::actions::{react, receive_post};
use crate::error::Error;
use crate::federation::fetch::{self, FetchError};
use crate::federation::normalize::{self, Object, same_origin};
use crate::federation::objects::remote::{self, Openness};
use crate::federation::{guard, proof};
use crate::model::peer::is_spoken_to;
use crate::model::words::Visibility;
use crate::store::accounts::Account;
use crate::store::conn::Conn;
use crate::store::{follows, inbound, posts};

/// Most activities in one Announce.
const BATCH: usize = 50;

/// An Announce.
pub(super) async fn announced(desk: Desk<'_>, activity: Activity) -> Outcome {
    let actor = activity.actor.id;
    let followed = desk
        .fed
        .app
        .db
        .read(move |conn| follows::is_followed_locally(conn, actor))
        .await?;
    let inside: Vec<Object> = normalize::as_list(&activity.fields, "object")
        .into_iter()
        .filter_map(|value| value.as_object())
        .filter(|object| normalize::get(object, "actor").is_some())
        .take(BATCH)
        .cloned()
        .collect();
    if !inside.is_empty() {
        if !activity.actor.is_group() || !followed {
            return Err(Stop::Ignored(
                "an envelope from somebody who is not followed here",
            ));
        }
        return envelope(desk, &activity, inside).await;
    }
    let uri = activity
        .object_id()
        .ok_or(Stop::Refused("an Announce of nothing".into()))?
        .to_owned();
    if activity.actor.is_group() && followed {
        return brought(desk, activity, &uri).await;
    }
    boosted(desk, activity, &uri, followed).await
}

/// The activities in an Announce, one after another. Where one must wait for another node, all are tried again; those that
/// are done by then are known.
async fn envelope(desk: Desk<'_>, activity: &Activity, inside: Vec<Object>) -> Outcome {
    let mut last = Err(Stop::Ignored("an empty envelope"));
    let mut later = None;
    for inner in inside {
        last = once(desk, activity, inner).await;
        match last {
            Err(Stop::Fault(_)) => return last,
            Err(Stop::Later(why)) => {
                later = Some(why);
                last = Err(Stop::Ignored("nothing else in the envelope"));
            }
            _ => {}
        }
    }
    later.map_or(last, |why| Err(Stop::Later(why)))
}

/// Works on an inner activity unless this community announced it before. What had no effect may have one later.
async fn once(desk: Desk<'_>, outer: &Activity, inner: Object) -> Outcome {
    let Some(id) = normalize::id(&inner, "id") else {
        return unwrapped(desk, outer, inner).await;
    };
    // Noted apart from what its actor delivers itself, so that a community cannot use up the id of somebody's activity.
    let name = format!("{id} by {}", outer.actor.uri);
    let asked = name.clone();
    let known = move |conn: &mut Conn| inbound::is_known(conn, &asked);
    if desk.fed.app.db.read(known).await? {
        return Ok("announced before");
    }
    let word = unwrapped(desk, outer, inner).await?;
    let actor = outer.actor.clone();
    desk.write(move |tx| note_done(tx, name, &actor, word))
        .await?;
    Ok(word)
}

/// An activity inside a community's Announce: authenticated on its own, then treated as if it had come directly.
async fn unwrapped(desk: Desk<'_>, outer: &Activity, mut inner: Object) -> Outcome {
    let text = |key: &str| normalize::id(&inner, key).map(str::to_owned);
    let uri = text("actor").ok_or(Stop::Refused("an inner activity without actor".into()))?;
    let id = text("id").unwrap_or_else(|| format!("{}#inner", outer.id));
    let kind = normalize::kind(&inner).to_owned();
    if kind == "Announce" {
        return Err(Stop::Refused("an Announce in an Announce".into()));
    }
    if desk.is_ours(&uri) {
        return returned(desk, outer, &kind, &inner).await;
    }
    let by_group = same_origin(&id, &outer.actor.uri);
    if !same_origin(&id, &uri) && !by_group {
        return Err(Stop::Refused(
            "an inner activity on another host than its actor".into(),
        ));
    }
    if !is_spoken_to(desk.mode_of(&uri).await?) {
        return Err(Stop::Ignored("from a node that is not spoken to"));
    }
    let actor = desk.actor(&uri).await?;
    authenticate(desk, &outer.actor, &actor, &kind, &mut inner).await?;
    let activity = Activity {
        id,
        kind,
        actor,
        fields: inner,
        body: String::new(),
        mode: outer.mode,
        via: Some(outer.actor.id),
    };
    Box::pin(dispatch(desk, activity)).await
}

/// What our own people did comes back from the community's host: it took the post in.
async fn returned(desk: Desk<'_>, outer: &Activity, kind: &str, inner: &Object) -> Outcome {
    if kind != "Create" {
        return Err(Stop::Ignored("our own activity comes back"));
    }
    let uri = normalize::id(inner, "object")
        .unwrap_or_default()
        .to_owned();
    let community = outer.actor.id;
    desk.write(move |tx| {
        let post = posts::find_by_uri(tx, &uri)?
            .filter(|post| post.local)
            .ok_or(Error::NotFound)?;
        receive_post::announced(tx, community, post.id)?;
        Ok("our own post was announced")
    })
    .await
}

/// Whether an inner activity really is its actor's: (a) actor and community lie on one origin, (b) it carries the
/// actor's proof, (c) its object says the same at its own id, which then replaces what was inside.
async fn authenticate(
    desk: Desk<'_>,
    group: &Account,
    actor: &Account,
    kind: &str,
    inner: &mut Object,
) -> Outcome<()> {
    if same_origin(&actor.uri, &group.uri) {
        return Ok(());
    }
    if let Some(named) = proof::claimed_key(inner) {
        let own = guard::same_origin(named, &actor.uri);
        let key = actor
            .ed25519_key
            .as_deref()
            .and_then(proof::decode)
            .filter(|_| own);
        return match key {
            Some(key) if proof::holds(inner, &key, desk.fed.app.db.now()) => Ok(()),
            _ => Err(Stop::Refused("a proof that does not hold".into())),
        };
    }
    let about = normalize::id(inner, "object")
        .unwrap_or_default()
        .to_owned();
    if !same_origin(&about, &actor.uri) {
        return Err(Stop::Refused("nothing proves the inner activity".into()));
    }
    match (kind, fetch::object(desk.visit, &about).await) {
        ("Create" | "Update", Ok(value)) => {
            inner.insert("object".into(), value);
            Ok(())
        }
        ("Delete", Err(FetchError::Gone | FetchError::Status(404))) => Ok(()),
        ("Delete", Ok(value))
            if value
                .as_object()
                .is_some_and(|object| normalize::kind(object) == "Tombstone") =>
        {
            Ok(())
        }
        (_, Err(error)) => Err(error.into()),
        _ => Err(Stop::Refused("nothing proves the inner activity".into())),
    }
}

/// A community names a post by its id: it is fetched from its own node and belongs to the community from now on.
async fn brought(desk: Desk<'_>, activity: Activity, uri: &str) -> Outcome {
    let community = activity.actor.id;
    if let Some(post) = known(desk, uri).await? {
        return desk
            .write(move |tx| {
                receive_post::announced(tx, community, post.id)?;
                Ok("known, and announced")
            })
            .await;
    }
    if desk.is_ours(uri) {
        return Err(Stop::Ignored("nothing of ours lies there"));
    }
    let mut intake = intake::fetched(desk, uri).await?;
    fetch_surroundings(desk, &intake.parsed).await?;
    intake.via = Some(community);
    intake.mode = activity.mode;
    desk.write(move |tx| {
        let (post, _) = take_in(tx, &intake)?;
        receive_post::announced(tx, community, post.id)?;
        Ok("announced post taken in")
    })
    .await
}

async fn known(desk: Desk<'_>, uri: &str) -> Outcome<Option<posts::Post>> {
    let uri = uri.to_owned();
    Ok(desk
        .fed
        .app
        .db
        .read(move |conn| posts::find_by_uri(conn, &uri))
        .await?)
}

/// A person boosts. It matters where the post is ours or somebody here follows the booster.
async fn boosted(desk: Desk<'_>, activity: Activity, uri: &str, followed: bool) -> Outcome {
    if activity.actor.is_group() {
        return Err(Stop::Ignored("a community that nobody here follows"));
    }
    let there = known(desk, uri).await?;
    if !followed && !there.as_ref().is_some_and(|post| post.local) {
        return Err(Stop::Ignored("a boost that concerns nobody here"));
    }
    let post = match there {
        Some(post) => post,
        None if desk.is_ours(uri) => return Err(Stop::Ignored("nothing of ours lies there")),
        None => {
            let intake = intake::fetched(desk, uri).await?;
            fetch_surroundings(desk, &intake.parsed).await?;
            desk.write(move |tx| take_in(tx, &intake)).await?.0
        }
    };
    let (_, openness) =
        remote::addressed(&activity.fields, None).map_err(|why| Stop::Refused(why.to_string()))?;
    let visibility = match openness {
        Openness::Public => Visibility::Public,
        Openness::Unlisted => Visibility::Unlisted,
        Openness::Closed => Visibility::Private,
    };
    desk.write(move |tx| {
        react::boost(
            tx,
            activity.actor.id,
            post.id,
            visibility,
            Some(activity.id),
        )?;
        Ok("boosted")
    })
    .await
}
