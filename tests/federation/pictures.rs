//! Pictures of another node, shown from this one.

use cordee::actions::account::{ProfileChanges, update_profile};
use cordee::media::remote::{Part, path};
use cordee::store::accounts;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::federation::nodes::{Node, run};

/// The smallest PNG of one grey pixel.
const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0,
    1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 0x0a, 0x49, 0x44, 0x41, 0x54,
    0x78, 0x9c, 0x63, 0x68, 0, 0, 0, 0x82, 0, 0x81, 0x77, 0xcd, 0x72, 0xb6, 0, 0, 0, 0, 0x49, 0x45,
    0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// Head and body of an answer.
async fn get(node: &Node, path: &str) -> (String, Vec<u8>) {
    let address = format!("127.0.0.1:{}", node.domain.rsplit(':').next().unwrap());
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        node.domain
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec())
        .unwrap()
        .to_lowercase();
    (head, answer[end + 4..].to_vec())
}

#[test]
fn a_picture_of_another_node_is_fetched_once_and_shown_from_here() {
    run(async {
        let (north, south) = tokio::join!(Node::start("north"), Node::start("south"));
        let mei = south.person("mei").await;
        let keep = |bytes: &[u8]| south.app.keep_profile(bytes.to_vec(), "png");
        let (good, bad) = (keep(PNG).await.unwrap(), keep(b"<script>").await.unwrap());
        let (avatar, header) = (good.clone(), bad);
        south
            .write(move |tx| {
                let changes = ProfileChanges {
                    avatar: Some(avatar),
                    header: Some(header),
                    ..ProfileChanges::default()
                };
                update_profile(tx, mei, changes)
            })
            .await;
        for node in [&north, &south] {
            get(node, "/healthz").await;
        }
        let handle = format!("@mei@{}", south.domain);
        let here = north.app.resolve_handle(&handle).await.unwrap().unwrap();
        let account = north.read(move |conn| accounts::get(conn, here)).await;
        let url = account.avatar.unwrap();
        assert!(url.starts_with(&format!("http://{}/media/", south.domain)));
        let shown = path(Part::Avatar, here.0, &url);
        let (head, body) = get(&north, &shown).await;
        assert!(head.starts_with("http/1.1 200"), "{head}");
        assert!(head.contains("content-type: image/png"), "{head}");
        assert!(head.contains("immutable") && head.contains("default-src 'none'; sandbox"));
        assert!(!body.is_empty());
        south.app.media.remove(&good).await.unwrap();
        assert_eq!(get(&north, &shown).await.1, body, "it was kept");
        let other = path(Part::Avatar, here.0, "http://south.localhost/other.png");
        assert!(get(&north, &other).await.0.starts_with("http/1.1 404"));
        let header = path(Part::Header, here.0, &account.header.unwrap());
        let (head, body) = get(&north, &header).await;
        assert!(
            head.starts_with("http/1.1 200") && head.contains("max-age=600"),
            "what is no picture has a stand-in: {head}"
        );
        assert!(!body.windows(7).any(|w| w == b"<script"));
    });
}
