//! Full-text search: FTS5 on SQLite, tsvector on PostgreSQL. Both get words folded by us, so that accents and case do
//! not matter on either.

use diesel::dsl::sql;
use diesel::expression::{AsExpression, SqlLiteral, UncheckedBind};
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel::{ExpressionMethods, RunQueryDsl};

use crate::error::Result;
use crate::model::ids::PostId;
use crate::model::text::fold;
use crate::store::conn::Conn;

// The virtual table of SQLite; `schema.rs` holds what both databases have.
diesel::table! {
    post_search (rowid) {
        rowid -> BigInt,
        title -> Text,
        body -> Text,
    }
}

/// Most words of a query that count.
const WORDS: usize = 12;

/// Puts the words of a post into the index, in place of earlier ones.
pub fn index(conn: &mut Conn, post: PostId, title: &str, body: &str) -> Result<()> {
    let (title, body) = (fold(title), fold(body));
    match conn {
        Conn::Sqlite(conn) => {
            // Not `sql_query`: such a statement would not be kept, and every post needs this one.
            diesel::replace_into(post_search::table)
                .values((
                    post_search::rowid.eq(post.0),
                    post_search::title.eq(title),
                    post_search::body.eq(body),
                ))
                .execute(conn)?;
        }
        Conn::Postgres(conn) => {
            sql_query(
                "INSERT INTO post_search (rowid, words) VALUES ($1, setweight(to_tsvector('simple', $2), 'A') \
                 || to_tsvector('simple', $3)) ON CONFLICT (rowid) DO UPDATE SET words = EXCLUDED.words",
            )
            .bind::<BigInt, _>(post.0)
            .bind::<Text, _>(title)
            .bind::<Text, _>(body)
            .execute(conn)?;
        }
    }
    Ok(())
}

/// Takes a post out of the index.
pub fn forget(conn: &mut Conn, post: PostId) -> Result<()> {
    match conn {
        Conn::Sqlite(conn) => {
            sql_query("DELETE FROM post_search WHERE rowid = ?")
                .bind::<BigInt, _>(post.0)
                .execute(conn)?;
        }
        Conn::Postgres(conn) => {
            sql_query("DELETE FROM post_search WHERE rowid = $1")
                .bind::<BigInt, _>(post.0)
                .execute(conn)?;
        }
    }
    Ok(())
}

/// The condition of [`matching`].
pub(in crate::store) type Matches =
    SqlLiteral<Bool, UncheckedBind<SqlLiteral<Bool>, <String as AsExpression<Text>>::Expression>>;

/// The condition that a post contains every word of the query (the last one as a beginning). `None` where the query
/// holds no word.
pub(in crate::store) fn matching(conn: &Conn, query: &str) -> Option<Matches> {
    let folded = fold(query);
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .take(WORDS)
        .collect();
    if words.is_empty() {
        return None;
    }
    let (head, text, tail) = match conn {
        Conn::Sqlite(_) => {
            let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            let head = "posts.id IN (SELECT rowid FROM post_search WHERE post_search MATCH ";
            (head, format!("{}*", quoted.join(" ")), ")")
        }
        Conn::Postgres(_) => {
            let head =
                "posts.id IN (SELECT rowid FROM post_search WHERE words @@ to_tsquery('simple', ";
            (head, format!("{}:*", words.join(" & ")), "))")
        }
    };
    Some(sql::<Bool>(head).bind::<Text, _>(text).sql(tail))
}
