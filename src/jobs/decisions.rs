//! What a person is told that nobody in particular did to them: follows that a block or suspension cut, and what moderators
//! decided. Such a notification comes from oneself, as in Mastodon, so that no block and no policy keeps it back.

use super::fanout::put;
use crate::error::Result;
use crate::model::words::NotificationKind;
use crate::store::db::Tx;
use crate::store::notifications::Notification;
use crate::store::{severances, strikes};

/// Follows of a person were cut.
pub(super) fn severed(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    let Some(severance) = severances::find(tx, id)? else {
        return Ok(());
    };
    let me = severance.account_id;
    let row = Notification {
        severance_id: Some(id),
        ..Notification::of_own(
            tx.new_id(),
            me,
            NotificationKind::SeveredRelationships,
            tx.now(),
        )
    };
    put(tx, &row)
}

/// Moderators decided about a person.
pub(super) fn warned(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    let Some(strike) = strikes::find(tx, id)? else {
        return Ok(());
    };
    let me = strike.account_id;
    let row = Notification {
        strike_id: Some(id),
        ..Notification::of_own(
            tx.new_id(),
            me,
            NotificationKind::ModerationWarning,
            tx.now(),
        )
    };
    put(tx, &row)
}
