//! What people keep for themselves: tags, conversations, recommendations, notes.

use cordee::model::words::{Boundary, JoinPolicy};
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::world::World;

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

fn len(client: &Client<'_>, path: &str) -> usize {
    client.get(path).expect(200).as_array().unwrap().len()
}

fn home(client: &Client<'_>) -> usize {
    len(client, "/api/v1/timelines/home")
}

#[test]
fn a_followed_tag_brings_public_posts_home() {
    World::each(|world| {
        let (karim_id, lotte_id) = (world.person("karim"), world.person("lotte"));
        let (karim, lotte) = (world.client(karim_id), world.client(lotte_id));
        let followed = lotte
            .post("/api/v1/tags/Pumps/follow", &json!({}))
            .expect(200);
        assert_eq!(
            (&followed["name"], &followed["following"]),
            (&json!("pumps"), &json!(true))
        );
        lotte
            .post("/api/v1/tags/valves/follow", &json!({}))
            .expect(200);
        let listed = lotte.get("/api/v1/followed_tags").expect(200);
        assert_eq!(
            (&listed[0]["name"], &listed[1]["name"]),
            (&json!("valves"), &json!("pumps"))
        );
        karim.publish("all about #PUMPS");
        karim.publish("#pumps and #valves");
        let private = json!({ "status": "#pumps", "visibility": "unlisted" });
        karim.post("/api/v1/statuses", &private).expect(200);
        assert_eq!(home(&lotte), 2);
        let found = lotte.get("/api/v2/search?q=pumps").expect(200);
        assert_eq!(found["hashtags"][0]["following"], true);
        let now = lotte
            .post("/api/v1/tags/pumps/unfollow", &json!({}))
            .expect(200);
        assert_eq!(now["following"], false);
        assert_eq!(home(&lotte), 1, "what another tag brings stays");
        lotte
            .post(&format!("/api/v1/accounts/{karim_id}/block"), &json!({}))
            .expect(200);
        karim.publish("more #valves");
        assert_eq!(home(&lotte), 0);
        lotte
            .post("/api/v1/tags/no%20tag/follow", &json!({}))
            .expect(422);
    });
}

#[test]
fn tags_show_on_a_profile() {
    World::each(|world| {
        let lotte_id = world.person("lotte");
        let (lotte, karim) = (world.client(lotte_id), world.client(world.person("karim")));
        lotte.publish("#Pumps");
        lotte.publish("#pumps #valves");
        let suggested = lotte.get("/api/v1/featured_tags/suggestions").expect(200);
        assert_eq!(suggested[0]["name"], "pumps");
        let made = lotte
            .post("/api/v1/featured_tags", &json!({ "name": "#Pumps" }))
            .expect(200);
        assert_eq!(
            (&made["name"], &made["statuses_count"]),
            (&json!("Pumps"), &json!("2"))
        );
        assert_eq!(made["last_status_at"].as_str().unwrap().len(), 10);
        let again = lotte
            .post("/api/v1/featured_tags", &json!({ "name": "pumps" }))
            .expect(200);
        assert_eq!(again["id"], made["id"]);
        let profile = format!("/api/v1/accounts/{lotte_id}/featured_tags");
        assert_eq!(karim.get(&profile).expect(200)[0]["id"], made["id"]);
        assert_eq!(
            lotte.get("/api/v1/tags/pumps").expect(200)["featuring"],
            true
        );
        for bad in ["", "two words", "#"] {
            lotte
                .post("/api/v1/featured_tags", &json!({ "name": bad }))
                .expect(422);
        }
        let path = format!("/api/v1/featured_tags/{}", id(&made));
        karim.delete(&path).expect(404);
        lotte.delete(&path).expect(200);
        assert_eq!(len(&karim, &profile), 0);
        let by_tag = lotte
            .post("/api/v1/tags/valves/feature", &json!({}))
            .expect(200);
        assert_eq!(by_tag["featuring"], true);
        lotte
            .post("/api/v1/tags/valves/unfeature", &json!({}))
            .expect(200);
        assert_eq!(len(&lotte, "/api/v1/featured_tags"), 0);
    });
}

#[test]
fn a_tag_on_a_profile_counts_what_everybody_may_read() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        let club = world.community("club", Boundary::Node, JoinPolicy::Request, [karim, lotte]);
        let client = world.client(lotte);
        client.publish("#pumps");
        let inside = json!({ "status": "#pumps #secret", "community_id": club.to_string() });
        client.post("/api/v1/statuses", &inside).expect(200);
        for name in ["pumps", "secret"] {
            let wanted = json!({ "name": name });
            client.post("/api/v1/featured_tags", &wanted).expect(200);
        }
        let path = format!("/api/v1/accounts/{lotte}/featured_tags");
        let shown = world.client(world.person("bart")).get(&path).expect(200);
        let counts: Vec<_> = shown
            .as_array()
            .unwrap()
            .iter()
            .map(|tag| (&tag["name"], &tag["statuses_count"]))
            .collect();
        assert!(
            counts.contains(&(&json!("pumps"), &json!("1"))),
            "{counts:?}"
        );
        assert!(
            counts.contains(&(&json!("secret"), &json!("0"))),
            "{counts:?}"
        );
    });
}

fn direct(client: &Client<'_>, text: &str, parent: &Value) -> Value {
    let body = json!({ "status": text, "visibility": "direct", "in_reply_to_id": parent });
    client.post("/api/v1/statuses", &body).expect(200)
}

#[test]
fn direct_posts_collect_in_conversations() {
    World::each(|world| {
        let [karim, lotte, anne] =
            ["karim", "lotte", "anne"].map(|name| world.client(world.person(name)));
        let list = "/api/v1/conversations";
        let first = direct(&karim, "@lotte hello", &Value::Null);
        direct(&anne, "@karim other", &Value::Null);
        let of = |client: &Client<'_>| client.get(list).expect(200);
        let lottes = of(&lotte);
        assert_eq!(lottes.as_array().unwrap().len(), 1);
        assert_eq!(
            (&lottes[0]["unread"], &lottes[0]["last_status"]["id"]),
            (&json!(true), &first["id"])
        );
        assert_eq!(lottes[0]["accounts"][0]["acct"], "karim");
        assert_eq!(lottes[0]["accounts"][1], Value::Null);
        let karims = of(&karim);
        assert_eq!(
            (
                &karims[0]["accounts"][0]["acct"],
                &karims[1]["accounts"][0]["acct"]
            ),
            (&json!("anne"), &json!("lotte"))
        );
        assert_eq!(karims[1]["unread"], false, "one's own post is read");
        let answer = direct(&lotte, "@karim yes", &first["id"]);
        let karims = of(&karim);
        assert_eq!(karims[0]["last_status"]["id"], answer["id"]);
        assert_eq!(karims[0]["unread"], true);
        let path = format!("{list}/{}", id(&karims[0]));
        let read = karim.post(&format!("{path}/read"), &json!({})).expect(200);
        assert_eq!(
            (&read["unread"], &read["id"]),
            (&json!(false), &karims[0]["id"])
        );
        lotte.post(&format!("{path}/read"), &json!({})).expect(404);
        lotte
            .delete(&format!("/api/v1/statuses/{}", id(&answer)))
            .expect(200);
        let karims = of(&karim);
        assert_eq!(
            karims[1]["last_status"]["id"], first["id"],
            "it ends earlier"
        );
        assert_eq!(karim.delete(&path).expect(200), json!({}));
        assert_eq!(of(&karim).as_array().unwrap().len(), 1);
        assert_eq!(
            of(&lotte).as_array().unwrap().len(),
            1,
            "the other keeps theirs"
        );
        direct(&lotte, "@karim still there?", &first["id"]);
        assert_eq!(of(&karim).as_array().unwrap().len(), 2, "it comes back");
    });
}

#[test]
fn conversations_are_without_whom_one_does_not_want_to_hear_of() {
    World::each(|world| {
        let ids = ["karim", "lotte", "anne"].map(|name| world.person(name));
        let [karim, lotte, anne] = ids.map(|id| world.client(id));
        let last = || -> Vec<Value> {
            let all = karim.get("/api/v1/conversations").expect(200);
            let all = all.as_array().unwrap().iter();
            all.map(|one| one["last_status"]["id"].clone()).collect()
        };
        let act = |client: &Client<'_>, whom: usize, what: &str| {
            let path = format!("/api/v1/accounts/{}/{what}", ids[whom]);
            client.post(&path, &json!({})).expect(200);
        };
        let own = direct(&karim, "note to myself", &Value::Null);
        let alone = direct(&lotte, "@karim listen", &Value::Null);
        let group = direct(&anne, "@karim @lotte the pump", &Value::Null);
        let mine = direct(&karim, "@lotte yes?", &Value::Null);
        let all = [&mine, &group, &alone, &own].map(|post| post["id"].clone());
        assert_eq!(last(), all, "{}", world.kind);
        for (on, off) in [("mute", "unmute"), ("block", "unblock")] {
            act(&karim, 1, on);
            assert_eq!(
                last(),
                [group["id"].clone(), own["id"].clone()],
                "{on} on {}",
                world.kind
            );
            act(&karim, 1, off);
            assert_eq!(last(), all, "{off} on {}", world.kind);
        }
        act(&lotte, 0, "block");
        assert_eq!(
            last(),
            [group["id"].clone(), own["id"].clone()],
            "blocked by: {}",
            world.kind
        );
        act(&lotte, 0, "unblock");
        act(&karim, 1, "mute");
        direct(&lotte, "@karim again", &Value::Null);
        direct(&lotte, "@anne @karim no", &group["id"]);
        assert_eq!(
            last(),
            [group["id"].clone(), own["id"].clone()],
            "nothing new: {}",
            world.kind
        );
        act(&karim, 1, "unmute");
        assert_eq!(last(), all, "what was said meanwhile is no news");
        let next = direct(&lotte, "@karim hello", &alone["id"]);
        assert_eq!(last()[0], next["id"], "{}", world.kind);
        let of_lotte = lotte.get("/api/v1/conversations").expect(200);
        assert!(of_lotte.as_array().unwrap().len() >= 4, "only for karim");
    });
}

#[test]
fn people_are_recommended_and_noted() {
    World::each(|world| {
        let (karim_id, lotte_id) = (world.person("karim"), world.person("lotte"));
        let (karim, lotte) = (world.client(karim_id), world.client(lotte_id));
        let act = |what: &str, body: &Value| {
            lotte.post(&format!("/api/v1/accounts/{karim_id}/{what}"), body)
        };
        act("endorse", &json!({})).expect(422);
        act("follow", &json!({})).expect(200);
        assert_eq!(act("endorse", &json!({})).expect(200)["endorsed"], true);
        assert_eq!(
            lotte.get("/api/v1/endorsements").expect(200)[0]["acct"],
            "karim"
        );
        let shown = format!("/api/v1/accounts/{lotte_id}/endorsements");
        assert_eq!(karim.get(&shown).expect(200)[0]["acct"], "karim");
        assert_eq!(act("unpin", &json!({})).expect(200)["endorsed"], false);
        act("pin", &json!({})).expect(200);
        assert_eq!(act("unfollow", &json!({})).expect(200)["endorsed"], false);
        assert_eq!(len(&lotte, "/api/v1/endorsements"), 0);
        let noted = act("note", &json!({ "comment": " knows pumps " })).expect(200);
        assert_eq!(noted["note"], "knows pumps");
        let path = format!("/api/v1/accounts/relationships?id[]={karim_id}");
        assert_eq!(lotte.get(&path).expect(200)[0]["note"], "knows pumps");
        act("note", &json!({ "comment": "x".repeat(2001) })).expect(422);
        assert_eq!(
            act("note", &json!({ "comment": "" })).expect(200)["note"],
            ""
        );
        let muted = act("mute", &json!({ "duration": 60 })).expect(200);
        assert_eq!(muted["muting"], true);
        assert!(muted["muting_expires_at"].is_string());
        world.clock.advance_seconds(61);
        assert_eq!(lotte.get(&path).expect(200)[0]["muting"], false);
        karim.publish("back");
        let shown = || len(&lotte, "/api/v1/timelines/public");
        assert_eq!(shown(), 1, "a mute that ended hides nothing");
        let ended = cordee::jobs::schedule::end_mutes(&world.app);
        world.runtime.block_on(ended).unwrap();
        assert_eq!(shown(), 1);
    });
}
