//! Idempotency keys: a shaky network must not post twice. Kept for a day per person.

use chrono::Duration;
use diesel::prelude::*;

use super::conn::Conn;
use super::schema::idempotency_keys;
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::time::Time;

/// The post that was made with a key in the last 24 hours, and the hash of the request that made it.
pub fn find(
    conn: &mut Conn,
    account: AccountId,
    key: &str,
    now: Time,
) -> Result<Option<(PostId, String)>> {
    Ok(idempotency_keys::table
        .find((account, key))
        .filter(idempotency_keys::created_at.gt(now - Duration::hours(24)))
        .select((idempotency_keys::post_id, idempotency_keys::request_hash))
        .first(conn)
        .optional()?)
}

/// Remembers what a key made.
pub fn remember(
    conn: &mut Conn,
    account: AccountId,
    key: &str,
    hash: &str,
    post: PostId,
    now: Time,
) -> Result<()> {
    diesel::delete(idempotency_keys::table.find((account, key))).execute(conn)?;
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::account_id.eq(account),
            idempotency_keys::idem_key.eq(key),
            idempotency_keys::request_hash.eq(hash),
            idempotency_keys::post_id.eq(post),
            idempotency_keys::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Forgets keys older than a day.
pub fn prune(conn: &mut Conn, now: Time) -> Result<()> {
    diesel::delete(
        idempotency_keys::table.filter(idempotency_keys::created_at.lt(now - Duration::hours(24))),
    )
    .execute(conn)?;
    Ok(())
}
