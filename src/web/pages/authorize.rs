//! `GET` and `POST /oauth/authorize`: the person is told in plain words what an app asks for, and decides.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::app::App;
use crate::error::Result;
use crate::model::scopes::Scopes;
use crate::oauth::authorize::{Asked, Stop, check};
use crate::params::{Params, Unreadable};
use crate::secrets::same;
use crate::web::form::Form;
use crate::web::reply::{self, Keep};
use crate::web::ui::Ui;
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "pages/authorize.html")]
struct Consent<'a> {
    ui: &'a Ui,
    app_name: &'a str,
    website: Option<&'a str>,
    target: String,
    allows: Vec<String>,
    hidden: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "pages/code.html")]
struct CodePage<'a> {
    ui: &'a Ui,
    app_name: &'a str,
    code: &'a str,
}

/// Shows what is asked, after signing in.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    params: std::result::Result<Params, Unreadable>,
) -> Response {
    let params = match params {
        Ok(params) => params,
        Err(Unreadable(error)) => return reply::error(&visitor, &error),
    };
    match try_show(&app, &visitor, &params).await {
        Ok(answer) => answer,
        Err(error) => reply::error(&visitor, &error),
    }
}

async fn try_show(app: &App, visitor: &Visitor, params: &Params) -> Result<Response> {
    let asked = match check(app, params).await? {
        Ok(asked) => asked,
        Err(stop) => return Ok(stopped(visitor, stop)),
    };
    if asked.silent {
        let code = if visitor.me.is_some() {
            "consent_required"
        } else {
            "login_required"
        };
        return Ok(reply::go(&asked.denied(app, code)));
    }
    if asked.force_login {
        return Ok(reply::go(&format!(
            "/login?force=1&{}",
            next_without_force(&visitor.path)
        )));
    }
    if visitor.me.is_none() {
        return Ok(reply::sign_in_first(visitor));
    }
    Ok(consent(visitor, &asked))
}

/// The way back after a forced sign-in, which must not force another.
fn next_without_force(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut kept = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if name != "force_login" && !(name == "prompt" && value == "login") {
            kept.append_pair(&name, &value);
        }
    }
    let next = format!("{path}?{}", kept.finish());
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair("next", &next)
        .finish()
}

fn stopped(visitor: &Visitor, stop: Stop) -> Response {
    match stop {
        Stop::UnknownApp => reply::stop(
            visitor,
            StatusCode::BAD_REQUEST,
            "authorize-stopped",
            "authorize-unknown-app",
        ),
        Stop::BadRedirect => reply::stop(
            visitor,
            StatusCode::BAD_REQUEST,
            "authorize-stopped",
            "authorize-bad-redirect",
        ),
        Stop::SendBack(address) => reply::go(&address),
    }
}

fn consent(visitor: &Visitor, asked: &Asked) -> Response {
    let ui = Ui::of(visitor);
    let target = asked.form_target();
    let mut hidden = vec![
        ("response_type", "code".to_owned()),
        ("client_id", asked.app.client_id.clone()),
        ("redirect_uri", asked.redirect_uri.clone()),
        ("scope", asked.scopes.to_string()),
        ("consent", asked.fingerprint(visitor.secret())),
    ];
    if let Some(state) = &asked.state {
        hidden.push(("state", state.clone()));
    }
    if let Some(challenge) = &asked.challenge {
        hidden.push(("code_challenge", challenge.clone()));
        hidden.push(("code_challenge_method", "S256".to_owned()));
    }
    let page = Consent {
        ui: &ui,
        app_name: &asked.app.name,
        website: asked.app.website.as_deref(),
        target: target
            .clone()
            .unwrap_or_else(|| ui.t("authorize-code-shown")),
        allows: plain_words(&ui, &asked.scopes),
        hidden,
    };
    let answer = reply::page(visitor, StatusCode::OK, Keep::Form, &page);
    reply::may_lead_to(answer, target.as_deref())
}

/// What scopes mean, in plain words, each once.
fn plain_words(ui: &Ui, scopes: &Scopes) -> Vec<String> {
    let mut ids: Vec<&str> = Vec::new();
    for scope in scopes.iter() {
        let id = match scope {
            "read" => "scope-read",
            "write" => "scope-write",
            "follow" => "scope-follow",
            "push" => "scope-push",
            "profile" | "read:accounts" => "scope-profile",
            "read:statuses" | "read:search" => "scope-read-posts",
            "read:notifications" => "scope-read-notifications",
            "write:statuses" | "write:media" => "scope-write-posts",
            "write:follows" | "write:blocks" | "write:mutes" => "scope-follow",
            "write:accounts" => "scope-write-profile",
            scope if scope.starts_with("admin:read") => "scope-admin-read",
            scope if scope.starts_with("admin:write") => "scope-admin-write",
            scope if scope.starts_with("write") => "scope-write-own",
            _ => "scope-read-own",
        };
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids.into_iter().map(|id| ui.t(id)).collect()
}

/// The person decided.
pub(crate) async fn decide(State(app): State<App>, form: Form) -> Response {
    match try_decide(&app, &form).await {
        Ok(answer) => answer,
        Err(error) => reply::error(&form.visitor, &error),
    }
}

async fn try_decide(app: &App, form: &Form) -> Result<Response> {
    let visitor = &form.visitor;
    let asked = match check(app, &form.params).await? {
        Ok(asked) => asked,
        Err(stop) => return Ok(stopped(visitor, stop)),
    };
    let Some(me) = &visitor.me else {
        return Ok(reply::go("/login"));
    };
    if !same(&form.text("consent"), &asked.fingerprint(visitor.secret())) {
        return Ok(reply::foreign_form(visitor));
    }
    if form.text("decision") != "allow" {
        return Ok(reply::go(&asked.denied(app, "access_denied")));
    }
    let code = asked.allow(app, me.user.account_id).await?;
    if asked.is_oob() {
        let ui = Ui::of(visitor);
        let page = CodePage {
            ui: &ui,
            app_name: &asked.app.name,
            code: &code,
        };
        return Ok(reply::page(visitor, StatusCode::OK, Keep::Form, &page));
    }
    Ok(reply::go(&asked.allowed(app, &code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forced_sign_in_is_forced_once() {
        let next = next_without_force(
            "/oauth/authorize?client_id=a&force_login=true&prompt=login&scope=read+write",
        );
        assert_eq!(
            next,
            "next=%2Foauth%2Fauthorize%3Fclient_id%3Da%26scope%3Dread%2Bwrite"
        );
    }
}
