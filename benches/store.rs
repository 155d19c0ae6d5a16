//! What the two doors and the union of both databases cost: the figures of docs/decisions/0002. SQLite in a temporary
//! file; PostgreSQL where `CORDEE_TEST_POSTGRES` names one or its programs are installed.

use cordee::dev::seed::{Amount, seed};
use cordee::model::ids::PostId;
use cordee::model::viewer::Viewer;
use cordee::model::words::Role;
use cordee::store::timelines::{self, Origin};
use cordee::store::{accounts, posts};
use divan::Bencher;

use crate::support::databases::Database;
use crate::support::world::World;

const AMOUNT: Amount = Amount {
    people: 50,
    communities: 3,
    posts: 1000,
    follows: 20,
    seed: 1,
};
const DATABASES: [&str; 2] = ["SQLite", "PostgreSQL"];
/// Reads in one measured run, within one opening of the door.
const READS: usize = 100;

/// A seeded node on this database, one of its people and one of its posts; `None` where the machine has no such database.
fn seeded(kind: &str) -> Option<(World, Viewer, PostId)> {
    let database = Database::each()
        .into_iter()
        .find(|found| found.kind == kind)?;
    let world = World::on(database);
    let seeded = world
        .runtime
        .block_on(seed(&world.app.db, AMOUNT, |_| {}))
        .unwrap();
    let me = world
        .read(move |conn| accounts::find_local(conn, &seeded.account))
        .unwrap();
    let viewer = Viewer::Person {
        id: me.id,
        role: Role::Member,
    };
    let (reader, now) = (viewer, world.app.db.now());
    let newest = world.read(move |conn| {
        let page = cordee::store::page::Page::first(1);
        timelines::public(conn, &reader, Origin::All, false, now, &page)
    });
    Some((world, viewer, newest[0].post))
}

/// Opening and closing the door for reading, with nothing done in between.
#[divan::bench(args = DATABASES)]
fn read_door(bencher: Bencher<'_, '_>, kind: &str) {
    let Some((world, ..)) = seeded(kind) else {
        return;
    };
    bencher.bench(|| world.read(|_| Ok(())));
}

/// Opening and closing the door for writing: one durable, empty commit.
#[divan::bench(args = DATABASES)]
fn write_door(bencher: Bencher<'_, '_>, kind: &str) {
    let Some((world, ..)) = seeded(kind) else {
        return;
    };
    bencher.bench(|| world.write(|_| Ok(())).unwrap());
}

/// A hundred rows by id, each a query through the union.
#[divan::bench(args = DATABASES)]
fn rows_through_the_union(bencher: Bencher<'_, '_>, kind: &str) {
    let Some((world, _, post)) = seeded(kind) else {
        return;
    };
    bencher.bench(|| {
        world.read(move |conn| {
            for _ in 0..READS {
                posts::get(conn, post)?;
            }
            Ok(())
        });
    });
}

/// A hundred lines by id, each a query dispatched to the concrete connection, whose text is not written again.
#[divan::bench(args = DATABASES)]
fn lines_by_on_backend(bencher: Bencher<'_, '_>, kind: &str) {
    let Some((world, viewer, post)) = seeded(kind) else {
        return;
    };
    bencher.bench(|| {
        world.read(move |conn| {
            for _ in 0..READS {
                timelines::by_ids(conn, &viewer, &[post])?;
            }
            Ok(())
        });
    });
}
