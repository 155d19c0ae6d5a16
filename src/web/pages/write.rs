//! `/ask` and `/write/{kind}`: the form for each kind of post, with its own fields and what it reaches. Mistakes
//! keep what was typed.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::actions::create_post::{NewPost, Outcome, create_post};
use crate::app::App;
use crate::error::{Error, Result};
use crate::i18n::Lang;
use crate::model::ids::AccountId;
use crate::model::post::{Fields, MAX_TITLE, fields_of, needs_title};
use crate::model::text::handles::mentioned;
use crate::model::text::markdown::{Links, render};
use crate::model::words::{Boundary, CommunityState, Kind, QuotePolicy};
use crate::store::conn::Conn;
use crate::store::{accounts, communities};
use crate::web::form::{Form, Mistake, mistake};
use crate::web::parts::card::{boundary_message, field_message};
use crate::web::parts::field::{Choice, Field, Kind as FieldKind, Problem, mark};
use crate::web::parts::scene::Scene;
use crate::web::reply::{self, Keep};
use crate::web::ui::Ui;
use crate::web::visitor::Visitor;

/// Handles of one text that are asked of other nodes at most.
const ASKED: usize = 5;

/// Kinds that have a form, with heading and hint.
const KINDS: &[(Kind, &str, &str)] = &[
    (Kind::Question, "write-question", "write-question-hint"),
    (Kind::Knowledge, "write-knowledge", "write-knowledge-hint"),
    (Kind::Lesson, "write-lesson", "write-lesson-hint"),
    (Kind::Story, "write-story", "write-story-hint"),
    (
        Kind::Discussion,
        "write-discussion",
        "write-discussion-hint",
    ),
    (Kind::Resource, "write-resource", "write-resource-hint"),
    (Kind::Event, "write-event", "write-event-hint"),
    (Kind::Path, "write-path", "write-path-hint"),
];

/// What the address brings along.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    community: String,
    title: String,
}

/// What was typed.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed {
    pub(super) community: String,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) boundary: String,
    pub(super) quotes: String,
    pub(super) fields: Fields,
}

/// A link to the form of another kind.
pub(super) struct Other {
    path: String,
    label: String,
}

#[derive(Template)]
#[template(path = "pages/write.html")]
pub(super) struct Write {
    pub(super) ui: Ui,
    pub(super) heading: String,
    pub(super) intro: String,
    pub(super) action: String,
    pub(super) fields: Vec<Field>,
    pub(super) problems: Vec<Problem>,
    pub(super) preview: Option<String>,
    pub(super) others: Vec<Other>,
    pub(super) editing: bool,
}

/// `GET /ask`
pub(crate) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Response {
    show(&app, &visitor, Kind::Question, wanted).await
}

/// `GET /write/{kind}`
pub(crate) async fn write(
    State(app): State<App>,
    visitor: Visitor,
    Path(kind): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    match known(&kind) {
        Some(kind) => show(&app, &visitor, kind, wanted).await,
        None => reply::error(&visitor, &Error::NotFound),
    }
}

/// Who may quote what the person writes, unless they say otherwise.
fn usual_quotes(visitor: &Visitor) -> QuotePolicy {
    let me = visitor.me.as_ref();
    me.map_or(QuotePolicy::Public, |me| me.user.default_quote_policy)
}

fn known(word: &str) -> Option<Kind> {
    Kind::parse(word).filter(|kind| KINDS.iter().any(|(known, ..)| known == kind))
}

async fn show(app: &App, visitor: &Visitor, kind: Kind, wanted: Wanted) -> Response {
    let typed = Typed {
        community: wanted.community,
        title: wanted.title,
        quotes: usual_quotes(visitor).to_string(),
        ..Typed::default()
    };
    page(app, visitor, kind, typed, &[], false).await
}

/// The form, perhaps with mistakes or a preview.
async fn page(
    app: &App,
    visitor: &Visitor,
    kind: Kind,
    typed: Typed,
    mistakes: &[Mistake],
    preview: bool,
) -> Response {
    let Some(me) = visitor.viewer().account() else {
        return reply::sign_in_first(visitor);
    };
    let (scene, text) = (Scene::of(visitor), typed.text.clone());
    let choices = match app.db.read(move |conn| places(conn, &scene, me)).await {
        Ok(choices) => choices,
        Err(error) => return reply::error(visitor, &error),
    };
    let ui = Ui::of(visitor);
    let (heading, hint) = KINDS.iter().find(|(known, ..)| *known == kind).map_or(
        ("write-discussion", "write-discussion-hint"),
        |(_, heading, hint)| (*heading, *hint),
    );
    let mut fields = form(visitor.lang(), kind, &typed, Some(choices));
    let problems = mark(visitor.lang(), &mut fields, mistakes);
    let page = Write {
        heading: ui.t(heading),
        intro: ui.t(hint),
        action: path_of(kind),
        preview: preview.then(|| preview_of(app, &text)),
        others: others(&ui, kind),
        editing: false,
        ui,
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

fn preview_of(app: &App, text: &str) -> String {
    render(
        text,
        &Links {
            base_url: app.config.base_url(),
            ..Links::default()
        },
    )
}

fn path_of(kind: Kind) -> String {
    if kind == Kind::Question {
        "/ask".to_owned()
    } else {
        format!("/write/{kind}")
    }
}

fn others(ui: &Ui, current: Kind) -> Vec<Other> {
    KINDS
        .iter()
        .filter(|(kind, ..)| *kind != current)
        .map(|(kind, heading, _)| Other {
            path: path_of(*kind),
            label: ui.t(heading),
        })
        .collect()
}

/// The communities in which somebody may start a thread, each with what it reaches.
fn places(conn: &mut Conn, scene: &Scene, me: AccountId) -> Result<Vec<Choice>> {
    let mine = communities::list_of_account(conn, me)?;
    let ids: Vec<AccountId> = mine
        .iter()
        .map(|membership| membership.community_id)
        .collect();
    let mut choices = vec![Choice {
        value: String::new(),
        label: scene.t("write-no-community"),
    }];
    let details = communities::list(conn, &ids)?;
    for account in accounts::list(conn, &ids)? {
        let found = details
            .iter()
            .find(|community| community.account_id == account.id);
        if let Some(community) =
            found.filter(|community| community.state != CommunityState::Retired)
        {
            let boundary = scene.t(boundary_message(community.boundary));
            let label = format!("{} ({boundary})", account.shown_name());
            choices.push(Choice {
                value: account.id.to_string(),
                label,
            });
        }
    }
    Ok(choices)
}

/// The fields of the form; without `places` it is for editing.
pub(super) fn form(
    lang: Lang,
    kind: Kind,
    typed: &Typed,
    places: Option<Vec<Choice>>,
) -> Vec<Field> {
    let mut fields = Vec::new();
    let editing = places.is_none();
    if let Some(places) = places {
        fields.push(
            Field::new(lang, "community", FieldKind::Choice, "write-community")
                .hint(lang, "write-community-hint")
                .choices(places)
                .value(&typed.community)
                .required(),
        );
    }
    if needs_title(kind) || kind == Kind::Discussion {
        let title = Field::new(lang, "title", FieldKind::Line("text"), "write-title")
            .value(&typed.title)
            .max(MAX_TITLE);
        fields.push(if needs_title(kind) {
            title.required()
        } else {
            title
        });
    }
    let (required, optional) = fields_of(kind);
    for name in required.iter().chain(optional) {
        let id = format!("fields.{name}");
        let field = Field::new(lang, &id, input_of(name), field_message(name))
            .value(typed.fields.get(*name).cloned().unwrap_or_default());
        fields.push(if required.contains(name) {
            field.required()
        } else {
            field
        });
    }
    let text = Field::new(lang, "text", FieldKind::Text(false), "write-text")
        .hint(lang, "write-text-hint")
        .value(&typed.text);
    fields.push(if required.is_empty() {
        text.required()
    } else {
        text
    });
    if !editing {
        fields.push(
            Field::new(lang, "boundary", FieldKind::Choice, "write-boundary")
                .hint(lang, "write-boundary-hint")
                .choices(boundaries(lang))
                .value(&typed.boundary)
                .required(),
        );
    }
    fields.push(
        Field::new(lang, "quotes", FieldKind::Choice, "write-quotes")
            .hint(lang, "write-quotes-hint")
            .choices(quote_policies(lang))
            .value(&typed.quotes)
            .required(),
    );
    fields
}

/// Who may quote a post, in words.
pub(super) fn quote_policies(lang: Lang) -> Vec<Choice> {
    let words = [
        (QuotePolicy::Public, "quotes-public"),
        (QuotePolicy::Followers, "quotes-followers"),
        (QuotePolicy::Nobody, "quotes-nobody"),
    ];
    words
        .into_iter()
        .map(|(policy, id)| Choice {
            value: policy.to_string(),
            label: crate::i18n::text(lang, id, &[]),
        })
        .collect()
}

fn boundaries(lang: Lang) -> Vec<Choice> {
    let own = Choice {
        value: String::new(),
        label: crate::i18n::text(lang, "write-boundary-own", &[]),
    };
    let words = Boundary::ALL.iter().rev().map(|boundary| Choice {
        value: boundary.to_string(),
        label: crate::i18n::text(lang, boundary_message(*boundary), &[]),
    });
    std::iter::once(own).chain(words).collect()
}

fn input_of(field: &str) -> FieldKind {
    match field {
        "url" => FieldKind::Line("url"),
        "minutes" | "capacity" => FieldKind::Line("number"),
        "starts_at" | "ends_at" | "licence" | "place" => FieldKind::Line("text"),
        _ => FieldKind::Text(true),
    }
}

pub(super) fn typed(form: &Form, kind: Kind) -> Typed {
    let (required, optional) = fields_of(kind);
    let fields = required
        .iter()
        .chain(optional)
        .map(|name| ((*name).to_owned(), form.text(&format!("fields.{name}"))))
        .collect();
    Typed {
        community: form.text("community"),
        title: form.text("title"),
        text: form.text("text"),
        boundary: form.text("boundary"),
        quotes: form.text("quotes"),
        fields,
    }
}

/// `POST /ask`
pub(crate) async fn send_question(State(app): State<App>, form: Form) -> Response {
    send(&app, &form, Kind::Question).await
}

/// `POST /write/{kind}`
pub(crate) async fn send_kind(
    State(app): State<App>,
    Path(kind): Path<String>,
    form: Form,
) -> Response {
    match known(&kind) {
        Some(kind) => send(&app, &form, kind).await,
        None => reply::error(&form.visitor, &Error::NotFound),
    }
}

async fn send(app: &App, form: &Form, kind: Kind) -> Response {
    let visitor = &form.visitor;
    let Some(me) = visitor.viewer().account() else {
        return reply::sign_in_first(visitor);
    };
    let typed = typed(form, kind);
    if form.params.has("preview") {
        return page(app, visitor, kind, typed, &[], true).await;
    }
    make_mentions_known(app, &typed.text).await;
    let new = match new_post(visitor, kind, &typed) {
        Ok(new) => new,
        Err(mistake) => return page(app, visitor, kind, typed, &[mistake], false).await,
    };
    let done = app
        .db
        .write(move |tx| match create_post(tx, me, new)? {
            Outcome::Posted(post) => Ok(post.id),
            Outcome::Commanded { about, .. } => Ok(about),
        })
        .await;
    match done.map_err(mistake) {
        Ok(id) => reply::go(&format!("/posts/{id}")),
        Err(Ok(mistake)) => page(app, visitor, kind, typed, &[on_this_form(mistake)], false).await,
        Err(Err(error)) => reply::error(visitor, &error),
    }
}

fn new_post(visitor: &Visitor, kind: Kind, typed: &Typed) -> std::result::Result<NewPost, Mistake> {
    let community = match typed.community.as_str() {
        "" => None,
        id => Some(id.parse::<AccountId>().map_err(|_| Mistake {
            field: "community".into(),
            why: crate::model::refusal::Refusal::Malformed,
        })?),
    };
    let me = visitor.me.as_ref();
    let language = me.and_then(|me| me.user.default_language.clone());
    // In a community its own reach counts; elsewhere what the person chose for new posts.
    let visibility = me
        .map(|me| me.user.default_visibility)
        .filter(|_| community.is_none());
    Ok(NewPost {
        source: typed.text.clone(),
        title: Some(typed.title.clone()),
        kind: Some(kind),
        fields: typed.fields.clone(),
        community,
        visibility,
        boundary: Boundary::parse(&typed.boundary),
        quote_policy: QuotePolicy::parse(&typed.quotes).or_else(|| Some(usual_quotes(visitor))),
        language: language.or_else(|| Some(visitor.lang().code().to_owned())),
        ..NewPost::default()
    })
}

/// The actions name some fields as clients do.
pub(super) fn on_this_form(mistake: Mistake) -> Mistake {
    let field = match mistake.field.as_str() {
        "status" => "text",
        "community_id" => "community",
        other => other,
    };
    Mistake {
        field: field.to_owned(),
        why: mistake.why,
    }
}

/// Asks other nodes for people who are mentioned and unknown here, so that the mention reaches them. Who does not
/// answer is left as plain text.
pub(super) async fn make_mentions_known(app: &App, text: &str) {
    let own = app.config.authority();
    let elsewhere = mentioned(text)
        .into_iter()
        .map(|handle| handle.relative_to(&own))
        .filter(|h| !h.domain.is_empty());
    for handle in elsewhere.take(ASKED) {
        if let Err(error) = app
            .resolve_handle(&format!("{}@{}", handle.name, handle.domain))
            .await
        {
            tracing::info!(%error, "somebody who is mentioned could not be found");
        }
    }
}
