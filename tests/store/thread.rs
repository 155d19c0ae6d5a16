//! A question and its answers, from asking to accepting, through the actions alone.

use cordee::actions::accept_answer::{accept_answer, unaccept_answer};
use cordee::actions::create_post::{NewPost, Outcome, create_post};
use cordee::actions::delete_post::delete_post;
use cordee::error::Error;
use cordee::model::refusal::Refusal;
use cordee::model::words::{Boundary, JoinPolicy, Kind, QuestionState};
use cordee::store::{held, posts};

use crate::support::world::{World, text};

#[test]
fn only_the_asker_or_a_steward_accepts_and_the_state_follows() {
    World::each(|w| {
        let (ada, bob, cleo) = (w.person("ada"), w.person("bob"), w.person("cleo"));
        w.community("pumps", Boundary::Public, JoinPolicy::Open, [ada, bob]);
        let question = w
            .publish(
                ada,
                text("@pumps #question Why does the seal leak? Since Monday."),
            )
            .unwrap();
        assert_eq!(
            (question.kind, question.title.as_str()),
            (Kind::Question, "Why does the seal leak?")
        );
        assert!(
            question.community_id.is_some() && question.announce_id.is_some(),
            "{}",
            w.kind
        );
        let answer = w
            .publish(
                cleo,
                NewPost {
                    parent: Some(question.id),
                    ..text("Change the ring")
                },
            )
            .unwrap();
        assert_eq!(answer.kind, Kind::Answer);
        let state =
            |w: &World| w.read(move |conn| Ok(posts::get(conn, question.id)?.question_state));
        assert_eq!(state(w), Some(QuestionState::Answered));
        let id = answer.id;
        let refused = w.write(move |tx| accept_answer(tx, cleo, id, "", None));
        assert!(
            matches!(refused, Err(Error::Forbidden(Refusal::NotTheAsker))),
            "{}",
            w.kind
        );
        w.write(move |tx| accept_answer(tx, bob, id, "it worked", None))
            .unwrap();
        assert_eq!(state(w), Some(QuestionState::Accepted));
        w.write(move |tx| unaccept_answer(tx, ada, id)).unwrap();
        assert_eq!(state(w), Some(QuestionState::Answered));
        w.write(move |tx| accept_answer(tx, ada, id, "", None))
            .unwrap();
        w.write(move |tx| delete_post(tx, cleo, id)).unwrap();
        assert_eq!(state(w), Some(QuestionState::Open), "{}", w.kind);
    });
}

#[test]
fn a_reply_that_is_a_command_is_carried_out_and_never_stored() {
    World::each(|w| {
        let (ada, bob) = (w.person("ada"), w.person("bob"));
        w.community("pumps", Boundary::Public, JoinPolicy::Open, [ada, bob]);
        let question = w
            .publish(ada, text("@pumps #vraag Waarom lekt het?"))
            .unwrap();
        let answer = w
            .publish(
                bob,
                NewPost {
                    parent: Some(question.id),
                    ..text("The ring")
                },
            )
            .unwrap();
        let command = NewPost {
            parent: Some(answer.id),
            ..text("@bob #accepté merci")
        };
        let outcome = w.write(move |tx| create_post(tx, ada, command)).unwrap();
        let Outcome::Commanded { about, id } = outcome else {
            panic!("it was stored")
        };
        assert_eq!(about, answer.id);
        assert!(
            w.read(move |conn| posts::find(conn, id)).is_none(),
            "{}",
            w.kind
        );
        let accepted = w.read(move |conn| posts::list_accepted(conn, &[answer.id]));
        assert_eq!(accepted, vec![answer.id], "{}", w.kind);
    });
}

#[test]
fn the_same_idempotency_key_makes_one_post_and_another_body_is_refused() {
    World::each(|w| {
        let ada = w.person("ada");
        let keyed = |hash: &str| NewPost {
            idempotency: Some(("key".into(), hash.into())),
            ..text("once")
        };
        let first = w.publish(ada, keyed("a")).unwrap();
        assert_eq!(
            w.publish(ada, keyed("a")).unwrap().id,
            first.id,
            "{}",
            w.kind
        );
        assert!(
            matches!(w.publish(ada, keyed("b")), Err(Error::Invalid { .. })),
            "{}",
            w.kind
        );
        w.clock.advance_seconds(25 * 3600);
        assert_ne!(
            w.publish(ada, keyed("b")).unwrap().id,
            first.id,
            "{}",
            w.kind
        );
    });
}

#[test]
fn replies_at_the_same_time_are_all_counted() {
    World::each(|w| {
        let (ada, bob) = (w.person("ada"), w.person("bob"));
        let question = w.publish(ada, text("Why does the seal leak?")).unwrap();
        let replies = (0..16).map(|n| {
            let reply = NewPost {
                parent: Some(question.id),
                ..text(&format!("reply {n}"))
            };
            w.app
                .db
                .write(move |tx| create_post(tx, bob, reply).map(drop))
        });
        for done in w.runtime.block_on(futures::future::join_all(replies)) {
            done.unwrap();
        }
        let found = w.read(move |conn| posts::get(conn, question.id));
        assert_eq!(found.replies_count, 16, "{}", w.kind);
    });
}

#[test]
fn of_what_waits_the_first_and_the_newest_activity_are_kept() {
    World::each(|w| {
        let ada = w.person("ada");
        let post = w.publish(ada, text("Why does the seal leak?")).unwrap().id;
        let kept = w.write(move |tx| {
            for body in ["create", "first change", "second change"] {
                held::keep(tx, post, body)?;
            }
            held::take(tx, post)
        });
        assert_eq!(kept.unwrap(), ["create", "second change"], "{}", w.kind);
    });
}
