//! Whether the database is sound, asked in each one's own words.

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::error::Result;
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
