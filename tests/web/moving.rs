//! The page for other accounts and moves, between accounts of one node.

use cordee::actions::follow::{Wish, block, follow, mute};
use cordee::actions::move_account::{move_to, return_home};
use cordee::jobs::carrying;
use cordee::store::{accounts, follows, jobs, moves};
use serde_json::json;

use crate::support::browser::PASSWORD;
use crate::support::world::World;

const PAGE: &str = "/settings/move";

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn a_move_needs_both_sides_and_shows_everywhere() {
    World::each(|world| {
        let (old, new) = (
            world.person_with_password("karim"),
            world.person_with_password("karim2"),
        );
        let [lotte, mei, noor] = ["lotte", "mei", "noor"].map(|name| world.person(name));
        world
            .write(move |tx| {
                follow(tx, lotte, old, Wish::default(), None)?;
                follow(tx, mei, old, Wish::default(), None)?;
                block(tx, mei, new, None)?;
                block(tx, noor, old, None)?;
                mute(tx, lotte, old, true, 0)
            })
            .unwrap();
        let here = world.signed_in("karim");
        let step = |fields: &[(&str, &str)]| {
            let mut all = here.open(PAGE).form(PAGE);
            all.remove("uri");
            for (name, value) in fields {
                all.insert((*name).to_owned(), (*value).to_owned());
            }
            here.post_with(PAGE, &all, &[("origin", "http://localhost:7400")])
        };
        let go = [
            ("step", "move"),
            ("target", "@karim2@localhost:7400"),
            ("current", PASSWORD),
        ];
        let early = step(&go);
        assert_eq!(early.status, 422);
        assert!(
            early.text.contains("does not name this one"),
            "{}",
            early.text
        );
        let there = world.signed_in("karim2");
        let mut fields = there.open(PAGE).form(PAGE);
        fields.insert("step".into(), "alias".into());
        fields.insert("alias".into(), "karim".into());
        let named = there.post_with(PAGE, &fields, &[("origin", "http://localhost:7400")]);
        assert_eq!(named.status, 303);
        assert!(there.open(PAGE).text.contains("@karim@localhost:7400"));
        let wrong = [("step", "move"), ("target", "karim2"), ("current", "wrong")];
        assert_eq!(step(&wrong).status, 422);
        for bad in ["", "nobody", "karim"] {
            assert_eq!(
                step(&[("step", "move"), ("target", bad), ("current", PASSWORD)]).status,
                422
            );
        }
        let done = step(&go);
        assert_eq!(done.status, 303, "{}", done.text);
        assert!(here.open(PAGE).text.contains("has moved"));
        let lanes = world.read(jobs::lanes);
        assert!(lanes.contains(&format!("carry {old}")), "{lanes:?}");
        let payload = format!("{old} {new}");
        for _ in 0..2 {
            world
                .runtime
                .block_on(carrying::carry(&world.app, &payload))
                .unwrap();
        }
        world.read(move |conn| {
            assert!(follows::find(conn, lotte, new)?.is_some());
            assert!(follows::find(conn, lotte, old)?.is_none());
            assert!(follows::find(conn, mei, new)?.is_none(), "blocked");
            assert!(follows::find(conn, mei, old)?.is_some(), "stays");
            assert!(follows::is_blocked(conn, noor, new)?);
            assert_eq!(moves::target(conn, old)?, Some(new));
            assert!(accounts::get(conn, new)?.followers_count == 1);
            Ok(())
        });
        let shown = world
            .client(lotte)
            .get(&format!("/api/v1/accounts/{old}"))
            .expect(200);
        assert_eq!(shown["moved"]["id"], json!(new.to_string()));
        assert_eq!(shown["moved"]["moved"], json!(null));
        let whole = world
            .client(lotte)
            .get(&format!("/api/v1/accounts/{new}"))
            .expect(200);
        assert_eq!(shown["moved"], whole);
        assert!(
            world
                .browser()
                .open("/@karim")
                .text
                .contains("@karim2@localhost:7400")
        );
        let app = world.client(old);
        let said = app
            .post("/api/v1/statuses", &json!({ "status": "Still here" }))
            .expect(403);
        assert!(
            said["error"].as_str().unwrap().contains("has moved"),
            "{said}"
        );
        app.post(&format!("/api/v1/accounts/{lotte}/follow"), &json!({}))
            .expect(403);
        app.get("/api/v1/timelines/home").expect(200);
        let post = world.client(lotte).publish("Hello");
        let boost = format!("/api/v1/statuses/{}/reblog", post["id"].as_str().unwrap());
        app.post(&boost, &json!({})).expect(403);
        assert_eq!(step(&[("step", "return")]).status, 303);
        app.post("/api/v1/statuses", &json!({ "status": "Back" }))
            .expect(200);
        let shown = world
            .client(lotte)
            .get(&format!("/api/v1/accounts/{old}"))
            .expect(200);
        assert_eq!(shown["moved"], json!(null));
        let again = step(&go);
        assert_eq!(again.status, 422);
        assert!(again.text.contains("a short while ago"));
    });
}

#[test]
fn a_move_that_is_taken_back_carries_nobody_any_more() {
    World::each(|world| {
        let [old, new, reader] = ["bart", "bert", "karim"].map(|name| world.person(name));
        let [mei, noor] = ["mei", "noor"].map(|name| world.person(name));
        world
            .write(move |tx| {
                follow(tx, reader, old, Wish::default(), None)?;
                block(tx, mei, old, None)?;
                mute(tx, noor, old, true, 0)?;
                let known_as = [accounts::get(tx, old)?.uri];
                move_to(tx, old, new, &known_as)?;
                return_home(tx, old)
            })
            .unwrap();
        let payload = format!("{old} {new} 0 0");
        world
            .runtime
            .block_on(carrying::carry(&world.app, &payload))
            .unwrap();
        let now = world.app.db.now();
        let stays = world.read(move |conn| {
            Ok((
                follows::find(conn, reader, old)?.is_some(),
                follows::find(conn, reader, new)?.is_some(),
                follows::is_blocked(conn, mei, new)?,
                follows::mutes_of(conn, noor, &[new], now)?.is_empty(),
            ))
        });
        assert_eq!(stays, (true, false, false, true), "{}", world.kind);
    });
}
