//! What another node may do here, and in which dialect it is spoken to: pure rules over its mode and software.

use super::time::Time;
use super::words::{Boundary, PeerMode};

/// The mode that counts now: the one an admin set, until it expires; else the node's default for strangers.
pub fn effective_mode(
    set: Option<PeerMode>,
    expires: Option<Time>,
    now: Time,
    default: PeerMode,
) -> PeerMode {
    match (set, expires) {
        (Some(_), Some(end)) if end <= now => default,
        (Some(mode), _) => mode,
        (None, _) => default,
    }
}

/// Whether anything is fetched from, or delivered to, a node of this mode.
pub fn is_spoken_to(mode: PeerMode) -> bool {
    mode >= PeerMode::Follow
}

/// Whether a post may go to a node: it reaches no wider than an admin lets posts for that node reach.
pub fn is_within(most: Option<Boundary>, boundary: Boundary) -> bool {
    most.is_none_or(|most| boundary <= most)
}

/// What a delivered activity is, as far as the peer modes care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// A Follow, or the Undo of one.
    Follow,
    /// Accept or Reject of a Follow or `QuoteRequest` of ours.
    AnswerToOurFollow,
    /// Update, Delete, Move or Block by an actor of itself.
    OwnActor,
    /// Everything else.
    Other,
}

/// Whether an activity that a node delivers itself is taken in (contract, section 1).
pub fn is_taken(mode: PeerMode, act: Act) -> bool {
    match mode {
        PeerMode::Blocked | PeerMode::Quarantined => false,
        PeerMode::Follow => act != Act::Other,
        PeerMode::ReplyModerated | PeerMode::Member => true,
    }
}

/// Which form of Announce a node understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The whole activity in an Announce (FEP-1b12).
    Wrapped,
    /// The id of the post in an Announce.
    Plain,
    /// Unknown software gets both.
    Both,
}

impl Dialect {
    /// Whether the whole activity is announced.
    pub fn takes_wrapped(self) -> bool {
        self != Self::Plain
    }

    /// Whether the id is announced.
    pub fn takes_plain(self) -> bool {
        self != Self::Wrapped
    }
}

/// Software whose groups speak FEP-1b12.
const FORUMS: &[&str] = &["lemmy", "piefed", "mbin", "nodebb", "cordee"];

/// Software that shows a group as an account which boosts.
const MICROBLOGS: &[&str] = &[
    "mastodon",
    "hometown",
    "glitch",
    "gotosocial",
    "misskey",
    "firefish",
    "calckey",
    "foundkey",
    "sharkey",
    "cherrypick",
    "iceshrimp",
    "iceshrimp.net",
    "pleroma",
    "akkoma",
    "pixelfed",
    "mitra",
    "takahe",
    "snac",
    "hollo",
    "friendica",
    "wildebeest",
    "microblogpub",
    "gnusocial",
    "loops",
    "vernissage",
    "bookwyrm",
    "owncast",
    "wafrn",
];

/// The dialect for a NodeInfo `software.name` (contract, section 7).
pub fn dialect(software: Option<&str>) -> Dialect {
    let Some(name) = software.map(str::to_lowercase) else {
        return Dialect::Both;
    };
    if FORUMS.contains(&name.as_str()) {
        Dialect::Wrapped
    } else if MICROBLOGS.contains(&name.as_str()) {
        Dialect::Plain
    } else {
        Dialect::Both
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        chrono::DateTime::from_timestamp(seconds, 0)
            .unwrap()
            .naive_utc()
    }

    #[test]
    fn an_expired_mode_falls_back_to_that_of_strangers() {
        let mode = |set, expires| effective_mode(set, expires, at(100), PeerMode::Follow);
        assert_eq!(mode(None, None), PeerMode::Follow);
        assert_eq!(mode(Some(PeerMode::Member), None), PeerMode::Member);
        assert_eq!(
            mode(Some(PeerMode::Member), Some(at(101))),
            PeerMode::Member
        );
        assert_eq!(
            mode(Some(PeerMode::Member), Some(at(100))),
            PeerMode::Follow
        );
    }

    #[test]
    fn a_reader_hands_in_nothing_but_its_follows_and_itself() {
        use Act::{AnswerToOurFollow, Follow, Other, OwnActor};
        for (mode, taken) in [
            (PeerMode::Blocked, vec![]),
            (PeerMode::Quarantined, vec![]),
            (PeerMode::Follow, vec![Follow, AnswerToOurFollow, OwnActor]),
            (
                PeerMode::ReplyModerated,
                vec![Follow, AnswerToOurFollow, OwnActor, Other],
            ),
            (
                PeerMode::Member,
                vec![Follow, AnswerToOurFollow, OwnActor, Other],
            ),
        ] {
            for act in [Follow, AnswerToOurFollow, OwnActor, Other] {
                assert_eq!(is_taken(mode, act), taken.contains(&act), "{mode} {act:?}");
            }
        }
    }

    #[test]
    fn an_admin_says_how_wide_a_post_for_a_node_may_reach() {
        assert!(is_within(None, Boundary::Public));
        for most in Boundary::ALL {
            for boundary in Boundary::ALL {
                assert_eq!(is_within(Some(*most), *boundary), boundary <= most);
            }
        }
        assert!(!is_within(Some(Boundary::Partners), Boundary::Public));
    }

    #[test]
    fn software_decides_the_dialect() {
        assert_eq!(dialect(Some("Lemmy")), Dialect::Wrapped);
        assert_eq!(dialect(Some("cordee")), Dialect::Wrapped);
        assert_eq!(dialect(Some("mastodon")), Dialect::Plain);
        assert_eq!(dialect(Some("somethingnew")), Dialect::Both);
        assert_eq!(dialect(None), Dialect::Both);
        assert!(
            Dialect::Both.takes_plain()
                && Dialect::Both.takes_wrapped()
                && !Dialect::Plain.takes_wrapped()
        );
    }
}
