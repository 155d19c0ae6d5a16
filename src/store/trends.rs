//! What is much talked of: counted over public posts that were written here in the last days. What only some may read
//! counts for nothing, so that no figure tells of it; nor does what other nodes send, which could be made up.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{accounts, post_tags, posts};
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::time::Time;
use crate::model::words::{Audience, Visibility};

/// Days over which tags are counted, today included.
pub const DAYS: i64 = 7;
/// Days in which posts can be talked of.
const RECENT: i64 = 7;
/// Rows that are looked at for one answer: more would cost more than a trend is worth.
const LOOKED_AT: i64 = 20_000;

/// Posts written here since a time; ids tell the time, and have an index.
macro_rules! public_since {
    ($query:expr, $since:expr) => {
        $query
            .filter(posts::id.ge(first_of($since)))
            .filter(posts::local.eq(true))
            .filter(posts::audience.eq(Audience::Public))
            .filter(posts::visibility.eq(Visibility::Public))
            .filter(posts::held.eq(false))
            .filter(posts::deleted_at.is_null())
    };
}

/// The lowest id that can be given out at a time: ids hold Unix milliseconds above 16 bits.
fn first_of(time: Time) -> PostId {
    PostId(time.and_utc().timestamp_millis() << 16)
}

/// How a tag was used on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Day {
    /// Posts.
    pub uses: i64,
    /// People.
    pub people: i64,
}

fn midnight(day: NaiveDate) -> Time {
    day.and_time(chrono::NaiveTime::MIN)
}

/// The tags that most people used, each used by at least two or twice, the most used first.
pub fn tags(conn: &mut Conn, now: Time, limit: i64, offset: i64) -> Result<Vec<String>> {
    let since = midnight(now.date() - TimeDelta::days(DAYS - 1));
    let rows: Vec<(String, AccountId)> = public_since!(
        post_tags::table.inner_join(posts::table.on(posts::id.eq(post_tags::post_id))),
        since
    )
    .order(posts::id.desc())
    .limit(LOOKED_AT)
    .select((post_tags::tag, posts::author_id))
    .load(conn)?;
    let mut counted: BTreeMap<String, (Vec<AccountId>, usize)> = BTreeMap::new();
    for (tag, author) in rows {
        let (people, uses) = counted.entry(tag).or_default();
        *uses += 1;
        if !people.contains(&author) {
            people.push(author);
        }
    }
    let mut ranked: Vec<(String, usize, usize)> = counted
        .into_iter()
        .map(|(tag, (people, uses))| (tag, people.len(), uses))
        .filter(|(_, people, uses)| people + uses > 2)
        .collect();
    ranked.sort_by(|one, other| (other.1, other.2, &one.0).cmp(&(one.1, one.2, &other.0)));
    let (skip, take) = (
        usize::try_from(offset).unwrap_or_default(),
        usize::try_from(limit).unwrap_or_default(),
    );
    Ok(ranked
        .into_iter()
        .skip(skip)
        .take(take)
        .map(|row| row.0)
        .collect())
}

/// The use of several tags by day, today first, [`DAYS`] days each.
pub fn history(
    conn: &mut Conn,
    wanted: &[String],
    now: Time,
) -> Result<BTreeMap<String, Vec<(NaiveDate, Day)>>> {
    let today = now.date();
    let since = midnight(today - TimeDelta::days(DAYS - 1));
    let rows: Vec<(String, AccountId, Time)> = public_since!(
        post_tags::table.inner_join(posts::table.on(posts::id.eq(post_tags::post_id))),
        since
    )
    .filter(post_tags::tag.eq_any(wanted))
    .order(posts::id.desc())
    .limit(LOOKED_AT)
    .select((post_tags::tag, posts::author_id, posts::created_at))
    .load(conn)?;
    let mut found = BTreeMap::new();
    for tag in wanted {
        let days = (0..DAYS).map(|back| {
            let date = today - TimeDelta::days(back);
            let of_day = || {
                rows.iter()
                    .filter(move |row| row.0 == *tag && row.2.date() == date)
            };
            let mut people: Vec<AccountId> = of_day().map(|row| row.1).collect();
            let uses = people.len();
            people.sort_unstable();
            people.dedup();
            let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
            let day = Day {
                uses: count(uses),
                people: count(people.len()),
            };
            (date, day)
        });
        found.insert(tag.clone(), days.collect());
    }
    Ok(found)
}

/// Public posts of people who may be suggested, the most favoured and boosted of the last days first.
pub fn statuses(conn: &mut Conn, now: Time, limit: i64, offset: i64) -> Result<Vec<PostId>> {
    let since = now - TimeDelta::days(RECENT);
    Ok(public_since!(
        posts::table.inner_join(accounts::table.on(accounts::id.eq(posts::author_id))),
        since
    )
    .filter(posts::parent_id.is_null())
    .filter(accounts::discoverable.eq(true))
    .filter((posts::favourites_count + posts::boosts_count).gt(0))
    .order((
        (posts::favourites_count + posts::boosts_count).desc(),
        posts::id.desc(),
    ))
    .limit(limit)
    .offset(offset)
    .select(posts::id)
    .load(conn)?)
}

/// Public posts that were written here in a span of time.
pub fn count_written(conn: &mut Conn, from: Time, until: Time) -> Result<i64> {
    Ok(public_since!(posts::table, from)
        .filter(posts::id.lt(first_of(until)))
        .select(count_star())
        .first(conn)?)
}
