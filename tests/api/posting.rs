//! A day with a client.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::support::world::World;

#[test]
fn posts_are_written_answered_edited_and_deleted() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let lotte = world.client(world.person("lotte"));
        let post = karim.publish("first #Pumps");
        let id = post["id"].as_str().unwrap();
        assert_eq!(post["tags"][0]["name"], "pumps");
        assert_eq!(post["account"]["acct"], "karim");
        assert_eq!(
            (&post["favourited"], &post["reblog"]),
            (&json!(false), &json!(null))
        );
        let reply = lotte
            .post(
                "/api/v1/statuses",
                &json!({ "status": "@karim reply", "in_reply_to_id": id }),
            )
            .expect(200);
        assert_eq!(reply["in_reply_to_id"], json!(id));
        assert_eq!(reply["mentions"][0]["acct"], "karim");
        let path = format!("/api/v1/statuses/{id}");
        let edited = karim.put(&path, &json!({ "status": "second" })).expect(200);
        assert_eq!(edited["content"], "<p>second</p>");
        assert!(edited["edited_at"].is_string());
        assert_eq!(
            karim.get(&format!("{path}/source")).expect(200)["text"],
            "second"
        );
        let history = lotte.get(&format!("{path}/history")).expect(200);
        assert_eq!(history.as_array().unwrap().len(), 2);
        let context = karim.get(&format!("{path}/context")).expect(200);
        assert_eq!(context["descendants"][0]["id"], reply["id"]);
        let reply_path = format!("/api/v1/statuses/{}", reply["id"].as_str().unwrap());
        karim.delete(&reply_path).expect(403);
        assert_eq!(
            lotte.delete(&reply_path).expect(200)["text"],
            "@karim reply"
        );
        lotte.get(&reply_path).expect(404);
        assert_eq!(karim.get(&path).expect(200)["replies_count"], 0);
    });
}

#[test]
fn marks_and_boosts_come_and_go() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let lotte = world.client(world.person("lotte"));
        let post = karim.publish("thanks");
        let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
        let act = |what: &str| {
            lotte
                .post(&format!("{path}/{what}"), &json!({}))
                .expect(200)
        };
        assert_eq!(act("favourite")["favourited"], true);
        assert_eq!(act("bookmark")["bookmarked"], true);
        assert_eq!(act("mute")["muted"], true);
        let boost = act("reblog");
        assert_eq!(boost["reblog"]["id"], post["id"]);
        assert_ne!(boost["id"], post["id"]);
        assert_eq!(boost["account"]["acct"], "lotte");
        assert!(boost["cordee"]["kind"].is_string());
        let seen = karim.get(&path).expect(200);
        assert_eq!(
            (&seen["favourites_count"], &seen["reblogs_count"]),
            (&json!(1), &json!(1))
        );
        for list in ["bookmarks", "favourites"] {
            assert_eq!(
                lotte.get(&format!("/api/v1/{list}")).expect(200)[0]["id"],
                post["id"]
            );
        }
        for by in ["favourited_by", "reblogged_by"] {
            let people = karim.get(&format!("{path}/{by}")).expect(200);
            assert_eq!(people[0]["acct"], "lotte", "{by}");
        }
        let wrapper = format!("/api/v1/statuses/{}", boost["id"].as_str().unwrap());
        assert_eq!(karim.get(&wrapper).expect(200)["reblog"]["id"], post["id"]);
        let undone = lotte
            .post(&format!("{wrapper}/unreblog"), &json!({}))
            .expect(200);
        assert_eq!(
            (&undone["id"], &undone["reblogged"]),
            (&post["id"], &json!(false))
        );
        act("unfavourite");
        act("unbookmark");
        assert_eq!(act("unmute")["muted"], false);
        let seen = karim.get(&path).expect(200);
        assert_eq!(
            (&seen["favourites_count"], &seen["reblogs_count"]),
            (&json!(0), &json!(0))
        );
        karim.post(&format!("{path}/pin"), &json!({})).expect(200);
        lotte.post(&format!("{path}/pin"), &json!({})).expect(422);
    });
}

#[test]
fn a_boost_is_deleted_by_its_own_id() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let lotte = world.client(world.person("lotte"));
        let post = karim.publish("thanks");
        let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
        let boost = lotte
            .post(&format!("{path}/reblog"), &json!({}))
            .expect(200);
        let wrapper = format!("/api/v1/statuses/{}", boost["id"].as_str().unwrap());
        karim.delete(&wrapper).expect(404);
        lotte.delete(&wrapper).expect(200);
        let left = karim.get(&path).expect(200);
        assert_eq!(
            left["reblogs_count"], 0,
            "the boost is gone, the post is not"
        );
    });
}

#[test]
fn a_key_prevents_doubles_and_is_not_used_for_something_else() {
    World::each(|world| {
        let lotte = world.client(world.person("lotte"));
        let send = |text: &str| {
            let request = Request::builder()
                .method(Method::POST)
                .uri("/api/v1/statuses")
                .header("content-type", "application/json")
                .header("idempotency-key", "key")
                .body(Body::from(json!({ "status": text }).to_string()));
            lotte.send(request.unwrap())
        };
        let first = send("once").expect(200);
        assert_eq!(send("once").expect(200)["id"], first["id"]);
        send("other").expect(422);
    });
}

#[test]
fn polls_count_each_person_once() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let lotte = world.client(world.person("lotte"));
        let poll = json!({ "options": ["tea", "coffee"], "expires_in": 600 });
        let post = karim
            .post("/api/v1/statuses", &json!({ "status": "?", "poll": poll }))
            .expect(200);
        let path = format!("/api/v1/polls/{}", post["poll"]["id"].as_str().unwrap());
        let voted = lotte
            .post(&format!("{path}/votes"), &json!({ "choices": [1] }))
            .expect(200);
        assert_eq!(
            (&voted["own_votes"], &voted["votes_count"]),
            (&json!([1]), &json!(1))
        );
        let again = lotte
            .post(&format!("{path}/votes"), &json!({ "choices": [0] }))
            .expect(422);
        assert_eq!(
            again["error"],
            "Validation failed: You have already voted on this poll"
        );
        let own = karim.get(&path).expect(200);
        assert_eq!(own["options"][1]["votes_count"], 1);
        assert_eq!(
            (&own["voted"], &own["own_votes"]),
            (&json!(true), &json!([])),
            "whoever asks sees how it stands"
        );
        let status = karim.get("/api/v1/timelines/home").expect(200);
        assert_eq!(status[0]["poll"]["voted"], true);
        let edit = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
        let edited = karim
            .put(&edit, &json!({ "status": "??", "poll": poll }))
            .expect(200);
        assert_eq!(
            edited["poll"]["votes_count"], 1,
            "an edit that keeps the poll keeps its votes"
        );
    });
}

#[test]
fn several_choices_may_come_one_by_one_and_count_one_person() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let lotte = world.client(world.person("lotte"));
        let poll = json!({ "options": ["tea", "coffee"], "expires_in": 600, "multiple": true });
        let post = karim
            .post("/api/v1/statuses", &json!({ "status": "?", "poll": poll }))
            .expect(200);
        let path = format!("/api/v1/polls/{}", post["poll"]["id"].as_str().unwrap());
        let vote =
            |choice: i32| lotte.post(&format!("{path}/votes"), &json!({ "choices": [choice] }));
        vote(1).expect(200);
        vote(1).expect(422);
        let voted = vote(0).expect(200);
        assert_eq!(
            (
                &voted["own_votes"],
                &voted["votes_count"],
                &voted["voters_count"]
            ),
            (&json!([1, 0]), &json!(2), &json!(1))
        );
    });
}

#[test]
fn a_poll_that_hides_its_counts_still_says_how_many_voted() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let lotte = world.client(world.person("lotte"));
        let poll = json!({ "options": ["tea", "coffee"], "expires_in": 600, "hide_totals": true });
        let post = karim
            .post("/api/v1/statuses", &json!({ "status": "?", "poll": poll }))
            .expect(200);
        let path = format!("/api/v1/polls/{}", post["poll"]["id"].as_str().unwrap());
        let voted = lotte
            .post(&format!("{path}/votes"), &json!({ "choices": [1] }))
            .expect(200);
        assert_eq!(
            (&voted["votes_count"], &voted["voters_count"]),
            (&json!(1), &json!(1))
        );
        assert_eq!(
            voted["options"][1],
            json!({ "title": "coffee", "votes_count": null })
        );
    });
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn every_documented_key_is_there() {
    let world = World::on(crate::support::databases::Database::sqlite());
    let karim = world.client(world.person("karim"));
    let post = karim.publish("x");
    for key in "id uri created_at edited_at account content visibility sensitive spoiler_text media_attachments mentions \
                tags emojis filtered reblogs_count favourites_count replies_count url in_reply_to_id \
                in_reply_to_account_id reblog poll card language application favourited reblogged muted bookmarked \
                pinned quote cordee"
        .split_whitespace()
    {
        assert!(keys(&post).contains(&key), "a status lacks {key}");
    }
    for key in "id username acct display_name note url uri avatar avatar_static header header_static locked bot group \
                discoverable indexable hide_collections created_at last_status_at statuses_count followers_count \
                following_count emojis fields roles"
        .split_whitespace()
    {
        assert!(keys(&post["account"]).contains(&key), "an account lacks {key}");
    }
    let boost = karim
        .post(
            &format!("/api/v1/statuses/{}/reblog", post["id"].as_str().unwrap()),
            &json!({}),
        )
        .expect(200);
    let lacking: Vec<&str> = keys(&post)
        .into_iter()
        .filter(|key| !keys(&boost).contains(key))
        .collect();
    assert!(lacking.is_empty(), "a boost lacks {lacking:?}");
    let missing = post["account"]["avatar"].as_str().unwrap();
    let path = missing.strip_prefix("http://localhost:7400").unwrap();
    assert_eq!(
        world.visitor().get(path).headers["content-type"],
        "image/png"
    );
}

#[test]
fn profiles_change_in_rails_notation() {
    World::each(|world| {
        let bart = world.client(world.person("bart"));
        let request = Request::builder()
            .method(Method::PATCH)
            .uri("/api/v1/accounts/update_credentials")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(
                "display_name=Bart&note=About&source[language]=nl&locked=1\
                 &fields_attributes[0][name]=Team&fields_attributes[0][value]=A%26B",
            ));
        let seen = bart.send(request.unwrap()).expect(200);
        assert_eq!(
            (&seen["display_name"], &seen["locked"]),
            (&json!("Bart"), &json!(true))
        );
        assert_eq!(seen["fields"][0]["value"], "A&amp;B");
        assert_eq!(seen["source"]["fields"][0]["value"], "A&B");
        assert_eq!(seen["source"]["language"], "nl");
        let kept = bart
            .patch("/api/v1/accounts/update_credentials", &json!({}))
            .expect(200);
        assert_eq!(kept["fields"], seen["fields"]);
    });
}

#[test]
fn follows_blocks_and_mutes_show_in_the_relationship() {
    World::each(|world| {
        let (karim_id, lotte_id) = (world.person("karim"), world.person("lotte"));
        let (karim, lotte) = (world.client(karim_id), world.client(lotte_id));
        let act = |what: &str| {
            lotte
                .post(&format!("/api/v1/accounts/{karim_id}/{what}"), &json!({}))
                .expect(200)
        };
        assert_eq!(act("follow")["following"], true);
        let post = karim.publish("for followers");
        let home = lotte.get("/api/v1/timelines/home").expect(200);
        assert_eq!(home[0]["id"], post["id"]);
        let followers = format!("/api/v1/accounts/{karim_id}/followers");
        assert_eq!(karim.get(&followers).expect(200)[0]["acct"], "lotte");
        assert_eq!(act("mute")["muting"], true);
        assert_eq!(
            lotte.get("/api/v1/mutes").expect(200)[0]["mute_expires_at"],
            json!(null)
        );
        assert_eq!(act("unmute")["muting"], false);
        assert_eq!(act("block")["blocking"], true);
        let gone = format!(
            "/api/v1/statuses/{}",
            lotte.publish("x")["id"].as_str().unwrap()
        );
        karim.get(&gone).expect(404);
        assert_eq!(act("unblock")["blocking"], false);
        karim.get(&gone).expect(200);
    });
}

#[test]
fn search_finds_people_tags_posts_and_addresses() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let post = karim.publish("found by #needle");
        let search = |q: &str| {
            karim
                .get(&format!("/api/v2/search?q={q}&resolve=true"))
                .expect(200)
        };
        let found = search("needle");
        assert_eq!(found["statuses"][0]["id"], post["id"]);
        assert_eq!(found["hashtags"][0]["name"], "needle");
        assert_eq!(
            search(post["url"].as_str().unwrap())["statuses"][0]["id"],
            post["id"]
        );
        assert_eq!(search("@karim")["accounts"][0]["acct"], "karim");
        assert_eq!(
            search("http://localhost:7400/@karim")["accounts"][0]["acct"],
            "karim"
        );
        assert_eq!(search("%25")["accounts"], json!([]));
    });
}
