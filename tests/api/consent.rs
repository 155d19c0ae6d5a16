//! Consent to quotes: who is asked, who may, and what was taken back.

use cordee::actions::create_post::NewPost;
use cordee::actions::follow::{self, Wish};
use cordee::actions::quotes::{self as actions, Consent, RemoteQuote};
use cordee::model::event::Event;
use cordee::model::ids::{AccountId, PostId};
use cordee::model::quote::{Approvers, Terms};
use cordee::model::words::{FollowState, QuotePolicy, QuoteState, Visibility};
use cordee::store::db::Tx;
use cordee::store::posts::Post;
use cordee::store::quotes::{self, Quote};
use cordee::store::{accounts, follows, outbox};
use serde_json::{Value, json};

use super::domain_blocks::{arrives, stranger};
use crate::support::client::Client;
use crate::support::world::{World, text};

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

fn path(status: &Value) -> String {
    format!("/api/v1/statuses/{}", id(status))
}

fn quote(client: &Client<'_>, status: &Value) -> Value {
    client.publish_with(&json!({ "status": "look at this", "quoted_status_id": id(status) }))
}

/// What a reader is told of the quote of a post.
fn seen(client: &Client<'_>, status: &Value) -> Value {
    client.get(&path(status)).expect(200)["quote"].clone()
}

/// What somebody of another node wrote and lets everybody quote.
fn open_elsewhere(world: &World, author: AccountId) -> PostId {
    let post = arrives(world, author, &[]).id;
    world
        .write(move |tx| quotes::set_terms(tx, post, Terms::of(QuotePolicy::Public)))
        .unwrap();
    post
}

#[test]
fn whoever_may_not_read_a_post_is_not_asked_whether_it_may_quote_them() {
    World::each(|world| {
        let lotte_id = world.person("lotte");
        let lotte = world.client(lotte_id);
        world.person("anne");
        let bob = stranger(world, "bob", "p.example");
        let post = open_elsewhere(world, bob).to_string();
        let tries = |status: &str, visibility: &str| {
            let body =
                json!({ "status": status, "visibility": visibility, "quoted_status_id": post });
            lotte.post("/api/v1/statuses", &body)
        };
        for (status, visibility) in [
            ("@anne look what he writes", "direct"),
            ("look what he writes", "private"),
        ] {
            let said = tries(status, visibility).expect(422);
            assert_eq!(
                said["field"], "quoted_status_id",
                "{visibility} on {}",
                world.kind
            );
        }
        for (status, visibility) in [
            ("@bob@p.example is that so?", "direct"),
            ("@bob@p.example is that so?", "private"),
            ("is that so?", "unlisted"),
        ] {
            let made = tries(status, visibility).expect(200);
            assert_eq!(made["quote"]["state"], "pending", "{}", world.kind);
        }
        world
            .write(move |tx| {
                let row = follow::follow(tx, bob, lotte_id, Wish::default(), None)?;
                let agreed = follows::Follow {
                    state: FollowState::Accepted,
                    ..row
                };
                follows::put(tx, &agreed)
            })
            .unwrap();
        tries("look", "private").expect(200);
        tries("@anne look", "direct").expect(422);
    });
}

#[test]
fn a_request_leaves_only_where_its_reader_may_read_what_quotes() {
    World::each(|world| {
        let lotte = world.person("lotte");
        let bob = stranger(world, "bob", "p.example");
        let quoted = arrives(world, bob, &[]);
        for (visibility, asked) in [
            (Visibility::Direct, false),
            (Visibility::Private, false),
            (Visibility::Public, true),
        ] {
            let new = NewPost {
                visibility: Some(visibility),
                ..text("not for everybody")
            };
            let post = world.publish(lotte, new).unwrap().id;
            let (quoted_id, quoted_uri) = (Some(quoted.id), quoted.uri.clone());
            let request = world
                .write(move |tx| {
                    let id = tx.new_id();
                    let request = tx.node().activity_uri(id);
                    let row = Quote {
                        id,
                        post_id: post,
                        quoted_id,
                        quoted_uri,
                        state: QuoteState::Pending,
                        request_uri: Some(request.clone()),
                        stamp_uri: None,
                        created_at: tx.now(),
                    };
                    quotes::insert(tx, &row)?;
                    tx.emit(Event::QuoteRequested { quote: id });
                    Ok(request)
                })
                .unwrap();
            let sent = world.read(move |conn| outbox::find_body(conn, &request));
            assert_eq!(sent.is_some(), asked, "{visibility} on {}", world.kind);
        }
    });
}

#[test]
fn what_stays_here_quotes_a_post_elsewhere_by_its_policy_alone() {
    World::each(|world| {
        let lotte = world.client(world.person("lotte"));
        let bob = stranger(world, "bob", "p.example");
        let post = open_elsewhere(world, bob);
        let body =
            json!({ "status": "x", "boundary": "node", "quoted_status_id": post.to_string() });
        let made = lotte.post("/api/v1/statuses", &body).expect(200);
        assert_eq!(made["quote"]["state"], "accepted", "{}", world.kind);
        // Nobody can be asked: where the author wants to be, it cannot be quoted.
        let asks = Terms {
            manual: Approvers::parse("public"),
            ..Terms::NOBODY
        };
        world
            .write(move |tx| quotes::set_terms(tx, post, asks))
            .unwrap();
        let said = lotte.post("/api/v1/statuses", &body).expect(422);
        assert_eq!(said["field"], "quoted_status_id");
        let open = json!({ "status": "x", "quoted_status_id": post.to_string() });
        let made = lotte.post("/api/v1/statuses", &open).expect(200);
        assert_eq!(made["quote"]["state"], "pending");
    });
}

/// A post of another node says what it quotes.
fn says(world: &World, post: &Post, quote: Option<&str>) {
    let (post, quote) = (
        post.clone(),
        quote.map(|uri| RemoteQuote {
            uri: uri.to_owned(),
            consent: Consent::Missing,
        }),
    );
    world
        .write(move |tx| actions::received(tx, &post, quote.as_ref(), None))
        .unwrap();
}

/// Somebody of another node asks whether a post of theirs may quote.
fn asks(world: &World, by: AccountId, post: &Post, quoted: &str) -> QuoteState {
    let (post, quoted) = (post.id, quoted.to_owned());
    world
        .write(move |tx| {
            let by = accounts::get(tx, by)?;
            let request = format!("{}/ask/{}", by.uri, tx.new_id());
            Ok(actions::requested(tx, &by, post, &quoted, &request)?.state)
        })
        .unwrap()
}

#[test]
fn what_was_taken_back_stays_so_however_a_post_is_edited_elsewhere() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let mei = stranger(world, "mei", "p.example");
        let (first, other) = (karim.publish("the words"), karim.publish("others"));
        let [uri, other] = [&first, &other].map(|post| post["uri"].as_str().unwrap().to_owned());
        let theirs = arrives(world, mei, &[]);
        says(world, &theirs, Some(&uri));
        assert_eq!(asks(world, mei, &theirs, &uri), QuoteState::Accepted);
        let revoke = format!("{}/quotes/{}/revoke", path(&first), theirs.id);
        karim.post(&revoke, &json!({})).expect(200);
        for step in [None, Some(other.as_str()), Some(uri.as_str())] {
            says(world, &theirs, step);
        }
        assert_eq!(
            asks(world, mei, &theirs, &uri),
            QuoteState::Revoked,
            "{}",
            world.kind
        );
        says(world, &theirs, None);
        let shown = karim.get(&format!("/api/v1/statuses/{}", theirs.id));
        assert_eq!(shown.expect(200)["quote"]["state"], "revoked");
    });
}

#[test]
fn a_quote_without_text_can_be_edited() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let post = karim.publish("mine");
        let bare = karim.publish_with(&json!({ "quoted_status_id": id(&post) }));
        for change in [
            json!({ "language": "fr" }),
            json!({ "status": "", "spoiler_text": "old" }),
            json!({ "quote_approval_policy": "nobody" }),
        ] {
            let edited = karim.put(&path(&bare), &change).expect(200);
            assert_eq!(edited["quote"]["state"], "accepted", "{}", world.kind);
        }
        let plain = karim.publish("text");
        karim
            .put(&path(&plain), &json!({ "status": "" }))
            .expect(422);
    });
}

#[test]
fn consent_that_is_taken_back_meanwhile_is_not_given_again() {
    World::each(|world| {
        let karim_id = world.person("karim");
        let karim = world.client(karim_id);
        let mei = stranger(world, "mei", "p.example");
        let first = karim.publish("the words");
        let uri = first["uri"].as_str().unwrap().to_owned();
        let quoted: PostId = id(&first).parse().unwrap();
        let theirs = arrives(world, mei, &[]);
        says(world, &theirs, Some(&uri));
        assert_eq!(asks(world, mei, &theirs, &uri), QuoteState::Accepted);
        let post = theirs.id;
        let state = world.meanwhile(
            move |tx| actions::revoke(tx, karim_id, quoted, post).map(drop),
            move |tx| {
                let by = accounts::get(tx, mei)?;
                let request = format!("{}/ask/again", by.uri);
                Ok(actions::requested(tx, &by, post, &uri, &request)?.state)
            },
        );
        assert_eq!(state.unwrap(), QuoteState::Revoked, "{}", world.kind);
        let kept = world.read(move |conn| quotes::find_of_post(conn, post));
        assert_eq!(kept.unwrap().state, QuoteState::Revoked, "{}", world.kind);
    });
}

#[test]
fn a_policy_can_be_set_twice_at_once() {
    World::each(|world| {
        let karim_id = world.person("karim");
        let post: PostId = id(&world.client(karim_id).publish("mine")).parse().unwrap();
        let set = move |policy| {
            move |tx: &mut Tx<'_>| actions::set_policy(tx, karim_id, post, policy).map(drop)
        };
        let (first, second) = (set(QuotePolicy::Nobody), set(QuotePolicy::Followers));
        world.meanwhile(first, second).unwrap();
        let terms = world.read(move |conn| quotes::terms_of(conn, post, true));
        assert_eq!(terms, Terms::of(QuotePolicy::Followers), "{}", world.kind);
    });
}

#[test]
fn a_node_that_somebody_shut_out_quotes_and_is_quoted_for_them_no_more() {
    World::each(|world| {
        let [karim, lotte] =
            [world.person_with_password("karim"), world.person("lotte")].map(|id| world.client(id));
        let bob = stranger(world, "bob", "p.example");
        let theirs = open_elsewhere(world, bob);
        let body =
            json!({ "status": "look", "boundary": "node", "quoted_status_id": theirs.to_string() });
        let quoting = lotte.publish_with(&body);
        assert_eq!(seen(&karim, &quoting)["state"], "accepted");
        let browser = world.signed_in("karim");
        let page = || browser.open(&format!("/posts/{}", id(&quoting))).text;
        assert!(page().contains("A worn gasket"), "{}", world.kind);
        let shut_out = json!({ "domain": "p.example" });
        karim.post("/api/v1/domain_blocks", &shut_out).expect(200);
        let shown = seen(&karim, &quoting);
        assert_eq!(shown["state"], "blocked_domain", "{}", world.kind);
        assert_eq!(seen(&lotte, &quoting)["state"], "accepted");
        assert!(!page().contains("A worn gasket"), "{}", world.kind);
        let mine = karim.publish("mine");
        let uri = mine["uri"].as_str().unwrap();
        let asking = arrives(world, bob, &[]);
        says(world, &asking, Some(uri));
        assert_eq!(asks(world, bob, &asking, uri), QuoteState::Rejected);
    });
}

#[test]
fn whoever_is_shunned_is_not_among_those_who_quote() {
    World::each(|world| {
        let ids = ["karim", "lotte", "mei"].map(|name| world.person(name));
        let [karim, lotte, mei] = ids.map(|id| world.client(id));
        let post = karim.publish("open");
        quote(&lotte, &post);
        let path = format!("{}/quotes", path(&post));
        let listed = |client: &Client<'_>| client.get(&path).expect(200).as_array().unwrap().len();
        assert_eq!((listed(&mei), listed(&karim)), (1, 1), "{}", world.kind);
        let block = |of: &Client<'_>, whom: AccountId, what: &str| {
            of.post(&format!("/api/v1/accounts/{whom}/{what}"), &json!({}))
                .expect(200);
        };
        block(&mei, ids[1], "block");
        assert_eq!(listed(&mei), 0, "{}", world.kind);
        block(&mei, ids[1], "unblock");
        block(&lotte, ids[2], "block");
        assert_eq!(listed(&mei), 0, "{}", world.kind);
        assert_eq!(listed(&karim), 1);
    });
}
