//! Runs the jobs of the queue: the first of every lane, several lanes beside each other. Which handler runs which kind
//! is told from outside.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::task::JoinSet;

use crate::app::App;
use crate::error::{Error, Result};
use crate::store::jobs::{self, Job};

/// Lanes that are worked on at the same time.
const MAX_LANES: usize = 32;
/// No job takes longer: less than a claim holds.
const LONGEST_JOB: Duration = Duration::from_mins(1);
/// How long a claim holds; a job that takes longer may run twice.
const HOLD: TimeDelta = TimeDelta::minutes(3);
/// Longest sleep: another process may have queued something.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Shortest sleep.
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);
/// A job that fails for passing reasons is tried this often, if it is not a lasting one.
pub(super) const MAX_ATTEMPTS: i32 = 12;
/// Longest wait between two tries, in seconds.
const LONGEST_BACKOFF: i64 = 3600;

/// Runs one job. What it returns decides: `Unavailable`, `TooMany` and `Internal` pass and are tried again later, anything
/// else that is not `Ok` is given up.
pub type Handler = Arc<dyn Fn(Job) -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// Handlers by kind of job.
#[derive(Clone, Default)]
pub struct Registry {
    handlers: HashMap<&'static str, Handler>,
    lasting: HashSet<&'static str>,
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.handlers.keys()).finish()
    }
}

impl Registry {
    /// Adds the handler of a kind.
    pub fn with<F, Fut>(mut self, kind: &'static str, handler: F) -> Self
    where
        F: Fn(Job) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        self.handlers
            .insert(kind, Arc::new(move |job| handler(job).boxed()));
        self
    }

    /// Adds the handler of a kind that nothing else would ever do and nobody would ask for again: however often it fails for
    /// reasons that pass, it is tried again.
    pub fn with_lasting<F, Fut>(mut self, kind: &'static str, handler: F) -> Self
    where
        F: Fn(Job) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        self.lasting.insert(kind);
        self.with(kind, handler)
    }

    fn tries_again(&self, job: &Job, error: &Error) -> bool {
        let passing = matches!(
            error,
            Error::Unavailable(_) | Error::TooMany(_) | Error::Internal(_)
        );
        passing && (job.attempts < MAX_ATTEMPTS || self.lasting.contains(job.kind.as_str()))
    }

    async fn run(&self, job: Job) -> Result<()> {
        let Some(handler) = self.handlers.get(job.kind.as_str()) else {
            return Err(Error::NotFound);
        };
        let work = AssertUnwindSafe(handler(job)).catch_unwind();
        match tokio::time::timeout(LONGEST_JOB, work).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(Error::internal("the job panicked")),
            Err(_) => Err(Error::Unavailable("the job took too long".into())),
        }
    }
}

/// Runs until the process is asked to stop; then lets the jobs that run finish for a while and gives the others back.
pub async fn run(app: App, registry: Registry) {
    let mut running: JoinSet<i64> = JoinSet::new();
    let mut held: Vec<i64> = Vec::new();
    while !app.stopping.is_cancelled() {
        let pause = match start(&app, &registry, &mut running, &mut held).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::error!(%error, "jobs cannot be claimed");
                LONGEST_PAUSE
            }
        };
        tokio::select! {
            () = app.stopping.cancelled() => {}
            Some(done) = running.join_next(), if !running.is_empty() => {
                if let Ok(id) = done {
                    held.retain(|held| *held != id);
                }
            }
            () = app.hub.work().notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    stop(&app, running, held).await;
}

/// Waits a while for what runs, and gives back what does not finish.
async fn stop(app: &App, mut running: JoinSet<i64>, mut held: Vec<i64>) {
    let patience = tokio::time::sleep(Duration::from_secs(10));
    tokio::pin!(patience);
    loop {
        tokio::select! {
            done = running.join_next() => match done {
                Some(Ok(id)) => held.retain(|held| *held != id),
                Some(Err(_)) => {}
                None => break,
            },
            () = &mut patience => break,
        }
    }
    running.abort_all();
    if !held.is_empty()
        && let Err(error) = app.db.write(move |tx| jobs::release(tx, &held)).await
    {
        tracing::warn!(%error, "jobs could not be given back; they are taken up again in three minutes");
    }
}

/// Claims and starts what there is room for; how long to sleep then.
async fn start(
    app: &App,
    registry: &Registry,
    running: &mut JoinSet<i64>,
    held: &mut Vec<i64>,
) -> Result<Duration> {
    let room = MAX_LANES.saturating_sub(running.len());
    if room == 0 {
        return Ok(LONGEST_PAUSE);
    }
    let now = app.db.now();
    let due = app.db.read(jobs::next_due).await?;
    if due.is_none_or(|at| at > now)
        && !app
            .db
            .read(move |conn| jobs::is_abandoned(conn, now))
            .await?
    {
        return Ok(pause(due, now));
    }
    let limit = i64::try_from(room).unwrap_or(1);
    let claimed = app.db.write(move |tx| jobs::claim(tx, limit, HOLD)).await?;
    let full = claimed.len() == room;
    for job in claimed {
        held.push(job.id);
        let (app, registry) = (app.clone(), registry.clone());
        running.spawn(async move {
            let id = job.id;
            work(&app, &registry, job).await;
            id
        });
    }
    if full {
        Ok(LONGEST_PAUSE)
    } else {
        Ok(pause(app.db.read(jobs::next_due).await?, now))
    }
}

fn pause(due: Option<crate::model::time::Time>, now: crate::model::time::Time) -> Duration {
    due.map_or(LONGEST_PAUSE, |at| {
        (at - now).to_std().unwrap_or(SHORTEST_PAUSE)
    })
    .clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
}

/// Runs one job and writes down what came of it.
async fn work(app: &App, registry: &Registry, job: Job) {
    let begun = Instant::now();
    let result = registry.run(job.clone()).await;
    let again = matches!(&result, Err(error) if registry.tries_again(&job, error));
    let error = result.as_ref().err().map(ToString::to_string);
    let outcome = match (&result, again) {
        (Ok(()), _) => "done",
        (Err(_), true) => "later",
        (Err(_), false) => "given_up",
    };
    metrics::counter!("jobs_total", "kind" => job.kind.clone(), "outcome" => outcome).increment(1);
    tracing::info!(
        job.name = job.kind,
        job.id = job.id,
        job.lane = job.lane,
        attempt = job.attempts,
        duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        outcome,
        error,
        "job"
    );
    let recorded = app
        .db
        .write(move |tx| {
            if again {
                let at = tx.now() + backoff(job.attempts);
                jobs::fail(tx, job.id, error.as_deref().unwrap_or_default(), at)
            } else {
                jobs::finish(tx, job.id)
            }
        })
        .await;
    if let Err(error) = recorded {
        tracing::error!(%error, "the outcome of a job could not be kept; it will run again");
    }
}

/// 2, 4, 8, … seconds, at most an hour.
fn backoff(attempts: i32) -> TimeDelta {
    let doublings = u32::try_from(attempts.clamp(1, 12)).unwrap_or(1);
    TimeDelta::seconds(2_i64.pow(doublings).min(LONGEST_BACKOFF))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lasting_job_is_given_up_only_for_what_does_not_pass() {
        let registry = Registry::default()
            .with("short", |_job| async { Ok(()) })
            .with_lasting("lasting", |_job| async { Ok(()) });
        let again = |kind: &str, attempts, error: &Error| {
            let job = Job {
                id: 1,
                kind: kind.into(),
                lane: kind.into(),
                payload: String::new(),
                attempts,
            };
            registry.tries_again(&job, error)
        };
        let passing = Error::Unavailable("busy".into());
        assert!(again("short", MAX_ATTEMPTS - 1, &passing));
        assert!(!again("short", MAX_ATTEMPTS, &passing));
        assert!(again("lasting", MAX_ATTEMPTS + 100, &passing));
        assert!(!again("lasting", 1, &Error::NotFound));
    }
}
