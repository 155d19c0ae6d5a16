//! What the node says at length: about itself, about privacy, its terms of service. Each version is kept.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::conn::{Conn, MultiBackend};
use super::schema::node_texts;
use crate::error::Result;
use crate::model::time::Time;
use crate::model::words::NodeTextKind;

/// One version of a text.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = node_texts, check_for_backend(MultiBackend))]
pub struct NodeText {
    /// Its id.
    pub id: i64,
    /// Which text.
    pub kind: NodeTextKind,
    /// Markdown; empty where it was taken back.
    pub source: String,
    /// HTML made from it.
    pub html: String,
    /// From which day it holds.
    pub effective_on: NaiveDate,
    /// When it was written.
    pub created_at: Time,
}

/// Adds a version.
pub fn insert(conn: &mut Conn, text: &NodeText) -> Result<()> {
    diesel::insert_into(node_texts::table)
        .values(text)
        .execute(conn)?;
    Ok(())
}

/// The version that holds on a day: of those that began by then the latest, and of that day the last one written. `None`
/// too where that one is empty.
pub fn find(conn: &mut Conn, kind: NodeTextKind, on: NaiveDate) -> Result<Option<NodeText>> {
    let found: Option<NodeText> = node_texts::table
        .filter(node_texts::kind.eq(kind))
        .filter(node_texts::effective_on.le(on))
        .order((node_texts::effective_on.desc(), node_texts::id.desc()))
        .select(NodeText::as_select())
        .first(conn)
        .optional()?;
    Ok(found.filter(|text| !text.source.is_empty()))
}

/// The last version that begins on a day.
pub fn find_of(conn: &mut Conn, kind: NodeTextKind, on: NaiveDate) -> Result<Option<NodeText>> {
    let found: Option<NodeText> = node_texts::table
        .filter(node_texts::kind.eq(kind))
        .filter(node_texts::effective_on.eq(on))
        .order(node_texts::id.desc())
        .select(NodeText::as_select())
        .first(conn)
        .optional()?;
    Ok(found.filter(|text| !text.source.is_empty()))
}

/// The first version that begins after a day and says something: one that was taken back again never holds.
pub fn find_next(
    conn: &mut Conn,
    kind: NodeTextKind,
    after: NaiveDate,
) -> Result<Option<NodeText>> {
    let mut day = after;
    while let Some(text) = first_after(conn, kind, day)? {
        if !text.source.is_empty() {
            return Ok(Some(text));
        }
        day = text.effective_on;
    }
    Ok(None)
}

/// The last version of the first day after one on which any begins.
fn first_after(conn: &mut Conn, kind: NodeTextKind, after: NaiveDate) -> Result<Option<NodeText>> {
    Ok(node_texts::table
        .filter(node_texts::kind.eq(kind))
        .filter(node_texts::effective_on.gt(after))
        .order((node_texts::effective_on.asc(), node_texts::id.desc()))
        .select(NodeText::as_select())
        .first(conn)
        .optional()?)
}

/// The version written last, whenever it holds.
pub fn find_last(conn: &mut Conn, kind: NodeTextKind) -> Result<Option<NodeText>> {
    Ok(node_texts::table
        .filter(node_texts::kind.eq(kind))
        .order(node_texts::id.desc())
        .select(NodeText::as_select())
        .first(conn)
        .optional()?)
}
