//! The front of the inbox: signature, key, digest, de-duplication and the row on disk. What the activity then does is
//! the work of a job and not counted.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use cordee::app::SystemClock;
use cordee::federation::sign::{self, SigningKey};
use cordee::model::time::Clock;
use divan::Bencher;
use divan::counter::ItemsCount;
use serde_json::json;
use url::Url;

use crate::answer;
use crate::nodes::Node;

/// A peer's person whose key can be fetched: the address of the actor and its key.
async fn person() -> (String, SigningKey) {
    let (private, public) = tokio::task::spawn_blocking(|| sign::generate_rsa().unwrap())
        .await
        .unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let id = format!("http://peer.localhost:{port}/users/alice");
    let document = json!({
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
        "id": id, "type": "Person", "preferredUsername": "alice",
        "inbox": format!("{id}/inbox"), "outbox": format!("{id}/outbox"),
        "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": public },
    });
    let body = document.to_string();
    let serve = Router::new().route(
        "/users/alice",
        get(move || async { ([("content-type", "application/activity+json")], body) }),
    );
    #[expect(
        clippy::disallowed_methods,
        reason = "the peer lives as long as the benchmark"
    )]
    drop(tokio::spawn(
        async move { axum::serve(listener, serve).await },
    ));
    let key = SigningKey::from_pem(format!("{id}#main-key"), &private).unwrap();
    (id, key)
}

#[divan::bench(args = [1, 16])]
fn signed_activities(bencher: Bencher<'_, '_>, at_once: usize) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (node, actor, key) = runtime.block_on(async {
        let node = Node::start_with("north", |config| config.limits.enabled = false).await;
        let (actor, key) = person().await;
        (node, actor, key)
    });
    let base = format!("http://{}", node.domain);
    let url = Url::parse(&format!("{base}/inbox")).unwrap();
    let router = runtime.block_on(async {
        let fed = cordee::server::federate(&node.app).await.unwrap();
        cordee::server::router(&fed)
    });
    let count = AtomicU64::new(0);
    let like = || {
        let number = count.fetch_add(1, Ordering::Relaxed);
        let body = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "type": "Follow",
            "id": format!("{actor}/follows/{number}"), "actor": actor, "object": format!("{base}/c/none"),
        })
        .to_string();
        let mut request = Request::post("/inbox")
            .header("host", &node.domain)
            .header("content-type", "application/activity+json");
        let now = SystemClock.now();
        for (name, value) in
            sign::headers(&key, "POST", &url, "/inbox", Some(body.as_bytes()), now).unwrap()
        {
            request = request.header(name, value);
        }
        request.body(Body::from(body)).unwrap()
    };
    bencher
        .counter(ItemsCount::new(at_once))
        .with_inputs(|| (0..at_once).map(|_| like()).collect::<Vec<_>>())
        .bench_values(|requests| {
            let all = requests
                .into_iter()
                .map(|request| answer(router.clone(), request));
            runtime.block_on(futures::future::join_all(all))
        });
}
