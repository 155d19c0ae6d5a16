//! `cordee migrate` on each database.

use crate::support::databases::Database;
use crate::support::program::{Said, cordee, run};

#[test]
fn a_new_database_is_brought_to_this_version_once() {
    for database in Database::each() {
        let migrate = || -> Said {
            let mut command = cordee(database.home.path(), &["migrate"]);
            command
                .env("CORDEE_DATABASE__URL", &database.url)
                .output()
                .unwrap()
                .into()
        };
        let first = migrate();
        assert_eq!(
            (first.code, first.err.as_str()),
            (0, ""),
            "{}",
            database.kind
        );
        assert!(first.out.contains("migrations were run"), "{}", first.out);
        assert!(migrate().out.contains("already"), "{}", database.kind);
    }
}

#[test]
fn an_unusable_database_is_one_line() {
    let home = tempfile::tempdir().unwrap();
    for (url, place) in [
        ("sqlite:///nowhere/at/all.db", "/nowhere/at/all.db"),
        (
            "postgres://nobody:secret@127.0.0.1:1/none",
            "127.0.0.1/none",
        ),
    ] {
        let mut command = cordee(home.path(), &["migrate"]);
        let said: Said = command
            .env("CORDEE_DATABASE__URL", url)
            .output()
            .unwrap()
            .into();
        said.refuses(1, &[place, "check `database.url`"]);
        assert!(!said.err.contains("secret"), "{}", said.err);
    }
    std::fs::write(home.path().join("file"), "").unwrap();
    let mut command = cordee(home.path(), &["migrate"]);
    let said: Said = command
        .env("CORDEE_DATA_DIR", "file")
        .output()
        .unwrap()
        .into();
    said.refuses(1, &["data folder file"]);
    run(home.path(), &["migrate", "now"]).refuses(2, &["now"]);
}
