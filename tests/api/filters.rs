//! Filters: made in either version, applied to whatever shows posts.

use serde_json::{Value, json};

use crate::support::world::World;

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

#[test]
fn a_person_has_so_many_words_in_all_filters_together() {
    World::each(|world| {
        let lotte = world.client(world.person("lotte"));
        let words: Vec<Value> = (0..200)
            .map(|n| json!({ "keyword": format!("w{n}") }))
            .collect();
        let filter = |words: &[Value]| json!({ "title": "Many", "context": ["home"], "keywords_attributes": words });
        for _ in 0..5 {
            lotte.post("/api/v2/filters", &filter(&words)).expect(200);
        }
        let refused = lotte
            .post("/api/v2/filters", &filter(&words[..1]))
            .expect(422);
        assert!(
            refused["error"].as_str().unwrap().contains("limit"),
            "{refused}"
        );
        let made = lotte.get("/api/v2/filters").expect(200);
        assert_eq!(
            made.as_array().unwrap().len(),
            5,
            "nothing is left of what was refused"
        );
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn a_filter_marks_what_it_finds_wherever_posts_show() {
    World::each(|world| {
        let karim_id = world.person("karim");
        let (karim, lotte) = (world.client(karim_id), world.client(world.person("lotte")));
        let wanted = json!({ "title": "Noise", "context": ["home", "public"], "filter_action": "hide",
            "keywords_attributes": [{ "keyword": "Hum", "whole_word": true }, { "keyword": "pum", "whole_word": "0" }] });
        let made = lotte.post("/api/v2/filters", &wanted).expect(200);
        assert_eq!(made["filter_action"], "hide");
        assert_eq!(made["keywords"][0]["keyword"], "Hum");
        assert_eq!(made["keywords"][1]["whole_word"], false);
        assert_eq!(
            (&made["expires_at"], &made["statuses"]),
            (&Value::Null, &json!([]))
        );
        let post = karim.publish("@lotte the pumps hum");
        let quiet = karim.publish("human silence");
        let path = |id: &str| format!("/api/v1/statuses/{id}");
        let seen = lotte.get(&path(id(&post))).expect(200);
        let result = &seen["filtered"][0];
        assert_eq!(result["keyword_matches"], json!(["Hum", "pum"]));
        assert_eq!(result["status_matches"], Value::Null);
        assert_eq!(result["filter"]["id"], made["id"]);
        assert_eq!(result["filter"]["context"], json!(["home", "public"]));
        assert_eq!(result["filter"]["keywords"], Value::Null, "not in a result");
        assert_eq!(
            lotte.get(&path(id(&quiet))).expect(200)["filtered"],
            json!([])
        );
        assert_eq!(
            karim.get(&path(id(&post))).expect(200)["filtered"],
            json!([])
        );
        let told = lotte.get("/api/v1/notifications").expect(200);
        assert_eq!(told[0]["status"]["filtered"][0]["filter"]["title"], "Noise");
        let public = lotte.get("/api/v1/timelines/public").expect(200);
        assert_eq!(public.as_array().unwrap().len(), 2, "nothing is left out");
        let held = format!("/api/v2/filters/{}/statuses", id(&made));
        let row = lotte
            .post(&held, &json!({ "status_id": quiet["id"] }))
            .expect(200);
        assert_eq!(row["status_id"], quiet["id"]);
        let seen = lotte.get(&path(id(&quiet))).expect(200);
        assert_eq!(seen["filtered"][0]["status_matches"], json!([quiet["id"]]));
        assert_eq!(seen["filtered"][0]["keyword_matches"], Value::Null);
        lotte
            .delete(&format!("/api/v2/filters/statuses/{}", id(&row)))
            .expect(200);
        assert_eq!(lotte.get(&held).expect(200), json!([]));
        let filter = format!("/api/v2/filters/{}", id(&made));
        lotte.put(&filter, &json!({ "expires_in": 60 })).expect(200);
        world.clock.advance_seconds(61);
        assert_eq!(
            lotte.get(&path(id(&post))).expect(200)["filtered"],
            json!([])
        );
        let back = lotte
            .put(&filter, &json!({ "expires_in": "", "title": "Other" }))
            .expect(200);
        assert_eq!(
            (&back["title"], &back["expires_at"], &back["filter_action"]),
            (&json!("Other"), &Value::Null, &json!("hide"))
        );
    });
}

#[test]
fn words_of_a_filter_come_go_and_show_as_filters_of_the_first_version() {
    World::each(|world| {
        let (karim, lotte) = (
            world.client(world.person("karim")),
            world.client(world.person("lotte")),
        );
        let wanted = json!({ "title": "t", "context": ["home"] });
        let made = lotte.post("/api/v2/filters", &wanted).expect(200);
        let filter = format!("/api/v2/filters/{}", id(&made));
        let words = format!("{filter}/keywords");
        let one = lotte.post(&words, &json!({ "keyword": "one" })).expect(200);
        assert_eq!(one["whole_word"], true);
        let word = format!("/api/v2/filters/keywords/{}", id(&one));
        lotte
            .put(&word, &json!({ "keyword": "two", "whole_word": false }))
            .expect(200);
        assert_eq!(lotte.get(&word).expect(200)["keyword"], "two");
        let attributes = json!({ "keywords_attributes": [
            { "id": one["id"], "_destroy": true }, { "keyword": "three" }] });
        let changed = lotte.put(&filter, &attributes).expect(200);
        assert_eq!(changed["keywords"][0]["keyword"], "three");
        assert_eq!(changed["keywords"][1], Value::Null);
        let old = lotte.get("/api/v1/filters").expect(200);
        assert_eq!(
            (
                &old[0]["phrase"],
                &old[0]["irreversible"],
                &old[0]["whole_word"]
            ),
            (&json!("three"), &json!(false), &json!(true))
        );
        let first = json!({ "phrase": "four", "context": ["notifications"], "irreversible": true });
        let four = lotte.post("/api/v1/filters", &first).expect(200);
        let path = format!("/api/v1/filters/{}", id(&four));
        let now = lotte
            .put(&path, &json!({ "phrase": "five", "whole_word": false }))
            .expect(200);
        assert_eq!(
            (&now["phrase"], &now["irreversible"], &now["context"]),
            (&json!("five"), &json!(true), &json!(["notifications"]))
        );
        let all = lotte.get("/api/v2/filters").expect(200);
        assert_eq!(all[1]["filter_action"], "hide");
        for other in [&filter, &words, &word, &path] {
            karim.get(other).expect(404);
        }
        karim.delete(&filter).expect(404);
        karim.delete(&path).expect(404);
        lotte.delete(&path).expect(200);
        assert_eq!(
            lotte.get("/api/v2/filters").expect(200)[1],
            Value::Null,
            "a filter goes with its last word"
        );
        lotte.delete(&filter).expect(200);
        assert_eq!(lotte.get("/api/v1/filters").expect(200), json!([]));
    });
}

#[test]
fn odd_filters_are_refused() {
    let world = World::with(|_| {});
    let lotte = world.client(world.person("lotte"));
    for (body, words) in [
        (json!({ "context": ["home"] }), "Title can't be blank"),
        (json!({ "title": "x" }), "Context can't be blank"),
        (
            json!({ "title": "x", "context": ["everywhere"] }),
            "Context is not one of home",
        ),
        (
            json!({ "title": "x", "context": ["home"], "filter_action": "burn" }),
            "Filter action is not one of warn",
        ),
        (
            json!({ "title": "x", "context": ["home"], "expires_in": -5 }),
            "Expires in is invalid",
        ),
        (
            json!({ "title": "x", "context": ["home"], "keywords_attributes": [{ "keyword": " " }] }),
            "Keyword can't be blank",
        ),
    ] {
        let refused = lotte.post("/api/v2/filters", &body).expect(422);
        assert!(
            refused["error"].as_str().unwrap().contains(words),
            "{refused}"
        );
    }
    lotte
        .post("/api/v1/filters", &json!({ "context": ["home"] }))
        .expect(422);
    assert_eq!(lotte.get("/api/v2/filters").expect(200), json!([]));
}
