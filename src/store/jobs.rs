//! The queue of work to do later. Jobs of one lane run one after another in the order in which they were put in; lanes
//! run beside each other. A claim ends by itself after a while, so that the work of a process that died is taken up.

use chrono::TimeDelta;
use diesel::dsl::{exists, min, not};
use diesel::prelude::*;

use super::conn::{Conn, MultiBackend};
use super::db::Tx;
use super::schema::jobs;
use crate::error::Result;
use crate::model::event::Event;
use crate::model::time::Time;

diesel::alias!(jobs as earlier: Earlier);

/// Whether the job is the first of its lane.
macro_rules! is_first {
    () => {
        not(exists(
            earlier
                .filter(earlier.field(jobs::lane).eq(jobs::lane))
                .filter(earlier.field(jobs::id).lt(jobs::id)),
        ))
    };
}

/// Work to do.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = jobs, check_for_backend(MultiBackend))]
pub struct Job {
    /// Row id: the order within a lane.
    pub id: i64,
    /// Which handler runs it.
    pub kind: String,
    /// What it must not overtake.
    pub lane: String,
    /// What the handler needs to know.
    pub payload: String,
    /// How often it was begun, this time included.
    pub attempts: i32,
}

/// Puts a job at the end of a lane; it runs once this transaction is on disk.
pub fn enqueue(tx: &mut Tx<'_>, kind: &str, lane: &str, payload: &str) -> Result<i64> {
    let now = tx.now();
    enqueue_at(tx, kind, lane, payload, now)
}

/// Puts a job at the end of a lane, to run at a time. It holds up the lane until then.
pub fn enqueue_at(tx: &mut Tx<'_>, kind: &str, lane: &str, payload: &str, at: Time) -> Result<i64> {
    let (id, now) = (tx.new_id(), tx.now());
    diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(id),
            jobs::kind.eq(kind),
            jobs::lane.eq(lane),
            jobs::payload.eq(payload),
            jobs::run_at.eq(at),
            jobs::created_at.eq(now),
        ))
        .execute(&mut **tx)?;
    tx.emit(Event::JobQueued);
    Ok(id)
}

/// Takes all jobs of a lane out of the queue.
pub fn drop_lane(conn: &mut Conn, lane: &str) -> Result<()> {
    diesel::delete(jobs::table.filter(jobs::lane.eq(lane))).execute(conn)?;
    Ok(())
}

/// Whether a job of this kind and payload waits. One that runs already may have read what has changed since: it counts
/// as none, and the new one comes after it in its lane.
pub fn is_waiting(conn: &mut Conn, kind: &str, lane: &str, payload: &str) -> Result<bool> {
    let same = jobs::table.filter(
        jobs::lane
            .eq(lane)
            .and(jobs::kind.eq(kind))
            .and(jobs::payload.eq(payload))
            .and(jobs::claimed_until.is_null()),
    );
    Ok(diesel::select(exists(same)).get_result(conn)?)
}

/// Claims up to `limit` jobs that are the first of their lane and due. Each claim is one conditional update, so two
/// processes never get the same job, on either database.
pub fn claim(tx: &mut Tx<'_>, limit: i64, hold: TimeDelta) -> Result<Vec<Job>> {
    let now = tx.now();
    let until = now + hold;
    let free = || {
        jobs::claimed_until
            .is_null()
            .or(jobs::claimed_until.lt(now))
    };
    let due: Vec<i64> = jobs::table
        .filter(is_first!())
        .filter(jobs::run_at.le(now))
        .filter(free())
        .order(jobs::id.asc())
        .limit(limit)
        .select(jobs::id)
        .load(&mut **tx)?;
    let mut claimed = Vec::with_capacity(due.len());
    for id in due {
        let taken = diesel::update(jobs::table.filter(jobs::id.eq(id)).filter(free()))
            .set((
                jobs::claimed_until.eq(until),
                jobs::attempts.eq(jobs::attempts + 1),
            ))
            .execute(&mut **tx)?;
        if taken == 1 {
            claimed.extend(
                jobs::table
                    .find(id)
                    .select(Job::as_select())
                    .first::<Job>(&mut **tx)
                    .optional()?,
            );
        }
    }
    Ok(claimed)
}

/// When the next job becomes due, as far as that is known: the earliest first of a lane that nobody holds.
pub fn next_due(conn: &mut Conn) -> Result<Option<Time>> {
    Ok(jobs::table
        .filter(is_first!())
        .filter(jobs::claimed_until.is_null())
        .select(min(jobs::run_at))
        .first(conn)?)
}

/// How long the job that is due for longest waits for somebody to work on it; nothing where none is due.
pub fn lateness(conn: &mut Conn, now: Time) -> Result<TimeDelta> {
    let due = next_due(conn)?.unwrap_or(now);
    Ok((now - due).max(TimeDelta::zero()))
}

/// Whether a job's claim ran out: whoever held it died.
pub fn is_abandoned(conn: &mut Conn, now: Time) -> Result<bool> {
    Ok(diesel::select(exists(jobs::table.filter(jobs::claimed_until.lt(now)))).get_result(conn)?)
}

/// A job is done, or given up.
pub fn finish(conn: &mut Conn, id: i64) -> Result<()> {
    diesel::delete(jobs::table.find(id)).execute(conn)?;
    Ok(())
}

/// A job failed and is tried again at a time; its lane waits for it.
pub fn fail(conn: &mut Conn, id: i64, error: &str, again_at: Time) -> Result<()> {
    diesel::update(jobs::table.find(id))
        .set((
            jobs::claimed_until.eq(None::<Time>),
            jobs::run_at.eq(again_at),
            jobs::last_error.eq(error),
        ))
        .execute(conn)?;
    Ok(())
}

/// Gives every claimed job back: for the start of the only process that works on a database. How many there were.
pub fn release_all(conn: &mut Conn) -> Result<usize> {
    Ok(
        diesel::update(jobs::table.filter(jobs::claimed_until.is_not_null()))
            .set(jobs::claimed_until.eq(None::<Time>))
            .execute(conn)?,
    )
}

/// Gives claimed jobs back at a shutdown.
pub fn release(conn: &mut Conn, ids: &[i64]) -> Result<()> {
    diesel::update(jobs::table.filter(jobs::id.eq_any(ids)))
        .set((
            jobs::claimed_until.eq(None::<Time>),
            jobs::attempts.eq(jobs::attempts - 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// The lanes in which jobs wait.
pub fn lanes(conn: &mut Conn) -> Result<Vec<String>> {
    Ok(jobs::table
        .select(jobs::lane)
        .distinct()
        .order(jobs::lane.asc())
        .load(conn)?)
}

/// How many jobs wait.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(jobs::table.count().get_result(conn)?)
}
