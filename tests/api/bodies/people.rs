//! What people do about others, and keep for themselves.

use serde_json::{Value, json};

use super::{Caller, id};
use crate::support::client::Client;
use crate::support::world::World;

const POINT: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";

#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
pub(super) fn regards(me: &Caller<'_, '_>, other: &str) {
    let account = |what: &str| format!("POST /api/v1/accounts/{other}/{what}");
    me.call(
        &account("follow"),
        &json!({ "notify": true, "reblogs": false, "languages": ["nl", "fr"] }),
        &[
            ("/notifying", json!(true)),
            ("/showing_reblogs", json!(false)),
            ("/languages", json!(["nl", "fr"])),
        ],
    );
    me.call(
        &account("mute"),
        &json!({ "notifications": false, "duration": 600 }),
        &[
            ("/muting", json!(true)),
            ("/muting_notifications", json!(false)),
        ],
    );
    me.call(
        &account("note"),
        &json!({ "comment": "a note" }),
        &[("/note", json!("a note"))],
    );
    for what in "unmute endorse unendorse pin unpin block unblock remove_from_followers unfollow"
        .split_whitespace()
    {
        me.call(&account(what), &json!({ "ignored": "1" }), &[]);
    }
    me.call(&account("follow"), &json!({ "notify": "0" }), &[]);
    let profile = json!({ "display_name": "Bart",
        "source": { "language": "nl", "quote_policy": "followers" },
        "hide_collections": true, "attribution_domains": ["a.example", "b.example"],
        "fields_attributes": [{ "name": "Team", "value": "Pumps" }] });
    me.call(
        "PATCH /api/v1/accounts/update_credentials",
        &profile,
        &[
            ("/display_name", json!("Bart")),
            ("/source/language", json!("nl")),
            ("/source/quote_policy", json!("followers")),
            (
                "/source/attribution_domains",
                json!(["a.example", "b.example"]),
            ),
            ("/hide_collections", json!(true)),
            ("/fields/0/name", json!("Team")),
        ],
    );
    let tag = me.call(
        "POST /api/v1/featured_tags",
        &json!({ "name": "pumps" }),
        &[("/name", json!("pumps"))],
    );
    me.does(&format!("DELETE /api/v1/featured_tags/{}", id(&tag)));
    me.call(
        "POST /api/v1/markers",
        &json!({ "home": { "last_read_id": "12" } }),
        &[("/home/last_read_id", json!("12"))],
    );
    me.call(
        "PATCH /api/v2/notifications/policy",
        &json!({ "for_bots": "drop" }),
        &[("/for_bots", json!("drop"))],
    );
    me.call(
        "PUT /api/v1/notifications/policy",
        &json!({ "filter_bots": false }),
        &[("/filter_bots", json!(false))],
    );
}

/// Tags, pictures, nodes, suggestions, the push subscription.
pub(super) fn ones_own(me: &Caller<'_, '_>, n: usize) {
    for (what, at, value) in [
        ("follow", "/following", true),
        ("unfollow", "/following", false),
        ("feature", "/featuring", true),
        ("unfeature", "/featuring", false),
    ] {
        let call = format!("POST /api/v1/tags/seals/{what}");
        me.call(&call, &json!({ "ignored": "1" }), &[(at, json!(value))]);
    }
    me.does("DELETE /api/v1/profile/avatar");
    me.does("DELETE /api/v1/profile/header");
    me.does("DELETE /api/v1/suggestions/1");
    let domain = format!("unwanted{n}.example");
    let list = || me.0.get("/api/v1/domain_blocks").expect(200);
    let body = json!({ "domain": domain });
    me.call("POST /api/v1/domain_blocks", &body, &[]);
    assert_eq!(list(), json!([domain]), "{:?}", me.1);
    me.call("DELETE /api/v1/domain_blocks", &body, &[]);
    assert_eq!(list(), json!([]), "{:?}", me.1);
    let keys = json!({ "p256dh": POINT, "auth": "BTBZMqHH6r4Tts7J_aSIgg" });
    let push = "/api/v1/push/subscription";
    let wish = json!({ "subscription": { "endpoint": "https://push.example/x", "keys": keys, "standard": true },
        "data": { "alerts": { "mention": true }, "policy": "followed" } });
    me.call(
        &format!("POST {push}"),
        &wish,
        &[
            ("/alerts/mention", json!(true)),
            ("/policy", json!("followed")),
            ("/standard", json!(true)),
        ],
    );
    me.call(
        &format!("PUT {push}"),
        &json!({ "data": { "alerts": { "follow": true, "mention": false } } }),
        &[
            ("/alerts/follow", json!(true)),
            ("/alerts/mention", json!(false)),
        ],
    );
    me.does(&format!("DELETE {push}"));
}

/// Notifications and conversations.
pub(super) fn told(me: &Caller<'_, '_>, other: &Client<'_>) {
    let write = || {
        other.publish_with(&json!({ "status": "@bart psst", "visibility": "direct" }));
    };
    let first = |path: &str, at: &str| {
        let page = me.0.get(path).expect(200);
        let found = page.pointer(at).and_then(Value::as_str).map(str::to_owned);
        found.unwrap_or_else(|| panic!("{:?} {path}: {page}", me.1))
    };
    write();
    let conversation = first("/api/v1/conversations", "/0/id");
    let path = format!("/api/v1/conversations/{conversation}");
    for (what, unread) in [("read", false), ("unread", true)] {
        me.call(
            &format!("POST {path}/{what}"),
            &json!({ "ignored": "1" }),
            &[("/unread", json!(unread))],
        );
    }
    me.does(&format!("DELETE {path}"));
    let one = first("/api/v1/notifications", "/0/id");
    me.does(&format!("POST /api/v1/notifications/{one}/dismiss"));
    write();
    let key = first("/api/v2/notifications", "/notification_groups/0/group_key");
    me.does(&format!("POST /api/v2/notifications/{key}/dismiss"));
    me.does("POST /api/v1/notifications/clear");
    assert_eq!(me.0.get("/api/v1/notifications").expect(200), json!([]));
}

/// Whoever is not known yet: their notifications and their requests.
pub(super) fn strangers(world: &World, me: &Caller<'_, '_>, my_id: &str, n: usize) {
    let ids = ["a", "b", "c", "d"].map(|letter| world.person(&format!("stranger{n}{letter}")));
    let policy = "/api/v2/notifications/policy";
    me.0.patch(policy, &json!({ "for_not_following": "filter" }))
        .expect(200);
    for one in ids {
        world.client(one).publish("@bart do you know me?");
    }
    let requests = || {
        let page = me.0.get("/api/v1/notifications/requests").expect(200);
        let rows = page.as_array().unwrap().iter();
        rows.map(|row| id(row).to_owned()).collect::<Vec<_>>()
    };
    let path = "/api/v1/notifications/requests";
    for (what, left) in [("accept", 3), ("dismiss", 2)] {
        me.does(&format!("POST {path}/{}/{what}", requests()[0]));
        assert_eq!(requests().len(), left, "{:?}", me.1);
    }
    for (what, left) in [("accept", 1), ("dismiss", 0)] {
        let body = json!({ "id": [requests()[0]] });
        me.call(&format!("POST {path}/{what}"), &body, &[]);
        assert_eq!(requests().len(), left, "{:?}", me.1);
    }
    me.0.patch(policy, &json!({ "for_not_following": "accept" }))
        .expect(200);
    let profile = "/api/v1/accounts/update_credentials";
    me.0.patch(profile, &json!({ "locked": true })).expect(200);
    for (one, what) in [(ids[0], "authorize"), (ids[1], "reject")] {
        let follow = format!("/api/v1/accounts/{my_id}/follow");
        world.client(one).post(&follow, &json!({})).expect(200);
        me.call(
            &format!("POST /api/v1/follow_requests/{one}/{what}"),
            &json!({ "ignored": "1" }),
            &[("/followed_by", json!(what == "authorize"))],
        );
    }
    me.0.patch(profile, &json!({ "locked": false })).expect(200);
}
