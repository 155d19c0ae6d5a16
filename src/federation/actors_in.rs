//! Actor documents of other nodes, read leniently: what is needed must be there and lie on the actor's own origin,
//! everything else is taken if it makes sense and left out if it does not.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::fetch::{self, FetchError, Visit};
use super::{Federation, guard, nodeinfo, proof, refresh};
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::text::{handles, html};
use crate::model::words::{ActorKind, Boundary, JoinPolicy, PostingPolicy};
use crate::store::remote_accounts::{self, RemoteActor, RemoteCommunity};
use crate::store::{accounts, peers};

/// Longest name shown to people, in characters.
const MAX_NAME: usize = 200;
/// Longest summary, in characters of HTML.
const MAX_SUMMARY: usize = 20_000;
/// Most profile fields.
const MAX_FIELDS: usize = 12;
/// Most keys of one actor that are looked at.
const MAX_KEYS: usize = 8;

/// A public key as an actor lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ListedKey {
    id: String,
    pem: String,
}

/// An actor document, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorDocument {
    /// What is stored of it.
    pub actor: RemoteActor,
    keys: Vec<ListedKey>,
}

impl ActorDocument {
    /// Reads a document that was fetched from its id.
    ///
    /// # Errors
    /// What is missing or wrong, for the log.
    pub fn read(value: &Value) -> std::result::Result<Self, &'static str> {
        let fields = value.as_object().ok_or("not an object")?;
        let uri = text(fields, "id").ok_or("no id")?;
        let domain = guard::domain_of(uri).ok_or("the id is not a web address")?;
        let own = |name: &str| link(fields, name).filter(|url| guard::same_origin(url, uri));
        let inbox_url = own("inbox").ok_or("no inbox on the actor's own host: not an actor")?;
        let kind = kind_of(fields);
        let name = name_of(fields, uri).ok_or("no usable name")?;
        let keys = keys_of(fields, uri);
        let endpoints = fields.get("endpoints").and_then(Value::as_object);
        let shared = endpoints
            .and_then(|e| link(e, "sharedInbox"))
            .filter(|url| guard::same_origin(url, uri));
        let first = keys.first().cloned();
        let actor = RemoteActor {
            kind,
            uri: uri.to_owned(),
            domain,
            name,
            url: own("url").unwrap_or_else(|| uri.to_owned()),
            display_name: plain(
                fields
                    .get("name")
                    .and_then(Value::as_str)
                    .unwrap_or_default(),
                MAX_NAME,
            ),
            note_html: note_of(fields),
            fields: profile_fields(fields).to_string(),
            avatar: picture(fields, "icon"),
            header: picture(fields, "image"),
            inbox_url,
            shared_inbox_url: shared,
            followers_url: own("followers"),
            moderators_url: own("moderators")
                .or_else(|| own("attributedTo"))
                .filter(|_| kind == ActorKind::Group),
            public_key_id: first.as_ref().map(|key| key.id.clone()),
            public_key_pem: first.map(|key| key.pem),
            ed25519_key: multikey_of(fields, uri),
            locked: flag(fields, "manuallyApprovesFollowers"),
            discoverable: flag(fields, "discoverable"),
            indexable: flag(fields, "indexable"),
            moved_to: link(fields, "movedTo"),
            community: (kind == ActorKind::Group).then(|| community_of(fields)),
        };
        Ok(Self { actor, keys })
    }

    /// The key of this id.
    pub fn key_pem(&self, key_id: &str) -> Option<&str> {
        self.keys
            .iter()
            .find(|key| key.id == key_id)
            .map(|key| key.pem.as_str())
    }

    /// The same with this key as the one that is stored: the one that was just used.
    pub(super) fn with_primary_key(mut self, key_id: &str) -> Self {
        if let Some(key) = self.keys.iter().find(|key| key.id == key_id) {
            self.actor.public_key_id = Some(key.id.clone());
            self.actor.public_key_pem = Some(key.pem.clone());
        }
        self
    }
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

fn flag(fields: &Map<String, Value>, name: &str) -> bool {
    fields.get(name).and_then(Value::as_bool).unwrap_or(false)
}

/// One value or a list of them; null is none.
fn each(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let (one, many) = match value {
        Some(Value::Array(list)) => (None, list.as_slice()),
        Some(Value::Null) | None => (None, &[][..]),
        Some(other) => (Some(other), &[][..]),
    };
    one.into_iter().chain(many)
}

/// An address given as text, as an object with `href` or `id`, or in a list; the first that can be read.
fn link(fields: &Map<String, Value>, name: &str) -> Option<String> {
    each(fields.get(name)).find_map(|value| {
        let found = value
            .as_str()
            .or_else(|| value.get("href")?.as_str())
            .or_else(|| value.get("id")?.as_str())?;
        guard::parse(found).map(|_| found.to_owned())
    })
}

/// Unknown types of actor are taken for persons (FEP-a974).
fn kind_of(fields: &Map<String, Value>) -> ActorKind {
    match each(fields.get("type")).find_map(Value::as_str) {
        Some("Group") => ActorKind::Group,
        Some("Application") => ActorKind::Application,
        Some("Service") => ActorKind::Service,
        _ => ActorKind::Person,
    }
}

/// `preferredUsername`, else the last part of the id.
fn name_of(fields: &Map<String, Value>, uri: &str) -> Option<String> {
    let last = || {
        uri.trim_end_matches('/')
            .rsplit('/')
            .next()
            .map(|part| part.trim_start_matches('@'))
    };
    let given = text(fields, "preferredUsername").filter(|name| handles::is_name(name));
    given
        .or_else(|| last().filter(|name| handles::is_name(name)))
        .map(str::to_owned)
}

/// Text without control characters and direction overrides, cut.
fn plain(text: &str, limit: usize) -> String {
    let odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}')
    };
    let clean: String = text.chars().filter(|c| !odd(*c)).take(limit).collect();
    clean.trim().to_owned()
}

fn note_of(fields: &Map<String, Value>) -> String {
    let given: String = text(fields, "summary")
        .unwrap_or_default()
        .chars()
        .take(MAX_SUMMARY)
        .collect();
    html::sanitize_foreign(&given)
}

/// The keys that name the actor as their owner and lie on its origin.
fn keys_of(fields: &Map<String, Value>, uri: &str) -> Vec<ListedKey> {
    each(fields.get("publicKey"))
        .take(MAX_KEYS)
        .filter_map(|key| {
            let id = key.get("id")?.as_str()?;
            let pem = key.get("publicKeyPem")?.as_str()?;
            let owned = key.get("owner").and_then(Value::as_str) == Some(uri);
            (owned && guard::same_origin(id, uri)).then(|| ListedKey {
                id: id.to_owned(),
                pem: pem.to_owned(),
            })
        })
        .collect()
}

/// The first Ed25519 key that the actor controls (FEP-521a).
fn multikey_of(fields: &Map<String, Value>, uri: &str) -> Option<String> {
    each(fields.get("assertionMethod"))
        .take(MAX_KEYS)
        .find_map(|key| {
            let multibase = key.get("publicKeyMultibase")?.as_str()?;
            let controlled = key.get("controller").and_then(Value::as_str) == Some(uri);
            (controlled && proof::decode(multibase).is_some()).then(|| multibase.to_owned())
        })
}

/// `PropertyValue`s as `{name, value}`, the value sanitised.
fn profile_fields(fields: &Map<String, Value>) -> Value {
    let rows: Vec<Value> = each(fields.get("attachment"))
        .filter(|row| row.get("type").and_then(Value::as_str) == Some("PropertyValue"))
        .take(MAX_FIELDS)
        .filter_map(|row| {
            let name = plain(row.get("name")?.as_str()?, MAX_NAME);
            let value: String = row.get("value")?.as_str()?.chars().take(2_000).collect();
            Some(json!({ "name": name, "value": html::sanitize_foreign(&value) }))
        })
        .collect();
    rows.into()
}

/// The address of a picture: an Image object, a Link, a text, or a list of them.
fn picture(fields: &Map<String, Value>, name: &str) -> Option<String> {
    each(fields.get(name)).find_map(|value| match value {
        Value::Object(image) => link(image, "url").or_else(|| link(image, "href")),
        Value::String(url) => guard::parse(url).map(|_| url.clone()),
        _ => None,
    })
}

fn community_of(fields: &Map<String, Value>) -> RemoteCommunity {
    let word = |name: &str| text(fields, name).unwrap_or_default();
    let locked = flag(fields, "manuallyApprovesFollowers");
    RemoteCommunity {
        purpose: purpose_of(fields),
        boundary: match word("communityVisibility") {
            "partners" => Boundary::Partners,
            "public" => Boundary::Public,
            // Lemmy's sign of a private community.
            _ if locked => Boundary::Partners,
            _ => Boundary::Public,
        },
        join_policy: match JoinPolicy::parse(word("joinPolicy")) {
            Some(policy) => policy,
            None if locked => JoinPolicy::Request,
            None => JoinPolicy::Open,
        },
        posting_policy: match word("postingPolicy") {
            "members" => PostingPolicy::Members,
            "stewards" | "moderators" => PostingPolicy::Stewards,
            _ if flag(fields, "postingRestrictedToMods") => PostingPolicy::Stewards,
            _ => PostingPolicy::Anyone,
        },
    }
}

/// The Markdown source where there is one, else the summary as text.
fn purpose_of(fields: &Map<String, Value>) -> String {
    let source = fields.get("source").and_then(Value::as_object);
    let markdown = source
        .filter(|s| text(s, "mediaType") == Some("text/markdown"))
        .and_then(|s| text(s, "content"));
    match markdown {
        Some(text) => text.chars().take(MAX_SUMMARY).collect(),
        None => html::to_text(&note_of(fields)),
    }
}

/// Stores what a document says, and has the software of its node looked up.
///
/// # Errors
/// `Unavailable`.
pub async fn store(fed: &Federation, document: Arc<ActorDocument>) -> Result<AccountId> {
    fed.app
        .db
        .write(move |tx| {
            let peer = peers::ensure(tx, &document.actor.domain)?;
            nodeinfo::look_up_later(tx, &peer)?;
            remote_accounts::put(tx, &document.actor)
        })
        .await
}

/// The actor of an address: as stored where that is allowed, else fetched and stored.
///
/// # Errors
/// `NotFound` where it is no actor; `Gone`; `Unavailable` where its node does not answer.
pub async fn actor(fed: &Federation, visit: &Visit, uri: &str) -> Result<AccountId> {
    let asked = uri.to_owned();
    if let Some(known) = fed
        .app
        .db
        .read(move |conn| accounts::find_by_uri(conn, &asked))
        .await?
    {
        refresh::refresh_later(fed, &known).await?;
        return Ok(known.id);
    }
    fetch_actor(fed, visit, uri).await
}

/// The actor of an address, fetched and stored anew.
///
/// # Errors
/// As [`actor`].
pub async fn fetch_actor(fed: &Federation, visit: &Visit, uri: &str) -> Result<AccountId> {
    let value = fetch::object(visit, uri).await?;
    store_value(fed, &value).await
}

/// Stores an actor document that was fetched from its id.
///
/// # Errors
/// `NotFound` where it is no actor; `Unavailable`.
pub async fn store_value(fed: &Federation, value: &Value) -> Result<AccountId> {
    let document =
        ActorDocument::read(value).map_err(|why| Error::from(FetchError::Unusable(why)))?;
    store(fed, Arc::new(document)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person() -> Value {
        json!({
            "id": "https://peer.example/users/alice", "type": "Person", "preferredUsername": "alice",
            "name": "Alice", "inbox": "https://peer.example/users/alice/inbox",
            "publicKey": {"id": "https://peer.example/users/alice#main-key", "owner": "https://peer.example/users/alice",
                          "publicKeyPem": "PEM"},
        })
    }

    fn with(mut value: Value, name: &str, field: Value) -> Value {
        value.as_object_mut().unwrap().insert(name.into(), field);
        value
    }

    #[test]
    fn what_is_needed_must_lie_on_the_actors_own_host() {
        assert!(ActorDocument::read(&person()).is_ok());
        for (name, bad) in [
            ("id", json!("x")),
            ("id", json!("https://127.0.0.1/a")),
            ("id", json!(null)),
            ("inbox", json!("https://other.example/inbox")),
            ("inbox", json!("http://peer.example/inbox")),
            ("inbox", json!(null)),
        ] {
            assert!(
                ActorDocument::read(&with(person(), name, bad.clone())).is_err(),
                "{name} {bad}"
            );
        }
        let elsewhere = with(
            person(),
            "endpoints",
            json!({"sharedInbox": "https://other.example/inbox"}),
        );
        assert_eq!(
            ActorDocument::read(&elsewhere)
                .unwrap()
                .actor
                .shared_inbox_url,
            None
        );
    }

    #[test]
    fn odd_forms_are_understood() {
        let value = with(person(), "type", json!(["Organization", "Person"]));
        let value = with(
            value,
            "icon",
            json!([{"type": "Image", "url": {"type": "Link", "href": "https://cdn.example/a.png"}}]),
        );
        let value = with(value, "image", json!(null));
        let value = with(
            value,
            "url",
            json!([{"href": "https://peer.example/@alice"}]),
        );
        let value = with(
            value,
            "summary",
            json!("<p onclick='x'>hi<script>x</script></p>"),
        );
        let value = with(
            value,
            "attachment",
            json!({"type": "PropertyValue", "name": "Site", "value": "<b>x</b><img>"}),
        );
        let read = ActorDocument::read(&value).unwrap().actor;
        assert_eq!(read.kind, ActorKind::Person);
        assert_eq!(read.avatar.as_deref(), Some("https://cdn.example/a.png"));
        assert_eq!(read.url, "https://peer.example/@alice");
        assert_eq!(read.note_html, "<p>hi</p>");
        assert_eq!(read.fields, r#"[{"name":"Site","value":"<b>x</b>"}]"#);
        assert_eq!(read.domain, "peer.example");
    }

    #[test]
    fn sig_22_one_of_several_keys_is_found_and_foreign_ones_are_not() {
        let key = |id: &str, owner: &str| json!({"id": id, "owner": owner, "publicKeyPem": id});
        let alice = "https://peer.example/users/alice";
        let value = with(
            person(),
            "publicKey",
            json!([
                key("https://peer.example/k1", alice),
                key("https://peer.example/k2", alice),
                key("https://peer.example/k3", "https://peer.example/users/bob"),
                key("https://other.example/k", alice)
            ]),
        );
        let read = ActorDocument::read(&value).unwrap();
        assert_eq!(
            read.key_pem("https://peer.example/k2"),
            Some("https://peer.example/k2")
        );
        for foreign in [
            "https://peer.example/k3",
            "https://other.example/k",
            "https://peer.example/k4",
        ] {
            assert_eq!(read.key_pem(foreign), None);
        }
        let read = read.with_primary_key("https://peer.example/k2");
        assert_eq!(
            read.actor.public_key_id.as_deref(),
            Some("https://peer.example/k2")
        );
    }

    #[test]
    fn groups_become_communities() {
        let group = with(
            with(person(), "type", json!("Group")),
            "summary",
            json!("<p>Robot cells</p>"),
        );
        let read = ActorDocument::read(&group)
            .unwrap()
            .actor
            .community
            .unwrap();
        assert_eq!(read.purpose, "Robot cells");
        assert_eq!(
            (read.boundary, read.join_policy),
            (Boundary::Public, JoinPolicy::Open)
        );
        let ours = with(
            with(group, "joinPolicy", json!("request")),
            "postingPolicy",
            json!("members"),
        );
        let read = ActorDocument::read(&ours).unwrap().actor.community.unwrap();
        assert_eq!(
            (read.join_policy, read.posting_policy),
            (JoinPolicy::Request, PostingPolicy::Members)
        );
        let private = with(ours, "manuallyApprovesFollowers", json!(true));
        assert_eq!(
            ActorDocument::read(&private)
                .unwrap()
                .actor
                .community
                .unwrap()
                .boundary,
            Boundary::Partners
        );
    }

    #[test]
    fn names_lose_what_could_deceive() {
        let value = with(person(), "name", json!("Al\u{202e}ice\n\u{200b}"));
        assert_eq!(
            ActorDocument::read(&value).unwrap().actor.display_name,
            "Alice"
        );
        let unnamed = with(person(), "preferredUsername", json!("a b"));
        assert_eq!(ActorDocument::read(&unnamed).unwrap().actor.name, "alice");
    }
}
