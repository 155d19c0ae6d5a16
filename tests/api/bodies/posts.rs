//! Posts, and what people keep about posts: lists, filters, plans, pictures.

use serde_json::json;

use super::{Caller, id};
use crate::api::media::PNG;

#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
pub(super) fn posts(me: &Caller<'_, '_>, other: &Caller<'_, '_>, later: &str) -> String {
    let body =
        json!({ "status": "été & more", "spoiler_text": "s", "language": "nl", "sensitive": true });
    let post = me.call(
        "POST /api/v1/statuses",
        &body,
        &[
            ("/spoiler_text", json!("s")),
            ("/language", json!("nl")),
            ("/content", json!("<p>été &amp; more</p>")),
        ],
    );
    let path = format!("/api/v1/statuses/{}", id(&post));
    me.call(
        &format!("PUT {path}"),
        &json!({ "status": "new", "spoiler_text": "t" }),
        &[
            ("/spoiler_text", json!("t")),
            ("/content", json!("<p>new</p>")),
        ],
    );
    let reply = json!({ "status": "answer", "in_reply_to_id": id(&post) });
    other.call(
        "POST /api/v1/statuses",
        &reply,
        &[("/in_reply_to_id", json!(id(&post)))],
    );
    let poll = json!({ "status": "?", "poll": { "options": ["tea", "coffee"], "expires_in": 600, "multiple": true } });
    let asked = me.call(
        "POST /api/v1/statuses",
        &poll,
        &[
            ("/poll/multiple", json!(true)),
            ("/poll/options/1/title", json!("coffee")),
        ],
    );
    let votes = format!("POST /api/v1/polls/{}/votes", id(&asked["poll"]));
    other.call(
        &votes,
        &json!({ "choices": [0, 1] }),
        &[("/own_votes", json!([0, 1]))],
    );
    let boost = format!("POST {path}/reblog");
    me.call(
        &boost,
        &json!({ "visibility": "unlisted" }),
        &[
            ("/reblog/id", json!(id(&post))),
            ("/visibility", json!("unlisted")),
        ],
    );
    me.call(
        &format!("PUT {path}/interaction_policy"),
        &json!({ "quote_approval_policy": "public" }),
        &[("/quote_approval/automatic", json!(["public"]))],
    );
    let quote = json!({ "status": "q", "quoted_status_id": id(&post), "quote_approval_policy": "followers" });
    let quoting = other.call(
        "POST /api/v1/statuses",
        &quote,
        &[
            ("/quote/quoted_status/id", json!(id(&post))),
            ("/quote_approval/automatic", json!(["followers"])),
        ],
    );
    me.call(
        &format!("PUT {path}/interaction_policy"),
        &json!({ "quote_approval_policy": "nobody" }),
        &[("/quote_approval/automatic", json!([]))],
    );
    me.call(
        &format!("POST {path}/quotes/{}/revoke", id(&quoting)),
        &json!({ "ignored": "1" }),
        &[("/quote/state", json!("revoked"))],
    );
    for what in "unreblog favourite unfavourite bookmark unbookmark pin unpin mute unmute"
        .split_whitespace()
    {
        let ignored = json!({ "ignored": "1" });
        me.call(
            &format!("POST {path}/{what}"),
            &ignored,
            &[("/id", json!(id(&post)))],
        );
    }
    let plan = json!({ "status": "later", "scheduled_at": later });
    let planned = me.call(
        "POST /api/v1/statuses",
        &plan,
        &[("/params/text", json!("later"))],
    );
    let moved = format!("PUT /api/v1/scheduled_statuses/{}", id(&planned));
    me.call(&moved, &json!({ "scheduled_at": later }), &[]);
    id(&post).to_owned()
}

#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
pub(super) fn lists_and_filters(me: &Caller<'_, '_>, other: &str, post: &str) {
    let list = json!({ "title": "a & b", "replies_policy": "none", "exclusive": true });
    let list = me.call(
        "POST /api/v1/lists",
        &list,
        &[("/title", json!("a & b")), ("/exclusive", json!(true))],
    );
    let path = format!("/api/v1/lists/{}", id(&list));
    me.call(
        &format!("PUT {path}"),
        &json!({ "title": "c" }),
        &[("/title", json!("c")), ("/exclusive", json!(true))],
    );
    let people = json!({ "account_ids": [other] });
    for (method, count) in [("POST", 1), ("DELETE", 0)] {
        me.call(&format!("{method} {path}/accounts"), &people, &[]);
        let members = me.0.get(&format!("{path}/accounts")).expect(200);
        assert_eq!(members.as_array().unwrap().len(), count, "{:?}", me.1);
    }
    me.does(&format!("DELETE {path}"));
    let filter = json!({ "title": "f", "context": ["home", "public"], "filter_action": "hide", "expires_in": 600,
        "keywords_attributes": [{ "keyword": "k", "whole_word": false }, { "keyword": "l" }] });
    let filter = me.call(
        "POST /api/v2/filters",
        &filter,
        &[
            ("/context", json!(["home", "public"])),
            ("/keywords/0/whole_word", json!(false)),
            ("/keywords/1/keyword", json!("l")),
        ],
    );
    let path = format!("/api/v2/filters/{}", id(&filter));
    let first = id(&filter["keywords"][0]).to_owned();
    let changes =
        json!({ "title": "g", "keywords_attributes": [{ "id": first, "_destroy": true }] });
    me.call(
        &format!("PUT {path}"),
        &changes,
        &[("/title", json!("g")), ("/keywords/0/keyword", json!("l"))],
    );
    let word = me.call(
        &format!("POST {path}/keywords"),
        &json!({ "keyword": "m" }),
        &[("/whole_word", json!(true))],
    );
    me.call(
        &format!("PUT /api/v2/filters/keywords/{}", id(&word)),
        &json!({ "keyword": "n" }),
        &[("/keyword", json!("n"))],
    );
    me.does(&format!("DELETE /api/v2/filters/keywords/{}", id(&word)));
    let held = me.call(
        &format!("POST {path}/statuses"),
        &json!({ "status_id": post }),
        &[("/status_id", json!(post))],
    );
    me.does(&format!("DELETE /api/v2/filters/statuses/{}", id(&held)));
    me.does(&format!("DELETE {path}"));
    let old = json!({ "phrase": "o", "context": ["thread"], "irreversible": true });
    let old = me.call(
        "POST /api/v1/filters",
        &old,
        &[("/irreversible", json!(true))],
    );
    let path = format!("/api/v1/filters/{}", id(&old));
    me.call(
        &format!("PUT {path}"),
        &json!({ "phrase": "p", "whole_word": false }),
        &[("/phrase", json!("p")), ("/whole_word", json!(false))],
    );
    me.does(&format!("DELETE {path}"));
}

/// What is taken back, and pictures.
pub(super) fn what_goes(me: &Caller<'_, '_>, later: &str) {
    let picture = me.0.upload("/api/v2/media", "x.png", PNG).expect(200);
    let path = format!("/api/v1/media/{}", id(&picture));
    me.call(
        &format!("PUT {path}"),
        &json!({ "description": "a pump", "focus": "0.5,-0.25" }),
        &[
            ("/description", json!("a pump")),
            ("/meta/focus/x", json!(0.5)),
        ],
    );
    me.does(&format!("DELETE {path}"));
    let plan = json!({ "status": "never", "scheduled_at": later });
    let planned = me.call("POST /api/v1/statuses", &plan, &[]);
    me.does(&format!(
        "DELETE /api/v1/scheduled_statuses/{}",
        id(&planned)
    ));
    let post = me.call(
        "POST /api/v1/statuses",
        &json!({ "status": "soon gone" }),
        &[],
    );
    let gone = me.does(&format!("DELETE /api/v1/statuses/{}", id(&post)));
    assert_eq!(gone["text"], "soon gone", "{:?}", me.1);
}
