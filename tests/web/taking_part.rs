//! Votes, pictures of profiles, what new posts reach, and how people of other nodes come to a community.

use axum::body::Body;
use axum::http::Request;
use cordee::actions::create_post::{NewPoll, NewPost};
use cordee::model::ids::AccountId;
use cordee::model::words::{Boundary, JoinPolicy, QuotePolicy, Visibility};
use cordee::store::users::{self, Preferences};
use cordee::store::{accounts, posts};
use serde_json::json;

use crate::support::browser::Browser;
use crate::support::world::{World, text};

/// The smallest PNG of one grey pixel.
pub(super) const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0,
    1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 0x0a, 0x49, 0x44, 0x41, 0x54,
    0x78, 0x9c, 0x63, 0x68, 0, 0, 0, 0x82, 0, 0x81, 0x77, 0xcd, 0x72, 0xb6, 0, 0, 0, 0, 0x49, 0x45,
    0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

fn poll(world: &World, by: AccountId, multiple: bool) -> String {
    let poll = NewPoll {
        options: vec!["Grease".into(), "Oil".into()],
        expires_in: 3600,
        multiple,
        hide_totals: false,
    };
    let new = NewPost {
        poll: Some(poll),
        ..text("What helps?")
    };
    format!("/posts/{}", world.publish(by, new).unwrap().id)
}

#[test]
fn an_author_says_on_pages_who_may_quote_and_takes_consent_back() {
    World::each(|world| {
        world.person_with_password("karim");
        let lotte = world.client(world.person_with_password("lotte"));
        let karim = world.signed_in("karim");
        let kind = "/write/discussion";
        let fields = [
            ("title", ""),
            ("text", "Look at this"),
            ("quotes", "nobody"),
        ];
        let page = karim.submit(kind, kind, &fields).location().to_owned();
        let id = page.rsplit('/').next().unwrap();
        let quote = json!({ "status": "see", "quoted_status_id": id });
        lotte.post("/api/v1/statuses", &quote).expect(422);
        let edit = format!("{page}/edit");
        let shown = karim.open(&edit).text;
        assert!(shown.contains("value=\"nobody\" selected"), "{shown}");
        let fields = [("text", "Look at this"), ("quotes", "public")];
        assert_eq!(karim.submit(&edit, &edit, &fields).status, 303);
        let quoting = lotte.post("/api/v1/statuses", &quote).expect(200);
        let quoting = quoting["id"].as_str().unwrap();
        let quotes = format!("{page}/quotes");
        let others = world.signed_in("lotte").open(&quotes).text;
        assert!(
            others.contains("see") && !others.contains("name=\"quoting\""),
            "{others}"
        );
        assert!(karim.open(&page).text.contains(&quotes));
        let done = karim.submit(&quotes, &quotes, &[("quoting", quoting)]);
        assert_eq!((done.status.as_u16(), done.location()), (303, &*quotes));
        let state = lotte
            .get(&format!("/api/v1/statuses/{quoting}"))
            .expect(200);
        assert_eq!(state["quote"]["state"], "revoked", "{}", world.kind);
        assert!(karim.open(&quotes).text.contains("Nobody has quoted this."));
        assert_eq!(karim.get("/posts/7/quotes").status, 404);
        let settings = "/settings/profile";
        let wish = [("hide_collections", "1"), ("quotes", "followers")];
        assert_eq!(karim.submit(settings, settings, &wish).status, 200);
        let me = world
            .read(|conn| users::find_by_name(conn, "karim"))
            .unwrap();
        assert!(me.hide_collections && me.default_quote_policy == QuotePolicy::Followers);
    });
}

#[test]
fn one_votes_on_the_page_of_a_poll_once() {
    World::each(|world| {
        let karim = world.person_with_password("karim");
        world.person_with_password("lotte");
        let lotte = world.signed_in("lotte");
        for (multiple, kind) in [(false, "radio"), (true, "checkbox")] {
            let page = poll(world, karim, multiple);
            let action = format!("{page}/vote");
            let shown = lotte.open(&page).text;
            assert!(shown.contains(&format!("type=\"{kind}\"")), "{shown}");
            assert_eq!(lotte.submit(&page, &action, &[("choice", "7")]).status, 422);
            let done = lotte.submit(&page, &action, &[("choice", "1")]);
            assert_eq!((done.status.as_u16(), done.location()), (303, &*page));
            let shown = lotte.open(&page).text;
            assert!(
                shown.contains("Your vote") && shown.contains("1 vote"),
                "{shown}"
            );
            assert!(!shown.contains(&action), "nothing left to vote");
            let own = world.signed_in("karim").open(&page).text;
            assert!(!own.contains(&action), "not on one's own");
            assert!(!world.browser().open(&page).text.contains(&action));
        }
    });
}

fn upload(browser: &Browser<'_>, field: &str, bytes: &[u8]) -> u16 {
    let fields = browser.open("/settings/profile").form("/settings/profile");
    let mut body = Vec::new();
    let mut part = |head: &str, bytes: &[u8]| {
        let head = format!("--X\r\nContent-Disposition: form-data; {head}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    };
    let file = |name: &str| name == "avatar" || name == "header";
    for (name, value) in fields
        .iter()
        .filter(|(name, _)| !file(name) && !name.starts_with("remove"))
    {
        part(&format!("name=\"{name}\""), value.as_bytes());
    }
    part(&format!("name=\"{field}\"; filename=\"me.png\""), bytes);
    part("name=\"header\"; filename=\"\"", b"");
    body.extend_from_slice(b"--X--\r\n");
    let request = Request::post("/settings/profile")
        .header("content-type", "multipart/form-data; boundary=X")
        .header("origin", "http://localhost:7400");
    let answer = browser.send(request.body(Body::from(body)).unwrap());
    answer.status.as_u16()
}

#[test]
fn a_profile_gets_its_picture_on_the_page_and_loses_it_again() {
    World::each(|world| {
        let lotte = world.person_with_password("lotte");
        let browser = world.signed_in("lotte");
        let avatar = || world.read(move |conn| Ok(accounts::get(conn, lotte)?.avatar));
        assert_eq!(upload(&browser, "avatar", b"<svg/>"), 422);
        assert_eq!(avatar(), None);
        assert_eq!(upload(&browser, "avatar", PNG), 200);
        let file = avatar().unwrap();
        let shown = browser.get(&format!("/media/{file}"));
        assert_eq!(
            (shown.status.as_u16(), shown.header("content-type")),
            (200, "image/png")
        );
        assert_eq!(upload(&browser, "other", b""), 200);
        assert_eq!(avatar(), Some(file), "what is not chosen stays");
        let mut fields = browser.open("/settings/profile").form("/settings/profile");
        fields.insert("remove_avatar".into(), "1".into());
        fields.remove("avatar");
        fields.remove("header");
        let origin = [("origin", "http://localhost:7400")];
        assert_eq!(
            browser
                .post_with("/settings/profile", &fields, &origin)
                .status,
            200
        );
        assert_eq!(avatar().as_deref().unwrap_or_default(), "");
    });
}

#[test]
fn a_post_outside_of_communities_reaches_whom_its_author_chose_for_new_posts() {
    World::each(|world| {
        let (karim, lotte) = (
            world.person_with_password("karim"),
            world.person_with_password("lotte"),
        );
        let pumps = world.community("pumps", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
        let wanted = Preferences {
            default_visibility: Some(Visibility::Private),
            ..Preferences::default()
        };
        world
            .write(move |tx| users::set_preferences(tx, lotte, &wanted))
            .unwrap();
        let browser = world.signed_in("lotte");
        for (community, visibility) in [
            (String::new(), Visibility::Private),
            (pumps.to_string(), Visibility::Public),
        ] {
            let values = [
                ("community", &*community),
                ("title", "Today"),
                ("text", "All is well."),
                ("boundary", ""),
            ];
            let done = browser.submit("/write/discussion", "/write/discussion", &values);
            assert_eq!(done.status, 303, "{}", done.text);
            let id = done.location().rsplit('/').next().unwrap().parse().unwrap();
            let post = world.read(move |conn| posts::find(conn, id)).unwrap();
            assert_eq!(post.visibility, visibility);
        }
    });
}

#[test]
fn people_of_other_nodes_are_led_to_theirs() {
    let world = World::with(|_| {});
    let (karim, lotte) = (world.person("karim"), world.person("lotte"));
    world.community("pumps", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
    let browser = world.browser();
    assert!(browser.open("/c/pumps").text.contains("/c/pumps/follow"));
    let page = browser.open("/c/pumps/follow?account=%40mei%40south.example");
    let link =
        "https://south.example/authorize_interaction?uri=http%3A%2F%2Flocalhost%3A7400%2Fc%2Fpumps";
    assert!(page.text.contains(link), "{}", page.text);
    let wrong = browser.open("/c/pumps/follow?account=mei");
    assert!(
        wrong.text.contains("This is not an account")
            && !wrong.text.contains("authorize_interaction")
    );
    assert_eq!(browser.get("/c/nothing/follow").status, 404);
}
