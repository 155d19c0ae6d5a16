//! An account ends: by its owner's wish, by a moderator's decision, or because another node says so. The doors close and
//! other nodes are told at once; what it leaves behind goes some at a time, in a job. The row stays as a tombstone: its
//! name and address are never given again.

use crate::actions::account::let_go;
use crate::actions::{charter, delete_post, schedule_post};
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::{AccountId, PostId};
use crate::model::refusal::Refusal;
use crate::model::text::handles::Handle;
use crate::model::viewer::Viewer;
use crate::model::words::{
    AccountState, CommunityRole, CommunityState, MembershipState, Reaction, Role,
};
use crate::store::accounts::{self, Account, Profile};
use crate::store::communities::Community;
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::page::Page;
use crate::store::posts::{Count, Post};
use crate::store::{
    audit, communities, departure, follows, hold, home, inbound, jobs, marks, oauth, posts,
    scheduled, sessions, users,
};

/// Kind of the job that takes away what an ended account left behind; its payload is the account's id.
pub const ERASE: &str = "erase_account";
/// Posts buried in one transaction at most: each of them is told to every node that reads its community.
const POSTS: i64 = 10;
/// Marks taken or bonds cut in one transaction at most: others want to write meanwhile.
const BATCH: i64 = 50;

/// Members looked through for one who could take over.
const HEIRS: i64 = 10_000;

/// Communities of this node, living ones, of which somebody is the only steward who acts: one whose account ended or is
/// suspended leads nothing.
fn led(conn: &mut Conn, account: AccountId) -> Result<Vec<Account>> {
    let mut alone = Vec::new();
    for row in communities::list_of_account(conn, account)? {
        if row.role != CommunityRole::Steward {
            continue;
        }
        let group = accounts::get(conn, row.community_id)?;
        let lives = group.state == AccountState::Active
            && communities::get(conn, group.id)?.state != CommunityState::Retired;
        if group.is_local() && lives && !has_others(conn, group.id, account)? {
            alone.push(group);
        }
    }
    Ok(alone)
}

fn has_others(conn: &mut Conn, community: AccountId, leaving: AccountId) -> Result<bool> {
    let mut stewards = communities::stewards(conn, community)?;
    stewards.retain(|id| *id != leaving);
    let others = accounts::list(conn, &stewards)?;
    Ok(others
        .iter()
        .any(|other| other.state == AccountState::Active))
}

/// Whether anybody else of this node is in a community: only such a one could take over.
fn has_heirs(conn: &mut Conn, community: AccountId, leaving: AccountId) -> Result<bool> {
    let states = [MembershipState::Active];
    let rows =
        communities::list_members(conn, community, &states, CommunityRole::ALL, None, HEIRS)?;
    let others: Vec<AccountId> = rows
        .iter()
        .map(|row| row.account_id)
        .filter(|id| *id != leaving)
        .collect();
    Ok(accounts::list(conn, &others)?
        .iter()
        .any(|heir| heir.is_local() && heir.state == AccountState::Active))
}

/// The same, as far as somebody could take over.
///
/// # Errors
/// `Unavailable`.
pub fn led_alone(conn: &mut Conn, account: AccountId) -> Result<Vec<Account>> {
    let mut alone = Vec::new();
    for group in led(conn, account)? {
        if has_heirs(conn, group.id, account)? {
            alone.push(group);
        }
    }
    Ok(alone)
}

fn put_state(tx: &mut Tx<'_>, group: AccountId, state: CommunityState) -> Result<()> {
    let community = communities::get(tx, group)?;
    communities::update(tx, &Community { state, ..community })?;
    tx.emit(Event::AccountUpdated { account: group });
    Ok(())
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
/// its steward. One in which nobody else of this node is retires.
///
/// # Errors
/// `Forbidden(LastAdmin)`; `Invalid` naming `successor_ID` of a community that would be left without a steward, or whose
/// successor is not one of its members here.
pub fn end_own(tx: &mut Tx<'_>, me: AccountId, successors: &[(AccountId, String)]) -> Result<()> {
    let moderators = users::list_moderators(tx)?;
    hold_for_end(tx, me, moderators)?;
    if is_last_admin(tx, me)? {
        return Err(Refusal::LastAdmin.into());
    }
    for group in led_alone(tx, me)? {
        let named = successors.iter().find(|(id, _)| *id == group.id);
        hand_over(tx, me, &group, named.map_or("", |(_, name)| name.trim()))?;
    }
    for group in led(tx, me)? {
        put_state(tx, group.id, CommunityState::Retired)?;
    }
    let account = accounts::get(tx, me)?;
    end(tx, &account, None)?;
    audit::add(tx, Some(me), "account.delete", &account.acct(), "own wish")
}

/// Holds whoever goes, with what they lead and others besides: two who go at the same time would leave nobody.
fn hold_for_end(tx: &mut Tx<'_>, leaving: AccountId, others: Vec<AccountId>) -> Result<()> {
    // As whoever posts with a key does: the user before the account.
    hold::user(tx, leaving)?;
    let rows = communities::list_of_account(tx, leaving)?;
    let rows = rows.iter().filter(|row| row.role == CommunityRole::Steward);
    let mut concerned = others;
    concerned.extend(rows.map(|row| row.community_id));
    concerned.push(leaving);
    hold::accounts(tx, &concerned)
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

/// A moderator ends an account, of this node or another. A community that it led alone is at risk from then on, and says so.
///
/// # Errors
/// `NotFound`, also for an account of another node that nobody ends.
pub fn end_by(tx: &mut Tx<'_>, by: Option<&Viewer>, account: AccountId) -> Result<()> {
    hold_for_end(tx, account, Vec::new())?;
    let found = accounts::get(tx, account)?;
    for group in led(tx, account)? {
        if communities::get(tx, group.id)?.state == CommunityState::Active {
            put_state(tx, group.id, CommunityState::AtRisk)?;
        }
    }
    let by = by.and_then(Viewer::account);
    if by.is_none() && !found.is_local() {
        return Err(Error::NotFound);
    }
    end(tx, &found, by)?;
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
    end(tx, &found, None)
}

/// Shuts every door, empties the profile, tells other nodes and orders the rest. A second time changes nothing.
fn end(tx: &mut Tx<'_>, account: &Account, by: Option<AccountId>) -> Result<()> {
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
    if account.is_local() {
        let_go(tx, account.avatar.as_deref())?;
        let_go(tx, account.header.as_deref())?;
    }
    let empty = Profile {
        display_name: String::new(),
        note_source: String::new(),
        note_html: String::new(),
        fields: "[]".into(),
        locked: true,
        bot: false,
        discoverable: false,
        indexable: false,
        avatar: None,
        header: None,
    };
    accounts::update_profile(tx, id, &empty)?;
    accounts::set_state(tx, id, AccountState::Deleted)?;
    order(tx, Erasure { account: id, by })
}

/// Whose traces go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasure {
    /// The account that ended.
    pub account: AccountId,
    /// The moderator of this node who ended it; `None` where its owner or its own node did.
    pub by: Option<AccountId>,
}

impl Erasure {
    /// Reads the payload of a job; `None` for one that is none.
    pub fn parse(payload: &str) -> Option<Self> {
        let (account, by) = match payload.split_once(' ') {
            Some((account, by)) => (account, Some(by.parse().ok()?)),
            None => (payload, None),
        };
        let account = account.parse().ok()?;
        Some(Self { account, by })
    }

    /// As the payload of a job.
    pub fn payload(self) -> String {
        match self.by {
            Some(by) => format!("{} {by}", self.account),
            None => self.account.to_string(),
        }
    }
}

fn order(tx: &mut Tx<'_>, erasure: Erasure) -> Result<()> {
    let lane = format!("erase {}", erasure.account);
    jobs::enqueue(tx, ERASE, &lane, &erasure.payload()).map(drop)
}

/// Goes on later.
///
/// # Errors
/// `Unavailable`.
pub fn erase_on(tx: &mut Tx<'_>, erasure: Erasure) -> Result<()> {
    order(tx, erasure)
}

/// Takes away some of what an ended account left behind; `true` once nothing is left but its uploads.
///
/// # Errors
/// `NotFound`; `Forbidden(WrongState)` for an account that has not ended.
pub fn erase(tx: &mut Tx<'_>, erasure: Erasure) -> Result<bool> {
    let account = erasure.account;
    let found = accounts::get(tx, account)?;
    if found.state != AccountState::Deleted {
        return Err(Refusal::WrongState.into());
    }
    if bury_posts(tx, &found, erasure)? {
        return Ok(false);
    }
    for step in [take_marks, cut_bonds] {
        if step(tx, &found)? {
            return Ok(false);
        }
    }
    // Their members are counted: held together, as where bonds are cut, and looked at again.
    let mut held = departure::list_communities(tx, account)?;
    held.push(account);
    hold::accounts(tx, &held)?;
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
fn bury_posts(tx: &mut Tx<'_>, account: &Account, erasure: Erasure) -> Result<bool> {
    for planned in scheduled::list(tx, account.id, &Page::first(BATCH))? {
        match schedule_post::cancel_post(tx, account.id, planned.id) {
            // It was published meanwhile, or cancelled.
            Ok(()) | Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    let ids = posts::list_ids_by_author(tx, account.id, POSTS)?;
    if ids.is_empty() {
        // Nothing is held yet that the next steps would hold in another order.
        return Ok(false);
    }
    // All that are counted, held together: one after the other, two that end at once would wait for each other.
    let found = posts::map(tx, &ids)?;
    let counted = found.values().filter_map(|post| post.community_id);
    let held: Vec<AccountId> = counted.chain([account.id]).collect();
    hold::accounts(tx, &held)?;
    let mut touched = Vec::new();
    for post in found.values() {
        touched.extend(delete_post::touched(tx, post)?);
    }
    hold::posts(tx, &touched)?;
    for id in &ids {
        if let Some(post) = posts::find(tx, *id)?
            && delete_post::bury(tx, &post)?
        {
            tell_readers(tx, &post, erasure.by)?;
        }
    }
    Ok(true)
}

/// The end of the account reaches whoever knows it. Who has a post by way of a community of ours may not: they hear of that
/// post, as when it alone is deleted. An author elsewhere is not said to have done what a moderator here did, and that
/// moderator is named to nobody: the community says it.
fn tell_readers(tx: &mut Tx<'_>, post: &Post, by: Option<AccountId>) -> Result<()> {
    let Some(community) = post.community_id else {
        return Ok(());
    };
    if accounts::get(tx, community)?.is_local() {
        let moderated = by.is_some() && !post.local;
        let by = if moderated { community } else { post.author_id };
        tx.emit(Event::PostDeleted { post: post.id, by });
    }
    Ok(())
}

fn take_marks(tx: &mut Tx<'_>, account: &Account) -> Result<bool> {
    let boosts = departure::list_boosts(tx, account.id, BATCH)?;
    let quiet = departure::list_marks(tx, account.id, BATCH)?;
    let counted = boosts.iter().map(|boost| boost.post_id);
    let counted: Vec<PostId> = counted
        .chain(quiet.iter().map(|mark| mark.post_id))
        .collect();
    hold::posts(tx, &counted)?;
    for boost in &boosts {
        marks::unboost(tx, boost.id)?;
        home::remove_entry(tx, boost.post_id, boost.id)?;
        posts::bump(tx, boost.post_id, Count::Boosts, -1)?;
    }
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
    // Their counts change: held together, so that nobody waits the other way round.
    let held: Vec<AccountId> = bonds.iter().flat_map(|(by, of)| [*by, *of]).collect();
    hold::accounts(tx, &held)?;
    for (follower, target) in &bonds {
        follows::delete(tx, *follower, *target)?;
    }
    Ok(!bonds.is_empty())
}
