//! Quotes in one node: who may, what its readers see of them, and how consent is taken back.

use cordee::model::quote::{Approvers, Terms};
use cordee::model::words::{Boundary, JoinPolicy, QuotePolicy};
use cordee::store::quotes;
use serde_json::{Value, json};

use super::domain_blocks::{arrives, stranger};
use crate::support::client::Client;
use crate::support::world::World;

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

#[test]
fn a_quote_shows_what_is_quoted_and_tells_its_author() {
    World::each(|world| {
        let [karim, lotte, mei] =
            ["karim", "lotte", "mei"].map(|name| world.client(world.person(name)));
        let first = karim.publish("the first");
        assert_eq!(
            (&first["quote"], &first["quotes_count"]),
            (&json!(null), &json!(0))
        );
        let second = quote(&lotte, &first);
        assert_eq!(second["quote"]["state"], "accepted", "{}", world.kind);
        let inside = &second["quote"]["quoted_status"];
        assert_eq!(
            (
                &inside["id"],
                &inside["account"]["username"],
                &inside["quote"]
            ),
            (&first["id"], &json!("karim"), &json!(null))
        );
        let content = second["content"].as_str().unwrap();
        let link = format!(
            "class=\"quote-inline\">RE: <a href=\"{}\"",
            first["url"].as_str().unwrap()
        );
        assert!(content.contains(&link), "{content}");
        let told = karim.get("/api/v1/notifications?types[]=quote").expect(200);
        assert_eq!(
            (&told[0]["type"], &told[0]["status"]["id"]),
            (&json!("quote"), &second["id"])
        );
        let third = quote(&mei, &second);
        assert_eq!(
            third["quote"]["quoted_status"]["quote"],
            json!({ "state": "accepted", "quoted_status_id": id(&first) }),
            "a quote in a quote is an id"
        );
        assert_eq!(karim.get(&path(&first)).expect(200)["quotes_count"], 1);
        let listed = world.visitor().get(&format!("{}/quotes", path(&first)));
        assert_eq!(listed.expect(200)[0]["id"], second["id"]);
        karim
            .put(&path(&first), &json!({ "status": "the first, mended" }))
            .expect(200);
        let told = lotte
            .get("/api/v1/notifications?types[]=quoted_update")
            .expect(200);
        assert_eq!(
            (&told[0]["status"]["id"], &told[0]["account"]["username"]),
            (&second["id"], &json!("karim"))
        );
        lotte.delete(&path(&second)).expect(200);
        assert_eq!(karim.get(&path(&first)).expect(200)["quotes_count"], 0);
        assert_eq!(
            seen(&mei, &third),
            json!({ "state": "deleted", "quoted_status": null })
        );
        lotte.publish_with(&json!({ "quoted_status_id": id(&first) }));
    });
}

#[test]
fn the_author_says_who_may_quote() {
    World::each(|world| {
        let [karim_id, lotte_id, mei_id] = ["karim", "lotte", "mei"].map(|name| world.person(name));
        let [karim, lotte, mei] = [karim_id, lotte_id, mei_id].map(|id| world.client(id));
        let follow = format!("/api/v1/accounts/{karim_id}/follow");
        lotte.post(&follow, &json!({})).expect(200);
        let post = karim.publish("mine");
        let policy = format!("{}/interaction_policy", path(&post));
        let set = |word: &str| karim.put(&policy, &json!({ "quote_approval_policy": word }));
        let may = |client: &Client<'_>| {
            let seen = client.get(&path(&post)).expect(200)["quote_approval"].clone();
            (
                seen["automatic"].clone(),
                seen["current_user"].as_str().unwrap().to_owned(),
            )
        };
        let tries = |client: &Client<'_>, status| {
            let body = json!({ "status": "x", "quoted_status_id": id(&post) });
            client.post("/api/v1/statuses", &body).expect(status);
        };
        assert_eq!(
            may(&mei),
            (json!(["public"]), "automatic".into()),
            "{}",
            world.kind
        );
        set("followers").expect(200);
        assert_eq!(may(&lotte), (json!(["followers"]), "automatic".into()));
        assert_eq!(may(&mei), (json!(["followers"]), "denied".into()));
        tries(&lotte, 200);
        tries(&mei, 422);
        set("nobody").expect(200);
        assert_eq!(may(&lotte), (json!([]), "denied".into()));
        assert_eq!(may(&karim), (json!([]), "automatic".into()));
        tries(&lotte, 422);
        tries(&karim, 200);
        set("everybody").expect(422);
        karim.put(&policy, &json!({})).expect(422);
        mei.put(&policy, &json!({ "quote_approval_policy": "public" }))
            .expect(403);
        assert_eq!(may(&lotte).1, "denied", "nothing changed");
    });
}

#[test]
fn new_posts_go_by_what_their_author_prefers() {
    World::each(|world| {
        let [karim_id, mei_id] = ["karim", "mei"].map(|name| world.person(name));
        let [karim, mei] = [karim_id, mei_id].map(|id| world.client(id));
        let wanted = json!({ "source": { "quote_policy": "nobody" } });
        karim
            .patch("/api/v1/accounts/update_credentials", &wanted)
            .expect(200);
        let next = karim.publish("next");
        assert_eq!(next["quote_approval"]["automatic"], json!([]));
        let open = json!({ "status": "open", "quote_approval_policy": "public" });
        let open = karim.publish_with(&open);
        assert_eq!(open["quote_approval"]["automatic"], json!(["public"]));
        karim
            .put(&path(&open), &json!({ "quote_approval_policy": "nobody" }))
            .expect(200);
        let visitor = world.visitor().get(&path(&open)).expect(200);
        assert_eq!(
            visitor["quote_approval"],
            json!({ "automatic": [], "manual": [], "current_user": "denied" })
        );
        karim
            .post(&format!("/api/v1/accounts/{mei_id}/block"), &json!({}))
            .expect(200);
        let body = json!({ "status": "x", "quoted_status_id": id(&next) });
        mei.post("/api/v1/statuses", &body).expect(404);
    });
}

#[test]
fn nobody_reads_in_a_quote_what_is_not_for_them() {
    World::each(|world| {
        let ids = ["karim", "lotte", "mei"].map(|name| world.person(name));
        let [karim, lotte, mei] = ids.map(|id| world.client(id));
        let club = world.community(
            "club",
            Boundary::Node,
            JoinPolicy::Request,
            [ids[0], ids[1]],
        );
        let tries = |client: &Client<'_>, quoted: &Value, more: Value| {
            let mut body = json!({ "status": "x", "quoted_status_id": id(quoted) });
            body.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            client.post("/api/v1/statuses", &body)
        };
        let closed =
            karim.publish_with(&json!({ "status": "in here", "community_id": club.to_string() }));
        tries(&mei, &closed, json!({})).expect(404);
        tries(&lotte, &closed, json!({})).expect(422);
        tries(&lotte, &closed, json!({ "boundary": "node" })).expect(422);
        let within = json!({ "community_id": club.to_string() });
        let within = tries(&lotte, &closed, within).expect(200);
        assert_eq!(
            within["quote"]["quoted_status"]["id"], closed["id"],
            "{}",
            world.kind
        );
        let inside = karim.publish_with(&json!({ "status": "of the node", "boundary": "node" }));
        tries(&lotte, &inside, json!({})).expect(422);
        tries(&lotte, &inside, json!({ "visibility": "private" })).expect(422);
        let kept = tries(&lotte, &inside, json!({ "boundary": "node" })).expect(200);
        world.visitor().get(&path(&kept)).expect(404);
        let direct = json!({ "status": "@lotte only you", "visibility": "direct" });
        let direct = karim.publish_with(&direct);
        tries(&lotte, &direct, json!({ "visibility": "direct" })).expect(422);
        tries(&karim, &direct, json!({})).expect(422);
        let private =
            karim.publish_with(&json!({ "status": "followers", "visibility": "private" }));
        tries(&lotte, &private, json!({})).expect(404);
        let follow = format!("/api/v1/accounts/{}/follow", ids[0]);
        lotte.post(&follow, &json!({})).expect(200);
        tries(&lotte, &private, json!({ "visibility": "private" })).expect(422);
        let own = tries(&karim, &private, json!({})).expect(200);
        assert_eq!(
            own["visibility"], "private",
            "never wider than what it quotes"
        );
    });
}

#[test]
fn what_lies_in_a_hidden_community_is_quoted_in_it_alone() {
    World::each(|world| {
        let ids = ["karim", "lotte"].map(|name| world.person(name));
        let [karim, lotte] = ids.map(|id| world.client(id));
        let club = world.community("club", Boundary::Public, JoinPolicy::Request, ids);
        let path = format!("/api/cordee/v1/communities/{club}");
        karim
            .patch(&path, &json!({ "visibility": "hidden" }))
            .expect(200);
        let body = json!({ "status": "in here", "community_id": club.to_string() });
        let post = karim.publish_with(&body);
        let mut body = json!({ "status": "x", "quoted_status_id": id(&post) });
        lotte.post("/api/v1/statuses", &body).expect(422);
        body["community_id"] = json!(club.to_string());
        let inside = lotte.post("/api/v1/statuses", &body).expect(200);
        assert_eq!(inside["quote"]["state"], "accepted", "{}", world.kind);
    });
}

#[test]
fn whoever_shuns_an_author_or_is_shunned_sees_no_quote() {
    World::each(|world| {
        let ids = ["karim", "lotte", "mei"].map(|name| world.person(name));
        let [karim, lotte, mei] = ids.map(|id| world.client(id));
        let open = karim.publish("open");
        let shown = quote(&lotte, &open);
        let karim_of_mei = format!("/api/v1/accounts/{}", ids[0]);
        mei.post(&format!("{karim_of_mei}/mute"), &json!({}))
            .expect(200);
        assert_eq!(seen(&mei, &shown)["state"], "muted_account");
        mei.post(&format!("{karim_of_mei}/block"), &json!({}))
            .expect(200);
        assert_eq!(seen(&mei, &shown)["state"], "blocked_account");
        mei.post(&format!("{karim_of_mei}/unblock"), &json!({}))
            .expect(200);
        karim
            .post(&format!("/api/v1/accounts/{}/block", ids[2]), &json!({}))
            .expect(200);
        assert_eq!(
            seen(&mei, &shown),
            json!({ "state": "unauthorized", "quoted_status": null })
        );
    });
}

#[test]
fn a_quote_of_a_boost_quotes_what_was_boosted() {
    World::each(|world| {
        let [karim, lotte, mei] =
            ["karim", "lotte", "mei"].map(|name| world.client(world.person(name)));
        let post = karim.publish_with(&json!({ "status": "x", "quote_approval_policy": "nobody" }));
        let boost = lotte
            .post(&format!("{}/reblog", path(&post)), &json!({}))
            .expect(200);
        let body = json!({ "status": "x", "quoted_status_id": id(&boost) });
        mei.post("/api/v1/statuses", &body).expect(422);
        lotte.post("/api/v1/statuses", &body).expect(422);
        let own = karim.post("/api/v1/statuses", &body).expect(200);
        assert_eq!(
            own["quote"]["quoted_status"]["id"], post["id"],
            "{}",
            world.kind
        );
        let nowhere = json!({ "status": "x", "quoted_status_id": "1" });
        mei.post("/api/v1/statuses", &nowhere).expect(404);
    });
}

#[test]
fn consent_can_be_taken_back() {
    World::each(|world| {
        let [karim, lotte, mei] =
            ["karim", "lotte", "mei"].map(|name| world.client(world.person(name)));
        let post = karim.publish("mine");
        let quoting = quote(&lotte, &post);
        let revoke = format!("{}/quotes/{}/revoke", path(&post), id(&quoting));
        mei.post(&revoke, &json!({})).expect(403);
        lotte.post(&revoke, &json!({})).expect(403);
        let other = format!("{}/quotes/{}/revoke", path(&post), id(&post));
        karim.post(&other, &json!({})).expect(404);
        let left = karim.post(&revoke, &json!({})).expect(200);
        let gone = json!({ "state": "revoked", "quoted_status": null });
        assert_eq!(
            (&left["id"], &left["quote"]),
            (&quoting["id"], &gone),
            "{}",
            world.kind
        );
        assert!(!left["content"].as_str().unwrap().contains("quote-inline"));
        assert_eq!(seen(&world.visitor(), &quoting), gone);
        karim.post(&revoke, &json!({})).expect(200);
        let list = karim.get(&format!("{}/quotes", path(&post))).expect(200);
        assert_eq!(list, json!([]));
        assert_eq!(karim.get(&path(&post)).expect(200)["quotes_count"], 0);
    });
}

#[test]
fn counts_and_lists_of_quotes_tell_of_nothing_hidden() {
    World::each(|world| {
        let [karim, lotte, mei] =
            ["karim", "lotte", "mei"].map(|name| world.client(world.person(name)));
        let post = karim.publish("mine");
        let body = json!({ "status": "x", "quoted_status_id": id(&post), "visibility": "private" });
        lotte.publish_with(&body);
        for client in [&karim, &mei, &world.visitor()] {
            let seen = client.get(&path(&post)).expect(200);
            assert_eq!(seen["quotes_count"], 0, "{}", world.kind);
            let list = client.get(&format!("{}/quotes", path(&post))).expect(200);
            assert_eq!(list, json!([]));
        }
        let told = karim.get("/api/v1/notifications").expect(200);
        assert_eq!(told, json!([]), "nobody is told what is not for them");
        let own = lotte.get(&format!("{}/quotes", path(&post))).expect(200);
        assert_eq!(own.as_array().unwrap().len(), 1);
    });
}

#[test]
fn pages_show_quotes_as_far_as_their_reader_may_read() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.client(world.person(name)));
        let post = karim.publish("the words that are quoted");
        let quoting = quote(&lotte, &post);
        let page = || {
            let said = world.visitor().get(&format!("/posts/{}", id(&quoting)));
            String::from_utf8(said.bytes).unwrap()
        };
        let shown = page();
        assert!(
            shown.contains("class=\"quoted\"") && shown.contains("the words that are quoted"),
            "{}: {shown}",
            world.kind
        );
        karim.delete(&path(&post)).expect(200);
        let shown = page();
        assert!(!shown.contains("the words that are quoted"), "{shown}");
        assert!(shown.contains("cannot be shown"), "{shown}");
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn what_stays_here_quotes_posts_of_other_nodes_by_the_terms_of_their_authors() {
    World::each(|world| {
        let [karim_id, lotte_id] = ["karim", "lotte"].map(|name| world.person(name));
        let (karim, lotte) = (world.client(karim_id), world.client(lotte_id));
        world.community(
            "valves",
            Boundary::Node,
            JoinPolicy::Open,
            [karim_id, lotte_id],
        );
        let bob = stranger(world, "bob", "p.example");
        let terms = |automatic: bool| {
            let post = arrives(world, bob, &[]).id;
            let all = Approvers {
                public: true,
                ..Approvers::NOBODY
            };
            let terms = if automatic {
                Terms::of(QuotePolicy::Public)
            } else {
                Terms {
                    automatic: Approvers::NOBODY,
                    manual: all,
                }
            };
            world
                .write(move |tx| quotes::set_terms(tx, post, terms))
                .unwrap();
            post.to_string()
        };
        let (free, asks) = (terms(true), terms(false));
        for more in [
            json!({ "local_only": true }),
            json!({ "status": "@valves look at this" }),
        ] {
            let write = |quoted: &str| {
                let mut body = json!({ "status": "look at this", "quoted_status_id": quoted });
                for (key, value) in more.as_object().unwrap() {
                    body[key] = value.clone();
                }
                karim.post("/api/v1/statuses", &body)
            };
            let made = write(&free).expect(200);
            assert_eq!(
                made["quote"]["state"], "accepted",
                "{more} on {}",
                world.kind
            );
            let shown = seen(&lotte, &made);
            assert_eq!(shown["quoted_status"]["id"], json!(free), "{more}");
            let refused = write(&asks).expect(422);
            let said = refused["error"].as_str().unwrap();
            assert!(said.contains("can't be quoted"), "{more}: {said}");
        }
        let outside = json!({ "status": "look at this", "quoted_status_id": free });
        let made = karim.publish_with(&outside);
        assert_eq!(
            made["quote"]["state"], "pending",
            "what leaves is asked for"
        );
        let made = karim.publish_with(&json!({ "status": "this", "quoted_status_id": asks }));
        assert_eq!(made["quote"]["state"], "pending");
    });
}
