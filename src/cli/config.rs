//! `cordee config example` and `cordee config check`.

use std::path::Path;

use clap::Subcommand;

use super::{Outcome, node, output};
use crate::config;

#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = false)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print a commented file with every setting and its default.
    Example,
    /// Check file and environment.
    Check,
}

pub(super) fn run(args: &Args, file: Option<&Path>) -> Outcome {
    match args.what {
        What::Example => output::line(config::example().trim_end()),
        What::Check => {
            let config = node::settings(file)?;
            output::line(&format!(
                "the settings are fine: {} with {}",
                config.base_url(),
                node::database_name(&config)
            ));
        }
    }
    Ok(())
}
