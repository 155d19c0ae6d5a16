//! A thousand open `WebSockets` at one node: what each costs in memory, and how long an event takes until all of them have
//! it. `cargo bench --bench sockets` starts a node of its own on SQLite, prints both figures and ends it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark that meets the unexpected fails, and says what it found"
)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const SOCKETS: usize = 1000;
/// A person has twenty streams at most.
const EACH: usize = 20;
/// Posts whose way to all sockets is measured.
const POSTS: usize = 10;
/// What is wanted: bytes a socket, and time until the last one has an event.
const WANTED: (u64, Duration) = (20 << 10, Duration::from_millis(200));
/// How long a post may take before the measurement is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running node; dropping it ends it.
struct Node {
    child: Child,
    port: u16,
}

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn cordee(home: &Path, port: u16, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cordee"));
    command
        .args(arguments)
        .current_dir(home)
        .env_clear()
        .env("CORDEE_LOG", "warn")
        .env("CORDEE_LIMITS__ENABLED", "false")
        .env("CORDEE_SERVER__LISTEN", format!("127.0.0.1:{port}"))
        .env(
            "CORDEE_SERVER__PUBLIC_URL",
            format!("http://localhost:{port}"),
        );
    command
}

fn start(home: &Path, port: u16) -> Node {
    let mut child = cordee(home, port, &["serve"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = lines
        .map(Result::unwrap)
        .any(|line| line.starts_with("ready"));
    assert!(ready, "the node does not start");
    Node { child, port }
}

/// What a command printed.
fn said(home: &Path, port: u16, arguments: &[&str]) -> String {
    let output = cordee(home, port, arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Memory of the node that lies in the machine's, in bytes.
fn memory(node: &Node) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", node.child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1));
    kibibytes.unwrap().parse::<u64>().unwrap() * 1024
}

async fn open(port: u16, token: &str) -> Socket {
    let url = format!("ws://127.0.0.1:{port}/api/v1/streaming?stream=public&access_token={token}");
    connect_async(url).await.unwrap().0
}

async fn publish(port: u16, token: &str, text: &str) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let body = format!("status={text}");
    let request = format!(
        "POST /api/v1/statuses HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {token}\r\n\
         Connection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"), "the post is refused");
}

/// When a socket had the post with this word.
async fn heard(socket: &mut Socket, word: &str) -> Instant {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) if text.contains(word) => return Instant::now(),
            Some(Ok(_)) => {}
            other => panic!("a stream ended: {other:?}"),
        }
    }
}

async fn measure(node: &Node, tokens: &[String]) {
    let mut warm = open(node.port, &tokens[0]).await;
    let one = publish(node.port, &tokens[0], "warm");
    futures::future::join(heard(&mut warm, "warm"), one).await;
    drop(warm);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = memory(node);
    let mut sockets = Vec::with_capacity(SOCKETS);
    for token in tokens {
        sockets.extend(join_all((0..EACH).map(|_| open(node.port, token))).await);
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let each = memory(node).saturating_sub(before) / u64::try_from(SOCKETS).unwrap();
    let mut took = Vec::new();
    for number in 0..POSTS {
        let word = format!("event{number}x");
        let begun = Instant::now();
        let all = join_all(sockets.iter_mut().map(|socket| heard(socket, &word)));
        let post = publish(node.port, &tokens[0], &word);
        let both = futures::future::join(all, post);
        let (times, ()) = tokio::time::timeout(PATIENCE, both).await.unwrap();
        took.push(times.into_iter().max().unwrap() - begun);
    }
    took.sort();
    let after = memory(node).saturating_sub(before) / u64::try_from(SOCKETS).unwrap();
    let (middle, worst) = (took[POSTS / 2], took[POSTS - 1]);
    println!(
        "{SOCKETS} sockets: {:.1} KiB each when open, {:.1} KiB after {POSTS} events (wanted: at most {} KiB)",
        f64::from(u32::try_from(each).unwrap()) / 1024.0,
        f64::from(u32::try_from(after).unwrap()) / 1024.0,
        WANTED.0 >> 10
    );
    println!(
        "from the request to the last socket: {} ms in the middle, {} ms at worst (wanted: at most {} ms)",
        middle.as_millis(),
        worst.as_millis(),
        WANTED.1.as_millis()
    );
}

fn main() {
    if !std::env::args().any(|argument| argument == "--raised") {
        // Both ends of a thousand connections are more files than a shell usually allows.
        let raise = "ulimit -n \"$(ulimit -H -n)\"; exec \"$0\" --raised";
        let me = std::env::current_exe().unwrap();
        let status = Command::new("sh").args(["-c", raise]).arg(me).status();
        assert!(status.unwrap().success());
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let node = start(home.path(), port);
    let tokens: Vec<String> = (0..SOCKETS / EACH)
        .map(|number| {
            let name = format!("p{number}");
            let email = format!("{name}@firm.example");
            said(
                home.path(),
                port,
                &["user", "add", &name, "--email", &email],
            );
            said(home.path(), port, &["token", &name])
        })
        .collect();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(measure(&node, &tokens));
}
