//! What nodes hear of the posts of somebody who ends, where they have them by way of a community of ours.

use cordee::actions::end_account::{end_by, end_remote};
use cordee::actions::join;
use cordee::actions::receive_post::{RemotePost, receive_post};
use cordee::jobs::erasing;
use cordee::model::ids::AccountId;
use cordee::model::words::{Boundary, JoinPolicy, Visibility};
use cordee::store::db::Tx;
use cordee::store::remote_accounts::{self, RemoteActor};
use cordee::store::{accounts, communities, outbox, peers};

use super::narrowing::note;
use super::polls::followed_by_alice;
use crate::support::world::{World, remote, text};

/// Somebody of a node beside that of alice, who comes into a community.
fn bob(tx: &mut Tx<'_>, community: AccountId) -> cordee::error::Result<AccountId> {
    let bob = RemoteActor {
        domain: "q.example".into(),
        uri: "https://q.example/users/bob".into(),
        inbox_url: "https://q.example/users/bob/inbox".into(),
        ..remote("bob")
    };
    let account = remote_accounts::put(tx, &bob)?;
    let request = join::Request {
        community,
        account,
        message: String::new(),
        uri: Some("https://q.example/f/1".into()),
        reader: false,
    };
    join::join(tx, &request)?;
    Ok(account)
}

/// What waits for the node of alice, of a type and about something.
fn told(world: &World, kind: &str, about: &str) -> usize {
    let (kind, about) = (format!("\"{kind}\""), format!("\"{about}\""));
    world.read(move |conn| {
        let Some(peer) = peers::find(conn, "p.example")? else {
            return Ok(0);
        };
        let now = chrono::DateTime::UNIX_EPOCH.naive_utc();
        let all = outbox::next_for(conn, peer.id, now, 100)?;
        let of_it = |body: &str| body.contains(&kind) && body.contains(&about);
        Ok(all.iter().filter(|row| of_it(&row.body)).count())
    })
}

fn erase(world: &World, account: AccountId) {
    world
        .runtime
        .block_on(erasing::erase(&world.app, &account.to_string()))
        .unwrap();
}

#[test]
fn whoever_reads_by_way_of_a_community_hears_that_the_posts_of_an_ended_account_go() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        let group = world.community("pumps", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
        followed_by_alice(world, group);
        let bob = world.write(move |tx| bob(tx, group)).unwrap();
        let post = world
            .write(move |tx| {
                let uri = "https://q.example/n/1".to_owned();
                let post = RemotePost {
                    community: Some(group),
                    created_at: tx.now(),
                    ..note(bob, uri, Visibility::Public, &[])
                };
                receive_post(tx, &post)
            })
            .unwrap();
        assert!(post.announce_id.is_some());
        assert_eq!(told(world, "Delete", &post.uri), 0, "{}", world.kind);
        world.write(move |tx| end_remote(tx, bob)).unwrap();
        erase(world, bob);
        assert_eq!(told(world, "Delete", &post.uri), 1, "{}", world.kind);
        assert_eq!(told(world, "Undo", &post.uri), 1, "{}", world.kind);

        let mine = world.publish(lotte, text("@pumps Ours")).unwrap();
        assert!(mine.announce_id.is_some() || mine.community_id == Some(group));
        world.write(move |tx| end_by(tx, None, lotte)).unwrap();
        erase(world, lotte);
        assert!(told(world, "Delete", &mine.uri) > 0, "{}", world.kind);
        let left = world.read(move |conn| {
            Ok((
                accounts::get(conn, group)?.posts_count,
                communities::stewards(conn, group)?,
            ))
        });
        assert_eq!(left, (0, vec![karim]), "{}", world.kind);
    });
}
