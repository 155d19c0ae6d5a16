//! Accounts without invitation: at once, after a mail, or after a moderator's yes; on pages and through apps.

use cordee::actions::authorize_app::{NewApp, issue_token, register_app};
use cordee::actions::manage_user::set_role;
use cordee::config::{Config, RegistrationMode};
use cordee::jobs::{mails, schedule};
use cordee::model::ids::AccountId;
use cordee::model::scopes::Scopes;
use cordee::model::words::{Role, UserState};
use cordee::secrets::{hash_token, random_token};
use cordee::store::{jobs, users};
use serde_json::{Value, json};

use crate::support::browser::{Answer, Browser, PASSWORD};
use crate::support::client::Client;
use crate::support::world::World;

pub(super) fn open(config: &mut Config) {
    config.registration.mode = RegistrationMode::Open;
}

fn approval(config: &mut Config) {
    config.registration.mode = RegistrationMode::Approval;
}

pub(super) fn register(browser: &Browser<'_>, name: &str, more: &[(&str, &str)]) -> Answer {
    let email = format!("{name}@firm.example");
    let mut fields = vec![
        ("username", name),
        ("email", &email),
        ("password", PASSWORD),
    ];
    fields.extend_from_slice(more);
    browser.submit("/register", "/register", &fields)
}

/// Does the jobs that send mails; the mails, without the soft line breaks of their encoding.
fn mails(world: &World) -> Vec<String> {
    let due = world
        .write(|tx| jobs::claim(tx, 50, chrono::TimeDelta::minutes(3)))
        .unwrap();
    for job in due {
        assert_eq!(job.kind, "mail");
        assert!(!job.payload.contains('/'), "no link lies in the queue");
        world
            .runtime
            .block_on(mails::send(&world.app, &job.payload))
            .unwrap();
        world.write(move |tx| jobs::finish(tx, job.id)).unwrap();
    }
    let folder = world.app.config.mail_dir();
    let Ok(files) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    files
        .map(|entry| {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::remove_file(path).unwrap();
            text.replace("=\r\n", "").replace("=3D", "=")
        })
        .collect()
}

/// The path of the link in a mail.
fn link(mail: &str) -> String {
    let rest = mail
        .split("http://localhost:7400/register/confirm/")
        .nth(1)
        .unwrap_or_else(|| panic!("no link in {mail}"));
    let code = rest.split_whitespace().next().unwrap();
    format!("/register/confirm/{code}")
}

fn state(world: &World, name: &'static str) -> Option<UserState> {
    world.read(move |conn| Ok(users::find_by_name(conn, name)?.map(|user| user.state)))
}

#[test]
fn a_node_by_invitation_registers_nobody() {
    let world = World::with(|_| {});
    let page = world.browser().get("/register");
    assert_eq!(page.status, 403);
    assert!(!world.browser().open("/").text.contains("/register"));
    let app = app_client(&world, "write:accounts");
    let said = app.post("/api/v1/accounts", &typed("nell"));
    assert_eq!(said.expect(403)["error"], "This action is not allowed");
    assert_eq!(state(&world, "nell"), None);
}

#[test]
fn without_confirmation_one_is_in_at_once() {
    World::each_with(
        |config| {
            open(config);
            config.registration.confirm_email = false;
        },
        |world| {
            assert!(world.browser().open("/").text.contains("/register"));
            let browser = world.browser();
            let done = register(&browser, "nell", &[]);
            assert_eq!((done.status.as_u16(), done.location()), (303, "/home"));
            browser.open("/home");
            assert!(mails(world).is_empty());
        },
    );
}

#[test]
fn with_confirmation_the_link_of_the_mail_opens_the_door_once() {
    World::each_with(open, |world| {
        let browser = world.browser_in("nl");
        let done = register(&browser, "nell", &[]);
        assert!(done.text.contains("Kijk in uw mail"), "{}", done.text);
        assert_eq!(browser.get("/home").status, 303, "not signed in");
        assert_eq!(world.browser().get("/@nell").status, 404, "absent");
        assert_eq!(world.browser().sign_in("nell", PASSWORD).status, 403);
        let written = mails(world);
        assert_eq!(
            written.len(),
            2,
            "a second one after the attempt to sign in"
        );
        assert!(
            written[0].contains("To: nell@firm.example"),
            "{}",
            written[0]
        );
        assert!(written[0].contains("bevestig uw adres"), "{}", written[0]);
        let (path, other) = (link(&written[0]), link(&written[1]));
        let again = world.browser();
        again.open(&path);
        assert_eq!(
            state(world, "nell"),
            Some(UserState::Pending),
            "looking is not agreeing"
        );
        let other_password = [("password", "somebody else's choice")];
        assert_eq!(again.submit(&path, &path, &other_password).status, 422);
        assert_eq!(
            state(world, "nell"),
            Some(UserState::Pending),
            "whoever owns the address only must not open the account of a stranger"
        );
        let done = again.submit(&path, &path, &[("password", PASSWORD)]);
        assert_eq!((done.status.as_u16(), done.location()), (303, "/home"));
        again.open("/home");
        assert_eq!(world.browser().get("/@nell").status, 200);
        for used in [path, other] {
            assert_eq!(world.browser().get(&used).status, 404);
            let invitation = used.replace("/register/confirm/", "/invite/");
            assert_eq!(world.browser().get(&invitation).status, 404);
        }
    });
}

/// Asks for an account with this name and address.
fn ask(world: &World, name: &str, email: &str) -> Answer {
    let fields = [
        ("username", name),
        ("email", email),
        ("password", PASSWORD),
        ("reason", "I mend pumps."),
    ];
    world.browser().submit("/register", "/register", &fields)
}

#[test]
fn nobody_learns_by_registering_or_signing_in_whose_address_it_is() {
    for by_moderator in [false, true] {
        let mode = move |config: &mut Config| {
            config.limits.sign_up_per_30min = 100;
            config.limits.sign_in_per_15min = 100;
            if by_moderator {
                approval(config);
            } else {
                open(config);
            }
        };
        World::each_with(mode, |world| {
            world.person_with_password("kim");
            let [known, new] = ["kim@firm.example", "new@firm.example"];
            let (one, other) = (ask(world, "paul", known), ask(world, "nell", new));
            assert_eq!((one.status, &one.text), (other.status, &other.text));
            assert_eq!(one.status, 200);
            let mails = mails(world);
            let to_kim: Vec<&String> = mails
                .iter()
                .filter(|mail| mail.contains("To: kim@firm.example"))
                .collect();
            assert_eq!(to_kim.len(), 1, "{mails:?}");
            assert!(
                to_kim[0].contains("There is one already: kim"),
                "{}",
                to_kim[0]
            );
            assert!(!to_kim[0].contains("/confirm/"), "{}", to_kim[0]);
            for (taken, login) in [("paul", known), ("nell", new)] {
                let again = ask(world, taken, "other@firm.example");
                assert_eq!(again.status, 422, "{taken}: the name is taken");
                assert_eq!(world.browser().get(&format!("/@{taken}")).status, 404);
                assert_eq!(world.browser().sign_in(taken, PASSWORD).status, 403);
                let by_address = world.browser().sign_in(login, "a password of nobody's");
                assert_eq!(by_address.status, 422);
            }
            assert_eq!(world.browser().sign_in(new, PASSWORD).status, 422);
            let app = app_client(world, "write:accounts");
            let mut nina = typed("nina");
            nina["email"] = json!(known);
            let token = app.post("/api/v1/accounts", &nina).expect(200);
            let mut client = world.visitor();
            client.token = Some(token["access_token"].as_str().unwrap().to_owned());
            let shut = client.get("/api/v1/accounts/verify_credentials");
            let token = app.post("/api/v1/accounts", &typed("nora")).expect(200);
            client.token = Some(token["access_token"].as_str().unwrap().to_owned());
            let like = client.get("/api/v1/accounts/verify_credentials");
            assert_eq!(shut.expect(403), like.expect(403));
        });
    }
}

#[test]
fn whoever_typed_the_address_of_another_is_never_let_in_and_then_forgotten() {
    World::each_with(approval, |world| {
        let kim = world.person_with_password("kim");
        world
            .write(move |tx| set_role(tx, kim, Role::Admin))
            .unwrap();
        ask(world, "paul", "KIM@firm.example");
        ask(world, "nell", "nell@firm.example");
        let admin = world.signed_in("kim");
        let page = admin.open("/admin/accounts").text;
        assert!(page.contains("nell") && !page.contains("paul"), "{page}");
        let paul = world
            .read(|conn| users::find_by_name(conn, "paul"))
            .unwrap();
        let id = paul.account_id.to_string();
        let values = [("account", id.as_str()), ("decision", "accept")];
        let said = admin.submit("/admin/accounts", "/admin/accounts", &values);
        assert_eq!(said.status, 404);
        let list = world
            .client_with(kim, "admin:read")
            .get("/api/v2/admin/accounts?status=pending");
        assert_eq!(list.expect(200).as_array().unwrap().len(), 1);
        assert!(world.browser().sign_in("kim", PASSWORD).status == 303);
        world.clock.advance_seconds(7 * 86_400 + 5);
        world.runtime.block_on(schedule::tidy(&world.app)).unwrap();
        assert_eq!(state(world, "paul"), None);
        assert_eq!(state(world, "nell"), Some(UserState::Pending));
    });
}

#[test]
fn where_all_are_in_at_once_the_address_stays_with_whoever_had_it() {
    let at_once = |config: &mut Config| {
        open(config);
        config.registration.confirm_email = false;
    };
    World::each_with(at_once, |world| {
        let kim = world.person_with_password("kim");
        let done = ask(world, "paul", "kim@firm.example");
        assert_eq!((done.status.as_u16(), done.location()), (303, "/home"));
        let by_address = world.read(|conn| users::find_by_email(conn, "kim@firm.example"));
        assert_eq!(by_address.unwrap().account_id, kim);
        let paul = world
            .read(|conn| users::find_by_name(conn, "paul"))
            .unwrap();
        assert_eq!(paul.email, "");
        let written = mails(world);
        assert_eq!(written.len(), 1);
        assert!(
            written[0].contains("To: kim@firm.example"),
            "{}",
            written[0]
        );
    });
}

#[test]
fn links_grow_old_and_who_never_confirms_is_forgotten() {
    World::each_with(open, |world| {
        register(&world.browser(), "nell", &[]);
        let path = link(&mails(world)[0]);
        world.clock.advance_seconds(2 * 86_400 + 5);
        assert_eq!(world.browser().get(&path).status, 404);
        let tidy = || world.runtime.block_on(schedule::tidy(&world.app)).unwrap();
        tidy();
        assert_eq!(state(world, "nell"), Some(UserState::Pending));
        world.clock.advance_seconds(5 * 86_400);
        tidy();
        assert_eq!(state(world, "nell"), None, "the name is free again");
    });
}

#[test]
fn a_moderator_admits_or_turns_away() {
    World::each_with(approval, |world| {
        let ada = world.person_with_password("ada");
        world
            .write(move |tx| set_role(tx, ada, Role::Admin))
            .unwrap();
        world.person_with_password("kim");
        let lacking = register(&world.browser(), "nell", &[]);
        assert_eq!(lacking.status, 422);
        assert!(
            lacking.text.contains("href=\"#reason\""),
            "{}",
            lacking.text
        );
        for name in ["nell", "otto"] {
            let done = register(&world.browser(), name, &[("reason", "I mend <pumps>.")]);
            assert!(done.text.contains("Your request is noted"), "{}", done.text);
        }
        let told = mails(world);
        assert!(
            told.iter()
                .all(|mail| mail.contains("To: ada@firm.example"))
        );
        assert_eq!(world.browser().sign_in("nell", PASSWORD).status, 403);
        assert_eq!(world.signed_in("kim").get("/admin/accounts").status, 403);
        let admin = world.signed_in("ada");
        let page = admin.open("/admin/accounts");
        assert!(
            page.text.contains("I mend &#60;pumps&#62;."),
            "{}",
            page.text
        );
        let id = |name: &'static str| {
            let user = world.read(move |conn| users::find_by_name(conn, name));
            user.unwrap().account_id.to_string()
        };
        let decide = |account: &str, decision: &str| {
            let values = [
                ("account", account),
                ("decision", decision),
                ("reason", "No room"),
            ];
            admin.submit("/admin/accounts", "/admin/accounts", &values)
        };
        let (nell, otto) = (id("nell"), id("otto"));
        assert_eq!(decide(&otto, "refuse").status, 303);
        assert_eq!(decide(&nell, "accept").status, 303);
        let written = mails(world);
        assert!(
            written
                .iter()
                .any(|mail| mail.contains("To: nell@") && mail.contains("ready"))
        );
        assert!(
            written
                .iter()
                .any(|mail| mail.contains("To: otto@") && mail.contains("No room"))
        );
        world.signed_in("nell").open("/home");
        assert_eq!(state(world, "otto"), None);
    });
}

#[test]
fn one_address_registers_a_few_times_only_and_cannot_try_many_names() {
    let world = World::with(|config| {
        open(config);
        config.limits.sign_up_per_30min = 2;
        config.limits.sign_in_per_15min = 3;
    });
    world.person_with_password("kim");
    for name in ["a1", "a2"] {
        assert_eq!(register(&world.browser(), name, &[]).status, 200);
    }
    assert_eq!(register(&world.browser(), "a3", &[]).status, 429);
    for name in ["b1", "b2", "b3"] {
        assert_eq!(
            world.browser().sign_in(name, "wrong password here").status,
            422
        );
    }
    let refused = world.browser().sign_in("kim", PASSWORD);
    assert_eq!(refused.status, 429, "another name from the same address");
}

/// A client with a token of the app itself.
fn app_client<'w>(world: &'w World, scopes: &str) -> Client<'w> {
    let (token, scopes) = (random_token(), Scopes::parse(scopes).unwrap());
    let hash = hash_token(&token);
    let new = NewApp {
        name: "Test".into(),
        website: None,
        redirect_uris: vec!["urn:ietf:wg:oauth:2.0:oob".into()],
        scopes: Scopes::parse("read write").unwrap(),
        client_id: random_token(),
        secret_hash: String::new(),
    };
    world
        .write(move |tx| {
            let app = register_app(tx, new)?;
            issue_token(tx, app.id, None, &scopes, &hash, None)
        })
        .unwrap();
    let mut client = world.visitor();
    client.token = Some(token);
    client
}

fn typed(name: &str) -> Value {
    json!({ "username": name, "email": format!("{name}@firm.example"), "password": PASSWORD,
            "agreement": true, "locale": "fr", "reason": "To learn" })
}

#[test]
fn an_app_registers_somebody_whose_token_works_once_the_address_is_confirmed() {
    World::each_with(open, |world| {
        let app = app_client(world, "write:accounts");
        let token = app.post("/api/v1/accounts", &typed("nell")).expect(200);
        let mut nell = world.visitor();
        nell.token = Some(token["access_token"].as_str().unwrap().to_owned());
        let said = nell.get("/api/v1/accounts/verify_credentials").expect(403);
        assert_eq!(
            said["error"],
            "Your login is missing a confirmed e-mail address"
        );
        let mail = &mails(world)[0];
        assert!(mail.contains("confirmez"), "{mail}");
        let path = link(mail);
        let password = [("password", PASSWORD)];
        world.browser().submit(&path, &path, &password);
        let me = nell.get("/api/v1/accounts/verify_credentials").expect(200);
        assert_eq!(me["username"], "nell");
        let id = AccountId(me["id"].as_str().unwrap().parse().unwrap());
        let known = world.client(id).post("/api/v1/accounts", &typed("paul"));
        known.expect(403);
    });
}

#[test]
fn an_app_learns_all_mistakes_at_once() {
    let world = World::with(open);
    world.person("kim");
    let app = app_client(&world, "write:accounts");
    let said = app.post(
        "/api/v1/accounts",
        &json!({ "username": "Über", "email": "nobody", "password": "short" }),
    );
    let said = said.expect(422);
    let code = |field: &str| said["details"][field][0]["error"].clone();
    assert_eq!(
        [
            code("username"),
            code("email"),
            code("password"),
            code("agreement")
        ],
        [
            "ERR_INVALID",
            "ERR_INVALID",
            "ERR_TOO_SHORT",
            "ERR_ACCEPTED"
        ]
    );
    let taken = app.post("/api/v1/accounts", &typed("kim")).expect(422);
    assert_eq!(taken["details"]["username"][0]["error"], "ERR_TAKEN");
    assert_eq!(
        taken["error"],
        "Validation failed: Username has already been taken"
    );
    app_client(&world, "read")
        .post("/api/v1/accounts", &typed("nell"))
        .expect(403);
    world
        .visitor()
        .post("/api/v1/accounts", &typed("nell"))
        .expect(401);
}

#[test]
fn the_oauth_server_stands_inside_the_rate_limits() {
    let world = World::with(|config| config.limits.api_per_5min = 3);
    let client = world.visitor();
    let ask = || client.post("/oauth/token", &json!({ "grant_type": "nothing" }));
    for _ in 0..3 {
        assert_eq!(ask().status, 400);
    }
    let refused = ask();
    assert_eq!(refused.status, 429);
    assert!(refused.headers.contains_key("retry-after"));
    let apps = client.post("/api/v1/apps", &json!({}));
    assert_eq!(apps.status, 429, "registering apps counts as well");
}
