//! The community object of our own API (contract 7).

use serde_json::{Value, json};

use super::Desk;
use super::sheet::list;
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::words::{CommunityRole, MembershipState};
use crate::store::accounts;
use crate::store::communities::{self, Goal};
use crate::store::conn::Conn;

/// A figure without needless decimals: 4, not 4.0, as the page shows it too.
fn figure(value: f64) -> Value {
    value
        .to_string()
        .parse::<serde_json::Number>()
        .map_or(Value::Null, Value::Number)
}

fn goal(goal: &Goal) -> Value {
    json!({
        "id": goal.id.to_string(),
        "name": goal.name,
        "unit": goal.unit,
        "baseline": figure(goal.baseline),
        "target": figure(goal.target),
        "due": goal.due.to_string(),
        "direction": goal.direction.as_str(),
        "readings": [],
    })
}

/// The ids of those who hold a role.
fn holders(conn: &mut Conn, id: AccountId, role: CommunityRole) -> Result<Vec<AccountId>> {
    let rows = communities::list_members(conn, id, &[MembershipState::Active], &[role], None, 100)?;
    Ok(rows.into_iter().rev().map(|row| row.account_id).collect())
}

/// Writes one community for a reader who may know of it.
///
/// # Errors
/// `NotFound` where there is none.
pub(crate) fn write(desk: &Desk, conn: &mut Conn, id: AccountId) -> Result<Vec<u8>> {
    let account = accounts::get(conn, id)?;
    let community = communities::get(conn, id)?;
    let mine = match desk.viewer.account() {
        Some(me) => communities::find_membership(conn, id, me)?,
        None => None,
    };
    let active = mine
        .as_ref()
        .filter(|row| row.state == MembershipState::Active);
    let goals: Vec<Value> = communities::list_goals(conn, id)?
        .iter()
        .map(goal)
        .collect();
    let (stewards, sponsors) = (
        holders(conn, id, CommunityRole::Steward)?,
        holders(conn, id, CommunityRole::Sponsor)?,
    );
    let everybody: Vec<AccountId> = stewards.iter().chain(&sponsors).copied().collect();
    let sheet = desk.sheet(conn, &[], &everybody)?;
    let head = json!({
        "id": id.to_string(),
        "acct": account.acct(),
        "name": account.name,
        "title": account.shown_name(),
        "url": account.url,
        "purpose": community.purpose,
        "state": community.state.as_str(),
        "boundary": community.boundary.as_str(),
        "visibility": community.visibility.as_str(),
        "join_policy": community.join_policy.as_str(),
        "posting_policy": community.posting_policy.as_str(),
        "membership": mine.as_ref().map_or(MembershipState::None, |row| row.state).as_str(),
        "role": active.map(|row| row.role.as_str()),
        "members_count": community.members_count.max(0),
        "goals": goals,
    });
    let mut out = head.to_string().into_bytes();
    out.pop();
    for (name, ids) in [("stewards", &stewards), ("sponsors", &sponsors)] {
        out.extend_from_slice(format!(",\"{name}\":").as_bytes());
        out.extend_from_slice(&list(ids, 1200, |out, id| sheet.account(out, *id)));
    }
    out.push(b'}');
    Ok(out)
}
