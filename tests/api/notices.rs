//! Notifications: groups, and whose are wanted.

use cordee::model::words::{Boundary, JoinPolicy};
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::world::World;

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

fn act(client: &Client<'_>, post: &Value, what: &str) {
    client
        .post(&format!("/api/v1/statuses/{}/{what}", id(post)), &json!({}))
        .expect(200);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn what_several_do_to_one_post_is_one_group() {
    World::each(|world| {
        let [karim, lotte, anne, bart] =
            ["karim", "lotte", "anne", "bart"].map(|name| world.client(world.person(name)));
        let (first, second) = (karim.publish("first"), karim.publish("second"));
        act(&lotte, &first, "favourite");
        act(&lotte, &second, "favourite");
        lotte.publish("@karim hello");
        for one in [&anne, &bart] {
            act(one, &first, "favourite");
        }
        act(&bart, &first, "reblog");
        let list = "/api/v2/notifications";
        let page = karim.get(list).expect(200);
        let groups = page["notification_groups"].as_array().unwrap();
        let kinds: Vec<&str> = groups
            .iter()
            .map(|group| group["type"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["reblog", "favourite", "mention", "favourite"]);
        let group = &groups[1];
        assert_eq!(group["notifications_count"], 3);
        assert_eq!(group["status_id"], first["id"]);
        assert_eq!(group["sample_account_ids"].as_array().unwrap().len(), 3);
        assert_eq!(page["accounts"].as_array().unwrap().len(), 3);
        assert_eq!(page["statuses"].as_array().unwrap().len(), 3);
        assert!(
            groups[2]["group_key"]
                .as_str()
                .unwrap()
                .starts_with("ungrouped-")
        );
        let few = karim
            .get(&format!("{list}?expand_accounts=partial_avatars"))
            .expect(200);
        assert_eq!(few["accounts"].as_array().unwrap().len(), 2);
        assert_eq!(few["partial_accounts"][0]["acct"], "anne");
        assert_eq!(few["partial_accounts"][0]["note"], Value::Null);
        let plain = karim
            .get(&format!("{list}?grouped_types[]=reblog"))
            .expect(200);
        assert_eq!(plain["notification_groups"].as_array().unwrap().len(), 6);
        let count = |path: &str| karim.get(path).expect(200)["count"].clone();
        assert_eq!(count("/api/v2/notifications/unread_count"), json!(4));
        assert_eq!(count("/api/v1/notifications/unread_count"), json!(6));
        let one = format!("{list}/{}", group["group_key"].as_str().unwrap());
        let shown = karim.get(&one).expect(200);
        assert_eq!(shown["notification_groups"][0]["notifications_count"], 3);
        let people = karim.get(&format!("{one}/accounts")).expect(200);
        assert_eq!(people[0]["acct"], "bart");
        lotte.get(&one).expect(404);
        karim
            .post(&format!("{one}/dismiss"), &json!({}))
            .expect(200);
        karim.get(&one).expect(404);
        assert_eq!(count("/api/v1/notifications/unread_count"), json!(3));
        world.clock.advance_seconds(13 * 3600);
        act(&anne, &second, "favourite");
        let page = karim.get(list).expect(200);
        assert_eq!(
            page["notification_groups"][0]["notifications_count"], 1,
            "a group ends after some hours"
        );
    });
}

#[test]
fn groups_of_one_account_hold_what_that_account_did() {
    World::each(|world| {
        let ids = ["karim", "lotte", "anne", "bart"].map(|name| world.person(name));
        let [karim, lotte, anne, bart] = ids.map(|id| world.client(id));
        let (first, second) = (karim.publish("first"), karim.publish("second"));
        for one in [&lotte, &anne, &bart] {
            act(one, &first, "favourite");
        }
        act(&lotte, &second, "favourite");
        let of = |who: &str| {
            let path = format!("/api/v2/notifications?account_id={who}");
            let page = karim.get(&path).expect(200);
            let groups = page["notification_groups"].as_array().unwrap().clone();
            let count = |group: &Value| group["notifications_count"].as_u64().unwrap();
            for group in &groups {
                assert_eq!(group["sample_account_ids"], json!([who]), "{}", world.kind);
            }
            let unread = format!("/api/v2/notifications/unread_count?account_id={who}");
            let unread = karim.get(&unread).expect(200)["count"].as_u64().unwrap();
            assert_eq!(unread, groups.len() as u64, "{}", world.kind);
            groups.iter().map(count).collect::<Vec<_>>()
        };
        let [_, lotte_id, anne_id, bart_id] = ids.map(|id| id.to_string());
        assert_eq!(of(&lotte_id), [1, 1], "the first of a group too");
        assert_eq!(of(&anne_id), [1]);
        assert_eq!(of(&bart_id), [1]);
        for nobody in ["1", "abc", "-", "99999999999999999999999"] {
            assert_eq!(of(nobody), Vec::<u64>::new(), "{nobody}");
            let path = format!("/api/v1/notifications?account_id={nobody}");
            assert_eq!(karim.get(&path).expect(200), json!([]), "{nobody}");
        }
        let all = karim.get("/api/v2/notifications?account_id=").expect(200);
        let groups = all["notification_groups"].as_array().unwrap();
        assert_eq!(groups[1]["notifications_count"], 3, "no account is named");
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn strangers_wait_or_are_not_heard_where_the_policy_says_so() {
    World::each(|world| {
        let lotte_id = world.person("lotte");
        let lotte = world.client(lotte_id);
        let (karim, anne) = (
            world.client(world.person("karim")),
            world.client(world.person("anne")),
        );
        let policy = "/api/v2/notifications/policy";
        let open = karim.get(policy).expect(200);
        assert_eq!(open["for_not_following"], "accept");
        let wish = json!({ "for_not_following": "filter", "for_private_mentions": "drop" });
        let changed = karim.patch(policy, &wish).expect(200);
        assert_eq!(
            (
                &changed["for_not_following"],
                &changed["for_private_mentions"]
            ),
            (&json!("filter"), &json!("drop"))
        );
        assert_eq!(changed["for_bots"], "accept");
        let old = karim.get("/api/v1/notifications/policy").expect(200);
        assert_eq!(old["filter_not_following"], true);
        karim
            .patch(policy, &json!({ "for_bots": "maybe" }))
            .expect(422);
        let post = lotte.publish("@karim hello");
        lotte.publish("@karim again");
        anne.publish("@karim me too");
        let hidden = json!({ "status": "@karim psst", "visibility": "direct" });
        lotte.post("/api/v1/statuses", &hidden).expect(200);
        let told = |query: &str| {
            let list = karim
                .get(&format!("/api/v1/notifications{query}"))
                .expect(200);
            list.as_array().unwrap().len()
        };
        assert_eq!((told(""), told("?include_filtered=true")), (0, 3));
        let summary = &karim.get(policy).expect(200)["summary"];
        assert_eq!(
            summary,
            &json!({ "pending_requests_count": 2, "pending_notifications_count": 3 })
        );
        let requests = "/api/v1/notifications/requests";
        let waiting = karim.get(requests).expect(200);
        assert_eq!(
            (
                &waiting[0]["account"]["acct"],
                &waiting[1]["account"]["acct"]
            ),
            (&json!("anne"), &json!("lotte"))
        );
        assert_eq!(waiting[1]["notifications_count"], "2");
        let last = waiting[1]["last_status"]["content"].as_str().unwrap();
        assert!(last.contains("again"), "{last}");
        let path = format!("{requests}/{}", id(&waiting[1]));
        assert_eq!(karim.get(&path).expect(200)["id"], waiting[1]["id"]);
        anne.get(&path).expect(404);
        karim
            .post(&format!("{path}/accept"), &json!({}))
            .expect(200);
        karim.get(&path).expect(404);
        assert_eq!(told(""), 2);
        act(&lotte, &karim.publish("thanks"), "favourite");
        assert_eq!(told(""), 3, "who was accepted is heard from now on");
        let several = json!({ "id": [waiting[0]["id"]] });
        karim
            .post(&format!("{requests}/dismiss"), &several)
            .expect(200);
        assert_eq!(karim.get(requests).expect(200), json!([]));
        assert_eq!(told("?include_filtered=true"), 3);
        let put = json!({ "filter_not_following": false });
        let old = karim.put("/api/v1/notifications/policy", &put).expect(200);
        assert_eq!(old["filter_not_following"], false);
        anne.publish("@karim and now");
        assert_eq!(told(""), 4);
        lotte
            .get(&format!("/api/v1/statuses/{}", id(&post)))
            .expect(200);
    });
}

#[test]
fn what_one_asked_to_be_told_of_comes_from_strangers_too() {
    World::each(|world| {
        let ids = ["karim", "lotte", "bart"].map(|name| world.person(name));
        let [_, lotte, bart] = ids.map(|one| world.client(one));
        let pumps = world.community(
            "pumps",
            Boundary::Public,
            JoinPolicy::Open,
            [ids[0], ids[1]],
        );
        let follow = format!("/api/v1/accounts/{pumps}/follow");
        bart.post(&follow, &json!({ "notify": true })).expect(200);
        let wish = json!({ "for_not_following": "drop" });
        bart.patch("/api/v2/notifications/policy", &wish)
            .expect(200);
        lotte.publish("@bart hello");
        lotte.publish("@pumps hum");
        let told = bart.get("/api/v1/notifications").expect(200);
        let kinds: Vec<&str> = told
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["type"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["status"], "who joins by their own step knows it");
    });
}

#[test]
fn a_steward_answers_a_request_where_clients_have_the_buttons_for_it() {
    World::each(|world| {
        let ids = ["karim", "lotte", "bart", "mei"].map(|name| world.person(name));
        let [karim, lotte, bart, mei] = ids.map(|id| world.client(id));
        let stewards = [ids[0], ids[1]];
        let valves = world.community("valves", Boundary::Public, JoinPolicy::Request, stewards);
        let types = |client: &Client<'_>| {
            let told = client.get("/api/v1/notifications").expect(200);
            let rows = told.as_array().unwrap().iter();
            rows.map(|one| one["type"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let none: Vec<String> = Vec::new();
        for (applicant, n, word, wanted) in [
            (&bart, ids[2], "authorize", "active"),
            (&mei, ids[3], "reject", "refused"),
        ] {
            let follow = format!("/api/v1/accounts/{valves}/follow");
            let asked = applicant.post(&follow, &json!({})).expect(200);
            assert_eq!(asked["requested"], true);
            assert_eq!(types(&karim), ["follow_request"]);
            let answer = format!("/api/v1/follow_requests/{n}/{word}");
            applicant.post(&answer, &json!({})).expect(404);
            karim.post(&answer, &json!({})).expect(200);
            karim.post(&answer, &json!({})).expect(404);
            let seen = applicant
                .get(&format!("/api/cordee/v1/communities/{valves}"))
                .expect(200);
            assert_eq!(seen["membership"], wanted, "{}", world.kind);
            assert_eq!((types(&karim), types(&lotte)), (none.clone(), none.clone()));
        }
        assert_eq!(
            (types(&bart), types(&mei)),
            (vec!["follow".to_owned()], none)
        );
    });
}

#[test]
fn a_muted_thread_is_silent() {
    World::each(|world| {
        let (karim, lotte) = (
            world.client(world.person("karim")),
            world.client(world.person("lotte")),
        );
        let thread = karim.publish("hello all");
        let reply = |text: &str| {
            lotte.publish_with(&json!({ "status": text, "in_reply_to_id": thread["id"] }));
        };
        let told = || {
            let all = karim.get("/api/v1/notifications").expect(200);
            all.as_array().unwrap().len()
        };
        reply("@karim one");
        assert_eq!(told(), 1);
        act(&karim, &thread, "mute");
        reply("@karim two");
        act(&lotte, &thread, "favourite");
        assert_eq!(told(), 1, "{}", world.kind);
        act(&karim, &thread, "unmute");
        reply("@karim three");
        assert_eq!(told(), 2, "{}", world.kind);
    });
}

#[test]
#[expect(
    clippy::cast_precision_loss,
    reason = "that is what scripts do to numbers"
)]
fn a_number_that_a_script_rounded_still_names_its_notification() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.client(world.person(name)));
        let rounded = |id: &str| format!("{}", id.parse::<i64>().unwrap() as f64);
        let mut odd = false;
        for n in 0..8 {
            lotte.publish(&format!("@karim hello {n}"));
            let told = karim.get("/api/v1/notifications").expect(200);
            let exact = id(&told[0]).to_owned();
            let rounded = rounded(&exact);
            odd |= rounded != exact;
            let path = format!("/api/v1/notifications/{rounded}");
            let seen = karim.get(&path).expect(200);
            assert_eq!(id(&seen), exact, "{}", world.kind);
            lotte.get(&path).expect(404);
            lotte
                .post(&format!("{path}/dismiss"), &json!({}))
                .expect(200);
            karim.get(&path).expect(200);
            karim
                .post(&format!("{path}/dismiss"), &json!({}))
                .expect(200);
            karim
                .get(&format!("/api/v1/notifications/{exact}"))
                .expect(404);
        }
        assert!(odd, "all ids were even enough");
    });
}
