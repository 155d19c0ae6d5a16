//! Posts that wait for their time.

use axum::body::Body;
use axum::http::{Method, Request};
use chrono::TimeDelta;
use cordee::jobs::planned;
use cordee::model::time::rfc3339_ms;
use cordee::store::jobs;
use serde_json::{Value, json};

use crate::support::client::{Client, Said};
use crate::support::world::World;

impl World {
    fn in_seconds(&self, seconds: i64) -> String {
        rfc3339_ms(self.app.db.now() + TimeDelta::seconds(seconds))
    }

    /// Runs the jobs that are due, as the runner does; how many there were.
    fn run_planned(&self) -> usize {
        let claimed = self
            .write(|tx| jobs::claim(tx, 10, TimeDelta::minutes(3)))
            .unwrap();
        let mut ran = 0;
        for job in claimed
            .into_iter()
            .filter(|job| job.kind == "publish_scheduled")
        {
            self.runtime
                .block_on(planned::publish(&self.app, &job.payload))
                .unwrap();
            self.write(move |tx| jobs::finish(tx, job.id)).unwrap();
            ran += 1;
        }
        ran
    }
}

fn plan(client: &Client<'_>, at: &str, more: Value) -> Value {
    let mut body = more;
    body["scheduled_at"] = json!(at);
    client.post("/api/v1/statuses", &body).expect(200)
}

fn home(client: &Client<'_>) -> Value {
    client.get("/api/v1/timelines/home").expect(200)
}

#[test]
fn a_planned_post_waits_moves_and_appears_at_its_time() {
    World::each(|world| {
        let lotte_id = world.person("lotte");
        let (lotte, karim) = (world.client(lotte_id), world.client(world.person("karim")));
        let at = world.in_seconds(3600);
        let poll = json!({ "options": ["a", "b"], "expires_in": 600 });
        let made = plan(
            &lotte,
            &at,
            json!({ "status": "later", "visibility": "unlisted", "spoiler_text": "wait", "poll": poll }),
        );
        assert_eq!(made["scheduled_at"], json!(at));
        let params = &made["params"];
        assert_eq!(
            (
                &params["text"],
                &params["visibility"],
                &params["spoiler_text"]
            ),
            (&json!("later"), &json!("unlisted"), &json!("wait"))
        );
        assert_eq!(params["poll"]["options"], json!(["a", "b"]));
        let path = format!(
            "/api/v1/scheduled_statuses/{}",
            made["id"].as_str().unwrap()
        );
        karim.get(&path).expect(404);
        karim.delete(&path).expect(404);
        let later = world.in_seconds(7200);
        let moved = lotte
            .put(&path, &json!({ "scheduled_at": later }))
            .expect(200);
        assert_eq!(moved["scheduled_at"], json!(later));
        assert_eq!(
            lotte.get("/api/v1/scheduled_statuses").expect(200),
            json!([moved])
        );
        world.clock.advance_seconds(3700);
        assert_eq!(world.run_planned(), 0);
        assert_eq!(home(&lotte), json!([]));
        world.clock.advance_seconds(3700);
        assert_eq!(world.run_planned(), 1);
        let shown = home(&lotte);
        assert_eq!(shown[0]["spoiler_text"], "wait");
        assert_eq!(shown[0]["visibility"], "unlisted");
        assert_eq!(shown[0]["poll"]["options"][1]["title"], "b");
        assert_eq!(shown[1], Value::Null);
        lotte.get(&path).expect(404);
        assert_eq!(
            lotte.get("/api/v1/scheduled_statuses").expect(200),
            json!([])
        );
    });
}

#[test]
fn a_plan_that_is_given_up_leaves_nothing() {
    World::each(|world| {
        let lotte = world.client(world.person("lotte"));
        let made = plan(&lotte, &world.in_seconds(600), json!({ "status": "never" }));
        let path = format!(
            "/api/v1/scheduled_statuses/{}",
            made["id"].as_str().unwrap()
        );
        assert_eq!(lotte.delete(&path).expect(200), json!({}));
        lotte.get(&path).expect(404);
        world.clock.advance_seconds(700);
        assert_eq!(world.run_planned(), 0);
        assert_eq!(home(&lotte), json!([]));
    });
}

#[test]
fn plans_are_checked_like_posts_and_need_some_minutes() {
    let world = World::with(|_| {});
    let lotte = world.client(world.person("lotte"));
    let at = world.in_seconds(3600);
    for (body, words) in [
        (
            json!({ "status": "x", "scheduled_at": world.in_seconds(60) }),
            "Validation failed: Scheduled at must be at least 5 minutes in the future",
        ),
        (
            json!({ "status": "x", "scheduled_at": world.in_seconds(-60) }),
            "Validation failed: Scheduled at must be at least 5 minutes in the future",
        ),
        (
            json!({ "status": "x", "scheduled_at": "tomorrow" }),
            "Validation failed: Scheduled at is invalid",
        ),
        (
            json!({ "status": "x", "scheduled_at": "+12026-11-24T10:00:00Z" }),
            "Validation failed: Scheduled at is invalid",
        ),
        (
            json!({ "status": "", "scheduled_at": at }),
            "Validation failed: Text can't be blank",
        ),
        (
            json!({ "status": "x", "media_ids": ["7"], "scheduled_at": at }),
            "Validation failed: Media attachments can't be found",
        ),
        (
            json!({ "status": "x", "poll": { "options": ["a"], "expires_in": 600 }, "scheduled_at": at }),
            "Validation failed: Poll options is invalid",
        ),
    ] {
        let refused = lotte.post("/api/v1/statuses", &body).expect(422);
        assert_eq!(refused["error"], words);
    }
    assert_eq!(
        lotte.get("/api/v1/scheduled_statuses").expect(200),
        json!([])
    );
}

#[test]
fn a_plan_that_has_become_impossible_goes_back_to_its_author() {
    World::each(|world| {
        let fed = cordee::federation::keys::ensure_instance_actor(&world.app);
        world.runtime.block_on(fed).unwrap();
        let lotte = world.client(world.person("lotte"));
        let karim = world.client(world.person("karim"));
        let parent = karim.publish("soon gone");
        let id = parent["id"].as_str().unwrap();
        plan(
            &lotte,
            &world.in_seconds(600),
            json!({ "status": "my answer", "in_reply_to_id": id }),
        );
        karim.delete(&format!("/api/v1/statuses/{id}")).expect(200);
        world.clock.advance_seconds(700);
        assert_eq!(world.run_planned(), 1);
        assert_eq!(
            lotte.get("/api/v1/scheduled_statuses").expect(200),
            json!([])
        );
        let told = lotte.get("/api/v1/notifications").expect(200);
        let text = told[0]["status"]["content"].as_str().unwrap();
        assert!(text.contains("my answer"), "{text}");
    });
}

/// Plans with a key.
fn plan_with_key(client: &Client<'_>, text: &str, at: &str) -> Said {
    let body = json!({ "status": text, "scheduled_at": at });
    let request = Request::builder()
        .method(Method::POST)
        .uri("/api/v1/statuses")
        .header("content-type", "application/json")
        .header("idempotency-key", "key")
        .body(Body::from(body.to_string()));
    client.send(request.unwrap())
}

#[test]
fn a_key_answers_the_same_after_the_planned_post_was_published_or_given_up() {
    World::each(|world| {
        for given_up in [false, true] {
            let name = if given_up { "karim" } else { "lotte" };
            let client = world.client(world.person(name));
            let at = world.in_seconds(3600);
            let first = plan_with_key(&client, "later", &at).expect(200);
            assert_eq!(plan_with_key(&client, "later", &at).expect(200), first);
            if given_up {
                let id = first["id"].as_str().unwrap();
                let path = format!("/api/v1/scheduled_statuses/{id}");
                client.delete(&path).expect(200);
            } else {
                world.clock.advance_seconds(3601);
                assert_eq!(world.run_planned(), 1);
            }
            let posts = home(&client);
            assert_eq!(plan_with_key(&client, "later", &at).expect(200), first);
            assert_eq!(home(&client), posts, "nothing is published twice");
            let plans = client.get("/api/v1/scheduled_statuses").expect(200);
            assert_eq!(plans, json!([]), "nor planned");
            plan_with_key(&client, "other", &at).expect(422);
            let path = format!(
                "/api/v1/scheduled_statuses/{}",
                first["id"].as_str().unwrap()
            );
            client.get(&path).expect(404);
        }
    });
}
