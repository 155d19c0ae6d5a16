//! Settings as an operator meets them.

use crate::support::program::{Said, cordee, run};

#[test]
fn the_printed_example_is_accepted_as_it_is() {
    let home = tempfile::tempdir().unwrap();
    let example = run(home.path(), &["config", "example"]);
    assert_eq!(example.code, 0);
    std::fs::write(home.path().join("cordee.toml"), &example.out).unwrap();
    let check = run(home.path(), &["config", "check"]);
    assert_eq!((check.code, check.err.as_str()), (0, ""));
    assert!(check.out.contains("http://localhost:7400"), "{}", check.out);
}

#[test]
fn an_unknown_key_ends_with_2_and_names_the_nearest() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(
        home.path().join("cordee.toml"),
        "[server]\nlisen = \"127.0.0.1:1\"\n",
    )
    .unwrap();
    run(home.path(), &["config", "check"])
        .refuses(2, &["server.lisen", "cordee.toml", "server.listen"]);
    std::fs::write(home.path().join("other.toml"), "[node]\nname = 3\n").unwrap();
    run(home.path(), &["--config", "other.toml", "migrate"])
        .refuses(2, &["node.name", "3", "other.toml", "text"]);
    run(home.path(), &["migrate", "--config", "nowhere.toml"]).refuses(2, &["nowhere.toml"]);
}

#[test]
fn an_unknown_variable_ends_with_2_and_names_the_nearest() {
    let home = tempfile::tempdir().unwrap();
    let said: Said = cordee(home.path(), &["config", "check"])
        .env("CORDEE_SERVR__LISTEN", "127.0.0.1:1")
        .output()
        .unwrap()
        .into();
    said.refuses(
        2,
        &[
            "CORDEE_SERVR__LISTEN",
            "environment",
            "CORDEE_SERVER__LISTEN",
        ],
    );
}

#[test]
fn a_broken_file_is_told_with_its_line() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(
        home.path().join("cordee.toml"),
        "data_dir = \"x\"\n[server\n",
    )
    .unwrap();
    run(home.path(), &["config", "check"]).refuses(2, &["line 2", "cordee.toml"]);
}
