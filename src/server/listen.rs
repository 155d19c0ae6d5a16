//! Accepts connections and answers them, with the bounds that keep slow and greedy clients from holding the node up:
//! time for the head of a request, size of the head, streams of one connection (`security.md` RES-03).

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::{Extension, Router};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::{Layer, ServiceExt};

/// Largest head of a request, in bytes.
const HEAD_BYTES: usize = 64 << 10;
/// Streams of one HTTP/2 connection.
const STREAMS: u32 = 100;
/// Pause after the system refused a connection (for want of file descriptors, say).
const BREATH: Duration = Duration::from_millis(200);

/// Serves until `stopping`, then lets requests under way finish. `head` is how long a client may take for the head of a
/// request, the first one and every other.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    head: Duration,
    stopping: CancellationToken,
) {
    let (server, open) = (Arc::new(server(head)), TaskTracker::new());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopping.cancelled() => break,
        };
        match accepted {
            Ok((stream, address)) => {
                let (server, router) = (Arc::clone(&server), router.clone());
                let stopping = stopping.clone();
                open.spawn(async move {
                    converse(&server, stream, address, router, head, &stopping).await;
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
    drop(listener);
    open.close();
    open.wait().await;
}

fn server(head: Duration) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_buf_size(HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .enable_connect_protocol()
        .max_header_list_size(u32::try_from(HEAD_BYTES).unwrap_or(u32::MAX))
        .max_concurrent_streams(STREAMS)
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(20));
    builder
}

/// One connection, until its client or the node ends it.
async fn converse(
    server: &auto::Builder<TokioExecutor>,
    stream: TcpStream,
    address: SocketAddr,
    router: Router,
    head: Duration,
    stopping: &CancellationToken,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::trace!(%error, "a connection ended before it began");
        return;
    }
    // Before the first request the protocol itself is guessed, without a time limit: that is ours to set.
    let asked = Arc::new(AtomicBool::new(false));
    let begun = Arc::clone(&asked);
    let service =
        Extension(ConnectInfo(address))
            .layer(router)
            .map_request(move |request: Request<_>| {
                begun.store(true, Ordering::Relaxed);
                request
            });
    let connection = server
        .serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut connection = pin!(connection);
    let mut first = pin!(tokio::time::sleep(head));
    let (mut waiting, mut leaving) = (true, false);
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::trace!(%error, "a connection broke");
                }
                return;
            }
            () = &mut first, if waiting => {
                if !asked.load(Ordering::Relaxed) {
                    return;
                }
                waiting = false;
            }
            () = stopping.cancelled(), if !leaving => {
                leaving = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const HEAD: Duration = Duration::from_millis(300);

    async fn started() -> (SocketAddr, CancellationToken, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stopping = CancellationToken::new();
        let router = Router::new().route(
            "/",
            get(|ConnectInfo(from): ConnectInfo<SocketAddr>| async move { from.ip().to_string() }),
        );
        let task = TaskTracker::new().spawn(serve(listener, router, HEAD, stopping.clone()));
        (address, stopping, task)
    }

    /// Sends a text and reads until the node ends the connection.
    async fn say(address: SocketAddr, text: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        let ended = tokio::time::timeout(Duration::from_secs(20), read).await;
        // A reset is an end as well.
        drop(ended.expect("the node ends the connection"));
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[tokio::test]
    async fn whoever_is_slow_with_the_head_is_let_go_and_others_are_answered() {
        let (address, stopping, task) = started().await;
        let whole = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        for slow in ["", "P", "PRI * HT", "GET / HTTP/1.1\r\nHost: x\r\n"] {
            let said = say(address, slow);
            let other = say(address, whole);
            let (said, other) = tokio::join!(said, other);
            assert!(!said.contains("200"), "{slow:?}: {said}");
            assert!(
                other.starts_with("HTTP/1.1 200") && other.ends_with("127.0.0.1"),
                "{other}"
            );
        }
        let kept = say(address, "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /").await;
        assert_eq!(kept.matches("HTTP/1.1").count(), 1, "{kept}");
        stopping.cancel();
        task.await.unwrap();
    }

    #[tokio::test]
    async fn a_head_without_end_is_refused() {
        let (address, _stopping, _task) = started().await;
        let greedy = format!(
            "GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n",
            "x".repeat(HEAD_BYTES)
        );
        let said = say(address, &greedy).await;
        assert!(!said.contains(" 200"), "{said}");
    }
}
