//! What other nodes hear of an answer of ours that is accepted.

use axum::body::Body;
use axum::http::Request;
use cordee::actions::accept_answer::{accept_answer, unaccept_answer};
use cordee::actions::create_post::NewPost;
use cordee::store::outbox;

use super::polls::followed_by_alice;
use crate::support::world::{World, text};

#[test]
fn an_accepted_answer_is_told_by_an_update_of_its_own() {
    World::each(|w| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| w.person(name));
        followed_by_alice(w, karim);
        let asked = w.publish(lotte, text("#question Why?")).unwrap();
        let reply = NewPost {
            parent: Some(asked.id),
            ..text("A worn ring")
        };
        let answer = w.publish(karim, reply).unwrap().id;
        let waiting = || w.read(|conn| outbox::queues(conn, Some("p.example")))[0].waiting;
        let told = || {
            let request = Request::get(format!("/posts/{answer}"))
                .header("host", "localhost:7400")
                .header("accept", "application/activity+json")
                .body(Body::empty());
            w.visitor().send(request.unwrap()).expect(200)["answer"].clone()
        };
        let before = waiting();
        w.write(move |tx| accept_answer(tx, lotte, answer, "", None))
            .unwrap();
        assert_eq!((waiting(), told()), (before + 1, true.into()), "{}", w.kind);
        w.write(move |tx| unaccept_answer(tx, lotte, answer))
            .unwrap();
        assert_eq!(
            (waiting(), told().is_null()),
            (before + 2, true),
            "{}",
            w.kind
        );
    });
}
