//! Takes people here along with somebody of this node who moved.

use std::time::{Duration, Instant};

use crate::actions::move_account::{carry_blocks, carry_followers, carry_mutes, go_on};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;

/// After this long the rest is left to another job, so that a claim never runs out.
const PATIENCE: Duration = Duration::from_secs(20);

/// Takes them along: the payload of a job names the old and the new account, and where it goes on: the step, and the last
/// row that was done in it. Safe to run twice.
///
/// # Errors
/// `Unavailable` and `Internal`, which are tried again.
pub async fn carry(app: &App, payload: &str) -> Result<()> {
    let begun = Instant::now();
    let mut words = payload.split(' ').map(str::parse::<i64>);
    let (Some(Ok(old)), Some(Ok(new))) = (words.next(), words.next()) else {
        return Err(Error::NotFound);
    };
    let (old, new) = (AccountId(old), AccountId(new));
    let mut number = || words.next().and_then(std::result::Result::ok).unwrap_or(0);
    let (first, mut after) = (number(), number());
    for (at, step) in (0..).zip([carry_followers, carry_blocks, carry_mutes]) {
        if at < first {
            continue;
        }
        while let Some(last) = app.db.write(move |tx| step(tx, old, new, after)).await? {
            after = last;
            if begun.elapsed() > PATIENCE {
                return app
                    .db
                    .write(move |tx| go_on(tx, old, new, &format!("{at} {last}")))
                    .await;
            }
        }
        after = 0;
    }
    Ok(())
}
