//! Search for people, tags and posts; and what a pasted handle or address stands for.

use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;

use super::accounts::{find, get_visible};
use super::answer::Answer;
use super::entities::{Desk, tag};
use super::error::ApiResult;
use super::extract::{Auth, Body, Paging, scope};
use super::status_reads::line;
use crate::app::App;
use crate::app::resolving::is_address;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::resolve::Resolved;
use crate::model::text::fold;
use crate::store::conn::Conn;
use crate::store::page::Page;
use crate::store::tags;
use crate::store::timelines::{self, Entry, SearchQuery};

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    q: String,
    r#type: Option<String>,
    resolve: Option<bool>,
    following: Option<bool>,
    account_id: Option<String>,
}

/// What was found, before it is shown.
#[derive(Default)]
struct Found {
    accounts: Vec<AccountId>,
    lines: Vec<Entry>,
    tags: Vec<String>,
    /// How many rows of the wanted type there were before anything was left out.
    came: usize,
}

/// `GET /api/v2/search`
pub(super) async fn search(
    State(app): State<App>,
    me: Auth<scope::ReadSearch>,
    paging: Paging,
    Body(wanted): Body<Wanted>,
) -> ApiResult {
    let q = wanted.q.trim().to_owned();
    let ask = wanted.resolve.unwrap_or(false);
    let is_url = is_address(&q);
    let is_handle = !is_url && q.contains('@');
    let exact = if is_url {
        app.find_address(&q, ask).await?
    } else if is_handle && ask {
        app.find_handle(&q).await?.map(Resolved::Account)
    } else {
        None
    };
    let desk = Desk::new(&app, me.viewer);
    let followed = wanted.following.unwrap_or(false).then_some(me.account);
    let (counts, rows) = (wanted.r#type.is_some(), paging.clone());
    let read = app.db.read(move |conn| {
        let found = if is_url {
            only(conn, &desk, exact)?
        } else {
            look(conn, &desk, &q, &wanted, followed, exact, &rows)?
        };
        let body = show(conn, &desk, &found, wanted.r#type.as_deref())?;
        Ok((body, found.came))
    });
    let (body, came) = read.await?;
    if counts {
        return Ok(Answer::counted(body, &paging, paging.limit(20, 40), came));
    }
    Ok(Answer::bytes(body))
}

/// The one thing that an address stands for, if the reader may see it.
fn only(conn: &mut Conn, desk: &Desk, exact: Option<Resolved>) -> Result<Found> {
    let mut found = Found::default();
    match exact {
        Some(Resolved::Account(id)) => match get_visible(conn, &desk.viewer, id) {
            Ok(_) => found.accounts.push(id),
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        },
        Some(Resolved::Post(id)) => match line(conn, &desk.viewer, id.0) {
            Ok(line) => found.lines.push(line),
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        },
        None => {}
    }
    Ok(found)
}

fn look(
    conn: &mut Conn,
    desk: &Desk,
    q: &str,
    wanted: &Wanted,
    followed: Option<AccountId>,
    exact: Option<Resolved>,
    paging: &Paging,
) -> Result<Found> {
    let page: Page = paging.page(20, 40);
    let kind = wanted.r#type.as_deref();
    let wants = |name: &str| kind.is_none() || kind == Some(name);
    // Counting needs a type: without one the first rows of each are shown.
    let offset = if kind.is_some() { paging.offset } else { 0 };
    let mut found = Found::default();
    if wants("accounts") {
        (found.accounts, found.came) = find(conn, desk, q, followed, page.limit, offset)?;
        if let Some(Resolved::Account(id)) = exact
            && offset == 0
            && get_visible(conn, &desk.viewer, id).is_ok()
        {
            found.accounts.retain(|other| *other != id);
            found.accounts.insert(0, id);
        }
    }
    if wants("statuses") {
        let author = wanted.account_id.as_deref().and_then(|id| id.parse().ok());
        let query = SearchQuery {
            q: q.to_owned(),
            author,
            offset,
            ..SearchQuery::default()
        };
        found.lines = timelines::search(conn, &desk.viewer, &query, desk.now(), &page)?;
        found.came = found.lines.len();
    }
    if wants("hashtags") {
        let word = fold(q.trim_start_matches('#'));
        if !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_') {
            found.tags = tags::search(conn, &word, page.limit, offset)?;
            found.came = found.tags.len();
        }
    }
    Ok(found)
}

fn show(conn: &mut Conn, desk: &Desk, found: &Found, kind: Option<&str>) -> Result<Vec<u8>> {
    let shown = |name: &str| kind.is_none_or(|kind| kind == name);
    let none = Vec::new();
    let accounts = if shown("accounts") {
        &found.accounts
    } else {
        &none
    };
    let lines: &[Entry] = if shown("statuses") { &found.lines } else { &[] };
    let base = desk.base();
    let followed = match desk.viewer.account() {
        Some(me) => Some(tags::followed_among(conn, me, &found.tags)?),
        None => None,
    };
    let tags: Vec<Value> = if shown("hashtags") {
        found
            .tags
            .iter()
            .map(|word| {
                let following = followed.as_ref().map(|all| all.contains(word));
                tag::entity(base, word, following)
            })
            .collect()
    } else {
        Vec::new()
    };
    let mut out = b"{\"accounts\":".to_vec();
    out.extend_from_slice(&desk.accounts(conn, accounts)?);
    out.extend_from_slice(b",\"statuses\":");
    out.extend_from_slice(&desk.statuses(conn, lines)?);
    out.extend_from_slice(b",\"hashtags\":");
    serde_json::to_writer(&mut out, &tags)?;
    out.push(b'}');
    Ok(out)
}
