//! Communities: finding, proposing, opening, changing, reading.

use axum::extract::State;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::actions::charter::{
    CharterChanges, NewGoal, Proposal, change, open as open_community, propose,
};
use crate::actions::take_along::take_along;
use crate::api::answer::Answer;
use crate::api::entities::{Desk, community, sheet};
use crate::api::error::ApiResult;
use crate::api::extract::{Auth, Body, Id, MaybeAuth, Paging, scope};
use crate::api::timelines::answer;
use crate::api::words::word;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::model::refusal::Refusal;
use crate::model::text::handles::Handle;
use crate::model::words::{Boundary, JoinPolicy, Kind, Listing, PostingPolicy, QuestionState};
use crate::secrets::ActorKey;
use crate::store::db::Tx;
use crate::store::{accounts, communities, timelines};

/// Most stewards that can be named at once.
const MAX_STEWARDS: usize = 50;

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct Find {
    q: Option<String>,
    scope: Option<String>,
}

/// `GET /api/cordee/v1/communities`: the newest first.
pub(crate) async fn list(
    State(app): State<App>,
    me: MaybeAuth<scope::Read>,
    paging: Paging,
    Body(wanted): Body<Find>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let page = paging.page(40, 80);
    let read = app.db.read(move |conn| {
        let scope = match wanted.scope.as_deref().unwrap_or("local") {
            "local" | "" => communities::Scope::Local,
            "known" => communities::Scope::Known,
            "joined" => communities::Scope::Joined,
            _ => {
                return Err(Error::invalid(
                    "scope",
                    Refusal::NotOneOf("local, known, joined".into()),
                ));
            }
        };
        let q = wanted.q.unwrap_or_default();
        let ids = communities::list_matching(conn, &desk.viewer, q.trim(), scope, &page)?;
        let cursors: Vec<i64> = ids.iter().map(|id| id.0).collect();
        let mut written = Vec::with_capacity(ids.len());
        for id in ids {
            written.push(community::write(&desk, conn, id)?);
        }
        let body = sheet::list(&written, 1500, |out, one| {
            out.extend_from_slice(one);
            true
        });
        Ok((body, cursors))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

/// `GET /api/cordee/v1/communities/:id`
pub(crate) async fn show(
    State(app): State<App>,
    me: MaybeAuth<scope::Read>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let body = app.db.read(move |conn| {
        communities::get_visible(conn, &desk.viewer, id)?;
        community::write(&desk, conn, id)
    });
    Ok(Answer::bytes(body.await?))
}

async fn shown<S>(app: &App, me: &Auth<S>, id: AccountId) -> ApiResult {
    let desk = Desk::new(app, me.viewer);
    Ok(Answer::bytes(
        app.db
            .read(move |conn| community::write(&desk, conn, id))
            .await?,
    ))
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct Goal {
    name: Option<String>,
    unit: Option<String>,
    baseline: Option<f64>,
    target: Option<f64>,
    due: Option<String>,
    direction: Option<String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct Charter {
    name: Option<String>,
    title: Option<String>,
    purpose: Option<String>,
    boundary: Option<String>,
    visibility: Option<String>,
    join_policy: Option<String>,
    posting_policy: Option<String>,
    goals: Option<Vec<Goal>>,
    stewards: Option<Vec<String>>,
}

fn goal(at: usize, goal: Goal) -> Result<NewGoal> {
    let field = |name: &str| format!("goals.{at}.{name}");
    let need = |name: &str| Error::invalid(field(name), Refusal::Blank);
    let due = goal.due.ok_or_else(|| need("due"))?;
    let due: NaiveDate = due
        .trim()
        .parse()
        .ok()
        .ok_or_else(|| Error::invalid(field("due"), Refusal::Malformed))?;
    Ok(NewGoal {
        name: goal.name.ok_or_else(|| need("name"))?,
        unit: goal.unit.unwrap_or_default(),
        baseline: goal.baseline.ok_or_else(|| need("baseline"))?,
        target: goal.target.ok_or_else(|| need("target"))?,
        due,
        direction: word(&field("direction"), goal.direction.as_deref())?,
    })
}

fn goals(given: Vec<Goal>) -> Result<Vec<NewGoal>> {
    given
        .into_iter()
        .enumerate()
        .map(|(at, one)| goal(at, one))
        .collect()
}

/// The people of this node whom a charter names as stewards.
fn stewards(tx: &mut Tx<'_>, named: &[String]) -> Result<Vec<AccountId>> {
    if named.len() > MAX_STEWARDS {
        return Err(Error::invalid("stewards", Refusal::TooMany(MAX_STEWARDS)));
    }
    let authority = tx.node().authority.clone();
    let mut found = Vec::new();
    for acct in named.iter().filter(|acct| !acct.is_empty()) {
        let handle = Handle::parse(acct).map(|handle| handle.relative_to(&authority));
        let account = match handle {
            Some(handle) => accounts::find_by_handle(tx, &handle)?,
            None => None,
        };
        let account = account.ok_or_else(|| Error::invalid("stewards", Refusal::UnknownPerson))?;
        if !found.contains(&account.id) {
            found.push(account.id);
        }
    }
    Ok(found)
}

/// `POST /api/cordee/v1/communities`: makes it `proposed`.
pub(crate) async fn create(
    State(app): State<App>,
    me: Auth<scope::WriteAccounts>,
    Body(form): Body<Charter>,
) -> ApiResult {
    let key = ActorKey::generate()?;
    let account = me.account;
    let write = app.db.write(move |tx| {
        let boundary: Option<Boundary> = word("boundary", form.boundary.as_deref())?;
        let visibility: Option<Listing> = word("visibility", form.visibility.as_deref())?;
        let join_policy: Option<JoinPolicy> = word("join_policy", form.join_policy.as_deref())?;
        let posting_policy: Option<PostingPolicy> =
            word("posting_policy", form.posting_policy.as_deref())?;
        let wanted = Proposal {
            name: form.name.unwrap_or_default(),
            title: form.title.unwrap_or_default(),
            purpose: form.purpose.unwrap_or_default(),
            boundary: boundary.unwrap_or(Boundary::Public),
            visibility: visibility.unwrap_or(Listing::Listed),
            join_policy: join_policy.unwrap_or(JoinPolicy::Request),
            posting_policy: posting_policy.unwrap_or(PostingPolicy::Members),
            goals: goals(form.goals.unwrap_or_default())?,
            stewards: stewards(tx, &form.stewards.unwrap_or_default())?,
            key,
        };
        propose(tx, Some(account), wanted)
    });
    let id = write.await?;
    shown(&app, &me, id).await
}

/// `PATCH /api/cordee/v1/communities/:id`: what is not sent stays as it is.
pub(crate) async fn update(
    State(app): State<App>,
    me: Auth<scope::WriteAccounts>,
    Id(id): Id<AccountId>,
    Body(form): Body<Charter>,
) -> ApiResult {
    let (account, viewer) = (me.account, me.viewer);
    let relisted = form.visibility.is_some();
    let write = app.db.write(move |tx| {
        communities::get_visible(tx, &viewer, id)?;
        let changes = CharterChanges {
            title: form.title,
            purpose: form.purpose,
            boundary: word("boundary", form.boundary.as_deref())?,
            visibility: word("visibility", form.visibility.as_deref())?,
            join_policy: word("join_policy", form.join_policy.as_deref())?,
            posting_policy: word("posting_policy", form.posting_policy.as_deref())?,
            goals: form.goals.map(goals).transpose()?,
            stewards: form
                .stewards
                .map(|named| stewards(tx, &named))
                .transpose()?,
        };
        change(tx, Some(account), id, changes)
    });
    write.await?;
    // Whoever is told that a community is hidden may rely on it.
    let mut below = relisted.then_some(PostId(i64::MAX));
    while let Some(next) = below {
        let part = app.db.write(move |tx| take_along(tx, id, next));
        below = part.await?;
    }
    shown(&app, &me, id).await
}

/// `POST /api/cordee/v1/communities/:id/open`
pub(crate) async fn open(
    State(app): State<App>,
    me: Auth<scope::WriteAccounts>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    let (account, viewer) = (me.account, me.viewer);
    let write = app.db.write(move |tx| {
        communities::get_visible(tx, &viewer, id)?;
        open_community(tx, Some(account), id)
    });
    write.await?;
    shown(&app, &me, id).await
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct Sort {
    kind: Option<String>,
    state: Option<String>,
}

/// `GET /api/cordee/v1/communities/:id/timeline`
pub(crate) async fn timeline(
    State(app): State<App>,
    me: MaybeAuth<scope::ReadStatuses>,
    Id(id): Id<AccountId>,
    paging: Paging,
    Body(wanted): Body<Sort>,
) -> ApiResult {
    let kind: Option<Kind> = word("kind", wanted.kind.as_deref())?;
    let state: Option<QuestionState> = word("state", wanted.state.as_deref())?;
    answer(&app, me.viewer, &paging, move |conn, desk, page| {
        communities::get_visible(conn, &desk.viewer, id)?;
        timelines::community(conn, &desk.viewer, id, kind, state, page)
    })
    .await
}
