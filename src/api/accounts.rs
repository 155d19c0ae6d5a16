//! People and communities: reading them.

use axum::extract::State;
use serde::Deserialize;

use super::answer::Answer;
use super::entities::{Desk, relationship};
use super::error::ApiResult;
use super::extract::{Auth, Body, Id, MaybeAuth, Paging, scope};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::text::fold;
use crate::model::text::handles::Handle;
use crate::model::viewer::Viewer;
use crate::model::words::{AccountState, ActorKind, FollowState};
use crate::store::accounts::{self, Account};
use crate::store::conn::Conn;
use crate::store::follows::{self, Side};
use crate::store::timelines::{self, AccountQuery};
use crate::store::{communities, users};

/// An account that the viewer may know of: hidden communities and deleted accounts are absent.
pub(super) fn get_visible(conn: &mut Conn, viewer: &Viewer, id: AccountId) -> Result<Account> {
    let account = accounts::get(conn, id)?;
    let absent = [AccountState::Deleted, AccountState::Pending].contains(&account.state);
    if absent || account.kind == ActorKind::Application {
        return Err(Error::NotFound);
    }
    if account.is_group()
        && let Some(community) = communities::find(conn, id)?
        && !communities::is_visible(conn, viewer, &community)?
    {
        return Err(Error::NotFound);
    }
    Ok(account)
}

/// `GET /api/v1/accounts/verify_credentials`
pub(super) async fn verify_credentials(
    State(app): State<App>,
    me: Auth<scope::Profile>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    Ok(Answer::bytes(
        app.db
            .read(move |conn| credentials(&desk, conn, me.account))
            .await?,
    ))
}

/// The account with what only its owner gets.
pub(super) fn credentials(desk: &Desk, conn: &mut Conn, id: AccountId) -> Result<Vec<u8>> {
    let (account, user) = (accounts::get(conn, id)?, users::get(conn, id)?);
    let page = crate::store::page::Page::first(100);
    let waiting = follows::list(conn, Side::Followers, id, FollowState::Requested, &page)?.len();
    let more = super::entities::account::credentials(&account, &user, waiting)?;
    desk.account_with(conn, id, &more)
}

/// `GET /api/v1/accounts/:id`
pub(super) async fn show(
    State(app): State<App>,
    me: MaybeAuth<scope::ReadAccounts>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let body = app.db.read(move |conn| {
        get_visible(conn, &desk.viewer, id)?;
        desk.account(conn, id)
    });
    Ok(Answer::bytes(body.await?))
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    pub(super) id: Vec<String>,
}

impl Wanted {
    /// The numbers among the ids, without repetition.
    pub(super) fn ids(&self, limit: usize) -> Vec<i64> {
        let mut ids = Vec::new();
        for id in self
            .id
            .iter()
            .filter_map(|text| text.parse().ok())
            .take(limit)
        {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }
}

pub(super) fn only_visible(
    conn: &mut Conn,
    viewer: &Viewer,
    ids: Vec<AccountId>,
) -> Result<Vec<AccountId>> {
    let mut shown = Vec::with_capacity(ids.len());
    for id in ids {
        match get_visible(conn, viewer, id) {
            Ok(_) => shown.push(id),
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(shown)
}

/// `GET /api/v1/accounts?id[]=`
pub(super) async fn batch(
    State(app): State<App>,
    me: MaybeAuth<scope::ReadAccounts>,
    Body(wanted): Body<Wanted>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let body = app.db.read(move |conn| {
        let ids = wanted.ids(40).into_iter().map(AccountId).collect();
        let ids = only_visible(conn, &desk.viewer, ids)?;
        desk.accounts(conn, &ids)
    });
    Ok(Answer::bytes(body.await?))
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Lookup {
    acct: String,
}

/// `GET /api/v1/accounts/lookup`: no network.
pub(super) async fn lookup(
    State(app): State<App>,
    me: MaybeAuth<scope::ReadAccounts>,
    Body(wanted): Body<Lookup>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let body = app.db.read(move |conn| {
        let handle = Handle::parse(&wanted.acct).ok_or(Error::NotFound)?;
        let handle = handle.relative_to(&desk.app.db.node().authority);
        let account = accounts::find_by_handle(conn, &handle)?.ok_or(Error::NotFound)?;
        get_visible(conn, &desk.viewer, account.id)?;
        desk.account(conn, account.id)
    });
    Ok(Answer::bytes(body.await?))
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Search {
    q: String,
    resolve: Option<bool>,
    following: Option<bool>,
}

/// `GET /api/v1/accounts/search`
pub(super) async fn search(
    State(app): State<App>,
    me: Auth<scope::ReadAccounts>,
    paging: Paging,
    Body(wanted): Body<Search>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let exact = match wanted.resolve {
        Some(true) => app.find_handle(&wanted.q).await?,
        _ => None,
    };
    let (limit, offset) = (paging.limit(40, 80), paging.offset);
    let read = app.db.read(move |conn| {
        let followed = wanted.following.unwrap_or(false).then_some(me.account);
        let (mut ids, came) = find(conn, &desk, &wanted.q, followed, limit, offset)?;
        let exact = exact.filter(|id| get_visible(conn, &desk.viewer, *id).is_ok());
        if let Some(exact) = exact.filter(|id| offset == 0 && !ids.contains(id)) {
            ids.insert(0, exact);
        }
        Ok((desk.accounts(conn, &ids)?, came))
    });
    let (body, came) = read.await?;
    Ok(Answer::counted(body, &paging, limit, came))
}

/// Accounts that a text names: by handle (`name@host`), or by the beginning of name or display name. Also how many there
/// were before those that the reader may not know of were left out.
pub(super) fn find(
    conn: &mut Conn,
    desk: &Desk,
    q: &str,
    followed: Option<AccountId>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<AccountId>, usize)> {
    let text = q.trim().trim_start_matches(['@', '!']);
    if text.is_empty() {
        return Ok((Vec::new(), 0));
    }
    let (name, domain) = match text.split_once('@') {
        Some((name, domain)) if domain == desk.app.db.node().authority => (name, None),
        Some((name, domain)) => (name, Some(domain)),
        None => (text, None),
    };
    let ids = accounts::search(conn, name, domain, followed, limit, offset)?;
    let came = ids.len();
    Ok((only_visible(conn, &desk.viewer, ids)?, came))
}

/// `GET /api/v1/accounts/relationships`
pub(super) async fn relationships(
    State(app): State<App>,
    me: Auth<scope::ReadFollows>,
    Body(wanted): Body<Wanted>,
) -> ApiResult {
    let now = app.db.now();
    let found = app.db.read(move |conn| {
        let ids: Vec<AccountId> = wanted.ids(80).into_iter().map(AccountId).collect();
        let ids = only_visible(conn, &me.viewer, ids)?;
        relationship::entities(conn, me.account, &ids, now)
    });
    Ok(Answer::json(&found.await?)?)
}

/// Whom one person follows among those who follow another; who is in a closed community is its members' business.
fn familiar(
    conn: &mut Conn,
    viewer: &Viewer,
    me: AccountId,
    id: AccountId,
) -> Result<Vec<AccountId>> {
    if only_visible(conn, viewer, vec![id])?.is_empty() {
        return Ok(Vec::new());
    }
    if let Some(community) = communities::find(conn, id)?
        && !communities::names_members(conn, viewer, &community)?
    {
        return Ok(Vec::new());
    }
    if users::hides_collections(conn, id)? {
        return Ok(Vec::new());
    }
    let mut people = follows::list_familiar(conn, me, id, 10)?;
    let hiding = users::list_hiding(conn, &people)?;
    people.retain(|one| !hiding.contains(one));
    Ok(people)
}

/// `GET /api/v1/accounts/familiar_followers`: whom you follow among their followers.
pub(super) async fn familiar_followers(
    State(app): State<App>,
    me: Auth<scope::ReadFollows>,
    Body(wanted): Body<Wanted>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let body = app.db.read(move |conn| {
        let mut out = b"[".to_vec();
        for id in wanted.ids(20) {
            let people = familiar(conn, &desk.viewer, me.account, AccountId(id))?;
            if out.len() > 1 {
                out.push(b',');
            }
            out.extend_from_slice(format!("{{\"id\":\"{id}\",\"accounts\":").as_bytes());
            out.extend_from_slice(&desk.accounts(conn, &people)?);
            out.push(b'}');
        }
        out.push(b']');
        Ok(out)
    });
    Ok(Answer::bytes(body.await?))
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Statuses {
    only_media: Option<bool>,
    exclude_replies: Option<bool>,
    exclude_reblogs: Option<bool>,
    pinned: Option<bool>,
    tagged: Option<String>,
}

/// `GET /api/v1/accounts/:id/statuses`
pub(super) async fn statuses(
    State(app): State<App>,
    me: MaybeAuth<scope::ReadStatuses>,
    Id(id): Id<AccountId>,
    paging: Paging,
    Body(wanted): Body<Statuses>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let page = paging.page(20, 40);
    let query = AccountQuery {
        exclude_replies: wanted.exclude_replies.unwrap_or(false),
        exclude_boosts: wanted.exclude_reblogs.unwrap_or(false),
        only_media: wanted.only_media.unwrap_or(false),
        pinned: wanted.pinned.unwrap_or(false),
        tagged: wanted
            .tagged
            .filter(|tag| !tag.is_empty())
            .map(|tag| fold(tag.trim_start_matches('#'))),
    };
    let read = app.db.read(move |conn| {
        let account = get_visible(conn, &desk.viewer, id)?;
        if let Some(viewer) = desk.viewer.account()
            && follows::blocks_between(conn, viewer, &[id])?
                .iter()
                .any(|block| block.account_id == id)
        {
            return Ok((b"[]".to_vec(), Vec::new()));
        }
        let lines = timelines::account(conn, &desk.viewer, id, account.is_group(), &query, &page)?;
        let cursors: Vec<i64> = lines.iter().map(|line| line.id).collect();
        Ok((desk.statuses(conn, &lines)?, cursors))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

/// Takes out the communities that do not tell the viewer who is in them: who is in a closed community is its members'
/// business, seen from either end.
pub(super) fn hide_closed(
    conn: &mut Conn,
    viewer: &Viewer,
    people: &mut Vec<AccountId>,
) -> Result<()> {
    for community in communities::list(conn, people)? {
        if !communities::names_members(conn, viewer, &community)? {
            people.retain(|one| *one != community.account_id);
        }
    }
    Ok(())
}

async fn follow_list(
    app: App,
    viewer: Viewer,
    id: AccountId,
    side: Side,
    paging: Paging,
) -> ApiResult {
    let desk = Desk::new(&app, viewer);
    let page = paging.page(40, 80);
    let read = app.db.read(move |conn| {
        let account = get_visible(conn, &desk.viewer, id)?;
        if account.is_group() && side == Side::Followers {
            let community = communities::get(conn, id)?;
            if !communities::names_members(conn, &desk.viewer, &community)? {
                return Ok((b"[]".to_vec(), Vec::new()));
            }
        }
        if desk.viewer.account() != Some(id) && users::hides_collections(conn, id)? {
            return Ok((b"[]".to_vec(), Vec::new()));
        }
        let rows = follows::list(conn, side, id, FollowState::Accepted, &page)?;
        let other = |row: &follows::Follow| {
            if side == Side::Followers {
                row.follower_id
            } else {
                row.target_id
            }
        };
        let mut people = only_visible(conn, &desk.viewer, rows.iter().map(other).collect())?;
        if side == Side::Following && desk.viewer.account() != Some(id) {
            hide_closed(conn, &desk.viewer, &mut people)?;
        }
        let cursors: Vec<i64> = rows.iter().map(|row| row.id).collect();
        Ok((desk.accounts(conn, &people)?, cursors))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

/// `GET /api/v1/accounts/:id/followers`
pub(super) async fn followers(
    State(app): State<App>,
    me: MaybeAuth<scope::ReadAccounts>,
    Id(id): Id<AccountId>,
    paging: Paging,
) -> ApiResult {
    follow_list(app, me.viewer, id, Side::Followers, paging).await
}

/// `GET /api/v1/accounts/:id/following`
pub(super) async fn following(
    State(app): State<App>,
    me: MaybeAuth<scope::ReadAccounts>,
    Id(id): Id<AccountId>,
    paging: Paging,
) -> ApiResult {
    follow_list(app, me.viewer, id, Side::Following, paging).await
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Directory {
    order: Option<String>,
    local: Option<bool>,
}

/// `GET /api/v1/directory`: people who may be suggested.
pub(super) async fn directory(
    State(app): State<App>,
    me: Auth<scope::Read>,
    paging: Paging,
    Body(wanted): Body<Directory>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let (limit, offset) = (paging.limit(40, 80), paging.offset);
    let read = app.db.read(move |conn| {
        let newest = wanted.order.as_deref() == Some("new");
        let local = wanted.local.unwrap_or(false);
        let ids = accounts::directory(conn, newest, local, limit, offset)?;
        Ok((desk.accounts(conn, &ids)?, ids.len()))
    });
    let (body, came) = read.await?;
    Ok(Answer::counted(body, &paging, limit, came))
}
