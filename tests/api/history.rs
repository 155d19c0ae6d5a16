//! The former forms of a post, each with the attachments and the poll of its own time.

use cordee::store::schema::revisions;
use serde_json::{Value, json};

use super::media::PNG;
use crate::support::client::Client;
use crate::support::world::World;

fn upload(client: &Client<'_>, words: &str) -> String {
    let made = client.upload("/api/v1/media", "x.png", PNG).expect(200);
    let id = made["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/media/{id}");
    client
        .put(&path, &json!({ "description": words }))
        .expect(200);
    id
}

/// The attachments of an edit: which, what they show, and whether their file is there.
fn attached(edit: &Value) -> Vec<(String, String, bool)> {
    let media = edit["media_attachments"].as_array().unwrap().iter();
    media
        .map(|one| {
            let text = |key: &str| one[key].as_str().unwrap().to_owned();
            assert!(one["blurhash"].is_string() && one["meta"]["original"].is_object());
            // Clients cannot read an attachment without an address.
            let url = one["url"].as_str().unwrap();
            let there = one["type"] == "image";
            assert_eq!(url.contains("/media/"), there, "{one}");
            (text("id"), text("description"), there)
        })
        .collect()
}

#[test]
fn every_form_has_the_attachments_of_its_time() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let lotte = world.client(world.person("lotte"));
        let [one, two] = ["a pump", "a valve"].map(|words| upload(&karim, words));
        let first =
            json!({ "status": "x", "media_ids": [one], "sensitive": true, "spoiler_text": "oil" });
        let post = karim.publish_with(&first);
        let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
        let named = json!({ "media_attributes": [{ "id": one, "description": "a red pump" }] });
        karim.put(&path, &named).expect(200);
        let other =
            json!({ "status": "y", "media_ids": [two], "sensitive": false, "spoiler_text": "" });
        karim.put(&path, &other).expect(200);
        let history = lotte.get(&format!("{path}/history")).expect(200);
        let forms = history.as_array().unwrap();
        let shown: Vec<_> = forms.iter().map(attached).collect();
        let is = |id: &String, words: &str, there| vec![(id.clone(), words.to_owned(), there)];
        assert_eq!(
            shown,
            [
                is(&one, "a pump", false),
                is(&one, "a red pump", false),
                is(&two, "a valve", true),
            ],
            "{}",
            world.kind
        );
        let texts: Vec<_> = forms
            .iter()
            .map(|form| (&form["sensitive"], &form["spoiler_text"], form.get("poll")))
            .collect();
        let (hidden, open) = (json!(true), json!(false));
        let (oil, none) = (json!("oil"), json!(""));
        assert_eq!(
            texts,
            [
                (&hidden, &oil, None),
                (&hidden, &oil, None),
                (&open, &none, None)
            ]
        );
    });
}

#[test]
fn every_form_has_the_poll_of_its_time() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let poll = |options: [&str; 2]| json!({ "options": options, "expires_in": 3600 });
        let first = json!({ "status": "Which?", "poll": poll(["ring", "gasket"]) });
        let post = karim.publish_with(&first);
        let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
        let edit = json!({ "status": "Which one?", "poll": poll(["ring", "seal"]) });
        karim.put(&path, &edit).expect(200);
        karim
            .put(&path, &json!({ "status": "Which, then?" }))
            .expect(200);
        let history = karim.get(&format!("{path}/history")).expect(200);
        let options =
            |titles: [&str; 2]| json!({ "options": titles.map(|title| json!({ "title": title })) });
        let polls: Vec<&Value> = history
            .as_array()
            .unwrap()
            .iter()
            .map(|form| &form["poll"])
            .collect();
        let (old, new) = (options(["ring", "gasket"]), options(["ring", "seal"]));
        assert_eq!(polls, [&old, &new, &new], "{}", world.kind);
    });
}

#[test]
fn a_form_from_before_this_was_kept_has_what_is_there_today() {
    World::each(|world| {
        use diesel::prelude::*;
        let karim = world.client(world.person("karim"));
        let one = upload(&karim, "a pump");
        let post = karim.publish_with(&json!({ "status": "x", "media_ids": [one] }));
        let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
        karim.put(&path, &json!({ "status": "y" })).expect(200);
        world
            .write(|tx| {
                let blank =
                    diesel::update(revisions::table).set(revisions::parts.eq(None::<String>));
                blank.execute(&mut **tx)?;
                Ok(())
            })
            .unwrap();
        let history = karim.get(&format!("{path}/history")).expect(200);
        for form in history.as_array().unwrap() {
            assert_eq!(attached(form), [(one.clone(), "a pump".to_owned(), true)]);
        }
    });
}
