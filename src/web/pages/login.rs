//! `/login` and `/logout`.

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::Deserialize;

use crate::actions::sign_in::{begin_session, end_session};
use crate::actions::sign_up::{Letter, send};
use crate::app::App;
use crate::oauth::{self, SignIn};
use crate::secrets::{hash_token, random_token};
use crate::store::users::User;
use crate::web::form::{Form, safe_path};
use crate::web::parts::field::{Field, Kind};
use crate::web::parts::simple_form::SimpleForm;
use crate::web::visitor::Visitor;
use crate::web::{limit, reply, visitor};

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    next: String,
    force: String,
}

/// The form. Somebody who is signed in goes on at once, unless a fresh sign-in is asked for.
pub(crate) async fn show(visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    if visitor.me.is_some() && wanted.force.is_empty() {
        return reply::go(safe_path(&wanted.next).unwrap_or("/home"));
    }
    form(&visitor, &wanted.next, "").show(&visitor, &[])
}

fn form(visitor: &Visitor, next: &str, login: &str) -> SimpleForm {
    let lang = visitor.lang();
    let mut form = SimpleForm::new(visitor, "sign-in", "/login", "sign-in")
        .field(
            Field::new(lang, "login", Kind::Line("text"), "login-name")
                .value(login)
                .required()
                .autocomplete("username"),
        )
        .field(
            Field::new(lang, "password", Kind::Line("password"), "login-password")
                .required()
                .autocomplete("current-password"),
        )
        .after("login-no-account");
    if visitor.app.config.admission().is_some() {
        form = form.instead("/register", "register-heading");
    }
    if let Some(next) = safe_path(next) {
        form = form.hidden("next", next);
        if next.starts_with("/oauth/authorize") {
            form = form.intro("login-for-app");
        }
    }
    form
}

/// Somebody signs in. A wrong name and a wrong password get the same answer in the same time.
pub(crate) async fn sign_in(State(app): State<App>, form: Form) -> Response {
    let (login, password, next) = (form.text("login"), form.text("password"), form.text("next"));
    if let Err(error) = limit::sign_in(&app, form.source, &login) {
        return reply::error(&form.visitor, &error);
    }
    let user = match oauth::sign_in(&app, &login, &password).await {
        Ok(SignIn::Right(user)) => user,
        Ok(SignIn::Waiting(user)) => return wait(&app, &form, &user).await,
        Ok(SignIn::Wrong) => {
            return self::form(&form.visitor, &next, &login)
                .problem("login-wrong")
                .show(&form.visitor, &[]);
        }
        Err(error) => return reply::error(&form.visitor, &error),
    };
    begin(
        &form.visitor,
        user.account_id,
        safe_path(&next).unwrap_or("/home"),
    )
    .await
}

/// The account waits: for a moderator, or for its owner to open the link in the mail, which is then sent once more.
async fn wait(app: &App, form: &Form, user: &User) -> Response {
    let visitor = &form.visitor;
    if !user.reason.is_empty() {
        return reply::stop(
            visitor,
            StatusCode::FORBIDDEN,
            "register-asked",
            "register-asked-text",
        );
    }
    let account = user.account_id;
    let sent = match limit::mail(app, &user.email) {
        Ok(()) => {
            app.db
                .write(move |tx| send(tx, &Letter::Confirm { account }))
                .await
        }
        Err(error) => Err(error),
    };
    match sent {
        Ok(()) => reply::stop(
            visitor,
            StatusCode::FORBIDDEN,
            "register-sent",
            "register-sent-text",
        ),
        Err(error) => reply::error(visitor, &error),
    }
}

/// Begins a new session (an older one of this browser ends) and goes on.
pub(crate) async fn begin(
    visitor: &Visitor,
    account: crate::model::ids::AccountId,
    next: &str,
) -> Response {
    let secret = random_token();
    let hash = hash_token(&secret);
    let old = visitor.me.as_ref().map(|me| me.session.id);
    let begun = visitor
        .app
        .db
        .write(move |tx| {
            if let Some(old) = old {
                end_session(tx, old)?;
            }
            begin_session(tx, account, &hash)
        })
        .await;
    if let Err(error) = begun {
        return reply::error(visitor, &error);
    }
    let mut answer = reply::go(next);
    answer.headers_mut().append(
        header::SET_COOKIE,
        visitor::session_cookie(&visitor.app, &secret),
    );
    answer
}

/// Ends the session.
pub(crate) async fn sign_out(form: Form) -> Response {
    if let Some(me) = &form.visitor.me {
        let id = me.session.id;
        if let Err(error) = form
            .visitor
            .app
            .db
            .write(move |tx| end_session(tx, id))
            .await
        {
            return reply::error(&form.visitor, &error);
        }
    }
    let mut answer = reply::go("/");
    answer.headers_mut().append(
        header::SET_COOKIE,
        visitor::no_session_cookie(&form.visitor.app),
    );
    answer
}
