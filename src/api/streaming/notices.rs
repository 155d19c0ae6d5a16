//! What the node announces, to everybody who has the stream of their home open.

use std::sync::Arc;

use serde_json::json;

use super::channel::{Channel, Feed};
use super::exchange::Listener;
use super::news::{Line, Listeners, frame};
use crate::api::announcements::entity;
use crate::app::App;
use crate::error::{Error, Result};
use crate::store::announcements;
use crate::store::conn::Conn;

fn home_streams(
    listeners: &Listeners,
) -> impl Iterator<Item = (u64, &Listener, &Channel)> + use<'_> {
    listeners.iter().flat_map(|(key, known)| {
        known
            .channels
            .iter()
            .filter(|channel| channel.feed == Feed::User)
            .map(move |channel| (*key, known, channel))
    })
}

/// It is new, or reads differently now.
pub(super) fn announced(
    app: &App,
    conn: &mut Conn,
    id: i64,
    listeners: &Listeners,
    out: &mut Vec<Line>,
) -> Result<()> {
    let now = app.db.now();
    let row = match announcements::get(conn, id) {
        Ok(row) if row.ends_at.is_none_or(|end| end > now) => row,
        Ok(_) | Err(Error::NotFound) => return Ok(()),
        Err(error) => return Err(error),
    };
    for (key, listener, channel) in home_streams(listeners) {
        let payload: Arc<str> = entity(conn, listener.account, &row)?.to_string().into();
        out.push((key, frame(channel, "announcement", &payload)));
    }
    Ok(())
}

/// It is gone: its id.
pub(super) fn removed(id: i64, listeners: &Listeners, out: &mut Vec<Line>) {
    let payload: Arc<str> = id.to_string().into();
    for (key, _, channel) in home_streams(listeners) {
        out.push((key, frame(channel, "announcement.delete", &payload)));
    }
}

/// How often an emoji stands on it now.
pub(super) fn reacted(
    conn: &mut Conn,
    id: i64,
    name: &str,
    listeners: &Listeners,
    out: &mut Vec<Line>,
) -> Result<()> {
    let count = announcements::list_reactions(conn, id)?
        .into_iter()
        .find(|(known, _)| known == name)
        .map_or(0, |(_, count)| count);
    let payload: Arc<str> = json!({
        "name": name, "count": count, "announcement_id": id.to_string(),
    })
    .to_string()
    .into();
    for (key, _, channel) in home_streams(listeners) {
        out.push((key, frame(channel, "announcement.reaction", &payload)));
    }
    Ok(())
}
