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
    let clean = PLAIN.clean(&spaced).to_string();
    let text = clean
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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
    fn text_of_html_is_readable() {
        assert_eq!(
            to_text("<p>a &amp; b</p><p>c<br>d &lt;e&gt;</p>"),
            "a & b c d <e>"
        );
    }
}
