//! What most commands begin with: settings, runtime, folders and the database they name.

use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use tokio::runtime::Runtime;

use super::{Failure, Outcome};
use crate::config::{Config, Problem};
use crate::store::conn::Target;

/// Settings from file and environment.
pub(super) fn settings(file: Option<&Path>) -> Outcome<Config> {
    let config = Config::load(
        file,
        std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }),
    )?;
    target(&config)?;
    Ok(config)
}

/// The database that the settings name.
pub(super) fn target(config: &Config) -> Outcome<Target> {
    let mend = "write sqlite://PATH or postgres://USER@HOST/NAME";
    Target::parse(&config.database_url()).ok_or_else(|| {
        Problem::new(
            "`database.url` names no known database",
            "the settings",
            mend,
        )
        .into()
    })
}

/// The database in words, without its password.
pub(super) fn database_name(config: &Config) -> String {
    let url = config.database_url();
    if let Some(path) = url.strip_prefix("sqlite://") {
        return format!("the SQLite file {path}");
    }
    let place = url::Url::parse(&url)
        .ok()
        .and_then(|url| Some(format!("{}{}", url.host_str()?, url.path())));
    format!(
        "PostgreSQL at {}",
        place.unwrap_or_else(|| "the address of database.url".to_owned())
    )
}

/// The threads that a command runs on.
pub(super) fn runtime() -> Outcome<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("cordee")
        .build()
        .map_err(|error| Failure::failed(format!("cannot start threads: {error}")))
}

/// Makes the data folder if it is missing; only the node's own user may look into it.
pub(super) fn make_data_dir(config: &Config) -> Outcome {
    let folder = &config.data_dir;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| {
        Failure::failed(format!(
            "the data folder {} cannot be made ({error}): name another in data_dir, or let this user write there",
            folder.display()
        ))
    })
}
