//! `/metrics` on an address of its own, so that a proxy for people never passes it on.

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::app::App;
use crate::store::jobs;
use crate::telemetry;

/// Serves the metrics of the process until the node stops.
pub async fn serve_metrics(app: App, listener: TcpListener) {
    let routes = Router::new()
        .route("/metrics", get(metrics))
        .with_state(app.clone());
    let stopping = app.stopping.clone();
    if let Err(error) = axum::serve(listener, routes)
        .with_graceful_shutdown(stopping.cancelled_owned())
        .await
    {
        tracing::error!(%error, "metrics are not served any more");
    }
}

async fn metrics(State(app): State<App>) -> ([(header::HeaderName, &'static str); 1], String) {
    let now = app.db.now();
    match app.db.read(move |conn| jobs::lateness(conn, now)).await {
        Ok(late) => {
            let seconds = u32::try_from(late.num_seconds()).unwrap_or(u32::MAX);
            metrics::gauge!("jobs_late_seconds").set(f64::from(seconds));
        }
        Err(error) => tracing::warn!(%error, "how late jobs are cannot be told"),
    }
    let form = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, form)], telemetry::render_metrics())
}
