//! Communities, and what moderators and admins do.

use cordee::actions::register::{Newcomer, register};
use cordee::actions::sign_up::sign_up;
use cordee::model::admission::Admission;
use cordee::model::ids::AccountId;
use cordee::model::words::{Role, UserState};
use cordee::store::users;
use serde_json::{Value, json};

use super::{Caller, Record, Way, id};
use crate::api::hidden::waiting;
use crate::support::world::World;

/// Somebody who is admin.
pub(super) fn admin(world: &World) -> AccountId {
    let id = world.person("ada");
    world
        .write(move |tx| users::set_role(tx, id, Role::Admin))
        .unwrap();
    id
}

#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
pub(super) fn communities(
    me: &Caller<'_, '_>,
    other: &Caller<'_, '_>,
    id_of_other: &str,
    name: &str,
) {
    let own = "/api/cordee/v1/communities";
    let charter = json!({ "name": name, "title": "T", "purpose": "P", "boundary": "node", "join_policy": "request",
        "goals": [{ "name": "Stops", "unit": "a month", "baseline": 9, "target": 4, "due": "2027-06-30" }] });
    let goals = charter["goals"].clone();
    let made = me.call(
        &format!("POST {own}"),
        &charter,
        &[
            ("/goals/0/target", json!(4)),
            ("/join_policy", json!("request")),
        ],
    );
    let path = format!("{own}/{}", id(&made));
    me.call(
        &format!("PATCH {path}"),
        &json!({ "title": "U" }),
        &[("/title", json!("U")), ("/purpose", json!("P"))],
    );
    other.call(
        &format!("POST {path}/join"),
        &json!({ "message": "please" }),
        &[("/state", json!("requested"))],
    );
    let waiting = me.0.get(&format!("{path}/requests")).expect(200);
    assert_eq!(waiting[0]["message"], "please", "{:?}", me.1);
    me.call(
        &format!("POST {path}/requests/{id_of_other}/accept"),
        &json!({ "reason": "welcome" }),
        &[("/membership", json!("active"))],
    );
    for word in ["leave", "join"] {
        other.call(
            &format!("POST {path}/{word}"),
            &json!({ "message": "again" }),
            &[],
        );
    }
    me.call(
        &format!("POST {path}/requests/{id_of_other}/reject"),
        &json!({ "reason": "not now" }),
        &[("/membership", json!("refused"))],
    );
    other.call(&format!("POST {path}/join"), &json!({}), &[]);
    me.call(
        &format!("POST {path}/requests/{id_of_other}/accept"),
        &json!({}),
        &[],
    );
    for (what, state) in [("remove", "removed"), ("ban", "banned")] {
        me.call(
            &format!("POST {path}/members/{id_of_other}/{what}"),
            &json!({ "reason": "because" }),
            &[("/membership", json!(state))],
        );
    }
    let second = json!({ "name": format!("{name}2"), "title": "T", "purpose": "P", "stewards": ["karim"], "goals": goals });
    let made = me.call(&format!("POST {own}"), &second, &[]);
    me.call(
        &format!("POST {own}/{}/invitations", id(&made)),
        &json!({ "acct": "ada" }),
        &[("/membership", json!("invited"))],
    );
    other.call(&format!("POST {own}/{}/join", id(&made)), &json!({}), &[]);
    me.call(
        &format!("POST {own}/{}/open", id(&made)),
        &json!({ "ignored": "1" }),
        &[("/state", json!("active"))],
    );
}

/// Answers are accepted, and replies that wait decided about.
pub(super) fn questions(
    world: &World,
    me: &Caller<'_, '_>,
    other: &Caller<'_, '_>,
    community: AccountId,
) {
    let question = json!({ "status": "why", "kind": "question", "title": "Why", "community_id": community.to_string() });
    let question = me.call(
        "POST /api/v1/statuses",
        &question,
        &[("/cordee/kind", json!("question"))],
    );
    let answer = json!({ "status": "so", "in_reply_to_id": id(&question) });
    let answer = other.call("POST /api/v1/statuses", &answer, &[]);
    let path = format!("/api/cordee/v1/statuses/{}", id(&answer));
    me.call(
        &format!("POST {path}/accept"),
        &json!({ "why": "it works" }),
        &[("/cordee/accepted", json!(true))],
    );
    me.call(
        &format!("POST {path}/unaccept"),
        &json!({ "ignored": "1" }),
        &[("/cordee/accepted", json!(false))],
    );
    for (n, what) in [(0, "release"), (1, "turn_down")] {
        let held = waiting(world, &question, 10 * (me.1 as u32) + n);
        me.does(&format!("POST /api/cordee/v1/statuses/{held}/{what}"));
    }
}

/// Somebody who waits to be let in.
fn applicant(world: &World, name: &str) -> AccountId {
    let mail = format!("{name}@firm.example");
    let newcomer = Newcomer {
        state: UserState::Pending,
        confirmed: true,
        reason: "I look after the pumps".into(),
        ..Newcomer::new(name, &mail, None).unwrap()
    };
    let base = world.app.config.base_url();
    world
        .write(move |tx| Ok(register(tx, &base, &newcomer)?.id))
        .unwrap()
}

pub(super) fn accounts(world: &World, admin: &Caller<'_, '_>, n: usize) {
    let base = "/api/v1/admin/accounts";
    for what in ["approve", "reject"] {
        let one = applicant(world, &format!("{what}{n}"));
        admin.does(&format!("POST {base}/{one}/{what}"));
    }
    let person = world.person(&format!("patient{n}"));
    let path = format!("{base}/{person}");
    for (kind, back, at) in [
        ("sensitive", "unsensitive", "/sensitized"),
        ("disable", "enable", "/disabled"),
        ("silence", "unsilence", "/silenced"),
        ("suspend", "unsuspend", "/suspended"),
    ] {
        let body = json!({ "type": kind, "text": "because" });
        admin.call(&format!("POST {path}/action"), &body, &[]);
        let shown = |wanted: bool| {
            let now = admin.0.get(&path).expect(200);
            assert_eq!(
                now.pointer(at),
                Some(&json!(wanted)),
                "{:?} {kind}",
                admin.1
            );
        };
        shown(true);
        admin.does(&format!("POST {path}/{back}"));
        shown(false);
    }
    let body = json!({ "type": "suspend" });
    admin.call(&format!("POST {path}/action"), &body, &[]);
    admin.does(&format!("DELETE {path}"));
}

pub(super) fn reports(admin: &Caller<'_, '_>, me: &Caller<'_, '_>, about: &str) {
    let posts = me.0.get(&format!("/api/v1/accounts/{about}/statuses"));
    let post = id(&posts.expect(200)[0]).to_owned();
    let complaint = json!({ "account_id": about, "status_ids": [post], "comment": "rude & loud", "category": "spam" });
    let report = me.call(
        "POST /api/v1/reports",
        &complaint,
        &[
            ("/comment", json!("rude & loud")),
            ("/category", json!("spam")),
            ("/status_ids/0", json!(post)),
        ],
    );
    let path = format!("/api/v1/admin/reports/{}", id(&report));
    admin.call(
        &format!("PUT {path}"),
        &json!({ "category": "legal" }),
        &[("/category", json!("legal"))],
    );
    for (what, done) in [
        ("assign_to_self", false),
        ("unassign", false),
        ("resolve", true),
        ("reopen", false),
    ] {
        admin.call(
            &format!("POST {path}/{what}"),
            &json!({ "resolution": "warned" }),
            &[("/action_taken", json!(done))],
        );
    }
}

/// A row that is made, and taken away by its address.
fn come_and_go(admin: &Caller<'_, '_>, list: &str, body: &Value, wanted: &[(&str, Value)]) {
    let made = admin.call(&format!("POST {list}"), body, wanted);
    admin.does(&format!("DELETE {list}/{}", id(&made)));
}

#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
pub(super) fn nodes(admin: &Caller<'_, '_>, n: usize) {
    let base = "/api/v1/admin";
    let domain = format!("node{n}.example");
    let named = json!({ "domain": domain });
    let is_named = [("/domain", json!(domain))];
    come_and_go(admin, &format!("{base}/domain_allows"), &named, &is_named);
    come_and_go(
        admin,
        &format!("{base}/email_domain_blocks"),
        &named,
        &is_named,
    );
    let blocks = format!("{base}/domain_blocks");
    let block =
        json!({ "domain": domain, "severity": "suspend", "private_comment": "spam & more" });
    let made = admin.call(
        &format!("POST {blocks}"),
        &block,
        &[
            ("/severity", json!("suspend")),
            ("/private_comment", json!("spam & more")),
        ],
    );
    let path = format!("{blocks}/{}", id(&made));
    admin.call(
        &format!("PUT {path}"),
        &json!({ "severity": "silence" }),
        &[("/severity", json!("silence"))],
    );
    admin.does(&format!("DELETE {path}"));
    let emails = format!("{base}/canonical_email_blocks");
    let mail = json!({ "email": format!("somebody{n}@mail.example") });
    let made = admin.call(&format!("POST {emails}"), &mail, &[]);
    admin.call(
        &format!("POST {emails}/test"),
        &mail,
        &[("/0/id", made["id"].clone())],
    );
    admin.does(&format!("DELETE {emails}/{}", id(&made)));
    let networks = format!("{base}/ip_blocks");
    let network = json!({ "ip": format!("198.51.{n}.0/24"), "severity": "sign_up_block", "comment": "c", "expires_in": 600 });
    let made = admin.call(
        &format!("POST {networks}"),
        &network,
        &[
            ("/severity", json!("sign_up_block")),
            ("/comment", json!("c")),
        ],
    );
    let path = format!("{networks}/{}", id(&made));
    admin.call(
        &format!("PUT {path}"),
        &json!({ "comment": "d", "expires_in": "" }),
        &[("/comment", json!("d")), ("/expires_at", Value::Null)],
    );
    admin.does(&format!("DELETE {path}"));
    let peer = format!("/api/cordee/v1/admin/peers/{domain}");
    let setting = json!({ "mode": "member", "relation": "firm", "addresses": ["10.1.0.0/16", "10.2.0.0/16"] });
    admin.call(
        &format!("PUT {peer}"),
        &setting,
        &[
            ("/mode", json!("member")),
            ("/addresses/1", json!("10.2.0.0/16")),
        ],
    );
    admin.does(&format!("DELETE {peer}"));
}

pub(super) fn announcements(admin: &Caller<'_, '_>, me: &Caller<'_, '_>) {
    let list = "/api/cordee/v1/admin/announcements";
    let wording =
        json!({ "text": "Soup & bread", "ends_at": "2099-01-01T12:00:00Z", "all_day": true });
    let made = admin.call(
        &format!("POST {list}"),
        &wording,
        &[
            ("/text", json!("Soup & bread")),
            ("/all_day", json!(true)),
            ("/ends_at", json!("2099-01-01T12:00:00.000Z")),
        ],
    );
    let path = format!("/api/v1/announcements/{}", id(&made));
    for method in ["PUT", "DELETE"] {
        me.does(&format!("{method} {path}/reactions/%F0%9F%91%8D"));
    }
    me.does(&format!("POST {path}/dismiss"));
    let path = format!("{list}/{}", id(&made));
    admin.call(
        &format!("PATCH {path}"),
        &json!({ "text": "Soup", "ends_at": "" }),
        &[("/text", json!("Soup")), ("/ends_at", Value::Null)],
    );
    admin.does(&format!("DELETE {path}"));
}

pub(super) fn figures(admin: &Caller<'_, '_>) {
    let span = json!({ "start_at": "2026-09-01", "end_at": "2026-09-03", "frequency": "day",
        "keys": ["new_users", "active_users"], "limit": 5 });
    let key = ("/1/key", json!("active_users"));
    admin.call("POST /api/v1/admin/measures", &span, &[key]);
    admin.call("POST /api/v1/admin/retention", &span, &[]);
    let span = json!({ "start_at": "2026-09-01", "end_at": "2026-09-03", "keys": ["languages", "servers"], "limit": 5 });
    let key = ("/1/key", json!("servers"));
    admin.call("POST /api/v1/admin/dimensions", &span, &[key]);
}

/// Somebody waits for the mail that confirms an address, which was mistyped.
pub(super) fn waiting_for_mail(world: &World, way: Way, record: &Record, n: usize) {
    let name = format!("typist{n}");
    let newcomer = Newcomer::new(&name, &format!("{name}@firm.exampel"), None).unwrap();
    let base = world.app.config.base_url();
    let waiting = world
        .write(move |tx| Ok(sign_up(tx, &base, &newcomer, Admission::ByMail)?.id))
        .unwrap();
    let client = world.client_with(waiting, "write:accounts");
    let right = format!("{name}@firm.example");
    let call = "POST /api/v1/emails/confirmations";
    Caller(&client, way, record).call(call, &json!({ "email": right }), &[]);
    let kept = world.read(move |conn| Ok(users::get(conn, waiting)?.email));
    assert_eq!(kept, right, "{way:?}");
}

/// An app comes, gets its token, registers somebody and gives the token back.
pub(super) fn apps(world: &World, way: Way, record: &Record, n: usize) {
    let visitor = world.visitor();
    let nobody = Caller(&visitor, way, record);
    let app = json!({ "client_name": "c & d", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write profile" });
    let app = nobody.call("POST /api/v1/apps", &app, &[("/name", json!("c & d"))]);
    let wanted = json!({ "grant_type": "client_credentials", "client_id": app["client_id"],
        "client_secret": app["client_secret"], "scope": "read write profile" });
    let scope = ("/scope", json!("read write profile"));
    let token = nobody.call("POST /oauth/token", &wanted, &[scope]);
    let mut client = world.visitor();
    client.token = token["access_token"].as_str().map(str::to_owned);
    let name = format!("newcomer{n}");
    let newcomer = json!({ "username": name, "email": format!("{name}@firm.example"),
        "password": "a long enough phrase", "agreement": true, "locale": "nl" });
    let by_app = Caller(&client, way, record);
    let theirs = by_app.call("POST /api/v1/accounts", &newcomer, &[]);
    let mut own = world.visitor();
    own.token = theirs["access_token"].as_str().map(str::to_owned);
    let called = ("/preferred_username", json!(name));
    let ignored = json!({ "ignored": "1" });
    Caller(&own, way, record).call("POST /oauth/userinfo", &ignored, &[called]);
    let given = json!({ "client_id": app["client_id"], "client_secret": app["client_secret"], "token": client.token });
    nobody.call("POST /oauth/revoke", &given, &[]);
    client.get("/api/v1/apps/verify_credentials").expect(401);
}
