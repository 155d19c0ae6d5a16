//! The rules of the house as a test: who may import whom, how long files may be, what must be written down.

use std::fs;
use std::path::Path;

fn folders(path: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let entries = fs::read_dir(root).unwrap().map(|entry| entry.unwrap());
    let mut names: Vec<String> = entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn both_databases_have_the_same_migrations() {
    assert_eq!(folders("migrations/sqlite"), folders("migrations/postgres"));
}
