//! What a person keeps about others besides following them: whom they recommend, and notes for their own eyes.

use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::dialect::among::among;
use super::page::Page;
use super::schema::{account_notes, endorsements};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::time::Time;

/// Recommends somebody; nothing happens where they are recommended.
pub fn endorse(
    conn: &mut Conn,
    id: i64,
    account: AccountId,
    target: AccountId,
    now: Time,
) -> Result<()> {
    on_backend!(conn, |c| diesel::insert_into(endorsements::table)
        .values((
            endorsements::id.eq(id),
            endorsements::account_id.eq(account),
            endorsements::target_id.eq(target),
            endorsements::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// No longer recommends somebody.
pub fn unendorse(conn: &mut Conn, account: AccountId, target: AccountId) -> Result<()> {
    diesel::delete(
        endorsements::table.filter(
            endorsements::account_id
                .eq(account)
                .and(endorsements::target_id.eq(target)),
        ),
    )
    .execute(conn)?;
    Ok(())
}

/// Whom somebody recommends, the last first, each with the id of its row.
pub fn list_endorsed(
    conn: &mut Conn,
    account: AccountId,
    page: &Page,
) -> Result<Vec<(i64, AccountId)>> {
    let mut query = endorsements::table
        .filter(endorsements::account_id.eq(account))
        .select((endorsements::id, endorsements::target_id))
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    if let Some(below) = page.below() {
        query = query.filter(endorsements::id.lt(below));
    }
    if let Some(above) = page.above() {
        query = query.filter(endorsements::id.gt(above));
    }
    let query = if page.upwards() {
        query.order(endorsements::id.asc())
    } else {
        query.order(endorsements::id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}

/// Whom of several somebody recommends.
pub fn endorsed_among(
    conn: &mut Conn,
    account: AccountId,
    others: &[AccountId],
) -> Result<Vec<AccountId>> {
    Ok(endorsements::table
        .filter(endorsements::account_id.eq(account))
        .filter(among(conn, endorsements::target_id, others.iter().copied()))
        .select(endorsements::target_id)
        .load(conn)?)
}

/// Writes a note about somebody; an empty one removes it.
pub fn set_note(
    conn: &mut Conn,
    account: AccountId,
    target: AccountId,
    comment: &str,
) -> Result<()> {
    if comment.is_empty() {
        diesel::delete(account_notes::table.find((account, target))).execute(conn)?;
        return Ok(());
    }
    on_backend!(conn, |c| diesel::insert_into(account_notes::table)
        .values((
            account_notes::account_id.eq(account),
            account_notes::target_id.eq(target),
            account_notes::comment.eq(comment),
        ))
        .on_conflict((account_notes::account_id, account_notes::target_id))
        .do_update()
        .set(account_notes::comment.eq(comment))
        .execute(c))?;
    Ok(())
}

/// A person's notes about several others.
pub fn list_notes(
    conn: &mut Conn,
    account: AccountId,
    others: &[AccountId],
) -> Result<Vec<(AccountId, String)>> {
    Ok(account_notes::table
        .filter(account_notes::account_id.eq(account))
        .filter(among(
            conn,
            account_notes::target_id,
            others.iter().copied(),
        ))
        .select((account_notes::target_id, account_notes::comment))
        .load(conn)?)
}
