//! What clients send, and what it must mean.

use serde::Deserialize;
use serde_json::json;

use super::*;

#[derive(Debug, Deserialize, PartialEq, Default)]
#[serde(default)]
struct Poll {
    options: Vec<String>,
    expires_in: Option<i64>,
    multiple: Option<bool>,
}

#[derive(Debug, Deserialize, PartialEq, Default)]
#[serde(default)]
struct Post {
    status: String,
    spoiler_text: Option<String>,
    sensitive: Option<bool>,
    media_ids: Vec<i64>,
    poll: Option<Poll>,
    limit: Option<u32>,
}

async fn read(query: &str, mime: Option<&str>, body: &[u8]) -> Result<Params> {
    let mut request = Request::builder().method("POST").uri(format!("/x?{query}"));
    if let Some(mime) = mime {
        request = request.header("content-type", mime);
    }
    Params::read(request.body(axum::body::Body::from(body.to_vec())).unwrap()).await
}

const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

#[tokio::test]
async fn every_body_form_means_the_same() {
    let pairs = "status=a+b%C3%A9&spoiler_text=cw&sensitive=1&poll[options][]=a&poll[options][]=b\
                 &poll[expires_in]=3600&poll%5Bmultiple%5D=true&limit=20";
    let json = json!({"status": "a bé", "spoiler_text": "cw", "sensitive": true, "limit": "20",
                      "poll": {"options": ["a", "b"], "expires_in": 3600, "multiple": true}})
    .to_string();
    let multipart: String = [
        ("status", "a bé"),
        ("spoiler_text", "cw"),
        ("sensitive", "on"),
        ("poll[options][]", "a"),
        ("poll[options][]", "b"),
        ("poll[expires_in]", "3600"),
        ("poll[multiple]", "t"),
        ("limit", "20"),
    ]
    .iter()
    .map(|(key, value)| {
        format!("--X\r\nContent-Disposition: form-data; name=\"{key}\"\r\n\r\n{value}\r\n")
    })
    .chain(["--X--\r\n".to_owned()])
    .collect();
    let want = Post {
        status: "a bé".into(),
        spoiler_text: Some("cw".into()),
        sensitive: Some(true),
        media_ids: vec![],
        poll: Some(Poll {
            options: vec!["a".into(), "b".into()],
            expires_in: Some(3600),
            multiple: Some(true),
        }),
        limit: Some(20),
    };
    for params in [
        read(pairs, None, b"").await,
        read("", FORM, pairs.as_bytes()).await,
        read("", None, pairs.as_bytes()).await,
        read(
            "",
            Some("multipart/form-data; boundary=X"),
            multipart.as_bytes(),
        )
        .await,
        read("", Some("application/json; charset=utf-8"), json.as_bytes()).await,
        read("", None, json.as_bytes()).await,
        read("", Some("text/plain"), json.as_bytes()).await,
    ] {
        assert_eq!(params.unwrap().get::<Post>().unwrap(), want);
    }
}

#[tokio::test]
async fn lists_come_in_many_ways() {
    for query in [
        "media_ids[]=1&media_ids[]=2",
        "media_ids[0]=1&media_ids[1]=2",
        "media_ids[10]=2&media_ids[9]=1",
        "media_ids=1&media_ids=2",
    ] {
        let params = read(query, None, b"").await.unwrap();
        assert_eq!(params.get::<Post>().unwrap().media_ids, [1, 2], "{query}");
    }
    assert_eq!(
        read("media_ids=7", None, b"")
            .await
            .unwrap()
            .get::<Post>()
            .unwrap()
            .media_ids,
        [7]
    );
    for nothing in ["media_ids[]=", "media_ids=", ""] {
        assert!(
            read(nothing, None, b"")
                .await
                .unwrap()
                .get::<Post>()
                .unwrap()
                .media_ids
                .is_empty(),
            "{nothing}"
        );
    }
}

#[tokio::test]
async fn an_empty_text_is_no_flag_and_no_number_but_an_empty_text() {
    let params = read(
        "sensitive=&limit=&spoiler_text=&poll=&status=x&poll[expires_in]=",
        None,
        b"",
    )
    .await
    .unwrap();
    let post: Post = params.get().unwrap();
    assert_eq!(
        (post.sensitive, post.limit, post.spoiler_text.as_deref()),
        (None, None, Some(""))
    );
    assert_eq!(post.poll, Some(Poll::default()));
    assert_eq!(
        read("poll=", None, b"")
            .await
            .unwrap()
            .get::<Post>()
            .unwrap()
            .poll,
        None
    );
}

#[tokio::test]
async fn flags_are_understood_in_every_spelling() {
    for (text, want) in [
        ("1", true),
        ("true", true),
        ("T", true),
        ("on", true),
        ("0", false),
        ("off", false),
        ("f", false),
    ] {
        let params = read(&format!("sensitive={text}"), None, b"").await.unwrap();
        assert_eq!(
            params.get::<Post>().unwrap().sensitive,
            Some(want),
            "{text}"
        );
    }
    let json = br#"{"sensitive": 1, "limit": 20.0, "status": 5}"#;
    let post: Post = read("", Some("application/json"), json)
        .await
        .unwrap()
        .get()
        .unwrap();
    assert_eq!(
        (post.sensitive, post.limit, post.status.as_str()),
        (Some(true), Some(20), "5")
    );
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let fault = |params: Params| match params.get::<Post>() {
        Err(Error::Invalid { field, why }) => (field, why),
        other => panic!("{other:?}"),
    };
    let wrong = read("limit=many", None, b"").await.unwrap();
    assert_eq!(fault(wrong), ("limit".into(), Refusal::Malformed));
    let deep = read("poll[expires_in]=soon", None, b"").await.unwrap();
    assert_eq!(fault(deep), ("poll.expires_in".into(), Refusal::Malformed));
    let third = read("media_ids[]=1&media_ids[]=x", None, b"")
        .await
        .unwrap();
    assert_eq!(fault(third), ("media_ids.1".into(), Refusal::Malformed));

    #[derive(Debug, Deserialize)]
    struct Needy {
        #[expect(dead_code, reason = "only its absence matters")]
        name: String,
    }
    let missing = Params::default().get::<Needy>();
    assert!(
        matches!(missing, Err(Error::Invalid { field, why: Refusal::Blank }) if field == "name")
    );
}

#[tokio::test]
async fn nested_names_make_a_tree() {
    let query = "fields_attributes[0][name]=a&fields_attributes[0][value]=b&fields_attributes[1][name]=c\
                 &source[privacy]=public&data[alerts][mention]=true&rows[][a]=1&rows[][b]=2&rows[][a]=3&odd[x=1&[y]=2";
    let params = read(query, None, b"").await.unwrap();
    assert_eq!(
        serde_json::Value::Object(params.tree().clone()),
        json!({
            "fields_attributes": {"0": {"name": "a", "value": "b"}, "1": {"name": "c"}},
            "source": {"privacy": "public"}, "data": {"alerts": {"mention": "true"}},
            "rows": [{"a": "1", "b": "2"}, {"a": "3"}], "odd[x": "1", "[y]": "2",
        })
    );
    #[derive(Debug, Deserialize)]
    struct Field {
        name: String,
    }
    #[derive(Debug, Deserialize)]
    struct Profile {
        fields_attributes: Vec<Field>,
    }
    let profile: Profile = params.get().unwrap();
    assert_eq!(
        profile
            .fields_attributes
            .iter()
            .map(|f| f.name.as_str())
            .collect::<Vec<_>>(),
        ["a", "c"]
    );
}

#[tokio::test]
async fn the_body_wins_over_the_query() {
    let params = read("status=query&spoiler_text=kept", FORM, b"status=body")
        .await
        .unwrap();
    assert_eq!(
        (params.text("status"), params.text("spoiler_text")),
        (Some("body"), Some("kept"))
    );
    assert_eq!(
        read("a=1&a=2", None, b"").await.unwrap().text("a"),
        Some("2")
    );
}

#[tokio::test]
async fn files_are_kept_as_they_came() {
    let body = b"--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\
                 \r\n\r\n\x89PNG\0\r\n--X\r\nContent-Disposition: form-data; name=\"description\"\r\n\r\nalt\r\n\
                 --X\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n\r\n--X--\r\n";
    let params = read("", Some("multipart/form-data; boundary=X"), body)
        .await
        .unwrap();
    let file = params.file("file").unwrap();
    assert_eq!(
        (
            file.file_name.as_str(),
            file.mime.as_deref(),
            file.bytes.as_ref()
        ),
        ("a.png", Some("image/png"), &b"\x89PNG\0"[..])
    );
    assert_eq!(params.text("description"), Some("alt"));
    assert!(params.file("none").is_none() && params.has("file") && !params.has("none"));
}

#[tokio::test]
async fn a_file_over_the_cap_is_too_large() {
    let mut body =
        b"--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n".to_vec();
    body.extend(std::iter::repeat_n(b'x', 2000));
    body.extend(b"\r\n--X--\r\n");
    let request = Request::builder()
        .method("POST")
        .uri("/x")
        .header("content-type", "multipart/form-data; boundary=X")
        .extension(UploadCap(1000))
        .body(axum::body::Body::from(body))
        .unwrap();
    let refused = Unreadable(Params::read(request).await.unwrap_err());
    assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn nonsense_is_refused_without_harm() {
    for (mime, body) in [
        (FORM, &b"a=%FF%FE"[..]),
        (FORM, b"a=%00"),
        (FORM, b"a\xff=1"),
        (Some("application/json"), b"{\"a\": 1"),
        (Some("application/json"), b"[1]"),
        (Some("application/json"), br#"{"a": {"b": ["x\u0000"]}}"#),
        (Some("multipart/form-data"), b"x"),
        (Some("multipart/form-data; boundary=X"), b"--X\r\nbroken"),
    ] {
        let refused = Unreadable(read("", mime, body).await.unwrap_err());
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{mime:?}");
    }
    let many: String = (0..1100)
        .map(|n| format!("k{n}=1"))
        .collect::<Vec<_>>()
        .join("&");
    assert!(read("", FORM, many.as_bytes()).await.is_err());
    let long = vec![b'a'; (2 << 20) + 10];
    let refused = Unreadable(read("", FORM, &long).await.unwrap_err());
    assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    for fine in [
        "a=%",
        "a=%4",
        "a=%zz",
        "&&&",
        "=",
        "a[b][c][d][e][f][g][h][i][j][k]=1",
        "a=1&a[b]=2",
        "a[]=1&a[b]=2",
    ] {
        assert!(read(fine, None, b"").await.is_ok(), "{fine}");
    }
}
