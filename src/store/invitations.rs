//! Links that work a few times at most: invitations, the first admin's among them, and those that confirm an address of
//! mail. Of the code only the hash is kept.

use diesel::prelude::*;

use super::conn::{Conn, MultiBackend};
use super::schema::invitations;
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::time::Time;
use crate::model::words::Role;

/// The purpose of the link that makes the first admin.
pub const FIRST_ADMIN: &str = "first_admin";
/// The purpose of a link that makes an account.
pub const ACCOUNT: &str = "account";
/// The purpose of a link by which somebody shows that an address of mail is theirs.
pub const CONFIRM: &str = "confirm";

/// An invitation.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = invitations, check_for_backend(MultiBackend))]
#[allow(missing_debug_implementations, reason = "holds a secret's hash")]
pub struct Invitation {
    /// Row id.
    pub id: i64,
    /// SHA-256 of the code.
    pub code_hash: String,
    /// [`FIRST_ADMIN`], [`ACCOUNT`] or [`CONFIRM`].
    pub purpose: String,
    /// Who invites, or whose address it is; nobody for the first admin's.
    pub account_id: Option<AccountId>,
    /// Role of who comes by it.
    pub role: Role,
    /// How many may still come by it.
    pub uses_left: i32,
    /// Until when.
    pub expires_at: Time,
    /// Since when.
    pub created_at: Time,
}

/// Adds an invitation.
pub fn insert(conn: &mut Conn, invitation: &Invitation) -> Result<()> {
    diesel::insert_into(invitations::table)
        .values(invitation)
        .execute(conn)?;
    Ok(())
}

/// A link for one of some purposes that can be used now, by the hash of its code.
pub fn find_usable(
    conn: &mut Conn,
    purposes: &[&str],
    code_hash: &str,
    now: Time,
) -> Result<Option<Invitation>> {
    Ok(invitations::table
        .filter(invitations::code_hash.eq(code_hash))
        .filter(invitations::purpose.eq_any(purposes))
        .filter(
            invitations::uses_left
                .gt(0)
                .and(invitations::expires_at.gt(now)),
        )
        .select(Invitation::as_select())
        .first(conn)
        .optional()?)
}

/// Takes one use; `false` where none is left.
pub fn take_use(conn: &mut Conn, id: i64) -> Result<bool> {
    let taken = diesel::update(
        invitations::table
            .find(id)
            .filter(invitations::uses_left.gt(0)),
    )
    .set(invitations::uses_left.eq(invitations::uses_left - 1))
    .execute(conn)?;
    Ok(taken == 1)
}

/// Removes all links of somebody for a purpose.
pub fn delete_of_account(conn: &mut Conn, purpose: &str, account: AccountId) -> Result<()> {
    diesel::delete(
        invitations::table.filter(
            invitations::purpose
                .eq(purpose)
                .and(invitations::account_id.eq(account)),
        ),
    )
    .execute(conn)?;
    Ok(())
}

/// Removes links that can no longer be used.
pub fn prune(conn: &mut Conn, now: Time) -> Result<usize> {
    Ok(diesel::delete(invitations::table.filter(invitations::expires_at.lt(now))).execute(conn)?)
}

/// Removes all invitations of a purpose.
pub fn delete_purpose(conn: &mut Conn, purpose: &str) -> Result<()> {
    diesel::delete(invitations::table.filter(invitations::purpose.eq(purpose))).execute(conn)?;
    Ok(())
}
