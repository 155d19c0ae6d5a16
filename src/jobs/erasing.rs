//! Takes away what an ended account left behind: posts and bonds first, some at a time, then its files. A job that is
//! broken off begins where it was.

use std::time::{Duration, Instant};

use crate::actions::end_account::{erase as take_away, erase_on, forget_pictures};
use crate::app::App;
use crate::error::{Error, Result};
use crate::media::Folder;
use crate::model::ids::AccountId;
use crate::store::{accounts, departure, media};

/// After this long the rest is left to another job, so that a claim never runs out.
const PATIENCE: Duration = Duration::from_secs(20);
/// Files removed between two looks at the database.
const FILES: i64 = 100;

/// Erases the account whose id is the payload of a job.
///
/// # Errors
/// `Unavailable` and `Internal`, which are tried again.
pub async fn erase(app: &App, payload: &str) -> Result<()> {
    let id = AccountId(payload.parse().map_err(|_why| Error::NotFound)?);
    let begun = Instant::now();
    while !app.db.write(move |tx| take_away(tx, id)).await? {
        if begun.elapsed() > PATIENCE {
            return app.db.write(move |tx| erase_on(tx, id)).await;
        }
    }
    let folder = Folder::new(app.config.media_dir());
    loop {
        let files = app
            .db
            .read(move |conn| departure::list_files(conn, id, FILES))
            .await?;
        if files.is_empty() {
            break;
        }
        // The file goes first: a row that outlives a crash leads here again.
        for (row, file, preview) in files {
            for name in [file, preview].into_iter().flatten() {
                folder.remove(&name).await?;
            }
            app.db.write(move |tx| media::delete(tx, row)).await?;
        }
        if begun.elapsed() > PATIENCE {
            return app.db.write(move |tx| erase_on(tx, id)).await;
        }
    }
    let account = app.db.read(move |conn| accounts::get(conn, id)).await?;
    if account.is_local() {
        for name in [account.avatar, account.header].into_iter().flatten() {
            folder.remove(&name).await?;
        }
        app.db.write(move |tx| forget_pictures(tx, id)).await?;
    }
    Ok(())
}
