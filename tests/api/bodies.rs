//! Parameters arrive as query, form, multipart or JSON, whatever the method: each way does the same, at every address
//! that can be written to. One that is not called here stands in [`NOT_IN_EVERY_WAY`] with the reason.

mod offices;
mod people;
mod posts;

use std::cell::RefCell;
use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request};
use cordee::config::RegistrationMode;
use cordee::model::words::{Boundary, JoinPolicy};
use serde_json::{Value, json};

use crate::support::client::{Client, Said};
use crate::support::routes::{Route, route_of, routes_below};
use crate::support::world::World;

const ALL: &str = "read write follow push admin:read admin:write";

/// What takes its parameters in one way only, and why.
const NOT_IN_EVERY_WAY: [(&str, &str); 3] = [
    ("POST /api/v1/media", "a file: multipart alone carries one"),
    ("POST /api/v2/media", "a file: multipart alone carries one"),
    ("POST /oauth/authorize", "the form of a page of this node"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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

/// The addresses that can be written to, and in which ways that was done.
struct Record {
    routes: BTreeSet<Route>,
    called: RefCell<BTreeSet<(Route, Way)>>,
}

impl Record {
    fn new() -> Self {
        let mut routes = routes_below("/api/");
        routes.extend(routes_below("/oauth/"));
        routes.retain(|route| !route.starts_with("GET "));
        Self {
            routes,
            called: RefCell::default(),
        }
    }

    fn is_whole(&self) {
        let called = self.called.borrow();
        for route in &self.routes {
            let excused = NOT_IN_EVERY_WAY.iter().any(|(known, _)| known == route);
            for way in WAYS {
                let done = called.contains(&(route.clone(), way));
                assert!(done || excused, "{route} was not called as {way:?}");
            }
        }
        for (route, _) in NOT_IN_EVERY_WAY {
            assert!(self.routes.contains(route), "{route} is gone: take it out");
        }
    }
}

/// Sends in one way and answers what came.
struct Caller<'a, 'w>(&'a Client<'w>, Way, &'a Record);

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
        let route = route_of(call, &self.2.routes).unwrap_or_else(|| panic!("{call}"));
        self.2.called.borrow_mut().insert((route.clone(), self.1));
        answer
    }

    /// A call that takes no parameters, and passes over those it gets.
    fn does(&self, call: &str) -> Value {
        self.call(call, &json!({ "ignored": "1" }), &[])
    }
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

#[test]
fn every_way_of_sending_parameters_does_the_same() {
    let world = World::with(|config| {
        config.limits.enabled = false;
        config.registration.mode = RegistrationMode::Open;
        config.registration.confirm_email = false;
    });
    let (bart_id, karim_id) = (world.person("bart"), world.person("karim"));
    let ada = world.client_with(offices::admin(&world), ALL);
    let (bart, karim) = (world.client(bart_id), world.client(karim_id));
    let pumps = world.community(
        "pumps",
        Boundary::Public,
        JoinPolicy::Open,
        [bart_id, karim_id],
    );
    let record = Record::new();
    for (n, way) in WAYS.into_iter().enumerate() {
        let (me, other) = (Caller(&bart, way, &record), Caller(&karim, way, &record));
        let other_id = karim_id.to_string();
        people::regards(&me, &other_id);
        people::ones_own(&me, n);
        people::told(&me, &karim);
        people::strangers(&world, &me, &bart_id.to_string(), n);
        let at = world.app.db.now() + chrono::TimeDelta::days(1);
        let later = cordee::model::time::rfc3339_ms(at);
        let post = posts::posts(&me, &other, &later);
        posts::lists_and_filters(&me, &other_id, &post);
        posts::what_goes(&me, &later);
        offices::communities(&me, &other, &other_id, &format!("c{n}"));
        offices::questions(&world, &me, &other, pumps);
        let admin = Caller(&ada, way, &record);
        offices::accounts(&world, &admin, n);
        offices::reports(&admin, &me, &other_id);
        offices::nodes(&admin, n);
        offices::announcements(&admin, &me);
        offices::figures(&admin);
        offices::apps(&world, way, &record, n);
        offices::waiting_for_mail(&world, way, &record, n);
        world.clock.advance_seconds(400);
    }
    record.is_whole();
}
