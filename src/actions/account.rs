//! Somebody changes the own profile.

use crate::actions::compose;
use crate::actions::standing::must_act;
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::text::markdown::render;
use crate::store::accounts::{self, Account, Profile};
use crate::store::db::Tx;
use crate::store::leftovers;

/// Longest display name and note, in characters.
pub const MAX_NAME: usize = 100;
/// Longest note, in characters.
pub const MAX_NOTE: usize = 5000;

/// What is to change in a profile; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct ProfileChanges {
    /// Name to show.
    pub display_name: Option<String>,
    /// Note, Markdown.
    pub note: Option<String>,
    /// Fields, JSON list of name and value as the store keeps them; the shell renders them.
    pub fields: Option<String>,
    /// Whether follows wait for a decision.
    pub locked: Option<bool>,
    /// Whether it is a program.
    pub bot: Option<bool>,
    /// Whether it may be suggested.
    pub discoverable: Option<bool>,
    /// Whether its posts may be searched elsewhere.
    pub indexable: Option<bool>,
    /// File in the media store.
    pub avatar: Option<String>,
    /// File in the media store.
    pub header: Option<String>,
}

/// Changes a profile.
///
/// # Errors
/// `Invalid` for `display_name` or `note`; `NotFound` for an account that does not act (any more).
pub fn update_profile(tx: &mut Tx<'_>, by: AccountId, changes: ProfileChanges) -> Result<Account> {
    let old = must_act(tx, by)?;
    let display_name = changes
        .display_name
        .map_or(old.display_name, |name| name.trim().to_owned());
    if display_name.chars().count() > MAX_NAME {
        return Err(Error::invalid("display_name", Refusal::TooLong(MAX_NAME)));
    }
    let (note_source, note_html) = match changes.note {
        Some(note) if note.chars().count() > MAX_NOTE => {
            return Err(Error::invalid("note", Refusal::TooLong(MAX_NOTE)));
        }
        Some(note) => {
            let mentions = compose::resolve_mentions(tx, by, &note)?;
            let html = render(&note, &compose::links(tx, &mentions));
            (note, html)
        }
        None => (old.note_source, old.note_html),
    };
    if old.domain.is_empty() {
        let pairs = [
            (&old.avatar, &changes.avatar),
            (&old.header, &changes.header),
        ];
        for (was, becomes) in pairs {
            if becomes.is_some() && becomes != was {
                let_go(tx, was.as_deref())?;
            }
        }
    }
    let profile = Profile {
        display_name,
        note_source,
        note_html,
        fields: changes.fields.unwrap_or(old.fields),
        locked: changes.locked.unwrap_or(old.locked),
        bot: changes.bot.unwrap_or(old.bot),
        discoverable: changes.discoverable.unwrap_or(old.discoverable),
        indexable: changes.indexable.unwrap_or(old.indexable),
        avatar: changes.avatar.or(old.avatar),
        header: changes.header.or(old.header),
    };
    accounts::update_profile(tx, by, &profile)?;
    tx.emit(Event::AccountUpdated { account: by });
    accounts::get(tx, by)
}

/// A picture that no profile shows any more is removed.
pub(super) fn let_go(tx: &mut Tx<'_>, picture: Option<&str>) -> Result<()> {
    let now = tx.now();
    match picture.filter(|file| !file.is_empty()) {
        Some(file) => leftovers::note(tx, file, now),
        None => Ok(()),
    }
}
