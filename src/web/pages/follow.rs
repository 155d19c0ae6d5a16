//! `/c/{name}/follow`: how somebody with an account on another node comes to a community.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::app::App;
use crate::model::text::handles::{Handle, is_domain};
use crate::web::parts::community::{Head, head};
use crate::web::parts::scene::Scene;
use crate::web::reply;
use crate::web::ui::Ui;
use crate::web::visitor::Visitor;

/// The account that somebody named.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    account: String,
}

#[derive(Template)]
#[template(path = "pages/follow.html")]
struct Follow {
    ui: Ui,
    head: Head,
    account: String,
    /// Where the other node asks whether to follow; nothing while no account was named.
    link: Option<String>,
    wrong: bool,
}

/// Where most nodes ask their people whether they want to follow. It is a link for the reader to open: this node asks
/// nothing of the other one.
fn link_for(account: &str, uri: &str) -> Option<String> {
    let handle = Handle::parse(account).filter(|handle| is_domain(&handle.domain))?;
    let scheme = if handle.domain.split(':').next().is_some_and(is_local) {
        "http"
    } else {
        "https"
    };
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("uri", uri)
        .finish();
    Some(format!(
        "{scheme}://{}/authorize_interaction?{query}",
        handle.domain
    ))
}

/// Whether a host is on the reader's own machine (RFC 6761).
fn is_local(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}

/// `GET /c/{name}/follow`
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(name): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let (scene, ui) = (Scene::of(&visitor), Ui::of(&visitor));
    let account = wanted.account.trim().to_owned();
    let page = app
        .db
        .read(move |conn| {
            let head = head(conn, &scene, &name)?;
            let link = link_for(&account, &head.account.uri);
            Ok(Follow {
                wrong: !account.is_empty() && link.is_none(),
                ui,
                head,
                account,
                link,
            })
        })
        .await;
    match page {
        Ok(page) => reply::ok(&visitor, &page),
        Err(error) => reply::error(&visitor, &error),
    }
}

#[cfg(test)]
mod tests {
    use super::link_for;

    #[test]
    fn the_link_leads_to_the_node_that_was_named() {
        let uri = "https://n.example/c/pumps";
        assert_eq!(
            link_for("@mei@south.example", uri).as_deref(),
            Some(
                "https://south.example/authorize_interaction?uri=https%3A%2F%2Fn.example%2Fc%2Fpumps"
            )
        );
        for bad in ["", "mei", "@mei@", "@mei@a/b", "javascript:alert(1)"] {
            assert_eq!(link_for(bad, uri), None, "{bad}");
        }
    }
}
