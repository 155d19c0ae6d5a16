//! Tolerant reading of ActivityStreams JSON. Peers write one value or a list, an object or its id, null or nothing; here
//! all of that means the same. Reading never fails for an odd field: what cannot be read is absent. Only the fixed keys
//! are read and no context is ever looked at or fetched, so no alias can smuggle anything in.

use serde_json::{Map, Value};

use crate::model::time::Time;

/// An object of ActivityStreams as JSON.
pub type Object = Map<String, Value>;

/// The full name of the public collection.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
/// Longest id that is taken, in bytes.
const MAX_ID: usize = 2048;

/// A value; null counts as absent.
pub fn get<'a>(object: &'a Object, key: &str) -> Option<&'a Value> {
    object.get(key).filter(|value| !value.is_null())
}

/// All values of a key, whether they came alone or in a list; nulls are left out.
pub fn as_list<'a>(object: &'a Object, key: &str) -> Vec<&'a Value> {
    match get(object, key) {
        None => Vec::new(),
        Some(Value::Array(values)) => values.iter().filter(|value| !value.is_null()).collect(),
        Some(value) => vec![value],
    }
}

/// The id of a thing given as text or as an object with an id (or, for links, an `href`).
pub fn id_of(value: &Value) -> Option<&str> {
    let text = match value {
        Value::String(text) => text.as_str(),
        Value::Object(object) => get(object, "id")
            .or_else(|| get(object, "href"))?
            .as_str()?,
        Value::Array(values) => return values.iter().find_map(id_of),
        _ => return None,
    };
    (!text.is_empty() && text.len() <= MAX_ID).then_some(text)
}

/// The first id under a key.
pub fn id<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    as_list(object, key).into_iter().find_map(id_of)
}

/// All ids under a key.
pub fn ids<'a>(object: &'a Object, key: &str) -> Vec<&'a str> {
    as_list(object, key).into_iter().filter_map(id_of).collect()
}

/// The first text under a key.
pub fn text<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    as_list(object, key)
        .into_iter()
        .find_map(Value::as_str)
        .filter(|text| !text.is_empty())
}

/// A yes or no under a key; everything else is absent.
pub fn flag(object: &Object, key: &str) -> Option<bool> {
    get(object, key)?.as_bool()
}

/// A count under a key: a whole number from 0, at most `i32::MAX`.
pub fn count(object: &Object, key: &str) -> Option<i32> {
    let number = get(object, key)?;
    let number = number.as_u64().or_else(|| number.as_str()?.parse().ok())?;
    Some(i32::try_from(number).unwrap_or(i32::MAX))
}

/// The first object under a key.
pub fn object<'a>(object: &'a Object, key: &str) -> Option<&'a Object> {
    as_list(object, key).into_iter().find_map(Value::as_object)
}

/// The type: the first one where there are several, without a prefix for ActivityStreams.
pub fn kind(object: &Object) -> &str {
    let name = text(object, "type").unwrap_or_default();
    name.strip_prefix("https://www.w3.org/ns/activitystreams#")
        .or_else(|| name.strip_prefix("as:"))
        .unwrap_or(name)
}

/// Whether an address is one of the three spellings of the public collection.
pub fn is_public(iri: &str) -> bool {
    matches!(iri, PUBLIC | "as:Public" | "Public")
}

/// A text that may come plain or by language (`content` and `contentMap`): the text, and its language where one is
/// named.
pub fn by_language<'a>(
    object: &'a Object,
    key: &str,
    map_key: &str,
) -> (Option<&'a str>, Option<&'a str>) {
    let map = get(object, map_key).and_then(Value::as_object);
    let named = map.and_then(|map| {
        map.iter()
            .find_map(|(tag, value)| Some((tag.as_str(), value.as_str()?)))
    });
    match (text(object, key), named) {
        (Some(plain), Some((_, _))) => {
            let same =
                map.and_then(|map| map.iter().find(|(_, value)| value.as_str() == Some(plain)));
            (
                Some(plain),
                same.map(|(tag, _)| tag.as_str())
                    .or(named.map(|(tag, _)| tag)),
            )
        }
        (Some(plain), None) => (Some(plain), None),
        (None, Some((tag, value))) => (Some(value), Some(tag)),
        (None, None) => (None, None),
    }
}

/// A moment under a key (RFC 3339, or without zone as UTC), never later than `now`.
pub fn time(object: &Object, key: &str, now: Time) -> Option<Time> {
    Some(parse_time(get(object, key)?.as_str()?)?.min(now))
}

/// A moment that may lie in the future, such as the end of a poll.
pub fn parse_time(text: &str) -> Option<Time> {
    let parsed = chrono::DateTime::parse_from_rfc3339(text)
        .map(|time| time.naive_utc())
        .or_else(|_| chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f"))
        .ok()?;
    let (first, last) = (
        chrono::NaiveDate::from_ymd_opt(1990, 1, 1)?,
        chrono::NaiveDate::from_ymd_opt(2200, 1, 1)?,
    );
    (parsed.date() >= first && parsed.date() < last).then_some(parsed)
}

pub use super::guard::{domain_of as authority, same_origin};

/// Whether a text can be the id of something on the web: absolute and sound to our strict reader.
pub fn is_web_id(iri: &str) -> bool {
    super::guard::parse(iri).is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object_of(value: Value) -> Object {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn one_a_list_an_object_and_an_id_mean_the_same() {
        for (value, ids_expected) in [
            (json!("https://a.example/1"), vec!["https://a.example/1"]),
            (json!(["https://a.example/1"]), vec!["https://a.example/1"]),
            (
                json!({"id": "https://a.example/1", "type": "Note"}),
                vec!["https://a.example/1"],
            ),
            (
                json!([{"id": "https://a.example/1"}, null, "https://a.example/2", 7]),
                vec!["https://a.example/1", "https://a.example/2"],
            ),
            (
                json!({"type": "Link", "href": "https://a.example/3"}),
                vec!["https://a.example/3"],
            ),
            (json!(null), vec![]),
            (json!(7), vec![]),
            (json!(""), vec![]),
            (json!([]), vec![]),
            (json!({"id": null}), vec![]),
        ] {
            let object = object_of(json!({ "x": value }));
            assert_eq!(ids(&object, "x"), ids_expected, "{object:?}");
            assert_eq!(id(&object, "x"), ids_expected.first().copied());
        }
        assert!(ids(&Object::new(), "x").is_empty());
    }

    #[test]
    fn odd_fields_are_absent_not_errors() {
        let odd = object_of(
            json!({"content": 7, "flag": "yes", "n": -3, "m": "12", "type": ["Note", "x"], "at": "soon"}),
        );
        assert_eq!(text(&odd, "content"), None);
        assert_eq!(flag(&odd, "flag"), None);
        assert_eq!((count(&odd, "n"), count(&odd, "m")), (None, Some(12)));
        assert_eq!(kind(&odd), "Note");
        assert_eq!(kind(&object_of(json!({"type": "as:Create"}))), "Create");
        assert_eq!(time(&odd, "at", Time::default()), None);
    }

    #[test]
    fn public_has_three_spellings() {
        assert!(["as:Public", "Public", PUBLIC].into_iter().all(is_public));
        assert!(!is_public("public") && !is_public("https://a.example/Public"));
    }

    #[test]
    fn the_language_is_that_of_the_text_shown() {
        let object = object_of(json!({"content": "b", "contentMap": {"en": "a", "nl": "b"}}));
        assert_eq!(
            by_language(&object, "content", "contentMap"),
            (Some("b"), Some("nl"))
        );
        let object = object_of(json!({"contentMap": {"fr": "c"}}));
        assert_eq!(
            by_language(&object, "content", "contentMap"),
            (Some("c"), Some("fr"))
        );
        let object = object_of(json!({"content": "d", "contentMap": null}));
        assert_eq!(
            by_language(&object, "content", "contentMap"),
            (Some("d"), None)
        );
    }

    #[test]
    fn times_are_read_leniently_and_never_lie_ahead() {
        let now = parse_time("2026-11-24T12:00:00Z").unwrap();
        for (text, expected) in [
            ("2026-11-24T08:00:00Z", Some("2026-11-24T08:00:00Z")),
            (
                "2026-11-24T09:00:00.123+01:00",
                Some("2026-11-24T08:00:00.123Z"),
            ),
            ("2026-11-24T08:00:00", Some("2026-11-24T08:00:00Z")),
            ("2999-01-01T00:00:00Z", None),
            ("2027-01-01T00:00:00Z", Some("2026-11-24T12:00:00Z")),
            ("0001-01-01T00:00:00Z", None),
            ("yesterday", None),
        ] {
            let object = object_of(json!({ "published": text }));
            assert_eq!(
                time(&object, "published", now),
                expected.and_then(parse_time),
                "{text}"
            );
        }
    }

    #[test]
    fn org_02_an_origin_is_scheme_host_and_port() {
        for (one, other, same) in [
            ("https://a.example/x", "https://a.example/y", true),
            ("https://a.example/x", "https://A.EXAMPLE:443/y", true),
            (
                "http://a.localhost:7401/x",
                "http://a.localhost:7402/x",
                false,
            ),
            ("http://a.example/x", "https://a.example/x", false),
            ("https://a.example/x", "https://a.example./x", false),
            ("https://a.example/x", "https://user@a.example/x", false),
            ("https://a.example/x", "https://b.a.example/x", false),
            ("javascript:alert(1)", "javascript:alert(1)", false),
            ("data:,x", "data:,x", false),
            ("/relative", "/relative", false),
            ("#x", "#x", false),
            ("", "", false),
        ] {
            assert_eq!(same_origin(one, other), same, "{one} {other}");
        }
        assert!(!is_web_id(&format!(
            "https://a.example/{}",
            "x".repeat(10_240)
        )));
        assert!(!is_web_id("https://a.example/a b") && is_web_id("https://a.example/a#b"));
        assert_eq!(
            authority("http://a.localhost:7401/x").as_deref(),
            Some("a.localhost:7401")
        );
        assert_eq!(
            authority("https://a.example:443/x").as_deref(),
            Some("a.example")
        );
    }
}
