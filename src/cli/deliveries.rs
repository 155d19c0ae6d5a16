//! `cordee deliveries`: what waits for other nodes, and why.

use std::path::Path;

use serde_json::json;

use super::node::Session;
use super::{Failure, Outcome, output};
use crate::model::time::rfc3339;
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::outbox;
use crate::store::peers;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// One node only: `host` or `host:port`.
    #[arg(long, value_name = "DOMAIN")]
    peer: Option<String>,
    /// Try again at once instead of waiting for the next attempt.
    #[arg(long)]
    retry: bool,
    /// As a JSON list.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: Args, file: Option<&Path>) -> Outcome {
    let session = Session::begin(file)?;
    if let Some(domain) = args.peer.clone() {
        let known = session.wait(session.db.read(move |conn| peers::find(conn, &domain)))?;
        if known.is_none() {
            let domain = args.peer.unwrap_or_default();
            return Err(Failure::failed(format!(
                "{domain} is not known: `cordee peer list` shows who is"
            )));
        }
    }
    if args.retry {
        let domain = args.peer.clone();
        let work = move |tx: &mut Tx<'_>| outbox::retry_now(tx, domain.as_deref());
        let peers = session.wait(session.db.write(work))?;
        if !args.json {
            let nodes = if peers == 1 { "node" } else { "nodes" };
            output::line(&format!(
                "what waits for {peers} {nodes} is tried again at once"
            ));
        }
    }
    list(&session, args.peer, args.json)
}

fn list(session: &Session, peer: Option<String>, json: bool) -> Outcome {
    let work = move |conn: &mut Conn| outbox::queues(conn, peer.as_deref());
    let queues = session.wait(session.db.read(work))?;
    if json {
        let rows = queues.iter().map(|queue| {
            json!({
                "domain": queue.peer.domain,
                "waiting": queue.waiting,
                "oldest": queue.oldest.map(rfc3339),
                "failures": queue.peer.failures,
                "next_attempt_at": queue.peer.next_attempt_at.map(rfc3339),
                "last_success_at": queue.peer.last_success_at.map(rfc3339),
                "last_error": queue.peer.last_error,
                "last_error_at": queue.peer.last_error_at.map(rfc3339),
            })
        });
        output::json(&rows.collect());
        return Ok(());
    }
    let time = |at: Option<_>| at.map_or_else(|| "-".to_owned(), rfc3339);
    let rows: Vec<Vec<String>> = queues
        .iter()
        .map(|queue| {
            let error = queue
                .peer
                .last_error
                .clone()
                .unwrap_or_else(|| "-".to_owned());
            vec![
                queue.peer.domain.clone(),
                queue.waiting.to_string(),
                time(queue.oldest),
                time(queue.peer.last_success_at),
                time(queue.peer.next_attempt_at),
                error,
            ]
        })
        .collect();
    let headings = [
        "node",
        "waiting",
        "oldest",
        "last success",
        "next try",
        "last error",
    ];
    output::table(&headings, &rows);
    Ok(())
}
