//! Apps: registering, consent, codes, tokens, revoking.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::support::browser::{Answer, Browser, PASSWORD};
use crate::support::world::World;

const CALLBACK: &str = "http://client.invalid/callback?from=cordee";
const OOB: &str = "urn:ietf:wg:oauth:2.0:oob";
const VERIFIER: &str = "a-verifier-that-is-long-enough-to-be-one-0123456789";

struct App {
    id: String,
    secret: String,
}

fn register(world: &World, redirect: &str) -> App {
    let fields = json!({"client_name": "Kit", "redirect_uris": redirect, "scopes": "read write"});
    let made = world.visitor().post("/api/v1/apps", &fields).expect(200);
    assert_eq!(made["redirect_uris"], json!([redirect]));
    assert_eq!(made["scopes"], json!(["read", "write"]));
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    App {
        id: text("client_id"),
        secret: text("client_secret"),
    }
}

fn address(app: &App, more: &[(&str, &str)]) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let mut pairs = BTreeMap::from([
        ("response_type", "code"),
        ("client_id", app.id.as_str()),
        ("redirect_uri", CALLBACK),
        ("scope", "read write"),
        ("state", "s t&te"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ]);
    pairs.extend(more.iter().copied());
    pairs.retain(|_, value| !value.is_empty());
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    format!("/oauth/authorize?{query}")
}

fn decide(browser: &Browser<'_>, address: &str, decision: &str) -> Answer {
    browser.submit(address, "/oauth/authorize", &[("decision", decision)])
}

fn query(address: &str) -> BTreeMap<String, String> {
    Url::parse(address)
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect()
}

fn code(browser: &Browser<'_>, app: &App) -> String {
    let done = decide(browser, &address(app, &[]), "allow");
    assert!(
        done.location().starts_with(CALLBACK),
        "{} {}",
        done.status,
        done.location()
    );
    let query = query(done.location());
    assert_eq!(
        (query["state"].as_str(), query["from"].as_str()),
        ("s t&te", "cordee")
    );
    query["code"].clone()
}

fn exchange(world: &World, app: &App, code: &str, over: &Value) -> (u16, Value) {
    let mut fields = json!({
        "grant_type": "authorization_code", "code": code, "client_id": app.id, "client_secret": app.secret,
        "redirect_uri": CALLBACK, "code_verifier": VERIFIER,
    });
    for (name, value) in over.as_object().unwrap() {
        fields[name] = value.clone();
    }
    let said = world.visitor().post("/oauth/token", &fields);
    (said.status.as_u16(), said.json())
}

#[test]
fn a_code_becomes_a_token_once_and_its_second_use_kills_it() {
    World::each(|world| {
        world.person_with_password("lotte");
        let (app, browser) = (register(world, CALLBACK), world.signed_in("lotte"));
        let code = code(&browser, &app);
        let (status, token) = exchange(world, &app, &code, &json!({}));
        assert_eq!(
            (status, &token["token_type"], &token["scope"]),
            (200, &json!("Bearer"), &json!("read write"))
        );
        assert!(token["created_at"].is_i64());
        let mut client = world.visitor();
        client.token = Some(token["access_token"].as_str().unwrap().to_owned());
        let me = client
            .get("/api/v1/accounts/verify_credentials")
            .expect(200);
        assert_eq!(me["username"], "lotte");
        let (status, error) = exchange(world, &app, &code, &json!({}));
        assert_eq!((status, &error["error"]), (400, &json!("invalid_grant")));
        client
            .get("/api/v1/accounts/verify_credentials")
            .expect(401);
    });
}

#[test]
fn a_code_needs_its_verifier_its_address_its_app_and_its_time() {
    let world = World::with(|_| {});
    world.person_with_password("lotte");
    let (app, other) = (register(&world, CALLBACK), register(&world, CALLBACK));
    let browser = world.signed_in("lotte");
    for over in [
        json!({"code_verifier": "x".repeat(50)}),
        json!({"code_verifier": ""}),
        json!({"redirect_uri": OOB}),
        json!({"client_id": other.id, "client_secret": other.secret}),
        json!({"code": "guessed"}),
    ] {
        let (status, error) = exchange(&world, &app, &code(&browser, &app), &over);
        assert_eq!(
            (status, &error["error"]),
            (400, &json!("invalid_grant")),
            "{over}"
        );
    }
    let late = code(&browser, &app);
    world.clock.advance_seconds(601);
    assert_eq!(exchange(&world, &app, &late, &json!({})).0, 400);
    let public = code(&browser, &app);
    assert_eq!(
        exchange(&world, &app, &public, &json!({"client_secret": ""})).0,
        200,
        "PKCE is proof enough"
    );
    let wrong = exchange(&world, &app, "x", &json!({"client_secret": "wrong"}));
    assert_eq!(
        (wrong.0, &wrong.1["error"]),
        (401, &json!("invalid_client"))
    );
}

#[test]
fn refusing_goes_back_without_a_code() {
    let world = World::with(|_| {});
    world.person_with_password("lotte");
    let (app, browser) = (register(&world, CALLBACK), world.signed_in("lotte"));
    let done = decide(&browser, &address(&app, &[]), "deny");
    let back = query(done.location());
    assert_eq!(
        (back["error"].as_str(), back.contains_key("code")),
        ("access_denied", false)
    );
    assert_eq!(back["iss"], "http://localhost:7400/");
}

#[test]
fn a_visitor_signs_in_first_and_comes_back_to_the_consent() {
    let world = World::with(|_| {});
    world.person_with_password("lotte");
    let (app, browser) = (register(&world, CALLBACK), world.browser());
    let asked = address(&app, &[]);
    let first = browser.get(&asked);
    assert!(
        first
            .location()
            .starts_with("/login?next=%2Foauth%2Fauthorize"),
        "{}",
        first.location()
    );
    let page = first.location().to_owned();
    let done = browser.submit(
        &page,
        "/login",
        &[("login", "lotte"), ("password", PASSWORD)],
    );
    assert_eq!(done.location(), asked);
    let page = browser.open(&asked);
    assert!(page.text.contains("post, change and delete in your name"));
    assert!(
        page.header("content-security-policy")
            .contains("form-action 'self' http://client.invalid;")
    );
    let forced = browser.get(&address(&app, &[("force_login", "true")]));
    assert!(
        forced.location().starts_with("/login?force=1&next="),
        "{}",
        forced.location()
    );
    assert!(!forced.location().contains("force_login"));
}

#[test]
fn nobody_is_sent_to_an_address_that_was_not_registered() {
    let world = World::with(|_| {});
    world.person_with_password("lotte");
    let (app, browser) = (register(&world, CALLBACK), world.signed_in("lotte"));
    for wrong in [
        "http://thief.invalid/",
        "http://client.invalid/callback?from=cordeex",
        "http://client.invalid/callback",
    ] {
        let page = browser.get(&address(&app, &[("redirect_uri", wrong)]));
        assert_eq!(
            (page.status.as_u16(), page.location()),
            (400, ""),
            "{wrong}"
        );
    }
    assert_eq!(
        browser
            .get(&address(&app, &[("client_id", "nobody")]))
            .status,
        400
    );
    for (name, value, error) in [
        ("scope", "admin:read", "invalid_scope"),
        ("scope", "everything", "invalid_scope"),
        ("response_type", "token", "unsupported_response_type"),
        ("code_challenge_method", "plain", "invalid_request"),
    ] {
        let answer = browser.get(&address(&app, &[(name, value)]));
        assert_eq!(query(answer.location())["error"], error);
    }
}

#[test]
fn a_consent_cannot_be_given_by_another_form() {
    let world = World::with(|_| {});
    world.person_with_password("lotte");
    let (app, browser) = (register(&world, CALLBACK), world.signed_in("lotte"));
    let asked = address(&app, &[("scope", "read")]);
    let grown = browser.submit(
        &asked,
        "/oauth/authorize",
        &[("decision", "allow"), ("scope", "read write")],
    );
    assert_eq!(grown.status, 403, "consent is bound to what was shown");
    let mut fields = browser.open(&asked).form("/oauth/authorize");
    fields.insert("decision".into(), "allow".into());
    fields.remove("csrf_token");
    assert_eq!(
        browser.post_with("/oauth/authorize", &fields, &[]).status,
        403
    );
    assert!(
        browser
            .get(&format!("{asked}&decision=allow"))
            .text
            .contains("<form"),
        "a GET decides nothing"
    );
}

#[test]
fn an_app_that_cannot_be_called_gets_its_code_by_hand() {
    let world = World::with(|_| {});
    world.person_with_password("lotte");
    let (app, browser) = (register(&world, OOB), world.signed_in("lotte"));
    let page = decide(&browser, &address(&app, &[("redirect_uri", OOB)]), "allow");
    assert_eq!(page.status, 200);
    let code = page
        .text
        .split("name=\"code\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert_eq!(
        exchange(&world, &app, code, &json!({"redirect_uri": OOB})).0,
        200
    );
}

#[test]
fn tokens_of_apps_and_revoking() {
    World::each(|world| {
        let lotte = world.person_with_password("lotte");
        let (app, other) = (register(world, CALLBACK), register(world, CALLBACK));
        let fields = json!({"grant_type": "client_credentials", "client_id": app.id, "client_secret": app.secret});
        let token = world.visitor().post("/oauth/token", &fields).expect(200);
        let mut client = world.visitor();
        client.token = Some(token["access_token"].as_str().unwrap().to_owned());
        assert_eq!(
            client.get("/api/v1/apps/verify_credentials").expect(200)["name"],
            "Kit"
        );
        client
            .get("/api/v1/accounts/verify_credentials")
            .expect(422);
        let basic = STANDARD.encode(format!("{}:{}", app.id, app.secret));
        let request =
            axum::http::Request::post("/oauth/token?grant_type=client_credentials&scope=write")
                .header("authorization", format!("Basic {basic}"));
        let said = world
            .visitor()
            .send(request.body(axum::body::Body::empty()).unwrap());
        assert_eq!(said.expect(200)["scope"], "write");
        let revoke = |by: &App| {
            let fields =
                json!({"client_id": by.id, "client_secret": by.secret, "token": client.token});
            world.visitor().post("/oauth/revoke", &fields)
        };
        assert_eq!(revoke(&other).expect(403)["error"], "unauthorized_client");
        client.get("/api/v1/apps/verify_credentials").expect(200);
        assert_eq!(revoke(&app).expect(200), json!({}));
        client.get("/api/v1/apps/verify_credentials").expect(401);
        assert_eq!(revoke(&app).expect(200), json!({}), "again changes nothing");
        let mine = world.client(lotte);
        mine.get("/api/v1/accounts/verify_credentials").expect(200);
        let browser = world.signed_in("lotte");
        let page = browser.open("/settings/apps");
        let id = page
            .text
            .split("name=\"app\" value=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        assert_eq!(
            browser
                .submit("/settings/apps", "/settings/apps", &[("app", id)])
                .status,
            303
        );
        mine.get("/api/v1/accounts/verify_credentials").expect(401);
    });
}

#[test]
fn grants_that_are_not_offered_are_refused() {
    for (offered, status) in [(false, 400), (true, 200)] {
        let world = World::with(|config| config.oauth.password_grant = offered);
        world.person_with_password("lotte");
        let app = register(&world, CALLBACK);
        let fields = json!({"grant_type": "password", "client_id": app.id, "client_secret": app.secret,
                            "username": "lotte@firm.example", "password": PASSWORD, "scope": "read"});
        world.visitor().post("/oauth/token", &fields).expect(status);
        let metadata = world
            .visitor()
            .get("/.well-known/oauth-authorization-server")
            .expect(200);
        let grants = metadata["grant_types_supported"].as_array().unwrap();
        assert_eq!(
            grants.contains(&json!("password")),
            offered,
            "the metadata tells the truth"
        );
        assert_eq!(
            metadata["code_challenge_methods_supported"],
            json!(["S256"])
        );
        let wrong = json!({"grant_type": "device_code", "client_id": app.id});
        assert_eq!(
            world.visitor().post("/oauth/token", &wrong).expect(400)["error"],
            "unsupported_grant_type"
        );
    }
}

#[test]
fn a_window_that_an_app_opened_for_signing_in_can_answer_it() {
    World::each(|world| {
        let app = register(world, CALLBACK);
        let visitor = world.browser();
        let opener = |address: &str| {
            let answer = visitor.get(address);
            answer.header("cross-origin-opener-policy").to_owned()
        };
        assert_eq!(opener("/login"), "unsafe-none");
        assert_eq!(opener(&address(&app, &[])), "unsafe-none");
        assert_eq!(opener("/about"), "same-origin");
    });
}
