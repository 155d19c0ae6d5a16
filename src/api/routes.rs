//! One flat list of all addresses of the API; `docs/API.md` has the same list for readers.

use std::sync::Arc;

use axum::middleware::from_fn_with_state;
use axum::routing::{any, delete, get, patch, post, put};
use axum::{Extension, Router};
use tower_http::catch_panic::CatchPanicLayer;

use super::gate;
use super::{
    accounts, announcements, conversations, domain_blocks, emails, files, filters, filters_v1,
    instance, lists, marks, media, notification_groups as groups, notification_policy as policy,
    notifications, polls, profile, push, quotes, regards, register, relations, remote_files,
    reports, scheduled, search, status_reads as reads, statuses, streaming, suggestions, tags,
    timelines, trends,
};
use crate::app::App;

/// Everything under `/api`, the files of the media folder and the stand-in images.
pub fn routes(app: &App) -> Router<App> {
    let counted = Router::new()
        .merge(about_the_node())
        .merge(about_coming_in())
        .merge(about_people())
        .merge(about_posts())
        .merge(about_timelines())
        .merge(about_notifications())
        .merge(about_ones_own())
        .merge(about_trouble())
        .merge(about_what_goes_on())
        .merge(super::cordee::routes())
        .merge(super::admin::routes())
        .merge(not_yet())
        .merge(live())
        .route("/api/{*rest}", any(gate::nothing_here))
        .route("/oauth/{*rest}", any(gate::nothing_here))
        .method_not_allowed_fallback(gate::nothing_here)
        .layer(CatchPanicLayer::custom(gate::panicked));
    guarded(app, counted).merge(images()).layer(gate::cors())
}

/// What every request of a client passes: rate limits and fixed headers. The OAuth server stands behind it too.
pub fn guarded(app: &App, routes: Router<App>) -> Router<App> {
    routes.layer(from_fn_with_state(app.clone(), gate::pass))
}

/// Files are neither counted nor worded in the reader's language.
fn images() -> Router<App> {
    Router::new()
        .route("/media/{file}", get(files::file))
        .route("/media/remote/{part}/{id}/{key}", get(remote_files::show))
        .route("/avatars/original/missing.png", get(files::missing_avatar))
        .route("/avatars/original/group.png", get(files::missing_group))
        .route("/headers/original/missing.png", get(files::missing_header))
}

fn about_the_node() -> Router<App> {
    Router::new()
        .route("/api/v2/instance", get(instance::version_2))
        .route("/api/v1/instance", get(instance::version_1))
        .route("/api/v1/instance/rules", get(instance::list_rules))
        .route(
            "/api/v1/instance/extended_description",
            get(instance::extended_description),
        )
        .route(
            "/api/v1/instance/privacy_policy",
            get(instance::privacy_policy),
        )
        .route(
            "/api/v1/instance/terms_of_service",
            get(instance::terms_of_service),
        )
        .route(
            "/api/v1/instance/terms_of_service/{date}",
            get(instance::terms_of_day),
        )
        .route(
            "/api/v1/instance/translation_languages",
            get(instance::empty),
        )
        .route("/api/v1/instance/peers", get(instance::nothing))
        .route("/api/v1/instance/activity", get(instance::activity))
        .route("/api/v1/instance/languages", get(instance::languages))
        .route("/api/v1/custom_emojis", get(instance::nothing))
        .route("/api/v1/preferences", get(instance::preferences))
        .route("/api/v1/directory", get(accounts::directory))
        .route("/api/v1/tags/{name}", get(tags::show))
}

fn about_people() -> Router<App> {
    Router::new()
        .route(
            "/api/v1/accounts/verify_credentials",
            get(accounts::verify_credentials),
        )
        .route(
            "/api/v1/accounts/update_credentials",
            patch(profile::update),
        )
        .route("/api/v1/accounts/lookup", get(accounts::lookup))
        .route("/api/v1/accounts/search", get(accounts::search))
        .route(
            "/api/v1/accounts/relationships",
            get(accounts::relationships),
        )
        .route(
            "/api/v1/accounts/familiar_followers",
            get(accounts::familiar_followers),
        )
        .route(
            "/api/v1/accounts",
            get(accounts::batch).post(register::create),
        )
        .route("/api/v1/accounts/{id}", get(accounts::show))
        .route("/api/v1/accounts/{id}/statuses", get(accounts::statuses))
        .route("/api/v1/accounts/{id}/followers", get(accounts::followers))
        .route("/api/v1/accounts/{id}/following", get(accounts::following))
        .route("/api/v1/accounts/{id}/follow", post(relations::follow))
        .route("/api/v1/accounts/{id}/unfollow", post(relations::unfollow))
        .route(
            "/api/v1/accounts/{id}/remove_from_followers",
            post(relations::remove_from_followers),
        )
        .route("/api/v1/accounts/{id}/block", post(relations::block))
        .route("/api/v1/accounts/{id}/unblock", post(relations::unblock))
        .route("/api/v1/accounts/{id}/mute", post(relations::mute))
        .route("/api/v1/accounts/{id}/unmute", post(relations::unmute))
        .route("/api/v1/follow_requests", get(relations::follow_requests))
        .route(
            "/api/v1/follow_requests/{id}/authorize",
            post(relations::authorize),
        )
        .route(
            "/api/v1/follow_requests/{id}/reject",
            post(relations::reject),
        )
        .route("/api/v1/blocks", get(relations::blocks))
        .route("/api/v1/mutes", get(relations::mutes))
        .route("/api/v1/profile/avatar", delete(profile::remove_avatar))
        .route("/api/v1/profile/header", delete(profile::remove_header))
        .route("/api/v1/accounts/{id}/lists", get(lists::holding))
        .route("/api/v1/lists", get(lists::list).post(lists::create))
        .route(
            "/api/v1/lists/{id}",
            get(lists::show).put(lists::update).delete(lists::delete),
        )
        .route(
            "/api/v1/lists/{id}/accounts",
            get(lists::members).post(lists::add).delete(lists::remove),
        )
}

/// The mail that confirms an address.
fn about_coming_in() -> Router<App> {
    Router::new()
        .route("/api/v1/emails/confirmations", post(emails::send))
        .route("/api/v1/emails/check_confirmation", get(emails::check))
}

fn about_posts() -> Router<App> {
    Router::new()
        .route("/api/v1/statuses", get(reads::batch).post(statuses::create))
        .route(
            "/api/v1/statuses/{id}",
            get(reads::show)
                .put(statuses::edit)
                .delete(statuses::delete),
        )
        .route("/api/v1/statuses/{id}/context", get(reads::context))
        .route("/api/v1/statuses/{id}/history", get(reads::history))
        .route("/api/v1/statuses/{id}/source", get(reads::source))
        .route(
            "/api/v1/statuses/{id}/favourited_by",
            get(reads::favourited_by),
        )
        .route(
            "/api/v1/statuses/{id}/reblogged_by",
            get(reads::reblogged_by),
        )
        .route("/api/v1/statuses/{id}/favourite", post(marks::favourite))
        .route(
            "/api/v1/statuses/{id}/unfavourite",
            post(marks::unfavourite),
        )
        .route("/api/v1/statuses/{id}/reblog", post(marks::reblog))
        .route("/api/v1/statuses/{id}/unreblog", post(marks::unreblog))
        .route("/api/v1/statuses/{id}/bookmark", post(marks::bookmark))
        .route("/api/v1/statuses/{id}/unbookmark", post(marks::unbookmark))
        .route("/api/v1/statuses/{id}/pin", post(marks::pin))
        .route("/api/v1/statuses/{id}/unpin", post(marks::unpin))
        .route("/api/v1/statuses/{id}/mute", post(marks::mute))
        .route("/api/v1/statuses/{id}/unmute", post(marks::unmute))
        .route("/api/v1/statuses/{id}/quotes", get(quotes::list))
        .route(
            "/api/v1/statuses/{id}/quotes/{quoting}/revoke",
            post(quotes::revoke),
        )
        .route(
            "/api/v1/statuses/{id}/interaction_policy",
            put(quotes::set_policy),
        )
        .route("/api/v1/scheduled_statuses", get(scheduled::list))
        .route(
            "/api/v1/scheduled_statuses/{id}",
            get(scheduled::show)
                .put(scheduled::update)
                .delete(scheduled::delete),
        )
        .route("/api/v1/polls/{id}", get(polls::show))
        .route("/api/v1/polls/{id}/votes", post(polls::vote))
        .route("/api/v1/media", post(media::upload_whole))
        .route("/api/v2/media", post(media::upload))
        .route(
            "/api/v1/media/{id}",
            get(media::show).put(media::update).delete(media::delete),
        )
        .route("/api/v1/bookmarks", get(marks::bookmarks))
        .route("/api/v1/favourites", get(marks::favourites))
}

fn about_timelines() -> Router<App> {
    Router::new()
        .route("/api/v1/timelines/home", get(timelines::home))
        .route("/api/v1/timelines/public", get(timelines::public))
        .route("/api/v1/timelines/tag/{name}", get(timelines::tag))
        .route("/api/v1/timelines/list/{id}", get(lists::timeline))
        .route("/api/v1/timelines/link", get(timelines::link))
        .route(
            "/api/v1/markers",
            get(notifications::show_markers).post(notifications::set_markers),
        )
        .route("/api/v2/search", get(search::search))
}

fn about_notifications() -> Router<App> {
    Router::new()
        .route("/api/v1/notifications", get(notifications::list))
        .route("/api/v1/notifications/clear", post(notifications::clear))
        .route(
            "/api/v1/notifications/unread_count",
            get(notifications::unread_count),
        )
        .route("/api/v1/notifications/{id}", get(notifications::show))
        .route(
            "/api/v1/notifications/{id}/dismiss",
            post(notifications::dismiss),
        )
        .route("/api/v2/notifications", get(groups::list))
        .route(
            "/api/v2/notifications/unread_count",
            get(groups::unread_count),
        )
        .route("/api/v2/notifications/{key}", get(groups::show))
        .route(
            "/api/v2/notifications/{key}/accounts",
            get(groups::accounts),
        )
        .route("/api/v2/notifications/{key}/dismiss", post(groups::dismiss))
        .route(
            "/api/v1/push/subscription",
            get(push::show)
                .post(push::create)
                .put(push::update)
                .delete(push::delete),
        )
        .merge(about_strangers())
}

/// Whose notifications are wanted.
fn about_strangers() -> Router<App> {
    Router::new()
        .route(
            "/api/v1/notifications/policy",
            get(policy::policy_v1).put(policy::set_policy_v1),
        )
        .route(
            "/api/v2/notifications/policy",
            get(policy::policy).patch(policy::set_policy),
        )
        .route("/api/v1/notifications/requests", get(policy::requests))
        .route("/api/v1/notifications/requests/merged", get(policy::merged))
        .route(
            "/api/v1/notifications/requests/accept",
            post(policy::accept_several),
        )
        .route(
            "/api/v1/notifications/requests/dismiss",
            post(policy::dismiss_several),
        )
        .route("/api/v1/notifications/requests/{id}", get(policy::request))
        .route(
            "/api/v1/notifications/requests/{id}/accept",
            post(policy::accept),
        )
        .route(
            "/api/v1/notifications/requests/{id}/dismiss",
            post(policy::dismiss),
        )
}

/// What people keep for themselves: filters, tags, recommendations, notes, conversations.
fn about_ones_own() -> Router<App> {
    Router::new()
        .route("/api/v1/accounts/{id}/endorse", post(regards::endorse))
        .route("/api/v1/accounts/{id}/pin", post(regards::endorse))
        .route("/api/v1/accounts/{id}/unendorse", post(regards::unendorse))
        .route("/api/v1/accounts/{id}/unpin", post(regards::unendorse))
        .route("/api/v1/accounts/{id}/note", post(regards::note))
        .route("/api/v1/endorsements", get(regards::own))
        .route(
            "/api/v1/accounts/{id}/endorsements",
            get(regards::endorsed_by),
        )
        .route("/api/v1/tags/{name}/follow", post(tags::follow))
        .route("/api/v1/tags/{name}/unfollow", post(tags::unfollow))
        .route("/api/v1/tags/{name}/feature", post(tags::feature))
        .route("/api/v1/tags/{name}/unfeature", post(tags::unfeature))
        .route("/api/v1/followed_tags", get(tags::followed))
        .route(
            "/api/v1/featured_tags",
            get(tags::featured).post(tags::new_featured),
        )
        .route("/api/v1/featured_tags/suggestions", get(tags::suggestions))
        .route("/api/v1/featured_tags/{id}", delete(tags::delete_featured))
        .route(
            "/api/v1/accounts/{id}/featured_tags",
            get(tags::featured_by),
        )
        .route("/api/v1/conversations", get(conversations::list))
        .route("/api/v1/conversations/{id}", delete(conversations::delete))
        .route("/api/v1/conversations/{id}/read", post(conversations::read))
        .route(
            "/api/v1/conversations/{id}/unread",
            post(conversations::unread),
        )
        .merge(about_filters())
}

/// What people do about others who trouble them, besides blocking and muting.
fn about_trouble() -> Router<App> {
    Router::new()
        .route("/api/v1/reports", post(reports::create))
        .route(
            "/api/v1/domain_blocks",
            get(domain_blocks::list)
                .post(domain_blocks::create)
                .delete(domain_blocks::delete),
        )
}

fn about_filters() -> Router<App> {
    Router::new()
        .route(
            "/api/v1/filters",
            get(filters_v1::list).post(filters_v1::create),
        )
        .route(
            "/api/v1/filters/{id}",
            get(filters_v1::show)
                .put(filters_v1::update)
                .delete(filters_v1::delete),
        )
        .route("/api/v2/filters", get(filters::list).post(filters::create))
        .route(
            "/api/v2/filters/{id}",
            get(filters::show)
                .put(filters::update)
                .delete(filters::delete),
        )
        .route(
            "/api/v2/filters/{id}/keywords",
            get(filters::keywords).post(filters::new_keyword),
        )
        .route(
            "/api/v2/filters/keywords/{id}",
            get(filters::keyword)
                .put(filters::update_keyword)
                .delete(filters::delete_keyword),
        )
        .route(
            "/api/v2/filters/{id}/statuses",
            get(filters::posts).post(filters::new_post),
        )
        .route(
            "/api/v2/filters/statuses/{id}",
            get(filters::post).delete(filters::delete_post),
        )
}

/// What the node tells and proposes.
fn about_what_goes_on() -> Router<App> {
    Router::new()
        .route("/api/v1/announcements", get(announcements::list))
        .route(
            "/api/v1/announcements/{id}/dismiss",
            post(announcements::dismiss),
        )
        .route(
            "/api/v1/announcements/{id}/reactions/{name}",
            put(announcements::react).delete(announcements::unreact),
        )
        .route("/api/v1/suggestions", get(suggestions::version_1))
        .route("/api/v2/suggestions", get(suggestions::version_2))
        .route("/api/v1/suggestions/{id}", delete(suggestions::refuse))
        .route("/api/v1/trends", get(trends::tags))
        .route("/api/v1/trends/tags", get(trends::tags))
        .route("/api/v1/trends/statuses", get(trends::statuses))
}

/// Streams (mastodon-api 1.8).
fn live() -> Router<App> {
    Router::new()
        .route("/api/v1/streaming", get(streaming::open))
        .route("/api/v1/streaming/health", get(streaming::health))
        .route("/api/v1/streaming/{*name}", get(streaming::open_named))
        .layer(Extension(Arc::new(streaming::Exchange::new())))
}

/// Where clients ask at their start and the neutral answer is documented to be enough.
fn not_yet() -> Router<App> {
    Router::new()
        .route("/api/v1/trends/links", get(instance::nothing))
        .route(
            "/api/v1/accounts/{id}/identity_proofs",
            get(instance::nothing_for_people),
        )
}
