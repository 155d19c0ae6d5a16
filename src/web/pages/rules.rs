//! `/admin/rules` and `/admin/texts/{kind}`: admins write down the rules of the node and what it says at length.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use crate::actions::set_rules::{
    RULE, RuleWish, Wording, remove_rule, translations, write_rule, write_text,
};
use crate::app::App;
use crate::error::{Error, Result};
use crate::i18n::{self, Lang, Value};
use crate::model::refusal::Refusal;
use crate::model::viewer::Viewer;
use crate::model::words::{NodeTextKind, Role};
use crate::store::node_texts;
use crate::store::rules::{self as store, Rule};
use crate::web::form::{Form, mistake};
use crate::web::parts::field::{Field, Kind};
use crate::web::parts::rules::Shown;
use crate::web::parts::scene::Scene;
use crate::web::parts::simple_form::SimpleForm;
use crate::web::reply;
use crate::web::ui::{self, Ui};
use crate::web::visitor::Visitor;

/// The answer to whoever is no admin.
fn turned_away(visitor: &Visitor) -> Option<Response> {
    if visitor.me.is_none() {
        return Some(reply::sign_in_first(visitor));
    }
    let low = Error::Forbidden(Refusal::RoleTooLow);
    (!visitor.viewer().at_least(Role::Admin)).then(|| reply::error(visitor, &low))
}

/// A rule in the list.
struct Row {
    path: String,
    text: String,
    hint: String,
}

/// A text in the list.
struct Long {
    path: String,
    heading: String,
    since: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/rules.html")]
struct Rules {
    ui: Ui,
    invites: bool,
    rows: Vec<Row>,
    texts: Vec<Long>,
}

/// What stands in a form.
#[derive(Default)]
struct Typed {
    position: String,
    text: String,
    hint: String,
    others: BTreeMap<String, Wording>,
}

impl Typed {
    fn of(rule: &Rule) -> Result<Self> {
        Ok(Self {
            position: rule.position.to_string(),
            text: rule.text.clone(),
            hint: rule.hint.clone(),
            others: translations(rule)?,
        })
    }

    fn sent(form: &Form) -> Self {
        let others = Lang::ALL
            .iter()
            .map(|lang| {
                let wording = Wording {
                    text: form.text(&format!("text_{}", lang.code())),
                    hint: form.text(&format!("hint_{}", lang.code())),
                };
                (lang.code().to_owned(), wording)
            })
            .collect();
        Self {
            position: form.text("position"),
            text: form.text("text"),
            hint: form.text("hint"),
            others,
        }
    }
}

/// The form of a rule; `which` is its id, or `new`.
fn form(visitor: &Visitor, which: &str, typed: &Typed) -> SimpleForm {
    let lang = visitor.lang();
    let line = |name: &str, label: &str| Field::new(lang, name, Kind::Line("text"), label);
    let heading = if which == NEW {
        "rule-new"
    } else {
        "rule-change"
    };
    let mut form = SimpleForm::new(
        visitor,
        heading,
        format!("/admin/rules/{which}"),
        "edit-save",
    )
    .field(
        line("text", "rule-text")
            .value(&typed.text)
            .required()
            .max(RULE),
    )
    .field(Field::new(lang, "hint", Kind::Text(true), "rule-hint").value(&typed.hint))
    .field(
        Field::new(lang, "position", Kind::Line("number"), "rule-position")
            .hint(lang, "rule-position-hint")
            .value(&typed.position),
    );
    for other in Lang::ALL {
        let code = other.code();
        let wording = typed.others.get(code).cloned().unwrap_or_default();
        let name = [("language", Value::from(other.own_name()))];
        let label = |id: &str| i18n::text(lang, id, &name);
        let mut text = line(&format!("text_{code}"), "rule-text")
            .value(&wording.text)
            .max(RULE);
        text.label = label("rule-text-in");
        let mut hint = Field::new(lang, &format!("hint_{code}"), Kind::Text(true), "rule-hint")
            .value(&wording.hint);
        hint.label = label("rule-hint-in");
        form = form.field(text).field(hint);
    }
    if which == NEW {
        return form;
    }
    form.field(Field::new(lang, "remove", Kind::Check, "rule-remove"))
}

/// Stands for the id of a rule that is not there yet.
const NEW: &str = "new";

fn path_of(kind: NodeTextKind) -> String {
    format!("/admin/texts/{}", kind.as_str())
}

fn heading(kind: NodeTextKind) -> &'static str {
    match kind {
        NodeTextKind::About => "about-words",
        NodeTextKind::Privacy => "privacy-heading",
        NodeTextKind::Terms => "terms-heading",
    }
}

/// `GET /admin/rules`: the rules, and the longer texts.
pub(crate) async fn list(State(app): State<App>, visitor: Visitor) -> Response {
    if let Some(answer) = turned_away(&visitor) {
        return answer;
    }
    let (ui, lang, day) = (Ui::of(&visitor), visitor.lang(), Scene::of(&visitor));
    let found = app
        .db
        .read(move |conn| {
            let rows = store::list(conn)?
                .iter()
                .map(|rule| {
                    let shown = Shown::of(rule, lang)?;
                    Ok(Row {
                        path: format!("/admin/rules/{}", rule.id),
                        text: shown.text,
                        hint: shown.hint,
                    })
                })
                .collect::<Result<Vec<Row>>>()?;
            let mut texts = Vec::new();
            for kind in NodeTextKind::ALL {
                let last = node_texts::find_last(conn, *kind)?;
                let last = last.filter(|text| !text.source.is_empty());
                texts.push(Long {
                    path: path_of(*kind),
                    heading: day.t(heading(*kind)),
                    since: last.map(|text| ui::date(lang, text.effective_on)),
                });
            }
            Ok((rows, texts))
        })
        .await;
    match found {
        Ok((rows, texts)) => {
            let page = Rules {
                ui,
                invites: true,
                rows,
                texts,
            };
            reply::ok(&visitor, &page)
        }
        Err(error) => reply::error(&visitor, &error),
    }
}

/// The id that a path names; `None` for a new rule.
fn id_of(which: &str) -> Result<Option<i64>> {
    if which == NEW {
        return Ok(None);
    }
    which.parse().map(Some).map_err(|_why| Error::NotFound)
}

/// `GET /admin/rules/{id}`
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(which): Path<String>,
) -> Response {
    if let Some(answer) = turned_away(&visitor) {
        return answer;
    }
    let wanted = which.clone();
    let found = app
        .db
        .read(move |conn| match id_of(&wanted)? {
            None => Ok(Typed::default()),
            Some(id) => Typed::of(&store::find(conn, id)?.ok_or(Error::NotFound)?),
        })
        .await;
    match found {
        Ok(typed) => form(&visitor, &which, &typed).show(&visitor, &[]),
        Err(error) => reply::error(&visitor, &error),
    }
}

/// `POST /admin/rules/{id}`: writes a rule, or removes it.
pub(crate) async fn save(
    State(app): State<App>,
    Path(which): Path<String>,
    sent: Form,
) -> Response {
    let visitor = &sent.visitor;
    if let Some(answer) = turned_away(visitor) {
        return answer;
    }
    let typed = Typed::sent(&sent);
    match try_save(&app, &sent, &which, &typed).await.map_err(mistake) {
        Ok(()) => reply::go("/admin/rules"),
        Err(Ok(found)) => form(visitor, &which, &typed).show(visitor, &[found]),
        Err(Err(error)) => reply::error(visitor, &error),
    }
}

async fn try_save(app: &App, sent: &Form, which: &str, typed: &Typed) -> Result<()> {
    let (id, viewer) = (id_of(which)?, sent.visitor.viewer());
    if let Some(id) = id.filter(|_| sent.text("remove") == "1") {
        return app.db.write(move |tx| remove_rule(tx, &viewer, id)).await;
    }
    let position = match typed.position.trim() {
        "" => None,
        text => Some(
            text.parse()
                .map_err(|_why| Error::invalid("position", Refusal::Malformed))?,
        ),
    };
    let wish = RuleWish {
        position,
        text: typed.text.clone(),
        hint: typed.hint.clone(),
        translations: typed.others.clone(),
    };
    app.db
        .write(move |tx| write_rule(tx, &viewer, id, &wish).map(drop))
        .await
}

fn text_form(visitor: &Visitor, kind: NodeTextKind, source: &str, day: &str) -> SimpleForm {
    let lang = visitor.lang();
    let form = SimpleForm::new(visitor, heading(kind), path_of(kind), "edit-save")
        .intro("text-intro")
        .field(
            Field::new(lang, "source", Kind::Text(false), "text-source")
                .hint(lang, "text-source-hint")
                .value(source),
        );
    if kind != NodeTextKind::Terms {
        return form;
    }
    form.field(
        Field::new(lang, "effective_on", Kind::Line("date"), "text-effective")
            .hint(lang, "text-effective-hint")
            .value(day),
    )
}

/// `GET /admin/texts/{kind}`: the version that was written last.
pub(crate) async fn text(
    State(app): State<App>,
    visitor: Visitor,
    Path(kind): Path<String>,
) -> Response {
    if let Some(answer) = turned_away(&visitor) {
        return answer;
    }
    let Some(kind) = NodeTextKind::parse(&kind) else {
        return reply::error(&visitor, &Error::NotFound);
    };
    match app
        .db
        .read(move |conn| node_texts::find_last(conn, kind))
        .await
    {
        Ok(last) => {
            let source = last.map(|text| text.source).unwrap_or_default();
            text_form(&visitor, kind, &source, "").show(&visitor, &[])
        }
        Err(error) => reply::error(&visitor, &error),
    }
}

/// `POST /admin/texts/{kind}`
pub(crate) async fn save_text(
    State(app): State<App>,
    Path(kind): Path<String>,
    sent: Form,
) -> Response {
    let visitor = &sent.visitor;
    if let Some(answer) = turned_away(visitor) {
        return answer;
    }
    let Some(kind) = NodeTextKind::parse(&kind) else {
        return reply::error(visitor, &Error::NotFound);
    };
    let (source, day) = (sent.text("source"), sent.text("effective_on"));
    let done = try_save_text(&app, visitor.viewer(), kind, &source, &day).await;
    match done.map_err(mistake) {
        Ok(()) => reply::go("/admin/rules"),
        Err(Ok(found)) => text_form(visitor, kind, &source, &day).show(visitor, &[found]),
        Err(Err(error)) => reply::error(visitor, &error),
    }
}

async fn try_save_text(
    app: &App,
    viewer: Viewer,
    kind: NodeTextKind,
    source: &str,
    day: &str,
) -> Result<()> {
    let day = match day.trim() {
        "" => None,
        text => Some(
            text.parse()
                .map_err(|_why| Error::invalid("effective_on", Refusal::Malformed))?,
        ),
    };
    let source = source.to_owned();
    app.db
        .write(move |tx| write_text(tx, &viewer, kind, &source, day))
        .await
}
