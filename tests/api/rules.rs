//! What holds for every endpoint.

use axum::body::Body;
use axum::http::{Method, Request};
use cordee::model::words::{Boundary, JoinPolicy};
use serde_json::json;

use crate::support::world::World;

#[test]
fn errors_are_json_with_mastodons_words() {
    World::each(|world| {
        let lotte = world.client(world.person("lotte"));
        let error = |said: &crate::support::client::Said, status: u16| {
            said.expect(status)["error"].as_str().unwrap().to_owned()
        };
        let home = "/api/v1/timelines/home";
        assert_eq!(
            error(&world.visitor().get(home), 401),
            "The access token is invalid"
        );
        for path in [
            "/api/v1/statuses/1",
            "/api/v1/accounts/1",
            "/api/v1/statuses/not-a-number",
            "/api/v1/nothing/here",
            "/api/v2/",
            "/oauth/nothing",
        ] {
            assert_eq!(error(&lotte.get(path), 404), "Record not found", "{path}");
        }
        assert_eq!(
            error(&lotte.delete("/api/v2/instance"), 404),
            "Record not found"
        );
        assert_eq!(
            error(
                &lotte.post("/api/v1/statuses", &json!({ "status": "" })),
                422
            ),
            "Validation failed: Text can't be blank"
        );
        let odd = json!({ "status": "x", "visibility": "everybody" });
        lotte.post("/api/v1/statuses", &odd).expect(422);
        let peers = lotte.get("/api/cordee/v1/admin/peers");
        assert_eq!(peers.expect(403)["field"], json!(null));
        let bart = world.person("bart");
        let reader = world.client_with(bart, "read");
        assert_eq!(
            error(
                &reader.post("/api/v1/statuses", &json!({ "status": "x" })),
                403
            ),
            "This action is outside the authorized scopes"
        );
    });
}

#[test]
fn every_answer_has_the_headers_that_browsers_and_clients_need() {
    let world = World::on(crate::support::databases::Database::sqlite());
    for path in [
        "/api/v2/instance",
        "/api/v1/timelines/home",
        "/api/v1/nothing",
    ] {
        let said = world.visitor().get(path);
        for name in [
            "access-control-allow-origin",
            "x-ratelimit-limit",
            "x-ratelimit-reset",
        ] {
            assert!(said.headers.contains_key(name), "{path} lacks {name}");
        }
        let exposed = said.headers["access-control-expose-headers"]
            .to_str()
            .unwrap();
        assert!(exposed.to_lowercase().contains("link"), "{exposed}");
        let kind = said.headers["content-type"].to_str().unwrap();
        assert!(kind.starts_with("application/json"), "{kind}");
    }
    let preflight = Request::builder()
        .method(Method::OPTIONS)
        .uri("/api/v1/statuses")
        .header("origin", "https://client.example")
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization, idempotency-key",
        )
        .body(Body::empty());
    let said = world.visitor().send(preflight.unwrap());
    assert!(said.status.is_success());
    let allowed = said.headers["access-control-allow-headers"]
        .to_str()
        .unwrap();
    assert!(allowed.contains("idempotency-key"), "{allowed}");
}

#[test]
fn our_own_fields_speak_the_readers_language_and_mastodons_do_not() {
    let world = World::on(crate::support::databases::Database::sqlite());
    let lotte = world.client(world.person("lotte"));
    let send = |body: &str| {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/api/v1/statuses")
            .header("content-type", "application/json")
            .header("accept-language", "fr")
            .body(Body::from(body.to_owned()));
        lotte.send(request.unwrap()).expect(422)
    };
    let own = send(r#"{"status": "x", "kind": "lesson", "title": "T"}"#);
    assert_eq!(own["field"], "fields.context");
    assert!(
        !own["error"].as_str().unwrap().starts_with("Validation"),
        "{own}"
    );
    let theirs = send(r#"{"status": ""}"#);
    assert_eq!(theirs["error"], "Validation failed: Text can't be blank");
}

#[test]
fn too_many_requests_are_refused_with_the_time_to_wait() {
    let world = World::with(|config| config.limits.api_per_5min = 2);
    let lotte = world.client(world.person("lotte"));
    let instance = "/api/v1/preferences";
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let said = lotte.get(instance);
        statuses.push(said.status.as_u16());
        if said.status.as_u16() == 429 {
            assert_eq!(said.json()["error"], "Too many requests");
            assert!(said.headers.contains_key("retry-after"));
            assert_eq!(said.headers["x-ratelimit-remaining"], "0");
        }
    }
    assert_eq!(statuses, [200, 200, 429]);
}

#[test]
fn first_calls_of_clients_succeed() {
    World::each(|world| {
        let [karim, lotte] = [world.person("karim"), world.person("lotte")];
        world.community("pumps", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
        let client = world.client(karim);
        for path in [
            "/api/v1/instance",
            "/api/v2/instance",
            "/api/v1/preferences",
            "/api/v1/accounts/verify_credentials",
            "/api/v1/custom_emojis",
            "/api/v1/timelines/home?limit=20",
            "/api/v1/timelines/public?local=true",
            "/api/v1/followed_tags?limit=200",
            "/api/v1/markers?timeline[]=home",
            "/api/v1/lists",
            "/api/v2/filters",
            "/api/v1/filters",
            "/api/v1/notifications?limit=80&types[]=mention&types[]=no.such",
            "/api/v2/notifications?limit=10",
            "/api/v2/notifications/policy",
            "/api/v1/notifications/requests",
            "/api/v1/announcements",
            "/api/v1/conversations",
            "/api/v1/follow_requests",
            "/api/v1/blocks",
            "/api/v1/mutes",
            "/api/v1/bookmarks",
            "/api/v1/favourites",
            "/api/v1/trends/tags",
            "/api/v1/directory",
            "/api/v2/search?q=kar&resolve=true",
            "/api/v1/instance/rules",
            "/api/v1/instance/",
            "/api/v1/accounts/lookup/?acct=karim",
        ] {
            client.get(path).expect(200);
        }
        let me = client
            .get("/api/v1/accounts/verify_credentials")
            .expect(200);
        assert_eq!(
            (&me["acct"], &me["source"]["note"]),
            (&json!("karim"), &json!(""))
        );
        assert_eq!(me["role"]["id"], "-99");
        let lists = client.get("/api/v1/lists").expect(200);
        assert_eq!(lists[0]["title"], "About pumps");
        let group = client.get("/api/v1/accounts/lookup?acct=pumps").expect(200);
        assert_eq!(
            (&group["group"], &group["cordee"]["membership"]),
            (&json!(true), &json!("active"))
        );
    });
}
