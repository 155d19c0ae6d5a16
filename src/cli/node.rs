//! What most commands begin with: settings, runtime, folders and the database they name.

use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

use tokio::runtime::Runtime;

use super::{Failure, Outcome};
use crate::app::SystemClock;
use crate::config::{Config, Problem};
use crate::error::Error;
use crate::hub::Hub;
use crate::model::refusal::Refusal;
use crate::server;
use crate::store::accounts::{self, Account};
use crate::store::conn::{Conn, Target};
use crate::store::db::Db;

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
    Target::parse(&config.database_url()).map_or_else(
        || "an unknown database".to_owned(),
        |target| target.to_string(),
    )
}

/// A node that a command works on: settings, threads and database.
pub(super) struct Session {
    pub(super) config: Config,
    pub(super) runtime: Runtime,
    pub(super) db: Db,
}

impl Session {
    /// Begins with what every such command needs.
    pub(super) fn begin(file: Option<&Path>) -> Outcome<Self> {
        let config = settings(file)?;
        let runtime = runtime()?;
        make_data_dir(&config)?;
        let db = server::open_database(
            &config,
            &Hub::default(),
            Arc::new(SystemClock),
            runtime.handle(),
        )?;
        Ok(Self {
            config,
            runtime,
            db,
        })
    }

    /// Waits for something.
    pub(super) fn wait<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Outcome<T> {
        Ok(self.runtime.block_on(work)?)
    }
}

/// The failure of something that was to be done to a person; says whom it does not know.
pub(super) fn about(name: &str, error: Error) -> Failure {
    match error {
        Error::Forbidden(Refusal::UnknownPerson) => Failure::failed(format!(
            "there is no account {name} on this node: `cordee user list` shows who is here"
        )),
        other => other.into(),
    }
}

/// A person of this node by name; a leading `@` is allowed.
pub(super) fn person(conn: &mut Conn, name: &str) -> Result<Account, Error> {
    accounts::find_local(conn, name.trim_start_matches('@'))?
        .filter(|account| !account.is_group())
        .ok_or(Error::Forbidden(Refusal::UnknownPerson))
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
