//! A hidden community is absent wherever somebody who is not in it may look, and nothing of it leaves the node.

use axum::body::Body;
use axum::http::Request;
use cordee::model::ids::AccountId;
use cordee::model::words::{Boundary, JoinPolicy};
use cordee::store::{outbox, posts};
use serde_json::{Value, json};

use super::polls::followed_by_alice;
use crate::support::client::Client;
use crate::support::world::World;

fn id_of(status: &Value) -> &str {
    status["id"].as_str().unwrap()
}

/// What an address answers, without the id in it.
fn said(client: &Client<'_>, template: &str, id: &str, accept: &str) -> (u16, String) {
    let request = Request::get(template.replace("{}", id))
        .header("host", "localhost:7400")
        .header("accept", accept)
        .body(Body::empty());
    let answer = client.send(request.unwrap());
    let text = String::from_utf8(answer.bytes).unwrap();
    (answer.status.as_u16(), text.replace(id, "ID"))
}

const ADDRESSES: [(&str, &str); 7] = [
    ("/api/v1/statuses/{}", "application/json"),
    ("/api/v1/statuses/{}/context", "application/json"),
    ("/posts/{}", "text/html"),
    ("/posts/{}", "application/activity+json"),
    ("/posts/{}/replies", "application/activity+json"),
    ("/posts/{}/context", "application/activity+json"),
    ("/activities/{}", "application/activity+json"),
];

/// Whether every address of a post answers as if it had never been.
fn assert_absent(world: &World, clients: &[&Client<'_>], id: &str) {
    for client in clients {
        for (template, accept) in ADDRESSES {
            let absent = said(client, template, "1234567890123456789", accept);
            assert_eq!(absent.0, 404, "{template}");
            let found = said(client, template, id, accept);
            assert_eq!(found, absent, "{} {template} {accept}", world.kind);
        }
    }
}

fn lists(client: &Client<'_>, list: &str, id: &str) -> bool {
    let found = client.get(list).expect(200);
    let found = found.get("statuses").unwrap_or(&found).clone();
    found.as_array().unwrap().iter().any(|one| one["id"] == id)
}

fn change(world: &World, steward: AccountId, community: AccountId, visibility: &str) {
    let charter = format!("/api/cordee/v1/communities/{community}");
    world
        .client(steward)
        .patch(&charter, &json!({ "visibility": visibility }))
        .expect(200);
}

#[test]
fn a_post_in_a_hidden_community_is_for_its_members_alone() {
    World::each(|world| {
        let [karim, lotte, bart] = ["karim", "lotte", "bart"].map(|name| world.person(name));
        followed_by_alice(world, karim);
        let club = world.community(
            "quietclub",
            Boundary::Public,
            JoinPolicy::Request,
            [karim, lotte],
        );
        change(world, karim, club, "hidden");
        let (author, member) = (world.client(karim), world.client(lotte));
        let (outsider, visitor) = (world.client(bart), world.visitor());
        let word = json!({ "status": "zanzibar merger", "community_id": club.to_string() });
        let secret = author.publish_with(&word);
        assert_eq!(
            secret["cordee"]["boundary"], "node",
            "it says how far it goes"
        );
        let open = author.publish("zanzibar weather");
        assert_absent(world, &[&outsider, &visitor], id_of(&secret));
        for list in [
            "/api/v1/timelines/public",
            "/api/v2/search?q=zanzibar&type=statuses",
            &format!("/api/v1/accounts/{karim}/statuses"),
        ] {
            assert!(lists(&outsider, list, id_of(&open)), "{list}: the control");
            assert!(!lists(&outsider, list, id_of(&secret)), "{list}");
        }
        for page in ["/@karim", "/search?q=zanzibar"] {
            let (status, text) = said(&visitor, page, "none", "text/html");
            assert!(status == 200 && text.contains("weather"), "{page}");
            assert!(
                !text.contains("quietclub") && !text.contains("merger"),
                "{page}"
            );
        }
        assert!(lists(
            &member,
            "/api/v2/search?q=zanzibar&type=statuses",
            id_of(&secret)
        ));
        let shown = member
            .get(&format!("/api/v1/statuses/{}", id_of(&secret)))
            .expect(200);
        assert_eq!(shown["cordee"]["community"]["id"], club.to_string());
        let sent = |status: &Value| {
            let uri = format!("http://localhost:7400/activities/{}", id_of(status));
            world
                .read(move |conn| outbox::find_body(conn, &uri))
                .is_some()
        };
        assert!(sent(&open) && !sent(&secret), "{}: delivered", world.kind);
        let following = |client: &Client<'_>| {
            let list = client
                .get(&format!("/api/v1/accounts/{karim}/following"))
                .expect(200);
            list.to_string().contains("quietclub")
        };
        assert!(following(&member) && !following(&outsider));
    });
}

#[test]
fn a_community_that_is_hidden_takes_its_posts_along_and_brings_them_back() {
    World::each(|world| {
        let [karim, lotte, bart] = ["karim", "lotte", "bart"].map(|name| world.person(name));
        let club = world.community(
            "quietclub",
            Boundary::Public,
            JoinPolicy::Open,
            [karim, lotte],
        );
        let (author, outsider, visitor) =
            (world.client(karim), world.client(bart), world.visitor());
        let counted = || {
            visitor
                .get(&format!("/api/v1/accounts/{karim}"))
                .expect(200)
        };
        let post = author.publish("@quietclub Before");
        let gone = author.publish("@quietclub Then deleted");
        let path = format!("/api/v1/statuses/{}", id_of(&post));
        assert_eq!(counted()["statuses_count"], 2);
        change(world, karim, club, "hidden");
        assert_absent(world, &[&outsider, &visitor], id_of(&post));
        assert_eq!(counted()["statuses_count"], 0, "{}", world.kind);
        world.client(lotte).get(&path).expect(200);
        let meanwhile = author.publish("@quietclub Among us");
        author
            .delete(&format!("/api/v1/statuses/{}", id_of(&gone)))
            .expect(200);
        assert_absent(world, &[&outsider, &visitor], id_of(&gone));
        change(world, karim, club, "listed");
        outsider.get(&path).expect(200);
        assert_eq!(counted()["statuses_count"], 1, "{}", world.kind);
        let still = format!("/api/v1/statuses/{}", id_of(&meanwhile));
        world.client(lotte).get(&still).expect(200);
        visitor.get(&still).expect(404);
    });
}

#[test]
fn a_text_outside_of_it_does_not_mention_a_hidden_community() {
    World::each(|world| {
        let [karim, lotte, bart] = ["karim", "lotte", "bart"].map(|name| world.person(name));
        let club = world.community(
            "quietclub",
            Boundary::Public,
            JoinPolicy::Open,
            [karim, lotte],
        );
        change(world, karim, club, "hidden");
        let author = world.client(karim);
        let body = json!({ "status": "@bart see @quietclub", "visibility": "direct" });
        let told = author.publish_with(&body);
        let path = format!("/api/v1/statuses/{}", id_of(&told));
        let edited = json!({ "status": "@bart look at @quietclub" });
        author.put(&path, &edited).expect(200);
        let read = world.client(bart).get(&path).expect(200);
        assert_eq!(read["mentions"].as_array().unwrap().len(), 1, "{read}");
        assert!(!read["content"].as_str().unwrap().contains("/c/quietclub"));
    });
}

#[test]
fn a_deleted_post_that_waited_is_as_absent_as_it_was() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        world.community("pumps", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
        let author = world.client(karim);
        let (open, held) = (author.publish("@pumps One"), author.publish("@pumps Two"));
        let id = id_of(&held).parse().unwrap();
        world
            .write(move |tx| posts::set_held(tx, id, true))
            .unwrap();
        for status in [&open, &held] {
            author
                .delete(&format!("/api/v1/statuses/{}", id_of(status)))
                .expect(200);
        }
        let visitor = world.visitor();
        assert_eq!(
            said(&visitor, "/posts/{}", id_of(&open), "text/html").0,
            410
        );
        assert_absent(world, &[&visitor], id_of(&held));
    });
}
