//! `/register`: an account without an invitation, where the node gives them; and `/register/confirm/{code}`, where the
//! link of the mail leads.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::login;
use crate::actions::barriers::{admission_at, severity_at};
use crate::actions::register::Newcomer;
use crate::actions::sign_up::{REASON_MAX, confirm, mistakes, sign_up};
use crate::app::App;
use crate::app::limits::Source;
use crate::error::Result;
use crate::model::admission::Admission;
use crate::model::ids::AccountId;
use crate::oauth::{self, SignIn};
use crate::secrets::{hash_password, hash_token};
use crate::store::accounts;
use crate::store::invitations::{self, CONFIRM};
use crate::web::form::{Form, Mistake, mistake};
use crate::web::parts::field::{Field, Kind};
use crate::web::parts::newcomer::Typed;
use crate::web::parts::rules::{House, house};
use crate::web::parts::simple_form::SimpleForm;
use crate::web::visitor::Visitor;
use crate::web::{limit, reply};

/// `GET /register`
pub(crate) async fn show(
    State(app): State<App>,
    Extension(source): Extension<Source>,
    visitor: Visitor,
) -> Response {
    if visitor.me.is_some() {
        return reply::go("/home");
    }
    let Some(admission) = app.config.admission() else {
        return closed(&visitor);
    };
    match door(&app, source, admission, &visitor).await {
        Ok((admission, house)) => form(&visitor, admission, &Typed::default(), "")
            .house(house)
            .show(&visitor, &[]),
        Err(error) => reply::error(&visitor, &error),
    }
}

/// What whoever comes in agrees to.
pub(super) async fn house_of(app: &App, visitor: &Visitor) -> Result<House> {
    let (lang, today) = (visitor.lang(), app.db.now().date());
    app.db.read(move |conn| house(conn, lang, today)).await
}

/// By which way somebody comes in, and what they agree to by it.
async fn door(
    app: &App,
    source: Source,
    admission: Admission,
    visitor: &Visitor,
) -> Result<(Admission, House)> {
    Ok((
        at_door(app, source, admission).await?,
        house_of(app, visitor).await?,
    ))
}

/// By which way somebody at an address comes in.
async fn at_door(app: &App, source: Source, admission: Admission) -> Result<Admission> {
    let severity = severity_at(&app.networks().await?, source.0);
    admission_at(severity, admission)
}

fn closed(visitor: &Visitor) -> Response {
    reply::stop(
        visitor,
        StatusCode::FORBIDDEN,
        "register-closed",
        "login-no-account",
    )
}

fn form(visitor: &Visitor, admission: Admission, typed: &Typed, reason: &str) -> SimpleForm {
    let lang = visitor.lang();
    let intro = match admission {
        Admission::AtOnce => "register-intro",
        Admission::ByMail => "register-intro-mail",
        Admission::ByModerator => "register-intro-moderator",
    };
    let form =
        SimpleForm::new(visitor, "register-heading", "/register", "register-button").intro(intro);
    let form = typed.fields(visitor, form);
    if admission != Admission::ByModerator {
        return form;
    }
    form.field(
        Field::new(lang, "reason", Kind::Text(true), "register-reason")
            .hint(lang, "register-reason-hint")
            .value(reason)
            .required()
            .max(REASON_MAX),
    )
}

/// `POST /register`
pub(crate) async fn send(State(app): State<App>, form: Form) -> Response {
    let visitor = &form.visitor;
    let Some(admission) = app.config.admission() else {
        return closed(visitor);
    };
    let (admission, house) = match door(&app, form.source, admission, visitor).await {
        Ok(found) => found,
        Err(error) => return reply::error(visitor, &error),
    };
    let (typed, reason) = (Typed::sent(&form), form.text("reason"));
    let again = |found: &[Mistake]| {
        self::form(visitor, admission, &typed, &reason)
            .house(house.clone())
            .show(visitor, found)
    };
    let mut made = match typed.newcomer(visitor, None) {
        Ok(newcomer) => newcomer,
        Err(error) => return reply::error(visitor, &error),
    };
    made.reason.clone_from(&reason);
    let password = form.text("password");
    let found: Vec<Mistake> = mistakes(&made, &password, admission)
        .into_iter()
        .map(|(field, why)| Mistake {
            field: field.to_owned(),
            why,
        })
        .collect();
    if !found.is_empty() {
        return again(&found);
    }
    match try_send(&app, &form, made, &password, admission).await {
        Ok(account) => welcome(visitor, account, admission).await,
        Err(error) => match mistake(error) {
            Ok(mistake) => again(&[mistake]),
            Err(error) => reply::error(visitor, &error),
        },
    }
}

async fn try_send(
    app: &App,
    form: &Form,
    mut newcomer: Newcomer,
    password: &str,
    admission: Admission,
) -> Result<AccountId> {
    limit::sign_up(app, form.source)?;
    if admission == Admission::AtOnce {
        limit::address(app, &newcomer.email)?;
    } else {
        limit::mail(app, &newcomer.email)?;
    }
    newcomer.password_hash = Some(hash_password(password).await?);
    let base = app.config.base_url();
    app.db
        .write(move |tx| Ok(sign_up(tx, &base, &newcomer, admission)?.id))
        .await
}

async fn welcome(visitor: &Visitor, account: AccountId, admission: Admission) -> Response {
    let (heading, text) = match admission {
        Admission::AtOnce => return login::begin(visitor, account, "/home").await,
        Admission::ByMail => ("register-sent", "register-sent-text"),
        Admission::ByModerator => ("register-asked", "register-asked-text"),
    };
    reply::stop(visitor, StatusCode::OK, heading, text)
}

/// `GET /register/confirm/{code}`: a button, since programs that look at mails open every link.
pub(crate) async fn look(
    State(app): State<App>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Response {
    let (hash, now) = (hash_token(&code), app.db.now());
    let found = app
        .db
        .read(move |conn| invitations::find_usable(conn, &[CONFIRM], &hash, now))
        .await;
    match found {
        Ok(Some(_)) => ask(&visitor, &code).show(&visitor, &[]),
        Ok(None) => unusable(&visitor),
        Err(error) => reply::error(&visitor, &error),
    }
}

/// Asks for the password that was chosen: an address that somebody else typed must not be confirmed by its owner, who
/// would share the account with whoever knows the password.
fn ask(visitor: &Visitor, code: &str) -> SimpleForm {
    let action = format!("/register/confirm/{code}");
    let password = Field::new(
        visitor.lang(),
        "password",
        Kind::Line("password"),
        "login-password",
    );
    SimpleForm::new(visitor, "confirm-heading", action, "confirm-button")
        .intro("confirm-intro")
        .field(password.required().autocomplete("current-password"))
}

fn unusable(visitor: &Visitor) -> Response {
    reply::stop(
        visitor,
        StatusCode::NOT_FOUND,
        "confirm-unusable",
        "confirm-unusable-text",
    )
}

/// `POST /register/confirm/{code}`: the address is confirmed by whoever chose the password, and its owner signed in.
pub(crate) async fn agree(
    State(app): State<App>,
    Path(code): Path<String>,
    form: Form,
) -> Response {
    let visitor = &form.visitor;
    let hash = hash_token(&code);
    match chosen_by(&app, &form, &hash).await {
        Ok(Some(true)) => {}
        Ok(Some(false)) => {
            return ask(visitor, &code)
                .problem("confirm-wrong")
                .show(visitor, &[]);
        }
        Ok(None) => return unusable(visitor),
        Err(error) => return reply::error(visitor, &error),
    }
    match app.db.write(move |tx| confirm(tx, &hash)).await {
        Ok(account) => login::begin(visitor, account, "/home").await,
        Err(error) => match mistake(error) {
            Ok(_) => unusable(visitor),
            Err(error) => reply::error(visitor, &error),
        },
    }
}

/// Whether the form has the password of the account that a link is for; `None` for a link that cannot be used.
async fn chosen_by(app: &App, form: &Form, code_hash: &str) -> Result<Option<bool>> {
    let (hash, now) = (code_hash.to_owned(), app.db.now());
    let found = app.db.read(move |conn| {
        let link = invitations::find_usable(conn, &[CONFIRM], &hash, now)?;
        let account = link.and_then(|link| link.account_id);
        account.map(|id| accounts::get(conn, id)).transpose()
    });
    let Some(account) = found.await? else {
        return Ok(None);
    };
    limit::sign_in(app, form.source, &account.name)?;
    let found = oauth::sign_in(app, &account.name, &form.text("password")).await?;
    Ok(Some(
        matches!(found, SignIn::Waiting(user) if user.account_id == account.id),
    ))
}
