//! The plans of the hottest queries, after ANALYZE on skewed data: each goes by an index, none scans a table or sorts its
//! rows. On SQLite those of many, on PostgreSQL those that are asked at every request.

use cordee::actions::follow::{self, Wish};
use cordee::model::ids::{AccountId, PostId};
use cordee::model::viewer::Viewer;
use cordee::model::words::{Boundary, JoinPolicy, NotificationKind, RepliesPolicy, Role};
use cordee::store::conn::Conn;
use cordee::store::dialect::plans;
use cordee::store::figures::{self, Figure, Span};
use cordee::store::home;
use cordee::store::lists::List;
use cordee::store::notifications;
use cordee::store::page::Page;
use cordee::store::timelines::{self, AccountQuery, Origin, TagQuery};
use cordee::store::{
    accounts, conversations, filters, follows, idempotency, inbound, jobs, marks,
    notification_groups, oauth, outbox, posts, pushes, recipients, reports,
};

use crate::support::databases::Database;
use crate::support::world::{World, text};

type Work = Box<dyn FnOnce(&mut Conn) -> cordee::error::Result<()> + Send>;

fn work(work: impl FnOnce(&mut Conn) -> cordee::error::Result<()> + Send + 'static) -> Work {
    Box::new(work)
}

#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
fn hottest(
    me: AccountId,
    community: AccountId,
    post: PostId,
    now: cordee::model::time::Time,
) -> Vec<(&'static str, Work)> {
    let viewer = Viewer::Person {
        id: me,
        role: Role::Member,
    };
    let ids = vec![post];
    let page = Page {
        max_id: Some(i64::MAX),
        ..Page::first(40)
    };
    let tag = TagQuery {
        any: vec!["pumps".into()],
        ..TagQuery::default()
    };
    let (two, three) = (ids.clone(), ids.clone());
    let span = Span {
        from: now - chrono::TimeDelta::days(1),
        to: now,
    };
    let list = List {
        id: 1,
        account_id: me,
        title: "all".into(),
        replies_policy: RepliesPolicy::List,
        exclusive: false,
        created_at: now,
    };
    vec![
        (
            "home",
            work(move |c| timelines::home(c, &viewer, now, &page).map(drop)),
        ),
        (
            "list",
            work(move |c| timelines::list(c, &viewer, &list, now, &page).map(drop)),
        ),
        (
            "public",
            work(move |c| timelines::public(c, &viewer, Origin::All, false, now, &page).map(drop)),
        ),
        (
            "local",
            work(move |c| {
                timelines::public(c, &viewer, Origin::Local, false, now, &page).map(drop)
            }),
        ),
        (
            "account",
            work(move |c| {
                timelines::account(c, &viewer, me, false, &AccountQuery::default(), &page).map(drop)
            }),
        ),
        (
            "community",
            work(move |c| timelines::community(c, &viewer, community, None, None, &page).map(drop)),
        ),
        (
            "tag",
            work(move |c| timelines::tag(c, &viewer, &tag, now, &page).map(drop)),
        ),
        (
            "replies",
            work(move |c| posts::list_replies(c, &viewer, post, 40).map(drop)),
        ),
        (
            "notifications",
            work(move |c| {
                notifications::list(c, me, &notifications::Filter::default(), &page).map(drop)
            }),
        ),
        (
            "groups of notifications",
            work(move |c| {
                let wanted = notifications::Filter::default();
                notification_groups::list(c, me, &wanted, &notification_groups::GROUPED, &page)
                    .map(drop)
            }),
        ),
        (
            "group of a new notification",
            work(move |c| {
                let kind = NotificationKind::Follow;
                notification_groups::key(c, me, kind, None, now).map(drop)
            }),
        ),
        (
            "conversations",
            work(move |c| conversations::list(c, me, now, &page).map(drop)),
        ),
        (
            "filters",
            work(move |c| filters::list_active(c, me, now).map(drop)),
        ),
        (
            "marks",
            work(move |c| marks::of_account(c, me, &ids).map(drop)),
        ),
        (
            "boosted",
            work(move |c| marks::boosted_by(c, me, &two).map(drop)),
        ),
        (
            "mentions",
            work(move |c| posts::list_mentions(c, &three).map(drop)),
        ),
        (
            "reports of a node",
            work(move |c| reports::count_by_node(c, "p.example", now).map(drop)),
        ),
        (
            "interactions",
            work(move |c| figures::moments(c, &Figure::Interactions, span).map(drop)),
        ),
        (
            "statuses of a node",
            work(move |c| {
                let figure = Figure::InstanceStatuses("p.example".into());
                figures::moments(c, &figure, span).map(drop)
            }),
        ),
        (
            "languages of a node",
            work(move |c| figures::node_languages(c, "p.example", span, 10).map(drop)),
        ),
        (
            "servers",
            work(move |c| figures::servers(c, span, 10).map(drop)),
        ),
        (
            "push messages that are due",
            work(move |c| pushes::list_due(c, now, &[], 256).map(drop)),
        ),
        (
            "push messages that will be",
            work(move |c| pushes::next_due(c, now).map(drop)),
        ),
        (
            "account by id",
            work(move |c| accounts::get(c, me).map(drop)),
        ),
        (
            "posts by id",
            work(move |c| timelines::by_ids(c, &viewer, &[post]).map(drop)),
        ),
        (
            "token",
            work(|c| oauth::find_grant(c, "no such hash").map(drop)),
        ),
        (
            "idempotency key",
            work(move |c| idempotency::find(c, me, "key", now).map(drop)),
        ),
        (
            "delivery known already",
            work(|c| inbound::is_known(c, "https://x.example/activities/1").map(drop)),
        ),
        ("lanes of jobs", work(|c| jobs::next_due(c).map(drop))),
        (
            "deliveries to a peer",
            work(move |c| outbox::next_for(c, 1, now, 10).map(drop)),
        ),
    ]
}

/// Rankings sort what they counted, which no index can.
fn is_ranking(query: &str) -> bool {
    query.contains("GROUP BY")
}

/// A step that reads a whole table or index, or sorts what it read. Lists of bound values are no tables, and the push
/// subscriptions are few: what waits for each of them is not.
fn is_bad(query: &str, step: &str) -> bool {
    let values = ["CONSTANT ROW", "SCAN json_each ", "SCAN push_subscriptions"];
    (step.starts_with("SCAN") && !values.iter().any(|name| step.contains(name)))
        || (step.contains("TEMP B-TREE FOR ORDER BY") && !is_ranking(query))
        || step.contains("TEMP B-TREE FOR LAST")
}

#[test]
fn a_tag_that_is_no_longer_followed_is_looked_for_in_one_feed_alone() {
    let w = World::on(Database::sqlite());
    let me = w.person("p0");
    let plans = w
        .write(move |tx| plans::of(tx, |conn| home::remove_tag(conn, me, "pumps")))
        .unwrap();
    let steps: Vec<String> = plans.into_iter().flat_map(|(_, steps)| steps).collect();
    assert!(!steps.is_empty());
    for step in &steps {
        // A list would be of all posts with the tag, or of all whom somebody follows.
        assert!(
            !is_bad("", step) && !step.contains("LIST SUBQUERY"),
            "{steps:?}"
        );
    }
}

#[test]
fn whom_a_post_concerns_is_found_by_who_follows_its_author() {
    let w = World::on(Database::sqlite());
    let me = w.person("p0");
    let post = w.publish(me, text("hum")).unwrap();
    // Without statistics: a node makes none.
    let plans = w
        .write(move |tx| {
            plans::of(tx, |conn| {
                home::fan_out_post(conn, &post)?;
                home::fan_out_boost(conn, 1, post.id, me)?;
                follows::list_notified(conn, me)?;
                follows::is_followed_locally(conn, me)?;
                recipients::of_followers(conn, me).map(drop)
            })
        })
        .unwrap();
    assert!(plans.len() >= 5, "{plans:?}");
    for (query, steps) in plans {
        for step in &steps {
            // It would be everybody of this node.
            let all = step.contains("accounts_by_domain") || is_bad(&query, step);
            assert!(!all, "{steps:?} in {query}");
        }
    }
}

/// A node with skewed data: who is looked at, a community and a post in it. The statistics are those of the data.
fn filled(w: &World) -> (AccountId, AccountId, PostId) {
    let people: Vec<AccountId> = (0..12).map(|n| w.person(&format!("p{n}"))).collect();
    let me = people[0];
    let community = w.community(
        "pumps",
        Boundary::Public,
        JoinPolicy::Open,
        [people[0], people[1]],
    );
    for (n, one) in people.iter().copied().enumerate() {
        let others: Vec<AccountId> = people
            .iter()
            .copied()
            .filter(|other| *other != one)
            .collect();
        w.write(move |tx| {
            for other in others {
                follow::follow(tx, one, other, Wish::default(), None)?;
            }
            Ok(())
        })
        .unwrap();
        let stewards = [one, people[(n + 1) % people.len()]];
        w.community(&format!("c{n}"), Boundary::Node, JoinPolicy::Open, stewards);
    }
    let mut last = None;
    for n in 0..240_usize {
        // Mostly outside the community and without parent, as real data are.
        let body = if n % 20 == 0 {
            format!("@pumps @p{} #pumps hum", n / 20)
        } else if n % 2 == 1 {
            format!("@p{} have a look", n / 20)
        } else {
            "no community at all".to_owned()
        };
        let by = people[n % people.len()].max(people[1]);
        last = Some(w.publish(by, text(&body)).unwrap().id);
    }
    w.write(|tx| plans::analyze(tx)).unwrap();
    (me, community, last.unwrap())
}

#[test]
fn the_hottest_queries_go_by_index() {
    let w = World::on(Database::sqlite());
    let (me, community, post) = filled(&w);
    let mut faults = Vec::new();
    for (name, work) in hottest(me, community, post, w.app.db.now()) {
        for (query, steps) in w.read(move |conn| plans::of(conn, work)) {
            for step in steps.iter().filter(|step| is_bad(&query, step)) {
                faults.push(format!("{name}: {step}\n  in {query}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Those that are asked most often, at every request or delivery.
const EVERYWHERE: [&str; 10] = [
    "home",
    "public",
    "local",
    "account",
    "community",
    "notifications",
    "posts by id",
    "token",
    "deliveries to a peer",
    "delivery known already",
];

#[test]
fn the_hottest_queries_go_by_index_on_postgresql_too() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let w = World::on(database);
    let (me, community, post) = filled(&w);
    let all = hottest(me, community, post, w.app.db.now());
    let chosen: Vec<_> = all
        .into_iter()
        .filter(|(name, _)| EVERYWHERE.contains(name))
        .collect();
    assert_eq!(chosen.len(), EVERYWHERE.len());
    let mut faults = Vec::new();
    for (name, work) in chosen {
        let plans = w.read(move |conn| plans::of(conn, work));
        assert!(!plans.is_empty(), "{name}");
        for (query, steps) in plans {
            assert!(!steps.is_empty(), "{name}: {query}");
            let bad = |step: &&String| step.starts_with("Seq Scan") || step.starts_with("Sort ");
            for step in steps.iter().filter(bad) {
                faults.push(format!("{name}: {step}\n  in {query}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
