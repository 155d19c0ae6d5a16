//! Our own API (contract 5): what Mastodon has no word for.

pub(super) mod acceptance;
pub(super) mod admin;
pub(super) mod announcements;
pub(super) mod communities;
pub(super) mod held;
pub(super) mod members;
pub(super) mod openapi;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// Everything under `/api/cordee/v1` (contract 5).
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/cordee/v1/openapi.json", get(openapi::show))
        .route(
            "/api/cordee/v1/communities",
            get(communities::list).post(communities::create),
        )
        .route(
            "/api/cordee/v1/communities/{id}",
            get(communities::show).patch(communities::update),
        )
        .route(
            "/api/cordee/v1/communities/{id}/open",
            post(communities::open),
        )
        .route(
            "/api/cordee/v1/communities/{id}/timeline",
            get(communities::timeline),
        )
        .route("/api/cordee/v1/communities/{id}/join", post(members::join))
        .route(
            "/api/cordee/v1/communities/{id}/leave",
            post(members::leave),
        )
        .route(
            "/api/cordee/v1/communities/{id}/members",
            get(members::members),
        )
        .route(
            "/api/cordee/v1/communities/{id}/members/{account}/remove",
            post(members::remove),
        )
        .route(
            "/api/cordee/v1/communities/{id}/members/{account}/ban",
            post(members::ban),
        )
        .route(
            "/api/cordee/v1/communities/{id}/requests",
            get(members::requests),
        )
        .route(
            "/api/cordee/v1/communities/{id}/requests/{account}/accept",
            post(members::accept),
        )
        .route(
            "/api/cordee/v1/communities/{id}/requests/{account}/reject",
            post(members::reject),
        )
        .route(
            "/api/cordee/v1/communities/{id}/invitations",
            post(members::invitation),
        )
        .route("/api/cordee/v1/communities/{id}/held", get(held::list))
        .route(
            "/api/cordee/v1/statuses/{id}/release",
            post(held::let_through),
        )
        .route("/api/cordee/v1/statuses/{id}/turn_down", post(held::refuse))
        .merge(for_admins())
}

/// Acceptance, and what admins do (contract 5).
fn for_admins() -> Router<App> {
    Router::new()
        .route(
            "/api/cordee/v1/statuses/{id}/accept",
            post(acceptance::accept),
        )
        .route(
            "/api/cordee/v1/statuses/{id}/unaccept",
            post(acceptance::unaccept),
        )
        .merge(admin::routes())
}
