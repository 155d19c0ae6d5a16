//! `cordee serve` as an operator starts and stops it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::databases::Database;
use crate::support::node::Node;
use crate::support::program::Said;

/// A running node; its port is free when it starts.
struct Running {
    child: Child,
    port: u16,
    lines: Vec<String>,
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

impl Running {
    fn start(node: &Node) -> Self {
        let port = free_port();
        let mut command = node.command(&["serve"]);
        command.env("CORDEE_SERVER__LISTEN", format!("127.0.0.1:{port}"));
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            lines.push(line.unwrap());
            if lines.last().unwrap().starts_with("ready") {
                break;
            }
        }
        Self { child, port, lines }
    }

    /// What a port answers to a GET.
    fn get(port: u16, path: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: localhost:7400\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Sends a signal and waits for the end; exit status and how long it took.
    fn stop(mut self, signal: &str) -> (i32, Duration) {
        let begun = Instant::now();
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        (
            self.child.wait().unwrap().code().unwrap_or(-1),
            begun.elapsed(),
        )
    }
}

/// A test that fails leaves no node behind.
impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
    }
}

#[test]
fn a_node_says_ready_answers_and_drains_on_a_signal() {
    for node in Node::each() {
        let running = Running::start(&node);
        assert_eq!(
            running.lines.last().unwrap(),
            "ready http://localhost:7400",
            "{:?}",
            running.lines
        );
        assert!(Running::get(running.port, "/health").ends_with(r#"{"status":"OK"}"#));
        assert!(
            Running::get(running.port, "/readyz").starts_with("HTTP/1.1 200"),
            "{}",
            node.database.kind
        );
        let (code, took) = running.stop("-TERM");
        assert_eq!(code, 0, "{}", node.database.kind);
        assert!(took < Duration::from_secs(30), "{took:?}");
    }
}

#[test]
fn the_first_start_offers_the_first_admin_until_there_is_one() {
    let node = Node::on(Database::sqlite(), "http://localhost:7400");
    let links = |running: &Running| {
        running
            .lines
            .iter()
            .filter(|line| line.contains("/invite/"))
            .count()
    };
    let running = Running::start(&node);
    assert_eq!(links(&running), 1, "{:?}", running.lines);
    // Every command may run while the node does, on SQLite too.
    node.does(&[
        "user",
        "add",
        "ada",
        "--email",
        "ada@x.example",
        "--role",
        "admin",
    ]);
    assert_eq!(running.stop("-INT").0, 0);
    let running = Running::start(&node);
    assert_eq!(links(&running), 0, "{:?}", running.lines);
    assert_eq!(running.stop("-TERM").0, 0);
}

#[test]
fn a_busy_port_is_one_line_that_names_it() {
    let node = Node::on(Database::sqlite(), "http://localhost:7400");
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for variable in ["CORDEE_SERVER__LISTEN", "CORDEE_METRICS__LISTEN"] {
        let mut command = node.command(&["serve"]);
        let other = format!("127.0.0.1:{}", free_port());
        command
            .env("CORDEE_SERVER__LISTEN", other)
            .env(variable, &address);
        let said: Said = command.output().unwrap().into();
        let setting = variable
            .trim_start_matches("CORDEE_")
            .to_lowercase()
            .replace("__", ".");
        said.refuses(1, &[&address, "another program", &setting]);
    }
}

#[test]
fn metrics_lie_on_an_address_of_their_own() {
    let node = Node::on(Database::sqlite(), "http://localhost:7400");
    let (port, metrics) = (free_port(), free_port());
    let mut command = node.command(&["serve"]);
    command.env("CORDEE_SERVER__LISTEN", format!("127.0.0.1:{port}"));
    command.env("CORDEE_METRICS__LISTEN", format!("127.0.0.1:{metrics}"));
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let ready = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .any(|line| line.unwrap().starts_with("ready"));
    assert!(ready);
    let running = Running {
        child,
        port: metrics,
        lines: Vec::new(),
    };
    assert!(Running::get(metrics, "/metrics").contains("http_requests_total"));
    assert!(!Running::get(port, "/metrics").starts_with("HTTP/1.1 200"));
    assert_eq!(running.stop("-TERM").0, 0);
}
