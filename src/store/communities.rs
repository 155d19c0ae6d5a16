//! Communities: charter, goals and members.

use diesel::prelude::*;

use super::accounts::Account;
use super::conn::{Conn, MultiBackend, on_backend};
use super::dialect::among::among;
use super::page::Page;
use super::schema::{accounts, communities, goals, memberships};
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::time::Time;
use crate::model::viewer::Viewer;
use crate::model::words::{
    AccountState, Boundary, CommunityRole, CommunityState, Direction, JoinPolicy, Listing,
    MembershipState, PostingPolicy, Role,
};

/// What a community is besides being an actor.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = communities, check_for_backend(MultiBackend))]
pub struct Community {
    /// Its account.
    pub account_id: AccountId,
    /// What it is for, as typed.
    pub purpose: String,
    /// Whether it lives.
    pub state: CommunityState,
    /// How far it reaches.
    pub boundary: Boundary,
    /// Whether it is listed.
    pub visibility: Listing,
    /// How one comes in.
    pub join_policy: JoinPolicy,
    /// Who may start threads.
    pub posting_policy: PostingPolicy,
    /// Active members known here.
    pub members_count: i32,
    /// Who proposed it.
    pub created_by: Option<AccountId>,
    /// When it opened.
    pub opened_at: Option<Time>,
    /// When it was proposed, or became known here.
    pub created_at: Time,
}

/// A measurable aim.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = goals, check_for_backend(MultiBackend))]
pub struct Goal {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub community_id: AccountId,
    /// What is measured.
    pub name: String,
    /// In which unit.
    pub unit: String,
    /// Where it began.
    pub baseline: f64,
    /// Where it should be.
    pub target: f64,
    /// By when.
    pub due: chrono::NaiveDate,
    /// Whether it should rise or fall.
    pub direction: Direction,
}

/// Somebody's relation to a community.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = memberships, check_for_backend(MultiBackend))]
pub struct Membership {
    /// Row id; lists page by it.
    pub id: i64,
    /// The community.
    pub community_id: AccountId,
    /// The person.
    pub account_id: AccountId,
    /// As what.
    pub role: CommunityRole,
    /// Where it stands.
    pub state: MembershipState,
    /// What the person wrote when asking.
    pub message: String,
    /// Why it was decided so.
    pub reason: String,
    /// Who decided.
    pub decided_by: Option<AccountId>,
    /// Since when.
    pub created_at: Time,
    /// Last change.
    pub updated_at: Time,
}

/// Adds a community whose account exists.
pub fn insert(conn: &mut Conn, community: &Community) -> Result<()> {
    on_backend!(conn, |c| diesel::insert_into(communities::table)
        .values(community)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// A community by id.
pub fn find(conn: &mut Conn, id: AccountId) -> Result<Option<Community>> {
    Ok(communities::table
        .find(id)
        .select(Community::as_select())
        .first(conn)
        .optional()?)
}

/// A community by id.
pub fn get(conn: &mut Conn, id: AccountId) -> Result<Community> {
    find(conn, id)?.ok_or(Error::NotFound)
}

/// Several communities by id.
pub fn list(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<Community>> {
    Ok(communities::table
        .filter(among(conn, communities::account_id, ids.iter().copied()))
        .select(Community::as_select())
        .load(conn)?)
}

/// A community that the viewer may know of: a hidden one only for whoever is in it or invited.
pub fn get_visible(conn: &mut Conn, viewer: &Viewer, id: AccountId) -> Result<Community> {
    let community = get(conn, id)?;
    if is_visible(conn, viewer, &community)? {
        Ok(community)
    } else {
        Err(Error::NotFound)
    }
}

/// Whether the viewer may know of a community.
pub fn is_visible(conn: &mut Conn, viewer: &Viewer, community: &Community) -> Result<bool> {
    if community.visibility != Listing::Hidden {
        return Ok(true);
    }
    let Some(me) = viewer.account() else {
        return Ok(false);
    };
    let membership = find_membership(conn, community.account_id, me)?;
    Ok(membership.is_some_and(|m| {
        matches!(
            m.state,
            MembershipState::Active | MembershipState::Invited | MembershipState::Requested
        )
    }))
}

/// Whether the viewer may know of an actor: of a community that is hidden only those who are in it, of all others
/// everybody.
pub fn is_account_visible(conn: &mut Conn, viewer: &Viewer, account: &Account) -> Result<bool> {
    if !account.is_group() {
        return Ok(true);
    }
    match find(conn, account.id)? {
        Some(community) => is_visible(conn, viewer, &community),
        None => Ok(true),
    }
}

/// Whether somebody of another node may know of a community of this one: it reaches that far, and is not hidden or the
/// person is in it or invited.
pub fn is_visible_outside(
    conn: &mut Conn,
    account: AccountId,
    community: &Community,
) -> Result<bool> {
    let viewer = Viewer::Person {
        id: account,
        role: Role::Member,
    };
    Ok(community.boundary == Boundary::Public && is_visible(conn, &viewer, community)?)
}

/// Every community of this node by name, hidden ones included: for the operator, who holds the database anyway.
pub fn list_local(conn: &mut Conn) -> Result<Vec<AccountId>> {
    Ok(communities::table
        .inner_join(accounts::table.on(accounts::id.eq(communities::account_id)))
        .filter(accounts::domain.eq(""))
        .order(accounts::name_key.asc())
        .select(communities::account_id)
        .load(conn)?)
}

/// Whether the viewer may know who is in a community: of a closed or hidden one, only its members may.
pub fn names_members(conn: &mut Conn, viewer: &Viewer, community: &Community) -> Result<bool> {
    match viewer.account() {
        _ if community.reach() == Boundary::Public => Ok(true),
        Some(me) => is_member(conn, community.account_id, me),
        None => Ok(false),
    }
}

/// Which communities a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Of this node.
    Local,
    /// Of this node and known ones of others.
    Known,
    /// Those the viewer is an active member of.
    Joined,
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// The text in small letters.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// Communities that the viewer may see in a list, as a query that can be ordered and cut.
macro_rules! matching {
    ($viewer:expr, $q:expr, $scope:expr) => {{
        let me = $viewer.account().unwrap_or(AccountId(0));
        let mine = |states: &'static [MembershipState]| {
            memberships::table
                .filter(memberships::account_id.eq(me))
                .filter(memberships::state.eq_any(states))
                .select(memberships::community_id)
        };
        let mut query = communities::table
            .inner_join(accounts::table.on(accounts::id.eq(communities::account_id)))
            .filter(accounts::state.eq(AccountState::Active))
            .select(communities::account_id)
            .into_boxed::<MultiBackend>();
        query = match $scope {
            Scope::Joined => {
                query.filter(communities::account_id.eq_any(mine(&[MembershipState::Active])))
            }
            Scope::Local | Scope::Known => {
                let known = mine(&[MembershipState::Active, MembershipState::Invited]);
                query.filter(
                    communities::visibility
                        .eq(Listing::Listed)
                        .or(communities::account_id.eq_any(known)),
                )
            }
        };
        if $scope == Scope::Local {
            query = query.filter(accounts::domain.eq(""));
        }
        if !$q.is_empty() {
            let pattern = format!("%{}%", $q.to_lowercase().replace(['%', '_', '\\'], ""));
            query = query.filter(
                accounts::name_key
                    .like(pattern.clone())
                    .or(lower(accounts::display_name).like(pattern.clone()))
                    .or(lower(communities::purpose).like(pattern)),
            );
        }
        query
    }};
}

/// Ids of communities that the viewer may see in a list, by name; `q` is part of name, title or purpose.
pub fn search(
    conn: &mut Conn,
    viewer: &Viewer,
    q: &str,
    scope: Scope,
    limit: i64,
) -> Result<Vec<AccountId>> {
    Ok(matching!(viewer, q, scope)
        .order(accounts::name_key.asc())
        .limit(limit)
        .load(conn)?)
}

/// A page of the same, the newest first.
pub fn list_matching(
    conn: &mut Conn,
    viewer: &Viewer,
    q: &str,
    scope: Scope,
    page: &Page,
) -> Result<Vec<AccountId>> {
    let mut query = matching!(viewer, q, scope).limit(page.limit);
    if let Some(below) = page.below() {
        query = query.filter(communities::account_id.lt(below));
    }
    if let Some(above) = page.above() {
        query = query.filter(communities::account_id.gt(above));
    }
    let query = if page.upwards() {
        query.order(communities::account_id.asc())
    } else {
        query.order(communities::account_id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}

/// Writes the charter's words.
pub fn update(conn: &mut Conn, community: &Community) -> Result<()> {
    diesel::update(communities::table.find(community.account_id))
        .set((
            communities::purpose.eq(&community.purpose),
            communities::state.eq(community.state),
            communities::boundary.eq(community.boundary),
            communities::visibility.eq(community.visibility),
            communities::join_policy.eq(community.join_policy),
            communities::posting_policy.eq(community.posting_policy),
            communities::opened_at.eq(community.opened_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// The goals of a community, in the order they were set.
pub fn list_goals(conn: &mut Conn, community: AccountId) -> Result<Vec<Goal>> {
    Ok(goals::table
        .filter(goals::community_id.eq(community))
        .order(goals::id.asc())
        .select(Goal::as_select())
        .load(conn)?)
}

/// Replaces the goals of a community.
pub fn set_goals(conn: &mut Conn, community: AccountId, wanted: &[Goal]) -> Result<()> {
    diesel::delete(goals::table.filter(goals::community_id.eq(community))).execute(conn)?;
    for goal in wanted {
        diesel::insert_into(goals::table)
            .values(goal)
            .execute(conn)?;
    }
    Ok(())
}

/// How somebody stands to a community.
pub fn find_membership(
    conn: &mut Conn,
    community: AccountId,
    account: AccountId,
) -> Result<Option<Membership>> {
    Ok(memberships::table
        .filter(
            memberships::community_id
                .eq(community)
                .and(memberships::account_id.eq(account)),
        )
        .select(Membership::as_select())
        .first(conn)
        .optional()?)
}

/// The communities that somebody is in.
pub fn list_of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<Membership>> {
    Ok(memberships::table
        .filter(
            memberships::account_id
                .eq(account)
                .and(memberships::state.eq(MembershipState::Active)),
        )
        .order(memberships::id.asc())
        .select(Membership::as_select())
        .load(conn)?)
}

/// How a person stands with every community that knows of them.
pub fn list_standings(
    conn: &mut Conn,
    account: AccountId,
) -> Result<Vec<(AccountId, MembershipState)>> {
    let query = memberships::table
        .filter(memberships::account_id.eq(account))
        .select((memberships::community_id, memberships::state));
    Ok(on_backend!(conn, |c| query.load(c))?)
}

/// Members of a community in these states and roles, newest first, below a row id.
pub fn list_members(
    conn: &mut Conn,
    community: AccountId,
    states: &[MembershipState],
    roles: &[CommunityRole],
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Membership>> {
    let page = Page {
        max_id: before,
        ..Page::first(limit)
    };
    page_members(conn, community, states, roles, &page)
}

/// A page of the members of a community in these states and roles (all, where none is named), newest first.
pub fn page_members(
    conn: &mut Conn,
    community: AccountId,
    states: &[MembershipState],
    roles: &[CommunityRole],
    page: &Page,
) -> Result<Vec<Membership>> {
    let mut query = memberships::table
        .filter(memberships::community_id.eq(community))
        .filter(memberships::state.eq_any(states))
        .select(Membership::as_select())
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    if !roles.is_empty() {
        query = query.filter(memberships::role.eq_any(roles));
    }
    if let Some(below) = page.below() {
        query = query.filter(memberships::id.lt(below));
    }
    if let Some(above) = page.above() {
        query = query.filter(memberships::id.gt(above));
    }
    let query = if page.upwards() {
        query.order(memberships::id.asc())
    } else {
        query.order(memberships::id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}

/// The active stewards of a community.
pub fn stewards(conn: &mut Conn, community: AccountId) -> Result<Vec<AccountId>> {
    let rows = list_members(
        conn,
        community,
        &[MembershipState::Active],
        &[CommunityRole::Steward],
        None,
        100,
    )?;
    Ok(rows.into_iter().rev().map(|row| row.account_id).collect())
}

/// Whether somebody is an active steward.
pub fn is_steward(conn: &mut Conn, community: AccountId, account: AccountId) -> Result<bool> {
    let membership = find_membership(conn, community, account)?;
    Ok(membership
        .is_some_and(|m| m.state == MembershipState::Active && m.role == CommunityRole::Steward))
}

/// Whether somebody is an active member, in whatever role.
pub fn is_member(conn: &mut Conn, community: AccountId, account: AccountId) -> Result<bool> {
    Ok(find_membership(conn, community, account)?
        .is_some_and(|m| m.state == MembershipState::Active))
}

/// Writes a membership and keeps the community's count right.
pub fn put_membership(conn: &mut Conn, membership: &Membership) -> Result<()> {
    let before = find_membership(conn, membership.community_id, membership.account_id)?;
    match &before {
        Some(old) => {
            diesel::update(memberships::table.find(old.id))
                .set((
                    memberships::role.eq(membership.role),
                    memberships::state.eq(membership.state),
                    memberships::message.eq(&membership.message),
                    memberships::reason.eq(&membership.reason),
                    memberships::decided_by.eq(membership.decided_by),
                    memberships::updated_at.eq(membership.updated_at),
                ))
                .execute(conn)?;
        }
        None => {
            diesel::insert_into(memberships::table)
                .values(membership)
                .execute(conn)?;
        }
    }
    let was = before.is_some_and(|old| old.state == MembershipState::Active);
    count(
        conn,
        membership.community_id,
        was,
        membership.state == MembershipState::Active,
    )
}

/// Ends a membership without trace of a decision: the person left.
pub fn delete_membership(conn: &mut Conn, community: AccountId, account: AccountId) -> Result<()> {
    let Some(old) = find_membership(conn, community, account)? else {
        return Ok(());
    };
    diesel::delete(memberships::table.find(old.id)).execute(conn)?;
    count(conn, community, old.state == MembershipState::Active, false)
}

fn count(conn: &mut Conn, community: AccountId, was: bool, is: bool) -> Result<()> {
    let change = i32::from(is) - i32::from(was);
    if change != 0 {
        diesel::update(communities::table.find(community))
            .set(communities::members_count.eq(communities::members_count + change))
            .execute(conn)?;
    }
    Ok(())
}
