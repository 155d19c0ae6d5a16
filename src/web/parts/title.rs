//! A title that was made from the text is not said twice where it stands above it.

use crate::model::text::html::to_text;
use crate::model::text::verbs;

/// The body below its title: without its first sentence where that is the title, and nothing but the community's handle and
/// the verb stands before it.
pub(crate) fn body_below(title: &str, community: Option<&str>, html: &str) -> String {
    cut(title, community, html).unwrap_or_else(|| html.to_owned())
}

fn cut(title: &str, community: Option<&str>, html: &str) -> Option<String> {
    if title.is_empty() {
        return None;
    }
    let (first, after) = html.strip_prefix("<p>")?.split_once("</p>")?;
    let (before, rest) = split(first, &in_html(title))?;
    if !to_text(before)
        .split(' ')
        .all(|word| is_address(word, community))
    {
        return None;
    }
    let mut rest = rest.trim_start();
    while let Some(below) = rest.strip_prefix("<br>") {
        rest = below.trim_start();
    }
    Some(if rest.is_empty() {
        after.to_owned()
    } else {
        format!("<p>{rest}</p>{after}")
    })
}

/// What stands before and after the first place where a text is text: not in a tag, nor between the two tags of an element.
fn split<'a>(html: &'a str, text: &str) -> Option<(&'a str, &'a str)> {
    html.match_indices(text)
        .filter_map(|(at, _)| {
            let (before, from) = html.split_at_checked(at)?;
            Some((before, from.strip_prefix(text)?))
        })
        .find(|(before, _)| is_whole(before))
}

/// Whether every tag of a piece of sanitised HTML ends in it, and every element that it opens but `<br>`. What stands in
/// the quotes of an attribute is no tag, whatever it looks like.
fn is_whole(html: &str) -> bool {
    let mut open = 0_i32;
    let mut rest = html;
    while let Some((_, from)) = rest.split_once('<') {
        let Some(end) = end_of_tag(from) else {
            return false;
        };
        let (tag, after) = from.split_at(end);
        if tag.starts_with('/') {
            open -= 1;
        } else if tag != "br" {
            open += 1;
        }
        rest = after;
    }
    open == 0
}

/// Where the `>` of a tag stands, from behind its `<`.
fn end_of_tag(from: &str) -> Option<usize> {
    let mut quoted = false;
    from.find(|c| {
        quoted ^= c == '"';
        c == '>' && !quoted
    })
}

/// A text as the sanitiser writes it between tags.
fn in_html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Whether a word before the title only says where and as what it was posted.
fn is_address(word: &str, community: Option<&str>) -> bool {
    if let Some(tag) = word.strip_prefix('#') {
        return verbs::kind_of(tag).is_some();
    }
    match word.strip_prefix(['@', '!']) {
        Some(handle) => handle.split('@').next() == community,
        None => word.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::body_below;

    #[test]
    fn the_title_goes_where_only_the_address_stands_before_it() {
        let link =
            r#"<span class="h-card"><a href="http://n/c/pumps">@<span>pumps</span></a></span>"#;
        let verb = r#"<a href="http://n/tags/question">#<span>question</span></a>"#;
        for (html, left) in [
            (format!("<p>{link} {verb} Why &lt;x&gt;?</p>"), ""),
            (
                format!("<p>{link} {verb} Why &lt;x&gt;? It is new.</p><p>b</p>"),
                "<p>It is new.</p><p>b</p>",
            ),
            (
                format!("<p>{verb} Why &lt;x&gt;?<br>It is new.</p>"),
                "<p>It is new.</p>",
            ),
            ("<p>Why &lt;x&gt;?</p>".to_owned(), ""),
        ] {
            assert_eq!(body_below("Why <x>?", Some("pumps"), &html), left, "{html}");
        }
        for html in [
            "<p>@lotte #question Why &lt;x&gt;?</p>",
            "<p>So, Why &lt;x&gt;?</p>",
            "<p>a</p><p>Why &lt;x&gt;?</p>",
            "<ul><li>Why &lt;x&gt;?</li></ul>",
            "<p><a href=\"http://n/\" title=\"Why &lt;x&gt;?\">@pumps</a></p>",
            "<p><strong>Why &lt;x&gt;?</strong> It is new.</p>",
            "<p><span translate=\"></span>Why &lt;x&gt;?\">@pumps</span></p>",
            "<p><span translate=\"</span>>Why &lt;x&gt;?\">@pumps</span></p>",
            "<p><span translate=\"</span>\"><a title=\">Why &lt;x&gt;?\">@pumps</a></span></p>",
        ] {
            assert_eq!(body_below("Why <x>?", Some("pumps"), html), html);
        }
        assert_eq!(
            body_below("L'eau, \"où\" ?", None, "<p>#vraag L'eau, \"où\" ?</p>"),
            ""
        );
        assert_eq!(body_below("", None, "<p>a</p>"), "<p>a</p>");
    }
}
