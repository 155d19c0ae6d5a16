//! `cordee seed`: fills an empty node with data for measuring.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use super::{Failure, Outcome, node, output, token};
use crate::app::SystemClock;
use crate::dev::clock::PastClock;
use crate::dev::seed::{Amount, seed, steps};
use crate::hub::Hub;
use crate::model::scopes::Scopes;
use crate::model::time::Clock;
use crate::secrets::{hash_token, random_token};
use crate::server;
use crate::store::users;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// People, 2 to 100000.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=100_000))]
    people: u32,
    /// Communities, up to 1000.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1000))]
    communities: u32,
    /// Posts, replies included, up to 10 million.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=10_000_000))]
    posts: u32,
    /// People that each person follows.
    #[arg(long, value_name = "N", default_value_t = 20)]
    follows: u32,
    /// Chooses the texts: the same seed gives the same world.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Print counts, an account and its token as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, file: Option<&Path>) -> Outcome {
    let config = node::settings(file)?;
    node::make_data_dir(&config)?;
    let runtime = node::runtime()?;
    let amount = amount(args)?;
    let clock = Arc::new(PastClock::before(SystemClock.now(), amount.posts));
    let db = server::open_database(&config, &Hub::default(), clock, runtime.handle())?;
    if runtime.block_on(db.read(users::count))? > 0 {
        return Err(Failure::failed(format!(
            "{} holds people already: seed fills an empty node only, name another data_dir or database.url",
            node::database_name(&config)
        )));
    }
    let bar = bar(steps(amount), args.json);
    let made = runtime.block_on(seed(&db, amount, |done| {
        bar.inc(u64::try_from(done).unwrap_or(0));
    }))?;
    bar.finish_and_clear();
    let value = random_token();
    let (name, hash) = (made.account.clone(), hash_token(&value));
    runtime.block_on(db.write(move |tx| {
        let scopes = Scopes::parse("read write follow push").unwrap_or_default();
        token::issue(tx, &name, "cordee seed", &scopes, &hash)
    }))?;
    if args.json {
        output::json(&json!({
            "people": amount.people, "communities": amount.communities, "posts": amount.posts,
            "account": made.account, "token": value,
        }));
    } else {
        output::line(&format!(
            "{} people, {} communities, {} posts; the token of {} is {value}",
            amount.people, amount.communities, amount.posts, made.account
        ));
    }
    Ok(())
}

fn amount(args: &Args) -> Outcome<Amount> {
    let size = |n: u32| {
        usize::try_from(n)
            .map_err(|_why| Failure::usage("that is more than this machine can count"))
    };
    Ok(Amount {
        people: size(args.people)?,
        communities: size(args.communities)?,
        posts: size(args.posts)?,
        follows: size(args.follows)?,
        seed: args.seed,
    })
}

/// A progress bar on a terminal, else nothing.
fn bar(steps: usize, json: bool) -> ProgressBar {
    if json || !std::io::stderr().is_terminal() {
        return ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    }
    let bar = ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX));
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {elapsed} (about {eta} left)");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
