//! The sample world: who lives on the three nodes of the demo, and what their communities are for.
//! Only data; `demo` brings it to life through the actions that people use.

use crate::model::words::{Boundary, JoinPolicy, Relation, Role};

/// One of the three nodes.
#[derive(Debug, Clone, Copy)]
pub struct NodePlan {
    /// Name, and first label of its host.
    pub name: &'static str,
    /// Firm it belongs to.
    pub firm: &'static str,
    /// Name shown to people.
    pub title: &'static str,
    /// Who has an account there.
    pub people: &'static [Person],
    /// Nodes that are peers of mode `member`, and how they are related.
    pub peers: &'static [(&'static str, Relation)],
}

/// A person of the demo.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// Name of the account.
    pub name: &'static str,
    /// Name to show.
    pub display_name: &'static str,
    /// Role on the node.
    pub role: Role,
    /// Department.
    pub unit: &'static str,
    /// Level in the hierarchy.
    pub level: i16,
    /// Language of pages.
    pub locale: &'static str,
    /// What the profile says.
    pub note: &'static str,
}

const fn person(
    name: &'static str,
    display_name: &'static str,
    role: Role,
    unit: &'static str,
    level: i16,
    locale: &'static str,
    note: &'static str,
) -> Person {
    Person {
        name,
        display_name,
        role,
        unit,
        level,
        locale,
        note,
    }
}

/// North, south and partner, in the order of their ports.
pub const NODES: &[NodePlan] = &[
    NodePlan {
        name: "north",
        firm: "Alpine",
        title: "Alpine North",
        people: &[
            person(
                "ada",
                "Ada Novak",
                Role::Admin,
                "IT",
                2,
                "en",
                "Looks after this node.",
            ),
            person(
                "karim",
                "Karim Benali",
                Role::Member,
                "Maintenance",
                2,
                "fr",
                "Pumps for twenty years, and still learning from each one.",
            ),
            person(
                "lotte",
                "Lotte Peeters",
                Role::Member,
                "Reliability",
                3,
                "nl",
                "Reliability engineer. I like a figure with its source.",
            ),
            person(
                "anne",
                "Anne Lambert",
                Role::Member,
                "Management",
                4,
                "fr",
                "Plant manager north. Sponsor of Pumps and seals.",
            ),
            person(
                "bart",
                "Bart Claes",
                Role::Member,
                "Operations",
                1,
                "nl",
                "Night shift, line 2.",
            ),
        ],
        peers: &[("south", Relation::Firm), ("partner", Relation::Partner)],
    },
    NodePlan {
        name: "south",
        firm: "Alpine",
        title: "Alpine South",
        people: &[
            person(
                "sam",
                "Sam Okafor",
                Role::Admin,
                "IT",
                2,
                "en",
                "Looks after this node.",
            ),
            person(
                "mei",
                "Mei Lin",
                Role::Member,
                "Maintenance",
                2,
                "en",
                "Mechanic south, steward of Safety.",
            ),
            person(
                "noor",
                "Noor El Amrani",
                Role::Member,
                "Safety",
                3,
                "nl",
                "Safety adviser. Ask me before, not after.",
            ),
        ],
        peers: &[("north", Relation::Firm)],
    },
    NodePlan {
        name: "partner",
        firm: "Belay",
        title: "Belay Service",
        people: &[
            person(
                "petra",
                "Petra Horvat",
                Role::Admin,
                "Service",
                3,
                "en",
                "Service lead at Belay, who make seals.",
            ),
            person(
                "sofia",
                "Sofia Marchetti",
                Role::Member,
                "Service",
                2,
                "en",
                "In the field four days a week.",
            ),
        ],
        peers: &[("north", Relation::Partner)],
    },
];

/// A community of the demo.
#[derive(Debug, Clone, Copy)]
pub struct CommunityPlan {
    /// Name in its handle.
    pub name: &'static str,
    /// The node that hosts it.
    pub node: &'static str,
    /// Title.
    pub title: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// Goal: name, unit, baseline, target, days from now.
    pub goal: (&'static str, &'static str, f64, f64, i64),
    /// How far it reaches.
    pub boundary: Boundary,
    /// How one comes in.
    pub join_policy: JoinPolicy,
    /// Stewards, of the same node.
    pub stewards: &'static [&'static str],
    /// Sponsors, of the same node.
    pub sponsors: &'static [&'static str],
    /// Members besides these, as (node, name).
    pub members: &'static [(&'static str, &'static str)],
}

/// The communities.
pub const COMMUNITIES: &[CommunityPlan] = &[
    CommunityPlan {
        name: "pumps",
        node: "north",
        title: "Pumps and seals",
        purpose: "Halve the unplanned stops of our pumps, by telling each other what we find before it costs a shift. \
                  Whoever looks after a pump is welcome, in every plant and at our partners.",
        goal: ("Unplanned pump stops", "per month", 14.0, 7.0, 300),
        boundary: Boundary::Public,
        join_policy: JoinPolicy::Open,
        stewards: &["karim", "lotte"],
        sponsors: &["anne"],
        members: &[
            ("north", "bart"),
            ("south", "mei"),
            ("south", "noor"),
            ("partner", "sofia"),
        ],
    },
    CommunityPlan {
        name: "safety",
        node: "south",
        title: "Safe work",
        purpose: "Everybody goes home as they came. Near misses are told here without blame, inside the firm.",
        goal: ("Near misses told", "per month", 3.0, 20.0, 200),
        boundary: Boundary::Firm,
        join_policy: JoinPolicy::Request,
        stewards: &["mei", "noor"],
        sponsors: &[],
        members: &[("south", "sam")],
    },
    CommunityPlan {
        name: "field-notes",
        node: "partner",
        title: "Field notes",
        purpose: "What Belay's service people see at customers' machines, so that the next one is built better.",
        goal: (
            "Repeat visits for the same fault",
            "per quarter",
            22.0,
            11.0,
            250,
        ),
        boundary: Boundary::Public,
        join_policy: JoinPolicy::Request,
        stewards: &["petra", "sofia"],
        sponsors: &[],
        members: &[],
    },
];
