//! What happens by the clock: polls end, and what is no longer needed goes.

use std::time::Duration;

use chrono::TimeDelta;

use crate::actions::react;
use crate::actions::sign_up::forget_unconfirmed;
use crate::app::App;
use crate::app::uploads::files_of;
use crate::error::Result;
use crate::model::push;
use crate::store::dialect::health;
use crate::store::{
    barriers, follows, home, idempotency, inbound, invitations, leftovers, marks, media, outbox,
    pushes, sessions, transfers,
};

/// How often polls are looked at.
const TICK: Duration = Duration::from_secs(5);
/// How long nothing is removed where the store of files did not do it.
const AWAY: Duration = Duration::from_mins(1);
/// Ticks between two rounds of tidying: an hour.
const TIDY_EVERY: u32 = 720;
/// Polls ended in one tick at most.
const POLLS: i64 = 100;
/// Mutes ended in one tick at most.
const MUTES: i64 = 1000;
/// Files in no post are kept this long.
const UNUSED_HOURS: i64 = 24;
/// Files removed in one round at most.
const SWEPT: i64 = 500;
/// People who never confirmed their address, forgotten in one round at most.
const FORGOTTEN: i64 = 500;
/// Activities that came in or went out are kept this long, to recognise repetitions and to answer fetches; and so long
/// does what waits for a node that does not answer.
const KEPT_DAYS: i64 = 30;

/// Runs until the node stops.
pub async fn run(app: App) {
    let mut ticks = 0_u32;
    let mut interval = tokio::time::interval(TICK);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = interval.tick() => {}
            () = app.stopping.cancelled() => return,
        }
        if let Err(error) = end_polls(&app).await {
            tracing::warn!(job.name = "end_polls", %error, outcome = "failed", "polls could not be ended");
        }
        if let Err(error) = end_mutes(&app).await {
            tracing::warn!(job.name = "end_mutes", %error, outcome = "failed", "mutes could not be ended");
        }
        if ticks.is_multiple_of(TIDY_EVERY)
            && let Err(error) = tidy(&app).await
        {
            tracing::warn!(job.name = "tidy", %error, outcome = "failed", "tidying did not finish");
        }
        ticks = ticks.wrapping_add(1);
    }
}

/// Removes files that nothing needs any more, until the node stops: beside the clock, which does not wait for a store.
pub async fn clear(app: App) {
    let mut pause = TICK;
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.stopping.cancelled() => return,
        }
        pause = TICK;
        if let Err(error) = app.remove_leftovers().await {
            pause = AWAY;
            tracing::warn!(job.name = "remove_leftovers", %error, outcome = "failed", "files that nothing needs any more could not be removed");
        }
    }
}

/// Ends polls whose time has come.
///
/// # Errors
/// `Unavailable` where the database does not answer.
pub async fn end_polls(app: &App) -> Result<()> {
    let now = app.db.now();
    let ended = app
        .db
        .read(move |conn| marks::list_ended_polls(conn, now, POLLS))
        .await?;
    for poll in ended {
        app.db.write(move |tx| react::end_poll(tx, poll)).await?;
    }
    Ok(())
}

/// Ends mutes whose time has come.
///
/// # Errors
/// `Unavailable` where the database does not answer.
pub async fn end_mutes(app: &App) -> Result<()> {
    let now = app.db.now();
    let ended = app
        .db
        .read(move |conn| follows::list_ended_mutes(conn, now, 1))
        .await?;
    if !ended.is_empty() {
        app.db
            .write(move |tx| follows::delete_ended_mutes(tx, now, MUTES).map(drop))
            .await?;
    }
    Ok(())
}

/// Forgets files that were uploaded and never used, or taken off their post a day ago; how many. Whoever uses one at this
/// very moment keeps it; the others go with what nothing names ([`App::remove_leftovers`]).
///
/// # Errors
/// `Unavailable` where the database does not answer.
pub async fn sweep_media(app: &App) -> Result<usize> {
    let before = app.db.now() - TimeDelta::hours(UNUSED_HOURS);
    let gone = app
        .db
        .write(move |tx| {
            let (mut gone, now) = (0, tx.now());
            for row in media::list_unattached(tx, before, SWEPT)? {
                if media::delete_unattached(tx, row.id)? {
                    gone += 1;
                    for file in files_of(&row) {
                        leftovers::note(tx, &file, now)?;
                    }
                }
            }
            Ok(gone)
        })
        .await?;
    Ok(gone)
}

/// Lets go of what is past its time.
///
/// # Errors
/// `Unavailable` where the database does not answer.
pub async fn tidy(app: &App) -> Result<()> {
    let before = app.db.now() - TimeDelta::days(KEPT_DAYS);
    app.db
        .write(move |tx| inbound::prune(tx, before).map(drop))
        .await?;
    app.db
        .write(move |tx| {
            outbox::expire(tx, before)?;
            outbox::prune(tx, before).map(drop)
        })
        .await?;
    let now = app.db.now();
    app.db.write(move |tx| idempotency::prune(tx, now)).await?;
    app.db
        .write(move |tx| sessions::delete_expired(tx, now).map(drop))
        .await?;
    app.db
        .write(move |tx| invitations::prune(tx, now).map(drop))
        .await?;
    app.db
        .write(move |tx| barriers::prune_networks(tx, now).map(drop))
        .await?;
    app.db
        .write(|tx| forget_unconfirmed(tx, FORGOTTEN).map(drop))
        .await?;
    app.db
        .write(move |tx| transfers::prune(tx, before).map(drop))
        .await?;
    let worthless = now - push::LIFE;
    app.db
        .write(move |tx| pushes::prune(tx, worthless).map(drop))
        .await?;
    sweep_media(app).await?;
    for account in app.db.read(home::list_full).await? {
        app.db.write(move |tx| home::trim(tx, account)).await?;
    }
    // Tidying looks at whole tables: an idle node need not keep their pages.
    app.db.read(health::shrink).await?;
    app.db.write(|tx| health::shrink(tx)).await
}
