//! Mastodon `Tag`.

use serde_json::{Value, json};

/// The page of a tag: what `tags[].url` and the links in posts share.
pub(crate) fn url(base: &str, folded: &str) -> String {
    format!("{base}/tags/{folded}")
}

/// A tag; `following` only where somebody asks.
pub(crate) fn entity(base: &str, folded: &str, following: Option<bool>) -> Value {
    let mut tag = json!({ "id": folded, "name": folded, "url": url(base, folded), "history": [] });
    if let (Some(following), Some(object)) = (following, tag.as_object_mut()) {
        object.insert("following".into(), json!(following));
        object.insert("featuring".into(), json!(false));
    }
    tag
}
