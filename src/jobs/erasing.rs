//! Takes away what an ended account left behind, some in each transaction. Whatever is done stays done: a job that is
//! broken off begins where it was.

use std::time::{Duration, Instant};

use crate::actions::end_account::{Erasure, erase as take_away, erase_on};
use crate::app::App;
use crate::app::uploads::files_of;
use crate::error::{Error, Result};
use crate::store::db::Tx;
use crate::store::{departure, leftovers, media};

/// After this long the rest is left to another job, so that a claim never runs out.
const PATIENCE: Duration = Duration::from_secs(20);
/// Uploads forgotten in one transaction.
const UPLOADS: i64 = 100;

/// Erases the account of a job's payload (an [`Erasure`]).
///
/// # Errors
/// `Unavailable` and `Internal`, which are tried again.
pub async fn erase(app: &App, payload: &str) -> Result<()> {
    let erasure = Erasure::parse(payload).ok_or(Error::NotFound)?;
    let begun = Instant::now();
    let steps: [fn(&mut Tx<'_>, Erasure) -> Result<bool>; 2] = [take_away, let_uploads_go];
    for step in steps {
        while !app.db.write(move |tx| step(tx, erasure)).await? {
            if begun.elapsed() > PATIENCE {
                return app.db.write(move |tx| erase_on(tx, erasure)).await;
            }
        }
    }
    app.remove_leftovers_soon();
    Ok(())
}

/// Forgets uploads that are in no post (any more), some of them; `true` once none is left.
fn let_uploads_go(tx: &mut Tx<'_>, erasure: Erasure) -> Result<bool> {
    let now = tx.now();
    let rows = departure::list_uploads(tx, erasure.account, UPLOADS)?;
    for row in &rows {
        media::delete(tx, row.id)?;
        for file in files_of(row) {
            leftovers::note(tx, &file, now)?;
        }
    }
    Ok(rows.is_empty())
}
