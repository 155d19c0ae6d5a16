//! What people do with posts besides writing: favourites, bookmarks, pins, mutes of threads, boosts, poll votes.

use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::dialect::among::among;
use super::page::Page;
use super::schema::{boosts, poll_options, poll_votes, polls, reactions};
use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::model::time::Time;
use crate::model::words::{Reaction, Visibility};

/// A quiet mark.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = reactions, check_for_backend(MultiBackend))]
pub struct Mark {
    /// Row id; lists page by it.
    pub id: i64,
    /// Who.
    pub account_id: AccountId,
    /// On which post.
    pub post_id: PostId,
    /// Which mark.
    pub kind: Reaction,
    /// Address of the Like, for favourites.
    pub uri: Option<String>,
    /// When.
    pub created_at: Time,
}

/// Adds a mark; `false` where it is there already.
pub fn add(conn: &mut Conn, mark: &Mark) -> Result<bool> {
    let added = on_backend!(conn, |c| diesel::insert_into(reactions::table)
        .values(mark)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// Takes a mark away; the row that was there.
pub fn remove(
    conn: &mut Conn,
    account: AccountId,
    post: PostId,
    kind: Reaction,
) -> Result<Option<Mark>> {
    let found: Option<Mark> = reactions::table
        .filter(
            reactions::account_id
                .eq(account)
                .and(reactions::post_id.eq(post))
                .and(reactions::kind.eq(kind)),
        )
        .select(Mark::as_select())
        .first(conn)
        .optional()?;
    if let Some(mark) = &found {
        diesel::delete(reactions::table.find(mark.id)).execute(conn)?;
    }
    Ok(found)
}

/// The post that a person marked by the activity of this address, if any.
pub fn find_post_by_uri(conn: &mut Conn, account: AccountId, uri: &str) -> Result<Option<PostId>> {
    Ok(reactions::table
        .filter(
            reactions::account_id
                .eq(account)
                .and(reactions::uri.eq(uri)),
        )
        .select(reactions::post_id)
        .first(conn)
        .optional()?)
}

/// The post that a person boosted by the activity of this address, if any.
pub fn find_boosted_by_uri(
    conn: &mut Conn,
    account: AccountId,
    uri: &str,
) -> Result<Option<PostId>> {
    Ok(boosts::table
        .filter(boosts::account_id.eq(account).and(boosts::uri.eq(uri)))
        .select(boosts::post_id)
        .first(conn)
        .optional()?)
}

/// Marks of one person on several posts.
pub fn of_account(
    conn: &mut Conn,
    account: AccountId,
    ids: &[PostId],
) -> Result<Vec<(PostId, Reaction)>> {
    let query = reactions::table
        .filter(reactions::account_id.eq(account).and(among(
            conn,
            reactions::post_id,
            ids.iter().copied(),
        )))
        .select((reactions::post_id, reactions::kind));
    Ok(on_backend!(conn, |c| query.load(c))?)
}

/// Marks of one kind by one person, newest first.
pub fn list_by_account(
    conn: &mut Conn,
    account: AccountId,
    kind: Reaction,
    page: &Page,
) -> Result<Vec<Mark>> {
    let mut query = reactions::table
        .filter(
            reactions::account_id
                .eq(account)
                .and(reactions::kind.eq(kind)),
        )
        .select(Mark::as_select())
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    if let Some(below) = page.below() {
        query = query.filter(reactions::id.lt(below));
    }
    if let Some(above) = page.above() {
        query = query.filter(reactions::id.gt(above));
    }
    let query = if page.upwards() {
        query.order(reactions::id.asc())
    } else {
        query.order(reactions::id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}

/// Marks of one kind on one post, newest first.
pub fn list_by_post(
    conn: &mut Conn,
    post: PostId,
    kind: Reaction,
    page: &Page,
) -> Result<Vec<Mark>> {
    let mut query = reactions::table
        .filter(reactions::post_id.eq(post).and(reactions::kind.eq(kind)))
        .select(Mark::as_select())
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    if let Some(below) = page.below() {
        query = query.filter(reactions::id.lt(below));
    }
    if let Some(above) = page.above() {
        query = query.filter(reactions::id.gt(above));
    }
    let query = if page.upwards() {
        query.order(reactions::id.asc())
    } else {
        query.order(reactions::id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}

/// How many marks of one kind a person has set.
pub fn count_by_account(conn: &mut Conn, account: AccountId, kind: Reaction) -> Result<i64> {
    Ok(reactions::table
        .filter(
            reactions::account_id
                .eq(account)
                .and(reactions::kind.eq(kind)),
        )
        .count()
        .get_result(conn)?)
}

/// A boost by a person. What a community announces is `posts.announce_id` instead.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = boosts, check_for_backend(MultiBackend))]
pub struct Boost {
    /// Its id, in the same space as posts.
    pub id: i64,
    /// Who.
    pub account_id: AccountId,
    /// Which post.
    pub post_id: PostId,
    /// Address of the Announce.
    pub uri: String,
    /// Who sees it.
    pub visibility: Visibility,
    /// When.
    pub created_at: Time,
}

/// Adds a boost; `false` where this person boosted the post already.
pub fn boost(conn: &mut Conn, boost: &Boost) -> Result<bool> {
    let added = on_backend!(conn, |c| diesel::insert_into(boosts::table)
        .values(boost)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// The boost of a post by a person.
pub fn find_boost(conn: &mut Conn, account: AccountId, post: PostId) -> Result<Option<Boost>> {
    Ok(boosts::table
        .filter(boosts::account_id.eq(account).and(boosts::post_id.eq(post)))
        .select(Boost::as_select())
        .first(conn)
        .optional()?)
}

/// A boost by id.
pub fn find_boost_by_id(conn: &mut Conn, id: i64) -> Result<Option<Boost>> {
    Ok(boosts::table
        .find(id)
        .select(Boost::as_select())
        .first(conn)
        .optional()?)
}

/// A boost by the address of its Announce.
pub fn find_boost_by_uri(conn: &mut Conn, uri: &str) -> Result<Option<Boost>> {
    Ok(boosts::table
        .filter(boosts::uri.eq(uri))
        .select(Boost::as_select())
        .first(conn)
        .optional()?)
}

/// Addresses of several boosts, and who sees them.
pub fn list_boost_heads(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(i64, String, Visibility)>> {
    let query = boosts::table
        .filter(among(conn, boosts::id, ids.iter().copied()))
        .select((boosts::id, boosts::uri, boosts::visibility));
    Ok(on_backend!(conn, |c| query.load(c))?)
}

/// Takes a boost back.
pub fn unboost(conn: &mut Conn, id: i64) -> Result<()> {
    diesel::delete(boosts::table.find(id)).execute(conn)?;
    Ok(())
}

/// Which of several posts a person boosted.
pub fn boosted_by(conn: &mut Conn, account: AccountId, ids: &[PostId]) -> Result<Vec<PostId>> {
    let query = boosts::table
        .filter(boosts::account_id.eq(account).and(among(
            conn,
            boosts::post_id,
            ids.iter().copied(),
        )))
        .select(boosts::post_id);
    Ok(on_backend!(conn, |c| query.load(c))?)
}

/// Boosts of one post, newest first. With `told`, only those that everybody may know of.
pub fn list_boosts_of(
    conn: &mut Conn,
    post: PostId,
    told: bool,
    page: &Page,
) -> Result<Vec<Boost>> {
    let seen: &[Visibility] = if told {
        &[Visibility::Public, Visibility::Unlisted]
    } else {
        Visibility::ALL
    };
    let mut query = boosts::table
        .filter(boosts::post_id.eq(post))
        .filter(boosts::visibility.eq_any(seen.to_vec()))
        .select(Boost::as_select())
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    if let Some(below) = page.below() {
        query = query.filter(boosts::id.lt(below));
    }
    if let Some(above) = page.above() {
        query = query.filter(boosts::id.gt(above));
    }
    let query = if page.upwards() {
        query.order(boosts::id.asc())
    } else {
        query.order(boosts::id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}

/// A poll.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = polls, check_for_backend(MultiBackend))]
pub struct Poll {
    /// Of which post; also the poll's id.
    pub post_id: PostId,
    /// Whether several choices are allowed.
    pub multiple: bool,
    /// Whether counts are hidden until the end.
    pub hide_totals: bool,
    /// When it ends.
    pub expires_at: Option<Time>,
    /// People who voted.
    pub voters_count: i32,
    /// Whether its end was noticed.
    pub closed: bool,
}

/// One choice of a poll.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = poll_options, check_for_backend(MultiBackend))]
pub struct PollOption {
    /// Which poll.
    pub post_id: PostId,
    /// From 0.
    pub position: i32,
    /// Text.
    pub title: String,
    /// Votes.
    pub votes_count: i32,
}

/// Adds a poll with its choices.
pub fn insert_poll(conn: &mut Conn, poll: &Poll, options: &[PollOption]) -> Result<()> {
    diesel::insert_into(polls::table)
        .values(poll)
        .execute(conn)?;
    for option in options {
        diesel::insert_into(poll_options::table)
            .values(option)
            .execute(conn)?;
    }
    Ok(())
}

/// Removes the poll of a post, votes included.
pub fn delete_poll(conn: &mut Conn, post: PostId) -> Result<()> {
    diesel::delete(poll_votes::table.filter(poll_votes::post_id.eq(post))).execute(conn)?;
    diesel::delete(poll_options::table.filter(poll_options::post_id.eq(post))).execute(conn)?;
    diesel::delete(polls::table.find(post)).execute(conn)?;
    Ok(())
}

/// Polls of several posts with their choices in order.
pub fn list_polls(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<(Poll, Vec<PollOption>)>> {
    let polls: Vec<Poll> = polls::table
        .filter(among(conn, polls::post_id, ids.iter().copied()))
        .select(Poll::as_select())
        .load(conn)?;
    if polls.is_empty() {
        return Ok(Vec::new());
    }
    let with: Vec<PostId> = polls.iter().map(|poll| poll.post_id).collect();
    let options: Vec<PollOption> = poll_options::table
        .filter(among(conn, poll_options::post_id, with))
        .order((poll_options::post_id.asc(), poll_options::position.asc()))
        .select(PollOption::as_select())
        .load(conn)?;
    Ok(polls
        .into_iter()
        .map(|poll| {
            let own = options
                .iter()
                .filter(|option| option.post_id == poll.post_id)
                .cloned()
                .collect();
            (poll, own)
        })
        .collect())
}

/// The poll of one post.
pub fn get_poll(conn: &mut Conn, post: PostId) -> Result<(Poll, Vec<PollOption>)> {
    list_polls(conn, &[post])?.pop().ok_or(Error::NotFound)
}

/// What one person chose in several polls, in the order of voting.
pub fn votes_of(conn: &mut Conn, account: AccountId, ids: &[PostId]) -> Result<Vec<(PostId, i32)>> {
    let query = poll_votes::table
        .filter(poll_votes::account_id.eq(account).and(among(
            conn,
            poll_votes::post_id,
            ids.iter().copied(),
        )))
        .order(poll_votes::id.asc())
        .select((poll_votes::post_id, poll_votes::choice));
    Ok(on_backend!(conn, |c| query.load(c))?)
}

/// Counts one vote; `false` where this person made this choice already.
pub fn vote(
    conn: &mut Conn,
    id: i64,
    post: PostId,
    account: AccountId,
    choice: i32,
    uri: Option<&str>,
) -> Result<bool> {
    let row = (
        poll_votes::id.eq(id),
        poll_votes::post_id.eq(post),
        poll_votes::account_id.eq(account),
        poll_votes::choice.eq(choice),
        poll_votes::uri.eq(uri),
    );
    let added = on_backend!(conn, |c| diesel::insert_into(poll_votes::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if added == 1 {
        diesel::update(poll_options::table.find((post, choice)))
            .set(poll_options::votes_count.eq(poll_options::votes_count + 1))
            .execute(conn)?;
    }
    Ok(added == 1)
}

/// Counts one more voter.
pub fn count_voter(conn: &mut Conn, post: PostId) -> Result<()> {
    diesel::update(polls::table.find(post))
        .set(polls::voters_count.eq(polls::voters_count + 1))
        .execute(conn)?;
    Ok(())
}

/// Takes over the counts that a poll's own node gives.
pub fn set_tallies(
    conn: &mut Conn,
    post: PostId,
    voters: i32,
    counts: &[i32],
    closed: bool,
) -> Result<()> {
    for (position, count) in (0_i32..).zip(counts) {
        diesel::update(poll_options::table.find((post, position)))
            .set(poll_options::votes_count.eq(*count))
            .execute(conn)?;
    }
    diesel::update(polls::table.find(post))
        .set((polls::voters_count.eq(voters), polls::closed.eq(closed)))
        .execute(conn)?;
    Ok(())
}

/// Polls whose end has come but was not noticed.
pub fn list_ended_polls(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<PostId>> {
    Ok(polls::table
        .filter(polls::closed.eq(false).and(polls::expires_at.le(now)))
        .order(polls::expires_at.asc())
        .limit(limit)
        .select(polls::post_id)
        .load(conn)?)
}

/// Notes that a poll's end was noticed.
pub fn close_poll(conn: &mut Conn, post: PostId) -> Result<()> {
    diesel::update(polls::table.find(post))
        .set(polls::closed.eq(true))
        .execute(conn)?;
    Ok(())
}

/// Everybody who voted in a poll.
pub fn list_voters(conn: &mut Conn, post: PostId) -> Result<Vec<AccountId>> {
    Ok(poll_votes::table
        .filter(poll_votes::post_id.eq(post))
        .select(poll_votes::account_id)
        .distinct()
        .load(conn)?)
}
