//! `cordee serve`: one node, until it is told to stop.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{Failure, Outcome, node, output};
use crate::actions::invite::invite_first_admin;
use crate::app::App;
use crate::config::{Config, ProcessRole};
use crate::secrets::{hash_token, random_token};
use crate::{server, telemetry};

/// How long a node may take until it answers its own first request.
const FIRST_ANSWER: Duration = Duration::from_secs(20);
/// How long threads that still do something are waited for at the very end.
const THREADS: Duration = Duration::from_secs(1);

pub(super) fn run(file: Option<&Path>) -> Outcome {
    let config = node::settings(file)?;
    telemetry::init_logs("info");
    telemetry::init_metrics()?;
    node::make_data_dir(&config)?;
    let runtime = node::runtime()?;
    let done = runtime.block_on(serve(config));
    runtime.shutdown_timeout(THREADS);
    done
}

async fn serve(config: Config) -> Outcome {
    let worker = config.server.role == ProcessRole::Worker;
    let listener = if worker {
        None
    } else {
        Some(listen(config.server.listen, "server.listen").await?)
    };
    let metrics = match config.metrics.listen.parse() {
        Ok(address) => Some(listen(address, "metrics.listen").await?),
        // Empty is off; anything else was refused with the settings.
        Err(_) => None,
    };
    let app = server::open(config).await?;
    server::stop_on_signals(&app)?;
    if let Some(listener) = metrics {
        app.spawn(server::serve_metrics(app.clone(), listener));
    }
    let Some(listener) = listener else {
        output::line("ready worker");
        return Ok(server::run_worker(app).await?);
    };
    let address = listener.local_addr()?;
    let serving = server::run(app.clone(), listener);
    tokio::pin!(serving);
    tokio::select! {
        ended = &mut serving => return Ok(ended?),
        announced = announce(&app, address) => {
            if let Err(failure) = announced {
                app.stopping.cancel();
                serving.await?;
                return Err(failure);
            }
        }
    }
    Ok(serving.await?)
}

/// Binds an address, or says what stands in the way.
pub(super) async fn listen(address: SocketAddr, setting: &str) -> Outcome<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let what = match error.kind() {
            std::io::ErrorKind::AddrInUse => "another program listens there already".to_owned(),
            std::io::ErrorKind::PermissionDenied => "this user may not use that port".to_owned(),
            std::io::ErrorKind::AddrNotAvailable => "this machine has no such address".to_owned(),
            _ => error.to_string(),
        };
        Failure::failed(format!(
            "cannot listen on {address} ({what}): stop it or set another address in {setting}"
        ))
    })
}

/// Says where the node is once it answers, and how the first admin comes in where there is none.
async fn announce(app: &App, address: SocketAddr) -> Outcome {
    answers(address).await?;
    let base = app.config.base_url();
    if let Some(code) = first_admin(app).await? {
        output::line(&format!(
            "first admin: open {base}/invite/{code} to make the account (the link works once)"
        ));
    }
    output::line(&format!("ready {base}"));
    Ok(())
}

/// A one-time link for the first admin; `None` where there is an admin. Only its hash is kept, so every start without
/// admin makes a new one and the older ones stop working.
async fn first_admin(app: &App) -> Outcome<Option<String>> {
    let code = random_token();
    let hash = hash_token(&code);
    let made = app
        .db
        .write(move |tx| invite_first_admin(tx, &hash))
        .await?;
    Ok(made.then_some(code))
}

/// Waits until the node answers a request.
pub(super) async fn answers(address: SocketAddr) -> Outcome {
    let host = if address.ip().is_unspecified() {
        SocketAddr::from(([127, 0, 0, 1], address.port()))
    } else {
        address
    };
    let ask = async {
        let mut stream = TcpStream::connect(host).await?;
        let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    match tokio::time::timeout(FIRST_ANSWER, ask).await {
        Ok(Ok(answer)) if answer.starts_with(b"HTTP/1.1 200") => Ok(()),
        Ok(Ok(_)) => Err(Failure::failed(format!(
            "the node at {address} does not answer as one: look at the log"
        ))),
        Ok(Err(error)) => Err(Failure::failed(format!(
            "the node at {address} does not answer ({error})"
        ))),
        Err(_) => Err(Failure::failed(format!(
            "the node at {address} did not answer within {} s",
            FIRST_ANSWER.as_secs()
        ))),
    }
}
