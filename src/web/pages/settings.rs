//! `/settings/…`: profile, password, connected apps, invitations.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::pictures;
use super::write::quote_policies;
use crate::actions::account::{MAX_NAME, ProfileChanges, update_profile};
use crate::actions::authorize_app::revoke_app;
use crate::actions::invite::invite;
use crate::actions::manage_user::set_password;
use crate::actions::prefer::prefer;
use crate::actions::register::check_password;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::refusal::Refusal;
use crate::model::words::{QuotePolicy, Role, Visibility};
use crate::oauth::{self, forget_grants};
use crate::secrets::{PASSWORD_MAX, hash_password, hash_token, random_token, verify_password};
use crate::store::users::Preferences;
use crate::web::form::{Form, Mistake, Upload, mistake};
use crate::web::parts::field::{Choice, Field, Kind, Problem, mark};
use crate::web::parts::scene::Scene;
use crate::web::reply::{self, Keep};
use crate::web::ui::Ui;
use crate::web::visitor::{Me, Visitor};

#[derive(Template)]
#[template(path = "pages/settings.html")]
struct Settings {
    ui: Ui,
    heading: String,
    intro: String,
    action: &'static str,
    button: String,
    fields: Vec<Field>,
    problems: Vec<Problem>,
    done: Option<String>,
    invites: bool,
    upload: bool,
}

/// One of the settings pages that are a form. `words` are the ids of heading, introduction and button.
fn form_page(
    visitor: &Visitor,
    action: &'static str,
    words: [&str; 3],
    mut fields: Vec<Field>,
    mistakes: &[Mistake],
    done: Option<&str>,
) -> Response {
    let ui = Ui::of(visitor);
    let problems = mark(visitor.lang(), &mut fields, mistakes);
    let [heading, intro, button] = words.map(|id| ui.t(id));
    let page = Settings {
        done: done.map(|id| ui.t(id)),
        upload: fields.iter().any(Field::is_picture),
        invites: visitor.viewer().at_least(Role::Moderator),
        ui,
        heading,
        intro,
        action,
        button,
        fields,
        problems,
    };
    let status = if mistakes.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    reply::page(visitor, status, Keep::Shared, &page)
}

const PROFILE: [&str; 3] = ["settings-profile", "settings-profile-intro", "edit-save"];
const PASSWORD: [&str; 3] = [
    "settings-password",
    "settings-password-intro",
    "settings-password-button",
];
const INVITE: [&str; 3] = [
    "settings-invite",
    "settings-invite-intro",
    "settings-invite-button",
];

/// `GET /settings/profile`
pub(crate) async fn profile(visitor: Visitor) -> Response {
    match &visitor.me {
        Some(me) => {
            let fields = profile_fields(&visitor, &Typed::of(me));
            form_page(&visitor, "/settings/profile", PROFILE, fields, &[], None)
        }
        None => reply::sign_in_first(&visitor),
    }
}

struct Typed {
    display_name: String,
    note: String,
    locked: bool,
    discoverable: bool,
    indexable: bool,
    hides_follows: bool,
    visibility: String,
    quotes: String,
}

impl Typed {
    fn of(me: &Me) -> Self {
        Self {
            display_name: me.account.display_name.clone(),
            note: me.account.note_source.clone(),
            locked: me.account.locked,
            discoverable: me.account.discoverable,
            indexable: me.account.indexable,
            hides_follows: me.user.hide_collections,
            quotes: me.user.default_quote_policy.to_string(),
            visibility: me.user.default_visibility.to_string(),
        }
    }

    fn sent(form: &Form) -> Self {
        let on = |name: &str| form.text(name) == "1";
        Self {
            display_name: form.text("display_name"),
            note: form.text("note"),
            locked: on("locked"),
            discoverable: on("discoverable"),
            indexable: on("indexable"),
            hides_follows: on("hide_collections"),
            visibility: form.text("visibility"),
            quotes: form.text("quotes"),
        }
    }
}

fn profile_fields(visitor: &Visitor, typed: &Typed) -> Vec<Field> {
    let lang = visitor.lang();
    let check = |name: &str, label: &str, on: bool| {
        Field::new(lang, name, Kind::Check, label).value(if on { "1" } else { "" })
    };
    let visibilities = [
        (Visibility::Public, "visibility-public"),
        (Visibility::Unlisted, "visibility-unlisted"),
        (Visibility::Private, "visibility-private"),
    ];
    let choices = visibilities
        .into_iter()
        .map(|(value, id)| Choice {
            value: value.to_string(),
            label: crate::i18n::text(lang, id, &[]),
        })
        .collect();
    let mut fields = vec![
        Field::new(
            lang,
            "display_name",
            Kind::Line("text"),
            "field-display-name",
        )
        .value(&typed.display_name)
        .autocomplete("name")
        .max(MAX_NAME),
        Field::new(lang, "note", Kind::Text(true), "settings-note")
            .hint(lang, "write-text-hint")
            .value(&typed.note),
        Field::new(lang, "visibility", Kind::Choice, "settings-visibility")
            .choices(choices)
            .value(&typed.visibility)
            .required(),
        Field::new(lang, "quotes", Kind::Choice, "settings-quotes")
            .choices(quote_policies(lang))
            .value(&typed.quotes)
            .required(),
        check("locked", "settings-locked", typed.locked),
        check("discoverable", "settings-discoverable", typed.discoverable),
        check("indexable", "settings-indexable", typed.indexable),
        check(
            "hide_collections",
            "settings-hide-collections",
            typed.hides_follows,
        ),
    ];
    fields.extend(pictures::fields(visitor));
    fields
}

/// `POST /settings/profile`
pub(crate) async fn save_profile(State(app): State<App>, Upload(form): Upload) -> Response {
    let visitor = &form.visitor;
    let Some(me) = visitor.viewer().account() else {
        return reply::sign_in_first(visitor);
    };
    let typed = Typed::sent(&form);
    let fields = profile_fields(visitor, &typed);
    let (avatar, header) = match pictures::uploaded(&app, &form).await.map_err(mistake) {
        Ok(both) => both,
        Err(Ok(found)) => {
            let action = "/settings/profile";
            return form_page(visitor, action, PROFILE, fields, &[found], None);
        }
        Err(Err(error)) => return reply::error(visitor, &error),
    };
    let changes = ProfileChanges {
        avatar,
        header,
        display_name: Some(typed.display_name.clone()),
        note: Some(typed.note.clone()),
        locked: Some(typed.locked),
        discoverable: Some(typed.discoverable),
        indexable: Some(typed.indexable),
        ..ProfileChanges::default()
    };
    let wanted = Preferences {
        default_visibility: Visibility::parse(&typed.visibility)
            .filter(|wanted| *wanted != Visibility::Direct),
        default_quote_policy: QuotePolicy::parse(&typed.quotes),
        hide_collections: Some(typed.hides_follows),
        ..Preferences::default()
    };
    let done = app
        .db
        .write(move |tx| {
            // As everywhere: the user before the account.
            prefer(tx, me, &wanted)?;
            update_profile(tx, me, changes).map(drop)
        })
        .await;
    match done.map_err(mistake) {
        Ok(()) => form_page(
            visitor,
            "/settings/profile",
            PROFILE,
            fields,
            &[],
            Some("settings-saved"),
        ),
        Err(Ok(mistake)) => form_page(
            visitor,
            "/settings/profile",
            PROFILE,
            fields,
            &[mistake],
            None,
        ),
        Err(Err(error)) => reply::error(visitor, &error),
    }
}

fn password_fields(visitor: &Visitor) -> Vec<Field> {
    let lang = visitor.lang();
    vec![
        Field::new(
            lang,
            "current",
            Kind::Line("password"),
            "settings-password-current",
        )
        .required()
        .autocomplete("current-password"),
        Field::new(
            lang,
            "password",
            Kind::Line("password"),
            "settings-password-new",
        )
        .hint(lang, "field-password-hint")
        .required()
        .autocomplete("new-password")
        .max(PASSWORD_MAX),
    ]
}

/// `GET /settings/password`
pub(crate) async fn password(visitor: Visitor) -> Response {
    if visitor.me.is_none() {
        return reply::sign_in_first(&visitor);
    }
    form_page(
        &visitor,
        "/settings/password",
        PASSWORD,
        password_fields(&visitor),
        &[],
        None,
    )
}

/// `POST /settings/password`: every other session and every token end.
pub(crate) async fn change_password(State(app): State<App>, form: Form) -> Response {
    let visitor = &form.visitor;
    let Some(me) = visitor.me.clone() else {
        return reply::sign_in_first(visitor);
    };
    let fields = password_fields(visitor);
    match try_change_password(&app, &me, &form).await.map_err(mistake) {
        Ok(()) => {
            forget_grants(&app);
            form_page(
                visitor,
                "/settings/password",
                PASSWORD,
                fields,
                &[],
                Some("settings-password-done"),
            )
        }
        Err(Ok(mistake)) => form_page(
            visitor,
            "/settings/password",
            PASSWORD,
            fields,
            &[mistake],
            None,
        ),
        Err(Err(error)) => reply::error(visitor, &error),
    }
}

async fn try_change_password(app: &App, me: &Me, form: &Form) -> Result<()> {
    crate::web::limit::sign_in(app, form.source, &me.account.name)?;
    let new = form.text("password");
    check_password(&new).map_err(|why| Error::invalid("password", why))?;
    if !verify_password(&form.text("current"), me.user.password_hash.clone()).await? {
        return Err(Error::invalid("current", Refusal::WrongPassword));
    }
    let hash = hash_password(&new).await?;
    let (id, session) = (me.user.account_id, me.session.id);
    app.db
        .write(move |tx| set_password(tx, id, &hash, Some(session)))
        .await
}

/// An app that may act for the person.
struct ConnectedApp {
    id: i64,
    name: String,
    website: Option<String>,
    scopes: String,
    since: String,
}

#[derive(Template)]
#[template(path = "pages/apps.html")]
struct Apps {
    ui: Ui,
    apps: Vec<ConnectedApp>,
    invites: bool,
}

/// `GET /settings/apps`
pub(crate) async fn apps(State(app): State<App>, visitor: Visitor) -> Response {
    let Some(me) = visitor.viewer().account() else {
        return reply::sign_in_first(&visitor);
    };
    let scene = Scene::of(&visitor);
    let found = app
        .db
        .read(move |conn| crate::store::oauth::list_tokens(conn, me))
        .await;
    match found {
        Ok(tokens) => {
            let mut apps: Vec<ConnectedApp> = Vec::new();
            for (token, app) in tokens {
                if !apps.iter().any(|known| known.id == app.id) {
                    apps.push(ConnectedApp {
                        id: app.id,
                        name: app.name,
                        website: app.website,
                        scopes: token.scopes,
                        since: scene.moment(token.created_at),
                    });
                }
            }
            let invites = visitor.viewer().at_least(Role::Moderator);
            reply::ok(
                &visitor,
                &Apps {
                    ui: Ui::of(&visitor),
                    apps,
                    invites,
                },
            )
        }
        Err(error) => reply::error(&visitor, &error),
    }
}

/// `POST /settings/apps`: one app is disconnected.
pub(crate) async fn disconnect(State(app): State<App>, form: Form) -> Response {
    let visitor = &form.visitor;
    let (Some(me), Ok(id)) = (visitor.viewer().account(), form.text("app").parse::<i64>()) else {
        return reply::sign_in_first(visitor);
    };
    match app.db.write(move |tx| revoke_app(tx, me, id)).await {
        Ok(()) => {
            oauth::forget_grants(&app);
            reply::go("/settings/apps")
        }
        Err(error) => reply::error(visitor, &error),
    }
}

/// `GET /settings/invitations`
pub(crate) async fn invitations(visitor: Visitor) -> Response {
    if visitor.me.is_none() {
        return reply::sign_in_first(&visitor);
    }
    if !visitor.viewer().at_least(Role::Moderator) {
        return reply::error(&visitor, &Error::Forbidden(Refusal::RoleTooLow));
    }
    form_page(
        &visitor,
        "/settings/invitations",
        INVITE,
        Vec::new(),
        &[],
        None,
    )
}

/// `POST /settings/invitations`: a link for one person, shown once.
pub(crate) async fn make_invitation(State(app): State<App>, form: Form) -> Response {
    let visitor = &form.visitor;
    if visitor.me.is_none() {
        return reply::sign_in_first(visitor);
    }
    let (viewer, code) = (visitor.viewer(), random_token());
    let hash = hash_token(&code);
    match app.db.write(move |tx| invite(tx, &viewer, &hash)).await {
        Ok(()) => {
            let lang = visitor.lang();
            let link = Field::new(lang, "link", Kind::Line("text"), "settings-invite-link")
                .value(format!("{}/invite/{code}", app.config.base_url()))
                .required();
            form_page(
                visitor,
                "/settings/invitations",
                INVITE,
                vec![link],
                &[],
                Some("settings-invite-done"),
            )
        }
        Err(error) => reply::error(visitor, &error),
    }
}
