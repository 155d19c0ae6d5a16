//! The documents behind our addresses: actors, posts, activities, collections. Whoever asks reads what everybody may
//! read, of people only what it takes to reach them where requests are to be signed; a signed request opens what is for
//! followers to a node of theirs. Whatever else lies behind an address is as absent as what never was there.

pub mod accept;
mod collections;
mod reader;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, VARY};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use self::reader::{Reader, boost_of, may_read, post_of};
use super::normalize::Object;
use super::objects::{
    actor, into_object, post as post_document, quotes as objects_quotes, tombstone, whole,
    with_context,
};
use super::publish::boosts::announce_of_boost;
use super::publish::posts::{announce_in_outbox, create_of};
use super::signer::Signer;
use super::{Federation, keys};
use crate::error::{Error, Result};
use crate::model::viewer::leaves_the_node;
use crate::model::words::{AccountState, ActorKind, Boundary};
use crate::store::accounts::{self, Account};
use crate::store::communities::{self, Community};
use crate::store::conn::Conn;
use crate::store::outbox;
use crate::store::posts;
use crate::store::{quotes, users};

/// The type of every document.
pub const ACTIVITY_JSON: &str = "application/activity+json; charset=utf-8";

/// Addresses that have no page: documents whatever is asked for. Those with a page (`/users/NAME`, `/c/NAME`,
/// `/posts/ID`) are mounted by `server`, which calls [`person`], [`community`] and [`post`].
pub fn routes() -> Router<Federation> {
    Router::new()
        .route("/actor", get(node_actor))
        .route("/activities/{id}", get(activity))
        .route("/quotes/{id}", get(stamp))
        .route("/users/{name}/outbox", get(collections::person_outbox))
        .route(
            "/users/{name}/followers",
            get(collections::person_followers),
        )
        .route(
            "/users/{name}/following",
            get(collections::person_following),
        )
        .route("/users/{name}/featured", get(collections::person_featured))
        .route("/c/{name}/outbox", get(collections::community_outbox))
        .route("/c/{name}/followers", get(collections::community_followers))
        .route("/c/{name}/following", get(collections::community_following))
        .route("/c/{name}/featured", get(collections::community_featured))
        .route("/c/{name}/moderators", get(collections::moderators))
        .route("/posts/{id}/replies", get(collections::replies))
        .route("/posts/{id}/context", get(collections::context))
}

/// What was found behind an address.
enum Found {
    /// A document, with context.
    Document(Object),
    /// It was deleted: its tombstone.
    Grave(Object),
}

/// The answer to whatever was found. What must not be seen and what does not exist answer alike, byte for byte.
fn answer(found: Result<Found>) -> Response {
    let (status, document) = match found {
        Ok(Found::Document(document)) => (StatusCode::OK, document),
        Ok(Found::Grave(grave)) => (StatusCode::GONE, grave),
        Err(Error::NotFound | Error::Gone | Error::Forbidden(_)) => (
            StatusCode::NOT_FOUND,
            into_object(json!({ "error": "not found" })),
        ),
        Err(error) => {
            tracing::error!(%error, "a document could not be made");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                into_object(json!({ "error": "try again later" })),
            )
        }
    };
    let body = Value::Object(document).to_string();
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(ACTIVITY_JSON));
    headers.insert(
        VARY,
        HeaderValue::from_static("Accept, Signature, Signature-Input"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// A signature that does not hold, or comes from a node that is shut out, is refused.
async fn check(fed: &Federation, parts: &Parts) -> std::result::Result<Reader, Response> {
    let settings = &fed.app.config.federation;
    if !settings.enabled {
        return Err(answer(Err(Error::NotFound)));
    }
    match Signer::of(fed, parts).await {
        Ok(Signer::Peer { domain, .. }) => Ok(Reader::Node(domain)),
        Ok(Signer::Anonymous) if settings.authorized_fetch => Ok(Reader::Unsigned),
        Ok(Signer::Anonymous) => Ok(Reader::Anybody),
        Err(bad) => Err(bad.into_response()),
    }
}

/// Answers a request by a read for whoever signed it.
async fn respond<F>(fed: &Federation, parts: &Parts, find: F) -> Response
where
    F: FnOnce(&mut Conn, &crate::model::node::Node, &Reader) -> Result<Found> + Send + 'static,
{
    match check(fed, parts).await {
        Ok(reader) => read(fed, move |conn, node| find(conn, node, &reader)).await,
        Err(refusal) => refusal,
    }
}

/// The answer to a request whose signature was looked at.
async fn read<F>(fed: &Federation, find: F) -> Response
where
    F: FnOnce(&mut Conn, &crate::model::node::Node) -> Result<Found> + Send + 'static,
{
    let node = fed.app.db.node().clone();
    answer(fed.app.db.read(move |conn| find(conn, &node)).await)
}

/// A person of this node who can be seen.
fn person_of(conn: &mut Conn, name: &str) -> Result<Account> {
    let account = accounts::find_local(conn, name)?.ok_or(Error::NotFound)?;
    let right = matches!(account.kind, ActorKind::Person | ActorKind::Service);
    if right
        && !matches!(
            account.state,
            AccountState::Suspended | AccountState::Pending
        )
    {
        Ok(account)
    } else {
        Err(Error::NotFound)
    }
}

/// A community of this node that other nodes can see.
fn community_of(conn: &mut Conn, name: &str) -> Result<(Account, Community)> {
    let account = accounts::find_local(conn, name)?.ok_or(Error::NotFound)?;
    let community = communities::find(conn, account.id)?.ok_or(Error::NotFound)?;
    let seen = account.is_group()
        && account.state == AccountState::Active
        && community.reach() == Boundary::Public;
    if seen {
        Ok((account, community))
    } else {
        Err(Error::NotFound)
    }
}

/// Makes the keys of a local actor before its document is shown; only of one that may be shown, since making them takes a
/// while that would tell it from what is not there.
async fn with_keys<F>(fed: &Federation, find: F) -> Result<()>
where
    F: FnOnce(&mut Conn) -> Result<Account> + Send + 'static,
{
    let account = fed.app.db.read(find).await?;
    if account.public_key_pem.is_none() && account.state == AccountState::Active {
        return keys::ensure_keys(&fed.app, account.id).await;
    }
    Ok(())
}

/// The document of a person.
pub async fn person(fed: &Federation, parts: &Parts, name: &str) -> Response {
    let reader = match check(fed, parts).await {
        Ok(reader) => reader,
        Err(refusal) => return refusal,
    };
    let asked = name.to_owned();
    if let Err(error) = with_keys(fed, move |conn| person_of(conn, &asked)).await {
        return answer(Err(error));
    }
    let name = name.to_owned();
    read(fed, move |conn, node| {
        let account = person_of(conn, &name)?;
        if account.state == AccountState::Deleted {
            return Ok(Found::Grave(with_context(tombstone(
                &account.uri,
                "Person",
                None,
            ))));
        }
        let mut document = actor::document(node, &account, None);
        if reader == Reader::Unsigned {
            return Ok(Found::Document(actor::stub(document)));
        }
        if let Some(user) = users::find(conn, account.id)? {
            actor::name_domains(&mut document, &user.attribution_domains);
        }
        let (others, new) = whole::moves_of(conn, account.id)?;
        actor::name_moves(&mut document, &others, new.as_deref());
        Ok(Found::Document(document))
    })
    .await
}

/// The document of whoever bears a name here: a person, or a community.
pub async fn named(fed: &Federation, parts: &Parts, name: &str) -> Response {
    let asked = name.to_owned();
    let look = move |conn: &mut Conn| {
        Ok(accounts::find_local(conn, &asked)?.is_some_and(|account| account.is_group()))
    };
    match fed.app.db.read(look).await {
        Ok(true) => community(fed, parts, name).await,
        Ok(false) => person(fed, parts, name).await,
        Err(error) => answer(Err(error)),
    }
}

/// The document of a community.
pub async fn community(fed: &Federation, parts: &Parts, name: &str) -> Response {
    if let Err(refusal) = check(fed, parts).await {
        return refusal;
    }
    let asked = name.to_owned();
    let seen = move |conn: &mut Conn| Ok(community_of(conn, &asked)?.0);
    if let Err(error) = with_keys(fed, seen).await {
        return answer(Err(error));
    }
    let name = name.to_owned();
    read(fed, move |conn, node| {
        let (account, community) = community_of(conn, &name)?;
        Ok(Found::Document(actor::document(
            node,
            &account,
            Some(&community),
        )))
    })
    .await
}

/// The document of a post.
pub async fn post(fed: &Federation, parts: &Parts, id: &str) -> Response {
    let id = id.to_owned();
    respond(fed, parts, move |conn, node, reader| {
        let (post, gone) = post_of(conn, &id, reader)?;
        let whole = whole::of_post(conn, post)?;
        let document = with_context(post_document::document(node, &whole));
        Ok(if gone {
            Found::Grave(document)
        } else {
            Found::Document(document)
        })
    })
    .await
}

/// The node's own actor: readable by everybody, since every check of a signature of ours begins here.
async fn node_actor(State(fed): State<Federation>) -> Response {
    let found = async {
        if !fed.app.config.federation.enabled {
            return Err(Error::NotFound);
        }
        let id = keys::ensure_instance_actor(&fed.app).await?;
        let node = fed.app.db.node().clone();
        let account = fed.app.db.read(move |conn| accounts::get(conn, id)).await?;
        Ok(Found::Document(actor::document(&node, &account, None)))
    };
    answer(found.await)
}

/// An activity: the Create of a post, a community's Announce of one, somebody's boost, or something that was sent and
/// quotes nothing that could have been withdrawn since.
async fn activity(
    State(fed): State<Federation>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    respond(&fed, &parts, move |conn, node, reader| {
        let number: i64 = id.parse().map_err(|_| Error::NotFound)?;
        if let Ok((post, false)) = post_of(conn, &id, reader) {
            return Ok(Found::Document(create_of(
                node,
                &whole::of_post(conn, post)?,
            )));
        }
        if let Some(post) = posts::find_by_announce(conn, number)? {
            return announce(conn, node, reader, post, number);
        }
        if let Some((boost, by, post)) = boost_of(conn, number, reader)? {
            let whole = whole::of_post(conn, post)?;
            let at = boost.created_at;
            let shown = announce_of_boost(&boost.uri, &by, &whole, boost.visibility, at);
            return Ok(Found::Document(shown));
        }
        let uri = node.activity_uri(number);
        let body = outbox::find_body(conn, &uri)?.ok_or(Error::NotFound)?;
        let sent: Object = serde_json::from_str(&body)?;
        let withdrawn = is_boost(conn, &sent)?;
        if withdrawn || super::normalize::object(&sent, "object").is_some() || !is_public(&sent) {
            return Err(Error::NotFound);
        }
        Ok(Found::Document(sent))
    })
    .await
}

/// The consent of an author here to a quote, as long as it holds and both posts may be read outside.
async fn stamp(
    State(fed): State<Federation>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    respond(&fed, &parts, move |conn, node, reader| {
        let number: i64 = id.parse().map_err(|_| Error::NotFound)?;
        let uri = node.stamp_uri(number);
        let row = quotes::find(conn, number)?
            .filter(|row| row.stamp_uri.as_deref() == Some(uri.as_str()))
            .ok_or(Error::NotFound)?;
        let quoted = row.quoted_id.ok_or(Error::NotFound)?;
        let (quoted, gone) = post_of(conn, &quoted.to_string(), reader)?;
        let quoting = posts::get(conn, row.post_id)?;
        let leaves = leaves_the_node(quoting.audience, quoting.boundary, quoting.local_only);
        if gone || !leaves || quoting.held {
            return Err(Error::NotFound);
        }
        let author = accounts::get(conn, quoted.author_id)?;
        Ok(Found::Document(objects_quotes::stamp(
            &uri,
            &author.uri,
            &quoting.uri,
            &quoted.uri,
        )))
    })
    .await
}

/// Whether an activity that was sent is the boost of a person: of those only what is still there is shown.
fn is_boost(conn: &mut Conn, sent: &Object) -> Result<bool> {
    if sent.get("type").and_then(Value::as_str) != Some("Announce") {
        return Ok(false);
    }
    let by = super::normalize::id(sent, "actor").unwrap_or_default();
    Ok(accounts::find_by_uri(conn, by)?.is_none_or(|account| !account.is_group()))
}

fn is_public(activity: &Object) -> bool {
    let named = |key| super::normalize::ids(activity, key);
    named("to")
        .into_iter()
        .chain(named("cc"))
        .any(super::normalize::is_public)
}

/// A community's Announce is read like the post in it.
fn announce(
    conn: &mut Conn,
    node: &crate::model::node::Node,
    reader: &Reader,
    post: posts::Post,
    number: i64,
) -> Result<Found> {
    if !may_read(conn, &post, reader)? {
        return Err(Error::NotFound);
    }
    let whole = whole::of_post(conn, post)?;
    let shown = whole.author.state == AccountState::Active;
    let hidden = whole.post.deleted_at.is_some() || !whole.is_open() || !shown;
    let group = whole
        .local_community()
        .filter(|_| !hidden)
        .ok_or(Error::NotFound)?;
    Ok(Found::Document(announce_in_outbox(
        node, group, &whole, number,
    )))
}
