//! Images: uploaded, described, and hidden from whoever may not read their post.

use serde_json::json;

use crate::support::world::World;

/// The smallest PNG of one grey pixel.
const PNG: &[u8] = &[
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
