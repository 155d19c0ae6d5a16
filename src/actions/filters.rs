//! Filters of one's own: making and changing them.

use chrono::TimeDelta;

use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::{AccountId, PostId};
use crate::model::names::clean_line;
use crate::model::refusal::Refusal;
use crate::model::time::Time;
use crate::model::words::{FilterAction, FilterContext};
use crate::store::db::Tx;
use crate::store::filters::{self, Filter, Keyword, Post};

/// Most filters of a person.
pub const FILTERS: usize = 100;
/// Most words, and most posts, of a filter.
pub const PARTS: usize = 200;
/// Most words of a person in all filters together: each is looked for in every post that is shown.
pub const WORDS: usize = 1_000;
/// Longest title, in characters.
const TITLE: usize = 256;
/// Longest word, in characters.
const KEYWORD: usize = 512;
/// Longest time that a filter may be given, in seconds.
const LONGEST: i64 = 100 * 365 * 86_400;

/// What is to change in a filter; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct FilterChanges {
    /// Its name.
    pub title: Option<String>,
    /// Where it counts.
    pub contexts: Option<Vec<FilterContext>>,
    /// What happens to what it finds.
    pub action: Option<FilterAction>,
    /// For how many seconds from now; `Some(None)` is for ever.
    pub expires_in: Option<Option<i64>>,
    /// Words to add, change and remove.
    pub keywords: Vec<KeywordChange>,
}

/// What is to happen to a word of a filter.
#[derive(Debug, Clone, Default)]
pub struct KeywordChange {
    /// Which one; a new one where absent.
    pub id: Option<i64>,
    /// The word.
    pub keyword: Option<String>,
    /// Whether it counts only as a word of its own.
    pub whole_word: Option<bool>,
    /// Whether it goes.
    pub remove: bool,
}

fn check(field: &str, text: &str, max: usize) -> Result<String> {
    let text = clean_line(text, max + 1);
    if text.is_empty() {
        return Err(Error::invalid(field, Refusal::Blank));
    }
    if text.chars().count() > max {
        return Err(Error::invalid(field, Refusal::TooLong(max)));
    }
    Ok(text)
}

fn check_contexts(contexts: &[FilterContext]) -> Result<String> {
    if contexts.is_empty() {
        return Err(Error::invalid("context", Refusal::Blank));
    }
    Ok(Filter::column(contexts))
}

fn end(now: Time, seconds: Option<i64>) -> Result<Option<Time>> {
    match seconds.filter(|seconds| *seconds != 0) {
        None => Ok(None),
        Some(seconds) if seconds < 0 => Err(Error::invalid("expires_in", Refusal::Malformed)),
        Some(seconds) => Ok(Some(now + TimeDelta::seconds(seconds.min(LONGEST)))),
    }
}

/// Makes a filter.
///
/// # Errors
/// `Invalid` naming the field, or for `base` where there are [`FILTERS`] already.
pub fn create_filter(tx: &mut Tx<'_>, owner: AccountId, wanted: &FilterChanges) -> Result<Filter> {
    if filters::list(tx, owner)?.len() >= FILTERS {
        return Err(Error::invalid("base", Refusal::TooMany(FILTERS)));
    }
    let now = tx.now();
    let filter = Filter {
        id: tx.new_id(),
        account_id: owner,
        title: check("title", wanted.title.as_deref().unwrap_or_default(), TITLE)?,
        contexts: check_contexts(wanted.contexts.as_deref().unwrap_or_default())?,
        action: wanted.action.unwrap_or(FilterAction::Warn),
        expires_at: end(now, wanted.expires_in.flatten())?,
        created_at: now,
    };
    filters::insert(tx, &filter)?;
    change_keywords(tx, &filter, &wanted.keywords)?;
    tx.emit(Event::FiltersChanged { account: owner });
    Ok(filter)
}

/// Changes a filter.
///
/// # Errors
/// `Invalid` naming the field; `NotFound` for a word of another filter.
pub fn change_filter(tx: &mut Tx<'_>, filter: Filter, changes: &FilterChanges) -> Result<Filter> {
    let now = tx.now();
    let filter = Filter {
        title: match &changes.title {
            Some(title) => check("title", title, TITLE)?,
            None => filter.title,
        },
        contexts: match &changes.contexts {
            Some(contexts) => check_contexts(contexts)?,
            None => filter.contexts,
        },
        action: changes.action.unwrap_or(filter.action),
        expires_at: match changes.expires_in {
            Some(seconds) => end(now, seconds)?,
            None => filter.expires_at,
        },
        ..filter
    };
    filters::update(tx, &filter)?;
    change_keywords(tx, &filter, &changes.keywords)?;
    tell(tx, &filter);
    Ok(filter)
}

fn tell(tx: &mut Tx<'_>, filter: &Filter) {
    tx.emit(Event::FiltersChanged {
        account: filter.account_id,
    });
}

/// Removes a filter.
pub fn delete_filter(tx: &mut Tx<'_>, filter: &Filter) -> Result<()> {
    filters::delete(tx, filter.id)?;
    tell(tx, filter);
    Ok(())
}

/// Removes a word from its filter.
pub fn delete_keyword(tx: &mut Tx<'_>, filter: &Filter, id: i64) -> Result<()> {
    filters::delete_keyword(tx, id)?;
    tell(tx, filter);
    Ok(())
}

/// Removes a post from a filter of this owner.
pub fn delete_post(tx: &mut Tx<'_>, owner: AccountId, id: i64) -> Result<()> {
    filters::delete_post(tx, id)?;
    tx.emit(Event::FiltersChanged { account: owner });
    Ok(())
}

fn change_keywords(tx: &mut Tx<'_>, filter: &Filter, changes: &[KeywordChange]) -> Result<()> {
    for change in changes {
        let Some(id) = change.id else {
            if !change.remove {
                insert_keyword(tx, filter, change)?;
            }
            continue;
        };
        let (keyword, of) =
            filters::find_keyword(tx, filter.account_id, id)?.ok_or(Error::NotFound)?;
        if of.id != filter.id {
            return Err(Error::NotFound);
        }
        if change.remove {
            filters::delete_keyword(tx, id)?;
        } else {
            update_keyword(tx, keyword, change)?;
        }
    }
    Ok(())
}

/// Adds a word to a filter.
///
/// # Errors
/// `Invalid` for `keyword`, or for `base` where there are [`PARTS`] already, or [`WORDS`] in all filters.
pub fn add_keyword(tx: &mut Tx<'_>, filter: &Filter, wanted: &KeywordChange) -> Result<Keyword> {
    let row = insert_keyword(tx, filter, wanted)?;
    tell(tx, filter);
    Ok(row)
}

fn insert_keyword(tx: &mut Tx<'_>, filter: &Filter, wanted: &KeywordChange) -> Result<Keyword> {
    let text = wanted.keyword.as_deref().unwrap_or_default();
    let text = check("keyword", text, KEYWORD)?;
    if filters::list_keywords(tx, &[filter.id])?.len() >= PARTS {
        return Err(Error::invalid("base", Refusal::TooMany(PARTS)));
    }
    if filters::count_keywords(tx, filter.account_id)? >= i64::try_from(WORDS).unwrap_or(i64::MAX) {
        return Err(Error::invalid("base", Refusal::TooMany(WORDS)));
    }
    let row = Keyword {
        id: tx.new_id(),
        filter_id: filter.id,
        keyword: text,
        whole_word: wanted.whole_word.unwrap_or(true),
    };
    filters::insert_keyword(tx, &row)?;
    Ok(row)
}

/// Changes a word.
///
/// # Errors
/// `Invalid` for `keyword`.
pub fn change_keyword(
    tx: &mut Tx<'_>,
    filter: &Filter,
    keyword: Keyword,
    change: &KeywordChange,
) -> Result<Keyword> {
    let row = update_keyword(tx, keyword, change)?;
    tell(tx, filter);
    Ok(row)
}

fn update_keyword(tx: &mut Tx<'_>, keyword: Keyword, change: &KeywordChange) -> Result<Keyword> {
    let row = Keyword {
        keyword: match &change.keyword {
            Some(text) => check("keyword", text, KEYWORD)?,
            None => keyword.keyword,
        },
        whole_word: change.whole_word.unwrap_or(keyword.whole_word),
        ..keyword
    };
    filters::update_keyword(tx, &row)?;
    Ok(row)
}

/// Adds a post to a filter. Idempotent.
///
/// # Errors
/// `Invalid` for `base` where there are [`PARTS`] already.
pub fn add_post(tx: &mut Tx<'_>, filter: &Filter, post: PostId) -> Result<Post> {
    if filters::list_posts(tx, &[filter.id])?.len() >= PARTS {
        return Err(Error::invalid("base", Refusal::TooMany(PARTS)));
    }
    let row = Post {
        id: tx.new_id(),
        filter_id: filter.id,
        post_id: post,
    };
    let row = filters::add_post(tx, &row)?;
    tell(tx, filter);
    Ok(row)
}
