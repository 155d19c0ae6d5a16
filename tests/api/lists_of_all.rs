//! Every list of the API, page by page through the `Link` header alone: nothing is left out and nothing comes twice, in
//! either direction.

use cordee::actions::create_post::NewPost;
use cordee::actions::follow::{self, Wish};
use cordee::actions::join::{self, Request};
use cordee::actions::{lists, react, schedule_post, tags};
use cordee::model::ids::{AccountId, PostId};
use cordee::model::words::{Boundary, JoinPolicy, Reaction, Visibility};
use serde_json::{Value, json};

use crate::support::client::{Client, Said};
use crate::support::world::{World, text};

/// People, posts and whatever else there are of each.
const MANY: usize = 30;

/// A list: who reads it, its address, where an entry has its id, how many entries there are.
type Case = (&'static str, String, &'static str, usize);

fn ids(said: &Said, at: &str) -> Vec<String> {
    let page = said.expect(200);
    let rows = page.get("notification_groups").unwrap_or(&page);
    rows.as_array()
        .unwrap()
        .iter()
        .map(|row| match row.pointer(at) {
            Some(Value::String(id)) => id.clone(),
            other => panic!("{at} is {other:?}"),
        })
        .collect()
}

/// Goes down to the end, and up again.
fn walk(world: &World, client: &Client<'_>, (_, path, at, wanted): &Case) {
    let (mut down, mut last, mut above) = (Vec::new(), Vec::new(), None);
    let joint = if path.contains('?') { '&' } else { '?' };
    let mut next = Some(format!("{path}{joint}limit=7"));
    while let Some(address) = next {
        world.clock.advance_seconds(10);
        let said = client.get(&address);
        let page = ids(&said, at);
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 7, "{path}: {} at once", page.len());
        down.extend(page.clone());
        assert!(down.len() < 200, "{path} never ends");
        (last, above, next) = (page, said.link("prev"), said.link("next"));
    }
    let mut once = down.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), down.len(), "{path} repeats entries");
    assert_eq!(down.len(), *wanted, "{path} leaves entries out or has more");
    let mut up = Vec::new();
    while let Some(address) = above {
        world.clock.advance_seconds(10);
        let said = client.get(&address);
        let mut page = ids(&said, at);
        if page.is_empty() {
            break;
        }
        page.reverse();
        up.extend(page);
        assert!(up.len() < 200, "{path} never ends upwards");
        above = said.link("prev");
    }
    up.reverse();
    assert_eq!(up, down[..down.len() - last.len()], "{path} upwards");
}

/// What everybody does to fill the lists of bart, karim, lotte and anne.
struct Crowd {
    bart: AccountId,
    karim: AccountId,
    lotte: AccountId,
    anne: AccountId,
    pumps: AccountId,
    valves: AccountId,
    list: i64,
    first: PostId,
    hundred: Vec<AccountId>,
}

#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn crowd(world: &World) -> Crowd {
    let [bart, karim, lotte, anne] =
        ["bart", "karim", "lotte", "anne"].map(|name| world.person(name));
    let community =
        |name: &str, policy| world.community(name, Boundary::Public, policy, [karim, lotte]);
    let (pumps, valves) = (
        community("pumps", JoinPolicy::Open),
        community("valves", JoinPolicy::Request),
    );
    world
        .client(anne)
        .patch(
            "/api/v1/accounts/update_credentials",
            &json!({ "locked": true }),
        )
        .expect(200);
    let list = world
        .write(move |tx| {
            let title = Some("all".to_owned());
            let wanted = lists::ListChanges {
                title,
                ..Default::default()
            };
            Ok(lists::create_list(tx, bart, wanted)?.id)
        })
        .unwrap();
    let first = world.publish(bart, text("the first")).unwrap().id;
    let hundred: Vec<AccountId> = (0..MANY).map(|n| world.person(&format!("p{n}"))).collect();
    for one in hundred.clone() {
        world
            .write(move |tx| {
                for (by, whom) in [(one, bart), (bart, one), (one, anne)] {
                    follow::follow(tx, by, whom, Wish::default(), None)?;
                }
                follow::mute(tx, lotte, one, true, 0)?;
                follow::block(tx, karim, one, None)?;
                for community in [pumps, valves] {
                    let request = Request {
                        community,
                        account: one,
                        message: String::new(),
                        uri: None,
                        reader: false,
                    };
                    join::join(tx, &request)?;
                }
                let all = cordee::store::lists::find(tx, bart, list)?.unwrap();
                lists::fill_list(tx, &all, &[one])?;
                react::mark(tx, one, first, Reaction::Favourite, None)?;
                react::boost(tx, one, first, Visibility::Public, None)?;
                Ok(())
            })
            .unwrap();
    }
    Crowd {
        bart,
        karim,
        lotte,
        anne,
        pumps,
        valves,
        list,
        first,
        hundred,
    }
}

/// Posts of everybody, and bart's marks and plans.
fn posts(world: &World, crowd: &Crowd) {
    let bart = crowd.bart;
    let policy = json!({ "for_not_following": "filter" });
    world
        .client(crowd.anne)
        .patch("/api/v2/notifications/policy", &policy)
        .expect(200);
    for (n, one) in crowd.hundred.iter().enumerate() {
        let post = world.publish(*one, text("@pumps hum #hum")).unwrap();
        let id = post.id;
        world
            .write(move |tx| {
                react::mark(tx, bart, id, Reaction::Bookmark, None)?;
                react::mark(tx, bart, id, Reaction::Favourite, None)?;
                if n % 2 == 0 {
                    react::boost(tx, bart, id, Visibility::Public, None)?;
                }
                let at = tx.now() + chrono::TimeDelta::days(2);
                schedule_post::schedule_post(tx, bart, text("later"), at)?;
                tags::follow_tag(tx, bart, &format!("tag{n}"))?;
                let (row, now) = (tx.new_id(), tx.now());
                cordee::store::regards::endorse(tx, row, bart, post.author_id, now)?;
                Ok(())
            })
            .unwrap();
        let secret = NewPost {
            visibility: Some(Visibility::Direct),
            quoted: Some(crowd.first),
            ..text("@bart @anne psst")
        };
        world.publish(*one, secret).unwrap();
        if n % 2 == 1 {
            world.publish(bart, text("my own")).unwrap();
        }
    }
    for n in 0..MANY - 2 {
        world.community(
            &format!("c{n}"),
            Boundary::Node,
            JoinPolicy::Open,
            [crowd.karim, crowd.lotte],
        );
    }
}

#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn cases(crowd: &Crowd) -> Vec<Case> {
    let Crowd {
        bart,
        pumps,
        valves,
        list,
        first,
        ..
    } = crowd;
    let own = "/api/cordee/v1/communities";
    let all = MANY;
    vec![
        ("bart", "/api/v1/followed_tags".into(), "/name", all),
        ("bart", "/api/v1/endorsements".into(), "/id", all),
        (
            "karim",
            format!("/api/v1/accounts/{bart}/endorsements"),
            "/id",
            all,
        ),
        ("bart", "/api/v1/conversations".into(), "/id", all),
        (
            "bart",
            "/api/v2/notifications".into(),
            "/group_key",
            all + 3,
        ),
        ("anne", "/api/v1/notifications/requests".into(), "/id", all),
        ("bart", "/api/v1/timelines/home".into(), "/id", 2 * all + 1),
        (
            "bart",
            "/api/v1/timelines/public".into(),
            "/id",
            all + all / 2 + 1,
        ),
        ("bart", "/api/v1/timelines/tag/hum".into(), "/id", all),
        ("bart", format!("/api/v1/timelines/list/{list}"), "/id", all),
        ("karim", format!("{own}/{pumps}/timeline"), "/id", all),
        (
            "lotte",
            format!("/api/v1/timelines/list/{pumps}"),
            "/id",
            all,
        ),
        (
            "bart",
            format!("/api/v1/accounts/{bart}/statuses"),
            "/id",
            all + 1,
        ),
        (
            "bart",
            format!("/api/v1/accounts/{pumps}/statuses"),
            "/id",
            all,
        ),
        (
            "bart",
            format!("/api/v1/accounts/{bart}/followers"),
            "/id",
            all,
        ),
        (
            "bart",
            format!("/api/v1/accounts/{bart}/following"),
            "/id",
            all,
        ),
        ("anne", "/api/v1/follow_requests".into(), "/id", all),
        ("lotte", "/api/v1/mutes".into(), "/id", all),
        ("karim", "/api/v1/blocks".into(), "/id", all),
        ("bart", "/api/v1/bookmarks".into(), "/id", all),
        ("bart", "/api/v1/favourites".into(), "/id", all),
        (
            "bart",
            format!("/api/v1/statuses/{first}/favourited_by"),
            "/id",
            all,
        ),
        (
            "bart",
            format!("/api/v1/statuses/{first}/reblogged_by"),
            "/id",
            all,
        ),
        (
            "bart",
            format!("/api/v1/statuses/{first}/quotes"),
            "/id",
            all,
        ),
        ("bart", format!("/api/v1/lists/{list}/accounts"), "/id", all),
        (
            "karim",
            format!("/api/v1/lists/{pumps}/accounts"),
            "/id",
            all + 2,
        ),
        ("bart", "/api/v1/notifications".into(), "/id", 4 * all),
        (
            "bart",
            "/api/v1/notifications?types[]=follow".into(),
            "/id",
            all,
        ),
        ("bart", "/api/v1/scheduled_statuses".into(), "/id", all),
        ("karim", format!("{own}?scope=local"), "/id", all),
        ("karim", format!("{own}?scope=joined&q=about"), "/id", all),
        (
            "karim",
            format!("{own}/{pumps}/members"),
            "/account/id",
            all + 2,
        ),
        (
            "karim",
            format!("{own}/{valves}/requests"),
            "/account/id",
            all,
        ),
    ]
}

#[test]
fn every_list_pages_without_gap_or_repetition_in_both_directions() {
    World::each(|world| {
        let crowd = crowd(world);
        posts(world, &crowd);
        let clients = [
            ("bart", world.client(crowd.bart)),
            ("karim", world.client(crowd.karim)),
            ("lotte", world.client(crowd.lotte)),
            ("anne", world.client(crowd.anne)),
        ];
        for case in cases(&crowd) {
            let (_, client) = clients.iter().find(|(name, _)| *name == case.0).unwrap();
            walk(world, client, &case);
        }
    });
}

#[test]
fn all_members_of_a_list_come_at_once_where_no_limit_is_wanted() {
    let world = World::with(|_| {});
    let crowd = crowd(&world);
    let bart = world.client(crowd.bart);
    let said = bart.get(&format!("/api/v1/lists/{}/accounts?limit=0", crowd.list));
    assert_eq!(ids(&said, "/id").len(), MANY);
    assert_eq!(said.link("next"), None);
}
