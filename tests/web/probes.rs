//! What an operator's probes see, and what floods meet.

use cordee::store::jobs;
use serde_json::json;

use crate::support::world::World;

#[test]
fn a_node_whose_jobs_wait_serves_people_all_the_same() {
    World::each(|world| {
        let visitor = world.visitor();
        assert_eq!(visitor.get("/readyz").expect(200)["ready"], true);
        world
            .write(|tx| jobs::enqueue(tx, "mail", "a lane", "{}"))
            .unwrap();
        world.clock.advance_seconds(25 * 3600);
        let said = visitor.get("/readyz").expect(200);
        assert_eq!(said["reasons"], json!([]), "{}", world.kind);
        let late = || {
            let now = world.app.db.now();
            world.read(move |conn| jobs::lateness(conn, now))
        };
        assert_eq!(late().num_hours(), 25, "{}", world.kind);
        let due = world
            .write(|tx| jobs::claim(tx, 5, chrono::TimeDelta::minutes(3)))
            .unwrap();
        world.write(move |tx| jobs::finish(tx, due[0].id)).unwrap();
        assert_eq!(late().num_seconds(), 0);
        world.app.stopping.cancel();
        let said = visitor.get("/readyz").expect(503);
        assert_eq!(said["reasons"], json!(["the node is stopping"]));
    });
}

#[test]
fn one_address_delivers_so_much_whatever_nodes_it_claims_to_be() {
    let world = World::with(|config| config.limits.inbox_source_per_5min = 2);
    let visitor = world.visitor();
    let deliver = || visitor.post("/inbox", &json!({ "type": "Like" }));
    for _ in 0..2 {
        assert_ne!(deliver().status, 429);
    }
    let refused = deliver();
    assert_eq!(refused.status, 429);
    assert!(refused.headers.contains_key("retry-after"));
    assert_ne!(
        visitor.get("/actor").status,
        429,
        "reading is not delivering"
    );
    world.clock.advance_seconds(5 * 60);
    assert_ne!(deliver().status, 429);
}
