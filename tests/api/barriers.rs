//! Who may not sign up, which nodes are shut out, and the figures of the node.

use axum::body::Body;
use axum::http::{Method, Request};
use cordee::actions::barriers::check_address;
use cordee::model::ids::AccountId;
use cordee::model::words::{PeerMode, Role};
use cordee::store::page::Page;
use cordee::store::{audit, peers, users};
use serde_json::{Value, json};

use super::domain_blocks::{arrives, stranger};
use crate::support::client::{Client, Said};
use crate::support::world::World;

const ALL: &str = "read write follow push admin:read admin:write";

fn admin(world: &World) -> AccountId {
    let id = world.person("ada");
    world
        .write(move |tx| users::set_role(tx, id, Role::Admin))
        .unwrap();
    id
}

fn refused(said: &Said, words: &str) {
    let error = format!("Validation failed: {words}");
    assert_eq!(said.expect(422)["error"], error);
}

/// A request from an address that a trusted proxy vouches for.
fn from(client: &Client<'_>, method: Method, path: &str, address: &str, body: &Value) -> Said {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json")
        .header("x-forwarded-for", address)
        .body(Body::from(body.to_string()));
    client.send(request.unwrap())
}

/// An app that may register people.
fn app_token(world: &World) -> String {
    let visitor = world.visitor();
    let app = json!({ "client_name": "x", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write" });
    let app = visitor.post("/api/v1/apps", &app).expect(200);
    let wanted = json!({
        "grant_type": "client_credentials", "client_id": app["client_id"],
        "client_secret": app["client_secret"], "scope": "read write",
    });
    let token = visitor.post("/oauth/token", &wanted).expect(200);
    token["access_token"].as_str().unwrap().to_owned()
}

fn newcomer(name: &str, email: &str) -> Value {
    json!({
        "username": name, "email": email, "password": "a long enough phrase",
        "agreement": true, "locale": "en",
    })
}

fn open_to_all(config: &mut cordee::config::Config) {
    config.registration.mode = cordee::config::RegistrationMode::Open;
    config.registration.confirm_email = false;
    config.server.trusted_proxies = vec!["::/128".parse().unwrap()];
    config.limits.enabled = false;
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn addresses_of_mail_that_were_shut_out_do_not_sign_up() {
    World::each_with(open_to_all, |world| {
        let ada = world.client_with(admin(world), ALL);
        let mut app = world.visitor();
        app.token = Some(app_token(world));
        let sign_up =
            |name: &str, email: &str| app.post("/api/v1/accounts", &newcomer(name, email));
        let domains = "/api/v1/admin/email_domain_blocks";
        let row = ada
            .post(domains, &json!({ "domain": " Spam.example " }))
            .expect(200);
        assert_eq!(
            (&row["domain"], &row["history"]),
            (&json!("spam.example"), &json!([]))
        );
        refused(
            &ada.post(domains, &json!({ "domain": "spam.example" })),
            "Domain has already been taken",
        );
        for bad in ["*", ".", "https://spam.example", "spam", "spam.example:25"] {
            refused(
                &ada.post(domains, &json!({ "domain": bad })),
                "Domain is invalid",
            );
        }
        for email in ["a@spam.example", "a@mail.SPAM.example"] {
            let said = sign_up("mallory", email).expect(422);
            assert_eq!(said["details"]["email"][0]["error"], "ERR_BLOCKED");
        }
        sign_up("karim", "a@notspam.example").expect(200);
        let path = format!("{domains}/{}", row["id"].as_str().unwrap());
        assert_eq!(ada.get(&path).expect(200), row);
        ada.delete(&path).expect(200);
        ada.get(&path).expect(404);
        sign_up("mei", "a@spam.example").expect(200);

        let emails = "/api/v1/admin/canonical_email_blocks";
        let row = ada
            .post(emails, &json!({ "email": "test@example.com" }))
            .expect(200);
        for other in [
            "Test@example.com",
            "te.st@example.com",
            "test+x@EXAMPLE.com",
        ] {
            let met = ada
                .post(&format!("{emails}/test"), &json!({ "email": other }))
                .expect(200);
            assert_eq!(met, json!([row]), "{other}");
            let said = sign_up("oscar", other).expect(422);
            assert_eq!(said["details"]["email"][0]["error"], "ERR_BLOCKED");
        }
        assert_eq!(ada.get(emails).expect(200), json!([row]));
        let path = format!("{emails}/{}", row["id"].as_str().unwrap());
        ada.delete(&path).expect(200);
        refused(
            &ada.post(emails, &json!({ "canonical_email_hash": "abc" })),
            "Canonical email hash is invalid",
        );
        let hash = row["canonical_email_hash"].as_str().unwrap();
        let again = ada
            .post(emails, &json!({ "canonical_email_hash": hash }))
            .expect(200);
        let path = format!("{emails}/{}", again["id"].as_str().unwrap());
        assert_eq!(ada.get(&path).expect(200), again);
        let all: Vec<String> = world
            .read(|conn| audit::list(conn, &Page::first(10)))
            .into_iter()
            .map(|deed| deed.action)
            .collect();
        assert_eq!(
            all,
            [
                "email.block",
                "email.unblock",
                "email.block",
                "email_domain.unblock",
                "email_domain.block"
            ]
        );
        let text = format!(
            "{:?}",
            world.read(|conn| audit::list(conn, &Page::first(10)))
        );
        assert!(!text.contains("test@"), "no address of mail is noted");
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn networks_do_only_what_they_may() {
    World::each_with(open_to_all, |world| {
        let ada = world.client_with(admin(world), ALL);
        let path = "/api/v1/admin/ip_blocks";
        let row = ada
            .post(
                path,
                &json!({ "ip": "10.1.2.3/16", "severity": "sign_up_block", "comment": "bots" }),
            )
            .expect(200);
        for (key, value) in [
            ("ip", json!("10.1.0.0/16")),
            ("severity", json!("sign_up_block")),
            ("comment", json!("bots")),
            ("expires_at", json!(null)),
        ] {
            assert_eq!(row[key], value, "{key}");
        }
        for (body, words) in [
            (json!({ "severity": "no_access" }), "Ip can't be blank"),
            (
                json!({ "ip": "x", "severity": "no_access" }),
                "Ip is invalid",
            ),
            (json!({ "ip": "192.0.2.1" }), "Severity can't be blank"),
            (
                json!({ "ip": "192.0.2.1", "severity": "no_access", "expires_in": "-1" }),
                "Expires in is invalid",
            ),
            (
                json!({ "ip": "10.1.0.0/16", "severity": "no_access" }),
                "Ip has already been taken",
            ),
            (
                json!({ "ip": "::/0", "severity": "no_access" }),
                "Ip is invalid",
            ),
        ] {
            refused(&ada.post(path, &body), words);
        }
        let mut app = world.visitor();
        app.token = Some(app_token(world));
        let sign_up = |name: &str, address: &str| {
            let email = format!("{name}@firm.example");
            let body = newcomer(name, &email);
            from(&app, Method::POST, "/api/v1/accounts", address, &body)
        };
        sign_up("mallory", "10.1.9.9").expect(403);
        sign_up("karim", "10.2.9.9").expect(200);
        let one = format!("{path}/{}", row["id"].as_str().unwrap());
        let softer = json!({ "severity": "sign_up_requires_approval" });
        let changed = ada.put(&one, &softer).expect(200);
        assert_eq!(
            (&changed["severity"], &changed["comment"]),
            (&json!("sign_up_requires_approval"), &json!("bots"))
        );
        let said = sign_up("mallory", "10.1.9.9").expect(422);
        assert!(
            said["details"]["reason"].is_array(),
            "a reason is asked for"
        );
        let home = |address: &str| {
            from(
                &ada,
                Method::GET,
                "/api/v1/timelines/home",
                address,
                &json!({}),
            )
        };
        home("10.1.9.9").expect(200);
        let strict = json!({ "severity": "no_access", "expires_in": 3600 });
        ada.put(&one, &strict).expect(200);
        home("10.1.9.9").expect(403);
        for page in ["/login", "/", "/actor"] {
            let said = from(&world.visitor(), Method::GET, page, "10.1.9.9", &json!({}));
            assert_eq!(said.status.as_u16(), 403, "{page}");
        }
        home("10.2.9.9").expect(200);
        let own = from(
            &ada,
            Method::PUT,
            &one,
            "10.2.9.9",
            &json!({ "ip": "10.2.0.0/16" }),
        );
        refused(&own, "Ip is invalid");
        world.clock.advance_seconds(3601);
        world.app.forget_networks();
        home("10.1.9.9").expect(200);
        ada.delete(&one).expect(200);
        assert_eq!(ada.get(path).expect(200), json!([]));
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn blocks_and_allowances_are_the_modes_of_peers() {
    World::each(|world| {
        let ada = world.client_with(admin(world), ALL);
        let mode = |domain: &'static str| {
            world
                .read(move |conn| peers::find(conn, domain))
                .and_then(|peer| peer.mode)
        };
        let path = "/api/v1/admin/domain_blocks";
        let body = json!({
            "domain": "Bad.example", "severity": "suspend", "public_comment": "spam",
        });
        let row = ada.post(path, &body).expect(200);
        for (key, value) in [
            ("domain", json!("bad.example")),
            ("severity", json!("suspend")),
            ("public_comment", json!("spam")),
            ("private_comment", json!("")),
            ("reject_media", json!(true)),
        ] {
            assert_eq!(row[key], value, "{key}");
        }
        assert_eq!(mode("bad.example"), Some(PeerMode::Blocked));
        refused(&ada.post(path, &body), "Domain has already been taken");
        for bad in ["https://bad.example", "*", "localhost:7400"] {
            let body = json!({ "domain": bad });
            refused(&ada.post(path, &body), "Domain is invalid");
        }
        let one = format!("{path}/{}", row["id"].as_str().unwrap());
        let softer = json!({ "severity": "silence", "private_comment": "for now" });
        let row = ada.put(&one, &softer).expect(200);
        assert_eq!(
            (
                &row["severity"],
                &row["public_comment"],
                &row["private_comment"]
            ),
            (&json!("silence"), &json!("spam"), &json!("for now"))
        );
        assert_eq!(mode("bad.example"), Some(PeerMode::Quarantined));
        refused(
            &ada.put(&one, &json!({ "severity": "noop" })),
            "Severity is not one of silence, suspend",
        );
        assert_eq!(ada.get(path).expect(200), json!([row]));
        let allows = "/api/v1/admin/domain_allows";
        assert_eq!(ada.get(allows).expect(200), json!([]));
        ada.delete(&one).expect(200);
        ada.get(&one).expect(404);
        assert_eq!(mode("bad.example"), None);
        let allowed = ada
            .post(allows, &json!({ "domain": "good.example" }))
            .expect(200);
        assert_eq!(mode("good.example"), Some(PeerMode::Member));
        let set = json!({ "mode": "follow" });
        ada.put("/api/cordee/v1/admin/peers/good.example", &set)
            .expect(200);
        let again = ada
            .post(allows, &json!({ "domain": "good.example" }))
            .expect(200);
        assert_eq!(again["id"], allowed["id"]);
        assert_eq!(mode("good.example"), Some(PeerMode::Follow), "one truth");
        let one = format!("{allows}/{}", allowed["id"].as_str().unwrap());
        assert_eq!(ada.get(&one).expect(200)["domain"], "good.example");
        ada.delete(&one).expect(200);
        assert_eq!(ada.get(allows).expect(200), json!([]));
    });
}

#[test]
fn admins_may_type_a_domain_as_they_like() {
    World::each(|world| {
        let ada = world.client_with(admin(world), ALL);
        let (blocks, allows) = ("/api/v1/admin/domain_blocks", "/api/v1/admin/domain_allows");
        for (typed, plain) in [
            ("Bad.example:443", "bad.example"),
            ("m\u{fc}nchen.example.", "xn--mnchen-3ya.example"),
            ("bad.example:8443", "bad.example:8443"),
        ] {
            let row = ada.post(blocks, &json!({ "domain": typed })).expect(200);
            assert_eq!(row["domain"], plain);
            let again = ada.post(blocks, &json!({ "domain": plain }));
            refused(&again, "Domain has already been taken");
            let one = format!("{blocks}/{}", row["id"].as_str().unwrap());
            ada.delete(&one).expect(200);
            let row = ada.post(allows, &json!({ "domain": typed })).expect(200);
            assert_eq!(row["domain"], plain);
        }
        refused(
            &ada.post(blocks, &json!({ "domain": "LOCALHOST:7400" })),
            "Domain is invalid",
        );
        let mail = "/api/v1/admin/email_domain_blocks";
        let row = ada
            .post(mail, &json!({ "domain": "m\u{fc}ll.example" }))
            .expect(200);
        assert_eq!(row["domain"], "xn--mll-hoa.example");
        for email in ["a@xn--mll-hoa.example", "a@post.M\u{dc}LL.example"] {
            let checked = world.write(move |tx| check_address(tx, email));
            assert!(checked.is_err(), "{email}");
        }
        let other = world.write(|tx| check_address(tx, "a@mull.example"));
        assert!(other.is_ok());
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn figures_are_those_of_the_node() {
    World::each(|world| {
        let ada = world.client_with(admin(world), ALL);
        let karim = world.client(world.person("karim"));
        let post = karim.publish("hello #seals");
        let id = post["id"].as_str().unwrap();
        ada.post(&format!("/api/v1/statuses/{id}/favourite"), &json!({}))
            .expect(200);
        let alice = stranger(world, "alice", "p.example");
        arrives(world, alice, &[]);
        arrives(world, alice, &[]);
        // The clock of tests begins on this day.
        let period = |keys: Value| {
            json!({
                "keys": keys, "start_at": "2026-09-20", "end_at": "2026-09-22T00:00:00Z",
                "tag_uses": { "id": "seals" }, "tag_accounts": { "id": "seals" },
                "tag_servers": { "id": "seals" }, "instance_statuses": { "domain": "p.example" },
                "instance_accounts": { "domain": "p.example" },
            })
        };
        let keys = json!([
            "new_users",
            "interactions",
            "opened_reports",
            "tag_uses",
            "tag_accounts",
            "tag_servers",
            "instance_statuses",
            "instance_reports",
            "unheard_of",
            "new_users",
        ]);
        let said = ada
            .post("/api/v1/admin/measures", &period(keys))
            .expect(200);
        let totals: Vec<(&str, &str)> = said
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (row["key"].as_str().unwrap(), row["total"].as_str().unwrap()))
            .collect();
        assert_eq!(
            totals,
            [
                ("new_users", "2"),
                ("interactions", "1"),
                ("opened_reports", "0"),
                ("tag_uses", "3"),
                ("tag_accounts", "2"),
                ("tag_servers", "1"),
                ("instance_statuses", "2"),
            ],
            "{}",
            world.kind
        );
        assert_eq!(said[0]["data"].as_array().unwrap().len(), 3);
        assert_eq!(said[0]["previous_total"], "0");
        let keys = json!([
            "servers",
            "sources",
            "instance_accounts",
            "software_versions"
        ]);
        let said = ada
            .post("/api/v1/admin/dimensions", &period(keys))
            .expect(200);
        assert_eq!(
            said[0]["data"][0],
            json!({ "key": "p.example", "human_key": "p.example", "value": "2" })
        );
        assert_eq!(said[0]["data"][1]["key"], "localhost:7400");
        assert_eq!(said[1]["data"], json!([]));
        assert_eq!(said[2]["data"][0]["key"], "alice");
        let came = || -> Vec<String> {
            let said = ada
                .post("/api/v1/admin/retention", &period(json!([])))
                .expect(200);
            let value = |row: &Value| row["data"][0]["value"].as_str().unwrap().to_owned();
            said.as_array().unwrap().iter().map(value).collect()
        };
        let here = || {
            let body = period(json!(["active_users"]));
            let said = ada.post("/api/v1/admin/measures", &body).expect(200);
            said[0]["total"].as_str().unwrap().to_owned()
        };
        assert_eq!(came(), Vec::<String>::new(), "two could be recognised");
        assert_eq!(here(), "0", "{}", world.kind);
        for name in ["lotte", "mei", "nina"] {
            let client = world.client(world.person(name));
            client.get("/api/v1/timelines/home").expect(200);
        }
        assert_eq!(came(), ["5"], "{}", world.kind);
        for (body, words) in [
            (json!({ "end_at": "2026-09-22" }), "Start at can't be blank"),
            (
                json!({ "start_at": "soon", "end_at": "2026-09-22" }),
                "Start at is invalid",
            ),
            (
                json!({ "start_at": "2020-09-22", "end_at": "2026-09-22" }),
                "End at is invalid",
            ),
        ] {
            refused(&ada.post("/api/v1/admin/measures", &body), words);
        }
        let odd = json!({ "start_at": "2026-09-20", "end_at": "2026-09-22", "frequency": "dayz" });
        refused(
            &ada.post("/api/v1/admin/retention", &odd),
            "Frequency is not one of day, month",
        );
    });
}
