//! Embedded migrations: the same folder names for both databases, run at start or by `cordee migrate`.

use tokio::runtime::Handle;

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::{Conn, Target, open_first};
use crate::error::{Error, Result};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// One process at a time changes the shape of a PostgreSQL database; the number is arbitrary but fixed.
const LOCK: i64 = 0x000c_04de_e000;

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!(
        "the database cannot be brought to this version: {error}"
    ))
}

/// Runs what is outstanding if `run`, else refuses to go on where something is.
pub(super) fn check(conn: &mut Conn, run: bool) -> Result<()> {
    if run {
        return up(conn).map(|_| ());
    }
    let outstanding = pending(conn)?;
    if outstanding == 0 {
        return Ok(());
    }
    Err(Error::Unavailable(format!(
        "{outstanding} migrations are outstanding: run `cordee migrate` first"
    )))
}

/// Opens the database for this alone and brings it to this version; how many migrations there were. Blocks.
///
/// # Errors
/// `Unavailable` where it cannot be opened or changed.
pub fn run(target: &Target, runtime: &Handle) -> Result<usize> {
    up(&mut open_first(target, runtime)?)
}

/// Opens the database for this alone and takes every migration back: for tests of the way down. Blocks.
///
/// # Errors
/// `Unavailable` where it cannot be opened or changed.
pub fn run_down(target: &Target, runtime: &Handle) -> Result<usize> {
    down(&mut open_first(target, runtime)?)
}

/// How many migrations are outstanding.
pub fn pending(conn: &mut Conn) -> Result<usize> {
    let pending = match conn {
        Conn::Sqlite(conn) => conn.pending_migrations(SQLITE).map_err(failed)?.len(),
        Conn::Postgres(conn) => conn.pending_migrations(POSTGRES).map_err(failed)?.len(),
    };
    Ok(pending)
}

/// Runs every outstanding migration; how many there were.
pub fn up(conn: &mut Conn) -> Result<usize> {
    match conn {
        Conn::Sqlite(conn) => Ok(conn.run_pending_migrations(SQLITE).map_err(failed)?.len()),
        Conn::Postgres(conn) => {
            use diesel::connection::SimpleConnection;
            conn.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})"))?;
            let done = conn
                .run_pending_migrations(POSTGRES)
                .map(|done| done.len())
                .map_err(failed);
            conn.batch_execute(&format!("SELECT pg_advisory_unlock({LOCK})"))?;
            done
        }
    }
}

/// Takes every migration back: for tests of the way down.
pub fn down(conn: &mut Conn) -> Result<usize> {
    match conn {
        Conn::Sqlite(conn) => Ok(conn.revert_all_migrations(SQLITE).map_err(failed)?.len()),
        Conn::Postgres(conn) => Ok(conn.revert_all_migrations(POSTGRES).map_err(failed)?.len()),
    }
}
