//! The only place where the two databases differ: full-text search, and conditions that must stand in the text so that
//! SQLite finds a partial index.

pub(super) mod among;
pub mod health;
pub mod plans;
pub mod search;

use diesel::backend::Backend;
use diesel::dsl::sql;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, SqlLiteral, ValidGrouping,
};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool};

/// A condition on `posts` that stands in the text as it is. Diesel's own literals are prepared anew for every query.
#[derive(Debug, Clone, Copy)]
pub(super) struct Worded(&'static str);

impl Expression for Worded {
    type SqlType = Bool;
}

impl<QS> AppearsOnTable<QS> for Worded {}

impl<QS> SelectableExpression<QS> for Worded {}

impl<GB> ValidGrouping<GB> for Worded {
    type IsAggregate = diesel::expression::is_aggregate::No;
}

impl QueryId for Worded {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: Backend> QueryFragment<DB> for Worded {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> diesel::QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

/// Public top-level posts, worded as the index `posts_public` is. A bound parameter would hide the index from SQLite.
pub(super) fn on_public_index() -> Worded {
    Worded(
        "posts.audience = 'public' AND posts.visibility = 'public' AND posts.parent_id IS NULL \
         AND posts.deleted_at IS NULL",
    )
}

/// The same for posts of this node, worded as `posts_public_local`.
pub(super) fn on_public_local_index() -> Worded {
    Worded(
        "posts.audience = 'public' AND posts.visibility = 'public' AND posts.local AND posts.parent_id IS NULL \
         AND posts.deleted_at IS NULL",
    )
}

/// The sum of the column `bytes`, 0 of no rows. PostgreSQL adds whole numbers up to one of any size, which nobody needs.
pub(super) fn all_bytes() -> SqlLiteral<BigInt> {
    sql::<BigInt>("CAST(COALESCE(SUM(bytes), 0) AS BIGINT)")
}
