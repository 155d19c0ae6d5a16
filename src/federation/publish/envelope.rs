//! Activities as they are sent: built, proved by their actor, wrapped by a community, and put into the outbox for
//! whoever may get them.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::error::Result;
use crate::federation::normalize::{Object, PUBLIC};
use crate::federation::objects::addressing::Addressing;
use crate::federation::objects::{context, into_object, with_context};
use crate::federation::proof;
use crate::model::peer::{Dialect, is_spoken_to, is_within};
use crate::model::time::rfc3339;
use crate::model::words::Boundary;
use crate::store::accounts::{self, Account};
use crate::store::db::Tx;
use crate::store::outbox::{self, Target};
use crate::store::{peers, recipients};

/// An activity, with context. Its addressing is that of its object.
pub(super) fn activity(
    kind: &str,
    id: &str,
    actor: &str,
    object: Value,
    addressing: &Addressing,
) -> Object {
    with_context(into_object(json!({
        "id": id, "type": kind, "actor": actor, "object": object, "to": addressing.to, "cc": addressing.cc,
    })))
}

/// An activity about something, to one actor.
pub(super) fn note_to(kind: &str, id: &str, actor: &str, object: Value, to: &str) -> Object {
    activity(
        kind,
        id,
        actor,
        object,
        &Addressing {
            to: vec![to.to_owned()],
            cc: Vec::new(),
        },
    )
}

/// Takes an earlier activity back, to whom it went.
pub(super) fn undo(tx: &Tx<'_>, mut earlier: Object) -> Object {
    earlier.remove("@context");
    let part = |key: &str| earlier.get(key).cloned();
    let (actor, to, cc, audience) = (part("actor"), part("to"), part("cc"), part("audience"));
    let mut undo = into_object(json!({
        "id": tx.node().activity_uri(tx.new_id()), "type": "Undo", "actor": actor, "object": earlier,
    }));
    for (key, value) in [("to", to), ("cc", cc), ("audience", audience)] {
        if let Some(value) = value {
            undo.insert(key.into(), value);
        }
    }
    with_context(undo)
}

/// An activity that is ready to go.
#[derive(Debug, Clone)]
pub(super) struct Ready {
    uri: String,
    pub(super) body: String,
}

/// Proves an activity with its actor's Ed25519 key (FEP-8b32) and fixes its bytes.
pub(super) fn seal(tx: &mut Tx<'_>, actor: &Account, mut activity: Object) -> Result<Ready> {
    let now = tx.now();
    if let Some(pem) = accounts::find_ed25519_pem(tx, actor.id)? {
        proof::prove(&mut activity, &actor.uri, &pem, now)?;
    }
    let uri = activity
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    Ok(Ready {
        uri,
        body: serde_json::to_string(&activity)?,
    })
}

/// Queues a ready activity, signed by `sender`.
pub(super) fn queue(
    tx: &mut Tx<'_>,
    sender: &Account,
    ready: &Ready,
    targets: Vec<Target>,
) -> Result<()> {
    outbox::enqueue(tx, &ready.uri, sender.id, &ready.body, targets)?;
    Ok(())
}

/// Seals and queues, unless nobody gets it.
pub(super) fn send(
    tx: &mut Tx<'_>,
    sender: &Account,
    activity: Object,
    audience: Recipients,
) -> Result<()> {
    let targets = audience.admitted(tx, |_| true)?;
    if targets.is_empty() {
        return Ok(());
    }
    let ready = seal(tx, sender, activity)?;
    queue(tx, sender, &ready, targets)
}

/// The Announce around a whole activity. The activity stays as it came, byte for byte: its proof would not survive a
/// rewriting. The Announce itself has no proof, since it only ever comes from its actor directly.
#[derive(Serialize)]
struct Wrapped<'a> {
    #[serde(rename = "@context")]
    context: Value,
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    actor: &'a str,
    to: [&'a str; 2],
    cc: [&'a str; 1],
    published: String,
    object: &'a RawValue,
}

/// Wraps an activity in an Announce of a community.
pub(super) fn wrap(tx: &Tx<'_>, group: &Account, body: &str) -> Result<Ready> {
    let raw: &RawValue = serde_json::from_str(body)?;
    let uri = tx.node().activity_uri(tx.new_id());
    let followers = group.followers_url.as_deref().unwrap_or(PUBLIC);
    let wrapped = Wrapped {
        context: context(),
        id: uri.clone(),
        kind: "Announce",
        actor: &group.uri,
        to: [&group.uri, PUBLIC],
        cc: [followers],
        published: rfc3339(tx.now()),
        object: raw,
    };
    Ok(Ready {
        body: serde_json::to_string(&wrapped)?,
        uri,
    })
}

/// The Announce of a post by its id, for microblogs.
pub(in crate::federation) fn plain_announce(
    id: &str,
    group: &Account,
    post_uri: &str,
    published: &str,
) -> Object {
    let to = vec![PUBLIC.to_owned()];
    let cc = group.followers_url.iter().cloned().collect();
    let mut announce = activity(
        "Announce",
        id,
        &group.uri,
        post_uri.into(),
        &Addressing { to, cc },
    );
    announce.insert("published".into(), published.into());
    announce
}

/// Inboxes on other nodes, each once.
#[derive(Debug, Clone, Default)]
pub(super) struct Recipients {
    inboxes: BTreeSet<Target>,
    /// How far the post reaches that they are to get. Whoever takes something back tells it to everybody.
    reach: Option<Boundary>,
}

impl Recipients {
    /// The followers of an actor.
    pub(super) fn followers(tx: &mut Tx<'_>, of: &Account) -> Result<Self> {
        Ok(recipients::of_followers(tx, of.id)?.into_iter().collect())
    }

    /// Whom an actor follows, or asked to follow.
    pub(super) fn followed(tx: &mut Tx<'_>, of: &Account) -> Result<Self> {
        Ok(recipients::of_followed(tx, of.id)?.into_iter().collect())
    }

    /// All nodes that are known.
    pub(super) fn everybody(tx: &mut Tx<'_>) -> Result<Self> {
        Ok(recipients::of_everybody(tx)?.into_iter().collect())
    }

    /// One actor's own inbox; nobody if it is one of ours.
    pub(super) fn only(account: &Account) -> Self {
        recipients::own_inbox_of(account).into_iter().collect()
    }

    /// The same, to get a post that reaches so far: nodes for which an admin set less do not. `None` holds nobody back.
    pub(super) fn within_reach(self, reach: Option<Boundary>) -> Self {
        Self { reach, ..self }
    }

    /// Adds the inbox through which an actor is reached.
    pub(super) fn add(&mut self, account: &Account) {
        self.inboxes.extend(recipients::inbox_of(account));
    }

    /// Adds others.
    pub(super) fn join(&mut self, others: Self) {
        self.inboxes.extend(others.inboxes);
    }

    /// Adds some of the admitted ones of another list.
    pub(super) fn join_targets(&mut self, targets: Vec<Target>) {
        self.inboxes.extend(targets);
    }

    /// Those on nodes that are spoken to, in a dialect that fits.
    pub(super) fn admitted(
        self,
        tx: &mut Tx<'_>,
        fits: impl Fn(Dialect) -> bool,
    ) -> Result<Vec<Target>> {
        let (now, default) = (tx.now(), tx.node().unknown_nodes);
        let mut kept = Vec::new();
        let mut last: Option<(String, bool)> = None;
        let reach = self.reach;
        for target in self.inboxes {
            let known = last
                .as_ref()
                .filter(|(domain, _)| *domain == target.domain)
                .map(|(_, good)| *good);
            let good = match known {
                Some(good) => good,
                None => {
                    let peer = peers::find(tx, &target.domain)?;
                    let mode = peer
                        .as_ref()
                        .map_or(default, |peer| peer.effective_mode(now, default));
                    let most = peer.as_ref().and_then(|peer| peer.boundary_max);
                    is_spoken_to(mode)
                        && reach.is_none_or(|reach| is_within(most, reach))
                        && fits(peer.map_or(Dialect::Both, |peer| peer.dialect()))
                }
            };
            last = Some((target.domain.clone(), good));
            if good {
                kept.push(target);
            }
        }
        Ok(kept)
    }
}

impl FromIterator<Target> for Recipients {
    fn from_iter<I: IntoIterator<Item = Target>>(inboxes: I) -> Self {
        Self {
            inboxes: inboxes.into_iter().collect(),
            reach: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_activity_stays_as_it_came() {
        let body = r#"{ "type":"Create","n":1.50,  "b":"\u00e9" }"#;
        let raw: &RawValue = serde_json::from_str(body).unwrap();
        let wrapped = Wrapped {
            context: json!("x"),
            id: "https://n.example/activities/1".into(),
            kind: "Announce",
            actor: "https://n.example/c/pumps",
            to: ["https://n.example/c/pumps", PUBLIC],
            cc: ["https://n.example/c/pumps/followers"],
            published: "2026-11-24T08:00:05Z".into(),
            object: raw,
        };
        let text = serde_json::to_string(&wrapped).unwrap();
        assert!(text.contains(body), "{text}");
    }
}
