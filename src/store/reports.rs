//! Reports about accounts and posts, for the node's moderators. Nothing here is read for anybody else.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::communities::Community;
use super::conn::{Conn, MultiBackend, on_backend};
use super::dialect::among::among;
use super::page::Page;
use super::posts::Post;
use super::schema::{accounts, follows, memberships, mentions, posts, report_posts, reports};
use super::timelines::Entry;
use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::model::time::Time;
use crate::model::words::{
    Audience, Boundary, FollowState, Listing, MembershipState, ReportCategory, ReportState,
};

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = reports, check_for_backend(MultiBackend))]
pub struct Report {
    /// Its id.
    pub id: i64,
    /// Address of its Flag, whether one was sent or not.
    pub uri: String,
    /// Who reported; of another node perhaps the node itself.
    pub reporter_id: AccountId,
    /// Who is reported.
    pub target_id: AccountId,
    /// What is found wrong.
    pub category: ReportCategory,
    /// In words, plain text.
    pub comment: String,
    /// Whether other nodes are told.
    pub forwarded: bool,
    /// Where it stands.
    pub state: ReportState,
    /// Who looks after it.
    pub assigned_to: Option<AccountId>,
    /// Who resolved it.
    pub resolved_by: Option<AccountId>,
    /// When.
    pub resolved_at: Option<Time>,
    /// What was done, in words; empty while open.
    pub resolution: String,
    /// Since when.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

/// Adds a report with the posts it names; `false` where the same Flag about the same account is known.
pub fn insert(conn: &mut Conn, report: &Report, about: &[PostId]) -> Result<bool> {
    let added = on_backend!(conn, |c| diesel::insert_into(reports::table)
        .values(report)
        .on_conflict_do_nothing()
        .execute(c))?;
    if added == 0 {
        return Ok(false);
    }
    for post in about {
        on_backend!(conn, |c| diesel::insert_into(report_posts::table)
            .values((
                report_posts::report_id.eq(report.id),
                report_posts::post_id.eq(*post),
            ))
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(true)
}

/// A report whoever asks: for jobs.
pub fn find(conn: &mut Conn, id: i64) -> Result<Option<Report>> {
    Ok(reports::table
        .find(id)
        .select(Report::as_select())
        .first(conn)
        .optional()?)
}

/// A report for a moderator.
///
/// # Errors
/// `NotFound` where there is none, or it is about the moderator.
pub fn get_for(conn: &mut Conn, moderator: AccountId, id: i64) -> Result<Report> {
    find(conn, id)?
        .filter(|report| report.target_id != moderator)
        .ok_or(Error::NotFound)
}

/// Which reports are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// In this state.
    pub state: Option<ReportState>,
    /// By this account.
    pub reporter: Option<AccountId>,
    /// About this account.
    pub target: Option<AccountId>,
}

/// Reports for a moderator, newest first, without those about the moderator.
pub fn list(
    conn: &mut Conn,
    moderator: AccountId,
    wanted: &Wanted,
    page: &Page,
) -> Result<Vec<Report>> {
    let mut query = reports::table
        .filter(reports::target_id.ne(moderator))
        .select(Report::as_select())
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    if let Some(state) = wanted.state {
        query = query.filter(reports::state.eq(state));
    }
    if let Some(reporter) = wanted.reporter {
        query = query.filter(reports::reporter_id.eq(reporter));
    }
    if let Some(target) = wanted.target {
        query = query.filter(reports::target_id.eq(target));
    }
    if let Some(below) = page.below() {
        query = query.filter(reports::id.lt(below));
    }
    if let Some(above) = page.above() {
        query = query.filter(reports::id.gt(above));
    }
    let query = if page.upwards() {
        query.order(reports::id.asc())
    } else {
        query.order(reports::id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}

/// Several reports by id, in no order, without those about the moderator.
pub fn list_by_ids(conn: &mut Conn, moderator: AccountId, ids: &[i64]) -> Result<Vec<Report>> {
    Ok(reports::table
        .filter(among(conn, reports::id, ids.iter().copied()))
        .filter(reports::target_id.ne(moderator))
        .select(Report::as_select())
        .load(conn)?)
}

/// Which posts reports name, deleted ones included.
pub fn list_posts(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(i64, PostId)>> {
    Ok(report_posts::table
        .filter(among(conn, report_posts::report_id, ids.iter().copied()))
        .order((report_posts::report_id.asc(), report_posts::post_id.asc()))
        .select((report_posts::report_id, report_posts::post_id))
        .load(conn)?)
}

/// The posts of one report as lines to show, whoever may read them otherwise: what was reported is shown to those who
/// judge it.
pub fn lines(conn: &mut Conn, id: i64) -> Result<Vec<Entry>> {
    let rows: Vec<(PostId, i32, AccountId, i32)> = report_posts::table
        .inner_join(posts::table.on(posts::id.eq(report_posts::post_id)))
        .inner_join(accounts::table.on(accounts::id.eq(posts::author_id)))
        .filter(report_posts::report_id.eq(id))
        .filter(posts::deleted_at.is_null())
        .order(posts::id.asc())
        .select((posts::id, posts::rev, posts::author_id, accounts::rev))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(post, post_rev, author, author_rev)| Entry {
            id: post.0,
            post,
            post_rev,
            author,
            author_rev,
            via: None,
        })
        .collect())
}

/// Writes what a moderator may change.
pub fn update(conn: &mut Conn, report: &Report) -> Result<()> {
    diesel::update(reports::table.find(report.id))
        .set((
            reports::category.eq(report.category),
            reports::state.eq(report.state),
            reports::assigned_to.eq(report.assigned_to),
            reports::resolved_by.eq(report.resolved_by),
            reports::resolved_at.eq(report.resolved_at),
            reports::resolution.eq(&report.resolution),
            reports::updated_at.eq(report.updated_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// How many reports somebody has made since a time.
pub fn count_by(conn: &mut Conn, reporter: AccountId, since: Time) -> Result<i64> {
    Ok(reports::table
        .filter(reports::reporter_id.eq(reporter))
        .filter(reports::created_at.ge(since))
        .count()
        .get_result(conn)?)
}

/// How many reports the actors of another node have made since a time.
pub fn count_by_node(conn: &mut Conn, domain: &str, since: Time) -> Result<i64> {
    // From what is new, rather than from all actors of a large node.
    let there = accounts::table
        .filter(accounts::id.eq(reports::reporter_id))
        .filter(accounts::domain.eq(domain));
    Ok(reports::table
        .filter(reports::created_at.ge(since))
        .filter(exists(there))
        .count()
        .get_result(conn)?)
}

/// Whether another node may know of a community here: it reaches that far, and is not hidden or somebody there is in it or
/// invited. What a node signs is asked for all its people.
pub fn is_known_at(conn: &mut Conn, domain: &str, community: &Community) -> Result<bool> {
    if community.boundary != Boundary::Public {
        return Ok(false);
    }
    if community.visibility != Listing::Hidden {
        return Ok(true);
    }
    let somebody = memberships::table
        .inner_join(accounts::table.on(accounts::id.eq(memberships::account_id)))
        .filter(memberships::community_id.eq(community.account_id))
        .filter(memberships::state.eq_any([
            MembershipState::Active,
            MembershipState::Invited,
            MembershipState::Requested,
        ]))
        .filter(accounts::domain.eq(domain));
    Ok(diesel::select(exists(somebody)).get_result(conn)?)
}

/// Whether somebody on the node of `reporter` may have got a post: everybody where it is public, else whoever it mentions
/// or, for followers, follows its author.
pub fn may_have_reached(conn: &mut Conn, post: &Post, reporter: AccountId) -> Result<bool> {
    if post.audience == Audience::Public {
        return Ok(true);
    }
    let domain: String = accounts::table
        .find(reporter)
        .select(accounts::domain)
        .first(conn)?;
    let mentioned = mentions::table
        .inner_join(accounts::table.on(accounts::id.eq(mentions::account_id)))
        .filter(mentions::post_id.eq(post.id))
        .filter(accounts::domain.eq(&domain));
    if diesel::select(exists(mentioned)).get_result(conn)? {
        return Ok(true);
    }
    let followers = follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(post.author_id))
        .filter(follows::state.eq(FollowState::Accepted))
        .filter(accounts::domain.eq(&domain));
    let reached = diesel::select(exists(followers)).get_result(conn)?;
    Ok(reached && post.audience == Audience::Followers)
}
