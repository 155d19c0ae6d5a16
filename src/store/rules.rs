//! The rules of the node, and which of them reports name. A removed rule stays for the reports that name it.

use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::dialect::among::among;
use super::schema::{report_rules, rules};
use crate::error::Result;
use crate::model::time::Time;

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = rules, check_for_backend(MultiBackend))]
pub struct Rule {
    /// Its id.
    pub id: i64,
    /// Where it stands among the others, from 1.
    pub position: i32,
    /// The rule, one line.
    pub text: String,
    /// What it means, in more words; may be empty.
    pub hint: String,
    /// The same in other languages: JSON object of `{text, hint}` by code.
    pub translations: String,
    /// Since when.
    pub created_at: Time,
    /// When it was removed.
    pub removed_at: Option<Time>,
}

/// The rules that hold, in order.
pub fn list(conn: &mut Conn) -> Result<Vec<Rule>> {
    Ok(rules::table
        .filter(rules::removed_at.is_null())
        .order((rules::position.asc(), rules::id.asc()))
        .select(Rule::as_select())
        .load(conn)?)
}

/// A rule that holds.
pub fn find(conn: &mut Conn, id: i64) -> Result<Option<Rule>> {
    Ok(rules::table
        .find(id)
        .filter(rules::removed_at.is_null())
        .select(Rule::as_select())
        .first(conn)
        .optional()?)
}

/// Adds a rule.
pub fn insert(conn: &mut Conn, rule: &Rule) -> Result<()> {
    diesel::insert_into(rules::table)
        .values(rule)
        .execute(conn)?;
    Ok(())
}

/// Writes words and place of a rule.
pub fn update(conn: &mut Conn, rule: &Rule) -> Result<()> {
    diesel::update(rules::table.find(rule.id))
        .set((
            rules::position.eq(rule.position),
            rules::text.eq(&rule.text),
            rules::hint.eq(&rule.hint),
            rules::translations.eq(&rule.translations),
        ))
        .execute(conn)?;
    Ok(())
}

/// Removes a rule.
pub fn remove(conn: &mut Conn, id: i64, at: Time) -> Result<()> {
    diesel::update(rules::table.find(id))
        .set(rules::removed_at.eq(at))
        .execute(conn)?;
    Ok(())
}

/// Notes which rules a report names.
pub fn name_in_report(conn: &mut Conn, report: i64, named: &[i64]) -> Result<()> {
    for rule in named {
        on_backend!(conn, |c| diesel::insert_into(report_rules::table)
            .values((
                report_rules::report_id.eq(report),
                report_rules::rule_id.eq(*rule),
            ))
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// Which rules reports name, removed ones included.
pub fn list_of_reports(conn: &mut Conn, reports: &[i64]) -> Result<Vec<(i64, Rule)>> {
    Ok(report_rules::table
        .inner_join(rules::table.on(rules::id.eq(report_rules::rule_id)))
        .filter(among(
            conn,
            report_rules::report_id,
            reports.iter().copied(),
        ))
        .order((rules::position.asc(), rules::id.asc()))
        .select((report_rules::report_id, Rule::as_select()))
        .load(conn)?)
}
