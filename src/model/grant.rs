//! What a valid access token stands for.

use super::ids::AccountId;
use super::scopes::Scopes;
use super::viewer::Viewer;
use super::words::Role;

/// A token as the shells need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Row of the token.
    pub token_id: i64,
    /// The app it was given to.
    pub app_id: i64,
    /// For whom; `None` for a token of the app itself (client credentials).
    pub account: Option<AccountId>,
    /// The person's role on the node; `Member` for an app.
    pub role: Role,
    /// What it allows.
    pub scopes: Scopes,
}

impl Grant {
    /// For whom to read.
    pub fn viewer(&self) -> Viewer {
        self.account.map_or(Viewer::Anonymous, |id| Viewer::Person {
            id,
            role: self.role,
        })
    }
}
