//! People whom moderators shut out: what shows of them, and what is given back to them.

use axum::body::Body;
use axum::http::Request;
use cordee::model::ids::PostId;
use cordee::model::viewer::Viewer;
use cordee::model::words::{AccountState, Role};
use cordee::store::page::Page;
use cordee::store::timelines::{self, AccountQuery};
use cordee::store::{accounts, posts, users};
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::world::World;

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

fn status(post: &Value) -> String {
    format!("/api/v1/statuses/{}", id(post))
}

/// The client of an admin.
fn admin(world: &World) -> Client<'_> {
    let ada = world.person("ada");
    world
        .write(move |tx| users::set_role(tx, ada, Role::Admin))
        .unwrap();
    world.client_with(ada, "read write follow push admin:read admin:write")
}

/// How much of a page of statuses, or what is inside `key` of it.
fn size(client: &Client<'_>, path: &str, key: &str) -> usize {
    let page = client.get(path).expect(200);
    let rows = if key.is_empty() { &page } else { &page[key] };
    rows.as_array().unwrap().len()
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn nothing_of_somebody_suspended_shows_anywhere() {
    World::each(|world| {
        let ada = admin(world);
        let ids = ["karim", "lotte", "mei"].map(|name| world.person(name));
        let [karim, lotte, mei] = ids.map(|id| world.client(id));
        let of = |n: usize, what: &str| format!("/api/v1/accounts/{}/{what}", ids[n]);
        mei.post(&of(0, "follow"), &json!({})).expect(200);
        mei.post(&of(1, "follow"), &json!({})).expect(200);
        let list = mei
            .post("/api/v1/lists", &json!({ "title": "those" }))
            .expect(200);
        let people = format!("/api/v1/lists/{}/accounts", id(&list));
        let both = json!({ "account_ids": [ids[0].to_string(), ids[1].to_string()] });
        mei.post(&people, &both).expect(200);

        let start = lotte.publish("how goes the pump");
        let bad = karim.publish("a nasty gasket #seals");
        let reply = json!({ "status": "a nasty reply", "in_reply_to_id": id(&start) });
        let reply = karim.publish_with(&reply);
        lotte
            .post(&format!("{}/reblog", status(&bad)), &json!({}))
            .expect(200);
        let fine = ada.publish("all is well");
        karim
            .post(&format!("{}/reblog", status(&fine)), &json!({}))
            .expect(200);
        let quote = json!({ "status": "look", "quoted_status_id": id(&bad) });
        let quote = lotte.publish_with(&quote);
        mei.post(&format!("{}/bookmark", status(&bad)), &json!({}))
            .expect(200);
        let told = json!({ "status": "@mei a nasty word" });
        karim.publish_with(&told);

        let lists = [
            ("/api/v1/timelines/home".to_owned(), ""),
            (format!("/api/v1/timelines/list/{}", id(&list)), ""),
            ("/api/v1/timelines/public".to_owned(), ""),
            ("/api/v1/timelines/tag/seals".to_owned(), ""),
            (format!("{}/context", status(&start)), "descendants"),
            (
                "/api/v2/search?type=statuses&q=nasty".to_owned(),
                "statuses",
            ),
            (of(0, "statuses"), ""),
            (of(1, "statuses"), ""),
            ("/api/v1/bookmarks".to_owned(), ""),
            (
                "/api/v1/notifications?exclude_types[]=severed_relationships".to_owned(),
                "",
            ),
        ];
        let sizes = || -> Vec<usize> {
            let size = |(path, key): &(String, &str)| size(&mei, path, key);
            lists.iter().map(size).collect()
        };
        let page = |post: &Value| {
            let said = world.visitor().get(&format!("/posts/{}", id(post)));
            let text = String::from_utf8(said.bytes).unwrap();
            (said.status.as_u16(), text.contains("nasty"))
        };
        let document = |post: &Value| {
            let request = Request::builder()
                .uri(format!("/posts/{}", id(post)))
                .header("accept", "application/activity+json");
            let said = world.visitor().send(request.body(Body::empty()).unwrap());
            said.status.as_u16()
        };
        let quoted = || {
            let seen = mei.get(&status(&quote)).expect(200)["quote"].clone();
            (
                seen["state"].as_str().unwrap().to_owned(),
                seen["quoted_status"].is_null(),
            )
        };
        let before = sizes();
        assert_eq!(before, [6, 6, 5, 1, 1, 3, 4, 3, 1, 1], "{}", world.kind);
        assert_eq!(page(&bad), (200, true));
        assert!(page(&start).1 && page(&quote).1);
        let served = document(&bad);
        assert_eq!(quoted(), ("accepted".into(), false));

        let account = format!("/api/v1/admin/accounts/{}", ids[0]);
        ada.post(&format!("{account}/action"), &json!({ "type": "suspend" }))
            .expect(200);
        assert_eq!(sizes(), [2, 2, 3, 0, 0, 0, 0, 2, 0, 0], "{}", world.kind);
        for client in [&mei, &ada, &world.visitor()] {
            client.get(&status(&bad)).expect(404);
            client.get(&status(&reply)).expect(404);
        }
        mei.post(&format!("{}/favourite", status(&bad)), &json!({}))
            .expect(404);
        assert_eq!(page(&bad).0, 404);
        assert!(!page(&start).1 && !page(&quote).1, "{}", world.kind);
        assert_eq!(document(&bad), 404, "was {served}");
        assert_eq!(quoted(), ("unauthorized".into(), true));
        let (author, post): (_, PostId) = (ids[0], id(&bad).parse().unwrap());
        let own = Viewer::Person {
            id: author,
            role: Role::Member,
        };
        let kept = world.read(move |conn| posts::get_visible(conn, &own, post));
        assert_eq!(kept.id, post, "its author keeps it");

        ada.post(&format!("{account}/unsuspend"), &json!({}))
            .expect(200);
        assert_eq!(sizes(), before, "{}", world.kind);
        assert_eq!(document(&bad), served);
        assert_eq!(page(&bad), (200, true));
    });
}

#[test]
fn suspended_and_disabled_are_two_things() {
    World::each(|world| {
        let ada = admin(world);
        let karim = world.person("karim");
        let path = format!("/api/v1/admin/accounts/{karim}");
        let act = |kind: &str| {
            let body = json!({ "type": kind });
            ada.post(&format!("{path}/action"), &body).expect(200);
        };
        let lift = |what: &str| {
            ada.post(&format!("{path}/{what}"), &json!({})).expect(200);
        };
        let stands = || {
            let seen = ada.get(&path).expect(200);
            let is = |key: &str| seen[key].as_bool().unwrap();
            (is("disabled"), is("suspended"))
        };
        let comes_in = || {
            let client = world.client(karim);
            client.get("/api/v1/timelines/home").status.as_u16()
        };
        act("disable");
        act("suspend");
        assert_eq!(stands(), (true, true), "{}", world.kind);
        lift("unsuspend");
        assert_eq!(stands(), (true, false), "{}", world.kind);
        assert_eq!(comes_in(), 403);
        lift("enable");
        assert_eq!((stands(), comes_in()), ((false, false), 200));

        act("suspend");
        act("disable");
        assert_eq!(stands(), (true, true), "{}", world.kind);
        lift("enable");
        assert_eq!(stands(), (false, true));
        assert_eq!(comes_in(), 401);
        lift("unsuspend");
        assert_eq!((stands(), comes_in()), ((false, false), 200));
    });
}

#[test]
fn whoever_is_blocked_does_not_read_the_source_either() {
    World::each(|world| {
        let ids = ["karim", "lotte", "anne"].map(|name| world.person(name));
        let [karim, lotte, anne] = ids.map(|id| world.client(id));
        let post = karim.publish("the words");
        let boost = anne.post(&format!("{}/reblog", status(&post)), &json!({}));
        let boost = boost.expect(200);
        let block = format!("/api/v1/accounts/{}/block", ids[1]);
        karim.post(&block, &json!({})).expect(200);
        for line in [&post, &boost] {
            let source = format!("{}/source", status(line));
            assert_eq!(karim.get(&source).expect(200)["text"], "the words");
            assert_eq!(anne.get(&source).expect(200)["text"], "the words");
            lotte.get(&status(line)).expect(404);
            lotte.get(&source).expect(404);
        }
    });
}

#[test]
fn nothing_shows_as_boosted_by_an_account_that_is_gone() {
    World::each(|world| {
        let ids = ["karim", "lotte", "anne"].map(|name| world.person(name));
        let [karim, lotte, anne] = ids.map(|id| world.client(id));
        let post = karim.publish("the words");
        let boost = lotte.post(&format!("{}/reblog", status(&post)), &json!({}));
        let boost = boost.expect(200);
        let shown = || {
            let viewer = Viewer::Person {
                id: ids[2],
                role: Role::Member,
            };
            let wanted = AccountQuery::default();
            let page = Page::first(20);
            let lines = world
                .read(move |conn| timelines::account(conn, &viewer, ids[1], false, &wanted, &page));
            lines.len()
        };
        anne.get(&status(&boost)).expect(200);
        assert_eq!(shown(), 1);
        for state in [AccountState::Suspended, AccountState::Deleted] {
            world
                .write(move |tx| accounts::set_state(tx, ids[1], state))
                .unwrap();
            anne.get(&status(&boost)).expect(404);
            assert_eq!(shown(), 0, "{state} on {}", world.kind);
            anne.get(&status(&post)).expect(200);
        }
    });
}
