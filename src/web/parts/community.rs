//! Communities as they are shown: in the directory and at the head of their own pages.

use super::card::boundary_message;
use super::person::Person;
use super::scene::Scene;
use crate::error::{Error, Result};
use crate::i18n;
use crate::model::ids::AccountId;
use crate::model::text::handles::Handle;
use crate::model::text::teaser;
use crate::model::words::{
    AccountState, CommunityRole, CommunityState, JoinPolicy, Listing, MembershipState,
    PostingPolicy,
};
use crate::store::accounts::{self, Account};
use crate::store::communities::{self, Community, Membership};
use crate::store::conn::Conn;

/// A community in a list.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) person: Person,
    pub(crate) purpose: String,
    pub(crate) boundary: String,
    pub(crate) join: String,
    pub(crate) members: String,
    pub(crate) mine: bool,
}

/// Communities in a list, in the order of the ids.
pub(crate) fn lines(conn: &mut Conn, scene: &Scene, ids: &[AccountId]) -> Result<Vec<Line>> {
    let found = accounts::map(conn, ids)?;
    let details = communities::list(conn, ids)?;
    let mine = match scene.viewer.account() {
        Some(me) => communities::list_of_account(conn, me)?,
        None => Vec::new(),
    };
    Ok(ids
        .iter()
        .filter_map(|id| {
            let account = found.get(id)?;
            let community = details
                .iter()
                .find(|community| community.account_id == *id)?;
            Some(Line {
                person: Person::of(account, &scene.authority),
                purpose: teaser(&community.purpose, 200),
                boundary: scene.t(boundary_message(community.boundary)),
                join: scene.t(join_message(community.join_policy)),
                members: count(scene, community),
                mine: mine.iter().any(|membership| membership.community_id == *id),
            })
        })
        .collect())
}

fn count(scene: &Scene, community: &Community) -> String {
    i18n::text(
        scene.lang,
        "members-count",
        &[("count", community.members_count.into())],
    )
}

/// A community with all that its pages need.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one button of the page"
)]
pub(crate) struct Head {
    pub(crate) account: Account,
    pub(crate) community: Community,
    pub(crate) person: Person,
    pub(crate) path: String,
    pub(crate) title: String,
    pub(crate) purpose: String,
    pub(crate) handle: String,
    pub(crate) boundary: String,
    pub(crate) join: String,
    pub(crate) posting: String,
    pub(crate) state: Option<String>,
    pub(crate) members: String,
    pub(crate) hidden: bool,
    pub(crate) membership: Option<String>,
    pub(crate) may_join: bool,
    pub(crate) may_leave: bool,
    pub(crate) may_ask: bool,
    pub(crate) is_steward: bool,
    /// Whether the community lives here and everybody may read it: then it has a feed.
    pub(crate) has_feed: bool,
}

/// The community of an address: `name`, or `name@host` for those of other nodes.
///
/// # Errors
/// `NotFound` where there is none, or none that the viewer may know of.
pub(crate) fn head(conn: &mut Conn, scene: &Scene, name: &str) -> Result<Head> {
    let handle = Handle::parse(name)
        .ok_or(Error::NotFound)?
        .relative_to(&scene.authority);
    let account = accounts::find_by_handle(conn, &handle)?
        .filter(|account| account.is_group() && account.state == AccountState::Active)
        .ok_or(Error::NotFound)?;
    let community = communities::get_visible(conn, &scene.viewer, account.id)?;
    let membership = match scene.viewer.account() {
        Some(me) => communities::find_membership(conn, account.id, me)?,
        None => None,
    };
    Ok(assemble(scene, account, community, membership.as_ref()))
}

fn assemble(
    scene: &Scene,
    account: Account,
    community: Community,
    membership: Option<&Membership>,
) -> Head {
    let person = Person::of(&account, &scene.authority);
    let state = membership.map_or(MembershipState::None, |row| row.state);
    let signed_in = scene.viewer.account().is_some();
    let is_member = state == MembershipState::Active;
    let open = !matches!(
        community.state,
        CommunityState::Retired | CommunityState::Proposed
    );
    let may_come = match state {
        MembershipState::Invited => true,
        MembershipState::None | MembershipState::Refused | MembershipState::Removed => {
            community.join_policy != JoinPolicy::Invite
        }
        MembershipState::Active | MembershipState::Requested | MembershipState::Banned => false,
    };
    Head {
        path: person.path.clone(),
        title: account.shown_name().to_owned(),
        purpose: community.purpose.clone(),
        handle: person.handle.clone(),
        boundary: scene.t(boundary_message(community.boundary)),
        join: scene.t(join_message(community.join_policy)),
        posting: scene.t(posting_message(community.posting_policy)),
        state: state_message(community.state).map(|id| scene.t(id)),
        members: count(scene, &community),
        hidden: community.visibility == Listing::Hidden,
        membership: membership_message(state).map(|id| scene.t(id)),
        may_join: signed_in && open && may_come,
        may_leave: is_member || state == MembershipState::Requested,
        may_ask: signed_in
            && open
            && match community.posting_policy {
                PostingPolicy::Anyone => state != MembershipState::Banned,
                PostingPolicy::Members | PostingPolicy::Stewards => is_member,
            },
        is_steward: is_member && membership.is_some_and(|row| row.role == CommunityRole::Steward),
        has_feed: account.is_local() && community.boundary == crate::model::words::Boundary::Public,
        person,
        account,
        community,
    }
}

fn join_message(policy: JoinPolicy) -> &'static str {
    match policy {
        JoinPolicy::Open => "join-open",
        JoinPolicy::Request => "join-request",
        JoinPolicy::Invite => "join-invite",
    }
}

fn posting_message(policy: PostingPolicy) -> &'static str {
    match policy {
        PostingPolicy::Members => "posting-members",
        PostingPolicy::Anyone => "posting-anyone",
        PostingPolicy::Stewards => "posting-stewards",
    }
}

fn state_message(state: CommunityState) -> Option<&'static str> {
    match state {
        CommunityState::Active => None,
        CommunityState::Proposed => Some("community-proposed"),
        CommunityState::AtRisk => Some("community-at-risk"),
        CommunityState::Dormant => Some("community-dormant"),
        CommunityState::Retired => Some("community-retired"),
    }
}

fn membership_message(state: MembershipState) -> Option<&'static str> {
    match state {
        MembershipState::None | MembershipState::Removed => None,
        MembershipState::Requested => Some("membership-requested"),
        MembershipState::Invited => Some("membership-invited"),
        MembershipState::Active => Some("membership-active"),
        MembershipState::Refused => Some("membership-refused"),
        MembershipState::Banned => Some("membership-banned"),
    }
}

/// The message that names a role in a community.
pub(crate) fn role_message(role: CommunityRole) -> &'static str {
    match role {
        CommunityRole::Member => "role-member",
        CommunityRole::Steward => "role-steward",
        CommunityRole::Sponsor => "role-sponsor",
    }
}
