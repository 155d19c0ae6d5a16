//! Somebody brings follows, mutes, blocks, lists or bookmarks along from elsewhere: a file is taken in, and its lines are
//! done one by one in a job.

use crate::actions::lists::{ListChanges, create_list, fill_list};
use crate::actions::standing::{must_act, must_still_be_here};
use crate::actions::{block_domain, follow, join, react};
use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::model::refusal::Refusal;
use crate::model::text::csv;
use crate::model::text::handles::Handle;
use crate::model::transfer::{is_on, languages, names_something, read};
use crate::model::viewer::Viewer;
use crate::model::words::{AccountState, Reaction, Role, TransferKind};
use crate::store::db::Tx;
use crate::store::transfers::{self, Import};
use crate::store::{
    accounts, communities, domain_blocks, follows, hold, jobs, lists, marks, posts,
};

/// Kind of the job that works on an import; its payload is the import's id.
pub const IMPORT: &str = "import";
/// Imports of one person that may be under way.
pub const RUNNING: usize = 5;
/// What is taken away in one transaction at most where a file overwrites.
const BATCH: usize = 200;
/// Names of this node that are looked at to find out whether a file is what it is said to be.
const LOOKED_AT: usize = 200;

/// Takes a file in; its id.
///
/// # Errors
/// `Invalid` naming `file`, as [`read`] says, for whoever has [`RUNNING`] imports under way, or `NothingNamed` where a file
/// that overwrites would leave nothing; `Forbidden(Moved)`; `NotFound` for whoever does not act.
pub fn begin(
    tx: &mut Tx<'_>,
    me: AccountId,
    kind: TransferKind,
    overwrite: bool,
    text: &str,
) -> Result<i64> {
    // Two that come at once would both find room for one more.
    hold::accounts(tx, &[me])?;
    must_still_be_here(tx, me)?;
    let rows = read(kind, text).map_err(|why| Error::invalid("file", why))?;
    // A file of another kind would take everything away before its first line is looked at.
    if overwrite && !is_usable(tx, kind, &rows)? {
        return Err(Error::invalid("file", Refusal::NothingNamed));
    }
    if usize::try_from(transfers::count_running(tx, me)?).unwrap_or(RUNNING) >= RUNNING {
        return Err(Error::invalid("file", Refusal::TooMany(RUNNING)));
    }
    let lines: Vec<String> = rows
        .iter()
        .map(|row| {
            let cells: Vec<&str> = row.iter().map(String::as_str).collect();
            let mut line = String::new();
            csv::write_row(&mut line, &cells);
            line
        })
        .collect();
    let import = Import {
        id: tx.new_id(),
        account_id: me,
        kind,
        overwrite,
        swept: false,
        total: i32::try_from(lines.len()).unwrap_or(i32::MAX),
        created_at: tx.now(),
        finished_at: None,
    };
    transfers::insert(tx, &import, &lines)?;
    go_on(tx, &import)?;
    Ok(import.id)
}

/// Whether a file names anything that it could hold. A word alone may be a name of this node, or the title of a list.
fn is_usable(tx: &mut Tx<'_>, kind: TransferKind, rows: &[Vec<String>]) -> Result<bool> {
    let column = match kind {
        TransferKind::Follows | TransferKind::Mutes | TransferKind::Blocks => 0,
        TransferKind::Lists => 1,
        TransferKind::DomainBlocks | TransferKind::Bookmarks => {
            return Ok(rows.iter().any(|row| names_something(kind, row)));
        }
    };
    let authority = tx.node().authority.clone();
    let good = rows.iter().filter(|row| names_something(kind, row));
    let handles: Vec<Handle> = good
        .filter_map(|row| Handle::parse(row.get(column)?))
        .map(|handle| handle.relative_to(&authority))
        .collect();
    if handles.iter().any(|handle| !handle.domain.is_empty()) {
        return Ok(true);
    }
    for handle in handles.iter().take(LOOKED_AT) {
        if accounts::find_by_handle(tx, handle)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Orders a job for what is left of an import. Those of one person run one after another.
///
/// # Errors
/// `Unavailable`.
pub fn go_on(tx: &mut Tx<'_>, import: &Import) -> Result<()> {
    let lane = format!("import {}", import.account_id);
    jobs::enqueue(tx, IMPORT, &lane, &import.id.to_string()).map(drop)
}

/// The cells of a line as it was kept.
pub fn cells(line: &str) -> Vec<String> {
    csv::read(line, 1)
        .and_then(|rows| rows.into_iter().next())
        .unwrap_or_default()
}

/// What the first cell (of lists the second) of a line turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// An actor.
    Account(AccountId),
    /// A post.
    Post(PostId),
    /// A domain, which needs no looking up.
    Domain,
}

/// Does what a line says. Safe to run twice.
///
/// # Errors
/// As the actions of following, muting and so on; `Invalid(Malformed)` for a line that says nothing.
pub fn carry_out(
    tx: &mut Tx<'_>,
    me: AccountId,
    kind: TransferKind,
    cells: &[String],
    found: Found,
) -> Result<()> {
    let cell = |at: usize| cells.get(at).map_or("", String::as_str);
    // Nobody would take away what is written for somebody who ended meanwhile. All that follows holds these, in their order.
    let mut concerned = vec![me];
    if let Found::Account(target) = found {
        concerned.push(target);
    }
    hold::accounts(tx, &concerned)?;
    must_act(tx, me)?;
    if let Found::Account(target) = found {
        // Hidden is absent: as for whoever looks it up.
        let viewer = Viewer::Person {
            id: me,
            role: Role::Member,
        };
        let target = accounts::get(tx, target)?;
        if !communities::is_account_visible(tx, &viewer, &target)? {
            return Err(Error::NotFound);
        }
    }
    match (kind, found) {
        (TransferKind::Follows, Found::Account(target)) => {
            let wish = follow::Wish {
                show_boosts: is_on(cell(1)).unwrap_or(true),
                notify: is_on(cell(2)).unwrap_or(false),
            };
            come_to(tx, me, target, wish, &languages(cell(3)))?;
        }
        (TransferKind::Mutes, Found::Account(target)) => {
            follow::mute(tx, me, target, is_on(cell(1)).unwrap_or(true), 0)?;
        }
        (TransferKind::Blocks, Found::Account(target)) => {
            let there = follows::blocks_between(tx, me, &[target])?;
            if !there.iter().any(|row| row.account_id == me) {
                follow::block(tx, me, target, None)?;
            }
        }
        (TransferKind::DomainBlocks, Found::Domain) => {
            block_domain::block_domain(tx, me, cell(0))?;
        }
        (TransferKind::Lists, Found::Account(target)) => put_into_list(tx, me, cell(0), target)?,
        (TransferKind::Bookmarks, Found::Post(post)) => {
            react::mark(tx, me, post, Reaction::Bookmark, None)?;
        }
        _ => return Err(Error::invalid("file", Refusal::Malformed)),
    }
    Ok(())
}

fn come_to(
    tx: &mut Tx<'_>,
    me: AccountId,
    target: AccountId,
    wish: follow::Wish,
    languages: &[String],
) -> Result<()> {
    if accounts::get(tx, target)?.is_group() {
        let request = join::Request {
            community: target,
            account: me,
            message: String::new(),
            uri: None,
            reader: false,
        };
        return join::join(tx, &request).map(drop);
    }
    follow::follow(tx, me, target, wish, None)?;
    if languages.is_empty() {
        return Ok(());
    }
    follow::adjust(tx, me, target, wish, Some(languages))
}

fn put_into_list(tx: &mut Tx<'_>, me: AccountId, title: &str, target: AccountId) -> Result<()> {
    let known = lists::list(tx, me)?
        .into_iter()
        .find(|list| list.title == title);
    // The follow is asked first: a list that nobody gets into is not made.
    if follows::find(tx, me, target)?.is_none() {
        return Err(Refusal::NotFollowed.into());
    }
    let list = match known {
        Some(list) => list,
        None => {
            let wanted = ListChanges {
                title: Some(title.to_owned()),
                ..ListChanges::default()
            };
            create_list(tx, me, wanted)?
        }
    };
    fill_list(tx, &list, &[target])
}

/// Takes away some of what an import that overwrites does not name; `true` once nothing is left. Communities stay:
/// leaving one is more than following somebody no longer.
///
/// # Errors
/// `Unavailable`.
pub fn sweep(tx: &mut Tx<'_>, import: &Import) -> Result<bool> {
    let me = import.account_id;
    let named: Vec<Vec<String>> = transfers::list_lines(tx, import.id)?
        .iter()
        .map(|line| cells(line))
        .collect();
    let authority = tx.node().authority.clone();
    let keys = |column: usize| -> std::collections::HashSet<String> {
        let of = |row: &Vec<String>| key(row.get(column)?, &authority);
        named.iter().filter_map(of).collect()
    };
    let done = match import.kind {
        TransferKind::Follows => {
            let named = keys(0);
            let extra = surplus(
                transfers::follows_of(tx, me)?
                    .into_iter()
                    .map(|row| row.who),
                &named,
            );
            each(tx, me, &extra, |tx, target| {
                follow::unfollow(tx, me, target)
            })?
        }
        TransferKind::Mutes => {
            let named = keys(0);
            let extra = surplus(
                transfers::mutes_of(tx, me)?.into_iter().map(|row| row.0),
                &named,
            );
            each(tx, me, &extra, |tx, target| follow::unmute(tx, me, target))?
        }
        TransferKind::Blocks => {
            let extra = surplus(transfers::blocks_of(tx, me)?.into_iter(), &keys(0));
            each(tx, me, &extra, |tx, target| follow::unblock(tx, me, target))?
        }
        TransferKind::DomainBlocks => sweep_domains(tx, me, &named)?,
        TransferKind::Lists => sweep_lists(tx, me, &named)?,
        TransferKind::Bookmarks => sweep_bookmarks(tx, me, &named)?,
    };
    if done {
        transfers::set_swept(tx, import.id)?;
    }
    Ok(done)
}

/// What accounts are compared by: the handle in lower case, without the domain of this node.
fn key(text: &str, authority: &str) -> Option<String> {
    let handle = Handle::parse(text)?.relative_to(authority);
    Some(format!("{}@{}", handle.name_key(), handle.domain))
}

fn surplus(
    there: impl Iterator<Item = transfers::Named>,
    named: &std::collections::HashSet<String>,
) -> Vec<Handle> {
    there
        .filter(|(name, domain)| !named.contains(&format!("{}@{domain}", name.to_lowercase())))
        .map(|(name, domain)| Handle { name, domain })
        .collect()
}

fn each(
    tx: &mut Tx<'_>,
    me: AccountId,
    extra: &[Handle],
    mut end: impl FnMut(&mut Tx<'_>, AccountId) -> Result<()>,
) -> Result<bool> {
    let mut gone = Vec::new();
    for handle in extra {
        if let Some(account) = accounts::find_by_handle(tx, handle)?
            && !account.is_group()
            && account.state != AccountState::Deleted
        {
            gone.push(account.id);
        }
        if gone.len() > BATCH {
            break;
        }
    }
    let whole = gone.len() <= BATCH;
    gone.truncate(BATCH);
    // Together, so that nobody waits the other way round.
    let held: Vec<AccountId> = gone.iter().copied().chain([me]).collect();
    hold::accounts(tx, &held)?;
    for target in gone {
        end(tx, target)?;
    }
    Ok(whole)
}

fn sweep_domains(tx: &mut Tx<'_>, me: AccountId, named: &[Vec<String>]) -> Result<bool> {
    for domain in transfers::domains_of(tx, me)? {
        let kept = named.iter().any(|row| {
            row.first()
                .is_some_and(|cell| cell.to_lowercase() == domain)
        });
        if !kept {
            domain_blocks::delete(tx, me, &domain)?;
        }
    }
    Ok(true)
}

/// Lists that are not named go; those that are named are emptied, and filled by the lines.
fn sweep_lists(tx: &mut Tx<'_>, me: AccountId, named: &[Vec<String>]) -> Result<bool> {
    for list in lists::list(tx, me)? {
        if named.iter().any(|row| row.first() == Some(&list.title)) {
            lists::empty(tx, list.id)?;
        } else {
            lists::delete(tx, list.id)?;
        }
    }
    Ok(true)
}

fn sweep_bookmarks(tx: &mut Tx<'_>, me: AccountId, named: &[Vec<String>]) -> Result<bool> {
    let named: std::collections::HashSet<&String> =
        named.iter().filter_map(|row| row.first()).collect();
    let mut ended = 0;
    for uri in transfers::bookmarks_of(tx, me)? {
        if named.contains(&uri) {
            continue;
        }
        if ended == BATCH {
            return Ok(false);
        }
        if let Some(post) = posts::find_by_uri(tx, &uri)? {
            marks::remove(tx, me, post.id, Reaction::Bookmark)?;
            ended += 1;
        }
    }
    Ok(true)
}
