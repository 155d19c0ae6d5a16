//! JSON that is kept ready: of each post and each account all that does not depend on the reader, by id and revision.
//! Filled and read by `api::entities`; a short life bounds how long a renamed neighbour (a mentioned person, a community
//! in a post) may show its old name.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use crate::model::ids::{AccountId, PostId};
use crate::model::quote::Terms;
use crate::model::words::{Audience, QuoteState, Visibility};

/// Bytes that posts may take.
const POSTS_BYTES: u64 = 32 << 20;
/// Bytes that accounts may take.
const ACCOUNTS_BYTES: u64 = 8 << 20;
/// What an entry costs besides its text.
const OVERHEAD: usize = 256;
const LIVES: Duration = Duration::from_mins(2);

/// A post as JSON without its author, its reader's marks and its poll. The closing brace is absent.
#[derive(Debug)]
pub struct PostPiece {
    /// The object, open at its end.
    pub json: Box<[u8]>,
    /// The `cordee` object, whole.
    pub cordee: Box<[u8]>,
    /// The address of its page as JSON: a text, or null.
    pub url: Box<str>,
    /// Who wrote it.
    pub author: AccountId,
    /// Beginning of its thread.
    pub root: PostId,
    /// As clients see it.
    pub visibility: Visibility,
    /// Whether it has a poll.
    pub has_poll: bool,
    /// What it quotes, where that is told.
    pub quote: Option<Quoted>,
    /// Who may read it.
    pub audience: Audience,
    /// Who may quote it.
    pub terms: Terms,
}

/// A quote of a post, the same for every reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quoted {
    /// What is quoted, where it is known here.
    pub id: Option<PostId>,
    /// Where it stands.
    pub state: QuoteState,
}

/// An account as JSON. The closing brace is absent; that of a community also leaves its `cordee` object open, for the
/// reader's membership.
#[derive(Debug)]
pub struct AccountPiece {
    /// The object, open at its end.
    pub json: Box<[u8]>,
    /// Whether it is a community.
    pub is_group: bool,
    /// Whether it belongs to this node.
    pub is_local: bool,
}

/// The kept pieces; cheap to clone.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// Posts by id and revision.
    pub posts: Cache<(PostId, i32), Arc<PostPiece>>,
    /// Accounts by id and revision.
    pub accounts: Cache<(AccountId, i32), Arc<AccountPiece>>,
}

fn weight(bytes: usize) -> u32 {
    u32::try_from(bytes + OVERHEAD).unwrap_or(u32::MAX)
}

impl Default for Rendered {
    fn default() -> Self {
        Self {
            posts: Cache::builder()
                .max_capacity(POSTS_BYTES)
                .weigher(|_, piece: &Arc<PostPiece>| weight(piece.json.len() + piece.cordee.len()))
                .time_to_live(LIVES)
                .build(),
            accounts: Cache::builder()
                .max_capacity(ACCOUNTS_BYTES)
                .weigher(|_, piece: &Arc<AccountPiece>| weight(piece.json.len()))
                .time_to_live(LIVES)
                .build(),
        }
    }
}
