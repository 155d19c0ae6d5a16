//! Takes people here along with somebody of this node who moved.

use crate::actions::move_account::{carry_blocks, carry_followers, carry_mutes};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;

/// Takes them along: the payload of a job names the old and the new account. Safe to run twice.
///
/// # Errors
/// `Unavailable` and `Internal`, which are tried again.
pub async fn carry(app: &App, payload: &str) -> Result<()> {
    let (old, new) = payload.split_once(' ').ok_or(Error::NotFound)?;
    let id = |text: &str| text.parse().map(AccountId).map_err(|_why| Error::NotFound);
    let (old, new) = (id(old)?, id(new)?);
    for step in [carry_followers, carry_blocks, carry_mutes] {
        let mut after = 0;
        while let Some(last) = app.db.write(move |tx| step(tx, old, new, after)).await? {
            after = last;
        }
    }
    Ok(())
}
