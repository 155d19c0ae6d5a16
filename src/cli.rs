//! The command line: what each command takes, and how it ends. Exit 0 is success, 2 wrong usage or settings, 1 any other
//! failure; a failure is one line on stderr that says what, where and what to do. One file below per command.

mod community;
mod config;
mod deliveries;
mod demo;
mod doctor;
mod later;
mod migrate;
mod network;
mod node;
mod output;
mod peer;
mod seed;
mod serve;
mod token;
mod user;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{ContextKind, ErrorKind};
use clap::{Parser, Subcommand};

use crate::config::Problem;
use crate::error::Error;
use crate::i18n::{self, Lang};
use crate::model::refusal::Refusal;

/// A federated server for learning communities at work.
#[derive(Debug, Parser)]
#[command(
    name = "cordee",
    version,
    disable_help_subcommand = true,
    arg_required_else_help = false
)]
struct Cli {
    /// Settings file; without it `./cordee.toml` is read if it is there.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run three federated nodes with a sample world, to look at and to test with.
    Demo(demo::Args),
    /// Run one node.
    Serve,
    /// Print the commented settings, or check them.
    Config(config::Args),
    /// Bring the database to this version.
    Migrate,
    /// Look at everything a node needs; each failure comes with its mend.
    Doctor(doctor::Args),
    /// Accounts of this node.
    User(user::Args),
    /// Print an access token for a person.
    Token(token::Args),
    /// Communities of this node.
    Community(community::Args),
    /// What other nodes may do here.
    Peer(peer::Args),
    /// Networks that may not do everything.
    Network(network::Args),
    /// What waits for other nodes.
    Deliveries(deliveries::Args),
    /// Fill an empty node with data for measuring.
    Seed(seed::Args),
    /// Save a whole node to a file.
    Backup(later::Args),
    /// Bring a saved node back.
    Restore(later::Args),
    /// Check a saved node.
    Verify(later::Args),
    /// Print the impact report of a community.
    Report(later::Args),
    /// Write a person's data to a file.
    Export(later::Args),
}

/// How a command ends where it does not succeed.
#[derive(Debug)]
enum Failure {
    /// Wrong usage or settings: exit 2.
    Usage(String),
    /// Anything else: exit 1.
    Failed(String),
}

type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    fn failed(text: impl Into<String>) -> Self {
        Self::Failed(text.into())
    }

    fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    /// Prints the line and gives the exit status.
    fn end(&self) -> ExitCode {
        let (text, code) = match self {
            Self::Usage(text) => (text, 2),
            Self::Failed(text) => (text, 1),
        };
        output::complain(text);
        ExitCode::from(code)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let words = |why: &_| i18n::refusal(Lang::En, why);
        Self::Failed(match error {
            Error::Unavailable(text) => text,
            Error::Invalid { field, why } => {
                let text = format!("{}: {}", argument(&field), words(&why));
                // The command was right, what is there already is in its way.
                return match why {
                    Refusal::Taken | Refusal::Banned | Refusal::UnknownPerson => Self::Failed(text),
                    _ => Self::Usage(text),
                };
            }
            Error::Forbidden(why) | Error::Conflict(why) => words(&why),
            other => other.to_string(),
        })
    }
}

/// What a field of an action is called on the command line.
fn argument(field: &str) -> String {
    match field {
        "username" | "name" => "NAME".to_owned(),
        "domain" => "DOMAIN".to_owned(),
        "addresses" => "--address".to_owned(),
        "goals" => "--goal".to_owned(),
        "stewards" => "--steward".to_owned(),
        option => format!("--{}", option.replace('_', "-")),
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Usage(problem.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    run(std::env::args_os())
}

fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return explain(&error),
    };
    // Before the first client of any kind; a second call finds the same provider there.
    drop(rustls::crypto::ring::default_provider().install_default());
    match dispatch(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.end(),
    }
}

fn dispatch(cli: Cli) -> Outcome {
    let file = cli.config.as_deref();
    match cli.command {
        Command::Demo(args) => demo::run(&args),
        Command::Serve => serve::run(file),
        Command::Config(args) => config::run(&args, file),
        Command::Migrate => migrate::run(file),
        Command::Doctor(args) => doctor::run(&args, file),
        Command::User(args) => user::run(args, file),
        Command::Token(args) => token::run(args, file),
        Command::Community(args) => community::run(args, file),
        Command::Peer(args) => peer::run(args, file),
        Command::Network(args) => network::run(args, file),
        Command::Deliveries(args) => deliveries::run(args, file),
        Command::Seed(args) => seed::run(&args, file),
        Command::Backup(_)
        | Command::Restore(_)
        | Command::Verify(_)
        | Command::Report(_)
        | Command::Export(_) => later::run(),
    }
}

/// Help and version go to stdout; anything else becomes one short line.
fn explain(error: &clap::Error) -> ExitCode {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        output::line(error.render().to_string().trim_end());
        return ExitCode::SUCCESS;
    }
    let rendered = error.render().to_string();
    let text = if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        || error.kind() == ErrorKind::MissingSubcommand
    {
        let all: Vec<&str> = match error.get(ContextKind::ValidSubcommand) {
            Some(clap::error::ContextValue::Strings(all)) => {
                all.iter().map(String::as_str).collect()
            }
            _ => Vec::new(),
        };
        let which = if all.is_empty() {
            String::new()
        } else {
            format!(" ({})", all.join(", "))
        };
        format!("a command is missing{which}")
    } else {
        let told = rendered
            .lines()
            .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
        let joined = told
            .flat_map(str::split_whitespace)
            .collect::<Vec<_>>()
            .join(" ");
        joined.trim_start_matches("error: ").to_owned()
    };
    Failure::usage(format!(
        "{text}; `cordee --help` and `cordee COMMAND --help` tell more"
    ))
    .end()
}
