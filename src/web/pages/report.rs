//! `/posts/{id}/report` and `/@{name}/report`: telling the moderators of something.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::profile;
use crate::actions::report::{Complaint, deleted_from, host_elsewhere, report};
use crate::app::App;
use crate::error::{Error, Result};
use crate::i18n;
use crate::model::ids::{AccountId, PostId};
use crate::model::refusal::Refusal;
use crate::model::report::TEXT;
use crate::model::viewer::Viewer;
use crate::model::words::ReportCategory;
use crate::store::conn::Conn;
use crate::store::posts;
use crate::web::form::{Form, mistake};
use crate::web::parts::field::{Choice, Field, Kind};
use crate::web::parts::rules::{self, Shown};
use crate::web::parts::scene::Scene;
use crate::web::parts::simple_form::SimpleForm;
use crate::web::reply;
use crate::web::visitor::Visitor;

/// What is reported.
#[derive(Debug, Clone)]
enum Subject {
    Post(String),
    Person(String),
}

/// What a report of it is about.
struct About {
    target: AccountId,
    post: Option<PostId>,
    /// Whether another node can be told too.
    elsewhere: bool,
    /// The rules that may have been broken.
    rules: Vec<Shown>,
}

impl Subject {
    fn action(&self) -> String {
        match self {
            Self::Post(id) => format!("/posts/{id}/report"),
            Self::Person(name) => format!("/@{name}/report"),
        }
    }

    fn heading(&self) -> &'static str {
        match self {
            Self::Post(_) => "report-post",
            Self::Person(_) => "report-person",
        }
    }

    /// Whom and what it names, if the reader may see that.
    fn find(&self, conn: &mut Conn, scene: &Scene) -> Result<About> {
        match self {
            Self::Post(id) => {
                let id: PostId = id.parse().map_err(|_why| Error::NotFound)?;
                let reader = scene.viewer.account().ok_or(Error::NotFound)?;
                let post = match posts::get_visible(conn, &scene.viewer, id) {
                    // Deleted while it was looked at: who wrote it can be reported still.
                    Err(Error::NotFound) => {
                        deleted_from(conn, reader, id)?.ok_or(Error::NotFound)?
                    }
                    found => found?,
                };
                let elsewhere = !post.local || host_elsewhere(conn, &post)?.is_some();
                Ok(About {
                    target: post.author_id,
                    post: Some(id),
                    elsewhere,
                    rules: rules::all(conn, scene.lang)?,
                })
            }
            Self::Person(name) => {
                let account = profile::find(conn, scene, name)?;
                if account.is_group() {
                    return Err(Error::NotFound);
                }
                Ok(About {
                    target: account.id,
                    post: None,
                    elsewhere: !account.is_local(),
                    rules: rules::all(conn, scene.lang)?,
                })
            }
        }
    }
}

#[derive(Debug, Default)]
struct Typed {
    category: String,
    comment: String,
    forward: bool,
    rules: Vec<i64>,
}

/// The name of the field of a rule.
fn field_of(rule: i64) -> String {
    format!("rule_{rule}")
}

fn category_message(category: ReportCategory) -> &'static str {
    match category {
        ReportCategory::Spam => "report-spam",
        ReportCategory::Legal => "report-legal",
        ReportCategory::Violation => "report-violation",
        ReportCategory::Other => "report-other",
    }
}

/// What a category is called.
pub(super) fn category_label(scene: &Scene, category: ReportCategory) -> String {
    i18n::text(scene.lang, category_message(category), &[])
}

fn form(visitor: &Visitor, subject: &Subject, about: &About, typed: &Typed) -> SimpleForm {
    let (lang, scene) = (visitor.lang(), Scene::of(visitor));
    let choices = ReportCategory::ALL
        .iter()
        .map(|category| Choice {
            value: category.as_str().to_owned(),
            label: category_label(&scene, *category),
        })
        .collect();
    let form = SimpleForm::new(
        visitor,
        subject.heading(),
        subject.action(),
        "report-button",
    )
    .intro("report-intro")
    .field(
        Field::new(lang, "category", Kind::Choice, "report-category")
            .value(&typed.category)
            .required()
            .choices(choices),
    )
    .field(
        Field::new(lang, "comment", Kind::Text(true), "report-comment")
            .hint(lang, "report-comment-hint")
            .value(&typed.comment)
            .max(TEXT),
    );
    let form = about.rules.iter().fold(form, |form, rule| {
        let on = typed.rules.contains(&rule.id);
        let mut field = Field::new(lang, &field_of(rule.id), Kind::Check, "report-rule")
            .value(if on { "1" } else { "" });
        field.label = i18n::text(lang, "report-rule", &[("rule", rule.text.as_str().into())]);
        form.field(field)
    });
    if !about.elsewhere {
        return form;
    }
    form.field(
        Field::new(lang, "forward", Kind::Check, "report-forward")
            .hint(lang, "report-forward-hint")
            .value(if typed.forward { "1" } else { "" }),
    )
}

async fn ask(app: App, visitor: Visitor, subject: Subject) -> Response {
    if visitor.me.is_none() {
        return reply::sign_in_first(&visitor);
    }
    let (scene, wanted) = (Scene::of(&visitor), subject.clone());
    match app.db.read(move |conn| wanted.find(conn, &scene)).await {
        Ok(about) => {
            let typed = Typed {
                category: ReportCategory::Other.as_str().to_owned(),
                ..Typed::default()
            };
            form(&visitor, &subject, &about, &typed).show(&visitor, &[])
        }
        Err(error) => reply::error(&visitor, &error),
    }
}

async fn file(app: App, sent: Form, subject: Subject) -> Response {
    let visitor = &sent.visitor;
    if visitor.me.is_none() {
        return reply::sign_in_first(visitor);
    }
    let (scene, wanted) = (Scene::of(visitor), subject.clone());
    let about = match app.db.read(move |conn| wanted.find(conn, &scene)).await {
        Ok(about) => about,
        Err(error) => return reply::error(visitor, &error),
    };
    let typed = Typed {
        category: sent.text("category"),
        comment: sent.text("comment"),
        forward: !sent.text("forward").is_empty(),
        rules: about
            .rules
            .iter()
            .map(|rule| rule.id)
            .filter(|id| !sent.text(&field_of(*id)).is_empty())
            .collect(),
    };
    match try_file(&app, visitor.viewer(), &about, &typed).await {
        Ok(()) => reply::stop(visitor, StatusCode::OK, "report-sent", "report-sent-text"),
        Err(error) => match mistake(error) {
            Ok(mistake) => form(visitor, &subject, &about, &typed).show(visitor, &[mistake]),
            Err(error) => reply::error(visitor, &error),
        },
    }
}

async fn try_file(app: &App, viewer: Viewer, about: &About, typed: &Typed) -> Result<()> {
    let category = ReportCategory::parse(&typed.category).ok_or_else(|| {
        let all: Vec<&str> = ReportCategory::ALL.iter().map(|one| one.as_str()).collect();
        Error::invalid("category", Refusal::NotOneOf(all.join(", ")))
    })?;
    let complaint = Complaint {
        target: about.target,
        posts: about.post.into_iter().collect(),
        category: if typed.rules.is_empty() {
            category
        } else {
            // Whoever names a rule means that it was broken.
            ReportCategory::Violation
        },
        rules: typed.rules.clone(),
        comment: typed.comment.clone(),
        forward: typed.forward,
    };
    app.db
        .write(move |tx| report(tx, &viewer, &complaint).map(drop))
        .await
}

/// `GET /posts/{id}/report`
pub(crate) async fn post(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Response {
    ask(app, visitor, Subject::Post(id)).await
}

/// `POST /posts/{id}/report`
pub(crate) async fn send_post(
    State(app): State<App>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    file(app, form, Subject::Post(id)).await
}

/// `GET /@{name}/report`
pub(crate) async fn person(
    State(app): State<App>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Response {
    ask(app, visitor, Subject::Person(name)).await
}

/// `POST /@{name}/report`
pub(crate) async fn send_person(
    State(app): State<App>,
    Path(name): Path<String>,
    form: Form,
) -> Response {
    file(app, form, Subject::Person(name)).await
}
