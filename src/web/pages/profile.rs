//! `/@{name}`: a person, what is public of the profile, and posts that the reader may read.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use crate::actions::follow::{Wish, follow, unfollow};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::text::handles::Handle;
use crate::model::words::{AccountState, FollowState};
use crate::store::accounts::{self, Account};
use crate::store::conn::Conn;
use crate::store::page::Page;
use crate::store::timelines::{self, AccountQuery};
use crate::store::{communities, follows, moves, users};
use crate::web::form::Form;
use crate::web::parts::card::{self, Card};
use crate::web::parts::person::Person;
use crate::web::parts::scene::Scene;
use crate::web::reply;
use crate::web::ui::{self, Ui};
use crate::web::visitor::Visitor;

/// Posts of one page.
const POSTS: i64 = 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Before {
    before: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct ProfileField {
    name: String,
    value: String,
}

#[derive(Template)]
#[template(path = "pages/profile.html")]
struct Profile {
    ui: Ui,
    person: Person,
    note: String,
    fields: Vec<ProfileField>,
    since: String,
    communities: Vec<Person>,
    mine: bool,
    moved: Option<Person>,
    follow: Option<&'static str>,
    cards: Vec<Card>,
    next: Option<String>,
    nothing: String,
}

/// The page, called by the server for whoever prefers HTML.
pub async fn show(app: &App, visitor: &Visitor, name: &str, query: &str) -> Response {
    let wanted: Before = crate::params::Params::from_query(query)
        .and_then(|params| params.get())
        .unwrap_or_default();
    let (scene, ui, name) = (Scene::of(visitor), Ui::of(visitor), name.to_owned());
    let page = app
        .db
        .read(move |conn| assemble(conn, &scene, ui, &name, wanted.before))
        .await;
    match page {
        Ok(Shown::Page(page)) => reply::ok(visitor, &*page),
        Ok(Shown::Community(path)) => reply::go(&path),
        Err(error) => reply::error(visitor, &error),
    }
}

enum Shown {
    Page(Box<Profile>),
    /// The name is a community's: its page is elsewhere.
    Community(String),
}

pub(super) fn find(conn: &mut Conn, scene: &Scene, name: &str) -> Result<Account> {
    let handle = Handle::parse(name)
        .ok_or(Error::NotFound)?
        .relative_to(&scene.authority);
    let account = accounts::find_by_handle(conn, &handle)?.ok_or(Error::NotFound)?;
    match account.state {
        AccountState::Active => Ok(account),
        AccountState::Deleted => Err(Error::Gone),
        AccountState::Suspended | AccountState::Pending => Err(Error::NotFound),
    }
}

fn assemble(
    conn: &mut Conn,
    scene: &Scene,
    ui: Ui,
    name: &str,
    before: Option<i64>,
) -> Result<Shown> {
    let account = find(conn, scene, name)?;
    let person = Person::of(&account, &scene.authority);
    if account.is_group() {
        communities::get_visible(conn, &scene.viewer, account.id)?;
        return Ok(Shown::Community(person.path));
    }
    let page = Page {
        max_id: before,
        ..Page::first(POSTS)
    };
    let query = AccountQuery {
        exclude_replies: false,
        ..AccountQuery::default()
    };
    let entries = timelines::account(conn, &scene.viewer, account.id, false, &query, &page)?;
    let full = i64::try_from(entries.len()).is_ok_and(|count| count >= POSTS);
    let next = entries
        .last()
        .filter(|_| full)
        .map(|entry| format!("{}?before={}", person.path, entry.id));
    let mine = scene.viewer.account() == Some(account.id);
    let moved = match moves::target(conn, account.id)? {
        Some(target) => Some(accounts::get(conn, target)?),
        None => None,
    };
    let moved = moved
        .filter(|target| target.state == AccountState::Active)
        .map(|target| Person::of(&target, &scene.authority));
    Ok(Shown::Page(Box::new(Profile {
        note: account.note_html.clone(),
        fields: serde_json::from_str(&account.fields).unwrap_or_default(),
        since: ui::date(scene.lang, account.created_at.date()),
        communities: communities_of(conn, scene, account.id)?,
        follow: if mine {
            None
        } else {
            relation(conn, scene, account.id)?
        },
        cards: card::of_entries(conn, scene, &entries)?,
        nothing: scene.t("profile-no-posts"),
        person,
        mine,
        moved,
        next,
        ui,
    })))
}

/// Public communities of this person that the reader may know of; none of somebody who hides whom they follow.
fn communities_of(conn: &mut Conn, scene: &Scene, account: AccountId) -> Result<Vec<Person>> {
    if scene.viewer.account() != Some(account) && users::hides_collections(conn, account)? {
        return Ok(Vec::new());
    }
    let rows = communities::list_of_account(conn, account)?;
    let ids: Vec<AccountId> = rows.iter().map(|row| row.community_id).collect();
    let shown: Vec<AccountId> = communities::list(conn, &ids)?
        .into_iter()
        .filter(|community| {
            community.boundary == crate::model::words::Boundary::Public
                && community.visibility == crate::model::words::Listing::Listed
        })
        .map(|community| community.account_id)
        .collect();
    Ok(accounts::list(conn, &shown)?
        .iter()
        .map(|account| Person::of(account, &scene.authority))
        .collect())
}

/// What the follow button says, for somebody signed in.
pub(super) fn relation(
    conn: &mut Conn,
    scene: &Scene,
    target: AccountId,
) -> Result<Option<&'static str>> {
    let Some(me) = scene.viewer.account() else {
        return Ok(None);
    };
    Ok(Some(
        match follows::find(conn, me, target)?.map(|row| row.state) {
            None => "follow",
            Some(FollowState::Requested) => "follow-requested",
            Some(FollowState::Accepted) => "unfollow",
        },
    ))
}

/// `POST /@{name}`: follows or stops following.
pub(crate) async fn change(
    State(app): State<App>,
    Path(name): Path<String>,
    form: Form,
) -> Response {
    let visitor = &form.visitor;
    let Some(me) = visitor.viewer().account() else {
        return reply::sign_in_first(visitor);
    };
    let (scene, on) = (Scene::of(visitor), form.text("on") == "1");
    let done = app
        .db
        .write(move |tx| {
            // Communities have a page and a button of their own; this one knows people only.
            let account = find(tx, &scene, &name)?;
            if account.is_group() {
                return Err(Error::NotFound);
            }
            if on {
                follow(
                    tx,
                    me,
                    account.id,
                    Wish {
                        show_boosts: true,
                        notify: false,
                    },
                    None,
                )?;
            } else {
                unfollow(tx, me, account.id)?;
            }
            Ok(Person::of(&account, &scene.authority).path)
        })
        .await;
    match done {
        Ok(path) => reply::go(&path),
        Err(error) => reply::error(visitor, &error),
    }
}
