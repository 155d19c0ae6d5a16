//! Mastodon `MediaAttachment`.

use serde_json::{Value, json};

use crate::media::remote::{self, Part};
use crate::model::words::{MediaKind, MediaState};
use crate::store::media::Media;

fn size(width: Option<i32>, height: Option<i32>) -> Value {
    match (width, height) {
        (Some(width), Some(height)) if width > 0 && height > 0 => {
            let aspect = f64::from(width) / f64::from(height);
            json!({ "width": width, "height": height, "size": format!("{width}x{height}"), "aspect": aspect })
        }
        _ => Value::Null,
    }
}

/// Where this node shows a picture that lies elsewhere.
fn fetched(base: &str, media: &Media, part: Part) -> Option<String> {
    let address = media.remote_url.as_deref()?;
    let shown = media.kind == MediaKind::Image && remote::is_web_address(address);
    shown.then(|| format!("{base}{}", remote::path(part, media.id, address)))
}

/// One attachment.
pub(crate) fn entity(base: &str, media: &Media) -> Value {
    // Nobody shows what is still worked on.
    let ready = media.state == MediaState::Ready;
    let ours = |file: &Option<String>| {
        let file = file.as_ref().filter(|_| ready)?;
        Some(format!("{base}/media/{file}"))
    };
    let url = ours(&media.file)
        .or_else(|| fetched(base, media, Part::Original))
        .or_else(|| media.remote_url.clone());
    let preview = ours(&media.preview)
        .or_else(|| fetched(base, media, Part::Small))
        .or_else(|| url.clone().filter(|_| media.kind == MediaKind::Image));
    let mut meta = serde_json::Map::new();
    let original = size(media.width, media.height);
    if !original.is_null() {
        let small = size(media.preview_width, media.preview_height);
        meta.insert(
            "small".into(),
            if small.is_null() {
                original.clone()
            } else {
                small
            },
        );
        meta.insert("original".into(), original);
    }
    meta.insert(
        "focus".into(),
        json!({ "x": media.focus_x, "y": media.focus_y }),
    );
    json!({
        "id": media.id.to_string(),
        "type": media.kind.as_str(),
        "url": url,
        "preview_url": preview,
        "remote_url": media.file.is_none().then_some(&media.remote_url),
        "preview_remote_url": null,
        "text_url": null,
        "meta": meta,
        "description": (!media.description.is_empty()).then_some(&media.description),
        "blurhash": media.blurhash,
    })
}
