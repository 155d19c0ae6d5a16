//! The pages: HTML made on the server, no JavaScript, strict content policy, in the reader's language.

mod assets;
mod form;
mod limit;
pub mod pages;
mod parts;
mod reply;
mod ui;
mod visitor;

use axum::Router;
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{get, post};

pub use visitor::Visitor;

use crate::app::App;
use crate::error::Error;

/// The pages that are nothing but pages. Those at the addresses of actors and posts are chosen by `Accept` in `server`,
/// which calls [`pages`] itself.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(signing_in())
        .merge(of_communities())
        .merge(of_posts())
        .merge(of_settings())
        .route("/", get(pages::landing::show))
        .route("/static/{file}", get(assets::file))
        .route("/home", get(pages::home::show))
        .route("/tags/{tag}", get(pages::home::tag))
        .route("/search", get(pages::search::show))
        .route("/notifications", get(pages::notifications::show))
        .route("/about", get(pages::fixed::about))
        .route("/about/source", get(pages::source::archive))
        .route("/terms", get(pages::fixed::terms))
        .route("/admin/rules", get(pages::rules::list))
        .route(
            "/admin/rules/{id}",
            get(pages::rules::show).post(pages::rules::save),
        )
        .route(
            "/admin/texts/{kind}",
            get(pages::rules::text).post(pages::rules::save_text),
        )
        .route("/privacy", get(pages::fixed::privacy))
        .route("/accessibility", get(pages::fixed::accessibility))
        .route("/@{name}", post(pages::profile::change))
        .route("/authorize_interaction", get(pages::interact::show))
}

fn signing_in() -> Router<App> {
    Router::new()
        .route(
            "/login",
            get(pages::login::show)
                .post(pages::login::sign_in)
                .layer(map_response(reply::keep_opener)),
        )
        .route("/logout", post(pages::login::sign_out))
        .route(
            "/register",
            get(pages::register::show).post(pages::register::send),
        )
        .route(
            "/register/confirm/{code}",
            get(pages::register::look).post(pages::register::agree),
        )
        .route(
            "/admin/accounts",
            get(pages::applicants::show).post(pages::applicants::decide),
        )
        .route("/language", post(pages::language::choose))
        .route(
            "/invite/{code}",
            get(pages::invite::show).post(pages::invite::accept),
        )
        .route(
            "/oauth/authorize",
            get(pages::authorize::show)
                .post(pages::authorize::decide)
                .layer(map_response(reply::keep_opener)),
        )
}

fn of_settings() -> Router<App> {
    Router::new()
        .route(
            "/settings/profile",
            get(pages::settings::profile).post(pages::settings::save_profile),
        )
        .route(
            "/settings/password",
            get(pages::settings::password).post(pages::settings::change_password),
        )
        .route(
            "/settings/apps",
            get(pages::settings::apps).post(pages::settings::disconnect),
        )
        .route(
            "/settings/applications",
            get(pages::settings::apps).post(pages::settings::disconnect),
        )
        .route(
            "/settings/invitations",
            get(pages::settings::invitations).post(pages::settings::make_invitation),
        )
        .route("/settings/export", get(pages::transfer::export))
        .route("/settings/export/{file}", get(pages::transfer::download))
        .route(
            "/settings/import",
            get(pages::transfer::import).post(pages::transfer::take_in),
        )
        .route("/settings/import/{id}", get(pages::transfer::outcome))
        .route(
            "/settings/move",
            get(pages::moving::page).post(pages::moving::change),
        )
        .route(
            "/settings/erase",
            get(pages::erase::ask).post(pages::erase::end),
        )
}

fn of_communities() -> Router<App> {
    Router::new()
        .route("/c", get(pages::directory::show))
        .route("/c/{name}/charter", get(pages::community::charter))
        .route("/c/{name}/follow", get(pages::follow::show))
        .route("/c/{name}/members", get(pages::members::show))
        .route(
            "/c/{name}/requests",
            get(pages::members::requests).post(pages::members::answer),
        )
        .route(
            "/c/{name}/held",
            get(pages::held::show).post(pages::held::decide),
        )
        .route("/c/{name}/join", post(pages::community::come))
        .route("/c/{name}/leave", post(pages::community::go))
        .route("/c/{name}/feed.atom", get(pages::feed::show))
}

fn of_posts() -> Router<App> {
    Router::new()
        .route(
            "/ask",
            get(pages::write::ask).post(pages::write::send_question),
        )
        .route(
            "/write/{kind}",
            get(pages::write::write).post(pages::write::send_kind),
        )
        .route("/posts/{id}/history", get(pages::thread::history))
        .route(
            "/posts/{id}/quotes",
            get(pages::quotes::show).post(pages::quotes::take_back),
        )
        .route(
            "/posts/{id}/edit",
            get(pages::edit::edit).post(pages::edit::save),
        )
        .route("/posts/{id}/reply", post(pages::marks::answer))
        .route("/posts/{id}/accept", post(pages::marks::accept))
        .route("/posts/{id}/favourite", post(pages::marks::favourite))
        .route("/posts/{id}/boost", post(pages::marks::pass_on))
        .route("/posts/{id}/vote", post(pages::marks::vote))
        .route("/posts/{id}/delete", post(pages::marks::delete))
        .route(
            "/posts/{id}/report",
            get(pages::report::post).post(pages::report::send_post),
        )
        .route(
            "/@{name}/report",
            get(pages::report::person).post(pages::report::send_person),
        )
        .route("/mod/reports", get(pages::moderation::list))
        .route(
            "/mod/reports/{id}",
            get(pages::moderation::show).post(pages::moderation::decide),
        )
}

/// The page for an address where nothing is, in the reader's language.
pub async fn not_found(visitor: Visitor) -> Response {
    reply::error(&visitor, &Error::NotFound)
}

/// The page for an error, for the server's own answers to browsers.
pub fn error_page(visitor: &Visitor, error: &Error) -> Response {
    reply::error(visitor, error)
}
