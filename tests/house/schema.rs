//! The tables in `src/store/schema.rs` against the live catalogue of each database, after all migrations.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::databases::{Database, server};
use crate::source::read;
use cordee::store::conn::Target;
use cordee::store::migrate;

/// Column by name: its type in words of both, and whether it may be null.
type Columns = BTreeMap<String, (String, bool)>;
type Tables = BTreeMap<String, Columns>;

/// What `schema.rs` says.
fn written() -> Tables {
    let mut tables = Tables::new();
    let mut current = None;
    for line in read("src/store/schema.rs").lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            current = Some(name.to_owned());
            tables.insert(name.to_owned(), Columns::new());
        } else if let (Some(table), Some((name, kind))) = (&current, line.split_once(" -> ")) {
            let kind = kind.trim_end_matches(',');
            let inner = kind
                .strip_prefix("Nullable<")
                .map(|rest| rest.trim_end_matches('>'));
            let word = inner.unwrap_or(kind).to_lowercase();
            tables
                .get_mut(table)
                .unwrap()
                .insert(name.to_owned(), (word, inner.is_some()));
        }
    }
    assert!(tables.len() > 10, "schema.rs could not be read");
    tables
}

/// The word of `schema.rs` for a type as a catalogue writes it.
fn word(kind: &str) -> String {
    let kind = kind.to_lowercase();
    match kind.as_str() {
        "bigint" => "bigint",
        "integer" => "integer",
        "smallint" => "smallint",
        "boolean" => "bool",
        "timestamp" | "timestamp without time zone" => "timestamp",
        "double precision" | "double" => "double",
        "bytea" | "blob" | "binary" => "binary",
        "text" => "text",
        other => other,
    }
    .to_owned()
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = diesel::sql_types::Text)]
    t: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    c: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    k: String,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    n: bool,
}

fn tables(rows: impl IntoIterator<Item = (String, String, String, bool)>) -> Tables {
    let mut tables = Tables::new();
    for (table, column, kind, nullable) in rows {
        // Of diesel, and what differs between the two on purpose.
        if !table.starts_with("__diesel") && !table.starts_with("post_search") {
            tables
                .entry(table)
                .or_default()
                .insert(column, (word(&kind), nullable));
        }
    }
    tables
}

fn migrated(database: &Database) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    migrate::run(&Target::parse(&database.url).unwrap(), runtime.handle()).unwrap();
}

fn compare(live: &Tables, kind: &str) {
    let written = written();
    let mut faults = Vec::new();
    for (table, columns) in &written {
        let Some(found) = live.get(table) else {
            faults.push(format!("{table}: only in schema.rs"));
            continue;
        };
        for (column, expected) in columns {
            match found.get(column) {
                None => faults.push(format!("{table}.{column}: only in schema.rs")),
                Some(found) if found != expected => {
                    faults.push(format!(
                        "{table}.{column}: {expected:?} in schema.rs, {found:?} in the database"
                    ));
                }
                Some(_) => {}
            }
        }
        let extra = found.keys().filter(|column| !columns.contains_key(*column));
        faults.extend(extra.map(|column| format!("{table}.{column}: only in the database")));
    }
    let extra = live.keys().filter(|table| !written.contains_key(*table));
    faults.extend(extra.map(|table| format!("{table}: only in the database")));
    crate::source::none(
        &faults,
        &format!("src/store/schema.rs and the tables of {kind} differ (type, nullable):"),
    );
}

#[test]
fn the_tables_of_sqlite_are_those_of_the_code() {
    let database = Database::sqlite();
    migrated(&database);
    let mut conn =
        SqliteConnection::establish(database.url.trim_start_matches("sqlite://")).unwrap();
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT m.name AS t, p.name AS c, p.type AS k, (p.\"notnull\" = 0 AND p.pk = 0) AS n \
         FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'",
    )
    .load(&mut conn)
    .unwrap();
    compare(
        &tables(rows.into_iter().map(|row| (row.t, row.c, row.k, row.n))),
        "SQLite",
    );
}

#[test]
fn the_tables_of_postgresql_are_those_of_the_code() {
    let Some(database) = Database::postgres() else {
        return;
    };
    migrated(&database);
    let schema = database.schema().unwrap().to_owned();
    let rows = crate::databases::query(
        server().unwrap(),
        &format!(
            "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES' \
             FROM information_schema.columns WHERE table_schema = '{schema}'"
        ),
    );
    compare(&tables(rows), "PostgreSQL");
}

#[test]
fn every_migration_can_be_taken_back_and_run_again() {
    for database in Database::each() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let target = Target::parse(&database.url).unwrap();
        let up = migrate::run(&target, runtime.handle()).unwrap();
        let down = migrate::run_down(&target, runtime.handle()).unwrap();
        assert_eq!(up, down, "{}", database.kind);
        assert_eq!(
            migrate::run(&target, runtime.handle()).unwrap(),
            up,
            "{}",
            database.kind
        );
    }
}
