//! Whom push messages do not hold back, what rests, and what is told to whom.

use cordee::actions::create_post::NewPost;
use cordee::actions::follow::{self, Wish};
use cordee::model::ids::AccountId;
use cordee::model::words::{Boundary, FollowState, JoinPolicy, PushPolicy, Role, UserState};
use cordee::secrets::hash_token;
use cordee::store::follows::{self, Follow};
use cordee::store::{oauth, pushes, remote_accounts, settings, users};
use serde_json::json;

use super::service::{Phone, PushService};
use super::{PATH, development, is_subscribed, until, waiting, work};
use crate::support::world::{World, posted, remote, text};

#[test]
fn whoever_writes_is_not_held_back_by_a_client_that_unsubscribes() {
    World::each_with(development, |world| {
        let (karim, lotte) = (world.person("karim"), world.person("lotte"));
        let client = world.client(karim);
        client
            .post(
                PATH,
                &Phone::new(3).subscription("http://push.localhost:9/x", true),
            )
            .expect(200);
        let made = world.meanwhile(
            move |tx| pushes::delete_of_account(tx, karim, None),
            move |tx| posted(tx, lotte, text("@karim hello")),
        );
        assert!(made.is_ok(), "{}: {made:?}", world.kind);
        let told = client.get("/api/v1/notifications").expect(200);
        assert_eq!(told.as_array().unwrap().len(), 1);
        assert_eq!(waiting(world, karim), 0);
    });
}

#[test]
fn a_client_of_somebody_disabled_rests_and_rings_again() {
    World::each_with(development, |world| {
        let service = PushService::start(world);
        let (karim, lotte) = (world.person("karim"), world.person("lotte"));
        let client = world.client(karim);
        let phone = Phone::new(3);
        client
            .post(PATH, &phone.subscription(&service.address("x"), true))
            .expect(200);
        let set = |state| {
            world
                .write(move |tx| users::set_state(tx, karim, state))
                .unwrap();
        };
        world.publish(lotte, text("@karim one")).unwrap();
        set(UserState::Disabled);
        let _working = work(world);
        until(world, "the end of the queue", || waiting(world, karim) == 0);
        world.publish(lotte, text("@karim two")).unwrap();
        assert_eq!(
            waiting(world, karim),
            0,
            "nothing waits for a client that rests"
        );
        set(UserState::Active);
        assert!(is_subscribed(&client), "{}", world.kind);
        world.publish(lotte, text("@karim three")).unwrap();
        assert_eq!(phone.read(&service.next(world))["body"], "@karim three");
        service.got_nothing_more();
    });
}

#[test]
fn a_hidden_community_rings_without_words() {
    World::each_with(development, |world| {
        let service = PushService::start(world);
        let (karim, lotte) = (world.person("karim"), world.person("lotte"));
        let club = world.community("club", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
        let phone = Phone::new(3);
        let client = world.client(karim);
        client
            .post(PATH, &phone.subscription(&service.address("x"), true))
            .expect(200);
        let _working = work(world);
        let post = || NewPost {
            community: Some(club),
            ..text("@karim the secret valve")
        };
        world.publish(lotte, post()).unwrap();
        let said = phone.read(&service.next(world)).to_string();
        assert!(said.contains("valve"), "{said}");
        let path = format!("/api/cordee/v1/communities/{club}");
        client
            .patch(&path, &json!({ "visibility": "hidden" }))
            .expect(200);
        world.publish(lotte, post()).unwrap();
        let said = phone.read(&service.next(world)).to_string();
        assert!(!said.contains("valve") && !said.contains("lotte"), "{said}");
    });
}

#[test]
fn a_report_rings_only_for_whoever_may_handle_it_still() {
    World::each_with(development, |world| {
        let service = PushService::start(world);
        let ids = ["bart", "karim", "lotte"].map(|name| world.person(name));
        let [bart, karim, lotte] = ids;
        let role = |role| {
            world
                .write(move |tx| users::set_role(tx, bart, role))
                .unwrap();
        };
        role(Role::Moderator);
        let phone = Phone::new(3);
        let mut wish = phone.subscription(&service.address("x"), true);
        wish["data"]["alerts"]["admin.report"] = json!(true);
        world.client(bart).post(PATH, &wish).expect(200);
        let report = || {
            let body = json!({ "account_id": lotte.to_string(), "comment": "rude" });
            world
                .client(karim)
                .post("/api/v1/reports", &body)
                .expect(200);
        };
        report();
        assert_eq!(waiting(world, bart), 1);
        role(Role::Member);
        let _working = work(world);
        until(world, "the end of the queue", || waiting(world, bart) == 0);
        service.got_nothing_more();
        role(Role::Moderator);
        world.clock.advance_seconds(60);
        report();
        let said = phone.read(&service.next(world));
        assert_eq!(said["notification_type"], "admin.report");
    });
}

#[test]
fn what_moderators_decide_rings_without_words_and_lost_follows_with_their_number() {
    World::each_with(development, |world| {
        let service = PushService::start(world);
        let [bart, karim, lotte] = ["bart", "karim", "lotte"].map(|name| world.person(name));
        world
            .write(move |tx| {
                users::set_role(tx, bart, Role::Moderator)?;
                follow::follow(tx, karim, lotte, Wish::default(), None).map(drop)
            })
            .unwrap();
        let phone = Phone::new(3);
        let mut wish = phone.subscription(&service.address("x"), true);
        for kind in ["severed_relationships", "moderation_warning"] {
            wish["data"]["alerts"][kind] = json!(true);
        }
        let client = world.client(karim);
        let made = client.post(PATH, &wish).expect(200);
        assert_eq!(made["alerts"]["moderation_warning"], true);
        let staff = world.client_with(bart, "read write admin:read admin:write");
        let act = |id: AccountId, kind: &str| {
            let path = format!("/api/v1/admin/accounts/{id}/action");
            staff.post(&path, &json!({ "type": kind })).expect(200);
        };
        let _working = work(world);
        act(karim, "silence");
        let said = phone.read(&service.next(world));
        assert_eq!(said["notification_type"], "moderation_warning");
        assert!(!said.to_string().contains("limited"), "{said}");
        act(lotte, "suspend");
        let said = phone.read(&service.next(world));
        assert_eq!(said["notification_type"], "severed_relationships");
        let title = said["title"].as_str().unwrap();
        assert!(title.contains("Moderators suspended"), "{title}");
        assert!(title.contains("account"), "{title}");
        // What one shut out oneself is nobody else's business.
        world
            .write(move |tx| {
                let alice = remote_accounts::put(tx, &remote("alice"))?;
                let row = follow::follow(tx, karim, alice, Wish::default(), None)?;
                let agreed = Follow {
                    state: FollowState::Accepted,
                    ..row
                };
                follows::put(tx, &agreed)
            })
            .unwrap();
        let block = json!({ "domain": "p.example" });
        client.post("/api/v1/domain_blocks", &block).expect(200);
        let said = phone.read(&service.next(world));
        assert_eq!(said["notification_type"], "severed_relationships");
        assert!(!said.to_string().contains("p.example"), "{said}");
        service.got_nothing_more();
    });
}

#[test]
fn a_key_that_cannot_be_read_drops_no_message() {
    World::each_with(development, |world| {
        let service = PushService::start(world);
        let (karim, lotte) = (world.person("karim"), world.person("lotte"));
        let hash = hash_token(world.client(karim).token.as_deref().unwrap());
        let endpoint = service.address("x");
        let id = world
            .write(move |tx| {
                settings::keep(tx, settings::VAPID_PRIVATE, "no key at all")?;
                let token = oauth::find_token(tx, &hash)?.unwrap();
                let row = pushes::Subscription {
                    id: tx.new_id(),
                    token_id: token.id,
                    account_id: karim,
                    endpoint,
                    host: "push.localhost".into(),
                    p256dh: String::new(),
                    auth: String::new(),
                    standard: true,
                    alerts: "mention".into(),
                    policy: PushPolicy::All,
                    sealed_token: String::new(),
                    failures: 0,
                    failing_since: None,
                    next_attempt_at: None,
                    claimed_until: None,
                    created_at: tx.now(),
                };
                pushes::put(tx, &row)?;
                Ok(row.id)
            })
            .unwrap();
        world.publish(lotte, text("@karim hello")).unwrap();
        assert_eq!(waiting(world, karim), 1);
        let working = work(world);
        until(world, "the claim", || {
            let all = world.read(move |conn| pushes::list(conn, karim));
            let row = all.iter().find(|row| row.id == id);
            row.is_none_or(|row| row.claimed_until.is_some()) || waiting(world, karim) == 0
        });
        drop(working);
        assert_eq!(waiting(world, karim), 1, "{}", world.kind);
        service.got_nothing_more();
    });
}
