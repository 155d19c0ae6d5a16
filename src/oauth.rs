//! The OAuth 2 server: apps, consent, codes, tokens, revocation, and what a token allows. Wording and shapes are those
//! of Mastodon, errors those of RFC 6749.

use std::sync::Arc;

use crate::app::App;
use crate::error::Result;
use crate::model::grant::Grant;
use crate::secrets::hash_token;
use crate::store;

/// Scopes and what holds what.
pub mod scopes {
    pub use crate::model::scopes::{ALL, Scopes};
}

/// What a bearer token stands for; `None` where it is unknown, revoked, or its person may not act.
///
/// # Errors
/// `Unavailable` where the database does not answer.
pub async fn authenticate(app: &App, bearer: &str) -> Result<Option<Arc<Grant>>> {
    let hash = hash_token(bearer);
    if let Some(grant) = app.grants.get(&hash) {
        return Ok(Some(grant));
    }
    let wanted = hash.clone();
    let found = app.db.read(move |conn| store::oauth::find_grant(conn, &wanted)).await?;
    Ok(found.map(|grant| {
        let grant = Arc::new(grant);
        app.grants.insert(hash, Arc::clone(&grant));
        grant
    }))
}

/// Forgets which tokens were seen: after revoking, suspending, or a change of role.
pub fn forget_grants(app: &App) {
    app.grants.invalidate_all();
}
