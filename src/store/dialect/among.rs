//! "One of these ids" with all ids in one bound value. Written as a list, the text of a statement would change with
//! every number of ids: it could not be kept, and preparing it costs more than running it.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, Text};

use crate::store::conn::Conn;

/// The condition. SQLite reads the ids as JSON, PostgreSQL as an array.
#[derive(Debug, Clone, QueryId)]
pub(in crate::store) struct Among<C> {
    column: C,
    ids: String,
    as_json: bool,
    array: &'static str,
}

/// Whether a column of ids holds one of these.
pub(in crate::store) fn among<C, I>(
    conn: &Conn,
    column: C,
    ids: impl IntoIterator<Item = I>,
) -> Among<C>
where
    I: Into<i64>,
{
    of(conn, column, "bigint[]", |text| {
        for id in ids {
            text.push_str(&id.into().to_string());
            text.push(',');
        }
    })
}

/// Whether a column of words of ours (kinds, states) holds one of these.
pub(in crate::store) fn among_words<C>(
    conn: &Conn,
    column: C,
    words: impl IntoIterator<Item = &'static str>,
) -> Among<C> {
    of(conn, column, "text[]", |text| {
        for word in words {
            text.push('"');
            text.push_str(word);
            text.push_str("\",");
        }
    })
}

/// `write` puts each value down with a comma behind it.
fn of<C>(conn: &Conn, column: C, array: &'static str, write: impl FnOnce(&mut String)) -> Among<C> {
    let as_json = matches!(conn, Conn::Sqlite(_));
    let (open, close) = if as_json { ('[', ']') } else { ('{', '}') };
    let mut text = String::from(open);
    write(&mut text);
    if text.ends_with(',') {
        text.pop();
    }
    text.push(close);
    Among {
        column,
        ids: text,
        as_json,
        array,
    }
}

impl<C: Expression> Expression for Among<C> {
    type SqlType = Bool;
}

impl<C, QS> AppearsOnTable<QS> for Among<C>
where
    C: AppearsOnTable<QS>,
    Self: Expression,
{
}

impl<C, QS> SelectableExpression<QS> for Among<C>
where
    C: SelectableExpression<QS>,
    Self: AppearsOnTable<QS>,
{
}

impl<C, GB> ValidGrouping<GB> for Among<C>
where
    C: ValidGrouping<GB>,
{
    type IsAggregate = C::IsAggregate;
}

impl<C, DB> QueryFragment<DB> for Among<C>
where
    DB: Backend + HasSqlType<Text>,
    C: QueryFragment<DB>,
    String: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> diesel::QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        if self.as_json {
            out.push_sql(" IN (SELECT value FROM json_each(");
            out.push_bind_param::<Text, _>(&self.ids)?;
            out.push_sql("))");
        } else {
            out.push_sql(" = ANY(CAST(");
            out.push_bind_param::<Text, _>(&self.ids)?;
            out.push_sql(" AS ");
            out.push_sql(self.array);
            out.push_sql("))");
        }
        Ok(())
    }
}
