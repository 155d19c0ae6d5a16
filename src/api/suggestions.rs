//! Whom one might want to follow.

use axum::extract::State;
use serde_json::{Value, json};

use super::accounts::only_visible;
use super::answer::Answer;
use super::entities::Desk;
use super::error::ApiResult;
use super::extract::{Auth, Id, Paging, scope};
use crate::app::App;
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::store::conn::Conn;
use crate::store::{accounts, suggestions};

/// Refusals that are remembered for a person.
const REFUSALS: i64 = 1000;

/// Why somebody is suggested, in Mastodon's words of before and since 4.3.
type Why = (&'static str, &'static str);

const BY_FOLLOWED: Why = ("past_interactions", "friends_of_friends");
const ACTIVE: Why = ("global", "most_interactions");

/// People with the reason, first those whom the followed follow, then whoever is active here.
fn found(conn: &mut Conn, desk: &Desk, me: AccountId, limit: i64) -> Result<Vec<(AccountId, Why)>> {
    let near = suggestions::followed_by_followed(conn, me, limit)?;
    let active = suggestions::active_here(conn, me, limit)?;
    let mut people: Vec<(AccountId, Why)> = Vec::new();
    for (id, why) in near
        .into_iter()
        .map(|id| (id, BY_FOLLOWED))
        .chain(active.into_iter().map(|id| (id, ACTIVE)))
    {
        if !people.iter().any(|(known, _)| *known == id) {
            people.push((id, why));
        }
    }
    let ids = people.iter().map(|row| row.0).collect();
    let visible = only_visible(conn, &desk.viewer, ids)?;
    people.retain(|(id, _)| visible.contains(id));
    people.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(people)
}

/// `GET /api/v1/suggestions`
pub(super) async fn version_1(
    State(app): State<App>,
    me: Auth<scope::Read>,
    paging: Paging,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let body = app.db.read(move |conn| {
        let people = found(conn, &desk, me.account, paging.limit(40, 80))?;
        let ids: Vec<AccountId> = people.iter().map(|row| row.0).collect();
        desk.accounts(conn, &ids)
    });
    Ok(Answer::bytes(body.await?))
}

/// `GET /api/v2/suggestions`
pub(super) async fn version_2(
    State(app): State<App>,
    me: Auth<scope::Read>,
    paging: Paging,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let body = app.db.read(move |conn| {
        let people = found(conn, &desk, me.account, paging.limit(40, 80))?;
        let ids: Vec<AccountId> = people.iter().map(|row| row.0).collect();
        let accounts: Vec<Value> = serde_json::from_slice(&desk.accounts(conn, &ids)?)?;
        Ok(people
            .iter()
            .zip(accounts)
            .map(|((_, (old, new)), account)| {
                json!({ "source": old, "sources": [new], "account": account })
            })
            .collect::<Vec<Value>>())
    });
    Ok(Answer::json(&body.await?)?)
}

/// `DELETE /api/v1/suggestions/:id`: somebody is not suggested again.
pub(super) async fn refuse(
    State(app): State<App>,
    me: Auth<scope::WriteAccounts>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    let done = app.db.write(move |tx| {
        if accounts::find(tx, id)?.is_some() {
            let row = tx.new_id();
            suggestions::refuse(tx, row, me.account, id, REFUSALS)?;
        }
        Ok(())
    });
    done.await?;
    Ok(Answer::empty())
}
