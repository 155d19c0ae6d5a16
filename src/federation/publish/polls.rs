//! Votes, and how polls stand, as activities.

use chrono::TimeDelta;
use serde_json::json;

use super::envelope::{Recipients, note_to, send};
use super::posts::outgoing;
use crate::error::{Error, Result};
use crate::federation::Federation;
use crate::model::event::Event;
use crate::model::ids::{AccountId, PostId};
use crate::store::db::Tx;
use crate::store::{accounts, jobs, marks};

/// Kind of the job that tells others how a poll stands; its payload is the post's id.
pub const TELL_COUNT: &str = "tell_poll_count";
/// Others hear of new votes this often at most, in minutes.
const TOLD_EVERY: i64 = 3;

/// Somebody voted. In a poll elsewhere: one nameless note a choice, to the poll's author alone. In a poll of ours: others
/// are told in a while how it stands.
pub(super) fn voted(tx: &mut Tx<'_>, post: PostId, by: AccountId) -> Result<()> {
    let by = accounts::get(tx, by)?;
    let Some(whole) = outgoing(tx, post)? else {
        return Ok(());
    };
    if whole.post.local {
        return tell_later(tx, post);
    }
    if !by.is_local() {
        return Ok(());
    }
    let Some((_, options)) = &whole.poll else {
        return Ok(());
    };
    for (_, choice) in crate::store::marks::votes_of(tx, by.id, &[post])? {
        let Some(option) = options.iter().find(|option| option.position == choice) else {
            continue;
        };
        let id = format!("{}#votes/{post}/{choice}", by.uri);
        let note = json!({
            "id": id, "type": "Note", "attributedTo": by.uri, "name": option.title, "inReplyTo": whole.post.uri,
            "to": [whole.author.uri], "cc": [],
        });
        let create = note_to(
            "Create",
            &format!("{id}/activity"),
            &by.uri,
            note,
            &whole.author.uri,
        );
        send(tx, &by, create, Recipients::only(&whole.author))?;
    }
    Ok(())
}

/// Votes come one by one; others are told of them together.
fn tell_later(tx: &mut Tx<'_>, post: PostId) -> Result<()> {
    let (lane, payload) = (format!("poll {post}"), post.to_string());
    if jobs::is_waiting(tx, TELL_COUNT, &lane, &payload)? {
        return Ok(());
    }
    let at = tx.now() + TimeDelta::minutes(TOLD_EVERY);
    jobs::enqueue_at(tx, TELL_COUNT, &lane, &payload, at).map(drop)
}

/// Tells others how a poll of this node stands; its end is told by itself.
///
/// # Errors
/// `NotFound` for a payload that names no post; `Unavailable`.
pub async fn tell_count(fed: &Federation, payload: &str) -> Result<()> {
    let post: PostId = payload.parse().map_err(|_why| Error::NotFound)?;
    fed.app
        .db
        .write(move |tx| {
            let running = marks::list_polls(tx, &[post])?
                .iter()
                .any(|(poll, _)| !poll.closed);
            if running {
                tx.emit(Event::PollCounted { post });
            }
            Ok(())
        })
        .await
}
