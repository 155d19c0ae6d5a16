//! `cordee doctor`.

use crate::support::node::Node;

#[test]
fn a_node_that_does_not_run_is_told_what_to_do() {
    for node in Node::each() {
        let mut command = node.command(&["doctor", "--json"]);
        // Nothing listens there.
        command.env("CORDEE_SERVER__PUBLIC_URL", "http://doctor.localhost:9");
        let said: crate::support::program::Said = command.output().unwrap().into();
        said.refuses(1, &["2 of 7 checks failed"]);
        let findings: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        for finding in findings.as_array().unwrap() {
            let local = ["database", "storage", "mail", "clock"]
                .contains(&finding["check"].as_str().unwrap());
            let webfinger_of_nobody = finding["check"] == "WebFinger";
            assert_eq!(
                finding["ok"] == true,
                local || webfinger_of_nobody,
                "{finding}"
            );
            assert_eq!(
                finding["mend"].is_null(),
                finding["ok"] == true,
                "{finding}"
            );
        }
    }
}
