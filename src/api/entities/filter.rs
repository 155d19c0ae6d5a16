//! Mastodon `Filter`, `V1::Filter` and `FilterResult`: what a person filters, and what of it a post meets.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::error::Result;
use crate::model::filter::occurs;
use crate::model::ids::{AccountId, PostId};
use crate::model::time::{Time, rfc3339_ms};
use crate::model::words::FilterAction;
use crate::store::conn::Conn;
use crate::store::filters::{self, Filter, Keyword, Post};
use crate::store::{marks, media, posts};

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

/// What of posts is searched for words, in small letters: warning, title, text, alt texts and choices of polls.
fn texts(conn: &mut Conn, ids: &[PostId]) -> Result<HashMap<PostId, String>> {
    let mut texts: HashMap<PostId, String> = posts::map(conn, ids)?
        .into_iter()
        .map(|(id, post)| {
            let text = format!("{}\n{}\n{}", post.spoiler, post.title, post.plain_text());
            (id, text)
        })
        .collect();
    for row in media::list_by_posts(conn, ids)? {
        if let Some(text) = row.post_id.and_then(|id| texts.get_mut(&id)) {
            text.push('\n');
            text.push_str(&row.description);
        }
    }
    for (poll, options) in marks::list_polls(conn, ids)? {
        if let Some(text) = texts.get_mut(&poll.post_id) {
            for option in options {
                text.push('\n');
                text.push_str(&option.title);
            }
        }
    }
    for text in texts.values_mut() {
        *text = text.to_lowercase();
    }
    Ok(texts)
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
    let all = filters::list_active(conn, me, now)?;
    if all.is_empty() {
        return Ok(HashMap::new());
    }
    let filter_ids: Vec<i64> = all.iter().map(|filter| filter.id).collect();
    let words = filters::list_keywords(conn, &filter_ids)?;
    let held = filters::list_posts(conn, &filter_ids)?;
    let texts = if words.is_empty() {
        HashMap::new()
    } else {
        texts(conn, ids)?
    };
    let mut found = HashMap::new();
    for id in ids {
        let text = texts.get(id).map_or("", String::as_str);
        let met: Vec<Value> = all
            .iter()
            .filter_map(|filter| result(filter, *id, text, &words, &held))
            .collect();
        if !met.is_empty() {
            found.insert(*id, Value::from(met));
        }
    }
    Ok(found)
}

/// How a post meets a filter, if it does.
fn result(
    filter: &Filter,
    id: PostId,
    text: &str,
    words: &[Keyword],
    held: &[Post],
) -> Option<Value> {
    let keywords: Vec<&str> = words
        .iter()
        .filter(|row| row.filter_id == filter.id)
        .filter(|row| occurs(text, &row.keyword, row.whole_word))
        .map(|row| row.keyword.as_str())
        .collect();
    let posts: Vec<String> = held
        .iter()
        .filter(|row| row.filter_id == filter.id && row.post_id == id)
        .map(|row| row.post_id.to_string())
        .collect();
    if keywords.is_empty() && posts.is_empty() {
        return None;
    }
    Some(json!({
        "filter": head(filter),
        "keyword_matches": Some(keywords).filter(|found| !found.is_empty()),
        "status_matches": Some(posts).filter(|found| !found.is_empty()),
    }))
}
