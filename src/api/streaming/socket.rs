//! The WebSocket: one connection that carries the streams its client asks for.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::channel::{Asked, Channel};
use super::exchange::{Exchange, Frame, Seat};
use crate::api::error::{ApiError, ApiResult};
use crate::app::App;
use crate::error::Error;
use crate::model::grant::Grant;

/// So often the other side is asked whether it is still there.
const PING: Duration = Duration::from_secs(30);
/// A frame that the other side does not take within this time ends the connection.
const SEND: Duration = Duration::from_secs(30);
/// Longest frame that a client may send, in bytes: it names a stream, nothing more.
const FRAME: usize = 4096;
/// Read ahead and held back for writing for each connection, in bytes. There may be thousands of them.
const BUFFER: usize = 2048;

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct Said {
    #[serde(rename = "type")]
    what: String,
    #[serde(flatten)]
    asked: Asked,
}

/// Turns the request into a connection.
///
/// # Errors
/// `TooMany`.
pub(super) fn accept(
    app: &App,
    exchange: &Arc<Exchange>,
    grant: Arc<Grant>,
    first: Option<Channel>,
    upgrade: WebSocketUpgrade,
    protocol: Option<String>,
) -> ApiResult<Response> {
    let seat = exchange.join(app, &grant, first)?;
    let upgrade = upgrade
        .max_frame_size(FRAME)
        .max_message_size(FRAME)
        .read_buffer_size(BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(1 << 20);
    let upgrade = match protocol {
        Some(protocol) => upgrade.protocols([protocol]),
        None => upgrade,
    };
    Ok(upgrade.on_upgrade(move |socket| serve(socket, seat, grant)))
}

async fn serve(mut socket: WebSocket, mut seat: Seat, grant: Arc<Grant>) {
    let over = seat.over();
    let mut ping = tokio::time::interval(PING);
    ping.reset();
    let mut answered = true;
    loop {
        let message = tokio::select! {
            frame = seat.next() => match frame {
                Some(frame) => Message::text(written(&frame)),
                None => break,
            },
            _ = ping.tick() => {
                if !std::mem::replace(&mut answered, false) {
                    break;
                }
                Message::Ping(bytes::Bytes::new())
            }
            said = socket.recv() => match said {
                Some(Ok(Message::Text(text))) => match hear(&text, &seat, &grant) {
                    Ok(()) => continue,
                    Err(refused) => Message::text(refused),
                },
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {
                    answered = true;
                    continue;
                }
            },
        };
        // Whoever reads nothing must not hold the connection beyond its end.
        let sent = tokio::select! {
            () = over.cancelled() => return,
            sent = tokio::time::timeout(SEND, socket.send(message)) => sent,
        };
        if !matches!(sent, Ok(Ok(()))) {
            return;
        }
    }
    // Whether the other side hears of the end does not matter: it sees the connection close.
    drop(tokio::time::timeout(SEND, socket.send(Message::Close(None))).await);
}

/// Does what a client's frame says; the text to answer where that is not possible.
fn hear(text: &str, seat: &Seat, grant: &Grant) -> Result<(), String> {
    let refuse = |text: &str, status: u16| json!({ "error": text, "status": status }).to_string();
    let said: Said = serde_json::from_str(text)
        .map_err(|_why| refuse("Send a JSON object with type and stream", 400))?;
    let channel = Channel::parse(&said.asked).map_err(|why| match why {
        ApiError::Domain(Error::NotFound) => refuse("Unknown stream type", 400),
        _ => refuse("Missing parameter: a tag or a list", 400),
    })?;
    match said.what.as_str() {
        "subscribe" => {
            channel
                .check(grant)
                .map_err(|_why| refuse("This action is outside the authorized scopes", 403))?;
            if seat.subscribe(channel) {
                Ok(())
            } else {
                Err(refuse("Too many streams on one connection", 429))
            }
        }
        "unsubscribe" => {
            seat.unsubscribe(&channel);
            Ok(())
        }
        _ => Err(refuse("The type is subscribe or unsubscribe", 400)),
    }
}

fn written(frame: &Frame) -> String {
    let mut object = json!({ "stream": &*frame.label, "event": frame.event });
    if let (Some(payload), Some(members)) = (&frame.payload, object.as_object_mut()) {
        members.insert("payload".into(), (**payload).into());
    }
    object.to_string()
}
