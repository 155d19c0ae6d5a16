//! The wire against a small simulated peer: inboxes, keys, deliveries, discovery, on a database of their own.

mod deliveries;
mod discovery;
mod effects;
mod flags;
mod inboxes;
mod moves;
mod origins;
mod outward;
mod quotes;
mod reading;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use url::Url;

use super::sign::{self, SigningKey, tests as keys_of};
use super::*;
use crate::app::SystemClock;
use crate::config::Config;
use crate::hub::Hub;
use crate::model::node::Node;
use crate::store::conn::Target;
use crate::store::db::{Db, NoObserver, Options};

const ACTIVITY: &str = "application/activity+json";

/// A node with a SQLite file of its own, reached without network.
struct World {
    fed: Federation,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.server.public_url = Url::parse("http://north.localhost:7401").unwrap();
        config.federation.development = true;
        config.federation.unknown_nodes = PeerMode::Member;
        change(&mut config);
        let target = Target::Sqlite(folder.path().join("x.db").to_str().unwrap().to_owned());
        let node = Node {
            base_url: config.base_url(),
            authority: config.authority(),
            unknown_nodes: config.federation.unknown_nodes,
            federates: true,
            pushes: true,
        };
        let options = Options {
            target,
            readers: 2,
            clock: Arc::new(SystemClock),
            observer: Arc::new(NoObserver),
            migrate: true,
            node: Arc::new(node),
        };
        let handle = tokio::runtime::Handle::current();
        let db = tokio::task::spawn_blocking(move || Db::open(options, &handle))
            .await
            .unwrap()
            .unwrap();
        let app = App::new(
            db,
            Arc::new(config),
            Hub::default(),
            CancellationToken::new(),
        )
        .unwrap();
        let id = seed_node_actor(&app).await;
        let fed = Federation::new(app).await.unwrap();
        assert!(id.0 > 0);
        Self {
            fed,
            _folder: folder,
        }
    }

    async fn call(&self, request: Request) -> Response {
        routes()
            .with_state(self.fed.clone())
            .oneshot(request)
            .await
            .unwrap()
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut crate::store::conn::Conn) -> Result<T> + Send + 'static,
    ) -> T {
        self.fed.app.db.read(work).await.unwrap()
    }

    /// How much is stored of what strangers could leave behind: peers and jobs, and whether an activity is known.
    async fn traces(&self, activity: &str) -> (usize, i64, bool) {
        let activity = activity.to_owned();
        self.read(move |conn| {
            Ok((
                peers::list(conn)?.len(),
                crate::store::jobs::count(conn)?,
                crate::store::inbound::is_known(conn, &activity)?,
            ))
        })
        .await
    }
}

/// The node's own actor with a key made beforehand, since making one takes a while.
async fn seed_node_actor(app: &App) -> crate::model::ids::AccountId {
    use crate::store::{accounts, actor_keys};
    let base = app.config.base_url();
    app.db
        .write(move |tx| {
            let (id, now) = (crate::model::ids::AccountId(tx.new_id()), tx.now());
            let kind = crate::model::words::ActorKind::Application;
            let mut row = accounts::Account::local(id, kind, keys::NODE_ACTOR, &base, now);
            row.uri = format!("{base}/actor");
            accounts::insert(tx, &row)?;
            let ed25519 = crate::secrets::ActorKey::generate()?;
            let keys = actor_keys::NewKeys {
                rsa_pem: &keys_of::OTHER.0,
                public_pem: &keys_of::OTHER.1,
                ed25519_pem: &ed25519.pem,
                ed25519_public: &ed25519.multikey,
            };
            actor_keys::put_rsa(tx, id, &keys)?;
            Ok(id)
        })
        .await
        .unwrap()
}

/// A request that a peer received.
#[derive(Debug, Clone)]
struct Received {
    method: String,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// What a peer answers at a path.
#[derive(Debug, Clone)]
struct Page {
    status: u16,
    kind: &'static str,
    body: String,
    location: Option<String>,
}

#[derive(Default)]
struct Shared {
    pages: Mutex<HashMap<String, Page>>,
    received: Mutex<Vec<Received>>,
    /// Statuses for the next POSTs; 202 once they are used up.
    answers: Mutex<Vec<u16>>,
}

/// A simulated node on loopback.
struct Peer {
    base: String,
    domain: String,
    shared: Arc<Shared>,
}

impl Peer {
    async fn new(host: &str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let domain = format!("{host}.localhost:{}", listener.local_addr().unwrap().port());
        let shared = Arc::new(Shared::default());
        let service = Router::new()
            .fallback(Self::answer)
            .with_state(Arc::clone(&shared));
        #[expect(
            clippy::disallowed_methods,
            reason = "the peer lives as long as the test"
        )]
        drop(tokio::spawn(
            async move { axum::serve(listener, service).await },
        ));
        Self {
            base: format!("http://{domain}"),
            domain,
            shared,
        }
    }

    async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 1 << 21).await.unwrap().to_vec();
        let path = parts.uri.path().to_owned();
        shared.received.lock().unwrap().push(Received {
            method: parts.method.to_string(),
            path: path.clone(),
            headers: parts.headers,
            body,
        });
        if parts.method == http::Method::POST {
            let mut answers = shared.answers.lock().unwrap();
            let status = if answers.is_empty() {
                202
            } else {
                answers.remove(0)
            };
            return StatusCode::from_u16(status).unwrap().into_response();
        }
        let page = shared.pages.lock().unwrap().get(&path).cloned();
        let Some(page) = page else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let mut response = Response::builder()
            .status(page.status)
            .header(header::CONTENT_TYPE, page.kind);
        if let Some(location) = page.location {
            response = response.header(header::LOCATION, location);
        }
        response.body(Body::from(page.body)).unwrap()
    }

    fn serve(&self, path: &str, body: &Value) {
        let page = Page {
            status: 200,
            kind: ACTIVITY,
            body: body.to_string(),
            location: None,
        };
        self.shared.pages.lock().unwrap().insert(path.into(), page);
    }

    fn serve_json(&self, path: &str, body: &Value) {
        let page = Page {
            status: 200,
            kind: "application/json",
            body: body.to_string(),
            location: None,
        };
        self.shared.pages.lock().unwrap().insert(path.into(), page);
    }

    fn redirect(&self, path: &str, location: &str) {
        let page = Page {
            status: 302,
            kind: ACTIVITY,
            body: "{}".into(),
            location: Some(location.into()),
        };
        self.shared.pages.lock().unwrap().insert(path.into(), page);
    }

    fn actor_id(&self, name: &str) -> String {
        format!("{}/users/{name}", self.base)
    }

    fn document(&self, name: &str, pem: &str) -> Value {
        let id = self.actor_id(name);
        json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "Person", "preferredUsername": name,
            "inbox": format!("{id}/inbox"), "endpoints": {"sharedInbox": format!("{}/inbox", self.base)},
            "publicKey": {"id": format!("{id}#main-key"), "owner": id, "publicKeyPem": pem},
        })
    }

    /// A person with the first test key.
    fn person(&self, name: &str) -> String {
        self.serve(
            &format!("/users/{name}"),
            &self.document(name, &keys_of::PAIR.1),
        );
        self.actor_id(name)
    }

    fn received(&self, method: &str) -> Vec<Received> {
        self.shared
            .received
            .lock()
            .unwrap()
            .iter()
            .filter(|r| r.method == method)
            .cloned()
            .collect()
    }

    fn gets(&self, path: &str) -> usize {
        self.received("GET")
            .iter()
            .filter(|r| r.path == path)
            .count()
    }
}

fn first_key(key_id: &str) -> SigningKey {
    SigningKey::from_pem(key_id.into(), &keys_of::PAIR.0).unwrap()
}

fn second_key(key_id: &str) -> SigningKey {
    SigningKey::from_pem(key_id.into(), &keys_of::OTHER.0).unwrap()
}

/// A signed POST to an inbox of north.
fn signed(key: &SigningKey, path: &str, body: &[u8]) -> Request {
    let url = Url::parse(&format!("http://north.localhost:7401{path}")).unwrap();
    let now = crate::model::time::Clock::now(&SystemClock);
    let mut request = http::Request::post(path)
        .header("host", "north.localhost:7401")
        .header("content-type", ACTIVITY);
    for (name, value) in sign::headers(key, "POST", &url, path, Some(body), now).unwrap() {
        request = request.header(name, value);
    }
    request.body(Body::from(body.to_vec())).unwrap()
}

/// A signed GET.
fn signed_get(key: &SigningKey, path: &str) -> Request {
    let url = Url::parse(&format!("http://north.localhost:7401{path}")).unwrap();
    let now = crate::model::time::Clock::now(&SystemClock);
    let mut request = http::Request::get(path).header("host", "north.localhost:7401");
    for (name, value) in sign::headers(key, "GET", &url, path, None, now).unwrap() {
        request = request.header(name, value);
    }
    request.body(Body::empty()).unwrap()
}

/// Waits until something holds, for some seconds.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what} did not happen");
}
