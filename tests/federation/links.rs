//! Addresses that people pass on: pages of profiles and boosts, read by other nodes and by scripts.

use axum::body::Body;
use axum::http::{Method, Request};
use cordee::actions::delete_post::delete_post;
use cordee::actions::react;
use cordee::model::resolve::Resolved;
use cordee::model::words::{Boundary, JoinPolicy, PeerMode, Visibility};
use cordee::store::{accounts, outbox};
use serde_json::{Value, json};

use super::nodes::{Node, run};
use super::polls::followed_by_alice;
use crate::support::client::Said;
use crate::support::world::{World, text};

fn ask(world: &World, method: Method, path: &str, headers: &[(&str, &str)]) -> Said {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "localhost:7400");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    world.visitor().send(request.body(Body::empty()).unwrap())
}

fn document(world: &World, path: &str) -> Said {
    ask(
        world,
        Method::GET,
        path,
        &[("accept", "application/activity+json")],
    )
}

#[test]
fn the_page_of_a_profile_is_the_actor_for_other_nodes() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        world.community("pumps", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
        world.community("inside", Boundary::Node, JoinPolicy::Open, [karim, lotte]);
        for (path, id) in [
            ("/@karim", "http://localhost:7400/users/karim"),
            ("/@pumps", "http://localhost:7400/c/pumps"),
        ] {
            let found = document(world, path);
            assert_eq!(found.expect(200)["id"], id);
            assert_eq!(
                found.headers["content-type"],
                "application/activity+json; charset=utf-8"
            );
            let page = ask(world, Method::GET, "/@karim", &[("accept", "text/html")]);
            assert!(page.status == 200 && page.bytes.starts_with(b"<!doctype html>"));
        }
        let absent = document(world, "/@nobody");
        assert_eq!(absent.status, 404);
        let hidden = document(world, "/@inside");
        assert_eq!((hidden.status, hidden.bytes), (absent.status, absent.bytes));
    });
}

#[test]
fn scripts_of_other_sites_may_read_profiles_and_discovery() {
    let world = World::with(|_| {});
    world.person("karim");
    for path in [
        "/@karim",
        "/@nobody",
        "/users/karim",
        "/users/nobody",
        "/users/karim/outbox",
        "/nodeinfo/2.0",
        "/.well-known/nodeinfo",
        "/.well-known/webfinger?resource=acct:karim@localhost:7400",
        "/.well-known/host-meta",
    ] {
        for accept in ["text/html", "application/activity+json"] {
            let headers = [("accept", accept), ("origin", "https://app.example")];
            let answer = ask(&world, Method::GET, path, &headers);
            let allowed: Vec<_> = answer
                .headers
                .get_all("access-control-allow-origin")
                .iter()
                .collect();
            assert_eq!(allowed, ["*"], "{path} {accept}");
        }
        let asked = [
            ("origin", "https://app.example"),
            ("access-control-request-method", "GET"),
            ("access-control-request-headers", "x-test"),
        ];
        let preflight = ask(&world, Method::OPTIONS, path, &asked);
        assert!(
            preflight.status.is_success(),
            "{path}: {}",
            preflight.status
        );
        assert_eq!(
            preflight.headers["access-control-allow-headers"], "x-test",
            "{path}"
        );
    }
}

#[test]
fn links_as_nodes_print_them_are_found_on_other_nodes() {
    run(async {
        let (north, south) = tokio::join!(Node::start("north"), Node::start("south"));
        north.admit(&south, PeerMode::Member).await;
        south.admit(&north, PeerMode::Member).await;
        let [karim, lotte] = [north.person("karim").await, north.person("lotte").await];
        north
            .community("pumps", JoinPolicy::Open, [karim, lotte])
            .await;
        let base = north.app.config.base_url();
        for (link, uri) in [
            ("/@karim", "/users/karim"),
            ("/c/pumps", "/c/pumps"),
            ("/@pumps", "/c/pumps"),
            ("/users/lotte", "/users/lotte"),
            // Known by now, without being asked for.
            ("/@lotte", "/users/lotte"),
        ] {
            let found = south
                .app
                .find_address(&format!("{base}{link}"), true)
                .await
                .unwrap();
            let Some(Resolved::Account(id)) = found else {
                panic!("{link}: {found:?}");
            };
            let account = south.read(move |conn| accounts::get(conn, id)).await;
            assert_eq!(account.uri, format!("{base}{uri}"), "{link}");
        }
        let known = south
            .app
            .find_address(&format!("{base}/@karim"), false)
            .await;
        assert!(known.unwrap().is_some(), "a known profile needs no fetch");
        let nobody = south
            .app
            .find_address(&format!("{base}/@nobody"), true)
            .await;
        assert_eq!(nobody.unwrap(), None);
    });
}

#[test]
fn a_boost_is_read_at_its_address_as_long_as_it_is_there() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        followed_by_alice(world, karim);
        let boost = |visibility| {
            let post = world.publish(lotte, text("worth reading")).unwrap();
            let id = post.id;
            let row = world
                .write(move |tx| react::boost(tx, karim, id, visibility, None))
                .unwrap();
            (row.uri.replace("http://localhost:7400", ""), post)
        };
        for visibility in [Visibility::Public, Visibility::Unlisted] {
            let (path, post) = boost(visibility);
            let found = document(world, &path).expect(200);
            let uri = format!("http://localhost:7400{path}");
            let sent = world
                .read(move |conn| outbox::find_body(conn, &uri))
                .unwrap();
            let sent: Value = serde_json::from_str(&sent).unwrap();
            for key in ["id", "type", "actor", "object", "to", "cc", "published"] {
                assert_eq!(found[key], sent[key], "{} {key}", world.kind);
            }
            assert_eq!(
                (&found["type"], &found["object"]),
                (&json!("Announce"), &json!(post.uri))
            );
            let id = post.id;
            match visibility {
                Visibility::Public => world
                    .write(move |tx| react::unboost(tx, karim, id).map(drop))
                    .unwrap(),
                _ => world
                    .write(move |tx| delete_post(tx, lotte, id).map(drop))
                    .unwrap(),
            }
            assert_eq!(document(world, &path).status, 404, "{visibility}");
        }
        let (path, _) = boost(Visibility::Private);
        let absent = document(world, "/activities/1234567890123456789");
        let closed = document(world, &path);
        assert_eq!((closed.status, closed.bytes), (absent.status, absent.bytes));
        assert_eq!(absent.status, 404);
    });
}
