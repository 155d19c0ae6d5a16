//! Accounts as moderators see them, and what they do with them.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use super::entities::{Files, account};
use crate::actions::end_account::end_by;
use crate::actions::moderate::{Lift, Measure, lift, moderate, subject};
use crate::actions::sign_up::{admit, turn_away};
use crate::api::answer::Answer;
use crate::api::entities::Desk;
use crate::api::error::{ApiError, ApiResult};
use crate::api::extract::{Auth, Body, Id, Paging, scope};
use crate::api::words::word;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::words::{AccountMeasure, AccountState, Role, UserState};
use crate::oauth;
use crate::store::conn::Conn;
use crate::store::roster::{self, Standing, Wanted};
use crate::store::users;

/// An optional text that is not empty.
fn some(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

async fn page(
    app: App,
    me: Auth<scope::AdminReadAccounts>,
    paging: Paging,
    wanted: Option<Wanted>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let page = paging.page(100, 200);
    let Some(wanted) = wanted else {
        return Ok(Answer::none());
    };
    let read = app.db.read(move |conn| {
        let ids = roster::list(conn, &wanted, &page)?;
        let body = Files::load(&desk, conn, &ids, &[])?.accounts(&ids);
        let cursors: Vec<i64> = ids.iter().map(|id| id.0).collect();
        Ok((body, cursors))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Version1 {
    local: Option<bool>,
    remote: Option<bool>,
    by_domain: Option<String>,
    active: Option<bool>,
    pending: Option<bool>,
    disabled: Option<bool>,
    silenced: Option<bool>,
    suspended: Option<bool>,
    sensitized: Option<bool>,
    username: Option<String>,
    display_name: Option<String>,
    email: Option<String>,
    ip: Option<String>,
    staff: Option<bool>,
}

/// Moderators and admins.
const STAFF: [Role; 2] = [Role::Moderator, Role::Admin];

impl Version1 {
    /// `None` where nobody can be meant: addresses of machines are not kept.
    fn wanted(self) -> Option<Wanted> {
        if some(self.ip).is_some() {
            return None;
        }
        let is = |flag: Option<bool>| flag.unwrap_or(false);
        let standings = [
            (self.active, Standing::Active),
            (self.pending, Standing::Pending),
            (self.disabled, Standing::Disabled),
            (self.silenced, Standing::Silenced),
            (self.suspended, Standing::Suspended),
            (self.sensitized, Standing::Sensitized),
        ];
        Some(Wanted {
            local: match (is(self.local), is(self.remote)) {
                (true, false) => Some(true),
                (false, true) => Some(false),
                _ => None,
            },
            domain: some(self.by_domain).map(|domain| domain.to_lowercase()),
            standings: standings
                .into_iter()
                .filter(|(flag, _)| is(*flag))
                .map(|(_, standing)| standing)
                .collect(),
            roles: is(self.staff).then(|| STAFF.to_vec()),
            invited_by: None,
            name: some(self.username),
            display_name: some(self.display_name),
            email: some(self.email),
        })
    }
}

/// `GET /api/v1/admin/accounts`
pub(super) async fn list_v1(
    State(app): State<App>,
    me: Auth<scope::AdminReadAccounts>,
    paging: Paging,
    Body(wanted): Body<Version1>,
) -> ApiResult {
    me.at_least(Role::Moderator)?;
    page(app, me, paging, wanted.wanted()).await
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Version2 {
    origin: Option<String>,
    status: Option<String>,
    permissions: Option<String>,
    role_ids: Vec<String>,
    invited_by: Option<String>,
    username: Option<String>,
    display_name: Option<String>,
    by_domain: Option<String>,
    email: Option<String>,
    ip: Option<String>,
}

/// The role of an id that accounts show.
fn role(id: &str) -> Option<Role> {
    match id {
        "3" => Some(Role::Admin),
        "2" => Some(Role::Moderator),
        "-99" => Some(Role::Member),
        _ => None,
    }
}

fn one_of<T: Copy>(field: &str, text: Option<String>, all: &[(&str, T)]) -> Result<Option<T>> {
    let Some(text) = some(text) else {
        return Ok(None);
    };
    let found = all.iter().find(|(name, _)| *name == text);
    found.map(|(_, value)| Some(*value)).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        Error::invalid(field, Refusal::NotOneOf(names.join(", ")))
    })
}

impl Version2 {
    fn wanted(self) -> Result<Option<Wanted>> {
        let standing = one_of(
            "status",
            self.status,
            &[
                ("active", Standing::Active),
                ("pending", Standing::Pending),
                ("disabled", Standing::Disabled),
                ("silenced", Standing::Silenced),
                ("suspended", Standing::Suspended),
            ],
        )?;
        let local = one_of("origin", self.origin, &[("local", true), ("remote", false)])?;
        let staff = one_of("permissions", self.permissions, &[("staff", ())])?;
        let named: Vec<Role> = self.role_ids.iter().filter_map(|id| role(id)).collect();
        let roles = match (staff, self.role_ids.is_empty()) {
            (Some(()), _) => Some(STAFF.to_vec()),
            (None, true) => None,
            (None, false) => Some(named),
        };
        if some(self.ip).is_some() {
            return Ok(None);
        }
        let invited_by = match some(self.invited_by) {
            Some(id) => Some(id.parse().map_err(|_why| Error::NotFound)?),
            None => None,
        };
        Ok(Some(Wanted {
            local,
            domain: some(self.by_domain).map(|domain| domain.to_lowercase()),
            standings: standing.into_iter().collect(),
            roles,
            invited_by,
            name: some(self.username),
            display_name: some(self.display_name),
            email: some(self.email),
        }))
    }
}

/// `GET /api/v2/admin/accounts`
pub(super) async fn list_v2(
    State(app): State<App>,
    me: Auth<scope::AdminReadAccounts>,
    paging: Paging,
    Body(wanted): Body<Version2>,
) -> ApiResult {
    me.at_least(Role::Moderator)?;
    page(app, me, paging, wanted.wanted()?).await
}

/// `GET /api/v1/admin/accounts/:id`
pub(super) async fn show(
    State(app): State<App>,
    me: Auth<scope::AdminReadAccounts>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    me.at_least(Role::Moderator)?;
    let desk = Desk::new(&app, me.viewer);
    let read = app.db.read(move |conn| {
        known(conn, id)?;
        account(&desk, conn, id)
    });
    Ok(Answer::bytes(read.await?))
}

/// Deleted accounts and the actors of nodes are not there.
fn known(conn: &mut Conn, id: AccountId) -> Result<AccountState> {
    let account = crate::store::accounts::get(conn, id)?;
    let gone = account.state == AccountState::Deleted
        || account.kind == crate::model::words::ActorKind::Application;
    if gone {
        Err(Error::NotFound)
    } else {
        Ok(account.state)
    }
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Action {
    r#type: Option<String>,
    report_id: Option<String>,
    text: String,
}

/// `POST /api/v1/admin/accounts/:id/action`. There are no presets of warnings, and a warning is a private note of the
/// node rather than a mail.
pub(super) async fn act(
    State(app): State<App>,
    me: Auth<scope::AdminWriteAccounts>,
    Id(id): Id<AccountId>,
    Body(form): Body<Action>,
) -> ApiResult {
    me.at_least(Role::Moderator)?;
    let kind: Option<AccountMeasure> = word("type", form.r#type.as_deref())?;
    let report = match some(form.report_id) {
        Some(id) => Some(id.parse().map_err(|_why| Error::NotFound)?),
        None => None,
    };
    let wish = Measure {
        kind: kind.unwrap_or(AccountMeasure::None),
        text: form.text,
        report,
    };
    app.db
        .write(move |tx| moderate(tx, &me.viewer, id, &wish))
        .await?;
    oauth::forget_grants(&app);
    Ok(Answer::empty())
}

async fn lifted(
    app: App,
    me: Auth<scope::AdminWriteAccounts>,
    id: AccountId,
    what: Lift,
) -> ApiResult {
    me.at_least(Role::Moderator)?;
    let desk = Desk::new(&app, me.viewer);
    let done = app.db.write(move |tx| {
        lift(tx, &desk.viewer, id, what)?;
        account(&desk, tx, id)
    });
    let body = done.await?;
    oauth::forget_grants(&app);
    Ok(Answer::bytes(body))
}

macro_rules! lifts {
    ($($(#[$doc:meta])* $name:ident = $what:ident),* $(,)?) => {$(
        $(#[$doc])*
        pub(super) async fn $name(
            State(app): State<App>,
            me: Auth<scope::AdminWriteAccounts>,
            Id(id): Id<AccountId>,
        ) -> ApiResult {
            lifted(app, me, id, Lift::$what).await
        }
    )*};
}
lifts! {
    /// `POST /api/v1/admin/accounts/:id/enable`
    enable = Enable,
    /// `POST /api/v1/admin/accounts/:id/unsilence`
    unsilence = Unsilence,
    /// `POST /api/v1/admin/accounts/:id/unsuspend`
    unsuspend = Unsuspend,
    /// `POST /api/v1/admin/accounts/:id/unsensitive`
    unsensitive = Unsensitive,
}

/// Whoever does not wait for a moderator is neither admitted nor turned away.
async fn waits(app: &App, id: AccountId) -> ApiResult<()> {
    let user = app.db.read(move |conn| users::get(conn, id)).await?;
    if user.state == UserState::Pending && !user.reason.is_empty() {
        Ok(())
    } else {
        Err(ApiError::Mastodon(
            StatusCode::FORBIDDEN,
            "This action is not allowed",
        ))
    }
}

/// `POST /api/v1/admin/accounts/:id/approve`
pub(super) async fn approve(
    State(app): State<App>,
    me: Auth<scope::AdminWriteAccounts>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    me.at_least(Role::Moderator)?;
    waits(&app, id).await?;
    let desk = Desk::new(&app, me.viewer);
    let done = app.db.write(move |tx| {
        admit(tx, Some(&desk.viewer), id)?;
        account(&desk, tx, id)
    });
    Ok(Answer::bytes(done.await?))
}

/// `POST /api/v1/admin/accounts/:id/reject`: the account as it was.
pub(super) async fn reject(
    State(app): State<App>,
    me: Auth<scope::AdminWriteAccounts>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    me.at_least(Role::Moderator)?;
    waits(&app, id).await?;
    let desk = Desk::new(&app, me.viewer);
    let done = app.db.write(move |tx| {
        let body = account(&desk, tx, id)?;
        turn_away(tx, Some(&desk.viewer), id, "")?;
        Ok(body)
    });
    Ok(Answer::bytes(done.await?))
}

/// `DELETE /api/v1/admin/accounts/:id`: for good, of a suspended account. The account as it was.
pub(super) async fn delete(
    State(app): State<App>,
    me: Auth<scope::AdminWriteAccounts>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    me.at_least(Role::Moderator)?;
    let desk = Desk::new(&app, me.viewer);
    let viewer = me.viewer;
    let body = app.db.write(move |tx| {
        let (found, subject) = subject(tx, id)?;
        crate::model::moderation::may_moderate(&viewer, &subject)?;
        if found.state != AccountState::Suspended {
            return Err(Refusal::RoleTooLow.into());
        }
        let body = account(&desk, tx, id)?;
        end_by(tx, Some(&viewer), id)?;
        Ok(body)
    });
    let body = body.await?;
    oauth::forget_grants(&app);
    Ok(Answer::bytes(body))
}
