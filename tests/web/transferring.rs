//! Taking follows, mutes, blocks, lists and bookmarks along: out as tables, in again by a job.

use axum::body::Body;
use axum::http::Request;
use cordee::actions::block_domain::block_domain;
use cordee::actions::follow::{Wish, block, follow, mute};
use cordee::actions::import;
use cordee::actions::lists::{ListChanges, create_list, fill_list};
use cordee::actions::react;
use cordee::jobs::importing;
use cordee::model::ids::AccountId;
use cordee::model::words::{Boundary, JoinPolicy, Reaction, TransferKind};
use cordee::store::jobs::Job;
use cordee::store::{communities, follows, jobs, lists, marks, page::Page, transfers};

use crate::support::browser::{Answer, Browser};
use crate::support::world::{World, text};

fn upload(browser: &Browser<'_>, kind: &str, mode: &str, file: &str) -> Answer {
    let token = browser.open("/settings/import").form("/settings/import")["csrf_token"].clone();
    let mut body = String::new();
    for (name, value) in [
        ("csrf_token", token.as_str()),
        ("kind", kind),
        ("mode", mode),
    ] {
        body.push_str(&format!(
            "--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    body.push_str(&format!(
        "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\nContent-Type: text/csv\r\n\r\n{file}\r\n--X--\r\n"
    ));
    let request = Request::post("/settings/import")
        .header("content-type", "multipart/form-data; boundary=X")
        .header("origin", "http://localhost:7400")
        .body(Body::from(body));
    browser.send(request.unwrap())
}

/// Does the import that an answer leads to; its page.
fn work(world: &World, browser: &Browser<'_>, answer: &Answer) -> Answer {
    assert_eq!(answer.status, 303, "{}", answer.text);
    let path = answer.location().to_owned();
    let id = path.rsplit('/').next().unwrap().to_owned();
    let waiting = browser.open(&path);
    assert!(waiting.text.contains("Under way"), "{}", waiting.text);
    let lanes = world.read(jobs::lanes);
    assert!(lanes.iter().any(|lane| lane.starts_with("import ")));
    for _ in 0..2 {
        world
            .runtime
            .block_on(importing::import(&world.app, &id))
            .unwrap();
    }
    let page = browser.open(&path);
    assert!(page.text.contains("Finished"), "{}", page.text);
    page
}

fn following(world: &World, by: AccountId, target: AccountId) -> bool {
    world
        .read(move |conn| follows::find(conn, by, target))
        .is_some()
}

#[test]
fn everything_goes_out_in_the_columns_of_mastodon() {
    World::each(|world| {
        let bart = world.person_with_password("bart");
        let [karim, lotte, mei] = ["karim", "lotte", "mei"].map(|name| world.person(name));
        let post = world.publish(karim, text("Worth keeping")).unwrap();
        let (id, uri) = (post.id, post.uri.clone());
        world
            .write(move |tx| {
                let wish = Wish {
                    show_boosts: false,
                    notify: true,
                };
                follow(tx, bart, karim, wish, None)?;
                mute(tx, bart, lotte, false, 0)?;
                block(tx, bart, mei, None)?;
                block_domain(tx, bart, "bad.example")?;
                let wanted = ListChanges {
                    title: Some("=Pumps, and more".into()),
                    ..ListChanges::default()
                };
                let list = create_list(tx, bart, wanted)?;
                fill_list(tx, &list, &[karim])?;
                react::mark(tx, bart, id, Reaction::Bookmark, None)
            })
            .unwrap();
        let browser = world.signed_in("bart");
        let page = browser.open("/settings/export");
        for (kind, wanted) in [
            (
                "follows",
                "Account address,Show boosts,Notify on new posts,Languages\nkarim@localhost:7400,false,true,\n",
            ),
            (
                "mutes",
                "Account address,Hide notifications\nlotte@localhost:7400,false\n",
            ),
            ("blocks", "mei@localhost:7400\n"),
            ("domain_blocks", "bad.example\n"),
            ("lists", "\"'=Pumps, and more\",karim@localhost:7400\n"),
            ("bookmarks", &format!("{uri}\n")),
        ] {
            let path = format!("/settings/export/{kind}.csv");
            assert!(page.text.contains(&path));
            let file = browser.open(&path);
            assert_eq!(file.text, wanted, "{kind}");
            assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
            assert!(
                file.header("content-disposition")
                    .starts_with("attachment; filename=")
            );
            assert_eq!(file.header("cache-control"), "private, no-store");
            let visitor = world.browser().get(&path);
            assert!(visitor.location().starts_with("/login"));
        }
        assert_eq!(browser.get("/settings/export/secrets.csv").status, 404);
        assert_eq!(browser.get("/settings/export/follows").status, 404);
    });
}

#[test]
fn what_came_in_is_done_and_the_page_says_what_did_not_come_through() {
    World::each(|world| {
        let bart = world.person_with_password("bart");
        let [karim, lotte, mei] = ["karim", "lotte", "mei"].map(|name| world.person(name));
        let group = world.community("pumps", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
        world.write(move |tx| block(tx, mei, bart, None)).unwrap();
        let browser = world.signed_in("bart");
        let file = "Account address,Show boosts\nkarim@localhost:7400,false\npumps@localhost:7400,\nmei,true\nnobody@localhost:7400,\nnot a handle,\n";
        let done = upload(&browser, "follows", "merge", file);
        let page = work(world, &browser, &done);
        assert!(page.text.contains("2 of 5 lines came through, 3 did not"));
        assert!(page.text.contains("nobody@localhost:7400"));
        assert!(page.text.contains("blocked the other"));
        assert!(following(world, bart, karim) && !following(world, bart, mei));
        let member = world.read(move |conn| communities::is_member(conn, group, bart));
        assert!(member);
        let boosts = world.read(move |conn| Ok(follows::find(conn, bart, karim)?.unwrap()));
        assert!(!boosts.show_boosts);

        let done = upload(&browser, "follows", "overwrite", "lotte@localhost:7400\n");
        work(world, &browser, &done);
        assert!(following(world, bart, lotte) && !following(world, bart, karim));
        let member = world.read(move |conn| communities::is_member(conn, group, bart));
        assert!(member, "communities are never left");

        let done = upload(&browser, "lists", "merge", "Friends,lotte\nFriends,karim\n");
        let page = work(world, &browser, &done);
        assert!(page.text.contains("1 of 2 lines"));
        let done = upload(&browser, "mutes", "merge", "karim,false\n");
        work(world, &browser, &done);
        let done = upload(&browser, "blocks", "merge", "Account address\nkarim\n");
        work(world, &browser, &done);
        let done = upload(
            &browser,
            "domain_blocks",
            "merge",
            "bad.example\nlocalhost:7400\n",
        );
        let page = work(world, &browser, &done);
        assert!(page.text.contains("1 of 2 lines"));
        world.read(move |conn| {
            let list = lists::list(conn, bart)?.remove(0);
            assert_eq!(list.title, "Friends");
            let members = lists::list_members(conn, list.id, &Page::first(9))?;
            assert_eq!(members.len(), 1);
            assert!(follows::is_blocked(conn, bart, karim)?);
            assert_eq!(transfers::domains_of(conn, bart)?, ["bad.example"]);
            assert!(!transfers::mutes_of(conn, bart)?[0].1);
            Ok(())
        });
    });
}

#[test]
fn bookmarks_come_along_only_where_one_may_read() {
    World::each(|world| {
        let bart = world.person_with_password("bart");
        let karim = world.person("karim");
        let open = world.publish(karim, text("For all")).unwrap();
        let closed = world
            .client(karim)
            .publish_with(&serde_json::json!({ "status": "secret", "visibility": "private" }));
        let browser = world.signed_in("bart");
        let file = format!("{}\n{}\n", open.uri, closed["uri"].as_str().unwrap());
        let done = upload(&browser, "bookmarks", "merge", &file);
        let page = work(world, &browser, &done);
        assert!(page.text.contains("1 of 2 lines came through, 1 did not"));
        let id = open.id;
        let kept = world.read(move |conn| {
            marks::list_by_account(conn, bart, Reaction::Bookmark, &Page::first(9))
        });
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].post_id, id);
        let done = upload(
            &browser,
            "bookmarks",
            "overwrite",
            "http://localhost:7400/posts/1\n",
        );
        work(world, &browser, &done);
        let kept = world.read(move |conn| {
            marks::list_by_account(conn, bart, Reaction::Bookmark, &Page::first(9))
        });
        assert!(kept.is_empty());
    });
}

#[test]
fn bad_files_are_refused_and_others_imports_are_not_there() {
    World::each(|world| {
        world.person_with_password("bart");
        world.person_with_password("karim");
        let browser = world.signed_in("bart");
        let long = "a@b.example\n".repeat(10_002);
        for (kind, mode, file, field) in [
            ("follows", "merge", "", "file"),
            ("follows", "merge", "\"open", "file"),
            ("follows", "merge", long.as_str(), "file"),
            ("blocks", "merge", "a@b.example\nc\0@d.example\n", "file"),
            ("follows", "overwrite", "not a handle\n", "file"),
            ("follows", "overwrite", "Pumps,a@b.example\n", "file"),
            ("lists", "overwrite", "a@b.example\n", "file"),
            ("domain_blocks", "overwrite", "a@b.example\n", "file"),
            ("bookmarks", "overwrite", "b.example\n", "file"),
            ("everything", "merge", "a@b.example", "kind"),
            ("follows", "perhaps", "a@b.example", "mode"),
        ] {
            let refused = upload(&browser, kind, mode, file);
            assert_eq!(refused.status, 422, "{kind} {mode}");
            assert!(refused.text.contains(&format!("{field}-wrong")));
        }
        let big = "a".repeat(3 << 20);
        assert!(
            upload(&browser, "blocks", "merge", &big)
                .status
                .is_client_error()
        );
        assert_eq!(world.read(jobs::lanes).len(), 0, "nothing was begun");
        let done = upload(&browser, "blocks", "merge", "karim\n");
        let path = done.location().to_owned();
        let other = world.signed_in("karim");
        assert_eq!(other.get(&path).status, 404);
        assert_eq!(other.get("/settings/import/1").status, 404);
        for _ in 0..4 {
            assert_eq!(upload(&browser, "blocks", "merge", "karim\n").status, 303);
        }
        let full = upload(&browser, "blocks", "merge", "karim\n");
        assert_eq!(full.status, 422, "five at a time");
    });
}

#[test]
fn a_hidden_community_is_as_absent_for_a_file_as_a_name_that_nobody_has() {
    World::each(|world| {
        let bart = world.person_with_password("bart");
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        let club = world.community(
            "quietclub",
            Boundary::Public,
            JoinPolicy::Open,
            [karim, lotte],
        );
        let hide = serde_json::json!({ "visibility": "hidden" });
        world
            .client(karim)
            .patch(&format!("/api/cordee/v1/communities/{club}"), &hide)
            .expect(200);
        let browser = world.signed_in("bart");
        let says = |kind: &str, file: &str| {
            let done = upload(&browser, kind, "merge", file);
            let page = work(world, &browser, &done).text;
            assert!(page.contains("0 of 1 lines came through"), "{page}");
            let from = page.find("quietclub").or(page.find("quietclab")).unwrap();
            page.get(from + "quietclub".len()..from + 200)
                .unwrap()
                .to_owned()
        };
        for kind in ["follows", "mutes", "blocks"] {
            let hidden = says(kind, "quietclub@localhost:7400\n");
            assert_eq!(hidden, says(kind, "quietclab@localhost:7400\n"), "{kind}");
        }
        let member = world.read(move |conn| communities::is_member(conn, club, bart));
        assert!(!member, "{}", world.kind);
    });
}

#[test]
fn an_import_that_never_gets_through_ends_and_says_how_far_it_came() {
    World::each(|world| {
        let bart = world.person_with_password("bart");
        world.person("karim");
        let id = world
            .write(move |tx| {
                let file = "lotte@localhost:7400\nkarim@localhost:7400\n";
                let id = import::begin(tx, bart, TransferKind::Follows, false, file)?;
                let first = transfers::list_waiting(tx, id, 1)?.remove(0);
                transfers::set_outcome(tx, first.id, transfers::DONE)?;
                Ok(id)
            })
            .unwrap();
        // Nothing is there yet that could look a handle up: a fault that passes, or does not.
        let tries = |attempts: i32| {
            let job = Job {
                id: 1,
                kind: import::IMPORT.into(),
                lane: format!("import {bart}"),
                payload: id.to_string(),
                attempts,
            };
            let work = importing::import_or_give_up(&world.app, &job);
            assert!(world.runtime.block_on(work).is_err());
            world.read(move |conn| Ok(transfers::find(conn, id)?.unwrap().finished_at.is_some()))
        };
        assert!(!tries(1) && !tries(11), "{}", world.kind);
        assert!(tries(12), "{}", world.kind);
        let page = world
            .signed_in("bart")
            .open(&format!("/settings/import/{id}"));
        let counted = "1 of 2 lines came through, 1 did not";
        assert!(page.text.contains(counted), "{}", page.text);
        assert!(page.text.contains("given up before this line"));
        assert_eq!(
            world.read(move |conn| transfers::count_running(conn, bart)),
            0
        );
    });
}

#[test]
fn a_line_whose_node_cannot_be_reached_says_to_try_again() {
    let settings = |config: &mut cordee::config::Config| config.federation.development = true;
    World::each_with(settings, |world| {
        world.person_with_password("bart");
        let browser = world.signed_in("bart");
        let dead = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let file = format!("alice@dead.localhost:{dead}\n");
        let done = upload(&browser, "follows", "merge", &file);
        let page = work(world, &browser, &done);
        assert!(
            page.text.contains("could not be reached now"),
            "{}",
            page.text
        );
    });
}
