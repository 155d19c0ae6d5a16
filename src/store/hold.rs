//! Rows kept to a transaction until it ends: whoever else wants one waits, and then sees what this transaction did. For
//! what is read, judged and written back. SQLite has one writer anyway.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{accounts, peers, posts, reports, users};
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};

/// Holds a post.
pub fn post(conn: &mut Conn, id: PostId) -> Result<()> {
    if let Conn::Postgres(server) = conn {
        let row = posts::table.find(id).select(posts::id);
        // Rows that point to it may still be written: whoever has written one would wait for whoever holds this.
        row.for_no_key_update().load::<PostId>(server)?;
    }
    Ok(())
}

/// Holds several posts, in the order of their ids, so that no two transactions wait for each other.
pub fn posts(conn: &mut Conn, ids: &[PostId]) -> Result<()> {
    if let Conn::Postgres(server) = conn {
        let rows = posts::table
            .filter(posts::id.eq_any(ids.to_vec()))
            .order(posts::id.asc())
            .select(posts::id);
        rows.for_no_key_update().load::<PostId>(server)?;
    }
    Ok(())
}

/// Holds people and communities, with what hangs on them and what lies between them: a follow or a block, whether there is one
/// yet or not. In the order of their ids, so that no two transactions wait for each other.
pub fn accounts(conn: &mut Conn, ids: &[AccountId]) -> Result<()> {
    if let Conn::Postgres(server) = conn {
        let rows = accounts::table
            .filter(accounts::id.eq_any(ids.to_vec()))
            .order(accounts::id.asc())
            .select(accounts::id);
        rows.for_no_key_update().load::<AccountId>(server)?;
    }
    Ok(())
}

/// Holds somebody of this node for one thing at a time, and nothing that others hold: neither the person nor what hangs on
/// them, as [`accounts()`] does. To be held before those.
pub fn user(conn: &mut Conn, id: AccountId) -> Result<()> {
    if let Conn::Postgres(server) = conn {
        let row = users::table.find(id).select(users::account_id);
        row.for_no_key_update().load::<AccountId>(server)?;
    }
    Ok(())
}

/// Holds those of several people and communities whom no other transaction holds, and tells which: nobody is waited for, so
/// that others may be held already.
pub fn free_accounts(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<AccountId>> {
    let Conn::Postgres(server) = conn else {
        return Ok(ids.to_vec());
    };
    let rows = accounts::table
        .filter(accounts::id.eq_any(ids.to_vec()))
        .order(accounts::id.asc())
        .select(accounts::id);
    Ok(rows.for_no_key_update().skip_locked().load(server)?)
}

/// Holds those of several posts that no other transaction holds, and tells which: nobody is waited for.
pub fn free_posts(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<PostId>> {
    let Conn::Postgres(server) = conn else {
        return Ok(ids.to_vec());
    };
    let rows = posts::table
        .filter(posts::id.eq_any(ids.to_vec()))
        .order(posts::id.asc())
        .select(posts::id);
    Ok(rows.for_no_key_update().skip_locked().load(server)?)
}

/// Holds what this node knows and wants of another.
pub fn peer(conn: &mut Conn, id: i64) -> Result<()> {
    if let Conn::Postgres(server) = conn {
        let row = peers::table.find(id).select(peers::id);
        row.for_no_key_update().load::<i64>(server)?;
    }
    Ok(())
}

/// Holds a report.
pub fn report(conn: &mut Conn, id: i64) -> Result<()> {
    if let Conn::Postgres(server) = conn {
        let row = reports::table.find(id).select(reports::id);
        row.for_no_key_update().load::<i64>(server)?;
    }
    Ok(())
}
