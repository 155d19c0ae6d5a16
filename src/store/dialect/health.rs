//! Whether the database is sound, asked in each one's own words.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Text, Timestamp};

use crate::error::Result;
use crate::model::time::Time;
use crate::store::conn::Conn;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    quick_check: String,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

#[derive(QueryableByName)]
struct Clock {
    #[diesel(sql_type = Timestamp)]
    clock: Time,
}

/// The time of the machine that the database runs on, in UTC; `None` where that is always this machine.
///
/// # Errors
/// `Internal` where it does not answer.
pub fn clock(conn: &mut Conn) -> Result<Option<Time>> {
    match conn {
        Conn::Sqlite(_) => Ok(None),
        Conn::Postgres(c) => {
            let found: Clock =
                diesel::sql_query("SELECT clock_timestamp() AT TIME ZONE 'UTC' AS clock")
                    .get_result(c)?;
            Ok(Some(found.clock))
        }
    }
}

/// Gives the memory back that this connection keeps pages in; they are read again when they are needed.
///
/// # Errors
/// `Internal` where it does not answer.
pub fn shrink(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Sqlite(c) => c.batch_execute("PRAGMA shrink_memory")?,
        Conn::Postgres(_) => {}
    }
    Ok(())
}

/// A sentence about a sound database, or what is wrong with it.
///
/// # Errors
/// `Internal` where it does not answer.
pub fn check(conn: &mut Conn) -> Result<std::result::Result<String, String>> {
    match conn {
        Conn::Sqlite(c) => {
            let lines: Vec<Line> = diesel::sql_query("PRAGMA quick_check(3)").load(c)?;
            let told: Vec<String> = lines.into_iter().map(|line| line.quick_check).collect();
            Ok(match told.as_slice() {
                [one] if one == "ok" => Ok("SQLite finds every page sound".to_owned()),
                _ => Err(told.join("; ")),
            })
        }
        Conn::Postgres(c) => {
            let found: Version = diesel::sql_query("SELECT version() AS version").get_result(c)?;
            Ok(Ok(found
                .version
                .split(" on ")
                .next()
                .unwrap_or_default()
                .to_owned()))
        }
    }
}
