//! Lists: those of one's own, and the communities that a person joined as lists that cannot be changed.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::get_visible;
use super::answer::Answer;
use super::entities::Desk;
use super::error::ApiResult;
use super::extract::{Auth, Body, Id, Paging, scope};
use super::timelines::answer;
use super::words::word;
use crate::actions::lists::{ListChanges, change_list, create_list, fill_list};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::viewer::Viewer;
use crate::model::words::MembershipState;
use crate::store::accounts::{self, Account};
use crate::store::communities;
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::lists::{self, List};
use crate::store::page::Page;
use crate::store::timelines::{self, Entry};

/// Most members that one answer shows, for clients that ask for all at once (`limit=0`).
const ALL: i64 = 10_000;

fn own_entity(list: &List) -> Value {
    json!({
        "id": list.id.to_string(),
        "title": list.title,
        "replies_policy": list.replies_policy.as_str(),
        "exclusive": list.exclusive,
    })
}

fn community_entity(community: &Account) -> Value {
    json!({
        "id": community.id.to_string(),
        "title": community.shown_name(),
        "replies_policy": "list",
        "exclusive": false,
    })
}

/// What an id of a list names.
enum Found {
    Own(List),
    Community(AccountId),
}

/// A list of one's own, or a community that the person is in.
fn find(conn: &mut Conn, me: AccountId, id: i64) -> Result<Found> {
    if let Some(list) = lists::find(conn, me, id)? {
        return Ok(Found::Own(list));
    }
    let community = AccountId(id);
    if communities::is_member(conn, community, me)? {
        Ok(Found::Community(community))
    } else {
        Err(Error::NotFound)
    }
}

/// A list that may be changed.
fn changeable(tx: &mut Tx<'_>, me: AccountId, id: i64) -> Result<List> {
    match find(tx, me, id)? {
        Found::Own(list) => Ok(list),
        Found::Community(_) => Err(Refusal::FixedList.into()),
    }
}

/// The communities that somebody is in, by id.
fn joined(conn: &mut Conn, me: AccountId) -> Result<Vec<AccountId>> {
    let rows = communities::list_of_account(conn, me)?;
    Ok(rows.iter().map(|row| row.community_id).collect())
}

/// `GET /api/v1/lists`: one's own first.
pub(super) async fn list(State(app): State<App>, me: Auth<scope::ReadLists>) -> ApiResult {
    let account = me.account;
    let found = app.db.read(move |conn| {
        let mut all: Vec<Value> = lists::list(conn, account)?.iter().map(own_entity).collect();
        let ids = joined(conn, account)?;
        all.extend(accounts::list(conn, &ids)?.iter().map(community_entity));
        Ok(all)
    });
    Ok(Answer::json(&found.await?)?)
}

/// `GET /api/v1/lists/:id`
pub(super) async fn show(
    State(app): State<App>,
    me: Auth<scope::ReadLists>,
    Id(id): Id<i64>,
) -> ApiResult {
    let account = me.account;
    let found = app.db.read(move |conn| match find(conn, account, id)? {
        Found::Own(list) => Ok(own_entity(&list)),
        Found::Community(community) => Ok(community_entity(&accounts::get(conn, community)?)),
    });
    Ok(Answer::json(&found.await?)?)
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Form {
    title: Option<String>,
    replies_policy: Option<String>,
    exclusive: Option<bool>,
}

impl Form {
    fn changes(self) -> Result<ListChanges> {
        Ok(ListChanges {
            title: self.title,
            replies_policy: word("replies_policy", self.replies_policy.as_deref())?,
            exclusive: self.exclusive,
        })
    }
}

/// `POST /api/v1/lists`
pub(super) async fn create(
    State(app): State<App>,
    me: Auth<scope::WriteLists>,
    Body(form): Body<Form>,
) -> ApiResult {
    let (account, wanted) = (me.account, form.changes()?);
    let made = app
        .db
        .write(move |tx| create_list(tx, account, wanted))
        .await?;
    Ok(Answer::json(&own_entity(&made))?)
}

/// `PUT /api/v1/lists/:id`: what is not sent stays as it is.
pub(super) async fn update(
    State(app): State<App>,
    me: Auth<scope::WriteLists>,
    Id(id): Id<i64>,
    Body(form): Body<Form>,
) -> ApiResult {
    let account = me.account;
    let changed = app.db.write(move |tx| {
        let list = changeable(tx, account, id)?;
        change_list(tx, list, form.changes()?)
    });
    Ok(Answer::json(&own_entity(&changed.await?))?)
}

/// `DELETE /api/v1/lists/:id`
pub(super) async fn delete(
    State(app): State<App>,
    me: Auth<scope::WriteLists>,
    Id(id): Id<i64>,
) -> ApiResult {
    let account = me.account;
    let gone = app.db.write(move |tx| {
        changeable(tx, account, id)?;
        lists::delete(tx, id)
    });
    gone.await?;
    Ok(Answer::empty())
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct People {
    account_ids: Vec<String>,
}

impl People {
    /// The accounts that are named, each of which the viewer may know of.
    fn ids(&self, conn: &mut Conn, viewer: &Viewer) -> Result<Vec<AccountId>> {
        if self.account_ids.is_empty() {
            return Err(Error::invalid("account_ids", Refusal::Blank));
        }
        let mut ids = Vec::with_capacity(self.account_ids.len());
        for text in &self.account_ids {
            let id = text.trim().parse().ok().ok_or(Error::NotFound)?;
            ids.push(get_visible(conn, viewer, id)?.id);
        }
        Ok(ids)
    }
}

/// `POST /api/v1/lists/:id/accounts`
pub(super) async fn add(
    State(app): State<App>,
    me: Auth<scope::WriteLists>,
    Id(id): Id<i64>,
    Body(people): Body<People>,
) -> ApiResult {
    let (account, viewer) = (me.account, me.viewer);
    let added = app.db.write(move |tx| {
        let list = changeable(tx, account, id)?;
        let ids = people.ids(tx, &viewer)?;
        fill_list(tx, &list, &ids)
    });
    added.await?;
    Ok(Answer::empty())
}

/// `DELETE /api/v1/lists/:id/accounts`
pub(super) async fn remove(
    State(app): State<App>,
    me: Auth<scope::WriteLists>,
    Id(id): Id<i64>,
    Body(people): Body<People>,
) -> ApiResult {
    let (account, viewer) = (me.account, me.viewer);
    let removed = app.db.write(move |tx| {
        let list = changeable(tx, account, id)?;
        let ids = people.ids(tx, &viewer)?;
        lists::remove_members(tx, list.id, &ids)
    });
    removed.await?;
    Ok(Answer::empty())
}

/// `GET /api/v1/lists/:id/accounts`: who is in it; `limit=0` asks for all.
pub(super) async fn members(
    State(app): State<App>,
    me: Auth<scope::ReadLists>,
    Id(id): Id<i64>,
    paging: Paging,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let page = if paging.wants_all() {
        Page::first(ALL)
    } else {
        paging.page(40, 80)
    };
    let read = app.db.read(move |conn| {
        let rows: Vec<(i64, AccountId)> = match find(conn, me.account, id)? {
            Found::Own(list) => lists::list_members(conn, list.id, &page)?,
            Found::Community(community) => {
                let active = [MembershipState::Active];
                communities::page_members(conn, community, &active, &[], &page)?
                    .iter()
                    .map(|row| (row.id, row.account_id))
                    .collect()
            }
        };
        let ids: Vec<AccountId> = rows.iter().map(|row| row.1).collect();
        let cursors: Vec<i64> = rows.iter().map(|row| row.0).collect();
        Ok((desk.accounts(conn, &ids)?, cursors))
    });
    let (body, cursors) = read.await?;
    if paging.wants_all() {
        return Ok(Answer::bytes(body));
    }
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

/// `GET /api/v1/accounts/:id/lists`: which of the reader's lists somebody is in.
pub(super) async fn holding(
    State(app): State<App>,
    me: Auth<scope::ReadLists>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    let (account, viewer) = (me.account, me.viewer);
    let found = app.db.read(move |conn| {
        get_visible(conn, &viewer, id)?;
        let mut all: Vec<Value> = lists::list_holding(conn, account, id)?
            .iter()
            .map(own_entity)
            .collect();
        let mut shared = Vec::new();
        for community in joined(conn, account)? {
            if communities::is_member(conn, community, id)? {
                shared.push(community);
            }
        }
        all.extend(accounts::list(conn, &shared)?.iter().map(community_entity));
        Ok(all)
    });
    Ok(Answer::json(&found.await?)?)
}

/// What is in a list, for its timeline and its stream.
///
/// # Errors
/// `NotFound` where the reader has no such list.
pub(super) fn lines(conn: &mut Conn, desk: &Desk, id: i64, page: &Page) -> Result<Vec<Entry>> {
    let me = desk.viewer.account().ok_or(Error::NotFound)?;
    match find(conn, me, id)? {
        Found::Own(list) => timelines::list(conn, &desk.viewer, &list, desk.now(), page),
        Found::Community(community) => {
            timelines::community(conn, &desk.viewer, community, None, None, page)
        }
    }
}

/// `GET /api/v1/timelines/list/:id`: what the people of a list post, or a community that the reader joined.
pub(super) async fn timeline(
    State(app): State<App>,
    me: Auth<scope::ReadLists>,
    Id(id): Id<i64>,
    paging: Paging,
) -> ApiResult {
    answer(&app, me.viewer, &paging, move |conn, desk, page| {
        lines(conn, desk, id, page)
    })
    .await
}
