//! Documents as software of other kinds writes them, kept under `tests/fixtures`, must be understood.

use std::path::PathBuf;

use super::remote::{Openness, Parsed, is_by, parse};
use crate::federation::normalize::{self, Object, parse_time};
use crate::model::time::Time;
use crate::model::words::{Kind, MediaKind, Visibility};

fn now() -> Time {
    parse_time("2026-11-24T12:00:00Z").unwrap()
}

fn fixture(name: &str) -> Object {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn read(name: &str) -> Parsed {
    let object = fixture(name);
    let author = normalize::as_list(&object, "attributedTo")
        .into_iter()
        .find_map(normalize::id_of)
        .unwrap();
    assert!(is_by(&object, author), "{name} is by {author}");
    parse(&object, None, now()).unwrap()
}

#[test]
fn every_fixture_is_read_without_a_fault() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut seen = 0;
    for folder in std::fs::read_dir(root).unwrap().map(Result::unwrap) {
        for file in std::fs::read_dir(folder.path())
            .unwrap()
            .map(Result::unwrap)
        {
            let object: Object =
                serde_json::from_slice(&std::fs::read(file.path()).unwrap()).unwrap();
            assert!(
                !normalize::kind(&object).is_empty(),
                "{}",
                file.path().display()
            );
            drop(parse(&object, None, now()));
            seen += 1;
        }
    }
    assert!(seen >= 14, "{seen} fixtures");
}

#[test]
fn titles_languages_and_places_are_found() {
    for (name, title, language, audience, reply) in [
        ("mastodon/note_to_group.json", "", Some("en"), None, false),
        ("mastodon/reply.json", "", Some("de"), None, true),
        (
            "lemmy/page.json",
            "Which seal for hot water?",
            Some("fr"),
            Some("https://node.example/c/pumps"),
            false,
        ),
        (
            "lemmy/comment.json",
            "",
            None,
            Some("https://node.example/c/pumps"),
            true,
        ),
        (
            "piefed/page.json",
            "Lathe set-up",
            Some("en"),
            Some("https://pie.example/c/craft"),
            false,
        ),
        (
            "mbin/page.json",
            "Torque wrench",
            None,
            Some("https://bin.example/m/tools"),
            false,
        ),
        (
            "nodebb/article.json",
            "Aligning a pump",
            None,
            Some("https://board.example/category/2"),
            false,
        ),
        ("misskey/note.json", "", None, None, false),
        ("gotosocial/note.json", "", Some("en"), None, false),
        ("mobilizon/event.json", "Pump day", None, None, false),
        (
            "peertube/video.json",
            "Changing a seal",
            Some("en"),
            None,
            false,
        ),
    ] {
        let post = read(name);
        assert_eq!(post.title, title, "{name}");
        assert_eq!(post.language.as_deref(), language, "{name}");
        assert_eq!(post.audience.as_deref(), audience, "{name}");
        assert_eq!(post.in_reply_to.is_some(), reply, "{name}");
        assert!(!post.html.is_empty(), "{name}");
        assert!(
            post.created_at < now() && normalize::same_origin(&post.url, &post.uri),
            "{name}"
        );
    }
}

#[test]
fn a_post_to_a_group_from_mastodon_keeps_picture_mention_and_tag() {
    let post = read("mastodon/note_to_group.json");
    assert_eq!(post.mentions, ["https://node.example/c/pumps"]);
    assert_eq!(
        (post.tags, post.spoiler.as_str(), post.sensitive),
        (vec!["question".to_owned()], "", false)
    );
    let media = post.media.first().unwrap();
    assert_eq!(
        (media.kind, media.description.as_str()),
        (MediaKind::Image, "The leaking seal")
    );
    assert_eq!((media.width, media.focus), (Some(1200), (0.1, -0.2)));
    assert_eq!(
        crate::model::text::verbs::title_of(&crate::model::text::html::to_text(&post.html)),
        "Why does the seal leak?"
    );
}

#[test]
fn a_reply_from_mastodon_keeps_warning_edit_and_visibility() {
    let post = read("mastodon/reply.json");
    assert_eq!((post.spoiler.as_str(), post.sensitive), ("Oil", true));
    assert_eq!(post.edited_at, parse_time("2026-11-20T10:05:00Z"));
    assert_eq!(post.openness, Openness::Unlisted);
    assert_eq!(post.visibility(None), Visibility::Unlisted);
}

#[test]
fn a_poll_is_no_question_of_ours() {
    let post = read("mastodon/poll.json");
    let poll = post.poll.unwrap();
    assert_eq!(poll.options, [("10W".to_owned(), 3), ("5W".to_owned(), 2)]);
    assert_eq!((poll.multiple, poll.voters, post.kind), (false, 5, None));
}

#[test]
fn forum_posts_keep_markdown_and_link() {
    let post = read("lemmy/page.json");
    assert_eq!(post.source, "We run at **90** degrees.");
    assert!(
        post.html.contains("https://seals.example/hot"),
        "{}",
        post.html
    );
    let post = read("mbin/page.json");
    assert!(
        post.html.starts_with("Torque wrench #tools"),
        "{}",
        post.html
    );
    let post = read("nodebb/article.json");
    assert!(post.html.starts_with("<h2>Steps</h2>") && post.spoiler.is_empty());
    let post = read("misskey/note.json");
    assert_eq!(
        (post.source.as_str(), post.tags.len()),
        ("", 1),
        "their Markdown is another one"
    );
    let post = read("peertube/video.json");
    assert_eq!(post.html, "<p>How to change a <strong>seal</strong>.</p>");
}

#[test]
fn an_event_keeps_time_and_place() {
    let post = read("mobilizon/event.json");
    assert_eq!(post.kind, Some(Kind::Event));
    let field = |name: &str| post.fields.get(name).map(String::as_str);
    assert_eq!(
        (field("starts_at"), field("place")),
        (Some("2026-12-01T09:00:00Z"), Some("Hall 3"))
    );
}

#[test]
fn damaged_documents_stop_nobody() {
    let originals = [
        "mastodon/note_to_group.json",
        "lemmy/page.json",
        "mastodon/poll.json",
        "peertube/video.json",
    ];
    let mut seed: u64 = 7;
    let mut next = || {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap()
    };
    for round in 0..1000 {
        let mut object = fixture(originals[round % originals.len()]);
        for _ in 0..3 {
            let keys: Vec<String> = object.keys().cloned().collect();
            let key = keys[next() % keys.len()].clone();
            let other = keys[next() % keys.len()].clone();
            let swapped = object.get(&other).cloned().unwrap_or_default();
            let damaged = match next() % 6 {
                0 => serde_json::Value::Null,
                1 => serde_json::json!([swapped]),
                2 => serde_json::json!({ "id": swapped }),
                3 => serde_json::json!(next()),
                4 => serde_json::json!("\u{202e}\u{0}x"),
                _ => swapped,
            };
            object.insert(key, damaged);
        }
        drop(parse(&object, None, now()));
    }
}
