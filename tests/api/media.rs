//! Images: uploaded, described, and hidden from whoever may not read their post.

use cordee::jobs::schedule;
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
        let folder = std::fs::read_dir(world.app.config.media_dir()).unwrap();
        assert_eq!(folder.count(), 0, "no file is left");
    });
}
