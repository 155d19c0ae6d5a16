//! What one does with a post on its page: reply, accept, mark, pass on, delete.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use super::thread::{Typed, show_with, wrong};
use super::write::make_mentions_known;
use crate::actions::accept_answer::{accept_answer, unaccept_answer};
use crate::actions::create_post::{NewPost, Outcome, create_post};
use crate::actions::delete_post::delete_post;
use crate::actions::react::{self, boost, mark, unboost, unmark};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::model::words::{Reaction, Visibility};
use crate::store::db::Tx;
use crate::store::posts;
use crate::web::form::{Form, mistake, safe_path};
use crate::web::reply;

/// Does something with the post of the address for the signed-in person, then goes back.
pub(super) async fn act(
    app: &App,
    id: &str,
    form: &Form,
    work: impl FnOnce(&mut Tx<'_>, AccountId, PostId) -> Result<String> + Send + 'static,
) -> Response {
    let visitor = &form.visitor;
    let Some(me) = visitor.viewer().account() else {
        return reply::sign_in_first(visitor);
    };
    let Ok(id) = id.parse::<PostId>() else {
        return reply::error(visitor, &Error::NotFound);
    };
    let viewer = visitor.viewer();
    let done = app.db.write(move |tx| {
        posts::get_visible(tx, &viewer, id)?;
        work(tx, me, id)
    });
    match done.await {
        Ok(path) => reply::go(safe_path(&form.text("back")).unwrap_or(&path)),
        Err(error) => reply::error(visitor, &error),
    }
}

fn page(id: PostId) -> String {
    format!("/posts/{id}")
}

/// `POST /posts/{id}/favourite`
pub(crate) async fn favourite(
    State(app): State<App>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let on = form.text("on") == "1";
    act(&app, &id, &form, move |tx, me, id| {
        if on {
            mark(tx, me, id, Reaction::Favourite, None)?;
        } else {
            unmark(tx, me, id, Reaction::Favourite)?;
        }
        Ok(page(id))
    })
    .await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Votes {
    choice: Vec<i32>,
}

/// `POST /posts/{id}/vote`
pub(crate) async fn vote(State(app): State<App>, Path(id): Path<String>, form: Form) -> Response {
    let votes: Votes = match form.params.get() {
        Ok(votes) => votes,
        Err(error) => return reply::error(&form.visitor, &error),
    };
    act(&app, &id, &form, move |tx, me, id| {
        react::vote(tx, me, id, &votes.choice)?;
        Ok(page(id))
    })
    .await
}

/// `POST /posts/{id}/boost`
pub(crate) async fn pass_on(
    State(app): State<App>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let on = form.text("on") == "1";
    act(&app, &id, &form, move |tx, me, id| {
        if on {
            boost(tx, me, id, Visibility::Public, None)?;
        } else {
            unboost(tx, me, id)?;
        }
        Ok(page(id))
    })
    .await
}

/// `POST /posts/{id}/accept`: the answer of this id.
pub(crate) async fn accept(State(app): State<App>, Path(id): Path<String>, form: Form) -> Response {
    let (on, why) = (form.text("on") == "1", form.text("why"));
    act(&app, &id, &form, move |tx, me, id| {
        let question = if on {
            accept_answer(tx, me, id, &why, None)?
        } else {
            unaccept_answer(tx, me, id)?
        };
        Ok(format!("{}#post-{id}", page(question.id)))
    })
    .await
}

/// `POST /posts/{id}/delete`
pub(crate) async fn delete(State(app): State<App>, Path(id): Path<String>, form: Form) -> Response {
    act(&app, &id, &form, |tx, me, id| {
        let post = delete_post(tx, me, id)?;
        Ok(if post.root_id == post.id {
            "/home".to_owned()
        } else {
            page(post.root_id)
        })
    })
    .await
}

/// `POST /posts/{id}/reply`. A text that cannot be taken stays in the form.
pub(crate) async fn answer(State(app): State<App>, Path(id): Path<String>, form: Form) -> Response {
    let visitor = &form.visitor;
    let Some(me) = visitor.viewer().account() else {
        return reply::sign_in_first(visitor);
    };
    let Ok(parent) = id.parse::<PostId>() else {
        return reply::error(visitor, &Error::NotFound);
    };
    let text = form.text("text");
    make_mentions_known(&app, &text).await;
    let new = NewPost {
        source: text.clone(),
        parent: Some(parent),
        language: Some(visitor.lang().code().to_owned()),
        ..NewPost::default()
    };
    let done = app
        .db
        .write(move |tx| match create_post(tx, me, new)? {
            Outcome::Posted(post) => Ok(format!("/posts/{}#post-{}", post.root_id, post.id)),
            Outcome::Commanded { about, .. } => Ok(page(about)),
        })
        .await;
    match done.map_err(mistake) {
        Ok(path) => reply::go(&path),
        Err(Ok(mistake)) => {
            let typed = Typed {
                to: Some(parent),
                text,
                wrong: Some(wrong(visitor, &mistake)),
            };
            show_with(&app, visitor, parent, typed).await
        }
        Err(Err(error)) => reply::error(visitor, &error),
    }
}
