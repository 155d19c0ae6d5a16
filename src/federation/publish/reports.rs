//! Reports that are passed on: by the node, never in the name of whoever reported, and to each node only what lies there.

use std::collections::BTreeMap;

use serde_json::json;

use super::envelope::{Recipients, note_to, send};
use crate::actions::report::host_elsewhere;
use crate::error::Result;
use crate::model::ids::PostId;
use crate::store::accounts::{self, Account};
use crate::store::db::Tx;
use crate::store::{posts, reports};

/// What one node is told.
#[derive(Default)]
struct Part {
    /// The community there, or else the reported account.
    to: Option<Account>,
    posts: Vec<String>,
}

/// Sends a Flag to the node of the reported account, and to the hosts of the communities of reported posts. The list
/// has the posts first and the account after them, a form that Mastodon and Lemmy both read.
pub(super) fn reported(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    let Some(report) = reports::find(tx, id)?.filter(|report| report.forwarded) else {
        return Ok(());
    };
    let node_uri = format!("{}/actor", tx.node().base_url);
    let Some(node) = accounts::find_by_uri(tx, &node_uri)? else {
        return Ok(());
    };
    let target = accounts::get(tx, report.target_id)?;
    let about: Vec<PostId> = reports::list_posts(tx, &[id])?
        .into_iter()
        .map(|(_, post)| post)
        .collect();
    for (number, part) in parts(tx, &target, &about)?.into_values().enumerate() {
        let Some(to) = part.to else { continue };
        let uri = match number {
            0 => report.uri.clone(),
            _ => tx.node().activity_uri(tx.new_id()),
        };
        let mut objects = part.posts;
        objects.push(target.uri.clone());
        let mut flag = note_to("Flag", &uri, &node.uri, json!(objects), &to.uri);
        flag.insert("content".into(), report.comment.as_str().into());
        send(tx, &node, flag, Recipients::only(&to))?;
    }
    Ok(())
}

/// What each node is told, by domain.
fn parts(tx: &mut Tx<'_>, target: &Account, about: &[PostId]) -> Result<BTreeMap<String, Part>> {
    let mut parts: BTreeMap<String, Part> = BTreeMap::new();
    if !target.is_local() {
        let part = parts.entry(target.domain.clone()).or_default();
        part.to = Some(target.clone());
    }
    for id in about {
        let Some(post) = posts::find(tx, *id)?.filter(|post| post.deleted_at.is_none()) else {
            continue;
        };
        let mut told: Vec<String> = Vec::new();
        if let Some(group) = host_elsewhere(tx, &post)? {
            told.push(group.domain.clone());
            let part = parts.entry(group.domain.clone()).or_default();
            part.to = Some(group);
        }
        if !target.is_local() && !told.contains(&target.domain) {
            told.push(target.domain.clone());
        }
        for domain in told {
            parts
                .entry(domain)
                .or_default()
                .posts
                .push(post.uri.clone());
        }
    }
    Ok(parts)
}
