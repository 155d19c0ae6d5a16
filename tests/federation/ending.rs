//! What nodes hear of the posts of somebody who ends, where they have them by way of a community of ours.

use cordee::actions::end_account::{Erasure, end_by, end_remote};
use cordee::actions::join;
use cordee::actions::receive_post::{RemotePost, receive_post};
use cordee::jobs::erasing;
use cordee::model::ids::AccountId;
use cordee::model::viewer::Viewer;
use cordee::model::words::{Boundary, JoinPolicy, Role, Visibility};
use cordee::store::db::Tx;
use cordee::store::remote_accounts::{self, RemoteActor};
use cordee::store::{accounts, communities, outbox, peers};

use super::narrowing::note;
use super::polls::followed_by_alice;
use crate::support::world::{World, remote, text};

/// Somebody of a node beside that of alice, who comes into a community.
fn member(tx: &mut Tx<'_>, name: &str, community: AccountId) -> cordee::error::Result<AccountId> {
    let actor = RemoteActor {
        domain: "q.example".into(),
        uri: format!("https://q.example/users/{name}"),
        inbox_url: format!("https://q.example/users/{name}/inbox"),
        ..remote(name)
    };
    let account = remote_accounts::put(tx, &actor)?;
    let request = join::Request {
        community,
        account,
        message: String::new(),
        uri: Some(format!("https://q.example/f/{name}")),
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

fn run(world: &World, payload: &str) {
    let work = erasing::erase(&world.app, payload);
    world.runtime.block_on(work).unwrap();
}

fn erase(world: &World, account: AccountId) {
    run(world, &account.to_string());
}

#[test]
fn whoever_reads_by_way_of_a_community_hears_that_the_posts_of_an_ended_account_go() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        let group = world.community("pumps", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
        followed_by_alice(world, group);
        let bob = world.write(move |tx| member(tx, "bob", group)).unwrap();
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

        followed_by_alice(world, lotte);
        let mine = world.publish(lotte, text("@pumps Ours")).unwrap();
        assert!(mine.announce_id.is_some() || mine.community_id == Some(group));
        world.write(move |tx| end_by(tx, None, lotte)).unwrap();
        erase(world, lotte);
        // By the community alone: nobody can ask for the key of somebody who is gone.
        assert_eq!(told(world, "Delete", &mine.uri), 1, "{}", world.kind);
        assert_eq!(told(world, "Undo", &mine.uri), 1, "{}", world.kind);
        let left = world.read(move |conn| {
            Ok((
                accounts::get(conn, group)?.posts_count,
                communities::stewards(conn, group)?,
            ))
        });
        assert_eq!(left, (0, vec![karim]), "{}", world.kind);
    });
}

/// What a moderator here did, the author elsewhere is not said to have done, and nobody learns which moderator it was.
#[test]
fn whoever_reads_by_way_of_a_community_hears_who_ended_an_account() {
    World::each(|world| {
        let [karim, lotte, bart] = ["karim", "lotte", "bart"].map(|name| world.person(name));
        let group = world.community("pumps", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
        followed_by_alice(world, group);
        let moderator = Viewer::Person {
            id: bart,
            role: Role::Moderator,
        };
        let (eve, hers) = world
            .write(move |tx| {
                let eve = member(tx, "eve", group)?;
                let post = RemotePost {
                    community: Some(group),
                    created_at: tx.now(),
                    ..note(eve, "https://q.example/n/2".into(), Visibility::Public, &[])
                };
                let post = receive_post(tx, &post)?;
                end_by(tx, Some(&moderator), eve)?;
                Ok((eve, post))
            })
            .unwrap();
        let by = Erasure {
            account: eve,
            by: Some(bart),
        };
        run(world, &by.payload());
        assert_eq!(told(world, "Delete", &hers.uri), 1, "{}", world.kind);
        assert_eq!(told(world, "Undo", &hers.uri), 1, "{}", world.kind);
        let actor = |id: AccountId| world.read(move |conn| accounts::get(conn, id)).uri;
        let says = |actor: &str| told(world, &format!("Delete\",\"actor\":\"{actor}"), &hers.uri);
        let who = [eve, bart, group].map(|id| says(&actor(id)));
        assert_eq!(who, [0, 0, 1], "the community: {}", world.kind);
    });
}
