//! Mastodon `Report`, as whoever made it and moderators see it.

use serde_json::{Value, json};

use super::sheet::Sheet;
use crate::model::ids::PostId;
use crate::model::time::rfc3339_ms;
use crate::model::words::ReportState;
use crate::store::reports::Report;

/// What `Report` and `Admin::Report` share.
pub(crate) fn common(report: &Report) -> Value {
    let resolved = report.state == ReportState::Resolved;
    json!({
        "id": report.id.to_string(),
        "action_taken": resolved,
        "action_taken_at": report.resolved_at.filter(|_| resolved).map(rfc3339_ms),
        "category": report.category.as_str(),
        "comment": report.comment,
        "forwarded": report.forwarded,
        "created_at": rfc3339_ms(report.created_at),
    })
}

/// Writes a report; `false` where the sheet lacks the reported account.
pub(crate) fn write(
    out: &mut Vec<u8>,
    sheet: &Sheet,
    report: &Report,
    about: &[PostId],
    broken: &[i64],
) -> bool {
    let ids: Vec<String> = about.iter().map(ToString::to_string).collect();
    let mut head = common(report);
    if let Some(fields) = head.as_object_mut() {
        fields.insert("status_ids".into(), json!(ids));
        let broken: Vec<String> = broken.iter().map(ToString::to_string).collect();
        let none = broken.is_empty();
        fields.insert(
            "rule_ids".into(),
            if none { Value::Null } else { json!(broken) },
        );
        fields.insert("collection_ids".into(), json!([]));
    }
    let mut head = head.to_string().into_bytes();
    head.pop();
    out.extend_from_slice(&head);
    out.extend_from_slice(b",\"target_account\":");
    if !sheet.account(out, report.target_id) {
        return false;
    }
    out.push(b'}');
    true
}
