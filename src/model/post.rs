//! Rules of posts: fields by kind, lengths, what a reply may be.

use std::collections::BTreeMap;

use super::refusal::Refusal;
use super::text::fold;
use super::text::html::to_text;
use super::words::{Boundary, Kind, Visibility};
use crate::error::{Error, Result};

/// Longest text of a post, in characters.
pub const MAX_CHARACTERS: usize = 100_000;
/// Longest title, in characters.
pub const MAX_TITLE: usize = 200;
/// Longest field, in characters.
pub const MAX_FIELD: usize = 20_000;
/// Most attachments.
pub const MAX_MEDIA: usize = 4;
/// Most people a post may mention.
pub const MAX_MENTIONS: usize = 50;
/// Most accepted answers of a question.
pub const MAX_ACCEPTED: usize = 3;

/// The fields of a kind: required ones, then optional ones.
pub fn fields_of(kind: Kind) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        Kind::Lesson => (
            &["context", "what_happened", "learned", "next_time"],
            &["surprise"],
        ),
        Kind::Story => (&["situation", "action"], &["helpers"]),
        Kind::Resource => (&["url"], &["licence", "minutes"]),
        Kind::Event => (&["starts_at"], &["ends_at", "place", "url", "capacity"]),
        Kind::Path => (&["goal", "audience"], &[]),
        Kind::Discussion | Kind::Question | Kind::Answer | Kind::Knowledge | Kind::Endorsement => {
            (&[], &[])
        }
    }
}

/// Fields of a post by name.
pub type Fields = BTreeMap<String, String>;

/// Keeps the known fields of a kind and checks them. With `strict`, a missing required one is an error naming it.
///
/// # Errors
/// `Invalid` with `fields.NAME`.
pub fn check_fields(kind: Kind, given: &Fields, strict: bool) -> Result<Fields> {
    let (required, optional) = fields_of(kind);
    let mut kept = Fields::new();
    for name in required.iter().chain(optional) {
        let value = given.get(*name).map(|text| text.trim()).unwrap_or_default();
        if value.chars().count() > MAX_FIELD {
            return Err(Error::invalid(
                format!("fields.{name}"),
                Refusal::TooLong(MAX_FIELD),
            ));
        }
        if !value.is_empty() {
            kept.insert((*name).to_owned(), value.to_owned());
        } else if strict && required.contains(name) {
            return Err(Error::invalid(format!("fields.{name}"), Refusal::Blank));
        }
    }
    Ok(kept)
}

/// The fields to show below a text: of a text of another node only those that it does not say itself, since texts travel
/// with their fields in them.
pub fn fields_below(local: bool, html: &str, mut fields: Fields) -> Fields {
    let words = |text: &str| {
        let folded = fold(text);
        folded.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    if !local && !fields.is_empty() {
        let said = words(&to_text(html));
        fields.retain(|_, value| !said.contains(&words(value)));
    }
    fields
}

/// Which required fields are missing.
pub fn missing_fields(kind: Kind, given: &Fields) -> Vec<&'static str> {
    fields_of(kind)
        .0
        .iter()
        .copied()
        .filter(|name| !given.contains_key(*name))
        .collect()
}

/// Whether a kind chosen outright needs a title.
pub fn needs_title(kind: Kind) -> bool {
    !matches!(kind, Kind::Discussion | Kind::Answer)
}

/// Checks a title.
///
/// # Errors
/// `Invalid` for `title`.
pub fn check_title(title: &str, required: bool) -> Result<String> {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    if required && title.is_empty() {
        return Err(Error::invalid("title", Refusal::Blank));
    }
    if title.chars().count() > MAX_TITLE {
        return Err(Error::invalid("title", Refusal::TooLong(MAX_TITLE)));
    }
    Ok(title)
}

/// The visibility of a reply is never wider than what it replies to.
pub fn narrower(wanted: Visibility, parent: Visibility) -> Visibility {
    wanted.max(parent)
}

/// The boundary of a post, checked against its community's.
///
/// # Errors
/// `Invalid` for `boundary` where it is wider than the community's.
pub fn check_boundary(wanted: Option<Boundary>, community: Option<Boundary>) -> Result<Boundary> {
    match (wanted, community) {
        (None, None) => Ok(Boundary::Public),
        (None, Some(own)) => Ok(own),
        (Some(wanted), Some(own)) if wanted > own => {
            Err(Error::invalid("boundary", Refusal::WiderThanCommunity))
        }
        (Some(wanted), _) => Ok(wanted),
    }
}

/// The text of all fields, for search and previews.
pub fn fields_text(fields: &Fields) -> String {
    fields
        .values()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_of_another_node_says_is_not_said_again() {
        let fields = || {
            Fields::from(
                [
                    ("context", "The  Café\nat night"),
                    ("learned", "Grease & oil"),
                ]
                .map(|(name, value)| (name.to_owned(), value.to_owned())),
            )
        };
        let html = "<p><strong>Context</strong><br>the café<br>at night</p><p>More</p>";
        let left = fields_below(false, html, fields());
        assert_eq!(left.keys().collect::<Vec<_>>(), ["learned"]);
        assert_eq!(fields_below(true, html, fields()), fields());
    }

    #[test]
    fn a_lesson_needs_its_four_fields_and_the_error_names_the_first_missing() {
        let mut fields = Fields::from([("context".to_owned(), "Night shift".to_owned())]);
        let error = check_fields(Kind::Lesson, &fields, true).unwrap_err();
        assert!(
            matches!(error, Error::Invalid { ref field, .. } if field == "fields.what_happened"),
            "{error}"
        );
        for name in ["what_happened", "learned", "next_time"] {
            fields.insert(name.to_owned(), "x".to_owned());
        }
        fields.insert("unknown".to_owned(), "x".to_owned());
        assert_eq!(check_fields(Kind::Lesson, &fields, true).unwrap().len(), 4);
    }

    #[test]
    fn a_reply_is_never_more_visible_than_its_parent() {
        assert_eq!(
            narrower(Visibility::Public, Visibility::Private),
            Visibility::Private
        );
        assert_eq!(
            narrower(Visibility::Direct, Visibility::Public),
            Visibility::Direct
        );
    }

    #[test]
    fn a_boundary_is_never_wider_than_the_communitys() {
        assert!(check_boundary(Some(Boundary::Public), Some(Boundary::Firm)).is_err());
        assert_eq!(
            check_boundary(None, Some(Boundary::Firm)).unwrap(),
            Boundary::Firm
        );
        assert_eq!(
            check_boundary(Some(Boundary::Node), Some(Boundary::Public)).unwrap(),
            Boundary::Node
        );
    }
}
