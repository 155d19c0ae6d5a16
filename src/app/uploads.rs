//! Files of people between the store and the database: read, written, and removed once nothing names them any more. A
//! name stands on the list of leftovers before its file is written, so that a process may die at any moment and no file
//! stays for good.

use bytes::Bytes;
use chrono::TimeDelta;

use super::App;
use crate::error::{Error, Result};
use crate::media::file::{FileLimits, read_file};
use crate::media::{Limits, Name, Picture, is_picture, names, read_name, read_picture};
use crate::model::words::{MediaKind, MediaState};
use crate::store::conn::Conn;
use crate::store::leftovers::{self, Part};
use crate::store::media::Media;

/// After this time a file that was written must be named by a row.
const GRACE: TimeDelta = TimeDelta::days(1);
/// What could not be removed is tried again after this time.
const PAUSE: TimeDelta = TimeDelta::minutes(5);
/// Files looked at together.
const BATCH: i64 = 100;
/// After so many files that could not be removed the store is taken for away.
const FAILURES: usize = 3;

/// Files to be written, by name.
pub type Files = Vec<(String, Bytes)>;

/// The files that a row names, and the one that waits to be worked on.
pub fn files_of(row: &Media) -> Vec<String> {
    let mut files: Vec<String> = row.file.iter().chain(&row.preview).cloned().collect();
    if row.state != MediaState::Ready {
        files.extend(row.file.as_deref().and_then(names::staged));
    }
    files
}

fn side(pixels: u32) -> Option<i32> {
    i32::try_from(pixels).ok()
}

fn length(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

fn unnamed() -> Error {
    Error::internal("an upload has no name")
}

impl App {
    /// Bounds for images by the settings.
    pub fn image_limits(&self) -> Limits {
        Limits {
            bytes: self.config.media.image_size_limit,
            pixels: self.config.media.image_matrix_limit,
        }
    }

    /// Bounds for other files by the settings.
    pub fn file_limits(&self) -> FileLimits {
        FileLimits {
            av: self.config.media.video_size_limit,
            document: self.config.media.file_size_limit,
        }
    }

    /// Writes files. A row must name them within a day, else they go again.
    ///
    /// # Errors
    /// `Unavailable` where database or store do not answer, `Internal` where the disk refuses.
    pub async fn keep_files(&self, files: Files) -> Result<()> {
        let due = self.db.now() + GRACE;
        let names: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
        self.db
            .write(move |tx| {
                names
                    .iter()
                    .try_for_each(|name| leftovers::note(tx, name, due))
            })
            .await?;
        for (name, bytes) in files {
            self.media.write(&name, bytes).await?;
        }
        Ok(())
    }

    /// Writes an avatar or header; its name.
    ///
    /// # Errors
    /// As [`Self::keep_files`].
    pub async fn keep_profile(&self, bytes: Vec<u8>, extension: &str) -> Result<String> {
        let name = names::profile(extension);
        self.keep_files(vec![(name.clone(), bytes.into())]).await?;
        Ok(name)
    }

    /// What an upload becomes: the row, whose `file` names it so far, as it will be, and the files to be written for it.
    ///
    /// # Errors
    /// `Invalid` for `file`; `Internal` where the file cannot be worked on.
    pub async fn read_upload(&self, row: Media, bytes: Bytes) -> Result<(Media, Files)> {
        let named = row.file.clone().ok_or_else(unnamed)?;
        if is_picture(&bytes) {
            let picture = read_picture(bytes, self.image_limits()).await?;
            return pictured(row, &named, picture);
        }
        let limits = self.file_limits();
        let plain = tokio::task::spawn_blocking(move || read_file(&bytes, limits))
            .await
            .map_err(Error::internal)??;
        let row = Media {
            kind: plain.kind,
            mime: plain.mime.to_owned(),
            bytes: length(&plain.bytes),
            state: MediaState::Ready,
            ..row
        };
        Ok((row, vec![(named, plain.bytes.into())]))
    }

    /// What stands for a film or recording: the row with it, and the file to be written. Images keep the one that was
    /// made of them, documents have none.
    ///
    /// # Errors
    /// `Invalid` for `thumbnail`.
    pub async fn read_cover(&self, row: Media, bytes: Bytes) -> Result<(Media, Files)> {
        if !matches!(row.kind, MediaKind::Video | MediaKind::Audio) {
            return Ok((row, Vec::new()));
        }
        let cover =
            read_picture(bytes, self.image_limits())
                .await
                .map_err(|error| match error {
                    Error::Invalid { why, .. } => Error::invalid("thumbnail", why),
                    other => other,
                })?;
        let original = row.file.as_deref().ok_or_else(unnamed)?;
        let name = names::cover(original, cover.extension).ok_or_else(unnamed)?;
        let row = Media {
            preview: Some(name.clone()),
            preview_width: side(cover.small.width),
            preview_height: side(cover.small.height),
            blurhash: cover.blurhash,
            ..row
        };
        Ok((row, vec![(name, cover.small.bytes.into())]))
    }

    /// Removes files that are due and that nothing names; how many. One that cannot be removed waits by itself and holds up no
    /// other; where several cannot, the rest waits for the next round.
    ///
    /// # Errors
    /// As [`Self::keep_files`], of the last file that could not be removed, once the others are.
    pub async fn remove_leftovers(&self) -> Result<usize> {
        let now = self.db.now();
        let (mut removed, mut failures, mut failed) = (0, 0, None);
        while failures < FAILURES {
            let due = self
                .db
                .read(move |conn| leftovers::list_due(conn, now, BATCH))
                .await?;
            if due.is_empty() {
                break;
            }
            for file in due {
                match self.remove_unnamed(&file).await {
                    Ok(gone) => {
                        removed += usize::from(gone);
                        self.db
                            .write(move |tx| leftovers::forget(tx, &file, now))
                            .await?;
                    }
                    Err(error) => {
                        self.db
                            .write(move |tx| leftovers::postpone(tx, &file, now, now + PAUSE))
                            .await?;
                        failures += 1;
                        failed = Some(error);
                    }
                }
                if failures == FAILURES {
                    break;
                }
            }
        }
        failed.map_or(Ok(removed), Err)
    }

    /// The same beside what is done now: whoever deleted something need not wait for the store.
    pub fn remove_leftovers_soon(&self) {
        let app = self.clone();
        self.spawn(async move {
            if let Err(error) = app.remove_leftovers().await {
                tracing::warn!(%error, "files that nothing needs any more could not be removed; they are tried again");
            }
        });
    }

    async fn remove_unnamed(&self, file: &str) -> Result<bool> {
        let name = file.to_owned();
        let named = move |conn: &mut Conn| match read_name(&name) {
            Some(Name::Profile) => leftovers::is_named(conn, &name, Part::Profile),
            Some(Name::Attachment(original)) => {
                leftovers::is_named(conn, &name, Part::Of(&original))
            }
            Some(Name::Staged(original)) => {
                leftovers::is_named(conn, &name, Part::Staged(&original))
            }
            None => Ok(true),
        };
        if self.db.read(named).await? {
            return Ok(false);
        }
        self.media.remove(file).await?;
        Ok(true)
    }
}

fn pictured(row: Media, named: &str, picture: Picture) -> Result<(Media, Files)> {
    let file = names::renamed(named, picture.extension).ok_or_else(unnamed)?;
    let preview = names::small(&file).ok_or_else(unnamed)?;
    let row = Media {
        kind: MediaKind::Image,
        mime: picture.mime.to_owned(),
        file: Some(file.clone()),
        preview: Some(preview.clone()),
        width: side(picture.original.width),
        height: side(picture.original.height),
        preview_width: side(picture.small.width),
        preview_height: side(picture.small.height),
        blurhash: picture.blurhash,
        bytes: length(&picture.original.bytes),
        state: MediaState::Ready,
        ..row
    };
    let files = vec![
        (file, picture.original.bytes.into()),
        (preview, picture.small.bytes.into()),
    ];
    Ok((row, files))
}
