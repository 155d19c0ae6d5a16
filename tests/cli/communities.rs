//! Communities from the command line.

use crate::support::node::Node;

fn with_people(node: &Node) {
    for name in ["karim", "lotte"] {
        node.does(&["user", "add", name, "--email", &format!("{name}@x.example")]);
    }
}

#[test]
fn a_community_is_made_opened_and_listed() {
    for node in Node::each() {
        with_people(&node);
        let add = [
            "community",
            "add",
            "pumps",
            "--title",
            "Pumps and seals",
            "--purpose",
            "Fewer unplanned stops",
            "--goal",
            "Unplanned stops;per month;14;7;2027-06-30",
            "--steward",
            "karim",
            "--steward",
            "lotte",
            "--join",
            "request",
            "--boundary",
            "partners",
            "--open",
        ];
        assert_eq!(
            node.does(&add).trim(),
            "!pumps@localhost:7400 is open: http://localhost:7400/c/pumps"
        );
        let list = node.lists(&["community", "list", "--json"]);
        assert_eq!(
            (&list[0]["name"], &list[0]["state"]),
            (&"pumps".into(), &"active".into())
        );
        assert_eq!(
            (&list[0]["boundary"], &list[0]["join_policy"]),
            (&"partners".into(), &"request".into())
        );
        assert_eq!(list[0]["members_count"], 2);
        assert!(
            node.does(&["community", "list"])
                .contains("Pumps and seals")
        );
    }
}

#[test]
fn a_charter_with_gaps_does_not_open_and_leaves_nothing() {
    for node in Node::each() {
        with_people(&node);
        let base = [
            "community",
            "add",
            "pumps",
            "--title",
            "Pumps",
            "--purpose",
            "Fewer stops",
        ];
        let with = |more: &[&str]| node.run(&[&base[..], more].concat());
        let goal = ["--goal", "Stops;per month;14;7;2027-06-30"];
        with(&["--open"]).refuses(2, &["--goal"]);
        with(&[&goal[..], &["--steward", "karim", "--open"]].concat()).refuses(2, &["--steward"]);
        with(&["--steward", "nobody"]).refuses(1, &["nobody"]);
        with(&["--goal", "Stops;14;7"]).refuses(2, &["name;unit;baseline;target;due"]);
        with(&["--goal", "Stops;x;many;7;2027-06-30"]).refuses(2, &["many", "number"]);
        with(&["--boundary", "company"]).refuses(2, &["company", "partners"]);
        let twin = [
            "community",
            "add",
            "karim",
            "--title",
            "T",
            "--purpose",
            "P",
        ];
        node.run(&twin).refuses(1, &["NAME"]);
        assert_eq!(
            node.lists(&["community", "list", "--json"]),
            serde_json::json!([])
        );
        assert!(
            node.does(&[&base[..], &goal[..]].concat())
                .contains("proposed")
        );
    }
}
