//! The one renderer: where sheets are made. A sheet loads, in a handful of queries, whatever a set of timeline lines and
//! accounts needs.

use std::collections::HashMap;
use std::sync::Arc;

use super::sheet::{Marks, Sheet, list};
use super::{account, filter, poll, quote, status};
use crate::app::App;
use crate::app::rendered::AccountPiece;
use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::model::text::markdown::{Links, render};
use crate::model::time::Time;
use crate::model::viewer::Viewer;
use crate::model::words::{AccountState, Audience, Kind, Reaction, Visibility};
use crate::store::accounts::Account;
use crate::store::conn::Conn;
use crate::store::posts::Post;
use crate::store::timelines::Entry;
use crate::store::{account_limits, accounts, communities, marks, moves, posts, users};

/// Where sheets are made: the app and the reader.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) viewer: Viewer,
}

impl Desk {
    pub(crate) fn new(app: &App, viewer: Viewer) -> Self {
        Self {
            app: app.clone(),
            viewer,
        }
    }

    /// The node's address without trailing slash.
    pub(crate) fn base(&self) -> &str {
        &self.app.db.node().base_url
    }

    pub(crate) fn now(&self) -> Time {
        self.app.db.now()
    }

    /// Loads what the lines and accounts need.
    ///
    /// # Errors
    /// `Internal` where the database fails.
    pub(crate) fn sheet(
        &self,
        conn: &mut Conn,
        lines: &[Entry],
        others: &[AccountId],
    ) -> Result<Sheet> {
        let mut sheet = Sheet {
            base: self.base().to_owned(),
            me: self.viewer.account(),
            is_person: self.viewer.account().is_some(),
            ..Sheet::default()
        };
        self.add_posts(conn, &mut sheet, lines)?;
        let quoted = quote::add(self, conn, &mut sheet)?;
        if quoted.is_empty() {
            self.add_accounts(conn, &mut sheet, lines, others)?;
        } else {
            let all: Vec<Entry> = lines.iter().chain(&quoted).copied().collect();
            self.add_accounts(conn, &mut sheet, &all, others)?;
        }
        self.add_reader(conn, &mut sheet)?;
        let by_person = |entry: &&Entry| {
            entry
                .via
                .and_then(|via| sheet.accounts.get(&via))
                .is_some_and(|via| !via.is_group)
        };
        let boosts: Vec<i64> = lines.iter().filter(by_person).map(|line| line.id).collect();
        if !boosts.is_empty() {
            sheet.boosts = marks::list_boost_heads(conn, &boosts)?
                .into_iter()
                .map(|(id, uri, visibility)| (id, (uri, visibility)))
                .collect();
        }
        Ok(sheet)
    }

    pub(super) fn add_posts(
        &self,
        conn: &mut Conn,
        sheet: &mut Sheet,
        lines: &[Entry],
    ) -> Result<()> {
        let kept = &self.app.rendered.posts;
        let mut missing = Vec::new();
        for line in lines {
            match kept.get(&(line.post, line.post_rev)) {
                Some(piece) => {
                    sheet.posts.insert(line.post, piece);
                }
                None if !missing.contains(&line.post) => missing.push(line.post),
                None => {}
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = posts::map(conn, &missing)?
            .into_values()
            .filter(|post| post.deleted_at.is_none())
            .collect();
        let pieces = status::pieces(conn, self.base(), &self.app.config, &rows)?;
        for (row, piece) in rows.iter().zip(pieces) {
            let piece = Arc::new(piece);
            kept.insert((row.id, row.rev), Arc::clone(&piece));
            sheet.posts.insert(row.id, piece);
        }
        Ok(())
    }

    fn add_accounts(
        &self,
        conn: &mut Conn,
        sheet: &mut Sheet,
        lines: &[Entry],
        others: &[AccountId],
    ) -> Result<()> {
        let kept = &self.app.rendered.accounts;
        let mut missing = Vec::new();
        for line in lines {
            match kept.get(&(line.author, line.author_rev)) {
                Some(piece) => {
                    sheet.accounts.insert(line.author, piece);
                }
                None => missing.push(line.author),
            }
        }
        let mut unsure: Vec<AccountId> = lines
            .iter()
            .filter_map(|line| line.via)
            .chain(others.iter().copied())
            .collect();
        unsure.retain(|id| !sheet.accounts.contains_key(id));
        unsure.sort_unstable();
        unsure.dedup();
        if !unsure.is_empty() {
            for (id, rev) in accounts::list_revs(conn, &unsure)? {
                match kept.get(&(id, rev)) {
                    Some(piece) => {
                        sheet.accounts.insert(id, piece);
                    }
                    None => missing.push(id),
                }
            }
        }
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(());
        }
        self.make_accounts(conn, sheet, &missing)
    }

    fn make_accounts(
        &self,
        conn: &mut Conn,
        sheet: &mut Sheet,
        missing: &[AccountId],
    ) -> Result<()> {
        let kept = &self.app.rendered.accounts;
        let targets = moves::targets_among(conn, missing)?;
        let mut wanted = missing.to_vec();
        wanted.extend(targets.values().copied());
        wanted.sort_unstable();
        wanted.dedup();
        let rows = accounts::map(conn, &wanted)?;
        let groups: Vec<AccountId> = rows
            .values()
            .filter(|row| row.is_group())
            .map(|row| row.id)
            .collect();
        let locals: Vec<AccountId> = rows
            .values()
            .filter(|row| row.is_local() && !row.is_group())
            .map(|row| row.id)
            .collect();
        let communities: HashMap<_, _> = communities::list(conn, &groups)?
            .into_iter()
            .map(|row| (row.account_id, row))
            .collect();
        let entries: HashMap<_, _> = users::list_shown(conn, &locals)?
            .into_iter()
            .map(|entry| (entry.account_id, entry))
            .collect();
        let silenced = account_limits::silenced_among(conn, &wanted)?;
        let make = |row: &Account, moved: Option<&AccountPiece>| {
            let entry = entries.get(&row.id).copied();
            let community = communities.get(&row.id);
            let limited = silenced.contains(&row.id);
            account::piece(self.base(), row, entry, community, limited, moved)
        };
        for id in missing {
            let Some(row) = rows.get(id) else { continue };
            // Where that one moved on, it is not told: one step is enough.
            let target = targets.get(id).and_then(|target| rows.get(target));
            let target = target.filter(|target| target.state == AccountState::Active);
            let moved = target.map(|target| make(target, None)).transpose()?;
            let piece = Arc::new(make(row, moved.as_ref())?);
            // The other one changes without this one.
            if moved.is_none() {
                kept.insert((*id, row.rev), Arc::clone(&piece));
            }
            sheet.accounts.insert(*id, piece);
        }
        Ok(())
    }

    fn add_reader(&self, conn: &mut Conn, sheet: &mut Sheet) -> Result<()> {
        quote::add_verdicts(conn, sheet)?;
        let ids: Vec<PostId> = sheet.posts.keys().copied().collect();
        if let Some(me) = sheet.me {
            if !ids.is_empty() {
                sheet.filtered = filter::results(conn, me, &ids, self.now())?;
                add_marks(conn, sheet, me, ids)?;
            }
            if sheet.accounts.values().any(|piece| piece.is_group) {
                let all = communities::list_standings(conn, me)?;
                sheet.memberships = all.into_iter().collect();
            }
        }
        let with: Vec<PostId> = sheet
            .posts
            .iter()
            .filter(|(_, piece)| piece.has_poll)
            .map(|(id, _)| *id)
            .collect();
        if with.is_empty() {
            return Ok(());
        }
        let votes = sheet
            .me
            .map(|me| marks::votes_of(conn, me, &with))
            .transpose()?;
        let now = self.now();
        for (row, options) in marks::list_polls(conn, &with)? {
            let own: Option<Vec<i32>> = votes.as_ref().map(|all| {
                all.iter()
                    .filter(|(id, _)| *id == row.post_id)
                    .map(|(_, choice)| *choice)
                    .collect()
            });
            let author = sheet.posts.get(&row.post_id).map(|piece| piece.author);
            let asks = sheet.me.is_some() && sheet.me == author;
            sheet.polls.insert(
                row.post_id,
                poll::entity(&row, &options, own.as_deref(), asks, now),
            );
        }
        Ok(())
    }

    /// A list of statuses.
    ///
    /// # Errors
    /// `Internal` where the database fails.
    pub(crate) fn statuses(&self, conn: &mut Conn, lines: &[Entry]) -> Result<Vec<u8>> {
        let sheet = self.sheet(conn, lines, &[])?;
        Ok(list(lines, 2600, |out, line| sheet.status(out, line)))
    }

    /// A list of accounts.
    ///
    /// # Errors
    /// `Internal` where the database fails.
    pub(crate) fn accounts(&self, conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<u8>> {
        let sheet = self.sheet(conn, &[], ids)?;
        Ok(list(ids, 1200, |out, id| sheet.account(out, *id)))
    }

    /// One status.
    ///
    /// # Errors
    /// `NotFound` where it went meanwhile.
    pub(crate) fn status(&self, conn: &mut Conn, line: &Entry) -> Result<Vec<u8>> {
        let sheet = self.sheet(conn, std::slice::from_ref(line), &[])?;
        let mut out = Vec::with_capacity(4096);
        if sheet.status(&mut out, line) {
            Ok(out)
        } else {
            Err(Error::NotFound)
        }
    }

    /// What the writer of a command gets: a status that exists nowhere and is 404 from then on.
    ///
    /// # Errors
    /// `NotFound` where the post it was about went meanwhile.
    pub(crate) fn phantom(
        &self,
        conn: &mut Conn,
        author: AccountId,
        about: PostId,
        id: PostId,
        source: &str,
    ) -> Result<Vec<u8>> {
        let about = posts::get(conn, about)?;
        let now = self.now();
        let uri = self.app.db.node().post_uri(id.0);
        let html = render(
            source,
            &Links {
                base_url: self.base().to_owned(),
                ..Links::default()
            },
        );
        let ghost = Post {
            id,
            url: uri.clone(),
            uri,
            author_id: author,
            parent_id: Some(about.id),
            parent_author_id: Some(about.author_id),
            announce_id: None,
            kind: Kind::Discussion,
            title: String::new(),
            source: source.to_owned(),
            html,
            fields: "{}".into(),
            spoiler: String::new(),
            visibility: Visibility::Direct,
            audience: Audience::Mentioned,
            local: true,
            local_only: true,
            question_state: None,
            replies_count: 0,
            favourites_count: 0,
            boosts_count: 0,
            created_at: now,
            edited_at: None,
            ..about
        };
        let mut sheet = self.sheet(conn, &[], &[author])?;
        for piece in status::pieces(conn, self.base(), &self.app.config, &[ghost])? {
            sheet.posts.insert(id, Arc::new(piece));
        }
        let mut out = Vec::with_capacity(2048);
        if sheet.plain(&mut out, id, b"") {
            Ok(out)
        } else {
            Err(Error::NotFound)
        }
    }

    /// One account.
    ///
    /// # Errors
    /// `NotFound` where there is none.
    pub(crate) fn account(&self, conn: &mut Conn, id: AccountId) -> Result<Vec<u8>> {
        self.account_with(conn, id, b"")
    }

    /// One account with more members at its end (`"a":1,"b":2`).
    ///
    /// # Errors
    /// `NotFound` where there is none.
    pub(crate) fn account_with(
        &self,
        conn: &mut Conn,
        id: AccountId,
        more: &[u8],
    ) -> Result<Vec<u8>> {
        let sheet = self.sheet(conn, &[], &[id])?;
        let mut out = Vec::with_capacity(2048);
        if sheet.account_with(&mut out, id, more) {
            Ok(out)
        } else {
            Err(Error::NotFound)
        }
    }
}

/// The reader's own marks.
fn add_marks(
    conn: &mut Conn,
    sheet: &mut Sheet,
    me: AccountId,
    mut ids: Vec<PostId>,
) -> Result<()> {
    let shown = ids.len();
    ids.extend(sheet.posts.values().map(|piece| piece.root));
    ids.sort_unstable();
    ids.dedup();
    let mut found: HashMap<PostId, Marks> = HashMap::with_capacity(shown);
    for (id, kind) in marks::of_account(conn, me, &ids)? {
        let marks = found.entry(id).or_default();
        match kind {
            Reaction::Favourite => marks.favourited = true,
            Reaction::Bookmark => marks.bookmarked = true,
            Reaction::Pin => marks.pinned = true,
            Reaction::Mute => marks.muted = true,
        }
    }
    for id in marks::boosted_by(conn, me, &ids)? {
        found.entry(id).or_default().reblogged = true;
    }
    // A muted thread is marked at its beginning.
    for (id, piece) in &sheet.posts {
        if found.get(&piece.root).is_some_and(|marks| marks.muted) {
            found.entry(*id).or_default().muted = true;
        }
    }
    sheet.marks = found;
    Ok(())
}
