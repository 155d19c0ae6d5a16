//! A person with a client: requests that go through the node's whole router, in this process.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use cordee::actions::authorize_app::{NewApp, issue_token, register_app};
use cordee::model::ids::AccountId;
use cordee::model::scopes::Scopes;
use cordee::secrets::{hash_token, random_token};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::world::World;

/// An answer.
pub(crate) struct Said {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Said {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("{}: {}", self.status, String::from_utf8_lossy(&self.bytes)))
    }

    /// The JSON of an answer that must have this status.
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(
            self.status.as_u16(),
            status,
            "{}",
            String::from_utf8_lossy(&self.bytes)
        );
        self.json()
    }

    /// The `Link` header's address for a relation, without host.
    pub(crate) fn link(&self, relation: &str) -> Option<String> {
        let header = self.headers.get("link")?.to_str().unwrap();
        let entry = header
            .split(", ")
            .find(|entry| entry.ends_with(&format!("rel=\"{relation}\"")))?;
        let url = entry.split(['<', '>']).nth(1).unwrap();
        Some(
            url.strip_prefix("http://localhost:7400")
                .unwrap()
                .to_owned(),
        )
    }
}

/// Somebody (or nobody) with a client.
pub(crate) struct Client<'w> {
    world: &'w World,
    pub(crate) token: Option<String>,
}

impl World {
    /// A client without token.
    pub(crate) fn visitor(&self) -> Client<'_> {
        Client {
            world: self,
            token: None,
        }
    }

    /// A client of a person, with these scopes.
    pub(crate) fn client_with(&self, account: AccountId, scopes: &str) -> Client<'_> {
        let (token, scopes) = (random_token(), Scopes::parse(scopes).unwrap());
        let hash = hash_token(&token);
        let new = NewApp {
            name: "Test".into(),
            website: None,
            redirect_uris: vec!["urn:ietf:wg:oauth:2.0:oob".into()],
            scopes: scopes.clone(),
            client_id: random_token(),
            secret_hash: String::new(),
        };
        self.write(move |tx| {
            let app = register_app(tx, new)?;
            issue_token(tx, app.id, Some(account), &scopes, &hash, None)
        })
        .unwrap();
        Client {
            world: self,
            token: Some(token),
        }
    }

    /// A client of a person with the usual scopes.
    pub(crate) fn client(&self, account: AccountId) -> Client<'_> {
        self.client_with(account, "read write follow push")
    }
}

impl Client<'_> {
    /// One request through the whole router.
    pub(crate) fn send(&self, mut request: Request<Body>) -> Said {
        let router = self.world.router();
        if let Some(token) = &self.token {
            let value = format!("Bearer {token}").parse().unwrap();
            request.headers_mut().insert("authorization", value);
        }
        self.world.runtime.block_on(async {
            let answer = router.oneshot(request).await.unwrap();
            let (parts, body) = answer.into_parts();
            Said {
                status: parts.status,
                headers: parts.headers,
                bytes: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
            }
        })
    }

    fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Said {
        let request = Request::builder().method(method).uri(path);
        let request = match body {
            Some(body) => request
                .header("content-type", "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.send(request.unwrap())
    }

    pub(crate) fn get(&self, path: &str) -> Said {
        self.call(Method::GET, path, None)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Said {
        self.call(Method::POST, path, Some(body))
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Said {
        self.call(Method::PUT, path, Some(body))
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Said {
        self.call(Method::PATCH, path, Some(body))
    }

    pub(crate) fn delete(&self, path: &str) -> Said {
        self.call(Method::DELETE, path, None)
    }

    /// Publishes a text; the status.
    pub(crate) fn publish(&self, text: &str) -> Value {
        self.publish_with(&json!({ "status": text }))
    }

    /// Publishes with more than a text; the status.
    pub(crate) fn publish_with(&self, body: &Value) -> Value {
        self.post("/api/v1/statuses", body).expect(200)
    }

    /// Uploads a file as a form.
    pub(crate) fn upload(&self, path: &str, name: &str, bytes: &[u8]) -> Said {
        self.upload_to(Method::POST, path, "file", name, bytes)
    }

    /// The same by another method and for another field.
    pub(crate) fn upload_as(&self, method: Method, path: &str, field: &str, bytes: &[u8]) -> Said {
        self.upload_to(method, path, field, "x.png", bytes)
    }

    fn upload_to(&self, method: Method, path: &str, field: &str, name: &str, bytes: &[u8]) -> Said {
        let mut body = format!(
            "--X\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             Content-Type: image/png\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--X--\r\n");
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "multipart/form-data; boundary=X")
            .body(Body::from(body));
        self.send(request.unwrap())
    }
}
