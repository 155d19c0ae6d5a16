//! The program itself, started as a user starts it.

use std::path::Path;
use std::process::{Command, Output};

/// A command with a clean environment that works in `home`, so that no settings of this machine reach it.
pub(crate) fn cordee(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cordee"));
    command
        .args(arguments)
        .current_dir(home)
        .env_clear()
        .env("CORDEE_LOG", "warn");
    command
}

/// What the program said and how it ended.
pub(crate) struct Said {
    /// Exit status.
    pub(crate) code: i32,
    /// Everything on stdout.
    pub(crate) out: String,
    /// Everything on stderr.
    pub(crate) err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Runs the program to its end.
pub(crate) fn run(home: &Path, arguments: &[&str]) -> Said {
    cordee(home, arguments).output().unwrap().into()
}

impl Said {
    /// Expects an end with `code` and one line on stderr that contains all of `parts`.
    pub(crate) fn refuses(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, code, "stdout: {} stderr: {}", self.out, self.err);
        assert_eq!(self.err.lines().count(), 1, "not one line: {}", self.err);
        for part in parts {
            assert!(self.err.contains(part), "{part:?} is not in {}", self.err);
        }
    }
}
