//! The timeline of a web address: the public posts that hold it, as far as the reader may read them.

use cordee::model::words::{Boundary, JoinPolicy};
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::world::World;

/// The address, as clients send it.
const SEALS: &str = "/api/v1/timelines/link?url=https%3A%2F%2Fa.example%2Fseals%3Fa%3D1%26b%3D2";

fn ids(client: &Client<'_>, path: &str) -> Vec<String> {
    let page = client.get(path).expect(200);
    let rows = page.as_array().unwrap().iter();
    rows.map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}

fn id(status: &Value) -> String {
    status["id"].as_str().unwrap().to_owned()
}

#[test]
fn an_address_has_the_public_posts_that_hold_it() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.client(world.person(name)));
        let first = karim.publish("Read https://A.example/seals?a=1&b=2#top please");
        let words = json!({ "kind": "resource", "title": "On seals", "status": "",
            "fields": { "url": "https://a.example/seals?a=1&b=2" } });
        let second = lotte.publish_with(&words);
        let reply = json!({ "status": "[this](https://a.example/seals?a=1&b=2)", "in_reply_to_id": first["id"] });
        let third = lotte.publish_with(&reply);
        karim.publish("https://a.example/seals");
        let private =
            json!({ "status": "https://a.example/seals?a=1&b=2", "visibility": "private" });
        karim.publish_with(&private);
        let all = [&third, &second, &first].map(id);
        assert_eq!(ids(&karim, SEALS), all, "{}", world.kind);
        assert_eq!(ids(&karim, &format!("{SEALS}%23other")), all);
        let path = |status: &Value| format!("/api/v1/statuses/{}", id(status));
        karim
            .put(&path(&first), &json!({ "status": "not any more" }))
            .expect(200);
        lotte.delete(&path(&third)).expect(200);
        assert_eq!(ids(&karim, SEALS), [id(&second)]);
        let title = json!({ "title": "All on seals" });
        lotte.put(&path(&second), &title).expect(200);
        assert_eq!(ids(&karim, SEALS), [id(&second)], "an edit keeps it");
        let blocked = format!(
            "/api/v1/accounts/{}/block",
            second["account"]["id"].as_str().unwrap()
        );
        karim.post(&blocked, &json!({})).expect(200);
        karim.get(SEALS).expect(404);
    });
}

#[test]
fn what_is_for_members_is_in_it_for_members_alone() {
    World::each(|world| {
        let people = ["karim", "lotte", "bart"].map(|name| world.person(name));
        let [karim, lotte, bart] = people.map(|one| world.client(one));
        let stewards = [people[0], people[1]];
        world.community("pumps", Boundary::Public, JoinPolicy::Open, stewards);
        let club = world.community("club", Boundary::Firm, JoinPolicy::Request, stewards);
        let inner = karim.publish_with(&json!({ "status": "https://a.example/seals?a=1&b=2", "community_id": club.to_string() }));
        let of_all = karim.publish("@pumps https://a.example/seals?a=1&b=2");
        let seen = |client: &Client<'_>| {
            let all = ids(client, SEALS);
            let single = client.get(&format!("/api/v1/statuses/{}", id(&inner)));
            assert_eq!(all.contains(&id(&inner)), single.status == 200);
            all
        };
        assert_eq!(seen(&lotte), [id(&of_all), id(&inner)]);
        assert_eq!(seen(&bart), [id(&of_all)], "{}", world.kind);
        world.visitor().get(SEALS).expect(401);
    });
}

#[test]
fn what_is_no_address_is_held_by_nothing() {
    let world = World::with(|_| {});
    let karim = world.client(world.person("karim"));
    let said = karim.get("/api/v1/timelines/link").expect(422);
    assert_eq!(said["error"], "Validation failed: Url can't be blank");
    for odd in [
        "ftp%3A%2F%2Fa.example",
        "seals",
        "https%3A%2F%2Fa.example%2Fnone",
    ] {
        let path = format!("/api/v1/timelines/link?url={odd}");
        let said = karim.get(&path).expect(404);
        assert_eq!(said, json!({ "error": "Record not found" }));
    }
}

#[test]
fn behind_the_last_page_of_an_address_there_is_an_empty_one() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let post = karim.publish("https://a.example/seals?a=1&b=2");
        for cursor in ["max_id", "since_id"] {
            let path = format!("{SEALS}&{cursor}={}", id(&post));
            assert_eq!(karim.get(&path).expect(200), json!([]), "{}", world.kind);
        }
    });
}
