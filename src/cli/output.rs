//! The only place that writes to stdout and stderr. A reader that went away ends the output, not the program in disorder.

use std::io::Write;

use serde_json::Value;

/// One line for the reader.
pub(super) fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    // A closed pipe (`cordee user list | head`) is no failure of ours.
    drop(writeln!(out, "{text}").and_then(|()| out.flush()));
}

/// One line about a failure, whatever line breaks its text has.
pub(super) fn complain(text: &str) {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    drop(writeln!(std::io::stderr().lock(), "cordee: {text}"));
}

/// One JSON value.
pub(super) fn json(value: &Value) {
    line(&value.to_string());
}

/// Rows under headings, in columns as wide as their widest cell.
pub(super) fn table(headings: &[&str], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count());
        cells
            .chain(headings.get(column).map(|heading| heading.chars().count()))
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let print = |cells: &[String]| {
        let padded = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        line(padded.collect::<Vec<_>>().join("  ").trim_end());
    };
    print(
        &headings
            .iter()
            .map(|heading| (*heading).to_owned())
            .collect::<Vec<_>>(),
    );
    for row in rows {
        print(row);
    }
}
