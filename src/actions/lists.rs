//! Lists of one's own: making, changing, filling and removing them.

use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::names::clean_line;
use crate::model::refusal::Refusal;
use crate::model::words::RepliesPolicy;
use crate::store::db::Tx;
use crate::store::follows;
use crate::store::lists::{self, List};

/// Most lists of a person.
pub const LISTS: usize = 50;
/// Longest title, in characters.
pub const TITLE: usize = 256;

/// What is to change in a list; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct ListChanges {
    /// Its name.
    pub title: Option<String>,
    /// Which replies it shows.
    pub replies_policy: Option<RepliesPolicy>,
    /// Whether what it shows is left out of the home feed.
    pub exclusive: Option<bool>,
}

fn check_title(title: &str) -> Result<String> {
    let title = clean_line(title, TITLE + 1);
    if title.is_empty() {
        return Err(Error::invalid("title", Refusal::Blank));
    }
    if title.chars().count() > TITLE {
        return Err(Error::invalid("title", Refusal::TooLong(TITLE)));
    }
    Ok(title)
}

/// Makes a list.
///
/// # Errors
/// `Invalid` for `title`, or for `base` where there are [`LISTS`] already.
pub fn create_list(tx: &mut Tx<'_>, owner: AccountId, wanted: ListChanges) -> Result<List> {
    let title = check_title(wanted.title.as_deref().unwrap_or_default())?;
    if lists::list(tx, owner)?.len() >= LISTS {
        return Err(Error::invalid("base", Refusal::TooMany(LISTS)));
    }
    let list = List {
        id: tx.new_id(),
        account_id: owner,
        title,
        replies_policy: wanted.replies_policy.unwrap_or(RepliesPolicy::List),
        exclusive: wanted.exclusive.unwrap_or(false),
        created_at: tx.now(),
    };
    lists::insert(tx, &list)?;
    Ok(list)
}

/// Changes a list.
///
/// # Errors
/// `Invalid` for `title`.
pub fn change_list(tx: &mut Tx<'_>, list: List, changes: ListChanges) -> Result<List> {
    let title = match &changes.title {
        Some(title) => check_title(title)?,
        None => list.title.clone(),
    };
    let list = List {
        title,
        replies_policy: changes.replies_policy.unwrap_or(list.replies_policy),
        exclusive: changes.exclusive.unwrap_or(list.exclusive),
        ..list
    };
    lists::update(tx, &list)?;
    Ok(list)
}

/// Puts people into a list whom its owner follows or has asked to follow. Idempotent.
///
/// # Errors
/// `Forbidden(NotFollowed)` for anybody else; then nobody is added.
pub fn fill_list(tx: &mut Tx<'_>, list: &List, people: &[AccountId]) -> Result<()> {
    for account in people {
        if follows::find(tx, list.account_id, *account)?.is_none() {
            return Err(Refusal::NotFollowed.into());
        }
    }
    let now = tx.now();
    for account in people {
        let row = tx.new_id();
        lists::add_member(tx, row, list.id, *account, now)?;
    }
    Ok(())
}
