//! Every list of the API, a hundred entries by pages of seven, through the `Link` header alone: nothing is left out and
//! nothing comes twice, in either direction. A list that is not walked here stands in [`NOT_PAGED`] with the reason.

mod crowd;

use std::collections::BTreeSet;

use cordee::store::audit;
use cordee::store::page::Page;
use serde_json::Value;

use crate::support::client::{Client, Said};
use crate::support::routes::{route_of, routes_below};
use crate::support::world::World;
use crowd::{Crowd, MANY, crowd, posts, trouble, words};

const ALL: &str = "read write follow push admin:read admin:write";

/// A list: who reads it, its address, where an entry has its id, how many entries there are.
type Case = (&'static str, String, &'static str, usize);

/// What is read whole, by the reason.
const NOT_PAGED: &[(&str, &[&str])] = &[
    (
        "one thing",
        &[
            "/api/cordee/v1/admin/peers/{domain}",
            "/api/cordee/v1/communities/{id}",
            "/api/cordee/v1/openapi.json",
            "/api/v1/accounts/lookup",
            "/api/v1/accounts/verify_credentials",
            "/api/v1/accounts/{id}",
            "/api/v1/admin/accounts/{id}",
            "/api/v1/admin/canonical_email_blocks/{id}",
            "/api/v1/admin/domain_allows/{id}",
            "/api/v1/admin/domain_blocks/{id}",
            "/api/v1/admin/email_domain_blocks/{id}",
            "/api/v1/admin/ip_blocks/{id}",
            "/api/v1/admin/reports/{id}",
            "/api/v1/apps/verify_credentials",
            "/api/v1/emails/check_confirmation",
            "/api/v1/filters/{id}",
            "/api/v1/instance",
            "/api/v1/instance/extended_description",
            "/api/v1/instance/privacy_policy",
            "/api/v1/instance/terms_of_service",
            "/api/v1/instance/terms_of_service/{date}",
            "/api/v1/instance/translation_languages",
            "/api/v1/lists/{id}",
            "/api/v1/markers",
            "/api/v1/media/{id}",
            "/api/v1/notifications/policy",
            "/api/v1/notifications/requests/merged",
            "/api/v1/notifications/requests/{id}",
            "/api/v1/notifications/unread_count",
            "/api/v1/notifications/{id}",
            "/api/v1/polls/{id}",
            "/api/v1/preferences",
            "/api/v1/push/subscription",
            "/api/v1/scheduled_statuses/{id}",
            "/api/v1/statuses/{id}",
            "/api/v1/statuses/{id}/source",
            "/api/v1/tags/{name}",
            "/api/v2/filters/keywords/{id}",
            "/api/v2/filters/statuses/{id}",
            "/api/v2/filters/{id}",
            "/api/v2/instance",
            "/api/v2/notifications/policy",
            "/api/v2/notifications/unread_count",
            "/api/v2/notifications/{key}",
        ],
    ),
    (
        "those whose ids are named",
        &[
            "/api/v1/accounts",
            "/api/v1/accounts/familiar_followers",
            "/api/v1/accounts/relationships",
            "/api/v1/statuses",
        ],
    ),
    (
        "few by their nature, and whole in Mastodon too: a person's lists and filters, twelve weeks, eighty people of a group",
        &[
            "/api/v1/accounts/{id}/featured_tags",
            "/api/v1/accounts/{id}/lists",
            "/api/v1/announcements",
            "/api/v1/featured_tags",
            "/api/v1/featured_tags/suggestions",
            "/api/v1/filters",
            "/api/v1/instance/activity",
            "/api/v1/instance/languages",
            "/api/v1/lists",
            "/api/v1/statuses/{id}/context",
            "/api/v1/statuses/{id}/history",
            "/api/v2/filters",
            "/api/v2/filters/{id}/keywords",
            "/api/v2/filters/{id}/statuses",
            "/api/v2/notifications/{key}/accounts",
        ],
    ),
    (
        "the first rows alone, in Mastodon too",
        &["/api/v1/suggestions", "/api/v2/suggestions"],
    ),
    (
        "looked over as a whole by admins: fifty announcements, one row a node",
        &[
            "/api/cordee/v1/admin/announcements",
            "/api/cordee/v1/admin/deliveries",
            "/api/cordee/v1/admin/peers",
        ],
    ),
    (
        "always empty here",
        &[
            "/api/v1/accounts/{id}/identity_proofs",
            "/api/v1/admin/trends/links",
            "/api/v1/admin/trends/statuses",
            "/api/v1/admin/trends/tags",
            "/api/v1/custom_emojis",
            "/api/v1/instance/peers",
            "/api/v1/instance/rules",
            "/api/v1/trends/links",
        ],
    ),
    (
        "a stream",
        &[
            "/api/v1/streaming",
            "/api/v1/streaming/health",
            "/api/v1/streaming/{*name}",
        ],
    ),
];

/// The ids of a page; a search answers three lists of which one has rows.
fn ids(said: &Said, at: &str) -> Vec<String> {
    let page = said.expect(200);
    let rows = page.get("notification_groups").unwrap_or(&page);
    let of_search = ["accounts", "statuses", "hashtags"]
        .iter()
        .filter_map(|name| page.get(name)?.as_array());
    let rows = match rows.as_array() {
        Some(rows) => rows,
        None => of_search.max_by_key(|rows| rows.len()).unwrap(),
    };
    rows.iter()
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
        assert!(down.len() < 2000, "{path} never ends");
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
        assert!(up.len() < 2000, "{path} never ends upwards");
        above = said.link("prev");
    }
    up.reverse();
    assert_eq!(up, down[..down.len() - last.len()], "{path} upwards");
}

/// Lists that the hundred and their posts fill.
#[expect(clippy::too_many_lines, reason = "a table")]
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
    let case = |who, path: &str, at, wanted| (who, path.to_owned(), at, wanted);
    let of = |who, path: String, at, wanted| (who, path, at, wanted);
    vec![
        case("bart", "/api/v1/followed_tags", "/name", all),
        case("bart", "/api/v1/endorsements", "/id", all),
        of(
            "karim",
            format!("/api/v1/accounts/{bart}/endorsements"),
            "/id",
            all,
        ),
        case("bart", "/api/v1/conversations", "/id", all),
        case("bart", "/api/v2/notifications", "/group_key", all + 3),
        case("anne", "/api/v1/notifications/requests", "/id", all),
        case("bart", "/api/v1/timelines/home", "/id", 2 * all + 1),
        case(
            "bart",
            "/api/v1/timelines/public",
            "/id",
            all + all / 2 + 1 + 20 + 1,
        ),
        case("bart", "/api/v1/timelines/tag/hum", "/id", all),
        case(
            "bart",
            "/api/v1/timelines/link?url=https%3A%2F%2Fa.example%2Fof",
            "/id",
            all,
        ),
        of("bart", format!("/api/v1/timelines/list/{list}"), "/id", all),
        of("karim", format!("{own}/{pumps}/timeline"), "/id", all + 1),
        of(
            "lotte",
            format!("/api/v1/timelines/list/{pumps}"),
            "/id",
            all + 1,
        ),
        of(
            "bart",
            format!("/api/v1/accounts/{bart}/statuses"),
            "/id",
            all + 1,
        ),
        of(
            "bart",
            format!("/api/v1/accounts/{pumps}/statuses"),
            "/id",
            all + 1,
        ),
        of(
            "bart",
            format!("/api/v1/accounts/{bart}/followers"),
            "/id",
            all,
        ),
        of(
            "bart",
            format!("/api/v1/accounts/{bart}/following"),
            "/id",
            all,
        ),
        case("anne", "/api/v1/follow_requests", "/id", all),
        case("lotte", "/api/v1/mutes", "/id", all),
        case("karim", "/api/v1/blocks", "/id", all),
        case("bart", "/api/v1/bookmarks", "/id", all),
        case("bart", "/api/v1/favourites", "/id", all),
        of(
            "bart",
            format!("/api/v1/statuses/{first}/favourited_by"),
            "/id",
            all,
        ),
        of(
            "bart",
            format!("/api/v1/statuses/{first}/reblogged_by"),
            "/id",
            all,
        ),
        of(
            "bart",
            format!("/api/v1/statuses/{first}/quotes"),
            "/id",
            all,
        ),
        of("bart", format!("/api/v1/lists/{list}/accounts"), "/id", all),
        of(
            "karim",
            format!("/api/v1/lists/{pumps}/accounts"),
            "/id",
            all + 2,
        ),
        case("bart", "/api/v1/notifications", "/id", 4 * all),
        case("bart", "/api/v1/notifications?types[]=follow", "/id", all),
        case("bart", "/api/v1/scheduled_statuses", "/id", all),
        of("karim", format!("{own}?scope=local"), "/id", all),
        of("karim", format!("{own}?scope=joined&q=about"), "/id", all),
        of(
            "karim",
            format!("{own}/{pumps}/members"),
            "/account/id",
            all + 2,
        ),
        of(
            "karim",
            format!("{own}/{valves}/requests"),
            "/account/id",
            all,
        ),
        case("bart", "/api/v1/directory", "/id", 2 * all + 5),
        case(
            "bart",
            "/api/v1/directory?order=new&local=true",
            "/id",
            all + 5,
        ),
        case("bart", "/api/v1/trends", "/name", all + 1),
        case("bart", "/api/v1/trends/tags", "/name", all + 1),
        case("bart", "/api/v1/trends/statuses", "/id", all + 1),
        case("bart", "/api/v1/accounts/search?q=p", "/id", all + 1),
        case("bart", "/api/v2/search?q=p&type=accounts", "/id", all + 1),
        case("bart", "/api/v2/search?q=hum&type=statuses", "/id", all),
        case("bart", "/api/v2/search?q=word&type=hashtags", "/name", all),
    ]
}

/// Lists that trouble fills.
fn cases_of_trouble(crowd: &Crowd, deeds: usize) -> Vec<Case> {
    let all = MANY;
    let pumps = crowd.pumps;
    let held = format!("/api/cordee/v1/communities/{pumps}/held");
    let mut cases = vec![
        ("bart", "/api/v1/domain_blocks".to_owned(), "", all),
        ("karim", held, "/id", all),
        ("ada", "/api/cordee/v1/admin/audit".to_owned(), "/id", deeds),
    ];
    let people = all + 5;
    for (list, wanted) in [
        ("v1/admin/accounts?local=true", people),
        ("v1/admin/accounts?remote=true", all),
        ("v2/admin/accounts?origin=local", people),
        ("v1/admin/reports", all),
        ("v1/admin/domain_blocks", all),
        ("v1/admin/domain_allows", all),
        ("v1/admin/email_domain_blocks", all),
        ("v1/admin/canonical_email_blocks", all),
        ("v1/admin/ip_blocks", all),
    ] {
        cases.push(("ada", format!("/api/{list}"), "/id", wanted));
    }
    cases
}

/// Every address that can be read is walked, or stands in the table; and nothing in the table is gone or paged.
fn nothing_is_left_out(client: &Client<'_>, cases: &[Case]) {
    let mut routes = routes_below("/api/");
    routes.retain(|route| route.starts_with("GET "));
    let walked: BTreeSet<&String> = cases
        .iter()
        .map(|(_, path, ..)| route_of(&format!("GET {path}"), &routes).unwrap())
        .collect();
    let excused: BTreeSet<String> = NOT_PAGED
        .iter()
        .flat_map(|(_, paths)| *paths)
        .map(|path| format!("GET {path}"))
        .collect();
    for route in &routes {
        assert!(
            walked.contains(route) != excused.contains(route),
            "{route} must either be walked here or stand in NOT_PAGED"
        );
    }
    for route in &excused {
        assert!(routes.contains(route), "{route} is gone: take it out");
        let path = route.trim_start_matches("GET ");
        if !path.contains('{') && !path.contains("streaming") {
            let said = client.get(path);
            assert_eq!(said.link("next").or(said.link("prev")), None, "{route}");
        }
    }
}

#[test]
fn every_list_pages_without_gap_or_repetition_in_both_directions() {
    World::each_with(
        |config| config.limits.enabled = false,
        |world| {
            let crowd = crowd(world);
            posts(world, &crowd);
            words(world, &crowd);
            trouble(world, &crowd);
            let page = Page::first(10_000);
            let deeds = world.read(move |conn| audit::list(conn, &page)).len();
            let clients = [
                ("bart", world.client(crowd.bart)),
                ("karim", world.client(crowd.karim)),
                ("lotte", world.client(crowd.lotte)),
                ("anne", world.client(crowd.anne)),
                ("ada", world.client_with(crowd.ada, ALL)),
            ];
            let mut all = cases(&crowd);
            all.extend(cases_of_trouble(&crowd, deeds));
            nothing_is_left_out(&clients[4].1, &all);
            for case in all {
                let (_, client) = clients.iter().find(|(name, _)| *name == case.0).unwrap();
                walk(world, client, &case);
            }
        },
    );
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
