//! `cordee migrate`: brings the database to this version.

use std::path::Path;

use super::{Outcome, node, output};
use crate::store::migrate;

pub(super) fn run(file: Option<&Path>) -> Outcome {
    let config = node::settings(file)?;
    node::make_data_dir(&config)?;
    let runtime = node::runtime()?;
    let done = migrate::run(&node::target(&config)?, runtime.handle())?;
    let name = node::database_name(&config);
    output::line(&match done {
        0 => format!("{name} is at this version already"),
        1 => format!("{name} is at this version now: 1 migration was run"),
        n => format!("{name} is at this version now: {n} migrations were run"),
    });
    Ok(())
}
