//! What people are told that nobody in particular did to them: follows that a block or suspension cut, and what moderators
//! decided about them.

use cordee::actions::sever::TELL;
use cordee::jobs::ending;
use cordee::model::ids::AccountId;
use cordee::model::words::{Boundary, FollowState, JoinPolicy, Role};
use cordee::store::follows::{self, Follow};
use cordee::store::{jobs, users};
use serde_json::{Value, json};

use super::domain_blocks::{follow, stranger};
use crate::support::client::Client;
use crate::support::world::World;

const ALL: &str = "read write follow push admin:read admin:write";
const SEVERED: &str = "severed_relationships";
const WARNED: &str = "moderation_warning";

fn staff<'w>(world: &'w World, name: &str, role: Role) -> Client<'w> {
    let id = world.person(name);
    world
        .write(move |tx| users::set_role(tx, id, role))
        .unwrap();
    world.client_with(id, ALL)
}

/// The notifications of a type, the newest first.
fn told(client: &Client<'_>, kind: &str) -> Vec<Value> {
    let path = format!("/api/v1/notifications?types[]={kind}");
    client.get(&path).expect(200).as_array().unwrap().clone()
}

/// What the only notification of this type says, which comes from oneself.
fn event(client: &Client<'_>, name: &str) -> Value {
    let rows = told(client, SEVERED);
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(rows[0]["account"]["acct"], name);
    assert!(rows[0].get("status").is_none(), "{}", rows[0]);
    rows[0]["event"].clone()
}

fn cut(kind: &str, target: &str, followers: i64, following: i64) -> Value {
    json!({
        "type": kind,
        "target_name": target,
        "followers_count": followers,
        "following_count": following,
        "relationships_count": followers + following,
        "purged": true,
    })
}

/// An event but for its id and time, which are looked at here.
fn plain(mut event: Value) -> Value {
    let fields = event.as_object_mut().unwrap();
    let id = fields.remove("id").unwrap();
    assert!(id.as_str().unwrap().parse::<i64>().is_ok());
    let at = fields.remove("created_at").unwrap();
    assert!(at.as_str().unwrap().ends_with('Z'), "{at}");
    event
}

#[test]
fn whoever_loses_follows_by_a_block_of_moderators_is_told_how_many() {
    World::each(|world| {
        let ada = staff(world, "ada", Role::Admin);
        let [karim, lotte, bart] = ["karim", "lotte", "bart"].map(|name| world.person(name));
        let alice = stranger(world, "alice", "p.example");
        let carol = stranger(world, "carol", "p.example");
        let other = stranger(world, "carol", "q.example");
        for (one, another) in [
            (karim, alice),
            (karim, carol),
            (alice, karim),
            (carol, lotte),
            (karim, other),
            (bart, other),
        ] {
            follow(world, one, another);
        }
        let path = "/api/v1/admin/domain_blocks";
        let wish = json!({ "domain": "p.example", "severity": "suspend" });
        let made = ada.post(path, &wish).expect(200);
        let [k, l, b] = [karim, lotte, bart].map(|id| world.client(id));
        let block = |followers, following| cut("domain_block", "p.example", followers, following);
        assert_eq!(plain(event(&k, "karim")), block(1, 2), "{}", world.kind);
        assert_eq!(plain(event(&l, "lotte")), block(1, 0), "{}", world.kind);
        assert!(told(&b, SEVERED).is_empty(), "nobody there");
        let groups = k.get("/api/v2/notifications").expect(200);
        let group = &groups["notification_groups"][0];
        assert_eq!(group["event"], event(&k, "karim"));
        assert_eq!(group["sample_account_ids"], json!([karim.to_string()]));
        // What is blocked already cuts nothing more; what is blocked anew does.
        let one = format!("{path}/{}", made["id"].as_str().unwrap());
        ada.put(&one, &json!({ "severity": "suspend" })).expect(200);
        assert_eq!(told(&k, SEVERED).len(), 1);
        ada.put(&one, &json!({ "severity": "silence" })).expect(200);
        ada.put(&one, &json!({ "severity": "suspend" })).expect(200);
        assert_eq!(told(&k, SEVERED).len(), 2, "{}", world.kind);
        assert_eq!(
            world
                .read(move |conn| follows::find(conn, karim, alice))
                .unwrap()
                .state,
            FollowState::Accepted,
            "it rests"
        );
        let id = told(&k, SEVERED)[0]["id"].as_str().unwrap().to_owned();
        k.post(&format!("/api/v1/notifications/{id}/dismiss"), &json!({}))
            .expect(200);
        assert_eq!(told(&k, SEVERED).len(), 1);
    });
}

#[test]
fn whoever_blocks_a_node_is_told_what_that_cost() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        let alice = stranger(world, "alice", "p.example");
        for (one, another) in [(karim, alice), (alice, karim), (lotte, alice)] {
            follow(world, one, another);
        }
        let client = world.client(karim);
        for domain in ["p.example", "p.example", "q.example"] {
            let block = json!({ "domain": domain });
            client.post("/api/v1/domain_blocks", &block).expect(200);
        }
        let wanted = cut("user_domain_block", "p.example", 1, 1);
        assert_eq!(plain(event(&client, "karim")), wanted, "{}", world.kind);
        assert!(told(&world.client(lotte), SEVERED).is_empty());
    });
}

#[test]
fn whoever_follows_somebody_suspended_is_told() {
    World::each(|world| {
        let bart = staff(world, "bart", Role::Moderator);
        let [karim, lotte, mallory] = ["karim", "lotte", "mallory"].map(|name| world.person(name));
        let alice = stranger(world, "alice", "p.example");
        for (one, another) in [
            (karim, alice),
            (alice, lotte),
            (lotte, mallory),
            (mallory, alice),
        ] {
            follow(world, one, another);
        }
        let suspend = |id: AccountId| {
            let path = format!("/api/v1/admin/accounts/{id}/action");
            bart.post(&path, &json!({ "type": "suspend" })).expect(200);
        };
        suspend(alice);
        suspend(alice);
        let [k, l] = [karim, lotte].map(|id| world.client(id));
        let out =
            |name, followers, following| cut("account_suspension", name, followers, following);
        let said = plain(event(&k, "karim"));
        assert_eq!(said, out("alice@p.example", 0, 1), "{}", world.kind);
        let said = plain(event(&l, "lotte"));
        assert_eq!(said, out("alice@p.example", 1, 0));
        suspend(mallory);
        let rows = told(&l, SEVERED);
        assert_eq!(rows.len(), 2, "{}", world.kind);
        assert_eq!(plain(rows[0]["event"].clone()), out("mallory", 0, 1));
    });
}

/// The payload of the only job of this kind.
fn payload(world: &World) -> String {
    let due = world
        .write(|tx| jobs::claim(tx, 50, chrono::TimeDelta::minutes(3)))
        .unwrap();
    let mut due = due.into_iter().filter(|job| job.kind == TELL);
    let job = due.next().unwrap();
    assert!(due.next().is_none());
    job.payload
}

/// More people than one transaction tells, who follow somebody of `p.example`.
fn crowd(world: &World) -> Vec<AccountId> {
    let alice = stranger(world, "alice", "p.example");
    let many: Vec<AccountId> = (0..203).map(|n| world.person(&format!("p{n}"))).collect();
    let all = many.clone();
    let ties = move |tx: &mut cordee::store::db::Tx<'_>| {
        for follower in &all {
            let id = tx.new_id();
            let row = Follow {
                id,
                follower_id: *follower,
                target_id: alice,
                state: FollowState::Accepted,
                uri: tx.node().activity_uri(id),
                show_boosts: true,
                notify: false,
                created_at: tx.now(),
            };
            follows::put(tx, &row)?;
        }
        Ok(())
    };
    world.write(ties).unwrap();
    many
}

#[test]
fn many_are_told_by_a_job_and_nobody_twice() {
    World::each(|world| {
        let ada = staff(world, "ada", Role::Admin);
        let many = crowd(world);
        let peer = "/api/cordee/v1/admin/peers/p.example";
        let block = || ada.put(peer, &json!({ "mode": "blocked" })).expect(200);
        block();
        let count = |id| told(&world.client(id), SEVERED).len();
        let tell = |payload: &str| {
            let work = ending::tell_severed(&world.app, payload);
            world.runtime.block_on(work).unwrap();
        };
        let (first, last) = (many[0], *many.last().unwrap());
        assert_eq!((count(first), count(last)), (1, 0), "{}", world.kind);
        let taken_back = payload(world);
        ada.delete(peer).expect(200);
        tell(&taken_back);
        assert_eq!((count(first), count(last)), (1, 0), "it holds no more");
        block();
        let second = payload(world);
        for _ in 0..2 {
            tell(&second);
        }
        assert_eq!((count(first), count(last)), (2, 1), "{}", world.kind);
    });
}

/// What a warning says, but for its id and time.
fn warning(row: &Value) -> Value {
    let warning = plain(row["moderation_warning"].clone());
    let mut warning = warning.as_object().unwrap().clone();
    let target = warning.remove("target_account").unwrap();
    assert_eq!(target["acct"], row["account"]["acct"]);
    Value::Object(warning)
}

#[test]
fn whoever_moderators_decide_about_is_told() {
    World::each(|world| {
        let bart = staff(world, "bart", Role::Moderator);
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        let client = world.client(karim);
        let post = client.publish("You are all wrong");
        let complaint = json!({ "account_id": karim.to_string(), "status_ids": [post["id"]] });
        let reporter = world.client(lotte);
        let report = reporter.post("/api/v1/reports", &complaint).expect(200);
        let path = format!("/api/v1/admin/accounts/{karim}/action");
        let act = |wish: Value| bart.post(&path, &wish).expect(200);
        act(json!({ "type": "none", "text": " Please be kind ", "report_id": report["id"] }));
        act(json!({ "type": "sensitive" }));
        act(json!({ "type": "silence" }));
        let said = |action: &str, text: &str, posts: &[&Value]| json!({ "action": action, "text": text, "status_ids": posts, "appeal": null });
        let rows = told(&client, WARNED);
        let shown: Vec<Value> = rows.iter().map(warning).collect();
        assert_eq!(
            shown,
            [
                said("silence", "", &[]),
                said("sensitive", "", &[]),
                said("none", "Please be kind", &[&post["id"]]),
            ],
            "{}",
            world.kind
        );
        let groups = client.get("/api/v2/notifications").expect(200);
        let group = &groups["notification_groups"][0];
        assert_eq!(group["moderation_warning"], rows[0]["moderation_warning"]);
        for lasting in ["disable", "suspend"] {
            act(json!({ "type": lasting }));
            let lift = if lasting == "disable" {
                "enable"
            } else {
                "unsuspend"
            };
            let path = format!("/api/v1/admin/accounts/{karim}/{lift}");
            bart.post(&path, &json!({})).expect(200);
            let rows = told(&world.client(karim), WARNED);
            assert_eq!(warning(&rows[0]), said(lasting, "", &[]), "{}", world.kind);
        }
        assert!(told(&reporter, WARNED).is_empty() && told(&bart, WARNED).is_empty());
    });
}

#[test]
fn whose_post_stewards_remove_is_told_which() {
    World::each(|world| {
        let [karim, lotte, mia] = ["karim", "lotte", "mia"].map(|name| world.person(name));
        let pumps = world.community("pumps", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
        let author = world.client(mia);
        let join = format!("/api/v1/accounts/{pumps}/follow");
        author.post(&join, &json!({})).expect(200);
        let posts = ["@pumps buy my seals", "@pumps never mind"].map(|text| author.publish(text));
        let [removed, own] = posts.each_ref().map(|post| {
            let id = post["id"].as_str().unwrap();
            format!("/api/v1/statuses/{id}")
        });
        world.client(karim).delete(&removed).expect(200);
        author.delete(&own).expect(200);
        let rows = told(&author, WARNED);
        let shown: Vec<Value> = rows.iter().map(warning).collect();
        let wanted = json!({
            "action": "delete_statuses", "text": "", "status_ids": [posts[0]["id"]], "appeal": null,
        });
        assert_eq!(shown, [wanted], "{}", world.kind);
    });
}

#[test]
fn the_page_says_it_in_words() {
    World::each(|world| {
        let bart = staff(world, "bart", Role::Moderator);
        let karim = world.person_with_password("karim");
        let alice = stranger(world, "alice", "p.example");
        follow(world, karim, alice);
        let act = |id: AccountId, wish: Value| {
            let path = format!("/api/v1/admin/accounts/{id}/action");
            bart.post(&path, &wish).expect(200);
        };
        act(alice, json!({ "type": "suspend" }));
        act(
            karim,
            json!({ "type": "silence", "text": "Please be <kind>" }),
        );
        let page = world.signed_in("karim").open("/notifications").text;
        for words in [
            "Moderators suspended alice@p.example.",
            "1 account that you follow.",
            "Moderators limited your account",
            "Please be &#60;kind&#62;",
        ] {
            // Fluent puts marks of direction around what it fills in.
            let page = page.replace(['\u{2068}', '\u{2069}'], "");
            assert!(page.contains(words), "{words} in {page}");
        }
    });
}
