//! `cordee community`: communities of this node.

use std::path::Path;

use clap::Subcommand;
use serde_json::json;

use super::node::{self, Session};
use super::peer::word;
use super::{Outcome, output};
use crate::actions::charter::{self, NewGoal, Proposal};
use crate::error::Error;
use crate::model::words::{Boundary, JoinPolicy, Listing, PostingPolicy};
use crate::secrets::ActorKey;
use crate::store::accounts;
use crate::store::communities;
use crate::store::db::Tx;

#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = false)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Propose a community, and open it with --open.
    Add(Add),
    /// List the communities of this node.
    List {
        /// As a JSON list.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
struct Add {
    /// Name in the handle.
    name: String,
    /// Title.
    #[arg(long, value_name = "T")]
    title: String,
    /// What the community is for.
    #[arg(long, value_name = "P")]
    purpose: String,
    /// "name;unit;baseline;target;due", such as "Unplanned stops;per month;14;7;2027-06-30"; may be repeated.
    #[arg(long, value_name = "GOAL", value_parser = goal)]
    goal: Vec<NewGoal>,
    /// Steward, a person of this node; may be repeated, two are needed to open.
    #[arg(long, value_name = "NAME")]
    steward: Vec<String>,
    /// node, firm, partners or public.
    #[arg(long, value_name = "B", default_value = "public",
        value_parser = |text: &str| word(text, Boundary::parse, Boundary::ALL))]
    boundary: Boundary,
    /// open, request or invite.
    #[arg(long, value_name = "J", default_value = "open",
        value_parser = |text: &str| word(text, JoinPolicy::parse, JoinPolicy::ALL))]
    join: JoinPolicy,
    /// Open it at once.
    #[arg(long)]
    open: bool,
}

/// Reads `name;unit;baseline;target;due`.
fn goal(text: &str) -> Result<NewGoal, String> {
    let expected =
        "it takes \"name;unit;baseline;target;due\", such as \"Stops;per month;14;7;2027-06-30\"";
    let parts: Vec<&str> = text.split(';').map(str::trim).collect();
    let &[name, unit, baseline, target, due] = parts.as_slice() else {
        return Err(expected.to_owned());
    };
    let number = |text: &str, what: &str| -> Result<f64, String> {
        text.parse()
            .map_err(|_why| format!("the {what} `{text}` is no number; {expected}"))
    };
    Ok(NewGoal {
        name: name.to_owned(),
        unit: unit.to_owned(),
        baseline: number(baseline, "baseline")?,
        target: number(target, "target")?,
        due: due
            .parse()
            .map_err(|_why| format!("the date `{due}` is not YYYY-MM-DD; {expected}"))?,
        direction: None,
    })
}

pub(super) fn run(args: Args, file: Option<&Path>) -> Outcome {
    let session = Session::begin(file)?;
    match args.what {
        What::Add(add) => self::add(&session, add),
        What::List { json } => list(&session, json),
    }
}

fn add(session: &Session, add: Add) -> Outcome {
    let (name, open) = (add.name.clone(), add.open);
    let key = ActorKey::generate()?;
    session.wait(session.db.write(move |tx| make(tx, add, key)))?;
    let state = if open { "open" } else { "proposed" };
    output::line(&format!(
        "!{name}@{} is {state}: {}/c/{name}",
        session.config.authority(),
        session.config.base_url()
    ));
    Ok(())
}

fn make(tx: &mut Tx<'_>, add: Add, key: ActorKey) -> Result<(), Error> {
    let mut stewards = Vec::new();
    for name in &add.steward {
        let person = node::person(tx, name)
            .map_err(|_why| Error::Unavailable(format!("no steward {name} here")))?;
        stewards.push(person.id);
    }
    let proposal = Proposal {
        name: add.name,
        title: add.title,
        purpose: add.purpose,
        boundary: add.boundary,
        visibility: Listing::Listed,
        join_policy: add.join,
        posting_policy: PostingPolicy::Members,
        goals: add.goal,
        stewards,
        key,
    };
    let id = charter::propose(tx, None, proposal)?;
    if add.open {
        charter::open(tx, None, id)?;
    }
    Ok(())
}

fn list(session: &Session, json: bool) -> Outcome {
    let rows = session.wait(session.db.read(|conn| {
        let ids = communities::list_local(conn)?;
        let facts = communities::list(conn, &ids)?;
        let mut rows = Vec::new();
        for account in accounts::list(conn, &ids)? {
            let found = facts.iter().find(|fact| fact.account_id == account.id);
            rows.extend(found.cloned().map(|fact| (account, fact)));
        }
        Ok(rows)
    }))?;
    if json {
        let rows = rows.iter().map(|(account, community)| {
            json!({
                "id": account.id.0.to_string(), "name": account.name, "title": account.display_name, "url": account.url,
                "state": community.state.as_str(), "boundary": community.boundary.as_str(),
                "visibility": community.visibility.as_str(), "join_policy": community.join_policy.as_str(),
                "posting_policy": community.posting_policy.as_str(), "members_count": community.members_count,
            })
        });
        output::json(&rows.collect());
        return Ok(());
    }
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|(account, community)| {
            vec![
                account.name.clone(),
                community.state.to_string(),
                community.boundary.to_string(),
                community.join_policy.to_string(),
                community.members_count.to_string(),
                account.display_name.clone(),
            ]
        })
        .collect();
    output::table(
        &["name", "state", "boundary", "join", "members", "title"],
        &rows,
    );
    Ok(())
}
