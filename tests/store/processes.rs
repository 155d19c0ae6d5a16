//! Two processes on one PostgreSQL: what one does, the other hears. SQLite has one that serves.

use std::sync::Arc;
use std::time::Duration;

use cordee::app::{App, relay};
use cordee::config::Config;
use cordee::model::event::Event;
use cordee::model::ids::PostId;
use cordee::model::time::Clock;
use cordee::server;
use cordee::store::jobs;
use tokio::sync::broadcast::Receiver;
use tokio_util::sync::CancellationToken;

use crate::support::databases::Database;
use crate::support::world::{World, posted, text};

/// What comes within a moment.
fn next(world: &World, events: &mut Receiver<Event>) -> Option<Event> {
    let come = async { tokio::time::timeout(Duration::from_millis(200), events.recv()).await };
    world.runtime.block_on(come).ok().map(Result::unwrap)
}

/// Writes in one process until the other hears of it: it may not listen yet.
fn arrives(world: &World, from: &App, to: &App) -> bool {
    let karim = world.person(&format!("p{}", from.db.now().and_utc().timestamp_millis()));
    let mut events = to.hub.listen();
    for _ in 0..100 {
        let db = from.db.clone();
        let written = db.write(move |tx| Ok(posted(tx, karim, text("hello"))?.id));
        let post = world.runtime.block_on(written).unwrap();
        while let Some(event) = next(world, &mut events) {
            if event == (Event::PostCreated { post }) {
                return true;
            }
        }
    }
    false
}

#[test]
fn what_one_process_does_the_other_hears() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.database.url.clone_from(&database.url);
    home.path().clone_into(&mut config.data_dir);
    let one = World::on(database);
    let clock: Arc<dyn Clock> = one.clock.clone();
    let other = one
        .runtime
        .block_on(server::open_at(config, clock))
        .unwrap();
    let ends = [&one.app, &other].map(|app| {
        let end = CancellationToken::new();
        let task = relay::run(app.clone(), end.clone());
        one.runtime.block_on(async { app.spawn(task) });
        end
    });
    assert!(arrives(&one, &one.app, &other));
    assert!(arrives(&one, &other, &one.app));
    // Each hears of its own work once, not again by way of the database.
    let (mut here, mut there) = (one.app.hub.listen(), other.hub.listen());
    one.write(|tx| jobs::enqueue(tx, "test", "", "").map(drop))
        .unwrap();
    assert_eq!(next(&one, &mut there), Some(Event::JobQueued));
    assert_eq!(next(&one, &mut here), Some(Event::JobQueued));
    assert_eq!(next(&one, &mut here), None);
    let woken = async {
        let work = other.hub.work().notified();
        tokio::time::timeout(Duration::from_secs(5), work).await
    };
    let woken = one.runtime.block_on(woken);
    assert!(woken.is_ok(), "a worker looks for jobs at once");
    // What is still written while a process stops is told before it ends.
    one.app.stopping.cancel();
    one.write(|tx| {
        for number in 0..250 {
            tx.emit(Event::PostCreated {
                post: PostId(number),
            });
        }
        Ok(())
    })
    .unwrap();
    ends[0].cancel();
    for number in 0..250 {
        let post = PostId(number);
        assert_eq!(next(&one, &mut there), Some(Event::PostCreated { post }));
    }
    ends[1].cancel();
}
