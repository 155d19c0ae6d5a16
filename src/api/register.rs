//! `POST /api/v1/accounts`: an app asks for an account in the name of somebody who has none (mastodon-api 1.3).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::ApiError;
use super::extract::{Body, Identity};
use crate::actions::authorize_app::issue_token;
use crate::actions::barriers::{admission_at, severity_at};
use crate::actions::invite::accept_invitation;
use crate::actions::register::Newcomer;
use crate::actions::sign_up::{mistakes, sign_up};
use crate::app::App;
use crate::app::limits::{Bucket, Source, named};
use crate::error::{Error, Result};
use crate::i18n::Lang;
use crate::model::admission::Admission;
use crate::model::refusal::Refusal;
use crate::model::scopes::Scopes;
use crate::secrets::{hash_password, hash_token, random_token};
use crate::store;
use crate::store::db::Tx;
use crate::store::users::email_key;

/// What somebody typed into an app.
#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    username: String,
    email: String,
    password: String,
    agreement: bool,
    locale: String,
    reason: String,
    invite_code: String,
}

/// By which way somebody comes.
#[derive(Debug, Clone)]
enum Way {
    /// As the node lets everybody.
    Open(Admission),
    /// By an invitation, of which this is the code's hash.
    Invited(String),
}

impl Way {
    fn admission(&self) -> Admission {
        match self {
            Self::Open(admission) => *admission,
            Self::Invited(_) => Admission::AtOnce,
        }
    }
}

/// Makes the account and answers a token for it, which works once the account does.
pub(super) async fn create(
    State(app): State<App>,
    Extension(identity): Extension<Identity>,
    Extension(source): Extension<Source>,
    Body(wanted): Body<Wanted>,
) -> std::result::Result<Response, ApiError> {
    let Identity::Known(grant) = identity else {
        return Err(ApiError::Unauthorized);
    };
    if grant.account.is_some() {
        return Err(Refusal::RoleTooLow.into());
    }
    if !grant.scopes.allow("write:accounts") {
        return Err(ApiError::Scope);
    }
    let way = way(&app, &wanted).ok_or(ApiError::from(Refusal::BadInvitation))?;
    let severity = severity_at(&app.networks().await?, source.0);
    let way = match way {
        Way::Open(admission) => Way::Open(admission_at(severity, admission)?),
        invited @ Way::Invited(_) => invited,
    };
    let newcomer = newcomer(&wanted)?;
    let mut found = mistakes(&newcomer, &wanted.password, way.admission());
    if !wanted.agreement {
        found.push(("agreement", Refusal::Malformed));
    }
    if !found.is_empty() {
        return Ok(refused(&found));
    }
    count(&app, source, &way, &wanted.email)?;
    match make(&app, grant.app_id, way, newcomer, &wanted.password).await {
        Ok(token) => Ok(Json(token).into_response()),
        Err(Error::Invalid { field, why }) => {
            let field = ["username", "email", "password", "reason"]
                .into_iter()
                .find(|known| *known == field)
                .unwrap_or("username");
            Ok(refused(&[(field, why)]))
        }
        Err(error) => Err(error.into()),
    }
}

fn way(app: &App, wanted: &Wanted) -> Option<Way> {
    if !wanted.invite_code.is_empty() {
        return Some(Way::Invited(hash_token(&wanted.invite_code)));
    }
    app.config.admission().map(Way::Open)
}

fn newcomer(wanted: &Wanted) -> Result<Newcomer> {
    let mut newcomer = Newcomer::new(&wanted.username.to_lowercase(), &wanted.email, None)?;
    newcomer.reason.clone_from(&wanted.reason);
    if let Some(lang) = Lang::parse(&wanted.locale) {
        lang.code().clone_into(&mut newcomer.locale);
    }
    Ok(newcomer)
}

fn count(app: &App, source: Source, way: &Way, email: &str) -> Result<()> {
    let (limits, now) = (&app.config.limits, app.db.now());
    let count = |bucket, who| app.limits.check(limits, bucket, who, now);
    count(Bucket::SignUp, source.key())?;
    if let Way::Open(admission) = way {
        // Its owner may be written to, whether it is somebody's or not.
        count(Bucket::MailTo, named(&email_key(email)))?;
        if *admission != Admission::AtOnce {
            count(Bucket::MailNode, 0)?;
        }
    }
    Ok(())
}

async fn make(
    app: &App,
    client: i64,
    way: Way,
    mut newcomer: Newcomer,
    password: &str,
) -> Result<Value> {
    newcomer.password_hash = Some(hash_password(password).await?);
    let token = random_token();
    let (hash, base) = (hash_token(&token), app.config.base_url());
    let work = move |tx: &mut Tx<'_>| {
        let account = match way {
            Way::Open(admission) => sign_up(tx, &base, &newcomer, admission)?,
            Way::Invited(code) => accept_invitation(tx, &base, &code, &newcomer)?,
        };
        let registered = store::oauth::find_app(tx, client)?.ok_or(Error::NotFound)?;
        let scopes: Scopes = registered.scope_set();
        issue_token(tx, client, Some(account.id), &scopes, &hash, None)?;
        Ok(scopes)
    };
    let scopes = app.db.write(work).await?;
    Ok(json!({
        "access_token": token,
        "token_type": "Bearer",
        "scope": scopes.to_string(),
        "created_at": app.db.now().and_utc().timestamp(),
    }))
}

/// Mastodon's code and words for a mistake.
fn coded(field: &str, why: &Refusal) -> (&'static str, String) {
    match why {
        _ if field == "agreement" => ("ERR_ACCEPTED", "must be accepted".to_owned()),
        Refusal::Blank => ("ERR_BLANK", "can't be blank".to_owned()),
        Refusal::Taken => ("ERR_TAKEN", "has already been taken".to_owned()),
        Refusal::Reserved => ("ERR_RESERVED", "is reserved".to_owned()),
        Refusal::EmailNotAllowed => (
            "ERR_BLOCKED",
            "contains a disallowed e-mail provider".to_owned(),
        ),
        Refusal::TooLong(n) => (
            "ERR_TOO_LONG",
            format!("is too long (maximum is {n} characters)"),
        ),
        Refusal::TooShort(n) => (
            "ERR_TOO_SHORT",
            format!("is too short (minimum is {n} characters)"),
        ),
        _ => ("ERR_INVALID", "is invalid".to_owned()),
    }
}

fn refused(found: &[(&'static str, Refusal)]) -> Response {
    let (mut details, mut sentences) = (Map::new(), Vec::new());
    for (field, why) in found {
        let (code, words) = coded(field, why);
        let name = match *field {
            "username" => "Username",
            "email" => "Email",
            "password" => "Password",
            "reason" => "Reason",
            _ => "Service agreement",
        };
        sentences.push(format!("{name} {words}"));
        details.insert(
            (*field).to_owned(),
            json!([{ "error": code, "description": words }]),
        );
    }
    let error = format!("Validation failed: {}", sentences.join(", "));
    let body = json!({ "error": error, "details": details });
    (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
}
