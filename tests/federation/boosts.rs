//! Boosts of ours, as others hear of them.

use cordee::actions::react;
use cordee::model::words::Visibility;
use cordee::store::outbox;
use serde_json::Value;

use super::polls::followed_by_alice;
use crate::support::world::{World, text};

#[test]
fn a_boost_is_addressed_by_its_own_visibility() {
    World::each(|w| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| w.person(name));
        followed_by_alice(w, karim);
        for (visibility, to, cc) in [
            (Visibility::Public, true, false),
            (Visibility::Unlisted, false, true),
            (Visibility::Private, false, false),
        ] {
            let post = w.publish(lotte, text("worth reading")).unwrap().id;
            let boost = w
                .write(move |tx| react::boost(tx, karim, post, visibility, None))
                .unwrap();
            let uri = boost.uri;
            let body = w.read(move |conn| outbox::find_body(conn, &uri)).unwrap();
            let sent: Value = serde_json::from_str(&body).unwrap();
            let open = |key: &str| sent[key].to_string().contains("#Public");
            assert_eq!((open("to"), open("cc")), (to, cc), "{} {sent}", w.kind);
            let followers = format!("{}{}", sent["to"], sent["cc"]);
            assert!(followers.contains("/users/karim/followers"), "{sent}");
        }
    });
}
