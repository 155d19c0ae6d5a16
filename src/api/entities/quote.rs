//! Mastodon `Quote` and `ShallowQuote`: what a reader gets of what a post quotes. A quote never shows more than its reader
//! may read.

use std::collections::HashMap;

use super::Desk;
use super::sheet::Sheet;
use crate::app::rendered::Quoted;
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::quote::{Standing, Terms, Verdict, verdict};
use crate::model::words::{FollowState, QuoteState};
use crate::store::conn::Conn;
use crate::store::timelines::{self, Entry};
use crate::store::{domain_blocks, follows, posts};

/// A quote for one reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    /// Where it stands, as clients know it.
    pub(super) state: &'static str,
    /// What is quoted, where it is shown.
    pub(super) shown: Option<PostId>,
}

/// What the quotes of a sheet show to its reader, two levels deep: what is quoted, and of what that quotes the id.
pub(super) fn add(desk: &Desk, conn: &mut Conn, sheet: &mut Sheet) -> Result<Vec<Entry>> {
    let first = quoting(sheet, None);
    if first.is_empty() {
        return Ok(Vec::new());
    }
    let (seen, lines) = resolve(desk, conn, &first)?;
    sheet.quotes.extend(seen);
    desk.add_posts(conn, sheet, &lines)?;
    let inside: Vec<PostId> = lines.iter().map(|line| line.post).collect();
    let second = quoting(sheet, Some(&inside));
    if !second.is_empty() {
        let (seen, _) = resolve(desk, conn, &second)?;
        sheet.quotes.extend(seen);
    }
    Ok(lines)
}

/// The posts of a sheet that quote, or those of some of them, where that is not resolved yet.
fn quoting(sheet: &Sheet, among: Option<&[PostId]>) -> Vec<(PostId, Quoted)> {
    sheet
        .posts
        .iter()
        .filter(|(id, _)| among.is_none_or(|some| some.contains(id)))
        .filter(|(id, _)| !sheet.quotes.contains_key(id))
        .filter_map(|(id, piece)| Some((*id, piece.quote?)))
        .collect()
}

type Resolved = (HashMap<PostId, Seen>, Vec<Entry>);

fn resolve(desk: &Desk, conn: &mut Conn, quoting: &[(PostId, Quoted)]) -> Result<Resolved> {
    let mut ids: Vec<PostId> = quoting
        .iter()
        .filter(|(_, quote)| quote.state == QuoteState::Accepted)
        .filter_map(|(_, quote)| quote.id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let mut lines = timelines::by_ids(conn, &desk.viewer, &ids)?;
    let authors: Vec<AccountId> = lines.iter().map(|line| line.author).collect();
    let mut shunned: HashMap<AccountId, &'static str> = HashMap::new();
    if let Some(me) = desk.viewer.account() {
        for mute in follows::mutes_of(conn, me, &authors, desk.now())? {
            shunned.insert(mute.target_id, "muted_account");
        }
        for author in domain_blocks::blocked_among(conn, me, &authors)? {
            shunned.insert(author, "blocked_domain");
        }
        for block in follows::blocks_between(conn, me, &authors)? {
            let (other, word) = if block.account_id == me {
                (block.target_id, "blocked_account")
            } else {
                (block.account_id, "unauthorized")
            };
            if shunned.get(&other) != Some(&"unauthorized") {
                shunned.insert(other, word);
            }
        }
    }
    lines.retain(|line| shunned.get(&line.author) != Some(&"unauthorized"));
    let missing: Vec<PostId> = ids
        .into_iter()
        .filter(|id| !lines.iter().any(|line| line.post == *id))
        .collect();
    let gone = posts::map(conn, &missing)?;
    let seen = quoting
        .iter()
        .map(|(post, quote)| {
            let line = lines.iter().find(|line| Some(line.post) == quote.id);
            let state = match (quote.state, line) {
                (QuoteState::Accepted, Some(line)) => {
                    shunned.get(&line.author).copied().unwrap_or("accepted")
                }
                (QuoteState::Accepted, None) => {
                    let deleted = quote.id.and_then(|id| gone.get(&id));
                    if deleted.is_some_and(|post| post.deleted_at.is_some()) {
                        "deleted"
                    } else {
                        "unauthorized"
                    }
                }
                (state, _) => state.as_str(),
            };
            let shown = line
                .filter(|_| quote.state == QuoteState::Accepted)
                .map(|line| line.post);
            (*post, Seen { state, shown })
        })
        .collect();
    Ok((seen, lines))
}

/// Whether the reader may quote each post of a sheet.
pub(super) fn add_verdicts(conn: &mut Conn, sheet: &mut Sheet) -> Result<()> {
    let Some(me) = sheet.me else { return Ok(()) };
    let by_follow = |terms: Terms| {
        let (automatic, manual) = (terms.automatic, terms.manual);
        automatic.followers || automatic.following || manual.followers || manual.following
    };
    let mut authors: Vec<AccountId> = sheet
        .posts
        .values()
        .filter(|piece| piece.author != me && by_follow(piece.terms))
        .map(|piece| piece.author)
        .collect();
    authors.sort_unstable();
    authors.dedup();
    let rows = if authors.is_empty() {
        Vec::new()
    } else {
        follows::between(conn, me, &authors)?
    };
    let agreed = |from: AccountId, to: AccountId| {
        rows.iter().any(|row| {
            row.follower_id == from && row.target_id == to && row.state == FollowState::Accepted
        })
    };
    sheet.verdicts = sheet
        .posts
        .iter()
        .map(|(id, piece)| {
            let standing = Standing {
                own: piece.author == me,
                follows: agreed(me, piece.author),
                followed: agreed(piece.author, me),
            };
            (*id, verdict(piece.audience, piece.terms, standing))
        })
        .collect();
    Ok(())
}

/// The word for a reader who is nobody in particular.
pub(super) const VISITOR: Verdict = Verdict::Denied;
