//! What a steward has to do: people who ask to come in and posts that wait. Whom a steward shuts out for oneself does not
//! change that.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{accounts, memberships, posts};
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::words::{CommunityRole, MembershipState};

/// The communities that somebody leads.
macro_rules! led_by {
    ($account:expr) => {
        memberships::table
            .filter(memberships::account_id.eq($account))
            .filter(memberships::role.eq(CommunityRole::Steward))
            .filter(memberships::state.eq(MembershipState::Active))
            .select(memberships::community_id)
    };
}

/// Who asks to come into a community that somebody leads.
pub(super) fn applicants(conn: &mut Conn, steward: AccountId) -> Result<Vec<AccountId>> {
    Ok(memberships::table
        .filter(memberships::community_id.eq_any(led(conn, steward)?))
        .filter(memberships::state.eq(MembershipState::Requested))
        .select(memberships::account_id)
        .load(conn)?)
}

/// Posts that wait in a community that somebody leads.
pub(super) fn waiting(conn: &mut Conn, steward: AccountId) -> Result<Vec<PostId>> {
    let led: Vec<Option<AccountId>> = led(conn, steward)?.into_iter().map(Some).collect();
    Ok(posts::table
        .filter(posts::community_id.eq_any(led))
        .filter(posts::held.eq(true).and(posts::deleted_at.is_null()))
        .select(posts::id)
        .load(conn)?)
}

fn led(conn: &mut Conn, steward: AccountId) -> Result<Vec<AccountId>> {
    Ok(led_by!(steward).load(conn)?)
}

/// The communities of this node that somebody leads and another asks to come into.
pub fn list_asked(
    conn: &mut Conn,
    steward: AccountId,
    applicant: AccountId,
) -> Result<Vec<AccountId>> {
    let asked = memberships::table
        .inner_join(accounts::table.on(accounts::id.eq(memberships::community_id)))
        .filter(memberships::account_id.eq(applicant))
        .filter(memberships::state.eq(MembershipState::Requested))
        .filter(accounts::domain.eq(""))
        .select(memberships::community_id)
        .load::<AccountId>(conn)?;
    if asked.is_empty() {
        return Ok(asked);
    }
    Ok(led_by!(steward)
        .filter(memberships::community_id.eq_any(asked))
        .order(memberships::community_id.asc())
        .load(conn)?)
}

/// Whether somebody asks to come into a community of this node that another leads.
pub fn applies_to(conn: &mut Conn, steward: AccountId, applicant: AccountId) -> Result<bool> {
    Ok(!list_asked(conn, steward, applicant)?.is_empty())
}

/// Whether a post waits in a community that somebody leads.
pub fn waits_for(conn: &mut Conn, steward: AccountId, post: PostId) -> Result<bool> {
    let community: Option<Option<AccountId>> = posts::table
        .find(post)
        .filter(posts::held.eq(true).and(posts::deleted_at.is_null()))
        .select(posts::community_id)
        .first(conn)
        .optional()?;
    let Some(community) = community.flatten() else {
        return Ok(false);
    };
    let theirs = led_by!(steward).filter(memberships::community_id.eq(community));
    Ok(diesel::select(exists(theirs)).get_result(conn)?)
}
