//! Mastodon `Filter`, `V1::Filter` and `FilterResult`: what a person filters, and what of it a post meets.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::time::{Time, rfc3339_ms};
use crate::model::words::FilterAction;
use crate::store::conn::Conn;
use crate::store::filtering::{self, Met};
use crate::store::filters::{self, Filter, Keyword, Post};

/// A filter without words and posts, as it stands in a result.
fn head(filter: &Filter) -> Value {
    let contexts: Vec<&str> = filter
        .contexts()
        .iter()
        .map(|context| context.as_str())
        .collect();
    json!({
        "id": filter.id.to_string(),
        "title": filter.title,
        "context": contexts,
        "expires_at": filter.expires_at.map(rfc3339_ms),
        "filter_action": filter.action.as_str(),
    })
}

/// A word of a filter.
pub(crate) fn keyword(row: &Keyword) -> Value {
    json!({ "id": row.id.to_string(), "keyword": row.keyword, "whole_word": row.whole_word })
}

/// A post of a filter.
pub(crate) fn post(row: &Post) -> Value {
    json!({ "id": row.id.to_string(), "status_id": row.post_id.to_string() })
}

/// Filters as Mastodon's version 2 shows them.
///
/// # Errors
/// `Internal` where the database fails.
pub(crate) fn entities(conn: &mut Conn, all: &[Filter]) -> Result<Vec<Value>> {
    let ids: Vec<i64> = all.iter().map(|filter| filter.id).collect();
    let (words, held) = (
        filters::list_keywords(conn, &ids)?,
        filters::list_posts(conn, &ids)?,
    );
    let one = |filter: &Filter| {
        let mut entity = head(filter);
        let words: Vec<Value> = words
            .iter()
            .filter(|row| row.filter_id == filter.id)
            .map(keyword)
            .collect();
        let held: Vec<Value> = held
            .iter()
            .filter(|row| row.filter_id == filter.id)
            .map(post)
            .collect();
        if let Some(object) = entity.as_object_mut() {
            object.insert("keywords".into(), words.into());
            object.insert("statuses".into(), held.into());
        }
        entity
    };
    Ok(all.iter().map(one).collect())
}

/// A word as Mastodon's version 1 shows it: a filter of its own.
pub(crate) fn version_1(row: &Keyword, filter: &Filter) -> Value {
    let contexts: Vec<&str> = filter
        .contexts()
        .iter()
        .map(|context| context.as_str())
        .collect();
    json!({
        "id": row.id.to_string(),
        "phrase": row.keyword,
        "context": contexts,
        "expires_at": filter.expires_at.map(rfc3339_ms),
        "irreversible": filter.action == FilterAction::Hide,
        "whole_word": row.whole_word,
    })
}

/// What of a reader's filters each of these posts meets; posts that meet none are absent.
///
/// # Errors
/// `Internal` where the database fails.
pub(super) fn results(
    conn: &mut Conn,
    me: AccountId,
    ids: &[PostId],
    now: Time,
) -> Result<HashMap<PostId, Value>> {
    let found = filtering::met(conn, me, ids, now)?;
    Ok(found
        .into_iter()
        .map(|(id, met)| (id, met.iter().map(|met| result(id, met)).collect()))
        .collect())
}

/// How a post meets a filter.
fn result(id: PostId, met: &Met) -> Value {
    json!({
        "filter": head(&met.filter),
        "keyword_matches": Some(&met.keywords).filter(|found| !found.is_empty()),
        "status_matches": met.named.then(|| [id.to_string()]),
    })
}
