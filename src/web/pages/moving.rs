//! `/settings/move`: the other accounts one has, and moving to one of them.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::move_account::{ALIASES, add_alias, move_to, remove_alias, return_home};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::words::Role;
use crate::secrets::verify_password;
use crate::store::conn::Conn;
use crate::store::{accounts, moves};
use crate::web::form::{Form, Mistake, mistake};
use crate::web::parts::field::{Field, Kind, Problem, mark};
use crate::web::parts::person::Person;
use crate::web::parts::scene::Scene;
use crate::web::reply::{self, Keep};
use crate::web::ui::Ui;
use crate::web::visitor::{Me, Visitor};

/// Another account of the person.
struct Other {
    uri: String,
    handle: String,
}

#[derive(Template)]
#[template(path = "pages/moving.html")]
struct Moving {
    ui: Ui,
    invites: bool,
    others: Vec<Other>,
    full: bool,
    moved: Option<Person>,
    alias: Vec<Field>,
    fields: Vec<Field>,
    problems: Vec<Problem>,
}

/// What is known of the person's accounts.
struct Known {
    others: Vec<Other>,
    moved: Option<Person>,
}

fn known(conn: &mut Conn, scene: &Scene, me: AccountId) -> Result<Known> {
    let mut others = Vec::new();
    for uri in moves::aliases(conn, me)? {
        let handle = match accounts::find_by_uri(conn, &uri)? {
            Some(account) => Person::of(&account, &scene.authority).handle,
            None => uri.clone(),
        };
        others.push(Other { uri, handle });
    }
    let moved = match moves::target(conn, me)? {
        Some(target) => Some(Person::of(&accounts::get(conn, target)?, &scene.authority)),
        None => None,
    };
    Ok(Known { others, moved })
}

async fn show(app: &App, visitor: &Visitor, form: Option<&Form>, mistakes: &[Mistake]) -> Response {
    let Some(me) = visitor.viewer().account() else {
        return reply::sign_in_first(visitor);
    };
    let scene = Scene::of(visitor);
    let known = match app.db.read(move |conn| known(conn, &scene, me)).await {
        Ok(known) => known,
        Err(error) => return reply::error(visitor, &error),
    };
    let (lang, ui) = (visitor.lang(), Ui::of(visitor));
    let typed = |name: &str| form.map(|form| form.text(name)).unwrap_or_default();
    let line = |name: &str, label: &str, hint: &str| {
        Field::new(lang, name, Kind::Line("text"), label)
            .hint(lang, hint)
            .value(typed(name))
            .required()
    };
    let mut alias = vec![line("alias", "move-alias", "move-handle-hint")];
    let mut fields = vec![
        line("target", "move-target", "move-handle-hint"),
        Field::new(
            lang,
            "current",
            Kind::Line("password"),
            "settings-password-current",
        )
        .required()
        .autocomplete("current-password"),
    ];
    let of = |wanted: &[Field]| -> Vec<Mistake> {
        let named = |mistake: &&Mistake| wanted.iter().any(|field| field.name == mistake.field);
        mistakes.iter().filter(named).cloned().collect()
    };
    let first = of(&alias);
    let mut problems = mark(lang, &mut alias, &first);
    let rest: Vec<Mistake> = mistakes
        .iter()
        .filter(|mistake| !first.iter().any(|one| one.field == mistake.field))
        .cloned()
        .collect();
    problems.extend(mark(lang, &mut fields, &rest));
    let page = Moving {
        invites: visitor.viewer().at_least(Role::Moderator),
        full: known.others.len() >= ALIASES,
        others: known.others,
        moved: known.moved,
        ui,
        alias,
        fields,
        problems,
    };
    let status = if mistakes.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    reply::page(visitor, status, Keep::Form, &page)
}

/// `GET /settings/move`
pub(crate) async fn page(State(app): State<App>, visitor: Visitor) -> Response {
    show(&app, &visitor, None, &[]).await
}

/// `POST /settings/move`: `step` says what is wanted.
pub(crate) async fn change(State(app): State<App>, form: Form) -> Response {
    let visitor = &form.visitor;
    let Some(me) = visitor.me.clone() else {
        return reply::sign_in_first(visitor);
    };
    match step(&app, &me, &form).await.map_err(mistake) {
        Ok(()) => reply::go("/settings/move"),
        Err(Ok(found)) => show(&app, visitor, Some(&form), &[found]).await,
        Err(Err(error)) => reply::error(visitor, &error),
    }
}

async fn step(app: &App, me: &Me, form: &Form) -> Result<()> {
    let id = me.account.id;
    match form.text("step").as_str() {
        "alias" => {
            let alias = resolve(app, "alias", &form.text("alias")).await?;
            app.db.write(move |tx| add_alias(tx, id, alias)).await
        }
        "unalias" => {
            let uri = form.text("uri");
            app.db.write(move |tx| remove_alias(tx, id, &uri)).await
        }
        "move" => leave(app, me, form).await,
        "return" => app.db.write(move |tx| return_home(tx, id)).await,
        _ => Err(Error::NotFound),
    }
}

async fn leave(app: &App, me: &Me, form: &Form) -> Result<()> {
    crate::web::limit::sign_in(app, form.source, &me.account.name)?;
    if !verify_password(&form.text("current"), me.user.password_hash.clone()).await? {
        return Err(Error::invalid("current", Refusal::WrongPassword));
    }
    let target = resolve(app, "target", &form.text("target")).await?;
    let known_as = match app.also_known_as(target).await {
        Err(Error::NotFound | Error::Gone | Error::Forbidden(_)) => Vec::new(),
        other => other?,
    };
    let id = me.account.id;
    app.db
        .write(move |tx| move_to(tx, id, target, &known_as))
        .await
}

/// The account of a handle, or of the address of its profile.
async fn resolve(app: &App, field: &str, text: &str) -> Result<AccountId> {
    use crate::model::resolve::Resolved;
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid(field, Refusal::Blank));
    }
    let found = if text.starts_with("https://") || text.starts_with("http://") {
        match app.resolve_url(text).await? {
            Some(Resolved::Account(id)) => Some(id),
            _ => None,
        }
    } else {
        app.resolve_handle(text).await?
    };
    found.ok_or_else(|| Error::invalid(field, Refusal::UnknownPerson))
}
