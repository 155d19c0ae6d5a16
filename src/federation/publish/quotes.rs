//! Asking for consent to a quote, answering who asks, and taking a consent back (FEP-044f).

use serde_json::json;

use super::envelope::{Recipients, activity, note_to, send};
use super::posts::outgoing;
use crate::actions::quotes::may_be_asked;
use crate::error::Result;
use crate::federation::normalize::PUBLIC;
use crate::federation::objects::addressing::Addressing;
use crate::federation::objects::post::document;
use crate::model::words::QuoteState;
use crate::store::accounts::{self, Account};
use crate::store::db::Tx;
use crate::store::posts;
use crate::store::quotes::{self, Quote};

/// Who wrote what is quoted.
fn quoted_author(tx: &mut Tx<'_>, row: &Quote) -> Result<Option<Account>> {
    let quoted = row.quoted_id.map_or(Ok(None), |id| posts::find(tx, id))?;
    quoted.map_or(Ok(None), |quoted| accounts::find(tx, quoted.author_id))
}

/// Somebody of this node wants to quote somebody elsewhere. What stays on this node asks nobody, and whoever may not read
/// what quotes them is not asked: the request carries all of it.
pub(super) fn requested(tx: &mut Tx<'_>, quote: i64) -> Result<()> {
    let Some(row) = quotes::find(tx, quote)? else {
        return Ok(());
    };
    let whole = outgoing(tx, row.post_id)?.filter(|whole| whole.post.local);
    let author = quoted_author(tx, &row)?.filter(|author| !author.is_local());
    let (Some(whole), Some(author), Some(uri)) = (whole, author, &row.request_uri) else {
        return Ok(());
    };
    let mentioned = posts::list_mentions(tx, &[row.post_id])?
        .iter()
        .any(|(_, account)| *account == author.id);
    let (audience, by) = (whole.post.audience, whole.post.author_id);
    if !may_be_asked(tx, author.id, by, audience, mentioned)? {
        return Ok(());
    }
    let object = row.quoted_uri.as_str().into();
    let mut request = note_to("QuoteRequest", uri, &whole.author.uri, object, &author.uri);
    let instrument = document(tx.node(), &whole);
    request.insert("instrument".into(), instrument.into());
    let asked = Recipients::only(&author).within_reach(Some(whole.post.boundary));
    send(tx, &whole.author, request, asked)
}

/// The answer to somebody elsewhere who asked.
pub(super) fn decided(tx: &mut Tx<'_>, quote: i64) -> Result<()> {
    let Some(row) = quotes::find(tx, quote)? else {
        return Ok(());
    };
    let post = posts::get(tx, row.post_id)?;
    let asker = accounts::get(tx, post.author_id)?;
    let Some(author) = quoted_author(tx, &row)?.filter(Account::is_local) else {
        return Ok(());
    };
    let request = json!({
        "type": "QuoteRequest", "id": row.request_uri, "actor": asker.uri, "object": row.quoted_uri,
        "instrument": post.uri,
    });
    let kind = if row.state == QuoteState::Accepted {
        "Accept"
    } else {
        "Reject"
    };
    let uri = tx.node().activity_uri(tx.new_id());
    let mut answer = note_to(kind, &uri, &author.uri, request, &asker.uri);
    if let Some(stamp) = &row.stamp_uri {
        answer.insert("result".into(), stamp.as_str().into());
    }
    send(tx, &author, answer, Recipients::only(&asker))
}

/// An author of this node took a consent back: whoever quoted hears of it, and whoever may have seen it.
pub(super) fn revoked(tx: &mut Tx<'_>, quote: i64, stamp: &str) -> Result<()> {
    let Some(row) = quotes::find(tx, quote)?.filter(|_| !stamp.is_empty()) else {
        return Ok(());
    };
    let post = posts::get(tx, row.post_id)?;
    let quoting = accounts::get(tx, post.author_id)?;
    let quoted = row.quoted_id.map_or(Ok(None), |id| outgoing(tx, id))?;
    let Some(author) = quoted.map(|whole| whole.author).filter(Account::is_local) else {
        return Ok(());
    };
    let uri = tx.node().activity_uri(tx.new_id());
    let mut cc: Vec<String> = author.followers_url.iter().cloned().collect();
    cc.push(quoting.uri.clone());
    let to = vec![PUBLIC.to_owned()];
    let delete = activity(
        "Delete",
        &uri,
        &author.uri,
        stamp.into(),
        &Addressing { to, cc },
    );
    let mut people = Recipients::followers(tx, &author)?;
    if quoting.is_local() {
        people.join(Recipients::followers(tx, &quoting)?);
    } else {
        people.add(&quoting);
    }
    send(tx, &author, delete, people)
}
