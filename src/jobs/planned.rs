//! Publishes planned posts. One that cannot be published any more goes back to its author in a private note.

use crate::actions::create_post::note_from_node;
use crate::actions::schedule_post::{draft_of, publish_planned};
use crate::app::App;
use crate::error::{Error, Result};
use crate::i18n::{self, Lang, Value};
use crate::model::refusal::Refusal;
use crate::store::db::Tx;
use crate::store::scheduled;
use crate::store::{accounts, users};

/// Publishes the planned post whose id is the payload of a job.
///
/// # Errors
/// `Unavailable` and `Internal`, which are tried again.
pub async fn publish(app: &App, payload: &str) -> Result<()> {
    let id: i64 = payload.parse().map_err(|_why| Error::NotFound)?;
    let why = match app.db.write(move |tx| publish_planned(tx, id)).await {
        Err(Error::Forbidden(why) | Error::Invalid { why, .. } | Error::Conflict(why)) => Some(why),
        Err(Error::NotFound | Error::Gone) => None,
        other => return other,
    };
    app.db
        .write(move |tx| give_back(tx, id, why.as_ref()))
        .await
}

/// Tells the author why, with the text, and removes the plan.
fn give_back(tx: &mut Tx<'_>, id: i64, why: Option<&Refusal>) -> Result<()> {
    let Some(row) = scheduled::find(tx, id)? else {
        return Ok(());
    };
    if !scheduled::delete(tx, &row)? {
        return Ok(());
    }
    let node_uri = format!("{}/actor", tx.node().base_url);
    let (Some(node), Some(user)) = (
        accounts::find_by_uri(tx, &node_uri)?,
        users::find(tx, row.account_id)?,
    ) else {
        return Ok(());
    };
    let author = accounts::get(tx, row.account_id)?;
    let lang = Lang::parse(&user.locale).unwrap_or(Lang::En);
    let reason = match why {
        Some(why) => i18n::refusal(lang, why),
        None => i18n::text(lang, "planned-post-lost", &[]),
    };
    let args = [
        ("reason", Value::from(reason)),
        ("text", Value::from(draft_of(&row)?.source)),
    ];
    let text = i18n::text(lang, "planned-post-refused", &args);
    note_from_node(tx, &node, &author, &text)?;
    Ok(())
}
