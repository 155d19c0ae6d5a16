//! What the node tells its people and proposes to them: announcements, suggestions, trends, figures by week.

use cordee::model::ids::AccountId;
use cordee::model::words::Role;
use cordee::store::users;
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::world::World;

fn admin<'w>(world: &'w World, name: &str) -> Client<'w> {
    let id = world.person(name);
    world
        .write(move |tx| users::set_role(tx, id, Role::Admin))
        .unwrap();
    world.client_with(id, "read write admin:read admin:write")
}

fn ids(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap();
    list.iter().map(|one| one["id"].as_str().unwrap()).collect()
}

const ADMIN: &str = "/api/cordee/v1/admin/announcements";
const LIST: &str = "/api/v1/announcements";

#[test]
fn an_announcement_is_shown_until_it_was_read_or_its_time_is_over() {
    World::each(|world| {
        let anne = admin(world, "anne");
        let karim = world.client(world.person("karim"));
        let said =
            json!({ "text": "The **press** stops on Friday", "ends_at": "2027-01-01T00:00:00Z" });
        let made = anne.post(ADMIN, &said).expect(200);
        let id = made["id"].as_str().unwrap().to_owned();
        let shown = karim.get(LIST).expect(200);
        assert_eq!(ids(&shown), [&id], "{}", world.kind);
        assert_eq!(
            (&shown[0]["read"], &shown[0]["published"]),
            (&json!(false), &json!(true))
        );
        let html = shown[0]["content"].as_str().unwrap();
        assert!(html.contains("<strong>press</strong>"), "{html}");
        karim
            .post(&format!("{LIST}/{id}/dismiss"), &json!({}))
            .expect(200);
        assert_eq!(karim.get(LIST).expect(200), json!([]));
        let all = karim
            .get(&format!("{LIST}?with_dismissed=true"))
            .expect(200);
        assert_eq!(all[0]["read"], true);
        let path = format!("{ADMIN}/{id}");
        anne.patch(&path, &json!({ "all_day": true })).expect(200);
        assert_eq!(
            karim.get(LIST).expect(200),
            json!([]),
            "the text is the same"
        );
        anne.patch(&path, &json!({ "text": "On Monday" }))
            .expect(200);
        assert_eq!(ids(&karim.get(LIST).expect(200)), [&id]);
        world.clock.advance_seconds(400 * 86_400);
        assert_eq!(karim.get(LIST).expect(200), json!([]), "its time is over");
        karim
            .post(&format!("{LIST}/{id}/dismiss"), &json!({}))
            .expect(404);
        anne.delete(&path).expect(200);
        assert_eq!(anne.get(ADMIN).expect(200), json!([]));
        anne.delete(&path).expect(404);
    });
}

#[test]
fn only_admins_announce_and_only_sense() {
    World::each(|world| {
        let anne = admin(world, "anne");
        let karim_id = world.person("karim");
        let karim = world.client_with(karim_id, "read write admin:read admin:write");
        let said = json!({ "text": "x" });
        karim.post(ADMIN, &said).expect(403);
        karim.get(ADMIN).expect(403);
        world.client(karim_id).post(ADMIN, &said).expect(403);
        world.visitor().get(LIST).expect(401);
        for bad in [
            json!({}),
            json!({ "text": " " }),
            json!({ "text": "x".repeat(5001) }),
            json!({ "text": "x", "ends_at": "soon" }),
            json!({ "text": "x", "ends_at": "2020-01-01T00:00:00Z" }),
        ] {
            anne.post(ADMIN, &bad).expect(422);
        }
        assert_eq!(anne.get(ADMIN).expect(200), json!([]));
        for _ in 0..50 {
            anne.post(ADMIN, &said).expect(200);
        }
        anne.post(ADMIN, &said).expect(422);
    });
}

#[test]
fn people_react_to_announcements_with_emojis() {
    World::each(|world| {
        let anne = admin(world, "anne");
        let karim = world.client(world.person("karim"));
        let made = anne.post(ADMIN, &json!({ "text": "Cake" })).expect(200);
        let id = made["id"].as_str().unwrap();
        let of = |name: &str| format!("{LIST}/{id}/reactions/{name}");
        let cake = of("%F0%9F%8E%82");
        for client in [&karim, &karim, &anne] {
            client.put(&cake, &json!({})).expect(200);
        }
        let shown = &karim.get(LIST).expect(200)[0]["reactions"];
        assert_eq!(
            *shown,
            json!([{ "name": "🎂", "count": 2, "me": true }]),
            "{}",
            world.kind
        );
        karim.put(&of("cake"), &json!({})).expect(422);
        karim.put(&of("%3Ccake%3E"), &json!({})).expect(422);
        for emoji in [
            "%E2%AD%90",
            "%E2%9C%85",
            "%E2%9D%A4",
            "%E2%9A%A1",
            "%E2%98%80",
            "%E2%98%82",
            "%E2%98%83",
        ] {
            karim.put(&of(emoji), &json!({})).expect(200);
        }
        karim.put(&of("%E2%9A%93"), &json!({})).expect(422);
        karim.delete(&cake).expect(200);
        karim.delete(&cake).expect(200);
        let shown = karim.get(LIST).expect(200);
        assert_eq!(
            shown[0]["reactions"][0],
            json!({ "name": "🎂", "count": 1, "me": false })
        );
        anne.put(&format!("{LIST}/1/reactions/%F0%9F%8E%82"), &json!({}))
            .expect(404);
    });
}

fn follow(client: &Client<'_>, whom: AccountId) {
    client
        .post(&format!("/api/v1/accounts/{whom}/follow"), &json!({}))
        .expect(200);
}

#[test]
fn suggested_are_those_whom_the_followed_follow_then_the_active() {
    World::each(|world| {
        let [karim_id, lotte_id, mei_id, noor_id] =
            ["karim", "lotte", "mei", "noor"].map(|name| world.person(name));
        let [karim, lotte, noor] = [karim_id, lotte_id, noor_id].map(|id| world.client(id));
        noor.publish("one");
        follow(&karim, lotte_id);
        follow(&lotte, mei_id);
        let suggested = || {
            let list = karim.get("/api/v2/suggestions").expect(200);
            let list = list.as_array().unwrap().clone();
            list.into_iter()
                .map(|one| {
                    let name = one["account"]["username"].as_str().unwrap().to_owned();
                    (name, one["sources"][0].as_str().unwrap().to_owned())
                })
                .collect::<Vec<_>>()
        };
        let pair = |name: &str, why: &str| (name.to_owned(), why.to_owned());
        assert_eq!(
            suggested(),
            [
                pair("mei", "friends_of_friends"),
                pair("noor", "most_interactions")
            ],
            "{}",
            world.kind
        );
        let plain = karim.get("/api/v1/suggestions?limit=1").expect(200);
        assert_eq!(plain[0]["username"], "mei");
        let hide = json!({ "hide_collections": true });
        lotte
            .patch("/api/v1/accounts/update_credentials", &hide)
            .expect(200);
        assert_eq!(suggested()[0], pair("noor", "most_interactions"));
        karim
            .delete(&format!("/api/v1/suggestions/{noor_id}"))
            .expect(200);
        assert_eq!(suggested(), [pair("mei", "most_interactions")]);
        follow(&karim, mei_id);
        assert_eq!(suggested(), []);
    });
}

#[test]
fn trends_come_from_what_everybody_may_read() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.client(world.person(name)));
        karim.publish("#Pumps leak");
        let open = lotte.publish("#pumps again");
        for _ in 0..3 {
            let closed = json!({ "status": "#secret", "visibility": "private" });
            karim.publish_with(&closed);
            let inside = json!({ "status": "#secret", "boundary": "node" });
            let inside = karim.publish_with(&inside);
            let path = format!(
                "/api/v1/statuses/{}/favourite",
                inside["id"].as_str().unwrap()
            );
            lotte.post(&path, &json!({})).expect(200);
        }
        lotte.publish("#once");
        let tags = karim.get("/api/v1/trends/tags").expect(200);
        assert_eq!(tags.as_array().unwrap().len(), 1, "{tags}");
        assert_eq!(tags[0]["name"], "pumps");
        let history = tags[0]["history"].as_array().unwrap();
        assert_eq!(history.len(), 7);
        assert_eq!(
            (&history[0]["uses"], &history[0]["accounts"]),
            (&json!("2"), &json!("2"))
        );
        assert_eq!(karim.get("/api/v1/trends").expect(200), tags);
        let id = open["id"].as_str().unwrap();
        karim
            .post(&format!("/api/v1/statuses/{id}/favourite"), &json!({}))
            .expect(200);
        let posts = karim.get("/api/v1/trends/statuses").expect(200);
        assert_eq!(ids(&posts), [id], "{}", world.kind);
        for path in ["tags", "statuses", "links"] {
            let told = world.visitor().get(&format!("/api/v1/trends/{path}"));
            assert_eq!(told.expect(200), json!([]), "{path}");
        }
        world.clock.advance_seconds(9 * 86_400);
        assert_eq!(karim.get("/api/v1/trends/tags").expect(200), json!([]));
        assert_eq!(karim.get("/api/v1/trends/statuses").expect(200), json!([]));
    });
}

#[test]
fn figures_by_week_and_languages_are_told_to_all() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        karim.publish("one");
        karim.publish_with(&json!({ "status": "two", "visibility": "private" }));
        let weeks = world.visitor().get("/api/v1/instance/activity").expect(200);
        let weeks = weeks.as_array().unwrap();
        assert_eq!(weeks.len(), 12);
        let first = &weeks[0];
        assert_eq!(
            (
                &first["statuses"],
                &first["logins"],
                &first["registrations"]
            ),
            (&json!("1"), &json!("1"), &json!("1")),
            "{}",
            world.kind
        );
        assert_eq!(weeks[1]["statuses"], "0");
        let start = |at: usize| weeks[at]["week"].as_str().unwrap().parse::<i64>().unwrap();
        assert_eq!(start(0) - start(1), 7 * 86_400);
        let known = world
            .visitor()
            .get("/api/v1/instance/languages")
            .expect(200);
        let dutch = json!({ "code": "nl", "name": "Dutch" });
        assert!(known.as_array().unwrap().contains(&dutch));
    });
}
