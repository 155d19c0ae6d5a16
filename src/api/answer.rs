//! Answers: JSON as ready bytes, and lists with their `Link` header.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Serialize;

use super::extract::Paging;
use crate::error::Result;

/// JSON as Mastodon names it.
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// A JSON answer, ready to send.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    body: Bytes,
    link: Option<HeaderValue>,
}

impl Answer {
    /// Ready bytes.
    pub(crate) fn bytes(body: impl Into<Bytes>) -> Self {
        Self {
            body: body.into(),
            link: None,
        }
    }

    /// Anything that can be written as JSON.
    ///
    /// # Errors
    /// `Internal` where it cannot.
    pub(crate) fn json(value: &impl Serialize) -> Result<Self> {
        Ok(Self::bytes(serde_json::to_vec(value)?))
    }

    /// `{}`.
    pub(crate) fn empty() -> Self {
        Self::bytes(Bytes::from_static(b"{}"))
    }

    /// `[]`.
    pub(crate) fn none() -> Self {
        Self::bytes(Bytes::from_static(b"[]"))
    }

    /// A page of a list: `cursors` are those of its rows, newest first, before anything was left out.
    pub(crate) fn page(
        body: impl Into<Bytes>,
        paging: &Paging,
        limit: i64,
        cursors: &[i64],
    ) -> Self {
        Self {
            body: body.into(),
            link: paging.link(limit, cursors),
        }
    }

    /// A page of a list that pages by counting: `came` rows came before anything was left out.
    pub(crate) fn counted(
        body: impl Into<Bytes>,
        paging: &Paging,
        limit: i64,
        came: usize,
    ) -> Self {
        Self {
            body: body.into(),
            link: paging.link_counted(limit, came),
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut answer = self.body.into_response();
        answer.headers_mut().insert(header::CONTENT_TYPE, JSON);
        if let Some(link) = self.link {
            answer.headers_mut().insert(header::LINK, link);
        }
        answer
    }
}
