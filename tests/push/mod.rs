//! Push messages from a notification to a phone, over a push service on loopback.

mod heeding;
mod service;

use std::time::Duration;

use cordee::actions::authorize_app;
use cordee::actions::create_post::NewPost;
use cordee::actions::manage_user::suspend;
use cordee::actions::{accept_answer, join};
use cordee::config::Config;
use cordee::error::Result;
use cordee::jobs::push;
use cordee::model::ids::AccountId;
use cordee::model::words::{Boundary, JoinPolicy, Kind, Visibility};
use cordee::secrets::hash_token;
use cordee::server;
use cordee::store::db::Tx;
use cordee::store::users::{self, Preferences};
use cordee::store::{oauth, pushes};
use serde_json::{Value, json};
use service::{Phone, PushService};
use url::Url;

use crate::support::client::Client;
use crate::support::world::{World, text};

/// Something that ends the token of a person.
type End = fn(&mut Tx<'_>, AccountId, i64) -> Result<()>;

const PATH: &str = "/api/v1/push/subscription";

fn development(config: &mut Config) {
    config.server.public_url = Url::parse("http://north.localhost:7401").unwrap();
    config.federation.development = true;
}

/// The work on push messages, until it is dropped.
struct Working<'w>(&'w World);

fn work(world: &World) -> Working<'_> {
    let fed = world
        .runtime
        .block_on(server::federate(&world.app))
        .unwrap();
    let task = push::run(fed);
    world.runtime.block_on(async { world.app.spawn(task) });
    Working(world)
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.app.stopping.cancel();
        self.0.app.tasks.close();
        self.0.runtime.block_on(self.0.app.tasks.wait());
    }
}

/// Waits until something holds, for some seconds at most.
fn until(world: &World, what: &str, holds: impl Fn() -> bool) {
    for _ in 0..1500 {
        if holds() {
            return;
        }
        world
            .runtime
            .block_on(async { tokio::time::sleep(Duration::from_millis(20)).await });
    }
    panic!("{}: {what} did not come", world.kind);
}

fn waiting(world: &World, account: AccountId) -> i64 {
    world.read(move |conn| pushes::count_waiting(conn, account))
}

fn is_subscribed(client: &Client<'_>) -> bool {
    client.get(PATH).status == 200
}

fn direct(source: &str) -> NewPost {
    NewPost {
        visibility: Some(Visibility::Direct),
        ..text(source)
    }
}

#[test]
fn a_mention_rings_in_either_encoding() {
    World::each_with(development, |world| {
        let service = PushService::start(world);
        let (karim, lotte) = (world.person("karim"), world.person("lotte"));
        let (newer, older) = (world.client(karim), world.client(karim));
        let (phone, tablet) = (Phone::new(3), Phone::new(4));
        let made = newer
            .post(PATH, &phone.subscription(&service.address("newer"), true))
            .expect(200);
        older
            .post(PATH, &tablet.subscription(&service.address("older"), false))
            .expect(200);
        world.publish(lotte, text("@karim the pump hums")).unwrap();
        assert_eq!(waiting(world, karim), 2, "written with the notification");
        let _working = work(world);
        let told = newer.get("/api/v1/notifications").expect(200);
        for _ in 0..2 {
            let came = service.next(world);
            let (reader, client) = match came.path.as_str() {
                "/newer" => (&phone, &newer),
                _ => (&tablet, &older),
            };
            let claims = came.claims(made["server_key"].as_str().unwrap());
            assert_eq!(claims["aud"], service.origin());
            assert_eq!(claims["sub"], "http://north.localhost:7401");
            let left = claims["exp"].as_i64().unwrap() - world.app.db.now().and_utc().timestamp();
            assert!((0..=24 * 3600).contains(&left), "{left}");
            assert!(came.header("ttl").parse::<i64>().unwrap() > 47 * 3600);
            assert_eq!(came.header("urgency"), "normal");
            assert_eq!(came.header("topic").len(), 32);
            let said = reader.read(&came);
            assert_eq!(said["access_token"], json!(client.token));
            assert_eq!(said["notification_type"], "mention");
            assert_eq!(
                said["notification_id"].to_string(),
                told[0]["id"].as_str().unwrap()
            );
            assert_eq!(said["preferred_locale"], "en");
            assert_eq!(said["title"], "lotte mentioned you");
            assert_eq!(said["body"], "@karim the pump hums");
            assert_eq!(said["icon"], told[0]["account"]["avatar"]);
        }
        until(world, "the end of the queue", || waiting(world, karim) == 0);
        service.got_nothing_more();
    });
}

#[test]
fn what_is_not_for_everybody_rings_without_words() {
    for closed_text in [false, true] {
        let settings = move |config: &mut Config| {
            development(config);
            config.push.closed_text = closed_text;
        };
        World::each_with(settings, |world| {
            let service = PushService::start(world);
            let (karim, lotte) = (world.person("karim"), world.person("lotte"));
            let safety =
                world.community("safety", Boundary::Node, JoinPolicy::Open, [karim, lotte]);
            let phone = Phone::new(3);
            world
                .client(karim)
                .post(PATH, &phone.subscription(&service.address("x"), true))
                .expect(200);
            let _working = work(world);
            let inside = NewPost {
                community: Some(safety),
                ..text("@karim the secret valve")
            };
            for post in [inside, direct("@karim the secret valve")] {
                world.publish(lotte, post).unwrap();
                let said = phone.read(&service.next(world));
                let whole = said.to_string();
                assert_eq!(whole.contains("valve"), closed_text, "{whole}");
                assert_eq!(whole.contains("lotte"), closed_text, "{whole}");
                assert_eq!(said["notification_type"], "mention");
                if !closed_text {
                    assert_eq!(said["title"], "Something new on Cordée");
                    assert_eq!(said["body"], "");
                }
            }
        });
    }
}

#[test]
fn a_subscription_that_its_service_does_not_know_any_more_goes() {
    World::each_with(development, |world| {
        let service = PushService::start(world);
        let (karim, lotte) = (world.person("karim"), world.person("lotte"));
        let client = world.client(karim);
        let phone = Phone::new(3);
        let _working = work(world);
        for status in [404, 410] {
            client
                .post(PATH, &phone.subscription(&service.address("x"), true))
                .expect(200);
            service.answers(&[(status, None)]);
            world.publish(lotte, text("@karim hello")).unwrap();
            service.next(world);
            until(world, "the end of the subscription", || {
                !is_subscribed(&client)
            });
            assert_eq!(waiting(world, karim), 0);
        }
        world.publish(lotte, text("@karim again")).unwrap();
        assert_eq!(waiting(world, karim), 0);
    });
}

#[test]
fn a_service_that_fails_is_tried_again_and_given_up_after_days() {
    World::each_with(development, |world| {
        let service = PushService::start(world);
        let (karim, lotte) = (world.person("karim"), world.person("lotte"));
        let client = world.client(karim);
        let phone = Phone::new(3);
        client
            .post(PATH, &phone.subscription(&service.address("x"), true))
            .expect(200);
        let token = hash_token(client.token.as_deref().unwrap());
        let failures = || {
            let token = token.clone();
            world.read(move |conn| {
                let token = oauth::find_token(conn, &token)?.unwrap();
                Ok(pushes::find_by_token(conn, token.id)?.map(|row| row.failures))
            })
        };
        let _working = work(world);
        service.answers(&[(503, None), (429, Some("100")), (201, None)]);
        world.publish(lotte, text("@karim hello")).unwrap();
        for (tries, pause) in [(1, 6), (2, 101)] {
            let before = service.next(world);
            until(world, "the note of the failure", || {
                failures() == Some(tries)
            });
            service.got_nothing_more();
            assert!(!phone.read(&before).is_null());
            world.clock.advance_seconds(pause);
            world.app.hub.pushes().notify_one();
        }
        assert_eq!(phone.read(&service.next(world))["body"], "@karim hello");
        until(world, "the success", || failures() == Some(0));
        // From here on nothing works for a week.
        service.answers(&[(500, None); 40]);
        let mut tries = 0;
        for _day in 0..20 {
            world.publish(lotte, text("@karim still there?")).unwrap();
            service.next(world);
            tries += 1;
            let noted = || failures().is_none_or(|count| count == tries);
            until(world, "the note of the failure", noted);
            if failures().is_none() {
                break;
            }
            world.clock.advance_seconds(12 * 3600);
        }
        assert!((12..20).contains(&tries), "{tries}");
        assert!(!is_subscribed(&client));
    });
}

#[test]
fn a_slow_push_service_holds_nobody_up() {
    World::each_with(development, |world| {
        let (slow, quick) = (PushService::start(world), PushService::start(world));
        let lotte = world.person("lotte");
        let phone = Phone::new(3);
        let subscribe = |name: &str, service: &PushService| {
            let account = world.person(name);
            world
                .client(account)
                .post(PATH, &phone.subscription(&service.address(name), true))
                .expect(200);
            account
        };
        slow.close();
        // More than are sent to at the same time in all: only the bound for one service leaves room.
        let slow_ones: Vec<AccountId> = (0..70)
            .map(|n| subscribe(&format!("slow{n}"), &slow))
            .collect();
        subscribe("quick", &quick);
        let _working = work(world);
        for n in 0..70 {
            world
                .publish(lotte, text(&format!("@slow{n} hello")))
                .unwrap();
        }
        slow.next(world);
        world.publish(lotte, text("@quick hello")).unwrap();
        quick.next(world);
        slow.open();
        until(world, "the slow ones", || {
            slow_ones.iter().all(|one| waiting(world, *one) == 0)
        });
    });
}

#[test]
fn what_a_killed_process_had_in_hand_is_sent_by_the_next() {
    World::each_with(development, |world| {
        let service = PushService::start(world);
        let (karim, lotte) = (world.person("karim"), world.person("lotte"));
        let phone = Phone::new(3);
        let made = world
            .client(karim)
            .post(PATH, &phone.subscription(&service.address("x"), true))
            .expect(200);
        let id = made["id"].as_str().unwrap().parse().unwrap();
        world.publish(lotte, text("@karim hello")).unwrap();
        let claim = move |tx: &mut Tx<'_>| {
            let now = tx.now();
            pushes::claim(tx, id, now, chrono::TimeDelta::minutes(3))
        };
        assert!(world.write(claim).unwrap());
        assert!(!world.write(claim).unwrap(), "nobody else has it then");
        world.clock.advance_seconds(181);
        let _working = work(world);
        assert_eq!(phone.read(&service.next(world))["body"], "@karim hello");
    });
}

#[test]
fn whoever_is_shut_out_hears_nothing_from_that_moment() {
    World::each_with(development, |world| {
        let service = PushService::start(world);
        let (karim, lotte) = (world.person("karim"), world.person("lotte"));
        let phone = Phone::new(3);
        let ends: [(&str, End); 3] = [
            ("a token taken back", |tx, _, token| {
                authorize_app::revoke_token(tx, token)
            }),
            ("an app taken back", |tx, me, token| {
                let rows = oauth::list_tokens(tx, me)?;
                let app = rows.iter().find(|(row, _)| row.id == token).unwrap();
                authorize_app::revoke_app(tx, me, app.1.id)
            }),
            ("a suspension", |tx, me, _| suspend(tx, me)),
        ];
        for (what, end) in ends {
            let client = world.client(karim);
            client
                .post(PATH, &phone.subscription(&service.address("x"), true))
                .expect(200);
            world.publish(lotte, text("@karim hello")).unwrap();
            assert_eq!(waiting(world, karim), 1, "{what}");
            let hash = hash_token(client.token.as_deref().unwrap());
            world
                .write(move |tx| {
                    let token = oauth::find_token(tx, &hash)?.unwrap();
                    end(tx, karim, token.id)
                })
                .unwrap();
            assert_eq!(waiting(world, karim), 0, "{what}");
            let left = world.read(move |conn| pushes::list(conn, karim));
            assert!(left.is_empty(), "{what}");
        }
        let _working = work(world);
        let anne = world.person("anne");
        world
            .client(anne)
            .post(PATH, &phone.subscription(&service.address("anne"), true))
            .expect(200);
        world.publish(lotte, text("@anne hello")).unwrap();
        assert_eq!(service.next(world).path, "/anne", "nothing came before");
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn a_client_hears_what_it_asked_for_and_its_person_lets_through() {
    World::each_with(development, |world| {
        let service = PushService::start(world);
        let (karim, lotte) = (world.person("karim"), world.person("lotte"));
        let (me, her) = (world.client(karim), world.client(lotte));
        let phone = Phone::new(3);
        me.post(PATH, &phone.subscription(&service.address("x"), true))
            .expect(200);
        let wish = |data: Value| {
            me.put(PATH, &json!({ "data": data })).expect(200);
        };
        let rings = |source: &str| {
            let before = waiting(world, karim);
            world.publish(lotte, text(source)).unwrap();
            waiting(world, karim) > before
        };
        assert!(rings("@karim one"));
        wish(json!({ "alerts": { "follow": true } }));
        assert!(!rings("@karim two"), "not asked for");
        wish(json!({ "alerts": { "mention": true }, "policy": "none" }));
        assert!(!rings("@karim three"), "of nobody");
        wish(json!({ "policy": "followed" }));
        assert!(!rings("@karim four"), "of whom one follows");
        me.post(&format!("/api/v1/accounts/{lotte}/follow"), &json!({}))
            .expect(200);
        assert!(rings("@karim five"), "one follows her now");
        wish(json!({ "policy": "follower" }));
        assert!(!rings("@karim six"), "she does not follow back");
        her.post(&format!("/api/v1/accounts/{karim}/follow"), &json!({}))
            .expect(200);
        assert!(rings("@karim seven"), "now she does");
        wish(json!({ "policy": "all" }));
        let thread = me.publish("hello all");
        let id = thread["id"].as_str().unwrap();
        me.post(&format!("/api/v1/statuses/{id}/mute"), &json!({}))
            .expect(200);
        let reply = json!({ "status": "@karim in a muted thread", "in_reply_to_id": id });
        let before = waiting(world, karim);
        her.publish_with(&reply);
        assert_eq!(waiting(world, karim), before, "the thread is muted");
        // Filters and mutes count when it is sent, too.
        let filter = |word: &str, action: &str| {
            let body = json!({ "title": word, "context": ["notifications"], "filter_action": action,
                               "keywords_attributes": [{ "keyword": word }] });
            me.post("/api/v2/filters", &body).expect(200);
        };
        filter("hidden", "hide");
        filter("warned", "warn");
        assert!(rings("@karim hidden words") && rings("@karim warned words"));
        let deleted = her.publish("@karim soon gone");
        her.delete(&format!(
            "/api/v1/statuses/{}",
            deleted["id"].as_str().unwrap()
        ))
        .expect(200);
        let anne = world.person("anne");
        world
            .publish(anne, text("@karim of somebody muted"))
            .unwrap();
        me.post(&format!("/api/v1/accounts/{anne}/mute"), &json!({}))
            .expect(200);
        world.publish(lotte, text("@karim the last")).unwrap();
        let _working = work(world);
        let mut bodies = Vec::new();
        while bodies.last().is_none_or(|last| last != "@karim the last") {
            let said = phone.read(&service.next(world));
            assert_eq!(said["title"], "lotte mentioned you");
            bodies.push(said["body"].as_str().unwrap().to_owned());
        }
        let wanted = [
            "@karim one",
            "@karim five",
            "@karim seven",
            "",
            "@karim the last",
        ];
        assert_eq!(bodies, wanted, "{}", world.kind);
        me.post(&format!("/api/v1/accounts/{lotte}/mute"), &json!({}))
            .expect(200);
        assert!(!rings("@karim of somebody muted"));
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn our_own_events_come_as_types_that_clients_know_in_the_readers_language() {
    World::each_with(development, |world| {
        let service = PushService::start(world);
        let [karim, lotte, anne] = ["karim", "lotte", "anne"].map(|name| world.person(name));
        world
            .write(move |tx| {
                for (account, locale) in [(karim, "fr"), (anne, "nl")] {
                    let wish = Preferences {
                        locale: Some(locale.to_owned()),
                        ..Preferences::default()
                    };
                    users::set_preferences(tx, account, &wish)?;
                }
                Ok(())
            })
            .unwrap();
        let pumps = world.community(
            "pumps",
            Boundary::Public,
            JoinPolicy::Request,
            [karim, lotte],
        );
        let phone = Phone::new(3);
        let subscribe = |account: AccountId| {
            world
                .client(account)
                .post(PATH, &phone.subscription(&service.address("x"), true))
                .expect(200);
        };
        let _working = work(world);
        let hears = || {
            let said = phone.read(&service.next(world));
            let word = |name: &str| said[name].as_str().unwrap().to_owned();
            (
                word("notification_type"),
                word("title"),
                word("preferred_locale"),
            )
        };
        let told = |kind: &str, title: &str, locale: &str| {
            (kind.to_owned(), title.to_owned(), locale.to_owned())
        };
        subscribe(karim);
        world
            .write(move |tx| {
                let request = join::Request {
                    community: pumps,
                    account: anne,
                    message: String::new(),
                    uri: None,
                    reader: false,
                };
                join::join(tx, &request).map(drop)
            })
            .unwrap();
        assert_eq!(
            hears(),
            told(
                "follow_request",
                "anne demande à rejoindre About pumps",
                "fr"
            )
        );
        subscribe(anne);
        let accept = format!("/api/cordee/v1/communities/{pumps}/requests/{anne}/accept");
        world.client(karim).post(&accept, &json!({})).expect(200);
        assert_eq!(
            hears(),
            told("follow", "U bent nu lid van About pumps", "nl")
        );
        let question = world
            .publish(
                lotte,
                NewPost {
                    community: Some(pumps),
                    kind: Some(Kind::Question),
                    title: Some("Why does it hum?".into()),
                    ..text("It hums")
                },
            )
            .unwrap();
        let reply = NewPost {
            parent: Some(question.id),
            ..text("Because of the bearing")
        };
        let answer = world.publish(anne, reply).unwrap();
        world
            .write(move |tx| accept_answer::accept_answer(tx, lotte, answer.id, "", None).map(drop))
            .unwrap();
        assert_eq!(
            hears(),
            told("favourite", "lotte aanvaardde uw antwoord", "nl")
        );
    });
}
