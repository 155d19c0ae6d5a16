//! The few fields of an activity that decide whether it is taken in at all, read from the fixed keys only: no context
//! is fetched or applied, aliases mean nothing.

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::guard;
use crate::model::peer::Act;

/// Deepest nesting of a body.
const MAX_DEPTH: u32 = 64;
/// Longest id.
const MAX_ID: usize = 2048;

/// Types that are worked on; others are answered 202 and forgotten.
const KNOWN: &[&str] = &[
    "Accept",
    "Add",
    "Announce",
    "Block",
    "ChooseAnswer",
    "Create",
    "Delete",
    "Dislike",
    "EmojiReact",
    "Flag",
    "Follow",
    "Invite",
    "Join",
    "Leave",
    "Like",
    "Lock",
    "Move",
    "QuoteRequest",
    "Reject",
    "Remove",
    "Undo",
    "Update",
];

/// An object whose keys are unique: of two equal ones, one part of a program would read the first, another the last.
struct Unique(Map<String, Value>);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Map<String, Value>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut found = Map::new();
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    if found.insert(key, value).is_some() {
                        return Err(A::Error::custom("a key comes twice"));
                    }
                }
                Ok(found)
            }
        }
        deserializer.deserialize_map(Keys).map(Self)
    }
}

/// Whether a text in it would hold a NUL character, which PostgreSQL cannot store. Looked at before any parser.
pub(super) fn has_nul(body: &[u8]) -> bool {
    body.windows(6).any(|six| six == b"\\u0000")
}

/// Whether brackets nest at most [`MAX_DEPTH`] deep; looked at before any parser recurses.
fn is_shallow(body: &[u8]) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    for byte in body {
        match (quoted, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => quoted = !quoted,
            (false, b'{' | b'[') => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return false;
                }
            }
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    true
}

/// The id in a value that is an id, an object with one, or a list of one such.
pub fn id_of(value: &Value) -> Option<&str> {
    match value {
        Value::String(id) => Some(id),
        Value::Object(object) => object.get("id").and_then(Value::as_str),
        Value::Array(list) => match list.as_slice() {
            [one] if !one.is_array() => id_of(one),
            _ => None,
        },
        _ => None,
    }
}

/// The type of an object; the first text of a list.
pub fn type_of(object: &Map<String, Value>) -> Option<&str> {
    match object.get("type")? {
        Value::String(word) => Some(word),
        Value::Array(list) => list.iter().find_map(Value::as_str),
        _ => None,
    }
}

/// What an activity says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    /// Its id.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// Who claims to have done it.
    pub actor: String,
    /// All of it.
    pub fields: Map<String, Value>,
}

impl Envelope {
    /// Reads a body.
    ///
    /// # Errors
    /// What is wrong with it, for its sender.
    pub fn read(body: &[u8]) -> Result<Self, &'static str> {
        if !is_shallow(body) {
            return Err("the body is nested too deeply");
        }
        if has_nul(body) {
            return Err("the body holds a NUL character");
        }
        let Unique(fields) = serde_json::from_slice(body)
            .map_err(|_why| "the body is no JSON object with unique keys")?;
        let kind = type_of(&fields)
            .ok_or("the activity has no type")?
            .to_owned();
        let actor = fields
            .get("actor")
            .and_then(id_of)
            .ok_or("the activity names no actor")?
            .to_owned();
        let id = fields
            .get("id")
            .and_then(Value::as_str)
            .ok_or("the activity has no id")?
            .to_owned();
        let sound = |text: &str| text.len() <= MAX_ID && guard::parse(text).is_some();
        if !sound(&id) || !sound(&actor) {
            return Err("id or actor is not a web address");
        }
        Ok(Self {
            id,
            kind,
            actor,
            fields,
        })
    }

    /// Whether the type is one that is worked on.
    pub fn is_known(&self) -> bool {
        KNOWN.contains(&self.kind.as_str())
    }

    /// The id of its object.
    pub fn object_id(&self) -> Option<&str> {
        self.fields.get("object").and_then(id_of)
    }

    /// Its object where it is embedded.
    pub fn object(&self) -> Option<&Map<String, Value>> {
        match self.fields.get("object")? {
            Value::Object(object) => Some(object),
            Value::Array(list) => match list.as_slice() {
                [Value::Object(object)] => Some(object),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether an actor removes itself.
    pub fn is_self_delete(&self) -> bool {
        self.kind == "Delete" && self.object_id() == Some(self.actor.as_str())
    }

    /// What the peer modes see in it. `base` is our own address; `is_follow` says whether an id is that of a Follow
    /// known here.
    pub fn act(&self, base: &str, is_follow: bool) -> Act {
        let inner = self.object().and_then(type_of);
        let about_itself = self.object_id() == Some(self.actor.as_str());
        let ours = |id: &str| guard::same_origin(id, base);
        match self.kind.as_str() {
            "Follow" => Act::Follow,
            "Undo" if inner == Some("Follow") || (inner.is_none() && is_follow) => Act::Follow,
            "Accept" | "Reject" => {
                let follower = self
                    .object()
                    .filter(|_| matches!(inner, Some("Follow" | "QuoteRequest")))
                    .and_then(|f| id_of(f.get("actor")?));
                let by_id = self.object().is_none() && self.object_id().is_some_and(ours);
                if by_id || follower.is_some_and(ours) {
                    Act::AnswerToOurFollow
                } else {
                    Act::Other
                }
            }
            "Update" | "Delete" | "Move" if about_itself => Act::OwnActor,
            "Block" => Act::OwnActor,
            _ => Act::Other,
        }
    }

    /// Whether what a Create or Update carries is its actor's to send: on the same origin and, in a Create, not
    /// attributed to somebody else. Finer checks need the database and are made when it is worked on.
    ///
    /// # Errors
    /// What is wrong, for the sender.
    pub fn carries_its_own(&self) -> Result<(), &'static str> {
        if !matches!(self.kind.as_str(), "Create" | "Update") {
            return Ok(());
        }
        let Some(object) = self.object() else {
            return Ok(());
        };
        let id = object
            .get("id")
            .and_then(Value::as_str)
            .ok_or("the object has no id")?;
        if !guard::same_origin(id, &self.actor) {
            return Err("the object lies on another host than its actor");
        }
        let authors = object.get("attributedTo").or_else(|| object.get("actor"));
        let named = match authors {
            Some(Value::Array(list)) => list
                .iter()
                .any(|one| id_of(one) == Some(self.actor.as_str())),
            Some(Value::Null) | None => true,
            Some(one) => id_of(one) == Some(self.actor.as_str()),
        };
        if self.kind == "Create" && !named {
            return Err("the object is attributed to somebody else");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const BASE: &str = "https://node.example";

    fn activity(kind: &str, object: impl Into<Value>) -> Envelope {
        let body = json!({"id": "https://peer.example/1", "type": kind, "actor": "https://peer.example/u", "object": object.into()});
        Envelope::read(body.to_string().as_bytes()).unwrap()
    }

    /// ORG-14, ORG-22, RES-02.
    #[test]
    fn garbage_is_refused() {
        let deep = format!(
            r#"{{"id":"https://a.example/1","type":"Like","actor":"https://a.example/u","x":{}{}}}"#,
            "[".repeat(2000),
            "]".repeat(2000)
        );
        for bad in [
            "",
            "[]",
            "null",
            "{\"type\":",
            "\"\"",
            "{\"actor\":1,\"type\":2,\"id\":3}",
            &"[".repeat(100_000),
            &deep,
            r#"{"id":"https://a.example/1","type":"Like","actor":"https://a.example/u","actor":"https://b.example/u"}"#,
            r#"{"id":"https://a.example/1","type":"Like","actor":"https://a.example/u"} x"#,
            r#"{"id":"https://a.example/1","type":"Like","actor":"https://a.example/u","n":1e400}"#,
            r#"{"id":"https://a.example/1","type":"Like","actor":"https://a.example/u","s":"\ud800"}"#,
            r#"{"type":"Like","actor":"https://a.example/u"}"#,
            r#"{"id":null,"type":"Like","actor":"https://a.example/u"}"#,
            r#"{"id":"javascript:x","type":"Like","actor":"https://a.example/u"}"#,
            r##"{"id":"#x","type":"Like","actor":"https://a.example/u"}"##,
            r#"{"id":"https://a.example/1","type":"Like","actor":"https://127.0.0.1/u"}"#,
            r#"{"@id":"https://a.example/1","@type":"Like","actor":"https://a.example/u"}"#,
        ] {
            assert!(
                Envelope::read(bad.as_bytes()).is_err(),
                "{}",
                bad.get(..bad.len().min(80)).unwrap()
            );
        }
        assert!(Envelope::read(b"\xff\xfe").is_err());
        assert!(Envelope::read(b"\xef\xbb\xbf{}").is_err());
    }

    #[test]
    fn an_actor_may_be_embedded_or_in_a_list_of_one() {
        for actor in [
            json!("https://a.example/u"),
            json!({"id": "https://a.example/u"}),
            json!(["https://a.example/u"]),
        ] {
            let body =
                json!({"id": "https://a.example/1", "type": ["Like"], "actor": actor}).to_string();
            let read = Envelope::read(body.as_bytes()).unwrap();
            assert_eq!(
                (read.actor.as_str(), read.kind.as_str()),
                ("https://a.example/u", "Like")
            );
        }
    }

    #[test]
    fn brackets_in_strings_do_not_count() {
        let text = "[".repeat(500);
        let body = json!({"id": "https://a.example/1", "type": "Like", "actor": "https://a.example/u", "s": format!("\"\\{text}")});
        assert!(Envelope::read(body.to_string().as_bytes()).is_ok());
    }

    #[test]
    fn acts_are_told_apart() {
        let follow = |actor: &str| json!({"type": "Follow", "actor": actor, "object": "https://peer.example/u"});
        for (kind, object, act) in [
            ("Follow", json!("https://node.example/c/pumps"), Act::Follow),
            ("Undo", follow("https://peer.example/u"), Act::Follow),
            ("Undo", json!({"type": "Like"}), Act::Other),
            (
                "Accept",
                follow("https://node.example/users/karim"),
                Act::AnswerToOurFollow,
            ),
            (
                "Reject",
                json!("https://node.example/activities/1"),
                Act::AnswerToOurFollow,
            ),
            ("Accept", follow("https://third.example/u"), Act::Other),
            ("Accept", json!("https://third.example/f/1"), Act::Other),
            (
                "Update",
                json!({"id": "https://peer.example/u", "type": "Person"}),
                Act::OwnActor,
            ),
            ("Delete", json!("https://peer.example/u"), Act::OwnActor),
            ("Delete", json!("https://peer.example/notes/1"), Act::Other),
            (
                "Block",
                json!("https://node.example/users/karim"),
                Act::OwnActor,
            ),
            (
                "Create",
                json!({"id": "https://peer.example/n", "type": "Note"}),
                Act::Other,
            ),
            ("Like", json!("https://node.example/posts/1"), Act::Other),
        ] {
            assert_eq!(
                activity(kind, object.clone()).act(BASE, false),
                act,
                "{kind} {object}"
            );
        }
        assert_eq!(
            activity("Undo", json!("https://peer.example/f/1")).act(BASE, true),
            Act::Follow
        );
        assert_eq!(
            activity("Undo", json!("https://peer.example/f/1")).act(BASE, false),
            Act::Other
        );
    }

    #[test]
    fn org_07_24_what_is_carried_must_be_the_actors_own() {
        let note =
            |id: &str, author: Value| json!({"id": id, "type": "Note", "attributedTo": author});
        let own = "https://peer.example/n/1";
        assert!(
            activity("Create", note(own, json!("https://peer.example/u")))
                .carries_its_own()
                .is_ok()
        );
        assert!(
            activity(
                "Create",
                note(own, json!([{"id": "https://peer.example/u"}]))
            )
            .carries_its_own()
            .is_ok()
        );
        for bad in [
            note(
                "https://node.example/posts/1",
                json!("https://peer.example/u"),
            ),
            note("https://third.example/n/1", json!("https://peer.example/u")),
            note("http://peer.example/n/1", json!("https://peer.example/u")),
            note(own, json!("https://peer.example/other")),
            note(own, json!({"id": "https://node.example/users/karim"})),
            json!({"type": "Note", "attributedTo": "https://peer.example/u"}),
        ] {
            assert!(
                activity("Create", bad.clone()).carries_its_own().is_err(),
                "{bad}"
            );
        }
    }
}
