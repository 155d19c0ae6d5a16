//! Reports that other nodes hand in. Only things of this node count: its people and communities, what they wrote, and what
//! stands in its communities. Everything else that a report names is passed over without a word, as what is not there.

use super::{Activity, Desk, Outcome, Stop};
use crate::actions::report::receive_reports;
use crate::error::Result;
use crate::federation::normalize;
use crate::model::ids::{AccountId, PostId};
use crate::model::report::{POSTS, SUBJECTS};
use crate::model::text::html;
use crate::model::viewer::leaves_the_node;
use crate::model::words::{AccountState, ActorKind};
use crate::store::accounts::{self, Account};
use crate::store::communities;
use crate::store::conn::Conn;
use crate::store::posts::{self, Post};
use crate::store::reports;

/// What a report is about: an account, and posts of it.
type Subject = (AccountId, Vec<PostId>);

/// Files a report (ActivityStreams vocabulary, `Flag`): Mastodon's node actor names an account and posts of it in a list,
/// Lemmy a single post. Whoever signs it is the reporter, and is told to nobody but moderators.
pub(super) async fn flagged(desk: Desk<'_>, activity: Activity) -> Outcome {
    let named: Vec<String> = normalize::ids(&activity.fields, "object")
        .into_iter()
        .take(POSTS)
        .map(str::to_owned)
        .collect();
    let comment = normalize::text(&activity.fields, "content")
        .or_else(|| normalize::text(&activity.fields, "summary"))
        .map(html::to_text)
        .unwrap_or_default();
    let reporter = activity.actor.clone();
    // Looked up beside the one writer, since a peer says how much there is to look up.
    let look = move |conn: &mut Conn| subjects(conn, &reporter, &named);
    let subjects = desk.fed.app.db.read(look).await?;
    if subjects.is_empty() {
        return Err(Stop::Ignored("a report about nothing of ours"));
    }
    desk.write(move |tx| {
        receive_reports(tx, activity.actor.id, &activity.id, &subjects, &comment)?;
        Ok("report filed")
    })
    .await
}

/// The accounts that a list of addresses is about, each with the posts of it that the list names.
fn subjects(conn: &mut Conn, reporter: &Account, named: &[String]) -> Result<Vec<Subject>> {
    let mut found: Vec<Subject> = Vec::new();
    for uri in named {
        let (target, post) = match posts::find_by_uri(conn, uri)? {
            Some(post) if is_ours(conn, reporter, &post)? => (post.author_id, Some(post.id)),
            Some(_) => continue,
            None => match accounts::find_by_uri(conn, uri)? {
                Some(account)
                    if account.is_local()
                        && account.state == AccountState::Active
                        && account.kind != ActorKind::Application
                        && is_known_there(conn, reporter, &account)? =>
                {
                    (account.id, None)
                }
                _ => continue,
            },
        };
        let room = found.len() < SUBJECTS;
        match found.iter_mut().find(|(account, _)| *account == target) {
            Some((_, about)) => about.extend(post),
            None if room => found.push((target, post.into_iter().collect())),
            None => {}
        }
    }
    Ok(found)
}

/// Whether a post was written here or stands in a community of ours, and has left this node for the reporter's: a report
/// opens it to moderators, and must not be a way for a node to have posts opened that it never got.
fn is_ours(conn: &mut Conn, reporter: &Account, post: &Post) -> Result<bool> {
    let left = post.deleted_at.is_none()
        && !post.held
        && leaves_the_node(post.audience, post.boundary, post.local_only);
    if !left || !reports::may_have_reached(conn, post, reporter.id)? {
        return Ok(false);
    }
    let Some(community) = post.community_id else {
        return Ok(post.local);
    };
    let group = accounts::get(conn, community)?;
    Ok((post.local || group.is_local()) && is_known_there(conn, reporter, &group)?)
}

/// Whether the node of a reporter may know of an actor here. Who reports is hidden behind the node's own actor with
/// Mastodon, and that is in no community: what anybody there may know counts.
fn is_known_there(conn: &mut Conn, reporter: &Account, account: &Account) -> Result<bool> {
    if !account.is_group() || !account.is_local() {
        return Ok(true);
    }
    match communities::find(conn, account.id)? {
        Some(community) => reports::is_known_at(conn, &reporter.domain, &community),
        None => Ok(false),
    }
}
