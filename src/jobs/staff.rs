//! What those who look after the node are told, whomever they mute or block.

use super::fanout::put;
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::words::NotificationKind;
use crate::store::db::Tx;
use crate::store::notifications::Notification;
use crate::store::{reports, users};

fn tell(
    tx: &mut Tx<'_>,
    moderator: AccountId,
    kind: NotificationKind,
    from: AccountId,
    report: Option<i64>,
) -> Result<()> {
    let row = Notification {
        from_id: from,
        report_id: report,
        ..Notification::of_own(tx.new_id(), moderator, kind, tx.now())
    };
    put(tx, &row)
}

/// Moderators are told of a report; not whoever made it, and never whoever is reported.
pub(super) fn reported(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    let Some(report) = reports::find(tx, id)? else {
        return Ok(());
    };
    let (target, by) = (report.target_id, report.reporter_id);
    for moderator in users::list_moderators(tx)? {
        if moderator != target && moderator != by {
            tell(tx, moderator, NotificationKind::AdminReport, by, Some(id))?;
        }
    }
    Ok(())
}

/// Moderators are told of somebody new.
pub(super) fn signed_up(tx: &mut Tx<'_>, newcomer: AccountId) -> Result<()> {
    for moderator in users::list_moderators(tx)? {
        if moderator != newcomer {
            tell(tx, moderator, NotificationKind::AdminSignUp, newcomer, None)?;
        }
    }
    Ok(())
}
