//! The only place where the two databases differ: full-text search, and conditions that must stand in the text so that
//! SQLite finds a partial index.

pub mod health;
pub mod plans;
pub mod search;

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::sql_types::Bool;

/// Public top-level posts, worded as the index `posts_public` is. A bound parameter would hide the index from SQLite.
pub(super) fn on_public_index() -> SqlLiteral<Bool> {
    sql(
        "posts.audience = 'public' AND posts.visibility = 'public' AND posts.parent_id IS NULL \
         AND posts.deleted_at IS NULL",
    )
}

/// The same for posts of this node, worded as `posts_public_local`.
pub(super) fn on_public_local_index() -> SqlLiteral<Bool> {
    sql(
        "posts.audience = 'public' AND posts.visibility = 'public' AND posts.local AND posts.parent_id IS NULL \
         AND posts.deleted_at IS NULL",
    )
}
