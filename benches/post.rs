//! Publishing: posts that are on the disk before they are acknowledged.

use axum::body::Body;
use axum::http::Request;
use divan::Bencher;
use divan::counter::ItemsCount;
use serde_json::json;

use crate::answer;
use crate::support::world::World;

/// As many people at once as there are rows: writes that wait for the same disk go into one commit.
#[divan::bench(args = [1, 4, 16])]
fn durable_posts(bencher: Bencher<'_, '_>, at_once: usize) {
    let world = World::with(|config| config.limits.enabled = false);
    let tokens: Vec<String> = (0..at_once)
        .map(|number| {
            let client = world.client(world.person(&format!("writer{number}")));
            format!("Bearer {}", client.token.as_deref().unwrap())
        })
        .collect();
    let router = world.router();
    let body = json!({ "status": "The seal of pump 3 lasts twice as long with the softer ring." });
    bencher.counter(ItemsCount::new(at_once)).bench(|| {
        let posts = tokens.iter().map(|token| {
            let request = Request::post("/api/v1/statuses")
                .header("authorization", token)
                .header("content-type", "application/json")
                .body(Body::from(body.to_string()))
                .unwrap();
            answer(router.clone(), request)
        });
        world.runtime.block_on(futures::future::join_all(posts))
    });
}
