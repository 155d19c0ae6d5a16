//! Runs after the other tests and says on the last lines of `cargo test` which databases and browser they used.
#![allow(clippy::print_stdout, reason = "its only purpose is to say something")]

#[allow(dead_code, reason = "the tests use the other half")]
#[path = "support/record.rs"]
mod record;

fn main() {
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    let used = record::take();
    for kind in ["SQLite", "PostgreSQL"] {
        match used.iter().find_map(|line| line.strip_prefix(kind)) {
            Some(how) => println!("database {kind}: the tests ran on it{how}"),
            None if kind == "SQLite" => println!("database {kind}: not used in this run"),
            None => println!(
                "database {kind}: NOT used; set CORDEE_TEST_POSTGRES=postgres://USER@HOST/NAME or install its programs"
            ),
        }
    }
    if used.iter().any(|line| line == "Chromium") {
        println!("browser Chromium: the pages were walked through in it");
    } else {
        println!("browser Chromium: NOT used; install chromium and chromium-driver");
    }
}
