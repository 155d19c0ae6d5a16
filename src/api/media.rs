//! Uploading attachments and describing them.

use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use serde::Deserialize;

use super::answer::Answer;
use super::entities;
use super::entities::instance::MAX_DESCRIPTION;
use super::error::{ApiError, ApiResult};
use super::extract::{Auth, Id, scope};
use crate::app::App;
use crate::error::{Error, Result};
use crate::media::{Folder, Limits, read_picture};
use crate::model::refusal::Refusal;
use crate::model::words::MediaKind;
use crate::params::{Params, UploadCap};
use crate::store::media::{self, Media};

/// Parameters with files as large as the settings allow.
pub(super) struct Uploads(pub(super) Params);

impl FromRequest<App> for Uploads {
    type Rejection = ApiError;

    async fn from_request(mut request: Request, app: &App) -> ApiResult<Self> {
        request
            .extensions_mut()
            .insert(UploadCap(app.config.media.image_size_limit));
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

/// `POST /api/v1/media`, `POST /api/v2/media`: worked on at once, so always ready.
pub(super) async fn upload(
    State(app): State<App>,
    me: Auth<scope::WriteMedia>,
    Uploads(params): Uploads,
) -> ApiResult {
    let form: Form = params.get()?;
    let (description, focus) = (
        form.description()?.unwrap_or_default(),
        form.focus()?.unwrap_or_default(),
    );
    let file = params
        .file("file")
        .ok_or_else(|| Error::invalid("file", Refusal::Blank))?;
    let picture = read_picture(file.bytes.clone(), limits(&app)).await?;
    let stored = Folder::new(app.config.media_dir()).keep(&picture).await?;
    let account = me.account;
    let write = app.db.write(move |tx| {
        let row = Media {
            id: tx.new_id(),
            account_id: account,
            post_id: None,
            position: 0,
            kind: MediaKind::Image,
            mime: picture.mime.to_owned(),
            file: Some(stored.file),
            preview: Some(stored.preview),
            remote_url: None,
            description,
            focus_x: focus.0,
            focus_y: focus.1,
            width: side(picture.original.width),
            height: side(picture.original.height),
            preview_width: side(picture.small.width),
            preview_height: side(picture.small.height),
            blurhash: picture.blurhash,
            bytes: i64::try_from(picture.original.bytes.len()).unwrap_or(i64::MAX),
            created_at: tx.now(),
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
fn own(row: Option<Media>, account: crate::model::ids::AccountId) -> Result<Media> {
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
