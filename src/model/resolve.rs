//! What the shells need from the network, as a trait: implemented in `federation`, installed into `app` by `server`.

use super::ids::{AccountId, PostId};
use crate::error::Result;

/// What a handle or address turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved {
    /// An actor, now known here.
    Account(AccountId),
    /// A post, now known here.
    Post(PostId),
}

/// Finds remote things and makes them known here.
#[async_trait::async_trait]
pub trait Resolve: Send + Sync {
    /// The account for `name@host[:port]` (a leading `@`, `!` or `acct:` is allowed). `None` where there is none.
    ///
    /// # Errors
    /// `Unavailable` where the other node does not answer.
    async fn handle(&self, handle: &str) -> Result<Option<AccountId>>;

    /// What lies at an address: an actor or a post.
    ///
    /// # Errors
    /// `Unavailable` where the other node does not answer.
    async fn url(&self, url: &str) -> Result<Option<Resolved>>;

    /// The addresses of other accounts that an account names as its own: for one of another node as its node says now.
    ///
    /// # Errors
    /// `Unavailable` where the other node does not answer, `NotFound` where it does not show the account.
    async fn also_known_as(&self, account: AccountId) -> Result<Vec<String>>;

    /// The file at an address, of any type, `most` bytes at most, that an actor of the node `owner` named. A private
    /// network is asked only for files of its own node.
    ///
    /// # Errors
    /// `Unavailable` where the other node does not answer, `NotFound` where the file cannot be had.
    async fn file(&self, url: &str, owner: &str, most: u64) -> Result<Vec<u8>>;

    /// The `host[:port]` of a push service at an address, where messages may be sent to it.
    ///
    /// # Errors
    /// `Unavailable` where the database does not answer.
    async fn push_service(&self, url: &str) -> Result<Option<String>>;
}
