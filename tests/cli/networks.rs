//! Networks that admins shut out, from the command line.

use std::sync::Arc;

use cordee::actions::barriers::{NetworkWish, block_network};
use cordee::app::SystemClock;
use cordee::config::Config;
use cordee::model::words::IpSeverity;
use cordee::server;
use cordee::store::accounts;
use serde_json::json;

use crate::support::node::Node;

/// An admin shuts a network out.
fn shut_out(node: &Node, network: &str) {
    let mut config = Config::default();
    config.database.url.clone_from(&node.database.url);
    node.database.home.path().clone_into(&mut config.data_dir);
    let wish = NetworkWish {
        ip: Some(network.to_owned()),
        severity: Some(IpSeverity::NoAccess),
        ..NetworkWish::default()
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime
        .block_on(async {
            let app = server::open_at(config, Arc::new(SystemClock)).await?;
            let work = move |tx: &mut cordee::store::db::Tx<'_>| {
                let ada = accounts::find_local(tx, "ada")?.unwrap();
                block_network(tx, ada.id, &wish)
            };
            app.db.write(work).await
        })
        .unwrap();
}

#[test]
fn a_network_is_listed_and_let_in_again() {
    for node in Node::each() {
        assert_eq!(node.lists(&["network", "list", "--json"]), json!([]));
        node.does(&[
            "user",
            "add",
            "ada",
            "--email",
            "ada@firm.example",
            "--role",
            "admin",
        ]);
        let odd = node.run(&["network", "remove", "192.0.2.0/24"]);
        assert_eq!(odd.code, 1, "{}", odd.err);
        assert!(odd.err.contains("is not shut out"), "{}", odd.err);
        let odd = node.run(&["network", "remove", "nonsense"]);
        assert_eq!(odd.code, 2, "{}", odd.err);
        assert!(odd.err.contains("nonsense is no network"), "{}", odd.err);
        shut_out(&node, "::ffff:192.0.2.0/120");
        let listed = node.lists(&["network", "list", "--json"]);
        assert_eq!(
            (&listed[0]["network"], &listed[0]["severity"]),
            (&json!("192.0.2.0/24"), &json!("no_access")),
            "{}",
            node.database.kind
        );
        let said = node.does(&["network", "remove", "::ffff:192.0.2.0/120"]);
        assert_eq!(said.trim(), "192.0.2.0/24 is let in again");
        assert_eq!(node.lists(&["network", "list", "--json"]), json!([]));
    }
}
