//! Which names people and communities of this node may have: one name space for both, for good.

use super::refusal::Refusal;
use super::words::Role;

/// Longest name, in characters.
pub const NAME_MAX: usize = 30;
/// Longest display name or title, in characters.
pub const LINE_MAX: usize = 120;
/// Longest e-mail address, in characters (RFC 5321).
const EMAIL_MAX: usize = 254;

/// Names that mean something else, or would let somebody pass for the node.
const RESERVED: &[&str] = &[
    "about",
    "abuse",
    "accessibility",
    "activities",
    "actor",
    "admin",
    "administrator",
    "all",
    "api",
    "ask",
    "auth",
    "c",
    "convince",
    "cordee",
    "everyone",
    "health",
    "healthz",
    "help",
    "home",
    "host-meta",
    "inbox",
    "instance",
    "invite",
    "login",
    "logout",
    "media",
    "metrics",
    "mod",
    "moderator",
    "node",
    "nodeinfo",
    "notifications",
    "oauth",
    "outbox",
    "postmaster",
    "posts",
    "privacy",
    "readyz",
    "register",
    "relay",
    "root",
    "search",
    "security",
    "settings",
    "shared-inbox",
    "signup",
    "static",
    "steward",
    "support",
    "system",
    "tags",
    "users",
    "webfinger",
    "webmaster",
    "write",
    "www",
];

/// Reserved names that an admin may have.
const FOR_ADMINS: &[&str] = &["admin", "administrator", "root"];

/// Whether somebody (or a community) may be called this. Characters: `a` to `z`, digits, and inside also `.`, `-`, `_`
/// (`_` at the edges too).
///
/// # Errors
/// `Blank`, `TooLong`, `BadName` or `Reserved`.
pub fn check_name(name: &str, role: Role) -> Result<(), Refusal> {
    if name.is_empty() {
        return Err(Refusal::Blank);
    }
    if name.chars().count() > NAME_MAX {
        return Err(Refusal::TooLong(NAME_MAX));
    }
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let good = name.chars().all(|c| edge(c) || c == '.' || c == '-')
        && name.starts_with(edge)
        && name.ends_with(edge)
        && !name.contains("..");
    if !good {
        return Err(Refusal::BadName);
    }
    if RESERVED.contains(&name) && !(role == Role::Admin && FOR_ADMINS.contains(&name)) {
        return Err(Refusal::Reserved);
    }
    Ok(())
}

/// Whether a text looks like an e-mail address: something without blanks, `@`, a domain.
///
/// # Errors
/// `Blank` or `BadEmail`.
pub fn check_email(email: &str) -> Result<(), Refusal> {
    let email = email.trim();
    if email.is_empty() {
        return Err(Refusal::Blank);
    }
    let good = email.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !local.contains(['@', ',', ';', '<', '>', '"', '(', ')', '\\'])
            && super::text::handles::is_domain(domain)
            && !domain.contains(':')
    });
    let clean = email.chars().count() <= EMAIL_MAX
        && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    if good && clean {
        Ok(())
    } else {
        Err(Refusal::BadEmail)
    }
}

/// The plainest spelling of an address of mail: small letters, no dots in the name, nothing after a plus. What reaches the
/// same person with most providers is the same text.
pub fn canonical_email(email: &str) -> String {
    let email = email.trim().to_lowercase();
    let Some((local, domain)) = email.rsplit_once('@') else {
        return email;
    };
    let name = local.split('+').next().unwrap_or_default();
    format!("{}@{domain}", name.replace('.', ""))
}

/// One line for showing: no control characters, nothing that turns the direction of writing, blanks single, at most
/// `max` characters.
pub fn clean_line(text: &str, max: usize) -> String {
    let visible = |c: &char| !matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let spaced: String = text
        .chars()
        .filter(visible)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    spaced
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(max)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_not_reserved() {
        for good in ["ada", "field-notes", "a", "x_1", "_x_", "a.b", "lotte2"] {
            assert_eq!(check_name(good, Role::Member), Ok(()), "{good}");
        }
        for bad in [
            "Ada", "é", "a b", "-a", "a-", ".a", "a..b", "a/b", "аda", "a@b", "%2e",
        ] {
            assert_eq!(
                check_name(bad, Role::Member),
                Err(Refusal::BadName),
                "{bad}"
            );
        }
        assert_eq!(check_name("", Role::Member), Err(Refusal::Blank));
        assert_eq!(
            check_name(&"a".repeat(31), Role::Member),
            Err(Refusal::TooLong(30))
        );
        assert_eq!(check_name("admin", Role::Member), Err(Refusal::Reserved));
        assert_eq!(check_name("admin", Role::Admin), Ok(()));
        assert_eq!(check_name("inbox", Role::Admin), Err(Refusal::Reserved));
    }

    #[test]
    fn an_address_has_a_name_and_a_domain() {
        for good in ["a@b.org", "a.b+c@north.localhost", "ü@example.org"] {
            assert_eq!(check_email(good), Ok(()), "{good}");
        }
        for bad in [
            "a",
            "@b.org",
            "a@",
            "a b@c.org",
            "a@b@c.org",
            "a@b.org\nBcc: x@y.org",
            "<a@b.org>",
        ] {
            assert_eq!(check_email(bad), Err(Refusal::BadEmail), "{bad}");
        }
    }

    #[test]
    fn a_line_hides_nothing() {
        assert_eq!(
            clean_line(" Ada\n\u{202e}Lovelace\u{0}  x", 12),
            "Ada Lovelace"
        );
    }
}
