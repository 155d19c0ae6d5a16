//! Collections under actors and posts. Followers are counted, never named.

use axum::extract::{Path, Request, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::reader::{Reader, may_read, post_of};
use super::{Found, community_of, person_of, respond};
use crate::error::{Error, Result};
use crate::federation::Federation;
use crate::federation::objects::{into_object, whole, with_context};
use crate::federation::publish::posts::announce_in_outbox;
use crate::model::node::Node;
use crate::model::viewer::Viewer;
use crate::model::words::{AccountState, Reaction};
use crate::store::accounts::{self, Account};
use crate::store::communities;
use crate::store::conn::Conn;
use crate::store::marks;
use crate::store::page::Page;
use crate::store::posts;
use crate::store::timelines;

/// Posts in a community's outbox.
const OUTBOX: i64 = 20;
/// Replies and posts of a thread that are listed.
const THREAD: i64 = 200;

fn ordered(id: &str, items: &[Value]) -> Found {
    Found::Document(with_context(into_object(json!({
        "id": id, "type": "OrderedCollection", "totalItems": items.len(), "orderedItems": items,
    }))))
}

fn counted(id: &str, total: i32) -> Found {
    Found::Document(with_context(into_object(json!({
        "id": id, "type": "OrderedCollection", "totalItems": total,
    }))))
}

fn living(conn: &mut Conn, name: &str) -> Result<Account> {
    let account = person_of(conn, name)?;
    if account.state == AccountState::Active {
        Ok(account)
    } else {
        Err(Error::NotFound)
    }
}

macro_rules! collection {
    ($(#[$doc:meta])* $name:ident, $make:expr) => {
        $(#[$doc])*
        pub(super) async fn $name(
            State(fed): State<Federation>,
            Path(key): Path<String>,
            request: Request,
        ) -> Response {
            let (parts, _) = request.into_parts();
            let make: fn(&mut Conn, &Node, &Reader, &str) -> Result<Found> = $make;
            let find = move |conn: &mut Conn, node: &Node, reader: &Reader| make(conn, node, reader, &key);
            respond(&fed, &parts, find).await
        }
    };
}

collection!(
    /// How much a person has written; nothing is listed.
    person_outbox,
    |conn, _, _, name| {
        let account = living(conn, name)?;
        Ok(counted(&format!("{}/outbox", account.uri), account.posts_count))
    }
);
collection!(
    /// How many follow a person.
    person_followers,
    |conn, _, _, name| {
        let account = living(conn, name)?;
        Ok(counted(&format!("{}/followers", account.uri), account.followers_count))
    }
);
collection!(
    /// How many a person follows.
    person_following,
    |conn, _, _, name| {
        let account = living(conn, name)?;
        Ok(counted(&format!("{}/following", account.uri), account.following_count))
    }
);
collection!(
    /// What a person has pinned, as far as everybody may read it.
    person_featured,
    |conn, _, _, name| {
        let account = living(conn, name)?;
        let pins = marks::list_by_account(conn, account.id, Reaction::Pin, &Page::first(OUTBOX))?;
        let ids: Vec<_> = pins.iter().map(|pin| pin.post_id).collect();
        let shown = posts::list_visible(conn, &Viewer::Anonymous, &ids)?;
        let items: Vec<Value> = shown.into_iter().map(|post| post.uri.into()).collect();
        Ok(ordered(&format!("{}/featured", account.uri), &items))
    }
);
collection!(
    /// The newest posts that a community announced, as far as they are for whoever asks.
    community_outbox,
    |conn, node, reader, name| {
        let (group, _) = community_of(conn, name)?;
        let page = Page::first(OUTBOX);
        let entries = timelines::community(conn, &Viewer::Anonymous, group.id, None, None, &page)?;
        let mut items: Vec<Value> = Vec::new();
        for entry in entries {
            let Some(whole) = whole::load(conn, entry.post)?.filter(whole::Whole::is_open) else {
                continue;
            };
            if !may_read(conn, &whole.post, reader)? {
                continue;
            }
            if let Some(announce) = whole.post.announce_id {
                let mut item = announce_in_outbox(node, &group, &whole, announce);
                item.remove("@context");
                items.push(item.into());
            }
        }
        Ok(ordered(&format!("{}/outbox", group.uri), &items))
    }
);
collection!(
    /// How many follow a community.
    community_followers,
    |conn, _, _, name| {
        let (group, _) = community_of(conn, name)?;
        Ok(counted(&format!("{}/followers", group.uri), group.followers_count))
    }
);
collection!(
    /// Communities follow nobody.
    community_following,
    |conn, _, _, name| {
        let (group, _) = community_of(conn, name)?;
        Ok(counted(&format!("{}/following", group.uri), 0))
    }
);
collection!(
    /// Communities pin nothing yet.
    community_featured,
    |conn, _, _, name| {
        let (group, _) = community_of(conn, name)?;
        Ok(ordered(&format!("{}/featured", group.uri), &[]))
    }
);
collection!(
    /// Who leads a community.
    moderators,
    |conn, _, _, name| {
        let (group, _) = community_of(conn, name)?;
        let ids = communities::stewards(conn, group.id)?;
        let stewards = accounts::list(conn, &ids)?;
        let items: Vec<Value> = stewards.into_iter().map(|account| account.uri.into()).collect();
        Ok(ordered(&format!("{}/moderators", group.uri), &items))
    }
);
collection!(
    /// Direct replies to a post (FEP-7458).
    replies,
    |conn, _, reader, id| {
        let (post, gone) = post_of(conn, id, reader)?;
        if gone {
            return Err(Error::NotFound);
        }
        let found = posts::list_replies(conn, &Viewer::Anonymous, post.id, THREAD)?;
        let items: Vec<Value> = found.into_iter().map(|reply| reply.uri.into()).collect();
        let address = format!("{}/replies", post.uri);
        let page = json!({ "type": "CollectionPage", "partOf": address, "items": items });
        Ok(Found::Document(with_context(into_object(json!({
            "id": address, "type": "Collection", "totalItems": items.len(), "first": page,
        })))))
    }
);
collection!(
    /// The whole thread of a post (FEP-7888, FEP-f228).
    context,
    |conn, _, reader, id| {
        let (post, gone) = post_of(conn, id, reader)?;
        if gone {
            return Err(Error::NotFound);
        }
        let thread = posts::list_thread(conn, &Viewer::Anonymous, post.root_id, THREAD)?;
        let items: Vec<Value> = thread.into_iter().map(|part| part.uri.into()).collect();
        let owner = post.community_id.unwrap_or(post.author_id);
        let owner = accounts::find(conn, owner)?.filter(Account::is_local);
        let author = accounts::get(conn, post.author_id)?;
        let mut document = into_object(json!({
            "id": format!("{}/context", post.uri), "type": "OrderedCollection", "totalItems": items.len(),
            "orderedItems": items,
        }));
        let owner = owner.map_or(author.uri, |owner| owner.uri);
        document.insert("attributedTo".into(), owner.into());
        Ok(Found::Document(with_context(document)))
    }
);
