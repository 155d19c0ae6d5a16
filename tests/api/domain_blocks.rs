//! Nodes that somebody shuts out for themselves.

use cordee::actions::block_domain::END;
use cordee::actions::follow::{self, Wish};
use cordee::actions::react;
use cordee::actions::receive_post::{RemotePost, receive_post};
use cordee::model::ids::AccountId;
use cordee::model::post::Fields;
use cordee::model::words::{ActorKind, FollowState, Visibility};
use cordee::jobs::ending;
use cordee::store::posts::Post;
use cordee::store::{accounts, domain_blocks, follows, jobs};
use serde_json::{Value, json};

use crate::support::world::{World, text};

/// Somebody of another node.
pub(super) fn stranger(world: &World, name: &str, domain: &str) -> AccountId {
    let (name, domain) = (name.to_owned(), domain.to_owned());
    world
        .write(move |tx| {
            let (id, now) = (AccountId(tx.new_id()), tx.now());
            let base = format!("https://{domain}");
            let mut row = accounts::Account::local(id, ActorKind::Person, &name, &base, now);
            row.domain = domain;
            accounts::insert(tx, &row)?;
            Ok(id)
        })
        .unwrap()
}

/// What somebody of another node wrote, naming these.
pub(super) fn arrives(world: &World, author: AccountId, mentions: &[AccountId]) -> Post {
    let mentions = mentions.to_vec();
    world
        .write(move |tx| {
            let (id, now) = (tx.new_id(), tx.now());
            let by = accounts::get(tx, author)?;
            let uri = format!("{}/{id}", by.uri);
            let remote = RemotePost {
                uri: uri.clone(),
                url: uri,
                author,
                community: None,
                parent: None,
                kind: None,
                title: String::new(),
                html: "<p>A worn gasket</p>".into(),
                source: String::new(),
                fields: Fields::new(),
                spoiler: String::new(),
                sensitive: false,
                language: None,
                visibility: Visibility::Public,
                mentions,
                tags: vec!["seals".into()],
                media: vec![],
                poll: None,
                created_at: now,
                edited_at: None,
                held: false,
                announced: false,
            };
            receive_post(tx, &remote)
        })
        .unwrap()
}

fn follow(world: &World, by: AccountId, target: AccountId) {
    world
        .write(move |tx| {
            let row = follow::follow(tx, by, target, Wish::default(), None)?;
            let agreed = follows::Follow {
                state: FollowState::Accepted,
                ..row
            };
            follows::put(tx, &agreed)
        })
        .unwrap();
}

const LISTS: [&str; 5] = [
    "/api/v1/timelines/home",
    "/api/v1/timelines/public",
    "/api/v1/timelines/tag/seals",
    "/api/v1/notifications",
    "/api/v2/search?type=statuses&q=gasket",
];

/// How much each of the lists shows.
fn sizes(world: &World, reader: AccountId) -> Vec<usize> {
    let client = world.client(reader);
    LISTS
        .iter()
        .map(|path| {
            let page = client.get(path).expect(200);
            let rows = page.get("statuses").unwrap_or(&page);
            rows.as_array().unwrap().len()
        })
        .collect()
}

#[test]
fn nothing_of_a_node_that_was_shut_out_shows() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        let alice = stranger(world, "alice", "p.example");
        let carol = stranger(world, "carol", "other.example");
        for reader in [karim, lotte] {
            follow(world, reader, alice);
        }
        follow(world, alice, karim);
        arrives(world, alice, &[karim, lotte]);
        assert_eq!(sizes(world, karim), [1, 1, 1, 2, 1], "{}", world.kind);
        let client = world.client(karim);
        let block = json!({ "domain": " P.example " });
        client.post("/api/v1/domain_blocks/", &block).expect(200);
        client.post("/api/v1/domain_blocks", &block).expect(200);
        assert_eq!(
            client.get("/api/v1/domain_blocks").expect(200),
            json!(["p.example"])
        );
        assert_eq!(sizes(world, karim), [0; 5], "{}", world.kind);
        arrives(world, alice, &[karim, lotte]);
        assert_eq!(sizes(world, karim), [0; 5], "{}", world.kind);
        assert_eq!(sizes(world, lotte), [2, 2, 2, 2, 2], "only for karim");
        let how = |id: AccountId| {
            let path = format!("/api/v1/accounts/relationships?id[]={id}");
            client.get(&path).expect(200)[0].clone()
        };
        let blocked = how(alice);
        for (key, value) in [
            ("domain_blocking", true),
            ("following", false),
            ("followed_by", false),
            ("blocking", false),
        ] {
            assert_eq!(blocked[key], json!(value), "{key}");
        }
        assert_eq!(how(carol)["domain_blocking"], json!(false));
        let path = format!("/api/v1/accounts/{alice}/follow");
        client.post(&path, &json!({})).expect(403);
        let asked = world.write(move |tx| {
            follow::follow(
                tx,
                alice,
                karim,
                Wish::default(),
                Some("https://p.example/f/2".into()),
            )
        });
        assert!(asked.is_err(), "nobody there follows any more");
        client
            .delete("/api/v1/domain_blocks?domain=p.example")
            .expect(200);
        assert_eq!(client.get("/api/v1/domain_blocks").expect(200), json!([]));
        assert_eq!(sizes(world, karim), [0, 2, 2, 0, 2], "{}", world.kind);
    });
}

#[test]
fn what_is_no_other_node_is_not_shut_out() {
    World::each(|world| {
        let karim = world.person("karim");
        let client = world.client(karim);
        for (domain, words) in [
            ("", "Domain can't be blank"),
            ("https://p.example/", "Domain is invalid"),
            ("two words", "Domain is invalid"),
            ("localhost:7400", "Domain is invalid"),
        ] {
            let said = client.post("/api/v1/domain_blocks", &json!({ "domain": domain }));
            assert_eq!(
                said.expect(422)["error"],
                format!("Validation failed: {words}"),
                "{domain}"
            );
        }
        let reader = world.client_with(karim, "read write:follows");
        reader.get("/api/v1/domain_blocks").expect(200);
        reader
            .post("/api/v1/domain_blocks", &json!({ "domain": "p.example" }))
            .expect(403);
        for n in 0..5 {
            let domain = format!("n{n}.example");
            client
                .post("/api/v1/domain_blocks", &json!({ "domain": domain }))
                .expect(200);
        }
        let first = client.get("/api/v1/domain_blocks?limit=3");
        assert_eq!(
            first.expect(200),
            json!(["n4.example", "n3.example", "n2.example"])
        );
        let next = client.get(&first.link("next").unwrap());
        assert_eq!(next.expect(200), json!(["n1.example", "n0.example"]));
        let other = world.client(world.person("lotte"));
        assert_eq!(
            other.get("/api/v1/domain_blocks").expect(200),
            Value::Array(vec![])
        );
    });
}

/// So many of a domain whom somebody follows, and half as many who follow back; the last of the first.
fn crowd(world: &World, who: AccountId, domain: &'static str, size: usize) -> AccountId {
    world
        .write(move |tx| {
            let base = format!("https://{domain}");
            let mut last = who;
            for n in 0..size {
                let (id, now) = (AccountId(tx.new_id()), tx.now());
                let name = format!("crowd{n}");
                let mut row = accounts::Account::local(id, ActorKind::Person, &name, &base, now);
                row.domain = domain.to_owned();
                accounts::insert(tx, &row)?;
                let pairs = [(who, id), (id, who)];
                for (follower, target) in pairs.into_iter().take(2 - n % 2) {
                    let id = tx.new_id();
                    let row = follows::Follow {
                        id,
                        follower_id: follower,
                        target_id: target,
                        state: FollowState::Accepted,
                        uri: tx.node().activity_uri(id),
                        show_boosts: true,
                        notify: false,
                        created_at: now,
                    };
                    follows::put(tx, &row)?;
                }
                last = id;
            }
            Ok(last)
        })
        .unwrap()
}

/// How many of a domain somebody follows and is followed by.
fn ties(world: &World, who: AccountId, domain: &'static str) -> [usize; 2] {
    world.read(move |conn| {
        Ok([
            domain_blocks::list_followed(conn, who, domain, 1000)?.len(),
            domain_blocks::list_followers(conn, who, domain, 1000)?.len(),
        ])
    })
}

/// Does the jobs of one kind that wait, as the runner of any process would; how many there were.
fn work_off(world: &World, kind: &str) -> usize {
    let due = world
        .write(|tx| jobs::claim(tx, 50, chrono::TimeDelta::minutes(3)))
        .unwrap();
    let due: Vec<_> = due.into_iter().filter(|job| job.kind == kind).collect();
    for job in &due {
        world
            .runtime
            .block_on(ending::end(&world.app, &job.payload))
            .unwrap();
        let id = job.id;
        world.write(move |tx| jobs::finish(tx, id)).unwrap();
    }
    due.len()
}

#[test]
fn many_follows_end_by_a_job_whatever_becomes_of_the_request() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        let last = crowd(world, karim, "p.example", 450);
        crowd(world, karim, "other.example", 3);
        follow(world, lotte, last);
        let post = world.publish(lotte, text("A worn gasket")).unwrap().id;
        let client = world.client(karim);
        let block = json!({ "domain": "p.example" });
        client.post("/api/v1/domain_blocks", &block).expect(200);
        assert_eq!(ties(world, karim, "p.example"), [250, 25], "{}", world.kind);
        world
            .write(move |tx| react::boost(tx, last, post, Visibility::Public, None).map(drop))
            .unwrap();
        let home = |who: AccountId| {
            let home = world.client(who).get("/api/v1/timelines/home").expect(200);
            let all = home.as_array().unwrap().clone();
            all.iter().filter(|row| !row["reblog"].is_null()).count()
        };
        assert_eq!(home(karim), 0, "what somebody there boosts: {}", world.kind);
        assert_eq!(home(lotte), 1, "only for karim: {}", world.kind);
        // Nothing more of the request; the job lies in the database.
        assert_eq!(work_off(world, END), 1);
        assert_eq!(ties(world, karim, "p.example"), [0, 0], "{}", world.kind);
        assert_eq!(ties(world, karim, "other.example"), [3, 2]);
        assert_eq!(ties(world, lotte, "p.example"), [1, 0]);
        assert_eq!(work_off(world, END), 0);
    });
}

#[test]
fn a_block_that_was_lifted_ends_nothing_more() {
    World::each(|world| {
        let karim = world.person("karim");
        crowd(world, karim, "p.example", 300);
        let client = world.client(karim);
        let block = json!({ "domain": "p.example" });
        client.post("/api/v1/domain_blocks", &block).expect(200);
        client
            .delete("/api/v1/domain_blocks?domain=p.example")
            .expect(200);
        assert_eq!(work_off(world, END), 1);
        assert_eq!(ties(world, karim, "p.example"), [100, 0], "{}", world.kind);
    });
}

#[test]
fn a_domain_counts_however_it_is_typed() {
    World::each(|world| {
        let karim = world.person("karim");
        for (name, domain, typed, in_query) in [
            ("alice", "p.example", "p.example:443", "P.example."),
            (
                "anna",
                "xn--mnchen-3ya.example",
                "M\u{fc}NCHEN.example",
                "m%C3%BCnchen.example",
            ),
            ("aiko", "q.example:8443", "Q.example:8443", "q.example:8443"),
        ] {
            let there = stranger(world, name, domain);
            follow(world, karim, there);
            let client = world.client(karim);
            let block = json!({ "domain": typed });
            client.post("/api/v1/domain_blocks", &block).expect(200);
            assert_eq!(
                client.get("/api/v1/domain_blocks").expect(200),
                json!([domain])
            );
            let path = format!("/api/v1/accounts/relationships?id[]={there}");
            let how = client.get(&path).expect(200)[0].clone();
            assert_eq!(how["domain_blocking"], true, "{typed}");
            assert_eq!(how["following"], false, "{typed}");
            client
                .delete(&format!("/api/v1/domain_blocks?domain={in_query}"))
                .expect(200);
            assert_eq!(client.get("/api/v1/domain_blocks").expect(200), json!([]));
        }
    });
}
