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
use axum::routing::{get, post};

pub use visitor::Visitor;

use crate::app::App;

/// The pages that are nothing but pages. Those at the addresses of actors and posts are chosen by `Accept` in `server`,
/// which calls [`pages`] itself.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/static/{file}", get(assets::file))
        .route(
            "/login",
            get(pages::login::show).post(pages::login::sign_in),
        )
        .route("/logout", post(pages::login::sign_out))
        .route("/language", post(pages::language::choose))
        .route(
            "/invite/{code}",
            get(pages::invite::show).post(pages::invite::accept),
        )
        .route(
            "/oauth/authorize",
            get(pages::authorize::show).post(pages::authorize::decide),
        )
        .route("/about", get(pages::fixed::about))
        .route("/about/source", get(pages::source::archive))
        .route("/privacy", get(pages::fixed::privacy))
        .route("/accessibility", get(pages::fixed::accessibility))
}
