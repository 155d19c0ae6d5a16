//! Who asks. The gate looks the token up once and leaves what it found in the request; these extractors demand.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::api::error::{ApiError, ApiResult};
use crate::app::App;
use crate::error::Result;
use crate::model::grant::Grant;
use crate::model::ids::AccountId;
use crate::model::viewer::Viewer;
use crate::model::words::Role;
use crate::oauth::{self, Shut};

/// What the token of a request turned out to be; lies in the extensions of the request.
#[derive(Debug, Clone)]
pub(crate) enum Identity {
    /// No token was sent.
    Nobody,
    /// A token that is not valid (any more).
    Invalid,
    /// The token of somebody who may not act at the moment.
    Waiting(Shut, AccountId),
    /// A valid one.
    Known(Arc<Grant>),
}

/// Looks up the bearer token of a request. A token in the query is deliberately not taken (contract 7).
pub(crate) async fn identify(app: &App, headers: &HeaderMap) -> Result<Identity> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (all.next(), all.next()) else {
        return Ok(if headers.contains_key(AUTHORIZATION) {
            Identity::Invalid
        } else {
            Identity::Nobody
        });
    };
    let Some((scheme, token)) = value.to_str().ok().and_then(|value| value.split_once(' ')) else {
        return Ok(Identity::Invalid);
    };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Ok(Identity::Nobody);
    }
    if let Some(grant) = oauth::authenticate(app, token.trim()).await? {
        return Ok(Identity::Known(grant));
    }
    let waiting = oauth::waits(app, token.trim()).await?;
    Ok(waiting.map_or(Identity::Invalid, |(why, account)| {
        Identity::Waiting(why, account)
    }))
}

/// A scope as a type.
pub(crate) trait Scope: Send + Sync + 'static {
    /// Its name.
    const NAME: &'static str;
}

/// The scopes that handlers ask for.
pub(crate) mod scope {
    macro_rules! scopes {
        ($($name:ident = $scope:literal),* $(,)?) => {$(
            #[doc = concat!("`", $scope, "`")]
            #[derive(Debug)]
            pub(crate) struct $name;
            impl super::Scope for $name {
                const NAME: &'static str = $scope;
            }
        )*};
    }
    scopes! {
        Profile = "profile",
        Push = "push",
        Read = "read",
        ReadAccounts = "read:accounts",
        ReadBlocks = "read:blocks",
        ReadBookmarks = "read:bookmarks",
        ReadFavourites = "read:favourites",
        ReadFilters = "read:filters",
        ReadFollows = "read:follows",
        ReadLists = "read:lists",
        ReadMutes = "read:mutes",
        ReadNotifications = "read:notifications",
        ReadSearch = "read:search",
        ReadStatuses = "read:statuses",
        WriteAccounts = "write:accounts",
        WriteBlocks = "write:blocks",
        WriteBookmarks = "write:bookmarks",
        WriteConversations = "write:conversations",
        WriteFavourites = "write:favourites",
        WriteFilters = "write:filters",
        WriteFollows = "write:follows",
        WriteLists = "write:lists",
        WriteMedia = "write:media",
        WriteMutes = "write:mutes",
        WriteNotifications = "write:notifications",
        WriteReports = "write:reports",
        WriteStatuses = "write:statuses",
        AdminRead = "admin:read",
        AdminReadAccounts = "admin:read:accounts",
        AdminReadCanonicalEmailBlocks = "admin:read:canonical_email_blocks",
        AdminReadDomainAllows = "admin:read:domain_allows",
        AdminReadDomainBlocks = "admin:read:domain_blocks",
        AdminReadEmailDomainBlocks = "admin:read:email_domain_blocks",
        AdminReadIpBlocks = "admin:read:ip_blocks",
        AdminReadReports = "admin:read:reports",
        AdminWrite = "admin:write",
        AdminWriteAccounts = "admin:write:accounts",
        AdminWriteCanonicalEmailBlocks = "admin:write:canonical_email_blocks",
        AdminWriteDomainAllows = "admin:write:domain_allows",
        AdminWriteDomainBlocks = "admin:write:domain_blocks",
        AdminWriteEmailDomainBlocks = "admin:write:email_domain_blocks",
        AdminWriteIpBlocks = "admin:write:ip_blocks",
        AdminWriteReports = "admin:write:reports",
    }
}

/// A person whose token allows `S`.
#[derive(Debug)]
pub(crate) struct Auth<S> {
    /// Who.
    pub(crate) account: AccountId,
    /// The same as a reader.
    pub(crate) viewer: Viewer,
    /// The token.
    pub(crate) grant: Arc<Grant>,
    scope: PhantomData<fn() -> S>,
}

impl<S> Auth<S> {
    /// Refuses whoever has less than this role on the node.
    pub(crate) fn at_least(&self, role: Role) -> ApiResult<()> {
        if self.viewer.at_least(role) {
            Ok(())
        } else {
            Err(crate::model::refusal::Refusal::RoleTooLow.into())
        }
    }
}

async fn identity(parts: &Parts, app: &App) -> Result<Identity> {
    match parts.extensions.get::<Identity>() {
        Some(known) => Ok(known.clone()),
        None => identify(app, &parts.headers).await,
    }
}

impl<S: Scope> FromRequestParts<App> for Auth<S> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> ApiResult<Self> {
        let grant = match identity(parts, app).await? {
            Identity::Known(grant) => grant,
            Identity::Waiting(why, _) => return Err(ApiError::Waiting(why)),
            Identity::Nobody | Identity::Invalid => return Err(ApiError::Unauthorized),
        };
        let Some(account) = grant.account else {
            return Err(ApiError::NeedsPerson);
        };
        if !grant.scopes.allow(S::NAME) {
            return Err(ApiError::Scope);
        }
        Ok(Self {
            account,
            viewer: grant.viewer(),
            grant,
            scope: PhantomData,
        })
    }
}

/// Anybody; whoever sends a token must send a valid one that allows `S`.
#[derive(Debug)]
pub(crate) struct MaybeAuth<S> {
    /// For whom to read.
    pub(crate) viewer: Viewer,
    scope: PhantomData<fn() -> S>,
}

impl<S: Scope> FromRequestParts<App> for MaybeAuth<S> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> ApiResult<Self> {
        let viewer = match identity(parts, app).await? {
            Identity::Nobody => Viewer::Anonymous,
            Identity::Invalid => return Err(ApiError::Unauthorized),
            Identity::Waiting(why, _) => return Err(ApiError::Waiting(why)),
            Identity::Known(grant) if grant.account.is_some() && !grant.scopes.allow(S::NAME) => {
                return Err(ApiError::Scope);
            }
            Identity::Known(grant) => grant.viewer(),
        };
        Ok(Self {
            viewer,
            scope: PhantomData,
        })
    }
}
