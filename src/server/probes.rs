//! What tells an operator whether the node lives and can serve.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use crate::app::App;
use crate::store::{jobs, migrate};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/healthz", get(lives))
        .route("/readyz", get(ready))
        .route("/health", get(|| async { Json(json!({ "status": "OK" })) }))
}

async fn lives() -> &'static str {
    "OK"
}

/// Database, migrations, the door for writing and the queue: 503 with reasons where one of them is not usable. That jobs wait
/// for long is no reason to send people away: it is told by `/metrics` and `cordee doctor`.
async fn ready(State(app): State<App>) -> impl IntoResponse {
    let mut reasons = Vec::new();
    match app.db.read(migrate::pending).await {
        Ok(0) => {}
        Ok(n) => reasons.push(format!(
            "{n} migrations are outstanding: run `cordee migrate`"
        )),
        Err(error) => reasons.push(format!("the database does not answer: {error}")),
    }
    if let Err(error) = app.db.write(|_| Ok(())).await {
        reasons.push(format!("the database cannot be written: {error}"));
    }
    if let Err(error) = app.db.read(jobs::next_due).await {
        reasons.push(format!("the queue cannot be read: {error}"));
    }
    if app.stopping.is_cancelled() {
        reasons.push("the node is stopping".to_owned());
    }
    let status = if reasons.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        status,
        Json(json!({ "ready": reasons.is_empty(), "reasons": reasons })),
    )
}
