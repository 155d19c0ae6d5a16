//! `/settings/export` and `/settings/import`: taking follows, mutes, blocks, lists and bookmarks along, as the tables that
//! Mastodon knows.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::import::{begin, cells};
use crate::app::App;
use crate::error::{Error, Result};
use crate::i18n::{self, Lang, Value};
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::text::csv;
use crate::model::words::{Role, TransferKind};
use crate::store::conn::Conn;
use crate::store::transfers::{self, Import, Named};
use crate::web::form::{Form, Mistake, Table, mistake};
use crate::web::parts::field::{Choice, Field, Kind, Problem, mark};
use crate::web::parts::scene::Scene;
use crate::web::reply::{self, Keep};
use crate::web::ui::Ui;
use crate::web::visitor::Visitor;

/// Imports that the page names.
const SHOWN: i64 = 20;
/// Lines that did not come through, as far as a page names them.
const FAILED: i64 = 500;

fn label(kind: TransferKind) -> &'static str {
    match kind {
        TransferKind::Follows => "transfer-follows",
        TransferKind::Mutes => "transfer-mutes",
        TransferKind::Blocks => "transfer-blocks",
        TransferKind::DomainBlocks => "transfer-domain-blocks",
        TransferKind::Lists => "transfer-lists",
        TransferKind::Bookmarks => "transfer-bookmarks",
    }
}

struct Download {
    path: String,
    label: String,
}

#[derive(Template)]
#[template(path = "pages/export.html")]
struct Export {
    ui: Ui,
    invites: bool,
    files: Vec<Download>,
}

/// `GET /settings/export`
pub(crate) async fn export(visitor: Visitor) -> Response {
    if visitor.me.is_none() {
        return reply::sign_in_first(&visitor);
    }
    let ui = Ui::of(&visitor);
    let files = TransferKind::ALL
        .iter()
        .map(|kind| Download {
            path: format!("/settings/export/{}.csv", kind.as_str()),
            label: ui.t(label(*kind)),
        })
        .collect();
    let invites = visitor.viewer().at_least(Role::Moderator);
    let page = Export { ui, invites, files };
    reply::ok(&visitor, &page)
}

/// `GET /settings/export/{file}`: one table.
pub(crate) async fn download(
    State(app): State<App>,
    visitor: Visitor,
    Path(file): Path<String>,
) -> Response {
    let Some(me) = visitor.viewer().account() else {
        return reply::sign_in_first(&visitor);
    };
    let wanted = file.strip_suffix(".csv").and_then(TransferKind::parse);
    let Some(kind) = wanted else {
        return reply::error(&visitor, &Error::NotFound);
    };
    let authority = app.config.authority();
    match app
        .db
        .read(move |conn| table(conn, me, kind, &authority))
        .await
    {
        Ok(text) => reply::download(&visitor, kind.file_name(), "text/csv; charset=utf-8", text),
        Err(error) => reply::error(&visitor, &error),
    }
}

/// The table as Mastodon writes it.
fn table(conn: &mut Conn, me: AccountId, kind: TransferKind, authority: &str) -> Result<String> {
    let handle = |(name, domain): &Named| {
        let domain = if domain.is_empty() { authority } else { domain };
        format!("{name}@{domain}")
    };
    let word = |on: bool| if on { "true" } else { "false" };
    let mut out = String::new();
    if kind.has_head() {
        csv::write_row(&mut out, kind.columns());
    }
    match kind {
        TransferKind::Follows => {
            for row in transfers::follows_of(conn, me)? {
                let languages = row.languages.unwrap_or_default();
                let languages = languages.trim_matches(',').replace(',', ", ");
                let (boosts, notify) = (word(row.boosts), word(row.notify));
                csv::write_row(&mut out, &[&handle(&row.who), boosts, notify, &languages]);
            }
        }
        TransferKind::Mutes => {
            for (who, quiet) in transfers::mutes_of(conn, me)? {
                csv::write_row(&mut out, &[&handle(&who), word(quiet)]);
            }
        }
        TransferKind::Blocks => {
            for who in transfers::blocks_of(conn, me)? {
                csv::write_row(&mut out, &[&handle(&who)]);
            }
        }
        TransferKind::DomainBlocks => {
            for domain in transfers::domains_of(conn, me)? {
                csv::write_row(&mut out, &[&domain]);
            }
        }
        TransferKind::Lists => {
            for (title, who) in transfers::lists_of(conn, me)? {
                csv::write_row(&mut out, &[&title, &handle(&who)]);
            }
        }
        TransferKind::Bookmarks => {
            for uri in transfers::bookmarks_of(conn, me)? {
                csv::write_row(&mut out, &[&uri]);
            }
        }
    }
    Ok(out)
}

/// An import on the page.
struct Row {
    path: String,
    label: String,
    when: String,
    how: String,
    standing: String,
    running: bool,
}

impl Row {
    fn of(conn: &mut Conn, scene: &Scene, import: &Import) -> Result<Self> {
        let (done, failed) = transfers::count(conn, import.id)?;
        let numbers = [
            ("done", Value::from(done)),
            ("failed", Value::from(failed)),
            ("total", Value::from(i64::from(import.total))),
        ];
        let running = import.finished_at.is_none();
        let standing = if running {
            "import-running"
        } else {
            "import-finished"
        };
        Ok(Self {
            path: format!("/settings/import/{}", import.id),
            label: scene.t(label(import.kind)),
            when: scene.moment(import.created_at),
            how: scene.t(if import.overwrite {
                "import-overwrite"
            } else {
                "import-merge"
            }),
            standing: i18n::text(scene.lang, standing, &numbers),
            running,
        })
    }
}

#[derive(Template)]
#[template(path = "pages/import.html")]
struct ImportPage {
    ui: Ui,
    invites: bool,
    fields: Vec<Field>,
    problems: Vec<Problem>,
    rows: Vec<Row>,
}

fn fields(lang: Lang, form: Option<&Form>) -> Vec<Field> {
    let typed = |name: &str| form.map(|form| form.text(name)).unwrap_or_default();
    let choice = |value: &str, id: &str| Choice {
        value: value.to_owned(),
        label: i18n::text(lang, id, &[]),
    };
    let kinds = TransferKind::ALL
        .iter()
        .map(|kind| choice(kind.as_str(), label(*kind)))
        .collect();
    let modes = vec![
        choice("merge", "import-merge"),
        choice("overwrite", "import-overwrite"),
    ];
    vec![
        Field::new(lang, "kind", Kind::Choice, "import-kind")
            .choices(kinds)
            .value(typed("kind"))
            .required(),
        Field::new(lang, "mode", Kind::Choice, "import-mode")
            .hint(lang, "import-mode-hint")
            .choices(modes)
            .value(typed("mode"))
            .required(),
        Field::new(lang, "file", Kind::Table, "import-file")
            .hint(lang, "import-file-hint")
            .required(),
    ]
}

async fn show(app: &App, visitor: &Visitor, form: Option<&Form>, mistakes: &[Mistake]) -> Response {
    let Some(me) = visitor.viewer().account() else {
        return reply::sign_in_first(visitor);
    };
    let scene = Scene::of(visitor);
    let found = app
        .db
        .read(move |conn| {
            transfers::list(conn, me, SHOWN)?
                .iter()
                .map(|import| Row::of(conn, &scene, import))
                .collect::<Result<Vec<Row>>>()
        })
        .await;
    let rows = match found {
        Ok(rows) => rows,
        Err(error) => return reply::error(visitor, &error),
    };
    let mut fields = fields(visitor.lang(), form);
    let problems = mark(visitor.lang(), &mut fields, mistakes);
    let page = ImportPage {
        ui: Ui::of(visitor),
        invites: visitor.viewer().at_least(Role::Moderator),
        fields,
        problems,
        rows,
    };
    let status = if mistakes.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    reply::page(visitor, status, Keep::Form, &page)
}

/// `GET /settings/import`
pub(crate) async fn import(State(app): State<App>, visitor: Visitor) -> Response {
    show(&app, &visitor, None, &[]).await
}

/// `POST /settings/import`: takes a file in.
pub(crate) async fn take_in(State(app): State<App>, Table(form): Table) -> Response {
    let visitor = &form.visitor;
    let Some(me) = visitor.viewer().account() else {
        return reply::sign_in_first(visitor);
    };
    match try_take_in(&app, &form, me).await.map_err(mistake) {
        Ok(id) => reply::go(&format!("/settings/import/{id}")),
        Err(Ok(found)) => show(&app, visitor, Some(&form), &[found]).await,
        Err(Err(error)) => reply::error(visitor, &error),
    }
}

async fn try_take_in(app: &App, form: &Form, me: AccountId) -> Result<i64> {
    let words = |all: &[&str]| Refusal::NotOneOf(all.join(", "));
    let kind = TransferKind::parse(&form.text("kind")).ok_or_else(|| {
        let all: Vec<&str> = TransferKind::ALL.iter().map(|kind| kind.as_str()).collect();
        Error::invalid("kind", words(&all))
    })?;
    let overwrite = match form.text("mode").as_str() {
        "merge" => false,
        "overwrite" => true,
        _ => return Err(Error::invalid("mode", words(&["merge", "overwrite"]))),
    };
    let sent = form.params.file("file");
    let Some(file) = sent.filter(|file| !file.bytes.is_empty()) else {
        return Err(Error::invalid("file", Refusal::Blank));
    };
    let text = String::from_utf8(file.bytes.to_vec())
        .map_err(|_why| Error::invalid("file", Refusal::Malformed))?;
    app.db
        .write(move |tx| begin(tx, me, kind, overwrite, &text))
        .await
}

/// A line that did not come through.
struct Failed {
    what: String,
    why: String,
}

#[derive(Template)]
#[template(path = "pages/imported.html")]
struct Imported {
    ui: Ui,
    invites: bool,
    row: Row,
    failed: Vec<Failed>,
}

/// `GET /settings/import/{id}`: what came through and what did not.
pub(crate) async fn outcome(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Response {
    let Some(me) = visitor.viewer().account() else {
        return reply::sign_in_first(&visitor);
    };
    let scene = Scene::of(&visitor);
    let found = app
        .db
        .read(move |conn| {
            let id: i64 = id.parse().map_err(|_why| Error::NotFound)?;
            let import = transfers::get_own(conn, me, id)?;
            let failed = transfers::list_failed(conn, id, FAILED)?
                .into_iter()
                .map(|line| Failed {
                    what: cells(&line.line).join(" · "),
                    why: scene.t(line.outcome.as_deref().unwrap_or_default()),
                })
                .collect();
            Ok((Row::of(conn, &scene, &import)?, failed))
        })
        .await;
    match found {
        Ok((row, failed)) => {
            let page = Imported {
                ui: Ui::of(&visitor),
                invites: visitor.viewer().at_least(Role::Moderator),
                row,
                failed,
            };
            reply::ok(&visitor, &page)
        }
        Err(error) => reply::error(&visitor, &error),
    }
}
