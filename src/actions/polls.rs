//! The poll that comes with a new post.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::ids::PostId;
use crate::model::refusal::Refusal;
use crate::model::time::Time;
use crate::store::db::Tx;
use crate::store::marks;

/// A poll to be made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewPoll {
    /// Choices.
    pub options: Vec<String>,
    /// Seconds until it ends.
    pub expires_in: i64,
    /// Whether several choices are allowed.
    pub multiple: bool,
    /// Whether counts are hidden until the end.
    pub hide_totals: bool,
}

/// Most choices of a poll.
pub const POLL_OPTIONS: usize = 10;
/// Longest choice, in characters.
pub const POLL_OPTION_CHARACTERS: usize = 200;
/// Shortest and longest time of a poll, in seconds.
pub const POLL_SECONDS: std::ops::RangeInclusive<i64> = 300..=2_629_746;

/// The trimmed choices of a poll that is as it should be.
pub(super) fn check_poll(poll: &NewPoll) -> Result<Vec<String>> {
    let titles: Vec<String> = poll
        .options
        .iter()
        .map(|title| title.trim().to_owned())
        .collect();
    let distinct: std::collections::HashSet<&String> = titles.iter().collect();
    if titles.len() < 2 || titles.iter().any(String::is_empty) || distinct.len() != titles.len() {
        return Err(Error::invalid("poll.options", Refusal::Malformed));
    }
    if titles.len() > POLL_OPTIONS {
        return Err(Error::invalid(
            "poll.options",
            Refusal::TooMany(POLL_OPTIONS),
        ));
    }
    if titles
        .iter()
        .any(|title| title.chars().count() > POLL_OPTION_CHARACTERS)
    {
        return Err(Error::invalid(
            "poll.options",
            Refusal::TooLong(POLL_OPTION_CHARACTERS),
        ));
    }
    if !POLL_SECONDS.contains(&poll.expires_in) {
        return Err(Error::invalid("poll.expires_in", Refusal::Malformed));
    }
    Ok(titles)
}

/// Checks and adds a poll.
pub(super) fn insert_poll(tx: &mut Tx<'_>, post: PostId, poll: &NewPoll, now: Time) -> Result<()> {
    let titles = check_poll(poll)?;
    let row = marks::Poll {
        post_id: post,
        multiple: poll.multiple,
        hide_totals: poll.hide_totals,
        expires_at: Some(now + chrono::Duration::seconds(poll.expires_in)),
        voters_count: 0,
        closed: false,
    };
    let options: Vec<marks::PollOption> = (0_i32..)
        .zip(titles)
        .map(|(position, title)| marks::PollOption {
            post_id: post,
            position,
            title,
            votes_count: 0,
        })
        .collect();
    marks::insert_poll(tx, &row, &options)
}
