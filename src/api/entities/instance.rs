//! What the node says of itself: Mastodon `Instance`, versions 1 and 2.

use serde_json::{Value, json};

use crate::actions::account::{MAX_NAME, MAX_NOTE};
use crate::actions::create_post::{POLL_OPTION_CHARACTERS, POLL_OPTIONS, POLL_SECONDS};
use crate::actions::react::MAX_PINNED;
use crate::actions::set_rules::translations;
use crate::actions::tags::FEATURED;
use crate::config::{Config, RegistrationMode};
use crate::error::Result;
use crate::media::file::mime_types;
use crate::model::post::{MAX_CHARACTERS, MAX_MEDIA};
use crate::store::rules::Rule;

/// The API that we answer like, and who we are.
pub(crate) const VERSION: &str =
    concat!("4.5.0 (compatible; Cordee ", env!("CARGO_PKG_VERSION"), ")");

/// Longest alt text, in characters.
pub(crate) const MAX_DESCRIPTION: usize = 1500;
/// Media types of uploaded images.
const IMAGES: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];
/// Films are not decoded here, so these bounds are none.
const ANY_RATE: u32 = 240;
const ANY_FRAME: u32 = 33_177_600;
/// Fields of a profile.
pub(crate) const MAX_FIELDS: usize = 4;

/// Figures and people that come from the database.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    pub(crate) users: i64,
    pub(crate) active: i64,
    pub(crate) posts: i64,
    pub(crate) nodes: i64,
    pub(crate) vapid: String,
    pub(crate) contact: Value,
    /// The rules that hold.
    pub(crate) rules: Vec<Value>,
    /// Whether there are terms of service.
    pub(crate) terms: bool,
}

/// Mastodon `Rule`.
///
/// # Errors
/// `Internal` where the row cannot be read.
pub(crate) fn rule(rule: &Rule) -> Result<Value> {
    let others = translations(rule)?;
    Ok(json!({
        "id": rule.id.to_string(),
        "text": rule.text,
        "hint": rule.hint,
        "translations": others,
    }))
}

fn streaming(config: &Config) -> String {
    let base = config.base_url();
    match base.strip_prefix("https://") {
        Some(rest) => format!("wss://{rest}"),
        None => format!("ws://{}", base.strip_prefix("http://").unwrap_or(&base)),
    }
}

fn description(config: &Config) -> String {
    if config.node.firm.is_empty() {
        return "Learning communities at work".to_owned();
    }
    format!("Learning communities of {}", config.node.firm)
}

/// Whether somebody can register, and whether it must be approved.
fn registrations(config: &Config) -> (bool, bool) {
    match config.registration.mode {
        RegistrationMode::Open => (true, false),
        RegistrationMode::Approval => (true, true),
        RegistrationMode::Invite | RegistrationMode::Sso => (false, false),
    }
}

/// The parts of `configuration` that both versions have.
fn limits(config: &Config) -> Value {
    let types: Vec<&str> = IMAGES.into_iter().chain(mime_types()).collect();
    json!({
        "accounts": {
            "max_featured_tags": FEATURED,
            "max_pinned_statuses": MAX_PINNED,
            "max_profile_fields": MAX_FIELDS,
            "profile_field_name_limit": 255,
            "profile_field_value_limit": 255,
            "max_display_name_length": MAX_NAME,
            "max_note_length": MAX_NOTE,
            "avatar_description_limit": 150,
            "header_description_limit": 150,
        },
        "statuses": {
            "max_characters": MAX_CHARACTERS,
            "max_media_attachments": MAX_MEDIA,
            "characters_reserved_per_url": 23,
            "supported_mime_types": ["text/markdown"],
        },
        "media_attachments": {
            "supported_mime_types": types,
            "description_limit": MAX_DESCRIPTION,
            "image_size_limit": config.media.image_size_limit,
            "image_matrix_limit": config.media.image_matrix_limit,
            "video_size_limit": config.media.video_size_limit,
            "video_frame_rate_limit": ANY_RATE,
            "video_matrix_limit": ANY_FRAME,
        },
        "polls": {
            "max_options": POLL_OPTIONS,
            "max_characters_per_option": POLL_OPTION_CHARACTERS,
            "min_expiration": POLL_SECONDS.start(),
            "max_expiration": POLL_SECONDS.end(),
        },
    })
}

/// Version 2.
pub(crate) fn v2(config: &Config, figures: &Figures) -> Value {
    let base = config.base_url();
    let (enabled, approval) = registrations(config);
    let feeds = json!({ "local": "authenticated", "remote": "authenticated" });
    let mut configuration = limits(config);
    if let Some(object) = configuration.as_object_mut() {
        object.insert(
            "urls".into(),
            json!({
                "streaming": streaming(config),
                "status": null,
                "about": format!("{base}/about"),
                "privacy_policy": format!("{base}/privacy"),
                "terms_of_service": figures.terms.then(|| format!("{base}/terms")),
            }),
        );
        object.insert("vapid".into(), json!({ "public_key": figures.vapid }));
        object.insert("translation".into(), json!({ "enabled": false }));
        object.insert(
            "timelines_access".into(),
            json!({ "live_feeds": feeds, "hashtag_feeds": feeds,
                    "trending_link_feeds": feeds }),
        );
        object.insert(
            "limited_federation".into(),
            json!(!config.federation.enabled),
        );
    }
    json!({
        "domain": config.authority(),
        "title": config.node.name,
        "version": VERSION,
        "source_url": format!("{base}/about"),
        "description": description(config),
        "usage": { "users": { "active_month": figures.active } },
        "thumbnail": {
            "url": format!("{base}/headers/original/missing.png"),
            "blurhash": null,
            "description": "",
            "versions": {},
        },
        "icon": [],
        "languages": config.node.languages,
        "configuration": configuration,
        "registrations": {
            "enabled": enabled,
            "approval_required": approval,
            "reason_required": approval,
            "message": null,
            "min_age": null,
            "url": null,
        },
        "api_versions": { "mastodon": 7, "cordee": 1 },
        "contact": { "email": "", "account": figures.contact },
        "rules": figures.rules,
    })
}

/// Version 1.
pub(crate) fn v1(config: &Config, figures: &Figures) -> Value {
    let (enabled, approval) = registrations(config);
    json!({
        "uri": config.authority(),
        "title": config.node.name,
        "short_description": description(config),
        "description": description(config),
        "email": "",
        "version": VERSION,
        "urls": { "streaming_api": streaming(config) },
        "stats": { "user_count": figures.users, "status_count": figures.posts, "domain_count": figures.nodes },
        "thumbnail": format!("{}/headers/original/missing.png", config.base_url()),
        "languages": config.node.languages,
        "registrations": enabled,
        "approval_required": approval,
        "invites_enabled": false,
        "configuration": limits(config),
        "contact_account": figures.contact,
        "rules": figures.rules,
        "max_toot_chars": MAX_CHARACTERS,
    })
}
