//! Closed lists of words in parameters.

use crate::error::{Error, Result};
use crate::model::refusal::Refusal;

/// A type made by `model::words`.
pub(super) trait Word: Copy + 'static {
    const ALL: &'static [Self];
    fn word(self) -> &'static str;
}

macro_rules! words {
    ($($name:ident),*) => {$(
        impl Word for crate::model::words::$name {
            const ALL: &'static [Self] = crate::model::words::$name::ALL;
            fn word(self) -> &'static str {
                self.as_str()
            }
        }
    )*};
}
words!(
    AccountMeasure,
    Boundary,
    Direction,
    FilterAction,
    FilterContext,
    IpSeverity,
    JoinPolicy,
    Kind,
    Listing,
    PeerMode,
    PolicyAction,
    PostingPolicy,
    PushPolicy,
    QuestionState,
    QuotePolicy,
    Relation,
    RepliesPolicy,
    ReportCategory,
    Visibility
);

/// The value of a parameter; none where it is absent or empty.
///
/// # Errors
/// `Invalid` for any other word, naming those there are.
pub(super) fn word<T: Word>(field: &str, text: Option<&str>) -> Result<Option<T>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let found = T::ALL.iter().copied().find(|value| value.word() == text);
    found.map(Some).ok_or_else(|| {
        let all: Vec<&str> = T::ALL.iter().map(|value| value.word()).collect();
        Error::invalid(field, Refusal::NotOneOf(all.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::words::Visibility;

    #[test]
    fn only_the_words_of_the_list_are_taken() {
        assert_eq!(word("v", Some("public")).unwrap(), Some(Visibility::Public));
        assert_eq!(word::<Visibility>("v", Some("")).unwrap(), None);
        assert_eq!(word::<Visibility>("v", None).unwrap(), None);
        assert!(
            matches!(word::<Visibility>("v", Some("everybody")), Err(Error::Invalid { field, .. }) if field == "v")
        );
    }
}
