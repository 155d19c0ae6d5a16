//! The node asks its people for what is missing, in a private note.

use crate::actions::create_post;
use crate::error::Result;
use crate::i18n::{self, Lang, Value};
use crate::store::db::Tx;
use crate::store::posts::Post;
use crate::store::{accounts, users};

/// A verb post was made all the same where fields are missing; its author is asked for them, privately.
pub(super) fn ask_for_fields(tx: &mut Tx<'_>, post: &Post) -> Result<()> {
    let missing = create_post::missing_fields(post);
    if missing.is_empty() {
        return Ok(());
    }
    let node_uri = format!("{}/actor", tx.node().base_url);
    let (Some(node), Some(user)) = (
        accounts::find_by_uri(tx, &node_uri)?,
        users::find(tx, post.author_id)?,
    ) else {
        return Ok(());
    };
    let author = accounts::get(tx, post.author_id)?;
    let lang = Lang::parse(&user.locale).unwrap_or(Lang::En);
    let fields: Vec<String> = missing
        .iter()
        .map(|name| i18n::text(lang, &format!("kf-{name}"), &[]))
        .collect();
    let args = [
        ("fields", Value::from(fields.join(", "))),
        ("url", Value::from(post.url.clone())),
    ];
    let text = i18n::text(lang, "ask-for-fields", &args);
    create_post::note_from_node(tx, &node, &author, &text)?;
    Ok(())
}
