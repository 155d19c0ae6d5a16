//! Markdown as people type it into any client, turned into HTML with links for handles, hashtags and addresses. Raw
//! HTML is shown as typed, never obeyed.

use std::collections::HashMap;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, TextMergeStream, html};

use super::handles::{Handle, Span, spans};
use super::html::{escape, sanitize_own};

/// Where a mention leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Address of the profile page, equal to `mentions[].url` in the API.
    pub url: String,
    /// The name shown after the `@`.
    pub name: String,
}

/// What the renderer needs to know besides the text.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// The handles that were found, as written in the text.
    pub mentions: HashMap<Handle, Target>,
    /// The node's address without trailing slash, for the pages of tags.
    pub base_url: String,
}

/// Renders Markdown to sanitised HTML.
pub fn render(source: &str, links: &Links) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut depth_of_code = 0_u32;
    // The parser cuts text at `_` and the like; handles must stay whole.
    let events = TextMergeStream::new(Parser::new_ext(source, options)).flat_map(|event| {
        match &event {
            Event::Start(Tag::CodeBlock(_) | Tag::Link { .. }) => depth_of_code += 1,
            Event::End(TagEnd::CodeBlock | TagEnd::Link) => {
                depth_of_code = depth_of_code.saturating_sub(1);
            }
            _ => {}
        }
        match event {
            Event::Text(text) if depth_of_code == 0 => {
                vec![Event::InlineHtml(linked(&text, links).into())]
            }
            Event::Html(raw) | Event::InlineHtml(raw) => vec![Event::Text(raw)],
            Event::SoftBreak => vec![Event::HardBreak],
            Event::Start(Tag::HtmlBlock) => vec![Event::Start(Tag::Paragraph)],
            Event::End(TagEnd::HtmlBlock) => vec![Event::End(TagEnd::Paragraph)],
            // Images are attachments here; their text stays.
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => vec![],
            other => vec![other],
        }
    });
    let mut out = String::with_capacity(source.len() * 2);
    html::push_html(&mut out, events);
    sanitize_own(&out)
        .trim_end()
        .replace(">\n<", "><")
        .replace("<br>\n", "<br>")
}

fn linked(text: &str, links: &Links) -> String {
    let mut out = String::with_capacity(text.len());
    for span in spans(text) {
        match span {
            Span::Plain(plain) => out.push_str(&escape(plain)),
            Span::Mention(handle, written) => match links.mentions.get(&handle) {
                Some(target) => out.push_str(&format!(
                    r#"<span class="h-card" translate="no"><a href="{}" class="u-url mention">@<span>{}</span></a></span>"#,
                    escape(&target.url),
                    escape(&target.name)
                )),
                None => out.push_str(&escape(written)),
            },
            Span::Tag(tag) => out.push_str(&format!(
                r#"<a href="{}/tags/{}" class="mention hashtag" rel="tag">#<span>{}</span></a>"#,
                escape(&links.base_url),
                escape(&super::fold(tag)),
                escape(tag)
            )),
            Span::Link(url) => out.push_str(&web_link(url)),
        }
    }
    out
}

/// An address as Mastodon shows it: scheme hidden, long tails hidden behind an ellipsis.
fn web_link(url: &str) -> String {
    let shown = url.split_once("://").map_or(url, |(_, rest)| rest);
    let scheme = url.strip_suffix(shown).unwrap_or_default();
    let head: String = shown.chars().take(30).collect();
    let tail = shown.strip_prefix(head.as_str()).unwrap_or_default();
    let class = if tail.is_empty() { "" } else { "ellipsis" };
    format!(
        r#"<a href="{href}" rel="nofollow noopener" translate="no"><span class="invisible">{scheme}</span><span class="{class}">{head}</span><span class="invisible">{tail}</span></a>"#,
        href = escape(url),
        scheme = escape(scheme),
        head = escape(&head),
        tail = escape(tail)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links() -> Links {
        let target = Target {
            url: "http://n.example/@karim".into(),
            name: "karim".into(),
        };
        Links {
            mentions: HashMap::from([(
                Handle {
                    name: "karim".into(),
                    domain: String::new(),
                },
                target,
            )]),
            base_url: "http://n.example".into(),
        }
    }

    #[test]
    fn a_plain_text_becomes_paragraphs_with_breaks() {
        assert_eq!(
            render("one\ntwo\n\nthree", &links()),
            "<p>one<br>two</p><p>three</p>"
        );
    }

    #[test]
    fn handles_and_tags_become_links() {
        let html = render("hello @karim #Pumps @nobody", &links());
        assert!(
            html.contains(
                r#"<a href="http://n.example/@karim" class="u-url mention">@<span>karim</span></a>"#
            ),
            "{html}"
        );
        assert!(
            html.contains(r#"href="http://n.example/tags/pumps""#) && html.contains("@nobody"),
            "{html}"
        );
    }

    #[test]
    fn names_with_underscores_stay_whole() {
        let mut links = links();
        let target = Target {
            url: "http://n.example/@a_b_c".into(),
            name: "a_b_c".into(),
        };
        links.mentions.insert(
            Handle {
                name: "a_b_c".into(),
                domain: String::new(),
            },
            target,
        );
        assert!(render("see @a_b_c and #my_tag_x", &links).contains("@<span>a_b_c</span>"));
        assert!(render("see #my_tag_x", &links).contains("#<span>my_tag_x</span>"));
    }

    #[test]
    fn raw_html_is_shown_and_script_links_are_dropped() {
        let html = render(
            "<script>alert(1)</script> <b onclick=x>z</b>\n\n[y](javascript:alert(2))",
            &links(),
        );
        assert!(html.starts_with("<p>&lt;script&gt;"), "{html}");
        assert!(
            !html.contains("<script") && !html.contains("javascript:") && !html.contains("<b "),
            "{html}"
        );
    }

    #[test]
    fn a_verb_at_the_beginning_is_no_heading() {
        assert!(render("#question Why?", &links()).starts_with("<p>"));
        assert!(render("# Title\n\ntext", &links()).starts_with("<h1>Title</h1>"));
    }

    #[test]
    fn emphasis_storms_end_soon() {
        let storm = "*a **a ".repeat(20_000);
        assert!(!render(&storm, &links()).is_empty());
    }
}
