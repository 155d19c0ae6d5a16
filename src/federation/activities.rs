//! What arrives: the job behind every stored activity. An activity is read, what it needs is fetched, and its effect is
//! one transaction of an action with the remote account as the one who acts. No rule lives here.

mod actors;
mod announce;
mod answers;
mod bans;
mod collections;
mod flags;
mod follows;
mod intake;
mod marks;
mod moves;
mod posts;
mod quotes;
mod undo;

pub(in crate::federation) use intake::take_in_fetched;
pub use quotes::LOOK_AGAIN;

use chrono::TimeDelta;

use crate::error::{Error, Result};
use crate::federation::fetch::{FetchError, Visit};
use crate::federation::inbox::PROCESS;
use crate::federation::normalize::{self, Object};
use crate::federation::{Federation, actors_in, guard};
use crate::model::event::Event;
use crate::model::ids::{AccountId, PostId};
use crate::model::peer::is_spoken_to;
use crate::model::viewer::leaves_the_node;
use crate::model::words::{AccountState, Audience, PeerMode};
use crate::store::accounts::{self, Account};
use crate::store::db::Tx;
use crate::store::posts::Post;
use crate::store::{held, inbound, jobs};

/// Why an activity has no effect.
#[derive(Debug, thiserror::Error)]
pub(in crate::federation) enum Stop {
    /// Nothing is to be done, or nothing we want to do.
    #[error("ignored: {0}")]
    Ignored(&'static str),
    /// A rule says no.
    #[error("refused: {0}")]
    Refused(String),
    /// A node that is needed does not answer now: tried again, beside what came after it.
    #[error("later: {0}")]
    Later(String),
    /// A fault of ours: the job is tried again.
    #[error(transparent)]
    Fault(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::Ignored("what it is about is not here"),
            Error::Gone => Self::Ignored("what it is about is gone"),
            Error::Forbidden(why) | Error::Conflict(why) => Self::Refused(why.to_string()),
            Error::Invalid { field, why } => Self::Refused(format!("{field}: {why}")),
            fault => Self::Fault(fault),
        }
    }
}

impl From<FetchError> for Stop {
    fn from(error: FetchError) -> Self {
        if error.is_passing() {
            return Self::Later(error.to_string());
        }
        Self::Refused(format!("a fetch failed: {error}"))
    }
}

/// The result of working on an activity: a word for the log.
type Outcome<T = &'static str> = std::result::Result<T, Stop>;

/// An activity that is known to come from its actor.
#[derive(Debug, Clone)]
struct Activity {
    /// Its id.
    id: String,
    /// Its type.
    kind: String,
    /// Who did it.
    actor: Account,
    /// All of it.
    fields: Object,
    /// As it came, byte for byte.
    body: String,
    /// What the node that handed it in may do here.
    mode: PeerMode,
    /// The community through whose Announce it came.
    via: Option<AccountId>,
}

impl Activity {
    /// The id of its object.
    fn object_id(&self) -> Option<&str> {
        normalize::id(&self.fields, "object")
    }

    /// Its object, where it is embedded.
    fn object(&self) -> Option<&Object> {
        normalize::object(&self.fields, "object")
    }
}

/// What every handler needs.
#[derive(Clone, Copy)]
struct Desk<'a> {
    fed: &'a Federation,
    visit: &'a Visit,
}

impl Desk<'_> {
    /// The actor of an address, fetched if need be.
    async fn actor(&self, uri: &str) -> Outcome<Account> {
        let id = match actors_in::actor(self.fed, self.visit, uri).await {
            Ok(id) => id,
            Err(Error::Internal(error)) => return Err(Stop::Fault(Error::Internal(error))),
            Err(Error::Unavailable(why)) => return Err(Stop::Later(why)),
            Err(_) => return Err(Stop::Ignored("an actor that cannot be had")),
        };
        let account = self
            .fed
            .app
            .db
            .read(move |conn| accounts::get(conn, id))
            .await?;
        if account.uri != uri {
            return Err(Stop::Refused("an actor with another id".into()));
        }
        if account.state != AccountState::Active {
            return Err(Stop::Ignored("the actor does not act any more"));
        }
        Ok(account)
    }

    /// The mode of the node that an address belongs to.
    async fn mode_of(&self, uri: &str) -> Outcome<PeerMode> {
        let domain = guard::domain_of(uri).ok_or(Stop::Refused("no web address".into()))?;
        Ok(self.fed.mode_of(&domain).await?)
    }

    /// Whether an address is one of this node.
    fn is_ours(&self, uri: &str) -> bool {
        guard::same_origin(uri, &self.fed.app.config.base_url())
    }

    /// Runs an effect in one transaction.
    async fn write<T, F>(&self, work: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        Ok(self.fed.app.db.write(work).await?)
    }
}

/// Works on a stored activity. Doing it twice does no harm.
///
/// # Errors
/// A fault of this node, after which it is to be tried again. Whatever is wrong with the activity is no error: it is
/// noted as its outcome.
pub async fn process(fed: &Federation, inbound_id: i64, tries: u32) -> Result<()> {
    let row = fed
        .app
        .db
        .read(move |conn| inbound::find(conn, inbound_id))
        .await?;
    let Some(row) = row.filter(|row| row.outcome.is_none()) else {
        return Ok(());
    };
    let visit = fed.visit();
    let desk = Desk { fed, visit: &visit };
    let (id, domain) = (row.activity_uri.clone(), row.peer_domain.clone());
    let outcome = match begin(desk, row).await {
        Ok(word) => word.to_owned(),
        Err(Stop::Fault(error)) => return Err(error),
        Err(Stop::Later(why)) if tries < LATER_TRIES => {
            tracing::info!(activity.id = %id, remote.host = %domain, why, "activity put off");
            return put_off(fed, inbound_id, tries + 1).await;
        }
        Err(stop) => stop.to_string(),
    };
    tracing::info!(activity.id = %id, remote.host = %domain, outcome = %outcome, "activity worked on");
    fed.app
        .db
        .write(move |tx| inbound::set_outcome(tx, inbound_id, &outcome))
        .await
}

/// The job that fetches an actor anew.
///
/// # Errors
/// A fault of this node.
pub async fn refresh(fed: &Federation, uri: &str) -> Result<()> {
    let visit = fed.visit();
    match actors::refreshed(Desk { fed, visit: &visit }, uri).await {
        Err(Stop::Fault(error)) => Err(error),
        outcome => {
            tracing::debug!(actor = uri, ?outcome, "an actor was fetched anew");
            Ok(())
        }
    }
}

/// The job that looks again at the consent to a quote, by the id of the post that quotes.
///
/// # Errors
/// `Unavailable` where the consent cannot be looked at now; a fault of this node.
pub async fn look_at_quote(fed: &Federation, post: &str) -> Result<()> {
    let post: PostId = post.parse().map_err(|_why| Error::NotFound)?;
    let visit = fed.visit();
    match quotes::look_again(Desk { fed, visit: &visit }, post).await {
        Err(Stop::Fault(error)) => Err(error),
        Err(Stop::Later(why)) => Err(Error::Unavailable(why)),
        outcome => {
            tracing::debug!(post = post.0, ?outcome, "a quote was looked at again");
            Ok(())
        }
    }
}

/// How often an activity that needs another node is tried again; the waits double from half a minute, to two days in all.
const LATER_TRIES: u32 = 12;

/// Puts an activity off, in a lane of its own, so that a node that is down holds up nobody else's.
async fn put_off(fed: &Federation, inbound_id: i64, tries: u32) -> Result<()> {
    let wait = TimeDelta::seconds(15 << tries.min(LATER_TRIES));
    fed.app
        .db
        .write(move |tx| {
            let lane = format!("later {inbound_id}");
            let (payload, at) = (format!("{inbound_id} {tries}"), tx.now() + wait);
            jobs::enqueue_at(tx, PROCESS, &lane, &payload, at).map(drop)
        })
        .await
}

/// Notes that something about an actor was done, under a name that no activity can have; kept as long as activities are.
fn note_done(tx: &mut Tx<'_>, name: String, actor: &Account, word: &str) -> Result<()> {
    let row = inbound::Inbound {
        id: tx.new_id(),
        activity_uri: name,
        signer_uri: actor.uri.clone(),
        peer_domain: actor.domain.clone(),
        body: String::new(),
        outcome: Some(word.to_owned()),
        received_at: tx.now(),
    };
    inbound::insert(tx, &row).map(drop)
}

async fn begin(desk: Desk<'_>, row: inbound::Inbound) -> Outcome {
    let fields: Object =
        serde_json::from_str(&row.body).map_err(|_| Stop::Refused("not an object".into()))?;
    let uri = normalize::id(&fields, "actor")
        .unwrap_or_default()
        .to_owned();
    let kind = normalize::kind(&fields).to_owned();
    let mode = desk.mode_of(&uri).await?;
    if !is_spoken_to(mode) {
        return Err(Stop::Refused("its node is not spoken to".into()));
    }
    if kind == "Delete" && normalize::id(&fields, "object") == Some(uri.as_str()) {
        return actors::deleted(desk, &uri).await;
    }
    let actor = desk.actor(&uri).await?;
    let id = row.activity_uri;
    dispatch(
        desk,
        Activity {
            id,
            kind,
            actor,
            fields,
            body: row.body,
            mode,
            via: None,
        },
    )
    .await
}

/// Hands an activity to whoever knows its type.
async fn dispatch(desk: Desk<'_>, activity: Activity) -> Outcome {
    match (activity.kind.as_str(), activity.via) {
        ("Create", _) => posts::created(desk, activity).await,
        ("Update", _) => posts::updated(desk, activity).await,
        ("Delete", _) => posts::deleted(desk, activity).await,
        ("Like" | "EmojiReact", _) => marks::liked(desk, activity).await,
        ("ChooseAnswer", _) => answers::chosen(desk, activity, false).await,
        ("Undo", _) => undo::undone(desk, activity).await,
        ("Add" | "Remove", _) => collections::changed(desk, activity).await,
        ("Announce", None) => announce::announced(desk, activity).await,
        ("Follow", None) => follows::asked(desk, activity).await,
        ("Accept", None) => quotes::answered(desk, activity, true).await,
        ("Reject", None) => quotes::answered(desk, activity, false).await,
        ("QuoteRequest", None) => quotes::requested(desk, activity).await,
        ("Block", _) => actors::blocked(desk, activity).await,
        ("Move", None) => moves::moved(desk, activity).await,
        ("Flag", None) => flags::flagged(desk, activity).await,
        ("Dislike", _) => Err(Stop::Ignored("dislikes are not counted")),
        _ => Err(Stop::Ignored("nothing is done about this type")),
    }
}

/// What a local community took in and passes on.
struct Accepted<'a> {
    activity: &'a Activity,
    post: &'a Post,
    new: bool,
    removed: bool,
}

/// Has the community of a post pass on an activity, if this node hosts it, it came directly, and everybody may read the
/// post; about one that waits for a steward, once that lets it through.
fn relay(tx: &mut Tx<'_>, accepted: &Accepted<'_>) -> Result<()> {
    let Accepted {
        activity,
        post,
        new,
        removed,
    } = accepted;
    let Some(community) = post.community_id.filter(|_| activity.via.is_none()) else {
        return Ok(());
    };
    let open = post.audience == Audience::Public
        && leaves_the_node(post.audience, post.boundary, post.local_only);
    if !open || !accounts::get(tx, community)?.is_local() {
        return Ok(());
    }
    if post.held {
        // What is let through later is passed on then; what is gone by then is nobody's business.
        return if *removed {
            held::take(tx, post.id).map(drop)
        } else {
            held::keep(tx, post.id, &activity.body)
        };
    }
    let top = Some(post.id).filter(|_| post.parent_id.is_none());
    tx.emit(Event::Relayed {
        community,
        activity: activity.body.clone(),
        new_post: top.filter(|_| *new),
        changed_post: top.filter(|_| !*new),
        removed: *removed,
    });
    Ok(())
}

/// Has the community of a post pass on something about it that is no change of it, such as a Like.
fn relay_mark(tx: &mut Tx<'_>, activity: &Activity, post: &Post) -> Result<()> {
    let Some(community) = post.community_id.filter(|_| activity.via.is_none()) else {
        return Ok(());
    };
    let leaves = leaves_the_node(post.audience, post.boundary, post.local_only);
    if post.audience == Audience::Public && leaves && accounts::get(tx, community)?.is_local() {
        tx.emit(Event::Relayed {
            community,
            activity: activity.body.clone(),
            new_post: None::<PostId>,
            changed_post: None,
            removed: false,
        });
    }
    Ok(())
}

/// A community speaks only of its own posts.
fn belongs(activity: &Activity, post: &Post) -> Result<()> {
    if activity.via.is_some() && activity.via != post.community_id {
        return Err(Error::NotFound);
    }
    Ok(())
}
