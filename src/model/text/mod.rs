//! Text of posts: what people type, turned into what others read.

pub mod csv;
pub mod emoji;
pub mod handles;
pub mod html;
pub mod markdown;
pub mod verbs;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case without accents: how tags, verbs and search words are compared.
pub fn fold(text: &str) -> String {
    text.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The line that stands for a quote where none is shown, with the page of what is quoted. Clients that show the quote
/// leave it out by its class.
pub fn quote_link(url: &str) -> String {
    let url = html::escape(url);
    format!(
        "<p class=\"quote-inline\">RE: <a href=\"{url}\" rel=\"nofollow noopener\" translate=\"no\">{url}</a></p>"
    )
}

/// The text cut to at most `limit` characters, at a word boundary where there is one, with an ellipsis.
pub fn teaser(text: &str, limit: usize) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= limit {
        return flat;
    }
    let cut: String = flat.chars().take(limit.saturating_sub(1)).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(head, _)| head);
    format!("{}…", whole.trim_end_matches([',', ';', ':', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_case_do_not_matter() {
        assert_eq!(fold("Sécurité"), "securite");
        assert_eq!(fold("ÉCLUSE"), fold("écluse"));
    }

    #[test]
    fn a_teaser_ends_at_a_word() {
        assert_eq!(teaser("one two three", 20), "one two three");
        assert_eq!(teaser("one two three", 9), "one two…");
    }
}
