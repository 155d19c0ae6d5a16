//! Uploading attachments and describing them.

use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::TimeDelta;
use serde::Deserialize;

use super::answer::Answer;
use super::entities;
use super::entities::instance::MAX_DESCRIPTION;
use super::error::{ApiError, ApiResult};
use super::extract::{Auth, Id, scope};
use crate::actions::edit_post::Description;
use crate::app::App;
use crate::app::uploads::files_of;
use crate::error::{Error, Result};
use crate::media::{Outlook, look, names};
use crate::model::ids::{AccountId, PostId};
use crate::model::post::MAX_MEDIA;
use crate::model::refusal::Refusal;
use crate::model::time::Time;
use crate::model::words::MediaState;
use crate::params::{Params, UploadCap, data_of};
use crate::store::db::Tx;
use crate::store::media::{self, Media};
use crate::store::{jobs, leftovers};

/// Parameters with files as large as the settings allow.
pub(super) struct Uploads(pub(super) Params);

impl FromRequest<App> for Uploads {
    type Rejection = ApiError;

    async fn from_request(mut request: Request, app: &App) -> ApiResult<Self> {
        let media = &app.config.media;
        let attachment = request.uri().path().contains("/media");
        let cap = if attachment {
            let largest = media.video_size_limit.max(media.file_size_limit);
            largest.max(media.image_size_limit)
        } else {
            media.image_size_limit
        };
        request.extensions_mut().insert(UploadCap(cap));
        Ok(Self(Params::from_request(request, app).await?))
    }
}

/// A focal point, `x,y` with each between -1 and 1.
fn focus(text: &str) -> Result<(f64, f64)> {
    let read = |half: &str| half.trim().parse::<f64>().ok().filter(|n| n.is_finite());
    let both = text
        .split_once(',')
        .and_then(|(x, y)| Some((read(x)?, read(y)?)));
    let (x, y) = both.ok_or_else(|| Error::invalid("focus", Refusal::Malformed))?;
    Ok((x.clamp(-1.0, 1.0), y.clamp(-1.0, 1.0)))
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct Form {
    description: Option<String>,
    focus: Option<String>,
}

impl Form {
    fn focus(&self) -> Result<Option<(f64, f64)>> {
        self.focus
            .as_deref()
            .filter(|text| !text.trim().is_empty())
            .map(focus)
            .transpose()
    }

    fn description(&self) -> Result<Option<String>> {
        self.description.as_deref().map(described).transpose()
    }
}

/// An alt text as it is kept.
fn described(text: &str) -> Result<String> {
    if text.chars().count() > MAX_DESCRIPTION {
        return Err(Error::invalid(
            "description",
            Refusal::TooLong(MAX_DESCRIPTION),
        ));
    }
    Ok(text.trim().to_owned())
}

/// What an edit of a post says of one of its attachments.
#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Attribute {
    id: String,
    description: Option<String>,
    focus: Option<String>,
    thumbnail: Option<String>,
}

impl Attribute {
    fn media(&self) -> Result<i64> {
        let id = self.id.parse().ok();
        id.ok_or_else(|| Error::invalid("media_attributes", Refusal::BadMedia))
    }

    /// What is to change on the row.
    pub(super) fn change(&self) -> Result<Description> {
        Ok((
            self.media()?,
            self.description.as_deref().map(described).transpose()?,
            self.focus
                .as_deref()
                .filter(|text| !text.trim().is_empty())
                .map(focus)
                .transpose()?,
        ))
    }
}

/// A picture for a film or recording, kept: the row as it will be.
pub(super) struct Cover(Media);

impl Cover {
    /// Writes it; the picture that was there before goes.
    pub(super) fn put(self, tx: &mut Tx<'_>) -> Result<()> {
        let old = media::find(tx, self.0.id)?.and_then(|row| row.preview);
        media::set_cover(tx, &self.0)?;
        if let Some(old) = old {
            // Not at once: whoever just got the address may be loading it.
            let due = tx.now() + TimeDelta::hours(1);
            leftovers::note(tx, &old, due)?;
        }
        Ok(())
    }
}

/// The pictures that an edit of a post brings for its attachments; what is another's or no film or recording takes none.
pub(super) async fn covers(
    app: &App,
    account: AccountId,
    post: PostId,
    attributes: &[Attribute],
    params: &Params,
) -> Result<Vec<Cover>> {
    if attributes.len() > MAX_MEDIA {
        let why = Refusal::TooMany(MAX_MEDIA);
        return Err(Error::invalid("media_attributes", why));
    }
    let mut covers = Vec::new();
    for attribute in attributes {
        let bytes = match attribute.thumbnail.as_deref() {
            Some(said) => params.bytes_of(said, "media_attributes.thumbnail")?,
            None => None,
        };
        let (Some(bytes), id) = (bytes, attribute.media()?) else {
            continue;
        };
        let found = app.db.read(move |conn| media::find(conn, id)).await?;
        let here = |row: &Media| row.post_id.is_none_or(|owner| owner == post);
        if let Some(row) = found.filter(|row| row.account_id == account && here(row)) {
            covers.extend(cover(app, row, bytes).await?);
        }
    }
    Ok(covers)
}

async fn cover(app: &App, row: Media, bytes: Bytes) -> Result<Option<Cover>> {
    let (row, files) = app.read_cover(row, bytes).await?;
    if files.is_empty() {
        return Ok(None);
    }
    app.keep_files(files).await?;
    Ok(Some(Cover(row)))
}

/// A row for something uploaded, with the name that its file will have.
fn blank(form: &Form, seen: Outlook, now: Time) -> Result<Media> {
    let (description, focus) = (
        form.description()?.unwrap_or_default(),
        form.focus()?.unwrap_or_default(),
    );
    Ok(Media {
        id: 0,
        account_id: AccountId(0),
        post_id: None,
        position: 0,
        kind: seen.kind,
        mime: String::new(),
        file: Some(names::original(seen.extension)),
        preview: None,
        remote_url: None,
        description,
        focus_x: focus.0,
        focus_y: focus.1,
        width: None,
        height: None,
        preview_width: None,
        preview_height: None,
        blurhash: None,
        bytes: 0,
        created_at: now,
        state: MediaState::Processing,
    })
}

/// A file that came along; a field without file counts as none.
fn file_of(params: &Params, field: &str) -> Option<Bytes> {
    params
        .file(field)
        .map(|file| file.bytes.clone())
        .filter(|bytes| !bytes.is_empty())
}

/// A picture that stands for something: a file, or a `data:` address in its place.
fn thumbnail_of(params: &Params) -> Result<Option<Bytes>> {
    match (file_of(params, "thumbnail"), params.text("thumbnail")) {
        (None, Some(said)) => data_of(said, "thumbnail"),
        (file, _) => Ok(file),
    }
}

/// An upload as it arrived: the row, the file, and what is to stand for it.
struct Arrived {
    row: Media,
    bytes: Bytes,
    cover: Option<Bytes>,
    takes_long: bool,
}

async fn arrived(app: &App, params: &Params) -> Result<Arrived> {
    let form: Form = params.get()?;
    let bytes = file_of(params, "file").ok_or_else(|| Error::invalid("file", Refusal::Blank))?;
    let (images, files, head) = (app.image_limits(), app.file_limits(), bytes.clone());
    let seen = tokio::task::spawn_blocking(move || look(&head, images, files))
        .await
        .map_err(Error::internal)??;
    Ok(Arrived {
        row: blank(&form, seen, app.db.now())?,
        bytes,
        cover: thumbnail_of(params)?,
        takes_long: seen.takes_long,
    })
}

/// Works on an upload and keeps it.
async fn finish(app: &App, account: AccountId, new: Arrived) -> ApiResult<Media> {
    let (mut row, mut files) = app.read_upload(new.row, new.bytes).await?;
    if let Some(bytes) = new.cover {
        let covered = app.read_cover(row, bytes).await?;
        row = covered.0;
        files.extend(covered.1);
    }
    app.keep_files(files).await?;
    let write = app.db.write(move |tx| {
        let row = Media {
            id: tx.new_id(),
            account_id: account,
            ..row
        };
        media::insert(tx, &row)?;
        Ok(row)
    });
    Ok(write.await?)
}

/// Keeps an upload as it came, with a job that works on it: both outlive the process.
async fn leave(app: &App, account: AccountId, new: Arrived) -> ApiResult<Media> {
    let (mut row, mut files) = (new.row, Vec::new());
    if let Some(bytes) = new.cover {
        (row, files) = app.read_cover(row, bytes).await?;
    }
    let staged = row.file.as_deref().and_then(names::staged);
    let staged = staged.ok_or_else(|| Error::internal("an upload has no name"))?;
    files.push((staged, new.bytes));
    app.keep_files(files).await?;
    let write = app.db.write(move |tx| {
        let row = Media {
            id: tx.new_id(),
            account_id: account,
            ..row
        };
        media::insert(tx, &row)?;
        jobs::enqueue(tx, media::WORK, &media::lane(row.id), &row.id.to_string())?;
        Ok(row)
    });
    Ok(write.await?)
}

/// An attachment; `waiting` is the status while it is worked on.
fn told(app: &App, row: &Media, waiting: StatusCode) -> ApiResult<Response> {
    let answer = Answer::json(&entities::media::entity(&app.db.node().base_url, row))?;
    let status = match row.state {
        MediaState::Ready => StatusCode::OK,
        MediaState::Processing => waiting,
        MediaState::Failed => {
            return Err(ApiError::Mastodon(
                StatusCode::UNPROCESSABLE_ENTITY,
                "Error processing thumbnail for uploaded media",
            ));
        }
    };
    Ok((status, answer).into_response())
}

/// `POST /api/v1/media`: worked on before the answer, however long it takes.
pub(super) async fn upload_whole(
    State(app): State<App>,
    me: Auth<scope::WriteMedia>,
    Uploads(params): Uploads,
) -> ApiResult<Response> {
    let new = arrived(&app, &params).await?;
    let row = finish(&app, me.account, new).await?;
    told(&app, &row, StatusCode::ACCEPTED)
}

/// `POST /api/v2/media`: 202 for what takes long.
pub(super) async fn upload(
    State(app): State<App>,
    me: Auth<scope::WriteMedia>,
    Uploads(params): Uploads,
) -> ApiResult<Response> {
    let new = arrived(&app, &params).await?;
    let row = if new.takes_long {
        leave(&app, me.account, new).await?
    } else {
        finish(&app, me.account, new).await?
    };
    told(&app, &row, StatusCode::ACCEPTED)
}

/// One's own attachment; in a post it is no longer changed here.
fn own(row: Option<Media>, account: AccountId) -> Result<Media> {
    row.filter(|row| row.account_id == account && row.post_id.is_none())
        .ok_or(Error::NotFound)
}

/// `GET /api/v1/media/:id`: 206 while it is worked on.
pub(super) async fn show(
    State(app): State<App>,
    me: Auth<scope::WriteMedia>,
    Id(id): Id<i64>,
) -> ApiResult<Response> {
    let row = app
        .db
        .read(move |conn| own(media::find(conn, id)?, me.account))
        .await?;
    told(&app, &row, StatusCode::PARTIAL_CONTENT)
}

/// `PUT /api/v1/media/:id`
pub(super) async fn update(
    State(app): State<App>,
    me: Auth<scope::WriteMedia>,
    Id(id): Id<i64>,
    Uploads(params): Uploads,
) -> ApiResult<Response> {
    let form: Form = params.get()?;
    let (description, focus) = (form.description()?, form.focus()?);
    let account = me.account;
    if let Some(bytes) = thumbnail_of(&params)? {
        change_cover(&app, account, id, bytes).await?;
    }
    let write = app.db.write(move |tx| {
        let old = own(media::find(tx, id)?, account)?;
        let description = description.unwrap_or(old.description);
        media::describe(
            tx,
            id,
            &description,
            focus.unwrap_or((old.focus_x, old.focus_y)),
        )?;
        own(media::find(tx, id)?, account)
    });
    let row = write.await?;
    told(&app, &row, StatusCode::PARTIAL_CONTENT)
}

/// Gives a film or recording another picture. Images keep the one that was made of them.
async fn change_cover(app: &App, account: AccountId, id: i64, bytes: Bytes) -> Result<()> {
    let row = app
        .db
        .read(move |conn| own(media::find(conn, id)?, account))
        .await?;
    match cover(app, row, bytes).await? {
        Some(cover) => app.db.write(move |tx| cover.put(tx)).await,
        None => Ok(()),
    }
}

/// `DELETE /api/v1/media/:id`: only what is in no post.
pub(super) async fn delete(
    State(app): State<App>,
    me: Auth<scope::WriteMedia>,
    Id(id): Id<i64>,
) -> ApiResult {
    let account = me.account;
    let write = app.db.write(move |tx| {
        let row = media::find(tx, id)?
            .filter(|row| row.account_id == account)
            .ok_or(Error::NotFound)?;
        if row.post_id.is_some() {
            return Ok(None);
        }
        media::delete(tx, id)?;
        let now = tx.now();
        files_of(&row)
            .iter()
            .try_for_each(|file| leftovers::note(tx, file, now))?;
        Ok(Some(()))
    });
    if write.await?.is_none() {
        return Err(ApiError::Mastodon(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Media attachment is currently used by a status",
        ));
    }
    app.remove_leftovers_soon();
    Ok(Answer::empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_focal_point_is_two_numbers_within_bounds() {
        assert_eq!(focus("0.5,-0.25").unwrap(), (0.5, -0.25));
        assert_eq!(focus("7, -9").unwrap(), (1.0, -1.0));
        for bad in ["", "1", "NaN,0", "a,b", "inf,1"] {
            assert!(focus(bad).is_err(), "{bad}");
        }
    }
}
