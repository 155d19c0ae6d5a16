//! Two transactions of which one begins while the other is not committed yet. On PostgreSQL alone: SQLite has one writer.

use std::sync::mpsc;
use std::time::Duration;

use cordee::actions::block_domain::{block_domain, unblock_domain};
use cordee::actions::charter::{self, CharterChanges};
use cordee::actions::create_post::{NewPost, Outcome, create_post};
use cordee::actions::delete_post::delete_post;
use cordee::actions::follow::{self, Wish};
use cordee::actions::react;
use cordee::actions::take_along::{TAKE_ALONG, take_along};
use cordee::error::{Error, Result};
use cordee::model::ids::{AccountId, PostId};
use cordee::model::notice::Policy;
use cordee::model::viewer::Viewer;
use cordee::model::words::{
    ActorKind, Audience, Boundary, CommunityRole, FollowState, JoinPolicy, Listing, PolicyAction,
    Visibility,
};
use cordee::store::conversations::{self, Conversation};
use cordee::store::db::Tx;
use cordee::store::follows::{self, Mute};
use cordee::store::page::Page;
use cordee::store::{
    accounts, communities, hold, jobs, notification_policy, notifications, posts, regards,
};

use crate::support::databases::{Database, query, server};
use crate::support::world::{World, posted, text};

/// A node on PostgreSQL, where this machine offers one; which databases the tests ran on is told at their end.
fn world() -> Option<World> {
    Database::postgres().map(World::on)
}

/// Whether a transaction of this world waits for another.
fn somebody_waits(world: &World) -> bool {
    let (Some(url), Some(schema)) = (server(), world.schema()) else {
        return false;
    };
    // Whoever waits has read a table of its own schema before, and keeps the lock that goes with it.
    let sql = format!(
        "SELECT waits.pid::text, '', '', waits.granted FROM pg_locks waits \
         JOIN pg_locks uses ON uses.pid = waits.pid AND uses.locktype = 'relation' AND uses.granted \
         JOIN pg_class ON pg_class.oid = uses.relation \
         JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace \
         WHERE NOT waits.granted AND pg_namespace.nspname = '{schema}'"
    );
    !query(url, &sql).is_empty()
}

/// Runs one piece of work, and another that begins when the first is written and not committed; the first is committed
/// when the other is done or waits for it.
fn beside<A: Send + 'static, B: Send + 'static>(
    world: &World,
    first: impl FnOnce(&mut Tx<'_>) -> Result<A> + Send + 'static,
    second: impl FnOnce(&mut Tx<'_>) -> Result<B> + Send + 'static,
) -> (Result<A>, Result<B>) {
    around(world, first, second, |_| Ok(()))
}

/// The same where the first still has something to do when the other is done or waits for it.
fn around<A: Send + 'static, B: Send + 'static>(
    world: &World,
    first: impl FnOnce(&mut Tx<'_>) -> Result<A> + Send + 'static,
    second: impl FnOnce(&mut Tx<'_>) -> Result<B> + Send + 'static,
    rest: impl FnOnce(&mut Tx<'_>) -> Result<()> + Send + 'static,
) -> (Result<A>, Result<B>) {
    let (written, is_written) = mpsc::channel();
    let (go, may_go) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let one = scope.spawn(move || {
            world.write(move |tx| {
                let done = first(tx)?;
                written.send(()).unwrap();
                may_go.recv().unwrap();
                rest(tx)?;
                Ok(done)
            })
        });
        is_written.recv().unwrap();
        let two = scope.spawn(move || world.write(second));
        while !two.is_finished() && !somebody_waits(world) {
            std::thread::sleep(Duration::from_millis(5));
        }
        go.send(()).unwrap();
        (one.join().unwrap(), two.join().unwrap())
    })
}

/// How many follow somebody, as the profile says, and whether one of them is this one.
fn followers(world: &World, follower: AccountId, target: AccountId) -> (i32, bool) {
    world.read(move |conn| {
        let count = accounts::get(conn, target)?.followers_count;
        Ok((count, follows::find(conn, follower, target)?.is_some()))
    })
}

#[test]
fn no_follow_outlives_a_block_that_is_written_beside_it() {
    let Some(world) = world() else { return };
    let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
    let follow = move |tx: &mut Tx<'_>| follow::follow(tx, lotte, karim, Wish::default(), None);
    let block = move |tx: &mut Tx<'_>| follow::block(tx, karim, lotte, None);
    let (blocked, followed) = beside(&world, block, follow);
    blocked.unwrap();
    assert!(matches!(followed, Err(Error::Forbidden(_))));
    assert_eq!(followers(&world, lotte, karim), (0, false), "block first");
    world
        .write(move |tx| follow::unblock(tx, karim, lotte))
        .unwrap();
    let (followed, blocked) = beside(&world, follow, block);
    followed.unwrap();
    blocked.unwrap();
    assert_eq!(followers(&world, lotte, karim), (0, false), "follow first");
}

#[test]
fn no_follow_that_is_agreed_to_beside_a_block_outlives_it() {
    let Some(world) = world() else { return };
    let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
    for block_first in [true, false] {
        world
            .write(move |tx| {
                follow::unblock(tx, karim, lotte)?;
                let row = follow::follow(tx, lotte, karim, Wish::default(), None)?;
                let asked = follows::Follow {
                    state: FollowState::Requested,
                    ..row
                };
                follows::put(tx, &asked)
            })
            .unwrap();
        let agree = move |tx: &mut Tx<'_>| follow::decide_follow(tx, karim, lotte, true);
        let block = move |tx: &mut Tx<'_>| follow::block(tx, karim, lotte, None);
        if block_first {
            let (blocked, agreed) = beside(&world, block, agree);
            blocked.unwrap();
            assert!(matches!(agreed, Err(Error::NotFound)));
        } else {
            let (agreed, blocked) = beside(&world, agree, block);
            agreed.unwrap();
            blocked.unwrap();
        }
        assert_eq!(followers(&world, lotte, karim), (0, false), "{block_first}");
    }
}

#[test]
fn no_follow_from_a_node_outlives_that_it_was_shut_out_beside_it() {
    let Some(world) = world() else { return };
    let karim = world.person("karim");
    let alice = world
        .write(|tx| {
            let (id, now) = (AccountId(tx.new_id()), tx.now());
            let base = "https://p.example";
            let mut row = accounts::Account::local(id, ActorKind::Person, "alice", base, now);
            row.domain = "p.example".into();
            accounts::insert(tx, &row)?;
            Ok(id)
        })
        .unwrap();
    let follow = move |tx: &mut Tx<'_>| {
        let uri = Some("https://p.example/f/1".to_owned());
        follow::follow(tx, alice, karim, Wish::default(), uri)
    };
    let shut_out = move |tx: &mut Tx<'_>| block_domain(tx, karim, "p.example");
    let (blocked, followed) = beside(&world, shut_out, follow);
    blocked.unwrap();
    assert!(matches!(followed, Err(Error::Forbidden(_))));
    world
        .write(move |tx| unblock_domain(tx, karim, "p.example"))
        .unwrap();
    let (followed, blocked) = beside(&world, follow, shut_out);
    followed.unwrap();
    blocked.unwrap();
    assert_eq!(followers(&world, alice, karim), (0, false));
}

#[test]
fn two_who_follow_each_other_at_once_both_do() {
    let Some(world) = world() else { return };
    let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
    let (one, other) = beside(
        &world,
        move |tx| follow::follow(tx, lotte, karim, Wish::default(), None),
        move |tx| follow::follow(tx, karim, lotte, Wish::default(), None),
    );
    one.unwrap();
    other.unwrap();
    assert_eq!(followers(&world, lotte, karim), (1, true));
    assert_eq!(followers(&world, karim, lotte), (1, true));
}

#[test]
fn a_request_that_comes_twice_at_once_is_carried_out_once() {
    let Some(world) = world() else { return };
    let karim = world.person("karim");
    let send = move |tx: &mut Tx<'_>| {
        let new = NewPost {
            idempotency: Some(("key".into(), "the same".into())),
            ..text("once")
        };
        match create_post(tx, karim, new)? {
            Outcome::Posted(post) => Ok(post.id),
            Outcome::Commanded { .. } => panic!("a post"),
        }
    };
    let (one, other) = beside(&world, send, send);
    assert_eq!(one.unwrap(), other.unwrap());
}

#[test]
fn a_conversation_begins_once() {
    let Some(world) = world() else { return };
    let karim = world.person("karim");
    let post = world.publish(karim, text("one")).unwrap().id;
    let later = world.publish(karim, text("two")).unwrap().id;
    let begin = move |last: PostId| {
        move |tx: &mut Tx<'_>| {
            let row = Conversation {
                id: tx.new_id(),
                account_id: karim,
                root_id: post,
                last_post_id: last,
                unread: true,
            };
            conversations::record(tx, &row)
        }
    };
    let (one, other) = beside(&world, begin(post), begin(later));
    one.unwrap();
    other.unwrap();
    let now = world.app.db.now();
    let all = world.read(move |conn| conversations::list(conn, karim, now, &Page::first(9)));
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].last_post_id, later);
}

#[test]
fn what_is_set_twice_at_once_is_as_the_later_one_said() {
    let Some(world) = world() else { return };
    let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
    let policy = move |bots: PolicyAction| {
        let policy = Policy {
            bots,
            ..Policy::OPEN
        };
        move |tx: &mut Tx<'_>| notification_policy::set(tx, karim, policy)
    };
    let note =
        move |word: &'static str| move |tx: &mut Tx<'_>| regards::set_note(tx, karim, lotte, word);
    let mute = move |notifications: bool| {
        move |tx: &mut Tx<'_>| {
            let row = Mute {
                id: tx.new_id(),
                account_id: karim,
                target_id: lotte,
                notifications,
                expires_at: None,
                created_at: tx.now(),
            };
            follows::mute(tx, &row)
        }
    };
    let marker = move |last: &'static str| {
        move |tx: &mut Tx<'_>| {
            let now = tx.now();
            notifications::set_marker(tx, karim, "home", last, now)
        }
    };
    let both = |(one, other): (Result<()>, Result<()>)| one.and(other).unwrap();
    for _ in ["new", "there"] {
        let (drop, filter) = (PolicyAction::Drop, PolicyAction::Filter);
        both(beside(&world, policy(drop), policy(filter)));
        both(beside(&world, note("first"), note("second")));
        both(beside(&world, mute(true), mute(false)));
    }
    let (one, other) = beside(&world, marker("1"), marker("2"));
    assert_eq!(one.unwrap().version, 1);
    assert_eq!(other.unwrap().version, 2);
    let (set, notes, mutes) = world.read(move |conn| {
        let now = chrono::DateTime::UNIX_EPOCH.naive_utc();
        Ok((
            notification_policy::find(conn, karim)?.bots,
            regards::list_notes(conn, karim, &[lotte])?,
            follows::list_mutes(conn, karim, now, &Page::first(9))?,
        ))
    });
    assert_eq!(set, PolicyAction::Filter);
    assert_eq!(notes, [(lotte, "second".to_owned())]);
    assert_eq!((mutes.len(), mutes[0].notifications), (1, false));
}

#[test]
fn a_charter_that_two_stewards_change_at_once_is_as_both_said() {
    let Some(world) = world() else { return };
    let [karim, lotte, bart] = ["karim", "lotte", "bart"].map(|name| world.person(name));
    let club = world.community("club", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
    world
        .write(move |tx| charter::appoint(tx, club, bart, CommunityRole::Steward))
        .unwrap();
    let change = move |by: AccountId, changes: CharterChanges| {
        move |tx: &mut Tx<'_>| charter::change(tx, Some(by), club, changes)
    };
    let purpose = CharterChanges {
        purpose: Some("Quieter halls".into()),
        ..CharterChanges::default()
    };
    let title = CharterChanges {
        title: Some("Silence".into()),
        ..CharterChanges::default()
    };
    let (one, other) = beside(&world, change(karim, purpose), change(lotte, title));
    one.unwrap();
    other.unwrap();
    let said = world.read(move |conn| {
        let title = accounts::get(conn, club)?.display_name;
        Ok((title, communities::get(conn, club)?.purpose))
    });
    assert_eq!(said, ("Silence".to_owned(), "Quieter halls".to_owned()));
    let stewards = |named: [AccountId; 2]| CharterChanges {
        stewards: Some(named.to_vec()),
        ..CharterChanges::default()
    };
    let without_lotte = change(karim, stewards([karim, bart]));
    let without_karim = change(lotte, stewards([lotte, bart]));
    let (one, other) = beside(&world, without_lotte, without_karim);
    one.unwrap();
    assert!(
        matches!(other, Err(Error::Forbidden(_))),
        "whoever is no steward any more changes nothing"
    );
    let mut left = world.read(move |conn| communities::stewards(conn, club));
    left.sort_unstable();
    assert_eq!(left, [karim, bart]);
}

#[test]
fn a_post_written_beside_the_hiding_of_its_community_is_for_its_members() {
    let Some(world) = world() else { return };
    let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
    for (name, hidden_first) in [("one", true), ("two", false)] {
        let club = world.community(name, Boundary::Public, JoinPolicy::Open, [karim, lotte]);
        let start = NewPost {
            community: Some(club),
            ..text("the start")
        };
        let start = world.publish(karim, start).unwrap();
        let hide = move |tx: &mut Tx<'_>| {
            let hidden = CharterChanges {
                visibility: Some(Listing::Hidden),
                ..CharterChanges::default()
            };
            charter::change(tx, Some(karim), club, hidden)
        };
        let write = move |tx: &mut Tx<'_>| {
            let new = NewPost {
                community: Some(club),
                ..text("among us")
            };
            let reply = NewPost {
                parent: Some(start.id),
                ..text("me too")
            };
            Ok([posted(tx, lotte, new)?.id, posted(tx, lotte, reply)?.id])
        };
        let written = if hidden_first {
            let (hidden, written) = beside(&world, hide, write);
            hidden.unwrap();
            written
        } else {
            let (written, hidden) = beside(&world, write, hide);
            hidden.unwrap();
            written
        };
        let audiences = world.read(move |conn| {
            let found: Result<Vec<Audience>> = written?
                .into_iter()
                .map(|id| Ok(posts::get(conn, id)?.audience))
                .collect();
            found
        });
        assert_eq!(audiences, [Audience::Members; 2], "{name}");
    }
}

#[test]
fn a_post_with_a_key_and_whoever_joins_do_not_stop_each_other() {
    let Some(world) = world() else { return };
    let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
    let club = world.community("club", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
    let bart = world.person("bart");
    assert!(club < bart, "ids are held in their order");
    world
        .write(move |tx| charter::appoint(tx, club, bart, CommunityRole::Member))
        .unwrap();
    let write = move |tx: &mut Tx<'_>| {
        let new = NewPost {
            community: Some(club),
            idempotency: Some(("key".into(), "the same".into())),
            ..text("once")
        };
        posted(tx, bart, new)
    };
    // What joining, leaving and deciding hold, one after the other.
    let (held, written) = around(
        &world,
        move |tx| hold::accounts(tx, &[club]),
        write,
        move |tx| hold::accounts(tx, &[bart]),
    );
    held.unwrap();
    written.unwrap();
}

#[test]
fn whoever_boosts_or_deletes_does_not_stop_who_replies() {
    let Some(world) = world() else { return };
    let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
    let post = world.publish(karim, text("one")).unwrap().id;
    // What a reply holds: whoever writes it, then the post.
    let reply = move |tx: &mut Tx<'_>| hold::post(tx, post);
    let (replied, boosted) = around(
        &world,
        move |tx| hold::accounts(tx, &[lotte]),
        move |tx| react::boost(tx, lotte, post, Visibility::Public, None),
        reply,
    );
    replied.unwrap();
    boosted.unwrap();
    let (replied, deleted) = around(
        &world,
        move |tx| hold::accounts(tx, &[karim]),
        move |tx| delete_post(tx, karim, post),
        reply,
    );
    replied.unwrap();
    deleted.unwrap();
}

#[test]
fn a_post_that_is_deleted_twice_at_once_counts_once() {
    let Some(world) = world() else { return };
    let karim = world.person("karim");
    world.publish(karim, text("one that stays")).unwrap();
    let post = world.publish(karim, text("one that goes")).unwrap().id;
    let delete = move |tx: &mut Tx<'_>| delete_post(tx, karim, post).map(drop);
    let (one, other) = beside(&world, delete, delete);
    one.unwrap();
    assert!(matches!(other, Err(Error::NotFound)), "{other:?}");
    let left = world.read(move |conn| accounts::get(conn, karim));
    assert_eq!(left.posts_count, 1);
}

#[test]
fn a_post_that_somebody_holds_is_hidden_with_its_community() {
    let Some(world) = world() else { return };
    let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
    let club = world.community("club", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
    let new = NewPost {
        community: Some(club),
        ..text("one")
    };
    let post = world.publish(karim, new).unwrap().id;
    let is_open = || {
        let find = move |conn: &mut _| posts::list_visible(conn, &Viewer::Anonymous, &[post]);
        !world.read(find).is_empty()
    };
    let hold = move |tx: &mut Tx<'_>| hold::post(tx, post);
    let hide = move |tx: &mut Tx<'_>| {
        let changes = CharterChanges {
            visibility: Some(Listing::Hidden),
            ..CharterChanges::default()
        };
        charter::change(tx, Some(karim), club, changes)
    };
    let (held, hidden) = beside(&world, hold, hide);
    held.unwrap();
    hidden.unwrap();
    assert!(is_open(), "whoever changes a charter waits for no post");
    let job = move |conn: &mut _| {
        let (lane, payload) = (format!("{TAKE_ALONG} {club}"), club.to_string());
        jobs::is_waiting(conn, TAKE_ALONG, &lane, &payload)
    };
    assert!(world.read(job), "what follows is not forgotten");
    let follow = move |tx: &mut Tx<'_>| take_along(tx, club, PostId(i64::MAX));
    let (held, followed) = beside(&world, hold, follow);
    held.unwrap();
    followed.unwrap();
    assert!(!is_open());
}
