//! Pages that hardly change: about, privacy, accessibility.

use askama::Template;
use axum::response::Response;

use crate::i18n;
use crate::web::reply;
use crate::web::ui::Ui;
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "pages/about.html")]
struct About<'a> {
    ui: &'a Ui,
    firm: &'a str,
    version: &'static str,
}

/// `GET /about`: what the node is, and the source offer that AGPL-3.0 section 13 asks for.
pub(crate) async fn about(visitor: Visitor) -> Response {
    let ui = Ui::of(&visitor);
    let page = About {
        ui: &ui,
        firm: &visitor.app.config.node.firm,
        version: env!("CARGO_PKG_VERSION"),
    };
    reply::ok(&visitor, &page)
}

#[derive(Template)]
#[template(path = "pages/article.html")]
struct Article<'a> {
    ui: &'a Ui,
    heading: String,
    lead: String,
    parts: Vec<(String, String)>,
}

fn article(visitor: &Visitor, heading: &str, lead: &str, parts: &[(&str, &str)]) -> Response {
    let ui = Ui::of(visitor);
    let page = Article {
        ui: &ui,
        heading: ui.t(heading),
        lead: ui.t(lead),
        parts: parts
            .iter()
            .map(|(heading, text)| (ui.t(heading), ui.t(text)))
            .collect(),
    };
    reply::ok(visitor, &page)
}

/// `GET /privacy`
pub(crate) async fn privacy(visitor: Visitor) -> Response {
    article(&visitor, "privacy-heading", "privacy-lead", i18n::PRIVACY)
}

/// `GET /accessibility`
pub(crate) async fn accessibility(visitor: Visitor) -> Response {
    article(
        &visitor,
        "accessibility-heading",
        "accessibility-lead",
        &[
            ("accessibility-works", "accessibility-works-text"),
            ("accessibility-limits", "accessibility-limits-text"),
            ("accessibility-contact", "accessibility-contact-text"),
        ],
    )
}
