//! Reporting, and what moderators do about it, on pages.

use cordee::actions::delete_post::delete_post;
use cordee::actions::manage_user::set_role;
use cordee::model::words::{Role, Visibility};
use cordee::store::page::Page;
use cordee::store::reports::{self, Wanted};
use cordee::store::users;

use crate::support::browser::Browser;
use crate::support::world::{World, text};

fn role(world: &World, name: &str, role: Role) {
    let name = name.to_owned();
    world
        .write(move |tx| {
            let id = users::find_by_name(tx, &name)?.unwrap().account_id;
            set_role(tx, id, role)
        })
        .unwrap();
}

fn says(browser: &Browser<'_>, path: &str, words: &str) {
    let page = browser.open(path);
    assert!(page.text.contains(words), "{path}: {words}: {}", page.text);
}

#[test]
fn a_report_is_sent_read_and_resolved_without_a_script() {
    World::each(|world| {
        for name in ["ada", "karim", "lotte"] {
            world.person_with_password(name);
        }
        role(world, "ada", Role::Moderator);
        let lotte = world
            .read(|conn| users::find_by_name(conn, "lotte"))
            .unwrap();
        let post = world
            .publish(lotte.account_id, text("You are all wrong"))
            .unwrap();
        let page = format!("/posts/{}", post.id);
        let form = format!("{page}/report");
        let karim = world.signed_in("karim");
        says(&karim, &page, &format!("href=\"{form}\""));
        says(&karim, "/@lotte", "href=\"/@lotte/report\"");
        assert_eq!(world.browser().get(&form).status, 303, "sign in first");
        let sent = karim.submit(
            &form,
            &form,
            &[("category", "violation"), ("comment", "<b>rude</b>")],
        );
        assert_eq!(sent.status, 200, "{}", sent.text);
        assert!(sent.text.contains("Your report has reached the moderators"));
        let odd = karim.submit(&form, &form, &[("category", "boring")]);
        assert_eq!(odd.status, 422);
        let person = karim.submit("/@lotte/report", "/@lotte/report", &[("category", "spam")]);
        assert_eq!(person.status, 200, "{}", person.text);

        let ada = world.signed_in("ada");
        says(&ada, "/mod/reports", "@lotte@localhost:7400");
        let all = world.read(move |conn| {
            let nobody = cordee::model::ids::AccountId(0);
            reports::list(conn, nobody, &Wanted::default(), &Page::first(9))
        });
        let path = format!("/mod/reports/{}", all[1].id);
        says(&ada, &path, "&#60;b&#62;rude&#60;/b&#62;");
        says(&ada, &path, "You are all wrong");
        says(&ada, "/notifications", &format!("href=\"{path}\""));
        let silent = ada.submit(
            &path,
            &path,
            &[("decision", "resolve"), ("resolution", " ")],
        );
        assert_eq!(silent.status, 422, "a word is needed");
        assert!(silent.text.contains("role=\"alert\""));
        let done = ada.submit(
            &path,
            &path,
            &[("decision", "resolve"), ("resolution", "talked to her")],
        );
        assert_eq!(done.location(), path);
        says(&ada, &path, "talked to her");
        says(&ada, "/mod/reports?state=resolved", &path);
        assert!(!ada.open("/mod/reports").text.contains(&path));
        let again = ada.submit(&path, &path, &[("decision", "reopen")]);
        assert_eq!(again.status, 303);
        says(&ada, "/mod/reports", &path);
    });
}

#[test]
fn reports_are_for_moderators_and_never_for_whom_they_are_about() {
    World::each(|world| {
        for name in ["ada", "bart", "karim"] {
            world.person_with_password(name);
        }
        role(world, "ada", Role::Admin);
        role(world, "bart", Role::Moderator);
        let karim = world.signed_in("karim");
        let about = "/@bart/report";
        let sent = karim.submit(about, about, &[("category", "other")]);
        assert_eq!(sent.status, 200, "{}", sent.text);
        let all = world.read(|conn| {
            let nobody = cordee::model::ids::AccountId(0);
            reports::list(conn, nobody, &Wanted::default(), &Page::first(9))
        });
        let path = format!("/mod/reports/{}", all[0].id);
        let bart = world.signed_in("bart");
        assert!(!bart.open("/mod/reports").text.contains(&path));
        assert!(!bart.open("/notifications").text.contains("karim"));
        let hidden = bart.get(&path);
        assert_eq!(hidden.status, 404, "as if it were not there");
        says(&world.signed_in("ada"), &path, "@karim@localhost:7400");
        for page in ["/mod/reports", &path] {
            assert_eq!(karim.get(page).status, 403, "{page}");
            assert_eq!(world.browser().get(page).status, 303, "{page}");
        }
        let secret = cordee::actions::create_post::NewPost {
            visibility: Some(Visibility::Direct),
            ..text("for nobody")
        };
        let ada = world.read(|conn| users::find_by_name(conn, "ada")).unwrap();
        let post = world.publish(ada.account_id, secret).unwrap();
        let form = format!("/posts/{}/report", post.id);
        assert_eq!(karim.get(&form).status, karim.get("/posts/1/report").status);
        assert_eq!(karim.get(&form).status, 404);
        let (author, post) = (
            ada.account_id,
            world.publish(ada.account_id, text("for all")).unwrap().id,
        );
        let form = format!("/posts/{post}/report");
        karim.open(&form);
        world
            .write(move |tx| delete_post(tx, author, post).map(drop))
            .unwrap();
        let sent = karim.submit(&form, &form, &[("category", "spam")]);
        assert!(
            sent.text.contains("Your report has reached the moderators"),
            "deleted meanwhile: {}",
            sent.text
        );
        for language in ["fr", "nl"] {
            let page = world.browser_in(language).get("/login");
            assert_eq!(page.status, 200);
        }
    });
}
