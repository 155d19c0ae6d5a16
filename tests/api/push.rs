//! The push subscription of an access token.

use axum::body::Body;
use axum::http::{Method, Request};
use cordee::actions::manage_user::set_role;
use cordee::model::words::Role;
use serde_json::{Value, json};

use crate::support::client::{Client, Said};
use crate::support::world::World;

const PATH: &str = "/api/v1/push/subscription";
const POINT: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const SECRET: &str = "BTBZMqHH6r4Tts7J_aSIgg";

fn subscription(endpoint: &str) -> Value {
    json!({
        "subscription": { "endpoint": endpoint, "keys": { "p256dh": POINT, "auth": SECRET } },
        "data": { "alerts": { "mention": true } },
    })
}

fn send(client: &Client<'_>, mime: &str, body: &str) -> Said {
    let request = Request::builder()
        .method(Method::POST)
        .uri(PATH)
        .header("content-type", mime)
        .body(Body::from(body.to_owned()));
    client.send(request.unwrap())
}

#[test]
fn a_subscription_comes_changes_and_goes() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        assert_eq!(karim.get(PATH).expect(404)["error"], "Record not found");
        let made = karim
            .post(PATH, &subscription("https://push.example/x"))
            .expect(200);
        let instance = karim.get("/api/v2/instance").expect(200);
        assert_eq!(
            made["server_key"],
            instance["configuration"]["vapid"]["public_key"]
        );
        assert_eq!(
            (&made["endpoint"], &made["standard"], &made["policy"]),
            (
                &json!("https://push.example/x"),
                &json!(false),
                &json!("all")
            )
        );
        assert_eq!(
            (&made["alerts"]["mention"], &made["alerts"]["admin.report"]),
            (&json!(true), &json!(false))
        );
        assert_eq!(karim.get(PATH).expect(200), made);
        let wish = json!({ "data": { "alerts": { "follow": "1", "mention": false, "new.thing": true } },
                           "policy": "followed" });
        let changed = karim.put(PATH, &wish).expect(200);
        assert_eq!(
            (&changed["alerts"]["follow"], &changed["alerts"]["mention"]),
            (&json!(true), &json!(false))
        );
        assert_eq!(
            (&changed["policy"], &changed["id"]),
            (&json!("followed"), &made["id"])
        );
        let same = karim.put(PATH, &json!({})).expect(200);
        assert_eq!(same, changed, "what is not sent stays");
        let other = karim
            .post(PATH, &subscription("https://push.example/y"))
            .expect(200);
        assert_eq!(karim.get(PATH).expect(200), other, "one a token");
        assert_ne!(other["id"], made["id"]);
        karim.delete(PATH).expect(200);
        karim.delete(PATH).expect(200);
        karim.get(PATH).expect(404);
        karim.put(PATH, &wish).expect(404);
    });
}

#[test]
fn forms_of_every_kind_are_understood() {
    let world = World::with(|_| {});
    let karim = world.client(world.person("karim"));
    let fields = [
        ("subscription[endpoint]", "https://push.example/x"),
        ("subscription[keys][p256dh]", POINT),
        ("subscription[keys][auth]", SECRET),
        ("subscription[standard]", "true"),
        ("data[alerts][mention]", "true"),
        ("data[alerts][admin.sign_up]", "on"),
        ("data[alerts][poll]", "0"),
        ("data[policy]", "follower"),
    ];
    let form: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", value.replace(':', "%3A")))
        .collect();
    let parts: Vec<String> = fields
        .iter()
        .map(|(name, value)| {
            format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        })
        .collect();
    for (mime, body) in [
        ("application/x-www-form-urlencoded", form.join("&")),
        (
            "multipart/form-data; boundary=X",
            parts.concat() + "--X--\r\n",
        ),
    ] {
        let made = send(&karim, mime, &body).expect(200);
        assert_eq!(made["standard"], true, "{mime}");
        assert_eq!(made["policy"], "follower", "{mime}");
        let alerts = &made["alerts"];
        assert_eq!(
            (
                &alerts["mention"],
                &alerts["admin.sign_up"],
                &alerts["poll"]
            ),
            (&json!(true), &json!(true), &json!(false)),
            "{mime}"
        );
    }
}

#[test]
fn a_subscription_that_cannot_work_is_refused_by_name() {
    let world = World::with(|_| {});
    let karim = world.client(world.person("karim"));
    let long = format!("https://push.example/{}", "x".repeat(2048));
    let off_the_curve = POINT.replace("iw4", "iw8");
    for (field, value) in [
        ("endpoint", ""),
        ("endpoint", "http://push.example/x"),
        ("endpoint", "https://localhost/x"),
        ("endpoint", "https://north.localhost:7401/x"),
        ("endpoint", "https://127.0.0.1/x"),
        ("endpoint", "https://[::1]/x"),
        ("endpoint", "https://0x7f.1/x"),
        ("endpoint", "https://push.example:8443/x"),
        ("endpoint", "https://me@push.example/x"),
        ("endpoint", "ftp://push.example/x"),
        ("endpoint", &long),
        ("keys.p256dh", ""),
        ("keys.p256dh", "AAAA"),
        ("keys.p256dh", &off_the_curve),
        ("keys.auth", ""),
        ("keys.auth", POINT),
        ("keys.auth", "%%%"),
    ] {
        let mut wish = subscription("https://push.example/x");
        let pointer = format!("/subscription/{}", field.replace('.', "/"));
        *wish.pointer_mut(&pointer).unwrap() = json!(value);
        let said = karim.post(PATH, &wish).expect(422);
        assert_eq!(
            said["field"],
            format!("subscription.{field}"),
            "{value}: {said}"
        );
    }
    let mut wish = subscription("https://push.example/x");
    wish["data"]["policy"] = json!("sometimes");
    let said = karim.post(PATH, &wish).expect(422);
    assert!(
        said["error"].as_str().unwrap().contains("followed"),
        "{said}"
    );
    karim.post(PATH, &json!({})).expect(422);
    karim.get(PATH).expect(404);
}

#[test]
fn an_address_inside_is_taken_where_an_admin_named_its_network() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let wish = subscription("https://push.firm.example:8443/x");
        karim.post(PATH, &wish).expect(422);
        let admin = world.person("ada");
        world
            .write(move |tx| set_role(tx, admin, Role::Admin))
            .unwrap();
        let ada = world.client_with(admin, "admin:read admin:write");
        let peer = "/api/cordee/v1/admin/peers/push.firm.example%3A8443";
        let wanted = json!({ "mode": "quarantined", "addresses": ["10.0.0.0/8"] });
        ada.put(peer, &wanted).expect(200);
        karim.post(PATH, &wish).expect(200);
        ada.put(
            peer,
            &json!({ "mode": "blocked", "addresses": ["10.0.0.0/8"] }),
        )
        .expect(200);
        karim.post(PATH, &wish).expect(422);
    });
}

#[test]
fn a_token_reaches_its_own_subscription_only() {
    World::each(|world| {
        let id = world.person("karim");
        let (phone, tablet) = (world.client(id), world.client(id));
        let lotte = world.client(world.person("lotte"));
        phone
            .post(PATH, &subscription("https://push.example/phone"))
            .expect(200);
        for other in [&tablet, &lotte] {
            other.get(PATH).expect(404);
            other
                .put(PATH, &json!({ "data": { "policy": "none" } }))
                .expect(404);
            other.delete(PATH).expect(200);
        }
        assert_eq!(phone.get(PATH).expect(200)["policy"], "all");
        let narrow = world.client_with(id, "read write follow");
        narrow.get(PATH).expect(403);
        narrow
            .post(PATH, &subscription("https://push.example/x"))
            .expect(403);
        world.visitor().get(PATH).expect(401);
    });
}

#[test]
fn a_person_has_so_many_subscriptions_and_no_more() {
    World::each(|world| {
        let id = world.person("karim");
        let clients: Vec<Client<'_>> = (0..51).map(|_| world.client(id)).collect();
        for client in &clients {
            client
                .post(PATH, &subscription("https://push.example/x"))
                .expect(200);
        }
        clients[0].get(PATH).expect(404);
        clients[1].get(PATH).expect(200);
        clients[50].get(PATH).expect(200);
    });
}

#[test]
fn a_node_without_push_messages_says_so() {
    let world = World::with(|config| config.push.enabled = false);
    let karim = world.client(world.person("karim"));
    let said = karim
        .post(PATH, &subscription("https://push.example/x"))
        .expect(422);
    assert!(
        said["error"].as_str().unwrap().contains("switched off"),
        "{said}"
    );
    karim.get(PATH).expect(404);
}
