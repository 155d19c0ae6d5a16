//! Pages that hardly change: about, privacy, terms, accessibility. What an admin wrote takes the place of the program's
//! own words.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::error::{Error, Result};
use crate::i18n;
use crate::model::words::NodeTextKind;
use crate::store::node_texts::{self, NodeText};
use crate::web::parts::rules::{House, house};
use crate::web::reply;
use crate::web::ui::{self, Ui};
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "pages/about.html")]
struct About<'a> {
    ui: &'a Ui,
    firm: &'a str,
    version: &'static str,
    words: String,
    house: House,
}

/// `GET /about`: what the node is, its rules, and the source offer that AGPL-3.0 section 13 asks for.
pub(crate) async fn about(State(app): State<App>, visitor: Visitor) -> Response {
    let (lang, today) = (visitor.lang(), app.db.now().date());
    let found = app
        .db
        .read(move |conn| {
            let words = node_texts::find(conn, NodeTextKind::About, today)?;
            Ok((words, house(conn, lang, today)?))
        })
        .await;
    let (words, house) = match found {
        Ok(found) => found,
        Err(error) => return reply::error(&visitor, &error),
    };
    let ui = Ui::of(&visitor);
    let page = About {
        ui: &ui,
        firm: &visitor.app.config.node.firm,
        version: env!("CARGO_PKG_VERSION"),
        words: words.map(|text| text.html).unwrap_or_default(),
        house,
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
    words: String,
    since: String,
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
        words: String::new(),
        since: String::new(),
    };
    reply::ok(visitor, &page)
}

/// A text that an admin wrote.
fn written(visitor: &Visitor, heading: &str, text: NodeText) -> Response {
    let ui = Ui::of(visitor);
    let day = ui::date(visitor.lang(), text.effective_on);
    let page = Article {
        ui: &ui,
        heading: ui.t(heading),
        lead: String::new(),
        parts: Vec::new(),
        words: text.html,
        since: ui.t1("text-since", "date", &day),
    };
    reply::ok(visitor, &page)
}

async fn find(app: &App, kind: NodeTextKind) -> Result<Option<NodeText>> {
    let today = app.db.now().date();
    app.db
        .read(move |conn| node_texts::find(conn, kind, today))
        .await
}

/// `GET /privacy`
pub(crate) async fn privacy(State(app): State<App>, visitor: Visitor) -> Response {
    match find(&app, NodeTextKind::Privacy).await {
        Ok(Some(text)) => written(&visitor, "privacy-heading", text),
        Ok(None) => article(&visitor, "privacy-heading", "privacy-lead", i18n::PRIVACY),
        Err(error) => reply::error(&visitor, &error),
    }
}

/// `GET /terms`: the terms of service, where there are any.
pub(crate) async fn terms(State(app): State<App>, visitor: Visitor) -> Response {
    match find(&app, NodeTextKind::Terms).await {
        Ok(Some(text)) => written(&visitor, "terms-heading", text),
        Ok(None) => reply::error(&visitor, &Error::NotFound),
        Err(error) => reply::error(&visitor, &error),
    }
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
