//! Who may quote a post, and in what (FEP-044f, in Mastodon's words): the author decides, and nothing is quoted where
//! somebody reads who may not read it.

use super::ids::AccountId;
use super::words::{Audience, QuotePolicy};

/// Groups of people to whom an author says yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a set of four groups")]
pub struct Approvers {
    /// Whoever may read the post.
    pub public: bool,
    /// Followers of the author.
    pub followers: bool,
    /// Those whom the author follows.
    pub following: bool,
    /// Somebody whom the words of Mastodon cannot name.
    pub others: bool,
}

impl Approvers {
    /// Nobody.
    pub const NOBODY: Self = Self {
        public: false,
        followers: false,
        following: false,
        others: false,
    };

    /// The groups by name, as clients know them.
    pub fn words(self) -> Vec<&'static str> {
        [
            (self.public, "public"),
            (self.followers, "followers"),
            (self.following, "following"),
            (self.others, "unsupported_policy"),
        ]
        .into_iter()
        .filter(|(named, _)| *named)
        .map(|(_, word)| word)
        .collect()
    }

    /// As [`Approvers::words`] gives them, with commas between; unknown words count for nothing.
    pub fn parse(text: &str) -> Self {
        let has = |word: &str| text.split(',').any(|one| one == word);
        Self {
            public: has("public"),
            followers: has("followers"),
            following: has("following"),
            others: has("unsupported_policy"),
        }
    }

    fn include(self, standing: Standing) -> bool {
        self.public || (self.followers && standing.follows) || (self.following && standing.followed)
    }
}

/// What an author says about quotes of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terms {
    /// Who may quote at once.
    pub automatic: Approvers,
    /// Who may ask.
    pub manual: Approvers,
}

impl Terms {
    /// Nobody but the author.
    pub const NOBODY: Self = Self {
        automatic: Approvers::NOBODY,
        manual: Approvers::NOBODY,
    };

    /// The terms of a policy.
    pub fn of(policy: QuotePolicy) -> Self {
        Self {
            automatic: Approvers {
                public: policy == QuotePolicy::Public,
                followers: policy == QuotePolicy::Followers,
                ..Approvers::NOBODY
            },
            manual: Approvers::NOBODY,
        }
    }
}

/// How somebody stands to the author of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// It is the author.
    pub own: bool,
    /// Follows the author, agreed.
    pub follows: bool,
    /// Is followed by the author, agreed.
    pub followed: bool,
}

/// Whether somebody may quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// At once.
    Automatic,
    /// Once the author has agreed.
    Manual,
    /// No.
    Denied,
    /// The author's terms cannot be read.
    Unknown,
}

impl Verdict {
    /// As clients know it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Manual => "manual",
            Self::Denied => "denied",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether somebody who may read a post may quote it. What is for followers only its author quotes; what is for those
/// mentioned, nobody.
pub fn verdict(audience: Audience, terms: Terms, standing: Standing) -> Verdict {
    match audience {
        Audience::Mentioned => Verdict::Denied,
        _ if standing.own => Verdict::Automatic,
        Audience::Followers => Verdict::Denied,
        _ if terms.automatic.include(standing) => Verdict::Automatic,
        _ if terms.manual.include(standing) => Verdict::Manual,
        _ if terms.automatic.others || terms.manual.others => Verdict::Unknown,
        _ => Verdict::Denied,
    }
}

/// Where a post is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Who may read it.
    pub audience: Audience,
    /// Its community.
    pub community: Option<AccountId>,
    /// Who wrote it.
    pub author: AccountId,
    /// Whether anything of it leaves the node.
    pub leaves: bool,
}

/// Whether a post may quote another without telling somebody of it who may not read it.
pub fn fits(quoting: Reach, quoted: Reach) -> bool {
    match quoted.audience {
        Audience::Public => true,
        Audience::Node => !quoting.leaves,
        Audience::Members => {
            quoting.audience == Audience::Members && quoting.community == quoted.community
        }
        Audience::Followers => {
            quoting.audience == Audience::Followers && quoting.author == quoted.author
        }
        Audience::Mentioned => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Audience::{Followers, Members, Mentioned, Node, Public};
    use super::*;

    #[test]
    fn the_author_decides_who_quotes() {
        let stranger = Standing::default();
        let follower = Standing {
            follows: true,
            ..stranger
        };
        let own = Standing {
            own: true,
            ..stranger
        };
        let everybody = Terms::of(QuotePolicy::Public);
        let followers = Terms::of(QuotePolicy::Followers);
        let nobody = Terms::of(QuotePolicy::Nobody);
        let asked = Terms {
            manual: Approvers::parse("public"),
            ..Terms::NOBODY
        };
        let odd = Terms {
            automatic: Approvers::parse("unsupported_policy,nonsense"),
            ..Terms::NOBODY
        };
        for (audience, terms, standing, wanted) in [
            (Public, everybody, stranger, Verdict::Automatic),
            (Node, everybody, stranger, Verdict::Automatic),
            (Members, everybody, stranger, Verdict::Automatic),
            (Public, followers, stranger, Verdict::Denied),
            (Public, followers, follower, Verdict::Automatic),
            (Public, nobody, follower, Verdict::Denied),
            (Public, nobody, own, Verdict::Automatic),
            (Public, asked, stranger, Verdict::Manual),
            (Public, odd, stranger, Verdict::Unknown),
            (Followers, everybody, follower, Verdict::Denied),
            (Followers, nobody, own, Verdict::Automatic),
            (Mentioned, everybody, own, Verdict::Denied),
        ] {
            let got = verdict(audience, terms, standing);
            assert_eq!(got, wanted, "{audience} {terms:?} {standing:?}");
        }
    }

    #[test]
    fn nothing_is_quoted_where_somebody_reads_who_may_not_read_it() {
        let reach = |audience, community, author, leaves| Reach {
            audience,
            community: Some(AccountId(community)),
            author: AccountId(author),
            leaves,
        };
        for (quoting, quoted, wanted) in [
            (reach(Public, 1, 1, true), reach(Public, 2, 2, true), true),
            (
                reach(Mentioned, 1, 1, true),
                reach(Public, 2, 2, true),
                true,
            ),
            (reach(Public, 1, 1, true), reach(Node, 1, 2, false), false),
            (
                reach(Followers, 1, 1, true),
                reach(Node, 1, 2, false),
                false,
            ),
            (reach(Node, 1, 1, false), reach(Node, 2, 2, false), true),
            (
                reach(Members, 1, 1, false),
                reach(Members, 1, 2, false),
                true,
            ),
            (
                reach(Members, 1, 1, false),
                reach(Members, 2, 2, false),
                false,
            ),
            (reach(Node, 1, 1, false), reach(Members, 1, 2, false), false),
            (
                reach(Followers, 1, 1, true),
                reach(Followers, 2, 1, true),
                true,
            ),
            (
                reach(Followers, 1, 1, true),
                reach(Followers, 2, 2, true),
                false,
            ),
            (
                reach(Public, 1, 1, true),
                reach(Followers, 2, 1, true),
                false,
            ),
            (
                reach(Mentioned, 1, 1, true),
                reach(Mentioned, 1, 1, true),
                false,
            ),
        ] {
            assert_eq!(fits(quoting, quoted), wanted, "{quoting:?} {quoted:?}");
        }
    }

    #[test]
    fn groups_read_back() {
        for text in ["", "public", "followers,following", "unsupported_policy"] {
            assert_eq!(Approvers::parse(text).words().join(","), text);
        }
    }
}
