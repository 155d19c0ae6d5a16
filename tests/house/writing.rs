//! What must be written down: events, routes and migrations.

use std::collections::BTreeSet;
use std::fs;

use crate::routes::routes_below;
use crate::source::{none, read, root, rust};

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

fn folders(path: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(path)).unwrap().map(Result::unwrap);
    let mut names: Vec<String> = entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn both_databases_have_the_same_migrations_up_and_down() {
    let (sqlite, postgres) = (folders("migrations/sqlite"), folders("migrations/postgres"));
    assert_eq!(
        sqlite, postgres,
        "the folders in migrations/sqlite and migrations/postgres differ"
    );
    for kind in ["sqlite", "postgres"] {
        for name in &sqlite {
            for file in ["up.sql", "down.sql"] {
                let path = format!("migrations/{kind}/{name}/{file}");
                assert!(!read(&path).trim().is_empty(), "{path} is empty");
            }
        }
    }
}

/// The variants of an enum: its lines with an indent of four that begin with a capital.
fn variants(path: &str, name: &str) -> Vec<(usize, String)> {
    let text = read(path);
    let mut inside = false;
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.starts_with(&format!("pub enum {name} {{")) {
            inside = true;
        } else if line == "}" {
            inside = false;
        }
        if let Some(rest) = line
            .strip_prefix("    ")
            .filter(|rest| inside && rest.starts_with(char::is_uppercase))
        {
            let word: String = rest
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            found.push((index + 1, word));
        }
    }
    assert!(!found.is_empty(), "{path} has no enum {name}");
    found
}

#[test]
fn every_event_is_explained() {
    let documents = read("docs/FEDERATION.md") + &read("docs/ARCHITECTURE.md");
    let path = "src/model/event.rs";
    let faults: Vec<String> = variants(path, "Event")
        .into_iter()
        .filter(|(_, name)| !documents.contains(&format!("`{name}`")))
        .map(|(line, name)| format!("{path}:{line}: `{name}` stands in neither document"))
        .collect();
    none(
        &faults,
        "events that neither docs/FEDERATION.md nor docs/ARCHITECTURE.md explains:",
    );
}

/// The paths given to `.route(` in the sources.
fn routes() -> Vec<(String, usize, String)> {
    let mut found = Vec::new();
    for file in rust(&["src"]).iter().filter(|file| !file.is_test()) {
        for (at, call) in file.text.match_indices(".route(") {
            let rest = file.text[at + call.len()..].trim_start();
            let Some(path) = rest
                .strip_prefix('"')
                .and_then(|rest| rest.split('"').next())
            else {
                continue;
            };
            let line = file.text[..at].lines().count();
            found.push((file.path.clone(), line, path.to_owned()));
        }
    }
    found
}

#[test]
fn every_route_is_documented() {
    let document = read("docs/API.md");
    let routes = routes();
    assert!(
        !routes.is_empty(),
        "no route was found: has `.route(\"…\")` another form now?"
    );
    let faults: Vec<String> = routes
        .into_iter()
        .filter(|(_, _, path)| !document.contains(&format!("`{path}`")))
        .map(|(file, line, path)| format!("{file}:{line}: `{path}` is not in docs/API.md"))
        .collect();
    none(&faults, "routes that docs/API.md does not list:");
}

/// The rows of the tables of docs/API.md: line, paths, and what is said of them.
fn rows(document: &str) -> Vec<(usize, Vec<&str>, &str)> {
    document
        .lines()
        .enumerate()
        .filter_map(|(index, line)| {
            let (paths, says) = line.strip_prefix("| `")?.split_once(" | ")?;
            let paths = paths.split('`').step_by(2).collect();
            Some((index + 1, paths, says))
        })
        .collect()
}

#[test]
fn every_address_has_one_row_that_tells_its_methods() {
    let document = read("docs/API.md");
    let real = routes_below("/");
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for (line, paths, says) in rows(&document) {
        for path in &paths {
            if !seen.insert(*path) {
                faults.push(format!("docs/API.md:{line}: `{path}` has a row already"));
            }
        }
        let told: BTreeSet<&str> = says
            .split(|c: char| !c.is_ascii_uppercase())
            .filter(|word| METHODS.contains(word))
            .collect();
        let methods: BTreeSet<&str> = real
            .iter()
            .filter_map(|route| route.split_once(' '))
            .filter(|(_, path)| paths.contains(path))
            .map(|(method, _)| method)
            .collect();
        if !methods.is_empty() && told != methods {
            faults.push(format!(
                "docs/API.md:{line}: {paths:?} tell {told:?}, there are {methods:?}"
            ));
        }
    }
    none(&faults, "rows of docs/API.md that are not true:");
}
