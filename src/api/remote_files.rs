//! Pictures of other nodes, shown from here: fetched once, checked by decoding, kept for a while. Readers show
//! themselves to this node alone, and pages need no address but their own.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;

use super::accounts::get_visible;
use super::error::ApiResult;
use super::files::{Keep, image, reader, stand_in};
use super::media::limits;
use crate::app::App;
use crate::error::{Error, Result};
use crate::media::cache::Kept;
use crate::media::remote::{Part, is_web_address, key};
use crate::media::{AVATAR, HEADER, profile_picture, read_picture};
use crate::model::ids::AccountId;
use crate::model::viewer::Viewer;
use crate::model::words::Audience;
use crate::store::conn::Conn;
use crate::store::{media, posts};

/// The address of a picture at its origin, if the viewer may see it.
fn find(conn: &mut Conn, viewer: &Viewer, part: Part, id: i64) -> Result<(String, Keep)> {
    let (url, keep) = match part {
        Part::Avatar | Part::Header => {
            let account = get_visible(conn, viewer, AccountId(id))?;
            let picture = if part == Part::Avatar {
                account.avatar
            } else {
                account.header
            };
            let known = get_visible(conn, &Viewer::Anonymous, AccountId(id)).is_ok();
            (picture.filter(|_| !account.domain.is_empty()), known)
        }
        Part::Original | Part::Small => {
            let row = media::find(conn, id)?.ok_or(Error::NotFound)?;
            let post = posts::get_visible(conn, viewer, row.post_id.ok_or(Error::NotFound)?)?;
            let public = post.audience == Audience::Public && !post.held;
            (row.remote_url.filter(|_| row.file.is_none()), public)
        }
    };
    let url = url
        .filter(|url| is_web_address(url))
        .ok_or(Error::NotFound)?;
    Ok((
        url,
        if keep {
            Keep::ForAll
        } else {
            Keep::ForThisReader
        },
    ))
}

/// `GET /media/remote/:part/:id/:key`
pub(super) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Path((part, id, wanted)): Path<(String, String, String)>,
) -> ApiResult<Response> {
    let part = Part::parse(&part).ok_or(Error::NotFound)?;
    let id: i64 = id.parse().map_err(|_why| Error::NotFound)?;
    let viewer = reader(&app, &headers).await?;
    let (url, keep) = app
        .db
        .read(move |conn| find(conn, &viewer, part, id))
        .await?;
    if key(&url) != wanted {
        return Err(Error::NotFound.into());
    }
    match kept(&app, &url, &wanted, part).await {
        Ok(kept) => Ok(image(kept.bytes.into(), kept.mime, keep)),
        Err(Error::NotFound) if matches!(part, Part::Avatar | Part::Header) => {
            Ok(stand_in(part == Part::Avatar))
        }
        Err(error) => Err(error.into()),
    }
}

/// The picture from the cache, else from its origin. What was begun is brought to its end even if the reader goes away:
/// else each new request would begin it again beside what still runs.
async fn kept(app: &App, url: &str, key: &str, part: Part) -> Result<Kept> {
    if let Some(kept) = app.pictures.read(key, part).await? {
        return Ok(kept);
    }
    let (app, url, key) = (app.clone(), url.to_owned(), key.to_owned());
    let tasks = app.tasks.clone();
    let work = async move { get(&app, &url, &key, part).await };
    tasks.spawn(work).await.map_err(Error::internal)?
}

async fn get(app: &App, url: &str, key: &str, part: Part) -> Result<Kept> {
    let cache = &app.pictures;
    let _turn = cache.turn(key).await;
    // Somebody else may have fetched it, or failed, while we waited.
    if let Some(kept) = cache.read(key, part).await? {
        return Ok(kept);
    }
    if cache.has_failed(key) {
        return Err(Error::NotFound);
    }
    match fetch(app, url, key, part).await {
        Ok(()) => cache.read(key, part).await?.ok_or(Error::NotFound),
        Err(error) => {
            tracing::debug!(%error, "a picture of another node cannot be had");
            cache.note_failure(key);
            Err(Error::NotFound)
        }
    }
}

async fn fetch(app: &App, url: &str, key: &str, part: Part) -> Result<()> {
    let limits = limits(app);
    let bytes = Bytes::from(app.fetch_file(url, limits.bytes).await?);
    let cache = &app.pictures;
    let size = match part {
        Part::Avatar => AVATAR,
        Part::Header => HEADER,
        Part::Original | Part::Small => {
            let picture = read_picture(bytes, limits).await?;
            let ending = picture.extension;
            cache
                .keep(key, Part::Original, ending, picture.original.bytes)
                .await?;
            return cache
                .keep(key, Part::Small, ending, picture.small.bytes)
                .await;
        }
    };
    let (picture, ending) = profile_picture(bytes, limits, part.as_str(), size).await?;
    cache.keep(key, part, ending, picture).await
}
