//! Commands of the contract that a later version brings: they say so and fail, whatever they are given.

use super::{Failure, Outcome};

/// Whatever was written after the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Not looked at.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    rest: Vec<String>,
}

pub(super) fn run() -> Outcome {
    Err(Failure::failed(
        "not built yet: this command comes with a later version",
    ))
}
