//! The union connection: one query text for SQLite and PostgreSQL, checked by the compiler against both.

use diesel::Connection;
use diesel::connection::SimpleConnection;
use diesel::sqlite::SqliteConnection;
use tokio::runtime::Handle;

use super::pg::PgConn;
use crate::error::{Error, Result};

/// One connection to whichever database the URL names.
#[expect(
    clippy::large_enum_variant,
    reason = "a handful of values, each living as long as the process"
)]
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// A file.
    Sqlite(SqliteConnection),
    /// A server.
    Postgres(PgConn),
}

impl std::fmt::Debug for Conn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "Conn::Sqlite",
            Self::Postgres(_) => "Conn::Postgres",
        })
    }
}

/// Runs one query text on the concrete connection: for syntax the union lacks (upsert, batch insert).
macro_rules! on_backend {
    ($conn:expr, |$c:ident| $query:expr) => {
        match $conn {
            $crate::store::conn::Conn::Sqlite($c) => $query,
            $crate::store::conn::Conn::Postgres($c) => $query,
        }
    };
}
pub(in crate::store) use on_backend;

/// Where the data lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Path of a SQLite file.
    Sqlite(String),
    /// URL of a PostgreSQL database.
    Postgres(String),
}

impl Target {
    /// Reads `sqlite://PATH`, `postgres://…` or `postgresql://…`.
    pub fn parse(url: &str) -> Option<Self> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            return (!path.is_empty()).then(|| Self::Sqlite(path.to_owned()));
        }
        (url.starts_with("postgres://") || url.starts_with("postgresql://"))
            .then(|| Self::Postgres(url.to_owned()))
    }
}

/// In words for people; without the password.
impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let url = match self {
            Self::Sqlite(path) => return write!(f, "the SQLite file {path}"),
            Self::Postgres(url) => url::Url::parse(url).ok(),
        };
        let host = url.as_ref().and_then(url::Url::host_str);
        let name = url.as_ref().map_or("", url::Url::path);
        match host {
            Some(host) => write!(f, "PostgreSQL at {host}{name}"),
            None => f.write_str("PostgreSQL at the address of database.url"),
        }
    }
}

/// What a connection will be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Read,
    Write,
}

/// `synchronous=FULL`: a commit that was answered is on disk. The cache sizes keep a small node small, and so does a log
/// that becomes short again after a flood of writes: its index lies in the memory of every connection. Until it is 4,000
/// pages long, what is written again and again (home feeds above all) is written into the file once.
const SQLITE_SETUP: &str = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; \
     PRAGMA busy_timeout=10000; PRAGMA trusted_schema=OFF; PRAGMA cache_size=-6000; PRAGMA temp_store=MEMORY; \
     PRAGMA journal_size_limit=16777216; PRAGMA wal_autocheckpoint=4000;";

/// Empties the log at the start, as far as nobody reads from it: waits for nobody, since commands open the file of a
/// running node too.
const SQLITE_SETTLE: &str =
    "PRAGMA busy_timeout=0; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout=10000;";

/// Opens the first connection of a process, for writing.
///
/// # Errors
/// `Unavailable` with a line that names the database and says what to do.
pub(super) fn open_first(target: &Target, runtime: &Handle) -> Result<Conn> {
    open(target, Purpose::Write, runtime).map_err(|error| {
        Error::Unavailable(format!(
            "{target} cannot be used ({error}): check `database.url`, that file or server are there, and that this user \
             may write"
        ))
    })
}

/// Opens one connection. PostgreSQL needs the runtime that drives its socket.
pub(super) fn open(
    target: &Target,
    purpose: Purpose,
    runtime: &Handle,
) -> diesel::ConnectionResult<Conn> {
    match target {
        Target::Sqlite(path) => {
            let mut conn = SqliteConnection::establish(path)?;
            let setup = || -> diesel::QueryResult<()> {
                conn.batch_execute("PRAGMA busy_timeout=10000;")?;
                conn.batch_execute(SQLITE_SETUP)?;
                conn.batch_execute(match purpose {
                    Purpose::Read => "PRAGMA query_only=ON;",
                    Purpose::Write => SQLITE_SETTLE,
                })
            };
            let mut setup = setup;
            setup().map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
            Ok(Conn::Sqlite(conn))
        }
        Target::Postgres(url) => {
            let _entered = runtime.enter();
            let connection = runtime.block_on(PgConn::connect(url))?;
            let mut conn = PgConn::wrap(connection);
            conn.batch_execute("SET TIME ZONE 'UTC'; SET statement_timeout = '30s';")
                .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
            Ok(Conn::Postgres(conn))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_chooses_the_database() {
        assert_eq!(
            Target::parse("sqlite:///tmp/x.db"),
            Some(Target::Sqlite("/tmp/x.db".into()))
        );
        assert!(matches!(
            Target::parse("postgres://localhost/x"),
            Some(Target::Postgres(_))
        ));
        let shown = |url| Target::parse(url).map(|target| target.to_string());
        assert_eq!(
            shown("postgres://me:secret@db.example:5433/cordee?sslmode=require"),
            Some("PostgreSQL at db.example/cordee".into())
        );
        assert_eq!(
            shown("sqlite:///tmp/x.db"),
            Some("the SQLite file /tmp/x.db".into())
        );
        assert_eq!(Target::parse("mysql://localhost/x"), None);
        assert_eq!(Target::parse("/tmp/x.db"), None);
    }
}
