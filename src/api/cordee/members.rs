//! Who is in a community: coming in, leaving, requests, invitations, removals.

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use crate::actions::join::{self, Request, decide, invite, remove_member};
use crate::api::answer::Answer;
use crate::api::entities::{Desk, sheet};
use crate::api::error::ApiResult;
use crate::api::extract::{Auth, Body, Id, Ids, Paging, scope};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::time::rfc3339_ms;
use crate::model::viewer::Viewer;
use crate::model::words::{MembershipState, Role};
use crate::store::communities::{self, Membership};
use crate::store::conn::Conn;
use crate::store::db::Tx;

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct JoinForm {
    message: Option<String>,
}

fn state(state: MembershipState) -> ApiResult {
    Ok(Answer::json(&json!({ "state": state.as_str() }))?)
}

/// `POST /api/cordee/v1/communities/:id/join`
pub(crate) async fn join(
    State(app): State<App>,
    me: Auth<scope::WriteFollows>,
    Id(id): Id<AccountId>,
    Body(form): Body<JoinForm>,
) -> ApiResult {
    let (account, viewer) = (me.account, me.viewer);
    let write = app.db.write(move |tx| {
        communities::get_visible(tx, &viewer, id)?;
        let message = form.message.unwrap_or_default().trim().to_owned();
        join::join(
            tx,
            &Request {
                community: id,
                account,
                message,
                uri: None,
                reader: false,
            },
        )
    });
    state(write.await?)
}

/// `POST /api/cordee/v1/communities/:id/leave`
pub(crate) async fn leave(
    State(app): State<App>,
    me: Auth<scope::WriteFollows>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    let (account, viewer) = (me.account, me.viewer);
    let write = app.db.write(move |tx| {
        communities::get_visible(tx, &viewer, id)?;
        join::leave(tx, id, account)
    });
    state(write.await?)
}

/// Rows as `{account, message, at}`; the message is for those who decide.
fn rows(desk: &Desk, conn: &mut Conn, rows: &[Membership], with_message: bool) -> Result<Vec<u8>> {
    let ids: Vec<AccountId> = rows.iter().map(|row| row.account_id).collect();
    let sheet = desk.sheet(conn, &[], &ids)?;
    Ok(sheet::list(rows, 1400, |out, row| {
        let message = if with_message {
            row.message.as_str()
        } else {
            ""
        };
        let more = json!({
            "message": message,
            "at": rfc3339_ms(row.updated_at),
            "role": row.role.as_str(),
            "membership": row.state.as_str(),
        });
        out.extend_from_slice(b"{\"account\":");
        if !sheet.account(out, row.account_id) {
            return false;
        }
        let more = more.to_string();
        out.push(b',');
        out.extend_from_slice(more.strip_prefix('{').unwrap_or(&more).as_bytes());
        true
    }))
}

/// Whether the viewer decides about people of this community.
fn decides(conn: &mut Conn, viewer: &Viewer, id: AccountId) -> Result<bool> {
    let Some(me) = viewer.account() else {
        return Ok(false);
    };
    Ok(communities::is_steward(conn, id, me)? || viewer.at_least(Role::Moderator))
}

/// `GET /api/cordee/v1/communities/:id/members`: closed communities name them to members only.
pub(crate) async fn members(
    State(app): State<App>,
    me: Auth<scope::Read>,
    Id(id): Id<AccountId>,
    paging: Paging,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let page = paging.page(40, 80);
    let read = app.db.read(move |conn| {
        let community = communities::get_visible(conn, &desk.viewer, id)?;
        if !communities::names_members(conn, &desk.viewer, &community)? {
            return Err(Error::NotFound);
        }
        let found = communities::page_members(conn, id, &[MembershipState::Active], &[], &page)?;
        let cursors: Vec<i64> = found.iter().map(|row| row.id).collect();
        let with_message = decides(conn, &desk.viewer, id)?;
        Ok((rows(&desk, conn, &found, with_message)?, cursors))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

/// `GET /api/cordee/v1/communities/:id/requests`: for those who decide.
pub(crate) async fn requests(
    State(app): State<App>,
    me: Auth<scope::Read>,
    Id(id): Id<AccountId>,
    paging: Paging,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let page = paging.page(40, 80);
    let read = app.db.read(move |conn| {
        communities::get_visible(conn, &desk.viewer, id)?;
        if !decides(conn, &desk.viewer, id)? {
            return Err(Refusal::StewardsOnly.into());
        }
        let found = communities::page_members(conn, id, &[MembershipState::Requested], &[], &page)?;
        let cursors: Vec<i64> = found.iter().map(|row| row.id).collect();
        Ok((rows(&desk, conn, &found, true)?, cursors))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct Reason {
    reason: Option<String>,
}

impl Reason {
    fn text(self) -> String {
        self.reason.unwrap_or_default().trim().to_owned()
    }
}

/// Does something about somebody and answers `{account, membership}`.
async fn about<S, F>(
    app: App,
    me: Auth<S>,
    community: AccountId,
    account: AccountId,
    work: F,
) -> ApiResult
where
    F: FnOnce(&mut Tx<'_>, AccountId) -> Result<MembershipState> + Send + 'static,
{
    let (by, viewer) = (me.account, me.viewer);
    let write = app.db.write(move |tx| {
        communities::get_visible(tx, &viewer, community)?;
        work(tx, by)
    });
    let membership = write.await?;
    let desk = Desk::new(&app, viewer);
    let body = app.db.read(move |conn| {
        let mut out = b"{\"account\":".to_vec();
        out.extend_from_slice(&desk.account(conn, account)?);
        out.extend_from_slice(format!(",\"membership\":\"{membership}\"}}").as_bytes());
        Ok(out)
    });
    Ok(Answer::bytes(body.await?))
}

/// `POST …/requests/:account_id/accept`
pub(crate) async fn accept(
    State(app): State<App>,
    me: Auth<scope::WriteAccounts>,
    Ids(id, account): Ids<AccountId, AccountId>,
    Body(form): Body<Reason>,
) -> ApiResult {
    about(app, me, id, account, move |tx, by| {
        decide(tx, by, id, account, true, &form.text())
    })
    .await
}

/// `POST …/requests/:account_id/reject`
pub(crate) async fn reject(
    State(app): State<App>,
    me: Auth<scope::WriteAccounts>,
    Ids(id, account): Ids<AccountId, AccountId>,
    Body(form): Body<Reason>,
) -> ApiResult {
    about(app, me, id, account, move |tx, by| {
        decide(tx, by, id, account, false, &form.text())
    })
    .await
}

/// `POST …/members/:account_id/remove`
pub(crate) async fn remove(
    State(app): State<App>,
    me: Auth<scope::WriteAccounts>,
    Ids(id, account): Ids<AccountId, AccountId>,
    Body(form): Body<Reason>,
) -> ApiResult {
    about(app, me, id, account, move |tx, by| {
        remove_member(tx, by, id, account, false, &form.text())
    })
    .await
}

/// `POST …/members/:account_id/ban`
pub(crate) async fn ban(
    State(app): State<App>,
    me: Auth<scope::WriteAccounts>,
    Ids(id, account): Ids<AccountId, AccountId>,
    Body(form): Body<Reason>,
) -> ApiResult {
    about(app, me, id, account, move |tx, by| {
        remove_member(tx, by, id, account, true, &form.text())
    })
    .await
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct Invitation {
    acct: Option<String>,
}

/// `POST …/invitations`
pub(crate) async fn invitation(
    State(app): State<App>,
    me: Auth<scope::WriteAccounts>,
    Id(id): Id<AccountId>,
    Body(form): Body<Invitation>,
) -> ApiResult {
    let acct = form.acct.unwrap_or_default();
    if acct.trim().is_empty() {
        return Err(Error::invalid("acct", Refusal::Blank).into());
    }
    let account = app.find_handle(&acct).await?;
    let account = account.ok_or_else(|| Error::invalid("acct", Refusal::UnknownPerson))?;
    about(app, me, id, account, move |tx, by| {
        invite(tx, by, id, account)
    })
    .await
}
