//! OAuth scopes as Mastodon clients know them. A scope holds its children: `read` holds `read:accounts`; `follow` holds
//! reading and writing of follows, blocks and mutes.

use std::fmt;

/// Every scope that an app may ask for.
pub const ALL: &[&str] = &[
    "read",
    "read:accounts",
    "read:blocks",
    "read:bookmarks",
    "read:favourites",
    "read:filters",
    "read:follows",
    "read:lists",
    "read:mutes",
    "read:notifications",
    "read:search",
    "read:statuses",
    "write",
    "write:accounts",
    "write:blocks",
    "write:bookmarks",
    "write:conversations",
    "write:favourites",
    "write:filters",
    "write:follows",
    "write:lists",
    "write:media",
    "write:mutes",
    "write:notifications",
    "write:reports",
    "write:statuses",
    "follow",
    "push",
    "profile",
    "admin:read",
    "admin:read:accounts",
    "admin:read:reports",
    "admin:read:domain_allows",
    "admin:read:domain_blocks",
    "admin:read:ip_blocks",
    "admin:read:email_domain_blocks",
    "admin:read:canonical_email_blocks",
    "admin:write",
    "admin:write:accounts",
    "admin:write:reports",
    "admin:write:domain_allows",
    "admin:write:domain_blocks",
    "admin:write:ip_blocks",
    "admin:write:email_domain_blocks",
    "admin:write:canonical_email_blocks",
];

/// What `follow` stands for.
const FOLLOW: &[&str] = &[
    "read:follows",
    "write:follows",
    "read:blocks",
    "write:blocks",
    "read:mutes",
    "write:mutes",
];

/// A set of scopes, in the order of [`ALL`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes(Vec<&'static str>);

impl Scopes {
    /// Reads scopes separated by blanks (or `+`, which some clients leave undecoded). `None` where one is unknown.
    pub fn parse(text: &str) -> Option<Self> {
        let mut wanted = Vec::new();
        for word in text
            .split(|c: char| c.is_whitespace() || c == '+')
            .filter(|word| !word.is_empty())
        {
            wanted.push(*ALL.iter().find(|known| **known == word)?);
        }
        Some(Self(
            ALL.iter()
                .copied()
                .filter(|known| wanted.contains(known))
                .collect(),
        ))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The scopes one by one.
    pub fn iter(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.iter().copied()
    }

    /// Whether what needs `wanted` is allowed, by itself or by a scope that holds it.
    pub fn allow(&self, wanted: &str) -> bool {
        self.0.iter().any(|held| {
            *held == wanted
                || wanted
                    .strip_prefix(held)
                    .is_some_and(|rest| rest.starts_with(':'))
                || (*held == "follow" && FOLLOW.contains(&wanted))
                || (wanted == "profile" && matches!(*held, "read" | "read:accounts"))
        })
    }

    /// Whether all of these are allowed by `other`.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.iter().all(|scope| {
            other.allow(scope)
                || (*scope == "follow" && FOLLOW.iter().all(|part| other.allow(part)))
        })
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(text: &str) -> Scopes {
        Scopes::parse(text).unwrap()
    }

    #[test]
    fn a_scope_holds_its_children_and_nothing_else() {
        let read = scopes("read");
        assert!(read.allow("read") && read.allow("read:accounts") && read.allow("profile"));
        assert!(
            !read.allow("write")
                && !read.allow("admin:read")
                && !read.allow("readable")
                && !read.allow("follow")
        );
        assert!(scopes("admin:read").allow("admin:read:accounts"));
        assert!(
            !scopes("read:accounts").allow("read")
                && !scopes("read:accounts").allow("read:statuses")
        );
        assert!(
            scopes("follow").allow("write:blocks") && !scopes("follow").allow("write:statuses")
        );
        assert!(!scopes("profile").allow("read:accounts"));
    }

    #[test]
    fn scopes_read_and_write_back_in_one_order() {
        assert_eq!(scopes("write  read+write").to_string(), "read write");
        assert_eq!(scopes("").to_string(), "");
        assert_eq!(Scopes::parse("read everything"), None);
    }

    #[test]
    fn an_app_may_be_given_less_than_it_registered_but_not_more() {
        let app = scopes("read write:statuses follow");
        assert!(scopes("read:accounts write:statuses").is_within(&app));
        assert!(scopes("write:mutes").is_within(&app));
        assert!(!scopes("write").is_within(&app));
        assert!(scopes("follow").is_within(&scopes("read write")));
        assert!(!scopes("admin:read").is_within(&scopes("read write follow push")));
    }
}
