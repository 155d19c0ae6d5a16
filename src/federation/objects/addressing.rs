//! To whom a post is addressed: one rule that Mastodon and Lemmy both understand. An activity carries the very same
//! `to` and `cc` as its object.

use crate::federation::normalize::PUBLIC;
use crate::model::words::Visibility;

/// What addressing depends on; all parts are actor ids.
#[derive(Debug, Clone, Copy)]
pub struct Parties<'a> {
    /// Who sees it, as clients know it.
    pub visibility: Visibility,
    /// The author's followers collection.
    pub followers: &'a str,
    /// The community it belongs to.
    pub group: Option<&'a str>,
    /// Who wrote what it replies to, unless that is the author.
    pub parent_author: Option<&'a str>,
    /// Everybody else it mentions.
    pub mentioned: &'a [&'a str],
}

/// The outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressing {
    /// Primary addressees. The community comes first: Lemmy takes the first Group it finds.
    pub to: Vec<String>,
    /// The others.
    pub cc: Vec<String>,
}

/// Addresses a post.
pub fn address(parties: Parties<'_>) -> Addressing {
    let Parties {
        visibility,
        followers,
        group,
        parent_author,
        mentioned,
    } = parties;
    let mentioned = || mentioned.iter().copied();
    let parent = || parent_author.into_iter();
    let (to, cc): (Vec<&str>, Vec<&str>) = match (visibility, group) {
        (Visibility::Public, _) => (
            group.into_iter().chain([PUBLIC]).collect(),
            parent().chain([followers]).chain(mentioned()).collect(),
        ),
        (Visibility::Unlisted, Some(group)) => (
            vec![group],
            [PUBLIC]
                .into_iter()
                .chain(parent())
                .chain([followers])
                .chain(mentioned())
                .collect(),
        ),
        (Visibility::Unlisted, None) => (
            vec![followers],
            [PUBLIC]
                .into_iter()
                .chain(parent())
                .chain(mentioned())
                .collect(),
        ),
        (Visibility::Private, _) => (vec![followers], parent().chain(mentioned()).collect()),
        // Who is answered in a direct message is named in it, or is no addressee.
        (Visibility::Direct, _) => (mentioned().collect(), Vec::new()),
    };
    let to = without_repetition(&to, &[]);
    let cc = without_repetition(&cc, &to);
    Addressing { to, cc }
}

fn without_repetition(list: &[&str], taken: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(list.len());
    for one in list {
        if !out.iter().chain(taken).any(|known| known == one) {
            out.push((*one).to_owned());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOLLOWERS: &str = "https://a.example/users/ana/followers";
    const GROUP: &str = "https://a.example/c/pumps";
    const BEN: &str = "https://b.example/users/ben";
    const EVE: &str = "https://c.example/users/eve";

    #[test]
    #[expect(clippy::too_many_lines, reason = "one table of cases")]
    fn everybody_gets_a_post_in_the_form_the_table_gives() {
        use Visibility::{Direct, Private, Public as Open, Unlisted};
        for (visibility, group, parent_author, mentioned, to, cc) in [
            (
                Open,
                Some(GROUP),
                None,
                vec![],
                vec![GROUP, PUBLIC],
                vec![FOLLOWERS],
            ),
            (
                Open,
                Some(GROUP),
                Some(BEN),
                vec![],
                vec![GROUP, PUBLIC],
                vec![BEN, FOLLOWERS],
            ),
            (
                Open,
                Some(GROUP),
                Some(BEN),
                vec![EVE, BEN, GROUP],
                vec![GROUP, PUBLIC],
                vec![BEN, FOLLOWERS, EVE],
            ),
            (
                Unlisted,
                Some(GROUP),
                Some(BEN),
                vec![],
                vec![GROUP],
                vec![PUBLIC, BEN, FOLLOWERS],
            ),
            (
                Open,
                None,
                None,
                vec![EVE],
                vec![PUBLIC],
                vec![FOLLOWERS, EVE],
            ),
            (
                Open,
                None,
                Some(BEN),
                vec![EVE],
                vec![PUBLIC],
                vec![BEN, FOLLOWERS, EVE],
            ),
            (
                Unlisted,
                None,
                Some(BEN),
                vec![EVE],
                vec![FOLLOWERS],
                vec![PUBLIC, BEN, EVE],
            ),
            (
                Private,
                None,
                Some(BEN),
                vec![EVE],
                vec![FOLLOWERS],
                vec![BEN, EVE],
            ),
            (Direct, None, Some(BEN), vec![EVE], vec![EVE], vec![]),
        ] {
            let parties = Parties {
                visibility,
                followers: FOLLOWERS,
                group,
                parent_author,
                mentioned: &mentioned,
            };
            let got = address(parties);
            assert_eq!((got.to, got.cc), (owned(&to), owned(&cc)), "{parties:?}");
        }
    }

    fn owned(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn only_public_and_unlisted_posts_name_the_public() {
        for visibility in Visibility::ALL.iter().copied() {
            let parties = Parties {
                visibility,
                followers: FOLLOWERS,
                group: None,
                parent_author: None,
                mentioned: &[],
            };
            let got = address(parties);
            let open = got.to.iter().chain(&got.cc).any(|iri| iri == PUBLIC);
            assert_eq!(
                open,
                matches!(visibility, Visibility::Public | Visibility::Unlisted),
                "{visibility}"
            );
        }
    }
}
