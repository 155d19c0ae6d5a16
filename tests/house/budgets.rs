//! How long a file may be, and that it says what it is for.

use crate::source::{none, rust};

/// Lines a file may have; files of tests alone may have more.
const LINES: usize = 500;
const TEST_LINES: usize = 700;

/// Files that are longer for a good reason.
const LONGER: &[(&str, usize, &str)] = &[
    (
        "src/store/schema.rs",
        1100,
        "all tables in one place, so that one file is compared with the databases",
    ),
    (
        "src/store/posts.rs",
        600,
        "one table family: the posts and what hangs on them",
    ),
];

#[test]
fn files_stay_within_their_budget() {
    let mut faults = Vec::new();
    for file in rust(&["src", "tests"]) {
        let usual = if file.is_test() { TEST_LINES } else { LINES };
        let budget = LONGER
            .iter()
            .find(|(path, ..)| *path == file.path)
            .map_or(usual, |(_, lines, _)| *lines);
        let lines = file.text.lines().count();
        if lines > budget {
            faults.push(format!(
                "{}:{lines}: {lines} lines, {budget} are allowed",
                file.path
            ));
        }
    }
    none(
        &faults,
        "files too long to be read at one go (cut them by job, not by length):",
    );
}

#[test]
fn exceptions_are_needed() {
    for (path, budget, why) in LONGER {
        let file = rust(&["src", "tests"])
            .into_iter()
            .find(|file| file.path == *path);
        let lines = file
            .unwrap_or_else(|| panic!("{path} is gone: take it out of the list"))
            .text
            .lines()
            .count();
        assert!(
            lines > LINES,
            "{path} has {lines} lines, within the usual budget: take it out ({budget}, {why})"
        );
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    let faults: Vec<String> = rust(&["src", "tests"])
        .iter()
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| format!("{}:1: no `//!` line that says the file's job", file.path))
        .collect();
    none(&faults, "files without a header:");
}
