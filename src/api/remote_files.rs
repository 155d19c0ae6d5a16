//! Pictures of other nodes, shown from here: fetched once, checked by decoding, kept for a while. Readers show
//! themselves to this node alone, and pages need no address but their own.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;

use super::accounts::get_visible;
use super::error::ApiResult;
use super::files::{Keep, image, reader, stand_in};
use crate::app::App;
use crate::error::{Error, Result};
use crate::media::cache::Kept;
use crate::media::remote::{Part, is_web_address, key};
use crate::media::{AVATAR, HEADER, profile_picture, read_picture};
use crate::model::ids::AccountId;
use crate::model::viewer::Viewer;
use crate::model::words::Audience;
use crate::store::conn::Conn;
use crate::store::{accounts, media, posts};

/// Where a picture comes from.
struct Origin {
    /// Its address there.
    url: String,
    /// The node of the actor who named it.
    owner: String,
    /// Who may keep it.
    keep: Keep,
}

/// A picture's origin, if the viewer may see it.
fn find(conn: &mut Conn, viewer: &Viewer, part: Part, id: i64) -> Result<Origin> {
    let (url, owner, public) = match part {
        Part::Avatar | Part::Header => {
            let account = get_visible(conn, viewer, AccountId(id))?;
            let picture = if part == Part::Avatar {
                account.avatar
            } else {
                account.header
            };
            let known = get_visible(conn, &Viewer::Anonymous, AccountId(id)).is_ok();
            let url = picture.filter(|_| !account.domain.is_empty());
            (url, account.domain, known)
        }
        Part::Original | Part::Small => {
            let row = media::find(conn, id)?.ok_or(Error::NotFound)?;
            let post = posts::get_visible(conn, viewer, row.post_id.ok_or(Error::NotFound)?)?;
            let public = post.audience == Audience::Public && !post.held;
            let owner = accounts::get(conn, row.account_id)?.domain;
            let url = row.remote_url.filter(|_| row.file.is_none());
            (url, owner, public)
        }
    };
    let url = url
        .filter(|url| is_web_address(url))
        .ok_or(Error::NotFound)?;
    let keep = if public {
        Keep::ForAll
    } else {
        Keep::ForThisReader
    };
    Ok(Origin { url, owner, keep })
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
    let origin = app
        .db
        .read(move |conn| find(conn, &viewer, part, id))
        .await?;
    if key(&origin.url) != wanted {
        return Err(Error::NotFound.into());
    }
    let keep = origin.keep;
    match kept(&app, origin, &wanted, part).await {
        Ok(kept) => Ok(image(kept.bytes.into(), kept.mime, keep)),
        Err(Error::NotFound) if matches!(part, Part::Avatar | Part::Header) => {
            Ok(stand_in(part == Part::Avatar))
        }
        Err(error) => Err(error.into()),
    }
}

/// The picture from the cache, else from its origin. What was begun is brought to its end even if the reader goes away:
/// else each new request would begin it again beside what still runs.
async fn kept(app: &App, origin: Origin, key: &str, part: Part) -> Result<Kept> {
    if let Some(kept) = app.pictures.read(key, part).await? {
        return Ok(kept);
    }
    let (app, key) = (app.clone(), key.to_owned());
    let tasks = app.tasks.clone();
    let work = async move { get(&app, &origin, &key, part).await };
    tasks.spawn(work).await.map_err(Error::internal)?
}

async fn get(app: &App, origin: &Origin, key: &str, part: Part) -> Result<Kept> {
    let cache = &app.pictures;
    let Some(_turn) = cache.turn(key, &origin.url).await else {
        // Nothing is wrong with the picture: it is asked for again with the next look.
        return Err(Error::NotFound);
    };
    // Somebody else may have fetched it, or failed, while we waited.
    if let Some(kept) = cache.read(key, part).await? {
        return Ok(kept);
    }
    if cache.has_failed(key) {
        return Err(Error::NotFound);
    }
    match fetch(app, origin, key, part).await {
        Ok(()) => cache.read(key, part).await?.ok_or(Error::NotFound),
        Err(error) => {
            tracing::debug!(%error, "a picture of another node cannot be had");
            cache.note_failure(key);
            Err(Error::NotFound)
        }
    }
}

async fn fetch(app: &App, origin: &Origin, key: &str, part: Part) -> Result<()> {
    let limits = app.image_limits();
    let file = app
        .fetch_file(&origin.url, &origin.owner, limits.bytes)
        .await?;
    let bytes = Bytes::from(file);
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
