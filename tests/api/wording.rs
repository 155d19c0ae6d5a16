//! What a plain client gets of what it cannot show, and what it is told of what is not published.

use cordee::model::words::{Boundary, JoinPolicy};
use serde_json::{Value, json};

use crate::support::world::World;

/// The ids of all posts in a thread.
fn thread(client: &crate::support::client::Client<'_>, id: &str) -> usize {
    let found = client
        .get(&format!("/api/v1/statuses/{id}/context"))
        .expect(200);
    found["descendants"].as_array().unwrap().len()
}

#[test]
fn a_command_that_cannot_be_carried_out_is_refused_and_leaves_nothing() {
    World::each(|world| {
        let (karim, lotte) = (
            world.client(world.person("karim")),
            world.client(world.person("lotte")),
        );
        let post = karim.publish("How to warm up a pump");
        let id = post["id"].as_str().unwrap();
        for text in [
            "#used 30min",
            "@karim #utilisé",
            "#gebruikt, het werkte",
            "@karim #thanks",
            "#merci",
            "#bedankt",
            "#stilltrue",
            "#toujoursvrai",
            "#klopt",
            "#changed",
            "#changé",
            "#gewijzigd",
        ] {
            let reply = json!({ "status": text, "in_reply_to_id": id });
            let said = lotte.post("/api/v1/statuses", &reply).expect(422);
            let sentence = said["error"].as_str().unwrap();
            assert!(sentence.contains("nothing was published"), "{said}");
        }
        assert_eq!(thread(&lotte, id), 0, "{}", world.kind);
        let word = json!({ "status": "thanks, I used it", "in_reply_to_id": id });
        lotte.post("/api/v1/statuses", &word).expect(200);
        lotte.publish("#thanks to all, in a post of its own");
        assert_eq!(thread(&lotte, id), 1);
    });
}

#[test]
fn nothing_is_written_in_a_community_before_it_opens() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.client(world.person(name)));
        let proposal = json!({ "name": "valves", "title": "Valves", "purpose": "Fewer leaks",
                               "posting_policy": "anyone" });
        let made = karim
            .post("/api/cordee/v1/communities", &proposal)
            .expect(200);
        assert_eq!(made["state"], "proposed");
        for client in [&karim, &lotte] {
            let asked = json!({ "status": "Early", "community_id": made["id"] });
            client.post("/api/v1/statuses", &asked).expect(403);
            let named = json!({ "status": "@valves Early" });
            client.post("/api/v1/statuses", &named).expect(403);
        }
        let private = json!({ "status": "@lotte join @valves", "visibility": "direct" });
        karim.post("/api/v1/statuses", &private).expect(200);
        let path = format!(
            "/api/cordee/v1/communities/{}/timeline",
            made["id"].as_str().unwrap()
        );
        assert_eq!(karim.get(&path).expect(200), json!([]));
    });
}

#[test]
fn clients_get_tables_as_lines_and_links_that_open_elsewhere() {
    World::each(|world| {
        let [karim, _] = ["karim", "lotte"].map(|name| world.client(world.person(name)));
        let text = "@lotte\n\n| Pump | Bar |\n|---|---|\n| A | 3 |\n\n[more](https://x.example/)";
        let shown = karim.publish(text)["content"].as_str().unwrap().to_owned();
        assert!(
            shown.contains("<strong>Pump</strong> | <strong>Bar</strong><br>A | 3"),
            "{shown}"
        );
        assert!(!shown.contains("<t"), "{shown}");
        let link =
            r#"<a href="https://x.example/" rel="nofollow noopener" target="_blank">more</a>"#;
        assert!(shown.contains(link), "{shown}");
        assert!(
            shown.contains(r#"class="u-url mention">@<span>lotte"#),
            "{shown}"
        );
    });
}

#[test]
fn a_community_without_picture_has_one_of_its_own() {
    World::each(|world| {
        let ids = ["karim", "lotte"].map(|name| world.person(name));
        let id = world.community("pumps", Boundary::Public, JoinPolicy::Open, ids);
        let client = world.client(ids[0]);
        let account = client.get(&format!("/api/v1/accounts/{id}")).expect(200);
        let address = account["avatar"].as_str().unwrap();
        let file = client.get(address.strip_prefix("http://localhost:7400").unwrap());
        assert_eq!(
            (file.status.as_u16(), &file.bytes[1..4]),
            (200, &b"PNG"[..])
        );
        let own = client
            .get("/api/v1/accounts/verify_credentials")
            .expect(200);
        assert_ne!(own["avatar"], account["avatar"]);
    });
}

#[test]
fn a_boost_shows_the_page_of_what_it_boosts() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.client(world.person(name)));
        let post = karim.publish("Worth reading");
        let path = format!("/api/v1/statuses/{}/reblog", post["id"].as_str().unwrap());
        let boost: Value = lotte.post(&path, &json!({})).expect(200);
        assert_eq!(boost["url"], post["url"]);
        let uri = format!(
            "http://localhost:7400/activities/{}",
            boost["id"].as_str().unwrap()
        );
        assert_eq!(
            (&boost["uri"], &boost["reblog"]["uri"]),
            (&json!(uri), &post["uri"])
        );
    });
}
