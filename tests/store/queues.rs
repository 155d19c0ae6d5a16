//! The queues: what waits is claimed once and in order, on both databases.

use chrono::TimeDelta;
use cordee::model::ids::AccountId;
use cordee::model::words::ActorKind;
use cordee::store::accounts::{self, Account};
use cordee::store::outbox::{self, Target};
use cordee::store::page::Page;
use cordee::store::{audit, inbound, jobs, peers};

use crate::support::world::World;

#[test]
fn a_lane_is_worked_on_in_order_and_lanes_beside_each_other() {
    World::each(|w| {
        w.write(|tx| {
            for (lane, payload) in [("a", "1"), ("a", "2"), ("b", "3"), ("a", "4")] {
                jobs::enqueue(tx, "test", lane, payload)?;
            }
            Ok(())
        })
        .unwrap();
        let claim = || {
            w.write(|tx| jobs::claim(tx, 8, TimeDelta::minutes(1)))
                .unwrap()
        };
        let first = claim();
        let payloads: Vec<&str> = first.iter().map(|job| job.payload.as_str()).collect();
        assert_eq!(payloads, ["1", "3"], "{}", w.kind);
        assert!(
            claim().is_empty(),
            "{}: held jobs are not claimed again",
            w.kind
        );
        let id = first[0].id;
        w.write(move |tx| jobs::finish(tx, id)).unwrap();
        let second = claim();
        assert_eq!(second[0].payload, "2", "{}", w.kind);
        let id = second[0].id;
        w.write(move |tx| {
            let later = tx.now() + TimeDelta::hours(1);
            jobs::fail(tx, id, "not now", later)
        })
        .unwrap();
        assert!(
            claim().is_empty(),
            "{}: the lane waits for what failed",
            w.kind
        );
        assert!(w.read(jobs::next_due).is_some(), "{}", w.kind);
        let id = first[1].id;
        w.write(move |tx| jobs::release(tx, &[id])).unwrap();
        assert_eq!(claim()[0].payload, "3", "{}: given back", w.kind);
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn deliveries_wait_per_peer_and_in_order() {
    World::each(|w| {
        let far = chrono::DateTime::from_timestamp(4_000_000_000, 0)
            .unwrap()
            .naive_utc();
        let target = |n: u32| Target {
            domain: format!("p{n}.example"),
            inbox_url: format!("https://p{n}.example/inbox"),
        };
        w.write(move |tx| {
            let sender = AccountId(tx.new_id());
            let row = Account::local(
                sender,
                ActorKind::Person,
                "sender",
                "https://n.example",
                tx.now(),
            );
            accounts::insert(tx, &row)?;
            for n in 1..=3 {
                let uri = format!("https://n.example/activities/{n}");
                outbox::enqueue(tx, &uri, sender, "{}", [target(1), target(2), target(1)])?;
            }
            let nobody = outbox::enqueue(tx, "https://n.example/x", sender, "{}", [])?;
            assert_eq!(nobody, None);
            Ok(())
        })
        .unwrap();
        let due = w.read(move |conn| outbox::due_peers(conn, far));
        assert_eq!(due.len(), 2, "{}", w.kind);
        let peer = due[0];
        let waiting = w.read(move |conn| outbox::next_for(conn, peer, far, 10));
        let order: Vec<&str> = waiting.iter().map(|d| d.activity_uri.as_str()).collect();
        assert_eq!(order.len(), 3, "{}: named twice, sent once", w.kind);
        assert!(order.is_sorted(), "{}", w.kind);
        let first = waiting[0].clone();
        w.write(move |tx| outbox::succeeded(tx, &first)).unwrap();
        let second = waiting[1].clone();
        w.write(move |tx| outbox::gave_up(tx, &second, "p.example", "answered 422"))
            .unwrap();
        let queues = w.read(|conn| outbox::queues(conn, None));
        assert_eq!(
            queues.iter().map(|q| q.waiting).sum::<i64>(),
            4,
            "{}",
            w.kind
        );
        w.write(move |tx| {
            let later = tx.now() + TimeDelta::hours(1);
            outbox::failed(tx, peer, "does not answer", later)
        })
        .unwrap();
        let past = chrono::DateTime::UNIX_EPOCH.naive_utc();
        let next = |except: Vec<i64>| {
            w.read(move |conn| outbox::next_attempt(conn, &except, past))
                .is_some()
        };
        assert!(next(vec![]) && !next(vec![peer]), "{}", w.kind);
        w.write(move |tx| outbox::drop_peer(tx, peer)).unwrap();
        let pruned = w.write(move |tx| outbox::prune(tx, far)).unwrap();
        assert_eq!(
            pruned, 0,
            "{}: the other peer still waits for all three",
            w.kind
        );
    });
}

#[test]
fn a_refusal_holds_up_that_delivery_alone_and_what_is_too_old_is_given_up_by_name() {
    World::each(|w| {
        let peer = w
            .write(|tx| {
                let sender = AccountId(tx.new_id());
                let base = "https://n.example";
                let row = Account::local(sender, ActorKind::Person, "sender", base, tx.now());
                accounts::insert(tx, &row)?;
                for n in 1..=2 {
                    let uri = format!("https://n.example/activities/{n}");
                    let target = Target {
                        domain: "p.example".into(),
                        inbox_url: "https://p.example/inbox".into(),
                    };
                    outbox::enqueue(tx, &uri, sender, "{}", [target])?;
                }
                Ok(peers::find(tx, "p.example")?.unwrap().id)
            })
            .unwrap();
        let next = || {
            w.read(move |conn| outbox::next_for(conn, peer, conn_now(), 10))
                .into_iter()
                .map(|delivery| (delivery.refusals, delivery.activity_uri))
                .collect::<Vec<_>>()
        };
        let first = w.read(move |conn| outbox::next_for(conn, peer, conn_now(), 10))[0].clone();
        let again = first.clone();
        w.write(move |tx| {
            let later = conn_now() + TimeDelta::hours(1);
            outbox::refused(tx, &first, "answered 404", later)
        })
        .unwrap();
        let one = "https://n.example/activities/1".to_owned();
        let two = "https://n.example/activities/2".to_owned();
        assert_eq!(next(), [(0, two.clone())], "{}", w.kind);
        let known = w.read(|conn| peers::find(conn, "p.example")).unwrap();
        assert_eq!((known.failures, known.next_attempt_at), (0, None));
        assert_eq!(known.last_error.as_deref(), Some("answered 404"));
        w.write(move |tx| outbox::wake_refused(tx, &again, 8))
            .unwrap();
        assert_eq!(next(), [(1, one), (0, two)], "{}", w.kind);
        let lost = w
            .write(|tx| outbox::expire(tx, conn_now() + TimeDelta::days(1)))
            .unwrap();
        assert_eq!((lost, next()), (2, vec![]), "{}", w.kind);
        let deeds = w.read(|conn| audit::list(conn, &Page::first(5)));
        assert_eq!(
            (deeds[0].action.as_str(), deeds[0].target.as_str()),
            ("delivery.failed", "p.example")
        );
        assert!(deeds[0].detail.starts_with("2 "), "{}", deeds[0].detail);
    });
}

/// Later than the clock of every test world.
fn conn_now() -> chrono::NaiveDateTime {
    chrono::DateTime::from_timestamp(1_900_000_000, 0)
        .unwrap()
        .naive_utc()
}

#[test]
fn an_activity_is_taken_in_once() {
    World::each(|w| {
        let row = |id| inbound::Inbound {
            id,
            activity_uri: "https://p.example/1".into(),
            signer_uri: "https://p.example/u".into(),
            peer_domain: "p.example".into(),
            body: "{}".into(),
            outcome: None,
            received_at: chrono::DateTime::from_timestamp(1_700_000_000, 0)
                .unwrap()
                .naive_utc(),
        };
        assert!(w.write(move |tx| inbound::insert(tx, &row(1))).unwrap());
        assert!(
            !w.write(move |tx| inbound::insert(tx, &row(2))).unwrap(),
            "{}",
            w.kind
        );
        let one = w.write(|tx| peers::ensure(tx, "p.example")).unwrap();
        let same = w.write(|tx| peers::ensure(tx, "p.example")).unwrap();
        assert_eq!(one, same, "{}", w.kind);
    });
}
