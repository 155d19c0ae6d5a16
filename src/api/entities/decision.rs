//! Mastodon `RelationshipSeveranceEvent` and `AccountWarning`: what a person is told that nobody in particular did.

use serde_json::{Value, json};

use super::sheet::Sheet;
use crate::model::ids::PostId;
use crate::model::time::rfc3339_ms;
use crate::store::severances::Severance;
use crate::store::strikes::Strike;

/// How many follows were cut. No list of them is kept, which `purged` says to clients.
pub(crate) fn severance(row: &Severance) -> Value {
    json!({
        "id": row.id.to_string(),
        "type": row.kind.as_str(),
        "purged": true,
        "target_name": row.target_name,
        "followers_count": row.followers_count,
        "following_count": row.following_count,
        "relationships_count": row.followers_count.saturating_add(row.following_count),
        "created_at": rfc3339_ms(row.created_at),
    })
}

/// Writes a warning; `false` where the sheet lacks the account. Nothing is appealed against here.
pub(crate) fn write_warning(
    out: &mut Vec<u8>,
    sheet: &Sheet,
    row: &Strike,
    about: &[PostId],
) -> bool {
    let ids: Vec<String> = about.iter().map(ToString::to_string).collect();
    let head = json!({
        "id": row.id.to_string(),
        "action": row.action.as_str(),
        "text": row.text,
        "status_ids": ids,
        "appeal": null,
        "created_at": rfc3339_ms(row.created_at),
    });
    let mut head = head.to_string().into_bytes();
    head.pop();
    out.extend_from_slice(&head);
    out.extend_from_slice(b",\"target_account\":");
    if !sheet.account(out, row.account_id) {
        return false;
    }
    out.push(b'}');
    true
}
