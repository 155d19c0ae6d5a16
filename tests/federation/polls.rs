//! Polls of ours, as others hear of them.

use cordee::actions::create_post::{NewPoll, NewPost};
use cordee::actions::react;
use cordee::federation::publish::tell_count;
use cordee::model::ids::AccountId;
use cordee::model::words::FollowState;
use cordee::server;
use cordee::store::follows::{self, Follow};
use cordee::store::remote_accounts;
use cordee::store::{jobs, outbox};

use crate::support::world::{World, remote, text};

/// Alice follows somebody here.
pub(super) fn followed_by_alice(w: &World, whom: AccountId) {
    w.write(move |tx| {
        let (follower, id) = (remote_accounts::put(tx, &remote("alice"))?, tx.new_id());
        let row = Follow {
            id,
            follower_id: follower,
            target_id: whom,
            state: FollowState::Accepted,
            uri: format!("https://p.example/f/{whom}"),
            show_boosts: true,
            notify: false,
            created_at: tx.now(),
        };
        follows::put(tx, &row)
    })
    .unwrap();
}

#[test]
fn votes_are_told_together_after_a_while() {
    World::each(|w| {
        let [karim, lotte, bart] = ["karim", "lotte", "bart"].map(|name| w.person(name));
        followed_by_alice(w, karim);
        let poll = NewPoll {
            options: vec!["Oil".into(), "Grease".into()],
            expires_in: 3600,
            multiple: false,
            hide_totals: false,
        };
        let asked = NewPost {
            poll: Some(poll),
            ..text("Which one?")
        };
        let post = w.publish(karim, asked).unwrap().id;
        let waiting = || w.read(|conn| outbox::queues(conn, Some("p.example")))[0].waiting;
        let before = waiting();
        for voter in [lotte, bart] {
            w.write(move |tx| react::vote(tx, voter, post, &[0]))
                .unwrap();
        }
        let lane = format!("poll {post}");
        let told = || {
            let lanes = w.read(jobs::lanes);
            lanes.iter().filter(|name| **name == lane).count()
        };
        assert_eq!((told(), waiting()), (1, before), "{}", w.kind);
        let fed = w.runtime.block_on(server::federate(&w.app)).unwrap();
        w.runtime
            .block_on(tell_count(&fed, &post.to_string()))
            .unwrap();
        assert_eq!(waiting(), before + 1, "{}", w.kind);
        w.write(move |tx| react::end_poll(tx, post)).unwrap();
        assert_eq!(waiting(), before + 2, "{}: the end by itself", w.kind);
        w.runtime
            .block_on(tell_count(&fed, &post.to_string()))
            .unwrap();
        assert_eq!(waiting(), before + 2, "{}: nothing more", w.kind);
    });
}
