//! Uploading attachments and describing them.

use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use bytes::Bytes;
use serde::Deserialize;

use super::answer::Answer;
use super::entities;
use super::entities::instance::MAX_DESCRIPTION;
use super::error::{ApiError, ApiResult};
use super::extract::{Auth, Id, scope};
use crate::app::App;
use crate::error::{Error, Result};
use crate::media::file::{FileLimits, read_file};
use crate::media::{Folder, Limits, Picture, is_picture, read_picture};
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::time::Time;
use crate::model::words::MediaKind;
use crate::params::{Params, UploadCap};
use crate::store::media::{self, Media};

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

/// Bounds for images by the settings.
pub(super) fn limits(app: &App) -> Limits {
    Limits {
        bytes: app.config.media.image_size_limit,
        pixels: app.config.media.image_matrix_limit,
    }
}

/// A focal point, `x,y` with each between -1 and 1.
pub(super) fn focus(text: &str) -> Result<(f64, f64)> {
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
        let Some(text) = &self.description else {
            return Ok(None);
        };
        if text.chars().count() > MAX_DESCRIPTION {
            return Err(Error::invalid(
                "description",
                Refusal::TooLong(MAX_DESCRIPTION),
            ));
        }
        Ok(Some(text.trim().to_owned()))
    }
}

fn side(pixels: u32) -> Option<i32> {
    i32::try_from(pixels).ok()
}

/// A row for something uploaded, still without file.
fn blank(form: &Form, now: Time) -> Result<Media> {
    let (description, focus) = (
        form.description()?.unwrap_or_default(),
        form.focus()?.unwrap_or_default(),
    );
    Ok(Media {
        id: 0,
        account_id: AccountId(0),
        post_id: None,
        position: 0,
        kind: MediaKind::Unknown,
        mime: String::new(),
        file: None,
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
    })
}

fn length(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

/// Decodes an image and keeps it.
async fn keep_picture(app: &App, bytes: Bytes, row: Media) -> Result<Media> {
    let picture = read_picture(bytes, limits(app)).await?;
    let stored = Folder::new(app.config.media_dir()).keep(&picture).await?;
    Ok(Media {
        kind: MediaKind::Image,
        mime: picture.mime.to_owned(),
        file: Some(stored.file),
        preview: Some(stored.preview),
        width: side(picture.original.width),
        height: side(picture.original.height),
        preview_width: side(picture.small.width),
        preview_height: side(picture.small.height),
        blurhash: picture.blurhash,
        bytes: length(&picture.original.bytes),
        ..row
    })
}

/// Keeps a film, a recording or a document, with the picture that came along for it.
async fn keep_other(app: &App, bytes: Bytes, cover: Option<Bytes>, row: Media) -> Result<Media> {
    let bounds = FileLimits {
        av: app.config.media.video_size_limit,
        document: app.config.media.file_size_limit,
    };
    let plain = tokio::task::spawn_blocking(move || read_file(&bytes, bounds))
        .await
        .map_err(Error::internal)??;
    let cover = match cover.filter(|_| plain.kind != MediaKind::Unknown) {
        Some(bytes) => Some(thumbnail(app, bytes).await?),
        None => None,
    };
    let with = cover
        .as_ref()
        .map(|picture| (&picture.small, picture.extension));
    let folder = Folder::new(app.config.media_dir());
    let (file, preview) = folder.keep_file(&plain, with).await?;
    let row = Media {
        kind: plain.kind,
        mime: plain.mime.to_owned(),
        file: Some(file),
        preview,
        bytes: length(&plain.bytes),
        ..row
    };
    Ok(covered(row, cover.as_ref()))
}

/// The picture that stands for something else.
async fn thumbnail(app: &App, bytes: Bytes) -> Result<Picture> {
    read_picture(bytes, limits(app))
        .await
        .map_err(|error| match error {
            Error::Invalid { why, .. } => Error::invalid("thumbnail", why),
            other => other,
        })
}

fn covered(row: Media, cover: Option<&Picture>) -> Media {
    let Some(cover) = cover else { return row };
    Media {
        preview_width: side(cover.small.width),
        preview_height: side(cover.small.height),
        blurhash: cover.blurhash.clone(),
        ..row
    }
}

/// A file that came along; a field without file counts as none.
fn file_of(params: &Params, field: &str) -> Option<Bytes> {
    params
        .file(field)
        .map(|file| file.bytes.clone())
        .filter(|bytes| !bytes.is_empty())
}

/// `POST /api/v1/media`, `POST /api/v2/media`: worked on at once, so always ready.
pub(super) async fn upload(
    State(app): State<App>,
    me: Auth<scope::WriteMedia>,
    Uploads(params): Uploads,
) -> ApiResult {
    let row = blank(&params.get()?, app.db.now())?;
    let bytes = file_of(&params, "file").ok_or_else(|| Error::invalid("file", Refusal::Blank))?;
    let row = if is_picture(&bytes) {
        keep_picture(&app, bytes, row).await?
    } else {
        keep_other(&app, bytes, file_of(&params, "thumbnail"), row).await?
    };
    let account = me.account;
    let write = app.db.write(move |tx| {
        let row = Media {
            id: tx.new_id(),
            account_id: account,
            ..row
        };
        media::insert(tx, &row)?;
        Ok(row)
    });
    let row = write.await?;
    Ok(Answer::json(&entities::media::entity(
        &app.db.node().base_url,
        &row,
    ))?)
}

/// One's own attachment; in a post it is no longer changed here.
fn own(row: Option<Media>, account: AccountId) -> Result<Media> {
    row.filter(|row| row.account_id == account && row.post_id.is_none())
        .ok_or(Error::NotFound)
}

/// `GET /api/v1/media/:id`
pub(super) async fn show(
    State(app): State<App>,
    me: Auth<scope::WriteMedia>,
    Id(id): Id<i64>,
) -> ApiResult {
    let row = app
        .db
        .read(move |conn| own(media::find(conn, id)?, me.account))
        .await?;
    Ok(Answer::json(&entities::media::entity(
        &app.db.node().base_url,
        &row,
    ))?)
}

/// `PUT /api/v1/media/:id`
pub(super) async fn update(
    State(app): State<App>,
    me: Auth<scope::WriteMedia>,
    Id(id): Id<i64>,
    Uploads(params): Uploads,
) -> ApiResult {
    let form: Form = params.get()?;
    let (description, focus) = (form.description()?, form.focus()?);
    let account = me.account;
    if let Some(bytes) = file_of(&params, "thumbnail") {
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
    Ok(Answer::json(&entities::media::entity(
        &app.db.node().base_url,
        &row,
    ))?)
}

/// Gives a film or recording another picture. Images keep the one that was made of them.
async fn change_cover(app: &App, account: AccountId, id: i64, bytes: Bytes) -> Result<()> {
    let row = app
        .db
        .read(move |conn| own(media::find(conn, id)?, account))
        .await?;
    let takes = matches!(row.kind, MediaKind::Video | MediaKind::Audio);
    let Some(file) = row.file.clone().filter(|_| takes) else {
        return Ok(());
    };
    let cover = thumbnail(app, bytes).await?;
    let folder = Folder::new(app.config.media_dir());
    let preview = folder
        .keep_cover(&file, &cover.small, cover.extension)
        .await?;
    let row = Media {
        preview: Some(preview),
        ..covered(row, Some(&cover))
    };
    app.db.write(move |tx| media::set_cover(tx, &row)).await
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
        Ok(Some(row))
    });
    let Some(row) = write.await? else {
        return Err(ApiError::Mastodon(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Media attachment is currently used by a status",
        ));
    };
    let folder = Folder::new(app.config.media_dir());
    for name in row.file.iter().chain(&row.preview) {
        folder.remove(name).await?;
    }
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
