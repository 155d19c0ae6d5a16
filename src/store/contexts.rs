//! The threads of other nodes: the `context` that a post named (FEP-7888), so that replies of ours name the same.

use diesel::prelude::*;

use super::conn::{Conn, on_backend};
use super::schema::post_contexts;
use crate::error::Result;
use crate::model::ids::PostId;

/// Keeps what a post says its thread is.
pub fn put(conn: &mut Conn, post: PostId, uri: &str) -> Result<()> {
    on_backend!(conn, |c| diesel::insert_into(post_contexts::table)
        .values((post_contexts::post_id.eq(post), post_contexts::uri.eq(uri)))
        .on_conflict(post_contexts::post_id)
        .do_update()
        .set(post_contexts::uri.eq(uri))
        .execute(c))?;
    Ok(())
}

/// What a post said its thread is.
pub fn find(conn: &mut Conn, post: PostId) -> Result<Option<String>> {
    Ok(post_contexts::table
        .find(post)
        .select(post_contexts::uri)
        .first(conn)
        .optional()?)
}
