//! What waits to be delivered: one row an activity, one row a receiving inbox, and per peer a cursor and its failures.
//! A target row goes away only once its answer is known, so a kill loses nothing and at most repeats one delivery. That a
//! node does not answer is counted with the peer; that it says no to something, with that one delivery.

use std::collections::BTreeSet;

use diesel::dsl::{count_star, exists, min, not};
use diesel::prelude::*;

use super::conn::{Conn, on_backend};
use super::db::Tx;
use super::peers::{self, Peer};
use super::schema::{outbox, outbox_targets, peers as peer_rows};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::time::Time;

/// Later activities that are looked through for one that takes a refused one back.
const TAKEN_BACK: i64 = 500;
/// An inbox that should get an activity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// The node: the authority in its ids.
    pub domain: String,
    /// Address of the inbox.
    pub inbox_url: String,
}

/// Queues an activity for some inboxes, in the transaction of the change that it tells of. Inboxes named twice get it
/// once. Nothing is queued where there is nobody to send to. The body must be the final JSON, proof included.
pub fn enqueue(
    tx: &mut Tx<'_>,
    activity_uri: &str,
    sender: AccountId,
    body: &str,
    targets: impl IntoIterator<Item = Target>,
) -> Result<Option<i64>> {
    let targets: BTreeSet<Target> = targets.into_iter().collect();
    if targets.is_empty() {
        return Ok(None);
    }
    let (id, now) = (tx.new_id(), tx.now());
    diesel::insert_into(outbox::table)
        .values((
            outbox::id.eq(id),
            outbox::activity_uri.eq(activity_uri),
            outbox::sender_id.eq(sender),
            outbox::body.eq(body),
            outbox::created_at.eq(now),
        ))
        .execute(&mut **tx)?;
    for target in &targets {
        let peer = peers::ensure(tx, &target.domain)?;
        let row = (
            outbox_targets::peer_id.eq(peer.id),
            outbox_targets::outbox_id.eq(id),
            outbox_targets::inbox_url.eq(&target.inbox_url),
        );
        let conn: &mut Conn = tx;
        on_backend!(conn, |c| diesel::insert_into(outbox_targets::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(Some(id))
}

/// The activity of this id as it was sent, if it is still kept.
pub fn find_body(conn: &mut Conn, activity_uri: &str) -> Result<Option<String>> {
    Ok(outbox::table
        .filter(outbox::activity_uri.eq(activity_uri))
        .order(outbox::id.asc())
        .select(outbox::body)
        .first(conn)
        .optional()?)
}

/// Peers whose time has come and for whom something waits that may be tried.
pub fn due_peers(conn: &mut Conn, now: Time) -> Result<Vec<i64>> {
    let due = outbox_targets::next_attempt_at
        .is_null()
        .or(outbox_targets::next_attempt_at.le(now));
    Ok(peer_rows::table
        .filter(
            peer_rows::next_attempt_at
                .is_null()
                .or(peer_rows::next_attempt_at.le(now)),
        )
        .filter(exists(
            outbox_targets::table
                .filter(outbox_targets::peer_id.eq(peer_rows::id))
                .filter(due),
        ))
        .select(peer_rows::id)
        .load(conn)?)
}

/// When the time of the next peer or of the next refused delivery comes, but for some peers. What is due by now is told
/// by [`due_peers`].
pub fn next_attempt(conn: &mut Conn, except: &[i64], now: Time) -> Result<Option<Time>> {
    let peer: Option<Time> = peer_rows::table
        .filter(peer_rows::id.ne_all(except))
        .filter(peer_rows::next_attempt_at.gt(now))
        .filter(exists(
            outbox_targets::table.filter(outbox_targets::peer_id.eq(peer_rows::id)),
        ))
        .select(min(peer_rows::next_attempt_at))
        .first(conn)?;
    let delivery: Option<Time> = outbox_targets::table
        .filter(outbox_targets::next_attempt_at.gt(now))
        .filter(outbox_targets::peer_id.ne_all(except))
        .select(min(outbox_targets::next_attempt_at))
        .first(conn)?;
    Ok(peer.into_iter().chain(delivery).min())
}

/// One delivery to make.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Delivery {
    /// The receiving node.
    pub peer_id: i64,
    /// The activity's row.
    pub outbox_id: i64,
    /// Address of the inbox.
    pub inbox_url: String,
    /// The activity's own id.
    pub activity_uri: String,
    /// Who signs.
    pub sender_id: AccountId,
    /// What is sent, byte for byte.
    pub body: String,
    /// How often the peer said no to it.
    pub refusals: i32,
    /// When it first did.
    pub refused_at: Option<Time>,
}

/// Deliveries to a peer with what is sent, in the order of the activities.
macro_rules! deliveries_to {
    ($peer_id:expr) => {
        outbox_targets::table
            .inner_join(outbox::table.on(outbox::id.eq(outbox_targets::outbox_id)))
            .filter(outbox_targets::peer_id.eq($peer_id))
            .order((
                outbox_targets::outbox_id.asc(),
                outbox_targets::inbox_url.asc(),
            ))
            .select((
                outbox_targets::peer_id,
                outbox_targets::outbox_id,
                outbox_targets::inbox_url,
                outbox::activity_uri,
                outbox::sender_id,
                outbox::body,
                outbox_targets::refusals,
                outbox_targets::refused_at,
            ))
    };
}

/// The next deliveries to a peer that may be tried by now: those never refused first, so that none of them waits behind
/// what is refused again and again; each in the order of the activities, which is that of the key: nothing is sorted.
pub fn next_for(conn: &mut Conn, peer_id: i64, now: Time, limit: i64) -> Result<Vec<Delivery>> {
    let mut found: Vec<Delivery> = deliveries_to!(peer_id)
        .filter(outbox_targets::next_attempt_at.is_null())
        .limit(limit)
        .load(conn)?;
    let room = limit.saturating_sub(i64::try_from(found.len()).unwrap_or(limit));
    if room > 0 {
        let refused: Vec<Delivery> = deliveries_to!(peer_id)
            // Turned round, so that SQLite goes by the key here too, not by the time of all peers with a sort.
            .filter(not(outbox_targets::next_attempt_at.gt(now)))
            .limit(room)
            .load(conn)?;
        found.extend(refused);
    }
    Ok(found)
}

/// Whether something that was refused has been taken back since: a later Delete or Undo of the same sender names one of
/// these ids. Delivered now, it would come after its own end.
pub fn is_taken_back(conn: &mut Conn, delivery: &Delivery, ids: &[String]) -> Result<bool> {
    let mut named = false;
    for id in ids {
        let quoted = format!("\"{id}\"");
        // The pattern only narrows down what is read: LIKE takes `_` and `%` in an id for any text.
        let later: Vec<String> = outbox::table
            .filter(outbox::sender_id.eq(delivery.sender_id))
            .filter(outbox::id.gt(delivery.outbox_id))
            .filter(
                outbox::body
                    .like("%\"Delete\"%")
                    .or(outbox::body.like("%\"Undo\"%")),
            )
            .filter(outbox::body.like(format!("%{quoted}%")))
            .select(outbox::body)
            .limit(TAKEN_BACK)
            .load(conn)?;
        named |= later.iter().any(|body| body.contains(&quoted));
    }
    Ok(named)
}

/// Lets go of a delivery that has no sense any more.
pub fn drop_one(conn: &mut Conn, delivery: &Delivery) -> Result<()> {
    remove(conn, delivery)
}

/// A peer did not answer: refusals before that say nothing about now, so their time begins anew.
pub fn forgive(conn: &mut Conn, peer_id: i64) -> Result<()> {
    diesel::update(
        outbox_targets::table
            .filter(outbox_targets::peer_id.eq(peer_id))
            .filter(outbox_targets::refused_at.is_not_null()),
    )
    .set(outbox_targets::refused_at.eq(None::<Time>))
    .execute(conn)?;
    Ok(())
}

fn remove(conn: &mut Conn, delivery: &Delivery) -> Result<()> {
    diesel::delete(outbox_targets::table.find((
        delivery.peer_id,
        delivery.outbox_id,
        &delivery.inbox_url,
    )))
    .execute(conn)?;
    Ok(())
}

/// A delivery arrived.
pub fn succeeded(tx: &mut Tx<'_>, delivery: &Delivery) -> Result<()> {
    let now = tx.now();
    remove(tx, delivery)?;
    diesel::update(peer_rows::table.find(delivery.peer_id))
        .set((
            peer_rows::delivered_through.eq(delivery.outbox_id),
            peer_rows::failures.eq(0),
            peer_rows::next_attempt_at.eq(None::<Time>),
            peer_rows::last_success_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// A peer does not answer; all that waits for it is tried again from a time on.
pub fn failed(tx: &mut Tx<'_>, peer_id: i64, error: &str, again_at: Time) -> Result<()> {
    diesel::update(peer_rows::table.find(peer_id))
        .set((
            peer_rows::failures.eq(peer_rows::failures + 1),
            peer_rows::next_attempt_at.eq(again_at),
        ))
        .execute(&mut **tx)?;
    note_error(tx, peer_id, error)
}

fn note_error(tx: &mut Tx<'_>, peer_id: i64, error: &str) -> Result<()> {
    let now = tx.now();
    diesel::update(peer_rows::table.find(peer_id))
        .set((
            peer_rows::last_error.eq(error),
            peer_rows::last_error_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// A peer said no to a delivery. It alone is tried again at a time; the others go on.
pub fn refused(tx: &mut Tx<'_>, delivery: &Delivery, error: &str, again_at: Time) -> Result<()> {
    let since = delivery.refused_at.unwrap_or_else(|| tx.now());
    let key = (
        delivery.peer_id,
        delivery.outbox_id,
        delivery.inbox_url.as_str(),
    );
    diesel::update(outbox_targets::table.find(key))
        .set((
            outbox_targets::refusals.eq(outbox_targets::refusals + 1),
            outbox_targets::refused_at.eq(since),
            outbox_targets::next_attempt_at.eq(again_at),
        ))
        .execute(&mut **tx)?;
    note_error(tx, delivery.peer_id, error)
}

/// Lets what was refused so far at an inbox be tried at once, unless it was refused often: the inbox takes something
/// again. What comes of one sender then comes in order, but for the delivery that showed it.
pub fn wake_refused(conn: &mut Conn, delivery: &Delivery, often: i32) -> Result<()> {
    let of_sender = outbox::table
        .filter(outbox::sender_id.eq(delivery.sender_id))
        .select(outbox::id);
    let refused = outbox_targets::table
        .filter(outbox_targets::peer_id.eq(delivery.peer_id))
        .filter(outbox_targets::inbox_url.eq(&delivery.inbox_url))
        .filter(outbox_targets::next_attempt_at.is_not_null())
        .filter(outbox_targets::refusals.lt(often))
        .filter(outbox_targets::outbox_id.eq_any(of_sender));
    diesel::update(refused)
        .set(outbox_targets::next_attempt_at.eq(None::<Time>))
        .execute(conn)?;
    Ok(())
}

/// A delivery is given up; the admin finds it in the audit log and the peer's last error.
pub fn gave_up(tx: &mut Tx<'_>, delivery: &Delivery, domain: &str, error: &str) -> Result<()> {
    remove(tx, delivery)?;
    diesel::update(peer_rows::table.find(delivery.peer_id))
        .set(peer_rows::delivered_through.eq(delivery.outbox_id))
        .execute(&mut **tx)?;
    note_error(tx, delivery.peer_id, error)?;
    let detail = format!("{}: {error}", delivery.activity_uri);
    note_loss(tx, domain, &detail)
}

fn note_loss(tx: &mut Tx<'_>, domain: &str, detail: &str) -> Result<()> {
    super::audit::add(tx, None, "delivery.failed", domain, detail)
}

/// Gives up what was queued before a time and could not be delivered since; how many. The admin finds one line a peer in
/// the audit log.
pub fn expire(tx: &mut Tx<'_>, before: Time) -> Result<usize> {
    let old = || outbox::table.filter(outbox::created_at.lt(before));
    let lost: Vec<(i64, i64)> = outbox_targets::table
        .filter(outbox_targets::outbox_id.eq_any(old().select(outbox::id)))
        .group_by(outbox_targets::peer_id)
        .select((outbox_targets::peer_id, count_star()))
        .load(&mut **tx)?;
    let mut all = 0;
    for (peer_id, count) in lost {
        let Some(peer) = peers::find_by_id(tx, peer_id)? else {
            continue;
        };
        all += diesel::delete(
            outbox_targets::table
                .filter(outbox_targets::peer_id.eq(peer_id))
                .filter(outbox_targets::outbox_id.eq_any(old().select(outbox::id))),
        )
        .execute(&mut **tx)?;
        let detail = format!("{count} deliveries could not be made in time");
        note_loss(tx, &peer.domain, &detail)?;
    }
    Ok(all)
}

/// An inbox is gone for good: nothing more goes there.
pub fn drop_inbox(conn: &mut Conn, peer_id: i64, inbox_url: &str) -> Result<()> {
    diesel::delete(
        outbox_targets::table.filter(
            outbox_targets::peer_id
                .eq(peer_id)
                .and(outbox_targets::inbox_url.eq(inbox_url)),
        ),
    )
    .execute(conn)?;
    Ok(())
}

/// A peer is not spoken to any more: what waits for it is dropped.
pub fn drop_peer(conn: &mut Conn, peer_id: i64) -> Result<usize> {
    Ok(
        diesel::delete(outbox_targets::table.filter(outbox_targets::peer_id.eq(peer_id)))
            .execute(conn)?,
    )
}

/// Lets the next try happen at once, for one peer or for all; how many peers that are.
pub fn retry_now(conn: &mut Conn, domain: Option<&str>) -> Result<usize> {
    let none = peer_rows::next_attempt_at.eq(None::<Time>);
    let waits = outbox_targets::table.filter(outbox_targets::next_attempt_at.is_not_null());
    let now = outbox_targets::next_attempt_at.eq(None::<Time>);
    Ok(match domain {
        Some(domain) => {
            let named = || peer_rows::table.filter(peer_rows::domain.eq(domain));
            let of_it = outbox_targets::peer_id.eq_any(named().select(peer_rows::id));
            diesel::update(waits.filter(of_it)).set(now).execute(conn)?;
            diesel::update(named()).set(none).execute(conn)?
        }
        None => {
            diesel::update(waits).set(now).execute(conn)?;
            diesel::update(peer_rows::table).set(none).execute(conn)?
        }
    })
}

/// How deliveries to one peer stand.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    /// The peer, with its last success and error.
    pub peer: Peer,
    /// Deliveries that wait.
    pub waiting: i64,
    /// When the oldest of them was queued.
    pub oldest: Option<Time>,
}

/// How deliveries stand, for one peer or for all, by name.
pub fn queues(conn: &mut Conn, domain: Option<&str>) -> Result<Vec<Queue>> {
    let found = match domain {
        Some(domain) => peers::find(conn, domain)?.into_iter().collect(),
        None => peers::list(conn)?,
    };
    let waiting: Vec<(i64, i64, Option<Time>)> = outbox_targets::table
        .inner_join(outbox::table.on(outbox::id.eq(outbox_targets::outbox_id)))
        .group_by(outbox_targets::peer_id)
        .select((
            outbox_targets::peer_id,
            count_star(),
            min(outbox::created_at),
        ))
        .load(conn)?;
    Ok(found
        .into_iter()
        .map(|peer| {
            let row = waiting.iter().find(|(id, ..)| *id == peer.id);
            let (waiting, oldest) = row.map_or((0, None), |(_, n, oldest)| (*n, *oldest));
            Queue {
                peer,
                waiting,
                oldest,
            }
        })
        .collect())
}

/// Forgets activities that were delivered and are older than a time; how many.
pub fn prune(conn: &mut Conn, before: Time) -> Result<usize> {
    let waiting = outbox_targets::table.filter(outbox_targets::outbox_id.eq(outbox::id));
    let old = outbox::table
        .filter(outbox::created_at.lt(before))
        .filter(diesel::dsl::not(exists(waiting)));
    Ok(diesel::delete(old).execute(conn)?)
}
