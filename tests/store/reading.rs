//! The read policy as a query gives the same answers as the rule it is written after, for every kind of reader.

use cordee::actions::create_post::NewPost;
use cordee::actions::follow::{self, Wish};
use cordee::actions::join::{self, Request};
use cordee::model::ids::{AccountId, PostId};
use cordee::model::viewer::{Facts, Viewer, may_read};
use cordee::model::words::{Boundary, FollowState, JoinPolicy, Role, Visibility};
use cordee::store::page::Page;
use cordee::store::{communities, follows, posts, timelines};

use crate::support::world::{World, text};

fn viewer(id: AccountId) -> Viewer {
    Viewer::Person {
        id,
        role: Role::Member,
    }
}

/// What the pure rule says, from facts gathered one by one.
fn by_rule(w: &World, reader: Option<AccountId>, post: PostId) -> bool {
    w.read(move |conn| {
        let post = posts::get(conn, post)?;
        let Some(me) = reader else {
            let facts = facts(&post, false, false, false);
            return Ok(may_read(Viewer::Anonymous, facts));
        };
        let member = match post.community_id {
            Some(community) => communities::is_member(conn, community, me)?,
            None => false,
        };
        let follow = follows::find(conn, me, post.author_id)?;
        let follows = follow.is_some_and(|row| row.state == FollowState::Accepted);
        let mentioned = posts::list_mentions(conn, &[post.id])?
            .iter()
            .any(|(_, account)| *account == me);
        Ok(may_read(
            viewer(me),
            facts(&post, member, follows, mentioned),
        ))
    })
}

fn facts(post: &posts::Post, member: bool, follows: bool, mentioned: bool) -> Facts {
    Facts {
        audience: post.audience,
        author: post.author_id,
        post: post.id,
        held: post.held,
        member,
        follows,
        mentioned,
    }
}

#[test]
fn the_query_and_the_rule_agree_for_every_reader_and_post() {
    World::each(|w| {
        let (ada, bob, cleo, dan) = (
            w.person("ada"),
            w.person("bob"),
            w.person("cleo"),
            w.person("dan"),
        );
        let open = w.community("open", Boundary::Public, JoinPolicy::Open, [ada, bob]);
        let closed = w.community("closed", Boundary::Firm, JoinPolicy::Request, [ada, bob]);
        let node = w.community("inside", Boundary::Node, JoinPolicy::Open, [ada, bob]);
        w.write(move |tx| follow::follow(tx, cleo, ada, Wish::default(), None))
            .unwrap();
        w.write(move |tx| {
            let request = Request {
                community: node,
                account: cleo,
                message: String::new(),
                uri: None,
                reader: false,
            };
            join::join(tx, &request)
        })
        .unwrap();
        let mut written = Vec::new();
        for community in [None, Some(open), Some(closed), Some(node)] {
            for visibility in Visibility::ALL {
                for boundary in [None, Some(Boundary::Node)] {
                    let new = NewPost {
                        community: community.filter(|_| *visibility != Visibility::Direct),
                        visibility: Some(*visibility),
                        boundary,
                        ..text("for @dan to read")
                    };
                    written.push(w.publish(ada, new).unwrap().id);
                }
            }
        }
        for reader in [None, Some(ada), Some(bob), Some(cleo), Some(dan)] {
            let as_viewer = reader.map_or(Viewer::Anonymous, viewer);
            for post in &written {
                let post = *post;
                let queried =
                    w.read(move |conn| Ok(posts::get_visible(conn, &as_viewer, post).is_ok()));
                let shown = w.read(move |conn| timelines::by_ids(conn, &as_viewer, &[post]));
                assert_eq!(
                    queried,
                    by_rule(w, reader, post),
                    "{} {reader:?} {post}",
                    w.kind
                );
                assert_eq!(queried, !shown.is_empty(), "{} {reader:?} {post}", w.kind);
            }
        }
    });
}

#[test]
fn a_deleted_post_is_found_nowhere() {
    World::each(|w| {
        let ada = w.person("ada");
        let post = w.publish(ada, text("a word like zanzibar")).unwrap();
        let search = |w: &World| {
            let query = timelines::SearchQuery {
                q: "Zanzibär".into(),
                ..Default::default()
            };
            let now = w.app.db.now();
            w.read(move |conn| timelines::search(conn, &viewer(ada), &query, now, &Page::first(10)))
        };
        assert_eq!(search(w).len(), 1, "{}", w.kind);
        w.write(move |tx| cordee::actions::delete_post::delete_post(tx, ada, post.id))
            .unwrap();
        assert!(search(w).is_empty(), "{}", w.kind);
        let now = w.app.db.now();
        let home = w.read(move |conn| timelines::home(conn, &viewer(ada), now, &Page::first(10)));
        assert!(home.is_empty(), "{}", w.kind);
        let again =
            w.read(move |conn| Ok(posts::get_visible(conn, &viewer(ada), post.id).is_err()));
        assert!(again, "{}", w.kind);
    });
}

#[test]
fn home_pages_have_no_gap_and_no_repetition() {
    World::each(|w| {
        let (ada, bob) = (w.person("ada"), w.person("bob"));
        w.write(move |tx| follow::follow(tx, bob, ada, Wish::default(), None))
            .unwrap();
        let mut wanted: Vec<i64> = (0..23)
            .map(|n| w.publish(ada, text(&format!("post {n}"))).unwrap().id.0)
            .collect();
        let now = w.app.db.now();
        let page = |page: Page| w.read(move |conn| timelines::home(conn, &viewer(bob), now, &page));
        let (mut up, mut cursor) = (Vec::new(), 0);
        loop {
            let got = page(Page {
                min_id: Some(cursor),
                ..Page::first(7)
            });
            let Some(newest) = got.first() else { break };
            cursor = newest.id;
            up.extend(got.iter().rev().map(|entry| entry.id));
        }
        assert_eq!(up, wanted, "{}", w.kind);
        wanted.reverse();
        let (mut down, mut below) = (Vec::new(), None);
        loop {
            let got = page(Page {
                max_id: below,
                ..Page::first(7)
            });
            let Some(oldest) = got.last() else { break };
            below = Some(oldest.id);
            down.extend(got.iter().map(|entry| entry.id));
        }
        assert_eq!(down, wanted, "{}", w.kind);
    });
}
