//! Uploads that take long: 202, then 206, then ready or failed.

use axum::http::Method;
use chrono::TimeDelta;
use cordee::error::Error;
use cordee::jobs::{schedule, uploads};
use cordee::store::jobs::{self as queue, Job};
use cordee::store::leftovers;
use cordee::store::media::WORK;
use serde_json::{Value, json};

use super::{animation, everywhere, film, id, on_bucket, path, png};
use crate::support::s3::S3;
use crate::support::world::World;

const NOT_READY: &str =
    "Cannot attach files that have not finished processing. Try again in a moment!";

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn what_takes_long_is_accepted_and_worked_on_later() {
    everywhere(|world, stored| {
        let karim = world.client(world.person("karim"));
        let lotte = world.client(world.person("lotte"));
        for (name, bytes, kind) in [
            ("x.gif", animation(), "image"),
            ("x.mp4", film(1000), "video"),
        ] {
            let before = stored().len();
            let media = karim.upload("/api/v2/media", name, &bytes).expect(202);
            assert_eq!(media["type"], kind);
            assert_eq!(
                (&media["url"], &media["preview_url"]),
                (&Value::Null, &Value::Null)
            );
            assert_eq!(
                stored().len(),
                before + 1,
                "what came is kept before the answer"
            );
            let waiting = stored().into_iter().find(|name| name.contains(".staged."));
            let waiting = format!("/media/{}", waiting.unwrap());
            let shown = format!("/api/v1/media/{}", id(&media));
            assert_eq!(karim.get(&shown).expect(206)["url"], Value::Null);
            lotte.get(&shown).expect(404);
            for file in [waiting.clone(), waiting.replace(".staged.", ".original.")] {
                karim.get(&file).expect(404);
                world.visitor().get(&file).expect(404);
            }
            let described = karim.put(&shown, &json!({ "description": "A pump" }));
            assert_eq!(described.expect(206)["description"], "A pump");
            let post = json!({ "status": "x", "media_ids": [id(&media)] });
            assert_eq!(
                karim.post("/api/v1/statuses", &post).expect(422)["error"],
                NOT_READY
            );
            let old = karim.publish("without");
            let edited = format!("/api/v1/statuses/{}", id(&old));
            assert_eq!(karim.put(&edited, &post).expect(422)["error"], NOT_READY);
            let mut later = post.clone();
            later["scheduled_at"] = json!("2027-01-01T00:00:00Z");
            assert_eq!(
                karim.post("/api/v1/statuses", &later).expect(422)["error"],
                NOT_READY
            );
            assert_eq!(world.work_on_uploads(), 1);
            assert_eq!(world.work_on_uploads(), 0);
            let ready = karim.get(&shown).expect(200);
            assert_eq!(ready["description"], "A pump", "it was said meanwhile");
            assert_eq!(karim.get(&path(&ready["url"])).status, 200);
            world.remove_leftovers();
            assert!(stored().iter().all(|name| !name.contains(".staged.")));
            let post = karim.post("/api/v1/statuses", &post).expect(200);
            assert_eq!(post["media_attachments"][0]["url"], ready["url"]);
        }
        world.clock.advance_seconds(25 * 3600);
        world
            .runtime
            .block_on(schedule::sweep_media(&world.app))
            .unwrap();
        world.remove_leftovers();
        assert_eq!(
            stored().len(),
            3,
            "an animation with thumbnail, and a film: {:?}",
            stored()
        );
        world
            .write(|tx| {
                let later = tx.now() + chrono::TimeDelta::days(9);
                let all = cordee::store::leftovers::list_due(tx, later, 10);
                assert_eq!(all?, Vec::<String>::new(), "nothing waits to be removed");
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn the_first_version_is_always_ready() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        for (name, bytes) in [("x.gif", animation()), ("x.mp4", film(10))] {
            let media = karim.upload("/api/v1/media", name, &bytes).expect(200);
            assert_eq!(karim.get(&path(&media["url"])).status, 200);
        }
        let still = karim
            .upload("/api/v2/media", "x.png", &png(9, 9))
            .expect(200);
        assert_eq!(karim.get(&path(&still["url"])).status, 200);
        assert_eq!(world.work_on_uploads(), 0);
    });
}

#[test]
fn what_cannot_be_read_fails_and_is_told() {
    everywhere(|world, stored| {
        let karim = world.client(world.person("karim"));
        // The frames are announced, but the data are none.
        let mut broken = animation();
        let at = broken.len() / 2;
        broken[13..at].fill(0);
        broken.splice(
            13..13,
            *b"\x2c\0\0\0\0\x08\0\x08\0\0\x02\x01\0\0\x2c\0\0\0\0\x08\0\x08\0\0\x02\x01\0\0\x3b",
        );
        broken[10] = 0;
        let media = karim.upload("/api/v2/media", "x.gif", &broken).expect(202);
        let shown = format!("/api/v1/media/{}", id(&media));
        assert_eq!(world.work_on_uploads(), 1);
        let said = karim.get(&shown).expect(422);
        assert_eq!(
            said["error"],
            "Error processing thumbnail for uploaded media"
        );
        let post = json!({ "status": "x", "media_ids": [id(&media)] });
        karim.post("/api/v1/statuses", &post).expect(422);
        world.remove_leftovers();
        assert_eq!(stored(), Vec::<String>::new());
        karim.delete(&shown).expect(200);
        karim.get(&shown).expect(404);
    });
}

#[test]
fn what_is_deleted_while_it_is_worked_on_leaves_nothing() {
    everywhere(|world, stored| {
        let karim = world.client(world.person("karim"));
        let media = karim
            .upload("/api/v2/media", "x.gif", &animation())
            .expect(202);
        karim
            .delete(&format!("/api/v1/media/{}", id(&media)))
            .expect(200);
        assert_eq!(world.work_on_uploads(), 1);
        world.remove_leftovers();
        assert_eq!(stored(), Vec::<String>::new());
    });
}

#[test]
fn a_film_keeps_the_picture_that_it_got_while_it_waited() {
    everywhere(|world, _| {
        let karim = world.client(world.person("karim"));
        let media = karim
            .upload("/api/v2/media", "x.mp4", &film(10))
            .expect(202);
        let shown = format!("/api/v1/media/{}", id(&media));
        karim
            .upload_as(Method::PUT, &shown, "thumbnail", &png(40, 30))
            .expect(206);
        world.work_on_uploads();
        let ready = karim.get(&shown).expect(200);
        assert_eq!(karim.get(&path(&ready["preview_url"])).status, 200);
        assert!(ready["blurhash"].is_string());
    });
}

#[test]
fn work_waits_for_a_bucket_that_is_away() {
    let mut bucket = S3::start();
    let world = on_bucket(&bucket, |_| {});
    let karim = world.client(world.person("karim"));
    let media = karim
        .upload("/api/v2/media", "x.gif", &animation())
        .expect(202);
    let shown = format!("/api/v1/media/{}", id(&media));
    let job = |attempts: i32| Job {
        id: 1,
        kind: WORK.into(),
        lane: String::new(),
        payload: id(&media).into(),
        attempts,
    };
    let work = |attempts| {
        world
            .runtime
            .block_on(uploads::work(&world.app, &job(attempts)))
    };
    bucket.go_away();
    assert!(matches!(work(1), Err(Error::Unavailable(_))));
    let waiting = world.read(queue::count);
    work(11).unwrap();
    assert_eq!(
        world.read(queue::count),
        waiting + 1,
        "before its tries run out, another job goes on"
    );
    karim.get(&shown).expect(206);
    bucket.come_back();
    work(2).unwrap();
    let ready = karim.get(&shown).expect(200);
    assert_eq!(karim.get(&path(&ready["url"])).status, 200);
    work(3).unwrap();
    assert_eq!(karim.get(&shown).expect(200), ready, "twice is as once");
    let other = karim
        .upload("/api/v2/media", "x.gif", &animation())
        .expect(202);
    let last = Job {
        payload: id(&other).into(),
        ..job(12)
    };
    world
        .runtime
        .block_on(uploads::work(&world.app, &last))
        .unwrap();
    karim
        .get(&format!("/api/v1/media/{}", id(&other)))
        .expect(422);
}

#[test]
fn a_file_whose_upload_broke_off_goes_after_a_day() {
    everywhere(|world, stored| {
        let name = cordee::media::names::original("png");
        let files = vec![(name.clone(), png(9, 9).into())];
        world.runtime.block_on(world.app.keep_files(files)).unwrap();
        assert_eq!(world.remove_leftovers(), 0);
        assert_eq!(stored(), [name]);
        world.clock.advance_seconds(24 * 3600 + 60);
        assert_eq!(world.remove_leftovers(), 1);
        assert_eq!(stored(), Vec::<String>::new());
    });
}

#[test]
fn a_file_that_cannot_be_removed_holds_up_no_other() {
    World::each(|world| {
        let folder = world.app.media.path().unwrap().to_owned();
        let [stuck, other] = [(); 2].map(|()| cordee::media::names::original("png"));
        // A folder where the file should be.
        std::fs::create_dir_all(folder.join(&stuck)).unwrap();
        std::fs::write(folder.join(&other), b"x").unwrap();
        let names = [stuck.clone(), other.clone()];
        world
            .write(move |tx| {
                let now = tx.now();
                leftovers::note(tx, &names[0], now - TimeDelta::seconds(9))?;
                leftovers::note(tx, &names[1], now)
            })
            .unwrap();
        let failed = world.runtime.block_on(world.app.remove_leftovers());
        assert!(failed.is_err(), "{failed:?}");
        assert!(!folder.join(&other).exists(), "{}", world.kind);
        assert_eq!(world.remove_leftovers(), 0, "it waits a little");
        std::fs::remove_dir(folder.join(&stuck)).unwrap();
        world.clock.advance_seconds(6 * 60);
        assert_eq!(world.remove_leftovers(), 1, "{}", world.kind);
    });
}
