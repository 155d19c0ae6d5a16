//! What people set on their profiles, and how it shows; and boosts with a visibility of their own.

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::world::World;

const CHANGE: &str = "/api/v1/accounts/update_credentials";

fn names(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap();
    list.iter()
        .map(|one| one["username"].as_str().unwrap())
        .collect()
}

#[test]
fn hidden_lists_of_follows_are_for_their_owner_alone() {
    World::each(|world| {
        let [karim_id, lotte_id, mei_id] = ["karim", "lotte", "mei"].map(|name| world.person(name));
        let [karim, lotte, mei] = [karim_id, lotte_id, mei_id].map(|id| world.client(id));
        let follow = |client: &Client<'_>, whom| {
            let path = format!("/api/v1/accounts/{whom}/follow");
            client.post(&path, &json!({})).expect(200);
        };
        follow(&karim, lotte_id);
        follow(&lotte, karim_id);
        follow(&mei, lotte_id);
        let list = |client: &Client<'_>, side: &str| {
            let path = format!("/api/v1/accounts/{lotte_id}/{side}");
            let said = client.get(&path);
            (said.expect(200), said.headers.contains_key("link"))
        };
        assert_eq!(names(&list(&mei, "followers").0), ["mei", "karim"]);
        let familiar = format!("/api/v1/accounts/familiar_followers?id[]={karim_id}");
        assert_eq!(
            names(&mei.get(&familiar).expect(200)[0]["accounts"]),
            ["lotte"]
        );
        let now = lotte
            .patch(CHANGE, &json!({ "hide_collections": true }))
            .expect(200);
        assert_eq!(
            (&now["hide_collections"], &now["source"]["hide_collections"]),
            (&json!(true), &json!(true))
        );
        for side in ["followers", "following"] {
            for client in [&mei, &world.visitor()] {
                assert_eq!(
                    list(client, side),
                    (json!([]), false),
                    "{} {side}",
                    world.kind
                );
            }
            assert!(!list(&lotte, side).0.as_array().unwrap().is_empty());
        }
        assert_eq!(mei.get(&familiar).expect(200)[0]["accounts"], json!([]));
        let seen = mei.get(&format!("/api/v1/accounts/{lotte_id}")).expect(200);
        assert_eq!(
            (&seen["hide_collections"], &seen["followers_count"]),
            (&json!(true), &json!(2))
        );
        let collection = world.visitor().get("/users/lotte/followers").expect(200);
        for key in ["orderedItems", "items", "first"] {
            assert!(collection.get(key).is_none(), "{collection}");
        }
        lotte
            .patch(CHANGE, &json!({ "display_name": "L" }))
            .expect(200);
        assert_eq!(list(&mei, "followers").0, json!([]), "it stays as it was");
        lotte
            .patch(CHANGE, &json!({ "hide_collections": false }))
            .expect(200);
        assert_eq!(names(&list(&mei, "followers").0), ["mei", "karim"]);
    });
}

#[test]
fn domains_and_fields_are_checked_and_nothing_changes_otherwise() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let wanted = json!({
            "attribution_domains": ["example.com", "https://Blog.example/"],
            "source": { "quote_policy": "followers" },
        });
        let source = &karim.patch(CHANGE, &wanted).expect(200)["source"];
        assert_eq!(
            source["attribution_domains"],
            json!(["example.com", "blog.example"])
        );
        assert_eq!(source["quote_policy"], "followers");
        let preferences = karim.get("/api/v1/preferences").expect(200);
        assert_eq!(preferences["posting:default:quote_policy"], "followers");
        let fields: Vec<Value> = (0..5)
            .map(|n| json!({ "name": format!("n{n}"), "value": "v" }))
            .collect();
        for bad in [
            json!({ "attribution_domains": ["no domain"] }),
            json!({ "source": { "quote_policy": "everybody" } }),
            json!({ "fields_attributes": fields }),
        ] {
            karim.patch(CHANGE, &bad).expect(422);
        }
        karim
            .patch(CHANGE, &json!({ "fields_attributes": fields[..4] }))
            .expect(200);
        let now = karim.get("/api/v1/accounts/verify_credentials").expect(200);
        assert_eq!(now["fields"].as_array().unwrap().len(), 4);
        assert_eq!(now["source"]["quote_policy"], "followers");
    });
}

#[test]
fn a_boost_has_a_visibility_of_its_own() {
    World::each(|world| {
        let [karim_id, lotte_id, mei_id] = ["karim", "lotte", "mei"].map(|name| world.person(name));
        let [karim, lotte, mei] = [karim_id, lotte_id, mei_id].map(|id| world.client(id));
        let follow = format!("/api/v1/accounts/{karim_id}/follow");
        lotte.post(&follow, &json!({})).expect(200);
        let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
        let boost = |post: &Value, visibility: &str| {
            let path = format!("/api/v1/statuses/{}/reblog", id(post));
            karim.post(&path, &json!({ "visibility": visibility }))
        };
        let post = mei.publish("open");
        boost(&post, "direct").expect(422);
        boost(&post, "everybody").expect(422);
        let quiet = boost(&post, "private").expect(200);
        assert_eq!(
            (&quiet["visibility"], &quiet["reblog"]["visibility"]),
            (&json!("private"), &json!("public")),
            "{}",
            world.kind
        );
        let path = format!("/api/v1/statuses/{}", id(&quiet));
        lotte.get(&path).expect(200);
        for client in [&mei, &world.visitor()] {
            client.get(&path).expect(404);
            let wall = format!("/api/v1/accounts/{karim_id}/statuses");
            assert_eq!(client.get(&wall).expect(200), json!([]));
            let by = format!("/api/v1/statuses/{}/reblogged_by", id(&post));
            assert_eq!(client.get(&by).expect(200), json!([]));
        }
        let home = lotte.get("/api/v1/timelines/home").expect(200);
        assert_eq!(
            (&home[0]["id"], &home[0]["visibility"]),
            (&quiet["id"], &json!("private"))
        );
        let other = mei.publish("open too");
        assert_eq!(
            boost(&other, "unlisted").expect(200)["visibility"],
            "unlisted"
        );
        let own = karim.publish_with(&json!({ "status": "mine", "visibility": "private" }));
        let boosted = boost(&own, "public").expect(200);
        assert_eq!(
            boosted["visibility"], "private",
            "never wider than the post"
        );
    });
}

#[test]
fn own_votes_come_in_the_order_of_voting() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.client(world.person(name)));
        let poll = json!({ "options": ["a", "b", "c"], "expires_in": 600, "multiple": true });
        let asked = karim.publish_with(&json!({ "status": "Which?", "poll": poll }));
        let id = asked["poll"]["id"].as_str().unwrap();
        for choice in [2, 0] {
            let path = format!("/api/v1/polls/{id}/votes");
            lotte
                .post(&path, &json!({ "choices": [choice] }))
                .expect(200);
        }
        let seen = lotte.get(&format!("/api/v1/polls/{id}")).expect(200);
        assert_eq!(seen["own_votes"], json!([2, 0]), "{}", world.kind);
    });
}
