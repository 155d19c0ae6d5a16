//! Changing one's own profile and preferences.

use axum::extract::State;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::credentials;
use super::answer::Answer;
use super::entities::Desk;
use super::entities::instance::MAX_FIELDS;
use super::error::ApiResult;
use super::extract::{Auth, scope};
use super::statuses::resolve_mentions;
use super::words::word;
use crate::actions::account::{ProfileChanges, update_profile};
use crate::app::App;
use crate::error::{Error, Result};
use crate::media::{self, AVATAR, HEADER};
use crate::model::refusal::Refusal;
use crate::model::text::handles::{Span, is_domain, spans};
use crate::model::text::html;
use crate::params::Params;
use crate::store::users::{self, Preferences};

/// Longest name or value of a profile field, in characters.
const FIELD: usize = 255;
/// Most domains whose pages may name the person.
const MAX_DOMAINS: usize = 100;

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct Field {
    name: Option<String>,
    value: Option<String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct Source {
    privacy: Option<String>,
    sensitive: Option<bool>,
    language: Option<String>,
    quote_policy: Option<String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct Form {
    display_name: Option<String>,
    note: Option<String>,
    locked: Option<bool>,
    bot: Option<bool>,
    discoverable: Option<bool>,
    indexable: Option<bool>,
    hide_collections: Option<bool>,
    attribution_domains: Option<Vec<String>>,
    fields_attributes: Option<Vec<Field>>,
    source: Option<Source>,
}

/// A field's value with web addresses made links.
fn field_html(value: &str) -> String {
    let mut out = String::new();
    for span in spans(value) {
        match span {
            Span::Link(url) => {
                let url = html::escape(url);
                out.push_str("<a href=\"");
                out.push_str(&url);
                out.push_str("\" target=\"_blank\" rel=\"nofollow noopener me\" translate=\"no\">");
                out.push_str(&url);
                out.push_str("</a>");
            }
            Span::Plain(text) | Span::Mention(_, text) => out.push_str(&html::escape(text)),
            Span::Tag(tag) => {
                out.push('#');
                out.push_str(&html::escape(tag));
            }
        }
    }
    out
}

/// The fields as the store keeps them.
fn fields(given: Option<Vec<Field>>) -> Result<Option<String>> {
    let Some(given) = given else { return Ok(None) };
    let mut kept: Vec<Value> = Vec::new();
    for field in given {
        let (name, value) = (
            field.name.unwrap_or_default(),
            field.value.unwrap_or_default(),
        );
        if name.trim().is_empty() && value.trim().is_empty() {
            continue;
        }
        if name.chars().count() > FIELD || value.chars().count() > FIELD {
            return Err(Error::invalid("fields_attributes", Refusal::TooLong(FIELD)));
        }
        kept.push(json!({ "name": name.trim(), "value": field_html(value.trim()) }));
    }
    if kept.len() > MAX_FIELDS {
        return Err(Error::invalid(
            "fields_attributes",
            Refusal::TooMany(MAX_FIELDS),
        ));
    }
    Ok(Some(serde_json::to_string(&kept)?))
}

/// Domains whose pages may name the person, as the store keeps them. Addresses are taken for their host.
fn domains(given: Option<Vec<String>>) -> Result<Option<String>> {
    let Some(given) = given else { return Ok(None) };
    let mut kept: Vec<String> = Vec::new();
    for line in given.iter().flat_map(|text| text.lines()) {
        let text = line.trim().to_lowercase();
        let host = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))
            .unwrap_or(&text)
            .trim_end_matches('/');
        if host.is_empty() || kept.iter().any(|known| known == host) {
            continue;
        }
        if !is_domain(host) {
            return Err(Error::invalid("attribution_domains", Refusal::Malformed));
        }
        kept.push(host.to_owned());
    }
    if kept.len() > MAX_DOMAINS {
        return Err(Error::invalid(
            "attribution_domains",
            Refusal::TooMany(MAX_DOMAINS),
        ));
    }
    Ok(Some(serde_json::to_string(&kept)?))
}

fn preferences(
    source: Option<Source>,
    hide_collections: Option<bool>,
    attribution_domains: Option<Vec<String>>,
) -> Result<Preferences> {
    let source = source.unwrap_or_default();
    Ok(Preferences {
        locale: None,
        hide_collections,
        attribution_domains: domains(attribution_domains)?,
        default_quote_policy: word("source.quote_policy", source.quote_policy.as_deref())?,
        default_visibility: word("source.privacy", source.privacy.as_deref())?,
        default_sensitive: source.sensitive,
        default_language: source
            .language
            .map(|code| Some(code.trim().to_owned()).filter(|code| !code.is_empty())),
    })
}

/// An uploaded image of the profile, kept; its name.
async fn image(
    app: &App,
    params: &Params,
    field: &'static str,
    size: (u32, u32),
) -> Result<Option<String>> {
    let Some(upload) = params.file(field) else {
        return Ok(None);
    };
    let bytes: Bytes = upload.bytes.clone();
    let (encoded, extension) =
        media::profile_picture(bytes, app.image_limits(), field, size).await?;
    app.keep_profile(encoded, extension).await.map(Some)
}

/// `PATCH /api/v1/accounts/update_credentials`: what is not sent stays as it is.
pub(super) async fn update(
    State(app): State<App>,
    me: Auth<scope::WriteAccounts>,
    super::media::Uploads(params): super::media::Uploads,
) -> ApiResult {
    let form: Form = params.get()?;
    if let Some(note) = &form.note {
        resolve_mentions(&app, note).await?;
    }
    let changes = ProfileChanges {
        display_name: form.display_name,
        note: form.note,
        fields: fields(form.fields_attributes)?,
        locked: form.locked,
        bot: form.bot,
        discoverable: form.discoverable,
        indexable: form.indexable,
        avatar: image(&app, &params, "avatar", AVATAR).await?,
        header: image(&app, &params, "header", HEADER).await?,
    };
    let wanted = preferences(form.source, form.hide_collections, form.attribution_domains)?;
    save(&app, me, changes, wanted).await
}

async fn save<S>(
    app: &App,
    me: Auth<S>,
    changes: ProfileChanges,
    wanted: Preferences,
) -> ApiResult {
    let account = me.account;
    let write = app.db.write(move |tx| {
        users::set_preferences(tx, account, &wanted)?;
        update_profile(tx, account, changes)
    });
    write.await?;
    let desk = Desk::new(app, me.viewer);
    Ok(Answer::bytes(
        app.db
            .read(move |conn| credentials(&desk, conn, account))
            .await?,
    ))
}

/// `DELETE /api/v1/profile/avatar`
pub(super) async fn remove_avatar(
    State(app): State<App>,
    me: Auth<scope::WriteAccounts>,
) -> ApiResult {
    save(
        &app,
        me,
        ProfileChanges {
            avatar: Some(String::new()),
            ..ProfileChanges::default()
        },
        Preferences::default(),
    )
    .await
}

/// `DELETE /api/v1/profile/header`
pub(super) async fn remove_header(
    State(app): State<App>,
    me: Auth<scope::WriteAccounts>,
) -> ApiResult {
    save(
        &app,
        me,
        ProfileChanges {
            header: Some(String::new()),
            ..ProfileChanges::default()
        },
        Preferences::default(),
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_harmless_html() {
        assert_eq!(field_html("<b> #x"), "&lt;b&gt; #x");
        assert!(field_html("https://a.example/x").starts_with("<a href=\"https://a.example/x\""));
    }

    #[test]
    fn domains_are_hosts_and_nothing_else() {
        let given = |texts: &[&str]| domains(Some(texts.iter().map(ToString::to_string).collect()));
        let kept = given(&["Example.com", "https://a.example/", "", "example.com"]).unwrap();
        assert_eq!(kept.as_deref(), Some(r#"["example.com","a.example"]"#));
        assert!(given(&["a b"]).is_err() && given(&["<b>"]).is_err());
        let many: Vec<String> = (0..=MAX_DOMAINS).map(|n| format!("a{n}.example")).collect();
        assert!(domains(Some(many)).is_err());
        assert_eq!(domains(None).unwrap(), None);
    }

    #[test]
    fn empty_fields_are_dropped_and_too_many_refused() {
        let field = |name: &str| Field {
            name: Some(name.into()),
            value: Some(String::new()),
        };
        assert_eq!(
            fields(Some(vec![field(""), field(" ")]))
                .unwrap()
                .as_deref(),
            Some("[]")
        );
        assert!(fields(Some((0..9).map(|_| field("x")).collect())).is_err());
        assert_eq!(fields(None).unwrap(), None);
    }
}
