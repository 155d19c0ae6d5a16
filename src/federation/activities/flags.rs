//! Reports that other nodes hand in. Only things of this node count: its people and communities, what they wrote, and what
//! stands in its communities. Everything else that a report names is passed over without a word, as what is not there.

use super::intake::may_know;
use super::{Activity, Desk, Outcome, Stop};
use crate::actions::report::receive_report;
use crate::error::Result;
use crate::federation::normalize;
use crate::model::ids::{AccountId, PostId};
use crate::model::report::{POSTS, SUBJECTS};
use crate::model::text::html;
use crate::model::viewer::leaves_the_node;
use crate::model::words::{AccountState, ActorKind};
use crate::store::accounts;
use crate::store::db::Tx;
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
    desk.write(move |tx| {
        let reporter = activity.actor.id;
        let subjects = subjects(tx, reporter, &named)?;
        if subjects.is_empty() {
            return Ok(Err(Stop::Ignored("a report about nothing of ours")));
        }
        for (target, about) in subjects {
            receive_report(tx, reporter, &activity.id, target, &about, &comment)?;
        }
        Ok(Ok("report filed"))
    })
    .await?
}

/// The accounts that a list of addresses is about, each with the posts of it that the list names.
fn subjects(tx: &mut Tx<'_>, reporter: AccountId, named: &[String]) -> Result<Vec<Subject>> {
    let mut found: Vec<Subject> = Vec::new();
    for uri in named {
        let (target, post) = match posts::find_by_uri(tx, uri)? {
            Some(post) if is_ours(tx, reporter, &post)? => (post.author_id, Some(post.id)),
            Some(_) => continue,
            None => match accounts::find_by_uri(tx, uri)? {
                Some(account)
                    if account.is_local()
                        && account.state == AccountState::Active
                        && account.kind != ActorKind::Application
                        && may_know(tx, reporter, &account)? =>
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
fn is_ours(tx: &mut Tx<'_>, reporter: AccountId, post: &Post) -> Result<bool> {
    let left = post.deleted_at.is_none()
        && !post.held
        && leaves_the_node(post.audience, post.boundary, post.local_only);
    if !left || !reports::may_have_reached(tx, post, reporter)? {
        return Ok(false);
    }
    let Some(community) = post.community_id else {
        return Ok(post.local);
    };
    let group = accounts::get(tx, community)?;
    Ok((post.local || group.is_local()) && may_know(tx, reporter, &group)?)
}
