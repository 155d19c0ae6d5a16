//! Posts and accounts for one reader, loaded by a [`super::Desk`] and written as bytes: pieces that are the same for all
//! readers are copied, the reader's marks are added.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::quote::{Seen, VISITOR};
use crate::app::rendered::{AccountPiece, PostPiece};
use crate::model::ids::{AccountId, PostId};
use crate::model::quote::{Approvers, Verdict};
use crate::model::time::{Time, rfc3339_ms};
use crate::model::words::{Audience, MembershipState, Visibility};
use crate::store::timelines::Entry;

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Marks {
    pub(super) favourited: bool,
    pub(super) reblogged: bool,
    pub(super) bookmarked: bool,
    pub(super) muted: bool,
    pub(super) pinned: bool,
}

/// Everything loaded that a set of lines and accounts needs.
#[derive(Default)]
pub(crate) struct Sheet {
    pub(super) base: String,
    pub(super) is_person: bool,
    pub(super) me: Option<AccountId>,
    pub(super) posts: HashMap<PostId, Arc<PostPiece>>,
    pub(super) accounts: HashMap<AccountId, Arc<AccountPiece>>,
    pub(super) marks: HashMap<PostId, Marks>,
    pub(super) polls: HashMap<PostId, Value>,
    pub(super) memberships: HashMap<AccountId, MembershipState>,
    /// Address and visibility of what people boosted.
    pub(super) boosts: HashMap<i64, (String, Visibility)>,
    pub(super) filtered: HashMap<PostId, Value>,
    /// What the reader gets of quotes, by the post that quotes.
    pub(super) quotes: HashMap<PostId, Seen>,
    /// Whether the reader may quote a post.
    pub(super) verdicts: HashMap<PostId, Verdict>,
}

/// A JSON list of what `write` writes; it says whether it wrote.
pub(crate) fn list<T>(
    rows: &[T],
    each: usize,
    mut write: impl FnMut(&mut Vec<u8>, &T) -> bool,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(rows.len() * each + 2);
    out.push(b'[');
    for row in rows {
        let before = out.len();
        if before > 1 {
            out.push(b',');
        }
        if !write(&mut out, row) {
            out.truncate(before);
        }
    }
    out.push(b']');
    out
}

fn flag(out: &mut Vec<u8>, name: &str, value: bool) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(if value { b"\":true" } else { b"\":false" });
}

impl Sheet {
    /// Writes an account; `false` where it is not known.
    pub(crate) fn account(&self, out: &mut Vec<u8>, id: AccountId) -> bool {
        self.account_with(out, id, b"")
    }

    /// Writes an account with more members at its end.
    pub(crate) fn account_with(&self, out: &mut Vec<u8>, id: AccountId, more: &[u8]) -> bool {
        let Some(piece) = self.accounts.get(&id) else {
            return false;
        };
        out.extend_from_slice(&piece.json);
        if piece.is_group {
            let membership = self
                .memberships
                .get(&id)
                .copied()
                .unwrap_or(MembershipState::None);
            out.extend_from_slice(b",\"membership\":\"");
            out.extend_from_slice(membership.as_str().as_bytes());
            out.extend_from_slice(b"\"}");
        }
        if !more.is_empty() {
            out.push(b',');
            out.extend_from_slice(more);
        }
        out.push(b'}');
        true
    }

    /// Writes a timeline line; `false` where the post or an account went meanwhile.
    pub(crate) fn status(&self, out: &mut Vec<u8>, line: &Entry) -> bool {
        self.status_with(out, line, b"")
    }

    /// Writes a line with more members at its end (`"text":"…"`).
    pub(crate) fn status_with(&self, out: &mut Vec<u8>, line: &Entry, more: &[u8]) -> bool {
        match line.via {
            None => self.plain(out, line.post, more),
            Some(via) => self.wrapper(out, line, via),
        }
    }

    pub(super) fn plain(&self, out: &mut Vec<u8>, id: PostId, more: &[u8]) -> bool {
        self.post(out, id, more, false)
    }

    /// Writes a post; one that is quoted itself names what it quotes by id only, so that quotes never recur.
    fn post(&self, out: &mut Vec<u8>, id: PostId, more: &[u8], quoted: bool) -> bool {
        let Some(piece) = self.posts.get(&id) else {
            return false;
        };
        out.extend_from_slice(&piece.json);
        out.extend_from_slice(b",\"account\":");
        if !self.account(out, piece.author) {
            return false;
        }
        out.extend_from_slice(b",\"reblog\":null,\"poll\":");
        match self.polls.get(&id) {
            Some(poll) => out.extend_from_slice(poll.to_string().as_bytes()),
            None => out.extend_from_slice(b"null"),
        }
        out.extend_from_slice(b",\"quote\":");
        self.quote(out, id, quoted);
        self.tail(out, id, piece);
        if !more.is_empty() {
            out.push(b',');
            out.extend_from_slice(more);
        }
        out.push(b'}');
        true
    }

    fn quote(&self, out: &mut Vec<u8>, id: PostId, shallow: bool) {
        let Some(seen) = self.quotes.get(&id) else {
            out.extend_from_slice(b"null");
            return;
        };
        out.extend_from_slice(b"{\"state\":\"");
        out.extend_from_slice(seen.state.as_bytes());
        if shallow {
            out.extend_from_slice(b"\",\"quoted_status_id\":");
            let named = seen.shown.map(|id| format!("\"{id}\""));
            out.extend_from_slice(named.as_deref().unwrap_or("null").as_bytes());
        } else {
            out.extend_from_slice(b"\",\"quoted_status\":");
            let before = out.len();
            if !seen.shown.is_some_and(|id| self.post(out, id, b"", true)) {
                out.truncate(before);
                out.extend_from_slice(b"null");
            }
        }
        out.push(b'}');
    }

    /// Who may quote a post, and whether the reader may.
    fn approval(&self, out: &mut Vec<u8>, id: PostId, piece: &PostPiece) {
        // What is not for everybody who reads it to quote is for nobody but its author.
        let open = !matches!(piece.audience, Audience::Followers | Audience::Mentioned);
        let words = |groups: Approvers| {
            let named = groups.words().into_iter().filter(|_| open);
            named
                .map(|word| format!("\"{word}\""))
                .collect::<Vec<_>>()
                .join(",")
        };
        let verdict = self.verdicts.get(&id).copied().unwrap_or(VISITOR);
        let text = format!(
            ",\"quote_approval\":{{\"automatic\":[{}],\"manual\":[{}],\"current_user\":\"{}\"}}",
            words(piece.terms.automatic),
            words(piece.terms.manual),
            verdict.as_str()
        );
        out.extend_from_slice(text.as_bytes());
    }

    /// Our own object and the reader's marks.
    fn tail(&self, out: &mut Vec<u8>, id: PostId, piece: &PostPiece) {
        self.approval(out, id, piece);
        out.extend_from_slice(b",\"cordee\":");
        out.extend_from_slice(&piece.cordee);
        if self.is_person {
            let marks = self.marks.get(&id).copied().unwrap_or_default();
            flag(out, "favourited", marks.favourited);
            flag(out, "reblogged", marks.reblogged);
            flag(out, "muted", marks.muted);
            flag(out, "bookmarked", marks.bookmarked);
            flag(out, "pinned", marks.pinned);
            out.extend_from_slice(b",\"filtered\":");
            match self.filtered.get(&id) {
                Some(found) => out.extend_from_slice(found.to_string().as_bytes()),
                None => out.extend_from_slice(b"[]"),
            }
        }
    }

    /// A boost, or what a community announced: a status of its own around the post, whose page it shows.
    fn wrapper(&self, out: &mut Vec<u8>, line: &Entry, via: AccountId) -> bool {
        let Some(piece) = self.posts.get(&line.post) else {
            return false;
        };
        let id = line.id;
        let (uri, visibility) = match self.boosts.get(&id) {
            Some((uri, visibility)) => (uri.clone(), *visibility),
            None => (format!("{}/activities/{id}", self.base), piece.visibility),
        };
        let Ok(uri) = serde_json::to_string(&uri) else {
            return false;
        };
        let (created, visibility) = (rfc3339_ms(time_of(id)), visibility.as_str());
        let url = &piece.url;
        out.extend_from_slice(
            format!("{{\"id\":\"{id}\",\"created_at\":\"{created}\",\"visibility\":\"{visibility}\",\"uri\":{uri},\"url\":{url},")
                .as_bytes(),
        );
        out.extend_from_slice(WRAPPER);
        out.extend_from_slice(b",\"account\":");
        if !self.account(out, via) {
            return false;
        }
        out.extend_from_slice(b",\"reblog\":");
        if !self.plain(out, line.post, b"") {
            return false;
        }
        self.tail(out, line.post, piece);
        out.push(b'}');
        true
    }
}

/// What is the same in all boosts.
const WRAPPER: &[u8] = br#""edited_at":null,"in_reply_to_id":null,"in_reply_to_account_id":null,"sensitive":false,"spoiler_text":"","language":null,"replies_count":0,"reblogs_count":0,"favourites_count":0,"quotes_count":0,"content":"","quote":null,"application":null,"media_attachments":[],"mentions":[],"tags":[],"emojis":[],"card":null,"poll":null,"local_only":false"#;

/// When an id was given out: ids hold Unix milliseconds above 16 bits.
fn time_of(id: i64) -> Time {
    chrono::DateTime::from_timestamp_millis(id >> 16)
        .unwrap_or_default()
        .naive_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_leave_out_what_was_not_written() {
        let written = list(&[1, 2, 3], 4, |out, n| {
            out.extend_from_slice(n.to_string().as_bytes());
            *n != 2
        });
        assert_eq!(written, b"[1,3]");
        let first = list(&[1, 2], 4, |out, n| {
            out.extend_from_slice(n.to_string().as_bytes());
            *n != 1
        });
        assert_eq!(first, b"[2]");
        assert_eq!(list(&[1], 4, |_, _: &i32| false), b"[]");
    }
}
