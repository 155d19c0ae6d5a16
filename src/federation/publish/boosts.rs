//! Boosts by people here: as they are sent, and as `/activities/ID` shows them.

use super::envelope::{Recipients, activity, send, undo};
use super::posts::{outgoing, taken_back};
use crate::error::Result;
use crate::federation::normalize::{Object, PUBLIC};
use crate::federation::objects::addressing::Addressing;
use crate::federation::objects::whole::Whole;
use crate::model::ids::{AccountId, PostId};
use crate::model::time::{Time, rfc3339};
use crate::model::words::Visibility;
use crate::store::accounts::{self, Account};
use crate::store::db::Tx;

/// A person of this node boosted a post, or took that back.
pub(super) fn boosted(
    tx: &mut Tx<'_>,
    uri: &str,
    post: PostId,
    by: AccountId,
    visibility: Visibility,
    undone: bool,
) -> Result<()> {
    let by = accounts::get(tx, by)?;
    let found = match undone {
        true => taken_back(tx, post)?,
        false => outgoing(tx, post)?,
    };
    let Some(whole) = found.filter(|_| by.is_local()) else {
        return Ok(());
    };
    let announce = announce_of_boost(uri, &by, &whole, visibility, tx.now());
    let announce = if undone { undo(tx, announce) } else { announce };
    let mut people = Recipients::followers(tx, &by)?;
    people.add(&whole.author);
    let reach = (!undone).then_some(whole.post.boundary);
    send(tx, &by, announce, people.within_reach(reach))
}

/// The Announce of a boost, addressed by its own visibility.
pub(in crate::federation) fn announce_of_boost(
    uri: &str,
    by: &Account,
    whole: &Whole,
    visibility: Visibility,
    at: Time,
) -> Object {
    let followers: Vec<String> = by.followers_url.iter().cloned().collect();
    let public = vec![PUBLIC.to_owned()];
    let (to, mut cc) = match visibility {
        Visibility::Public => (public, followers),
        Visibility::Unlisted => (followers, public),
        Visibility::Private | Visibility::Direct => (followers, Vec::new()),
    };
    cc.push(whole.author.uri.clone());
    let object = whole.post.uri.as_str().into();
    let mut announce = activity("Announce", uri, &by.uri, object, &Addressing { to, cc });
    announce.insert("published".into(), rfc3339(at).into());
    announce
}
