//! `cordee network`: networks that may not do everything, and letting one in again from outside of it.

use std::path::Path;

use clap::Subcommand;
use serde_json::{Value, json};

use super::node::Session;
use super::{Failure, Outcome, output};
use crate::actions::barriers::lift_network;
use crate::error::Error;
use crate::model::time::rfc3339;
use crate::store::barriers::{self, Network};
use crate::store::db::Tx;
use crate::store::page::Page;

/// Most networks that are listed: as many as there can be.
const ROWS: i64 = 10_000;

#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = false)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List networks that admins shut out.
    List {
        /// As a JSON list.
        #[arg(long)]
        json: bool,
    },
    /// Let a network in again.
    Remove {
        /// As it is listed, such as 192.0.2.0/24.
        network: String,
    },
}

pub(super) fn run(args: Args, file: Option<&Path>) -> Outcome {
    let session = Session::begin(file)?;
    match args.what {
        What::List { json } => list(&session, json),
        What::Remove { network } => remove(&session, network),
    }
}

fn remove(session: &Session, network: String) -> Outcome {
    let name = network.clone();
    let work = move |tx: &mut Tx<'_>| lift_network(tx, &network);
    match session.runtime.block_on(session.db.write(work)) {
        Err(Error::NotFound) => Err(Failure::failed(format!(
            "{name} is not shut out: `cordee network list` shows what is"
        ))),
        Err(Error::Invalid { .. }) => Err(Failure::usage(format!(
            "{name} is no network: it takes one as `cordee network list` shows it, such as 192.0.2.0/24"
        ))),
        other => {
            output::line(&format!("{} is let in again", other?.ip));
            Ok(())
        }
    }
}

fn list(session: &Session, json: bool) -> Outcome {
    let read =
        |conn: &mut crate::store::conn::Conn| barriers::list_networks(conn, &Page::first(ROWS));
    let rows = session.wait(session.db.read(read))?;
    if json {
        output::json(&rows.iter().map(as_json).collect());
        return Ok(());
    }
    for row in rows {
        output::line(&format!("{}  {}  {}", row.ip, row.severity, row.comment));
    }
    Ok(())
}

fn as_json(row: &Network) -> Value {
    json!({
        "network": row.ip,
        "severity": row.severity.as_str(),
        "comment": row.comment,
        "expires": row.expires_at.map(rfc3339),
    })
}
