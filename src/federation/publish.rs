//! Events become activities: each kind of event is mapped once, in the transaction in which it happens, so that nothing
//! is told that was not stored and nothing stored is left untold. Where nobody on another node is concerned, nothing is
//! written.

mod actors;
pub(super) mod boosts;
mod envelope;
mod polls;
pub(super) mod posts;
mod quotes;
mod reports;

pub use polls::{TELL_COUNT, tell_count};

use crate::error::Result;
use crate::model::event::Event;
use crate::model::words::MembershipState;
use crate::store::db::Tx;
use crate::store::marks;
use posts::{Change, Choice, Relay};

/// Queues what other nodes must hear of an event.
///
/// # Errors
/// Whatever the database says; the transaction is then rolled back.
#[expect(
    clippy::too_many_lines,
    reason = "the one exhaustive match from events to activities"
)]
pub fn publish(tx: &mut Tx<'_>, event: &Event) -> Result<()> {
    if !tx.node().federates {
        return Ok(());
    }
    match event {
        Event::PostCreated { post } => posts::changed(tx, *post, Change::New),
        Event::PostEdited { post }
        | Event::PostRestated { post }
        | Event::PollCounted { post }
        | Event::PollEnded { post } => posts::changed(tx, *post, Change::Edited),
        Event::QuoteRequested { quote } => quotes::requested(tx, *quote),
        Event::QuoteDecided { quote, .. } => quotes::decided(tx, *quote),
        Event::QuoteRevoked { quote, stamp } => quotes::revoked(tx, *quote, stamp),
        Event::PostDeleted { post, by } => posts::deleted(tx, *post, *by),
        Event::Relayed {
            community,
            activity,
            new_post,
            changed_post,
            removed,
        } => {
            let (new_post, changed_post, removed) = (*new_post, *changed_post, *removed);
            posts::relayed(
                tx,
                Relay {
                    community: *community,
                    activity,
                    new_post,
                    changed_post,
                    removed,
                },
            )
        }
        Event::Boosted { boost, post, by } => {
            let Some(row) = marks::find_boost_by_id(tx, *boost)? else {
                return Ok(());
            };
            boosts::boosted(tx, &row.uri, *post, *by, row.visibility, false)
        }
        Event::Unboosted {
            uri,
            post,
            by,
            visibility,
            ..
        } => boosts::boosted(tx, uri, *post, *by, *visibility, true),
        Event::Favourited { reaction, post, by } => posts::liked(tx, *reaction, *post, *by, false),
        Event::Unfavourited { reaction, post, by } => posts::liked(tx, *reaction, *post, *by, true),
        Event::AnswerAccepted {
            question,
            answer,
            by,
            uri,
        } => posts::accepted(
            tx,
            &Choice {
                question: *question,
                answer: *answer,
                by: *by,
                uri,
                taken_back: false,
            },
        ),
        Event::AnswerUnaccepted {
            question,
            answer,
            by,
            uri,
        } => posts::accepted(
            tx,
            &Choice {
                question: *question,
                answer: *answer,
                by: *by,
                uri,
                taken_back: true,
            },
        ),
        Event::Voted { post, by } => polls::voted(tx, *post, *by),
        Event::FollowRequested {
            follower,
            target,
            uri,
            accepted,
        } => actors::follow_requested(tx, *follower, *target, uri, *accepted),
        Event::FollowDecided {
            follower,
            target,
            uri,
            accepted,
        } => actors::follow_decided(tx, *follower, *target, uri, *accepted),
        Event::Unfollowed {
            follower,
            target,
            uri,
        } => actors::unfollowed(tx, *follower, *target, uri),
        Event::Blocked {
            by,
            target,
            uri,
            undone,
        } => actors::blocked(tx, *by, *target, uri, *undone),
        Event::AccountUpdated { account } => actors::updated(tx, *account),
        Event::AccountDeleted { account } => actors::deleted(tx, *account),
        Event::AccountMoved { account, target } => actors::moved(tx, *account, *target),
        Event::MembershipChanged {
            community,
            account,
            state,
        } if *state == MembershipState::Banned => actors::ban(tx, *community, *account, false),
        Event::BanLifted { community, account } => actors::ban(tx, *community, *account, true),
        Event::Reported { report } => reports::reported(tx, *report),
        // The rest concerns this node alone.
        Event::MembershipChanged { .. }
        | Event::SignedUp { .. }
        | Event::Announced { .. }
        | Event::Notified { .. }
        | Event::Severed { .. }
        | Event::Warned { .. }
        | Event::FiltersChanged { .. }
        | Event::AnnouncementPublished { .. }
        | Event::AnnouncementRemoved { .. }
        | Event::AnnouncementReacted { .. }
        | Event::Received { .. }
        | Event::JobQueued
        | Event::PeerChanged { .. } => Ok(()),
    }
}
