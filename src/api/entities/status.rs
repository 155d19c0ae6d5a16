//! Mastodon `Status`: the part that is the same for every reader, made for a batch of posts at once.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::{content, media as media_entity, tag};
use crate::app::rendered::{PostPiece, Quoted};
use crate::config::Config;
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::quote::Terms;
use crate::model::time::rfc3339_ms;
use crate::model::words::{Audience, Kind, QuoteState, Visibility};
use crate::store::account_limits;
use crate::store::accounts::Account;
use crate::store::conn::Conn;
use crate::store::media::Media;
use crate::store::posts::Post;
use crate::store::{accounts, marks, media, oauth, posts, quotes};

/// What is shown where it does not depend on the reader, author and poll apart.
#[derive(Serialize)]
struct Json<'a> {
    id: String,
    created_at: String,
    edited_at: Option<String>,
    in_reply_to_id: Option<String>,
    in_reply_to_account_id: Option<String>,
    sensitive: bool,
    spoiler_text: &'a str,
    visibility: &'a str,
    language: Option<&'a str>,
    uri: &'a str,
    url: Option<&'a str>,
    replies_count: i32,
    reblogs_count: i32,
    favourites_count: i32,
    quotes_count: i64,
    content: String,
    application: Option<Value>,
    media_attachments: Vec<Value>,
    mentions: Vec<Value>,
    tags: Vec<Value>,
    emojis: [(); 0],
    card: Value,
    local_only: bool,
}

/// What belongs to a batch of posts.
struct Parts {
    accounts: HashMap<AccountId, Account>,
    mentions: HashMap<PostId, Vec<AccountId>>,
    tags: HashMap<PostId, Vec<String>>,
    media: HashMap<PostId, Vec<Media>>,
    polls: Vec<PostId>,
    accepted_of: HashMap<PostId, Vec<PostId>>,
    accepted: Vec<PostId>,
    apps: HashMap<i64, Value>,
    /// What the posts quote, with the page of that.
    quotes: HashMap<PostId, (Quoted, Option<String>)>,
    /// How often they are quoted.
    quoted: HashMap<PostId, i64>,
    terms: HashMap<PostId, Terms>,
    sensitized: Vec<AccountId>,
}

fn grouped<K: std::hash::Hash + Eq, V>(
    rows: impl IntoIterator<Item = (K, V)>,
) -> HashMap<K, Vec<V>> {
    let mut map: HashMap<K, Vec<V>> = HashMap::new();
    for (key, value) in rows {
        map.entry(key).or_default().push(value);
    }
    map
}

impl Parts {
    fn load(conn: &mut Conn, batch: &[Post]) -> Result<Self> {
        let ids: Vec<PostId> = batch.iter().map(|post| post.id).collect();
        let mentions = grouped(posts::list_mentions(conn, &ids)?);
        let mut wanted: Vec<AccountId> = mentions.values().flatten().copied().collect();
        wanted.extend(batch.iter().filter_map(|post| post.community_id));
        let authors: Vec<AccountId> = batch.iter().map(|post| post.author_id).collect();
        wanted.extend(&authors);
        wanted.sort_unstable();
        wanted.dedup();
        let of_kind = |kind: Kind| {
            batch
                .iter()
                .filter(|post| post.kind == kind)
                .map(|post| post.id)
                .collect::<Vec<_>>()
        };
        let (questions, answers) = (of_kind(Kind::Question), of_kind(Kind::Answer));
        let audiences: Vec<(PostId, Audience)> =
            batch.iter().map(|post| (post.id, post.audience)).collect();
        let mut app_ids: Vec<i64> = batch.iter().filter_map(|post| post.app_id).collect();
        app_ids.sort_unstable();
        app_ids.dedup();
        Ok(Self {
            accounts: accounts::map(conn, &wanted)?,
            mentions,
            tags: grouped(
                posts::list_tags(conn, &ids)?
                    .into_iter()
                    .map(|(post, folded, _)| (post, folded)),
            ),
            sensitized: account_limits::sensitized_among(conn, &authors)?,
            media: grouped(
                media::list_by_posts(conn, &ids)?
                    .into_iter()
                    .filter_map(|row| Some((row.post_id?, row))),
            ),
            polls: marks::list_polls(conn, &ids)?
                .into_iter()
                .map(|(poll, _)| poll.post_id)
                .collect(),
            accepted_of: if questions.is_empty() {
                HashMap::new()
            } else {
                let rows = posts::list_told_acceptances(conn, &questions)?;
                grouped(rows.into_iter().map(|row| (row.question_id, row.answer_id)))
            },
            accepted: if answers.is_empty() {
                Vec::new()
            } else {
                posts::list_accepted(conn, &answers)?
            },
            quotes: made(conn, batch, &ids)?,
            quoted: quotes::count_told(conn, &audiences)?,
            terms: quotes::list_terms(conn, &ids)?,
            apps: if app_ids.is_empty() {
                HashMap::new()
            } else {
                apps(conn, &app_ids)?
            },
        })
    }
}

/// The quotes that posts make. Of others' posts only those that hold are told; the rest is nothing but a link.
fn made(
    conn: &mut Conn,
    batch: &[Post],
    ids: &[PostId],
) -> Result<HashMap<PostId, (Quoted, Option<String>)>> {
    let rows = quotes::list_of_posts(conn, ids)?;
    let local = |id: PostId| batch.iter().any(|post| post.id == id && post.local);
    let linked: Vec<PostId> = rows
        .iter()
        .filter(|row| local(row.post_id))
        .filter(|row| matches!(row.state, QuoteState::Pending | QuoteState::Accepted))
        .filter_map(|row| row.quoted_id)
        .collect();
    let pages = if linked.is_empty() {
        HashMap::new()
    } else {
        posts::map(conn, &linked)?
    };
    Ok(rows
        .into_iter()
        .filter(|row| local(row.post_id) || row.state != QuoteState::Pending)
        .map(|row| {
            let page = row
                .quoted_id
                .filter(|id| linked.contains(id) && local(row.post_id))
                .and_then(|id| pages.get(&id))
                .filter(|post| post.deleted_at.is_none());
            let quote = Quoted {
                id: row.quoted_id,
                state: row.state,
            };
            (row.post_id, (quote, page.map(|post| post.url.clone())))
        })
        .collect())
}

fn apps(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, Value>> {
    let rows = oauth::list_apps(conn, ids)?;
    Ok(rows
        .into_iter()
        .map(|app| (app.id, json!({ "name": app.name, "website": app.website })))
        .collect())
}

/// The visibility that clients know for an audience. Members-only is shown as `private`.
pub(crate) fn visibility(post: &Post) -> Visibility {
    match post.audience {
        Audience::Public | Audience::Node => post.visibility,
        Audience::Members | Audience::Followers => Visibility::Private,
        Audience::Mentioned => Visibility::Direct,
    }
}

/// One `cordee` object (contract 5, end).
fn cordee(post: &Post, parts: &Parts) -> Value {
    let community = post
        .community_id
        .and_then(|id| parts.accounts.get(&id))
        .map(|community| {
            json!({
                "id": community.id.to_string(),
                "acct": community.acct(),
                "title": community.shown_name(),
                "url": community.url,
            })
        });
    let question = post.question_state.map(|state| {
        let accepted: Vec<String> = parts
            .accepted_of
            .get(&post.id)
            .into_iter()
            .flatten()
            .map(ToString::to_string)
            .collect();
        json!({ "state": state.as_str(), "accepted": accepted })
    });
    let fields: Value = serde_json::from_str(&post.fields).unwrap_or_else(|_| json!({}));
    json!({
        "kind": post.kind.as_str(),
        "title": post.title,
        "boundary": post.boundary.as_str(),
        "community": community,
        "question": question,
        "accepted": parts.accepted.contains(&post.id),
        "freshness": null,
        "uses": 0,
        "fields": fields,
    })
}

/// The mentions of a post as entities.
fn mentions(post: &Post, parts: &Parts) -> Vec<Value> {
    let ids = parts.mentions.get(&post.id).into_iter().flatten();
    ids.filter_map(|id| parts.accounts.get(id))
        .map(|account| {
            json!({
                "id": account.id.to_string(),
                "username": account.name,
                "url": account.url,
                "acct": account.acct(),
            })
        })
        .collect()
}

fn attachments(base: &str, post: &Post, parts: &Parts) -> Vec<Value> {
    let rows = parts.media.get(&post.id).into_iter().flatten();
    rows.map(|row| media_entity::entity(base, row)).collect()
}

fn tags(base: &str, post: &Post, parts: &Parts) -> Vec<Value> {
    let words = parts.tags.get(&post.id).into_iter().flatten();
    words
        .map(|folded| json!({ "name": folded, "url": tag::url(base, folded) }))
        .collect()
}

fn piece(base: &str, config: &Config, post: &Post, parts: &Parts) -> Result<PostPiece> {
    let author = parts
        .accounts
        .get(&post.author_id)
        .map_or("", |account| account.shown_name());
    let quote = parts.quotes.get(&post.id);
    let page = quote.and_then(|(_, page)| page.as_deref());
    let shown = content::of(post, author, page, config);
    let visibility = visibility(post);
    let json = Json {
        id: post.id.to_string(),
        created_at: rfc3339_ms(post.created_at),
        edited_at: post.edited_at.map(rfc3339_ms),
        in_reply_to_id: post.parent_id.map(|id| id.to_string()),
        in_reply_to_account_id: post.parent_author_id.map(|id| id.to_string()),
        sensitive: post.sensitive
            || (parts.media.contains_key(&post.id) && parts.sensitized.contains(&post.author_id)),
        spoiler_text: &post.spoiler,
        visibility: visibility.as_str(),
        language: post
            .language
            .as_deref()
            .filter(|language| !language.is_empty()),
        uri: &post.uri,
        url: Some(post.url.as_str()).filter(|url| !url.is_empty()),
        replies_count: post.replies_count.max(0),
        reblogs_count: post.boosts_count.max(0),
        favourites_count: post.favourites_count.max(0),
        quotes_count: parts.quoted.get(&post.id).copied().unwrap_or(0),
        content: shown.content,
        application: post.app_id.and_then(|id| parts.apps.get(&id).cloned()),
        media_attachments: attachments(base, post, parts),
        mentions: mentions(post, parts),
        tags: tags(base, post, parts),
        emojis: [],
        card: shown.card,
        local_only: post.local_only,
    };
    let url = serde_json::to_string(&json.url)?;
    let mut bytes = serde_json::to_vec(&json)?;
    bytes.pop();
    Ok(PostPiece {
        json: bytes.into(),
        cordee: serde_json::to_vec(&cordee(post, parts))?.into(),
        url: url.into(),
        author: post.author_id,
        root: post.root_id,
        visibility,
        has_poll: parts.polls.contains(&post.id),
        quote: quote.map(|(quote, _)| *quote),
        audience: post.audience,
        terms: parts
            .terms
            .get(&post.id)
            .copied()
            .unwrap_or_else(|| quotes::unsaid(post.local)),
    })
}

/// The pieces of a batch of posts, in its order.
///
/// # Errors
/// `Internal` where the database or the writing fails.
pub(super) fn pieces(
    conn: &mut Conn,
    base: &str,
    config: &Config,
    batch: &[Post],
) -> Result<Vec<PostPiece>> {
    let parts = Parts::load(conn, batch)?;
    batch
        .iter()
        .map(|post| piece(base, config, post, &parts))
        .collect()
}
