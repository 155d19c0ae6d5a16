//! Lists of one's own.

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::world::World;

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

fn sources(client: &Client<'_>, path: &str) -> Vec<String> {
    let page = client.get(path).expect(200);
    page.as_array()
        .unwrap()
        .iter()
        .map(|line| {
            let content = line["content"].as_str().unwrap();
            content
                .trim_start_matches("<p>")
                .trim_end_matches("</p>")
                .to_owned()
        })
        .collect()
}

#[test]
fn a_list_is_made_filled_changed_and_removed() {
    World::each(|world| {
        let (karim_id, lotte_id) = (world.person("karim"), world.person("lotte"));
        let (karim, lotte) = (world.client(karim_id), world.client(lotte_id));
        let wanted = json!({ "title": " Pumps ", "replies_policy": "none", "exclusive": "true" });
        let made = lotte.post("/api/v1/lists", &wanted).expect(200);
        assert_eq!(
            made,
            json!({ "id": id(&made), "title": "Pumps", "replies_policy": "none", "exclusive": true })
        );
        let path = format!("/api/v1/lists/{}", id(&made));
        let people = format!("{path}/accounts");
        let karims = json!({ "account_ids": [karim_id.to_string()] });
        let refused = lotte.post(&people, &karims).expect(422);
        assert_eq!(
            refused["error"],
            "Validation failed: You must follow an account to add it to a list"
        );
        lotte.post(&format!("/api/v1/accounts/{karim_id}/follow"), &Value::Null);
        for _ in 0..2 {
            assert_eq!(lotte.post(&people, &karims).expect(200), json!({}));
        }
        let members = lotte.get(&people).expect(200);
        assert_eq!(members.as_array().unwrap().len(), 1);
        assert_eq!(members[0]["acct"], "karim");
        let holding = format!("/api/v1/accounts/{karim_id}/lists");
        assert_eq!(lotte.get(&holding).expect(200)[0]["id"], made["id"]);
        let renamed = lotte.put(&path, &json!({ "title": "Valves" })).expect(200);
        assert_eq!(
            (&renamed["title"], &renamed["replies_policy"]),
            (&json!("Valves"), &json!("none"))
        );
        assert_eq!(lotte.get("/api/v1/lists").expect(200), json!([renamed]));
        for other in [
            &path,
            &people,
            &format!("/api/v1/timelines/list/{}", id(&made)),
        ] {
            karim.get(other).expect(404);
        }
        karim.delete(&path).expect(404);
        karim.put(&path, &json!({ "title": "Mine" })).expect(404);
        let gone = format!("{people}?account_ids[]={karim_id}");
        lotte.delete(&gone).expect(200);
        assert_eq!(lotte.get(&people).expect(200), json!([]));
        assert_eq!(lotte.delete(&path).expect(200), json!({}));
        lotte.get(&path).expect(404);
    });
}

#[test]
fn odd_lists_are_refused() {
    let world = World::with(|_| {});
    let lotte = world.client(world.person("lotte"));
    for (body, words) in [
        (json!({}), "Title can't be blank"),
        (json!({ "title": "  " }), "Title can't be blank"),
        (json!({ "title": "x".repeat(257) }), "too long"),
        (
            json!({ "title": "x", "replies_policy": "all" }),
            "not one of followed, list, none",
        ),
    ] {
        let refused = lotte.post("/api/v1/lists", &body).expect(422);
        assert!(
            refused["error"].as_str().unwrap().contains(words),
            "{refused}"
        );
    }
    assert_eq!(lotte.get("/api/v1/lists").expect(200), json!([]));
    let made = lotte
        .post("/api/v1/lists", &json!({ "title": "x" }))
        .expect(200);
    let people = format!("/api/v1/lists/{}/accounts", id(&made));
    lotte.post(&people, &json!({})).expect(422);
    lotte
        .post(&people, &json!({ "account_ids": ["12"] }))
        .expect(404);
}

#[test]
fn a_list_shows_what_its_people_post_and_what_they_answer_as_wished() {
    World::each(|world| {
        let ids = ["karim", "lotte", "anne", "bart"].map(|name| world.person(name));
        let [karim, lotte, anne, bart] = ids.map(|one| world.client(one));
        for followed in [ids[0], ids[2]] {
            bart.post(&format!("/api/v1/accounts/{followed}/follow"), &Value::Null)
                .expect(200);
        }
        let mut paths = Vec::new();
        for policy in ["none", "list", "followed"] {
            let wanted = json!({ "title": policy, "replies_policy": policy });
            let made = bart.post("/api/v1/lists", &wanted).expect(200);
            let people = format!("/api/v1/lists/{}/accounts", id(&made));
            bart.post(&people, &json!({ "account_ids": [ids[0].to_string()] }))
                .expect(200);
            paths.push(format!("/api/v1/timelines/list/{}", id(&made)));
        }
        karim.publish("first");
        let question = anne.publish("who");
        lotte.publish("nobody follows this");
        let reply = json!({ "status": "me", "in_reply_to_id": question["id"] });
        karim.post("/api/v1/statuses", &reply).expect(200);
        assert_eq!(sources(&bart, &paths[0]), ["first"]);
        assert_eq!(sources(&bart, &paths[1]), ["first"]);
        assert_eq!(sources(&bart, &paths[2]), ["me", "first"]);
        let list = paths[1].replace("timelines/list", "lists");
        let annes = json!({ "account_ids": [ids[2].to_string()] });
        bart.post(&format!("{list}/accounts"), &annes).expect(200);
        assert_eq!(sources(&bart, &paths[1]), ["me", "who", "first"]);
        let boost = format!("/api/v1/statuses/{}/reblog", id(&question));
        assert_eq!(sources(&bart, &paths[0]), ["first"]);
        karim.post(&boost, &json!({})).expect(200);
        assert_eq!(sources(&bart, "/api/v1/timelines/home").len(), 3);
        bart.put(&list, &json!({ "exclusive": true })).expect(200);
        assert_eq!(
            sources(&bart, "/api/v1/timelines/home"),
            Vec::<String>::new()
        );
        bart.post(
            &format!("/api/v1/accounts/{}/unfollow", ids[2]),
            &Value::Null,
        )
        .expect(200);
        let members = bart.get(&format!("{list}/accounts")).expect(200);
        assert_eq!(
            members.as_array().unwrap().len(),
            1,
            "who is not followed leaves"
        );
    });
}
