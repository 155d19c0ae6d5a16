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
    let (before, rest) = first.split_once(&in_html(title))?;
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
