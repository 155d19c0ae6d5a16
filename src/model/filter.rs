//! Words that somebody does not want to meet: how they are found in a text.

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a keyword stands in a text (in small letters), as a word of its own where `whole_word` says so. An end of the
/// keyword that is no letter or digit needs no boundary, as in Mastodon.
pub fn occurs(text: &str, keyword: &str, whole_word: bool) -> bool {
    let keyword = keyword.trim().to_lowercase();
    if keyword.is_empty() {
        return false;
    }
    let joins = |inner: Option<char>, outer: Option<char>| {
        inner.is_some_and(is_word) && outer.is_some_and(is_word)
    };
    text.match_indices(&keyword).any(|(at, found)| {
        let before = text.get(..at).and_then(|part| part.chars().next_back());
        let after = text
            .get(at + found.len()..)
            .and_then(|part| part.chars().next());
        !whole_word
            || !(joins(keyword.chars().next(), before) || joins(keyword.chars().next_back(), after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_found_as_parts_or_as_words() {
        for (text, keyword, part, word) in [
            ("the pump hums", "Pump", true, true),
            ("the pumps hum", "pump", true, false),
            ("spumpe", "pump", true, false),
            ("pumps and a pump", "pump", true, true),
            ("l'été arrive", "été", true, true),
            ("a c++ question", "c++", true, true),
            ("see #pump!", "#pump", true, true),
            ("see x#pump!", "#pump", true, true),
            ("two words here", "two words", true, true),
            ("nothing", "pump", false, false),
            ("nothing", " ", false, false),
        ] {
            assert_eq!(occurs(text, keyword, false), part, "{keyword} in {text}");
            assert_eq!(occurs(text, keyword, true), word, "{keyword} in {text}");
        }
    }
}
