//! Former forms of posts, whole: with the attachments and the poll that they had then.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::conn::{Conn, MultiBackend};
use super::marks;
use super::media::{self, Media};
use super::posts::Post;
use super::schema::revisions;
use crate::error::Result;
use crate::model::ids::PostId;
use crate::model::time::Time;
use crate::model::words::{MediaKind, MediaState};

/// A former form of a post.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = revisions, check_for_backend(MultiBackend))]
pub struct Revision {
    /// Row id.
    pub id: i64,
    /// Of which post.
    pub post_id: PostId,
    /// Title then.
    pub title: String,
    /// Markdown then.
    pub source: String,
    /// HTML then.
    pub html: String,
    /// Fields then.
    pub fields: String,
    /// Content warning then.
    pub spoiler: String,
    /// Whether media were hidden.
    pub sensitive: bool,
    /// Since when it had this form.
    pub created_at: Time,
    /// Attachments and poll then, as JSON; absent where an earlier version of the program kept it.
    pub parts: Option<String>,
}

/// What a post had besides its texts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Parts {
    /// Its attachments, in their order.
    pub media: Vec<Piece>,
    /// The options of its poll.
    pub poll: Option<Vec<String>>,
}

/// An attachment as it was. Its file is not kept for this: who takes a picture off a post wants it gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Piece {
    id: i64,
    kind: MediaKind,
    mime: String,
    remote_url: Option<String>,
    description: String,
    focus: (f64, f64),
    size: (Option<i32>, Option<i32>),
    preview_size: (Option<i32>, Option<i32>),
    blurhash: Option<String>,
}

impl Piece {
    fn of(row: &Media) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            mime: row.mime.clone(),
            remote_url: row.remote_url.clone(),
            description: row.description.clone(),
            focus: (row.focus_x, row.focus_y),
            size: (row.width, row.height),
            preview_size: (row.preview_width, row.preview_height),
            blurhash: row.blurhash.clone(),
        }
    }

    /// The attachment as it was, with its file where the post has it still. An edit from another node brings all
    /// attachments anew: those at the same address are the same.
    pub fn then(&self, post: &Post, today: &[Media]) -> Media {
        let elsewhere =
            |row: &&Media| row.remote_url.is_some() && row.remote_url == self.remote_url;
        let kept = today.iter().find(|row| row.id == self.id);
        let kept = kept.or_else(|| today.iter().find(elsewhere));
        Media {
            id: kept.map_or(self.id, |row| row.id),
            account_id: post.author_id,
            post_id: Some(post.id),
            position: 0,
            kind: self.kind,
            mime: self.mime.clone(),
            file: kept.and_then(|row| row.file.clone()),
            preview: kept.and_then(|row| row.preview.clone()),
            remote_url: kept.and_then(|row| row.remote_url.clone()),
            description: self.description.clone(),
            focus_x: self.focus.0,
            focus_y: self.focus.1,
            width: self.size.0,
            height: self.size.1,
            preview_width: self.preview_size.0,
            preview_height: self.preview_size.1,
            blurhash: self.blurhash.clone(),
            bytes: kept.map_or(0, |row| row.bytes),
            created_at: kept.map_or(post.created_at, |row| row.created_at),
            state: kept.map_or(MediaState::Ready, |row| row.state),
        }
    }
}

impl Revision {
    /// Attachments and poll then, where they are known.
    pub fn parts(&self) -> Option<Parts> {
        serde_json::from_str(self.parts.as_deref()?).ok()
    }
}

/// What a post has now besides its texts.
pub fn parts_now(conn: &mut Conn, post: PostId) -> Result<Parts> {
    let attached = media::list_by_posts(conn, &[post])?;
    let polls = marks::list_polls(conn, &[post])?;
    let titles = |options: &[marks::PollOption]| {
        let titles = options.iter().map(|option| option.title.clone());
        titles.collect()
    };
    Ok(Parts {
        media: attached.iter().map(Piece::of).collect(),
        poll: polls.first().map(|(_, options)| titles(options)),
    })
}

/// Keeps the present form of a post as a revision. To be called before anything of it changes.
pub fn keep(conn: &mut Conn, id: i64, post: &Post) -> Result<()> {
    let parts = serde_json::to_string(&parts_now(conn, post.id)?)?;
    let revision = Revision {
        id,
        post_id: post.id,
        title: post.title.clone(),
        source: post.source.clone(),
        html: post.html.clone(),
        fields: post.fields.clone(),
        spoiler: post.spoiler.clone(),
        sensitive: post.sensitive,
        created_at: post.edited_at.unwrap_or(post.created_at),
        parts: Some(parts),
    };
    diesel::insert_into(revisions::table)
        .values(&revision)
        .execute(conn)?;
    Ok(())
}

/// Former forms of a post, oldest first.
pub fn list(conn: &mut Conn, post: PostId) -> Result<Vec<Revision>> {
    Ok(revisions::table
        .filter(revisions::post_id.eq(post))
        .order(revisions::id.asc())
        .select(Revision::as_select())
        .load(conn)?)
}
