//! A node as an operator runs it: the program, a folder, a port.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::support::program;

/// A node that is or is not running.
pub(crate) struct Node {
    name: &'static str,
    port: u16,
    home: tempfile::TempDir,
    http: reqwest::Client,
    settings: Vec<(&'static str, String)>,
}

/// A running node; killed when dropped.
pub(crate) struct Running(Child);

impl Running {
    /// Ends it as a power cut would.
    pub(crate) fn kill_9(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Node {
    pub(crate) fn new(name: &'static str) -> Self {
        // A second call finds the same provider there.
        drop(rustls::crypto::ring::default_provider().install_default());
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let http = reqwest::Client::builder()
            .resolve(
                &format!("{name}.localhost"),
                SocketAddr::from(([127, 0, 0, 1], port)),
            )
            .timeout(Duration::from_secs(10))
            .build()
            .unwrap();
        Self {
            name,
            port,
            home: tempfile::tempdir().unwrap(),
            http,
            settings: Vec::new(),
        }
    }

    /// The same with more settings, by variables of the environment.
    pub(crate) fn with(
        mut self,
        settings: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Self {
        self.settings.extend(settings);
        self
    }

    pub(crate) fn authority(&self) -> String {
        format!("{}.localhost:{}", self.name, self.port)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.authority())
    }

    pub(crate) fn http(&self) -> reqwest::Client {
        self.http.clone()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program::cordee(self.home.path(), arguments);
        command
            .env("CORDEE_SERVER__LISTEN", format!("127.0.0.1:{}", self.port))
            .env("CORDEE_SERVER__PUBLIC_URL", self.url(""))
            .env("CORDEE_FEDERATION__DEVELOPMENT", "true")
            .env("CORDEE_FEDERATION__UNKNOWN_NODES", "member")
            .env("CORDEE_LIMITS__ENABLED", "false")
            .envs(self.settings.iter().cloned());
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Adds somebody; the access token.
    pub(crate) fn person(&self, name: &str) -> String {
        let email = format!("{name}@firm.example");
        self.run(&[
            "user",
            "add",
            name,
            "--email",
            &email,
            "--password",
            "a long enough password",
        ]);
        self.run(&["token", name])
    }

    /// Starts the node and waits until it answers.
    pub(crate) fn start(&self) -> Running {
        let mut child = self
            .command(&["serve"])
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let running = Running(child);
        for line in lines {
            if line.unwrap().starts_with("ready") {
                return running;
            }
        }
        panic!("{} ended before it was ready", self.name);
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Value {
        let answer = self
            .http
            .get(self.url(path))
            .bearer_auth(token)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }

    pub(crate) async fn post(&self, token: &str, path: &str) -> Value {
        let answer = self
            .http
            .post(self.url(path))
            .bearer_auth(token)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }
}
