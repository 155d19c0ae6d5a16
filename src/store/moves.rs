//! Which other accounts somebody has, and where somebody moved to. An account without a row has neither.

use std::collections::HashMap;

use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::dialect::among::among;
use super::follows::{Block, Mute};
use super::schema::{account_moves, accounts, blocks, mutes, users};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::time::Time;

/// Other accounts of somebody, and the move to one.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = account_moves, check_for_backend(MultiBackend))]
pub struct Moves {
    /// Whose.
    pub account_id: AccountId,
    /// Addresses of other accounts of the same person: JSON list of texts. Kept for accounts of this node only.
    pub also_known_as: String,
    /// Where it moved to, as long as that holds.
    pub target_id: Option<AccountId>,
    /// When it last moved, kept after the move was taken back.
    pub moved_at: Option<Time>,
}

/// What is known of an account.
pub fn find(conn: &mut Conn, id: AccountId) -> Result<Option<Moves>> {
    Ok(account_moves::table
        .find(id)
        .select(Moves::as_select())
        .first(conn)
        .optional()?)
}

/// Addresses of the other accounts of somebody here.
pub fn aliases(conn: &mut Conn, id: AccountId) -> Result<Vec<String>> {
    match find(conn, id)? {
        Some(row) => Ok(serde_json::from_str(&row.also_known_as)?),
        None => Ok(Vec::new()),
    }
}

/// Where an account moved to.
pub fn target(conn: &mut Conn, id: AccountId) -> Result<Option<AccountId>> {
    Ok(find(conn, id)?.and_then(|row| row.target_id))
}

/// Where several accounts moved to; those that did not are absent.
pub fn targets_among(conn: &mut Conn, ids: &[AccountId]) -> Result<HashMap<AccountId, AccountId>> {
    let query = account_moves::table
        .filter(among(conn, account_moves::account_id, ids.iter().copied()))
        .filter(account_moves::target_id.is_not_null())
        .select((account_moves::account_id, account_moves::target_id));
    let rows: Vec<(AccountId, Option<AccountId>)> = on_backend!(conn, |c| query.load(c))?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, target)| Some((id, target?)))
        .collect())
}

fn ensure(conn: &mut Conn, id: AccountId) -> Result<()> {
    on_backend!(conn, |c| diesel::insert_into(account_moves::table)
        .values(account_moves::account_id.eq(id))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

fn touch(conn: &mut Conn, id: AccountId) -> Result<()> {
    diesel::update(accounts::table.find(id))
        .set(accounts::rev.eq(accounts::rev + 1))
        .execute(conn)?;
    Ok(())
}

/// Writes the addresses of the other accounts.
pub fn set_aliases(conn: &mut Conn, id: AccountId, uris: &[String]) -> Result<()> {
    ensure(conn, id)?;
    diesel::update(account_moves::table.find(id))
        .set(account_moves::also_known_as.eq(serde_json::to_string(uris)?))
        .execute(conn)?;
    touch(conn, id)
}

/// Notes where an account moved to.
pub fn set_target(conn: &mut Conn, id: AccountId, target: AccountId, at: Time) -> Result<()> {
    ensure(conn, id)?;
    diesel::update(account_moves::table.find(id))
        .set((
            account_moves::target_id.eq(target),
            account_moves::moved_at.eq(at),
        ))
        .execute(conn)?;
    touch(conn, id)
}

/// Notes that a move holds no more.
pub fn clear_target(conn: &mut Conn, id: AccountId) -> Result<()> {
    let there = account_moves::table
        .find(id)
        .filter(account_moves::target_id.is_not_null());
    let changed = diesel::update(there)
        .set(account_moves::target_id.eq(None::<AccountId>))
        .execute(conn)?;
    if changed > 0 {
        touch(conn, id)?;
    }
    Ok(())
}

/// Blocks of an actor by people of this node, oldest first, those after a row.
pub fn list_local_blocks(
    conn: &mut Conn,
    target: AccountId,
    after: i64,
    limit: i64,
) -> Result<Vec<Block>> {
    Ok(blocks::table
        .inner_join(users::table.on(users::account_id.eq(blocks::account_id)))
        .filter(blocks::target_id.eq(target).and(blocks::id.gt(after)))
        .order(blocks::id.asc())
        .limit(limit)
        .select(Block::as_select())
        .load(conn)?)
}

/// Mutes of an actor by people of this node, oldest first, those after a row.
pub fn list_local_mutes(
    conn: &mut Conn,
    target: AccountId,
    after: i64,
    limit: i64,
) -> Result<Vec<Mute>> {
    Ok(mutes::table
        .inner_join(users::table.on(users::account_id.eq(mutes::account_id)))
        .filter(mutes::target_id.eq(target).and(mutes::id.gt(after)))
        .order(mutes::id.asc())
        .limit(limit)
        .select(Mute::as_select())
        .load(conn)?)
}
