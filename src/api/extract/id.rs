//! Ids and names in paths. What cannot be an id names nothing: 404, never 400.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use crate::api::error::{ApiError, ApiResult};
use crate::error::Error;

async fn values(parts: &mut Parts) -> ApiResult<Vec<String>> {
    let params = RawPathParams::from_request_parts(parts, &())
        .await
        .ok()
        .ok_or(Error::NotFound)?;
    Ok(params.iter().map(|(_, value)| value.to_owned()).collect())
}

/// A number as we write them: no sign, no blanks, no leading plus.
fn number<T: FromStr>(text: &str) -> Option<T> {
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

/// The one id of a path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Id<T>(pub(crate) T);

impl<T: FromStr + Send, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> ApiResult<Self> {
        let found = values(parts).await?;
        let id = found
            .first()
            .and_then(|text| number(text))
            .ok_or(Error::NotFound)?;
        Ok(Self(id))
    }
}

/// The two ids of a path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ids<A, B>(pub(crate) A, pub(crate) B);

impl<A: FromStr + Send, B: FromStr + Send, S: Send + Sync> FromRequestParts<S> for Ids<A, B> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> ApiResult<Self> {
        let found = values(parts).await?;
        let (Some(one), Some(other)) = (found.first(), found.get(1)) else {
            return Err(Error::NotFound.into());
        };
        let both = number(one).zip(number(other)).ok_or(Error::NotFound)?;
        Ok(Self(both.0, both.1))
    }
}

/// The id and the word of a path, the word decoded.
#[derive(Debug, Clone)]
pub(crate) struct IdName<T>(pub(crate) T, pub(crate) String);

impl<T: FromStr + Send, S: Send + Sync> FromRequestParts<S> for IdName<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> ApiResult<Self> {
        let mut found = values(parts).await?.into_iter();
        let id = found.next().and_then(|text| number(&text));
        let (id, name) = id.zip(found.next()).ok_or(Error::NotFound)?;
        Ok(Self(id, name))
    }
}

/// The one word of a path, decoded.
#[derive(Debug, Clone)]
pub(crate) struct Name(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> ApiResult<Self> {
        Ok(Self(
            values(parts)
                .await?
                .into_iter()
                .next()
                .ok_or(Error::NotFound)?,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_numbers_are_ids() {
        assert_eq!(number::<i64>("12"), Some(12));
        for bad in ["+1", "-1", " 5", "5abc", "1e2", "", "99999999999999999999"] {
            assert_eq!(number::<i64>(bad), None, "{bad}");
        }
    }
}
