//! Somebody changes the own profile, or an account ends.

use crate::actions::{compose, delete_post};
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::text::markdown::render;
use crate::model::viewer::Viewer;
use crate::model::words::AccountState;
use crate::store::accounts::{self, Account, Profile};
use crate::store::db::Tx;
use crate::store::{audit, inbound, leftovers, oauth, posts, sessions, users};

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
/// `Invalid` for `display_name` or `note`.
pub fn update_profile(tx: &mut Tx<'_>, by: AccountId, changes: ProfileChanges) -> Result<Account> {
    let old = accounts::get(tx, by)?;
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
fn let_go(tx: &mut Tx<'_>, picture: Option<&str>) -> Result<()> {
    let now = tx.now();
    match picture.filter(|file| !file.is_empty()) {
        Some(file) => leftovers::note(tx, file, now),
        None => Ok(()),
    }
}

/// Posts buried in one transaction at most.
const BATCH: i64 = 500;

/// A person of another node is gone: the posts go along, and the account stays as a tombstone so that late activities
/// cannot bring it back. `true` once nothing is left to do.
pub fn bury_remote(tx: &mut Tx<'_>, account: AccountId) -> Result<bool> {
    let found = accounts::get(tx, account)?;
    if found.is_local() {
        return Err(Error::NotFound);
    }
    bury_posts(tx, account)
}

/// An account ends by decision of a moderator, some posts at a time; `true` once nothing is left to do. The row stays as
/// a tombstone: its name is never given again. Other nodes are told of the end of one of ours.
///
/// # Errors
/// `NotFound`.
pub fn bury(tx: &mut Tx<'_>, by: Option<&Viewer>, account: AccountId) -> Result<bool> {
    let found = accounts::get(tx, account)?;
    if !bury_posts(tx, account)? {
        return Ok(false);
    }
    let now = tx.now();
    if found.is_local() {
        let empty = Profile {
            display_name: String::new(),
            note_source: String::new(),
            note_html: String::new(),
            fields: "[]".into(),
            locked: true,
            bot: false,
            discoverable: false,
            indexable: false,
            avatar: None,
            header: None,
        };
        let_go(tx, found.avatar.as_deref())?;
        let_go(tx, found.header.as_deref())?;
        accounts::update_profile(tx, account, &empty)?;
        sessions::delete_of_account(tx, account, None)?;
        oauth::revoke_of_account(tx, account, None, now)?;
        users::delete(tx, account)?;
        tx.emit(Event::AccountDeleted { account });
    } else {
        inbound::bury(tx, &found.uri, "Person", now)?;
    }
    let by = by.and_then(Viewer::account);
    audit::add(tx, by, "account.delete", &found.acct(), "")?;
    Ok(true)
}

fn bury_posts(tx: &mut Tx<'_>, account: AccountId) -> Result<bool> {
    accounts::set_state(tx, account, AccountState::Deleted)?;
    let ids = posts::list_ids_by_author(tx, account, BATCH)?;
    for id in &ids {
        let post = posts::get(tx, *id)?;
        delete_post::bury(tx, &post)?;
    }
    Ok(i64::try_from(ids.len()).unwrap_or(BATCH) < BATCH)
}
