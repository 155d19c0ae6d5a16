//! Communities and questions through our own API.

use cordee::model::words::{Boundary, JoinPolicy};
use serde_json::{Value, json};

use crate::support::world::World;

#[test]
fn a_community_is_proposed_opened_and_joined() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let lotte = world.client(world.person("lotte"));
        let bart_id = world.person("bart");
        let bart = world.client(bart_id);
        let own = "/api/cordee/v1/communities";
        let taken =
            json!({ "name": "lotte", "title": "T", "purpose": "P", "goals": [], "stewards": [] });
        assert_eq!(karim.post(own, &taken).expect(422)["field"], "name");
        let charter = json!({ "name": "pumps", "title": "Pumps", "purpose": "Fewer stops", "boundary": "public",
            "join_policy": "request", "stewards": ["karim", "lotte"],
            "goals": [{ "name": "Stops", "unit": "a month", "baseline": 9, "target": 4, "due": "2027-06-30" }] });
        let made = karim.post(own, &charter).expect(200);
        assert_eq!(
            (&made["state"], &made["membership"]),
            (&json!("proposed"), &json!("active"))
        );
        let path = format!("{own}/{}", made["id"].as_str().unwrap());
        assert_eq!(bart.post(&format!("{path}/open"), &json!({})).status, 403);
        let refused = karim.post(&format!("{path}/open"), &json!({})).expect(422);
        assert_eq!(refused["field"], "stewards");
        assert_eq!(lotte.get(&path).expect(200)["membership"], "invited");
        let told = lotte.get("/api/v1/notifications").expect(200);
        assert_eq!(told[0]["account"]["acct"], "pumps");
        let agreed = lotte.post(&format!("{path}/join"), &json!({})).expect(200);
        assert_eq!(agreed["state"], "active");
        let open = karim.post(&format!("{path}/open"), &json!({})).expect(200);
        assert_eq!(
            (&open["state"], &open["goals"][0]["direction"]),
            (&json!("active"), &json!("down"))
        );
        let asked = bart
            .post(&format!("{path}/join"), &json!({ "message": "please" }))
            .expect(200);
        assert_eq!(asked["state"], "requested");
        bart.get(&format!("{path}/requests")).expect(403);
        let waiting = karim.get(&format!("{path}/requests")).expect(200);
        assert_eq!(
            (&waiting[0]["account"]["acct"], &waiting[0]["message"]),
            (&json!("bart"), &json!("please"))
        );
        let decided = karim
            .post(&format!("{path}/requests/{bart_id}/accept"), &json!({}))
            .expect(200);
        assert_eq!(decided["membership"], "active");
        let members = bart.get(&format!("{path}/members")).expect(200);
        assert_eq!(members.as_array().unwrap().len(), 3);
        let found = bart.get(&format!("{own}?q=pump&scope=joined")).expect(200);
        assert_eq!(found[0]["id"], made["id"]);
        let changed = karim
            .patch(&path, &json!({ "title": "All pumps" }))
            .expect(200);
        assert_eq!(
            (&changed["title"], &changed["purpose"]),
            (&json!("All pumps"), &json!("Fewer stops"))
        );
    });
}

#[test]
fn a_question_is_asked_answered_and_accepted() {
    World::each(|world| {
        let [karim_id, lotte_id, bart_id] =
            ["karim", "lotte", "bart"].map(|name| world.person(name));
        let id = world.community(
            "pumps",
            Boundary::Public,
            JoinPolicy::Open,
            [karim_id, lotte_id],
        );
        let (karim, bart) = (world.client(karim_id), world.client(bart_id));
        bart.post(&format!("/api/cordee/v1/communities/{id}/join"), &json!({}))
            .expect(200);
        let asked = bart.publish("@pumps #question Why does the seal leak?");
        assert_eq!(asked["cordee"]["kind"], "question");
        assert_eq!(asked["cordee"]["community"]["acct"], "pumps");
        let reply = json!({ "status": "Change the ring", "in_reply_to_id": asked["id"] });
        let answer = karim.post("/api/v1/statuses", &reply).expect(200);
        assert_eq!(answer["cordee"]["kind"], "answer");
        let accept = format!("/api/cordee/v1/statuses/{}", answer["id"].as_str().unwrap());
        let done = bart
            .post(&format!("{accept}/accept"), &json!({ "why": "it worked" }))
            .expect(200);
        assert_eq!(done["cordee"]["accepted"], true);
        let path = format!("/api/v1/statuses/{}", asked["id"].as_str().unwrap());
        let question = karim.get(&path).expect(200)["cordee"]["question"].clone();
        assert_eq!(
            question,
            json!({ "state": "accepted", "accepted": [answer["id"]] })
        );
        let timeline =
            format!("/api/cordee/v1/communities/{id}/timeline?kind=question&state=accepted");
        assert_eq!(karim.get(&timeline).expect(200)[0]["id"], asked["id"]);
        let list = format!("/api/v1/timelines/list/{id}");
        assert_eq!(bart.get(&list).expect(200)[0]["id"], asked["id"]);
        bart.delete(&format!("/api/v1/lists/{id}")).expect(422);
        let undone = bart
            .post(&format!("{accept}/unaccept"), &json!({}))
            .expect(200);
        assert_eq!(undone["cordee"]["accepted"], false);
        let command = json!({ "status": "#accepted thanks", "in_reply_to_id": answer["id"] });
        let ghost = bart.post("/api/v1/statuses", &command).expect(200);
        bart.get(&format!(
            "/api/v1/statuses/{}",
            ghost["id"].as_str().unwrap()
        ))
        .expect(404);
        let group = format!("/api/v1/accounts/{id}/statuses");
        let announced = bart.get(&group).expect(200);
        assert_eq!(
            (
                &announced[0]["account"]["acct"],
                &announced[0]["reblog"]["id"]
            ),
            (&json!("pumps"), &asked["id"])
        );
    });
}

fn stewards(community: &Value) -> Vec<&str> {
    community["stewards"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["acct"].as_str().unwrap())
        .collect()
}

#[test]
fn stewards_are_named_in_the_charter_and_agree_by_joining() {
    World::each(|world| {
        let ids = ["karim", "lotte", "anne", "bart"].map(|name| world.person(name));
        let [karim, lotte, anne, bart] = ids.map(|one| world.client(one));
        let community = world.community(
            "pumps",
            Boundary::Public,
            JoinPolicy::Open,
            [ids[0], ids[1]],
        );
        let path = format!("/api/cordee/v1/communities/{community}");
        bart.post(&format!("{path}/join"), &json!({})).expect(200);
        let name = |names: &[&str]| karim.patch(&path, &json!({ "stewards": names }));
        // Who would be steward alone waits until somebody has agreed.
        assert_eq!(name(&["karim", "anne"]).expect(422)["field"], "stewards");
        assert_eq!(stewards(&karim.get(&path).expect(200)), ["karim", "lotte"]);
        anne.patch(&path, &json!({ "stewards": ["anne"] }))
            .expect(403);
        assert_eq!(name(&["karim", "nobody"]).expect(422)["field"], "stewards");
        let changed = name(&["karim", "lotte", "anne", "bart"]).expect(200);
        assert_eq!(
            stewards(&changed),
            ["karim", "lotte", "bart"],
            "members at once"
        );
        anne.patch(&path, &json!({ "title": "Mine" })).expect(403);
        anne.post(&format!("{path}/join"), &json!({})).expect(200);
        anne.patch(&path, &json!({ "title": "Ours" })).expect(200);
        let changed = name(&["karim", "anne"]).expect(200);
        assert_eq!(stewards(&changed), ["karim", "anne"]);
        let lottes = lotte.get(&path).expect(200);
        assert_eq!(
            (&lottes["membership"], &lottes["role"]),
            (&json!("active"), &json!("member"))
        );
    });
}

#[test]
fn following_a_community_takes_wishes_like_following_a_person() {
    World::each(|world| {
        let ids = ["karim", "lotte", "bart"].map(|name| world.person(name));
        let [karim, _, bart] = ids.map(|one| world.client(one));
        let community = world.community(
            "pumps",
            Boundary::Public,
            JoinPolicy::Open,
            [ids[0], ids[1]],
        );
        let follow = format!("/api/v1/accounts/{community}/follow");
        let home = || {
            let home = bart.get("/api/v1/timelines/home").expect(200);
            home.as_array().unwrap().len()
        };
        let write = |language: &str| {
            let post = json!({ "status": "@pumps hum", "language": language });
            karim.post("/api/v1/statuses", &post).expect(200);
        };
        let wish = json!({ "notify": true, "languages": ["nl", "FR"] });
        let now = bart.post(&follow, &wish).expect(200);
        assert_eq!(
            (
                &now["following"],
                &now["notifying"],
                &now["showing_reblogs"]
            ),
            (&json!(true), &json!(true), &json!(true))
        );
        assert_eq!(now["languages"], json!(["nl", "fr"]));
        write("en");
        assert_eq!(home(), 0);
        write("nl");
        assert_eq!(home(), 1);
        let told = bart.get("/api/v1/notifications?types[]=status").expect(200);
        assert_eq!(told.as_array().unwrap().len(), 2);
        let now = bart.post(&follow, &json!({ "reblogs": false })).expect(200);
        assert_eq!(
            (&now["notifying"], &now["showing_reblogs"]),
            (&json!(true), &json!(false))
        );
        write("nl");
        assert_eq!(home(), 1);
        let now = bart
            .post(&follow, &json!({ "reblogs": true, "languages": [] }))
            .expect(200);
        assert_eq!(now["languages"], Value::Null);
        write("en");
        assert_eq!(home(), 2);
        bart.post(&follow, &json!({ "languages": ["no language"] }))
            .expect(422);
    });
}
