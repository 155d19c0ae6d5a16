//! What must be written down: events, routes and migrations.

use std::fs;

use crate::source::{none, read, root, rust};

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
