//! Finding what a handle or an address stands for, for the shells: `model::resolve` on the network.

use serde_json::Value;

use super::fetch::{self, Visit};
use super::{Federation, actors_in, guard, normalize, objects, refresh, webfinger};
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::resolve::{Resolve, Resolved};
use crate::model::text::handles::Handle;
use crate::model::words::AccountState;
use crate::store::{accounts, moves, posts};

#[async_trait::async_trait]
impl Resolve for Federation {
    async fn handle(&self, handle: &str) -> Result<Option<AccountId>> {
        let Some(handle) =
            Handle::parse(handle).map(|h| h.relative_to(&self.app.config.authority()))
        else {
            return Ok(None);
        };
        let (asked, local) = (handle.clone(), handle.domain.is_empty());
        let known = self
            .app
            .db
            .read(move |conn| accounts::find_by_handle(conn, &asked))
            .await?;
        if let Some(account) = known {
            if self.app.config.federation.enabled {
                refresh::refresh_later(self, &account).await?;
            }
            return Ok((account.state == AccountState::Active).then_some(account.id));
        }
        if local || !self.app.config.federation.enabled {
            return Ok(None);
        }
        let visit = self.visit();
        match webfinger::look_up(self, &visit, &handle).await {
            Ok(document) => absent_or(actors_in::store_value(self, &document).await),
            Err(error) => absent_or(Err(error.into())),
        }
    }

    async fn url(&self, url: &str) -> Result<Option<Resolved>> {
        if let Some(known) = self.known(url).await? {
            return Ok(Some(known));
        }
        let ours = guard::domain_of(url).is_none_or(|domain| domain == self.app.config.authority());
        if ours || !self.app.config.federation.enabled {
            return Ok(None);
        }
        let visit = self.visit();
        match fetch::object(&visit, url).await {
            Ok(value) => self.take_in(&visit, value).await,
            Err(error) => absent_or(Err(error.into())),
        }
    }

    async fn also_known_as(&self, account: AccountId) -> Result<Vec<String>> {
        let found = self
            .app
            .db
            .read(move |conn| {
                Ok((
                    accounts::get(conn, account)?,
                    moves::aliases(conn, account)?,
                ))
            })
            .await?;
        let (account, aliases) = found;
        if account.is_local() {
            return Ok(aliases);
        }
        if !self.app.config.federation.enabled {
            return Err(Error::NotFound);
        }
        let value = fetch::object(&self.visit(), &account.uri).await?;
        let document = value.as_object().ok_or(Error::NotFound)?;
        if normalize::id(document, "id") != Some(account.uri.as_str()) {
            return Err(Error::NotFound);
        }
        let named = normalize::ids(document, "alsoKnownAs");
        Ok(named.into_iter().map(str::to_owned).collect())
    }

    async fn file(&self, url: &str, owner: &str, most: u64) -> Result<Vec<u8>> {
        if !self.app.config.federation.enabled {
            return Err(Error::NotFound);
        }
        Ok(self.file_at(url, owner, most).await?)
    }

    async fn push_service(&self, url: &str) -> Result<Option<String>> {
        self.push_host(url).await
    }
}

/// What is not there is `None`; what may be there later stays an error.
fn absent_or<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound | Error::Gone | Error::Forbidden(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Federation {
    /// An actor or post that is stored under this address.
    async fn known(&self, url: &str) -> Result<Option<Resolved>> {
        let url = url.to_owned();
        self.app
            .db
            .read(move |conn| {
                if let Some(account) = accounts::find_by_uri(conn, &url)? {
                    return Ok((account.state == AccountState::Active)
                        .then_some(Resolved::Account(account.id)));
                }
                Ok(posts::find_by_uri(conn, &url)?.map(|post| Resolved::Post(post.id)))
            })
            .await
    }

    /// Stores what was fetched: an actor here, anything else by the vocabulary half.
    async fn take_in(&self, visit: &Visit, value: Value) -> Result<Option<Resolved>> {
        if let Some(id) = value.get("id").and_then(Value::as_str)
            && let Some(known) = self.known(id).await?
        {
            return Ok(Some(known));
        }
        if value.get("inbox").is_some() {
            let stored = absent_or(actors_in::store_value(self, &value).await)?;
            return Ok(stored.map(Resolved::Account));
        }
        objects::store_fetched(self, visit, value).await
    }
}
