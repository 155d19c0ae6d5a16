//! A walk through the pages in a real browser, without JavaScript and by keyboard: on a phone and on a desk, in two
//! languages. Each page must be quiet in the console and fit its window. Needs `chromium` and `chromium-driver`; where they
//! are missing the run says so, and on a build machine (`CI=true`) fails.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use crate::support::databases::Database;
use crate::support::node::Node;
use crate::support::record;
use crate::support::webdriver::{Driver, Look, Window, is_there};

const PHONE: Look = Look {
    width: 390,
    height: 844,
    is_phone: true,
    language: "en",
};
const DESK: Look = Look {
    width: 1280,
    height: 900,
    is_phone: false,
    language: "nl",
};
const PASSWORD: &str = "correct horse battery";

/// A running node; dropping it ends it.
struct Serving {
    child: Child,
    lines: Vec<String>,
}

impl Serving {
    fn start(node: &Node, port: u16) -> Self {
        let mut command = node.command(&["serve"]);
        command.env("CORDEE_SERVER__LISTEN", format!("127.0.0.1:{port}"));
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut lines = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            lines.push(line.unwrap());
            if lines.last().unwrap().starts_with("ready") {
                break;
            }
        }
        Self { child, lines }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Whether the journey can be made here; a build machine must be able to.
fn can_travel() -> bool {
    if is_there() {
        record::note("Chromium");
        return true;
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "this variable belongs to build machines"
    )]
    let needed = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(!needed, "install chromium and chromium-driver");
    false
}

/// Makes the first admin by the link that the node prints.
fn come_in(window: &Window<'_>, link: &str) {
    window.open(link);
    for (field, text) in [
        ("username", "ada"),
        ("display_name", "Ada"),
        ("email", "ada@firm.example"),
        ("password", PASSWORD),
    ] {
        window.type_in(&format!("#{field}"), text);
    }
    window.press("main form button[type=submit]");
    assert_eq!(window.path(), "/home");
}

fn sign_in(window: &Window<'_>, name: &str) {
    window.open("/login");
    window.type_in("#login", name);
    window.type_in("#password", PASSWORD);
    window.press("main form button[type=submit]");
    assert_eq!(window.path(), "/home");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn a_question_is_asked_on_a_phone_answered_at_a_desk_accepted_and_found() {
    let database = Database::sqlite();
    if !can_travel() {
        return;
    }
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let base: &'static str = Box::leak(format!("http://localhost:{port}").into_boxed_str());
    let node = Node::on(database, base);
    let serving = Serving::start(&node, port);
    let link = serving.lines.iter().find_map(|line| {
        let rest = line.split(base).nth(1)?;
        rest.starts_with("/invite/")
            .then(|| rest.split_whitespace().next().unwrap_or_default())
    });
    let driver = Driver::start();
    let (phone, desk) = (driver.window(base, PHONE), driver.window(base, DESK));

    come_in(&phone, link.expect("the first start prints a link"));
    let email = "lotte@firm.example";
    node.does(&[
        "user",
        "add",
        "lotte",
        "--email",
        email,
        "--password",
        PASSWORD,
    ]);
    node.does(&[
        "community",
        "add",
        "pumps",
        "--title",
        "Pumps",
        "--purpose",
        "Fewer stops",
        "--goal",
        "Stops;a month;9;4;2099-06-30",
        "--steward",
        "ada",
        "--steward",
        "lotte",
        "--boundary",
        "public",
        "--join",
        "open",
        "--open",
    ]);
    sign_in(&desk, "lotte");
    assert!(desk.source().contains("<html lang=\"nl\""), "in Dutch");

    phone.open("/c");
    phone.press("main a[href='/c/pumps']");
    phone.press("main a[href^='/ask?community=']");
    phone.type_in("#title", "Why does the pump leak?");
    phone.type_in("#text", "It began after the seal was changed. Averylongwordwithoutanyblankthatmustnotmakethepagewiderthanthephone.");
    phone.press("main form button[type=submit]");
    let thread = phone.path();
    assert!(thread.starts_with("/posts/"), "{thread}");

    desk.open("/c/pumps");
    desk.open(&thread);
    desk.type_in("main form[action$='/reply'] textarea", "The ring is worn.");
    desk.press("main form[action$='/reply'] button[type=submit]");
    assert!(desk.source().contains("The ring is worn."));

    phone.open("/notifications");
    phone.open(&thread);
    phone.press("main form[action$='/accept'] button[type=submit]");
    let shown = phone.source();
    assert!(shown.contains("class=\"post accepted\""), "{shown}");

    for window in [&phone, &desk] {
        window.open("/search");
        window.type_in("#q", "leak");
        window.press("main form.find button[type=submit]");
        let found = format!("href=\"{thread}\"");
        assert!(window.source().contains(&found), "{}", window.source());
        for path in [
            "/",
            "/home",
            "/c/pumps",
            "/c/pumps/charter",
            "/c/pumps/members",
            "/write/lesson",
            "/settings/profile",
            "/settings/password",
            "/settings/apps",
            "/about",
            "/privacy",
            "/accessibility",
            "/@ada",
            "/notifications",
        ] {
            window.open(path);
        }
    }
    for path in ["edit", "quotes", "history"] {
        phone.open(&format!("{thread}/{path}"));
    }
    for path in [
        "/admin/accounts",
        "/mod/reports",
        "/settings/invitations",
        "/c/pumps/requests",
    ] {
        phone.open(path);
    }
    phone.press("header.top form[action='/logout'] button");
    phone.open("/home");
    assert!(phone.path().starts_with("/login"), "{}", phone.path());
}
