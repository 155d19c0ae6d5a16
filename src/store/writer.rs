//! SQLite's one writer. Units that wait are run one after another, each in a savepoint of its own, inside one
//! `BEGIN IMMEDIATE … COMMIT`, and answered only after that commit is on disk: one flush serves many, and nothing that
//! was answered can be lost. A unit that fails or panics rolls back to its own savepoint alone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use tokio::sync::oneshot;

use super::conn::Conn;
use super::db::{Shared, Tx};
use crate::error::{Error, Result};
use crate::model::event::Event;

/// Most units in one commit.
const GROUP_UNITS: usize = 128;
/// No further unit joins a group that is this old.
const GROUP_TIME: Duration = Duration::from_millis(20);
/// Units that may wait; more are refused as unavailable, so that a stuck disk cannot fill the memory.
const WAITING_UNITS: usize = 4096;

/// A write unit whose result type is hidden.
pub(super) trait Unit: Send {
    /// Runs the work and keeps its result; whether it may be committed.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Answers the caller, with the fate of the commit.
    fn answer(self: Box<Self>, commit: Result<()>);
}

struct Typed<T, F> {
    work: Option<F>,
    result: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

/// Packs work and the way back to its caller.
pub(super) fn unit<T, F>(work: F, reply: oneshot::Sender<Result<T>>) -> Box<dyn Unit>
where
    T: Send + 'static,
    F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
{
    Box::new(Typed {
        work: Some(work),
        result: None,
        reply,
    })
}

impl<T, F> Unit for Typed<T, F>
where
    T: Send,
    F: FnOnce(&mut Tx<'_>) -> Result<T> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let Some(work) = self.work.take() else {
            return false;
        };
        let result = catch_unwind(AssertUnwindSafe(|| tx.run(work)))
            .unwrap_or_else(|_| Err(Error::internal("a write unit panicked")));
        let good = result.is_ok();
        self.result = Some(result);
        good
    }

    fn answer(self: Box<Self>, commit: Result<()>) {
        let result = match (self.result, commit) {
            (Some(Err(error)), _) | (_, Err(error)) => Err(error),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(Error::internal("a write unit was not run")),
        };
        // A caller that has gone away needs no answer; its work stands all the same.
        drop(self.reply.send(result));
    }
}

/// The writer's thread, fed through a bounded channel. It ends when the last handle is dropped.
#[derive(Debug)]
pub(super) struct Writer {
    units: SyncSender<Box<dyn Unit>>,
}

impl Writer {
    pub(super) fn start(conn: Conn, shared: Arc<Shared>) -> Result<Self> {
        let (units, waiting) = sync_channel(WAITING_UNITS);
        std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || work(conn, &shared, &waiting))?;
        Ok(Self { units })
    }

    pub(super) fn submit(&self, unit: Box<dyn Unit>) -> Result<()> {
        self.units
            .try_send(unit)
            .map_err(|_| Error::Unavailable("too many writes are waiting".into()))
    }
}

fn work(mut conn: Conn, shared: &Shared, waiting: &Receiver<Box<dyn Unit>>) {
    while let Ok(first) = waiting.recv() {
        group(&mut conn, shared, first, waiting);
    }
}

/// Runs one group from its first unit to the answers.
fn group(
    conn: &mut Conn,
    shared: &Shared,
    first: Box<dyn Unit>,
    waiting: &Receiver<Box<dyn Unit>>,
) {
    if let Err(error) = conn.batch_execute("BEGIN IMMEDIATE") {
        first.answer(Err(Error::Unavailable(format!(
            "cannot begin to write: {error}"
        ))));
        return;
    }
    let (begun, mut done, mut events) = (Instant::now(), Vec::new(), Vec::new());
    let mut next = Some(first);
    while let Some(mut unit) = next.take() {
        let ran = run_in_savepoint(conn, shared, unit.as_mut(), &mut events);
        done.push((unit, ran));
        if done.len() < GROUP_UNITS && begun.elapsed() < GROUP_TIME {
            // Nobody waits, or nobody will any more: the group is complete.
            next = waiting.try_recv().ok();
        }
    }
    let committed = conn.batch_execute("COMMIT");
    if let Err(error) = &committed {
        tracing::error!(%error, "a group of writes could not be committed");
        if let Err(error) = conn.batch_execute("ROLLBACK") {
            tracing::error!(%error, "the failed group could not be rolled back");
        }
    } else {
        shared.observer.committed(&events);
    }
    for (unit, ran) in done {
        let fate = match (&committed, ran) {
            (Err(error), _) => Err(Error::Unavailable(format!("the commit failed: {error}"))),
            (Ok(()), Err(error)) => Err(error),
            (Ok(()), Ok(())) => Ok(()),
        };
        unit.answer(fate);
    }
}

fn run_in_savepoint(
    conn: &mut Conn,
    shared: &Shared,
    unit: &mut dyn Unit,
    events: &mut Vec<Event>,
) -> Result<()> {
    conn.batch_execute("SAVEPOINT unit")?;
    let mut tx = Tx::new(conn, shared);
    let good = unit.run(&mut tx);
    let emitted = tx.take_events();
    drop(tx);
    if good {
        events.extend(emitted);
    } else {
        conn.batch_execute("ROLLBACK TO unit")?;
    }
    conn.batch_execute("RELEASE unit")?;
    Ok(())
}
