//! `/posts/{id}/edit`: the author changes a post; earlier forms stay in the history.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::write::{Typed, Write, form, make_mentions_known, on_this_form, typed};
use crate::actions::edit_post::{Changes, edit_post};
use crate::actions::quotes::set_policy;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::PostId;
use crate::model::quote::Terms;
use crate::model::words::QuotePolicy;
use crate::store::{posts, quotes};
use crate::web::form::{Form, Mistake, mistake};
use crate::web::parts::field::mark;
use crate::web::reply::{self, Keep};
use crate::web::ui::Ui;
use crate::web::visitor::Visitor;

/// A post of the visitor's, and who may quote it.
async fn own_post(app: &App, visitor: &Visitor, id: &str) -> Result<(posts::Post, QuotePolicy)> {
    let (viewer, id) = (
        visitor.viewer(),
        id.parse::<PostId>().map_err(|_| Error::NotFound)?,
    );
    let (post, terms) = app
        .db
        .read(move |conn| {
            let post = posts::get_visible(conn, &viewer, id)?;
            Ok((post, quotes::terms_of(conn, id, true)?))
        })
        .await?;
    if viewer.account() == Some(post.author_id) {
        let mut all = QuotePolicy::ALL.iter().copied();
        let policy = all.find(|policy| Terms::of(*policy) == terms);
        Ok((post, policy.unwrap_or(QuotePolicy::Nobody)))
    } else {
        Err(Error::Forbidden(
            crate::model::refusal::Refusal::NotTheAuthor,
        ))
    }
}

fn edit_page(
    visitor: &Visitor,
    post: &posts::Post,
    typed: &Typed,
    mistakes: &[Mistake],
) -> Response {
    let ui = Ui::of(visitor);
    let mut fields = form(visitor.lang(), post.kind, typed, None);
    let problems = mark(visitor.lang(), &mut fields, mistakes);
    let page = Write {
        heading: ui.t("edit-heading"),
        intro: ui.t("edit-intro"),
        action: format!("/posts/{}/edit", post.id),
        preview: None,
        others: Vec::new(),
        editing: true,
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

/// `GET /posts/{id}/edit`
pub(crate) async fn edit(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Response {
    if visitor.me.is_none() {
        return reply::sign_in_first(&visitor);
    }
    match own_post(&app, &visitor, &id).await {
        Ok((post, policy)) => {
            let typed = Typed {
                quotes: policy.to_string(),
                title: post.title.clone(),
                text: post.source.clone(),
                fields: serde_json::from_str(&post.fields).unwrap_or_default(),
                ..Typed::default()
            };
            edit_page(&visitor, &post, &typed, &[])
        }
        Err(error) => reply::error(&visitor, &error),
    }
}

/// `POST /posts/{id}/edit`
pub(crate) async fn save(State(app): State<App>, Path(id): Path<String>, form: Form) -> Response {
    let visitor = &form.visitor;
    let Some(me) = visitor.viewer().account() else {
        return reply::sign_in_first(visitor);
    };
    let (post, policy) = match own_post(&app, visitor, &id).await {
        Ok(both) => both,
        Err(error) => return reply::error(visitor, &error),
    };
    let typed = typed(&form, post.kind);
    make_mentions_known(&app, &typed.text).await;
    let changes = Changes {
        source: Some(typed.text.clone()),
        title: form.params.has("title").then(|| typed.title.clone()),
        fields: (!typed.fields.is_empty()).then(|| typed.fields.clone()),
        ..Changes::default()
    };
    let id = post.id;
    let wanted = QuotePolicy::parse(&typed.quotes).filter(|wanted| *wanted != policy);
    let done = app
        .db
        .write(move |tx| {
            let post = edit_post(tx, me, id, changes)?;
            wanted.map_or(Ok(post), |wanted| set_policy(tx, me, id, wanted))
        })
        .await;
    match done.map_err(mistake) {
        Ok(post) => reply::go(&format!("/posts/{}", post.id)),
        Err(Ok(mistake)) => edit_page(visitor, &post, &typed, &[on_this_form(mistake)]),
        Err(Err(error)) => reply::error(visitor, &error),
    }
}
