//! Posts of this node as ActivityStreams objects: titled ones as Article, polls as Question (which means nothing else
//! out there), everything else as Note. Whoever drops every extension key still has a readable text.

use serde_json::{Value, json};

use super::whole::Whole;
use super::{handle, into_object, media_url, quotes, tombstone};
use crate::federation::normalize::Object;
use crate::i18n::Lang;
use crate::i18n::labels::{source_with_fields, with_fields};
use crate::model::node::Node;
use crate::model::text::html::{escape, to_text};
use crate::model::text::teaser;
use crate::model::time::{Time, rfc3339};
use crate::model::words::{Kind, MediaKind};
use crate::store::media::Media;

/// Longest teaser, in characters.
const TEASER: usize = 500;
/// Longest title that peers take, in characters.
const NAME: usize = 200;

/// The ActivityStreams type of a post.
pub fn type_of(whole: &Whole) -> &'static str {
    if whole.poll.is_some() {
        "Question"
    } else if whole.post.parent_id.is_none() && !whole.post.title.is_empty() {
        "Article"
    } else {
        "Note"
    }
}

/// The document of a local post, without context. Where it was deleted: its tombstone.
pub fn document(node: &Node, whole: &Whole) -> Object {
    let post = &whole.post;
    let kind = type_of(whole);
    if post.deleted_at.is_some() {
        return tombstone(&post.uri, kind, post.deleted_at);
    }
    let addressing = whole.addressing();
    let said = Said::of(whole);
    let mut object = into_object(json!({
        "id": post.uri,
        "type": kind,
        "attributedTo": whole.author.uri,
        "url": post.url,
        "content": said.html,
        "mediaType": "text/html",
        "to": addressing.to,
        "cc": addressing.cc,
        "tag": tags(node, whole),
        "attachment": whole.media.iter().map(|media| attachment(node, media)).collect::<Vec<_>>(),
        "published": rfc3339(post.created_at),
        "sensitive": post.sensitive || !post.spoiler.is_empty(),
        "replies": format!("{}/replies", post.uri),
        "likes": { "type": "Collection", "totalItems": post.favourites_count },
        "shares": { "type": "Collection", "totalItems": post.boosts_count },
    }));
    texts(&mut object, whole, kind, &said);
    quotes::insert(&mut object, whole);
    place(&mut object, whole);
    extensions(&mut object, whole);
    if let Some(image) = whole
        .media
        .iter()
        .find(|media| media.kind == MediaKind::Image)
        .filter(|_| kind == "Article")
    {
        object.insert("image".into(), picture(node, image));
    }
    if let Some((poll, options)) = &whole.poll {
        let choices: Vec<Value> = options
            .iter()
            .map(|option| {
                // What is hidden until the end is hidden here too; the number of voters never is.
                let told = poll.closed || !poll.hide_totals;
                let votes = if told { option.votes_count } else { 0 };
                let count = json!({ "type": "Collection", "totalItems": votes });
                json!({ "type": "Note", "name": option.title, "replies": count })
            })
            .collect();
        object.insert(
            if poll.multiple { "anyOf" } else { "oneOf" }.into(),
            choices.into(),
        );
        object.insert("votersCount".into(), poll.voters_count.into());
        if let Some(end) = poll.expires_at {
            object.insert("endTime".into(), rfc3339(end).into());
        }
        if let Some(end) = poll.expires_at.filter(|_| poll.closed) {
            object.insert("closed".into(), rfc3339(end).into());
        }
    }
    object
}

/// The text of a post with the fields of its kind in it: most readers know no fields.
struct Said {
    html: String,
    plain: String,
    source: String,
}

impl Said {
    fn of(whole: &Whole) -> Self {
        let (post, fields) = (&whole.post, whole.post.fields_map());
        let lang = post.language.as_deref().and_then(Lang::parse);
        let lang = lang.unwrap_or(Lang::En);
        let body = with_fields(lang, post.kind, &post.html, &fields);
        Self {
            plain: to_text(&body),
            html: quotes::with_link(whole, body),
            source: source_with_fields(lang, post.kind, &post.source, &fields),
        }
    }
}

/// Title, teaser, warning, source, language.
fn texts(object: &mut Object, whole: &Whole, kind: &str, said: &Said) {
    let post = &whole.post;
    let plain = teaser(&said.plain, TEASER);
    if !post.title.is_empty() && post.parent_id.is_none() {
        object.insert("name".into(), teaser(&post.title, NAME).into());
    }
    if kind == "Article" {
        let title = escape(&post.title);
        let shown = if post.spoiler.is_empty() {
            &plain
        } else {
            &post.spoiler
        };
        let preview = format!("<p><strong>{title}</strong></p><p>{}</p>", escape(shown));
        object.insert(
            "preview".into(),
            json!({ "type": "Note", "content": preview }),
        );
        let teased = if shown.is_empty() { &post.title } else { shown };
        object.insert(
            "summary".into(),
            format!("<p>{}</p>", escape(teased)).into(),
        );
    } else if !post.spoiler.is_empty() {
        object.insert("summary".into(), escape(&post.spoiler).into());
    }
    if !said.source.is_empty() {
        object.insert(
            "source".into(),
            json!({ "content": said.source, "mediaType": "text/markdown" }),
        );
    }
    if let Some(language) = &post.language {
        object.insert("contentMap".into(), json!({ language.as_str(): said.html }));
        object.insert(
            "language".into(),
            json!({ "identifier": language, "name": language_name(language) }),
        );
    }
    if let Some(edited) = post.edited_at {
        object.insert(
            "updated".into(),
            rfc3339(later(edited, post.created_at)).into(),
        );
    }
}

/// An edit within the second of writing still counts as one for peers, which compare whole seconds.
fn later(edited: Time, created: Time) -> Time {
    edited.max(created + chrono::TimeDelta::seconds(1))
}

fn language_name(tag: &str) -> &str {
    match tag.split('-').next().unwrap_or(tag) {
        "en" => "English",
        "fr" => "Français",
        "nl" => "Nederlands",
        "de" => "Deutsch",
        "es" => "Español",
        "it" => "Italiano",
        _ => tag,
    }
}

/// Community, thread.
fn place(object: &mut Object, whole: &Whole) {
    if let Some(group) = whole.group() {
        object.insert("audience".into(), group.into());
    }
    if let Some(parent) = &whole.parent {
        object.insert("inReplyTo".into(), parent.uri.as_str().into());
    }
    if let Some(context) = &whole.context {
        object.insert("context".into(), context.as_str().into());
    }
}

/// What only our own kind understands.
fn extensions(object: &mut Object, whole: &Whole) {
    let post = &whole.post;
    object.insert("kind".into(), post.kind.as_str().into());
    object.insert("boundary".into(), post.boundary.as_str().into());
    if let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(&post.fields)
        && !fields.is_empty()
    {
        object.insert("fields".into(), fields.into());
    }
    if let Some(schema) = schema_type(post.kind) {
        object.insert("additionalType".into(), schema.into());
    }
    if let Some(state) = post.question_state {
        object.insert("questionState".into(), state.as_str().into());
    }
    if !whole.accepted.is_empty() {
        object.insert("acceptedAnswer".into(), json!(whole.accepted));
    }
    if whole.is_accepted {
        object.insert("answer".into(), true.into());
    }
}

fn schema_type(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Question => "https://schema.org/Question",
        Kind::Knowledge => "https://schema.org/TechArticle",
        Kind::Lesson | Kind::Resource => "https://schema.org/LearningResource",
        Kind::Path => "https://schema.org/Course",
        _ => return None,
    })
}

fn tags(node: &Node, whole: &Whole) -> Vec<Value> {
    let mut tags: Vec<Value> = whole
        .community
        .iter()
        .chain(&whole.parent_author)
        .chain(&whole.mentions)
        .map(|account| json!({ "type": "Mention", "href": account.uri, "name": handle(node, account) }))
        .collect();
    tags.dedup();
    tags.extend(whole.tags.iter().map(|(tag, name)| {
        json!({ "type": "Hashtag", "href": node.tag_url(tag), "name": format!("#{name}") })
    }));
    tags.extend(quotes::link(whole));
    tags
}

fn address_of(node: &Node, media: &Media) -> String {
    media
        .file
        .as_deref()
        .or(media.remote_url.as_deref())
        .map_or_else(String::new, |file| media_url(node, file))
}

fn picture(node: &Node, media: &Media) -> Value {
    json!({
        "type": "Image", "url": address_of(node, media), "mediaType": media.mime, "name": media.description,
        "width": media.width, "height": media.height,
    })
}

/// An attachment; the alt text stands in `name` and in `summary`, since peers read one or the other.
fn attachment(node: &Node, media: &Media) -> Value {
    let mut object = into_object(json!({
        "type": if media.kind == MediaKind::Image { "Image" } else { "Document" },
        "url": address_of(node, media),
        "mediaType": media.mime,
        "focalPoint": [media.focus_x, media.focus_y],
    }));
    if !media.description.is_empty() {
        object.insert("name".into(), media.description.as_str().into());
        object.insert("summary".into(), media.description.as_str().into());
    }
    if let (Some(width), Some(height)) = (media.width, media.height) {
        object.insert("width".into(), width.into());
        object.insert("height".into(), height.into());
    }
    if let Some(hash) = &media.blurhash {
        object.insert("blurhash".into(), hash.as_str().into());
    }
    Value::Object(object)
}

#[cfg(test)]
pub(in crate::federation) mod tests {
    use super::*;
    use crate::federation::normalize::PUBLIC;
    use crate::federation::objects::tests::node;
    use crate::model::ids::{AccountId, PostId};
    use crate::model::words::{ActorKind, Audience, Boundary, QuestionState, Visibility};
    use crate::store::accounts::Account;
    use crate::store::posts::Post;

    fn account(id: i64, kind: ActorKind, name: &str) -> Account {
        Account::local(
            AccountId(id),
            kind,
            name,
            "https://n.example",
            Time::default(),
        )
    }

    /// A question of karim in pumps.
    pub(in crate::federation) fn question() -> Whole {
        let post = Post {
            id: PostId(7),
            uri: "https://n.example/posts/7".into(),
            url: "https://n.example/posts/7".into(),
            author_id: AccountId(1),
            community_id: Some(AccountId(5)),
            parent_id: None,
            parent_author_id: None,
            root_id: PostId(7),
            announce_id: Some(8),
            kind: Kind::Question,
            title: "Why <does> it leak?".into(),
            source: "It *leaks*.".into(),
            html: "<p>It <em>leaks</em>.</p>".into(),
            fields: "{}".into(),
            spoiler: String::new(),
            sensitive: false,
            language: Some("en".into()),
            visibility: Visibility::Public,
            boundary: Boundary::Public,
            audience: Audience::Public,
            local: true,
            local_only: false,
            question_state: Some(QuestionState::Open),
            held: false,
            app_id: None,
            replies_count: 0,
            favourites_count: 2,
            boosts_count: 0,
            rev: 0,
            created_at: Time::default(),
            edited_at: None,
            deleted_at: None,
        };
        Whole {
            author: account(1, ActorKind::Person, "karim"),
            community: Some(account(5, ActorKind::Group, "pumps")),
            parent: None,
            parent_author: None,
            context: Some(format!("{}/context", post.uri)),
            mentions: vec![],
            tags: vec![("seal".into(), "Seal".into())],
            media: vec![],
            poll: None,
            accepted: vec![],
            is_accepted: false,
            quote: None,
            terms: crate::model::quote::Terms::of(crate::model::words::QuotePolicy::Public),
            post,
        }
    }

    #[test]
    fn a_titled_post_is_an_article_with_teaser_and_place() {
        let article = document(&node(), &question());
        let text = |key: &str| article.get(key).and_then(Value::as_str).unwrap_or_default();
        assert_eq!(
            (text("type"), text("name")),
            ("Article", "Why <does> it leak?")
        );
        assert_eq!(text("summary"), "<p>It leaks.</p>");
        assert_eq!(
            article["preview"]["content"],
            "<p><strong>Why &lt;does&gt; it leak?</strong></p><p>It leaks.</p>"
        );
        assert_eq!(article["to"], json!(["https://n.example/c/pumps", PUBLIC]));
        assert_eq!(
            article["cc"],
            json!(["https://n.example/users/karim/followers"])
        );
        assert_eq!(
            (text("audience"), text("kind"), text("questionState")),
            ("https://n.example/c/pumps", "question", "open")
        );
        assert_eq!(
            article["contentMap"],
            json!({ "en": "<p>It <em>leaks</em>.</p>" })
        );
        assert_eq!(
            article["source"],
            json!({ "content": "It *leaks*.", "mediaType": "text/markdown" })
        );
        assert_eq!(
            article["tag"][0],
            json!({
                "type": "Mention", "href": "https://n.example/c/pumps", "name": "@pumps@n.example"
            })
        );
        assert_eq!(article["tag"][1]["name"], "#Seal");
        for absent in [
            "inReplyTo",
            "updated",
            "acceptedAnswer",
            "answer",
            "fields",
            "@context",
        ] {
            assert!(!article.contains_key(absent), "{absent}");
        }
    }

    #[test]
    fn a_reply_is_a_note_without_title_and_names_whom_it_answers() {
        let mut whole = question();
        let parent = whole.post.clone();
        whole.post = Post {
            id: PostId(9),
            uri: "https://n.example/posts/9".into(),
            parent_id: Some(parent.id),
            kind: Kind::Answer,
            question_state: None,
            title: String::new(),
            edited_at: Some(Time::default()),
            ..whole.post
        };
        whole.parent = Some(parent);
        whole.parent_author = Some(account(2, ActorKind::Person, "lotte"));
        whole.is_accepted = true;
        let note = document(&node(), &whole);
        assert_eq!(note["type"], "Note");
        assert_eq!(note["inReplyTo"], "https://n.example/posts/7");
        assert_eq!(
            note["cc"],
            json!([
                "https://n.example/users/lotte",
                "https://n.example/users/karim/followers"
            ])
        );
        assert_eq!(
            (&note["answer"], &note["context"]),
            (&json!(true), &json!("https://n.example/posts/7/context"))
        );
        assert_eq!(
            note["updated"], "1970-01-01T00:00:01Z",
            "later than published by a whole second"
        );
        assert_eq!(note["tag"][1]["href"], "https://n.example/users/lotte");
        assert!(
            !note.contains_key("name") && !note.contains_key("summary"),
            "a summary would be a content warning"
        );
    }

    #[test]
    fn a_deleted_post_is_a_tombstone() {
        let mut whole = question();
        whole.post.deleted_at = Some(Time::default());
        let grave = document(&node(), &whole);
        assert_eq!(
            (&grave["type"], &grave["id"]),
            (&json!("Tombstone"), &json!("https://n.example/posts/7"))
        );
        assert!(!grave.contains_key("content"));
    }
}
