//! How far posts may reach that a node gets (`boundary_max` of a peer).

use cordee::actions::delete_post::delete_post;
use cordee::actions::react;
use cordee::model::words::{Boundary, JoinPolicy, PeerMode, Visibility};
use cordee::store::posts::Post;
use cordee::store::{outbox, peers};

use super::polls::followed_by_alice;
use crate::support::world::{World, text};

fn limit(world: &World, most: Option<Boundary>) {
    let setting = peers::Setting {
        mode: Some(PeerMode::Member),
        relation: None,
        expires_at: None,
        boundary_max: most,
        addresses: String::new(),
    };
    world
        .write(move |tx| peers::set(tx, "p.example", &setting).map(drop))
        .unwrap();
}

fn is_sent(world: &World, post: &Post) -> bool {
    let uri = format!("http://localhost:7400/activities/{}", post.id);
    world
        .read(move |conn| outbox::find_body(conn, &uri))
        .is_some()
}

/// How much waits for the node of alice.
pub(super) fn waiting(world: &World) -> i64 {
    let queues = world.read(|conn| outbox::queues(conn, Some("p.example")));
    queues.iter().map(|queue| queue.waiting).sum()
}

#[test]
fn a_node_gets_no_post_that_reaches_wider_than_its_admin_allows() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        let pumps = world.community("pumps", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
        for whom in [karim, pumps] {
            followed_by_alice(world, whom);
        }
        let publish = |words: &str| world.publish(karim, text(words)).unwrap();
        let before = publish("before");
        assert!(is_sent(world, &before));
        for most in [Boundary::Node, Boundary::Firm, Boundary::Partners] {
            limit(world, Some(most));
            let queued = waiting(world);
            assert!(!is_sent(world, &publish("alone")), "{}", world.kind);
            assert!(!is_sent(world, &publish("@pumps in a community")));
            let id = before.id;
            world
                .write(move |tx| react::boost(tx, karim, id, Visibility::Public, None))
                .unwrap();
            assert_eq!(waiting(world), queued, "{} {most}", world.kind);
            world
                .write(move |tx| react::unboost(tx, karim, id))
                .unwrap();
        }
        let (queued, id) = (waiting(world), before.id);
        world
            .write(move |tx| delete_post(tx, karim, id).map(drop))
            .unwrap();
        assert!(waiting(world) > queued, "what it has it is told to delete");
        for most in [None, Some(Boundary::Public)] {
            limit(world, most);
            assert!(is_sent(world, &publish("again")));
        }
    });
}
