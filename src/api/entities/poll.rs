//! Mastodon `Poll`.

use serde_json::{Value, json};

use crate::model::time::{Time, rfc3339_ms};
use crate::store::marks::{Poll, PollOption};

/// A poll for a reader; `own` is what the reader chose, `None` for a visitor. Whoever asks (`asks`) has nothing to choose:
/// clients show them how it stands, as with those who voted.
pub(crate) fn entity(
    poll: &Poll,
    options: &[PollOption],
    own: Option<&[i32]>,
    asks: bool,
    now: Time,
) -> Value {
    let expired = poll.closed || poll.expires_at.is_some_and(|end| end <= now);
    let has_voted = asks || own.is_some_and(|own| !own.is_empty());
    let hidden = poll.hide_totals && !expired;
    // How many votes there are is told, where they went is not.
    let total: i64 = options
        .iter()
        .map(|option| i64::from(option.votes_count.max(0)))
        .sum();
    let options: Vec<Value> = options
        .iter()
        .map(|option| {
            let count = (!hidden).then_some(option.votes_count.max(0));
            json!({ "title": option.title, "votes_count": count })
        })
        .collect();
    let mut entity = json!({
        "id": poll.post_id.to_string(),
        "expires_at": poll.expires_at.map(rfc3339_ms),
        "expired": expired,
        "multiple": poll.multiple,
        "votes_count": total,
        "voters_count": poll.voters_count.max(0),
        "options": options,
        "emojis": [],
    });
    if let (Some(own), Some(object)) = (own, entity.as_object_mut()) {
        object.insert("voted".into(), json!(has_voted));
        object.insert("own_votes".into(), json!(own));
    }
    entity
}
