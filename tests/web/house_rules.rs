//! The rules of the node and its longer texts: who writes them, and where they show.

use cordee::actions::manage_user::set_role;
use cordee::config::{Config, RegistrationMode};
use cordee::model::words::Role;
use cordee::store::audit;
use cordee::store::page::Page;
use serde_json::json;

use crate::support::browser::Browser;
use crate::support::world::World;

fn open(config: &mut Config) {
    config.registration.mode = RegistrationMode::Open;
}

fn admin<'w>(world: &'w World, name: &str) -> Browser<'w> {
    let ada = world.person_with_password(name);
    world
        .write(move |tx| set_role(tx, ada, Role::Admin))
        .unwrap();
    world.signed_in(name)
}

fn add(browser: &Browser<'_>, fields: &[(&str, &str)]) {
    let done = browser.submit("/admin/rules/new", "/admin/rules/new", fields);
    assert_eq!(done.status, 303, "{}", done.text);
}

#[test]
fn an_admin_numbers_the_rules_and_everybody_reads_them() {
    World::each_with(open, |world| {
        let browser = admin(world, "ada");
        add(
            &browser,
            &[("text", "Be kind"), ("hint", "Also on Mondays")],
        );
        add(
            &browser,
            &[("text", "No secrets"), ("text_fr", "Pas de secrets")],
        );
        add(
            &browser,
            &[("text", "Name your sources"), ("position", "1")],
        );
        let blank = browser.submit("/admin/rules/new", "/admin/rules/new", &[("text", " ")]);
        assert_eq!(blank.status, 422);
        let listed = world.visitor().get("/api/v1/instance/rules").expect(200);
        let texts: Vec<&str> = listed
            .as_array()
            .unwrap()
            .iter()
            .map(|rule| rule["text"].as_str().unwrap())
            .collect();
        assert_eq!(texts, ["Name your sources", "Be kind", "No secrets"]);
        assert_eq!(listed[1]["hint"], "Also on Mondays");
        assert_eq!(
            listed[2]["translations"],
            json!({ "fr": { "text": "Pas de secrets", "hint": "" } })
        );
        for version in ["v1", "v2"] {
            let said = world
                .visitor()
                .get(&format!("/api/{version}/instance"))
                .expect(200);
            assert_eq!(said["rules"], listed, "{version}");
        }
        for path in ["/about", "/register"] {
            assert!(
                world.browser().open(path).text.contains("Be kind"),
                "{path}"
            );
            let french = world.browser_in("fr").open(path);
            assert!(french.text.contains("Pas de secrets"), "{path}");
        }
        let second = listed[1]["id"].as_str().unwrap();
        let path = format!("/admin/rules/{second}");
        let gone = browser.submit(&path, &path, &[("remove", "1")]);
        assert_eq!(gone.status, 303);
        let left = world.visitor().get("/api/v1/instance/rules").expect(200);
        assert_eq!(left.as_array().unwrap().len(), 2);
        assert_eq!(browser.get(&path).status, 404);
        let deeds = world.read(|conn| audit::list(conn, &Page::first(20)));
        let count = |action: &str| deeds.iter().filter(|deed| deed.action == action).count();
        assert_eq!((count("rule.add"), count("rule.remove")), (3, 1));
    });
}

#[test]
fn a_report_names_the_rules_that_were_broken() {
    World::each(|world| {
        let browser = admin(world, "ada");
        add(&browser, &[("text", "Be kind")]);
        let rule = world.visitor().get("/api/v1/instance/rules").expect(200)[0]["id"].clone();
        let (karim, bart) = (world.person("karim"), world.person_with_password("bart"));
        let wish =
            json!({ "account_id": karim.to_string(), "category": "violation", "rule_ids": [rule] });
        let made = world
            .client(bart)
            .post("/api/v1/reports", &wish)
            .expect(200);
        assert_eq!(made["rule_ids"], json!([rule]));
        assert_eq!(made["category"], "violation");
        let other =
            json!({ "account_id": karim.to_string(), "category": "spam", "rule_ids": [rule] });
        let made = world
            .client(bart)
            .post("/api/v1/reports", &other)
            .expect(200);
        assert_eq!(
            made["rule_ids"],
            json!(null),
            "only a violation names rules"
        );
        let unknown = json!({ "account_id": karim.to_string(), "rule_ids": ["1"] });
        world
            .client(bart)
            .post("/api/v1/reports", &unknown)
            .expect(422);
        let field = format!("rule_{}", rule.as_str().unwrap());
        let form = "/@karim/report";
        let sent =
            world
                .signed_in("bart")
                .submit(form, form, &[(&field, "1"), ("category", "other")]);
        assert_eq!(sent.status, 200, "{}", sent.text);
        let ada = world.read(|conn| {
            Ok(cordee::store::users::find_by_name(conn, "ada")?
                .unwrap()
                .account_id)
        });
        let reports = world
            .client_with(ada, "read admin:read")
            .get("/api/v1/admin/reports")
            .expect(200);
        assert_eq!(reports[0]["category"], "violation");
        assert_eq!(reports[0]["rules"][0]["text"], "Be kind");
        assert_eq!(reports[1]["rules"], json!([]));
        let id = reports[0]["id"].as_str().unwrap();
        let page = browser.open(&format!("/mod/reports/{id}"));
        assert!(page.text.contains("Be kind"));
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn texts_take_the_place_of_the_nodes_own_words() {
    World::each(|world| {
        let visitor = world.visitor();
        visitor.get("/api/v1/instance/terms_of_service").expect(404);
        assert_eq!(world.browser().get("/terms").status, 404);
        let own = visitor.get("/api/v1/instance/privacy_policy").expect(200);
        assert!(own["content"].as_str().unwrap().contains("<h2>"));
        let browser = admin(world, "ada");
        for (kind, words) in [
            ("terms", "Be *fair*"),
            ("privacy", "We keep little"),
            ("about", "A pump club"),
        ] {
            let path = format!("/admin/texts/{kind}");
            let done = browser.submit(&path, &path, &[("source", words)]);
            assert_eq!(done.status, 303, "{}", done.text);
        }
        let terms = visitor.get("/api/v1/instance/terms_of_service").expect(200);
        assert!(terms["content"].as_str().unwrap().contains("<em>fair</em>"));
        assert_eq!(
            (&terms["effective"], &terms["succeeded_by"]),
            (&json!(true), &json!(null))
        );
        let day = terms["effective_date"].as_str().unwrap().to_owned();
        let later = format!("{}-01-01", day[..4].parse::<i32>().unwrap() + 1);
        let path = "/admin/texts/terms";
        let fields = [("source", "Be fairer"), ("effective_on", later.as_str())];
        assert_eq!(browser.submit(path, path, &fields).status, 303);
        let now = visitor.get("/api/v1/instance/terms_of_service").expect(200);
        assert_eq!(
            (&now["effective_date"], &now["succeeded_by"]),
            (&json!(day), &json!(later))
        );
        let next = visitor
            .get(&format!("/api/v1/instance/terms_of_service/{later}"))
            .expect(200);
        assert_eq!(next["effective"], json!(false));
        for absent in ["1999-01-01", "yesterday"] {
            visitor
                .get(&format!("/api/v1/instance/terms_of_service/{absent}"))
                .expect(404);
        }
        let taken_back = [("source", ""), ("effective_on", later.as_str())];
        assert_eq!(browser.submit(path, path, &taken_back).status, 303);
        let now = visitor.get("/api/v1/instance/terms_of_service").expect(200);
        assert_eq!(
            now["succeeded_by"],
            json!(null),
            "what is empty never holds"
        );
        let past = [("source", "x"), ("effective_on", "2001-01-01")];
        assert_eq!(browser.submit(path, path, &past).status, 422);
        assert!(
            world
                .browser()
                .open("/terms")
                .text
                .contains("<em>fair</em>")
        );
        assert!(
            world
                .browser()
                .open("/privacy")
                .text
                .contains("We keep little")
        );
        let about = world.browser().open("/about").text;
        assert!(about.contains("A pump club") && about.contains("href=\"/terms\""));
        let said = visitor.get("/api/v2/instance").expect(200);
        let urls = &said["configuration"]["urls"];
        assert_eq!(urls["terms_of_service"], "http://localhost:7400/terms");
        assert_eq!(urls["privacy_policy"], "http://localhost:7400/privacy");
        let text = visitor
            .get("/api/v1/instance/extended_description")
            .expect(200);
        assert!(text["content"].as_str().unwrap().contains("A pump club"));
        browser.submit(
            "/admin/texts/privacy",
            "/admin/texts/privacy",
            &[("source", "")],
        );
        let back = visitor.get("/api/v1/instance/privacy_policy").expect(200);
        assert_eq!(back, own);
    });
}

#[test]
fn nobody_but_admins_writes_rules() {
    World::each(|world| {
        let bart = world.person_with_password("bart");
        world
            .write(move |tx| set_role(tx, bart, Role::Moderator))
            .unwrap();
        let moderator = world.signed_in("bart");
        for path in ["/admin/rules", "/admin/rules/new", "/admin/texts/terms"] {
            assert_eq!(moderator.get(path).status, 403, "{path}");
            assert!(world.browser().get(path).location().starts_with("/login"));
        }
        let mut fields = moderator
            .open("/settings/password")
            .form("/settings/password");
        fields.insert("text".into(), "Obey".into());
        let origin = [("origin", "http://localhost:7400")];
        assert_eq!(
            moderator
                .post_with("/admin/rules/new", &fields, &origin)
                .status,
            403
        );
        let listed = world.visitor().get("/api/v1/instance/rules").expect(200);
        assert_eq!(listed, json!([]));
    });
}
