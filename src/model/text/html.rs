//! The one sanitiser for HTML, ours and foreign. What Mastodon clients cannot show is turned into what they can only
//! where a client asks; the stored form keeps headings and tables (FEP-b2b8).

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Classes that mean something to clients; every other class is dropped.
const CLASSES: &[&str] = &[
    "mention",
    "hashtag",
    "u-url",
    "h-card",
    "invisible",
    "ellipsis",
    "quote-inline",
    "p-name",
    "e-content",
];

static FOREIGN: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = base();
    builder.link_rel(Some("nofollow noopener noreferrer ugc"));
    builder
});

static OWN: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = base();
    builder.link_rel(None).add_tag_attributes("a", &["rel"]);
    builder
});

static PLAIN: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::empty();
    builder.clean_content_tags(HashSet::from(["script", "style"]));
    builder
});

fn base() -> ammonia::Builder<'static> {
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(HashSet::from([
            "p",
            "br",
            "span",
            "a",
            "del",
            "s",
            "pre",
            "code",
            "em",
            "strong",
            "b",
            "i",
            "u",
            "ul",
            "ol",
            "li",
            "blockquote",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "sup",
            "sub",
        ]))
        .clean_content_tags(HashSet::from(["script", "style"]))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href", "translate"])),
            ("span", HashSet::from(["translate"])),
            ("ol", HashSet::from(["start", "reversed"])),
            ("li", HashSet::from(["value"])),
        ]))
        .allowed_classes(HashMap::from([
            ("a", CLASSES.iter().copied().collect::<HashSet<_>>()),
            ("span", CLASSES.iter().copied().collect()),
            ("p", CLASSES.iter().copied().collect()),
        ]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny);
    builder
}

/// Cleans HTML that another node sent.
pub fn sanitize_foreign(html: &str) -> String {
    FOREIGN.clean(html).to_string()
}

/// Cleans HTML that our own renderer made: the second wall behind it.
pub fn sanitize_own(html: &str) -> String {
    OWN.clean(html).to_string()
}

/// The text without markup, entities resolved, paragraphs kept apart by a blank.
pub fn to_text(html: &str) -> String {
    let spaced = html
        .replace("</p>", "</p> ")
        .replace("<br", " <br")
        .replace("</li>", "</li> ");
    let text = unescape(&PLAIN.clean(&spaced).to_string());
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The entities that the sanitiser writes, as the characters they stand for.
fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
}

/// Longest web address that posts are found by, in bytes: an index of PostgreSQL takes no longer ones.
const MAX_ADDRESS: usize = 2000;
/// Web addresses of one post that it is found by at most.
pub const MAX_LINKS: usize = 50;

/// A web address in the form in which addresses are compared: host in small letters, no fragment. `None` for what is no
/// web address, or longer than 2000 bytes.
pub fn web_address(text: &str) -> Option<String> {
    let mut url = url::Url::parse(text.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    url.set_fragment(None);
    let plain = String::from(url);
    (plain.len() <= MAX_ADDRESS).then_some(plain)
}

/// The web addresses that sanitised HTML links to, in order, mentions and hashtags left out.
pub fn links(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for tag in html.split("<a ").skip(1) {
        let (mut rest, mut address, mut is_name) = (tag, None, false);
        while let Some((name, after)) = rest.split_once("=\"")
            && !name.contains('>')
            && let Some((value, behind)) = after.split_once('"')
        {
            match name.trim() {
                "href" => address = web_address(&unescape(value)),
                "class" => {
                    let mut words = value.split_whitespace();
                    is_name = words.any(|word| matches!(word, "mention" | "hashtag"));
                }
                _ => {}
            }
            rest = behind;
        }
        if let Some(address) = address.filter(|one| !is_name && !found.contains(one)) {
            found.push(address);
        }
    }
    found.truncate(MAX_LINKS);
    found
}

/// What clients show (mastodon-api, HTML rules): headings become bold paragraphs and tables paragraphs with a line for each
/// row, lines across go, what stands high or low keeps a sign, and links open elsewhere.
pub fn for_clients(html: &str) -> String {
    let mut page = ForClients {
        out: String::with_capacity(html.len() + 64),
        tables: 0,
        rows: 0,
        cells: 0,
    };
    let mut rest = html;
    while !rest.is_empty() {
        let (text, tail) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        page.out.push_str(text);
        let (tag, after) = tail.split_at(end_of_tag(tail));
        page.tag(tag);
        rest = after;
    }
    page.out
}

/// Where the tag at the beginning of a text ends. A `>` within quotes does not end it.
fn end_of_tag(text: &str) -> usize {
    let mut quoted = false;
    let end = text.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == '>' && !quoted
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

struct ForClients {
    out: String,
    /// How many tables are open.
    tables: u32,
    /// Rows of the outermost one so far, and cells of its last row.
    rows: u32,
    cells: u32,
}

impl ForClients {
    fn tag(&mut self, tag: &str) {
        let closes = tag.starts_with("</");
        let name: String = tag
            .trim_start_matches(['<', '/'])
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        match (name.as_str(), closes) {
            ("table", _) => self.table(closes),
            ("thead" | "tbody" | "hr", _) | ("tr" | "td" | "sup" | "sub", true) => {}
            ("tr", false) => self.row(),
            ("td", false) => self.cell(),
            ("th", false) => {
                self.cell();
                self.out.push_str("<strong>");
            }
            ("th", true) => self.out.push_str("</strong>"),
            ("sup", false) => self.out.push('^'),
            ("sub", false) => self.out.push('_'),
            // Blocks have no place in the paragraph that a table became.
            (
                "p" | "pre" | "ul" | "ol" | "li" | "blockquote" | "h1" | "h2" | "h3" | "h4" | "h5"
                | "h6",
                _,
            ) if self.tables > 0 => {
                if closes {
                    self.out.push(' ');
                }
            }
            ("h1" | "h2" | "h3" | "h4" | "h5" | "h6", false) => self.out.push_str("<p><strong>"),
            ("h1" | "h2" | "h3" | "h4" | "h5" | "h6", true) => self.out.push_str("</strong></p>"),
            ("a", false) => self.out.push_str(&link(tag)),
            _ => self.out.push_str(tag),
        }
    }

    fn table(&mut self, closes: bool) {
        if closes {
            self.tables = self.tables.saturating_sub(1);
        }
        if self.tables == 0 {
            self.out.push_str(if closes { "</p>" } else { "<p>" });
        }
        if !closes {
            self.tables += 1;
            (self.rows, self.cells) = (0, 0);
        }
    }

    fn row(&mut self) {
        if self.rows > 0 {
            self.out.push_str("<br>");
        }
        self.rows += 1;
        self.cells = 0;
    }

    fn cell(&mut self) {
        if self.cells > 0 {
            self.out.push_str(" | ");
        }
        self.cells += 1;
    }
}

/// A link as clients know it. Those of mentions and tags stay as they are: clients match on them.
fn link(tag: &str) -> String {
    let class = tag
        .split(" class=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_default();
    let ours = class
        .split(' ')
        .any(|word| matches!(word, "mention" | "hashtag"));
    let Some(open) = tag.strip_suffix('>').filter(|_| !ours) else {
        return tag.to_owned();
    };
    let mut out = open.to_owned();
    for (name, value) in [("rel", "nofollow noopener"), ("target", "_blank")] {
        if !open.contains(&format!(" {name}=\"")) {
            out.push_str(&format!(" {name}=\"{value}\""));
        }
    }
    out.push('>');
    out
}

/// Escapes text for HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_handlers_and_script_links_are_gone() {
        let bad = r#"<script>alert(1)</script><p onclick="x()">a<img src=x onerror=y></p><a href="javascript:z()">b</a>"#;
        let clean = sanitize_foreign(bad);
        assert!(
            !clean.contains("script") && !clean.contains("onclick") && !clean.contains("img"),
            "{clean}"
        );
    }

    #[test]
    fn mention_markup_survives() {
        let html = r#"<span class="h-card x" translate="no"><a href="https://a.example/@b" class="u-url mention">@<span>b</span></a></span>"#;
        let clean = sanitize_foreign(html);
        assert!(
            clean.contains(r#"class="u-url mention""#) && clean.contains(r#"class="h-card""#),
            "{clean}"
        );
        assert!(clean.contains("nofollow"), "{clean}");
    }

    #[test]
    fn links_are_found_in_one_form_and_names_are_none() {
        let html = sanitize_foreign(
            r#"<p><a href="https://A.example/x?a=1&amp;b=2#part" class="u-url mention">@<span>b</span></a>
            <a class="mention hashtag" href="https://a.example/tags/c" rel="tag">#<span>c</span></a>
            <a href="https://A.example/x?a=1&amp;b=2#part">one</a> <a href="https://a.example/x?a=1&b=2">again</a>
            <a href="mailto:x@a.example">post</a> <a rel="me" href="http://b.example">two</a></p>"#,
        );
        assert_eq!(
            links(&html),
            ["https://a.example/x?a=1&b=2", "http://b.example/"]
        );
        assert_eq!(web_address("ftp://a.example/"), None);
        assert_eq!(
            web_address(&format!("https://a.example/{}", "x".repeat(2000))),
            None
        );
    }

    #[test]
    fn text_of_html_is_readable() {
        assert_eq!(
            to_text("<p>a &amp; b</p><p>c<br>d &lt;e&gt;</p>"),
            "a & b c d <e>"
        );
    }

    #[test]
    fn clients_get_only_what_they_can_show() {
        for (stored, shown) in [
            ("<h2>a</h2><p>b</p>", "<p><strong>a</strong></p><p>b</p>"),
            (
                "<table><thead><tr><th>Pump</th><th>Bar</th></tr></thead><tbody><tr><td>A</td><td>3</td></tr></tbody></table>",
                "<p><strong>Pump</strong> | <strong>Bar</strong><br>A | 3</p>",
            ),
            (
                "<table><tr><td><p>x</p></td><td><ul><li>y</li></ul></td></tr></table>",
                "<p>x  | y  </p>",
            ),
            (
                "<p>a</p><hr><p>10<sup>3</sup> H<sub>2</sub>O</p>",
                "<p>a</p><p>10^3 H_2O</p>",
            ),
            (
                "<a href=\"https://x.example/?a=>\">x</a>",
                "<a href=\"https://x.example/?a=>\" rel=\"nofollow noopener\" target=\"_blank\">x</a>",
            ),
            (
                "<a href=\"https://x.example/\" rel=\"nofollow noopener noreferrer ugc\">x</a>",
                "<a href=\"https://x.example/\" rel=\"nofollow noopener noreferrer ugc\" target=\"_blank\">x</a>",
            ),
            (
                "<a href=\"https://x.example/@k\" class=\"u-url mention\">@<span>k</span></a>",
                "<a href=\"https://x.example/@k\" class=\"u-url mention\">@<span>k</span></a>",
            ),
            ("a < b", "a < b"),
            ("", ""),
        ] {
            assert_eq!(for_clients(stored), shown, "{stored}");
        }
    }
}
