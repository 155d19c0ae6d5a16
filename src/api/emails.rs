//! The mail that confirms an address, for whoever waits for it: once more, and whether it was answered. The tokens of these
//! people stand for nothing else.

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use super::answer::Answer;
use super::error::{ApiError, ApiResult};
use super::extract::{Body, Identity};
use crate::actions::sign_up::send_again;
use crate::app::App;
use crate::app::limits::{Bucket, named};
use crate::model::ids::AccountId;
use crate::oauth::Shut;
use crate::store::users::{self, email_key};

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Form {
    email: Option<String>,
}

/// Who waits for the mail; `None` for somebody whose token allows `scope` and who waits for nothing.
fn waiting(identity: Identity, scope: &str) -> ApiResult<Option<AccountId>> {
    match identity {
        Identity::Waiting(Shut::Unconfirmed, account) => Ok(Some(account)),
        Identity::Waiting(why, _) => Err(ApiError::Waiting(why)),
        Identity::Nobody | Identity::Invalid => Err(ApiError::Unauthorized),
        Identity::Known(grant) if grant.account.is_none() => Err(ApiError::NeedsPerson),
        Identity::Known(grant) if !grant.scopes.allow(scope) => Err(ApiError::Scope),
        Identity::Known(_) => Ok(None),
    }
}

/// `POST /api/v1/emails/confirmations`: sends the mail again, to another address where `email` names one.
pub(super) async fn send(
    State(app): State<App>,
    Extension(identity): Extension<Identity>,
    Body(form): Body<Form>,
) -> ApiResult {
    let Some(account) = waiting(identity, "write:accounts")? else {
        return Err(ApiError::Mastodon(
            StatusCode::FORBIDDEN,
            "This method is only available while the e-mail is awaiting confirmation",
        ));
    };
    let email = form.email.map(|text| text.trim().to_owned());
    let email = email.filter(|text| !text.is_empty());
    let known = app.db.read(move |conn| users::get(conn, account)).await?;
    let reader = named(&email_key(email.as_deref().unwrap_or(&known.email)));
    let (limits, now) = (&app.config.limits, app.db.now());
    app.limits.check(limits, Bucket::MailTo, reader, now)?;
    app.limits.check(limits, Bucket::MailNode, 0, now)?;
    let write = app
        .db
        .write(move |tx| send_again(tx, account, email.as_deref()));
    write.await?;
    Ok(Answer::empty())
}

/// `GET /api/v1/emails/check_confirmation`: whether the address is confirmed.
pub(super) async fn check(Extension(identity): Extension<Identity>) -> ApiResult {
    let waits = waiting(identity, "read:accounts")?.is_some();
    Ok(Answer::json(&!waits)?)
}
