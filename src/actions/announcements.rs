//! The node announces something to its people; they read it and react to it. It never leaves the node.

use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::text::emoji::is_emoji;
use crate::model::text::markdown::{Links, render};
use crate::model::time::Time;
use crate::store::announcements::{self, Announcement};
use crate::store::audit;
use crate::store::db::Tx;

/// Most announcements that are kept at a time.
pub const ANNOUNCEMENTS: usize = 50;
/// Longest text, in characters.
pub const TEXT: usize = 5000;
/// Most different emojis on an announcement.
pub const REACTIONS: usize = 8;

/// What an admin writes; `None` stays as it is (or is absent in something new).
#[derive(Debug, Clone, Default)]
pub struct Wording {
    /// Markdown.
    pub text: Option<String>,
    /// When what it tells of begins.
    pub starts_at: Option<Option<Time>>,
    /// When what it tells of ends, and with it the announcement.
    pub ends_at: Option<Option<Time>>,
    /// Whether whole days are meant.
    pub all_day: Option<bool>,
}

fn check(tx: &Tx<'_>, row: Announcement) -> Result<Announcement> {
    let text = row.source.trim().to_owned();
    if text.is_empty() {
        return Err(Error::invalid("text", Refusal::Blank));
    }
    if text.chars().count() > TEXT {
        return Err(Error::invalid("text", Refusal::TooLong(TEXT)));
    }
    if let Some(end) = row.ends_at
        && (end <= tx.now() || row.starts_at.is_some_and(|start| start > end))
    {
        return Err(Error::invalid("ends_at", Refusal::Malformed));
    }
    let links = Links {
        base_url: tx.node().base_url.clone(),
        ..Links::default()
    };
    Ok(Announcement {
        html: render(&text, &links),
        source: text,
        ..row
    })
}

/// Announces something: everybody of this node is told at once.
///
/// # Errors
/// `Invalid` naming `text` or `ends_at`, or for `base` where there are [`ANNOUNCEMENTS`] already.
pub fn announce(tx: &mut Tx<'_>, by: AccountId, wording: Wording) -> Result<Announcement> {
    if announcements::list(tx)?.len() >= ANNOUNCEMENTS {
        return Err(Error::invalid("base", Refusal::TooMany(ANNOUNCEMENTS)));
    }
    let now = tx.now();
    let row = Announcement {
        id: tx.new_id(),
        source: wording.text.unwrap_or_default(),
        html: String::new(),
        starts_at: wording.starts_at.flatten(),
        ends_at: wording.ends_at.flatten(),
        all_day: wording.all_day.unwrap_or(false),
        created_at: now,
        updated_at: now,
    };
    let row = check(tx, row)?;
    announcements::insert(tx, &row)?;
    audit::add(tx, Some(by), "announcement.add", &row.id.to_string(), "")?;
    tx.emit(Event::AnnouncementPublished {
        announcement: row.id,
    });
    Ok(row)
}

/// Changes an announcement. Whoever read another text has to read this one.
///
/// # Errors
/// `NotFound`; `Invalid` naming `text` or `ends_at`.
pub fn reword(tx: &mut Tx<'_>, by: AccountId, id: i64, wording: Wording) -> Result<Announcement> {
    let old = announcements::get(tx, id)?;
    let row = Announcement {
        source: wording.text.unwrap_or_else(|| old.source.clone()),
        starts_at: wording.starts_at.unwrap_or(old.starts_at),
        ends_at: wording.ends_at.unwrap_or(old.ends_at),
        all_day: wording.all_day.unwrap_or(old.all_day),
        updated_at: tx.now(),
        ..old.clone()
    };
    let row = check(tx, row)?;
    announcements::update(tx, &row)?;
    if row.source != old.source {
        announcements::forget_reads(tx, id)?;
    }
    audit::add(tx, Some(by), "announcement.change", &id.to_string(), "")?;
    tx.emit(Event::AnnouncementPublished { announcement: id });
    Ok(row)
}

/// Takes an announcement back.
///
/// # Errors
/// `NotFound`.
pub fn remove(tx: &mut Tx<'_>, by: AccountId, id: i64) -> Result<()> {
    if !announcements::delete(tx, id)? {
        return Err(Error::NotFound);
    }
    audit::add(tx, Some(by), "announcement.remove", &id.to_string(), "")?;
    tx.emit(Event::AnnouncementRemoved { announcement: id });
    Ok(())
}

/// One that is shown now.
fn current(tx: &mut Tx<'_>, id: i64) -> Result<Announcement> {
    let (row, now) = (announcements::get(tx, id)?, tx.now());
    if row.ends_at.is_some_and(|end| end <= now) {
        return Err(Error::NotFound);
    }
    Ok(row)
}

/// Somebody has read an announcement. Idempotent.
///
/// # Errors
/// `NotFound`, also once its time is over.
pub fn dismiss(tx: &mut Tx<'_>, by: AccountId, id: i64) -> Result<()> {
    current(tx, id)?;
    announcements::set_read(tx, id, by)
}

/// Somebody sets an emoji on an announcement. Idempotent.
///
/// # Errors
/// `NotFound`; `Invalid` for `name` where it is no emoji or there are [`REACTIONS`] other ones.
pub fn react(tx: &mut Tx<'_>, by: AccountId, id: i64, name: &str) -> Result<()> {
    current(tx, id)?;
    if !is_emoji(name) {
        return Err(Error::invalid("name", Refusal::Malformed));
    }
    let there = announcements::list_reactions(tx, id)?;
    if there.len() >= REACTIONS && !there.iter().any(|(known, _)| known == name) {
        return Err(Error::invalid("name", Refusal::TooMany(REACTIONS)));
    }
    let row = tx.new_id();
    if announcements::react(tx, row, id, by, name)? {
        tx.emit(Event::AnnouncementReacted {
            announcement: id,
            name: name.to_owned(),
        });
    }
    Ok(())
}

/// Somebody takes an emoji off again. Idempotent.
///
/// # Errors
/// `NotFound`.
pub fn unreact(tx: &mut Tx<'_>, by: AccountId, id: i64, name: &str) -> Result<()> {
    current(tx, id)?;
    if announcements::unreact(tx, id, by, name)? {
        tx.emit(Event::AnnouncementReacted {
            announcement: id,
            name: name.to_owned(),
        });
    }
    Ok(())
}
