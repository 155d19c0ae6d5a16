//! Nodes that somebody shuts out for themselves.

use cordee::actions::block_domain::END;
use cordee::actions::follow::{self, Wish};
use cordee::actions::receive_post::{RemotePost, receive_post};
use cordee::actions::{join, react};
use cordee::jobs::ending;
use cordee::model::ids::AccountId;
use cordee::model::post::Fields;
use cordee::model::words::{
    ActorKind, Boundary, FollowState, JoinPolicy, NotificationKind, Visibility,
};
use cordee::store::notifications::{self, Filter};
use cordee::store::page::Page;
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

/// A public note from another node, in no community.
fn note(author: AccountId, uri: String) -> RemotePost {
    RemotePost {
        url: uri.clone(),
        uri,
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
        mentions: vec![],
        tags: vec!["seals".into()],
        media: vec![],
        poll: None,
        created_at: chrono::DateTime::UNIX_EPOCH.naive_utc(),
        edited_at: None,
        held: false,
        announced: false,
    }
}

/// What somebody of another node wrote, naming these.
pub(super) fn arrives(world: &World, author: AccountId, mentions: &[AccountId]) -> Post {
    let mentions = mentions.to_vec();
    world
        .write(move |tx| {
            let (id, now) = (tx.new_id(), tx.now());
            let by = accounts::get(tx, author)?;
            let remote = RemotePost {
                mentions,
                created_at: now,
                ..note(author, format!("{}/{id}", by.uri))
            };
            receive_post(tx, &remote)
        })
        .unwrap()
}

pub(super) fn follow(world: &World, by: AccountId, target: AccountId) {
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
    "/api/v1/notifications?exclude_types[]=severed_relationships",
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
                domain.clone_into(&mut row.domain);
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
        let [karim, lotte, mia] = ["karim", "lotte", "mia"].map(|name| world.person(name));
        let last = crowd(world, karim, "p.example", 450);
        crowd(world, karim, "other.example", 3);
        follow(world, lotte, last);
        let post = world.publish(mia, text("A worn gasket")).unwrap().id;
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

/// What somebody was told, as pairs of kind and who it is from.
fn told_of(world: &World, who: AccountId) -> Vec<(NotificationKind, AccountId)> {
    world.read(move |conn| {
        let all = notifications::list(conn, who, &Filter::default(), &Page::first(40))?;
        Ok(all.iter().map(|row| (row.kind, row.from_id)).collect())
    })
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn a_steward_who_shuts_a_node_out_still_learns_what_is_to_be_decided() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        let stewards = [karim, lotte];
        let pumps = world.community("pumps", Boundary::Public, JoinPolicy::Request, stewards);
        let [alice, anna, other] = [
            ("alice", "p.example"),
            ("anna", "p.example"),
            ("other", "p.example"),
        ]
        .map(|(name, domain)| stranger(world, name, domain));
        let ask = |account: AccountId| {
            world
                .write(move |tx| {
                    let request = join::Request {
                        community: pumps,
                        account,
                        message: String::new(),
                        uri: Some(format!("https://p.example/f/{account}")),
                        reader: false,
                    };
                    join::join(tx, &request)
                })
                .unwrap()
        };
        let waits = |author: AccountId| {
            let question = world
                .publish(lotte, text("@pumps #question Why does it leak?"))
                .unwrap();
            let remote = RemotePost {
                community: Some(pumps),
                parent: Some(question.id),
                held: true,
                mentions: vec![karim],
                ..note(author, format!("https://p.example/{}", question.id))
            };
            world.write(move |tx| receive_post(tx, &remote)).unwrap()
        };
        ask(alice);
        waits(alice);
        arrives(world, other, &[karim]);
        let block = json!({ "domain": "p.example" });
        let client = world.client(karim);
        client.post("/api/v1/domain_blocks", &block).expect(200);
        ask(anna);
        waits(anna);
        arrives(world, other, &[karim]);
        let mut told = told_of(world, karim);
        told.sort_by_key(|(kind, from)| (kind.as_str(), *from));
        assert_eq!(
            told,
            [
                (NotificationKind::FollowRequest, alice),
                (NotificationKind::FollowRequest, anna),
                (NotificationKind::Status, alice),
                (NotificationKind::Status, anna),
            ],
            "duties and nothing else: {}",
            world.kind
        );
        let asked = world.write(move |tx| follow::follow(tx, other, karim, Wish::default(), None));
        assert!(asked.is_err(), "karim himself is not followed from there");
        let path = format!("/api/cordee/v1/communities/{pumps}/requests");
        let all = client.get(&path).expect(200);
        assert_eq!(all.as_array().unwrap().len(), 2);
        let path = format!("/api/cordee/v1/communities/{pumps}/held");
        let all = client.get(&path).expect(200);
        assert_eq!(all.as_array().unwrap().len(), 2);
    });
}

#[test]
fn a_block_concerns_one_domain_of_one_person() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        let near = [
            "sub.p.example",
            "np.example",
            "p.example.org",
            "p.example:8443",
        ];
        for domain in near {
            let there = stranger(world, "amy", domain);
            follow(world, karim, there);
            follow(world, there, karim);
            arrives(world, there, &[karim]);
        }
        world.publish(karim, text("my own gasket")).unwrap();
        let before = sizes(world, karim);
        let client = world.client(karim);
        let block = json!({ "domain": "p.example" });
        client.post("/api/v1/domain_blocks", &block).expect(200);
        assert_eq!(sizes(world, karim), before, "{}", world.kind);
        for domain in near {
            assert_eq!(ties(world, karim, domain), [1, 1], "{domain}");
        }
        let other = world.client(lotte);
        other
            .delete("/api/v1/domain_blocks?domain=p.example")
            .expect(200);
        assert_eq!(
            client.get("/api/v1/domain_blocks").expect(200),
            json!(["p.example"]),
            "nobody lifts the block of another"
        );
        client
            .delete("/api/v1/domain_blocks?domain=unknown.example")
            .expect(200);
        let reader = world.client_with(karim, "read write:follows");
        reader
            .delete("/api/v1/domain_blocks?domain=p.example")
            .expect(403);
        let visitor = world.visitor();
        visitor.get("/api/v1/domain_blocks").expect(401);
        visitor.post("/api/v1/domain_blocks", &block).expect(401);
        visitor
            .delete("/api/v1/domain_blocks?domain=p.example")
            .expect(401);
        client
            .delete("/api/v1/domain_blocks?domain=two%20words")
            .expect(422);
        assert_eq!(
            client.get("/api/v1/domain_blocks").expect(200),
            json!(["p.example"])
        );
    });
}

#[test]
fn nobody_shuts_out_more_than_a_thousand() {
    World::each(|world| {
        let karim = world.person("karim");
        world
            .write(move |tx| {
                for n in 0..1000 {
                    let (id, now) = (tx.new_id(), tx.now());
                    domain_blocks::insert(tx, id, karim, &format!("n{n}.example"), now)?;
                }
                Ok(())
            })
            .unwrap();
        let client = world.client(karim);
        let block =
            |domain: &str| client.post("/api/v1/domain_blocks", &json!({ "domain": domain }));
        block("n1000.example").expect(422);
        block("N7.example").expect(200);
        let count = world.read(move |conn| domain_blocks::count(conn, karim));
        assert_eq!(count, 1000, "{}", world.kind);
    });
}
