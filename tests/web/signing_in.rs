//! Signing in and out, sessions, cookies, forms from elsewhere, invitations.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::Request;
use cordee::actions::invite::{invite, invite_first_admin};
use cordee::model::viewer::Viewer;
use cordee::model::words::Role;
use cordee::secrets::{hash_token, random_token};
use cordee::store::users;

use crate::support::browser::PASSWORD;
use crate::support::world::World;

#[test]
fn signing_in_opens_home_and_signing_out_kills_the_session() {
    World::each(|world| {
        world.person_with_password("lotte");
        let browser = world.browser();
        let away = browser.get("/home");
        assert_eq!(
            (away.status.as_u16(), away.location()),
            (303, "/login?next=%2Fhome")
        );
        let done = browser.submit(
            "/login?next=%2Fnotifications",
            "/login",
            &[("login", "lotte@firm.example"), ("password", PASSWORD)],
        );
        assert_eq!(
            (done.status.as_u16(), done.location()),
            (303, "/notifications")
        );
        let home = browser.open("/home");
        assert_eq!(home.header("cache-control"), "private, no-store");
        let thief = browser.stolen();
        thief.open("/home");
        let left = browser.submit("/home", "/logout", &[]);
        assert_eq!(left.status, 303);
        assert_eq!(thief.get("/home").status, 303, "the old cookie is dead");
    });
}

#[test]
fn wrong_passwords_and_unknown_names_get_one_answer() {
    let world = World::with(|_| {});
    world.person_with_password("lotte");
    let answers = ["lotte", "nobody", "nobody@firm.example", ""].map(|name| {
        let browser = world.browser();
        let answer = browser.sign_in(name, "wrong password here");
        assert_eq!(browser.get("/home").status, 303);
        (
            answer.status.as_u16(),
            answer.text.contains("Name or password is wrong"),
        )
    });
    assert_eq!(answers, [(422, true); 4]);
}

#[test]
fn one_name_cannot_be_tried_for_ever() {
    let world = World::with(|config| config.limits.sign_in_per_15min = 3);
    world.person_with_password("kim");
    let browser = world.browser();
    for _ in 0..3 {
        assert_eq!(browser.sign_in("kim", "wrong password here").status, 422);
    }
    let refused = browser.sign_in("kim", PASSWORD);
    assert_eq!(refused.status, 429, "not even the right one");
    assert!(!refused.header("retry-after").is_empty());
}

#[test]
fn cookies_have_their_flags() {
    for (url, name, secure) in [
        ("http://localhost:7400", "cordee=", false),
        ("https://n.example", "__Host-cordee=", true),
    ] {
        let world = World::with(|config| config.server.public_url = url.parse().unwrap());
        world.person_with_password("lotte");
        let browser = world.browser();
        let page = browser.open("/login");
        let mut fields = page.form("/login");
        fields.insert("login".into(), "lotte".into());
        fields.insert("password".into(), PASSWORD.into());
        let done = browser.post_with("/login", &fields, &[("origin", url)]);
        assert_eq!(done.status, 303, "{}", done.text);
        let all: Vec<String> = [&page, &done]
            .iter()
            .flat_map(|answer| answer.headers.get_all("set-cookie"))
            .map(|value| value.to_str().unwrap().to_owned())
            .collect();
        assert!(all.iter().any(|cookie| cookie.starts_with(name)), "{all:?}");
        for cookie in all {
            assert!(
                cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
                "{cookie}"
            );
            assert!(cookie.contains("Path=/"), "{cookie}");
            assert_eq!(cookie.contains("Secure"), secure, "{cookie}");
        }
    }
}

#[test]
fn sessions_end_by_idleness_and_by_age() {
    let world = World::with(|_| {});
    world.person_with_password("lotte");
    let browser = world.signed_in("lotte");
    for _ in 0..5 {
        world.clock.advance_seconds(6 * 86_400 - 60);
        assert_eq!(browser.get("/home").status, 200);
        // The last use is noted in the background.
        world.runtime.block_on(async {
            world.app.tasks.close();
            world.app.tasks.wait().await;
            world.app.tasks.reopen();
        });
    }
    world.clock.advance_seconds(86_400);
    assert_eq!(browser.get("/home").status, 303, "30 days are the most");
    let idle = world.signed_in("lotte");
    world.clock.advance_seconds(7 * 86_400 + 60);
    assert_eq!(idle.get("/home").status, 303);
}

#[test]
fn forms_from_elsewhere_are_refused() {
    let world = World::with(|_| {});
    world.person_with_password("lotte");
    let browser = world.signed_in("lotte");
    let fields = browser.open("/home").form("/logout");
    let mut without = fields.clone();
    without.remove("csrf_token");
    let mut others = fields.clone();
    others.insert(
        "csrf_token".into(),
        world.browser().open("/login").form("/login")["csrf_token"].clone(),
    );
    for (fields, headers) in [
        (&fields, &[("origin", "https://thief.invalid")][..]),
        (&fields, &[("origin", "null")][..]),
        (&fields, &[("sec-fetch-site", "cross-site")][..]),
        (&fields, &[("sec-fetch-site", "same-site")][..]),
        (&without, &[][..]),
        (&others, &[][..]),
    ] {
        assert_eq!(
            browser.post_with("/logout", fields, headers).status,
            403,
            "{headers:?}"
        );
    }
    let plain = Request::post("/logout")
        .header("content-type", "text/plain")
        .body(Body::from(format!("csrf_token={}", fields["csrf_token"])))
        .unwrap();
    assert_eq!(browser.send(plain).status, 403);
    browser.open("/home");
    let login = BTreeMap::from([
        ("login".to_owned(), "lotte".to_owned()),
        ("password".to_owned(), PASSWORD.to_owned()),
    ]);
    assert_eq!(
        world.browser().post_with("/login", &login, &[]).status,
        403,
        "the sign-in form too"
    );
}

#[test]
fn one_is_never_sent_to_another_site_after_signing_in() {
    let world = World::with(|_| {});
    world.person_with_password("lotte");
    for next in [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/%09//evil.example",
    ] {
        let browser = world.browser();
        let page = format!("/login?next={next}");
        let done = browser.submit(
            &page,
            "/login",
            &[("login", "lotte"), ("password", PASSWORD), ("next", next)],
        );
        assert!(
            matches!(done.location(), "/home" | "/%09//evil.example"),
            "{}",
            done.location()
        );
    }
}

#[test]
fn an_invitation_makes_one_account_and_signs_in() {
    World::each(|world| {
        let admin = world.person("ada");
        let (code, by) = (
            random_token(),
            Viewer::Person {
                id: admin,
                role: Role::Admin,
            },
        );
        let hash = hash_token(&code);
        world
            .write(move |tx| cordee::actions::manage_user::set_role(tx, admin, Role::Admin))
            .unwrap();
        world.write(move |tx| invite(tx, &by, &hash)).unwrap();
        let path = format!("/invite/{code}");
        let browser = world.browser_in("fr");
        let values = |name, password| {
            [
                ("username", name),
                ("email", "nele@firm.example"),
                ("password", password),
            ]
        };
        let short = browser.submit(&path, &path, &values("nele", "short"));
        assert_eq!(short.status, 422);
        assert!(
            short.text.contains("aria-invalid=\"true\"")
                && short.text.contains("nele@firm.example")
        );
        assert!(
            short.text.contains("Utilisez au moins 12"),
            "in the reader's language"
        );
        let taken = browser.submit(&path, &path, &values("ada", PASSWORD));
        assert_eq!(taken.status, 422);
        let done = browser.submit(&path, &path, &values("nele", PASSWORD));
        assert_eq!(
            (done.status.as_u16(), done.location()),
            (303, "/home"),
            "{}",
            done.text
        );
        browser.open("/home");
        assert_eq!(world.browser().get(&path).status, 404, "it works once");
        let user = world
            .read(|conn| users::find_by_name(conn, "nele"))
            .unwrap();
        assert_eq!(
            (user.invited_by, user.role, user.locale.as_str()),
            (Some(admin), Role::Member, "fr")
        );
    });
}

#[test]
fn the_first_admin_comes_by_a_link_that_dies_with_the_first_admin() {
    let world = World::with(|_| {});
    let code = random_token();
    let hash = hash_token(&code);
    assert!(
        world
            .write(move |tx| invite_first_admin(tx, &hash))
            .unwrap()
    );
    let path = format!("/invite/{code}");
    let browser = world.browser();
    let values = [
        ("username", "admin"),
        ("email", "a@firm.example"),
        ("password", PASSWORD),
    ];
    assert_eq!(browser.submit(&path, &path, &values).status, 303);
    let user = world
        .read(|conn| users::find_by_name(conn, "admin"))
        .unwrap();
    assert_eq!(user.role, Role::Admin);
    assert!(!world.write(|tx| invite_first_admin(tx, "x")).unwrap());
}

#[test]
fn changing_the_password_ends_other_sessions_and_tokens() {
    let world = World::with(|_| {});
    let lotte = world.person_with_password("lotte");
    let (here, there) = (world.signed_in("lotte"), world.signed_in("lotte"));
    let client = world.client(lotte);
    assert_eq!(
        client.get("/api/v1/accounts/verify_credentials").status,
        200
    );
    let path = "/settings/password";
    let wrong = here.submit(
        path,
        path,
        &[
            ("current", "not this one"),
            ("password", "another long password"),
        ],
    );
    assert_eq!(wrong.status, 422);
    let done = here.submit(
        path,
        path,
        &[("current", PASSWORD), ("password", "another long password")],
    );
    assert_eq!(done.status, 200, "{}", done.text);
    here.open("/home");
    assert_eq!(there.get("/home").status, 303);
    assert_eq!(
        client.get("/api/v1/accounts/verify_credentials").status,
        401
    );
    assert_eq!(world.browser().sign_in("lotte", PASSWORD).status, 422);
}
