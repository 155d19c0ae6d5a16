//! Puts the shells together: opens a node, mounts its routes, runs its background work, and stops without losing any.

pub mod layers;
mod listen;
mod metrics;
mod negotiate;
mod probes;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::util::MapRequest;

use crate::api;
use crate::app::{App, SystemClock, relay};
use crate::config::{Config, MediaPlace, ProcessRole};
use crate::error::{Error, Result};
use crate::federation::keys::ensure_instance_actor;
use crate::federation::{self, Federation, deliver};
use crate::hub::Hub;
use crate::jobs::fanout::{Fanout, Publish};
use crate::jobs::runner::{self, Registry};
use crate::jobs::{handlers, push, schedule};
use crate::model::node::Node;
use crate::model::time::Clock;
use crate::store::conn::Target;
use crate::store::db::{Db, Options};
use crate::{oauth, store, web};

pub use metrics::serve_metrics;

/// How long a client may take for the head of a request.
const HEAD: Duration = Duration::from_secs(10);
/// How long a stop waits for requests under way, then for jobs and deliveries (whose own patience ends earlier, so that
/// they can give back what they hold); together less than the 30 seconds that the node has.
const REQUESTS: Duration = Duration::from_secs(14);
const WORK: Duration = Duration::from_secs(12);
/// How long the other processes may take to be told of what was done last.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What actions know of the node.
pub fn facts(config: &Config) -> Node {
    Node {
        base_url: config.base_url(),
        authority: config.authority(),
        unknown_nodes: config.federation.unknown_nodes,
        federates: config.federation.enabled,
        pushes: config.push.enabled,
    }
}

/// What writes deliveries inside the transaction of the change itself.
const PUBLISH: Publish = crate::federation::publish::publish;

/// Opens the database with everything that follows from changes to it. Blocks.
///
/// # Errors
/// `Unavailable` in a sentence that says what is wrong with the database.
pub fn open_database(
    config: &Config,
    hub: &Hub,
    clock: Arc<dyn Clock>,
    runtime: &Handle,
) -> Result<Db> {
    let target = Target::parse(&config.database_url())
        .ok_or_else(|| Error::Unavailable("database.url names no known database".into()))?;
    let options = Options {
        target,
        readers: config.database.readers,
        clock,
        observer: Arc::new(Fanout::new(hub.clone(), PUBLISH)),
        migrate: config.database.auto_migrate,
        node: Arc::new(facts(config)),
    };
    Db::open(options, runtime)
}

/// Opens a node: folders, database, and the state that everything shares.
///
/// # Errors
/// `Unavailable` where the database or a folder cannot be used.
pub async fn open(config: Config) -> Result<App> {
    open_at(config, Arc::new(SystemClock)).await
}

/// The same for several nodes in one process that stop together: when `stopping` is cancelled, by whichever of them.
///
/// # Errors
/// As [`open`].
pub async fn open_beside(config: Config, stopping: CancellationToken) -> Result<App> {
    assemble(config, Arc::new(SystemClock), stopping).await
}

/// The same with another clock.
///
/// # Errors
/// As [`open`].
pub async fn open_at(config: Config, clock: Arc<dyn Clock>) -> Result<App> {
    assemble(config, clock, CancellationToken::new()).await
}

async fn assemble(
    config: Config,
    clock: Arc<dyn Clock>,
    stopping: CancellationToken,
) -> Result<App> {
    let mut folders = vec![config.data_dir.clone()];
    if let MediaPlace::Folder(path) = config.media_place() {
        folders.push(path);
    }
    for folder in folders {
        tokio::fs::create_dir_all(&folder).await.map_err(|error| {
            Error::Unavailable(format!(
                "the folder {} cannot be made: {error}",
                folder.display()
            ))
        })?;
    }
    let (hub, handle) = (Hub::default(), Handle::current());
    let (for_opening, settings) = (hub.clone(), config.clone());
    let db =
        tokio::task::spawn_blocking(move || open_database(&settings, &for_opening, clock, &handle))
            .await
            .map_err(Error::internal)??;
    App::new(db, Arc::new(config), hub, stopping)
}

/// All routes of a node.
pub fn router(fed: &Federation) -> Router {
    let app = &fed.app;
    let routes = Router::new()
        .merge(api::routes(app))
        .merge(api::guarded(app, oauth::routes()).layer(api::cors()))
        .merge(web::routes())
        .merge(probes::routes())
        .with_state(app.clone())
        .merge(
            federation::routes()
                .with_state(fed.clone())
                .layer(from_fn_with_state(app.clone(), layers::inbox_budget))
                .layer(api::cors()),
        )
        .merge(
            negotiate::routes()
                .with_state(fed.clone())
                .layer(api::cors()),
        )
        .fallback_service(
            Router::new()
                .fallback(web::not_found)
                .with_state(app.clone()),
        );
    let whole = MapRequest::new(layers::around(routes, app), without_slash);
    Router::new().fallback_service(whole)
}

/// Clients' libraries write `/api/v1/instance/` and mean the same. Elsewhere a path stays as it was signed.
fn without_slash(mut request: Request) -> Request {
    let uri = request.uri();
    let path = uri.path();
    let trimmed = path.trim_end_matches('/');
    if trimmed.len() < path.len() && (path.starts_with("/api/") || path.starts_with("/oauth/")) {
        let target = uri
            .query()
            .map_or_else(|| trimmed.to_owned(), |query| format!("{trimmed}?{query}"));
        if let Ok(target) = target.parse() {
            *request.uri_mut() = target;
        }
    }
    request
}

/// The federation of a node, with the answers to handles and addresses installed.
///
/// # Errors
/// `Internal` where the client cannot be set up.
pub async fn federate(app: &App) -> Result<Federation> {
    let fed = Federation::new(app.clone()).await?;
    app.install_resolver(Arc::new(fed.clone()));
    ensure_instance_actor(app).await?;
    Ok(fed)
}

/// Jobs, deliveries and what happens by the clock.
async fn work(fed: &Federation) -> Result<()> {
    let app = &fed.app;
    if app.db.is_sqlite() {
        // One process works on a file: whatever a job was claimed by is dead.
        app.db
            .write(|tx| {
                store::pushes::release_all(tx)?;
                store::jobs::release_all(tx).map(drop)
            })
            .await?;
    }
    let registry = handlers::of_node(Registry::default(), app);
    let registry = handlers::of_federation(registry, fed);
    app.spawn(runner::run(app.clone(), registry));
    app.spawn(schedule::run(app.clone()));
    app.spawn(schedule::clear(app.clone()));
    if app.config.federation.enabled {
        app.spawn(deliver::run(fed.clone()));
    }
    if app.config.push.enabled {
        app.spawn(push::run(fed.clone()));
    }
    Ok(())
}

/// Says at the start, in one line, where the bucket does not do what it should. The node works all the same: whoever
/// needs a file hears that it cannot be had at the moment.
fn look_at_media(app: &App) {
    if app.media.path().is_some() {
        return;
    }
    let store = app.media.clone();
    app.spawn(async move {
        match store.check().await {
            Ok(place) => tracing::info!(place, "the store of media answers"),
            Err(error) => tracing::warn!(
                %error,
                "the store of media cannot be used: uploads and files answer 503 until it can; see `cordee doctor`"
            ),
        }
    });
}

/// Serves until the node is asked to stop, then lets what is under way finish.
///
/// # Errors
/// `Internal` where the listener fails.
pub async fn run(app: App, listener: TcpListener) -> Result<()> {
    let fed = federate(&app).await?;
    look_at_media(&app);
    let relay = Relay::start(&app);
    if app.config.server.role != ProcessRole::Web {
        work(&fed).await?;
    }
    let stopping = app.stopping.clone();
    tokio::select! {
        () = listen::serve(listener, router(&fed), HEAD, stopping) => {}
        () = overdue(&app) => {}
    }
    drain(&app).await;
    relay.stop().await;
    Ok(())
}

/// Works without a listener until the node is asked to stop: a process of role `worker`.
///
/// # Errors
/// `Internal` where the work cannot go on.
pub async fn run_worker(app: App) -> Result<()> {
    let fed = federate(&app).await?;
    look_at_media(&app);
    let relay = Relay::start(&app);
    work(&fed).await?;
    app.stopping.cancelled().await;
    drain(&app).await;
    relay.stop().await;
    Ok(())
}

/// The task that tells other processes what this one does. It outlives everything that writes.
struct Relay {
    task: TaskTracker,
    end: CancellationToken,
}

impl Relay {
    fn start(app: &App) -> Self {
        let end = CancellationToken::new();
        let task = TaskTracker::new();
        task.spawn(relay::run(app.clone(), end.clone()));
        Self { task, end }
    }

    async fn stop(self) {
        self.end.cancel();
        self.task.close();
        let told = tokio::time::timeout(LAST_WORDS, self.task.wait());
        if told.await.is_err() {
            tracing::warn!("other processes could not be told of the last changes of this one");
        }
    }
}

/// Lets background work finish what it has begun.
async fn drain(app: &App) {
    app.stopping.cancel();
    app.tasks.close();
    if tokio::time::timeout(WORK, app.tasks.wait()).await.is_err() {
        tracing::warn!(
            "some background work did not finish in time; it is taken up at the next start"
        );
    }
}

/// Ends some time after the stop began: a client that never ends its request does not hold the node up.
async fn overdue(app: &App) {
    app.stopping.cancelled().await;
    tokio::time::sleep(REQUESTS).await;
}

/// Asks the node to stop when the process is told to (SIGTERM, SIGINT).
///
/// # Errors
/// `Internal` where signals cannot be listened to.
pub fn stop_on_signals(app: &App) -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut term, mut int) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let stopping = app.stopping.clone();
    app.spawn(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
            () = stopping.cancelled() => {}
        }
        stopping.cancel();
    });
    Ok(())
}
