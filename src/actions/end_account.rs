//! An account ends: by its owner's wish, by a moderator's decision, or because another node says so. The doors close and
//! other nodes are told at once; what it leaves behind goes some at a time, in a job. The row stays as a tombstone: its
//! name and address are never given again.

use crate::actions::{charter, delete_post, schedule_post};
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::text::handles::Handle;
use crate::model::viewer::Viewer;
use crate::model::words::{
    AccountState, CommunityRole, CommunityState, MembershipState, Reaction, Role,
};
use crate::store::accounts::{self, Account, Profile};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::page::Page;
use crate::store::posts::Count;
use crate::store::{
    audit, communities, departure, follows, hold, home, inbound, jobs, marks, oauth, posts,
    scheduled, sessions, users,
};

/// Kind of the job that takes away what an ended account left behind; its payload is the account's id.
pub const ERASE: &str = "erase_account";
/// Posts buried, or bonds cut, in one transaction at most.
const BATCH: i64 = 200;

/// Communities of this node, living ones, of which somebody is the only steward.
///
/// # Errors
/// `Unavailable`.
pub fn led_alone(conn: &mut Conn, account: AccountId) -> Result<Vec<Account>> {
    let mut alone = Vec::new();
    for row in communities::list_of_account(conn, account)? {
        if row.role != CommunityRole::Steward {
            continue;
        }
        let group = accounts::get(conn, row.community_id)?;
        let lives = group.state == AccountState::Active
            && communities::get(conn, group.id)?.state != CommunityState::Retired;
        if group.is_local() && lives && communities::stewards(conn, group.id)? == [account] {
            alone.push(group);
        }
    }
    Ok(alone)
}

/// Whether nobody could lead the node if this person went.
///
/// # Errors
/// `Unavailable`.
pub fn is_last_admin(conn: &mut Conn, account: AccountId) -> Result<bool> {
    let admin = users::find(conn, account)?.is_some_and(|user| user.role == Role::Admin);
    Ok(admin && users::count_role(conn, Role::Admin)? <= 1)
}

/// Somebody ends the own account. `successors` name a member for each community that the person leads alone, who becomes
/// its steward.
///
/// # Errors
/// `Forbidden(LastAdmin)`; `Invalid` naming `successor_ID` of a community that would be left without a steward, or whose
/// successor is not one of its members here.
pub fn end_own(tx: &mut Tx<'_>, me: AccountId, successors: &[(AccountId, String)]) -> Result<()> {
    hold::account(tx, me)?;
    if is_last_admin(tx, me)? {
        return Err(Refusal::LastAdmin.into());
    }
    for group in led_alone(tx, me)? {
        let named = successors.iter().find(|(id, _)| *id == group.id);
        hand_over(tx, me, &group, named.map_or("", |(_, name)| name.trim()))?;
    }
    let account = accounts::get(tx, me)?;
    end(tx, &account)?;
    audit::add(tx, Some(me), "account.delete", &account.acct(), "own wish")
}

fn hand_over(tx: &mut Tx<'_>, me: AccountId, group: &Account, name: &str) -> Result<()> {
    let refuse = |why| Err(Error::invalid(format!("successor_{}", group.id), why));
    if name.is_empty() {
        return refuse(Refusal::SoleSteward(group.shown_name().to_owned()));
    }
    let handle = Handle::parse(name).map(|handle| handle.relative_to(&tx.node().authority));
    let found = match handle {
        Some(handle) if handle.domain.is_empty() => accounts::find_by_handle(tx, &handle)?,
        _ => None,
    };
    let Some(successor) = found.filter(|found| found.id != me) else {
        return refuse(Refusal::UnknownPerson);
    };
    let member = communities::is_member(tx, group.id, successor.id)?;
    if !member || successor.state != AccountState::Active {
        return refuse(Refusal::NotAMember);
    }
    charter::appoint(tx, group.id, successor.id, CommunityRole::Steward)?;
    tx.emit(Event::AccountUpdated { account: group.id });
    Ok(())
}

/// A moderator ends an account, of this node or another.
///
/// # Errors
/// `NotFound`.
pub fn end_by(tx: &mut Tx<'_>, by: Option<&Viewer>, account: AccountId) -> Result<()> {
    hold::account(tx, account)?;
    let found = accounts::get(tx, account)?;
    end(tx, &found)?;
    let by = by.and_then(Viewer::account);
    audit::add(tx, by, "account.delete", &found.acct(), "")
}

/// Another node says that one of its actors is gone; late activities of it cannot bring it back. What it leaves behind
/// goes by [`erase`].
///
/// # Errors
/// `NotFound` for one of ours.
pub fn end_remote(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    let found = accounts::get(tx, account)?;
    if found.is_local() {
        return Err(Error::NotFound);
    }
    end(tx, &found)
}

/// Shuts every door, empties the profile, tells other nodes and orders the rest. A second time changes nothing.
fn end(tx: &mut Tx<'_>, account: &Account) -> Result<()> {
    if account.state == AccountState::Deleted {
        return Ok(());
    }
    let (id, now) = (account.id, tx.now());
    if account.is_local() {
        sessions::delete_of_account(tx, id, None)?;
        oauth::revoke_of_account(tx, id, None, now)?;
        departure::close_doors(tx, id)?;
        users::delete(tx, id)?;
        // While the follows are there, so that it is known who must hear of it.
        tx.emit(Event::AccountDeleted { account: id });
    } else {
        let former = if account.is_group() {
            "Group"
        } else {
            "Person"
        };
        inbound::bury(tx, &account.uri, former, now)?;
    }
    // The pictures of one of ours are still named: the job removes the files.
    let empty = Profile {
        display_name: String::new(),
        note_source: String::new(),
        note_html: String::new(),
        fields: "[]".into(),
        locked: true,
        bot: false,
        discoverable: false,
        indexable: false,
        avatar: account.avatar.clone().filter(|_| account.is_local()),
        header: account.header.clone().filter(|_| account.is_local()),
    };
    accounts::update_profile(tx, id, &empty)?;
    accounts::set_state(tx, id, AccountState::Deleted)?;
    order(tx, id)
}

fn order(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    let payload = account.to_string();
    jobs::enqueue(tx, ERASE, &format!("erase {payload}"), &payload).map(drop)
}

/// Goes on later.
///
/// # Errors
/// `Unavailable`.
pub fn erase_on(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    order(tx, account)
}

/// Takes away some of what an ended account left behind; `true` once there is nothing left but its files.
///
/// # Errors
/// `NotFound`; `Forbidden(WrongState)` for an account that has not ended.
pub fn erase(tx: &mut Tx<'_>, account: AccountId) -> Result<bool> {
    hold::account(tx, account)?;
    let found = accounts::get(tx, account)?;
    if found.state != AccountState::Deleted {
        return Err(Refusal::WrongState.into());
    }
    let steps = [bury_posts, take_marks, cut_bonds];
    for step in steps {
        if step(tx, &found)? {
            return Ok(false);
        }
    }
    for community in departure::list_communities(tx, account)? {
        communities::delete_membership(tx, community, account)?;
        tx.emit(Event::MembershipChanged {
            community,
            account,
            state: MembershipState::None,
        });
    }
    departure::forget_rest(tx, account)?;
    Ok(true)
}

/// Each step says whether there was anything to do.
fn bury_posts(tx: &mut Tx<'_>, account: &Account) -> Result<bool> {
    for planned in scheduled::list(tx, account.id, &Page::first(BATCH))? {
        schedule_post::cancel_post(tx, account.id, planned.id)?;
    }
    let ids = posts::list_ids_by_author(tx, account.id, BATCH)?;
    for id in &ids {
        let post = posts::get(tx, *id)?;
        delete_post::bury(tx, &post)?;
    }
    Ok(!ids.is_empty())
}

fn take_marks(tx: &mut Tx<'_>, account: &Account) -> Result<bool> {
    let boosts = departure::list_boosts(tx, account.id, BATCH)?;
    for boost in &boosts {
        marks::unboost(tx, boost.id)?;
        home::remove_entry(tx, boost.post_id, boost.id)?;
        posts::bump(tx, boost.post_id, Count::Boosts, -1)?;
    }
    let quiet = departure::list_marks(tx, account.id, BATCH)?;
    for mark in &quiet {
        marks::remove(tx, account.id, mark.post_id, mark.kind)?;
        if mark.kind == Reaction::Favourite {
            posts::bump(tx, mark.post_id, Count::Favourites, -1)?;
        }
    }
    Ok(!boosts.is_empty() || !quiet.is_empty())
}

/// Follows end without a word of their own: the Delete of the actor says it all.
fn cut_bonds(tx: &mut Tx<'_>, account: &Account) -> Result<bool> {
    let bonds = departure::list_follows(tx, account.id, BATCH)?;
    for (follower, target) in &bonds {
        follows::delete(tx, *follower, *target)?;
    }
    Ok(!bonds.is_empty())
}

/// Forgets the pictures of an ended account, once their files are gone.
///
/// # Errors
/// `NotFound`.
pub fn forget_pictures(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    let found = accounts::get(tx, account)?;
    if found.state != AccountState::Deleted {
        return Err(Refusal::WrongState.into());
    }
    let bare = Profile {
        display_name: found.display_name,
        note_source: found.note_source,
        note_html: found.note_html,
        fields: found.fields,
        locked: found.locked,
        bot: found.bot,
        discoverable: found.discoverable,
        indexable: found.indexable,
        avatar: None,
        header: None,
    };
    accounts::update_profile(tx, account, &bare)
}
