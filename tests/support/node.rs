//! A node that is only used from the command line.

use super::databases::Database;
use super::program::{Said, cordee};

/// A database and the public address it is for.
pub(crate) struct Node {
    pub(crate) database: Database,
    pub(crate) public_url: &'static str,
}

impl Node {
    /// A node on a database.
    pub(crate) fn on(database: Database, public_url: &'static str) -> Self {
        Self {
            database,
            public_url,
        }
    }

    /// A node on each kind of database.
    pub(crate) fn each() -> Vec<Self> {
        Database::each()
            .into_iter()
            .map(|database| Self::on(database, "http://localhost:7400"))
            .collect()
    }

    /// A command on this node.
    pub(crate) fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = cordee(self.database.home.path(), arguments);
        command
            .env("CORDEE_DATABASE__URL", &self.database.url)
            .env("CORDEE_SERVER__PUBLIC_URL", self.public_url);
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs a command that must succeed silently on stderr; what it printed.
    pub(crate) fn does(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(
            (said.code, said.err.as_str()),
            (0, ""),
            "{arguments:?} on {}",
            self.database.kind
        );
        said.out
    }

    /// The same, for a command that prints JSON.
    pub(crate) fn lists(&self, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.does(arguments)).unwrap()
    }
}
