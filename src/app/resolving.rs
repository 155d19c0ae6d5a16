//! What a pasted handle or address stands for: known here, else asked of its node. One way for clients, for the search page
//! and for whoever is sent here by another node.

use std::time::Duration;

use super::App;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::resolve::Resolved;
use crate::model::text::handles::{Handle, is_domain, is_name};
use crate::store::conn::Conn;
use crate::store::{accounts, posts};

/// How long a person waits for another node.
const RESOLVE: Duration = Duration::from_secs(12);

/// Whether a text is meant as an address rather than as words.
pub fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

impl App {
    /// The account that a handle names, known here or asked of its node. Who does not answer is nobody.
    ///
    /// # Errors
    /// `Internal`; `Unavailable` where the database does not answer.
    pub async fn find_handle(&self, text: &str) -> Result<Option<AccountId>> {
        let Some(handle) = Handle::parse(text) else {
            return Ok(None);
        };
        let handle = handle.relative_to(&self.db.node().authority);
        let wanted = handle.clone();
        let known = self
            .db
            .read(move |conn| accounts::find_by_handle(conn, &wanted))
            .await?;
        if known.is_some() || handle.domain.is_empty() {
            return Ok(known.map(|account| account.id));
        }
        let handle = handle.to_string();
        in_time(self.resolve_handle(&handle)).await
    }

    /// What lies at an address, known here or, where `ask` says so, fetched. What cannot be fetched is nothing.
    ///
    /// # Errors
    /// As [`App::find_handle`].
    pub async fn find_address(&self, url: &str, ask: bool) -> Result<Option<Resolved>> {
        let (wanted, own) = (url.to_owned(), self.db.node().authority.clone());
        let known = self
            .db
            .read(move |conn| known_address(conn, &own, &wanted))
            .await?;
        let ours = url.starts_with(&format!("{}/", self.db.node().base_url));
        if known.is_some() || ours || !ask {
            return Ok(known);
        }
        in_time(self.resolve_url(url)).await
    }
}

/// What another node says, as long as a person waits. A node that cannot be asked is told as nothing found, and noted.
async fn in_time<T>(asked: impl Future<Output = Result<Option<T>>>) -> Result<Option<T>> {
    let answer = tokio::time::timeout(RESOLVE, asked).await;
    match answer.unwrap_or_else(|_| Err(Error::Unavailable("no answer in time".into()))) {
        Ok(found) => Ok(found),
        Err(Error::Internal(cause)) => Err(Error::Internal(cause)),
        Err(error) => {
            tracing::info!(%error, "a handle or address could not be resolved");
            Ok(None)
        }
    }
}

/// Posts and actors by id, which of ours are also the addresses of their pages; accounts also by the page `/@name`.
fn known_address(conn: &mut Conn, own: &str, url: &str) -> Result<Option<Resolved>> {
    let url = url.split(['#', '?']).next().unwrap_or_default();
    if let Some(post) = posts::find_by_uri(conn, url)?.filter(|post| post.deleted_at.is_none()) {
        return Ok(Some(Resolved::Post(post.id)));
    }
    if let Some(account) = accounts::find_by_uri(conn, url)? {
        return Ok(Some(Resolved::Account(account.id)));
    }
    let Some(handle) = handle_of_page(url) else {
        return Ok(None);
    };
    let found = accounts::find_by_handle(conn, &handle.relative_to(own))?;
    // Elsewhere a page may bear any name: it is the account's where the account says so.
    Ok(found
        .filter(|account| account.is_local() || account.url == url)
        .map(|account| Resolved::Account(account.id)))
}

/// The handle in the address of a page `https://host/@name`.
fn handle_of_page(url: &str) -> Option<Handle> {
    let (_, rest) = url.split_once("://")?;
    let (domain, name) = rest.split_once("/@")?;
    (is_name(name) && is_domain(domain)).then(|| Handle {
        name: name.to_owned(),
        domain: domain.to_lowercase(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_profiles_are_read_as_handles() {
        let handle = handle_of_page("http://north.localhost:7401/@karim").unwrap();
        assert_eq!(handle.to_string(), "karim@north.localhost:7401");
        for other in [
            "http://n.example/users/karim",
            "http://n.example/x/@karim",
            "http://n.example/@karim/5",
            "http://n.example/@",
            "@karim",
        ] {
            assert_eq!(handle_of_page(other), None, "{other}");
        }
    }
}
