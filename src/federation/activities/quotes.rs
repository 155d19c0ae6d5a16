//! Quotes: what a post of another node quotes, by whose consent; requests to quote ours, and answers to our own requests
//! (FEP-044f).

use super::intake::{self, Intake, fetch_surroundings, take_in};
use super::{Activity, Desk, Outcome, Stop, follows};
use crate::actions::quotes::{self as actions, Consent, RemoteQuote};
use crate::error::{Error, Result};
use crate::federation::fetch::{self, FetchError};
use crate::federation::normalize::{self, same_origin};
use crate::federation::objects::quotes::is_stamp;
use crate::federation::objects::remote::Parsed;
use crate::model::ids::PostId;
use crate::model::peer::is_spoken_to;
use crate::model::viewer::Viewer;
use crate::store::accounts;
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::jobs;
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
    let consent = match &parsed.quote_stamp {
        Some(stamp) => verify(desk, stamp, &parsed.uri, &uri).await?,
        None => Consent::Missing,
    };
    Ok(Some(RemoteQuote { uri, consent }))
}

/// Looks at the consent that a quote names.
async fn verify(desk: Desk<'_>, stamp: &str, quoting: &str, quoted: &str) -> Outcome<Consent> {
    let stamp = stamp.to_owned();
    let Some(author) = author_of(desk, quoted).await? else {
        return Ok(Consent::Unverified(stamp));
    };
    Ok(match holds(desk, &stamp, &author, quoting, quoted).await? {
        Some(true) => Consent::Verified(stamp),
        Some(false) => Consent::Missing,
        None => Consent::Unverified(stamp),
    })
}

/// Kind of the job that looks again at the consent to a quote; its payload is the id of the post that quotes.
pub const LOOK_AGAIN: &str = "look_at_quote";

/// Has the consent to a quote looked at in a while. In a lane of its own, so that a node that is down holds up nobody
/// else's.
pub(super) fn look_later(tx: &mut Tx<'_>, post: PostId) -> Result<()> {
    let (lane, payload) = (format!("quote {post}"), post.to_string());
    if jobs::is_waiting(tx, LOOK_AGAIN, &lane, &payload)? {
        return Ok(());
    }
    jobs::enqueue(tx, LOOK_AGAIN, &lane, &payload).map(drop)
}

/// Looks again at the consent to a quote of another node.
pub(super) async fn look_again(desk: Desk<'_>, post: PostId) -> Outcome {
    let found = move |conn: &mut Conn| {
        let post = posts::find(conn, post)?.filter(|post| !post.local && post.deleted_at.is_none());
        let row = post
            .as_ref()
            .map_or(Ok(None), |post| quotes::find_of_post(conn, post.id))?;
        Ok(post.zip(row))
    };
    let Some((post, row)) = desk.fed.app.db.read(found).await? else {
        return Err(Stop::Ignored("the quote is gone"));
    };
    let Some(stamp) = row.stamp_uri.filter(|_| !desk.is_ours(&row.quoted_uri)) else {
        return Err(Stop::Ignored("there is no consent to look at"));
    };
    let later = fetch_quoted(desk, &row.quoted_uri).await?;
    let consent = verify(desk, &stamp, &post.uri, &row.quoted_uri).await?;
    let known = author_of(desk, &row.quoted_uri).await?.is_some();
    if later || (known && matches!(consent, Consent::Unverified(_))) {
        return Err(Stop::Later("a consent that cannot be looked at".into()));
    }
    let quote = RemoteQuote {
        uri: row.quoted_uri,
        consent,
    };
    desk.write(move |tx| {
        let same =
            |row: Quote| row.quoted_uri == quote.uri && row.stamp_uri.as_ref() == Some(&stamp);
        if quotes::find_of_post(tx, post.id)?.is_some_and(same) {
            actions::received(tx, &post, Some(&quote), None)?;
        }
        Ok("the consent to a quote was looked at again")
    })
    .await
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

/// Fetches what is quoted, unless it is known; whether it may be had later. What that quotes in turn is not followed.
async fn fetch_quoted(desk: Desk<'_>, uri: &str) -> Outcome<bool> {
    if author_of(desk, uri).await?.is_some() {
        return Ok(false);
    }
    let stored = async {
        let intake = intake::fetched_alone(desk, uri).await?;
        desk.write(move |tx| take_in(tx, &intake)).await
    };
    match stored.await {
        Err(Stop::Fault(error)) => Err(Stop::Fault(error)),
        Err(Stop::Later(_)) => Ok(true),
        _ => Ok(false),
    }
}

/// Whether a consent lies where it says, on the host of whoever gave it, and is for this quote; `None` where that host
/// does not tell now.
async fn holds(
    desk: Desk<'_>,
    stamp: &str,
    author: &str,
    quoting: &str,
    quoted: &str,
) -> Outcome<Option<bool>> {
    // Our own consents stand in our own database.
    if desk.is_ours(stamp) || !same_origin(stamp, author) {
        return Ok(Some(false));
    }
    Ok(match fetch::object(desk.visit, stamp).await {
        Ok(value) => Some(
            value
                .as_object()
                .is_some_and(|document| is_stamp(document, stamp, author, quoting, quoted)),
        ),
        Err(error) if error.is_passing() || error == FetchError::Budget => None,
        Err(_) => Some(false),
    })
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
        consent: Consent::Missing,
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
    let named = normalize::id(&activity.fields, "result").filter(|_| accepted);
    let stamp = match named {
        Some(stamp) => {
            match holds(desk, stamp, &activity.actor.uri, &quoting, &row.quoted_uri).await? {
                Some(true) => Some(stamp.to_owned()),
                Some(false) => None,
                None => return Err(Stop::Later("a consent that cannot be looked at".into())),
            }
        }
        None => None,
    };
    if accepted && stamp.is_none() {
        return Err(Stop::Refused("a consent that does not hold".into()));
    }
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
