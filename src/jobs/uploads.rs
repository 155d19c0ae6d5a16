//! Works on uploads that take long. What cannot be read fails at once; where database or store do not answer, it is tried
//! again.

use chrono::TimeDelta;

use super::runner::MAX_ATTEMPTS;
use crate::app::App;
use crate::app::uploads::files_of;
use crate::error::{Error, Result};
use crate::media::names;
use crate::model::words::{MediaKind, MediaState};
use crate::store::jobs::{self, Job};
use crate::store::leftovers;
use crate::store::media::{self, Media};

/// When the next job looks for the store again.
const PAUSE: TimeDelta = TimeDelta::minutes(10);

/// Works on the upload whose id is the payload of a job. Safe to run twice.
///
/// # Errors
/// `Unavailable` and `Internal`, which are tried again.
pub async fn work(app: &App, job: &Job) -> Result<()> {
    let id: i64 = job.payload.parse().map_err(|_why| Error::NotFound)?;
    let row = app.db.read(move |conn| media::find(conn, id)).await?;
    let Some(row) = row.filter(|row| row.state == MediaState::Processing) else {
        return Ok(());
    };
    // A job that was begun this often has failed again and again, or taken the process down with it.
    if job.attempts >= MAX_ATTEMPTS {
        return fail(app, row).await;
    }
    let staged = row.file.as_deref().and_then(names::staged);
    let bytes = match &staged {
        Some(staged) => match app.media.read(staged).await {
            Ok(bytes) => bytes,
            Err(error) => return again(app, job, id, error).await,
        },
        None => None,
    };
    let Some(bytes) = bytes else {
        return fail(app, row).await;
    };
    match app.read_upload(row.clone(), bytes).await {
        Ok((ready, files)) => {
            if let Err(error) = app.keep_files(files).await {
                return again(app, job, id, error).await;
            }
            settle(app, ready, staged).await
        }
        Err(error) => {
            tracing::info!(%error, "an upload could not be worked on");
            fail(app, row).await
        }
    }
}

/// The store cannot be used, and nothing is wrong with the upload: where the tries of its job run out, another job goes on.
/// Once the upload is swept away, in no post, that one ends.
async fn again(app: &App, job: &Job, id: i64, error: Error) -> Result<()> {
    if job.attempts + 1 < MAX_ATTEMPTS {
        return Err(error);
    }
    tracing::warn!(%error, "an upload goes on waiting for the store");
    app.db
        .write(move |tx| {
            let at = tx.now() + PAUSE;
            jobs::enqueue_at(tx, media::WORK, &media::lane(id), &id.to_string(), at).map(drop)
        })
        .await
}

async fn fail(app: &App, row: Media) -> Result<()> {
    let staged = row.file.as_deref().and_then(names::staged);
    let failed = Media {
        state: MediaState::Failed,
        ..row
    };
    settle(app, failed, staged).await
}

/// The upload is what it will be, and as it came it is needed no longer.
async fn settle(app: &App, mut row: Media, staged: Option<String>) -> Result<()> {
    app.db
        .write(move |tx| {
            let now = tx.now();
            // What stands for a film may have been changed meanwhile.
            if let Some(present) = media::find(tx, row.id)?.filter(|_| row.kind != MediaKind::Image)
            {
                row.preview = present.preview;
                row.preview_width = present.preview_width;
                row.preview_height = present.preview_height;
                row.blurhash = present.blurhash;
            }
            let mut unneeded: Vec<String> = staged.into_iter().collect();
            if !media::settle(tx, &row)? {
                unneeded.extend(files_of(&row));
            }
            unneeded
                .iter()
                .try_for_each(|file| leftovers::note(tx, file, now))
        })
        .await
}
