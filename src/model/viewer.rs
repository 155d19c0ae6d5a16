//! Who may see what: the one read policy. `store::visible` writes the same rule as a condition of every query that
//! reads for a person; the tests hold the two against each other.

use super::ids::{AccountId, PostId};
use super::words::{Audience, Boundary, Listing, Role, Visibility};

/// For whom something is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// Anybody: a visitor, a search engine, an unsigned fetch, a peer.
    Anonymous,
    /// A person with an account on this node.
    Person {
        /// Who.
        id: AccountId,
        /// The role on the node. It opens no closed content by itself.
        role: Role,
    },
}

impl Viewer {
    /// The person, if it is one.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Anonymous => None,
            Self::Person { id, .. } => Some(*id),
        }
    }

    /// Whether the role on the node is at least this.
    pub fn at_least(&self, wanted: Role) -> bool {
        matches!(self, Self::Person { role, .. } if *role >= wanted)
    }
}

/// What the read policy needs to know of a post and of how the viewer stands to it.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// Who may read it.
    pub audience: Audience,
    /// Who wrote it.
    pub author: AccountId,
    /// Which post.
    pub post: PostId,
    /// Whether it waits for a steward.
    pub held: bool,
    /// Whether the viewer is an active member of its community.
    pub member: bool,
    /// Whether the viewer follows the author, agreed.
    pub follows: bool,
    /// Whether the post mentions the viewer.
    pub mentioned: bool,
}

/// The read policy for one post.
pub fn may_read(viewer: Viewer, facts: Facts) -> bool {
    let Some(me) = viewer.account() else {
        return facts.audience == Audience::Public && !facts.held;
    };
    if me == facts.author {
        return true;
    }
    if facts.held {
        return false;
    }
    match facts.audience {
        Audience::Public | Audience::Node => true,
        Audience::Members => facts.member,
        Audience::Followers => facts.follows || facts.mentioned,
        Audience::Mentioned => facts.mentioned,
    }
}

/// How far a community reaches, whatever its charter says: a hidden one is there for its members on this node alone. What
/// is written in it is for them, and nothing of it leaves.
pub fn reach(boundary: Boundary, listing: Listing) -> Boundary {
    match listing {
        Listing::Hidden => Boundary::Node,
        Listing::Listed | Listing::Unlisted => boundary,
    }
}

/// The audience of a post: `community` is the [`reach`] of the community it belongs to, if any.
pub fn audience(
    visibility: Visibility,
    boundary: Boundary,
    community: Option<Boundary>,
) -> Audience {
    match (visibility, community) {
        (Visibility::Direct, _) => Audience::Mentioned,
        (_, Some(Boundary::Public)) if boundary == Boundary::Public => match visibility {
            Visibility::Private => Audience::Members,
            _ => Audience::Public,
        },
        (Visibility::Private, Some(_)) => Audience::Members,
        (_, Some(Boundary::Public)) => Audience::Node,
        (_, Some(_)) => Audience::Members,
        (Visibility::Private, None) => Audience::Followers,
        (_, None) if boundary == Boundary::Public => Audience::Public,
        (_, None) => Audience::Node,
    }
}

/// Whether everybody of this node who may read something of the first audience may read something of the second: only
/// then may the one tell that the other exists, as a count of replies does.
pub fn covers(first: Audience, second: Audience) -> bool {
    second == first
        || second == Audience::Public
        || (second == Audience::Node && first != Audience::Public)
}

/// Whether anything of a post may leave the node. `firm` and `partners` stay home until they have their own rules of
/// admission.
pub fn leaves_the_node(audience: Audience, boundary: Boundary, local_only: bool) -> bool {
    !local_only
        && boundary == Boundary::Public
        && !matches!(audience, Audience::Node | Audience::Members)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(audience: Audience) -> Facts {
        Facts {
            audience,
            author: AccountId(1),
            post: PostId(9),
            held: false,
            member: false,
            follows: false,
            mentioned: false,
        }
    }

    const ME: Viewer = Viewer::Person {
        id: AccountId(2),
        role: Role::Admin,
    };

    #[test]
    fn a_visitor_reads_public_posts_only() {
        for audience in Audience::ALL {
            assert_eq!(
                may_read(Viewer::Anonymous, facts(*audience)),
                *audience == Audience::Public,
                "{audience}"
            );
        }
    }

    #[test]
    fn an_admin_is_no_member_by_being_admin() {
        assert!(!may_read(ME, facts(Audience::Members)));
        assert!(may_read(
            ME,
            Facts {
                member: true,
                ..facts(Audience::Members)
            }
        ));
    }

    #[test]
    fn the_author_reads_own_posts_even_while_held() {
        let own = Viewer::Person {
            id: AccountId(1),
            role: Role::Member,
        };
        assert!(may_read(
            own,
            Facts {
                held: true,
                ..facts(Audience::Mentioned)
            }
        ));
        assert!(!may_read(
            ME,
            Facts {
                held: true,
                ..facts(Audience::Public)
            }
        ));
    }

    #[test]
    fn only_what_all_readers_may_read_is_told_of() {
        use Audience::{Followers, Members, Mentioned, Node, Public};
        for (first, second, told) in [
            (Public, Public, true),
            (Public, Node, false),
            (Public, Mentioned, false),
            (Node, Public, true),
            (Node, Members, false),
            (Members, Members, true),
            (Members, Node, true),
            (Members, Mentioned, false),
            (Followers, Mentioned, false),
            (Mentioned, Mentioned, true),
        ] {
            assert_eq!(covers(first, second), told, "{first} {second}");
        }
    }

    #[test]
    fn a_node_post_in_a_public_community_stays_on_the_node() {
        let audience = audience(Visibility::Public, Boundary::Node, Some(Boundary::Public));
        assert_eq!(audience, Audience::Node);
        assert!(!leaves_the_node(audience, Boundary::Node, false));
    }

    #[test]
    fn what_is_in_a_hidden_community_is_for_its_members() {
        for boundary in Boundary::ALL {
            let hidden = reach(*boundary, Listing::Hidden);
            for visibility in [Visibility::Public, Visibility::Unlisted] {
                let audience = audience(visibility, Boundary::Public, Some(hidden));
                assert_eq!(audience, Audience::Members, "{boundary} {visibility}");
                assert!(!leaves_the_node(audience, Boundary::Public, false));
            }
            assert_eq!(reach(*boundary, Listing::Unlisted), *boundary);
        }
    }

    #[test]
    fn closed_communities_are_for_members_whatever_the_visibility() {
        for boundary in [Boundary::Node, Boundary::Firm, Boundary::Partners] {
            for visibility in [
                Visibility::Public,
                Visibility::Unlisted,
                Visibility::Private,
            ] {
                assert_eq!(
                    audience(visibility, boundary, Some(boundary)),
                    Audience::Members
                );
                assert!(!leaves_the_node(Audience::Members, boundary, false));
            }
        }
    }
}
