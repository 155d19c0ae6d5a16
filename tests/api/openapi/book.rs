//! The description as a test reads it: calls operations by their path, and holds each answer to what it says.

use std::cell::RefCell;
use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use boon::{Compiler, Draft, SchemaIndex, Schemas};
use serde_json::{Value, json};

use crate::support::client::{Client, Said};

/// Where it is served, and what its paths begin with.
pub(super) const BASE: &str = "/api/cordee/v1";
/// The name of the description for the validator, which never looks it up.
const NAME: &str = "http://localhost/openapi.json";
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

pub(super) struct Book {
    pub(super) document: Value,
    schemas: RefCell<(Compiler, Schemas)>,
    /// Operation and status of every answer that came.
    seen: RefCell<BTreeSet<(String, String)>>,
}

/// One operation.
#[derive(Clone, Copy)]
pub(super) struct Operation<'b> {
    pub(super) method: &'b str,
    pub(super) path: &'b str,
    pub(super) says: &'b Value,
}

impl Operation<'_> {
    pub(super) fn id(&self) -> &str {
        self.says["operationId"].as_str().unwrap()
    }

    pub(super) fn call(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    pub(super) fn names(&self, status: &str) -> bool {
        self.says["responses"].get(status).is_some()
    }

    /// The address, its open parts filled in order; what is left open afterwards names nothing.
    fn address(&self, ids: &[&str]) -> String {
        let mut ids = ids.iter();
        let parts = self.path.split('/').map(|part| {
            if part.starts_with('{') {
                ids.next().copied().unwrap_or("1")
            } else {
                part
            }
        });
        format!("{BASE}{}", parts.collect::<Vec<_>>().join("/"))
    }
}

/// Lets no object of the description have members that it does not name: so that it names all that come.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.contains_key("properties") && !object.contains_key("additionalProperties") {
                object.insert("additionalProperties".into(), json!(false));
            }
            object.values_mut().for_each(close);
        }
        Value::Array(all) => all.iter_mut().for_each(close),
        _ => {}
    }
}

impl Book {
    /// The description that a node serves.
    pub(super) fn read(client: &Client<'_>) -> Self {
        let document = client.get(&format!("{BASE}/openapi.json")).expect(200);
        let mut closed = document.clone();
        close(&mut closed["components"]["schemas"]);
        let mut own = serde_json::Map::new();
        for operation in operations(&document) {
            let body = &operation.says["requestBody"]["content"]["application/json"]["schema"];
            if !body.is_null() {
                own.insert(format!("{}.takes", operation.id()), body.clone());
            }
            let answers = operation.says["responses"].as_object().unwrap();
            for (status, answer) in answers {
                let answer = resolved(&document, answer);
                let schema = answer["content"]["application/json"]["schema"].clone();
                assert!(schema.is_object(), "{} {status}", operation.id());
                own.insert(format!("{}.{status}", operation.id()), schema);
            }
        }
        let schemas = closed["components"]["schemas"].as_object_mut().unwrap();
        schemas.extend(own);
        let mut compiler = Compiler::new();
        compiler.set_default_draft(Draft::V2020_12);
        compiler.enable_format_assertions();
        compiler.add_resource(NAME, closed).unwrap();
        Self {
            document,
            schemas: RefCell::new((compiler, Schemas::new())),
            seen: RefCell::default(),
        }
    }

    pub(super) fn operations(&self) -> Vec<Operation<'_>> {
        operations(&self.document)
    }

    /// The operation of `POST /communities/{id}/join`.
    pub(super) fn operation(&self, call: &str) -> Operation<'_> {
        let all = self.operations();
        let found = all.into_iter().find(|one| one.call() == call);
        found.unwrap_or_else(|| panic!("{call} is not described"))
    }

    fn valid(&self, name: &str, value: &Value) {
        let (compiler, schemas) = &mut *self.schemas.borrow_mut();
        let at = format!("{NAME}#/components/schemas/{name}");
        let index: SchemaIndex = compiler
            .compile(&at, schemas)
            .unwrap_or_else(|error| panic!("{name}: {error:#}"));
        if let Err(error) = schemas.validate(value, index) {
            panic!("{name}: {error:#}\n{value:#}");
        }
    }

    /// Every schema can be read.
    pub(super) fn compile_all(&self) {
        let names = self.document["components"]["schemas"].as_object().unwrap();
        let (compiler, schemas) = &mut *self.schemas.borrow_mut();
        for name in names.keys() {
            let at = format!("{NAME}#/components/schemas/{name}");
            compiler
                .compile(&at, schemas)
                .unwrap_or_else(|error| panic!("{name}: {error:#}"));
        }
    }

    /// Sends a request of an operation and holds the answer to what is said of its status.
    pub(super) fn send(
        &self,
        client: &Client<'_>,
        operation: Operation<'_>,
        ids: &[&str],
        query: &str,
        body: Option<Vec<u8>>,
    ) -> Said {
        let request = Request::builder()
            .method(operation.method.to_uppercase().as_str())
            .uri(operation.address(ids) + query)
            .header("content-type", "application/json")
            .body(body.map_or_else(Body::empty, Body::from));
        let said = client.send(request.unwrap());
        let (status, what) = (said.status.as_str(), operation.call());
        let answers = &operation.says["responses"];
        let answer = resolved(&self.document, &answers[status]);
        assert!(answer.is_object(), "{what}: {status} is not described");
        let kind = said.headers["content-type"].to_str().unwrap();
        assert!(kind.starts_with("application/json"), "{what}: {kind}");
        for (name, header) in answer["headers"].as_object().into_iter().flatten() {
            let needed = header["required"] == json!(true);
            assert!(!needed || said.headers.contains_key(name), "{what}: {name}");
        }
        self.valid(&format!("{}.{status}", operation.id()), &said.json());
        let came = (operation.id().to_owned(), status.to_owned());
        self.seen.borrow_mut().insert(came);
        said
    }

    /// A call that must have this answer. What succeeds must have been sent as it is described.
    pub(super) fn call(
        &self,
        client: &Client<'_>,
        call: &str,
        ids: &[&str],
        body: &Value,
        wanted: u16,
    ) -> Value {
        let (call, query) = match call.split_once('?') {
            Some((call, query)) => (call, format!("?{query}")),
            None => (call, String::new()),
        };
        let operation = self.operation(call);
        let takes = operation.says.get("requestBody").is_some();
        if takes && wanted == 200 {
            self.valid(&format!("{}.takes", operation.id()), body);
        }
        let sent = takes.then(|| body.to_string().into_bytes());
        self.send(client, operation, ids, &query, sent)
            .expect(wanted)
    }

    /// Every answer that the description names has come; of failures of the node itself nothing is asked.
    pub(super) fn is_told_whole(&self) {
        let seen = self.seen.borrow();
        let mut missing = Vec::new();
        for operation in self.operations() {
            let named = operation.says["responses"].as_object().unwrap().keys();
            for status in named.filter(|status| *status != "default") {
                if !seen.contains(&(operation.id().to_owned(), status.clone())) {
                    missing.push(format!("{}: {status}", operation.call()));
                }
            }
        }
        assert!(
            missing.is_empty(),
            "never came:\n  {}",
            missing.join("\n  ")
        );
    }
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, says) in item.as_object().unwrap() {
            assert!(METHODS.contains(&method.as_str()), "{path}: {method}");
            all.push(Operation { method, path, says });
        }
    }
    all
}

/// What a reference of the description stands for.
pub(super) fn resolved<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(name) => document
            .pointer(name.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{name} is not there")),
        None => value,
    }
}
