//! Pages: structure and headers of each, writing and answering on them, languages, what must not be seen.

use cordee::actions::create_post::NewPost;
use cordee::model::words::{Boundary, JoinPolicy, Kind, Listing};
use cordee::store::communities;

use crate::support::browser::Answer;
use crate::support::world::World;

/// What holds for every page.
fn sound(page: &Answer, path: &str) {
    let text = &page.text;
    assert_eq!(text.matches("<h1").count(), 1, "{path}: h1");
    let first = text.split("<a ").nth(1).unwrap();
    assert!(
        first.contains("href=\"#main\""),
        "{path}: the skip link is not the first link"
    );
    for inline in ["<script", "<style", " style=\"", " onclick"] {
        assert!(!text.contains(inline), "{path}: {inline}");
    }
    for control in text
        .split("<input ")
        .skip(1)
        .chain(text.split("<select ").skip(1))
        .chain(text.split("<textarea ").skip(1))
    {
        let tag = control.split('>').next().unwrap();
        // What is not shown needs no label.
        if !tag.contains("type=\"hidden\"") && !tag.ends_with(" hidden") {
            let id = tag
                .split("id=\"")
                .nth(1)
                .unwrap_or_else(|| panic!("{path}: {tag}"))
                .split('"')
                .next()
                .unwrap();
            assert!(
                text.contains(&format!("<label for=\"{id}\"")),
                "{path}: {id} has no label"
            );
        }
    }
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
        "{path}: {policy}"
    );
    assert!(!policy.contains("unsafe"), "{path}: {policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
    let vary: Vec<_> = page
        .headers
        .get_all("vary")
        .iter()
        .map(|v| v.to_str().unwrap())
        .collect();
    assert!(
        vary.join(",").contains("Accept-Language") && vary.join(",").contains("Cookie"),
        "{path}: {vary:?}"
    );
}

struct Place {
    world: World,
    question: String,
    answer: String,
}

/// A public community with a question of bart's that karim, a steward, answered.
fn place() -> Place {
    let world = World::with(|_| {});
    let [karim, lotte, bart] =
        ["karim", "lotte", "bart"].map(|name| world.person_with_password(name));
    let pumps = world.community("pumps", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
    let bart_browser = world.signed_in("bart");
    assert_eq!(
        bart_browser.submit("/c/pumps", "/c/pumps/join", &[]).status,
        303
    );
    let question = world
        .publish(
            bart,
            NewPost {
                source: "It hums since Monday.".into(),
                title: Some("Why does it hum?".into()),
                kind: Some(Kind::Question),
                community: Some(pumps),
                ..NewPost::default()
            },
        )
        .unwrap();
    let answer = world
        .publish(
            karim,
            NewPost {
                source: "Change the ring.".into(),
                parent: Some(question.id),
                ..NewPost::default()
            },
        )
        .unwrap();
    drop(bart_browser);
    Place {
        world,
        question: question.id.to_string(),
        answer: answer.id.to_string(),
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn every_page_is_sound() {
    let Place {
        world,
        question,
        answer,
    } = place();
    let visitor = world.browser();
    let thread = format!("/posts/{question}");
    for path in [
        "/",
        "/login",
        "/c",
        "/c/pumps",
        "/c/pumps?kind=question",
        "/c/pumps/charter",
        "/c/pumps/members",
        "/@karim",
        "/users/karim",
        &thread,
        &format!("{thread}/history"),
        "/search",
        "/search?q=hum",
        "/about",
        "/privacy",
        "/accessibility",
        "/tags/none",
    ] {
        sound(&visitor.open(path), path);
    }
    for path in [
        "/nowhere",
        "/c/no-such",
        "/@nobody",
        "/posts/1",
        "/posts/x",
        "/invite/x",
    ] {
        let page = visitor.get(path);
        assert_eq!(page.status, 404, "{path}");
        sound(&page, path);
    }
    let karim = world.signed_in("karim");
    for path in [
        "/",
        "/home",
        "/ask",
        "/write/lesson",
        "/write/event",
        "/notifications",
        "/settings/profile",
        "/settings/password",
        "/settings/apps",
        "/c/pumps/requests",
        "/c/pumps",
        &thread,
        &format!("/posts/{answer}/edit"),
        "/c?scope=joined",
    ] {
        let page = karim.open(path);
        sound(&page, path);
        assert_eq!(page.header("cache-control"), "private, no-store", "{path}");
    }
    assert_eq!(karim.get("/settings/invitations").status, 403);
    let part = visitor.get(&format!("/posts/{answer}"));
    assert_eq!(part.location(), format!("/posts/{question}#post-{answer}"));
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn a_question_is_asked_answered_and_accepted_on_pages() {
    let Place {
        world,
        question,
        answer,
    } = place();
    let lotte = world.signed_in("lotte");
    let page = lotte.open("/ask");
    let community = page
        .text
        .split("<option value=\"")
        .nth(2)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let empty = lotte.submit(
        "/ask",
        "/ask",
        &[("title", ""), ("text", "half an hour of writing")],
    );
    assert_eq!(empty.status, 422);
    assert!(
        empty.text.contains("half an hour of writing")
            && empty.text.contains("aria-invalid=\"true\"")
    );
    let preview = lotte.submit(
        "/ask",
        "/ask",
        &[("title", "T"), ("text", "**bold**"), ("preview", "1")],
    );
    assert!(
        preview.text.contains("<strong>bold</strong>"),
        "{}",
        preview.text
    );
    let values = [
        ("community", community.as_str()),
        ("title", "Why now?"),
        ("text", "It *leaks*."),
        ("boundary", ""),
    ];
    let done = lotte.submit("/ask", "/ask", &values);
    assert_eq!(done.status, 303, "{}", done.text);
    let thread = lotte.open(done.location());
    assert!(thread.text.contains("Why now?") && thread.text.contains("<em>leaks</em>"));
    let path = format!("/posts/{question}");
    let reply = format!("{path}/reply");
    assert_eq!(lotte.submit(&path, &reply, &[("text", " ")]).status, 422);
    assert_eq!(
        lotte
            .submit(&path, &reply, &[("text", "Look at the bearing.")])
            .status,
        303
    );
    let accept = format!("/posts/{answer}/accept");
    let bart = world.signed_in("bart");
    assert_eq!(bart.submit(&path, &accept, &[("on", "1")]).status, 303);
    let seen = world.browser().open(&path).text;
    assert!(seen.contains("Accepted answer by karim"), "{seen}");
    assert!(seen.find("Change the ring").unwrap() < seen.find("Look at the bearing").unwrap());
    assert_eq!(bart.submit(&path, &accept, &[("on", "0")]).status, 303);
    assert!(
        !world
            .browser()
            .open(&path)
            .text
            .contains("Accepted answer by")
    );
    let stranger = world.browser().open(&path).text;
    assert!(!stranger.contains("/accept\""), "no button for visitors");
    let mark = format!("{path}/favourite");
    assert_eq!(lotte.submit(&path, &mark, &[("on", "1")]).status, 303);
    assert!(lotte.open(&path).text.contains("Works for me (1)"));
}

#[test]
fn a_post_is_edited_and_deleted_on_pages() {
    let Place {
        world, question, ..
    } = place();
    let bart = world.signed_in("bart");
    let (path, edit) = (
        format!("/posts/{question}"),
        format!("/posts/{question}/edit"),
    );
    assert_eq!(
        bart.submit(
            &edit,
            &edit,
            &[("title", "Why does it sing?"), ("text", "Since Monday.")]
        )
        .status,
        303
    );
    let history = bart.open(&format!("{path}/history")).text;
    assert!(history.contains("Why does it sing?") && history.contains("Why does it hum?"));
    let lotte = world.signed_in("lotte");
    assert_eq!(lotte.get(&edit).status, 403);
    assert_eq!(
        bart.submit(&path, &format!("{path}/delete"), &[]).status,
        303
    );
    assert_eq!(world.browser().get(&path).status, 410);
}

#[test]
fn stewards_decide_requests_on_a_page() {
    let world = World::with(|_| {});
    let [karim, lotte, _] = ["karim", "lotte", "bart"].map(|name| world.person_with_password(name));
    let id = world.community(
        "safety",
        Boundary::Node,
        JoinPolicy::Request,
        [karim, lotte],
    );
    let (steward, bart) = (world.signed_in("karim"), world.signed_in("bart"));
    assert_eq!(bart.submit("/c/safety", "/c/safety/join", &[]).status, 303);
    assert!(bart.open("/c/safety").text.contains("You asked to join"));
    assert_eq!(bart.get("/c/safety/requests").status, 403);
    assert!(
        bart.open("/c/safety/members")
            .text
            .contains("Only members see")
    );
    assert!(
        steward
            .open("/c/safety")
            .text
            .contains("One person asks to join")
    );
    let decided = steward.submit(
        "/c/safety/requests",
        "/c/safety/requests",
        &[("decision", "accept")],
    );
    assert_eq!(decided.status, 303, "{}", decided.text);
    assert!(bart.open("/c/safety").text.contains("You are a member"));
    assert_eq!(
        world
            .read(move |conn| communities::get(conn, id))
            .members_count,
        3
    );
    assert_eq!(bart.submit("/c/safety", "/c/safety/leave", &[]).status, 303);
    assert!(!bart.open("/c/safety").text.contains("You are a member"));
}

#[test]
fn pages_speak_the_language_of_the_browser_until_one_is_chosen() {
    let Place { world, .. } = place();
    for (language, code) in [
        ("fr-BE,fr;q=0.9,en;q=0.1", "fr"),
        ("nl", "nl"),
        ("de", "en"),
    ] {
        let page = world.browser_in(language).open("/");
        assert!(
            page.text.contains(&format!("<html lang=\"{code}\"")),
            "{language}"
        );
    }
    let browser = world.browser_in("en");
    let done = browser.submit("/c/pumps?kind=question", "/language", &[("lang", "nl")]);
    assert_eq!(
        (done.status.as_u16(), done.location()),
        (303, "/c/pumps?kind=question")
    );
    for path in ["/", "/c/pumps"] {
        assert!(
            browser.open(path).text.contains("<html lang=\"nl\""),
            "{path}"
        );
    }
}

#[test]
fn a_hidden_community_looks_absent() {
    let Place { world, .. } = place();
    let name = "hiddenplace";
    let karim = world
        .read(|conn| cordee::store::accounts::find_local(conn, "karim"))
        .unwrap()
        .id;
    let lotte = world
        .read(|conn| cordee::store::accounts::find_local(conn, "lotte"))
        .unwrap()
        .id;
    let id = world.community(name, Boundary::Node, JoinPolicy::Invite, [karim, lotte]);
    world
        .write(move |tx| {
            let mut community = communities::get(tx, id)?;
            community.visibility = Listing::Hidden;
            communities::update(tx, &community)
        })
        .unwrap();
    let absent = "absentplace";
    for template in [
        "/c/{}",
        "/c/{}/charter",
        "/c/{}/members",
        "/c/{}/feed.atom",
        "/@{}",
    ] {
        let answers = [name, absent].map(|name| world.browser().get(&template.replace("{}", name)));
        let bodies = [(&answers[0], name), (&answers[1], absent)]
            .map(|(answer, name)| answer.text.replace(name, ""));
        assert_eq!(answers[0].status, 404, "{template}");
        assert_eq!(bodies[0], bodies[1], "{template}");
    }
    let karim = world.signed_in("karim");
    karim.open(&format!("/c/{name}"));
    let mut fields = karim.open("/@lotte").form("/@lotte");
    fields.insert("on".into(), "1".into());
    let follow = |name: &str| {
        let path = format!("/@{name}");
        let said = karim.post_with(&path, &fields, &[("origin", "http://localhost:7400")]);
        (said.status, said.text.replace(name, ""))
    };
    assert_eq!(follow(name), follow(absent));
    assert_eq!(follow("lotte").0, 303);
    assert!(!world.browser().open("/c").text.contains(name));
}

#[test]
fn feeds_and_previews_hold_public_posts_only() {
    let Place {
        world, question, ..
    } = place();
    let karim = world
        .read(|conn| cordee::store::accounts::find_local(conn, "karim"))
        .unwrap()
        .id;
    let pumps = world
        .read(|conn| cordee::store::accounts::find_local(conn, "pumps"))
        .unwrap()
        .id;
    let inside = world
        .publish(
            karim,
            NewPost {
                source: "Only for us".into(),
                title: Some("Internal matter".into()),
                kind: Some(Kind::Knowledge),
                community: Some(pumps),
                boundary: Some(Boundary::Node),
                ..NewPost::default()
            },
        )
        .unwrap();
    let feed = world.browser().open("/c/pumps/feed.atom");
    assert!(
        feed.header("content-type")
            .starts_with("application/atom+xml")
    );
    assert!(
        feed.text.contains("Why does it hum?") && !feed.text.contains("Internal matter"),
        "{}",
        feed.text
    );
    let own = world.signed_in("karim").open("/c/pumps/feed.atom");
    assert!(!own.text.contains("Internal matter"), "whoever asks");
    let shown = world.browser().open(&format!("/posts/{question}")).text;
    assert!(
        shown.contains("<meta property=\"og:title\" content=\"Why does it hum?\">"),
        "{shown}"
    );
    let hidden = world.browser().get(&format!("/posts/{}", inside.id));
    assert!(
        hidden.status == 404
            && !hidden.text.contains("og:title")
            && !hidden.text.contains("Internal")
    );
    let member = world
        .signed_in("karim")
        .open(&format!("/posts/{}", inside.id));
    assert!(member.text.contains("Internal matter") && !member.text.contains("og:title"));
}

#[test]
fn markup_in_posts_does_no_harm() {
    let Place { world, .. } = place();
    let karim = world
        .read(|conn| cordee::store::accounts::find_local(conn, "karim"))
        .unwrap()
        .id;
    let bad = "<script>alert(1)</script><img src=x onerror=alert(1)> [y](javascript:alert(2))";
    let post = world
        .publish(
            karim,
            NewPost {
                source: bad.into(),
                title: Some("<script>alert(3)</script>".into()),
                kind: Some(Kind::Knowledge),
                spoiler: "\"><script>".into(),
                ..NewPost::default()
            },
        )
        .unwrap();
    let page = world.browser().open(&format!("/posts/{}", post.id)).text;
    assert!(
        !page.contains("<script")
            && !page.contains("<img src=x")
            && !page.contains("href=\"javascript:"),
        "{page}"
    );
}
