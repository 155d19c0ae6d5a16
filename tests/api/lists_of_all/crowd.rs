//! What everybody does so that every list of a node has a hundred entries.

use cordee::actions::barriers::{NetworkWish, block_email, block_email_domain, block_network};
use cordee::actions::block_domain::block_domain;
use cordee::actions::create_post::NewPost;
use cordee::actions::follow::{self, Wish};
use cordee::actions::join::{self, Request};
use cordee::actions::manage_peer::set_mode;
use cordee::actions::report::{Complaint, report};
use cordee::actions::{lists, react, schedule_post, tags};
use cordee::model::ids::{AccountId, PostId};
use cordee::model::viewer::Viewer;
use cordee::model::words::{
    Boundary, IpSeverity, JoinPolicy, PeerMode, Reaction, ReportCategory, Role, Visibility,
};
use cordee::store::users;
use serde_json::json;

use crate::api::hidden::waiting;
use crate::support::world::{World, text};

/// People, posts and whatever else there are of each.
pub(super) const MANY: usize = 100;

/// What everybody does to fill the lists of bart, karim, lotte and anne.
pub(super) struct Crowd {
    pub(super) bart: AccountId,
    pub(super) karim: AccountId,
    pub(super) lotte: AccountId,
    pub(super) anne: AccountId,
    pub(super) ada: AccountId,
    pub(super) pumps: AccountId,
    pub(super) valves: AccountId,
    pub(super) list: i64,
    pub(super) first: PostId,
    pub(super) hundred: Vec<AccountId>,
}

#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
pub(super) fn crowd(world: &World) -> Crowd {
    let [bart, karim, lotte, anne, ada] =
        ["bart", "karim", "lotte", "anne", "ada"].map(|name| world.person(name));
    world
        .write(move |tx| users::set_role(tx, ada, Role::Admin))
        .unwrap();
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
        ada,
        pumps,
        valves,
        list,
        first,
        hundred,
    }
}

/// Posts of everybody, and bart's marks and plans.
pub(super) fn posts(world: &World, crowd: &Crowd) {
    let bart = crowd.bart;
    let policy = json!({ "for_not_following": "filter" });
    world
        .client(crowd.anne)
        .patch("/api/v2/notifications/policy", &policy)
        .expect(200);
    for (n, one) in crowd.hundred.iter().enumerate() {
        let post = world
            .publish(*one, text("@pumps hum #hum https://a.example/of"))
            .unwrap();
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

/// What moderators and admins look at, and nodes that bart does not want.
pub(super) fn trouble(world: &World, crowd: &Crowd) {
    let (bart, ada) = (crowd.bart, crowd.ada);
    for (n, one) in crowd.hundred.iter().enumerate() {
        let by = Viewer::Person {
            id: *one,
            role: Role::Member,
        };
        world
            .write(move |tx| {
                let complaint = Complaint {
                    target: bart,
                    posts: Vec::new(),
                    category: ReportCategory::Spam,
                    rules: Vec::new(),
                    comment: String::new(),
                    forward: false,
                };
                report(tx, &by, &complaint)?;
                block_domain(tx, bart, &format!("unwanted{n}.example"))?;
                set_mode(tx, ada, &format!("bad{n}.example"), Some(PeerMode::Blocked))?;
                let mode = Some(PeerMode::Member);
                set_mode(tx, ada, &format!("good{n}.example"), mode)?;
                block_email_domain(tx, ada, &format!("mail{n}.example"))?;
                block_email(tx, ada, &format!("somebody{n}@mail.example"), "")?;
                let wish = NetworkWish {
                    ip: Some(format!("198.51.{n}.0/24")),
                    severity: Some(IpSeverity::SignUpBlock),
                    ..NetworkWish::default()
                };
                block_network(tx, ada, &wish)?;
                Ok(())
            })
            .unwrap();
    }
    let talk = world.publish(crowd.karim, text("@pumps talk")).unwrap();
    let parent = json!({ "id": talk.id.to_string() });
    for n in 0..MANY {
        waiting(world, &parent, u32::try_from(n).unwrap());
    }
}

/// A hundred tags, each used twice.
pub(super) fn words(world: &World, crowd: &Crowd) {
    let all: Vec<String> = (0..MANY).map(|n| format!("#word{n}")).collect();
    for _ in 0..2 {
        for some in all.chunks(10) {
            world.publish(crowd.anne, text(&some.join(" "))).unwrap();
        }
    }
}
