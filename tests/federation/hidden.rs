//! A hidden community is absent wherever somebody who is not in it may look, and nothing of it leaves the node.

use axum::body::Body;
use axum::http::Request;
use chrono::TimeDelta;
use cordee::actions::charter::{self, CharterChanges};
use cordee::actions::create_post::NewPost;
use cordee::actions::take_along::{TAKE_ALONG, take_along};
use cordee::jobs::ending;
use cordee::model::ids::{AccountId, PostId};
use cordee::model::viewer::Viewer;
use cordee::model::words::{Boundary, JoinPolicy, Listing};
use cordee::store::posts::Post;
use cordee::store::{accounts, jobs, outbox, posts};
use serde_json::{Value, json};

use super::limits::waiting;
use super::polls::followed_by_alice;
use crate::support::client::Client;
use crate::support::world::{World, text};

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
        followed_by_alice(world, karim);
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
        let queued = waiting(world);
        let meanwhile = author.publish("@quietclub Among us");
        assert_eq!(waiting(world), queued, "{}: nothing leaves", world.kind);
        author
            .delete(&format!("/api/v1/statuses/{}", id_of(&gone)))
            .expect(200);
        assert!(
            waiting(world) > queued,
            "{}: what went out before is called back",
            world.kind
        );
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

#[test]
fn what_was_for_the_node_is_for_the_node_again() {
    World::each(|world| {
        let [karim, lotte, bart] = ["karim", "lotte", "bart"].map(|name| world.person(name));
        let club = world.community(
            "quietclub",
            Boundary::Public,
            JoinPolicy::Open,
            [karim, lotte],
        );
        let (author, member) = (world.client(karim), world.client(lotte));
        let (outsider, visitor) = (world.client(bart), world.visitor());
        let post = |boundary: &str| {
            let body = json!({ "status": "@quietclub Words", "boundary": boundary });
            let made = author.publish_with(&body);
            format!("/api/v1/statuses/{}", id_of(&made))
        };
        let (inside, open) = (post("node"), post("public"));
        let seen = |path: &str| {
            [&member, &outsider, &visitor].map(|who| who.get(path).status.as_u16() == 200)
        };
        for _ in 0..2 {
            assert_eq!(seen(&inside), [true, true, false], "{}", world.kind);
            assert_eq!(seen(&open), [true; 3], "{}", world.kind);
            change(world, karim, club, "hidden");
            assert_eq!(seen(&inside), [true, false, false], "{}", world.kind);
            assert_eq!(seen(&open), [true, false, false], "{}", world.kind);
            change(world, karim, club, "listed");
        }
    });
}

/// What a steward's change does in its own transaction, and no more: the process is killed before it goes on.
fn list(world: &World, steward: AccountId, community: AccountId, visibility: Listing) {
    let changes = CharterChanges {
        visibility: Some(visibility),
        ..CharterChanges::default()
    };
    world
        .write(move |tx| charter::change(tx, Some(steward), community, changes))
        .unwrap();
}

/// Runs the jobs that take posts along.
fn take_the_rest_along(world: &World) {
    let claimed = world
        .write(|tx| jobs::claim(tx, 32, TimeDelta::minutes(3)))
        .unwrap();
    for job in claimed.into_iter().filter(|job| job.kind == TAKE_ALONG) {
        let done = ending::follow_listing(&world.app, &job.payload);
        world.runtime.block_on(done).unwrap();
        world.write(move |tx| jobs::finish(tx, job.id)).unwrap();
    }
}

#[test]
fn the_posts_of_a_large_community_follow_it_part_by_part() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        let club = world.community(
            "quietclub",
            Boundary::Public,
            JoinPolicy::Open,
            [karim, lotte],
        );
        let first = NewPost {
            community: Some(club),
            ..text("one of many")
        };
        let first = world.publish(karim, first).unwrap();
        let ids = world
            .write(move |tx| {
                let mut ids = vec![first.id];
                for _ in 0..1100 {
                    let id = PostId(tx.new_id());
                    let uri = tx.node().post_uri(id.0);
                    let row = Post {
                        id,
                        url: uri.clone(),
                        uri,
                        root_id: id,
                        announce_id: None,
                        ..first.clone()
                    };
                    posts::insert(tx, &row)?;
                    ids.push(id);
                }
                accounts::bump_posts(tx, karim, 1100, None)?;
                Ok(ids)
            })
            .unwrap();
        let open = || {
            let ids = ids.clone();
            world.read(move |conn| {
                let open = posts::list_visible(conn, &Viewer::Anonymous, &ids)?.len();
                Ok((open, accounts::get(conn, karim)?.posts_count))
            })
        };
        assert_eq!(open(), (1101, 1101));
        list(world, karim, club, Listing::Hidden);
        assert_eq!(open(), (601, 601), "{}: the newest at once", world.kind);
        // A process that is killed after a part has done that much.
        world
            .write(move |tx| take_along(tx, club, PostId(i64::MAX)).map(drop))
            .unwrap();
        assert_eq!(open(), (101, 101), "{}", world.kind);
        take_the_rest_along(world);
        assert_eq!(open(), (0, 0), "{}", world.kind);
        list(world, karim, club, Listing::Unlisted);
        assert_eq!(open(), (500, 500), "{}", world.kind);
        take_the_rest_along(world);
        assert_eq!(open(), (1101, 1101), "{}", world.kind);
        change(world, karim, club, "hidden");
        assert_eq!(open(), (0, 0), "{}: hidden when told so", world.kind);
    });
}

#[test]
fn a_boundary_that_was_narrowed_meanwhile_holds_once_the_community_shows_again() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        let club = world.community(
            "quietclub",
            Boundary::Public,
            JoinPolicy::Open,
            [karim, lotte],
        );
        let (author, visitor) = (world.client(karim), world.visitor());
        let made = author.publish_with(&json!({ "status": "@quietclub Words" }));
        let path = format!("/api/v1/statuses/{}", id_of(&made));
        visitor.get(&path).expect(200);
        change(world, karim, club, "hidden");
        let charter = format!("/api/cordee/v1/communities/{club}");
        let narrower = json!({ "boundary": "node", "visibility": "listed" });
        author.patch(&charter, &narrower).expect(200);
        visitor.get(&path).expect(404);
        author.get(&path).expect(200);
    });
}
