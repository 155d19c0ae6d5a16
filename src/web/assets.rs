//! The one style sheet and the icon, part of the program. Their addresses carry a hash, so browsers keep them for good.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "src/web/static"]
struct Files;

/// Address of the style sheet.
pub(super) static STYLE: LazyLock<String> = LazyLock::new(|| address("cordee.css"));
/// Address of the icon.
pub(super) static ICON: LazyLock<String> = LazyLock::new(|| address("cordee.svg"));

fn address(name: &str) -> String {
    let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
    format!("/static/{stem}-{}.{end}", hash(name))
}

fn hash(name: &str) -> String {
    let bytes = Files::get(name)
        .map(|file| Sha256::digest(&file.data))
        .unwrap_or_default();
    bytes
        .iter()
        .take(6)
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// `GET /static/{file}`
pub(super) async fn file(Path(wanted): Path<String>) -> Response {
    let found = Files::iter().find(|name| address(name) == format!("/static/{wanted}"));
    let Some((name, file)) = found.and_then(|name| Files::get(&name).map(|file| (name, file)))
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mime = if name.ends_with(".css") {
        "text/css; charset=utf-8"
    } else {
        "image/svg+xml"
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(mime)),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'"),
        ),
    ];
    (headers, file.data.into_owned()).into_response()
}
