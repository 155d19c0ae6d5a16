//! What a person takes along: the lines of tables that go out, and imports with the lines that came in.

use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::db::Tx;
use super::schema::{
    accounts, blocks, domain_blocks, follows, import_lines, imports, list_members, lists, mutes,
    posts, reactions,
};
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::time::Time;
use crate::model::words::{FollowState, Reaction, TransferKind};

/// Lines of one table that goes out, at most.
const MOST: i64 = 100_000;

/// Name and domain of an account; the domain is empty for this node.
pub type Named = (String, String);

/// A follow as a line of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// Whom.
    pub who: Named,
    /// Whether boosts come along.
    pub boosts: bool,
    /// Whether each post is notified.
    pub notify: bool,
    /// Languages that it is limited to, between commas.
    pub languages: Option<String>,
}

/// Whom somebody follows, agreed.
pub fn follows_of(conn: &mut Conn, me: AccountId) -> Result<Vec<Followed>> {
    let rows: Vec<(String, String, bool, bool, Option<String>)> = follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::target_id)))
        .filter(
            follows::follower_id
                .eq(me)
                .and(follows::state.eq(FollowState::Accepted)),
        )
        .order(follows::id.asc())
        .limit(MOST)
        .select((
            accounts::name,
            accounts::domain,
            follows::show_boosts,
            follows::notify,
            follows::languages,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(name, domain, boosts, notify, languages)| Followed {
            who: (name, domain),
            boosts,
            notify,
            languages,
        })
        .collect())
}

/// Whom somebody mutes for good: with notifications or not. Mutes that end by themselves stay behind.
pub fn mutes_of(conn: &mut Conn, me: AccountId) -> Result<Vec<(Named, bool)>> {
    let rows: Vec<(String, String, bool)> = mutes::table
        .inner_join(accounts::table.on(accounts::id.eq(mutes::target_id)))
        .filter(mutes::account_id.eq(me).and(mutes::expires_at.is_null()))
        .order(mutes::id.asc())
        .limit(MOST)
        .select((accounts::name, accounts::domain, mutes::notifications))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(name, domain, quiet)| ((name, domain), quiet))
        .collect())
}

/// Whom somebody blocks.
pub fn blocks_of(conn: &mut Conn, me: AccountId) -> Result<Vec<Named>> {
    Ok(blocks::table
        .inner_join(accounts::table.on(accounts::id.eq(blocks::target_id)))
        .filter(blocks::account_id.eq(me))
        .order(blocks::id.asc())
        .limit(MOST)
        .select((accounts::name, accounts::domain))
        .load(conn)?)
}

/// Which nodes somebody shuts out.
pub fn domains_of(conn: &mut Conn, me: AccountId) -> Result<Vec<String>> {
    Ok(domain_blocks::table
        .filter(domain_blocks::account_id.eq(me))
        .order(domain_blocks::id.asc())
        .limit(MOST)
        .select(domain_blocks::domain)
        .load(conn)?)
}

/// Who is in somebody's lists.
pub fn lists_of(conn: &mut Conn, me: AccountId) -> Result<Vec<(String, Named)>> {
    let rows: Vec<(String, String, String)> = list_members::table
        .inner_join(lists::table.on(lists::id.eq(list_members::list_id)))
        .inner_join(accounts::table.on(accounts::id.eq(list_members::account_id)))
        .filter(lists::account_id.eq(me))
        .order((lists::id.asc(), list_members::id.asc()))
        .limit(MOST)
        .select((lists::title, accounts::name, accounts::domain))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(title, name, domain)| (title, (name, domain)))
        .collect())
}

/// Addresses of the posts that somebody bookmarked.
pub fn bookmarks_of(conn: &mut Conn, me: AccountId) -> Result<Vec<String>> {
    Ok(reactions::table
        .inner_join(posts::table.on(posts::id.eq(reactions::post_id)))
        .filter(
            reactions::account_id
                .eq(me)
                .and(reactions::kind.eq(Reaction::Bookmark)),
        )
        .filter(posts::deleted_at.is_null())
        .order(reactions::id.asc())
        .limit(MOST)
        .select(posts::uri)
        .load(conn)?)
}

/// A file that came in.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = imports, check_for_backend(MultiBackend))]
pub struct Import {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub account_id: AccountId,
    /// What is in it.
    pub kind: TransferKind,
    /// Whether what is not in it goes.
    pub overwrite: bool,
    /// Whether that went.
    pub swept: bool,
    /// How many lines it has.
    pub total: i32,
    /// When it came.
    pub created_at: Time,
    /// When the last line was done.
    pub finished_at: Option<Time>,
}

/// One line of it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = import_lines, check_for_backend(MultiBackend))]
pub struct Line {
    /// Row id, in the order of the file.
    pub id: i64,
    /// The cells, comma-separated.
    pub line: String,
    /// [`DONE`], or the id of the message that says why not; absent while it waits.
    pub outcome: Option<String>,
}

/// The outcome of a line that came through.
pub const DONE: &str = "done";

/// Lines that are written at once.
const CHUNK: usize = 200;

/// Keeps an import with its lines.
pub fn insert(tx: &mut Tx<'_>, import: &Import, lines: &[String]) -> Result<()> {
    diesel::insert_into(imports::table)
        .values(import)
        .execute(&mut **tx)?;
    for chunk in lines.chunks(CHUNK) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|line| {
                (
                    import_lines::id.eq(tx.new_id()),
                    import_lines::import_id.eq(import.id),
                    import_lines::line.eq(line),
                )
            })
            .collect();
        on_backend!(&mut **tx, |c| diesel::insert_into(import_lines::table)
            .values(&rows)
            .execute(c))?;
    }
    Ok(())
}

/// An import by id.
pub fn find(conn: &mut Conn, id: i64) -> Result<Option<Import>> {
    Ok(imports::table
        .find(id)
        .select(Import::as_select())
        .first(conn)
        .optional()?)
}

/// One of a person's own imports.
///
/// # Errors
/// `NotFound`.
pub fn get_own(conn: &mut Conn, me: AccountId, id: i64) -> Result<Import> {
    find(conn, id)?
        .filter(|import| import.account_id == me)
        .ok_or(Error::NotFound)
}

/// A person's imports, newest first.
pub fn list(conn: &mut Conn, me: AccountId, limit: i64) -> Result<Vec<Import>> {
    Ok(imports::table
        .filter(imports::account_id.eq(me))
        .order(imports::id.desc())
        .limit(limit)
        .select(Import::as_select())
        .load(conn)?)
}

/// How many of a person's imports are under way.
pub fn count_running(conn: &mut Conn, me: AccountId) -> Result<i64> {
    Ok(imports::table
        .filter(imports::account_id.eq(me))
        .filter(imports::finished_at.is_null())
        .count()
        .get_result(conn)?)
}

/// Lines that wait, in the order of the file.
pub fn list_waiting(conn: &mut Conn, import: i64, limit: i64) -> Result<Vec<Line>> {
    Ok(import_lines::table
        .filter(import_lines::import_id.eq(import))
        .filter(import_lines::outcome.is_null())
        .order(import_lines::id.asc())
        .limit(limit)
        .select(Line::as_select())
        .load(conn)?)
}

/// All lines of an import, in the order of the file.
pub fn list_lines(conn: &mut Conn, import: i64) -> Result<Vec<String>> {
    Ok(import_lines::table
        .filter(import_lines::import_id.eq(import))
        .order(import_lines::id.asc())
        .select(import_lines::line)
        .load(conn)?)
}

/// Lines that did not come through, in the order of the file.
pub fn list_failed(conn: &mut Conn, import: i64, limit: i64) -> Result<Vec<Line>> {
    Ok(import_lines::table
        .filter(import_lines::import_id.eq(import))
        .filter(import_lines::outcome.is_not_null())
        .filter(import_lines::outcome.ne(DONE))
        .order(import_lines::id.asc())
        .limit(limit)
        .select(Line::as_select())
        .load(conn)?)
}

/// How many lines are done, and how many did not come through.
pub fn count(conn: &mut Conn, import: i64) -> Result<(i64, i64)> {
    let of = || import_lines::table.filter(import_lines::import_id.eq(import));
    let done: i64 = of()
        .filter(import_lines::outcome.eq(DONE))
        .count()
        .get_result(conn)?;
    let failed: i64 = of()
        .filter(import_lines::outcome.is_not_null())
        .filter(import_lines::outcome.ne(DONE))
        .count()
        .get_result(conn)?;
    Ok((done, failed))
}

/// Notes what came of a line.
pub fn set_outcome(conn: &mut Conn, line: i64, outcome: &str) -> Result<()> {
    diesel::update(import_lines::table.find(line))
        .set(import_lines::outcome.eq(outcome))
        .execute(conn)?;
    Ok(())
}

/// Notes what came of all lines that still wait.
pub fn set_outcome_of_waiting(conn: &mut Conn, import: i64, outcome: &str) -> Result<()> {
    let waiting = import_lines::table
        .filter(import_lines::import_id.eq(import))
        .filter(import_lines::outcome.is_null());
    diesel::update(waiting)
        .set(import_lines::outcome.eq(outcome))
        .execute(conn)?;
    Ok(())
}

/// Notes that what is not in the file went.
pub fn set_swept(conn: &mut Conn, id: i64) -> Result<()> {
    diesel::update(imports::table.find(id))
        .set(imports::swept.eq(true))
        .execute(conn)?;
    Ok(())
}

/// Notes that all lines are done.
pub fn set_finished(conn: &mut Conn, id: i64, at: Time) -> Result<()> {
    diesel::update(imports::table.find(id))
        .set(imports::finished_at.eq(at))
        .execute(conn)?;
    Ok(())
}

/// Forgets imports that came before a time; how many.
pub fn prune(conn: &mut Conn, before: Time) -> Result<usize> {
    let old = imports::table.filter(imports::created_at.lt(before));
    Ok(diesel::delete(old).execute(conn)?)
}
