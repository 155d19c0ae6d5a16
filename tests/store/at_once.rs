//! What two do at once about the same thing: the second sees what the first did.

use cordee::actions::register::Newcomer;
use cordee::actions::sign_up::{admit, sign_up, turn_away};
use cordee::error::Error;
use cordee::model::admission::Admission;
use cordee::model::words::UserState;
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
        let refused = world.meanwhile(
            move |tx| admit(tx, None, nina),
            move |tx| turn_away(tx, None, nina, ""),
        );
        assert!(
            matches!(refused, Err(Error::Conflict(_))),
            "{}: {refused:?}",
            world.kind
        );
        let user = world.read(move |conn| users::get(conn, nina));
        assert_eq!(user.state, UserState::Active, "{}", world.kind);
    });
}
