//! Who signed a GET: what authorized fetch decides by.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::verify::{self, Fault, Own};
use super::{Federation, guard};
use crate::model::words::PeerMode;

/// The signer of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signer {
    /// Not signed.
    Anonymous,
    /// Signed, and well.
    Peer {
        /// The node of the key's owner.
        domain: String,
        /// The key's owner: a person, a community or a node's own actor.
        actor_uri: String,
        /// What the node may do here.
        mode: PeerMode,
    },
}

/// The answer to a signature that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadSignature(&'static str);

impl IntoResponse for BadSignature {
    fn into_response(self) -> Response {
        (StatusCode::UNAUTHORIZED, self.0).into_response()
    }
}

impl Signer {
    /// Who signed these parts of a GET.
    ///
    /// # Errors
    /// 401 where there is a signature that does not hold.
    pub async fn of(fed: &Federation, parts: &Parts) -> Result<Self, BadSignature> {
        let (base, authority) = (fed.app.config.base_url(), fed.app.config.authority());
        let request = verify::Request {
            method: parts.method.as_str(),
            target: parts
                .uri
                .path_and_query()
                .map_or("/", |target| target.as_str()),
            authority: parts
                .uri
                .authority()
                .map(axum::http::uri::Authority::as_str),
            headers: &parts.headers,
            body: &[],
        };
        if !parts.headers.contains_key("signature") {
            return Ok(Self::Anonymous);
        }
        let now = fed.app.db.now();
        let claim = match verify::check(
            &request,
            &Own {
                base: &base,
                authority: &authority,
            },
            now,
        ) {
            Ok(claim) => claim,
            Err(Fault::Unsigned) => return Ok(Self::Anonymous),
            Err(fault) => return Err(BadSignature(fault.text())),
        };
        let refused = BadSignature("the signature does not hold");
        let domain = guard::domain_of(&claim.key_id).ok_or_else(|| refused.clone())?;
        let mode = fed.mode_of(&domain).await.map_err(|_why| refused.clone())?;
        if mode < PeerMode::Follow {
            return Err(BadSignature("this node does not talk to yours"));
        }
        let mut owned = fed
            .find_key(&claim.key_id)
            .await
            .map_err(|_why| refused.clone())?;
        if !claim.fits(&owned.key) {
            owned = fed
                .refetch_key(&claim.key_id)
                .await
                .ok_or_else(|| refused.clone())?;
        }
        if !claim.fits(&owned.key) {
            return Err(refused);
        }
        fed.key_is_good(&claim.key_id, &domain, &owned);
        Ok(Self::Peer {
            domain,
            actor_uri: owned.owner,
            mode,
        })
    }
}

impl<S> FromRequestParts<S> for Signer
where
    S: Send + Sync,
    Federation: FromRef<S>,
{
    type Rejection = BadSignature;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Self::of(&Federation::from_ref(state), parts).await
    }
}
