//! The rules of the node as pages show them: numbered, in the reader's language where there is a wording in it.

use crate::actions::set_rules::translations;
use crate::error::Result;
use crate::i18n::Lang;
use crate::model::words::NodeTextKind;
use crate::store::conn::Conn;
use crate::store::node_texts;
use crate::store::rules::{self, Rule};

/// A rule to show.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    /// Its id.
    pub(crate) id: i64,
    /// The rule.
    pub(crate) text: String,
    /// What it means; may be empty.
    pub(crate) hint: String,
}

impl Shown {
    /// A rule in a language.
    ///
    /// # Errors
    /// `Internal` where the row cannot be read.
    pub(crate) fn of(rule: &Rule, lang: Lang) -> Result<Self> {
        let own = translations(rule)?.remove(lang.code());
        Ok(match own {
            Some(wording) => Self {
                id: rule.id,
                text: wording.text,
                hint: wording.hint,
            },
            None => Self {
                id: rule.id,
                text: rule.text.clone(),
                hint: rule.hint.clone(),
            },
        })
    }
}

/// The rules that hold.
///
/// # Errors
/// `Internal` where a row cannot be read.
pub(crate) fn all(conn: &mut Conn, lang: Lang) -> Result<Vec<Shown>> {
    rules::list(conn)?
        .iter()
        .map(|rule| Shown::of(rule, lang))
        .collect()
}

/// What whoever comes in agrees to.
#[derive(Debug, Clone, Default)]
pub(crate) struct House {
    /// The rules.
    pub(crate) rules: Vec<Shown>,
    /// Whether there are terms of service.
    pub(crate) terms: bool,
}

/// The rules, and whether there are terms of service today.
///
/// # Errors
/// As [`all`].
pub(crate) fn house(conn: &mut Conn, lang: Lang, today: chrono::NaiveDate) -> Result<House> {
    Ok(House {
        rules: all(conn, lang)?,
        terms: node_texts::find(conn, NodeTextKind::Terms, today)?.is_some(),
    })
}
