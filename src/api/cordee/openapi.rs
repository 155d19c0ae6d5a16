//! The description of our own API, `OpenAPI` 3.1. It is written by hand beside the handlers, since answers are put together
//! from ready bytes and no type stands for them; `tests/api/openapi.rs` holds it to the router and to live answers.

use crate::api::answer::Answer;
use crate::api::error::ApiResult;

const DOCUMENT: &str = include_str!("openapi.json");

/// `GET /api/cordee/v1/openapi.json`, for everybody.
pub(crate) async fn show() -> ApiResult {
    std::future::ready(Ok(Answer::bytes(DOCUMENT))).await
}
