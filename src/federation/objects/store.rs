//! Objects that were fetched because a person looked for them.

use serde_json::Value;

use crate::error::Result;
use crate::federation::Federation;
use crate::federation::activities::take_in_fetched;
use crate::federation::fetch::Visit;
use crate::model::resolve::Resolved;

/// Stores an object that was fetched from its id and is no actor; `None` where it is nothing that is kept here.
/// `visit` counts the fetches that its parents and authors cost.
///
/// # Errors
/// A fault of this node.
pub async fn store_fetched(
    fed: &Federation,
    visit: &Visit,
    value: Value,
) -> Result<Option<Resolved>> {
    Ok(take_in_fetched(fed, visit, &value)
        .await?
        .map(Resolved::Post))
}
