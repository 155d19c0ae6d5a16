//! Coming into a community and leaving it: asking, deciding, inviting, removing.

use crate::actions::{compose, standing};
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::AccountId;
use crate::model::membership::{self, Standing};
use crate::model::refusal::Refusal;
use crate::model::words::{Boundary, CommunityRole, FollowState, MembershipState, Role};
use crate::store::communities::{self, Membership};
use crate::store::db::Tx;
use crate::store::follows::{self, Follow};
use crate::store::{accounts, domain_blocks, hold, home, users};

/// Longest message of an applicant or reason of a decision, in characters.
const WORDS: usize = 2000;

/// How somebody stands, kept so until this transaction ends.
fn held_standing(tx: &mut Tx<'_>, community: AccountId, account: AccountId) -> Result<Standing> {
    hold::accounts(tx, &[community, account])?;
    compose::standing(tx, community, account)
}

/// Somebody asks to come in.
#[derive(Debug, Clone)]
pub struct Request {
    /// The community, of this node or of another.
    pub community: AccountId,
    /// Who asks.
    pub account: AccountId,
    /// Why.
    pub message: String,
    /// The address of the Follow, where it came from another node.
    pub uri: Option<String>,
    /// Whether the person's node may only read along: then a follow is all there is, accepted at once where the
    /// community is public.
    pub reader: bool,
}

/// A reader follows, and is no member.
fn read_along(tx: &mut Tx<'_>, request: &Request) -> Result<MembershipState> {
    let uri = follow_community(tx, request.community, request.account, request.uri.clone())?;
    decided(tx, request.community, request.account, uri, true);
    Ok(MembershipState::None)
}

/// Asks to come in. Idempotent; whoever was invited agrees by it.
///
/// # Errors
/// `NotFound`; `Forbidden` as the rules of [`membership::join`] say; `Forbidden(PeerMode)` for a reader of a community
/// that is not public.
pub fn join(tx: &mut Tx<'_>, request: &Request) -> Result<MembershipState> {
    if request.message.chars().count() > WORDS {
        return Err(Error::invalid("message", Refusal::TooLong(WORDS)));
    }
    let standing = held_standing(tx, request.community, request.account)?;
    standing::must_still_be_here(tx, request.account)?;
    let community = communities::get(tx, request.community)?;
    if !accounts::get(tx, request.community)?.is_local() {
        return ask_elsewhere(tx, request, standing);
    }
    if request.reader {
        if community.boundary != Boundary::Public || standing.state == MembershipState::Banned {
            return Err(Refusal::PeerMode.into());
        }
        return read_along(tx, request);
    }
    let state = membership::join(community.join_policy, community.state, standing)?;
    let changed = state != standing.state;
    if changed {
        put(
            tx,
            request.community,
            request.account,
            standing.role,
            state,
            &request.message,
            None,
            "",
        )?;
    }
    match state {
        MembershipState::Active => {
            let uri =
                follow_community(tx, request.community, request.account, request.uri.clone())?;
            decided(tx, request.community, request.account, uri, true);
            if changed && standing.role == CommunityRole::Steward {
                // Who was invited as a steward is one from now on: the community's actor names them.
                tx.emit(Event::AccountUpdated {
                    account: request.community,
                });
            }
        }
        _ => {
            put_follow(
                tx,
                request.community,
                request.account,
                FollowState::Requested,
                request.uri.clone(),
            )?;
        }
    }
    if changed {
        tx.emit(Event::MembershipChanged {
            community: request.community,
            account: request.account,
            state,
        });
    }
    Ok(state)
}

/// A person of this node asks a community of another: the answer arrives later.
fn ask_elsewhere(tx: &mut Tx<'_>, request: &Request, known: Standing) -> Result<MembershipState> {
    let host = accounts::get(tx, request.community)?.domain;
    if domain_blocks::blocks(tx, request.account, &host)? {
        return Err(Refusal::Blocked.into());
    }
    match known.state {
        MembershipState::Active => return Ok(MembershipState::Active),
        MembershipState::Banned => return Err(Refusal::Banned.into()),
        _ => {}
    }
    let (community, account) = (request.community, request.account);
    put(
        tx,
        community,
        account,
        CommunityRole::Member,
        MembershipState::Requested,
        &request.message,
        None,
        "",
    )?;
    let uri = put_follow(tx, community, account, FollowState::Requested, None)?;
    tx.emit(Event::FollowRequested {
        follower: account,
        target: community,
        uri,
        accepted: false,
    });
    Ok(MembershipState::Requested)
}

/// The host of a community elsewhere answers a person of this node. A no also ends a membership that was active.
///
/// # Errors
/// `NotFound` where the person never asked.
pub fn answered(
    tx: &mut Tx<'_>,
    community: AccountId,
    account: AccountId,
    accepted: bool,
) -> Result<()> {
    let standing = held_standing(tx, community, account)?;
    let row = follows::find(tx, account, community)?.ok_or(Error::NotFound)?;
    let state = match (accepted, standing.state) {
        (true, _) => MembershipState::Active,
        // The ban was told before the refusal that follows from it.
        (false, MembershipState::Banned) => MembershipState::Banned,
        (false, MembershipState::Active) => MembershipState::Removed,
        (false, _) => MembershipState::Refused,
    };
    if accepted {
        put_follow(tx, community, account, FollowState::Accepted, Some(row.uri))?;
        home::backfill(tx, account, community, true)?;
    } else {
        follows::delete(tx, account, community)?;
        home::remove_actor(tx, account, community)?;
    }
    if standing.state != state {
        put(tx, community, account, standing.role, state, "", None, "")?;
        tx.emit(Event::MembershipChanged {
            community,
            account,
            state,
        });
    }
    Ok(())
}

/// A community elsewhere bans a person of this node, or lifts the ban.
///
/// # Errors
/// `NotFound` for the lifting of a ban that is not known here.
pub fn banned_elsewhere(
    tx: &mut Tx<'_>,
    community: AccountId,
    account: AccountId,
    banned: bool,
) -> Result<()> {
    let before = held_standing(tx, community, account)?.state;
    let state = if banned {
        MembershipState::Banned
    } else {
        MembershipState::None
    };
    if banned {
        if follows::delete(tx, account, community)?.is_some() {
            home::remove_actor(tx, account, community)?;
        }
        if before == state {
            return Ok(());
        }
        let role = CommunityRole::Member;
        put(tx, community, account, role, state, "", None, "")?;
    } else if before == MembershipState::Banned {
        communities::delete_membership(tx, community, account)?;
    } else {
        return Err(Error::NotFound);
    }
    tx.emit(Event::MembershipChanged {
        community,
        account,
        state,
    });
    Ok(())
}

/// The follow that brings a community's posts home, agreed; the address of its Follow.
pub fn follow_community(
    tx: &mut Tx<'_>,
    community: AccountId,
    account: AccountId,
    uri: Option<String>,
) -> Result<String> {
    let before = follows::find(tx, account, community)?.map(|row| row.state);
    let uri = put_follow(tx, community, account, FollowState::Accepted, uri)?;
    if before != Some(FollowState::Accepted) && accounts::get(tx, account)?.is_local() {
        home::backfill(tx, account, community, true)?;
    }
    Ok(uri)
}

fn put_follow(
    tx: &mut Tx<'_>,
    community: AccountId,
    account: AccountId,
    state: FollowState,
    uri: Option<String>,
) -> Result<String> {
    let before = follows::find(tx, account, community)?;
    let id = before.as_ref().map_or_else(|| tx.new_id(), |old| old.id);
    let known = before.as_ref().map(|old| old.uri.clone());
    let uri = uri.or(known).unwrap_or_else(|| tx.node().activity_uri(id));
    let row = Follow {
        id,
        follower_id: account,
        target_id: community,
        state,
        uri: uri.clone(),
        show_boosts: before.as_ref().is_none_or(|old| old.show_boosts),
        notify: before.as_ref().is_some_and(|old| old.notify),
        created_at: tx.now(),
    };
    follows::put(tx, &row)?;
    Ok(uri)
}

fn decided(tx: &mut Tx<'_>, community: AccountId, account: AccountId, uri: String, accepted: bool) {
    tx.emit(Event::FollowDecided {
        follower: account,
        target: community,
        uri,
        accepted,
    });
}

#[expect(clippy::too_many_arguments, reason = "one row's columns")]
fn put(
    tx: &mut Tx<'_>,
    community: AccountId,
    account: AccountId,
    role: CommunityRole,
    state: MembershipState,
    message: &str,
    decided_by: Option<AccountId>,
    reason: &str,
) -> Result<()> {
    let now = tx.now();
    let row = Membership {
        id: tx.new_id(),
        community_id: community,
        account_id: account,
        role,
        state,
        message: message.trim().to_owned(),
        reason: reason.trim().to_owned(),
        decided_by,
        created_at: now,
        updated_at: now,
    };
    communities::put_membership(tx, &row)
}

/// Leaves. Idempotent; a ban stays.
pub fn leave(tx: &mut Tx<'_>, community: AccountId, account: AccountId) -> Result<MembershipState> {
    let standing = held_standing(tx, community, account)?;
    if let Some(old) = follows::delete(tx, account, community)? {
        home::remove_actor(tx, account, community)?;
        tx.emit(Event::Unfollowed {
            follower: account,
            target: community,
            uri: old.uri,
        });
    }
    if standing.state == MembershipState::Banned {
        return Ok(MembershipState::Banned);
    }
    if standing.state != MembershipState::None {
        communities::delete_membership(tx, community, account)?;
        tx.emit(Event::MembershipChanged {
            community,
            account,
            state: MembershipState::None,
        });
    }
    Ok(MembershipState::None)
}

/// Whether `by` may decide about `account` here: a steward about anybody, moderators and admins of the node about people
/// of this node.
fn may_decide(
    tx: &mut Tx<'_>,
    by: AccountId,
    community: AccountId,
    account: AccountId,
) -> Result<()> {
    if !accounts::get(tx, community)?.is_local() {
        return Err(Error::NotFound);
    }
    if communities::is_steward(tx, community, by)? {
        return Ok(());
    }
    let role = users::find(tx, by)?.map_or(Role::Member, |user| user.role);
    if role >= Role::Moderator && accounts::get(tx, account)?.is_local() {
        return Ok(());
    }
    Err(Refusal::StewardsOnly.into())
}

/// Decides a request.
///
/// # Errors
/// `Forbidden(StewardsOnly)`; `NotFound` where there is no request.
pub fn decide(
    tx: &mut Tx<'_>,
    by: AccountId,
    community: AccountId,
    account: AccountId,
    accept: bool,
    reason: &str,
) -> Result<MembershipState> {
    may_decide(tx, by, community, account)?;
    check_reason(reason)?;
    let standing = held_standing(tx, community, account)?;
    if standing.state != MembershipState::Requested {
        return Err(Error::NotFound);
    }
    let state = if accept {
        MembershipState::Active
    } else {
        MembershipState::Refused
    };
    put(
        tx,
        community,
        account,
        standing.role,
        state,
        "",
        Some(by),
        reason,
    )?;
    end_or_agree(tx, community, account, accept)?;
    tx.emit(Event::MembershipChanged {
        community,
        account,
        state,
    });
    Ok(state)
}

fn end_or_agree(
    tx: &mut Tx<'_>,
    community: AccountId,
    account: AccountId,
    accept: bool,
) -> Result<()> {
    let uri = if accept {
        follow_community(tx, community, account, None)?
    } else {
        let Some(old) = follows::delete(tx, account, community)? else {
            return Ok(());
        };
        home::remove_actor(tx, account, community)?;
        old.uri
    };
    decided(tx, community, account, uri, accept);
    Ok(())
}

fn check_reason(reason: &str) -> Result<()> {
    if reason.chars().count() > WORDS {
        return Err(Error::invalid("reason", Refusal::TooLong(WORDS)));
    }
    Ok(())
}

/// Invites somebody: the next request to join is accepted at once.
///
/// # Errors
/// `Forbidden(StewardsOnly)`; `Forbidden(WrongState)` for members and banned people.
pub fn invite(
    tx: &mut Tx<'_>,
    by: AccountId,
    community: AccountId,
    account: AccountId,
) -> Result<MembershipState> {
    if !accounts::get(tx, community)?.is_local() {
        return Err(Error::NotFound);
    }
    if !communities::is_steward(tx, community, by)? {
        return Err(Refusal::StewardsOnly.into());
    }
    let standing = held_standing(tx, community, account)?;
    match standing.state {
        MembershipState::Active | MembershipState::Banned => return Err(Refusal::WrongState.into()),
        MembershipState::Requested => return decide(tx, by, community, account, true, ""),
        _ => {}
    }
    put(
        tx,
        community,
        account,
        CommunityRole::Member,
        MembershipState::Invited,
        "",
        Some(by),
        "",
    )?;
    tx.emit(Event::MembershipChanged {
        community,
        account,
        state: MembershipState::Invited,
    });
    Ok(MembershipState::Invited)
}

/// Sends a member away, for now or (`ban`) for good. A reason is needed.
///
/// # Errors
/// `Forbidden(StewardsOnly)`; `Invalid` for `reason`; `NotFound` for whoever is not in.
pub fn remove_member(
    tx: &mut Tx<'_>,
    by: AccountId,
    community: AccountId,
    account: AccountId,
    ban: bool,
    reason: &str,
) -> Result<MembershipState> {
    may_decide(tx, by, community, account)?;
    if reason.trim().is_empty() {
        return Err(Error::invalid("reason", Refusal::Blank));
    }
    check_reason(reason)?;
    let standing = held_standing(tx, community, account)?;
    let reader = follows::find(tx, account, community)?.is_some();
    if standing.state == MembershipState::None && !reader && !ban {
        return Err(Error::NotFound);
    }
    let state = if ban {
        MembershipState::Banned
    } else {
        MembershipState::Removed
    };
    if standing.state == MembershipState::Banned && !ban {
        tx.emit(Event::BanLifted { community, account });
    }
    put(
        tx,
        community,
        account,
        CommunityRole::Member,
        state,
        "",
        Some(by),
        reason,
    )?;
    end_or_agree(tx, community, account, false)?;
    tx.emit(Event::MembershipChanged {
        community,
        account,
        state,
    });
    Ok(state)
}
