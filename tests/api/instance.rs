//! What the node says of itself to clients: whole, and true.

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::routes::routes_below;
use crate::support::world::World;

fn get(client: &Client<'_>, path: &str) -> Value {
    client.get(path).expect(200)
}

/// What clients read there, and of which kind it is: `s` text, `n` number, `b` flag, `l` list, `o` object, `?` or null.
const CONFIGURATION: &[(&str, &str)] = &[
    ("/accounts/max_featured_tags", "n"),
    ("/accounts/max_pinned_statuses", "n"),
    ("/accounts/max_profile_fields", "n"),
    ("/accounts/profile_field_name_limit", "n"),
    ("/accounts/profile_field_value_limit", "n"),
    ("/accounts/max_display_name_length", "n"),
    ("/accounts/max_note_length", "n"),
    ("/statuses/max_characters", "n"),
    ("/statuses/max_media_attachments", "n"),
    ("/statuses/characters_reserved_per_url", "n"),
    ("/statuses/supported_mime_types", "l"),
    ("/media_attachments/supported_mime_types", "l"),
    ("/media_attachments/description_limit", "n"),
    ("/media_attachments/image_size_limit", "n"),
    ("/media_attachments/image_matrix_limit", "n"),
    ("/media_attachments/video_size_limit", "n"),
    ("/media_attachments/video_frame_rate_limit", "n"),
    ("/media_attachments/video_matrix_limit", "n"),
    ("/polls/max_options", "n"),
    ("/polls/max_characters_per_option", "n"),
    ("/polls/min_expiration", "n"),
    ("/polls/max_expiration", "n"),
];

/// The rest of version 2.
const VERSION_2: &[(&str, &str)] = &[
    ("/domain", "s"),
    ("/title", "s"),
    ("/version", "s"),
    ("/source_url", "s"),
    ("/description", "s"),
    ("/usage/users/active_month", "n"),
    ("/thumbnail/url", "s"),
    ("/thumbnail/description", "s"),
    ("/icon", "l"),
    ("/languages", "l"),
    ("/configuration/urls/streaming", "s"),
    ("/configuration/urls/status", "s?"),
    ("/configuration/urls/about", "s"),
    ("/configuration/urls/privacy_policy", "s"),
    ("/configuration/urls/terms_of_service", "s?"),
    ("/configuration/vapid/public_key", "s"),
    ("/configuration/translation/enabled", "b"),
    ("/configuration/timelines_access/live_feeds/local", "s"),
    ("/configuration/timelines_access/live_feeds/remote", "s"),
    ("/configuration/timelines_access/hashtag_feeds/local", "s"),
    ("/configuration/timelines_access/hashtag_feeds/remote", "s"),
    (
        "/configuration/timelines_access/trending_link_feeds/local",
        "s",
    ),
    (
        "/configuration/timelines_access/trending_link_feeds/remote",
        "s",
    ),
    ("/configuration/limited_federation", "b"),
    ("/registrations/enabled", "b"),
    ("/registrations/approval_required", "b"),
    ("/registrations/reason_required", "b"),
    ("/registrations/message", "s?"),
    ("/registrations/min_age", "n?"),
    ("/registrations/url", "s?"),
    ("/api_versions/mastodon", "n"),
    ("/api_versions/cordee", "n"),
    ("/contact/email", "s"),
    ("/contact/account", "o?"),
    ("/rules", "l"),
];

/// The rest of version 1.
const VERSION_1: &[(&str, &str)] = &[
    ("/uri", "s"),
    ("/title", "s"),
    ("/short_description", "s"),
    ("/description", "s"),
    ("/email", "s"),
    ("/version", "s"),
    ("/urls/streaming_api", "s"),
    ("/stats/user_count", "n"),
    ("/stats/status_count", "n"),
    ("/stats/domain_count", "n"),
    ("/thumbnail", "s"),
    ("/languages", "l"),
    ("/registrations", "b"),
    ("/approval_required", "b"),
    ("/invites_enabled", "b"),
    ("/contact_account", "o?"),
    ("/rules", "l"),
    ("/max_toot_chars", "n"),
];

fn has(instance: &Value, wanted: &[(&str, &str)]) {
    for (at, kind) in wanted {
        let value = instance.pointer(at).unwrap_or_else(|| panic!("no {at}"));
        let right = match kind.trim_end_matches('?') {
            "s" => value.is_string(),
            "n" => value.is_u64(),
            "b" => value.is_boolean(),
            "l" => value.is_array(),
            _ => value.is_object(),
        };
        assert!(
            right || (kind.ends_with('?') && value.is_null()),
            "{at}: {value}"
        );
    }
}

#[test]
fn both_versions_are_whole_and_say_the_same() {
    World::each(|world| {
        let visitor = world.visitor();
        let (one, two) = (
            get(&visitor, "/api/v1/instance"),
            get(&visitor, "/api/v2/instance"),
        );
        has(&one, VERSION_1);
        has(&two, VERSION_2);
        for instance in [&one, &two] {
            has(&instance["configuration"], CONFIGURATION);
            let version = instance["version"].as_str().unwrap();
            assert!(
                version.starts_with("4.5.0 (compatible; Cordee "),
                "{version}"
            );
        }
        for (old, new) in [
            ("/uri", "/domain"),
            ("/urls/streaming_api", "/configuration/urls/streaming"),
        ] {
            assert_eq!(one.pointer(old), two.pointer(new), "{old}");
        }
        assert!(!one["uri"].as_str().unwrap().contains('/'));
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "one limit after the other")]
fn limits_that_are_told_are_those_that_hold() {
    World::each(|world| {
        let lotte = world.client(world.person("lotte"));
        let told = get(&lotte, "/api/v2/instance")["configuration"].clone();
        let limit =
            |at: &str| usize::try_from(told.pointer(at).unwrap().as_u64().unwrap()).unwrap();
        let post = |body: &Value| lotte.post("/api/v1/statuses", body).status.as_u16();
        let most = limit("/statuses/max_characters");
        assert_eq!(post(&json!({ "status": "x".repeat(most) })), 200);
        assert_eq!(post(&json!({ "status": "x".repeat(most + 1) })), 422);
        let poll = |options: usize, length: usize, seconds: usize| {
            let options: Vec<String> = (0..options).map(|n| format!("{n:0>length$}")).collect();
            post(&json!({ "status": "?", "poll": { "options": options, "expires_in": seconds } }))
        };
        let (options, length) = (
            limit("/polls/max_options"),
            limit("/polls/max_characters_per_option"),
        );
        let (soon, late) = (
            limit("/polls/min_expiration"),
            limit("/polls/max_expiration"),
        );
        assert_eq!(
            (poll(options, length, soon), poll(options, length, late)),
            (200, 200)
        );
        for wrong in [
            poll(options + 1, length, soon),
            poll(options, length + 1, soon),
            poll(options, length, soon - 1),
            poll(options, length, late + 1),
        ] {
            assert_eq!(wrong, 422, "{}", world.kind);
        }
        let profile = |body: &Value| {
            lotte
                .patch("/api/v1/accounts/update_credentials", body)
                .status
                .as_u16()
        };
        for (field, at) in [
            ("display_name", "/accounts/max_display_name_length"),
            ("note", "/accounts/max_note_length"),
        ] {
            assert_eq!(
                profile(&json!({ field: "x".repeat(limit(at)) })),
                200,
                "{field}"
            );
            assert_eq!(
                profile(&json!({ field: "x".repeat(limit(at) + 1) })),
                422,
                "{field}"
            );
        }
        let fields = |n: usize| {
            let all: Vec<Value> = (0..n)
                .map(|n| json!({ "name": format!("f{n}"), "value": "v" }))
                .collect();
            profile(&json!({ "fields_attributes": all }))
        };
        let most = limit("/accounts/max_profile_fields");
        assert_eq!((fields(most), fields(most + 1)), (200, 422));
    });
}

/// `api_versions.mastodon` 7 stands for Mastodon 4.5: what came up to there must exist.
#[test]
fn the_version_of_the_api_is_not_a_promise_alone() {
    let world = World::with(|_| {});
    let told = get(&world.visitor(), "/api/v2/instance")["api_versions"].clone();
    assert_eq!(told, json!({ "mastodon": 7, "cordee": 1 }));
    let routes = routes_below("/api/");
    for wanted in [
        "GET /api/v2/notifications",
        "GET /api/v2/notifications/{key}/accounts",
        "GET /api/v2/notifications/policy",
        "GET /api/v1/notifications/requests",
        "GET /api/v1/accounts",
        "GET /api/v1/statuses",
        "GET /api/v1/accounts/{id}/endorsements",
        "POST /api/v1/tags/{name}/feature",
        "DELETE /api/v1/media/{id}",
        "GET /api/v1/statuses/{id}/quotes",
        "POST /api/v1/statuses/{id}/quotes/{quoting}/revoke",
        "PUT /api/v1/statuses/{id}/interaction_policy",
    ] {
        assert!(routes.contains(wanted), "{wanted}");
    }
}

#[test]
fn what_the_page_says_about_privacy_is_told_to_clients_too() {
    let world = World::with(|_| {});
    let visitor = world.visitor();
    let told = get(&visitor, "/api/v1/instance/privacy_policy");
    let content = told["content"].as_str().unwrap();
    assert!(
        content.contains("<h2>What is kept</h2><p>Your name,"),
        "{content}"
    );
    assert!(
        told["updated_at"]
            .as_str()
            .unwrap()
            .ends_with("T00:00:00.000Z")
    );
}
