//! The fields of a post under their labels, as text for whoever knows no fields.

use super::{Lang, text};
use crate::model::post::{Fields, fields_of};
use crate::model::text::html::escape;
use crate::model::words::Kind;

/// The fields that are filled, in the order of the kind, each with its label.
fn lines(lang: Lang, kind: Kind, fields: &Fields) -> Vec<(String, &str)> {
    let (required, optional) = fields_of(kind);
    let filled = |name: &&str| {
        let value = fields.get(*name).filter(|value| !value.is_empty())?;
        let label = text(lang, &format!("field-{}", name.replace('_', "-")), &[]);
        Some((label, value.as_str()))
    };
    required.iter().chain(optional).filter_map(filled).collect()
}

/// The body with the fields of the post's kind below it, each under its label.
pub fn with_fields(lang: Lang, kind: Kind, html: &str, fields: &Fields) -> String {
    let mut out = html.to_owned();
    for (label, value) in lines(lang, kind, fields) {
        let value = escape(value).replace("\r\n", "<br>").replace('\n', "<br>");
        for part in [
            "<p><strong>",
            &escape(&label),
            "</strong><br>",
            &value,
            "</p>",
        ] {
            out.push_str(part);
        }
    }
    out
}

/// The same for Markdown.
pub fn source_with_fields(lang: Lang, kind: Kind, source: &str, fields: &Fields) -> String {
    let mut parts: Vec<String> = vec![source.to_owned()];
    parts.retain(|part| !part.is_empty());
    for (label, value) in lines(lang, kind, fields) {
        parts.push(format!("**{label}**"));
        parts.push(value.to_owned());
    }
    parts.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_below_the_text_in_the_order_of_their_kind() {
        let fields = Fields::from([
            ("action".to_owned(), "We <turned> it".to_owned()),
            ("situation".to_owned(), "It leaked".to_owned()),
            ("unknown".to_owned(), "x".to_owned()),
        ]);
        assert_eq!(
            with_fields(Lang::En, Kind::Story, "<p>t</p>", &fields),
            "<p>t</p><p><strong>Situation</strong><br>It leaked</p>\
             <p><strong>What we did</strong><br>We &lt;turned&gt; it</p>"
        );
    }

    #[test]
    fn markdown_has_them_too() {
        let fields = Fields::from([("situation".to_owned(), "It leaked".to_owned())]);
        let source = |text| source_with_fields(Lang::Nl, Kind::Story, text, &fields);
        assert!(source("t").starts_with("t\n\n**"), "{}", source("t"));
        assert!(source("").ends_with("**\n\nIt leaked"), "{}", source(""));
        assert_eq!(
            source_with_fields(Lang::En, Kind::Discussion, "t", &fields),
            "t"
        );
    }
}
