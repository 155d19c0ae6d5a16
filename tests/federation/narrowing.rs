//! An edit from elsewhere shuts readers out where it says so, and lets nobody in.

use cordee::actions::receive_post::{RemotePost, receive_post, update_remote};
use cordee::model::ids::AccountId;
use cordee::model::post::Fields;
use cordee::model::words::Visibility;
use cordee::store::remote_accounts;

use crate::support::world::{World, remote};

/// A note of another node, as it arrives.
pub(crate) fn note(
    author: AccountId,
    uri: String,
    visibility: Visibility,
    mentions: &[AccountId],
) -> RemotePost {
    RemotePost {
        url: uri.clone(),
        uri,
        author,
        community: None,
        parent: None,
        kind: None,
        title: String::new(),
        html: "<p>A worn gasket</p>".into(),
        source: String::new(),
        fields: Fields::new(),
        spoiler: String::new(),
        sensitive: false,
        language: None,
        visibility,
        mentions: mentions.to_vec(),
        tags: vec![],
        media: vec![],
        poll: None,
        created_at: chrono::DateTime::UNIX_EPOCH.naive_utc(),
        edited_at: None,
        held: false,
        announced: false,
    }
}

#[test]
fn whoever_is_named_by_an_edit_does_not_come_in_and_whoever_is_named_no_more_is_out() {
    World::each(|world| {
        let people = ["karim", "lotte", "noor"].map(|name| world.person(name));
        let [karim, lotte, noor] = people;
        let bob = world
            .write(|tx| remote_accounts::put(tx, &remote("bob")))
            .unwrap();
        for (number, seen) in [Visibility::Direct, Visibility::Private]
            .into_iter()
            .enumerate()
        {
            let uri = format!("https://p.example/n/{number}");
            let first = note(bob, uri.clone(), seen, &[karim, lotte]);
            let post = world.write(move |tx| receive_post(tx, &first)).unwrap().id;
            let path = format!("/api/v1/statuses/{post}");
            let readers = || people.map(|who| world.client(who).get(&path).status.as_u16());
            assert_eq!(readers(), [200, 200, 404], "{seen:?} {}", world.kind);
            let talks = |who| {
                let all = world.client(who).get("/api/v1/conversations").expect(200);
                all.as_array().unwrap().len()
            };
            let had = usize::from(seen == Visibility::Direct);
            assert_eq!((talks(karim), talks(lotte)), (had, 1));
            world
                .write(move |tx| {
                    let edited = RemotePost {
                        html: "<p>A torn gasket</p>".into(),
                        edited_at: Some(tx.now()),
                        ..note(bob, uri, seen, &[lotte, noor])
                    };
                    update_remote(tx, &edited)
                })
                .unwrap();
            assert_eq!(readers(), [404, 200, 404], "{seen:?} {}", world.kind);
            assert_eq!((talks(karim), talks(lotte)), (0, 1));
        }
        let uri = "https://p.example/n/9".to_owned();
        let open = note(bob, uri.clone(), Visibility::Public, &[karim]);
        let post = world.write(move |tx| receive_post(tx, &open)).unwrap().id;
        world
            .write(move |tx| {
                let edited = RemotePost {
                    edited_at: Some(tx.now()),
                    ..note(bob, uri, Visibility::Direct, &[lotte])
                };
                update_remote(tx, &edited)
            })
            .unwrap();
        let path = format!("/api/v1/statuses/{post}");
        let readers = people.map(|who| world.client(who).get(&path).status.as_u16());
        assert_eq!(readers, [404, 200, 404], "everybody read it before");
    });
}
