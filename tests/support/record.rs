//! Which databases the tests really used, kept between the test programs of one `cargo test`.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("databases-used")
}

/// Forgets earlier runs.
pub(crate) fn begin() {
    drop(fs::remove_file(path()));
}

/// Notes that a database was used; `how` says where it came from.
pub(crate) fn note(line: &str) {
    let file = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path());
    drop(file.and_then(|mut file| writeln!(file, "{line}")));
}

/// The notes of this run; the next run begins without them.
pub(crate) fn take() -> Vec<String> {
    let text = fs::read_to_string(path()).unwrap_or_default();
    begin();
    text.lines().map(str::to_owned).collect()
}
