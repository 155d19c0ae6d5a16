//! A push service on loopback, and a phone that reads what it gets: with code of its own, not with ours.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aes_gcm::Aes128Gcm;
use aes_gcm::aead::{Aead, KeyInit};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::{Semaphore, mpsc};

use crate::support::world::World;

/// A message as it came.
#[derive(Debug)]
pub(super) struct Came {
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Came {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .unwrap_or_else(|| panic!("no {name}"))
            .to_str()
            .unwrap()
    }

    /// A parameter of a header such as `salt=…;dh=…`.
    fn part(&self, header: &str, name: &str) -> Vec<u8> {
        let value = self.header(header);
        let found = value
            .split([';', ','])
            .find_map(|part| part.trim().strip_prefix(&format!("{name}=")));
        decode(found.unwrap_or_else(|| panic!("no {name} in {value}")))
    }

    /// The claims of the token by which the node says who it is, once its signature was checked against the key that is
    /// sent along.
    pub(super) fn claims(&self, server_key: &str) -> Value {
        let said = self.header("authorization");
        let (token, key) = match said.strip_prefix("vapid t=") {
            Some(rest) => {
                let (token, key) = rest.split_once(",k=").unwrap();
                (token, decode(key))
            }
            None => (
                said.strip_prefix("WebPush ").unwrap(),
                self.part("crypto-key", "p256ecdsa"),
            ),
        };
        assert_eq!(key, decode(server_key));
        let (signed, signature) = token.rsplit_once('.').unwrap();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &key)
            .verify(signed.as_bytes(), &decode(signature))
            .unwrap();
        let (head, claims) = signed.split_once('.').unwrap();
        let head: Value = serde_json::from_slice(&decode(head)).unwrap();
        assert_eq!(head["alg"], "ES256");
        serde_json::from_slice(&decode(claims)).unwrap()
    }
}

fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

struct Desk {
    came: mpsc::UnboundedSender<Came>,
    answers: Mutex<VecDeque<(u16, Option<&'static str>)>>,
    gate: Semaphore,
}

/// The service. It answers 201, unless told otherwise.
pub(super) struct PushService {
    port: u16,
    desk: Arc<Desk>,
    came: Mutex<mpsc::UnboundedReceiver<Came>>,
}

async fn take(
    State(desk): State<Arc<Desk>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, HeaderMap) {
    let came = Came {
        path: uri.path().to_owned(),
        headers,
        body: body.to_vec(),
    };
    desk.came.send(came).unwrap();
    drop(desk.gate.acquire().await.unwrap());
    let next = desk.answers.lock().unwrap().pop_front();
    let (status, wait) = next.unwrap_or((201, None));
    let mut headers = HeaderMap::new();
    if let Some(wait) = wait {
        headers.insert("retry-after", wait.parse().unwrap());
    }
    (StatusCode::from_u16(status).unwrap(), headers)
}

impl PushService {
    pub(super) fn start(world: &World) -> Self {
        let (send, receive) = mpsc::unbounded_channel();
        let desk = Arc::new(Desk {
            came: send,
            answers: Mutex::default(),
            gate: Semaphore::new(1),
        });
        let router = Router::new()
            .route("/{*path}", post(take))
            .with_state(Arc::clone(&desk));
        let listener = world
            .runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let port = listener.local_addr().unwrap().port();
        world
            .runtime
            .spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            port,
            desk,
            came: Mutex::new(receive),
        }
    }

    /// The address of a path here, under a name of this machine.
    pub(super) fn address(&self, path: &str) -> String {
        format!("http://push.localhost:{}/{path}", self.port)
    }

    pub(super) fn origin(&self) -> String {
        format!("http://push.localhost:{}", self.port)
    }

    /// The next answers.
    pub(super) fn answers(&self, statuses: &[(u16, Option<&'static str>)]) {
        self.desk.answers.lock().unwrap().extend(statuses);
    }

    /// Keeps requests waiting until [`PushService::open`].
    pub(super) fn close(&self) {
        self.desk.gate.forget_permits(1);
    }

    pub(super) fn open(&self) {
        self.desk.gate.add_permits(1);
    }

    /// The next message; waits for it some seconds at most.
    pub(super) fn next(&self, world: &World) -> Came {
        let mut came = self.came.lock().unwrap();
        world
            .runtime
            .block_on(async { tokio::time::timeout(Duration::from_secs(30), came.recv()).await })
            .expect("no message came")
            .unwrap()
    }

    /// Fails if anything came that was not asked for.
    pub(super) fn got_nothing_more(&self) {
        assert!(self.came.lock().unwrap().try_recv().is_err());
    }
}

/// A client with its keys.
pub(super) struct Phone {
    secret: SecretKey,
    auth: [u8; 16],
}

impl Phone {
    pub(super) fn new(seed: u8) -> Self {
        Self {
            secret: SecretKey::from_slice(&[seed; 32]).unwrap(),
            auth: [seed; 16],
        }
    }

    fn point(&self) -> Vec<u8> {
        self.secret
            .public_key()
            .to_encoded_point(false)
            .as_bytes()
            .to_vec()
    }

    /// What it subscribes with, wanting everything.
    pub(super) fn subscription(&self, endpoint: &str, standard: bool) -> Value {
        json!({
            "subscription": {
                "endpoint": endpoint,
                "keys": {
                    "p256dh": URL_SAFE_NO_PAD.encode(self.point()),
                    "auth": URL_SAFE_NO_PAD.encode(self.auth),
                },
                "standard": standard,
            },
            "data": { "alerts": {
                "mention": true, "status": true, "reblog": true, "follow": true, "follow_request": true,
                "favourite": true, "poll": true, "update": true,
            } },
        })
    }

    /// What a message says, in whichever encoding it came.
    pub(super) fn read(&self, came: &Came) -> Value {
        let text = match came.header("content-encoding") {
            "aes128gcm" => self.read_newer(&came.body),
            "aesgcm" => self.read_older(came),
            other => panic!("{other}"),
        };
        serde_json::from_slice(&text).unwrap()
    }

    fn read_newer(&self, body: &[u8]) -> Vec<u8> {
        let auth = web_push_native::Auth::from(self.auth);
        web_push_native::decrypt(body.to_vec(), &self.secret, &auth).unwrap()
    }

    /// draft-ietf-webpush-encryption-04, from the receiver's side.
    fn read_older(&self, came: &Came) -> Vec<u8> {
        let (salt, theirs) = (
            came.part("encryption", "salt"),
            came.part("crypto-key", "dh"),
        );
        let sender = p256::PublicKey::from_sec1_bytes(&theirs).unwrap();
        let shared =
            p256::ecdh::diffie_hellman(self.secret.to_nonzero_scalar(), sender.as_affine());
        let mut first = [0; 32];
        Hkdf::<Sha256>::new(Some(&self.auth), shared.raw_secret_bytes())
            .expand(b"Content-Encoding: auth\0", &mut first)
            .unwrap();
        let mut context = b"P-256\0".to_vec();
        for key in [self.point(), theirs] {
            context.extend([0, 65]);
            context.extend(key);
        }
        let second = Hkdf::<Sha256>::new(Some(&salt), &first);
        let (mut key, mut nonce) = ([0_u8; 16], [0_u8; 12]);
        for (name, out) in [
            (&b"Content-Encoding: aesgcm\0"[..], &mut key[..]),
            (&b"Content-Encoding: nonce\0"[..], &mut nonce[..]),
        ] {
            second.expand(&[name, &context].concat(), out).unwrap();
        }
        let text = Aes128Gcm::new(&key.into())
            .decrypt(&nonce.into(), came.body.as_slice())
            .unwrap();
        let padding = usize::from(u16::from_be_bytes([text[0], text[1]]));
        text[2 + padding..].to_vec()
    }
}
