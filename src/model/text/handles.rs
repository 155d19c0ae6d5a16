//! Finding handles (`@name`, `@name@host:port`, `!name@host`) and hashtags in text.

use unicode_normalization::UnicodeNormalization as _;

/// A handle as written: the name, and the node where it is not our own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle {
    /// The part before the host, as written.
    pub name: String,
    /// `host` or `host:port` in lower case; empty for this node.
    pub domain: String,
}

impl Handle {
    /// Reads `name`, `@name`, `name@host`, `@name@host:port`, `!name@host` or `acct:…`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix("acct:").unwrap_or(text);
        let text = text.strip_prefix(['@', '!']).unwrap_or(text);
        let (name, domain) = text.split_once('@').unwrap_or((text, ""));
        let good = is_name(name)
            && (domain.is_empty() != text.contains('@'))
            && (domain.is_empty() || is_domain(domain));
        good.then(|| Self {
            name: name.to_owned(),
            domain: domain.to_lowercase(),
        })
    }

    /// The same handle seen from the node `authority`: its own domain becomes empty.
    pub fn relative_to(mut self, authority: &str) -> Self {
        if self.domain == authority {
            self.domain.clear();
        }
        self
    }

    /// How names are compared.
    pub fn name_key(&self) -> String {
        self.name.to_lowercase()
    }
}

impl std::fmt::Display for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.domain.is_empty() {
            write!(f, "{}", self.name)
        } else {
            write!(f, "{}@{}", self.name, self.domain)
        }
    }
}

/// Whether a text can be the name in a handle: letters, digits, `_`, and inside also `.` and `-`; at most 64.
pub fn is_name(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let edge = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (1..=64).contains(&text.len())
        && text.chars().all(inner)
        && text.starts_with(edge)
        && text.ends_with(edge)
}

/// Whether a text can be `host` or `host:port`.
pub fn is_domain(text: &str) -> bool {
    let (host, port) = text
        .split_once(':')
        .map_or((text, None), |(host, port)| (host, Some(port)));
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    host.len() <= 253
        && host.split('.').all(label)
        && port.is_none_or(|p| p.parse::<u16>().is_ok_and(|n| n > 0))
}

/// A domain as somebody typed it, in the form that it has in the ids of its node: small letters, ASCII (`xn--…` for others),
/// neither the port of https nor a dot at the end. `None` for what is no `host` or `host:port`.
pub fn plain_domain(text: &str) -> Option<String> {
    let text: String = text.trim().trim_start_matches('@').nfkc().collect();
    let (host, port) = text
        .split_once(':')
        .map_or((text.as_str(), None), |(host, port)| (host, Some(port)));
    let host = host.strip_suffix('.').unwrap_or(host);
    let typed = port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    if !is_domain(&typed) {
        return None;
    }
    let url = url::Url::parse(&format!("https://{typed}/")).ok()?;
    let host = url.host_str()?;
    Some(
        url.port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
    )
}

/// A stretch of text that is more than text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span<'a> {
    /// Plain text.
    Plain(&'a str),
    /// A handle, with the text as written.
    Mention(Handle, &'a str),
    /// A hashtag without its `#`.
    Tag(&'a str),
    /// A web address.
    Link(&'a str),
}

/// Splits plain text into handles, hashtags, web addresses and the rest.
pub fn spans(text: &str) -> Vec<Span<'_>> {
    let mut found = Vec::new();
    let mut finder = linkify::LinkFinder::new();
    finder.kinds(&[linkify::LinkKind::Url]);
    for part in finder.spans(text) {
        let is_web = part.as_str().starts_with("http://") || part.as_str().starts_with("https://");
        match part.kind() {
            Some(_) if is_web => found.push(Span::Link(part.as_str())),
            _ => words(part.as_str(), &mut found),
        }
    }
    found
}

fn words<'a>(text: &'a str, found: &mut Vec<Span<'a>>) {
    let (mut rest, mut plain_from) = (text, text);
    let mut before: Option<char> = None;
    while let Some(c) = rest.chars().next() {
        let starts = before
            .is_none_or(|b| !b.is_alphanumeric() && !matches!(b, '_' | '/' | '&' | '@' | '!'));
        if starts && let Some((span, taken)) = special(rest, c) {
            let plain_len = plain_from.len() - rest.len();
            if let Some(plain) = plain_from.get(..plain_len).filter(|p| !p.is_empty()) {
                found.push(Span::Plain(plain));
            }
            found.push(span);
            rest = rest.get(taken..).unwrap_or_default();
            plain_from = rest;
            before = Some('a');
            continue;
        }
        before = Some(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    if !plain_from.is_empty() {
        found.push(Span::Plain(plain_from));
    }
}

/// A handle or hashtag at the very beginning of `text`, and how many bytes it takes.
fn special(text: &str, first: char) -> Option<(Span<'_>, usize)> {
    match first {
        '#' => {
            let tag = text.get(1..)?;
            let end = tag
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(tag.len());
            let tag = tag.get(..end)?;
            let good =
                tag.chars().any(|c| !c.is_ascii_digit() && c != '_') && tag.chars().count() <= 100;
            good.then_some((Span::Tag(tag), end + 1))
        }
        '@' | '!' => {
            let body = text.get(1..)?;
            let name_end = body.find(|c: char| !is_name_char(c)).unwrap_or(body.len());
            let name = body.get(..name_end)?.trim_end_matches(['.', '-']);
            if !is_name(name) {
                return None;
            }
            let domain = body
                .get(name.len()..)?
                .strip_prefix('@')
                .map_or("", leading_domain);
            if first == '!' && domain.is_empty() {
                return None;
            }
            let taken = 1
                + name.len()
                + if domain.is_empty() {
                    0
                } else {
                    1 + domain.len()
                };
            let handle = Handle {
                name: name.to_owned(),
                domain: domain.to_lowercase(),
            };
            Some((Span::Mention(handle, text.get(..taken)?), taken))
        }
        _ => None,
    }
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

fn leading_domain(text: &str) -> &str {
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | ':')))
        .unwrap_or(text.len());
    let mut domain = text.get(..end).unwrap_or_default();
    while !domain.is_empty() && !is_domain(domain) {
        let shorter = domain.rfind(['.', ':', '-']).unwrap_or(0);
        domain = domain.get(..shorter).unwrap_or_default();
    }
    domain
}

/// Every handle in a Markdown or plain text, without repetition, in order.
pub fn mentioned(text: &str) -> Vec<Handle> {
    let mut handles = Vec::new();
    for span in spans(text) {
        if let Span::Mention(handle, _) = span
            && !handles.contains(&handle)
        {
            handles.push(handle);
        }
    }
    handles
}

/// Every hashtag as written, without repetition (compared folded), in order.
pub fn tags(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for span in spans(text) {
        if let Span::Tag(tag) = span
            && !found
                .iter()
                .any(|known| super::fold(known) == super::fold(tag))
        {
            found.push(tag.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handle(name: &str, domain: &str) -> Handle {
        Handle {
            name: name.into(),
            domain: domain.into(),
        }
    }

    #[test]
    fn handles_with_ports_are_understood() {
        assert_eq!(
            mentioned(
                "@pumps@north.localhost:7401 #question Why? cc @karim, (@lotte) !safety@south.localhost:7402."
            ),
            vec![
                handle("pumps", "north.localhost:7401"),
                handle("karim", ""),
                handle("lotte", ""),
                handle("safety", "south.localhost:7402"),
            ]
        );
    }

    #[test]
    fn mail_addresses_and_web_addresses_are_no_handles() {
        assert_eq!(
            mentioned("write to bob@example.org or https://example.org/@bob"),
            vec![]
        );
    }

    #[test]
    fn punctuation_after_a_handle_is_not_part_of_it() {
        assert_eq!(
            mentioned("hello @bob. and @amy@a.example."),
            vec![handle("bob", ""), handle("amy", "a.example")]
        );
    }

    #[test]
    fn tags_are_found_and_numbers_are_not() {
        assert_eq!(
            tags("#Sécurité #1 #2024plan a#b #securite"),
            vec!["Sécurité", "2024plan"]
        );
    }

    #[test]
    fn a_typed_domain_becomes_what_its_node_calls_itself() {
        for (typed, plain) in [
            ("p.example", "p.example"),
            (" @P.Example. ", "p.example"),
            ("p.example:443", "p.example"),
            ("P.example.:443", "p.example"),
            ("p.example:8443", "p.example:8443"),
            ("north.localhost:7401", "north.localhost:7401"),
            ("münchen.example", "xn--mnchen-3ya.example"),
            ("MU\u{308}NCHEN.example:443", "xn--mnchen-3ya.example"),
            ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
            ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
        ] {
            assert_eq!(plain_domain(typed).as_deref(), Some(plain), "{typed}");
        }
        for bad in [
            "",
            ".",
            ":443",
            "p.example:0",
            "p.example:",
            "https://p.example",
            "p.example/x",
            "a@p.example",
            "two words",
            "p..example",
            "xn--a.example?",
        ] {
            assert_eq!(plain_domain(bad), None, "{bad}");
        }
    }

    #[test]
    fn handles_parse_strictly() {
        assert_eq!(
            Handle::parse("@karim@north.localhost:7401"),
            Some(handle("karim", "north.localhost:7401"))
        );
        assert_eq!(
            Handle::parse("acct:!pumps@n.example"),
            Some(handle("pumps", "n.example"))
        );
        assert_eq!(
            Handle::parse("!pumps@n.example"),
            Some(handle("pumps", "n.example"))
        );
        for bad in [
            "",
            "@",
            "a@",
            "a@host:99999",
            "a@ho/st",
            "a b",
            "@@a",
            "a@b@c",
        ] {
            assert_eq!(Handle::parse(bad), None, "{bad}");
        }
    }
}
