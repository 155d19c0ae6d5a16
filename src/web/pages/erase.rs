//! `/settings/erase`: ending the own account, for good.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;

use crate::actions::end_account::{end_own, is_last_admin, led_alone};
use crate::app::App;
use crate::error::{Error, Result};
use crate::i18n::{self, Value};
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::words::Role;
use crate::oauth::forget_grants;
use crate::secrets::verify_password;
use crate::store::accounts::Account;
use crate::web::form::{Form, Mistake, mistake};
use crate::web::parts::field::{Field, Kind, Problem, mark};
use crate::web::reply::{self, Keep};
use crate::web::ui::Ui;
use crate::web::visitor::{Me, Visitor, no_session_cookie};

/// Beginning of the names of the fields for successors; the id of a community follows.
const SUCCESSOR: &str = "successor_";

#[derive(Template)]
#[template(path = "pages/erase.html")]
struct Erase {
    ui: Ui,
    invites: bool,
    lost: Vec<String>,
    last_admin: bool,
    fields: Vec<Field>,
    problems: Vec<Problem>,
}

/// What stands in the way.
struct Obstacles {
    last_admin: bool,
    communities: Vec<Account>,
}

async fn obstacles(app: &App, me: AccountId) -> Result<Obstacles> {
    app.db
        .read(move |conn| {
            Ok(Obstacles {
                last_admin: is_last_admin(conn, me)?,
                communities: led_alone(conn, me)?,
            })
        })
        .await
}

fn fields(visitor: &Visitor, me: &Me, obstacles: &Obstacles, form: Option<&Form>) -> Vec<Field> {
    let lang = visitor.lang();
    let typed = |name: &str| form.map(|form| form.text(name)).unwrap_or_default();
    let mut fields: Vec<Field> = obstacles
        .communities
        .iter()
        .map(|group| {
            let name = format!("{SUCCESSOR}{}", group.id);
            let mut field = Field::new(lang, &name, Kind::Line("text"), "erase-successor")
                .hint(lang, "erase-successor-hint")
                .value(typed(&name))
                .required();
            let title = [("title", Value::from(group.shown_name().to_owned()))];
            field.label = i18n::text(lang, "erase-successor", &title);
            field
        })
        .collect();
    let mut confirm = Field::new(lang, "confirm", Kind::Line("text"), "erase-confirm")
        .value(typed("confirm"))
        .required()
        .autocomplete("off");
    let name = [("name", Value::from(me.account.name.clone()))];
    confirm.label = i18n::text(lang, "erase-confirm", &name);
    fields.push(confirm);
    let kind = Kind::Line("password");
    fields.push(
        Field::new(lang, "current", kind, "settings-password-current")
            .required()
            .autocomplete("current-password"),
    );
    fields
}

fn show(
    visitor: &Visitor,
    me: &Me,
    obstacles: &Obstacles,
    form: Option<&Form>,
    mistakes: &[Mistake],
) -> Response {
    let ui = Ui::of(visitor);
    let mut fields = fields(visitor, me, obstacles, form);
    let problems = mark(visitor.lang(), &mut fields, mistakes);
    let lost = [
        "erase-lost-posts",
        "erase-lost-media",
        "erase-lost-bonds",
        "erase-lost-communities",
        "erase-lost-doors",
        "erase-lost-name",
        "erase-lost-elsewhere",
    ];
    let page = Erase {
        lost: lost.map(|id| ui.t(id)).into(),
        invites: visitor.viewer().at_least(Role::Moderator),
        last_admin: obstacles.last_admin,
        ui,
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

/// `GET /settings/erase`
pub(crate) async fn ask(State(app): State<App>, visitor: Visitor) -> Response {
    let Some(me) = visitor.me.clone() else {
        return reply::sign_in_first(&visitor);
    };
    match obstacles(&app, me.account.id).await {
        Ok(obstacles) => show(&visitor, &me, &obstacles, None, &[]),
        Err(error) => reply::error(&visitor, &error),
    }
}

/// `POST /settings/erase`: the password and the name are asked for.
pub(crate) async fn end(State(app): State<App>, form: Form) -> Response {
    let visitor = &form.visitor;
    let Some(me) = visitor.me.clone() else {
        return reply::sign_in_first(visitor);
    };
    let obstacles = match obstacles(&app, me.account.id).await {
        Ok(obstacles) => obstacles,
        Err(error) => return reply::error(visitor, &error),
    };
    match try_end(&app, &me, &form, &obstacles).await.map_err(mistake) {
        Ok(()) => {
            forget_grants(&app);
            goodbye(&app, visitor)
        }
        Err(Ok(found)) => show(visitor, &me, &obstacles, Some(&form), &[found]),
        Err(Err(error)) => reply::error(visitor, &error),
    }
}

async fn try_end(app: &App, me: &Me, form: &Form, obstacles: &Obstacles) -> Result<()> {
    crate::web::limit::sign_in(app, form.source, &me.account.name)?;
    let confirmed = form.text("confirm");
    let confirmed = confirmed.trim().trim_start_matches('@').to_lowercase();
    if confirmed != me.account.name_key {
        return Err(Error::invalid("confirm", Refusal::Malformed));
    }
    if !verify_password(&form.text("current"), me.user.password_hash.clone()).await? {
        return Err(Error::invalid("current", Refusal::WrongPassword));
    }
    let named: Vec<(AccountId, String)> = obstacles
        .communities
        .iter()
        .map(|group| (group.id, form.text(&format!("{SUCCESSOR}{}", group.id))))
        .collect();
    let id = me.account.id;
    app.db.write(move |tx| end_own(tx, id, &named)).await
}

/// The last page: already as a visitor, with the cookie taken away.
fn goodbye(app: &App, visitor: &Visitor) -> Response {
    let mut gone = visitor.clone();
    gone.me = None;
    let mut answer = reply::stop(&gone, StatusCode::OK, "erase-done", "erase-done-text");
    let headers = answer.headers_mut();
    headers.append(header::SET_COOKIE, no_session_cookie(app));
    headers.insert(
        header::CACHE_CONTROL,
        axum::http::HeaderValue::from_static("private, no-store"),
    );
    answer
}
