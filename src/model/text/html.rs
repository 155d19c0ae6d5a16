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

/// What clients show: headings become bold paragraphs, as Mastodon does with them.
pub fn for_clients(html: &str) -> String {
    let mut text = html.to_owned();
    for level in 1..=6 {
        text = text
            .replace(&format!("<h{level}>"), "<p><strong>")
            .replace(&format!("</h{level}>"), "</strong></p>");
    }
    text
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
}
