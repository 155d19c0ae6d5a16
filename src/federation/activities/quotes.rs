//! Quotes: what a post of another node quotes, by whose consent; requests to quote ours, and answers to our own requests
//! (FEP-044f).

use super::intake::{self, Intake, fetch_surroundings, take_in};
use super::{Activity, Desk, Outcome, Stop, follows};
use crate::actions::quotes::{self as actions, RemoteQuote};
use crate::error::{Error, Result};
use crate::federation::fetch;
use crate::federation::normalize::{self, same_origin};
use crate::federation::objects::quotes::is_stamp;
use crate::federation::objects::remote::Parsed;
use crate::model::peer::is_spoken_to;
use crate::model::viewer::Viewer;
use crate::store::accounts;
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::posts;
use crate::store::quotes::{self, Quote};

/// What a post quotes, with the consent it names where that holds. What is quoted is fetched if need be; where it cannot
/// be had, or lies on a node that is not spoken to, the quote is nothing but a link.
pub(super) async fn consent(desk: Desk<'_>, parsed: &Parsed) -> Outcome<Option<RemoteQuote>> {
    let Some(uri) = parsed.quote.clone().filter(|uri| *uri != parsed.uri) else {
        return Ok(None);
    };
    if !desk.is_ours(&uri) {
        if !is_spoken_to(desk.mode_of(&uri).await?) {
            return Ok(None);
        }
        fetch_quoted(desk, &uri).await?;
    }
    let Some(author) = author_of(desk, &uri).await? else {
        return Ok(Some(RemoteQuote { uri, stamp: None }));
    };
    let stamp = match &parsed.quote_stamp {
        Some(stamp) if holds(desk, stamp, &author, &parsed.uri, &uri).await? => Some(stamp.clone()),
        _ => None,
    };
    Ok(Some(RemoteQuote { uri, stamp }))
}

/// Who wrote a post that is known here.
async fn author_of(desk: Desk<'_>, uri: &str) -> Outcome<Option<String>> {
    let uri = uri.to_owned();
    let found = move |conn: &mut Conn| {
        let post = posts::find_by_uri(conn, &uri)?.filter(|post| post.deleted_at.is_none());
        let author = post.map_or(Ok(None), |post| accounts::find(conn, post.author_id))?;
        Ok(author.map(|author| author.uri))
    };
    Ok(desk.fed.app.db.read(found).await?)
}

/// Fetches what is quoted, unless it is known. What that quotes in turn is not followed.
async fn fetch_quoted(desk: Desk<'_>, uri: &str) -> Outcome<()> {
    if author_of(desk, uri).await?.is_some() {
        return Ok(());
    }
    let stored = async {
        let intake = intake::fetched_alone(desk, uri).await?;
        desk.write(move |tx| take_in(tx, &intake)).await
    };
    match stored.await {
        Err(Stop::Fault(error)) => Err(Stop::Fault(error)),
        _ => Ok(()),
    }
}

/// Whether a consent lies where it says, on the host of whoever gave it, and is for this quote.
async fn holds(
    desk: Desk<'_>,
    stamp: &str,
    author: &str,
    quoting: &str,
    quoted: &str,
) -> Outcome<bool> {
    // Our own consents stand in our own database.
    if desk.is_ours(stamp) || !same_origin(stamp, author) {
        return Ok(false);
    }
    let Ok(value) = fetch::object(desk.visit, stamp).await else {
        return Ok(false);
    };
    Ok(value
        .as_object()
        .is_some_and(|document| is_stamp(document, stamp, author, quoting, quoted)))
}

/// Somebody elsewhere wants to quote a post of ours: taken in with what quotes it, then decided by its author's terms.
pub(super) async fn requested(desk: Desk<'_>, activity: Activity) -> Outcome {
    let quoted = activity.object_id().unwrap_or_default().to_owned();
    if !desk.is_ours(&quoted) {
        return Err(Stop::Ignored("a post of ours is not asked for"));
    }
    let asked = quoted.clone();
    let there = move |conn: &mut Conn| readable(conn, &asked);
    desk.fed.app.db.read(there).await?;
    let object = match normalize::object(&activity.fields, "instrument") {
        Some(object) => object.clone(),
        None => fetched_instrument(desk, &activity).await?,
    };
    let parsed = intake::read(desk, &object, None, &activity.actor).await?;
    if parsed.quote.as_deref() != Some(quoted.as_str()) {
        return Err(Stop::Refused("it quotes something else".into()));
    }
    fetch_surroundings(desk, &parsed).await?;
    let quote = RemoteQuote {
        uri: quoted.clone(),
        stamp: None,
    };
    desk.write(move |tx| {
        readable(tx, &quoted)?;
        let intake = Intake {
            parsed,
            author: activity.actor.clone(),
            via: None,
            mode: activity.mode,
            loose: true,
            quote: Some(quote.clone()),
        };
        let (post, new) = take_in(tx, &intake)?;
        if !new {
            actions::received(tx, &post, Some(&quote), None)?;
        }
        let row = actions::requested(tx, &activity.actor, post.id, &quoted, &activity.id)?;
        Ok(if row.stamp_uri.is_some() {
            "quote accepted"
        } else {
            "quote rejected"
        })
    })
    .await
}

/// Whoever may not read a post learns nothing of it.
fn readable(conn: &mut Conn, uri: &str) -> Result<()> {
    let post = posts::find_by_uri(conn, uri)?.ok_or(Error::NotFound)?;
    posts::get_visible(conn, &Viewer::Anonymous, post.id).map(drop)
}

async fn fetched_instrument(desk: Desk<'_>, activity: &Activity) -> Outcome<normalize::Object> {
    let uri = normalize::id(&activity.fields, "instrument")
        .filter(|uri| same_origin(uri, &activity.actor.uri))
        .ok_or(Stop::Refused(
            "a request without the post that quotes".into(),
        ))?;
    let value = fetch::object(desk.visit, uri).await?;
    value
        .as_object()
        .cloned()
        .ok_or(Stop::Ignored("not an object"))
}

/// An Accept or Reject: of a quote that we asked for, else of a follow.
pub(super) async fn answered(desk: Desk<'_>, activity: Activity, accepted: bool) -> Outcome {
    let (object, inner) = (
        activity.object_id().map(str::to_owned),
        activity.object().cloned(),
    );
    let found = move |conn: &mut Conn| {
        let by_id = object.map_or(Ok(None), |uri| quotes::find_by_request(conn, &uri))?;
        if by_id.is_some() {
            return with_addresses(conn, by_id);
        }
        let inner = inner.filter(|inner| normalize::kind(inner) == "QuoteRequest");
        let Some(quoting) = inner
            .as_ref()
            .and_then(|inner| normalize::id(inner, "instrument"))
        else {
            return Ok(None);
        };
        let post = posts::find_by_uri(conn, quoting)?.filter(|post| post.local);
        let row = post.map_or(Ok(None), |post| quotes::find_of_post(conn, post.id))?;
        with_addresses(conn, row)
    };
    let Some((row, quoting)) = desk.fed.app.db.read(found).await? else {
        return follows::answered(desk, activity, accepted).await;
    };
    let stamp = match normalize::id(&activity.fields, "result").filter(|_| accepted) {
        Some(stamp)
            if holds(desk, stamp, &activity.actor.uri, &quoting, &row.quoted_uri).await? =>
        {
            Some(stamp.to_owned())
        }
        _ if accepted => return Err(Stop::Refused("a consent that does not hold".into())),
        _ => None,
    };
    desk.write(move |tx| {
        actions::answered(tx, activity.actor.id, row.id, stamp)?;
        Ok(if accepted {
            "our quote was accepted"
        } else {
            "our quote was rejected"
        })
    })
    .await
}

/// A quote of ours with the address of the post that makes it.
fn with_addresses(conn: &mut Conn, row: Option<Quote>) -> Result<Option<(Quote, String)>> {
    let Some(row) = row else { return Ok(None) };
    let post = posts::find(conn, row.post_id)?.filter(|post| post.local);
    Ok(post.map(|post| (row, post.uri)))
}

/// A consent is taken back by whoever gave it; `None` where nothing here rests on it.
pub(super) fn withdrawn(
    tx: &mut Tx<'_>,
    activity: &Activity,
    stamp: &str,
) -> Result<Option<&'static str>> {
    match actions::withdrawn(tx, activity.actor.id, stamp) {
        Ok(()) => Ok(Some("consent to a quote taken back")),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}
