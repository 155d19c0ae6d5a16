//! What an inbox said no to: for how long it is tried again, and when that has no sense any more.

use chrono::TimeDelta;
use serde_json::Value;

use super::{doubled, jitter};
use crate::error::Result;
use crate::federation::Federation;
use crate::model::time::Time;
use crate::store::db::Tx;
use crate::store::outbox::{self, Delivery};

/// For how long an answer that means no is doubted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// It is about the activity: tried this often in all.
    Tries(i32),
    /// It may be a wrong clock, a list, a proxy: tried for this many days after the first no.
    Days(i64),
}

impl Patience {
    /// Whether it has run out, given the refusals before this one and the time of the first.
    pub(super) fn is_over(self, refusals: i32, since: Option<Time>, now: Time) -> bool {
        match self {
            Self::Tries(tries) => refusals.saturating_add(1) >= tries,
            Self::Days(days) => since.is_some_and(|since| now - since >= TimeDelta::days(days)),
        }
    }
}

/// The ids that an activity is about, through what it wraps.
fn ids_in(activity: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = Some(activity);
    while let Some(thing) = at.filter(|_| found.len() < 4) {
        let id = thing.as_str().or_else(|| thing.get("id")?.as_str());
        found.extend(id.map(ToOwned::to_owned));
        at = thing.get("object");
    }
    found
}

/// Lets go of what was refused and has been deleted or undone since.
pub(super) async fn let_go_if_taken_back(fed: &Federation, delivery: &Delivery) -> Result<bool> {
    let activity: Value = serde_json::from_str(&delivery.body)?;
    let kind = activity.get("type").and_then(Value::as_str);
    if matches!(kind, Some("Delete" | "Undo")) {
        return Ok(false);
    }
    let (ids, delivery) = (ids_in(&activity), delivery.clone());
    fed.app
        .db
        .write(move |tx| {
            let over = outbox::is_taken_back(tx, &delivery, &ids)?;
            if over {
                outbox::drop_one(tx, &delivery)?;
            }
            Ok(over)
        })
        .await
}

/// A no is counted with the delivery it was said to.
pub(super) fn refused(
    tx: &mut Tx<'_>,
    delivery: &Delivery,
    domain: &str,
    why: &str,
    patience: Patience,
) -> Result<()> {
    let now = tx.now();
    if patience.is_over(delivery.refusals, delivery.refused_at, now) {
        return outbox::gave_up(tx, delivery, domain, why);
    }
    let wait = doubled(delivery.refusals, jitter());
    outbox::refused(tx, delivery, why, now + wait)
}
