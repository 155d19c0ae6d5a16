//! Wrong usage.

use crate::support::program::run;

#[test]
fn wrong_usage_ends_with_2_and_one_line() {
    let home = tempfile::tempdir().unwrap();
    run(home.path(), &["sreve"]).refuses(2, &["sreve", "--help"]);
    run(home.path(), &[]).refuses(2, &["command"]);
    run(home.path(), &["config"]).refuses(2, &["example", "check"]);
    run(home.path(), &["config", "example", "--loud"]).refuses(2, &["--loud"]);
}

#[test]
fn help_and_version_succeed_on_stdout() {
    let home = tempfile::tempdir().unwrap();
    let help = run(home.path(), &["--help"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    for command in [
        "config", "migrate", "backup", "restore", "verify", "report", "export",
    ] {
        assert!(help.out.contains(command), "{command} is not in the help");
    }
    let version = run(home.path(), &["--version"]);
    assert_eq!(
        version.out.trim(),
        concat!("cordee ", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn what_is_not_built_says_so_and_fails() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [
        &["backup", "file"][..],
        &["restore", "file"],
        &["verify", "file"],
        &["report", "pumps", "--period", "2026-Q3", "--html", "x.html"],
        &["export", "karim", "file"],
    ] {
        run(home.path(), arguments).refuses(1, &["not built yet"]);
    }
    assert_eq!(
        std::fs::read_dir(home.path()).unwrap().count(),
        0,
        "it left something behind"
    );
}
