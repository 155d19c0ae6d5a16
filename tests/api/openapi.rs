//! The description of our own API is true: it has every route and no other, each operation is called, each answer that it
//! names comes from a running node, in the shape it tells, and nothing comes that it does not tell.

mod book;

use std::collections::BTreeSet;

use cordee::model::ids::AccountId;
use cordee::model::words;
use cordee::model::words::Role;
use cordee::store::users;
use serde_json::{Value, json};

use super::hidden::waiting;
use super::media::PNG;
use crate::support::client::Client;
use crate::support::routes::routes_below;
use crate::support::world::World;
use book::{BASE, Book, resolved};

const ALL: &str = "read write follow push admin:read admin:write";
const OUTSIDE: &str = "The permissions of this app do not include this.";

fn admin(world: &World) -> AccountId {
    let id = world.person("ada");
    world
        .write(move |tx| users::set_role(tx, id, Role::Admin))
        .unwrap();
    id
}

fn text<'v>(value: &'v Value, at: &str) -> &'v str {
    let found = value.pointer(at).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("{at}: {value}"))
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let world = World::with(|_| {});
    let book = Book::read(&world.visitor());
    let described: BTreeSet<String> = book
        .operations()
        .iter()
        .map(|one| format!("{} {BASE}{}", one.method.to_uppercase(), one.path))
        .collect();
    assert_eq!(described, routes_below(BASE));
}

#[test]
fn the_description_holds_together() {
    let world = World::with(|_| {});
    let book = Book::read(&world.visitor());
    book.compile_all();
    assert_eq!(book.document["openapi"], "3.1.1");
    let ids: BTreeSet<&str> = book
        .operations()
        .iter()
        .map(|one| one.says["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), book.operations().len(), "an operationId twice");
    let flow =
        &book.document["components"]["securitySchemes"]["token"]["flows"]["authorizationCode"];
    for operation in book.operations() {
        let what = operation.call();
        let open = operation.path.matches('{').count();
        let parameters = operation.says["parameters"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let named: Vec<&Value> = parameters
            .iter()
            .map(|one| resolved(&book.document, one))
            .collect();
        let in_path: Vec<&Value> = named
            .iter()
            .copied()
            .filter(|one| one["in"] == "path")
            .collect();
        assert_eq!(in_path.len(), open, "{what}");
        for parameter in in_path {
            let part = format!("{{{}}}", text(parameter, "/name"));
            assert!(operation.path.contains(&part), "{what}: {part}");
        }
        for choice in operation.says["security"].as_array().unwrap() {
            for scope in choice["token"].as_array().into_iter().flatten() {
                assert!(
                    flow["scopes"].get(scope.as_str().unwrap()).is_some(),
                    "{what}: {scope}"
                );
            }
        }
    }
}

#[test]
fn closed_lists_of_words_are_those_of_the_model() {
    let world = World::with(|_| {});
    let book = Book::read(&world.visitor());
    let schemas = &book.document["components"]["schemas"];
    macro_rules! same {
        ($($schema:literal = $words:ident),* $(,)?) => {$(
            let all: Vec<&str> = words::$words::ALL.iter().map(|word| word.as_str()).collect();
            assert_eq!(schemas[$schema]["enum"], json!(all), $schema);
        )*};
    }
    same!(
        "Boundary" = Boundary,
        "CommunityRole" = CommunityRole,
        "CommunityState" = CommunityState,
        "Direction" = Direction,
        "JoinPolicy" = JoinPolicy,
        "Kind" = Kind,
        "Listing" = Listing,
        "Membership" = MembershipState,
        "PeerMode" = PeerMode,
        "PostingPolicy" = PostingPolicy,
        "QuestionState" = QuestionState,
        "Relation" = Relation,
        "Visibility" = Visibility,
    );
}

#[test]
fn it_is_there_for_programs_in_browsers_too() {
    let world = World::with(|_| {});
    let said = world.visitor().get(&format!("{BASE}/openapi.json"));
    assert_eq!(
        said.headers["content-type"],
        "application/json; charset=utf-8"
    );
    assert_eq!(said.headers["access-control-allow-origin"], "*");
}

/// What holds for every operation alike: tokens, scopes, unknown ids, bodies that cannot be read.
fn alike(book: &Book, world: &World, ada: AccountId) {
    let (full, little) = (
        world.client_with(ada, ALL),
        world.client_with(ada, "profile"),
    );
    let mut bad = world.visitor();
    bad.token = Some("nonsense".into());
    let sample = json!({ "acct": "karim", "reason": "r", "mode": "follow", "text": "t" });
    let sample = sample.to_string().into_bytes();
    for operation in book.operations() {
        let takes = operation.says.get("requestBody").is_some();
        let body = takes.then(|| sample.clone());
        let send = |client: &Client<'_>, body| book.send(client, operation, &[], "", body);
        // An app must learn everywhere that its token ended, also where none is needed.
        send(&bad, body.clone()).expect(401);
        let security = operation.says["security"].as_array().unwrap();
        let open = security.is_empty() || security.contains(&json!({}));
        assert_eq!(
            send_open(book, world, operation),
            !open,
            "{}",
            operation.call()
        );
        if operation.names("403") {
            assert_eq!(
                send(&little, body.clone()).expect(403)["error"],
                OUTSIDE,
                "{}",
                operation.call()
            );
            for choice in operation.says["security"].as_array().unwrap() {
                for scope in choice["token"].as_array().into_iter().flatten() {
                    let just = world.client_with(ada, scope.as_str().unwrap());
                    let said = send(&just, body.clone());
                    assert!(
                        said.json()["error"] != OUTSIDE,
                        "{}: {scope}",
                        operation.call()
                    );
                }
            }
        }
        if operation.names("404") {
            send(&full, body.clone()).expect(404);
            book.send(&full, operation, &["x"], "", body).expect(404);
        }
        if operation.names("400") {
            send(&full, Some(b"{\"broken".to_vec())).expect(400);
        }
        if operation.names("413") {
            let large = format!("{{\"text\":\"{}\"}}", "x".repeat(2 << 20));
            send(&full, Some(large.into_bytes())).expect(413);
        }
    }
}

/// Whether a visitor is asked for a token.
fn send_open(book: &Book, world: &World, operation: book::Operation<'_>) -> bool {
    let said = book.send(&world.visitor(), operation, &[], "", None);
    said.status == 401
}

fn communities(book: &Book, world: &World, [karim, lotte]: [AccountId; 2]) -> String {
    let (one, other) = (world.client_with(karim, ALL), world.client_with(lotte, ALL));
    let list = "GET /communities";
    book.call(
        &one,
        &format!("{list}?scope=elsewhere"),
        &[],
        &json!({}),
        422,
    );
    let charter = json!({ "name": "pumps", "title": "Pumps", "purpose": "Fewer stops", "boundary": "public",
        "visibility": "listed", "join_policy": "request", "posting_policy": "members",
        "stewards": ["lotte"], "goals": [{ "name": "Stops", "unit": "a month", "baseline": 9, "target": 4.5,
        "due": "2027-06-30", "direction": "down" }] });
    let wrong = json!({ "name": "karim", "title": "T", "purpose": "P" });
    assert_eq!(
        book.call(&one, "POST /communities", &[], &wrong, 422)["field"],
        "name"
    );
    let made = book.call(&one, "POST /communities", &[], &charter, 200);
    let id = text(&made, "/id").to_owned();
    let about = [id.as_str()];
    let open = "POST /communities/{id}/open";
    assert_eq!(
        book.call(&one, open, &about, &json!({}), 422)["field"],
        "stewards"
    );
    let join = "POST /communities/{id}/join";
    book.call(
        &other,
        join,
        &about,
        &json!({ "message": "x".repeat(2001) }),
        422,
    );
    assert_eq!(
        book.call(&other, join, &about, &json!({ "message": "yes" }), 200)["state"],
        "active"
    );
    book.call(&one, open, &about, &json!({}), 200);
    let change = "PATCH /communities/{id}";
    book.call(&one, change, &about, &json!({ "boundary": "all" }), 422);
    book.call(&one, change, &about, &json!({ "title": "All pumps" }), 200);
    book.call(
        &world.visitor(),
        "GET /communities/{id}",
        &about,
        &json!({}),
        200,
    );
    let found = book.call(
        &one,
        &format!("{list}?q=pump&scope=joined&limit=1"),
        &[],
        &json!({}),
        200,
    );
    assert_eq!(found[0]["membership"], "active");
    id
}

#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn members(book: &Book, world: &World, id: &str, steward: AccountId) {
    let steward = world.client_with(steward, ALL);
    let people = ["bart", "mei", "noor"].map(|name| (world.person(name), name));
    let about = [id];
    let (join, list) = (
        "POST /communities/{id}/join",
        "GET /communities/{id}/requests",
    );
    for (who, _) in &people {
        let asked = book.call(&world.client_with(*who, ALL), join, &about, &json!({}), 200);
        assert_eq!(asked["state"], "requested");
    }
    let [bart, mei, noor] = people.map(|(who, _)| who.to_string());
    let other = world.client_with(people[0].0, ALL);
    book.call(&other, list, &about, &json!({}), 403);
    assert_eq!(
        book.call(&steward, list, &about, &json!({}), 200)
            .as_array()
            .unwrap()
            .len(),
        3
    );
    let long = json!({ "reason": "x".repeat(2001) });
    let decide = |word: &str, who: &str, body: &Value, wanted: u16| {
        let call = format!("POST /communities/{{id}}/requests/{{account}}/{word}");
        book.call(&steward, &call, &[id, who], body, wanted)
    };
    for word in ["accept", "reject"] {
        decide(word, &bart, &long, 422);
    }
    assert_eq!(
        decide("accept", &bart, &json!({ "reason": "welcome" }), 200)["membership"],
        "active"
    );
    assert_eq!(
        decide("accept", &mei, &json!({}), 200)["membership"],
        "active"
    );
    assert_eq!(
        decide("reject", &noor, &json!({ "reason": "no" }), 200)["membership"],
        "refused"
    );
    let listed = book.call(
        &other,
        "GET /communities/{id}/members?limit=2",
        &about,
        &json!({}),
        200,
    );
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let invite = "POST /communities/{id}/invitations";
    book.call(&steward, invite, &about, &json!({ "acct": "nobody" }), 422);
    book.call(&steward, invite, &about, &json!({ "acct": "noor" }), 200);
    let send = |word: &str, body: &Value, wanted: u16| {
        let call = format!("POST /communities/{{id}}/members/{{account}}/{word}");
        book.call(&steward, &call, &[id, &mei], body, wanted)
    };
    for (word, state) in [("remove", "removed"), ("ban", "banned")] {
        assert_eq!(
            send(word, &json!({ "reason": " " }), 422)["field"],
            "reason"
        );
        assert_eq!(
            send(word, &json!({ "reason": "r" }), 200)["membership"],
            state
        );
    }
    book.call(
        &world.client_with(people[1].0, ALL),
        join,
        &about,
        &json!({}),
        403,
    );
    let leave = "POST /communities/{id}/leave";
    assert_eq!(
        book.call(&other, leave, &about, &json!({}), 200)["state"],
        "none"
    );
}

/// Posts with everything that a post can have.
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn posts(book: &Book, world: &World, id: &str, [karim, lotte]: [AccountId; 2]) {
    let (asker, other) = (world.client_with(karim, ALL), world.client_with(lotte, ALL));
    let question = asker.publish("@pumps #question Why does it leak? #seals https://a.example/");
    let filter = json!({ "title": "f", "context": ["home"], "keywords_attributes": [{ "keyword": "ring" }] });
    asker.post("/api/v2/filters", &filter).expect(200);

    let media = other.upload("/api/v2/media", "x.png", PNG).json();
    let answer = other.publish_with(&json!({ "status": "A worn ring, @karim", "in_reply_to_id": question["id"], "media_ids": [media["id"]],
        "spoiler_text": "s", "language": "en" }));
    asker.publish_with(
        &json!({ "status": "@pumps which?", "poll": { "options": ["a", "b"], "expires_in": 600 } }),
    );
    asker.publish_with(&json!({ "status": "@pumps look", "quoted_status_id": answer["id"] }));
    let lesson = json!({ "status": "x".repeat(2000), "kind": "lesson", "title": "L", "community_id": id, "fields":
        { "context": "c", "what_happened": "w", "learned": "l", "next_time": "n" } });
    asker.publish_with(&lesson);
    let timeline = "GET /communities/{id}/timeline";
    book.call(
        &asker,
        &format!("{timeline}?kind=talk"),
        &[id],
        &json!({}),
        422,
    );
    for client in [&asker, &other, &world.visitor()] {
        book.call(client, timeline, &[id], &json!({}), 200);
    }
    let found = book.call(
        &asker,
        &format!("{timeline}?kind=question&state=answered"),
        &[id],
        &json!({}),
        200,
    );
    assert_eq!(found[0]["id"], question["id"]);
    let (accept, back) = ("POST /statuses/{id}/accept", "POST /statuses/{id}/unaccept");
    let (answer, none) = ([text(&answer, "/id")], [text(&question, "/id")]);
    book.call(
        &asker,
        accept,
        &answer,
        &json!({ "why": "x".repeat(281) }),
        422,
    );
    book.call(&asker, back, &none, &json!({}), 422);
    let done = book.call(&asker, accept, &answer, &json!({ "why": "it held" }), 200);
    assert_eq!(done["cordee"]["accepted"], true);
    book.call(&asker, back, &answer, &json!({}), 200);
    let held = [1, 2].map(|n| waiting(world, &question, n));
    let listed = book.call(&asker, "GET /communities/{id}/held", &[id], &json!({}), 200);
    assert_eq!(listed.as_array().unwrap().len(), 2);
    book.call(
        &asker,
        "POST /statuses/{id}/release",
        &[&held[0]],
        &json!({}),
        200,
    );
    book.call(
        &asker,
        "POST /statuses/{id}/turn_down",
        &[&held[1]],
        &json!({}),
        200,
    );
}

fn administration(book: &Book, world: &World, ada: AccountId) {
    let ada = world.client_with(ada, ALL);
    let nothing = json!({});
    let (peer, domain) = ("/admin/peers/{domain}", ["q.example%3A8443"]);
    let put = format!("PUT {peer}");
    book.call(&ada, &put, &domain, &json!({ "mode": "friend" }), 422);
    let setting = json!({ "mode": "member", "relation": "firm", "expires": "2099-01-31", "boundary_max": "firm",
        "addresses": ["10.1.0.0/16"] });
    assert_eq!(
        book.call(&ada, &put, &domain, &setting, 200)["set_mode"],
        "member"
    );
    assert_eq!(
        book.call(&ada, &format!("GET {peer}"), &domain, &nothing, 200)["domain"],
        "q.example:8443"
    );
    for list in ["peers", "deliveries"] {
        let rows = book.call(&ada, &format!("GET /admin/{list}"), &[], &nothing, 200);
        assert!(!rows.as_array().unwrap().is_empty(), "{list}");
    }
    book.call(&ada, &format!("DELETE {peer}"), &domain, &nothing, 200);
    let (new, one) = ("POST /admin/announcements", "/admin/announcements/{id}");
    assert_eq!(
        book.call(&ada, new, &[], &json!({ "text": " " }), 422)["field"],
        "text"
    );
    let wording = json!({ "text": "Soup", "starts_at": "2098-01-01T12:00:00Z", "ends_at": "2099-01-01T12:00:00Z", "all_day": true });
    let made = book.call(&ada, new, &[], &wording, 200);
    let id = [text(&made, "/id")];
    book.call(
        &ada,
        &format!("PATCH {one}"),
        &id,
        &json!({ "ends_at": "soon" }),
        422,
    );
    let changed = book.call(
        &ada,
        &format!("PATCH {one}"),
        &id,
        &json!({ "starts_at": "", "ends_at": "" }),
        200,
    );
    assert_eq!(
        (&changed["ends_at"], &changed["text"]),
        (&Value::Null, &json!("Soup"))
    );
    let all = book.call(&ada, "GET /admin/announcements", &[], &nothing, 200);
    let mut listed = all.as_array().unwrap().iter();
    assert!(listed.any(|row| row["text"] == "Soup"), "{all}");
    book.call(&ada, &format!("DELETE {one}"), &id, &nothing, 200);
    let log = book.call(&ada, "GET /admin/audit?limit=3", &[], &nothing, 200);
    assert_eq!(log[0]["action"], "announcement.remove");
}

/// Nobody is refused for the number of their calls but where the limit is used up.
fn counted(book: &Book) {
    let world = World::with(|config| config.limits.api_per_5min = 1);
    let visitor = world.visitor();
    visitor.get(&format!("{BASE}/openapi.json")).expect(200);
    for operation in book.operations() {
        book.send(&visitor, operation, &[], "", None).expect(429);
    }
}

#[test]
fn every_answer_is_as_it_is_described() {
    World::each_with(
        |config| config.limits.enabled = false,
        |world| {
            let book = Book::read(&world.visitor());
            let ada = admin(world);
            let people = ["karim", "lotte"].map(|name| world.person(name));
            alike(&book, world, ada);
            book.call(&world.visitor(), "GET /openapi.json", &[], &json!({}), 200);
            let id = communities(&book, world, people);
            members(&book, world, &id, people[0]);
            posts(&book, world, &id, people);
            administration(&book, world, ada);
            counted(&book);
            book.is_told_whole();
        },
    );
}
