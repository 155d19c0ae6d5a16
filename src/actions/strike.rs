//! A decision of moderators about a person of this node is kept, and the person is told of it.

use crate::error::Result;
use crate::model::event::Event;
use crate::model::ids::{AccountId, PostId};
use crate::model::words::StrikeAction;
use crate::store::db::Tx;
use crate::store::strikes::{self, Strike};

/// What was decided.
pub(super) struct Decision<'a> {
    /// About whom.
    pub(super) account: AccountId,
    /// By whom.
    pub(super) by: Option<AccountId>,
    /// The report that led to it.
    pub(super) report: Option<i64>,
    /// What was done.
    pub(super) action: StrikeAction,
    /// What the person is told.
    pub(super) text: &'a str,
    /// The posts that it is about.
    pub(super) about: &'a [PostId],
}

/// Keeps a decision.
pub(super) fn strike(tx: &mut Tx<'_>, decision: &Decision<'_>) -> Result<()> {
    let row = Strike {
        id: tx.new_id(),
        account_id: decision.account,
        by_id: decision.by,
        report_id: decision.report,
        action: decision.action,
        text: decision.text.to_owned(),
        created_at: tx.now(),
    };
    strikes::insert(tx, &row, decision.about)?;
    tx.emit(Event::Warned { strike: row.id });
    Ok(())
}
