//! Mastodon `StatusEdit`: a post as it was at one time, with the attachments and the poll that it had then.

use serde_json::{Value, json};

use super::{Desk, content, media};
use crate::error::Result;
use crate::model::post::Fields;
use crate::model::time::{Time, rfc3339_ms};
use crate::store::conn::Conn;
use crate::store::media::{self as store_media, Media};
use crate::store::posts::Post;
use crate::store::revisions::{self, Parts, Piece, Revision};

/// The texts of one form.
struct Texts<'a> {
    title: &'a str,
    html: &'a str,
    fields: &'a str,
    spoiler: &'a str,
    sensitive: bool,
    since: Time,
}

impl<'a> Texts<'a> {
    fn then(row: &'a Revision) -> Self {
        Self {
            title: &row.title,
            html: &row.html,
            fields: &row.fields,
            spoiler: &row.spoiler,
            sensitive: row.sensitive,
            since: row.created_at,
        }
    }

    fn now(post: &'a Post) -> Self {
        Self {
            title: &post.title,
            html: &post.html,
            fields: &post.fields,
            spoiler: &post.spoiler,
            sensitive: post.sensitive,
            since: post.edited_at.unwrap_or(post.created_at),
        }
    }
}

/// What all forms of a post share.
struct Frame<'a> {
    desk: &'a Desk,
    post: &'a Post,
    account: Value,
    today: Vec<Media>,
}

impl Frame<'_> {
    /// Clients want an address for each. Where the file went with its attachment, that of the post stands there, and no
    /// client tries to show it as a picture.
    fn attachment(&self, piece: &Piece) -> Value {
        let mut shown = media::entity(self.desk.base(), &piece.then(self.post, &self.today));
        if let Some(shown) = shown.as_object_mut().filter(|shown| shown["url"].is_null()) {
            shown.insert("type".into(), "unknown".into());
            shown.insert("url".into(), self.post.url.as_str().into());
        }
        shown
    }

    fn edit(&self, texts: &Texts<'_>, parts: &Parts) -> Value {
        let lang = content::language_of(&self.desk.app.config);
        let fields: Fields = serde_json::from_str(texts.fields).unwrap_or_default();
        let whole = content::with_fields(lang, self.post, texts.html, fields);
        let attached: Vec<Value> = parts
            .media
            .iter()
            .map(|piece| self.attachment(piece))
            .collect();
        let mut edit = json!({
            "content": content::titled(texts.title, &whole),
            "spoiler_text": texts.spoiler,
            "sensitive": texts.sensitive,
            "created_at": rfc3339_ms(texts.since),
            "account": self.account,
            "media_attachments": attached,
            "emojis": [],
        });
        if let (Some(titles), Some(edit)) = (&parts.poll, edit.as_object_mut()) {
            let options: Vec<Value> = titles
                .iter()
                .map(|title| json!({ "title": title }))
                .collect();
            edit.insert("poll".into(), json!({ "options": options }));
        }
        edit
    }
}

/// Every form of a post, the first one first. Of forms from before this was kept, attachments and poll are today's.
pub(crate) fn history(desk: &Desk, conn: &mut Conn, post: &Post) -> Result<Vec<Value>> {
    let frame = Frame {
        desk,
        post,
        account: serde_json::from_slice(&desk.account(conn, post.author_id)?)?,
        today: store_media::list_by_posts(conn, &[post.id])?,
    };
    let now = revisions::parts_now(conn, post.id)?;
    let rows = revisions::list(conn, post.id)?;
    let mut edits: Vec<Value> = rows
        .iter()
        .map(|row| {
            let parts = row.parts();
            frame.edit(&Texts::then(row), parts.as_ref().unwrap_or(&now))
        })
        .collect();
    edits.push(frame.edit(&Texts::now(post), &now));
    Ok(edits)
}
