//! The parts of a foreign post that come in lists: tags, attachments, links, polls.

use serde_json::Value;

use super::remote::Unreadable;
use crate::actions::receive_post::{RemoteMedia, RemotePoll};
use crate::federation::normalize::{self, Object, as_list, id_of, text};
use crate::model::text::handles;
use crate::model::words::MediaKind;

/// Caps of RES-05; ten times as many are too much.
const MENTIONS: usize = 50;
const TAGS: usize = 50;
const ATTACHMENTS: usize = 16;
const OPTIONS: usize = 20;
/// Longest alt text, in characters.
const ALT: usize = 10_000;
/// Longest choice, in characters.
const CHOICE: usize = 200;
/// Largest width or height that is believed.
const PIXELS: i32 = 100_000;

/// Mentions (by id) and tags (as written), each without repetition.
pub(super) fn tagged(object: &Object) -> Result<(Vec<String>, Vec<String>), Unreadable> {
    let all = as_list(object, "tag");
    if all.len() > (MENTIONS + TAGS) * 10 {
        return Err(Unreadable::TooMuch);
    }
    let of = |kind: &'static str| {
        all.iter()
            .filter_map(|tag| tag.as_object())
            .filter(move |tag| normalize::kind(tag) == kind)
    };
    let mut mentions: Vec<String> = Vec::new();
    for href in of("Mention").filter_map(|tag| text(tag, "href")) {
        if normalize::is_web_id(href) && !mentions.iter().any(|known| known == href) {
            mentions.push(href.to_owned());
        }
    }
    let mut tags: Vec<String> = Vec::new();
    for name in of("Hashtag").filter_map(|tag| text(tag, "name")) {
        let name = name.trim_start_matches('#');
        let good =
            handles::tags(&format!("#{name}")) == [name] && !tags.iter().any(|known| known == name);
        if good {
            tags.push(name.to_owned());
        }
    }
    if mentions.len() > MENTIONS * 10 || tags.len() > TAGS * 10 {
        return Err(Unreadable::TooMuch);
    }
    mentions.truncate(MENTIONS);
    tags.truncate(TAGS);
    Ok((mentions, tags))
}

/// A web address, alone or in a Link; of several the first that is one.
fn address(value: &Value) -> Option<String> {
    let text = id_of(value)?;
    (normalize::is_web_id(text) && (text.starts_with("https://") || text.starts_with("http://")))
        .then(|| text.to_owned())
}

/// The page of a post: its `url` where that lies on its own host, preferring HTML; else its id.
pub(super) fn page_of(object: &Object, uri: &str) -> String {
    let urls = as_list(object, "url");
    let is_html =
        |value: &&&Value| value.get("mediaType").and_then(Value::as_str) == Some("text/html");
    let preferred = urls.iter().filter(is_html).chain(urls.iter());
    let found = preferred
        .filter_map(|value| address(value))
        .find(|url| normalize::same_origin(url, uri));
    found.unwrap_or_else(|| uri.to_owned())
}

/// Links that a post is about (Lemmy).
pub(super) fn links(object: &Object) -> Vec<String> {
    as_list(object, "attachment")
        .into_iter()
        .filter(|value| {
            value
                .as_object()
                .is_some_and(|part| normalize::kind(part) == "Link")
        })
        .filter_map(|value| value.get("href").and_then(address))
        .take(3)
        .collect()
}

/// Pictures, films and sounds.
pub(super) fn attachments(object: &Object) -> Result<Vec<RemoteMedia>, Unreadable> {
    let all = as_list(object, "attachment");
    if all.len() > ATTACHMENTS * 10 {
        return Err(Unreadable::TooMuch);
    }
    let mut found: Vec<RemoteMedia> = Vec::new();
    let extra = as_list(object, "image");
    for media in all
        .into_iter()
        .chain(extra)
        .filter_map(|value| value.as_object().and_then(attachment))
    {
        if !found.iter().any(|known| known.url == media.url) {
            found.push(media);
        }
    }
    found.truncate(ATTACHMENTS);
    Ok(found)
}

fn attachment(part: &Object) -> Option<RemoteMedia> {
    let kind = normalize::kind(part);
    if !matches!(kind, "Document" | "Image" | "Video" | "Audio") {
        return None;
    }
    let link = as_list(part, "url")
        .into_iter()
        .find(|value| address(value).is_some())?;
    let mime = text(part, "mediaType")
        .or_else(|| link.get("mediaType").and_then(Value::as_str))
        .unwrap_or_default();
    let alt = text(part, "name")
        .or_else(|| text(part, "summary"))
        .unwrap_or_default();
    let size = |key: &str| normalize::count(part, key).filter(|n| (1..=PIXELS).contains(n));
    let focus: Vec<f64> = as_list(part, "focalPoint")
        .into_iter()
        .filter_map(Value::as_f64)
        .collect();
    let focus = match focus.as_slice() {
        [x, y] if x.abs() <= 1.0 && y.abs() <= 1.0 => (*x, *y),
        _ => (0.0, 0.0),
    };
    Some(RemoteMedia {
        url: address(link)?,
        mime: mime.chars().take(100).collect(),
        kind: media_kind(kind, mime),
        description: alt.chars().take(ALT).collect(),
        width: size("width"),
        height: size("height"),
        blurhash: text(part, "blurhash")
            .filter(|hash| hash.len() <= 100 && hash.is_ascii())
            .map(str::to_owned),
        focus,
    })
}

fn media_kind(kind: &str, mime: &str) -> MediaKind {
    match (mime.split('/').next().unwrap_or_default(), kind) {
        ("image", _) | ("", "Image") => MediaKind::Image,
        ("video", _) | ("", "Video") => MediaKind::Video,
        ("audio", _) | ("", "Audio") => MediaKind::Audio,
        _ => MediaKind::Unknown,
    }
}

/// The poll of a Question.
pub(super) fn poll(object: &Object, kind: &str) -> Result<Option<RemotePoll>, Unreadable> {
    let (one, any) = (as_list(object, "oneOf"), as_list(object, "anyOf"));
    let multiple = one.is_empty();
    let choices = if multiple { any } else { one };
    if choices.len() > OPTIONS * 10 {
        return Err(Unreadable::TooMuch);
    }
    let mut options: Vec<(String, i32)> = choices
        .into_iter()
        .filter_map(Value::as_object)
        .filter_map(|choice| {
            let votes = normalize::object(choice, "replies")
                .and_then(|replies| normalize::count(replies, "totalItems"));
            Some((
                text(choice, "name")?.chars().take(CHOICE).collect(),
                votes.unwrap_or(0),
            ))
        })
        .collect();
    options.truncate(OPTIONS);
    if kind != "Question" || options.len() < 2 {
        return Ok(None);
    }
    let end = |key: &str| text(object, key).and_then(normalize::parse_time);
    let closed = end("closed").is_some() || normalize::flag(object, "closed") == Some(true);
    let sum = options
        .iter()
        .fold(0_i32, |sum, (_, votes)| sum.saturating_add(*votes));
    let voters = normalize::count(object, "votersCount").unwrap_or(sum);
    Ok(Some(RemotePoll {
        multiple,
        expires_at: end("endTime"),
        voters,
        closed,
        options,
    }))
}

/// The language: of the text shown, else as Lemmy says it. Primary subtag only.
pub(super) fn language(object: &Object, of_text: Option<&str>) -> Option<String> {
    let said =
        normalize::object(object, "language").and_then(|language| text(language, "identifier"));
    let tag = of_text
        .or(said)?
        .split(['-', '_'])
        .next()?
        .to_ascii_lowercase();
    (matches!(tag.len(), 2 | 3) && tag.chars().all(|c| c.is_ascii_lowercase()) && tag != "und")
        .then_some(tag)
}
