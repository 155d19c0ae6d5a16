//! Mastodon `Relationship`: how the reader stands to others.

use serde_json::{Value, json};

use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::time::{Time, rfc3339_ms};
use crate::model::words::FollowState;
use crate::store::conn::Conn;
use crate::store::domain_blocks;
use crate::store::follows::{self, Block, Follow, Mute};
use crate::store::regards;

/// What the reader keeps about another.
struct Regard<'a> {
    endorsed: bool,
    note: &'a str,
    shut_out: bool,
}

fn entity(
    me: AccountId,
    id: AccountId,
    all: &[Follow],
    blocks: &[Block],
    mute: Option<&Mute>,
    languages: Option<&[String]>,
    regard: &Regard<'_>,
) -> Value {
    let to = all
        .iter()
        .find(|follow| follow.follower_id == me && follow.target_id == id);
    let from = all
        .iter()
        .find(|follow| follow.follower_id == id && follow.target_id == me);
    let is = |follow: Option<&Follow>, state| follow.is_some_and(|follow| follow.state == state);
    let following = is(to, FollowState::Accepted);
    json!({
        "id": id.to_string(),
        "following": following,
        "showing_reblogs": following && to.is_some_and(|follow| follow.show_boosts),
        "notifying": following && to.is_some_and(|follow| follow.notify),
        "languages": languages.filter(|_| to.is_some()),
        "followed_by": is(from, FollowState::Accepted),
        "blocking": blocks.iter().any(|block| block.account_id == me && block.target_id == id),
        "blocked_by": blocks.iter().any(|block| block.account_id == id && block.target_id == me),
        "muting": mute.is_some(),
        "muting_notifications": mute.is_some_and(|mute| mute.notifications),
        "muting_expires_at": mute.and_then(|mute| mute.expires_at).map(rfc3339_ms),
        "requested": is(to, FollowState::Requested),
        "requested_by": is(from, FollowState::Requested),
        "domain_blocking": regard.shut_out,
        "endorsed": regard.endorsed,
        "note": regard.note,
    })
}

/// How one person stands to several others, in their order.
///
/// # Errors
/// `Internal` where the database fails.
pub(crate) fn entities(
    conn: &mut Conn,
    me: AccountId,
    ids: &[AccountId],
    now: Time,
) -> Result<Vec<Value>> {
    let all = follows::between(conn, me, ids)?;
    let blocks = follows::blocks_between(conn, me, ids)?;
    let mutes = follows::mutes_of(conn, me, ids, now)?;
    let languages = follows::list_languages(conn, me, ids)?;
    let endorsed = regards::endorsed_among(conn, me, ids)?;
    let notes = regards::list_notes(conn, me, ids)?;
    let shut_out = domain_blocks::blocked_among(conn, me, ids)?;
    let of = |id: &AccountId| {
        entity(
            me,
            *id,
            &all,
            &blocks,
            mutes.iter().find(|mute| mute.target_id == *id),
            languages
                .iter()
                .find(|(target, _)| target == id)
                .map(|(_, codes)| codes.as_slice()),
            &Regard {
                endorsed: endorsed.contains(id),
                note: notes
                    .iter()
                    .find(|(target, _)| target == id)
                    .map_or("", |(_, comment)| comment.as_str()),
                shut_out: shut_out.contains(id),
            },
        )
    };
    Ok(ids.iter().map(of).collect())
}

/// How one person stands to another.
///
/// # Errors
/// `Internal` where the database fails.
pub(crate) fn one(conn: &mut Conn, me: AccountId, id: AccountId, now: Time) -> Result<Value> {
    Ok(entities(conn, me, &[id], now)?.pop().unwrap_or_default())
}
