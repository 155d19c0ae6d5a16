//! Mastodon's admin API: who may, what it shows, and what follows from what is decided.

use cordee::model::ids::AccountId;
use cordee::model::words::Role;
use cordee::store::page::Page;
use cordee::store::{audit, users};
use serde_json::{Value, json};

use super::domain_blocks::{arrives, stranger};
use super::media::PNG;
use crate::support::client::Client;
use crate::support::world::World;

const ALL: &str = "read write follow push admin:read admin:write";

/// Somebody with a role on the node.
fn with_role(world: &World, name: &str, role: Role) -> AccountId {
    let id = world.person(name);
    world
        .write(move |tx| users::set_role(tx, id, role))
        .unwrap();
    id
}

/// The client of a moderator or admin.
fn staff<'w>(world: &'w World, name: &str, role: Role) -> Client<'w> {
    world.client_with(with_role(world, name, role), ALL)
}

fn deeds(world: &World) -> Vec<String> {
    let mut all: Vec<String> = world
        .read(|conn| audit::list(conn, &Page::first(100)))
        .into_iter()
        .map(|deed| deed.action)
        .collect();
    all.reverse();
    all
}

/// Every address of the admin API, with what it takes: the scope, and the least role. A test is posted and reads.
const GETS: [(&str, &str, Role); 15] = [
    ("accounts", "accounts", Role::Moderator),
    ("accounts/1", "accounts", Role::Moderator),
    ("reports", "reports", Role::Moderator),
    ("reports/1", "reports", Role::Moderator),
    ("domain_blocks", "domain_blocks", Role::Admin),
    ("domain_blocks/1", "domain_blocks", Role::Admin),
    ("domain_allows", "domain_allows", Role::Admin),
    ("domain_allows/1", "domain_allows", Role::Admin),
    ("email_domain_blocks", "email_domain_blocks", Role::Admin),
    ("email_domain_blocks/1", "email_domain_blocks", Role::Admin),
    (
        "canonical_email_blocks",
        "canonical_email_blocks",
        Role::Admin,
    ),
    (
        "canonical_email_blocks/test",
        "canonical_email_blocks",
        Role::Admin,
    ),
    (
        "canonical_email_blocks/1",
        "canonical_email_blocks",
        Role::Admin,
    ),
    ("ip_blocks", "ip_blocks", Role::Admin),
    ("ip_blocks/1", "ip_blocks", Role::Admin),
];

const POSTS: [(&str, &str, Role); 23] = [
    ("accounts/1/action", "accounts", Role::Moderator),
    ("accounts/1/approve", "accounts", Role::Moderator),
    ("accounts/1/reject", "accounts", Role::Moderator),
    ("accounts/1/enable", "accounts", Role::Moderator),
    ("accounts/1/unsilence", "accounts", Role::Moderator),
    ("accounts/1/unsuspend", "accounts", Role::Moderator),
    ("accounts/1/unsensitive", "accounts", Role::Moderator),
    ("accounts/1", "accounts", Role::Moderator),
    ("reports/1", "reports", Role::Moderator),
    ("reports/1/assign_to_self", "reports", Role::Moderator),
    ("reports/1/unassign", "reports", Role::Moderator),
    ("reports/1/resolve", "reports", Role::Moderator),
    ("reports/1/reopen", "reports", Role::Moderator),
    ("domain_blocks", "domain_blocks", Role::Admin),
    ("domain_blocks/1", "domain_blocks", Role::Admin),
    ("domain_allows", "domain_allows", Role::Admin),
    ("domain_allows/1", "domain_allows", Role::Admin),
    ("email_domain_blocks", "email_domain_blocks", Role::Admin),
    ("email_domain_blocks/1", "email_domain_blocks", Role::Admin),
    (
        "canonical_email_blocks",
        "canonical_email_blocks",
        Role::Admin,
    ),
    (
        "canonical_email_blocks/1",
        "canonical_email_blocks",
        Role::Admin,
    ),
    ("ip_blocks", "ip_blocks", Role::Admin),
    ("ip_blocks/1", "ip_blocks", Role::Admin),
];

#[test]
#[expect(clippy::too_many_lines, reason = "one list of addresses")]
fn nobody_comes_in_without_scope_and_role() {
    World::each(|world| {
        let karim = world.client_with(world.person("karim"), ALL);
        let bart = with_role(world, "bart", Role::Moderator);
        let ada = with_role(world, "ada", Role::Admin);
        let plain = world.client_with(ada, "read write follow push");
        let visitor = world.visitor();
        let moderator = world.client_with(bart, ALL);
        let say = |client: &Client<'_>, path: &str, write: bool| {
            let path = format!("/api/v1/admin/{path}");
            match (write, path.rsplit('/').nth(1)) {
                (_, _) if path.ends_with("/test") => client.post(&path, &json!({})),
                (false, _) => client.get(&path),
                (true, Some("reports" | "domain_blocks" | "ip_blocks")) => {
                    client.put(&path, &json!({}))
                }
                (
                    true,
                    Some(
                        "accounts"
                        | "domain_allows"
                        | "email_domain_blocks"
                        | "canonical_email_blocks",
                    ),
                ) => client.delete(&path),
                (true, _) => client.post(&path, &json!({})),
            }
        };
        let outside = "This action is outside the authorized scopes";
        let not_allowed = "This action is not allowed";
        let reads = GETS.iter().map(|row| (row, false));
        for ((path, scope, role), write) in reads.chain(POSTS.iter().map(|row| (row, true))) {
            say(&visitor, path, write).expect(401);
            assert_eq!(say(&plain, path, write).expect(403)["error"], outside);
            let said = say(&karim, path, write).expect(403);
            assert_eq!(said["error"], not_allowed, "{path}");
            let said = say(&moderator, path, write);
            if *role == Role::Admin {
                assert_eq!(said.expect(403)["error"], not_allowed, "{path}");
            } else {
                assert_ne!(said.status.as_u16(), 403, "{path}");
            }
            let kind = if write { "write" } else { "read" };
            let other = if write { "read" } else { "write" };
            let fits = world.client_with(ada, &format!("admin:{kind}:{scope}"));
            assert_ne!(say(&fits, path, write).status.as_u16(), 403, "{path}");
            let wrong = world.client_with(ada, &format!("admin:{other}:{scope}"));
            assert_eq!(say(&wrong, path, write).expect(403)["error"], outside);
        }
        for path in ["measures", "dimensions", "retention"] {
            let path = format!("/api/v1/admin/{path}");
            assert_eq!(
                karim.post(&path, &json!({})).expect(403)["error"],
                not_allowed
            );
            plain.post(&path, &json!({})).expect(403);
            moderator.post(&path, &json!({})).expect(422);
        }
        for path in ["tags", "statuses", "links"] {
            let path = format!("/api/v1/admin/trends/{path}");
            karim.get(&path).expect(403);
            assert_eq!(moderator.get(&path).expect(200), json!([]));
        }
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn what_is_done_with_an_account_is_felt_and_noted() {
    World::each(|world| {
        let ada = staff(world, "ada", Role::Admin);
        let karim = world.person("karim");
        let client = world.client(karim);
        let reader = world.client(world.person("lotte"));
        let path = format!("/api/v1/admin/accounts/{karim}");
        let act = |kind: &str| {
            let body = json!({ "type": kind });
            ada.post(&format!("{path}/action"), &body).expect(200);
            ada.get(&path).expect(200)
        };
        let lift = |what: &str| ada.post(&format!("{path}/{what}"), &json!({})).expect(200);
        let shown = ada.get(&path).expect(200);
        for (key, value) in [
            ("username", json!("karim")),
            ("domain", json!(null)),
            ("email", json!("karim@firm.example")),
            ("ip", json!(null)),
            ("ips", json!([])),
            ("confirmed", json!(true)),
            ("approved", json!(true)),
            ("disabled", json!(false)),
            ("silenced", json!(false)),
            ("suspended", json!(false)),
            ("sensitized", json!(false)),
        ] {
            assert_eq!(shown[key], value, "{key} on {}", world.kind);
        }
        assert_eq!(shown["account"]["acct"], "karim");
        assert_eq!(shown["role"]["id"], "-99");

        assert_eq!(act("disable")["disabled"], true);
        let said = client.get("/api/v1/timelines/home").expect(403);
        assert_eq!(said["error"], "Your login is currently disabled");
        assert_eq!(lift("enable")["disabled"], false);
        client.get("/api/v1/timelines/home").expect(200);

        let public = |client: &Client<'_>| {
            let page = client.get("/api/v1/timelines/public").expect(200);
            page.as_array().unwrap().len()
        };
        let post = client.publish("hello");
        assert_eq!(public(&reader), 1);
        assert_eq!(act("silence")["silenced"], true);
        assert_eq!(public(&reader), 0, "{}", world.kind);
        let status = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
        assert_eq!(
            reader.get(&status).expect(200)["account"]["limited"],
            true,
            "a link still leads there"
        );
        assert_eq!(lift("unsilence")["silenced"], false);
        assert_eq!(public(&reader), 1);

        let media = client.upload("/api/v2/media", "x.png", PNG).expect(200);
        let with_media = json!({ "status": "look", "media_ids": [media["id"]] });
        let picture = client.publish_with(&with_media);
        let picture = format!("/api/v1/statuses/{}", picture["id"].as_str().unwrap());
        let sensitive = || reader.get(&picture).expect(200)["sensitive"].clone();
        assert_eq!(sensitive(), false);
        assert_eq!(act("sensitive")["sensitized"], true);
        assert_eq!(sensitive(), true, "{}", world.kind);
        assert_eq!(
            reader.get(&status).expect(200)["sensitive"],
            false,
            "no media"
        );
        assert_eq!(lift("unsensitive")["sensitized"], false);
        assert_eq!(sensitive(), false);

        let warning = json!({ "type": "none", "text": "Please be kind" });
        ada.post(&format!("{path}/action"), &warning).expect(200);
        let told = client.get("/api/v1/notifications").expect(200);
        let content = told[0]["status"]["content"].as_str().unwrap();
        assert!(content.contains("Please be kind"), "{content}");

        assert_eq!(act("suspend")["suspended"], true);
        client.get("/api/v1/timelines/home").expect(401);
        assert_eq!(public(&reader), 0, "{}", world.kind);
        assert_eq!(lift("unsuspend")["suspended"], false);
        client.get("/api/v1/timelines/home").expect(200);
        assert_eq!(public(&reader), 2);
        let said = ada.delete(&path).expect(403);
        assert_eq!(said["error"], "This action is not allowed", "not suspended");
        act("suspend");
        assert_eq!(ada.delete(&path).expect(200)["username"], "karim");
        ada.get(&path).expect(404);
        reader.get(&status).expect(404);
        reader.get(&format!("/api/v1/accounts/{karim}")).expect(404);
        assert_eq!(
            deeds(world),
            [
                "account.disable",
                "account.enable",
                "account.silence",
                "account.unsilence",
                "account.sensitize",
                "account.unsensitize",
                "account.warn",
                "account.suspend",
                "account.unsuspend",
                "account.suspend",
                "account.delete",
            ],
            "{}",
            world.kind
        );
    });
}

#[test]
fn what_makes_no_sense_changes_nothing() {
    World::each(|world| {
        let ada_id = with_role(world, "ada", Role::Admin);
        let ada = world.client_with(ada_id, ALL);
        let bart_id = with_role(world, "bart", Role::Moderator);
        let bart = world.client_with(bart_id, ALL);
        let alice = stranger(world, "alice", "p.example");
        let act = |client: &Client<'_>, id: AccountId, kind: &str| {
            let path = format!("/api/v1/admin/accounts/{id}/action");
            client.post(&path, &json!({ "type": kind }))
        };
        for (client, id) in [(&ada, ada_id), (&bart, ada_id), (&bart, bart_id)] {
            act(client, id, "suspend").expect(403);
        }
        act(&bart, AccountId(1), "suspend").expect(404);
        for (kind, words) in [
            ("disable", "Type is not one of sensitive, silence, suspend"),
            (
                "vanish",
                "Type is not one of none, sensitive, disable, silence, suspend",
            ),
        ] {
            let said = act(&bart, alice, kind).expect(422);
            assert_eq!(said["error"], format!("Validation failed: {words}"));
        }
        let approve = format!("/api/v1/admin/accounts/{ada_id}/approve");
        bart.post(&approve, &json!({})).expect(403);
        assert_eq!(deeds(world), Vec::<String>::new());
        act(&bart, alice, "silence").expect(200);
        arrives(world, alice, &[bart_id]);
        let public = bart.get("/api/v1/timelines/public").expect(200);
        assert_eq!(public, json!([]));
        act(&bart, alice, "suspend").expect(200);
        let path = format!("/api/v1/admin/accounts/{alice}");
        assert_eq!(bart.get(&path).expect(200)["suspended"], true);
        assert_eq!(bart.delete(&path).expect(200)["domain"], "p.example");
        bart.get(&path).expect(404);
    });
}

#[test]
fn accounts_are_found_by_what_they_are() {
    World::each(|world| {
        let ada = staff(world, "ada", Role::Admin);
        with_role(world, "bart", Role::Moderator);
        let karim = world.person("karim");
        stranger(world, "alice", "p.example");
        let silence = json!({ "type": "silence" });
        ada.post(&format!("/api/v1/admin/accounts/{karim}/action"), &silence)
            .expect(200);
        let names = |path: &str| {
            let page = ada.get(path).expect(200);
            let mut names: Vec<String> = page
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["username"].as_str().unwrap().to_owned())
                .collect();
            names.sort();
            names.join(" ")
        };
        for (query, found) in [
            ("", "ada alice bart karim"),
            ("local=true", "ada bart karim"),
            ("remote=true", "alice"),
            ("local=true&active=true", "ada bart"),
            ("silenced=true", "karim"),
            ("by_domain=P.example", "alice"),
            ("username=ka", "karim"),
            ("username=%25", ""),
            ("email=BART@", "bart"),
            ("staff=true", "ada bart"),
            ("ip=192.0.2.1", ""),
            ("pending=true", ""),
        ] {
            let path = format!("/api/v1/admin/accounts?{query}");
            assert_eq!(names(&path), found, "{query} on {}", world.kind);
        }
        for (query, found) in [
            ("origin=remote", "alice"),
            ("origin=local&status=silenced", "karim"),
            ("permissions=staff", "ada bart"),
            ("permissions=staff&origin=remote", ""),
            ("role_ids[]=3", "ada"),
            ("role_ids[]=77", ""),
            ("status=suspended", ""),
        ] {
            let path = format!("/api/v2/admin/accounts?{query}");
            assert_eq!(names(&path), found, "{query} on {}", world.kind);
        }
        for query in ["origin=global", "status=sick", "permissions=stave"] {
            let path = format!("/api/v2/admin/accounts?{query}");
            ada.get(&path).expect(422);
        }
        let first = ada.get("/api/v2/admin/accounts?limit=3");
        assert_eq!(first.expect(200).as_array().unwrap().len(), 3);
        let next = ada.get(&first.link("next").unwrap());
        assert_eq!(next.expect(200)[0]["username"], "ada");
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn a_report_is_taken_resolved_and_opened_again() {
    World::each(|world| {
        let ada = with_role(world, "ada", Role::Admin);
        let bart = with_role(world, "bart", Role::Moderator);
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        let closed = json!({ "status": "@karim you fool", "visibility": "direct" });
        let said = world.client(lotte).publish_with(&closed);
        let report = |target: AccountId, posts: &[&Value]| {
            let body =
                json!({ "account_id": target.to_string(), "status_ids": posts, "comment": "rude" });
            world
                .client(karim)
                .post("/api/v1/reports", &body)
                .expect(200)["id"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        let id = report(lotte, &[&said["id"]]);
        let about_ada = report(ada, &[]);
        let (ada, bart_client) = (world.client_with(ada, ALL), world.client_with(bart, ALL));
        let list = |client: &Client<'_>, query: &str| {
            let page = client
                .get(&format!("/api/v1/admin/reports{query}"))
                .expect(200);
            let rows = page.as_array().unwrap();
            rows.iter()
                .map(|row| row["id"].as_str().unwrap())
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(list(&ada, ""), id, "not the one about ada");
        assert_eq!(list(&bart_client, ""), format!("{about_ada} {id}"));
        ada.get(&format!("/api/v1/admin/reports/{about_ada}"))
            .expect(404);
        ada.post(
            &format!("/api/v1/admin/reports/{about_ada}/resolve"),
            &json!({}),
        )
        .expect(404);
        let path = format!("/api/v1/admin/reports/{id}");
        let page = ada.get("/api/v1/admin/reports").expect(200);
        assert_eq!(page[0]["statuses"], json!([]), "not for ada otherwise");
        let shown = ada.get(&path).expect(200);
        for (key, value) in [
            ("action_taken", json!(false)),
            ("category", json!("other")),
            ("comment", json!("rude")),
            ("assigned_account", json!(null)),
            ("action_taken_by_account", json!(null)),
            ("rules", json!([])),
        ] {
            assert_eq!(shown[key], value, "{key} on {}", world.kind);
        }
        assert_eq!(shown["account"]["username"], "karim");
        assert_eq!(shown["target_account"]["email"], "lotte@firm.example");
        assert_eq!(shown["statuses"][0]["id"], said["id"], "as it was reported");
        assert_eq!(deeds(world), ["report.read"], "{}", world.kind);
        let step = |what: &str, body: &Value| ada.post(&format!("{path}/{what}"), body).expect(200);
        let taken = step("assign_to_self", &json!({}));
        assert_eq!(taken["assigned_account"]["username"], "ada");
        assert_eq!(
            step("unassign", &json!({}))["assigned_account"],
            json!(null)
        );
        let changed = ada
            .put(&path, &json!({ "category": "violation" }))
            .expect(200);
        assert_eq!(changed["category"], "violation");
        ada.put(&path, &json!({ "category": "boring" })).expect(422);
        let done = step("resolve", &json!({ "resolution": "warned" }));
        assert_eq!(done["action_taken"], true);
        assert_eq!(done["action_taken_by_account"]["username"], "ada");
        assert_eq!(done["cordee"]["resolution"], "warned");
        assert_eq!(list(&ada, ""), "");
        assert_eq!(list(&ada, "?resolved=true"), id);
        ada.post(&format!("{path}/assign_to_self"), &json!({}))
            .expect(422);
        let again = step("reopen", &json!({}));
        assert_eq!(again["action_taken"], false);
        assert_eq!(again["action_taken_at"], json!(null));
        assert_eq!(list(&ada, &format!("?account_id={karim}")), id);
        assert_eq!(list(&ada, &format!("?target_account_id={karim}")), "");
        let measure = json!({ "type": "silence", "report_id": id });
        ada.post(&format!("/api/v1/admin/accounts/{karim}/action"), &measure)
            .expect(404);
        ada.post(&format!("/api/v1/admin/accounts/{lotte}/action"), &measure)
            .expect(200);
        let resolved = ada.get(&path).expect(200);
        assert_eq!(resolved["cordee"]["resolution"], "silence");
        let silenced = ada
            .get(&format!("/api/v1/admin/accounts/{karim}"))
            .expect(200);
        assert_eq!(silenced["silenced"], false, "refused as a whole");
    });
}

#[test]
fn a_list_of_reports_shows_of_each_its_own_posts() {
    World::each(|world| {
        let ada = staff(world, "ada", Role::Admin);
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        let [reporter, author] = [karim, lotte].map(|id| world.client(id));
        let posts: Vec<Value> = (0..3)
            .map(|n| author.publish(&format!("rude {n}")))
            .collect();
        let report = |named: &[usize]| {
            let ids: Vec<&Value> = named.iter().map(|n| &posts[*n]["id"]).collect();
            let body = json!({ "account_id": lotte.to_string(), "status_ids": ids });
            reporter.post("/api/v1/reports", &body).expect(200);
        };
        report(&[0, 1]);
        report(&[]);
        report(&[1, 2]);
        let page = ada.get("/api/v1/admin/reports").expect(200);
        let mut shown = Vec::new();
        for row in page.as_array().unwrap() {
            let mut texts: Vec<&str> = Vec::new();
            for post in row["statuses"].as_array().unwrap() {
                texts.push(post["content"].as_str().unwrap());
            }
            texts.sort_unstable();
            shown.push(texts.concat().replace("<p>", "").replace("</p>", " "));
        }
        assert_eq!(
            shown,
            ["rude 1 rude 2 ", "", "rude 0 rude 1 "],
            "{}",
            world.kind
        );
    });
}
