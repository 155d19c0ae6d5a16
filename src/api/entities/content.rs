//! What clients show of a post: its text, and for a long article the beginning with a link and a card (mastodon-api 5).

use serde_json::{Value, json};

use crate::config::Config;
use crate::i18n::{Lang, labels};
use crate::model::post::{Fields, fields_below};
use crate::model::text::{fold, html, quote_link, teaser};
use crate::store::posts::Post;

/// Longest body that is shown whole where there is a title, in characters; also the length of the excerpt.
const EXCERPT: usize = 1500;
const CARD_TEXT: usize = 200;

/// Content and, for long articles, a card.
pub(super) struct Shown {
    pub(super) content: String,
    pub(super) card: Value,
}

/// The body alone, as clients can show it.
pub(crate) fn body(html: &str) -> String {
    html::for_clients(html)
}

/// The node's own language.
pub(crate) fn language_of(config: &Config) -> Lang {
    config
        .node
        .languages
        .first()
        .and_then(|tag| Lang::parse(tag))
        .unwrap_or(Lang::En)
}

/// With the title on top, unless the text says it anyway.
pub(crate) fn titled(title: &str, html: &str) -> String {
    let shown = body(html);
    if title.is_empty() || fold(&html::to_text(html)).contains(&fold(title)) {
        return shown;
    }
    format!("<p><strong>{}</strong></p>{shown}", html::escape(title))
}

/// The body with the fields below it, as far as it does not say them itself.
pub(crate) fn with_fields(lang: Lang, post: &Post, html: &str, fields: Fields) -> String {
    let fields = fields_below(post.local, html, fields);
    labels::with_fields(lang, post.kind, html, &fields)
}

/// What is shown of a post; `quoted` is the page of what it quotes, which stands in front as a link. Labels are in the node's language: this is made once for all readers.
pub(super) fn of(post: &Post, author: &str, quoted: Option<&str>, config: &Config) -> Shown {
    let mut shown = text_of(post, author, config);
    if let Some(page) = quoted {
        shown.content.insert_str(0, &quote_link(page));
    }
    shown
}

fn text_of(post: &Post, author: &str, config: &Config) -> Shown {
    let lang = language_of(config);
    let whole = with_fields(lang, post, &post.html, post.fields_map());
    let short = post.title.is_empty() || whole.len() <= EXCERPT;
    let text = if short {
        String::new()
    } else {
        html::to_text(&whole)
    };
    if short || text.chars().count() <= EXCERPT {
        return Shown {
            content: titled(&post.title, &whole),
            card: Value::Null,
        };
    }
    let node = &config.node.name;
    let url = html::escape(&post.url);
    let content = format!(
        "<p><strong>{}</strong></p><p>{}</p><p><a href=\"{url}\" rel=\"nofollow noopener\" target=\"_blank\" \
         translate=\"no\">{url}</a></p>",
        html::escape(&post.title),
        html::escape(&teaser(&text, EXCERPT)),
    );
    let card = json!({
        "url": post.url,
        "title": post.title,
        "description": teaser(&text, CARD_TEXT),
        "type": "link",
        "author_name": author,
        "author_url": "",
        "provider_name": node,
        "provider_url": "",
        "html": "",
        "width": 0,
        "height": 0,
        "image": null,
        "image_description": "",
        "embed_url": "",
        "blurhash": null,
        "language": post.language,
        "published_at": crate::model::time::rfc3339_ms(post.created_at),
        "authors": [{ "name": author, "url": "", "account": null }],
        "missing_attribution": null,
    });
    Shown { content, card }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_that_the_text_says_is_not_said_twice() {
        assert_eq!(
            titled("Why?", "<p>#question Why? It leaks.</p>"),
            "<p>#question Why? It leaks.</p>"
        );
        assert_eq!(
            titled("A & B", "<p>x</p>"),
            "<p><strong>A &amp; B</strong></p><p>x</p>"
        );
        assert_eq!(titled("", "<h2>x</h2>"), "<p><strong>x</strong></p>");
    }
}
