//! Reading posts of other nodes, leniently: whatever is odd is left out, whatever is too much is cut or refused. What
//! comes out is clean; what it means is decided in `actions`.

use serde_json::Value;

use super::quotes;
use super::remote_parts::{attachments, language, links, page_of, poll, tagged};
use crate::actions::receive_post::{RemoteMedia, RemotePoll};
use crate::federation::normalize::{self, Object, by_language, id, ids, is_public, text};
use crate::model::post::{Fields, MAX_FIELD, MAX_TITLE};
use crate::model::text::html::{escape, sanitize_foreign, to_text};
use crate::model::text::markdown::{Links, render};
use crate::model::text::quote_link;
use crate::model::time::Time;
use crate::model::words::{Kind, Visibility};

/// Most recipients that are read; ten times as many are too much.
const RECIPIENTS: usize = 200;
/// Largest text, in bytes: more is refused, never cut in the middle of what somebody says.
const MAX_HTML: usize = 400_000;
/// Longest content warning, in characters.
const MAX_SPOILER: usize = 500;
/// Accepted answers that are read.
const MAX_ACCEPTED: usize = 10;

/// Why an object is not taken for a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Its type is none of a post.
    #[error("not a post")]
    NotAPost,
    /// It has no usable id.
    #[error("no usable id")]
    NoId,
    /// Mentions, tags, recipients or text without measure.
    #[error("too much of something")]
    TooMuch,
}

/// A post as its document says, with addresses where the database has ids.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// ActivityPub id.
    pub uri: String,
    /// Address of its page.
    pub url: String,
    /// What it says it is.
    pub kind: Option<Kind>,
    /// Title, plain text.
    pub title: String,
    /// Sanitised HTML.
    pub html: String,
    /// Markdown, where given as such.
    pub source: String,
    /// Fields of its kind.
    pub fields: Fields,
    /// Content warning, plain text.
    pub spoiler: String,
    /// Whether media are hidden at first.
    pub sensitive: bool,
    /// ISO 639.
    pub language: Option<String>,
    /// `to`, then `cc`.
    pub recipients: Vec<String>,
    /// Whether the public is among `to`, among `cc`, or not at all.
    pub openness: Openness,
    /// The community it says it is for.
    pub audience: Option<String>,
    /// What it replies to.
    pub in_reply_to: Option<String>,
    /// The thread that it says it is in, an address or a `tag:`.
    pub context: Option<String>,
    /// Whom it mentions, by id.
    pub mentions: Vec<String>,
    /// Tags as written.
    pub tags: Vec<String>,
    /// Attachments.
    pub media: Vec<RemoteMedia>,
    /// Its poll.
    pub poll: Option<RemotePoll>,
    /// When it was written.
    pub created_at: Time,
    /// When it was changed.
    pub edited_at: Option<Time>,
    /// Answers that the asker's node names as accepted.
    pub accepted: Vec<String>,
    /// What it quotes.
    pub quote: Option<String>,
    /// The consent that it names.
    pub quote_stamp: Option<String>,
    /// Who may quote it, at once and on request, where it says so.
    pub can_quote: Option<(Vec<String>, Vec<String>)>,
    /// The choice it names, where it is a vote in a poll.
    pub vote: Option<String>,
}

/// Where the public stands in an addressing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Openness {
    /// In `to`.
    Public,
    /// In `cc`.
    Unlisted,
    /// Nowhere.
    Closed,
}

impl Parsed {
    /// The visibility as clients know it, given the collection of the author's followers.
    pub fn visibility(&self, followers: Option<&str>) -> Visibility {
        match self.openness {
            Openness::Public => Visibility::Public,
            Openness::Unlisted => Visibility::Unlisted,
            Openness::Closed => {
                let for_followers =
                    followers.is_some_and(|list| self.recipients.iter().any(|iri| iri == list));
                if for_followers {
                    Visibility::Private
                } else {
                    Visibility::Direct
                }
            }
        }
    }

    /// Whether it says nothing about who may read it, rather than that hardly anybody may.
    pub fn names_no_reader(&self) -> bool {
        self.openness == Openness::Closed && self.recipients.is_empty()
    }

    /// The text without markup.
    pub fn plain(&self) -> String {
        to_text(&self.html)
    }
}

/// Whether `actor` alone stands for the object: `attributedTo` is this very actor; a list may hold nothing besides but
/// Groups (as `PeerTube` writes it).
pub fn is_by(object: &Object, actor: &str) -> bool {
    let authors = normalize::as_list(object, "attributedTo");
    let is_group = |value: &Value| {
        value
            .as_object()
            .is_some_and(|part| normalize::kind(part) == "Group")
    };
    let named = |value: &Value| normalize::id_of(value) == Some(actor) && !is_group(value);
    authors.iter().any(|value| named(value))
        && authors.iter().all(|value| named(value) || is_group(value))
}

/// Reads a post. `outer` is the activity around it, whose addressing counts where the object has none.
///
/// # Errors
/// [`Unreadable`].
pub fn parse(object: &Object, outer: Option<&Object>, now: Time) -> Result<Parsed, Unreadable> {
    let kind = normalize::kind(object);
    if !matches!(
        kind,
        "Note" | "Article" | "Page" | "Event" | "Question" | "Video"
    ) {
        return Err(Unreadable::NotAPost);
    }
    let uri = id(object, "id")
        .filter(|uri| normalize::is_web_id(uri))
        .ok_or(Unreadable::NoId)?
        .to_owned();
    let (recipients, openness) = addressed(object, outer)?;
    let (content, tagged_language) = by_language(object, "content", "contentMap");
    if content.is_some_and(|text| text.len() > MAX_HTML) {
        return Err(Unreadable::TooMuch);
    }
    let source = source(object);
    let (spoiler, teaser) = summary(object, kind);
    let quote = quotes::read(object).filter(|quoted| *quoted != uri);
    let html = html(object, content, &source, teaser);
    let html = linked(html, quote.as_deref());
    let (mentions, tags) = tagged(object)?;
    let in_reply_to = id(object, "inReplyTo").map(str::to_owned);
    let name = by_language(object, "name", "nameMap").0;
    let is_vote = kind == "Note" && content.is_none() && in_reply_to.is_some();
    let created_at = normalize::time(object, "published", now).unwrap_or(now);
    Ok(Parsed {
        url: page_of(object, &uri),
        kind: said_kind(object, kind),
        title: title(name),
        html,
        source,
        fields: fields(object, kind),
        sensitive: normalize::flag(object, "sensitive").unwrap_or(false) || !spoiler.is_empty(),
        spoiler,
        language: language(object, tagged_language),
        audience: id(object, "audience")
            .or_else(|| outer.and_then(|outer| id(outer, "audience")))
            .map(str::to_owned),
        mentions,
        tags,
        media: attachments(object)?,
        poll: poll(object, kind)?,
        edited_at: normalize::time(object, "updated", now).filter(|at| *at >= created_at),
        created_at,
        accepted: ids(object, "acceptedAnswer")
            .into_iter()
            .take(MAX_ACCEPTED)
            .map(str::to_owned)
            .collect(),
        quote_stamp: id(object, "quoteAuthorization").map(str::to_owned),
        context: context(object),
        can_quote: quotes::policy(object),
        vote: name.filter(|_| is_vote).map(str::to_owned),
        in_reply_to,
        recipients,
        openness,
        quote,
        uri,
    })
}

/// Longest id of a thread that is kept, in bytes.
const MAX_CONTEXT: usize = 2048;

/// The thread (FEP-7888); older software names it `conversation`.
fn context(object: &Object) -> Option<String> {
    let is_tag = |iri: &str| iri.starts_with("tag:") && !iri.contains(char::is_whitespace);
    let good = |iri: &&str| iri.len() <= MAX_CONTEXT && (normalize::is_web_id(iri) || is_tag(iri));
    id(object, "context")
        .filter(good)
        .or_else(|| id(object, "conversation").filter(good))
        .map(str::to_owned)
}

/// Whom an object is addressed to (public spellings aside), and where the public stands in it.
///
/// # Errors
/// `TooMuch`.
pub fn addressed(
    object: &Object,
    outer: Option<&Object>,
) -> Result<(Vec<String>, Openness), Unreadable> {
    let has = |object: &Object| !ids(object, "to").is_empty() || !ids(object, "cc").is_empty();
    let from = match outer {
        Some(outer) if !has(object) => outer,
        _ => object,
    };
    let (to, cc) = (ids(from, "to"), ids(from, "cc"));
    if to.len() + cc.len() > RECIPIENTS * 10 {
        return Err(Unreadable::TooMuch);
    }
    let openness = if to.iter().any(|iri| is_public(iri)) {
        Openness::Public
    } else if cc.iter().any(|iri| is_public(iri)) {
        Openness::Unlisted
    } else {
        Openness::Closed
    };
    let named = to.into_iter().chain(cc).filter(|iri| !is_public(iri));
    Ok((
        named.take(RECIPIENTS).map(str::to_owned).collect(),
        openness,
    ))
}

/// Content warning and teaser: in a Note a summary warns, in longer things only where they are marked sensitive.
fn summary<'a>(object: &'a Object, kind: &str) -> (String, Option<&'a str>) {
    let Some(summary) = by_language(object, "summary", "summaryMap").0 else {
        return (String::new(), None);
    };
    let warns =
        matches!(kind, "Note" | "Question") || normalize::flag(object, "sensitive") == Some(true);
    if warns {
        (to_text(summary).chars().take(MAX_SPOILER).collect(), None)
    } else {
        (String::new(), Some(summary))
    }
}

/// Markdown, only where it says so itself.
fn source(object: &Object) -> String {
    let given = normalize::object(object, "source")
        .filter(|source| {
            text(source, "mediaType").is_some_and(|kind| kind.starts_with("text/markdown"))
        })
        .and_then(|source| text(source, "content"))
        .filter(|source| source.len() <= MAX_HTML);
    given.unwrap_or_default().to_owned()
}

/// What is quoted stands in the text as a link at least, where the text does not say it anyway.
fn linked(html: String, quoted: Option<&str>) -> String {
    match quoted {
        Some(uri) if !html.contains("quote-inline") && !html.contains(&escape(uri)) => {
            format!("{html}{}", quote_link(uri))
        }
        _ => html,
    }
}

fn html(object: &Object, content: Option<&str>, source: &str, teaser: Option<&str>) -> String {
    let markdown = text(object, "mediaType").is_some_and(|kind| kind.starts_with("text/markdown"));
    let mut html = match content {
        Some(content) if markdown => render(content, &Links::default()),
        Some(content) => sanitize_foreign(content),
        None if !source.is_empty() => render(source, &Links::default()),
        None => teaser.map(sanitize_foreign).unwrap_or_default(),
    };
    for link in links(object) {
        if !html.contains(&escape(&link)) {
            html.push_str(&sanitize_foreign(&format!(
                r#"<p><a href="{0}">{0}</a></p>"#,
                escape(&link)
            )));
        }
    }
    html
}

fn title(name: Option<&str>) -> String {
    let flat = name
        .unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    flat.chars().take(MAX_TITLE).collect()
}

/// Our own word first, then the schema.org type, then the ActivityStreams one.
fn said_kind(object: &Object, kind: &str) -> Option<Kind> {
    if let Some(word) = text(object, "kind").and_then(Kind::parse) {
        return Some(word);
    }
    let schema = id(object, "additionalType").and_then(|iri| iri.rsplit(['/', ':']).next());
    match (kind, schema) {
        ("Event", _) => Some(Kind::Event),
        (_, Some("Question")) => Some(Kind::Question),
        _ => None,
    }
}

fn fields(object: &Object, kind: &str) -> Fields {
    let mut found = Fields::new();
    if let Some(given) = normalize::object(object, "fields") {
        for (name, value) in given.iter().take(20) {
            if let Some(value) = value.as_str() {
                found.insert(name.clone(), value.chars().take(MAX_FIELD).collect());
            }
        }
    }
    if kind == "Event" {
        let place = normalize::object(object, "location")
            .and_then(|place| text(place, "name").or(text(place, "address")));
        let parts = [
            ("starts_at", text(object, "startTime")),
            ("ends_at", text(object, "endTime")),
            ("place", place),
        ];
        for (name, value) in parts {
            if let Some(value) = value {
                found
                    .entry(name.to_owned())
                    .or_insert_with(|| value.chars().take(MAX_FIELD).collect());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
