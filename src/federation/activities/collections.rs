//! Who leads a community elsewhere: its collection of moderators, read from its host whenever it matters.

use super::{Activity, Desk, Outcome, Stop};
use crate::error::Result;
use crate::federation::normalize::{self, Object, same_origin};
use crate::federation::{actors_in, fetch};
use crate::model::ids::AccountId;
use crate::model::words::{CommunityRole, MembershipState};
use crate::store::accounts::{self, Account};
use crate::store::communities::{self, Membership};
use crate::store::db::Tx;
use crate::store::hold;

/// Most stewards that are taken over.
const STEWARDS: usize = 50;
/// Unknown ones that are fetched for it.
const FETCHED: usize = 10;

/// Add or Remove: only a community's own collection of moderators matters, and it is read from the community's host
/// rather than from what the activity says.
pub(super) async fn changed(desk: Desk<'_>, activity: Activity) -> Outcome {
    let target = normalize::id(&activity.fields, "target").unwrap_or_default();
    let group = match activity.via {
        Some(id) => {
            desk.fed
                .app
                .db
                .read(move |conn| accounts::get(conn, id))
                .await?
        }
        None => activity.actor.clone(),
    };
    if group.is_local() || group.moderators_url.as_deref() != Some(target) {
        return Err(Stop::Ignored("a collection that is not followed here"));
    }
    sync_stewards(desk, &group).await?;
    Ok("stewards read anew")
}

/// Reads who leads a community of another node.
pub(super) async fn sync_stewards(desk: Desk<'_>, group: &Account) -> Outcome<()> {
    let Some(url) = group
        .moderators_url
        .as_deref()
        .filter(|url| same_origin(url, &group.uri))
    else {
        return Ok(());
    };
    let value = fetch::object(desk.visit, url).await?;
    let empty = Object::new();
    let list = value.as_object().unwrap_or(&empty);
    let mut named: Vec<&str> = normalize::ids(list, "orderedItems");
    named.extend(normalize::ids(list, "items"));
    let mut stewards: Vec<AccountId> = Vec::new();
    let mut fetched = 0;
    for uri in named.into_iter().take(STEWARDS) {
        let asked = uri.to_owned();
        let find = move |conn: &mut crate::store::conn::Conn| accounts::find_by_uri(conn, &asked);
        if let Some(known) = desk.fed.app.db.read(find).await? {
            stewards.push(known.id);
        } else if fetched < FETCHED && !desk.is_ours(uri) {
            fetched += 1;
            stewards.extend(actors_in::actor(desk.fed, desk.visit, uri).await);
        }
    }
    let group = group.id;
    desk.write(move |tx| write_stewards(tx, group, &stewards))
        .await
}

fn write_stewards(tx: &mut Tx<'_>, group: AccountId, stewards: &[AccountId]) -> Result<()> {
    hold::accounts(tx, &[group])?;
    if communities::find(tx, group)?.is_none() {
        return Ok(());
    }
    for old in communities::stewards(tx, group)? {
        if !stewards.contains(&old) {
            set_role(tx, group, old, CommunityRole::Member)?;
        }
    }
    for steward in stewards {
        if !communities::is_steward(tx, group, *steward)? && agrees(tx, group, *steward)? {
            set_role(tx, group, *steward, CommunityRole::Steward)?;
        }
    }
    Ok(())
}

/// Nobody of this node is put into a community by what its host writes: whoever has joined may be given a role in it.
fn agrees(tx: &mut Tx<'_>, group: AccountId, account: AccountId) -> Result<bool> {
    Ok(!accounts::get(tx, account)?.is_local() || communities::is_member(tx, group, account)?)
}

fn set_role(
    tx: &mut Tx<'_>,
    group: AccountId,
    account: AccountId,
    role: CommunityRole,
) -> Result<()> {
    let now = tx.now();
    let row = Membership {
        id: tx.new_id(),
        community_id: group,
        account_id: account,
        role,
        state: MembershipState::Active,
        message: String::new(),
        reason: String::new(),
        decided_by: None,
        created_at: now,
        updated_at: now,
    };
    communities::put_membership(tx, &row)
}
