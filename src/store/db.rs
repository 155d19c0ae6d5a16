//! The only file that knows pools. Two doors, `read` and `write`, each taking a synchronous closure that runs once on a
//! blocking thread: a closure cannot await, so no network happens inside a transaction and a cancelled request cannot
//! leave one dangling.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ManageConnection, Pool};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, oneshot};

use super::conn::{Conn, Purpose, Target, open, open_first};
use super::signals::Signals;
use super::{migrate, writer};
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::IdSource;
use crate::model::node::Node;
use crate::model::time::{Clock, Time};

/// What must happen with every event: `follow_up` inside its transaction, `committed` once it is on disk.
pub trait Observer: Send + Sync {
    /// Writes what follows from the event (deliveries, notifications, jobs) in the same transaction.
    fn follow_up(&self, tx: &mut Tx<'_>, event: &Event) -> Result<()>;
    /// Tells the living parts of the program: streams, job runner, deliveries.
    fn committed(&self, events: &[Event]);
}

/// Does nothing: for a database opened by a command that changes no content.
#[derive(Debug)]
pub struct NoObserver;

impl Observer for NoObserver {
    fn follow_up(&self, _tx: &mut Tx<'_>, _event: &Event) -> Result<()> {
        Ok(())
    }
    fn committed(&self, _events: &[Event]) {}
}

/// How a database is opened.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "holds trait objects")]
pub struct Options {
    /// Which database.
    pub target: Target,
    /// Connections for reading at the same time.
    pub readers: u32,
    /// The clock of every transaction.
    pub clock: Arc<dyn Clock>,
    /// Told of every event.
    pub observer: Arc<dyn Observer>,
    /// Whether outstanding migrations are run.
    pub migrate: bool,
    /// The node whose data they are.
    pub node: Arc<Node>,
}

/// The database of a node; cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Pool<Opener>,
    permits: Semaphore,
    writer: Option<writer::Writer>,
    shared: Arc<Shared>,
    target: Target,
}

/// What every transaction needs.
pub(super) struct Shared {
    pub(super) ids: IdSource,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) observer: Arc<dyn Observer>,
    pub(super) node: Arc<Node>,
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db")
            .field("sqlite", &self.is_sqlite())
            .finish_non_exhaustive()
    }
}

/// Opens connections for the pool, on its threads.
struct Opener {
    target: Target,
    purpose: Purpose,
    runtime: Handle,
}

impl ManageConnection for Opener {
    type Connection = Conn;
    type Error = Error;

    fn connect(&self) -> Result<Conn> {
        open(&self.target, self.purpose, &self.runtime).map_err(unusable)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<()> {
        Ok(conn.batch_execute("SELECT 1")?)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        match conn {
            Conn::Sqlite(_) => false,
            Conn::Postgres(pg) => diesel::r2d2::R2D2Connection::is_broken(pg),
        }
    }
}

fn unusable(error: impl fmt::Display) -> Error {
    Error::Unavailable(format!("the database cannot be used: {error}"))
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        match error {
            diesel::result::Error::NotFound => Self::NotFound,
            other => Self::Internal(other.into()),
        }
    }
}

impl Db {
    /// Opens the database and brings it to this version if asked to. Blocks: call it where blocking is allowed.
    ///
    /// # Errors
    /// `Unavailable` with a sentence that names the cause.
    pub fn open(options: Options, runtime: &Handle) -> Result<Self> {
        let mut first = open_first(&options.target, runtime)?;
        migrate::check(&mut first, options.migrate)?;
        let slot = rand::random::<u8>();
        let shared = Arc::new(Shared {
            ids: IdSource::new(slot),
            clock: options.clock,
            observer: options.observer,
            node: options.node,
        });
        let sqlite = matches!(options.target, Target::Sqlite(_));
        let writer = sqlite
            .then(|| writer::Writer::start(first, Arc::clone(&shared)))
            .transpose()?;
        let purpose = if sqlite {
            Purpose::Read
        } else {
            Purpose::Write
        };
        let size = if sqlite {
            options.readers
        } else {
            options.readers.max(8)
        };
        let pool = Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .test_on_check_out(false)
            .connection_timeout(std::time::Duration::from_secs(10))
            .build(Opener {
                target: options.target.clone(),
                purpose,
                runtime: runtime.clone(),
            })
            .map_err(unusable)?;
        let permits = Semaphore::new(usize::try_from(size).unwrap_or(1));
        Ok(Self {
            inner: Arc::new(Inner {
                pool,
                permits,
                writer,
                shared,
                target: options.target,
            }),
        })
    }

    /// Whether the data lie in a SQLite file.
    pub fn is_sqlite(&self) -> bool {
        self.inner.writer.is_some()
    }

    /// A connection by which processes on this database tell each other things; `None` on SQLite, where one process serves.
    ///
    /// # Errors
    /// `Unavailable` where the server does not answer.
    pub async fn signals(&self) -> Result<Option<Signals>> {
        match &self.inner.target {
            Target::Sqlite(_) => Ok(None),
            Target::Postgres(url) => Signals::open(url).await.map(Some),
        }
    }

    /// The node whose data they are.
    pub fn node(&self) -> &Node {
        &self.inner.shared.node
    }

    /// The time of the node's clock.
    pub fn now(&self) -> Time {
        self.inner.shared.clock.now()
    }

    /// Runs a closure that only reads, on a blocking thread. On SQLite all that it reads is of one moment.
    ///
    /// # Errors
    /// What the closure returns; `Unavailable` where no connection is to be had within ten seconds.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let _permit = self.inner.permits.acquire().await.map_err(unusable)?;
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || {
            let mut conn = inner.pool.get().map_err(unusable)?;
            match *conn {
                Conn::Sqlite(_) => at_one_moment(&mut conn, work),
                Conn::Postgres(_) => work(&mut conn),
            }
        })
        .await
        .map_err(Error::internal)?
    }

    /// Runs a closure in one transaction and returns once it is on disk. An error rolls everything back.
    ///
    /// # Errors
    /// What the closure or a follow-up returns; `Unavailable` where the database cannot be written.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        if let Some(writer) = &self.inner.writer {
            let (reply, answer) = oneshot::channel();
            writer.submit(writer::unit(work, reply))?;
            return answer
                .await
                .map_err(|_| Error::Unavailable("the writer has stopped".into()))?;
        }
        let _permit = self.inner.permits.acquire().await.map_err(unusable)?;
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || {
            let mut conn = inner.pool.get().map_err(unusable)?;
            conn.batch_execute("BEGIN")?;
            let mut tx = Tx::new(&mut conn, &inner.shared);
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| tx.run(work)))
                .unwrap_or_else(|_| Err(Error::internal("a write unit panicked")));
            let events = std::mem::take(&mut tx.events);
            drop(tx);
            match done {
                Ok(value) => {
                    // A COMMIT of a transaction that failed inside would answer like any other.
                    if let Err(error) = conn.batch_execute("SELECT 1") {
                        conn.batch_execute("ROLLBACK")?;
                        return Err(error.into());
                    }
                    conn.batch_execute("COMMIT")?;
                    inner.shared.observer.committed(&events);
                    Ok(value)
                }
                Err(error) => {
                    conn.batch_execute("ROLLBACK")?;
                    Err(error)
                }
            }
        })
        .await
        .map_err(Error::internal)?
    }
}

/// Reads within one transaction: the file is locked and its log looked through once, not for each statement.
fn at_one_moment<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    conn.batch_execute("BEGIN")?;
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(conn)));
    // Whatever happened: a connection that stayed in its transaction would show its next user the past.
    conn.batch_execute("COMMIT")
        .or_else(|_| conn.batch_execute("ROLLBACK"))?;
    done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// One transaction: a connection, the time, ids and the events that belong to it.
pub struct Tx<'c> {
    conn: &'c mut Conn,
    shared: &'c Shared,
    now: Time,
    events: Vec<Event>,
}

impl fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx")
            .field("now", &self.now)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

impl<'c> Tx<'c> {
    pub(super) fn new(conn: &'c mut Conn, shared: &'c Shared) -> Self {
        let now = shared.clock.now();
        Self {
            conn,
            shared,
            now,
            events: Vec::new(),
        }
    }

    /// Runs the work, then the follow-ups of its events, those of follow-ups included.
    pub(super) fn run<T>(&mut self, work: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let value = work(self)?;
        let observer = Arc::clone(&self.shared.observer);
        let mut done = 0;
        while let Some(event) = self.events.get(done).cloned() {
            observer.follow_up(self, &event)?;
            done += 1;
        }
        Ok(value)
    }

    pub(super) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// The time of this transaction, in UTC.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The node that this happens on.
    pub fn node(&self) -> &'c Node {
        &self.shared.node
    }

    /// A new id, larger than every earlier one of this process.
    pub fn new_id(&self) -> i64 {
        self.shared.ids.next(self.now.and_utc().timestamp_millis())
    }

    /// Records that something happened; what follows from it is written in this transaction.
    pub fn emit(&mut self, event: Event) {
        self.events.push(event);
    }
}

impl Deref for Tx<'_> {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        self.conn
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Conn {
        self.conn
    }
}
