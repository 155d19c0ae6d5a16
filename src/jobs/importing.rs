//! Works through a file that a person brought along: what each line names is looked up, here or on its own node, and then
//! done. A job that is broken off goes on with the first line that waits.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures::FutureExt as _;

use super::runner::MAX_ATTEMPTS;
use crate::actions::import::{Found, carry_out, cells, go_on, sweep};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::refusal::Refusal;
use crate::model::resolve::Resolved;
use crate::model::words::{AccountState, TransferKind};
use crate::store::db::Tx;
use crate::store::jobs::Job;
use crate::store::transfers::{self, DONE, Import, Line};
use crate::store::{accounts, users};

/// After this long the rest is left to another job, so that a claim never runs out.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longest wait for what one line names.
const LOOK_UP: Duration = Duration::from_secs(15);
/// Lines that are read at once.
const LINES: i64 = 50;
/// The message for a line whose account or post could not be asked for: its node may be down, or the way there from here.
const SILENT: &str = "import-silent";
/// The message for a line whose post or account is not to be had.
const ABSENT: &str = "import-absent";
/// The message for lines that were never come to.
const GIVEN_UP: &str = "import-given-up";
/// Longest time of a last try, which is less than a job may take: whoever is cut off could end nothing.
const LAST_TRY: Duration = Duration::from_secs(45);

/// Works on the import of a job. Where nobody will try again, the import ends as given up: what came through stays, and
/// the lines that wait say so.
///
/// # Errors
/// As [`import`].
pub async fn import_or_give_up(app: &App, job: &Job) -> Result<()> {
    let last = job.attempts >= MAX_ATTEMPTS;
    let work = import(app, &job.payload);
    let done = if last {
        let work = AssertUnwindSafe(work).catch_unwind();
        match tokio::time::timeout(LAST_TRY, work).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => Err(Error::internal("an import panicked")),
            Err(_) => Err(Error::Unavailable("an import took too long".into())),
        }
    } else {
        work.await
    };
    let Err(error) = done else { return Ok(()) };
    if last || !is_passing(&error) {
        let id: i64 = job.payload.parse().map_err(|_why| Error::NotFound)?;
        app.db.write(move |tx| give_up(tx, id)).await?;
    }
    Err(error)
}

/// Whether the runner tries again what ended like this.
fn is_passing(error: &Error) -> bool {
    matches!(
        error,
        Error::Unavailable(_) | Error::TooMany(_) | Error::Internal(_)
    )
}

/// Ends an import before its last line; one that is over already stays as it is.
fn give_up(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    let Some(import) = transfers::find(tx, id)?.filter(|import| import.finished_at.is_none())
    else {
        return Ok(());
    };
    let now = tx.now();
    transfers::set_outcome_of_waiting(tx, import.id, GIVEN_UP)?;
    transfers::set_finished(tx, import.id, now)
}

/// Works on the import whose id is the payload of a job.
///
/// # Errors
/// `Unavailable` and `Internal`, which are tried again.
pub async fn import(app: &App, payload: &str) -> Result<()> {
    let id: i64 = payload.parse().map_err(|_why| Error::NotFound)?;
    let begun = Instant::now();
    let Some(import) = app.db.write(move |tx| open(tx, id)).await? else {
        return Ok(());
    };
    if import.overwrite && !import.swept {
        loop {
            let whole = import.clone();
            if app.db.write(move |tx| sweep(tx, &whole)).await? {
                break;
            }
            if begun.elapsed() > PATIENCE {
                return app.db.write(move |tx| go_on(tx, &import)).await;
            }
        }
    }
    loop {
        let waiting = app
            .db
            .read(move |conn| transfers::list_waiting(conn, id, LINES))
            .await?;
        if waiting.is_empty() {
            return app
                .db
                .write(move |tx| {
                    let now = tx.now();
                    transfers::set_finished(tx, id, now)
                })
                .await;
        }
        for line in waiting {
            if begun.elapsed() > PATIENCE {
                return app.db.write(move |tx| go_on(tx, &import)).await;
            }
            work(app, &import, line).await?;
        }
    }
}

/// An import that is to go on. That of somebody who does not act any more ends.
fn open(tx: &mut Tx<'_>, id: i64) -> Result<Option<Import>> {
    let found = transfers::find(tx, id)?.filter(|import| import.finished_at.is_none());
    let Some(import) = found else {
        return Ok(None);
    };
    let account = accounts::get(tx, import.account_id)?;
    if account.state == AccountState::Active && users::find(tx, account.id)?.is_some() {
        return Ok(Some(import));
    }
    let now = tx.now();
    transfers::set_finished(tx, id, now)?;
    Ok(None)
}

/// Does one line and notes what came of it.
async fn work(app: &App, import: &Import, line: Line) -> Result<()> {
    let cells = cells(&line.line);
    let found = match tokio::time::timeout(LOOK_UP, look_up(app, import.kind, &cells)).await {
        Ok(Ok(Some(found))) => found,
        Ok(Ok(None)) => return note(app, line.id, ABSENT).await,
        Ok(Err(Error::Internal(fault))) => return Err(Error::Internal(fault)),
        Ok(Err(_)) | Err(_) => return note(app, line.id, SILENT).await,
    };
    let (me, kind, id) = (import.account_id, import.kind, line.id);
    let done = app
        .db
        .write(move |tx| {
            carry_out(tx, me, kind, &cells, found)?;
            transfers::set_outcome(tx, id, DONE)
        })
        .await;
    match done {
        Err(Error::Forbidden(why) | Error::Conflict(why) | Error::Invalid { why, .. }) => {
            note(app, id, message(&why)).await
        }
        Err(Error::NotFound | Error::Gone) => note(app, id, ABSENT).await,
        other => other,
    }
}

/// The message of a refusal; one with a number in it is kept as the general one.
fn message(why: &Refusal) -> &'static str {
    match why {
        Refusal::TooMany(_) => "import-full",
        Refusal::TooLong(_) => "no-malformed",
        other => other.message_id(),
    }
}

async fn note(app: &App, line: i64, outcome: &'static str) -> Result<()> {
    app.db
        .write(move |tx| transfers::set_outcome(tx, line, outcome))
        .await
}

async fn look_up(app: &App, kind: TransferKind, cells: &[String]) -> Result<Option<Found>> {
    let cell = |at: usize| cells.get(at).map_or("", String::as_str);
    match kind {
        TransferKind::DomainBlocks => Ok(Some(Found::Domain)),
        TransferKind::Bookmarks => Ok(match app.resolve_url(cell(0)).await? {
            Some(Resolved::Post(post)) => Some(Found::Post(post)),
            _ => None,
        }),
        TransferKind::Lists => Ok(app.resolve_handle(cell(1)).await?.map(Found::Account)),
        TransferKind::Follows | TransferKind::Mutes | TransferKind::Blocks => {
            Ok(app.resolve_handle(cell(0)).await?.map(Found::Account))
        }
    }
}
