//! A person's preferences: language of pages, how new posts are made.

use crate::error::Result;
use crate::model::ids::AccountId;
use crate::store::db::Tx;
use crate::store::users::{self, Preferences};

/// Writes preferences.
pub fn prefer(tx: &mut Tx<'_>, by: AccountId, wanted: &Preferences) -> Result<()> {
    users::set_preferences(tx, by, wanted)
}
