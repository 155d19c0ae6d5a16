//! People whom another node sends here, and addresses that are pasted into the search.

use cordee::model::words::{Boundary, JoinPolicy};
use cordee::store::follows;

use crate::support::world::{World, text};

fn address(uri: &str) -> String {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("uri", uri)
        .finish();
    format!("/authorize_interaction?{query}")
}

#[test]
fn whoever_comes_from_another_node_signs_in_and_finds_the_button() {
    World::each(|world| {
        let karim = world.person_with_password("karim");
        let lotte = world.person_with_password("lotte");
        world.community(
            "pumps",
            Boundary::Public,
            JoinPolicy::Open,
            [lotte, world.person("anne")],
        );
        let post = world.publish(lotte, text("A worn ring")).unwrap();
        let page = address("http://localhost:7400/@lotte");
        let visitor = world.browser();
        let sent = visitor.get(&page);
        assert_eq!(sent.status, 303);
        let to = sent.location().to_owned();
        assert!(
            to.starts_with("/login?next=%2Fauthorize_interaction%3Furi%3D"),
            "{to}"
        );
        let fields = [
            ("login", "karim"),
            ("password", crate::support::browser::PASSWORD),
        ];
        let back = visitor.submit(&to, "/login", &fields);
        assert_eq!(
            (back.status.as_u16(), back.location()),
            (303, page.as_str())
        );
        let done = visitor.submit(&page, "/@lotte", &[("on", "1")]);
        assert_eq!((done.status.as_u16(), done.location()), (303, "/@lotte"));
        let follow = world.read(move |conn| follows::find(conn, karim, lotte));
        assert!(follow.is_some(), "{}", world.kind);
        assert!(
            !visitor.open(&page).text.contains("name=\"on\""),
            "followed already"
        );
        for uri in [
            "http://localhost:7400/c/pumps",
            "acct:pumps@localhost:7400",
            "!pumps",
        ] {
            let shown = visitor.open(&address(uri)).text;
            assert!(shown.contains("action=\"/c/pumps/join\""), "{uri}: {shown}");
        }
        let shown = visitor.open(&address(&post.uri)).text;
        assert!(shown.contains("A worn ring"), "{shown}");
        assert!(
            shown.contains(&format!("href=\"/posts/{}\"", post.id)),
            "{shown}"
        );
    });
}

#[test]
fn what_cannot_be_found_is_told_as_absent_whatever_it_is() {
    World::each(|world| {
        let ids = ["lotte", "anne"].map(|name| world.person(name));
        world.person_with_password("karim");
        let community = world.community("inside", Boundary::Public, JoinPolicy::Open, ids);
        let hide = format!("/api/cordee/v1/communities/{community}");
        let hidden = serde_json::json!({ "visibility": "hidden" });
        world.client(ids[0]).patch(&hide, &hidden).expect(200);
        let karim = world.signed_in("karim");
        let absent = karim.get(&address("http://localhost:7400/@nobody"));
        assert_eq!(absent.status, 404);
        assert!(absent.text.contains("Nothing was found"), "{}", absent.text);
        for uri in [
            "http://localhost:7400/c/inside",
            "",
            "x y",
            "http://127.0.0.1/x",
            &"x".repeat(3000),
        ] {
            assert_eq!(karim.get(&address(uri)).status, 404, "{uri}");
        }
    });
}

#[test]
fn a_pasted_address_leads_to_what_it_stands_for() {
    World::each(|world| {
        let ids = ["lotte", "anne"].map(|name| world.person(name));
        world.community("pumps", Boundary::Public, JoinPolicy::Open, ids);
        let post = world.publish(ids[0], text("A worn ring")).unwrap();
        let browser = world.browser();
        let here = "http%3A%2F%2Flocalhost%3A7400%2F";
        for (q, path) in [
            (format!("{here}%40lotte"), "/@lotte".to_owned()),
            (format!("{here}c%2Fpumps"), "/c/pumps".to_owned()),
            (
                format!("{here}posts%2F{}", post.id),
                format!("/posts/{}", post.id),
            ),
            (
                "%40lotte%40localhost%3A7400".to_owned(),
                "/@lotte".to_owned(),
            ),
        ] {
            let shown = browser.open(&format!("/search?q={q}")).text;
            assert!(shown.contains(&format!("href=\"{path}\"")), "{q}: {shown}");
        }
    });
}

#[test]
fn a_title_stands_once_on_the_page_and_what_has_none_shows_none() {
    World::each(|world| {
        let ids = ["lotte", "anne"].map(|name| world.person(name));
        world.community("pumps", Boundary::Public, JoinPolicy::Open, ids);
        let asked = world
            .publish(
                ids[0],
                text("@pumps #question Why does it leak? It is new."),
            )
            .unwrap();
        let browser = world.browser();
        let shown = browser.open(&format!("/posts/{}", asked.id)).text;
        let main = shown.split("<main").nth(1).unwrap();
        let said =
            main.matches("Why does it leak?").count() - main.matches(": Why does it leak?").count();
        assert_eq!(said, 1, "{main}");
        assert!(main.contains("<p>It is new.</p>"), "{main}");
        let plain = world.publish(ids[0], text("Just saying")).unwrap();
        let shown = browser.open(&format!("/posts/{}", plain.id)).text;
        assert!(
            shown.contains("class=\"visually-hidden\">Discussion by lotte</h1>"),
            "{shown}"
        );
    });
}

#[test]
fn pages_for_which_others_are_asked_count_as_requests() {
    let world = World::with(|config| config.limits.api_per_5min = 3);
    world.person("lotte");
    world.person_with_password("karim");
    let karim = world.signed_in("karim");
    let search = |offset: &str| {
        let path = format!("/search?q=%40lotte%40localhost%3A7400{offset}");
        karim.get(&path).status.as_u16()
    };
    assert_eq!(search(""), 200);
    assert_eq!(search(""), 200);
    let page = address("@lotte");
    assert_eq!(karim.get(&page).status.as_u16(), 200);
    assert_eq!(search(""), 429);
    assert_eq!(karim.get(&page).status.as_u16(), 429);
    assert_eq!(search("&offset=20"), 200, "nobody is asked any more");
    assert_eq!(karim.get("/search?q=ring").status.as_u16(), 200);
}
