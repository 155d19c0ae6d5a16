//! `/metrics` on an address of its own, so that a proxy for people never passes it on.

use axum::Router;
use axum::http::header;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::app::App;
use crate::telemetry;

/// Serves the metrics of the process until the node stops.
pub async fn serve_metrics(app: App, listener: TcpListener) {
    let routes = Router::new().route("/metrics", get(metrics));
    let stopping = app.stopping.clone();
    if let Err(error) = axum::serve(listener, routes)
        .with_graceful_shutdown(stopping.cancelled_owned())
        .await
    {
        tracing::error!(%error, "metrics are not served any more");
    }
}

async fn metrics() -> ([(header::HeaderName, &'static str); 1], String) {
    let form = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, form)], telemetry::render_metrics())
}
