//! Mastodon's admin API (mastodon-api 1.9): accounts, reports, other nodes, who may sign up, figures. The scope comes
//! first, then the role, and only then anything is asked of the database; each change is in the audit log.

mod accounts;
mod barriers;
mod entities;
mod figures;
mod nodes;
mod reports;

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};

use super::answer::Answer;
use super::error::ApiResult;
use super::extract::{Auth, scope};
use crate::app::App;
use crate::model::words::Role;

/// Everything under `/api/v1/admin` and `/api/v2/admin`.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .merge(about_accounts())
        .merge(about_reports())
        .merge(about_nodes())
        .merge(about_sign_up())
        .route("/api/v1/admin/measures", post(figures::measures))
        .route("/api/v1/admin/dimensions", post(figures::dimensions))
        .route("/api/v1/admin/retention", post(figures::retention))
        .route("/api/v1/admin/trends/tags", get(no_trends))
        .route("/api/v1/admin/trends/statuses", get(no_trends))
        .route("/api/v1/admin/trends/links", get(no_trends))
}

fn about_accounts() -> Router<App> {
    Router::new()
        .route("/api/v1/admin/accounts", get(accounts::list_v1))
        .route("/api/v2/admin/accounts", get(accounts::list_v2))
        .route(
            "/api/v1/admin/accounts/{id}",
            get(accounts::show).delete(accounts::delete),
        )
        .route("/api/v1/admin/accounts/{id}/action", post(accounts::act))
        .route(
            "/api/v1/admin/accounts/{id}/approve",
            post(accounts::approve),
        )
        .route("/api/v1/admin/accounts/{id}/reject", post(accounts::reject))
        .route("/api/v1/admin/accounts/{id}/enable", post(accounts::enable))
        .route(
            "/api/v1/admin/accounts/{id}/unsilence",
            post(accounts::unsilence),
        )
        .route(
            "/api/v1/admin/accounts/{id}/unsuspend",
            post(accounts::unsuspend),
        )
        .route(
            "/api/v1/admin/accounts/{id}/unsensitive",
            post(accounts::unsensitive),
        )
}

fn about_reports() -> Router<App> {
    Router::new()
        .route("/api/v1/admin/reports", get(reports::list))
        .route(
            "/api/v1/admin/reports/{id}",
            get(reports::show).put(reports::update),
        )
        .route(
            "/api/v1/admin/reports/{id}/assign_to_self",
            post(reports::assign),
        )
        .route(
            "/api/v1/admin/reports/{id}/unassign",
            post(reports::unassign),
        )
        .route("/api/v1/admin/reports/{id}/resolve", post(reports::resolve))
        .route("/api/v1/admin/reports/{id}/reopen", post(reports::reopen))
}

fn about_nodes() -> Router<App> {
    Router::new()
        .route(
            "/api/v1/admin/domain_blocks",
            get(nodes::blocks).post(nodes::block),
        )
        .route(
            "/api/v1/admin/domain_blocks/{id}",
            get(nodes::show_block)
                .put(nodes::change_block)
                .delete(nodes::unblock),
        )
        .route(
            "/api/v1/admin/domain_allows",
            get(nodes::allows).post(nodes::allow),
        )
        .route(
            "/api/v1/admin/domain_allows/{id}",
            get(nodes::show_allow).delete(nodes::disallow),
        )
}

fn about_sign_up() -> Router<App> {
    Router::new()
        .route(
            "/api/v1/admin/email_domain_blocks",
            get(barriers::email_domains).post(barriers::block_email_domain),
        )
        .route(
            "/api/v1/admin/email_domain_blocks/{id}",
            get(barriers::show_email_domain).delete(barriers::unblock_email_domain),
        )
        .route(
            "/api/v1/admin/canonical_email_blocks",
            get(barriers::emails).post(barriers::block_email),
        )
        .route(
            "/api/v1/admin/canonical_email_blocks/test",
            post(barriers::test_email),
        )
        .route(
            "/api/v1/admin/canonical_email_blocks/{id}",
            get(barriers::show_email).delete(barriers::unblock_email),
        )
        .route(
            "/api/v1/admin/ip_blocks",
            get(barriers::networks).post(barriers::block_network),
        )
        .route(
            "/api/v1/admin/ip_blocks/{id}",
            get(barriers::show_network)
                .put(barriers::change_network)
                .delete(barriers::unblock_network),
        )
}

/// `GET /api/v1/admin/trends/…`: nothing trends here, so nothing waits to be looked at.
async fn no_trends(me: Auth<scope::AdminRead>, State(_): State<App>) -> ApiResult {
    me.at_least(Role::Moderator)?;
    std::future::ready(Ok(Answer::none())).await
}
