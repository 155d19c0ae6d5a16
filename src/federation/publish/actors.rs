//! What happens between actors: follows and their answers, blocks, changed and deleted profiles.

use serde_json::{Value, json};

use super::envelope::{Recipients, activity, note_to, send, undo};
use crate::error::Result;
use crate::federation::normalize::{Object, PUBLIC};
use crate::federation::objects::addressing::Addressing;
use crate::federation::objects::{actor, whole};
use crate::model::ids::AccountId;
use crate::store::accounts::{self, Account};
use crate::store::communities;
use crate::store::db::Tx;
use crate::store::users;

fn follow_of(uri: &str, follower: &Account, target: &Account) -> Object {
    note_to(
        "Follow",
        uri,
        &follower.uri,
        target.uri.as_str().into(),
        &target.uri,
    )
}

/// Asks another node, or answers it where the yes was given at once.
pub(super) fn follow_requested(
    tx: &mut Tx<'_>,
    follower: AccountId,
    target: AccountId,
    uri: &str,
    accepted: bool,
) -> Result<()> {
    let (asking, asked) = (accounts::get(tx, follower)?, accounts::get(tx, target)?);
    if asking.is_local() && !asked.is_local() {
        let follow = follow_of(uri, &asking, &asked);
        return send(tx, &asking, follow, Recipients::only(&asked));
    }
    if accepted {
        answer(tx, &asking, &asked, uri, true)
    } else {
        Ok(())
    }
}

/// Answers another node.
pub(super) fn follow_decided(
    tx: &mut Tx<'_>,
    follower: AccountId,
    target: AccountId,
    uri: &str,
    accepted: bool,
) -> Result<()> {
    let (asking, asked) = (accounts::get(tx, follower)?, accounts::get(tx, target)?);
    answer(tx, &asking, &asked, uri, accepted)
}

/// Accept or Reject with the whole Follow in it, since some peers match it by its parts.
fn answer(
    tx: &mut Tx<'_>,
    asking: &Account,
    asked: &Account,
    uri: &str,
    accepted: bool,
) -> Result<()> {
    if asking.is_local() || !asked.is_local() {
        return Ok(());
    }
    let follow: Value = json!({ "id": uri, "type": "Follow", "actor": asking.uri, "object": asked.uri, "to": [asked.uri] });
    let id = tx.node().activity_uri(tx.new_id());
    let answer = note_to(
        if accepted { "Accept" } else { "Reject" },
        &id,
        &asked.uri,
        follow,
        &asking.uri,
    );
    send(tx, asked, answer, Recipients::only(asking))
}

/// Takes a follow of somebody elsewhere back.
pub(super) fn unfollowed(
    tx: &mut Tx<'_>,
    follower: AccountId,
    target: AccountId,
    uri: &str,
) -> Result<()> {
    let (asking, asked) = (accounts::get(tx, follower)?, accounts::get(tx, target)?);
    if !asking.is_local() || asked.is_local() {
        return Ok(());
    }
    let undo = undo(tx, follow_of(uri, &asking, &asked));
    send(tx, &asking, undo, Recipients::only(&asked))
}

/// Tells somebody elsewhere to keep away, or that it may come back.
pub(super) fn blocked(
    tx: &mut Tx<'_>,
    by: AccountId,
    target: AccountId,
    uri: &str,
    undone: bool,
) -> Result<()> {
    let (by, target) = (accounts::get(tx, by)?, accounts::get(tx, target)?);
    if !by.is_local() || target.is_local() {
        return Ok(());
    }
    let block = note_to(
        "Block",
        uri,
        &by.uri,
        target.uri.as_str().into(),
        &target.uri,
    );
    let block = if undone { undo(tx, block) } else { block };
    send(tx, &by, block, Recipients::only(&target))
}

/// Tells somebody elsewhere, who was banned from a community here, that it is for good (the Reject alone would look like
/// a removal), or that it is so no more.
pub(super) fn ban(
    tx: &mut Tx<'_>,
    community: AccountId,
    account: AccountId,
    undone: bool,
) -> Result<()> {
    let (group, person) = (accounts::get(tx, community)?, accounts::get(tx, account)?);
    let charter = communities::get(tx, community)?;
    let concerned = group.is_local() && !person.is_local();
    if !concerned || !communities::is_visible_outside(tx, account, &charter)? {
        return Ok(());
    }
    let uri = tx.node().activity_uri(tx.new_id());
    let object = person.uri.as_str().into();
    let mut block = note_to("Block", &uri, &group.uri, object, &person.uri);
    block.insert("target".into(), group.uri.as_str().into());
    let block = if undone { undo(tx, block) } else { block };
    send(tx, &group, block, Recipients::only(&person))
}

/// Sends a changed profile or charter to the followers. An actor without a public key was never seen outside.
pub(super) fn updated(tx: &mut Tx<'_>, id: AccountId) -> Result<()> {
    let account = accounts::get(tx, id)?;
    if !account.is_local() || account.public_key_pem.is_none() {
        return Ok(());
    }
    let community = if account.is_group() {
        communities::find(tx, id)?
    } else {
        None
    };
    if community
        .as_ref()
        .is_some_and(|community| community.reach() != crate::model::words::Boundary::Public)
    {
        return Ok(());
    }
    let mut document = actor::document(tx.node(), &account, community.as_ref());
    if let Some(user) = users::find(tx, id)? {
        actor::name_domains(&mut document, &user.attribution_domains);
    }
    let (others, new) = whole::moves_of(tx, id)?;
    actor::name_moves(&mut document, &others, new.as_deref());
    document.remove("@context");
    let uri = tx.node().activity_uri(tx.new_id());
    let update = activity(
        "Update",
        &uri,
        &account.uri,
        document.into(),
        &to_everybody(&account),
    );
    let followers = Recipients::followers(tx, &account)?;
    send(tx, &account, update, followers)
}

/// Tells the followers of a person here where the person went.
pub(super) fn moved(tx: &mut Tx<'_>, id: AccountId, target: AccountId) -> Result<()> {
    let (old, new) = (accounts::get(tx, id)?, accounts::get(tx, target)?);
    if !old.is_local() || old.public_key_pem.is_none() {
        return Ok(());
    }
    let uri = tx.node().activity_uri(tx.new_id());
    let to = Addressing {
        to: old.followers_url.iter().cloned().collect(),
        cc: Vec::new(),
    };
    let mut activity = activity("Move", &uri, &old.uri, old.uri.as_str().into(), &to);
    activity.insert("target".into(), new.uri.as_str().into());
    let followers = Recipients::followers(tx, &old)?;
    send(tx, &old, activity, followers)
}

/// Tells every node that may know an account, the small ones without a shared inbox included, that it has ended.
pub(super) fn deleted(tx: &mut Tx<'_>, id: AccountId) -> Result<()> {
    let account = accounts::get(tx, id)?;
    if !account.is_local() || account.public_key_pem.is_none() {
        return Ok(());
    }
    let uri = tx.node().activity_uri(tx.new_id());
    let delete = activity(
        "Delete",
        &uri,
        &account.uri,
        account.uri.as_str().into(),
        &to_everybody(&account),
    );
    let mut everybody = Recipients::everybody(tx)?;
    everybody.join(Recipients::followers(tx, &account)?);
    everybody.join(Recipients::followed(tx, &account)?);
    send(tx, &account, delete, everybody)
}

fn to_everybody(account: &Account) -> Addressing {
    Addressing {
        to: vec![PUBLIC.to_owned()],
        cc: account.followers_url.iter().cloned().collect(),
    }
}
