//! What is attached to posts.

use diesel::prelude::*;

use super::conn::{Conn, MultiBackend};
use super::dialect::among::among;
use super::schema::{media, scheduled_media};
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::time::Time;
use crate::model::words::{MediaKind, MediaState};

/// An attachment.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = media, check_for_backend(MultiBackend))]
pub struct Media {
    /// Its id.
    pub id: i64,
    /// Who uploaded it.
    pub account_id: AccountId,
    /// The post it belongs to, once there is one.
    pub post_id: Option<PostId>,
    /// Place among the post's attachments, from 0.
    pub position: i32,
    /// As Mastodon names it.
    pub kind: MediaKind,
    /// Media type.
    pub mime: String,
    /// File name in the media store; absent for what lies elsewhere.
    pub file: Option<String>,
    /// File name of the thumbnail.
    pub preview: Option<String>,
    /// Address at its origin.
    pub remote_url: Option<String>,
    /// Alt text.
    pub description: String,
    /// Focal point, -1 to 1.
    pub focus_x: f64,
    /// Focal point, -1 to 1.
    pub focus_y: f64,
    /// Pixels.
    pub width: Option<i32>,
    /// Pixels.
    pub height: Option<i32>,
    /// Pixels of the thumbnail.
    pub preview_width: Option<i32>,
    /// Pixels of the thumbnail.
    pub preview_height: Option<i32>,
    /// Blurhash.
    pub blurhash: Option<String>,
    /// Size of the file.
    pub bytes: i64,
    /// When it was uploaded, or taken off its post.
    pub created_at: Time,
    /// How far an upload is: nobody gets the file before it is ready.
    pub state: MediaState,
}

/// The kind of the jobs that work on uploads; the payload is the id.
pub const WORK: &str = "work_on_media";

/// The lane of the job of an upload. There are two, so that no more uploads than that lie in memory for it.
pub fn lane(id: i64) -> String {
    format!("media {}", id.rem_euclid(2))
}

/// The position of what was taken off a post.
pub const TAKEN_OFF: i32 = -1;

/// Adds an attachment.
pub fn insert(conn: &mut Conn, row: &Media) -> Result<()> {
    diesel::insert_into(media::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// An attachment by id.
pub fn find(conn: &mut Conn, id: i64) -> Result<Option<Media>> {
    Ok(media::table
        .find(id)
        .select(Media::as_select())
        .first(conn)
        .optional()?)
}

/// The attachment that a file of the store belongs to.
pub fn find_by_file(conn: &mut Conn, file: &str) -> Result<Option<Media>> {
    Ok(media::table
        .filter(media::file.eq(file).and(media::file.is_not_null()))
        .select(Media::as_select())
        .first(conn)
        .optional()?)
}

/// Attachments of several posts, in their order.
pub fn list_by_posts(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<Media>> {
    Ok(media::table
        .filter(among(conn, media::post_id, ids.iter().copied()))
        .order((media::post_id.asc(), media::position.asc()))
        .select(Media::as_select())
        .load(conn)?)
}

/// Sets alt text and focal point.
pub fn describe(conn: &mut Conn, id: i64, description: &str, focus: (f64, f64)) -> Result<()> {
    diesel::update(media::table.find(id))
        .set((
            media::description.eq(description),
            media::focus_x.eq(focus.0),
            media::focus_y.eq(focus.1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes what stands for a film or recording: the picture, its size and its blurhash.
pub fn set_cover(conn: &mut Conn, row: &Media) -> Result<()> {
    diesel::update(media::table.find(row.id))
        .set((
            media::preview.eq(&row.preview),
            media::preview_width.eq(row.preview_width),
            media::preview_height.eq(row.preview_height),
            media::blurhash.eq(&row.blurhash),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes what came of working on an upload; `false` where it is gone, or was settled already.
pub fn settle(conn: &mut Conn, row: &Media) -> Result<bool> {
    let waiting = media::table
        .find(row.id)
        .filter(media::state.eq(MediaState::Processing));
    let settled = diesel::update(waiting)
        .set((
            media::state.eq(row.state),
            media::kind.eq(row.kind),
            media::mime.eq(&row.mime),
            media::file.eq(&row.file),
            media::preview.eq(&row.preview),
            media::width.eq(row.width),
            media::height.eq(row.height),
            media::preview_width.eq(row.preview_width),
            media::preview_height.eq(row.preview_height),
            media::blurhash.eq(&row.blurhash),
            media::bytes.eq(row.bytes),
        ))
        .execute(conn)?;
    Ok(settled == 1)
}

/// Binds an attachment to a post.
pub fn attach(conn: &mut Conn, id: i64, post: PostId, position: i32) -> Result<()> {
    diesel::update(media::table.find(id))
        .set((media::post_id.eq(Some(post)), media::position.eq(position)))
        .execute(conn)?;
    Ok(())
}

/// Takes an attachment off its post. From now on it counts as lying around.
pub fn take_off(conn: &mut Conn, id: i64, now: Time) -> Result<()> {
    diesel::update(media::table.find(id))
        .set((
            media::post_id.eq(None::<PostId>),
            media::position.eq(TAKEN_OFF),
            media::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Files of ours that lie around in no post since before a time, oldest first. What a planned post will show is not
/// among them.
pub fn list_unattached(conn: &mut Conn, before: Time, limit: i64) -> Result<Vec<Media>> {
    Ok(media::table
        .filter(media::post_id.is_null())
        .filter(media::created_at.lt(before))
        .filter(media::id.ne_all(scheduled_media::table.select(scheduled_media::media_id)))
        .order(media::created_at.asc())
        .limit(limit)
        .select(Media::as_select())
        .load(conn)?)
}

/// Removes the row of a file that lies around; `false` where a post, published or planned, has taken it meanwhile.
pub fn delete_unattached(conn: &mut Conn, id: i64) -> Result<bool> {
    let row = media::table
        .filter(media::id.eq(id).and(media::post_id.is_null()))
        .filter(media::id.ne_all(scheduled_media::table.select(scheduled_media::media_id)));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Removes an attachment's row; its files are the caller's business.
pub fn delete(conn: &mut Conn, id: i64) -> Result<()> {
    diesel::delete(media::table.find(id)).execute(conn)?;
    Ok(())
}
