//! How fast the four ways through a node are that matter most: reading a timeline, publishing a post, taking in an
//! activity, delivering one. Each on whole nodes with real SQLite files. `cargo bench` runs them all; a name picks some.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "a benchmark that meets the unexpected fails"
)]

mod delivery;
mod inbox;
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/federation/nodes.rs"]
mod nodes;
mod post;
mod store;
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/support/mod.rs"]
mod support;
mod timeline;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use tower::ServiceExt;

fn main() {
    divan::main();
}

/// One request through a node's whole router; the length of what came back, in bytes.
async fn answer(router: axum::Router, request: Request<Body>) -> usize {
    let answer = router.oneshot(request).await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    to_bytes(answer.into_body(), usize::MAX)
        .await
        .unwrap()
        .len()
}
