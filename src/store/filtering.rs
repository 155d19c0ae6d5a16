//! What of a reader's filters posts meet: by words in what they say, or because the reader named them.

use std::collections::HashMap;

use super::conn::Conn;
use super::filters::{self, Filter, Keyword, Post};
use super::{marks, media, posts};
use crate::error::Result;
use crate::model::filter::occurs;
use crate::model::ids::{AccountId, PostId};
use crate::model::time::Time;

/// A filter that a post meets, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// The filter.
    pub filter: Filter,
    /// Its words that occur.
    pub keywords: Vec<String>,
    /// Whether it names the post itself.
    pub named: bool,
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
pub fn met(
    conn: &mut Conn,
    reader: AccountId,
    ids: &[PostId],
    now: Time,
) -> Result<HashMap<PostId, Vec<Met>>> {
    let all = filters::list_active(conn, reader, now)?;
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
        let met: Vec<Met> = all
            .iter()
            .filter_map(|filter| one(filter, *id, text, &words, &held))
            .collect();
        if !met.is_empty() {
            found.insert(*id, met);
        }
    }
    Ok(found)
}

/// How a post meets a filter, if it does.
fn one(filter: &Filter, id: PostId, text: &str, words: &[Keyword], held: &[Post]) -> Option<Met> {
    let keywords: Vec<String> = words
        .iter()
        .filter(|row| row.filter_id == filter.id)
        .filter(|row| occurs(text, &row.keyword, row.whole_word))
        .map(|row| row.keyword.clone())
        .collect();
    let named = held
        .iter()
        .any(|row| row.filter_id == filter.id && row.post_id == id);
    (named || !keywords.is_empty()).then(|| Met {
        filter: filter.clone(),
        keywords,
        named,
    })
}
