//! An upload that was accepted outlives the process, whatever it was doing.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{animation, id};
use crate::durability::node::Node;
use crate::support::s3::S3;

/// An upload that was accepted is ready within this time after a start.
const READY: Duration = Duration::from_mins(1);

async fn upload(node: &Node, token: &str) -> Value {
    let head = "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.gif\"\r\n\
                Content-Type: image/gif\r\n\r\n";
    let body = [head.as_bytes(), &animation(), b"\r\n--X--\r\n"].concat();
    let answer = node
        .http()
        .post(node.url("/api/v2/media"))
        .bearer_auth(token)
        .header("content-type", "multipart/form-data; boundary=X")
        // The next process knows nothing of this connection.
        .header("connection", "close")
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status().as_u16(), 202);
    answer.json().await.unwrap()
}

/// Asks until the upload is ready; its address.
async fn until_ready(node: &Node, token: &str, media: &Value) -> String {
    let limit = Instant::now() + READY;
    loop {
        let answer = node
            .http()
            .get(node.url(&format!("/api/v1/media/{}", id(media))))
            .bearer_auth(token)
            .send()
            .await
            .unwrap();
        let status = answer.status().as_u16();
        let shown: Value = answer.json().await.unwrap();
        if status == 200 {
            return shown["url"].as_str().unwrap().to_owned();
        }
        assert_eq!(status, 206, "{shown}");
        assert!(Instant::now() < limit, "it is never ready");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Uploads, kills the node at once, and finds every upload ready after the next start.
fn survives(node: &Node) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let token = node.person("karim");
    let mut accepted = Vec::new();
    for _ in 0..3 {
        let mut running = node.start();
        accepted.push(runtime.block_on(upload(node, &token)));
        running.kill_9();
    }
    let _running = node.start();
    for media in &accepted {
        runtime.block_on(async {
            let url = until_ready(node, &token, media).await;
            let file = node.http().get(url).send().await.unwrap();
            assert_eq!(file.status().as_u16(), 200);
            assert_eq!(file.headers()["content-type"], "image/gif");
        });
    }
}

#[test]
fn uploads_in_a_folder_survive_kills() {
    survives(&Node::new("folder"));
}

#[test]
fn uploads_in_a_bucket_survive_kills() {
    let bucket = S3::start();
    survives(&Node::new("bucket").with(bucket.environment()));
    let kept = bucket.objects();
    let originals = kept.iter().filter(|name| name.contains(".original."));
    assert_eq!(originals.count(), 3, "{kept:?}");
}

#[test]
fn a_node_starts_without_its_bucket() {
    let mut bucket = S3::start();
    let node = Node::new("alone").with(bucket.environment());
    bucket.go_away();
    let token = node.person("karim");
    let _running = node.start();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let me = node
            .get(&token, "/api/v1/accounts/verify_credentials")
            .await;
        assert_eq!(me["username"], "karim");
    });
    bucket.come_back();
    runtime.block_on(async {
        let media = upload(&node, &token).await;
        until_ready(&node, &token, &media).await;
    });
}
