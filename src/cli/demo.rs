//! `cordee demo`: three federated nodes on loopback, in one process, with the sample world.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::{Failure, Outcome, node, output, serve, token};
use crate::app::App;
use crate::config::Config;
use crate::dev::demo::{World, email, password};
use crate::dev::world::{COMMUNITIES, NODES, NodePlan, Person};
use crate::model::scopes::Scopes;
use crate::model::words::Role;
use crate::secrets::{hash_token, random_token};
use crate::store::oauth;
use crate::{server, telemetry};

/// Holds the first port: ids of everything in the folder hold it too.
const PORT_FILE: &str = "base-port";
/// There once the whole world was made.
const WHOLE_FILE: &str = "whole";
/// What scripts read.
const DESCRIPTION: &str = "demo.json";
/// How long threads that still do something are waited for at the very end.
const THREADS: Duration = Duration::from_secs(1);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder of the three nodes' data.
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    dir: PathBuf,
    /// Port of north; south and partner take the next two.
    #[arg(long, value_name = "PORT", default_value_t = 7401, value_parser = clap::value_parser!(u16).range(1..=65533))]
    base_port: u16,
    /// Wipe the folder and begin anew.
    #[arg(long)]
    fresh: bool,
}

pub(super) fn run(args: &Args) -> Outcome {
    telemetry::init_logs("warn");
    telemetry::init_metrics()?;
    let runtime = node::runtime()?;
    let done = runtime.block_on(demo(args));
    runtime.shutdown_timeout(THREADS);
    done
}

async fn demo(args: &Args) -> Outcome {
    check_folder(args)?;
    // The ports first: nothing is wiped or made where another demo runs already.
    let mut listeners = Vec::new();
    for (number, plan) in (0..).zip(NODES) {
        let address = SocketAddr::from(([127, 0, 0, 1], args.base_port + number));
        listeners.push(listen(address, plan).await?);
    }
    prepare_folder(args)?;
    let stop = CancellationToken::new();
    let mut apps = Vec::new();
    for (number, plan) in (0..).zip(NODES) {
        let config = config(args, plan, args.base_port + number);
        apps.push(server::open_beside(config, stop.clone()).await?);
    }
    stop_on_signals(&stop)?;
    let nodes = apps
        .iter()
        .zip(listeners)
        .map(|(app, listener)| server::run(app.clone(), listener));
    let serving = join_all(nodes);
    tokio::pin!(serving);
    tokio::select! {
        ended = &mut serving => return first_failure(ended),
        ready = make_ready(args, &apps) => {
            if let Err(failure) = ready {
                let asked_to = stop.is_cancelled();
                stop.cancel();
                let ended = serving.await;
                return if asked_to { first_failure(ended) } else { Err(failure) };
            }
        }
    }
    first_failure(serving.await)
}

fn first_failure(ended: Vec<Result<(), crate::error::Error>>) -> Outcome {
    Ok(ended.into_iter().collect::<Result<(), _>>()?)
}

async fn listen(address: SocketAddr, plan: &NodePlan) -> Outcome<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::failed(format!(
            "cannot listen on {address} for {} ({error}): stop what uses the port, or choose others with --base-port (and \
             another --dir, because ids hold the port)",
            plan.name
        ))
    })
}

/// The port that the data in a folder were made with.
fn known_port(dir: &Path) -> Option<u16> {
    std::fs::read_to_string(dir.join(PORT_FILE))
        .ok()?
        .trim()
        .parse()
        .ok()
}

/// Refuses a folder that is not a demo's, and one whose ids hold another port.
fn check_folder(args: &Args) -> Outcome {
    let place = args.dir.display();
    let known = known_port(&args.dir);
    let empty = std::fs::read_dir(&args.dir).map_or(true, |mut entries| entries.next().is_none());
    if known.is_none() && !empty {
        return Err(Failure::failed(format!(
            "{place} is not empty and was not made by `cordee demo`: name another folder with --dir"
        )));
    }
    match known.filter(|port| *port != args.base_port && !args.fresh) {
        Some(port) => Err(Failure::usage(format!(
            "{place} was made with --base-port {port} and its ids hold that port: start with it, or with --fresh to wipe the \
             folder"
        ))),
        None => Ok(()),
    }
}

/// Wipes what is to be wiped, and what a first start left half made.
fn prepare_folder(args: &Args) -> Outcome {
    let failed = |error: std::io::Error| {
        Failure::failed(format!(
            "{} cannot be used ({error}): name another --dir",
            args.dir.display()
        ))
    };
    if args.dir.exists() && (args.fresh || !args.dir.join(WHOLE_FILE).exists()) {
        std::fs::remove_dir_all(&args.dir).map_err(failed)?;
    }
    std::fs::create_dir_all(&args.dir).map_err(failed)?;
    std::fs::write(args.dir.join(PORT_FILE), format!("{}\n", args.base_port)).map_err(failed)
}

fn config(args: &Args, plan: &NodePlan, port: u16) -> Config {
    let mut config = Config {
        data_dir: args.dir.join(plan.name),
        ..Config::default()
    };
    config.server.listen = SocketAddr::from(([127, 0, 0, 1], port));
    // Built from constants and a number; the default stays where that could not be read.
    if let Ok(url) = url::Url::parse(&format!("http://{}.localhost:{port}", plan.name)) {
        config.server.public_url = url;
    }
    plan.title.clone_into(&mut config.node.name);
    plan.firm.clone_into(&mut config.node.firm);
    config.federation.development = true;
    config.limits.report_only = true;
    config
}

/// One signal stops all three.
fn stop_on_signals(stop: &CancellationToken) -> Outcome {
    let (mut term, mut int) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let stop = stop.clone();
    #[expect(
        clippy::disallowed_methods,
        reason = "it ends with the nodes, none of which it belongs to"
    )]
    drop(tokio::spawn(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
        stop.cancel();
    }));
    Ok(())
}

/// Makes the world if it is not there, describes it and says that it is ready.
async fn make_ready(args: &Args, apps: &[App]) -> Outcome {
    for app in apps {
        serve::answers(app.config.server.listen).await?;
    }
    let description = args.dir.join(DESCRIPTION);
    let before = std::fs::read_to_string(&description)
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok());
    if description.exists() {
        // Scripts wait for it: it is there only while it is true.
        std::fs::remove_file(&description)?;
    }
    if !args.dir.join(WHOLE_FILE).exists() {
        output::line(
            "Making three nodes, ten people, three communities and their posts. This takes some seconds.",
        );
        World::on(apps).create().await?;
        std::fs::write(args.dir.join(WHOLE_FILE), "")?;
    }
    let described = describe(apps, &before.unwrap_or(Value::Null)).await?;
    let unfinished = args.dir.join("demo.json.new");
    std::fs::write(&unfinished, format!("{described:#}\n"))?;
    std::fs::rename(&unfinished, &description)?;
    explain(apps, &description);
    output::line("ready");
    Ok(())
}

/// What scripts read: nodes, people with their tokens, communities.
async fn describe(apps: &[App], before: &Value) -> Outcome<Value> {
    let mut nodes = Vec::new();
    for (app, plan) in apps.iter().zip(NODES) {
        let mut users = Vec::new();
        for person in plan.people {
            users.push(json!({
                "username": person.name, "email": email(person, plan), "password": password(person.name),
                "role": person.role.as_str(), "token": token_of(app, person, before).await?,
            }));
        }
        nodes.push(json!({ "name": plan.name, "url": app.config.base_url(), "firm": plan.firm, "users": users }));
    }
    let communities = COMMUNITIES.iter().filter_map(|community| {
        let at = NODES.iter().position(|plan| plan.name == community.node)?;
        let config = &apps.get(at)?.config;
        Some(json!({
            "name": community.name,
            "acct": format!("{}@{}", community.name, config.authority()),
            "url": format!("{}/c/{}", config.base_url(), community.name),
            "node": community.node,
            "boundary": community.boundary.as_str(),
            "join_policy": community.join_policy.as_str(),
        }))
    });
    Ok(json!({ "nodes": nodes, "communities": communities.collect::<Vec<_>>() }))
}

/// The person's token of an earlier start, if it still works, else a new one.
async fn token_of(app: &App, person: &Person, before: &Value) -> Outcome<String> {
    if let Some(old) = old_token(before, person.name) {
        let hash = hash_token(old);
        if app
            .db
            .read(move |conn| oauth::find_grant(conn, &hash))
            .await?
            .is_some()
        {
            return Ok(old.to_owned());
        }
    }
    let text = match person.role {
        Role::Admin => "read write follow push admin:read admin:write",
        _ => "read write follow push",
    };
    let scopes = Scopes::parse(text).unwrap_or_default();
    let value = random_token();
    let (name, hash) = (person.name, hash_token(&value));
    app.db
        .write(move |tx| token::issue(tx, name, "cordee demo", &scopes, &hash))
        .await?;
    Ok(value)
}

fn old_token<'a>(before: &'a Value, name: &str) -> Option<&'a str> {
    let nodes = before.get("nodes")?.as_array()?;
    let users = nodes
        .iter()
        .filter_map(|node| node.get("users")?.as_array())
        .flatten();
    let mut found = users.filter(|user| user.get("username").and_then(Value::as_str) == Some(name));
    found.find_map(|user| user.get("token")?.as_str())
}

/// Addresses, sign-ins, and what to try.
fn explain(apps: &[App], description: &Path) {
    output::line("");
    for (app, plan) in apps.iter().zip(NODES) {
        output::line(&format!(
            "{} of {}: {}",
            plan.title,
            plan.firm,
            app.config.base_url()
        ));
        let rows: Vec<Vec<String>> = plan
            .people
            .iter()
            .map(|person| {
                vec![
                    format!("  {}", person.name),
                    email(person, plan),
                    password(person.name),
                    person.role.to_string(),
                ]
            })
            .collect();
        output::table(&["  name", "e-mail", "password", "role"], &rows);
        output::line("");
    }
    let at = |number: usize| {
        apps.get(number)
            .map(|app| app.config.base_url())
            .unwrap_or_default()
    };
    let (north, south) = (at(0), at(1));
    output::line("What to try:");
    output::line(&format!(
        "- Read {north}/c/pumps, which people of all three nodes write in."
    ));
    output::line(&format!(
        "- Sign in at {south}/login as mei and ask pumps something; sign in at {north}/login as karim and answer; accept it as mei."
    ));
    output::line(&format!(
        "- Point a Mastodon client at {north}, or take a token from {} for the API.",
        description.display()
    ));
    output::line(
        "- Ctrl-C stops all three. The data stay and are there at the next start; --fresh begins anew.",
    );
    output::line("");
}
