//! `/posts/{id}`: a post with its answers, the accepted first; replying, accepting, marking. And its history.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::PostId;
use crate::model::text::html::to_text;
use crate::model::text::teaser;
use crate::model::words::Kind;
use crate::store::conn::Conn;
use crate::store::posts::{self, Post};
use crate::store::{accounts, communities, revisions};
use crate::web::form::Mistake;
use crate::web::parts::card::{self, Card};
use crate::web::parts::scene::Scene;
use crate::web::reply::{self, Keep};
use crate::web::ui::Ui;
use crate::web::visitor::Visitor;

/// Posts of a thread that are shown at most.
const THREAD: i64 = 400;

/// A direct answer with what was said below it.
struct Branch {
    card: Card,
    why: String,
    below: Vec<Card>,
}

/// What can be told to whoever pastes the link somewhere; public posts only.
struct Preview {
    title: String,
    text: String,
    author: String,
}

/// What was typed into a reply form that could not be taken.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed {
    /// The post that it replies to.
    pub(super) to: Option<PostId>,
    /// The text.
    pub(super) text: String,
    /// What is wrong.
    pub(super) wrong: Option<String>,
}

impl Typed {
    fn is_for(&self, post: &PostId) -> bool {
        self.to.as_ref() == Some(post)
    }
}

#[derive(Template)]
#[template(path = "pages/thread.html")]
struct Thread {
    ui: Ui,
    card: Card,
    answers: Vec<Branch>,
    is_question: bool,
    may_accept: bool,
    accepted: usize,
    preview: Option<Preview>,
    parent: Option<String>,
    typed: Typed,
}

enum Shown {
    Page(Box<Thread>),
    /// It is part of a longer thread.
    Part(String),
}

/// The page, called by the server for whoever prefers HTML.
pub async fn show(app: &App, visitor: &Visitor, id: &str) -> Response {
    match id.parse::<PostId>() {
        Ok(id) => show_with(app, visitor, id, Typed::default()).await,
        Err(_) => reply::error(visitor, &Error::NotFound),
    }
}

/// The page with what was typed.
pub(super) async fn show_with(app: &App, visitor: &Visitor, id: PostId, typed: Typed) -> Response {
    let (scene, ui) = (Scene::of(visitor), Ui::of(visitor));
    let status = if typed.wrong.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    match app
        .db
        .read(move |conn| assemble(conn, &scene, ui, id, typed))
        .await
    {
        Ok(Shown::Page(page)) => reply::page(visitor, status, Keep::Shared, &*page),
        Ok(Shown::Part(path)) => reply::go(&path),
        Err(error) => reply::error(visitor, &error),
    }
}

fn assemble(conn: &mut Conn, scene: &Scene, ui: Ui, id: PostId, typed: Typed) -> Result<Shown> {
    let mut post = get(conn, scene, id)?;
    if post.root_id != post.id
        && let Ok(root) = posts::get_visible(conn, &scene.viewer, post.root_id)
    {
        if typed.wrong.is_none() {
            return Ok(Shown::Part(format!("/posts/{}#post-{}", root.id, post.id)));
        }
        post = root;
    }
    let all = if post.root_id == post.id {
        posts::list_thread(conn, &scene.viewer, post.id, THREAD)?
    } else {
        posts::list_replies(conn, &scene.viewer, post.id, THREAD)?
    };
    let rest: Vec<Post> = all
        .into_iter()
        .filter(|other| other.id != post.id)
        .collect();
    let parents: HashMap<PostId, PostId> = rest
        .iter()
        .filter_map(|post| post.parent_id.map(|parent| (post.id, parent)))
        .collect();
    let acceptances: Vec<(PostId, String)> = posts::list_acceptances(conn, &[post.id])?
        .into_iter()
        .map(|row| (row.answer_id, row.why))
        .collect();
    let preview = preview(conn, &post)?;
    let parent = post.parent_id.map(|parent| format!("/posts/{parent}"));
    let may_accept = may_accept(conn, scene, &post)?;
    let is_question = post.kind == Kind::Question;
    let root = post.id;
    let mut card = card::of_posts(conn, scene, vec![post], true)?
        .pop()
        .ok_or(Error::NotFound)?;
    card.accepted = card.accepted && !is_question;
    let cards = card::without_community(card::of_posts(conn, scene, rest, true)?);
    let accepted = acceptances.len();
    let answers = branches(root, cards, &parents, acceptances);
    Ok(Shown::Page(Box::new(Thread {
        ui,
        card,
        answers,
        is_question,
        may_accept,
        accepted,
        preview,
        parent,
        typed,
    })))
}

/// A post that may be read; a deleted one of this node is gone for whoever could read it, absent for others.
fn get(conn: &mut Conn, scene: &Scene, id: PostId) -> Result<Post> {
    if let Ok(post) = posts::get_visible(conn, &scene.viewer, id) {
        return Ok(post);
    }
    let buried = posts::find(conn, id)?
        .is_some_and(|post| post.deleted_at.is_some() && post.is_for_everybody());
    Err(if buried { Error::Gone } else { Error::NotFound })
}

/// Direct answers, accepted ones first in the order of acceptance, each with everything below it in order of time.
fn branches(
    root: PostId,
    cards: Vec<Card>,
    parents: &HashMap<PostId, PostId>,
    acceptances: Vec<(PostId, String)>,
) -> Vec<Branch> {
    let top = |mut id: PostId| {
        while let Some(parent) = parents.get(&id).filter(|parent| **parent != root) {
            if !parents.contains_key(parent) {
                break;
            }
            id = *parent;
        }
        id
    };
    let mut branches: Vec<Branch> = Vec::new();
    for card in cards {
        let above = top(card.id);
        match branches
            .iter_mut()
            .find(|branch| branch.card.id == above && above != card.id)
        {
            Some(branch) => branch.below.push(card),
            None => branches.push(Branch {
                card,
                why: String::new(),
                below: Vec::new(),
            }),
        }
    }
    let place = |id: PostId| {
        acceptances
            .iter()
            .position(|(answer, _)| *answer == id)
            .unwrap_or(usize::MAX)
    };
    branches.sort_by_key(|branch| place(branch.card.id));
    for branch in &mut branches {
        if let Some((_, why)) = acceptances
            .iter()
            .find(|(answer, _)| *answer == branch.card.id)
        {
            branch.why.clone_from(why);
        }
    }
    branches
}

/// Whether the reader decides which answer helped: the asker, or a steward of the community.
fn may_accept(conn: &mut Conn, scene: &Scene, post: &Post) -> Result<bool> {
    let Some(me) = scene
        .viewer
        .account()
        .filter(|_| post.kind == Kind::Question)
    else {
        return Ok(false);
    };
    if me == post.author_id {
        return Ok(true);
    }
    match post.community_id {
        Some(community) => communities::is_steward(conn, community, me),
        None => Ok(false),
    }
}

fn preview(conn: &mut Conn, post: &Post) -> Result<Option<Preview>> {
    if post.audience != crate::model::words::Audience::Public
        || post.held
        || !post.spoiler.is_empty()
    {
        return Ok(None);
    }
    let author = accounts::get(conn, post.author_id)?;
    let text = teaser(&to_text(&post.html), 200);
    let title = if post.title.is_empty() {
        teaser(&text, 80)
    } else {
        post.title.clone()
    };
    Ok(Some(Preview {
        title,
        text,
        author: author.shown_name().to_owned(),
    }))
}

/// A former form of the post.
struct Version {
    time: String,
    title: String,
    html: String,
    fields: Vec<(String, String)>,
    warning: String,
}

#[derive(Template)]
#[template(path = "pages/history.html")]
struct History {
    ui: Ui,
    card: Card,
    versions: Vec<Version>,
}

/// `GET /posts/{id}/history`: every form that the post had, newest first.
pub(crate) async fn history(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Response {
    let (scene, ui) = (Scene::of(&visitor), Ui::of(&visitor));
    let page = app
        .db
        .read(move |conn| {
            let id = id.parse::<PostId>().map_err(|_| Error::NotFound)?;
            let post = get(conn, &scene, id)?;
            let mut versions: Vec<Version> = revisions::list(conn, id)?
                .into_iter()
                .map(|row| Version {
                    time: scene.moment(row.created_at),
                    fields: card::field_lines(&scene, &post, &row.html, &row.fields),
                    title: row.title,
                    html: row.html,
                    warning: row.spoiler,
                })
                .collect();
            versions.push(Version {
                time: scene.moment(post.edited_at.unwrap_or(post.created_at)),
                fields: card::field_lines(&scene, &post, &post.html, &post.fields),
                title: post.title.clone(),
                html: post.html.clone(),
                warning: post.spoiler.clone(),
            });
            versions.reverse();
            let card = card::of_posts(conn, &scene, vec![post], true)?
                .pop()
                .ok_or(Error::NotFound)?;
            Ok(History { ui, card, versions })
        })
        .await;
    match page {
        Ok(page) => reply::ok(&visitor, &page),
        Err(error) => reply::error(&visitor, &error),
    }
}

/// The sentence for a mistake in a reply.
pub(super) fn wrong(visitor: &Visitor, mistake: &Mistake) -> String {
    crate::i18n::refusal(visitor.lang(), &mistake.why)
}
