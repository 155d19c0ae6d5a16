//! Accounts and tokens from the command line, on each database.

use std::io::Write;
use std::process::Stdio;

use crate::support::databases::Database;
use crate::support::node::Node;
use crate::support::program::Said;

#[test]
fn people_are_added_listed_and_changed() {
    for node in Node::each() {
        let said = node.does(&[
            "user",
            "add",
            "karim",
            "--email",
            "karim@x.example",
            "--display",
            "Karim B.",
        ]);
        assert!(
            said.contains("@karim@localhost:7400") && said.contains("password "),
            "{said}"
        );
        let known = [
            "user",
            "add",
            "ada",
            "--email",
            "ada@x.example",
            "--password",
            "long enough 123",
            "--role",
            "admin",
        ];
        assert!(!node.does(&known).contains("password"));
        node.does(&["user", "role", "karim", "moderator"]);
        node.does(&["user", "suspend", "karim"]);
        let list: serde_json::Value =
            serde_json::from_str(&node.does(&["user", "list", "--json"])).unwrap();
        let karim = &list[0];
        assert_eq!(
            (&karim["username"], &karim["role"]),
            (&"karim".into(), &"moderator".into())
        );
        assert_eq!(
            (&karim["state"], &karim["display_name"]),
            (&"suspended".into(), &"Karim B.".into())
        );
        node.run(&["token", "karim"])
            .refuses(1, &["karim", "user restore"]);
        node.does(&["user", "restore", "@karim"]);
        assert!(
            node.does(&["user", "list"])
                .lines()
                .nth(1)
                .unwrap()
                .contains("active")
        );
    }
}

#[test]
fn wrong_people_are_refused_in_one_line() {
    for node in Node::each() {
        node.does(&["user", "add", "karim", "--email", "karim@x.example"]);
        node.run(&["user", "add", "karim", "--email", "other@x.example"])
            .refuses(1, &["NAME"]);
        node.run(&["user", "add", "other", "--email", "Karim@x.example"])
            .refuses(1, &["--email"]);
        node.run(&["user", "add", "Not OK", "--email", "x@x.example"])
            .refuses(2, &["NAME"]);
        node.run(&["user", "add", "mei", "--email", "nowhere"])
            .refuses(2, &["--email"]);
        node.run(&[
            "user",
            "add",
            "shorty",
            "--email",
            "x@x.example",
            "--password",
            "short",
        ])
        .refuses(2, &["--password"]);
        node.run(&[
            "user",
            "add",
            "mei",
            "--email",
            "m@x.example",
            "--role",
            "king",
        ])
        .refuses(2, &["king"]);
        node.run(&[
            "user",
            "add",
            "mei",
            "--email",
            "m@x.example",
            "--level",
            "5",
        ])
        .refuses(2, &["5", "1..=4"]);
        node.run(&["user", "suspend", "nobody"])
            .refuses(1, &["nobody", "user list"]);
    }
}

#[test]
fn a_password_comes_from_stdin_or_is_made_up() {
    let node = Node {
        database: Database::sqlite(),
        public_url: "https://learn.example",
    };
    node.does(&["user", "add", "karim", "--email", "karim@x.example"]);
    let set = |typed: &str| -> Said {
        let mut command = node.command(&["user", "password", "karim"]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(typed.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap().into()
    };
    assert_eq!(
        set("a good long password\n").out.trim(),
        "karim has a new password"
    );
    assert!(set("").out.contains("new password: "));
    set("short\n").refuses(2, &["--password"]);
}

#[test]
fn a_token_is_printed_alone_and_can_be_chosen_on_localhost_only() {
    for mut node in Node::each() {
        node.does(&["user", "add", "karim", "--email", "karim@x.example"]);
        let token = node.does(&["token", "karim"]);
        assert_eq!(token.lines().count(), 1);
        assert!(token.trim().len() >= 40, "{token}");
        let chosen = [
            "token",
            "karim",
            "--value",
            "for-a-harness",
            "--scopes",
            "read",
        ];
        assert_eq!(node.does(&chosen), "for-a-harness\n");
        assert_eq!(
            node.does(&chosen),
            "for-a-harness\n",
            "the same again is no fault"
        );
        node.run(&["token", "karim", "--value", "for-a-harness"])
            .refuses(1, &["value"]);
        node.run(&["token", "karim", "--scopes", "read everything"])
            .refuses(2, &["read everything"]);
        node.run(&["token", "nobody"]).refuses(1, &["account"]);
        node.public_url = "https://learn.example";
        node.run(&chosen).refuses(2, &["--value", "localhost"]);
    }
}
