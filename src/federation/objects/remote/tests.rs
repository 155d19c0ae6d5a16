//! Odd, absurd and forged documents.

use serde_json::json;

use super::*;
use crate::federation::objects::post;
use crate::federation::objects::tests::node;
use crate::model::post::fields_below;
use crate::store::posts::Post;

fn note(extra: Value) -> Object {
    let mut note = json!({
        "id": "https://m.example/1", "type": "Note", "attributedTo": "https://m.example/u", "content": "<p>x</p>",
        "to": ["https://www.w3.org/ns/activitystreams#Public"], "published": "2026-11-24T08:00:00Z",
    });
    note.as_object_mut()
        .unwrap()
        .extend(extra.as_object().unwrap().clone());
    note.as_object().unwrap().clone()
}

fn now() -> Time {
    normalize::parse_time("2026-11-24T12:00:00Z").unwrap()
}

fn read(extra: Value) -> Parsed {
    parse(&note(extra), None, now()).unwrap()
}

#[test]
fn org_07_only_the_actor_alone_is_the_author() {
    for (attributed, good) in [
        (json!("https://m.example/u"), true),
        (json!(["https://m.example/u"]), true),
        (json!({"type": "Person", "id": "https://m.example/u"}), true),
        (
            json!([{"type": "Person", "id": "https://m.example/u"}, {"type": "Group", "id": "https://m.example/c"}]),
            true,
        ),
        (json!(["https://m.example/u", "https://m.example/v"]), false),
        (
            json!([{"type": "Group", "id": "https://m.example/u"}]),
            false,
        ),
        (json!("https://m.example/v"), false),
        (json!([]), false),
        (json!(null), false),
        (json!(["https://m.example/u", 7]), false),
    ] {
        let object = note(json!({ "attributedTo": attributed }));
        assert_eq!(is_by(&object, "https://m.example/u"), good, "{attributed}");
    }
}

#[test]
fn whatever_is_odd_is_left_out() {
    let post = read(json!({
        "summary": null, "updated": null, "tag": {"type": "Mention", "href": "https://n.example/users/a"},
        "attachment": [7, null, {"type": "Image"}], "source": "text", "contentMap": [], "language": 3, "url": {},
        "inReplyTo": null, "sensitive": "maybe", "replies": 7, "audience": [], "kind": "poem", "fields": [],
    }));
    assert_eq!(
        (post.mentions, post.spoiler.as_str(), post.edited_at),
        (vec!["https://n.example/users/a".to_owned()], "", None)
    );
    assert_eq!(
        (post.url.as_str(), post.kind, post.in_reply_to),
        ("https://m.example/1", None, None)
    );
    assert!(post.media.is_empty() && post.source.is_empty() && !post.sensitive);
}

#[test]
fn the_public_and_the_followers_make_the_visibility() {
    let followers = Some("https://m.example/u/followers");
    for (to, cc, visibility) in [
        (json!(["as:Public"]), json!([]), Visibility::Public),
        (
            json!("https://m.example/u/followers"),
            json!(["Public"]),
            Visibility::Unlisted,
        ),
        (
            json!(["https://m.example/u/followers"]),
            json!(["https://n.example/users/a"]),
            Visibility::Private,
        ),
        (
            json!(["https://n.example/users/a"]),
            json!(null),
            Visibility::Direct,
        ),
    ] {
        assert_eq!(
            read(json!({ "to": to, "cc": cc })).visibility(followers),
            visibility
        );
    }
    let bare = note(json!({"to": null}));
    let outer = note(json!({"to": ["as:Public"]}));
    assert_eq!(
        parse(&bare, Some(&outer), now()).unwrap().openness,
        Openness::Public
    );
}

#[test]
fn res_05_lists_are_cut_and_absurd_ones_refused() {
    let mentions = |n: usize| -> Vec<Value> {
        (0..n)
            .map(|i| json!({"type": "Mention", "href": format!("https://m.example/{i}")}))
            .collect()
    };
    assert_eq!(read(json!({ "tag": mentions(400) })).mentions.len(), 50);
    for absurd in [
        json!({ "tag": mentions(10_000) }),
        json!({ "to": vec!["https://m.example/x"; 3000] }),
    ] {
        assert_eq!(parse(&note(absurd), None, now()), Err(Unreadable::TooMuch));
    }
    let long = "x".repeat(MAX_HTML + 1);
    assert_eq!(
        parse(&note(json!({ "content": long })), None, now()),
        Err(Unreadable::TooMuch)
    );
}

#[test]
fn what_is_no_post_is_refused() {
    for kind in ["Person", "Create", "ChatMessage", "Tombstone", ""] {
        assert_eq!(
            parse(&note(json!({ "type": kind })), None, now()),
            Err(Unreadable::NotAPost),
            "{kind}"
        );
    }
    for id in [
        json!(null),
        json!("x"),
        json!("javascript:1"),
        json!("#a"),
        json!("data:,x"),
        json!(7),
    ] {
        assert_eq!(
            parse(&note(json!({ "id": id })), None, now()),
            Err(Unreadable::NoId),
            "{id}"
        );
    }
}

#[test]
fn times_ahead_are_now_and_scripts_are_gone() {
    let post = read(
        json!({ "published": "2030-01-01T00:00:00Z", "content": "<p onclick=x>a<script>b</script></p>" }),
    );
    assert_eq!((post.created_at, post.html.as_str()), (now(), "<p>a</p>"));
    assert_eq!(
        read(json!({ "updated": "2026-11-24T09:00:00Z" })).edited_at,
        normalize::parse_time("2026-11-24T09:00:00Z")
    );
    assert_eq!(
        read(json!({ "updated": "2026-11-24T07:00:00Z" })).edited_at,
        None,
        "an edit before the writing"
    );
}

#[test]
fn a_nameless_note_with_a_name_is_a_vote() {
    let vote =
        note(json!({ "content": null, "name": "Yes", "inReplyTo": "https://n.example/posts/1" }));
    assert_eq!(
        parse(&vote, None, now()).unwrap().vote.as_deref(),
        Some("Yes")
    );
    assert_eq!(
        read(json!({ "name": "Yes", "inReplyTo": "https://n.example/posts/1" })).vote,
        None
    );
}

#[test]
fn a_lesson_is_readable_where_nobody_knows_fields() {
    let mut whole = post::tests::question();
    let fields = r#"{"context":"Night shift","what_happened":"It <leaked>","learned":"Check","next_time":"Twice"}"#;
    whole.post = Post {
        kind: Kind::Lesson,
        question_state: None,
        fields: fields.into(),
        html: String::new(),
        source: String::new(),
        language: Some("fr".into()),
        ..whole.post
    };
    let lesson = post::document(&node(), &whole);
    for text in [
        &lesson["content"],
        &lesson["contentMap"]["fr"],
        &lesson["summary"],
        &lesson["preview"]["content"],
    ] {
        for said in ["Night shift", "It &lt;leaked&gt;", "Check", "Twice"] {
            assert!(text.as_str().unwrap().contains(said), "{said}: {text}");
        }
    }
    assert!(
        lesson["content"]
            .as_str()
            .unwrap()
            .starts_with("<p><strong>Context")
    );
    assert!(
        lesson["source"]["content"]
            .as_str()
            .unwrap()
            .contains("It <leaked>")
    );
    let read = parse(&lesson, None, Time::default()).unwrap();
    assert_eq!((read.kind, read.fields.len()), (Some(Kind::Lesson), 4));
    let again = fields_below(false, &read.html, read.fields);
    assert!(
        again.is_empty(),
        "a node that knows fields says them once: {again:?}"
    );
}

#[test]
fn a_thread_is_named_by_an_address_or_a_tag_of_bounded_length() {
    let named = |context: &str| read(json!({ "context": context })).context;
    let long =
        |before: &str, length: usize| format!("{before}{}", "x".repeat(length - before.len()));
    for good in [
        "https://m.example/contexts/1".to_owned(),
        "tag:m.example,2026-11-24:objectId=1:objectType=Conversation".to_owned(),
        long("tag:m.example,2026:", MAX_CONTEXT),
    ] {
        assert_eq!(named(&good).as_deref(), Some(good.as_str()));
    }
    for bad in [
        "7".to_owned(),
        "tag:m.example,2026:a b".to_owned(),
        "tag:m.example,2026:\u{a0}".to_owned(),
        long("tag:m.example,2026:", MAX_CONTEXT + 1),
        long("https://m.example/", MAX_CONTEXT + 1),
    ] {
        assert_eq!(named(&bad), None, "{bad}");
    }
    let older = json!({ "context": "a b", "conversation": "tag:m.example,2026:1" });
    assert_eq!(read(older).context.as_deref(), Some("tag:m.example,2026:1"));
}
