//! Reports: who learns of them, and what nobody learns by making one.

use cordee::model::ids::AccountId;
use cordee::model::report::A_DAY;
use cordee::model::words::Role;
use cordee::store::page::Page;
use cordee::store::reports::{self, Wanted};
use cordee::store::users;
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::world::World;

/// Somebody with a role on the node.
fn with_role(world: &World, name: &str, role: Role) -> AccountId {
    let id = world.person(name);
    world
        .write(move |tx| users::set_role(tx, id, role))
        .unwrap();
    id
}

fn told(client: &Client<'_>) -> Vec<Value> {
    let all = client.get("/api/v1/notifications").expect(200);
    all.as_array()
        .unwrap()
        .iter()
        .filter(|row| row["type"] == "admin.report")
        .cloned()
        .collect()
}

fn complaint(target: AccountId, posts: &[&Value]) -> Value {
    let ids: Vec<&Value> = posts.iter().map(|post| &post["id"]).collect();
    json!({ "account_id": target.to_string(), "status_ids": ids, "comment": " rude " })
}

#[test]
fn a_report_reaches_moderators_and_nobody_else() {
    World::each(|world| {
        let ada = with_role(world, "ada", Role::Admin);
        let bart = with_role(world, "bart", Role::Moderator);
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        let status = world.client(lotte).publish("You are all wrong");
        let made = world
            .client(karim)
            .post("/api/v1/reports", &complaint(lotte, &[&status]))
            .expect(200);
        for (key, value) in [
            ("action_taken", json!(false)),
            ("action_taken_at", json!(null)),
            ("category", json!("other")),
            ("comment", json!("rude")),
            ("forwarded", json!(false)),
            ("status_ids", json!([status["id"]])),
            ("rule_ids", json!(null)),
        ] {
            assert_eq!(made[key], value, "{key} on {}", world.kind);
        }
        assert_eq!(made["target_account"]["acct"], "lotte");
        for moderator in [ada, bart] {
            let client = world.client(moderator);
            let rows = told(&client);
            assert_eq!(rows.len(), 1, "{}", world.kind);
            assert_eq!(rows[0]["account"]["acct"], "karim");
            assert_eq!(rows[0]["report"]["id"], made["id"]);
            assert_eq!(rows[0]["report"]["target_account"]["acct"], "lotte");
            let grouped = client.get("/api/v2/notifications").expect(200);
            assert_eq!(
                grouped["notification_groups"][0]["report"]["id"],
                made["id"]
            );
        }
        for other in [karim, lotte] {
            assert_eq!(told(&world.client(other)), Vec::<Value>::new());
        }
        let about_bart = world
            .client(karim)
            .post("/api/v1/reports", &complaint(bart, &[]));
        about_bart.expect(200);
        assert_eq!(told(&world.client(bart)).len(), 1, "not of the one on bart");
        assert_eq!(told(&world.client(ada)).len(), 2);
        world
            .write(move |tx| users::set_role(tx, bart, Role::Member))
            .unwrap();
        let former = world.client(bart);
        assert_eq!(told(&former).len(), 0, "no moderator any more");
    });
}

#[test]
fn with_the_role_all_that_tells_of_reports_goes() {
    World::each(|world| {
        let bart = with_role(world, "bart", Role::Moderator);
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        world
            .client(karim)
            .post("/api/v1/reports", &complaint(lotte, &[]))
            .expect(200);
        let client = world.client(bart);
        let id = told(&client)[0]["id"].as_str().unwrap().to_owned();
        let paths = [
            format!("/api/v1/notifications/{id}"),
            format!("/api/v2/notifications/ungrouped-{id}"),
            format!("/api/v2/notifications/ungrouped-{id}/accounts"),
        ];
        let counts = || {
            [1, 2].map(|version| {
                let path = format!("/api/v{version}/notifications/unread_count");
                client.get(&path).expect(200)["count"].clone()
            })
        };
        for path in &paths {
            client.get(path).expect(200);
        }
        assert_eq!(counts(), [json!(1), json!(1)], "{}", world.kind);
        let role = |role: Role| {
            world
                .write(move |tx| users::set_role(tx, bart, role))
                .unwrap();
        };
        role(Role::Member);
        let absent = client.get("/api/v2/notifications/ungrouped-1/accounts");
        absent.expect(404);
        for path in &paths {
            let said = client.get(path);
            assert_eq!(said.status, 404, "{path} on {}", world.kind);
            assert_eq!(said.bytes, absent.bytes, "{path}");
        }
        assert_eq!(counts(), [json!(0), json!(0)], "{}", world.kind);
        let groups = client.get("/api/v2/notifications").expect(200);
        assert_eq!(groups["notification_groups"], json!([]));
        role(Role::Admin);
        assert_eq!(counts(), [json!(1), json!(1)], "{}", world.kind);
    });
}

#[test]
fn what_one_cannot_see_is_reported_like_what_is_not_there() {
    World::each(|world| {
        let ada = with_role(world, "ada", Role::Admin);
        let [karim, lotte, anne] = ["karim", "lotte", "anne"].map(|name| world.person(name));
        let closed = world
            .client(lotte)
            .publish_with(&json!({ "status": "for few", "visibility": "private" }));
        let open = world.client(anne).publish("hello");
        let client = world.client(karim);
        let say = |body: &Value| client.post("/api/v1/reports", body);
        let absent = say(&complaint(lotte, &[&json!({ "id": "1" })]));
        absent.expect(404);
        for body in [
            complaint(lotte, &[&closed]),
            complaint(lotte, &[&open]),
            complaint(lotte, &[&json!({ "id": "no number" })]),
            complaint(AccountId(1), &[]),
            json!({}),
        ] {
            let said = say(&body);
            assert_eq!(
                (said.status, said.bytes),
                (absent.status, absent.bytes.clone()),
                "{body}"
            );
        }
        let with = |key: &str, value: Value| {
            let mut body = complaint(anne, &[&open]);
            body[key] = value;
            body
        };
        for (body, words) in [
            (
                with("category", json!("boring")),
                "Category is not one of spam, legal, violation, other",
            ),
            (
                with("comment", json!("x".repeat(1001))),
                "Comment is too long (maximum is 1000 characters)",
            ),
            (with("rule_ids", json!(["1"])), "Rule ids is invalid"),
            (
                with("status_ids", (1..=51).map(|n| n.to_string()).collect()),
                "Status ids can't contain more than 50 items",
            ),
        ] {
            let said = say(&body).expect(422);
            assert_eq!(said["error"], format!("Validation failed: {words}"));
        }
        let wanted = Wanted::default();
        let filed = world.read(move |conn| reports::list(conn, ada, &wanted, &Page::first(9)));
        assert_eq!(filed, [], "{}", world.kind);
        let reader = world.client_with(karim, "read");
        reader
            .post("/api/v1/reports", &complaint(anne, &[]))
            .expect(403);
    });
}

#[test]
fn what_is_deleted_while_it_is_reported_does_not_take_the_report_along() {
    World::each(|world| {
        let ada = with_role(world, "ada", Role::Admin);
        let [karim, lotte, anne] = ["karim", "lotte", "anne"].map(|name| world.person(name));
        let author = world.client(lotte);
        let [gone, there] = ["You are all wrong", "Still here"].map(|text| author.publish(text));
        let closed = |words: &str, visibility: &str| {
            author.publish_with(&json!({ "status": words, "visibility": visibility }))
        };
        let first = closed("@karim listen", "direct");
        let second = author.publish_with(&json!({
            "status": "@karim you fool", "visibility": "direct", "in_reply_to_id": first["id"],
        }));
        let few = closed("for few", "private");
        for post in [&gone, &second, &few] {
            let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
            author.delete(&path).expect(200);
        }
        let client = world.client(karim);
        let say = |posts: &[&Value]| client.post("/api/v1/reports", &complaint(lotte, posts));
        let made = say(&[&gone, &there, &second]).expect(200);
        assert_eq!(made["status_ids"], json!([there["id"]]), "{}", world.kind);
        assert_eq!(say(&[&gone]).expect(200)["status_ids"], json!([]));
        assert_eq!(told(&world.client(ada)).len(), 2);
        let absent = say(&[&json!({ "id": "1" })]);
        absent.expect(404);
        let hidden = say(&[&few]);
        assert_eq!(
            (hidden.status, &hidden.bytes),
            (absent.status, &absent.bytes)
        );
        let other = world.client(anne);
        let direct = other.post("/api/v1/reports", &complaint(lotte, &[&second]));
        assert_eq!(
            (direct.status, &direct.bytes),
            (absent.status, &absent.bytes)
        );
        let wrong = client.post("/api/v1/reports", &complaint(anne, &[&gone]));
        assert_eq!((wrong.status, &wrong.bytes), (absent.status, &absent.bytes));
    });
}

#[test]
fn nobody_floods_the_moderators() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        let client = world.client(karim);
        let say = || client.post("/api/v1/reports/", &complaint(lotte, &[]));
        for _ in 0..A_DAY {
            say().expect(200);
        }
        say().expect(429);
        world.clock.advance_seconds(25 * 3600);
        say().expect(200);
    });
}
