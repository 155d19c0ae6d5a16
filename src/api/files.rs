//! Files of this node and the two stand-in images. A file goes only to whoever may read its post; one that is in no
//! post yet, to whoever knows its random name (composers show it before the post is sent).

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::TimeDelta;

use super::error::ApiResult;
use super::extract::{Identity, Name as PathName, identify};
use super::ranges;

use crate::app::App;
use crate::error::{Error, Result};
use crate::media::file::is_download;
use crate::media::{Name, mime_of, read_name};
use crate::model::time::Time;
use crate::model::viewer::Viewer;
use crate::model::words::{Audience, MediaState};
use crate::secrets::hash_token;
use crate::store::{media, posts, sessions, users};

/// How a file may be kept by others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    ForAll,
    Shortly,
    ForThisReader,
}

impl Keep {
    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::ForAll => "public, max-age=31536000, immutable",
            Self::Shortly => "public, max-age=600",
            Self::ForThisReader => "private, no-store",
        })
    }
}

/// Cookies that hold a browser's session, with and without TLS.
const SESSION_COOKIES: [&str; 2] = ["__Host-cordee", "cordee"];

/// The reader by token, else by the browser's session.
pub(super) async fn reader(app: &App, headers: &HeaderMap) -> Result<Viewer> {
    if let Identity::Known(grant) = identify(app, headers).await? {
        return Ok(grant.viewer());
    }
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let secret = cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| SESSION_COOKIES.contains(name))
        .map(|(_, secret)| hash_token(secret));
    let Some(secret) = secret else {
        return Ok(Viewer::Anonymous);
    };
    let now = app.db.now();
    let found = app.db.read(move |conn| {
        let Some(session) = sessions::find(conn, &secret)?.filter(|session| session.is_alive(now))
        else {
            return Ok(None);
        };
        users::find(conn, session.account_id)
    });
    Ok(found.await?.map_or(Viewer::Anonymous, |user| user.viewer()))
}

/// Whether an attachment was uploaded in the last hour and never belonged to a post.
fn is_fresh(row: &media::Media, now: Time) -> bool {
    row.position != media::TAKEN_OFF && now - row.created_at < TimeDelta::hours(1)
}

/// `GET /media/:file`
pub(super) async fn file(
    State(app): State<App>,
    headers: HeaderMap,
    PathName(name): PathName,
) -> ApiResult<Response> {
    let keep = match read_name(&name).ok_or(Error::NotFound)? {
        Name::Profile => Keep::ForAll,
        Name::Attachment(original) => {
            let row = app
                .db
                .read(move |conn| media::find_by_file(conn, &original))
                .await?
                .ok_or(Error::NotFound)?;
            if row.state != MediaState::Ready {
                return Err(Error::NotFound.into());
            }
            match row.post_id {
                // A composer shows what was just uploaded, by its unguessable name alone. What was taken off a post, or
                // left lying, is its owner's.
                None if is_fresh(&row, app.db.now())
                    || reader(&app, &headers).await?.account() == Some(row.account_id) =>
                {
                    Keep::ForThisReader
                }
                None => return Err(Error::NotFound.into()),
                Some(post) => {
                    let viewer = reader(&app, &headers).await?;
                    let post = app
                        .db
                        .read(move |conn| posts::get_visible(conn, &viewer, post))
                        .await?;
                    let public = post.audience == Audience::Public && !post.held;
                    if public {
                        Keep::ForAll
                    } else {
                        Keep::ForThisReader
                    }
                }
            }
        }
        Name::Staged(_) => return Err(Error::NotFound.into()),
    };
    let mime = mime_of(&name).unwrap_or("application/octet-stream");
    // Pictures are shown whole; of others, players ask for the part that they need.
    let mut answer = if mime.starts_with("image/") {
        let opened = app.media.open(&name, None).await?.ok_or(Error::NotFound)?;
        ranges::whole(opened)
    } else {
        ranges::answer(&headers, &app.media, &name).await?
    };
    dress(answer.headers_mut(), mime, keep);
    if is_download(mime) {
        let name = name.rsplit('.').next().unwrap_or_default();
        let value = format!("attachment; filename=\"file.{name}\"");
        if let Ok(value) = HeaderValue::from_str(&value) {
            answer
                .headers_mut()
                .insert(header::CONTENT_DISPOSITION, value);
        }
    }
    Ok(answer)
}

pub(super) fn image(bytes: Bytes, mime: &'static str, keep: Keep) -> Response {
    let mut answer = bytes.into_response();
    dress(answer.headers_mut(), mime, keep);
    answer
}

/// The headers that keep a file from doing anything (`security.md` UPL-06).
fn dress(headers: &mut HeaderMap, mime: &'static str, keep: Keep) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(header::CACHE_CONTROL, keep.header());
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    headers.insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("cross-origin"),
    );
    if keep == Keep::ForThisReader {
        headers.insert(
            header::VARY,
            HeaderValue::from_static("Authorization, Cookie"),
        );
    }
}

const NO_AVATAR: &[u8] = include_bytes!("missing/avatar.png");
const NO_GROUP: &[u8] = include_bytes!("missing/group.png");
const NO_HEADER: &[u8] = include_bytes!("missing/header.png");

/// `GET /avatars/original/missing.png`
pub(super) async fn missing_avatar() -> Response {
    image(Bytes::from_static(NO_AVATAR), "image/png", Keep::ForAll)
}

/// `GET /avatars/original/group.png`: for communities, in the colour and with the sign of the node.
pub(super) async fn missing_group() -> Response {
    image(Bytes::from_static(NO_GROUP), "image/png", Keep::ForAll)
}

/// `GET /headers/original/missing.png`
pub(super) async fn missing_header() -> Response {
    image(Bytes::from_static(NO_HEADER), "image/png", Keep::ForAll)
}

/// What stands in for a picture of a profile that cannot be had at the moment.
pub(super) fn stand_in(avatar: bool) -> Response {
    let bytes = if avatar { NO_AVATAR } else { NO_HEADER };
    image(Bytes::from_static(bytes), "image/png", Keep::Shortly)
}
