//! Which notifications a person wants: by what the other is to them (Mastodon's notification policy).

use super::words::PolicyAction;

/// What a person decided about notifications of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// By people whom they do not follow.
    pub not_following: PolicyAction,
    /// By people who do not follow them, or not for long.
    pub not_followers: PolicyAction,
    /// By accounts that are new.
    pub new_accounts: PolicyAction,
    /// Direct posts that nobody asked for.
    pub private_mentions: PolicyAction,
    /// By accounts that moderators limited.
    pub limited_accounts: PolicyAction,
    /// By programs.
    pub bots: PolicyAction,
}

impl Policy {
    /// Everything is welcome.
    pub const OPEN: Self = Self {
        not_following: PolicyAction::Accept,
        not_followers: PolicyAction::Accept,
        new_accounts: PolicyAction::Accept,
        private_mentions: PolicyAction::Accept,
        limited_accounts: PolicyAction::Accept,
        bots: PolicyAction::Accept,
    };
}

/// What the other is to the person, and what the notification is about.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts {
    /// Whether the person follows the other.
    pub following: bool,
    /// Whether the other has followed the person for a while.
    pub follower: bool,
    /// Whether the other's account is new.
    pub new: bool,
    /// Whether it is a direct post that answers nothing of the person's.
    pub unasked: bool,
    /// Whether moderators limited the other.
    pub limited: bool,
    /// Whether the other is a program.
    pub bot: bool,
}

/// What happens to a notification: the strictest of what applies.
pub fn decide(policy: Policy, facts: Facts) -> PolicyAction {
    let stranger = !facts.following;
    [
        (stranger, policy.not_following),
        (!facts.follower, policy.not_followers),
        (stranger && facts.new, policy.new_accounts),
        (stranger && facts.unasked, policy.private_mentions),
        (facts.limited, policy.limited_accounts),
        (facts.bot, policy.bots),
    ]
    .into_iter()
    .filter(|(applies, _)| *applies)
    .map(|(_, action)| action)
    .max()
    .unwrap_or(PolicyAction::Accept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strictest_of_what_applies_counts() {
        let policy = Policy {
            not_following: PolicyAction::Filter,
            bots: PolicyAction::Drop,
            private_mentions: PolicyAction::Drop,
            ..Policy::OPEN
        };
        let friend = Facts {
            following: true,
            ..Facts::default()
        };
        let bot = Facts {
            bot: true,
            ..friend
        };
        let unasked = Facts {
            unasked: true,
            ..Facts::default()
        };
        for (facts, wanted) in [
            (friend, PolicyAction::Accept),
            (Facts::default(), PolicyAction::Filter),
            (bot, PolicyAction::Drop),
            (unasked, PolicyAction::Drop),
        ] {
            assert_eq!(decide(policy, facts), wanted, "{facts:?}");
            assert_eq!(decide(Policy::OPEN, facts), PolicyAction::Accept);
        }
    }
}
