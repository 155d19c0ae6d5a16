//! What two do at once about the same thing: the second sees what the first did.

use std::sync::mpsc;
use std::time::Duration;

use cordee::actions::register::Newcomer;
use cordee::actions::sign_up::{admit, sign_up, turn_away};
use cordee::error::Error;
use cordee::model::admission::Admission;
use cordee::model::words::UserState;
use cordee::store::db::Tx;
use cordee::store::users;

use crate::support::world::World;

#[test]
fn an_application_is_decided_once() {
    World::each(|world| {
        let newcomer = Newcomer {
            reason: "I mend pumps".into(),
            ..Newcomer::new("nina", "nina@firm.example", None).unwrap()
        };
        let base = world.app.config.base_url();
        let nina = world
            .write(move |tx| Ok(sign_up(tx, &base, &newcomer, Admission::ByModerator)?.id))
            .unwrap();
        let (did, done) = mpsc::channel();
        let (over, wait) = mpsc::channel::<()>();
        let db = world.app.db.clone();
        let admitting = async move {
            let work = move |tx: &mut Tx<'_>| {
                admit(tx, None, nina)?;
                did.send(()).unwrap();
                // The other is over before only where nothing holds it up.
                let _ = wait.recv_timeout(Duration::from_millis(400));
                Ok(())
            };
            db.write(work).await
        };
        let admitting = world.runtime.spawn(admitting);
        done.recv().unwrap();
        let refused = world.write(move |tx| turn_away(tx, None, nina, ""));
        drop(over);
        world.runtime.block_on(admitting).unwrap().unwrap();
        assert!(
            matches!(refused, Err(Error::Conflict(_))),
            "{}: {refused:?}",
            world.kind
        );
        let user = world.read(move |conn| users::get(conn, nina));
        assert_eq!(user.state, UserState::Active, "{}", world.kind);
    });
}
