//! Server-Sent Events: one stream a connection.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};

use super::channel::Channel;
use super::exchange::Exchange;
use crate::api::error::ApiResult;
use crate::app::App;
use crate::model::grant::Grant;

/// Proxies close what is silent for longer.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Answers with the stream.
///
/// # Errors
/// `TooMany`.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the connection owns its token"
)]
pub(super) fn answer(
    app: &App,
    exchange: &Arc<Exchange>,
    grant: Arc<Grant>,
    channel: Channel,
) -> ApiResult<Response> {
    let seat = exchange.join(app, &grant, Some(channel))?;
    let begun = futures::stream::once(async { Ok(Event::default().comment(")")) });
    let lines = futures::stream::unfold(seat, |mut seat| async move {
        let frame = seat.next().await?;
        let payload = frame.payload.as_deref().unwrap_or("undefined");
        let event = Event::default().event(frame.event).data(payload);
        Some((Ok::<_, Infallible>(event), seat))
    });
    let stream = futures::StreamExt::chain(begun, lines);
    let keep = KeepAlive::new().interval(HEARTBEAT).text("thump");
    let mut answer = Sse::new(stream).keep_alive(keep).into_response();
    // Proxies would hold lines back until their buffer is full.
    answer.headers_mut().insert(
        "x-accel-buffering",
        axum::http::HeaderValue::from_static("no"),
    );
    Ok(answer)
}
