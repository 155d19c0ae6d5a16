//! Peers and deliveries from the command line.

use serde_json::Value;

use crate::support::node::Node;

#[test]
fn peers_are_set_listed_and_forgotten() {
    for node in Node::each() {
        let set = [
            "peer",
            "set",
            "Learn.Example:8443",
            "--mode",
            "member",
            "--relation",
            "partner",
            "--expires",
            "2099-06-30",
            "--boundary-max",
            "partners",
            "--address",
            "10.1.2.3/16",
            "--address",
            "fd00::/8",
        ];
        assert_eq!(node.does(&set).trim(), "learn.example:8443 is member");
        let peer = &node.lists(&["peer", "list", "--json"])[0];
        assert_eq!(peer["domain"], "learn.example:8443");
        assert_eq!(
            (&peer["mode"], &peer["relation"]),
            (&"member".into(), &"partner".into())
        );
        assert_eq!(
            peer["expires"], "2099-07-01T00:00:00Z",
            "the whole last day counts"
        );
        assert_eq!(
            peer["addresses"],
            serde_json::json!(["10.1.0.0/16", "fd00::/8"])
        );
        // What is not named goes back to its default.
        node.does(&["peer", "set", "learn.example:8443", "--mode", "blocked"]);
        let peer = &node.lists(&["peer", "list", "--json"])[0];
        assert_eq!(
            (&peer["mode"], &peer["relation"], &peer["expires"]),
            (&"blocked".into(), &Value::Null, &Value::Null)
        );
        node.does(&["peer", "remove", "learn.example:8443"]);
        assert_eq!(
            node.lists(&["peer", "list", "--json"]),
            serde_json::json!([])
        );
    }
}

#[test]
fn wrong_peers_are_refused_in_one_line() {
    for node in Node::each() {
        node.run(&["peer", "set", "x.example", "--mode", "friend"])
            .refuses(2, &["friend", "reply_moderated"]);
        node.run(&["peer", "set", "x.example"])
            .refuses(2, &["--mode"]);
        node.run(&["peer", "set", "https://x.example", "--mode", "follow"])
            .refuses(2, &["DOMAIN"]);
        node.run(&["peer", "set", "localhost:7400", "--mode", "follow"])
            .refuses(2, &["DOMAIN"]);
        let wrong = [
            "peer",
            "set",
            "x.example",
            "--mode",
            "follow",
            "--address",
            "10.0.0.0/99",
        ];
        node.run(&wrong).refuses(2, &["--address", "such as"]);
        let past = [
            "peer",
            "set",
            "x.example",
            "--mode",
            "follow",
            "--expires",
            "2001-01-01",
        ];
        node.run(&past).refuses(2, &["--expires", "past"]);
        node.run(&[
            "peer",
            "set",
            "x.example",
            "--mode",
            "follow",
            "--expires",
            "soon",
        ])
        .refuses(2, &["soon", "date"]);
        node.run(&["peer", "remove", "nobody.example"])
            .refuses(1, &["nobody.example", "peer list"]);
    }
}

#[test]
fn deliveries_say_what_waits() {
    for node in Node::each() {
        assert_eq!(node.lists(&["deliveries", "--json"]), serde_json::json!([]));
        node.run(&["deliveries", "--peer", "nobody.example"])
            .refuses(1, &["nobody.example"]);
        node.does(&["peer", "set", "x.example", "--mode", "follow"]);
        assert!(
            node.does(&["deliveries", "--peer", "x.example", "--retry"])
                .contains("again at once")
        );
        let list = node.lists(&["deliveries", "--peer", "x.example", "--json"]);
        assert!(
            list.as_array()
                .unwrap()
                .iter()
                .all(|row| row["waiting"] == 0),
            "{list}"
        );
    }
}
