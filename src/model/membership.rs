//! Rules of coming into a community, posting in it and deciding about others. Every refusal is typed.

use super::refusal::Refusal;
use super::words::{
    Boundary, CommunityRole, CommunityState, JoinPolicy, MembershipState, PostingPolicy,
};

/// How somebody stands to a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Where the membership stands.
    pub state: MembershipState,
    /// In which role.
    pub role: CommunityRole,
}

impl Standing {
    /// No membership.
    pub const NONE: Self = Self {
        state: MembershipState::None,
        role: CommunityRole::Member,
    };

    /// An active member in whatever role.
    pub fn is_member(self) -> bool {
        self.state == MembershipState::Active
    }

    /// An active steward.
    pub fn is_steward(self) -> bool {
        self.is_member() && self.role == CommunityRole::Steward
    }
}

/// What a request to join leads to. Asking again changes nothing; whoever was invited agrees by asking.
///
/// # Errors
/// `Banned`, `InviteOnly` or `CommunityNotActive`.
pub fn join(
    policy: JoinPolicy,
    state: CommunityState,
    standing: Standing,
) -> Result<MembershipState, Refusal> {
    match standing.state {
        MembershipState::Active | MembershipState::Requested => return Ok(standing.state),
        MembershipState::Banned => return Err(Refusal::Banned),
        MembershipState::Invited => return Ok(MembershipState::Active),
        MembershipState::None | MembershipState::Refused | MembershipState::Removed => {}
    }
    if state == CommunityState::Retired {
        return Err(Refusal::CommunityNotActive);
    }
    match (policy, standing.state) {
        // Who was sent away comes back only if a steward agrees.
        (JoinPolicy::Open, MembershipState::Removed) | (JoinPolicy::Request, _) => {
            Ok(MembershipState::Requested)
        }
        (JoinPolicy::Open, _) => Ok(MembershipState::Active),
        (JoinPolicy::Invite, _) => Err(Refusal::InviteOnly),
    }
}

/// Whether somebody may start a thread. Nobody may before the opening, stewards neither.
///
/// # Errors
/// `CommunityNotActive`, `Banned`, `MembersOnly` or `StewardsOnly`.
pub fn may_post(
    policy: PostingPolicy,
    state: CommunityState,
    standing: Standing,
) -> Result<(), Refusal> {
    if standing.state == MembershipState::Banned {
        return Err(Refusal::Banned);
    }
    if !takes_posts(state) {
        return Err(Refusal::CommunityNotActive);
    }
    match policy {
        PostingPolicy::Anyone => Ok(()),
        PostingPolicy::Members if standing.is_member() => Ok(()),
        PostingPolicy::Members => Err(Refusal::MembersOnly),
        PostingPolicy::Stewards if standing.is_steward() => Ok(()),
        PostingPolicy::Stewards => Err(Refusal::StewardsOnly),
    }
}

/// Whether anything is written in a community at all: not before its opening, nor after its end.
pub fn takes_posts(state: CommunityState) -> bool {
    !matches!(state, CommunityState::Proposed | CommunityState::Retired)
}

/// Whether somebody may reply: anybody in a public community, members in every other.
///
/// # Errors
/// `CommunityNotActive`, `Banned` or `MembersOnly`.
pub fn may_reply(
    boundary: Boundary,
    state: CommunityState,
    standing: Standing,
) -> Result<(), Refusal> {
    if standing.state == MembershipState::Banned {
        return Err(Refusal::Banned);
    }
    if !takes_posts(state) {
        return Err(Refusal::CommunityNotActive);
    }
    if boundary == Boundary::Public || standing.is_member() {
        Ok(())
    } else {
        Err(Refusal::MembersOnly)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(state: MembershipState) -> Standing {
        Standing {
            state,
            role: CommunityRole::Member,
        }
    }

    #[test]
    fn joining_follows_the_policy() {
        use MembershipState as M;
        let active = CommunityState::Active;
        for (policy, before, after) in [
            (JoinPolicy::Open, M::None, Ok(M::Active)),
            (JoinPolicy::Open, M::Removed, Ok(M::Requested)),
            (JoinPolicy::Open, M::Banned, Err(Refusal::Banned)),
            (JoinPolicy::Request, M::None, Ok(M::Requested)),
            (JoinPolicy::Request, M::Refused, Ok(M::Requested)),
            (JoinPolicy::Request, M::Active, Ok(M::Active)),
            (JoinPolicy::Invite, M::None, Err(Refusal::InviteOnly)),
            (JoinPolicy::Invite, M::Invited, Ok(M::Active)),
        ] {
            assert_eq!(
                join(policy, active, standing(before)),
                after,
                "{policy} {before}"
            );
        }
        assert_eq!(
            join(JoinPolicy::Open, CommunityState::Retired, Standing::NONE),
            Err(Refusal::CommunityNotActive)
        );
    }

    #[test]
    fn strangers_reply_in_public_communities_only() {
        let active = CommunityState::Active;
        assert!(may_reply(Boundary::Public, active, Standing::NONE).is_ok());
        assert_eq!(
            may_reply(Boundary::Firm, active, Standing::NONE),
            Err(Refusal::MembersOnly)
        );
        assert_eq!(
            may_post(PostingPolicy::Members, active, Standing::NONE),
            Err(Refusal::MembersOnly)
        );
    }

    #[test]
    fn nobody_writes_before_the_opening_or_after_the_end() {
        let steward = Standing {
            state: MembershipState::Active,
            role: CommunityRole::Steward,
        };
        for state in [CommunityState::Proposed, CommunityState::Retired] {
            for who in [steward, standing(MembershipState::Active), Standing::NONE] {
                assert_eq!(
                    may_post(PostingPolicy::Anyone, state, who),
                    Err(Refusal::CommunityNotActive)
                );
                assert_eq!(
                    may_reply(Boundary::Public, state, who),
                    Err(Refusal::CommunityNotActive)
                );
            }
        }
        assert!(may_post(PostingPolicy::Stewards, CommunityState::Active, steward).is_ok());
    }
}
