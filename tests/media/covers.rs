//! The picture that stands for a film, given anew where the post is edited.

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{everywhere, film, id, path, png};
use crate::support::client::{Client, Said};

/// Edits a post as a form: texts by name, and one picture.
fn edit(
    client: &Client<'_>,
    post: &Value,
    texts: &[(&str, &str)],
    picture: &str,
    width: u32,
) -> Said {
    let mut body = Vec::new();
    for (name, text) in texts {
        let part =
            format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--X\r\nContent-Disposition: form-data; name=\"{picture}\"; filename=\"c.png\"\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(&png(width, 10));
    body.extend_from_slice(b"\r\n--X--\r\n");
    let request = Request::put(format!("/api/v1/statuses/{}", id(post)))
        .header("content-type", "multipart/form-data; boundary=X")
        .body(Body::from(body));
    client.send(request.unwrap())
}

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn an_edit_gives_a_film_another_picture() {
    everywhere(|world, stored| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.client(world.person(name)));
        let upload = |client: &Client<'_>| {
            client
                .upload("/api/v1/media", "x.mp4", &film(10))
                .expect(200)
        };
        let (one, other, still) = (
            upload(&karim),
            upload(&karim),
            karim
                .upload("/api/v2/media", "x.png", &png(9, 9))
                .expect(200),
        );
        let all = json!({ "status": "x", "media_ids": [id(&one), id(&other), id(&still)] });
        let post = karim.publish_with(&all);
        let (before, shown) = (stored().len(), "media_attributes[1][thumbnail]");
        let texts = [
            ("status", "y"),
            ("media_attributes[0][id]", id(&one)),
            ("media_attributes[0][description]", "a pump"),
            ("media_attributes[1][id]", id(&other)),
        ];
        let edited = edit(&karim, &post, &texts, shown, 20).expect(200);
        let media = &edited["media_attachments"];
        assert_eq!(edited["content"], "<p>y</p>");
        assert_eq!(
            (&media[0]["description"], &media[0]["preview_url"]),
            (&json!("a pump"), &Value::Null)
        );
        let cover = path(&media[1]["preview_url"]);
        let bytes = |file: &str| {
            let said = karim.get(file);
            assert_eq!(said.status, 200, "{file}");
            said.bytes
        };
        let first = bytes(&cover);
        assert_eq!(stored().len(), before + 1);
        let texts = [("media_attributes[][id]", id(&other))];
        let again = edit(&karim, &post, &texts, "media_attributes[][thumbnail]", 30).expect(200);
        let next = path(&again["media_attachments"][1]["preview_url"]);
        assert_ne!(bytes(&next), first);
        // A browser may keep what it got at an address for good; whoever is just loading it gets it still.
        assert_ne!(next, cover);
        assert_eq!(bytes(&cover), first);
        world.clock.advance_seconds(2 * 3600);
        world.remove_leftovers();
        assert_eq!(stored().len(), before + 1, "one picture, and it stays");
        assert_eq!(karim.get(&cover).status, 404);
        let second = bytes(&next);
        // A still has its own picture; what is another's takes none; neither does the post of another.
        let texts = [("media_attributes[][id]", id(&still))];
        let same = edit(&karim, &post, &texts, "media_attributes[][thumbnail]", 30).expect(200);
        assert_eq!(
            same["media_attachments"][2]["preview_url"],
            media[2]["preview_url"]
        );
        let theirs = lotte.publish("mine");
        let texts = [("status", "z"), ("media_attributes[][id]", id(&other))];
        edit(&lotte, &theirs, &texts, "media_attributes[][thumbnail]", 30).expect(200);
        edit(&lotte, &post, &texts, "media_attributes[][thumbnail]", 30).expect(403);
        let kept = karim
            .get(&format!("/api/v1/statuses/{}", id(&post)))
            .expect(200);
        let file = path(&kept["media_attachments"][1]["preview_url"]);
        assert_eq!(bytes(&file), second);
    });
}

#[test]
fn a_picture_may_come_as_text() {
    everywhere(|world, stored| {
        let karim = world.client(world.person("karim"));
        let film = karim
            .upload("/api/v1/media", "x.mp4", &film(10))
            .expect(200);
        let address = |bytes: &[u8]| format!("data:image/png;base64,{}", STANDARD.encode(bytes));
        // Before it is in a post by itself, then with the post.
        let alone = format!("/api/v1/media/{}", id(&film));
        let given = json!({ "thumbnail": address(&png(20, 10)) });
        let bytes = |shown: &Value| {
            let said = karim.get(&path(&shown["preview_url"]));
            assert_eq!(said.status, 200);
            said.bytes
        };
        let first = bytes(&karim.put(&alone, &given).expect(200));
        let post = karim.publish_with(&json!({ "status": "x", "media_ids": [id(&film)] }));
        let whole = format!("/api/v1/statuses/{}", id(&post));
        let edit = |picture: &str| {
            let attributes = json!([{ "id": id(&film), "thumbnail": picture }]);
            karim.put(&whole, &json!({ "media_attributes": attributes }))
        };
        let edited = edit(&address(&png(30, 10))).expect(200);
        let next = bytes(&edited["media_attachments"][0]);
        assert_ne!(next, first, "{}", world.kind);
        for broken in ["data:image/png;base64,!!", "data:,x"] {
            edit(broken).expect(422);
        }
        edit("0").expect(200);
        let kept = karim.get(&whole).expect(200);
        assert_eq!(bytes(&kept["media_attachments"][0]), next);
        world.clock.advance_seconds(2 * 3600);
        world.remove_leftovers();
        assert_eq!(stored().len(), 2, "the film and its last picture");
    });
}
