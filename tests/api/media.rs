//! Images: uploaded, described, and hidden from whoever may not read their post.

use axum::body::Body;
use axum::http::{Method, Request};
use cordee::jobs::schedule;
use serde_json::json;

use crate::support::world::World;

/// The smallest PNG of one grey pixel.
pub(super) const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0,
    1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 0x0a, 0x49, 0x44, 0x41, 0x54,
    0x78, 0x9c, 0x63, 0x68, 0, 0, 0, 0x82, 0, 0x81, 0x77, 0xcd, 0x72, 0xb6, 0, 0, 0, 0, 0x49, 0x45,
    0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

fn path(url: &serde_json::Value) -> String {
    url.as_str()
        .unwrap()
        .strip_prefix("http://localhost:7400")
        .unwrap()
        .to_owned()
}

#[test]
fn an_image_follows_the_read_policy_of_its_post() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let lotte = world.client(world.person("lotte"));
        let media = karim
            .upload("/api/v2/media", "../../x.png", PNG)
            .expect(200);
        let id = media["id"].as_str().unwrap();
        assert_eq!(media["meta"]["original"]["size"], "1x1");
        lotte.get(&format!("/api/v1/media/{id}")).expect(404);
        let described = karim
            .put(
                &format!("/api/v1/media/{id}"),
                &json!({ "description": "A pump", "focus": "0.5,-0.25" }),
            )
            .expect(200);
        assert_eq!(described["meta"]["focus"], json!({ "x": 0.5, "y": -0.25 }));
        let stolen = json!({ "status": "x", "media_ids": [id] });
        lotte.post("/api/v1/statuses", &stolen).expect(422);
        let post = json!({ "status": "", "media_ids": [id], "visibility": "direct" });
        let post = karim.post("/api/v1/statuses", &post).expect(200);
        assert_eq!(post["media_attachments"][0]["description"], "A pump");
        for url in ["url", "preview_url"] {
            let file = path(&post["media_attachments"][0][url]);
            lotte.get(&file).expect(404);
            world.visitor().get(&file).expect(404);
            let said = karim.get(&file);
            assert_eq!(said.status, 200);
            assert_eq!(said.headers["content-type"], "image/png");
            assert_eq!(said.headers["x-content-type-options"], "nosniff");
            assert_eq!(said.headers["cache-control"], "private, no-store");
        }
    });
}

#[test]
fn a_picture_that_was_taken_off_or_deleted_is_its_owners_alone() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let lotte = world.client(world.person("lotte"));
        let publish = || {
            let media = karim.upload("/api/v2/media", "x.png", PNG).expect(200);
            let post = karim.publish_with(&json!({ "status": "x", "media_ids": [media["id"]] }));
            let file = path(&post["media_attachments"][0]["url"]);
            assert_eq!(lotte.get(&file).status, 200);
            let id = post["id"].as_str().unwrap();
            (format!("/api/v1/statuses/{id}"), file)
        };
        let (edited, first) = publish();
        let without = json!({ "status": "x", "media_ids": [] });
        karim.put(&edited, &without).expect(200);
        let (deleted, second) = publish();
        karim.delete(&deleted).expect(200);
        for file in [first, second] {
            lotte.get(&file).expect(404);
            world.visitor().get(&file).expect(404);
        }
    });
}

#[test]
fn a_post_goes_with_its_pictures_where_that_is_wanted() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        for (wish, again) in [
            ("", 200),
            ("?delete_media=false", 200),
            ("?delete_media=1", 422),
        ] {
            let media = karim.upload("/api/v2/media", "x.png", PNG).expect(200);
            let post = json!({ "status": "look", "media_ids": [media["id"]] });
            let first = karim.publish_with(&post);
            let path = format!("/api/v1/statuses/{}", first["id"].as_str().unwrap());
            karim.delete(&format!("{path}{wish}")).expect(200);
            karim.post("/api/v1/statuses", &post).expect(again);
        }
    });
}

#[test]
fn what_is_no_image_is_refused() {
    let world = World::on(crate::support::databases::Database::sqlite());
    let karim = world.client(world.person("karim"));
    for (name, bytes) in [
        ("x.png", &b"<html><script>1</script>"[..]),
        ("x.svg", b"<svg/>"),
        ("x", b""),
    ] {
        let said = karim.upload("/api/v2/media", name, bytes).expect(422);
        assert!(
            said["error"]
                .as_str()
                .unwrap()
                .starts_with("Validation failed"),
            "{said}"
        );
    }
    karim.post("/api/v2/media", &json!({})).expect(422);
    world
        .visitor()
        .get("/media/..%2f..%2fetc%2fpasswd")
        .expect(404);
}

#[test]
fn what_is_in_no_post_goes_after_a_day() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let upload = || karim.upload("/api/v2/media", "x.png", PNG).expect(200);
        let (unused, kept) = (upload(), upload());
        let id = |media: &serde_json::Value| media["id"].as_str().unwrap().to_owned();
        let post = json!({ "status": "Look", "media_ids": [id(&kept)] });
        let post = karim.post("/api/v1/statuses", &post).expect(200);
        let sweep = || {
            let swept = world.runtime.block_on(schedule::sweep_media(&world.app));
            let removed = world.runtime.block_on(world.app.remove_leftovers());
            removed.unwrap();
            swept.unwrap()
        };
        assert_eq!(sweep(), 0);
        world.clock.advance_seconds(24 * 3600 + 60);
        assert_eq!(sweep(), 1);
        karim
            .get(&format!("/api/v1/media/{}", id(&unused)))
            .expect(404);
        assert_eq!(karim.get(&path(&unused["url"])).status, 404);
        assert_eq!(karim.get(&path(&kept["url"])).status, 200);
        karim
            .delete(&format!(
                "/api/v1/statuses/{}",
                post["id"].as_str().unwrap()
            ))
            .expect(200);
        assert_eq!(sweep(), 0, "for redrafting it stays another day");
        world.clock.advance_seconds(24 * 3600 + 60);
        assert_eq!(sweep(), 1);
        let folder = std::fs::read_dir(world.app.media.path().unwrap()).unwrap();
        assert_eq!(folder.count(), 0, "no file is left");
    });
}

/// A film of three boxes; the second says where it was taken.
fn film() -> Vec<u8> {
    let boxed = |name: &[u8], body: &[u8]| {
        let size = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
        [&size[..], name, body].concat()
    };
    let place = boxed(b"udta", b"+50.85+004.35/");
    [
        boxed(b"ftyp", b"isom\0\0\0\0"),
        boxed(b"moov", &place),
        boxed(b"mdat", b"pictures"),
    ]
    .concat()
}

#[test]
fn a_film_is_kept_with_its_picture_and_played_by_pieces() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let media = karim.upload("/api/v1/media", "x.mp4", &film()).expect(200);
        assert_eq!(media["type"], "video");
        assert!(media["preview_url"].is_null());
        let file = path(&media["url"]);
        let whole = karim.get(&file);
        assert_eq!(whole.headers["content-type"], "video/mp4");
        assert_eq!(
            whole.headers["content-security-policy"],
            "default-src 'none'; sandbox"
        );
        assert_eq!(whole.bytes.len(), film().len());
        assert!(!whole.bytes.windows(6).any(|w| w == b"+50.85"));
        let part = Request::get(&file).header("range", "bytes=-8");
        let part = karim.send(part.body(Body::empty()).unwrap());
        assert_eq!(
            (part.status.as_u16(), &part.bytes[..]),
            (206, &b"pictures"[..])
        );
        let id = media["id"].as_str().unwrap();
        let covered = karim.upload_as(
            Method::PUT,
            &format!("/api/v1/media/{id}"),
            "thumbnail",
            PNG,
        );
        let covered = covered.expect(200);
        let preview = path(&covered["preview_url"]);
        assert_eq!(karim.get(&preview).headers["content-type"], "image/png");
        let post = json!({ "status": "Look", "media_ids": [id], "visibility": "direct" });
        karim.post("/api/v1/statuses", &post).expect(200);
        for closed in [&file, &preview] {
            world.visitor().get(closed).expect(404);
            assert_eq!(karim.get(closed).status, 200);
        }
    });
}

#[test]
fn a_document_is_for_download_only_and_programs_are_refused() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let media = karim
            .upload("/api/v2/media", "x.png", b"%PDF-1.7 hello")
            .expect(200);
        assert_eq!(media["type"], "unknown");
        let said = karim.get(&path(&media["url"]));
        assert_eq!(said.headers["content-type"], "application/pdf");
        assert!(
            said.headers["content-disposition"]
                .to_str()
                .unwrap()
                .starts_with("attachment")
        );
        for bad in [&b"MZ\x90\0"[..], b"<svg/>", b"PK\x03\x04readme.txt"] {
            karim.upload("/api/v2/media", "x.pdf", bad).expect(422);
        }
    });
}
