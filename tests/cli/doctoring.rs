//! `cordee doctor`.

use cordee::store::jobs;

use crate::support::node::Node;
use crate::support::program::{Said, cordee};
use crate::support::world::World;

#[test]
fn a_node_that_does_not_run_is_told_what_to_do() {
    for node in Node::each() {
        let mut command = node.command(&["doctor", "--json"]);
        // Nothing listens there.
        command.env("CORDEE_SERVER__PUBLIC_URL", "http://doctor.localhost:9");
        let said: Said = command.output().unwrap().into();
        said.refuses(1, &["2 of 8 checks failed"]);
        let findings: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        for finding in findings.as_array().unwrap() {
            let local = ["database", "storage", "mail", "queue", "clock"]
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

#[test]
fn jobs_that_wait_for_long_are_told() {
    World::each(|world| {
        // The clock of the world is some months behind the machine's.
        world
            .write(|tx| jobs::enqueue(tx, "mail", "a lane", "{}"))
            .unwrap();
        let config = &world.app.config;
        let mut command = cordee(&config.data_dir, &["doctor", "--json"]);
        command.env("CORDEE_DATABASE__URL", &config.database.url);
        let said: Said = command.output().unwrap().into();
        let findings: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        let all = findings.as_array().unwrap();
        let queue = all.iter().find(|one| one["check"] == "queue").unwrap();
        assert_eq!(queue["ok"], false, "{}", world.kind);
        let detail = queue["detail"].as_str().unwrap();
        assert!(detail.starts_with("the oldest of 1 jobs waits"), "{detail}");
    });
}
