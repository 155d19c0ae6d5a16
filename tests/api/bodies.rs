//! Parameters arrive as query, form, multipart or JSON, whatever the method: each way does the same.

use axum::body::Body;
use axum::http::{Method, Request};
use cordee::model::words::{Boundary, JoinPolicy};
use serde_json::{Value, json};

use crate::support::client::{Client, Said};
use crate::support::world::World;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Query,
    Form,
    Multipart,
    Json,
    Untyped,
}

const WAYS: [Way; 5] = [
    Way::Query,
    Way::Form,
    Way::Multipart,
    Way::Json,
    Way::Untyped,
];

/// Parameters in the bracket notation of Rails.
fn flat(name: &str, value: &Value, out: &mut Vec<(String, String)>) {
    let inner = |key: &str| {
        if name.is_empty() {
            key.to_owned()
        } else {
            format!("{name}[{key}]")
        }
    };
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                flat(&inner(key), value, out);
            }
        }
        Value::Array(all) => {
            for (n, value) in all.iter().enumerate() {
                let key = if value.is_object() {
                    n.to_string()
                } else {
                    String::new()
                };
                flat(&inner(&key), value, out);
            }
        }
        Value::String(text) => out.push((name.to_owned(), text.clone())),
        other => out.push((name.to_owned(), other.to_string())),
    }
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b'-' => {
                char::from(b).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

fn form(body: &Value) -> String {
    let mut pairs = Vec::new();
    flat("", body, &mut pairs);
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(key, value)| format!("{}={}", escaped(key), escaped(value)))
        .collect();
    pairs.join("&")
}

fn send(client: &Client<'_>, way: Way, method: &str, path: &str, body: &Value) -> Said {
    let method: Method = method.parse().unwrap();
    let builder = Request::builder().method(method);
    let request = match way {
        Way::Query => builder
            .uri(format!("{path}?{}", form(body)))
            .body(Body::empty()),
        Way::Form => builder
            .uri(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form(body))),
        Way::Json => builder
            .uri(path)
            .header("content-type", "application/json; charset=utf-8")
            .body(Body::from(body.to_string())),
        Way::Untyped => builder.uri(path).body(Body::from(body.to_string())),
        Way::Multipart => {
            let mut pairs = Vec::new();
            flat("", body, &mut pairs);
            let mut text = String::new();
            for (key, value) in pairs {
                text += &format!(
                    "--X\r\nContent-Disposition: form-data; name=\"{key}\"\r\n\r\n{value}\r\n"
                );
            }
            builder
                .uri(path)
                .header("content-type", "multipart/form-data; boundary=X")
                .body(Body::from(text + "--X--\r\n"))
        }
    };
    client.send(request.unwrap())
}

/// Sends in one way and answers what came.
struct Caller<'a, 'w>(&'a Client<'w>, Way);

impl Caller<'_, '_> {
    /// The answer, which must be 200 and have these values at these places.
    fn call(&self, call: &str, body: &Value, wanted: &[(&str, Value)]) -> Value {
        let (method, path) = call.split_once(' ').unwrap();
        let said = send(self.0, self.1, method, path, body);
        assert_eq!(
            said.status.as_u16(),
            200,
            "{:?} {call}: {}",
            self.1,
            String::from_utf8_lossy(&said.bytes)
        );
        let answer = said.json();
        for (at, value) in wanted {
            assert_eq!(answer.pointer(at), Some(value), "{:?} {call}: {at}", self.1);
        }
        answer
    }
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn posts(me: &Caller<'_, '_>, other: &Caller<'_, '_>, later: &str) -> String {
    let body =
        json!({ "status": "été & more", "spoiler_text": "s", "language": "nl", "sensitive": true });
    let post = me.call(
        "POST /api/v1/statuses",
        &body,
        &[
            ("/spoiler_text", json!("s")),
            ("/language", json!("nl")),
            ("/content", json!("<p>été &amp; more</p>")),
        ],
    );
    let path = format!("/api/v1/statuses/{}", id(&post));
    me.call(
        &format!("PUT {path}"),
        &json!({ "status": "new", "spoiler_text": "t" }),
        &[
            ("/spoiler_text", json!("t")),
            ("/content", json!("<p>new</p>")),
        ],
    );
    let reply = json!({ "status": "answer", "in_reply_to_id": id(&post) });
    other.call(
        "POST /api/v1/statuses",
        &reply,
        &[("/in_reply_to_id", json!(id(&post)))],
    );
    let poll = json!({ "status": "?", "poll": { "options": ["tea", "coffee"], "expires_in": 600, "multiple": true } });
    let asked = me.call(
        "POST /api/v1/statuses",
        &poll,
        &[
            ("/poll/multiple", json!(true)),
            ("/poll/options/1/title", json!("coffee")),
        ],
    );
    let votes = format!("POST /api/v1/polls/{}/votes", id(&asked["poll"]));
    other.call(
        &votes,
        &json!({ "choices": [0, 1] }),
        &[("/own_votes", json!([0, 1]))],
    );
    let boost = format!("POST {path}/reblog");
    me.call(
        &boost,
        &json!({ "visibility": "unlisted" }),
        &[
            ("/reblog/id", json!(id(&post))),
            ("/visibility", json!("unlisted")),
        ],
    );
    me.call(
        &format!("PUT {path}/interaction_policy"),
        &json!({ "quote_approval_policy": "public" }),
        &[("/quote_approval/automatic", json!(["public"]))],
    );
    let quote = json!({ "status": "q", "quoted_status_id": id(&post), "quote_approval_policy": "followers" });
    let quoting = other.call(
        "POST /api/v1/statuses",
        &quote,
        &[
            ("/quote/quoted_status/id", json!(id(&post))),
            ("/quote_approval/automatic", json!(["followers"])),
        ],
    );
    me.call(
        &format!("PUT {path}/interaction_policy"),
        &json!({ "quote_approval_policy": "nobody" }),
        &[("/quote_approval/automatic", json!([]))],
    );
    me.call(
        &format!("POST {path}/quotes/{}/revoke", id(&quoting)),
        &json!({ "ignored": "1" }),
        &[("/quote/state", json!("revoked"))],
    );
    for what in "unreblog favourite unfavourite bookmark unbookmark pin unpin mute unmute"
        .split_whitespace()
    {
        let ignored = json!({ "ignored": "1" });
        me.call(
            &format!("POST {path}/{what}"),
            &ignored,
            &[("/id", json!(id(&post)))],
        );
    }
    let plan = json!({ "status": "later", "scheduled_at": later });
    let planned = me.call(
        "POST /api/v1/statuses",
        &plan,
        &[("/params/text", json!("later"))],
    );
    let moved = format!("PUT /api/v1/scheduled_statuses/{}", id(&planned));
    me.call(&moved, &json!({ "scheduled_at": later }), &[]);
    id(&post).to_owned()
}

#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn lists_and_filters(me: &Caller<'_, '_>, other: &str, post: &str) {
    let list = json!({ "title": "a & b", "replies_policy": "none", "exclusive": true });
    let list = me.call(
        "POST /api/v1/lists",
        &list,
        &[("/title", json!("a & b")), ("/exclusive", json!(true))],
    );
    let path = format!("/api/v1/lists/{}", id(&list));
    me.call(
        &format!("PUT {path}"),
        &json!({ "title": "c" }),
        &[("/title", json!("c")), ("/exclusive", json!(true))],
    );
    let people = json!({ "account_ids": [other] });
    for (method, count) in [("POST", 1), ("DELETE", 0)] {
        me.call(&format!("{method} {path}/accounts"), &people, &[]);
        let members = me.0.get(&format!("{path}/accounts")).expect(200);
        assert_eq!(members.as_array().unwrap().len(), count, "{:?}", me.1);
    }
    let filter = json!({ "title": "f", "context": ["home", "public"], "filter_action": "hide", "expires_in": 600,
        "keywords_attributes": [{ "keyword": "k", "whole_word": false }, { "keyword": "l" }] });
    let filter = me.call(
        "POST /api/v2/filters",
        &filter,
        &[
            ("/context", json!(["home", "public"])),
            ("/keywords/0/whole_word", json!(false)),
            ("/keywords/1/keyword", json!("l")),
        ],
    );
    let path = format!("/api/v2/filters/{}", id(&filter));
    let first = id(&filter["keywords"][0]).to_owned();
    let changes =
        json!({ "title": "g", "keywords_attributes": [{ "id": first, "_destroy": true }] });
    me.call(
        &format!("PUT {path}"),
        &changes,
        &[("/title", json!("g")), ("/keywords/0/keyword", json!("l"))],
    );
    let word = me.call(
        &format!("POST {path}/keywords"),
        &json!({ "keyword": "m" }),
        &[("/whole_word", json!(true))],
    );
    me.call(
        &format!("PUT /api/v2/filters/keywords/{}", id(&word)),
        &json!({ "keyword": "n" }),
        &[("/keyword", json!("n"))],
    );
    me.call(
        &format!("POST {path}/statuses"),
        &json!({ "status_id": post }),
        &[("/status_id", json!(post))],
    );
    me.call(&format!("DELETE {path}"), &json!({ "ignored": "1" }), &[]);
    let old = json!({ "phrase": "o", "context": ["thread"], "irreversible": true });
    let old = me.call(
        "POST /api/v1/filters",
        &old,
        &[("/irreversible", json!(true))],
    );
    let path = format!("/api/v1/filters/{}", id(&old));
    me.call(
        &format!("PUT {path}"),
        &json!({ "phrase": "p", "whole_word": false }),
        &[("/phrase", json!("p")), ("/whole_word", json!(false))],
    );
    me.call(&format!("DELETE {path}"), &json!({ "ignored": "1" }), &[]);
}

#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn people(me: &Caller<'_, '_>, other: &str) {
    let account = |what: &str| format!("POST /api/v1/accounts/{other}/{what}");
    me.call(
        &account("follow"),
        &json!({ "notify": true, "reblogs": false, "languages": ["nl", "fr"] }),
        &[
            ("/notifying", json!(true)),
            ("/showing_reblogs", json!(false)),
            ("/languages", json!(["nl", "fr"])),
        ],
    );
    me.call(
        &account("mute"),
        &json!({ "notifications": false, "duration": 600 }),
        &[
            ("/muting", json!(true)),
            ("/muting_notifications", json!(false)),
        ],
    );
    me.call(
        &account("note"),
        &json!({ "comment": "a note" }),
        &[("/note", json!("a note"))],
    );
    for what in "unmute endorse unendorse block unblock unfollow".split_whitespace() {
        me.call(&account(what), &json!({ "ignored": "1" }), &[]);
    }
    me.call(&account("follow"), &json!({ "notify": "0" }), &[]);
    let profile = json!({ "display_name": "Bart",
        "source": { "language": "nl", "quote_policy": "followers" },
        "hide_collections": true, "attribution_domains": ["a.example", "b.example"],
        "fields_attributes": [{ "name": "Team", "value": "Pumps" }] });
    me.call(
        "PATCH /api/v1/accounts/update_credentials",
        &profile,
        &[
            ("/display_name", json!("Bart")),
            ("/source/language", json!("nl")),
            ("/source/quote_policy", json!("followers")),
            (
                "/source/attribution_domains",
                json!(["a.example", "b.example"]),
            ),
            ("/hide_collections", json!(true)),
            ("/fields/0/name", json!("Team")),
        ],
    );
    me.call(
        "POST /api/v1/featured_tags",
        &json!({ "name": "pumps" }),
        &[("/name", json!("pumps"))],
    );
    me.call(
        "POST /api/v1/markers",
        &json!({ "home": { "last_read_id": "12" } }),
        &[("/home/last_read_id", json!("12"))],
    );
    me.call(
        "PATCH /api/v2/notifications/policy",
        &json!({ "for_bots": "drop" }),
        &[("/for_bots", json!("drop"))],
    );
    me.call(
        "PUT /api/v1/notifications/policy",
        &json!({ "filter_bots": false }),
        &[("/filter_bots", json!(false))],
    );
    for what in ["accept", "dismiss"] {
        let path = format!("/api/v1/notifications/requests/{what}");
        let said = send(me.0, me.1, "POST", &path, &json!({ "id": [other] }));
        assert_eq!(said.status.as_u16(), 404, "{:?} {path}", me.1);
    }
    let app = json!({ "client_name": "c", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write" });
    me.call("POST /api/v1/apps", &app, &[("/name", json!("c"))]);
}

fn communities(me: &Caller<'_, '_>, other: &Caller<'_, '_>, id_of_other: &str, name: &str) {
    let own = "/api/cordee/v1/communities";
    let charter = json!({ "name": name, "title": "T", "purpose": "P", "boundary": "node", "join_policy": "request",
        "goals": [{ "name": "Stops", "unit": "a month", "baseline": 9, "target": 4, "due": "2027-06-30" }] });
    let made = me.call(
        &format!("POST {own}"),
        &charter,
        &[
            ("/goals/0/target", json!(4)),
            ("/join_policy", json!("request")),
        ],
    );
    let path = format!("{own}/{}", id(&made));
    me.call(
        &format!("PATCH {path}"),
        &json!({ "title": "U" }),
        &[("/title", json!("U")), ("/purpose", json!("P"))],
    );
    other.call(
        &format!("POST {path}/join"),
        &json!({ "message": "please" }),
        &[("/state", json!("requested"))],
    );
    let waiting = me.0.get(&format!("{path}/requests")).expect(200);
    assert_eq!(waiting[0]["message"], "please", "{:?}", me.1);
    me.call(
        &format!("POST {path}/requests/{id_of_other}/accept"),
        &json!({ "reason": "welcome" }),
        &[("/membership", json!("active"))],
    );
    for (what, state) in [("remove", "removed"), ("ban", "banned")] {
        me.call(
            &format!("POST {path}/members/{id_of_other}/{what}"),
            &json!({ "reason": "because" }),
            &[("/membership", json!(state))],
        );
    }
    let second = json!({ "name": format!("{name}2"), "title": "T", "purpose": "P" });
    let made = me.call(&format!("POST {own}"), &second, &[]);
    me.call(
        &format!("POST {own}/{}/invitations", id(&made)),
        &json!({ "acct": "karim" }),
        &[("/membership", json!("invited"))],
    );
}

#[test]
fn every_way_of_sending_parameters_does_the_same() {
    let world = World::with(|_| {});
    let (bart_id, karim_id) = (world.person("bart"), world.person("karim"));
    let (bart, karim) = (world.client(bart_id), world.client(karim_id));
    let pumps = world.community(
        "pumps",
        Boundary::Public,
        JoinPolicy::Open,
        [bart_id, karim_id],
    );
    for (n, way) in WAYS.into_iter().enumerate() {
        let (me, other) = (Caller(&bart, way), Caller(&karim, way));
        people(&me, &karim_id.to_string());
        let at = world.app.db.now() + chrono::TimeDelta::days(1);
        let later = cordee::model::time::rfc3339_ms(at);
        let post = posts(&me, &other, &later);
        lists_and_filters(&me, &karim_id.to_string(), &post);
        communities(&me, &other, &karim_id.to_string(), &format!("c{n}"));
        let question = json!({ "status": "why", "kind": "question", "title": "Why", "community_id": pumps.to_string() });
        let question = me.call(
            "POST /api/v1/statuses",
            &question,
            &[("/cordee/kind", json!("question"))],
        );
        let answer = json!({ "status": "so", "in_reply_to_id": id(&question) });
        let answer = other.call("POST /api/v1/statuses", &answer, &[]);
        let accept = format!("POST /api/cordee/v1/statuses/{}/accept", id(&answer));
        me.call(&accept, &json!({ "why": "it works" }), &[]);
        world.clock.advance_seconds(400);
    }
}
