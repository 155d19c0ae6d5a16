//! Chromium, driven over the `WebDriver` protocol (W3C) by `chromedriver`: without JavaScript, by keyboard alone.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// The key that presses what has the focus.
const ENTER: &str = "\u{e007}";

/// Whether this machine can open windows.
pub(crate) fn is_there() -> bool {
    let asked = Command::new("chromedriver").arg("--version").output();
    asked.is_ok_and(|said| said.status.success())
}

/// The program that windows are opened with.
pub(crate) struct Driver {
    child: Child,
    port: String,
}

/// What a window looks like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) is_phone: bool,
    pub(crate) language: &'static str,
}

/// A window of its own, with cookies of its own.
pub(crate) struct Window<'d> {
    driver: &'d Driver,
    path: String,
    base: String,
}

impl Driver {
    pub(crate) fn start() -> Self {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| {
            let line = line.unwrap();
            let rest = line.split("successfully on port ").nth(1)?;
            Some(rest.trim_end_matches('.').to_owned())
        });
        let port = port.expect("chromedriver says its port");
        Self { child, port }
    }

    /// Sends a command; its value, which must be no error.
    fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let mut stream = TcpStream::connect(format!("127.0.0.1:{}", self.port)).unwrap();
        let body = if method == "POST" {
            body.to_string()
        } else {
            String::new()
        };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        )
        .unwrap();
        let mut answer = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            answer.read_line(&mut line).unwrap();
            let line = line.trim().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(bytes) = line.strip_prefix("content-length:") {
                length = bytes.trim().parse().unwrap();
            }
        }
        let mut bytes = vec![0; length];
        answer.read_exact(&mut bytes).unwrap();
        let said: Value = serde_json::from_slice(&bytes).unwrap();
        match said.pointer("/value/error") {
            Some(_) => Err(said["value"]["message"].to_string()),
            None => Ok(said["value"].clone()),
        }
    }

    /// Opens a window for the node at `base`.
    pub(crate) fn window(&self, base: &str, look: Look) -> Window<'_> {
        let mut options = json!({
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     format!("--window-size={},{}", look.width, look.height)],
            "prefs": { "profile.managed_default_content_settings.javascript": 2,
                       "intl.accept_languages": look.language },
        });
        if look.is_phone {
            let metrics = json!({ "width": look.width, "height": look.height, "pixelRatio": 2 });
            options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
        }
        let wanted =
            json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } });
        let wanted = json!({ "capabilities": { "alwaysMatch": wanted } });
        let made = self.call("POST", "/session", &wanted).unwrap();
        Window {
            driver: self,
            path: format!("/session/{}", made["sessionId"].as_str().unwrap()),
            base: base.to_owned(),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Window<'_> {
    fn get(&self, what: &str) -> Value {
        let path = format!("{}/{what}", self.path);
        self.driver.call("GET", &path, &Value::Null).unwrap()
    }

    fn post(&self, what: &str, body: &Value) -> Value {
        let path = format!("{}/{what}", self.path);
        let said = self.driver.call("POST", &path, body);
        said.unwrap_or_else(|error| panic!("{what}: {error} at {}", self.path()))
    }

    /// Opens a page of the node, which must be in order.
    pub(crate) fn open(&self, path: &str) {
        self.post("url", &json!({ "url": format!("{}{path}", self.base) }));
        self.is_in_order();
    }

    /// Path and query of the page that is open.
    pub(crate) fn path(&self) -> String {
        let url = self.get("url");
        let url = url.as_str().unwrap();
        url.strip_prefix(&self.base).unwrap_or(url).to_owned()
    }

    pub(crate) fn source(&self) -> String {
        self.get("source").as_str().unwrap().to_owned()
    }

    /// What a CSS selector finds first, by the name that the driver gave it.
    fn element(&self, selector: &str) -> String {
        let wanted = json!({ "using": "css selector", "value": selector });
        let element = self.post("element", &wanted);
        let id = element.as_object().unwrap().values().next().unwrap();
        id.as_str().unwrap().to_owned()
    }

    /// Types text, or presses keys, in what a CSS selector finds first.
    pub(crate) fn type_in(&self, selector: &str, text: &str) {
        let what = format!("element/{}/value", self.element(selector));
        self.post(&what, &json!({ "text": text }));
    }

    /// Presses a button or a link by keyboard; the page that comes must be in order.
    ///
    /// A key is answered before the browser leaves the page, so the page that comes is one whose root is not the
    /// root of the page that was there.
    pub(crate) fn press(&self, selector: &str) {
        let root = format!("{}/element/{}/name", self.path, self.element("html"));
        self.type_in(selector, ENTER);
        let until = Instant::now() + Duration::from_secs(20);
        while self.driver.call("GET", &root, &Value::Null).is_ok() {
            assert!(Instant::now() < until, "{selector} leads nowhere");
            std::thread::sleep(Duration::from_millis(5));
        }
        self.is_in_order();
    }

    /// Nothing was complained about, scripts and the content policy included, and nothing lies beside the window.
    fn is_in_order(&self) {
        let page = self.path();
        let complaints = self.post("se/log", &json!({ "type": "browser" }));
        assert_eq!(complaints, json!([]), "{page}");
        let wanted = json!({ "cmd": "Page.getLayoutMetrics", "params": {} });
        let sizes = self.post("goog/cdp/execute", &wanted);
        let of = |at: &str| sizes.pointer(at).and_then(Value::as_f64).unwrap();
        let (content, window) = (
            of("/cssContentSize/width"),
            of("/cssLayoutViewport/clientWidth"),
        );
        assert!(
            content <= window,
            "{page} is {content} wide in a window of {window}"
        );
    }
}

impl Drop for Window<'_> {
    fn drop(&mut self) {
        drop(self.driver.call("DELETE", &self.path, &Value::Null));
    }
}
