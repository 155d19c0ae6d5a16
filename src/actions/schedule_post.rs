//! A post is planned for later. It waits as a row with a job of its own, made in the same transaction, so that a restart
//! loses neither.

use chrono::{Datelike as _, TimeDelta};

use crate::actions::create_post::{NewPost, check_post, create_post};
use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::model::refusal::Refusal;
use crate::model::time::Time;
use crate::model::words::{AccountState, UserState};
use crate::store::db::Tx;
use crate::store::scheduled::{self, Scheduled};
use crate::store::{accounts, hold, idempotency, jobs, users};

/// A planned post is at least this many minutes away.
pub const SOONEST: usize = 5;
/// And in this year at most: later ones do not fit the form of a moment.
const LATEST: i32 = 9999;
/// Most planned posts of a person.
pub const MOST: usize = 300;
/// The kind of the jobs that publish.
pub const PUBLISH: &str = "publish_scheduled";

fn check_time(tx: &Tx<'_>, at: Time) -> Result<()> {
    let soonest = TimeDelta::minutes(i64::try_from(SOONEST).unwrap_or_default());
    if at < tx.now() + soonest {
        return Err(Error::invalid("scheduled_at", Refusal::TooSoon(SOONEST)));
    }
    if at.year() > LATEST {
        return Err(Error::invalid("scheduled_at", Refusal::Malformed));
    }
    Ok(())
}

fn lane(id: i64) -> String {
    format!("scheduled {id}")
}

/// Plans a post. It is checked as if it were published now.
///
/// # Errors
/// Those of [`create_post`]; `Invalid` for `scheduled_at`, or for `base` where [`MOST`] wait already.
pub fn schedule_post(
    tx: &mut Tx<'_>,
    author: AccountId,
    mut new: NewPost,
    at: Time,
) -> Result<Scheduled> {
    let now = tx.now();
    let key = new.idempotency.take();
    if let Some((key, hash)) = &key {
        hold::user(tx, author)?;
        if let Some((known, made_by)) = idempotency::find(tx, author, key, now)? {
            if made_by != *hash {
                return Err(Error::invalid("idempotency_key", Refusal::KeyReused));
            }
            return again(tx, author, &new, at, known.0);
        }
    }
    check_time(tx, at)?;
    if scheduled::count(tx, author)? >= i64::try_from(MOST).unwrap_or(i64::MAX) {
        return Err(Error::invalid("base", Refusal::TooMany(MOST)));
    }
    check_post(tx, author, &new)?;
    let row = Scheduled {
        id: tx.new_id(),
        account_id: author,
        scheduled_at: at,
        draft: serde_json::to_string(&new)?,
        created_at: now,
    };
    scheduled::insert(tx, &row, &new.media)?;
    jobs::enqueue_at(tx, PUBLISH, &lane(row.id), &row.id.to_string(), at)?;
    if let Some((key, hash)) = &key {
        idempotency::remember(tx, author, key, hash, PostId(row.id), now)?;
    }
    Ok(row)
}

/// The answer to a request that was made before: the plan as it is, or as it was where it was carried out or given up
/// meanwhile. The request says the same, so what it made can be told from it.
fn again(
    tx: &mut Tx<'_>,
    author: AccountId,
    new: &NewPost,
    at: Time,
    id: i64,
) -> Result<Scheduled> {
    if let Some(row) = scheduled::find_own(tx, author, id)? {
        return Ok(row);
    }
    Ok(Scheduled {
        id,
        account_id: author,
        scheduled_at: at,
        draft: serde_json::to_string(new)?,
        created_at: tx.now(),
    })
}

/// Moves a planned post.
///
/// # Errors
/// `NotFound`; `Invalid` for `scheduled_at`.
pub fn reschedule_post(tx: &mut Tx<'_>, author: AccountId, id: i64, at: Time) -> Result<Scheduled> {
    let row = scheduled::find_own(tx, author, id)?.ok_or(Error::NotFound)?;
    check_time(tx, at)?;
    if !scheduled::set_time(tx, id, at)? {
        return Err(Error::NotFound);
    }
    jobs::drop_lane(tx, &lane(id))?;
    jobs::enqueue_at(tx, PUBLISH, &lane(id), &id.to_string(), at)?;
    Ok(Scheduled {
        scheduled_at: at,
        ..row
    })
}

/// Gives a planned post up.
///
/// # Errors
/// `NotFound`.
pub fn cancel_post(tx: &mut Tx<'_>, author: AccountId, id: i64) -> Result<()> {
    let row = scheduled::find_own(tx, author, id)?.ok_or(Error::NotFound)?;
    if !scheduled::delete(tx, &row)? {
        return Err(Error::NotFound);
    }
    jobs::drop_lane(tx, &lane(id))
}

/// What a planned post will be.
///
/// # Errors
/// `Internal` where the row cannot be read.
pub fn draft_of(row: &Scheduled) -> Result<NewPost> {
    Ok(serde_json::from_str(&row.draft)?)
}

/// Publishes a planned post whose time has come. Safe to run twice: the row goes in the same transaction. One that was
/// moved meanwhile has another job.
///
/// # Errors
/// Those of [`create_post`].
pub fn publish_planned(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    let Some(row) = scheduled::find(tx, id)? else {
        return Ok(());
    };
    if row.scheduled_at > tx.now() {
        return Ok(());
    }
    if !scheduled::delete(tx, &row)? {
        return Ok(());
    }
    let author = accounts::get(tx, row.account_id)?;
    let user = users::find(tx, row.account_id)?;
    if author.state != AccountState::Active
        || user.is_none_or(|user| user.state != UserState::Active)
    {
        // Whoever may not sign in any more does not write either.
        return Ok(());
    }
    let new = draft_of(&row)?;
    create_post(tx, row.account_id, new)?;
    Ok(())
}
