//! Tables as text, comma-separated (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe in front,
//! which is taken off again when it comes back.

/// Writes one row, with a line end.
pub fn write_row(out: &mut String, cells: &[&str]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        let shielded = if is_formula(cell) {
            format!("'{cell}")
        } else {
            (*cell).to_owned()
        };
        if shielded.contains([',', '"', '\n', '\r']) || shielded.trim() != shielded {
            out.push('"');
            out.push_str(&shielded.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&shielded);
        }
    }
    out.push('\n');
}

fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Reads the rows of a table, without empty ones; `None` where there are more than `most`, or a quote is left open.
pub fn read(text: &str, most: usize) -> Option<Vec<Vec<String>>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut rows: Vec<Vec<String>> = Vec::new();
    let (mut row, mut cell) = (Vec::new(), String::new());
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                cell.push('"');
                letters.next();
            }
            '"' if quoted => quoted = false,
            _ if quoted => cell.push(letter),
            '"' if cell.trim().is_empty() => {
                cell.clear();
                quoted = true;
            }
            ',' => row.push(finish(&mut cell)),
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' | '\r' => {
                row.push(finish(&mut cell));
                keep(&mut rows, &mut row);
                if rows.len() > most {
                    return None;
                }
            }
            _ => cell.push(letter),
        }
    }
    if quoted {
        return None;
    }
    row.push(finish(&mut cell));
    keep(&mut rows, &mut row);
    (rows.len() <= most).then_some(rows)
}

fn finish(cell: &mut String) -> String {
    let text = std::mem::take(cell);
    let text = text.trim();
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest.to_owned(),
        _ => text.to_owned(),
    }
}

fn keep(rows: &mut Vec<Vec<String>>, row: &mut Vec<String>) {
    let row = std::mem::take(row);
    if row.iter().any(|cell| !cell.is_empty()) {
        rows.push(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let rows = [
            vec!["plain", "with, comma", "say \"hi\""],
            vec!["=1+1", "@name", " spaces "],
            vec!["two\nlines", "'quoted", "é"],
        ];
        let mut text = String::new();
        for row in &rows {
            write_row(&mut text, row);
        }
        assert!(text.contains("'=1+1,'@name"));
        let mut wanted: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
            .collect();
        wanted[1][2] = "spaces".into();
        assert_eq!(read(&text, 3), Some(wanted));
    }

    #[test]
    fn other_programs_are_understood() {
        let text = "\u{feff}a,b\r\n\r\n \"c\"\"d\" ,\r\n,\ne";
        let rows = [vec!["a", "b"], vec!["c\"d", ""], vec!["e"]];
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
            .collect();
        assert_eq!(read(text, 9), Some(rows));
        assert_eq!(read("", 9), Some(Vec::new()));
    }

    #[test]
    fn too_much_and_open_quotes_are_refused() {
        assert_eq!(read("a\nb\nc", 2), None);
        assert_eq!(read("\"a\nb", 9), None);
    }
}
