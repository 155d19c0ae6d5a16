//! WebFinger (RFC 7033) and host-meta, as server and as client.

use activitypub_federation::fetch::webfinger::{
    Webfinger, WebfingerLink, build_webfinger_response_with_type,
};
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use url::Url;

use super::fetch::{self, FetchError, Visit, Wanted};
use super::{Federation, guard, keys, open};
use crate::error::Result;
use crate::model::text::handles::{Handle, is_domain, is_name};
use crate::model::words::{AccountState, ActorKind, Boundary, CommunityState};
use crate::store::accounts::{self, Account};
use crate::store::communities;
use crate::store::conn::Conn;

/// Longest `resource` that is read.
const MAX_RESOURCE: usize = 2048;

/// What a `resource` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    /// A handle: name and host.
    Handle(String, String),
    /// The id or page of an actor.
    Address(String),
    /// The node itself (FEP-d556).
    Node,
}

/// Reads a `resource`; `None` where it is malformed.
fn read(resource: &str, base: &str) -> Option<Asked> {
    if resource.is_empty()
        || resource.len() > MAX_RESOURCE
        || resource.contains(|c: char| c.is_control() || c == ' ')
    {
        return None;
    }
    if resource.starts_with("https://") || resource.starts_with("http://") {
        guard::parse(resource)?;
        let node = resource.trim_end_matches('/') == base;
        return Some(if node {
            Asked::Node
        } else {
            Asked::Address(resource.to_owned())
        });
    }
    let handle = resource.strip_prefix("acct:").unwrap_or(resource);
    let handle = handle.strip_prefix(['@', '!']).unwrap_or(handle);
    let (name, host) = handle.split_once('@')?;
    (is_name(name) && is_domain(host)).then(|| Asked::Handle(name.to_owned(), host.to_lowercase()))
}

/// `GET /.well-known/webfinger?resource=…`. Hidden and absent are the same 404.
pub(super) async fn answer(State(fed): State<Federation>, RawQuery(query): RawQuery) -> Response {
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(query.unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let mut resources = pairs.iter().filter(|(name, _)| name == "resource");
    let (Some((_, resource)), None) = (resources.next(), resources.next()) else {
        return open(StatusCode::BAD_REQUEST.into_response());
    };
    let Some(asked) = read(resource, &fed.app.config.base_url()) else {
        return open(StatusCode::BAD_REQUEST.into_response());
    };
    let rels: Vec<&str> = pairs
        .iter()
        .filter(|(name, _)| name == "rel")
        .map(|(_, rel)| rel.as_str())
        .collect();
    open(match find(&fed, asked).await {
        Ok(Some(account)) => describe(&fed, &account, &rels),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "WebFinger cannot be answered");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    })
}

async fn find(fed: &Federation, asked: Asked) -> Result<Option<Account>> {
    let (base, authority) = (fed.app.config.base_url(), fed.app.config.authority());
    fed.app
        .db
        .read(move |conn| {
            let found = match asked {
                Asked::Handle(_, host) if host != authority => None,
                Asked::Handle(name, _) => accounts::find_local(conn, &name)?,
                Asked::Node => accounts::find_local(conn, keys::NODE_ACTOR)?,
                Asked::Address(address) => find_by_address(conn, &address, &base)?,
            };
            found.map_or(Ok(None), |account| may_be_found(conn, account))
        })
        .await
}

/// By id, or by the page `/@name`.
fn find_by_address(conn: &mut Conn, address: &str, base: &str) -> Result<Option<Account>> {
    if let Some(account) = accounts::find_by_uri(conn, address)? {
        return Ok(Some(account));
    }
    let name = address
        .strip_prefix(base)
        .and_then(|path| path.strip_prefix("/@"));
    name.filter(|name| is_name(name))
        .map_or(Ok(None), |name| accounts::find_local(conn, name))
}

/// Only actors of this node that act; of communities only those that may be known outside.
fn may_be_found(conn: &mut Conn, account: Account) -> Result<Option<Account>> {
    if !account.is_local() || account.state != AccountState::Active {
        return Ok(None);
    }
    if account.kind != ActorKind::Group {
        return Ok(Some(account));
    }
    let community = communities::find(conn, account.id)?;
    let known = community
        .is_some_and(|c| c.reach() == Boundary::Public && c.state != CommunityState::Proposed);
    Ok(known.then_some(account))
}

fn describe(fed: &Federation, account: &Account, rels: &[&str]) -> Response {
    let (Ok(id), Ok(page)) = (Url::parse(&account.uri), Url::parse(&account.url)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match account.kind {
        ActorKind::Person => "Person",
        ActorKind::Group => "Group",
        ActorKind::Application => "Application",
        ActorKind::Service => "Service",
    };
    let config = &fed.app.config;
    let subject = format!("acct:{}@{}", account.name, config.authority());
    let mut found = build_webfinger_response_with_type(subject, vec![(id.clone(), Some(kind))]);
    found.aliases = vec![id, page.clone()];
    for link in &mut found.links {
        if link.kind.as_deref() == Some("text/html") {
            link.href = Some(page.clone());
        }
    }
    found.links.push(WebfingerLink {
        rel: Some("http://ostatus.org/schema/1.0/subscribe".into()),
        template: Some(format!(
            "{}/authorize_interaction?uri={{uri}}",
            config.base_url()
        )),
        ..WebfingerLink::default()
    });
    if !rels.is_empty() {
        found
            .links
            .retain(|link| link.rel.as_deref().is_some_and(|rel| rels.contains(&rel)));
    }
    let body = serde_json::to_string(&found).unwrap_or_default();
    (
        [(header::CONTENT_TYPE, "application/jrd+json; charset=utf-8")],
        body,
    )
        .into_response()
}

/// `GET /.well-known/host-meta` (RFC 6415).
pub(super) async fn host_meta(State(fed): State<Federation>) -> Response {
    let template = template(&fed);
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\
         <Link rel=\"lrdd\" template=\"{template}\"/></XRD>\n"
    );
    open(
        (
            [(header::CONTENT_TYPE, "application/xrd+xml; charset=utf-8")],
            body,
        )
            .into_response(),
    )
}

/// `GET /.well-known/host-meta.json`.
pub(super) async fn host_meta_json(State(fed): State<Federation>) -> Response {
    let link = json!({ "rel": "lrdd", "template": template(&fed) });
    let body = json!({ "links": [link] }).to_string();
    open(
        (
            [(header::CONTENT_TYPE, "application/jrd+json; charset=utf-8")],
            body,
        )
            .into_response(),
    )
}

fn template(fed: &Federation) -> String {
    format!(
        "{}/.well-known/webfinger?resource={{uri}}",
        fed.app.config.base_url()
    )
}

/// Asks a handle's node for the actor and returns its document, once both say the same: the answer is about this very
/// handle, its one `self` link leads to an actor on the same host, and that actor bears the name (ORG-17).
///
/// # Errors
/// [`FetchError`]; `Unusable` where the two do not agree.
pub(super) async fn look_up(
    fed: &Federation,
    visit: &Visit,
    handle: &Handle,
) -> Result<Value, FetchError> {
    const OTHER: FetchError = FetchError::Unusable("a handle that its node gives to somebody else");
    let base = fed.origin_of(&handle.domain);
    let resource = format!("acct:{}@{}", handle.name, handle.domain);
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("resource", &resource)
        .finish();
    let answer = fed
        .inner
        .fetcher
        .get(
            &format!("{base}/.well-known/webfinger?{query}"),
            Wanted::Discovery,
        )
        .await?;
    let answer: Webfinger = serde_json::from_slice(&answer.body)
        .map_err(|_why| FetchError::Unusable("no WebFinger answer"))?;
    if answer.subject.to_lowercase() != resource.to_lowercase() {
        return Err(OTHER);
    }
    let mut selves = answer.links.iter().filter(|link| {
        link.rel.as_deref() == Some("self")
            && link.kind.as_deref().is_some_and(fetch::is_activity_type)
    });
    let (Some(href), None) = (
        selves.next().and_then(|link| link.href.as_ref()),
        selves.next(),
    ) else {
        return Err(OTHER);
    };
    if !guard::same_origin(href.as_str(), &base) {
        return Err(OTHER);
    }
    let actor = fetch::object(visit, href.as_str()).await?;
    let name = actor
        .get("preferredUsername")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if name.to_lowercase() == handle.name_key() {
        Ok(actor)
    } else {
        Err(OTHER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_read_or_refused() {
        const BASE: &str = "https://node.example";
        let handle = Some(Asked::Handle("karim".into(), "node.example".into()));
        for good in [
            "acct:karim@node.example",
            "karim@node.example",
            "acct:@karim@node.example",
            "!karim@NODE.example",
        ] {
            assert_eq!(read(good, BASE), handle, "{good}");
        }
        assert_eq!(
            read("acct:karim@n.localhost:7401", BASE),
            Some(Asked::Handle("karim".into(), "n.localhost:7401".into()))
        );
        assert_eq!(read("https://node.example/", BASE), Some(Asked::Node));
        assert_eq!(read("https://node.example", BASE), Some(Asked::Node));
        assert!(matches!(
            read("https://node.example/users/karim", BASE),
            Some(Asked::Address(_))
        ));
        for bad in [
            "",
            "karim",
            "acct:",
            "acct:@",
            "acct:karim@",
            "acct:@@",
            "a@host/path",
            "a@host?x",
            "a@host#x",
            "a b@host",
            "a@host:99999",
            "a@host\r\nX",
            "mailto:a@b",
            "https://",
            "https://127.0.0.1/",
            "../@host",
        ] {
            assert_eq!(read(bad, BASE), None, "{bad:?}");
        }
    }
}
