//! Verbs: hashtags with which a plain client says what a post is (`#question`) or what to do (`#accepted`), in English,
//! French and Dutch, with or without accents. The words are fixed by the contract.

use super::fold;
use super::handles::{Span, spans};
use crate::model::words::Kind;

/// What a reply asks to be done instead of being a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Accept the answer that is replied to.
    Accept,
    /// Say that one has used what is replied to.
    Used,
    /// Thank for what is replied to.
    Thank,
    /// Say that what is replied to is still true.
    StillTrue,
    /// Say that what is replied to is true no more.
    Changed,
}

/// The kind that a hashtag names, if it is a verb.
pub fn kind_of(tag: &str) -> Option<Kind> {
    match fold(tag).as_str() {
        "question" | "vraag" => Some(Kind::Question),
        "lesson" | "lecon" | "les" => Some(Kind::Lesson),
        "story" | "recit" | "verhaal" => Some(Kind::Story),
        "knowledge" | "savoir" | "kennis" => Some(Kind::Knowledge),
        _ => None,
    }
}

/// The command that a hashtag names, if any.
fn command_of(tag: &str) -> Option<Command> {
    match fold(tag).as_str() {
        "accepted" | "accepte" | "aanvaard" => Some(Command::Accept),
        "used" | "utilise" | "gebruikt" => Some(Command::Used),
        "thanks" | "merci" | "bedankt" => Some(Command::Thank),
        "stilltrue" | "toujoursvrai" | "klopt" => Some(Command::StillTrue),
        "changed" | "change" | "gewijzigd" => Some(Command::Changed),
        _ => None,
    }
}

/// The kind that the first verb of a text names.
pub fn kind_in(text: &str) -> Option<Kind> {
    spans(text).into_iter().find_map(|span| match span {
        Span::Tag(tag) => kind_of(tag),
        _ => None,
    })
}

/// The command that a reply consists of: the verb, and besides it nothing but mentions and a few words of reason.
pub fn command_in(text: &str) -> Option<(Command, String)> {
    let mut command = None;
    let mut why = String::new();
    for span in spans(text) {
        match span {
            Span::Tag(tag) if command.is_none() && command_of(tag).is_some() => {
                command = command_of(tag);
            }
            Span::Mention(..) => {}
            Span::Plain(plain) => why.push_str(plain),
            Span::Tag(tag) => {
                why.push('#');
                why.push_str(tag);
            }
            Span::Link(url) => why.push_str(url),
        }
    }
    command.map(|command| {
        (
            command,
            why.split_whitespace().collect::<Vec<_>>().join(" "),
        )
    })
}

/// Longest title made from a text, in characters.
const TITLE: usize = 120;

/// The title of a verb post: its first sentence without mentions and verb, at most 120 characters.
pub fn title_of(text: &str) -> String {
    let mut flat = String::new();
    for span in spans(text) {
        match span {
            Span::Mention(..) => {}
            Span::Tag(tag) if kind_of(tag).is_some() => {}
            Span::Tag(tag) => {
                flat.push('#');
                flat.push_str(tag);
            }
            Span::Plain(plain) => flat.push_str(plain),
            Span::Link(url) => flat.push_str(url),
        }
    }
    let line = flat
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    let line = line.trim_start_matches(['#', '*', '>', ' ']);
    super::teaser(first_sentence(line), TITLE)
}

fn first_sentence(line: &str) -> &str {
    let mut ends = line
        .char_indices()
        .filter(|(_, c)| matches!(c, '.' | '!' | '?' | '…'));
    let end = ends.find(|(at, c)| {
        let after = line.get(at + c.len_utf8()..).unwrap_or_default();
        after.is_empty() || after.starts_with(char::is_whitespace)
    });
    end.and_then(|(at, c)| line.get(..at + c.len_utf8()))
        .unwrap_or(line)
        .trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_in_three_languages_with_and_without_accents() {
        for (text, kind) in [
            ("#question x", Kind::Question),
            ("x #Vraag", Kind::Question),
            ("#leçon", Kind::Lesson),
            ("#lecon", Kind::Lesson),
            ("#récit", Kind::Story),
            ("#KENNIS", Kind::Knowledge),
        ] {
            assert_eq!(kind_in(text), Some(kind), "{text}");
        }
        assert_eq!(kind_in("#questions"), None);
    }

    #[test]
    fn the_title_is_the_first_sentence_without_mentions_and_verb() {
        assert_eq!(
            title_of("@pumps@n.example:7401 #question Why does it leak? It is new."),
            "Why does it leak?"
        );
        assert_eq!(
            title_of("@pumps #question\nVersion 2.5 fails\nmore"),
            "Version 2.5 fails"
        );
        assert!(title_of(&"word ".repeat(100)).chars().count() <= TITLE);
    }

    #[test]
    fn a_reply_can_be_a_command() {
        assert_eq!(
            command_in("@karim #accepté it worked"),
            Some((Command::Accept, "it worked".into()))
        );
        assert_eq!(command_in("thanks @karim"), None);
        for (text, command) in [
            ("#used 30min", Command::Used),
            ("@karim #utilisé", Command::Used),
            ("#Gebruikt", Command::Used),
            ("#thanks", Command::Thank),
            ("#merci", Command::Thank),
            ("#bedankt", Command::Thank),
            ("#stilltrue", Command::StillTrue),
            ("#toujoursvrai", Command::StillTrue),
            ("#klopt", Command::StillTrue),
            ("#changed", Command::Changed),
            ("#changé", Command::Changed),
            ("#gewijzigd", Command::Changed),
        ] {
            let found = command_in(text).map(|(command, _)| command);
            assert_eq!(found, Some(command), "{text}");
        }
        assert_eq!(command_in("#useful #thankful"), None);
    }
}
