//! The two doors: what is answered is stored, what fails leaves nothing, and nobody holds up the others.

use cordee::error::Error;
use cordee::store::settings;

use crate::support::world::World;

#[test]
fn a_unit_that_fails_takes_nobody_along() {
    World::each(|w| {
        let all = (0..40).map(|n| {
            w.app.db.write(move |tx| {
                settings::keep(tx, &format!("key{n}"), "value")?;
                if n % 3 == 0 { Err(Error::Gone) } else { Ok(n) }
            })
        });
        let done = w.runtime.block_on(futures::future::join_all(all));
        for (n, result) in done.iter().enumerate() {
            assert_eq!(result.is_err(), n % 3 == 0, "{} {n}", w.kind);
            let found = w.read(move |conn| settings::find(conn, &format!("key{n}")));
            assert_eq!(found.is_some(), n % 3 != 0, "{} {n}", w.kind);
        }
    });
}

#[test]
fn a_panic_rolls_back_and_the_door_stays_open() {
    World::each(|w| {
        let broken: Result<(), Error> = w.write(|tx| {
            settings::keep(tx, "half", "done")?;
            panic!("on purpose");
        });
        assert!(matches!(broken, Err(Error::Internal(_))), "{}", w.kind);
        assert_eq!(
            w.read(|conn| settings::find(conn, "half")),
            None,
            "{}",
            w.kind
        );
        w.write(|tx| settings::keep(tx, "whole", "done")).unwrap();
        assert_eq!(
            w.read(|conn| settings::find(conn, "whole")).as_deref(),
            Some("done")
        );
    });
}

#[test]
fn a_cancelled_caller_leaves_the_work_whole() {
    World::each(|w| {
        w.runtime.block_on(async {
            let work = w.app.db.write(|tx| settings::keep(tx, "orphan", "whole"));
            drop(futures::poll!(Box::pin(work)));
        });
        w.write(|_| Ok(())).unwrap();
        let found = w.read(|conn| settings::find(conn, "orphan"));
        assert!(
            found.is_none() || found.as_deref() == Some("whole"),
            "{}",
            w.kind
        );
    });
}
