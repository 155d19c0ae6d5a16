//! `cordee peer`: what other nodes may do here.

use std::path::Path;

use chrono::{NaiveDate, NaiveTime};
use clap::Subcommand;
use serde_json::json;

use super::node::Session;
use super::{Failure, Outcome, output};
use crate::actions::manage_peer::{Wish, remove_peer, set_peer};
use crate::app::SystemClock;
use crate::error::Error;
use crate::model::time::{Clock, Time, rfc3339};
use crate::model::words::{Boundary, PeerMode, Relation};
use crate::store::db::Tx;
use crate::store::peers::{self, Peer};

#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = false)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List known nodes.
    List {
        /// As a JSON list.
        #[arg(long)]
        json: bool,
    },
    /// Set what a node may do; what is not named goes back to its default.
    Set(Set),
    /// Forget a node and what waits for it.
    Remove {
        /// `host` or `host:port`.
        domain: String,
    },
}

#[derive(Debug, clap::Args)]
struct Set {
    /// `host` or `host:port`, as in the node's ids.
    domain: String,
    /// blocked, quarantined, follow, `reply_moderated` or member.
    #[arg(long, value_name = "M", value_parser = |text: &str| word(text, PeerMode::parse, PeerMode::ALL))]
    mode: PeerMode,
    /// firm or partner.
    #[arg(long, value_name = "R", value_parser = |text: &str| word(text, Relation::parse, Relation::ALL))]
    relation: Option<Relation>,
    /// Last day of this mode (YYYY-MM-DD), or a moment (RFC 3339).
    #[arg(long, value_name = "DATE", value_parser = moment)]
    expires: Option<Time>,
    /// Limit of what the node may receive: node, firm, partners or public.
    #[arg(long, value_name = "B", value_parser = |text: &str| word(text, Boundary::parse, Boundary::ALL))]
    boundary_max: Option<Boundary>,
    /// Private network in which the node may lie, such as 10.1.0.0/16; may be repeated.
    #[arg(long, value_name = "CIDR", value_parser = network)]
    address: Vec<String>,
}

/// Reads one of the contract's words, or says which there are.
pub(super) fn word<T: std::fmt::Display>(
    text: &str,
    parse: fn(&str) -> Option<T>,
    all: &[T],
) -> Result<T, String> {
    parse(text).ok_or_else(|| {
        let words: Vec<String> = all.iter().map(ToString::to_string).collect();
        format!("it takes one of {}", words.join(", "))
    })
}

fn network(text: &str) -> Result<String, String> {
    match text.parse::<ipnet::IpNet>() {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err("it takes a network such as 10.1.0.0/16".to_owned()),
    }
}

/// A day or moment that is still to come.
fn moment(text: &str) -> Result<Time, String> {
    let end = end_of(text)?;
    if end <= SystemClock.now() {
        return Err("that is past: it takes a day from today on".to_owned());
    }
    Ok(end)
}

fn end_of(text: &str) -> Result<Time, String> {
    if let Ok(moment) = chrono::DateTime::parse_from_rfc3339(text) {
        return Ok(moment.naive_utc());
    }
    let day: NaiveDate = text
        .parse()
        .map_err(|_why| "it takes a date such as 2027-06-30".to_owned())?;
    let next = day
        .succ_opt()
        .ok_or_else(|| "that date is too late".to_owned())?;
    Ok(next.and_time(NaiveTime::MIN))
}

pub(super) fn run(args: Args, file: Option<&Path>) -> Outcome {
    let session = Session::begin(file)?;
    match args.what {
        What::List { json } => list(&session, json),
        What::Set(set) => self::set(&session, set),
        What::Remove { domain } => remove(&session, domain),
    }
}

fn set(session: &Session, set: Set) -> Outcome {
    let wish = Wish {
        mode: set.mode,
        relation: set.relation,
        expires_at: set.expires,
        boundary_max: set.boundary_max,
        addresses: set.address,
    };
    let domain = set.domain;
    let work = move |tx: &mut Tx<'_>| set_peer(tx, None, &domain, &wish);
    let peer = session.wait(session.db.write(work))?;
    output::line(&format!("{} is {}", peer.domain, set.mode));
    Ok(())
}

fn remove(session: &Session, domain: String) -> Outcome {
    let name = domain.clone();
    let work = move |tx: &mut Tx<'_>| remove_peer(tx, None, &domain);
    match session.runtime.block_on(session.db.write(work)) {
        Err(Error::NotFound) => Err(Failure::failed(format!(
            "{name} is not known: `cordee peer list` shows who is"
        ))),
        other => {
            other?;
            output::line(&format!("{name} is forgotten"));
            Ok(())
        }
    }
}

fn list(session: &Session, json: bool) -> Outcome {
    let known = session.wait(session.db.read(peers::list))?;
    let (now, strangers) = (session.db.now(), session.config.federation.unknown_nodes);
    if json {
        output::json(
            &known
                .iter()
                .map(|peer| as_json(peer, now, strangers))
                .collect(),
        );
        return Ok(());
    }
    let rows: Vec<Vec<String>> = known
        .iter()
        .map(|peer| {
            let software = peer
                .software
                .clone()
                .unwrap_or_else(|| "unknown".to_owned());
            let last = peer
                .last_success_at
                .map_or_else(|| "never".to_owned(), rfc3339);
            vec![
                peer.domain.clone(),
                peer.effective_mode(now, strangers).to_string(),
                peer.relation
                    .map_or_else(|| "-".to_owned(), |relation| relation.to_string()),
                peer.expires_at.map_or_else(|| "-".to_owned(), rfc3339),
                software,
                last,
            ]
        })
        .collect();
    let headings = [
        "domain",
        "mode",
        "relation",
        "expires",
        "software",
        "last delivery",
    ];
    output::table(&headings, &rows);
    Ok(())
}

fn as_json(peer: &Peer, now: Time, strangers: PeerMode) -> serde_json::Value {
    json!({
        "domain": peer.domain,
        "mode": peer.effective_mode(now, strangers).as_str(),
        "relation": peer.relation.map(Relation::as_str),
        "expires": peer.expires_at.map(rfc3339),
        "boundary_max": peer.boundary_max.map(Boundary::as_str),
        "addresses": peer.networks().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "software": peer.software,
        "software_version": peer.software_version,
        "last_success_at": peer.last_success_at.map(rfc3339),
        "last_error": peer.last_error,
        "last_error_at": peer.last_error_at.map(rfc3339),
    })
}
