//! What posts of other nodes say of quotes, and posts that others quoted before they were known here.

use super::{Quote, reach};
use crate::error::Result;
use crate::model::event::Event;
use crate::model::ids::PostId;
use crate::model::quote::{Terms, fits};
use crate::model::words::QuoteState;
use crate::store::db::Tx;
use crate::store::posts::{self, Post};
use crate::store::{hold, quotes};

/// Quotes that are linked at once to a post that arrives after them.
const WAITING: i64 = 500;

/// The consent that a post of another node names for its quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// None, or one that does not hold.
    Missing,
    /// It was looked at, at this address, and holds.
    Verified(String),
    /// It cannot be looked at now: its node does not answer, or what is quoted is not known here yet.
    Unverified(String),
}

/// What a post of another node quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteQuote {
    /// ActivityPub id of what it quotes.
    pub uri: String,
    /// With whose consent.
    pub consent: Consent,
}

/// Where a quote of another node stands after what its post says of it, and the address of the consent.
fn stands(
    known: Option<&Quote>,
    consent: &Consent,
    own: bool,
    ours: bool,
) -> (QuoteState, Option<String>) {
    match (known, consent) {
        // What we decide ourselves is not for others to say.
        (Some(row), _) if ours => (row.state, row.stamp_uri.clone()),
        (_, Consent::Verified(stamp)) if !ours => (QuoteState::Accepted, Some(stamp.clone())),
        _ if own => (QuoteState::Accepted, None),
        // What was looked at once holds until its node says otherwise.
        (Some(row), Consent::Unverified(stamp))
            if row.state != QuoteState::Accepted || row.stamp_uri.as_ref() == Some(stamp) =>
        {
            (row.state, Some(stamp.clone()))
        }
        (_, Consent::Unverified(stamp)) if !ours => (QuoteState::Pending, Some(stamp.clone())),
        (Some(row), _) if row.state == QuoteState::Accepted => (QuoteState::Revoked, None),
        (Some(row), _) => (row.state, None),
        (None, _) => (QuoteState::Pending, None),
    }
}

/// What a post of another node says of quotes: what it quotes itself, and who may quote it. Without the consent of
/// whoever wrote that, or where that is not known here, it shows as nothing but a link.
pub fn received(
    tx: &mut Tx<'_>,
    post: &Post,
    quote: Option<&RemoteQuote>,
    terms: Option<Terms>,
) -> Result<()> {
    hold::post(tx, post.id)?;
    if let Some(terms) = terms
        && quotes::list_terms(tx, &[post.id])?.get(&post.id) != Some(&terms)
    {
        quotes::set_terms(tx, post.id, terms)?;
        posts::touch(tx, post.id)?;
    }
    // What one of ours took back stays so, however the post is edited.
    let known = quotes::find_of_post(tx, post.id)?;
    if let Some(row) = &known
        && row.state == QuoteState::Revoked
        && is_of_ours(tx, row)?
    {
        return Ok(());
    }
    let Some(quote) = quote else {
        if let Some(gone) = quotes::delete_of_post(tx, post.id)? {
            restate(tx, post, gone.quoted_id)?;
        }
        return Ok(());
    };
    let quoted = posts::find_by_uri(tx, &quote.uri)?;
    let own = quoted.as_ref().is_some_and(|quoted| {
        quoted.author_id == post.author_id && fits(reach(post), reach(quoted))
    });
    let known = known.filter(|row| row.quoted_uri == quote.uri);
    let ours = quoted.as_ref().is_some_and(|quoted| quoted.local);
    let (state, stamp) = stands(known.as_ref(), &quote.consent, own, ours);
    let row = Quote {
        id: known.as_ref().map_or_else(|| tx.new_id(), |row| row.id),
        post_id: post.id,
        quoted_id: quoted.as_ref().map(|quoted| quoted.id),
        quoted_uri: quote.uri.clone(),
        state,
        request_uri: known.as_ref().and_then(|row| row.request_uri.clone()),
        stamp_uri: stamp,
        created_at: known
            .as_ref()
            .map_or_else(|| tx.now(), |row| row.created_at),
    };
    if known.as_ref() == Some(&row) {
        return Ok(());
    }
    if known.is_some() {
        quotes::update(tx, &row)?;
    } else {
        quotes::delete_of_post(tx, post.id)?;
        quotes::insert(tx, &row)?;
    }
    restate(tx, post, row.quoted_id)
}

/// Whether a post of this node is quoted.
fn is_of_ours(tx: &mut Tx<'_>, row: &Quote) -> Result<bool> {
    let quoted = row.quoted_id.map_or(Ok(None), |id| posts::find(tx, id))?;
    Ok(quoted.is_some_and(|quoted| quoted.local))
}

fn restate(tx: &mut Tx<'_>, post: &Post, quoted: Option<PostId>) -> Result<()> {
    posts::touch(tx, post.id)?;
    if let Some(quoted) = quoted {
        posts::touch(tx, quoted)?;
    }
    tx.emit(Event::PostRestated { post: post.id });
    Ok(())
}

/// A post arrived that others quoted before it was known here: their quotes name it from now on. The posts whose consent
/// can be looked at now.
pub fn link(tx: &mut Tx<'_>, quoted: &Post) -> Result<Vec<PostId>> {
    let mut to_look_at = Vec::new();
    for row in quotes::list_unlinked(tx, &quoted.uri, WAITING)? {
        hold::post(tx, row.post_id)?;
        let Some(post) = posts::find(tx, row.post_id)? else {
            continue;
        };
        let own = post.author_id == quoted.author_id && fits(reach(&post), reach(quoted));
        let linked = Quote {
            quoted_id: Some(quoted.id),
            state: if own { QuoteState::Accepted } else { row.state },
            ..row
        };
        quotes::update(tx, &linked)?;
        restate(tx, &post, linked.quoted_id)?;
        if !own && linked.stamp_uri.is_some() {
            to_look_at.push(post.id);
        }
    }
    Ok(to_look_at)
}
