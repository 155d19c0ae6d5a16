//! What two do at once about the same thing: the second sees what the first did.

use cordee::actions::delete_post::delete_post;
use cordee::actions::end_account::end_by;
use cordee::actions::import;
use cordee::actions::join;
use cordee::actions::react;
use cordee::actions::receive_post::{RemotePost, receive_post, restore, update_remote};
use cordee::actions::register::Newcomer;
use cordee::actions::sign_up::{admit, sign_up, turn_away};
use cordee::error::Error;
use cordee::model::admission::Admission;
use cordee::model::ids::AccountId;
use cordee::model::words::{
    ActorKind, Audience, Boundary, JoinPolicy, PostingPolicy, Reaction, TransferKind, UserState,
    Visibility,
};
use cordee::store::remote_accounts::{self, RemoteActor, RemoteCommunity};
use cordee::store::{accounts, posts, users};

use crate::federation::narrowing::note;
use crate::support::world::{World, remote, text};

#[test]
fn an_application_is_decided_once() {
    World::each(|world| {
        let newcomer = Newcomer {
            reason: "I mend pumps".into(),
            ..Newcomer::new("nina", "nina@firm.example", None).unwrap()
        };
        let base = world.app.config.base_url();
        let nina = world
            .write(move |tx| Ok(sign_up(tx, &base, &newcomer, Admission::ByModerator)?.id))
            .unwrap();
        let refused = world.meanwhile(
            move |tx| admit(tx, None, nina),
            move |tx| turn_away(tx, None, nina, ""),
        );
        assert!(
            matches!(refused, Err(Error::Conflict(_))),
            "{}: {refused:?}",
            world.kind
        );
        let user = world.read(move |conn| users::get(conn, nina));
        assert_eq!(user.state, UserState::Active, "{}", world.kind);
    });
}

#[test]
fn whoever_ends_beside_it_neither_comes_in_nor_leaves_a_mark() {
    World::each(|world| {
        let [karim, lotte, bart, mei] =
            ["karim", "lotte", "bart", "mei"].map(|name| world.person(name));
        let group = world.community("pumps", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
        let joined = world.meanwhile(
            move |tx| end_by(tx, None, bart),
            move |tx| {
                let request = join::Request {
                    community: group,
                    account: bart,
                    message: String::new(),
                    uri: None,
                    reader: false,
                };
                join::join(tx, &request)
            },
        );
        assert!(
            matches!(joined, Err(Error::NotFound)),
            "{}: {joined:?}",
            world.kind
        );
        let post = world.publish(karim, text("Of another")).unwrap().id;
        let marked = world.meanwhile(
            move |tx| end_by(tx, None, mei),
            move |tx| react::mark(tx, mei, post, Reaction::Favourite, None),
        );
        assert!(
            matches!(marked, Err(Error::NotFound)),
            "{}: {marked:?}",
            world.kind
        );
    });
}

#[test]
fn two_imports_at_once_do_not_both_take_the_last_place() {
    World::each(|world| {
        let bart = world.person("bart");
        let begin = move |tx: &mut cordee::store::db::Tx<'_>| {
            import::begin(tx, bart, TransferKind::Blocks, false, "karim\n").map(drop)
        };
        for _ in 1..import::RUNNING {
            world.write(begin).unwrap();
        }
        let refused = world.meanwhile(begin, begin);
        assert!(
            matches!(refused, Err(Error::Invalid { .. })),
            "{}: {refused:?}",
            world.kind
        );
    });
}

/// Somebody elsewhere.
fn bob(world: &World) -> AccountId {
    world
        .write(|tx| remote_accounts::put(tx, &remote("bob")))
        .unwrap()
}

#[test]
fn a_post_that_is_restored_twice_at_once_comes_back_once() {
    World::each(|world| {
        let bob = bob(world);
        let said = note(bob, "https://p.example/n/1".into(), Visibility::Public, &[]);
        let (first, second) = (said.clone(), said.clone());
        world
            .write(move |tx| {
                let post = receive_post(tx, &said)?.id;
                delete_post(tx, bob, post)
            })
            .unwrap();
        let again = world.meanwhile(
            move |tx| restore(tx, &first).map(drop),
            move |tx| restore(tx, &second),
        );
        assert!(
            matches!(again, Err(Error::NotFound)),
            "{}: {again:?}",
            world.kind
        );
        let counted = world.read(move |conn| accounts::get(conn, bob)).posts_count;
        assert_eq!(counted, 1, "{}", world.kind);
    });
}

#[test]
fn a_post_that_is_narrowed_beside_its_announce_stays_narrow() {
    World::each(|world| {
        let bob = bob(world);
        let group = world
            .write(|tx| {
                let group = RemoteActor {
                    kind: ActorKind::Group,
                    community: Some(RemoteCommunity {
                        purpose: String::new(),
                        boundary: Boundary::Public,
                        join_policy: JoinPolicy::Open,
                        posting_policy: PostingPolicy::Anyone,
                    }),
                    ..remote("group")
                };
                remote_accounts::put(tx, &group)
            })
            .unwrap();
        let said = note(bob, "https://p.example/n/1".into(), Visibility::Public, &[]);
        let (narrower, announced) = (said.clone(), said.clone());
        let post = world.write(move |tx| receive_post(tx, &said)).unwrap().id;
        let known = world.meanwhile(
            move |tx| {
                let narrower = RemotePost {
                    visibility: Visibility::Direct,
                    edited_at: Some(tx.now()),
                    ..narrower
                };
                update_remote(tx, &narrower).map(drop)
            },
            move |tx| {
                let announced = RemotePost {
                    community: Some(group),
                    announced: true,
                    ..announced
                };
                receive_post(tx, &announced)
            },
        );
        known.unwrap();
        let left = world.read(move |conn| posts::get(conn, post));
        assert_eq!(
            (left.audience, left.community_id),
            (Audience::Mentioned, None),
            "{}",
            world.kind
        );
    });
}
