//! What was acknowledged is never lost: a node is killed again and again while four clients post, and another node that
//! follows them must end up with every post, once. `CORDEE_TEST_KILLS` sets how often (5 if unset).

pub(crate) mod node;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use node::Node;

/// Clients that post at the same time, each with an account of its own.
const CLIENTS: usize = 4;
/// A node that was killed takes a post again within this time.
const RESTART: Duration = Duration::from_mins(1);
/// Everything must have arrived by then after the last kill.
const ARRIVAL: Duration = Duration::from_mins(2);

#[expect(
    clippy::disallowed_methods,
    reason = "a flag of the test, no setting of the node"
)]
fn kills() -> u64 {
    std::env::var("CORDEE_TEST_KILLS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(5)
}

/// Posts until told to stop. A post whose answer did not come is sent again with the same idempotency key, as clients
/// do; what is returned was acknowledged.
async fn client(node: Arc<Node>, token: String, name: usize, stop: Arc<AtomicBool>) -> Vec<String> {
    let http = node.http();
    let mut acknowledged = Vec::new();
    let mut number = 0_u32;
    while !stop.load(Ordering::Relaxed) {
        let word = format!("post-{name}-{number}-end");
        let body = json!({ "status": &word, "visibility": "public" });
        let limit = Instant::now() + RESTART;
        loop {
            assert!(Instant::now() < limit, "{word} was not taken in time");
            let sent = http
                .post(node.url("/api/v1/statuses"))
                .bearer_auth(&token)
                .header("Idempotency-Key", &word)
                .json(&body)
                .send()
                .await;
            match sent {
                Ok(answer) if answer.status().is_success() => break,
                Ok(answer) => assert!(answer.status().is_server_error(), "{}", answer.status()),
                // The node is down: wait for its next start.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        acknowledged.push(word);
        number += 1;
    }
    acknowledged
}

/// How often each word occurs in a list of statuses, boosts looked through.
fn count(statuses: &[Value], counts: &mut BTreeMap<String, usize>) {
    for status in statuses {
        let content = status["content"].as_str().unwrap_or_default();
        let word = content
            .trim_start_matches("<p>")
            .trim_end_matches("</p>")
            .to_owned();
        *counts.entry(word).or_default() += 1;
    }
}

async fn every_page(node: &Node, token: &str, path: &str) -> BTreeMap<String, usize> {
    let (mut counts, mut below) = (BTreeMap::new(), String::new());
    loop {
        let page = node.get(token, &format!("{path}?limit=40{below}")).await;
        let list = page.as_array().cloned().unwrap_or_default();
        let Some(oldest) = list.last().and_then(|status| status["id"].as_str()) else {
            return counts;
        };
        below = format!("&max_id={oldest}");
        count(&list, &mut counts);
    }
}

async fn follow(south: &Node, token: &str, handle: &str) {
    let found = south
        .get(
            token,
            &format!("/api/v2/search?type=accounts&resolve=true&q={handle}"),
        )
        .await;
    let id = found["accounts"][0]["id"]
        .as_str()
        .expect("the author resolves")
        .to_owned();
    south
        .post(token, &format!("/api/v1/accounts/{id}/follow"))
        .await;
    let limit = Instant::now() + Duration::from_secs(30);
    while south
        .get(token, &format!("/api/v1/accounts/relationships?id[]={id}"))
        .await[0]["following"]
        != true
    {
        assert!(
            Instant::now() < limit,
            "the follow of {handle} was not accepted"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_by_kill_9() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(journey());
}

#[expect(clippy::print_stdout, reason = "the figure that the test is run for")]
async fn journey() {
    let (north, south) = (Arc::new(Node::new("north")), Node::new("south"));
    let tokens: Vec<String> = (0..CLIENTS)
        .map(|n| north.person(&format!("ann{n}")))
        .collect();
    let reader = south.person("bob");
    let mut process = north.start();
    let _south_runs = south.start();
    for n in 0..CLIENTS {
        follow(&south, &reader, &format!("ann{n}@{}", north.authority())).await;
    }
    let stop = Arc::new(AtomicBool::new(false));
    let mut clients = JoinSet::new();
    for (n, token) in tokens.iter().enumerate() {
        clients.spawn(client(
            Arc::clone(&north),
            token.clone(),
            n,
            Arc::clone(&stop),
        ));
    }
    for round in 0..kills() {
        // Any moment is as good as another; these differ from round to round and repeat from run to run.
        tokio::time::sleep(Duration::from_millis(150 + (round * 97) % 450)).await;
        process.kill_9();
        process = north.start();
    }
    stop.store(true, Ordering::Relaxed);
    let mut acknowledged: Vec<String> = clients.join_all().await.into_iter().flatten().collect();
    acknowledged.sort();
    assert!(!acknowledged.is_empty());
    let mut at_home = BTreeMap::new();
    for token in &tokens {
        let me = north
            .get(token, "/api/v1/accounts/verify_credentials")
            .await;
        let path = format!("/api/v1/accounts/{}/statuses", me["id"].as_str().unwrap());
        at_home.extend(every_page(&north, token, &path).await);
    }
    compare("on the node itself", &acknowledged, &at_home);
    let limit = Instant::now() + ARRIVAL;
    loop {
        let arrived = every_page(&south, &reader, "/api/v1/timelines/home").await;
        if arrived.len() >= acknowledged.len() || Instant::now() > limit {
            compare("on the node that follows", &acknowledged, &arrived);
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    println!(
        "{} kills, {} acknowledged posts: all there once, on both nodes",
        kills(),
        acknowledged.len()
    );
}

fn compare(place: &str, acknowledged: &[String], found: &BTreeMap<String, usize>) {
    let missing: Vec<&String> = acknowledged
        .iter()
        .filter(|word| !found.contains_key(*word))
        .collect();
    let doubled: Vec<(&String, &usize)> = found.iter().filter(|(_, times)| **times != 1).collect();
    assert!(
        missing.is_empty(),
        "{place}: {} of {} are missing: {missing:?}",
        missing.len(),
        acknowledged.len()
    );
    assert!(doubled.is_empty(), "{place}: doubled: {doubled:?}");
}
