//! What a person takes along from one node to another, as the tables that Mastodon writes and reads.

use super::refusal::Refusal;
use super::text::csv;
use super::text::handles::{Handle, is_domain};
use super::words::TransferKind;

/// Most lines of one file.
pub const LINES: usize = 10_000;
/// Largest file, in bytes.
pub const BYTES: u64 = 2 << 20;
/// Longest cell, in characters.
const CELL: usize = 2000;

impl TransferKind {
    /// The columns of its table, in order.
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Follows => &[
                "Account address",
                "Show boosts",
                "Notify on new posts",
                "Languages",
            ],
            Self::Mutes => &["Account address", "Hide notifications"],
            Self::Blocks => &["Account address"],
            Self::DomainBlocks => &["#domain"],
            Self::Lists => &["List name", "Account address"],
            Self::Bookmarks => &["#uri"],
        }
    }

    /// Whether the first line of its file names the columns; Mastodon does so for two tables only.
    pub const fn has_head(self) -> bool {
        matches!(self, Self::Follows | Self::Mutes)
    }

    /// The name of its file.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Follows => "following_accounts.csv",
            Self::Mutes => "muted_accounts.csv",
            Self::Blocks => "blocked_accounts.csv",
            Self::DomainBlocks => "blocked_domains.csv",
            Self::Lists => "lists.csv",
            Self::Bookmarks => "bookmarks.csv",
        }
    }
}

/// Reads a file: its lines without head, the columns in our order.
///
/// # Errors
/// `Malformed` where it is no table or holds a NUL character, which no cell can, `Blank` where there is nothing in it, `TooMany` where there are more than [`LINES`]
/// lines, `TooLong` for a cell that nothing can stand in.
pub fn read(kind: TransferKind, text: &str) -> Result<Vec<Vec<String>>, Refusal> {
    let columns = kind.columns();
    if text.contains('\0') {
        return Err(Refusal::Malformed);
    }
    let Some(mut rows) = csv::read(text, LINES + 1) else {
        let too_many = text.lines().count() > LINES;
        return Err(if too_many {
            Refusal::TooMany(LINES)
        } else {
            Refusal::Malformed
        });
    };
    let known = |cell: &String| {
        columns
            .iter()
            .position(|column| column.eq_ignore_ascii_case(cell))
    };
    let head: Option<Vec<Option<usize>>> = rows
        .first()
        .filter(|row| row.iter().any(|cell| known(cell).is_some()))
        .map(|row| row.iter().map(known).collect());
    if head.is_some() {
        rows.remove(0);
    }
    if rows.is_empty() {
        return Err(Refusal::Blank);
    }
    if rows.len() > LINES {
        return Err(Refusal::TooMany(LINES));
    }
    rows.into_iter()
        .map(|row| place(columns.len(), head.as_deref(), row))
        .collect()
}

/// A row with its cells where our columns are.
fn place(
    width: usize,
    head: Option<&[Option<usize>]>,
    row: Vec<String>,
) -> Result<Vec<String>, Refusal> {
    let mut placed = vec![String::new(); width];
    for (at, cell) in row.into_iter().enumerate() {
        if cell.chars().count() > CELL {
            return Err(Refusal::TooLong(CELL));
        }
        let to = match head {
            Some(head) => head.get(at).copied().flatten(),
            None => Some(at),
        };
        if let Some(there) = to.and_then(|to| placed.get_mut(to)) {
            *there = cell;
        }
    }
    Ok(placed)
}

/// Whether a row names something that one could follow, mute, block or keep: by its form alone.
pub fn names_something(kind: TransferKind, row: &[String]) -> bool {
    let cell = |at: usize| row.get(at).map_or("", |cell| cell.trim());
    match kind {
        TransferKind::Follows | TransferKind::Mutes | TransferKind::Blocks => {
            Handle::parse(cell(0)).is_some()
        }
        TransferKind::DomainBlocks => is_domain(&cell(0).to_lowercase()),
        TransferKind::Lists => !cell(0).is_empty() && Handle::parse(cell(1)).is_some(),
        TransferKind::Bookmarks => {
            cell(0).starts_with("https://") || cell(0).starts_with("http://")
        }
    }
}

/// A cell that says yes or no; empty ones say neither.
pub fn is_on(cell: &str) -> Option<bool> {
    match cell.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

/// The codes of languages in a cell.
pub fn languages(cell: &str) -> Vec<String> {
    cell.split(',')
        .map(|code| code.trim().to_lowercase())
        .filter(|code| !code.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(kind: TransferKind, text: &str) -> Vec<String> {
        let read = read(kind, text).unwrap();
        read.iter().map(|row| row.join("|")).collect()
    }

    #[test]
    fn columns_go_by_their_names_where_there_are_names() {
        let text = "Show boosts,Account address,Other\nfalse,a@x.example,7\n";
        assert_eq!(rows(TransferKind::Follows, text), ["a@x.example|false||"]);
        assert_eq!(
            rows(TransferKind::Blocks, "a@x.example\n\nb@y.example\n"),
            ["a@x.example", "b@y.example"]
        );
        let text = "Robots,a@x.example\n\"Dams, weirs\",b@y.example";
        assert_eq!(
            rows(TransferKind::Lists, text),
            ["Robots|a@x.example", "Dams, weirs|b@y.example"]
        );
    }

    #[test]
    fn a_row_names_something_by_its_form() {
        let names = |kind, cells: &[&str]| {
            let row: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
            names_something(kind, &row)
        };
        assert!(names(TransferKind::Follows, &["@a@x.example"]));
        assert!(names(TransferKind::Mutes, &["a"]));
        assert!(!names(TransferKind::Blocks, &["not a handle"]));
        assert!(names(TransferKind::DomainBlocks, &["X.example"]));
        assert!(!names(TransferKind::DomainBlocks, &["a b"]));
        assert!(names(TransferKind::Lists, &["Pumps", "a@x.example"]));
        assert!(!names(TransferKind::Lists, &["a@x.example"]));
        assert!(names(TransferKind::Bookmarks, &["https://x.example/1"]));
        assert!(!names(TransferKind::Bookmarks, &["a@x.example"]));
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert_eq!(read(TransferKind::Blocks, ""), Err(Refusal::Blank));
        assert_eq!(
            read(TransferKind::Mutes, "Account address\n"),
            Err(Refusal::Blank)
        );
        assert_eq!(read(TransferKind::Blocks, "\"a"), Err(Refusal::Malformed));
        let nul = "a@x.example\nb\0@x.example\n";
        assert_eq!(read(TransferKind::Blocks, nul), Err(Refusal::Malformed));
        let many = "a@x.example\n".repeat(LINES + 2);
        assert_eq!(
            read(TransferKind::Blocks, &many),
            Err(Refusal::TooMany(LINES))
        );
        let long = "x".repeat(CELL + 1);
        assert_eq!(
            read(TransferKind::Bookmarks, &long),
            Err(Refusal::TooLong(CELL))
        );
    }
}
