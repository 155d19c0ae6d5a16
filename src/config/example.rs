//! The commented example: every key with its default, generated so that it cannot go stale.

use super::keys::KEYS;

const HEAD: &str = "# Settings of a Cordée node. Every key is optional and stands here with its default.\n\
# Each can be set by environment too, which wins over this file; lists are comma-separated there.\n\
# Unknown keys are refused. Check a file with `cordee config check --config FILE`.\n\
# A secret can lie in a file of its own: instead of KEY = \"…\" write KEY_file = \"/path\".\n";

/// The whole example file.
pub fn example() -> String {
    let mut text = HEAD.to_owned();
    let mut current = "";
    for key in KEYS {
        let (section, name) = key.parts();
        if section != current {
            text.push_str("\n[");
            text.push_str(section);
            text.push_str("]\n");
            current = section;
        }
        text.push('\n');
        for line in key.about.lines() {
            text.push_str("# ");
            text.push_str(line.trim_start());
            text.push('\n');
        }
        let file = if key.secret {
            format!(" (or {name}_file)")
        } else {
            String::new()
        };
        for part in [
            "# Environment: ",
            &key.variable(),
            &file,
            "\n",
            name,
            " = ",
            key.default,
            "\n",
        ] {
            text.push_str(part);
        }
    }
    text
}
