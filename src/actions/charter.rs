//! A community is proposed, its charter changed, and it is opened once the charter is whole.

use crate::actions::take_along;
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::AccountId;
use crate::model::names::{check_name, clean_line};
use crate::model::refusal::Refusal;
use crate::model::text::markdown::{Links, render};
use crate::model::words::{
    AccountState, ActorKind, Boundary, CommunityRole, CommunityState, Direction, JoinPolicy,
    Listing, MembershipState, PostingPolicy, Role,
};
use crate::secrets::ActorKey;
use crate::store::accounts::{self, Account};
use crate::store::communities::{self, Community, Goal, Membership};
use crate::store::db::Tx;
use crate::store::hold;

/// Stewards that a community needs to open.
pub const STEWARDS: usize = 2;
/// Longest purpose, in characters.
pub const PURPOSE: usize = 2000;
/// Longest title of a community, in characters.
pub const TITLE: usize = 100;

/// A goal to be set.
#[derive(Debug, Clone, PartialEq)]
pub struct NewGoal {
    /// What is measured.
    pub name: String,
    /// In which unit.
    pub unit: String,
    /// Where it begins.
    pub baseline: f64,
    /// Where it should be.
    pub target: f64,
    /// By when.
    pub due: chrono::NaiveDate,
    /// Whether it should rise or fall; told by baseline and target if absent.
    pub direction: Option<Direction>,
}

/// A community to be proposed.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "holds a key")]
pub struct Proposal {
    /// The name in its handle.
    pub name: String,
    /// Title.
    pub title: String,
    /// What it is for, Markdown.
    pub purpose: String,
    /// How far it reaches.
    pub boundary: Boundary,
    /// Whether it is listed.
    pub visibility: Listing,
    /// How one comes in.
    pub join_policy: JoinPolicy,
    /// Who may start threads.
    pub posting_policy: PostingPolicy,
    /// Measurable aims.
    pub goals: Vec<NewGoal>,
    /// Stewards, people of this node. All but the proposer are invited: they agree by joining. Where nobody proposes
    /// (an act of the operator), they are stewards at once.
    pub stewards: Vec<AccountId>,
    /// Key of the community's actor, made before the transaction.
    pub key: ActorKey,
}

/// Proposes a community. `by` becomes a steward at once, so that somebody can complete the charter.
///
/// # Errors
/// `Invalid` naming the field, the name first.
pub fn propose(tx: &mut Tx<'_>, by: Option<AccountId>, wanted: Proposal) -> Result<AccountId> {
    check_name(&wanted.name, Role::Member).map_err(|why| Error::invalid("name", why))?;
    if accounts::find_local(tx, &wanted.name)?.is_some() {
        return Err(Error::invalid("name", Refusal::Taken));
    }
    let (title, purpose) = check_words(&wanted.title, &wanted.purpose)?;
    let (id, now) = (AccountId(tx.new_id()), tx.now());
    let mut account = Account::local(id, ActorKind::Group, &wanted.name, &tx.node().base_url, now);
    account.display_name = title;
    account.note_html = note(tx, &purpose);
    account.note_source.clone_from(&purpose);
    account.ed25519_key = Some(wanted.key.multikey.clone());
    account.discoverable = wanted.visibility == Listing::Listed;
    account.indexable = wanted.boundary == Boundary::Public && wanted.visibility == Listing::Listed;
    account.locked = wanted.join_policy != JoinPolicy::Open;
    if !accounts::insert(tx, &account)? {
        return Err(Error::invalid("name", Refusal::Taken));
    }
    accounts::insert_keys(tx, id, &wanted.key.pem, None)?;
    let row = Community {
        account_id: id,
        purpose,
        state: CommunityState::Proposed,
        boundary: wanted.boundary,
        visibility: wanted.visibility,
        join_policy: wanted.join_policy,
        posting_policy: wanted.posting_policy,
        members_count: 0,
        created_by: by,
        opened_at: None,
        created_at: now,
    };
    communities::insert(tx, &row)?;
    set_goals(tx, id, &wanted.goals)?;
    if let Some(by) = by {
        appoint(tx, id, by, CommunityRole::Steward)?;
    }
    for steward in wanted.stewards.into_iter().filter(|one| Some(*one) != by) {
        match by {
            Some(by) => invite_steward(tx, id, steward, by)?,
            None => appoint(tx, id, steward, CommunityRole::Steward)?,
        }
    }
    Ok(id)
}

/// Longest purpose and title are checked here; both are needed.
fn check_words(title: &str, purpose: &str) -> Result<(String, String)> {
    let title = clean_line(title, TITLE + 1);
    let purpose = purpose.trim().to_owned();
    for (field, text, max) in [("title", &title, TITLE), ("purpose", &purpose, PURPOSE)] {
        if text.is_empty() {
            return Err(Error::invalid(field, Refusal::Blank));
        }
        if text.chars().count() > max {
            return Err(Error::invalid(field, Refusal::TooLong(max)));
        }
    }
    Ok((title, purpose))
}

fn note(tx: &Tx<'_>, purpose: &str) -> String {
    render(
        purpose,
        &Links {
            base_url: tx.node().base_url.clone(),
            ..Links::default()
        },
    )
}

fn set_goals(tx: &mut Tx<'_>, community: AccountId, wanted: &[NewGoal]) -> Result<()> {
    let mut rows = Vec::new();
    for goal in wanted {
        if goal.name.trim().is_empty() || !goal.baseline.is_finite() || !goal.target.is_finite() {
            return Err(Error::invalid("goals", Refusal::Malformed));
        }
        let told = if goal.target < goal.baseline {
            Direction::Down
        } else {
            Direction::Up
        };
        rows.push(Goal {
            id: tx.new_id(),
            community_id: community,
            name: clean_line(&goal.name, 200),
            unit: clean_line(&goal.unit, 60),
            baseline: goal.baseline,
            target: goal.target,
            due: goal.due,
            direction: goal.direction.unwrap_or(told),
        });
    }
    communities::set_goals(tx, community, &rows)
}

/// Writes how a person of this node stands to a community.
fn put(
    tx: &mut Tx<'_>,
    community: AccountId,
    account: AccountId,
    role: CommunityRole,
    state: MembershipState,
    decided_by: Option<AccountId>,
) -> Result<()> {
    let person = accounts::get(tx, account)?;
    // Nobody is led by whoever cannot act; a steward who cannot any more may still be made a member.
    let acts = person.state == AccountState::Active || role != CommunityRole::Steward;
    if !person.is_local() || person.kind != ActorKind::Person || !acts {
        return Err(Error::invalid("stewards", Refusal::UnknownPerson));
    }
    let now = tx.now();
    let row = Membership {
        id: tx.new_id(),
        community_id: community,
        account_id: account,
        role,
        state,
        message: String::new(),
        reason: String::new(),
        decided_by,
        created_at: now,
        updated_at: now,
    };
    communities::put_membership(tx, &row)
}

/// Asks somebody of this node to be a steward: they are one once they join.
fn invite_steward(
    tx: &mut Tx<'_>,
    community: AccountId,
    account: AccountId,
    by: AccountId,
) -> Result<()> {
    let (role, state) = (CommunityRole::Steward, MembershipState::Invited);
    put(tx, community, account, role, state, Some(by))?;
    tx.emit(Event::MembershipChanged {
        community,
        account,
        state,
    });
    Ok(())
}

/// Makes the stewards of a community those who are named. Members become stewards at once, others are invited; whoever
/// is no longer named stays as a member, and an invitation that was not answered ends.
fn set_stewards(
    tx: &mut Tx<'_>,
    community: &Community,
    by: Option<AccountId>,
    wanted: &[AccountId],
) -> Result<()> {
    let id = community.account_id;
    let states = [MembershipState::Active, MembershipState::Invited];
    let roles = [CommunityRole::Steward];
    let before = communities::list_members(tx, id, &states, &roles, None, 1000)?;
    for row in before
        .iter()
        .filter(|row| !wanted.contains(&row.account_id))
    {
        if row.state == MembershipState::Active {
            let role = CommunityRole::Member;
            put(tx, id, row.account_id, role, row.state, by)?;
        } else {
            communities::delete_membership(tx, id, row.account_id)?;
        }
    }
    for account in wanted {
        if before.iter().any(|row| row.account_id == *account) {
            continue;
        }
        let state = communities::find_membership(tx, id, *account)?.map(|row| row.state);
        match (state, by) {
            (Some(MembershipState::Banned), _) => {
                return Err(Error::invalid("stewards", Refusal::Banned));
            }
            (Some(MembershipState::Active), _) | (_, None) => {
                appoint(tx, id, *account, CommunityRole::Steward)?;
            }
            (_, Some(by)) => invite_steward(tx, id, *account, by)?,
        }
    }
    let needed = if community.state == CommunityState::Proposed {
        1
    } else {
        STEWARDS
    };
    if communities::stewards(tx, id)?.len() < needed {
        return Err(Error::invalid("stewards", Refusal::TooFewStewards(needed)));
    }
    Ok(())
}

/// Makes somebody of this node an active member in a role, with the follow that brings its posts home.
pub fn appoint(
    tx: &mut Tx<'_>,
    community: AccountId,
    account: AccountId,
    role: CommunityRole,
) -> Result<()> {
    put(tx, community, account, role, MembershipState::Active, None)?;
    super::join::follow_community(tx, community, account, None)?;
    tx.emit(Event::MembershipChanged {
        community,
        account,
        state: MembershipState::Active,
    });
    Ok(())
}

/// Opens a proposed community: purpose, one goal and two stewards are needed.
///
/// # Errors
/// `Forbidden(StewardsOnly)`; `Invalid` naming what the charter lacks.
pub fn open(tx: &mut Tx<'_>, by: Option<AccountId>, id: AccountId) -> Result<Community> {
    let mut community = local(tx, by, id)?;
    if community.state != CommunityState::Proposed {
        return Ok(community);
    }
    if community.purpose.trim().is_empty() {
        return Err(Error::invalid("purpose", Refusal::CharterIncomplete));
    }
    if communities::list_goals(tx, id)?.is_empty() {
        return Err(Error::invalid("goals", Refusal::CharterIncomplete));
    }
    if communities::stewards(tx, id)?.len() < STEWARDS {
        return Err(Error::invalid(
            "stewards",
            Refusal::TooFewStewards(STEWARDS),
        ));
    }
    community.state = CommunityState::Active;
    community.opened_at = Some(tx.now());
    communities::update(tx, &community)?;
    tx.emit(Event::AccountUpdated { account: id });
    Ok(community)
}

/// A community of this node that `by` may change; `None` stands for the node's operator.
fn local(tx: &mut Tx<'_>, by: Option<AccountId>, id: AccountId) -> Result<Community> {
    let community = communities::get(tx, id)?;
    if !accounts::get(tx, id)?.is_local() {
        return Err(Error::NotFound);
    }
    if let Some(by) = by
        && !communities::is_steward(tx, id, by)?
    {
        return Err(Refusal::StewardsOnly.into());
    }
    Ok(community)
}

/// What is to change in a charter; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct CharterChanges {
    /// Title.
    pub title: Option<String>,
    /// Purpose.
    pub purpose: Option<String>,
    /// Boundary, for future posts.
    pub boundary: Option<Boundary>,
    /// Listing.
    pub visibility: Option<Listing>,
    /// How one comes in.
    pub join_policy: Option<JoinPolicy>,
    /// Who may start threads.
    pub posting_policy: Option<PostingPolicy>,
    /// Goals, all of them.
    pub goals: Option<Vec<NewGoal>>,
    /// Stewards, all of them.
    pub stewards: Option<Vec<AccountId>>,
}

/// Changes a charter.
///
/// # Errors
/// `Forbidden(StewardsOnly)`; `Invalid` naming the field.
pub fn change(
    tx: &mut Tx<'_>,
    by: Option<AccountId>,
    id: AccountId,
    changes: CharterChanges,
) -> Result<Community> {
    // Before anything is read: two stewards who change it at the same time would write over each other, and send each other
    // away so that none is left.
    let mut concerned = vec![id];
    concerned.extend(changes.stewards.iter().flatten());
    hold::accounts(tx, &concerned)?;
    let mut community = local(tx, by, id)?;
    let account = accounts::get(tx, id)?;
    let title = changes.title.as_deref().unwrap_or(&account.display_name);
    let purpose = changes.purpose.as_deref().unwrap_or(&community.purpose);
    let (title, purpose) = check_words(title, purpose)?;
    community.boundary = changes.boundary.unwrap_or(community.boundary);
    let was_hidden = community.visibility == Listing::Hidden;
    community.visibility = changes.visibility.unwrap_or(community.visibility);
    community.join_policy = changes.join_policy.unwrap_or(community.join_policy);
    community.posting_policy = changes.posting_policy.unwrap_or(community.posting_policy);
    community.purpose.clone_from(&purpose);
    communities::update(tx, &community)?;
    if was_hidden != (community.visibility == Listing::Hidden) {
        take_along::begin(tx, &community)?;
    }
    if let Some(goals) = &changes.goals {
        if goals.is_empty() && community.state != CommunityState::Proposed {
            return Err(Error::invalid("goals", Refusal::CharterIncomplete));
        }
        set_goals(tx, id, goals)?;
    }
    if let Some(stewards) = &changes.stewards {
        set_stewards(tx, &community, by, stewards)?;
    }
    let profile = accounts::Profile {
        display_name: title,
        note_html: note(tx, &purpose),
        note_source: purpose,
        fields: account.fields,
        locked: community.join_policy != JoinPolicy::Open,
        bot: false,
        discoverable: community.visibility == Listing::Listed,
        indexable: community.boundary == Boundary::Public
            && community.visibility == Listing::Listed,
        avatar: account.avatar,
        header: account.header,
    };
    accounts::update_profile(tx, id, &profile)?;
    tx.emit(Event::AccountUpdated { account: id });
    Ok(community)
}
