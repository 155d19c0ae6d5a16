//! What happened on the node within some time, for the figures that moderators see: moments with what they count, never
//! who it was.

use std::collections::HashMap;

use diesel::dsl::{count_star, exists};
use diesel::prelude::*;

use super::conn::Conn;
use super::dialect::all_bytes;
use super::schema::{
    accounts, boosts, follows, media, post_tags, posts, reactions, reports, users,
};
use crate::error::Result;
use crate::model::ids::{AccountId, PostId, least_at};
use crate::model::time::Time;
use crate::model::words::{Audience, FollowState, Reaction, UserState};

/// Rows that one figure looks at, at most: the newest of them. What is older than the time that is asked for is not even
/// looked at: ids hold the moment at which something came here.
const ROWS: i64 = 200_000;

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure {
    /// People of this node, by when they were last here.
    ActiveUsers,
    /// People who came.
    NewUsers,
    /// Favourites, boosts and replies on posts of this node.
    Interactions,
    /// Reports that were made.
    OpenedReports,
    /// Reports that were resolved.
    ResolvedReports,
    /// Authors of public posts with a tag, each once.
    TagAccounts(String),
    /// Public posts with a tag.
    TagUses(String),
    /// Other nodes of public posts with a tag, each once.
    TagServers(String),
    /// Accounts of a node that became known.
    InstanceAccounts(String),
    /// Bytes of media of a node.
    InstanceMedia(String),
    /// Reports about accounts of a node.
    InstanceReports(String),
    /// Posts of a node.
    InstanceStatuses(String),
    /// Accounts of a node that are followed from here.
    InstanceFollows(String),
    /// Accounts of a node that follow somebody here.
    InstanceFollowers(String),
}

/// A time, from its beginning to before its end.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The first moment.
    pub from: Time,
    /// The first moment after it.
    pub to: Time,
}

impl Span {
    /// The least id of what came here since its beginning. What was written elsewhere came here later, never earlier.
    fn least(self) -> i64 {
        least_at(self.from)
    }
}

/// Moments of a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moments {
    /// Each adds this much.
    Sum(Vec<(Time, i64)>),
    /// Each names something that counts once however often it comes.
    Distinct(Vec<(Time, i64)>),
}

fn ones(moments: Vec<Time>) -> Moments {
    Moments::Sum(moments.into_iter().map(|at| (at, 1)).collect())
}

/// The moments of a figure.
pub fn moments(conn: &mut Conn, figure: &Figure, span: Span) -> Result<Moments> {
    match figure {
        Figure::ActiveUsers => {
            let at = users::seen_at.assume_not_null();
            Ok(ones(
                users::table
                    .filter(users::seen_at.is_not_null())
                    .filter(at.ge(span.from).and(at.lt(span.to)))
                    .order(users::account_id.desc())
                    .limit(ROWS)
                    .select(at)
                    .load(conn)?,
            ))
        }
        Figure::NewUsers => Ok(ones(
            users::table
                .filter(users::account_id.ge(AccountId(span.least())))
                .filter(users::created_at.ge(span.from))
                .filter(users::created_at.lt(span.to))
                .order(users::account_id.desc())
                .limit(ROWS)
                .select(users::created_at)
                .load(conn)?,
        )),
        Figure::Interactions => interactions(conn, span).map(ones),
        Figure::OpenedReports => Ok(ones(
            reports::table
                .filter(reports::id.ge(span.least()))
                .filter(reports::created_at.ge(span.from))
                .filter(reports::created_at.lt(span.to))
                .order(reports::id.desc())
                .limit(ROWS)
                .select(reports::created_at)
                .load(conn)?,
        )),
        Figure::ResolvedReports => {
            let at = reports::resolved_at.assume_not_null();
            Ok(ones(
                reports::table
                    .filter(reports::resolved_at.is_not_null())
                    .filter(at.ge(span.from).and(at.lt(span.to)))
                    .order(reports::id.desc())
                    .limit(ROWS)
                    .select(at)
                    .load(conn)?,
            ))
        }
        Figure::TagAccounts(tag) | Figure::TagUses(tag) | Figure::TagServers(tag) => {
            of_tag(conn, figure, tag, span)
        }
        Figure::InstanceAccounts(domain)
        | Figure::InstanceMedia(domain)
        | Figure::InstanceReports(domain)
        | Figure::InstanceStatuses(domain)
        | Figure::InstanceFollows(domain)
        | Figure::InstanceFollowers(domain) => of_node(conn, figure, domain, span),
    }
}

diesel::alias!(posts as answered: Answered);

fn interactions(conn: &mut Conn, span: Span) -> Result<Vec<Time>> {
    let mut all: Vec<Time> = reactions::table
        .filter(reactions::id.ge(span.least()))
        .filter(reactions::kind.eq(Reaction::Favourite))
        .filter(reactions::created_at.ge(span.from))
        .filter(reactions::created_at.lt(span.to))
        .filter(exists(
            posts::table
                .filter(posts::id.eq(reactions::post_id))
                .filter(posts::local.eq(true)),
        ))
        .order(reactions::id.desc())
        .limit(ROWS)
        .select(reactions::created_at)
        .load(conn)?;
    all.extend(
        boosts::table
            .filter(boosts::id.ge(span.least()))
            .filter(boosts::created_at.ge(span.from))
            .filter(boosts::created_at.lt(span.to))
            .filter(exists(
                posts::table
                    .filter(posts::id.eq(boosts::post_id))
                    .filter(posts::local.eq(true)),
            ))
            .order(boosts::id.desc())
            .limit(ROWS)
            .select(boosts::created_at)
            .load::<Time>(conn)?,
    );
    all.extend(
        posts::table
            .filter(posts::id.ge(PostId(span.least())))
            .filter(posts::created_at.ge(span.from))
            .filter(posts::created_at.lt(span.to))
            .filter(exists(
                answered
                    .filter(answered.field(posts::id).nullable().eq(posts::parent_id))
                    .filter(answered.field(posts::local).eq(true)),
            ))
            .order(posts::id.desc())
            .limit(ROWS)
            .select(posts::created_at)
            .load::<Time>(conn)?,
    );
    Ok(all)
}

/// Public posts with a tag: closed ones are nobody's figure.
fn of_tag(conn: &mut Conn, figure: &Figure, tag: &str, span: Span) -> Result<Moments> {
    let rows: Vec<(Time, AccountId, String)> = posts::table
        .inner_join(post_tags::table.on(post_tags::post_id.eq(posts::id)))
        .inner_join(accounts::table.on(accounts::id.eq(posts::author_id)))
        .filter(post_tags::tag.eq(tag))
        .filter(posts::id.ge(PostId(span.least())))
        .filter(posts::audience.eq(Audience::Public))
        .filter(posts::deleted_at.is_null())
        .filter(posts::created_at.ge(span.from))
        .filter(posts::created_at.lt(span.to))
        .order(posts::id.desc())
        .limit(ROWS)
        .select((posts::created_at, posts::author_id, accounts::domain))
        .load(conn)?;
    Ok(match figure {
        Figure::TagUses(_) => ones(rows.into_iter().map(|row| row.0).collect()),
        Figure::TagAccounts(_) => {
            Moments::Distinct(rows.into_iter().map(|row| (row.0, row.1.0)).collect())
        }
        _ => {
            let mut known: HashMap<String, i64> = HashMap::new();
            let mut list = Vec::new();
            for (at, _, domain) in rows {
                if !domain.is_empty() {
                    let next = i64::try_from(known.len()).unwrap_or(i64::MAX);
                    list.push((at, *known.entry(domain).or_insert(next)));
                }
            }
            Moments::Distinct(list)
        }
    })
}

fn of_node(conn: &mut Conn, figure: &Figure, domain: &str, span: Span) -> Result<Moments> {
    let there = || {
        accounts::table
            .filter(accounts::domain.eq(domain.to_owned()))
            .select(accounts::id)
    };
    Ok(match figure {
        Figure::InstanceMedia(_) => Moments::Sum(
            media::table
                .filter(media::account_id.eq_any(there()))
                .filter(media::id.ge(span.least()))
                .filter(media::created_at.ge(span.from))
                .filter(media::created_at.lt(span.to))
                .order(media::id.desc())
                .limit(ROWS)
                .select((media::created_at, media::bytes))
                .load(conn)?,
        ),
        Figure::InstanceReports(_) => ones(
            reports::table
                .filter(reports::target_id.eq_any(there()))
                .filter(reports::id.ge(span.least()))
                .filter(reports::created_at.ge(span.from))
                .filter(reports::created_at.lt(span.to))
                .order(reports::id.desc())
                .limit(ROWS)
                .select(reports::created_at)
                .load(conn)?,
        ),
        Figure::InstanceStatuses(_) => ones(
            posts::table
                .filter(posts::author_id.eq_any(there()))
                .filter(posts::id.ge(PostId(span.least())))
                .filter(posts::created_at.ge(span.from))
                .filter(posts::created_at.lt(span.to))
                .filter(posts::deleted_at.is_null())
                .order(posts::id.desc())
                .limit(ROWS)
                .select(posts::created_at)
                .load(conn)?,
        ),
        Figure::InstanceFollows(_) => followed_there(conn, domain, span)?,
        Figure::InstanceFollowers(_) => following_there(conn, domain, span)?,
        _ => ones(
            accounts::table
                .filter(accounts::domain.eq(domain))
                .filter(accounts::id.ge(AccountId(span.least())))
                .filter(accounts::created_at.ge(span.from))
                .filter(accounts::created_at.lt(span.to))
                .order(accounts::id.desc())
                .limit(ROWS)
                .select(accounts::created_at)
                .load(conn)?,
        ),
    })
}

/// Agreed follows of a time by whom a node's accounts are followed, or whom they follow.
macro_rules! follows_with {
    ($conn:expr, $span:expr, $domain:expr, $there:expr) => {{
        let there = accounts::table
            .filter(accounts::domain.eq($domain))
            .select(accounts::id);
        let rows: Vec<(Time, AccountId)> = follows::table
            .filter(follows::state.eq(FollowState::Accepted))
            .filter(follows::id.ge($span.least()))
            .filter(follows::created_at.ge($span.from))
            .filter(follows::created_at.lt($span.to))
            .filter($there.eq_any(there))
            .order(follows::id.desc())
            .limit(ROWS)
            .select((follows::created_at, $there))
            .load($conn)?;
        Moments::Distinct(rows.into_iter().map(|(at, id)| (at, id.0)).collect())
    }};
}

fn followed_there(conn: &mut Conn, domain: &str, span: Span) -> Result<Moments> {
    Ok(follows_with!(conn, span, domain, follows::target_id))
}

fn following_there(conn: &mut Conn, domain: &str, span: Span) -> Result<Moments> {
    Ok(follows_with!(conn, span, domain, follows::follower_id))
}

/// A word and how often it came, the most frequent first.
pub type Ranked = Vec<(String, i64)>;

/// Languages of the pages of people who were here since a time; empty for those who chose none.
pub fn languages(conn: &mut Conn, since: Time, limit: i64) -> Result<Ranked> {
    Ok(users::table
        .filter(users::state.eq(UserState::Active))
        .filter(users::seen_at.ge(since))
        .group_by(users::locale)
        .order((count_star().desc(), users::locale.asc()))
        .limit(limit)
        .select((users::locale, count_star()))
        .load(conn)?)
}

/// Nodes by the posts of theirs that came in within a time; empty for this node.
pub fn servers(conn: &mut Conn, span: Span, limit: i64) -> Result<Ranked> {
    Ok(posts::table
        .inner_join(accounts::table.on(accounts::id.eq(posts::author_id)))
        .filter(posts::id.ge(PostId(span.least())))
        .filter(posts::created_at.ge(span.from))
        .filter(posts::created_at.lt(span.to))
        .group_by(accounts::domain)
        .order((count_star().desc(), accounts::domain.asc()))
        .limit(limit)
        .select((accounts::domain, count_star()))
        .load(conn)?)
}

/// Nodes by their public posts with a tag within a time.
pub fn tag_servers(conn: &mut Conn, tag: &str, span: Span, limit: i64) -> Result<Ranked> {
    Ok(posts::table
        .inner_join(accounts::table.on(accounts::id.eq(posts::author_id)))
        .inner_join(post_tags::table.on(post_tags::post_id.eq(posts::id)))
        .filter(post_tags::tag.eq(tag))
        .filter(posts::id.ge(PostId(span.least())))
        .filter(posts::audience.eq(Audience::Public))
        .filter(posts::deleted_at.is_null())
        .filter(posts::created_at.ge(span.from))
        .filter(posts::created_at.lt(span.to))
        .group_by(accounts::domain)
        .order((count_star().desc(), accounts::domain.asc()))
        .limit(limit)
        .select((accounts::domain, count_star()))
        .load(conn)?)
}

/// Languages of public posts with a tag within a time; those without language are left out.
pub fn tag_languages(conn: &mut Conn, tag: &str, span: Span, limit: i64) -> Result<Ranked> {
    let rows: Vec<(Option<String>, i64)> = posts::table
        .inner_join(post_tags::table.on(post_tags::post_id.eq(posts::id)))
        .filter(post_tags::tag.eq(tag))
        .filter(posts::id.ge(PostId(span.least())))
        .filter(posts::audience.eq(Audience::Public))
        .filter(posts::deleted_at.is_null())
        .filter(posts::language.is_not_null())
        .filter(posts::created_at.ge(span.from))
        .filter(posts::created_at.lt(span.to))
        .group_by(posts::language)
        .order(count_star().desc())
        .limit(limit)
        .select((posts::language, count_star()))
        .load(conn)?;
    Ok(named(rows))
}

fn named(rows: Vec<(Option<String>, i64)>) -> Ranked {
    rows.into_iter()
        .filter_map(|(name, count)| Some((name?, count)))
        .collect()
}

/// Accounts of a node by their followers here and elsewhere, as far as known.
pub fn node_accounts(conn: &mut Conn, domain: &str, limit: i64) -> Result<Ranked> {
    let rows: Vec<(String, i32)> = accounts::table
        .filter(accounts::domain.eq(domain))
        .order((accounts::followers_count.desc(), accounts::id.asc()))
        .limit(limit)
        .select((accounts::name, accounts::followers_count))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(name, count)| (name, i64::from(count)))
        .collect())
}

/// Languages of the posts of a node within a time.
pub fn node_languages(conn: &mut Conn, domain: &str, span: Span, limit: i64) -> Result<Ranked> {
    let rows: Vec<(Option<String>, i64)> = posts::table
        .inner_join(accounts::table.on(accounts::id.eq(posts::author_id)))
        .filter(accounts::domain.eq(domain))
        .filter(posts::id.ge(PostId(span.least())))
        .filter(posts::deleted_at.is_null())
        .filter(posts::language.is_not_null())
        .filter(posts::created_at.ge(span.from))
        .filter(posts::created_at.lt(span.to))
        .group_by(posts::language)
        .order(count_star().desc())
        .limit(limit)
        .select((posts::language, count_star()))
        .load(conn)?;
    Ok(named(rows))
}

/// Bytes of all media that are kept.
pub fn media_bytes(conn: &mut Conn) -> Result<i64> {
    Ok(media::table
        .filter(media::file.is_not_null())
        .select(all_bytes())
        .first(conn)?)
}

/// When people came who came within a time, and when they were last here.
pub fn arrivals(conn: &mut Conn, span: Span) -> Result<Vec<(Time, Option<Time>)>> {
    Ok(users::table
        .filter(users::account_id.ge(AccountId(span.least())))
        .filter(users::created_at.ge(span.from))
        .filter(users::created_at.lt(span.to))
        .order(users::account_id.desc())
        .limit(ROWS)
        .select((users::created_at, users::seen_at))
        .load(conn)?)
}
