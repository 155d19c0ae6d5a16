//! Live events: what passes, what never does, and when a stream ends.

use std::time::Duration;

use axum::http::StatusCode;
use cordee::actions::receive_post::{self, RemotePost, receive_post};
use cordee::model::ids::{AccountId, PostId};
use cordee::model::post::Fields;
use cordee::model::words::{
    ActorKind, Boundary, FollowState, JoinPolicy, PostingPolicy, Role, Visibility,
};
use cordee::store::db::Tx;
use cordee::store::follows::{self, Follow};
use cordee::store::remote_accounts::{self, RemoteActor, RemoteCommunity};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::domain_blocks::{arrives, stranger};
use crate::support::client::Client;
use crate::support::world::{World, remote};

/// A stream that lost its right to exist ends within this time.
const ENDS: Duration = Duration::from_secs(2);
/// Nothing here takes longer, on whatever machine.
const PATIENCE: Duration = Duration::from_secs(30);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Serves the world on a port.
fn serve(world: &World) -> String {
    let router = world.router();
    let listener = world
        .runtime
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let served = async move { axum::serve(listener, router).await.unwrap() };
    world.runtime.block_on(async { world.app.spawn(served) });
    address
}

struct Ear<'w> {
    world: &'w World,
    socket: Socket,
}

impl<'w> Ear<'w> {
    fn open(world: &'w World, address: &str, query: &str) -> Self {
        let url = format!("ws://{address}/api/v1/streaming{query}");
        let (socket, _) = world.runtime.block_on(connect_async(url)).unwrap();
        Self { world, socket }
    }

    fn say(&mut self, frame: &Value) {
        let message = Message::text(frame.to_string());
        self.world
            .runtime
            .block_on(self.socket.send(message))
            .unwrap();
    }

    /// The next line; `None` where the stream has ended.
    fn hear(&mut self) -> Option<Value> {
        self.world.runtime.block_on(async {
            loop {
                match tokio::time::timeout(PATIENCE, self.socket.next())
                    .await
                    .unwrap()
                {
                    Some(Ok(Message::Text(text))) => {
                        return Some(serde_json::from_str(&text).unwrap());
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                    Some(Ok(_)) => {}
                }
            }
        })
    }

    /// The next line, its stream and event as expected; the payload.
    fn expect(&mut self, stream: &[&str], event: &str) -> Value {
        let line = self.hear().expect("the stream is open");
        assert_eq!(
            (&line["stream"], &line["event"]),
            (&json!(stream), &json!(event)),
            "{line}"
        );
        let payload = line["payload"].as_str().unwrap();
        serde_json::from_str(payload).unwrap()
    }
}

fn token(client: &Client<'_>) -> String {
    client.token.clone().unwrap()
}

#[test]
fn a_socket_carries_what_the_timelines_would_show() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let lotte = world.client(world.person("lotte"));
        let karims = |act: &str| {
            let me = karim.get("/api/v1/accounts/verify_credentials").expect(200);
            let path = format!("/api/v1/accounts/{}/{act}", me["id"].as_str().unwrap());
            lotte.post(&path, &json!({})).expect(200);
        };
        karims("follow");
        let address = serve(world);
        let query = format!("?stream=user&access_token={}", token(&lotte));
        let mut ear = Ear::open(world, &address, &query);
        let post = karim.publish("a seal for @lotte");
        let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
        let (mut shown, mut told) = (Value::Null, Value::Null);
        for _ in 0..2 {
            let line = ear.hear().unwrap();
            let payload: Value = serde_json::from_str(line["payload"].as_str().unwrap()).unwrap();
            match line["event"].as_str().unwrap() {
                "update" => shown = payload,
                "notification" => told = payload,
                other => panic!("{other}"),
            }
        }
        assert_eq!(
            shown,
            lotte.get(&path).expect(200),
            "rendered for the reader"
        );
        assert_eq!(
            (&told["type"], &told["status"]["id"]),
            (&json!("mention"), &post["id"])
        );
        karim
            .put(&path, &json!({ "status": "a better seal" }))
            .expect(200);
        let edited = ear.expect(&["user"], "status.update");
        assert!(edited["content"].as_str().unwrap().contains("better"));
        karims("mute");
        karim
            .put(&path, &json!({ "status": "not for her now" }))
            .expect(200);
        karim.delete(&path).expect(200);
        let line = ear.hear().unwrap();
        assert_eq!(
            (&line["event"], &line["payload"]),
            (&json!("delete"), &post["id"])
        );
        karims("unmute");
        ear.say(&json!({ "type": "subscribe", "stream": "hashtag", "tag": "Pumps" }));
        ear.say(&json!({ "type": "unsubscribe", "stream": "user" }));
        ear.say(&json!({ "type": "subscribe", "stream": "nothing" }));
        assert_eq!(ear.hear().unwrap()["error"], "Unknown stream type");
        karim.publish("no tag");
        let tagged = karim.publish("about #pumps");
        assert_eq!(
            ear.expect(&["hashtag", "pumps"], "update")["id"],
            tagged["id"]
        );
    });
}

#[test]
fn what_a_person_may_not_read_never_passes() {
    World::each(|world| {
        let (karim, lotte) = (world.person("karim"), world.person("lotte"));
        let club = world.community("club", Boundary::Node, JoinPolicy::Request, [karim, lotte]);
        let (karim, bart) = (world.client(karim), world.client(world.person("bart")));
        let address = serve(world);
        let query = format!("?access_token={}", token(&bart));
        let mut ear = Ear::open(world, &address, &query);
        for frame in [
            json!({ "type": "subscribe", "stream": "public" }),
            json!({ "type": "subscribe", "stream": "hashtag", "tag": "secret" }),
            json!({ "type": "subscribe", "stream": "list", "list": club.to_string() }),
            // Answered, so that what was said before has been heard.
            json!({ "type": "subscribe", "stream": "list" }),
        ] {
            ear.say(&frame);
        }
        assert!(ear.hear().unwrap()["error"].is_string());
        let inside = json!({ "status": "#secret", "community_id": club.to_string() });
        let closed = karim.post("/api/v1/statuses", &inside).expect(200);
        let direct = json!({ "status": "@lotte #secret", "visibility": "direct" });
        karim.post("/api/v1/statuses", &direct).expect(200);
        let gone = format!("/api/v1/statuses/{}", closed["id"].as_str().unwrap());
        karim.delete(&gone).expect(200);
        let open = karim.publish("for all");
        assert_eq!(ear.expect(&["public"], "update")["id"], open["id"]);
    });
}

/// A community of another node that somebody follows, and a post of its own node that is for it.
fn community_elsewhere(world: &World, follower: AccountId) -> (AccountId, PostId) {
    let work = move |tx: &mut Tx<'_>| {
        let group = RemoteActor {
            kind: ActorKind::Group,
            community: Some(RemoteCommunity {
                purpose: String::new(),
                boundary: Boundary::Public,
                join_policy: JoinPolicy::Open,
                posting_policy: PostingPolicy::Members,
            }),
            ..remote("valves")
        };
        let (group, author) = (
            remote_accounts::put(tx, &group)?,
            remote_accounts::put(tx, &remote("alice"))?,
        );
        let id = tx.new_id();
        let follow = Follow {
            id,
            follower_id: follower,
            target_id: group,
            state: FollowState::Accepted,
            uri: tx.node().activity_uri(id),
            show_boosts: true,
            notify: false,
            created_at: tx.now(),
        };
        follows::put(tx, &follow)?;
        let post = RemotePost {
            uri: "https://p.example/posts/1".into(),
            url: "https://p.example/posts/1".into(),
            author,
            community: Some(group),
            parent: None,
            kind: None,
            title: String::new(),
            html: "<p>A valve</p>".into(),
            source: String::new(),
            fields: Fields::default(),
            spoiler: String::new(),
            sensitive: false,
            language: None,
            visibility: Visibility::Public,
            mentions: vec![follower],
            tags: Vec::new(),
            media: Vec::new(),
            poll: None,
            created_at: tx.now(),
            edited_at: None,
            held: false,
            announced: false,
        };
        Ok((group, receive_post(tx, &post)?.id))
    };
    world.write(work).unwrap()
}

#[test]
fn what_a_community_elsewhere_announces_passes_though_the_post_was_known_before() {
    World::each(|world| {
        let mei = world.person("mei");
        let (group, post) = community_elsewhere(world, mei);
        let client = world.client(mei);
        let address = serve(world);
        let query = format!("?stream=user&access_token={}", token(&client));
        let mut ear = Ear::open(world, &address, &query);
        let home = || client.get("/api/v1/timelines/home").expect(200);
        assert_eq!(home(), json!([]));
        for _ in 0..2 {
            world
                .write(move |tx| receive_post::announced(tx, group, post))
                .unwrap();
        }
        let line = ear.expect(&["user"], "update");
        assert_eq!(line["reblog"]["id"], json!(post.to_string()));
        assert_eq!(line, home()[0]);
        let own = client.publish("told once");
        assert_eq!(ear.expect(&["user"], "update")["id"], own["id"]);
    });
}

#[test]
fn a_socket_carries_so_many_streams() {
    let world = World::with(|_| {});
    let lotte = world.client(world.person("lotte"));
    let address = serve(&world);
    let query = format!("?access_token={}", token(&lotte));
    let mut ear = Ear::open(&world, &address, &query);
    for n in 0..31 {
        ear.say(&json!({ "type": "subscribe", "stream": "hashtag", "tag": format!("t{n}") }));
    }
    let refused = ear.hear().unwrap();
    assert_eq!(refused["status"], 429, "{refused}");
    lotte.publish("#t30");
    let heard = lotte.publish("#t29");
    assert_eq!(ear.expect(&["hashtag", "t29"], "update")["id"], heard["id"]);
}

#[test]
fn a_stream_ends_with_the_token_that_opened_it() {
    World::each(|world| {
        let lotte = world.person("lotte");
        let client = world.client(lotte);
        let address = serve(world);
        let query = format!("?stream=user&access_token={}", token(&client));
        let mut ear = Ear::open(world, &address, &query);
        world
            .write(move |tx| {
                let now = tx.now();
                cordee::store::oauth::revoke_of_account(tx, lotte, None, now)
            })
            .unwrap();
        let begun = std::time::Instant::now();
        assert_eq!(ear.hear(), None);
        assert!(begun.elapsed() < ENDS, "{:?}", begun.elapsed());
    });
}

#[test]
fn streams_want_a_token_with_the_right_scope_and_are_not_endless_in_number() {
    let world = World::with(|_| {});
    let lotte = world.person("lotte");
    let address = serve(&world);
    let refused = |query: &str| {
        let url = format!("ws://{address}/api/v1/streaming{query}");
        match world.runtime.block_on(connect_async(url)) {
            Err(Error::Http(answer)) => answer.status(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused("?stream=user"), StatusCode::UNAUTHORIZED);
    assert_eq!(
        refused("?stream=user&access_token=x"),
        StatusCode::UNAUTHORIZED
    );
    let narrow = token(&world.client_with(lotte, "read:notifications"));
    assert_eq!(
        refused(&format!("?stream=public&access_token={narrow}")),
        StatusCode::FORBIDDEN
    );
    let client = world.client(lotte);
    let mut request = format!("ws://{address}/api/v1/streaming?stream=user")
        .into_client_request()
        .unwrap();
    let value = token(&client).parse().unwrap();
    request
        .headers_mut()
        .insert("sec-websocket-protocol", value);
    let (_first, answer) = world.runtime.block_on(connect_async(request)).unwrap();
    let echoed = answer.headers()["sec-websocket-protocol"].to_str().unwrap();
    assert_eq!(echoed, token(&client), "browsers insist on it");
    let query = format!("?stream=user&access_token={}", token(&client));
    let _open: Vec<Ear<'_>> = (1..20)
        .map(|_| Ear::open(&world, &address, &query))
        .collect();
    assert_eq!(refused(&query), StatusCode::TOO_MANY_REQUESTS);
}

#[test]
fn server_sent_events_carry_the_same() {
    World::each(|world| {
        let (karim, lotte) = (world.person("karim"), world.person("lotte"));
        let (karim, lotte) = (world.client(karim), world.client(lotte));
        let address = serve(world);
        let mut seen = String::new();
        let mut stream = world.runtime.block_on(async {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            let request = format!(
                "GET /api/v1/streaming/public/local HTTP/1.1\r\nhost: localhost\r\n\
                 authorization: Bearer {}\r\n\r\n",
                token(&lotte)
            );
            stream.write_all(request.as_bytes()).await.unwrap();
            stream
        });
        let mut read_until = |wanted: &str| {
            world.runtime.block_on(async {
                let mut buffer = [0; 4096];
                while !seen.contains(wanted) {
                    let read = tokio::time::timeout(PATIENCE, stream.read(&mut buffer));
                    let length = read.await.unwrap().unwrap();
                    assert_ne!(length, 0, "closed: {seen}");
                    seen.push_str(&String::from_utf8_lossy(&buffer[..length]));
                }
            });
            seen.clone()
        };
        let head = read_until("\r\n\r\n");
        assert!(head.contains("text/event-stream"), "{head}");
        let post = karim.publish("news");
        let seen = read_until("event: update\n");
        assert!(seen.contains("data: "), "{seen}");
        read_until(post["id"].as_str().unwrap());
    });
}

#[test]
fn what_comes_from_a_node_that_was_shut_out_is_no_news() {
    World::each(|world| {
        let karim = world.client(world.person("karim"));
        let lotte = world.client(world.person("lotte"));
        let alice = stranger(world, "alice", "p.example");
        let block = json!({ "domain": "p.example" });
        lotte.post("/api/v1/domain_blocks", &block).expect(200);
        let address = serve(world);
        let query = format!("?stream=public&access_token={}", token(&lotte));
        let mut ear = Ear::open(world, &address, &query);
        arrives(world, alice, &[]);
        let post = karim.publish("from here");
        assert_eq!(ear.expect(&["public"], "update")["id"], post["id"]);
    });
}

#[test]
fn conversations_filters_and_announcements_are_told() {
    World::each(|world| {
        let (anne_id, lotte_id) = (world.person("anne"), world.person("lotte"));
        world
            .write(move |tx| cordee::store::users::set_role(tx, anne_id, Role::Admin))
            .unwrap();
        let anne = world.client_with(anne_id, "read write admin:read admin:write");
        let lotte = world.client(lotte_id);
        let address = serve(world);
        let query = format!("?stream=direct&access_token={}", token(&lotte));
        let mut talks = Ear::open(world, &address, &query);
        let direct = json!({ "status": "@lotte only you", "visibility": "direct" });
        let post = anne.publish_with(&direct);
        let talk = talks.expect(&["direct"], "conversation");
        assert_eq!(
            (&talk["last_status"]["id"], &talk["unread"]),
            (&post["id"], &json!(true)),
            "{}",
            world.kind
        );
        let query = format!("?stream=user&access_token={}", token(&lotte));
        let mut ear = Ear::open(world, &address, &query);
        let filter = json!({ "title": "x", "context": ["home"] });
        let made = lotte.post("/api/v2/filters", &filter).expect(200);
        let line = ear.hear().unwrap();
        assert_eq!(line["event"], "filters_changed");
        assert!(line.get("payload").is_none_or(Value::is_null), "{line}");
        let path = format!("/api/v2/filters/{}", made["id"].as_str().unwrap());
        lotte.delete(&path).expect(200);
        assert_eq!(ear.hear().unwrap()["event"], "filters_changed");
        let admin = "/api/cordee/v1/admin/announcements";
        let made = anne.post(admin, &json!({ "text": "Cake" })).expect(200);
        let told = ear.expect(&["user"], "announcement");
        assert_eq!((&told["id"], &told["read"]), (&made["id"], &json!(false)));
        let id = made["id"].as_str().unwrap();
        let path = format!("/api/v1/announcements/{id}/reactions/%E2%AD%90");
        anne.put(&path, &json!({})).expect(200);
        let told = ear.expect(&["user"], "announcement.reaction");
        assert_eq!(
            told,
            json!({ "name": "⭐", "count": 1, "announcement_id": id })
        );
        anne.delete(&format!("{admin}/{id}")).expect(200);
        assert_eq!(ear.expect(&["user"], "announcement.delete").to_string(), id);
    });
}

#[test]
fn the_stream_of_direct_posts_hears_of_no_others() {
    World::each(|world| {
        let (karim, lotte) = (world.person("karim"), world.person("lotte"));
        let karim = world.client(karim);
        let address = serve(world);
        let query = format!("?stream=direct&access_token={}", token(&karim));
        let mut ear = Ear::open(world, &address, &query);
        let path = |post: &Value| format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
        let open = karim.publish("for everybody");
        karim.delete(&path(&open)).expect(200);
        let direct = json!({ "status": "@lotte only you", "visibility": "direct" });
        let post = karim.publish_with(&direct);
        let talk = ear.expect(&["direct"], "conversation");
        assert_eq!(talk["last_status"]["id"], post["id"], "{}", world.kind);
        karim.delete(&path(&post)).expect(200);
        assert_eq!(
            ear.expect(&["direct"], "delete").to_string(),
            post["id"].as_str().unwrap()
        );
        // Nor of what moderators decide, which the person's own stream carries.
        let mia = world.person("mia");
        world
            .write(move |tx| cordee::store::users::set_role(tx, mia, Role::Moderator))
            .unwrap();
        let mia = world.client_with(mia, "read write admin:read admin:write");
        let lottes = world.client(lotte);
        let query = format!("?stream=user:notification&access_token={}", token(&lottes));
        let mut ear = Ear::open(world, &address, &query);
        let act = format!("/api/v1/admin/accounts/{lotte}/action");
        mia.post(&act, &json!({ "type": "silence" })).expect(200);
        let said = ear.expect(&["user:notification"], "notification");
        assert_eq!(said["type"], "moderation_warning");
        assert_eq!(said["moderation_warning"]["action"], "silence");
    });
}
