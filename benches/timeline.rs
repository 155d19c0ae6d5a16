//! Reading: what clients ask for all day, on a node with a few thousand posts.

use axum::body::Body;
use axum::http::Request;
use cordee::dev::seed::{Amount, seed};
use cordee::store::accounts;
use divan::Bencher;
use divan::counter::ItemsCount;

use crate::answer;
use crate::support::world::World;

const AMOUNT: Amount = Amount {
    people: 100,
    communities: 5,
    posts: 3000,
    follows: 30,
    seed: 1,
};

fn read(bencher: Bencher<'_, '_>, path: impl FnOnce(&str) -> String) {
    let world = World::with(|config| config.limits.enabled = false);
    let seeded = world
        .runtime
        .block_on(seed(&world.app.db, AMOUNT, |_| {}))
        .unwrap();
    let me = world
        .read(move |conn| accounts::find_local(conn, &seeded.account))
        .unwrap();
    let client = world.client(me.id);
    let newest = client.get("/api/v1/timelines/public?limit=1").json();
    let path = path(newest[0]["id"].as_str().unwrap());
    let token = format!("Bearer {}", client.token.as_deref().unwrap());
    let router = world.router();
    bencher.counter(ItemsCount::new(1_u32)).bench(|| {
        let request = Request::get(&path).header("authorization", &token);
        let request = request.body(Body::empty()).unwrap();
        world.runtime.block_on(answer(router.clone(), request))
    });
}

#[divan::bench]
fn home_of_40(bencher: Bencher<'_, '_>) {
    read(bencher, |_| "/api/v1/timelines/home?limit=40".to_owned());
}

#[divan::bench]
fn one_status(bencher: Bencher<'_, '_>) {
    read(bencher, |id| format!("/api/v1/statuses/{id}"));
}

#[divan::bench]
fn notifications(bencher: Bencher<'_, '_>) {
    read(bencher, |_| "/api/v1/notifications?limit=40".to_owned());
}

#[divan::bench]
fn search(bencher: Bencher<'_, '_>) {
    read(bencher, |_| "/api/v2/search?q=pump&limit=20".to_owned());
}
