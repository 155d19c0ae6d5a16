//! Ending the own account on its page: what must be done first, what goes, and what nobody can do.

use axum::http::Method;
use cordee::actions::accept_answer::accept_answer;
use cordee::actions::account::{ProfileChanges, update_profile};
use cordee::actions::charter::appoint;
use cordee::actions::create_post::NewPost;
use cordee::actions::end_account::{self, Erasure};
use cordee::actions::follow::{Wish, follow};
use cordee::actions::lists::{ListChanges, create_list, fill_list};
use cordee::actions::manage_user::{set_role, suspend};
use cordee::actions::move_account::add_alias;
use cordee::actions::polls::NewPoll;
use cordee::actions::react;
use cordee::error::Error;
use cordee::jobs::erasing;
use cordee::model::ids::AccountId;
use cordee::model::viewer::Viewer;
use cordee::model::words::{
    AccountState, Boundary, CommunityRole, CommunityState, JoinPolicy, Reaction, Role, Visibility,
};
use cordee::store::remote_accounts::{self, RemoteActor};
use cordee::store::{
    accounts, communities, follows, jobs, lists, media, oauth, posts, recipients, users,
};
use serde_json::json;

use super::taking_part::PNG;
use crate::support::browser::{Answer, Browser, PASSWORD};
use crate::support::world::{World, remote, text};

fn end(browser: &Browser<'_>, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("confirm", "bart"), ("current", PASSWORD)];
    fields.extend_from_slice(more);
    browser.submit("/settings/erase", "/settings/erase", &fields)
}

fn erase(world: &World, account: AccountId) {
    let lanes = world.read(jobs::lanes);
    assert!(lanes.contains(&format!("erase {account}")), "{lanes:?}");
    let payload = account.to_string();
    for _ in 0..2 {
        world
            .runtime
            .block_on(erasing::erase(&world.app, &payload))
            .unwrap();
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn whoever_ends_the_account_is_out_at_once_and_leaves_nothing_but_the_name() {
    World::each(|world| {
        let (ada, bart) = (world.person("ada"), world.person_with_password("bart"));
        world
            .write(move |tx| set_role(tx, ada, Role::Admin))
            .unwrap();
        let karim = world.person("karim");
        let group = world.community("pumps", Boundary::Public, JoinPolicy::Open, [karim, ada]);
        let own = world.publish(bart, text("Mine, with words")).unwrap();
        let other = world.publish(karim, text("Of another")).unwrap();
        let (own, other) = (own.id, other.id);
        world
            .write(move |tx| {
                follow(tx, bart, karim, Wish::default(), None)?;
                follow(tx, karim, bart, Wish::default(), None)?;
                appoint(tx, group, bart, CommunityRole::Steward)?;
                react::mark(tx, bart, other, Reaction::Favourite, None)?;
                react::boost(tx, bart, other, Visibility::Public, None)?;
                let wanted = ListChanges {
                    title: Some("Friends".into()),
                    ..ListChanges::default()
                };
                let list = create_list(tx, karim, wanted)?;
                fill_list(tx, &list, &[bart])
            })
            .unwrap();
        let app = world.client(bart);
        app.get("/api/v1/accounts/verify_credentials").expect(200);
        let browser = world.signed_in("bart");
        let elsewhere = world.signed_in("bart");

        for (wrong, field) in [
            ([("confirm", "karim"), ("current", PASSWORD)], "confirm"),
            ([("confirm", "bart"), ("current", "wrong")], "current"),
        ] {
            let refused = browser.submit("/settings/erase", "/settings/erase", &wrong);
            assert_eq!(refused.status, 422, "{field}");
            assert!(refused.text.contains(&format!("{field}-wrong")));
        }
        assert_eq!(elsewhere.get("/settings/erase").status, 200, "still there");

        let done = end(&browser, &[("confirm", "@Bart")]);
        assert_eq!(done.status, 200, "{}", done.text);
        assert!(done.text.contains("Your account was deleted"));
        for gone in [&browser, &elsewhere] {
            assert_eq!(gone.get("/settings/profile").status, 303);
        }
        app.get("/api/v1/accounts/verify_credentials").expect(401);
        assert_eq!(world.browser().get("/@bart").status, 410);
        let visitor = world.client(karim);
        visitor.get(&format!("/api/v1/accounts/{bart}")).expect(404);
        erase(world, bart);
        world.read(move |conn| {
            let left = accounts::get(conn, bart)?;
            assert_eq!(left.state, AccountState::Deleted);
            assert_eq!(
                (left.name.as_str(), left.display_name.as_str()),
                ("bart", "")
            );
            assert!(users::find(conn, bart)?.is_none());
            let post = posts::find(conn, own)?.unwrap();
            assert!(post.deleted_at.is_some() && post.source.is_empty());
            let liked = posts::get(conn, other)?;
            assert_eq!((liked.favourites_count, liked.boosts_count), (0, 0));
            assert!(follows::find(conn, karim, bart)?.is_none());
            let karim = accounts::get(conn, karim)?;
            assert_eq!(karim.followers_count, 0);
            let list = lists::list(conn, karim.id)?.remove(0);
            let page = cordee::store::page::Page::first(9);
            assert!(lists::list_members(conn, list.id, &page)?.is_empty());
            assert_eq!(communities::stewards(conn, group)?, [karim.id, ada]);
            assert_eq!(communities::get(conn, group)?.members_count, 2);
            Ok(())
        });
        let again = world.browser().sign_in("bart", PASSWORD);
        assert_eq!(again.status, 422);
        let base = world.app.config.base_url();
        let newcomer =
            cordee::actions::register::Newcomer::new("bart", "b@firm.example", None).unwrap();
        let taken =
            world.write(move |tx| cordee::actions::register::register(tx, &base, &newcomer));
        assert!(taken.is_err(), "the name is never given again");
    });
}

#[test]
fn the_last_admin_and_the_only_steward_do_something_first() {
    World::each(|world| {
        let bart = world.person_with_password("bart");
        let (karim, noor) = (world.person("karim"), world.person("noor"));
        let group = world.community("pumps", Boundary::Public, JoinPolicy::Open, [bart, karim]);
        world
            .write(move |tx| {
                set_role(tx, bart, Role::Admin)?;
                communities::delete_membership(tx, group, karim)?;
                appoint(tx, group, karim, CommunityRole::Member)
            })
            .unwrap();
        let browser = world.signed_in("bart");
        let page = browser.open("/settings/erase");
        assert!(page.text.contains("only administrator"));
        assert!(!page.text.contains("action=\"/settings/erase\""));
        world
            .write(move |tx| set_role(tx, noor, Role::Admin))
            .unwrap();
        let field = format!("successor_{group}");
        assert!(browser.open("/settings/erase").text.contains(&field));
        for nobody in ["", "nobody", "noor", "bart"] {
            let refused = end(&browser, &[(&field, nobody)]);
            assert_eq!(refused.status, 422, "{nobody}");
            assert!(refused.text.contains(&format!("{field}-wrong")));
        }
        assert_eq!(end(&browser, &[(&field, "@karim")]).status, 200);
        erase(world, bart);
        let stewards = world.read(move |conn| communities::stewards(conn, group));
        assert_eq!(stewards, [karim]);
    });
}

/// One whose account ended is a steward until a job comes to it, and one who is suspended stays one: neither leads.
#[test]
fn whoever_leads_beside_nobody_who_acts_names_a_successor() {
    World::each(|world| {
        let bart = world.person_with_password("bart");
        let [karim, noor, mia] = ["karim", "noor", "mia"].map(|name| world.person(name));
        let moderator = Viewer::Person {
            id: noor,
            role: Role::Admin,
        };
        let ended = world.community("pumps", Boundary::Public, JoinPolicy::Open, [bart, karim]);
        let shut = world.community("valves", Boundary::Public, JoinPolicy::Open, [bart, mia]);
        world
            .write(move |tx| {
                set_role(tx, noor, Role::Admin)?;
                for group in [ended, shut] {
                    appoint(tx, group, noor, CommunityRole::Member)?;
                }
                suspend(tx, mia)?;
                end_account::end_by(tx, Some(&moderator), karim)
            })
            .unwrap();
        let browser = world.signed_in("bart");
        let page = browser.open("/settings/erase").text;
        let fields = [ended, shut].map(|group| format!("successor_{group}"));
        assert!(fields.iter().all(|field| page.contains(field)), "{page}");
        for field in &fields {
            let other: Vec<(&str, &str)> = fields
                .iter()
                .filter(|named| *named != field)
                .map(|named| (named.as_str(), "noor"))
                .collect();
            let refused = end(&browser, &other);
            assert_eq!(refused.status, 422, "{}", world.kind);
            assert!(refused.text.contains(&format!("{field}-wrong")));
        }
    });
}

#[test]
fn a_profile_that_comes_too_late_stays_empty() {
    World::each(|world| {
        let bart = world.person_with_password("bart");
        assert_eq!(end(&world.signed_in("bart"), &[]).status, 200);
        let changes = ProfileChanges {
            note: Some("I am still here".into()),
            ..ProfileChanges::default()
        };
        let late = world.write(move |tx| update_profile(tx, bart, changes));
        assert!(matches!(late, Err(Error::NotFound)), "{late:?}");
        let left = world.read(move |conn| accounts::get(conn, bart));
        assert_eq!(left.note_source, "", "{}", world.kind);
    });
}

#[test]
fn nobody_ends_an_account_without_signing_in_or_from_another_site() {
    World::each(|world| {
        world.person_with_password("bart");
        let visitor = world.browser().get("/settings/erase");
        assert!(visitor.location().starts_with("/login"));
        let browser = world.signed_in("bart");
        let mut fields = browser.open("/settings/erase").form("/settings/erase");
        fields.insert("confirm".into(), "bart".into());
        fields.insert("current".into(), PASSWORD.into());
        let foreign = browser.post_with(
            "/settings/erase",
            &fields,
            &[("origin", "https://evil.example")],
        );
        assert_eq!(foreign.status, 403);
        fields.insert("csrf_token".into(), "x".into());
        let forged = browser.post_with(
            "/settings/erase",
            &fields,
            &[("origin", "http://localhost:7400")],
        );
        assert_eq!(forged.status, 403);
        assert_eq!(browser.get("/settings/erase").status, 200);
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn an_erasure_that_is_broken_off_goes_on_and_takes_the_files_along() {
    World::each(|world| {
        let (bart, karim) = (world.person_with_password("bart"), world.person("karim"));
        let app = world.client(bart);
        for number in 0..60 {
            world
                .publish(bart, text(&format!("Number {number}")))
                .unwrap();
        }
        let used = app.upload("/api/v2/media", "x.png", PNG).expect(200);
        let unused = app.upload("/api/v2/media", "y.png", PNG).expect(200);
        let post = json!({ "status": "With a picture", "media_ids": [used["id"]] });
        app.post("/api/v1/statuses", &post).expect(200);
        app.upload_as(
            Method::PATCH,
            "/api/v1/accounts/update_credentials",
            "avatar",
            PNG,
        )
        .expect(200);
        let avatar = world.read(move |conn| accounts::get(conn, bart)).avatar;
        let mut names = vec![avatar.unwrap()];
        for media in [&used, &unused] {
            let id: i64 = media["id"].as_str().unwrap().parse().unwrap();
            let row = world.read(move |conn| media::find(conn, id)).unwrap();
            names.extend(row.file.into_iter().chain(row.preview));
        }
        assert_eq!(names.len(), 5);
        let length = |name: &str| {
            world
                .runtime
                .block_on(world.app.media.length(name))
                .unwrap()
        };
        assert!(names.iter().all(|name| length(name).is_some()));

        assert_eq!(end(&world.signed_in("bart"), &[]).status, 200);
        // The process dies after the first part: what is on disk is what the next one finds.
        let whole = world
            .write(move |tx| {
                end_account::erase(
                    tx,
                    Erasure {
                        account: bart,
                        by: None,
                    },
                )
            })
            .unwrap();
        assert!(!whole);
        let left = world.read(move |conn| posts::list_ids_by_author(conn, bart, 100));
        assert!(!left.is_empty() && left.len() < 61, "{}", left.len());
        erase(world, bart);
        let left = world.read(move |conn| posts::list_ids_by_author(conn, bart, 100));
        assert!(left.is_empty());
        assert_eq!(
            world
                .read(move |conn| accounts::get(conn, bart))
                .posts_count,
            0
        );
        world
            .runtime
            .block_on(world.app.remove_leftovers())
            .unwrap();
        for name in &names {
            assert_eq!(length(name), None, "{name}");
        }
        let id = used["id"].as_str().unwrap().parse().unwrap();
        assert!(world.read(move |conn| media::find(conn, id)).is_none());
        let listed = world
            .client(karim)
            .get("/api/v1/timelines/public")
            .expect(200);
        assert_eq!(listed, json!([]));
    });
}

#[test]
fn a_community_is_never_left_without_a_word() {
    World::each(|world| {
        let bart = world.person_with_password("bart");
        let (noor, ada) = (world.person("noor"), world.person("ada"));
        let empty = world.community("empty", Boundary::Public, JoinPolicy::Open, [bart, noor]);
        let led = world.community("led", Boundary::Public, JoinPolicy::Open, [ada, noor]);
        world
            .write(move |tx| {
                communities::delete_membership(tx, empty, noor)?;
                communities::delete_membership(tx, led, noor)
            })
            .unwrap();
        let browser = world.signed_in("bart");
        let field = format!("successor_{empty}");
        assert!(!browser.open("/settings/erase").text.contains(&field));
        assert_eq!(end(&browser, &[]).status, 200);
        let state = |group| world.read(move |conn| communities::get(conn, group)).state;
        assert_eq!(state(empty), CommunityState::Retired);
        world
            .write(move |tx| end_account::end_by(tx, None, ada))
            .unwrap();
        assert_eq!(state(led), CommunityState::AtRisk);
    });
}

#[test]
fn every_node_that_may_know_somebody_hears_of_the_end() {
    World::each(|world| {
        world
            .write(|tx| {
                let shared = |name: &str, domain: &str, inbox: Option<&str>| RemoteActor {
                    domain: domain.into(),
                    shared_inbox_url: inbox.map(Into::into),
                    ..remote(name)
                };
                remote_accounts::put(tx, &shared("a", "big.example", Some("https://big/in")))?;
                remote_accounts::put(tx, &shared("b", "big.example", None))?;
                remote_accounts::put(tx, &shared("c", "small.example", None))?;
                remote_accounts::put(tx, &shared("d", "small.example", None))?;
                let gone = shared("e", "gone.example", Some("https://gone/in"));
                let gone = remote_accounts::put(tx, &gone)?;
                accounts::set_state(tx, gone, AccountState::Deleted)
            })
            .unwrap();
        let mut told: Vec<String> = world
            .read(recipients::of_everybody)
            .into_iter()
            .map(|target| target.inbox_url)
            .collect();
        told.sort();
        assert_eq!(told, ["https://big/in", "https://p.example/users/c/inbox"]);
    });
}

#[test]
fn an_account_that_ended_stays_so_and_writes_nothing_more() {
    World::each(|world| {
        let [bart, karim, ada] = ["bart", "karim", "ada"].map(|name| world.person(name));
        let asked = NewPost {
            poll: Some(NewPoll {
                options: vec!["Oil".into(), "Grease".into()],
                expires_in: 3600,
                multiple: false,
                hide_totals: false,
            }),
            ..text("Of another")
        };
        let of_karim = world.publish(karim, asked).unwrap().id;
        let group = world.community("pumps", Boundary::Public, JoinPolicy::Open, [karim, ada]);
        world
            .write(move |tx| end_account::end_by(tx, None, bart))
            .unwrap();
        world
            .write(move |tx| accounts::set_state(tx, bart, AccountState::Suspended))
            .unwrap();
        let found = world.read(move |conn| accounts::get(conn, bart));
        assert_eq!(found.state, AccountState::Deleted, "{}", world.kind);
        // What was on the way while the account ended.
        let absent = |done: cordee::error::Result<()>| {
            assert!(
                matches!(done, Err(cordee::error::Error::NotFound)),
                "{done:?}"
            );
        };
        absent(world.publish(bart, text("too late")).map(drop));
        absent(
            world.write(move |tx| {
                react::boost(tx, bart, of_karim, Visibility::Public, None).map(drop)
            }),
        );
        absent(world.write(move |tx| follow(tx, bart, karim, Wish::default(), None).map(drop)));
        absent(world.write(move |tx| react::vote(tx, bart, of_karim, &[0]).map(drop)));
        absent(world.write(move |tx| add_alias(tx, bart, karim)));
        for kind in [Reaction::Favourite, Reaction::Bookmark] {
            absent(world.write(move |tx| react::mark(tx, bart, of_karim, kind, None).map(drop)));
        }
        let named = world.publish(karim, text("Farewell @bart")).unwrap().id;
        let mentions = world.read(move |conn| posts::list_mentions(conn, &[named]));
        assert_eq!(mentions, [], "{}", world.kind);
        let steward = world.write(move |tx| appoint(tx, group, bart, CommunityRole::Steward));
        assert!(
            matches!(steward, Err(cordee::error::Error::Invalid { .. })),
            "{steward:?}"
        );
        erase(world, bart);
    });
}

#[test]
fn reasons_and_tokens_of_an_ended_account_go_too() {
    World::each(|world| {
        let (bart, karim) = (world.person("bart"), world.person("karim"));
        let asked = world.publish(bart, text("#question Why?")).unwrap().id;
        let reply = NewPost {
            parent: Some(asked),
            ..text("A worn ring")
        };
        let answer = world.publish(karim, reply).unwrap().id;
        world
            .write(move |tx| accept_answer(tx, bart, answer, "my own pump runs", None))
            .unwrap();
        let app = world.client(bart);
        app.get("/api/v1/accounts/verify_credentials").expect(200);
        let tokens = world.read(move |conn| oauth::list_tokens(conn, bart));
        assert!(!tokens.is_empty());
        world
            .write(move |tx| end_account::end_by(tx, None, bart))
            .unwrap();
        erase(world, bart);
        let (why, left) = world.read(move |conn| {
            let rows = posts::list_acceptances(conn, &[asked])?;
            let why: Vec<String> = rows.into_iter().map(|row| row.why).collect();
            let mut left = 0;
            for (token, _) in tokens {
                left += usize::from(oauth::find_token(conn, &token.token_hash)?.is_some());
            }
            Ok((why, left))
        });
        assert_eq!((why, left), (vec![String::new()], 0), "{}", world.kind);
    });
}
