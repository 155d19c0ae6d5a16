//! A node whose media lie in a bucket.

use axum::http::Method;
use cordee::error::Error;
use serde_json::json;

use super::{film, id, on_bucket, part, path, png};
use crate::support::node::Node;
use crate::support::program::Said;
use crate::support::s3::{ACCESS_KEY, Forbidden, S3, SECRET_KEY};
use crate::support::world::World;

#[test]
fn files_go_into_the_bucket_and_come_out_by_the_same_rules() {
    let bucket = S3::start();
    World::each_with(
        |config| bucket.serve(config),
        |world| {
            let karim = world.client(world.person("karim"));
            let lotte = world.client(world.person("lotte"));
            let media = karim
                .upload("/api/v2/media", "x.png", &png(900, 700))
                .expect(200);
            let names = bucket.objects();
            assert_eq!(names.len(), 2, "original and thumbnail: {names:?}");
            let post = json!({ "status": "", "media_ids": [id(&media)], "visibility": "direct" });
            let post = karim.post("/api/v1/statuses", &post).expect(200);
            for url in ["url", "preview_url"] {
                let file = path(&post["media_attachments"][0][url]);
                lotte.get(&file).expect(404);
                world.visitor().get(&file).expect(404);
                let said = karim.get(&file);
                assert_eq!(said.status, 200);
                assert_eq!(said.headers["content-type"], "image/png");
                assert_eq!(said.headers["cache-control"], "private, no-store");
                assert_eq!(
                    said.bytes,
                    bucket.object(file.strip_prefix("/media/").unwrap())
                );
                let length = said.bytes.len().to_string();
                assert_eq!(said.headers["content-length"], length.as_str());
            }
            karim
                .delete(&format!("/api/v1/statuses/{}", id(&post)))
                .expect(200);
            karim
                .delete(&format!("/api/v1/media/{}", id(&media)))
                .expect(200);
            world.remove_leftovers();
            assert_eq!(bucket.objects(), Vec::<String>::new());
        },
    );
}

#[test]
fn a_film_is_played_by_pieces_from_the_bucket() {
    let bucket = S3::start();
    let world = on_bucket(&bucket, |_| {});
    let karim = world.client(world.person("karim"));
    let film = film(300_000);
    let media = karim.upload("/api/v1/media", "x.mp4", &film).expect(200);
    let file = path(&media["url"]);
    let whole = karim.get(&file);
    assert_eq!(whole.headers["accept-ranges"], "bytes");
    assert_eq!(whole.bytes.len(), film.len());
    assert!(!whole.bytes.windows(6).any(|w| w == b"+50.85"));
    let length = film.len();
    for (range, from, to) in [
        ("bytes=0-0", 0, 0),
        ("bytes=100000-250000", 100_000, 250_000),
        ("bytes=299000-", 299_000, length - 1),
        ("bytes=-8", length - 8, length - 1),
        ("bytes=5-999999999", 5, length - 1),
    ] {
        let said = part(&karim, &file, range);
        assert_eq!(said.status, 206, "{range}");
        assert_eq!(said.bytes, whole.bytes[from..=to], "{range}");
        let told = format!("bytes {from}-{to}/{length}");
        assert_eq!(said.headers["content-range"], told.as_str());
    }
    let beyond = part(&karim, &file, "bytes=99999999-");
    assert_eq!(beyond.status, 416);
    let told = format!("bytes */{length}");
    assert_eq!(beyond.headers["content-range"], told.as_str());
    assert_eq!(part(&karim, &file, "bytes=0-1,4-5").bytes.len(), length);
    let covered = karim.upload_as(
        Method::PUT,
        &format!("/api/v1/media/{}", id(&media)),
        "thumbnail",
        &png(40, 30),
    );
    let preview = path(&covered.expect(200)["preview_url"]);
    assert_eq!(karim.get(&preview).headers["content-type"], "image/png");
}

#[test]
fn a_profile_shows_its_new_picture_and_the_old_one_goes() {
    let bucket = S3::start();
    let world = on_bucket(&bucket, |_| {});
    let karim = world.client(world.person("karim"));
    let mut last = Vec::new();
    for side in [30, 40] {
        let said = karim.upload_as(
            Method::PATCH,
            "/api/v1/accounts/update_credentials",
            "avatar",
            &png(side, side),
        );
        let file = path(&said.expect(200)["avatar"]);
        assert_eq!(world.visitor().get(&file).status, 200);
        world.remove_leftovers();
        let names = bucket.objects();
        assert_eq!(names.len(), 1, "{names:?}");
        assert_ne!(names, last);
        last = names;
    }
    karim.delete("/api/v1/profile/avatar").expect(200);
    world.remove_leftovers();
    assert!(bucket.objects().is_empty());
}

#[test]
fn a_bucket_that_is_away_stops_nothing_else() {
    let mut bucket = S3::start();
    let world = on_bucket(&bucket, |_| {});
    let karim = world.client(world.person("karim"));
    let media = karim
        .upload("/api/v2/media", "x.png", &png(9, 9))
        .expect(200);
    let other = karim
        .upload("/api/v2/media", "y.png", &png(9, 9))
        .expect(200);
    let file = path(&media["url"]);
    bucket.go_away();
    for said in [
        karim.upload("/api/v2/media", "x.png", &png(9, 9)),
        karim.upload("/api/v2/media", "x.mp4", &film(10)),
        karim.get(&file),
        part(&karim, &file, "bytes=0-3"),
    ] {
        let said = said.expect(503);
        assert!(
            said["error"].as_str().unwrap().contains("temporary"),
            "{said}"
        );
    }
    karim.publish_with(&json!({ "status": "words need no bucket", "media_ids": [id(&media)] }));
    // What is deleted now is gone for everybody, and its objects go once the bucket is back.
    karim
        .delete(&format!("/api/v1/media/{}", id(&other)))
        .expect(200);
    assert_eq!(karim.get(&path(&other["url"])).status, 404);
    let failed = world.runtime.block_on(world.app.remove_leftovers());
    assert!(matches!(failed, Err(Error::Unavailable(_))), "{failed:?}");
    bucket.come_back();
    assert_eq!(bucket.objects().len(), 4, "nothing was lost");
    assert_eq!(karim.get(&file).status, 200);
    assert_eq!(world.remove_leftovers(), 0, "it waits a little");
    world.clock.advance_seconds(6 * 60);
    assert_eq!(world.remove_leftovers(), 2);
    assert_eq!(bucket.objects().len(), 2);
    karim
        .upload("/api/v2/media", "x.png", &png(9, 9))
        .expect(200);
}

#[test]
fn a_key_that_is_wrong_is_told_without_the_key() {
    let bucket = S3::start();
    let said = |change: fn(&mut cordee::config::Config)| {
        let world = on_bucket(&bucket, change);
        let failed = world.runtime.block_on(world.app.media.check());
        let karim = world.client(world.person("karim"));
        karim
            .upload("/api/v2/media", "x.png", &png(9, 9))
            .expect(503);
        failed.unwrap_err().to_string()
    };
    let wrong_key = said(|config| config.media.s3.secret_key = "another secret".into());
    assert!(wrong_key.contains("SignatureDoesNotMatch"), "{wrong_key}");
    let nobody = said(|config| config.media.s3.access_key = "AKIDOFNOBODY".into());
    for text in [wrong_key, nobody] {
        for secret in ["secret", "AKID", "X-Amz"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[test]
fn doctor_looks_into_the_bucket_and_shows_no_key() {
    for node in Node::each() {
        let mut bucket = S3::start();
        let doctor = || -> Said {
            let mut command = node.command(&["doctor", "--json"]);
            command.env("CORDEE_SERVER__PUBLIC_URL", "http://doctor.localhost:9");
            command.envs(bucket.environment());
            command.output().unwrap().into()
        };
        let storage = |said: &Said| {
            let findings: serde_json::Value = serde_json::from_str(&said.out).unwrap();
            let findings = findings.as_array().unwrap().clone();
            findings
                .into_iter()
                .find(|finding| finding["check"] == "storage")
                .unwrap()
        };
        let good = doctor();
        let found = storage(&good);
        assert_eq!(found["ok"], true, "{found}");
        assert!(
            found["detail"]
                .as_str()
                .unwrap()
                .contains("s3://files/cordee/media")
        );
        assert!(bucket.objects().is_empty(), "the probe is gone");
        bucket.go_away();
        let doctor = || -> Said {
            let mut command = node.command(&["doctor", "--json"]);
            command.env("CORDEE_SERVER__PUBLIC_URL", "http://doctor.localhost:9");
            command.envs(bucket.environment());
            command.output().unwrap().into()
        };
        let bad = doctor();
        let found = storage(&bad);
        assert_eq!(found["ok"], false, "{found}");
        assert!(
            found["detail"]
                .as_str()
                .unwrap()
                .contains("cannot be reached")
        );
        assert!(found["mend"].as_str().unwrap().contains("media.s3"));
        for said in [good, bad] {
            for text in [said.out, said.err] {
                assert!(
                    !text.contains(SECRET_KEY) && !text.contains(ACCESS_KEY),
                    "{text}"
                );
            }
        }
    }
}

#[test]
fn pictures_of_other_nodes_stay_on_this_machine() {
    let mut bucket = S3::start();
    let world = on_bucket(&bucket, |_| {});
    let cache = world.app.pictures.clone();
    bucket.go_away();
    let kept = world.runtime.block_on(async {
        use cordee::media::remote::Part;
        cache
            .keep("key", Part::Avatar, "png", png(9, 9))
            .await
            .unwrap();
        cache.read("key", Part::Avatar).await.unwrap()
    });
    assert!(kept.is_some(), "the cache needs no bucket");
    assert!(bucket.objects().is_empty());
}

#[test]
fn a_key_without_a_right_is_told_which_and_leaves_no_probe() {
    for (forbidden, holds) in [
        (Forbidden::Nothing, true),
        (Forbidden::Listing, false),
        (Forbidden::Reading, false),
    ] {
        let bucket = S3::start_without(forbidden);
        let world = on_bucket(&bucket, |_| {});
        let said = world.runtime.block_on(world.app.media.check());
        assert_eq!(said.is_ok(), holds, "{forbidden:?}: {said:?}");
        if let Err(error) = said {
            let words = error.to_string();
            assert!(words.contains("to list the bucket"), "{words}");
        }
        assert_eq!(bucket.objects(), Vec::<String>::new(), "{forbidden:?}");
    }
}

#[test]
fn what_looks_forbidden_is_not_taken_for_absent() {
    let bucket = S3::start_without(Forbidden::Listing);
    let world = on_bucket(&bucket, |_| {});
    let karim = world.client(world.person("karim"));
    let media = karim
        .upload("/api/v2/media", "x.png", &png(9, 9))
        .expect(200);
    let file = path(&media["url"]);
    assert_eq!(karim.get(&file).status, 200);
    bucket.empty();
    karim.get(&file).expect(503);
    let name = file.strip_prefix("/media/").unwrap();
    let length = world.runtime.block_on(world.app.media.length(name));
    assert!(matches!(length, Err(Error::Unavailable(_))), "{length:?}");
}
