//! Who may import whom. An edge that is not in the table fails; adding one is a decision to be written down.

use crate::source::{none, rust};

/// For each module of the library the modules it may use, besides itself and `error`.
const EDGES: &[(&str, &[&str])] = &[
    ("error", &["model"]),
    ("model", &[]),
    // `secrets` for the check whether a key in the settings is one.
    ("config", &["model", "secrets"]),
    ("hub", &["model"]),
    ("i18n", &["model"]),
    ("mail", &["model"]),
    ("media", &["model", "tls"]),
    ("params", &["model"]),
    ("secrets", &["model"]),
    ("telemetry", &["model"]),
    ("tls", &[]),
    ("webpush", &["model", "secrets"]),
    ("store", &["model", "config", "tls"]),
    // Of `secrets` only the key type and the bounds of passwords: making secrets is not a matter of a transaction.
    ("actions", &["model", "store", "secrets"]),
    (
        "app",
        // `secrets` for the node's key for push messages, which is read once.
        &[
            "config", "store", "hub", "mail", "media", "model", "i18n", "secrets",
        ],
    ),
    (
        "oauth",
        &[
            "app", "model", "store", "actions", "params", "secrets", "i18n",
        ],
    ),
    (
        "federation",
        // `i18n` for the labels of fields in the text of a post.
        &[
            "app", "model", "store", "actions", "media", "secrets", "config", "i18n", "tls",
        ],
    ),
    (
        "api",
        &[
            "app", "model", "store", "actions", "media", "oauth", "hub", "params", "secrets",
            "i18n", "config", "webpush",
        ],
    ),
    (
        "web",
        &[
            "app", "model", "store", "actions", "media", "oauth", "params", "secrets", "i18n",
            "config",
        ],
    ),
    (
        "jobs",
        // `secrets` for the codes of links in mails, which are made when the mail is written.
        &[
            "app",
            "secrets",
            "model",
            "store",
            "actions",
            "federation",
            "mail",
            "media",
            "hub",
            "i18n",
            "webpush",
        ],
    ),
];

/// Modules that may use everything and that nobody but `main` and the tests uses.
const TOP: &[&str] = &["server", "cli", "dev", "main", "lib"];

/// Outside crates that stay in certain modules, and why.
const KEPT: &[(&str, &[&str], &str)] = &[
    (
        "diesel",
        &["store"],
        "only `store` names diesel, so that the database can change in one room",
    ),
    ("diesel_migrations", &["store"], "only `store` names diesel"),
    (
        "tokio_postgres",
        &["store"],
        "only `store` speaks to databases",
    ),
    (
        "axum",
        &[
            "api",
            "web",
            "federation",
            "oauth",
            "params",
            "server",
            "cli",
            "dev",
        ],
        "rules, actions and the store know no HTTP",
    ),
    (
        "activitypub_federation",
        &["federation"],
        "the library stays behind one module",
    ),
    (
        "http_signature_normalization",
        &["federation"],
        "signatures are a matter of `federation`",
    ),
    (
        "reqwest",
        &["federation", "cli", "dev", "server", "media"],
        "outgoing requests go through `federation`; `media` asks the bucket that the operator named, nobody else",
    ),
    (
        "rusty_s3",
        &["media"],
        "where files lie is a matter of `media`",
    ),
    ("lettre", &["mail"], "mail leaves through `mail`"),
    ("askama", &["web"], "templates are a matter of pages"),
    ("clap", &["cli"], "the command line is a matter of `cli`"),
];

/// What `model` must do without, so that its rules need no database, runtime or format.
const NOT_IN_MODEL: &[&str] = &[
    "diesel",
    "axum",
    "serde_json",
    "tokio",
    "reqwest",
    "tracing",
];

/// The names that follow each `crate::` in a line.
fn ours(line: &str) -> Vec<&str> {
    let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    line.match_indices("crate::")
        .filter(|(at, _)| !line[..*at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
        .map(|(at, found)| {
            line[at + found.len()..]
                .split(word)
                .next()
                .unwrap_or_default()
        })
        .collect()
}

/// Whether a line names an outside crate by path.
fn names(line: &str, outside: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':' || c == '.';
    line.match_indices(outside)
        .any(|(at, _)| line[at + outside.len()..].starts_with("::") && !line[..at].ends_with(part))
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let mut faults = Vec::new();
    let files = rust(&["src"]);
    for file in files.iter().filter(|file| !file.is_test()) {
        let module = file.module();
        if TOP.contains(&module) {
            continue;
        }
        let Some((_, allowed)) = EDGES.iter().find(|(name, _)| *name == module) else {
            faults.push(format!(
                "{}: module `{module}` is not in the table of tests/house/imports.rs",
                file.path
            ));
            continue;
        };
        for (number, line) in file.code() {
            for used in ours(line) {
                let macros = used.is_empty() || used.starts_with(char::is_uppercase);
                if !macros && used != module && used != "error" && !allowed.contains(&used) {
                    faults.push(format!(
                        "{}:{number}: `{module}` must not use `{used}`",
                        file.path
                    ));
                }
            }
            if line.contains("crate::{") {
                faults.push(format!(
                    "{}:{number}: name one module a line, so that edges can be read",
                    file.path
                ));
            }
        }
    }
    none(
        &faults,
        "edges between modules that docs/ARCHITECTURE.md does not allow:",
    );
}

#[test]
fn outside_crates_stay_where_they_belong() {
    let mut faults = Vec::new();
    for file in rust(&["src"]).iter().filter(|file| !file.is_test()) {
        for (number, line) in file.code() {
            for (outside, homes, why) in KEPT {
                if names(line, outside) && !homes.contains(&file.module()) {
                    faults.push(format!("{}:{number}: `{outside}` here: {why}", file.path));
                }
            }
            for outside in NOT_IN_MODEL {
                if file.module() == "model" && names(line, outside) {
                    faults.push(format!(
                        "{}:{number}: `{outside}` in `model`, whose rules are pure",
                        file.path
                    ));
                }
            }
        }
    }
    none(&faults, "outside crates out of place:");
}

#[test]
fn the_reader_of_edges_reads_right() {
    assert_eq!(
        ours("use crate::store::db; crate::error::X $crate::model::y"),
        ["store", "error", "model"]
    );
    assert!(names("use diesel::prelude::*;", "diesel") && !names("my_diesel::x", "diesel"));
    assert!(!names("self::diesel::x", "diesel") && !names("diesel_async::x", "diesel"));
}
