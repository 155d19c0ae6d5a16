//! `/invite/{code}`: the form by which somebody gets an account; the link for the first admin leads here too.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::login;
use super::register::house_of;
use crate::actions::invite::accept_invitation;
use crate::actions::register::check_password;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::words::Role;
use crate::secrets::{hash_password, hash_token};
use crate::store::accounts::Account;
use crate::store::invitations::{self, Invitation};
use crate::web::form::{Form, mistake};
use crate::web::parts::newcomer::Typed;
use crate::web::parts::rules::House;
use crate::web::parts::simple_form::SimpleForm;
use crate::web::reply;
use crate::web::visitor::Visitor;

async fn find(app: &App, code: &str) -> Result<Option<Invitation>> {
    let (hash, now) = (hash_token(code), app.db.now());
    app.db
        .read(move |conn| {
            invitations::find_usable(
                conn,
                &[invitations::FIRST_ADMIN, invitations::ACCOUNT],
                &hash,
                now,
            )
        })
        .await
}

/// The invitation, and what whoever accepts it agrees to.
async fn door(app: &App, code: &str, visitor: &Visitor) -> Result<(Option<Invitation>, House)> {
    Ok((find(app, code).await?, house_of(app, visitor).await?))
}

fn unusable(visitor: &Visitor) -> Response {
    reply::stop(
        visitor,
        StatusCode::NOT_FOUND,
        "invite-unusable",
        "no-bad-invitation",
    )
}

/// The form.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Response {
    match door(&app, &code, &visitor).await {
        Ok((Some(invitation), house)) => form(&visitor, &code, &invitation, &Typed::default())
            .house(house)
            .show(&visitor, &[]),
        Ok((None, _)) => unusable(&visitor),
        Err(error) => reply::error(&visitor, &error),
    }
}

fn form(visitor: &Visitor, code: &str, invitation: &Invitation, typed: &Typed) -> SimpleForm {
    let intro = if invitation.role == Role::Admin {
        "invite-first-admin"
    } else {
        "invite-intro"
    };
    let form = SimpleForm::new(
        visitor,
        "invite-heading",
        format!("/invite/{code}"),
        "invite-button",
    );
    typed.fields(visitor, form.intro(intro))
}

/// Makes the account and signs in.
pub(crate) async fn accept(
    State(app): State<App>,
    Path(code): Path<String>,
    form: Form,
) -> Response {
    let visitor = &form.visitor;
    let (invitation, house) = match door(&app, &code, visitor).await {
        Ok((Some(invitation), house)) => (invitation, house),
        Ok((None, _)) => return unusable(visitor),
        Err(error) => return reply::error(visitor, &error),
    };
    let typed = Typed::sent(&form);
    match try_accept(&app, visitor, &code, &typed, &form.text("password")).await {
        Ok(account) => login::begin(visitor, account.id, "/home").await,
        Err(error) => match mistake(error) {
            Ok(mistake) => self::form(visitor, &code, &invitation, &typed)
                .house(house)
                .show(visitor, &[mistake]),
            Err(error) => reply::error(visitor, &error),
        },
    }
}

async fn try_accept(
    app: &App,
    visitor: &Visitor,
    code: &str,
    typed: &Typed,
    password: &str,
) -> Result<Account> {
    check_password(password).map_err(|why| Error::invalid("password", why))?;
    let newcomer = typed.newcomer(visitor, Some(hash_password(password).await?))?;
    let (base, hash) = (app.config.base_url(), hash_token(code));
    app.db
        .write(move |tx| accept_invitation(tx, &base, &hash, &newcomer))
        .await
}
