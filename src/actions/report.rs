//! Somebody reports an account, perhaps with posts of it, to the moderators of this node. Whoever is reported learns
//! neither of it nor by whom.

use std::time::Duration;

use chrono::TimeDelta;

use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::{AccountId, PostId};
use crate::model::refusal::Refusal;
use crate::model::report::{A_DAY, A_DAY_BY_NODE, POSTS, TEXT};
use crate::model::viewer::Viewer;
use crate::model::words::{Audience, ReportCategory, ReportState, Visibility};
use crate::store::accounts::{self, Account};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::posts::{self, Post};
use crate::store::reports::{self, Report};
use crate::store::{conversations, rules, streams};

/// What a person reports.
#[derive(Debug, Clone)]
pub struct Complaint {
    /// Whom.
    pub target: AccountId,
    /// Which of that one's posts.
    pub posts: Vec<PostId>,
    /// What is wrong.
    pub category: ReportCategory,
    /// Which rules of the node were broken; only a violation names any.
    pub rules: Vec<i64>,
    /// In words.
    pub comment: String,
    /// Whether the node of the reported, and the hosts of the posts' communities, are told too.
    pub forward: bool,
}

/// When somebody who reported too often may do it again.
const LATER: Duration = Duration::from_hours(1);

/// Reports; whoever may know of the target may report it. Posts that were deleted meanwhile are left out, and what is told
/// about the account stays.
///
/// # Errors
/// `NotFound` for a post that the reader may not see or that is not the target's, the same as for one that is not
/// there; `Invalid` naming `status_ids`, `rule_ids` or `comment`; `TooMany` for whoever reported [`A_DAY`] times within a day.
pub fn report(tx: &mut Tx<'_>, by: &Viewer, wish: &Complaint) -> Result<Report> {
    let reporter = by.account().ok_or(Error::NotFound)?;
    let mut about = wish.posts.clone();
    about.sort_unstable();
    about.dedup();
    if about.len() > POSTS {
        return Err(Error::invalid("status_ids", Refusal::TooMany(POSTS)));
    }
    let comment = wish.comment.trim();
    if comment.chars().count() > TEXT {
        return Err(Error::invalid("comment", Refusal::TooLong(TEXT)));
    }
    let target = accounts::get(tx, wish.target)?;
    let mut leaves = !target.is_local();
    let named = std::mem::take(&mut about);
    for id in named {
        let post = match posts::get_visible(tx, by, id) {
            Err(Error::NotFound) => deleted_from(tx, reporter, id)?.ok_or(Error::NotFound)?,
            found => found?,
        };
        if post.author_id != wish.target {
            return Err(Error::NotFound);
        }
        if post.deleted_at.is_none() {
            leaves |= host_elsewhere(tx, &post)?.is_some();
            about.push(id);
        }
    }
    let broken = broken(tx, wish)?;
    let now = tx.now();
    if reports::count_by(tx, reporter, now - TimeDelta::days(1))? >= A_DAY {
        return Err(Error::TooMany(LATER));
    }
    let id = tx.new_id();
    let row = Report {
        id,
        uri: tx.node().activity_uri(id),
        reporter_id: reporter,
        target_id: wish.target,
        category: wish.category,
        comment: comment.to_owned(),
        forwarded: wish.forward && leaves && tx.node().federates,
        ..blank(now)
    };
    reports::insert(tx, &row, &about)?;
    rules::name_in_report(tx, id, &broken)?;
    tx.emit(Event::Reported { report: id });
    Ok(row)
}

/// A post that was deleted, where somebody could read it before as far as its tombstone tells: of a direct one whoever still
/// has the conversation. For everybody else it was never there.
pub fn deleted_from(conn: &mut Conn, reader: AccountId, id: PostId) -> Result<Option<Post>> {
    let Some(post) = posts::find(conn, id)?.filter(|post| post.deleted_at.is_some()) else {
        return Ok(None);
    };
    let direct = post.visibility == Visibility::Direct && !post.held;
    let known = streams::could_read(conn, &[reader], &post)?.contains(&reader)
        || (direct && conversations::is_in(conn, reader, post.root_id)?);
    Ok(Some(post).filter(|_| known))
}

/// The rules that a violation names, each once.
fn broken(tx: &mut Tx<'_>, wish: &Complaint) -> Result<Vec<i64>> {
    if wish.category != ReportCategory::Violation {
        return Ok(Vec::new());
    }
    let mut named = wish.rules.clone();
    named.sort_unstable();
    named.dedup();
    for rule in &named {
        if rules::find(tx, *rule)?.is_none() {
            return Err(Error::invalid("rule_ids", Refusal::Malformed));
        }
    }
    Ok(named)
}

/// The community elsewhere whose host may be told of a post: one that everybody may read, for the host need not have got
/// any other.
pub fn host_elsewhere(conn: &mut Conn, post: &Post) -> Result<Option<Account>> {
    let Some(community) = post
        .community_id
        .filter(|_| post.audience == Audience::Public)
    else {
        return Ok(None);
    };
    let group = accounts::get(conn, community)?;
    Ok((!group.is_local()).then_some(group))
}

/// A report of another node about one or several accounts, each with posts of it, checked by `federation` to be things of
/// this one. Once for each Flag and account.
///
/// # Errors
/// `Forbidden(TooMany)` where that node has reported [`A_DAY_BY_NODE`] times within a day.
pub fn receive_reports(
    tx: &mut Tx<'_>,
    reporter: AccountId,
    uri: &str,
    subjects: &[(AccountId, Vec<PostId>)],
    comment: &str,
) -> Result<()> {
    let (domain, since) = (
        accounts::get(tx, reporter)?.domain,
        tx.now() - TimeDelta::days(1),
    );
    let room = A_DAY_BY_NODE - reports::count_by_node(tx, &domain, since)?;
    let room = usize::try_from(room).unwrap_or_default();
    if room == 0 {
        return Err(Refusal::TooMany(usize::try_from(A_DAY_BY_NODE).unwrap_or(usize::MAX)).into());
    }
    for (target, about) in subjects.iter().take(room) {
        receive(tx, reporter, uri, *target, about, comment)?;
    }
    Ok(())
}

fn receive(
    tx: &mut Tx<'_>,
    reporter: AccountId,
    uri: &str,
    target: AccountId,
    about: &[PostId],
    comment: &str,
) -> Result<()> {
    let (id, now) = (tx.new_id(), tx.now());
    let row = Report {
        id,
        uri: uri.to_owned(),
        reporter_id: reporter,
        target_id: target,
        category: ReportCategory::Other,
        comment: comment.chars().take(TEXT).collect(),
        ..blank(now)
    };
    let about = about.get(..POSTS).unwrap_or(about);
    if reports::insert(tx, &row, about)? {
        tx.emit(Event::Reported { report: id });
    }
    Ok(())
}

/// A report that nobody has looked at.
fn blank(now: crate::model::time::Time) -> Report {
    Report {
        id: 0,
        uri: String::new(),
        reporter_id: AccountId(0),
        target_id: AccountId(0),
        category: ReportCategory::Other,
        comment: String::new(),
        forwarded: false,
        state: ReportState::Open,
        assigned_to: None,
        resolved_by: None,
        resolved_at: None,
        resolution: String::new(),
        created_at: now,
        updated_at: now,
    }
}
