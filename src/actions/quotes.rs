//! Posts that quote others: with the consent of whoever wrote those, which can be taken back (FEP-044f).

use crate::actions::compose::Place;
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::{AccountId, PostId};
use crate::model::post::narrower;
use crate::model::quote::{Reach, Standing, Terms, Verdict, fits, verdict};
use crate::model::refusal::Refusal;
use crate::model::viewer::{Facts, Viewer, audience, leaves_the_node, may_read};
use crate::model::words::{
    Audience, Boundary, FollowState, QuotePolicy, QuoteState, Role, Visibility,
};
use crate::store::accounts::{self, Account};
use crate::store::db::Tx;
use crate::store::follows;
use crate::store::posts::{self, Post};
use crate::store::quotes::{self, Quote};
use crate::store::{domain_blocks, hold};

mod received;
pub use received::{Consent, RemoteQuote, link, received};

/// Posts that are made anew at once when what they quote is deleted; others show it a little later.
const QUOTING: i64 = 500;

/// How somebody stands to the author of a post.
fn standing(tx: &mut Tx<'_>, author: AccountId, by: AccountId) -> Result<Standing> {
    let agreed =
        |row: Option<follows::Follow>| row.is_some_and(|row| row.state == FollowState::Accepted);
    Ok(Standing {
        own: author == by,
        follows: agreed(follows::find(tx, by, author)?),
        followed: agreed(follows::find(tx, author, by)?),
    })
}

/// Whether somebody of another node is asked for consent to be quoted in a post by `author`. The request carries all of it:
/// it goes to whom the read policy lets read it.
///
/// # Errors
/// `Internal` where the database fails.
pub fn may_be_asked(
    tx: &mut Tx<'_>,
    asked: AccountId,
    author: AccountId,
    audience: Audience,
    mentioned: bool,
) -> Result<bool> {
    let viewer = Viewer::Person {
        id: asked,
        role: Role::Member,
    };
    let facts = Facts {
        audience,
        author,
        post: PostId(0),
        held: false,
        // What is for members stays on this node.
        member: false,
        follows: standing(tx, author, asked)?.follows,
        mentioned,
    };
    Ok(may_read(viewer, facts))
}

/// Whether somebody who may read a post may quote it.
fn may_quote(tx: &mut Tx<'_>, post: &Post, by: AccountId) -> Result<Verdict> {
    let author = post.author_id;
    let shunned =
        follows::is_blocked(tx, author, by)? || domain_blocks::blocks_node_of(tx, author, by)?;
    if post.held || shunned {
        return Ok(Verdict::Denied);
    }
    let terms = quotes::terms_of(tx, post.id, post.local)?;
    let standing = standing(tx, post.author_id, by)?;
    Ok(verdict(post.audience, terms, standing))
}

fn reach(post: &Post) -> Reach {
    Reach {
        audience: post.audience,
        community: post.community_id,
        author: post.author_id,
        leaves: leaves_the_node(post.audience, post.boundary, post.local_only),
    }
}

/// What is to quote, before it is written.
pub(super) struct Quoting<'a> {
    /// Who writes it.
    pub(super) author: AccountId,
    /// Where it belongs.
    pub(super) place: &'a Place,
    /// Whom it names.
    pub(super) mentions: &'a [Account],
    /// Its visibility.
    pub(super) visibility: Visibility,
    /// How far it reaches.
    pub(super) boundary: Boundary,
    /// Never leaves the node.
    pub(super) local_only: bool,
}

/// What somebody wants to quote, and that it may be.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    quoted: Post,
    verdict: Verdict,
}

impl Chosen {
    /// The visibility of what quotes it: of what is for followers nothing wider is made.
    pub(super) fn narrow(&self, visibility: Visibility) -> Visibility {
        if self.quoted.audience == Audience::Followers {
            narrower(visibility, Visibility::Private)
        } else {
            visibility
        }
    }

    /// Whether it may be quoted in a post that is read there. Of a post that stays on this node nobody elsewhere can be asked:
    /// what needs the consent of somebody there for each quote is not quoted in one.
    ///
    /// # Errors
    /// `Invalid` for `quoted_status_id`.
    pub(super) fn check(&self, tx: &mut Tx<'_>, quoting: &Quoting<'_>) -> Result<()> {
        let audience = audience(quoting.visibility, quoting.boundary, quoting.place.boundary);
        let reach_of_quoting = Reach {
            audience,
            community: quoting.place.community,
            author: quoting.author,
            leaves: leaves_the_node(audience, quoting.boundary, quoting.local_only),
        };
        // Whoever wants to be asked cannot be quoted where nobody is.
        if !self.quoted.local && self.verdict == Verdict::Manual && !reach_of_quoting.leaves {
            return Err(Error::invalid("quoted_status_id", Refusal::NotQuotable));
        }
        if fits(reach_of_quoting, reach(&self.quoted))
            && self.may_be_asked(tx, quoting, reach_of_quoting)?
        {
            Ok(())
        } else {
            Err(Error::invalid("quoted_status_id", Refusal::QuoteTooWide))
        }
    }

    fn may_be_asked(&self, tx: &mut Tx<'_>, quoting: &Quoting<'_>, reach: Reach) -> Result<bool> {
        let asked = self.quoted.author_id;
        if self.quoted.local || asked == quoting.author || !reach.leaves {
            return Ok(true);
        }
        let mentioned = quoting.mentions.iter().any(|one| one.id == asked);
        may_be_asked(tx, asked, quoting.author, reach.audience, mentioned)
    }
}

/// The post that somebody of this node wants to quote.
///
/// # Errors
/// `NotFound` for what they cannot read; `Invalid` for `quoted_status_id` where its author does not want it.
pub(super) fn choose(tx: &mut Tx<'_>, by: AccountId, id: PostId) -> Result<Chosen> {
    let viewer = Viewer::Person {
        id: by,
        role: Role::Member,
    };
    let quoted = posts::get_visible(tx, &viewer, id)?;
    match may_quote(tx, &quoted, by)? {
        Verdict::Denied | Verdict::Unknown => {
            Err(Error::invalid("quoted_status_id", Refusal::NotQuotable))
        }
        verdict => Ok(Chosen { quoted, verdict }),
    }
}

/// A new post of this node quotes what was chosen. Of our own people the consent is there at once, and where nothing
/// leaves the node what the author says to everybody is consent; others are asked.
pub(super) fn attach(tx: &mut Tx<'_>, post: &Post, chosen: &Chosen) -> Result<()> {
    let id = tx.new_id();
    let quoted = &chosen.quoted;
    let stays = !reach(post).leaves;
    let agreed = chosen.verdict == Verdict::Automatic && (quoted.local || stays);
    let request = tx.node().activity_uri(id);
    let row = Quote {
        id,
        post_id: post.id,
        quoted_id: Some(quoted.id),
        quoted_uri: quoted.uri.clone(),
        state: if agreed {
            QuoteState::Accepted
        } else {
            QuoteState::Pending
        },
        request_uri: (!agreed).then_some(request),
        stamp_uri: (agreed && quoted.local).then(|| tx.node().stamp_uri(id)),
        created_at: tx.now(),
    };
    quotes::insert(tx, &row)?;
    if agreed {
        posts::touch(tx, quoted.id)?;
    } else {
        tx.emit(Event::QuoteRequested { quote: id });
    }
    Ok(())
}

/// The author says who may quote a post.
///
/// # Errors
/// `NotFound`; `Forbidden(NotTheAuthor)`.
pub fn set_policy(tx: &mut Tx<'_>, by: AccountId, id: PostId, policy: QuotePolicy) -> Result<Post> {
    hold::post(tx, id)?;
    let post = posts::get(tx, id)?;
    if post.author_id != by || !post.local {
        return Err(Refusal::NotTheAuthor.into());
    }
    let terms = Terms::of(policy);
    if quotes::terms_of(tx, id, true)? != terms {
        quotes::set_terms(tx, id, terms)?;
        posts::touch(tx, id)?;
        tx.emit(Event::PostRestated { post: id });
    }
    posts::get(tx, id)
}

/// The author of a quoted post takes consent back; the post that quoted it.
///
/// # Errors
/// `NotFound` where there is no such quote; `Forbidden(NotTheAuthor)`.
pub fn revoke(tx: &mut Tx<'_>, by: AccountId, quoted: PostId, quoting: PostId) -> Result<Post> {
    let post = posts::get(tx, quoted)?;
    if post.author_id != by || !post.local {
        return Err(Refusal::NotTheAuthor.into());
    }
    hold::post(tx, quoting)?;
    let row = quotes::find_of_post(tx, quoting)?
        .filter(|row| row.quoted_id == Some(quoted))
        .ok_or(Error::NotFound)?;
    if row.state == QuoteState::Accepted || row.state == QuoteState::Pending {
        end(tx, &row, QuoteState::Revoked)?;
        tx.emit(Event::QuoteRevoked {
            quote: row.id,
            stamp: row.stamp_uri.clone().unwrap_or_default(),
        });
    }
    posts::get(tx, quoting)
}

/// A quote does not hold any more; what quotes reads differently now.
fn end(tx: &mut Tx<'_>, row: &Quote, state: QuoteState) -> Result<()> {
    let ended = Quote {
        state,
        stamp_uri: None,
        ..row.clone()
    };
    settle(tx, &ended)
}

fn settle(tx: &mut Tx<'_>, row: &Quote) -> Result<()> {
    quotes::update(tx, row)?;
    posts::touch(tx, row.post_id)?;
    if let Some(quoted) = row.quoted_id {
        posts::touch(tx, quoted)?;
    }
    tx.emit(Event::PostRestated { post: row.post_id });
    Ok(())
}

/// Somebody elsewhere asks whether a post of theirs, which is known here by now, may quote one of ours. Whoever may not
/// read what they ask for learns nothing.
///
/// # Errors
/// `NotFound` for what is not there for them, or quotes something else.
pub fn requested(
    tx: &mut Tx<'_>,
    by: &Account,
    quoting: PostId,
    quoted: &str,
    request: &str,
) -> Result<Quote> {
    let quoted = posts::find_by_uri(tx, quoted)?
        .filter(|post| post.local)
        .ok_or(Error::NotFound)?;
    let quoted = posts::get_visible(tx, &Viewer::Anonymous, quoted.id)?;
    hold::post(tx, quoting)?;
    let post = posts::get(tx, quoting)?;
    let row = quotes::find_of_post(tx, quoting)?
        .filter(|row| row.quoted_uri == quoted.uri)
        .ok_or(Error::NotFound)?;
    if post.author_id != by.id
        || !leaves_the_node(quoted.audience, quoted.boundary, quoted.local_only)
    {
        return Err(Error::NotFound);
    }
    let before = row.state;
    // What was taken back stays so, however often it is asked for.
    let agreed =
        row.state != QuoteState::Revoked && may_quote(tx, &quoted, by.id)? == Verdict::Automatic;
    let decided = Quote {
        quoted_id: Some(quoted.id),
        request_uri: Some(request.to_owned()),
        state: match (agreed, row.state) {
            (true, _) => QuoteState::Accepted,
            (false, QuoteState::Revoked) => QuoteState::Revoked,
            (false, _) => QuoteState::Rejected,
        },
        stamp_uri: agreed.then(|| tx.node().stamp_uri(row.id)),
        ..row
    };
    settle(tx, &decided)?;
    tx.emit(Event::QuoteDecided {
        quote: decided.id,
        new: agreed && before != QuoteState::Accepted,
    });
    Ok(decided)
}

/// A quote as it stands once nobody else is writing it: whoever judges a quote and writes it holds the post that quotes.
fn held(tx: &mut Tx<'_>, found: Option<Quote>) -> Result<Quote> {
    let found = found.ok_or(Error::NotFound)?;
    hold::post(tx, found.post_id)?;
    quotes::find(tx, found.id)?.ok_or(Error::NotFound)
}

/// The author elsewhere answers what we asked for. `stamp` is the address of a consent that was verified; without one it
/// is a no, also later.
///
/// # Errors
/// `NotFound` where the answer is not the quoted author's.
pub fn answered(tx: &mut Tx<'_>, by: AccountId, quote: i64, stamp: Option<String>) -> Result<()> {
    let found = quotes::find(tx, quote)?;
    let row = held(tx, found)?;
    let quoted = row.quoted_id.map_or(Ok(None), |id| posts::find(tx, id))?;
    if quoted.is_none_or(|quoted| quoted.author_id != by) {
        return Err(Error::NotFound);
    }
    let state = match (&stamp, row.state) {
        (Some(_), _) => QuoteState::Accepted,
        (None, QuoteState::Accepted) => QuoteState::Revoked,
        (None, _) => QuoteState::Rejected,
    };
    if row.state == state && row.stamp_uri == stamp {
        return Ok(());
    }
    settle(
        tx,
        &Quote {
            state,
            stamp_uri: stamp,
            ..row
        },
    )
}

/// The author elsewhere takes a consent back.
///
/// # Errors
/// `NotFound` where there is none of this address, or it is another's.
pub fn withdrawn(tx: &mut Tx<'_>, by: AccountId, stamp: &str) -> Result<()> {
    let found = quotes::find_by_stamp(tx, stamp)?;
    let row = held(tx, found)?;
    if row.stamp_uri.as_deref() != Some(stamp) {
        return Err(Error::NotFound);
    }
    let quoted = row.quoted_id.map_or(Ok(None), |id| posts::find(tx, id))?;
    if quoted.is_none_or(|quoted| quoted.author_id != by) {
        return Err(Error::NotFound);
    }
    end(tx, &row, QuoteState::Revoked)
}

/// What changes by [`forget`]: what a post quotes, and what quotes it here.
pub(super) fn beside(tx: &mut Tx<'_>, post: PostId) -> Result<Vec<PostId>> {
    let quoting = quotes::list_local_quoting(tx, post, QUOTING)?;
    let mut ids: Vec<PostId> = quoting.into_iter().map(|(id, _)| id).collect();
    ids.extend(quotes::find_of_post(tx, post)?.and_then(|row| row.quoted_id));
    Ok(ids)
}

/// A post is deleted: what it quoted is quoted once less, and what quotes it names it no more.
pub(super) fn forget(tx: &mut Tx<'_>, post: &Post) -> Result<()> {
    for (quoting, _) in quotes::list_local_quoting(tx, post.id, QUOTING)? {
        posts::touch(tx, quoting)?;
    }
    if let Some(row) = quotes::delete_of_post(tx, post.id)?
        && let Some(quoted) = row.quoted_id
    {
        posts::touch(tx, quoted)?;
    }
    Ok(())
}

/// Whether the node may say, and its people may be told, that a post is quoted with its author's consent.
pub fn consented(tx: &mut Tx<'_>, post: PostId) -> Result<Option<(Quote, Account)>> {
    let Some(row) = quotes::find_of_post(tx, post)?.filter(|row| row.state == QuoteState::Accepted)
    else {
        return Ok(None);
    };
    let quoted = row.quoted_id.map_or(Ok(None), |id| posts::find(tx, id))?;
    let Some(quoted) = quoted.filter(|quoted| quoted.deleted_at.is_none()) else {
        return Ok(None);
    };
    Ok(Some((row, accounts::get(tx, quoted.author_id)?)))
}
