//! Filters, version 2: with several words and posts each.

use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;

use super::answer::Answer;
use super::entities::filter as entity;
use super::error::ApiResult;
use super::extract::{Auth, Body, Id, scope};
use super::status_reads::line;
use super::words::word;
use crate::actions::filters::{
    FilterChanges, KeywordChange, add_keyword, add_post, change_filter, change_keyword,
    create_filter, delete_filter, delete_keyword as delete_keyword_of,
    delete_post as delete_post_of,
};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::words::FilterContext;
use crate::params::Params;
use crate::store::conn::Conn;
use crate::store::filters::{self, Filter};

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct Word {
    id: Option<String>,
    keyword: Option<String>,
    whole_word: Option<bool>,
    #[serde(rename = "_destroy")]
    destroy: Option<bool>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct Form {
    title: Option<String>,
    context: Option<Vec<String>>,
    filter_action: Option<String>,
    expires_in: Option<i64>,
    keywords_attributes: Vec<Word>,
}

/// The places that a parameter names.
pub(super) fn contexts(named: &[String]) -> Result<Vec<FilterContext>> {
    let mut found = Vec::with_capacity(named.len());
    for name in named {
        found.extend(word::<FilterContext>("context", Some(name))?);
    }
    Ok(found)
}

fn number(text: &str) -> Result<i64> {
    text.trim().parse().ok().ok_or(Error::NotFound)
}

impl Word {
    fn change(self) -> Result<KeywordChange> {
        let id = self.id.filter(|id| !id.is_empty());
        Ok(KeywordChange {
            id: id.map(|id| number(&id)).transpose()?,
            keyword: self.keyword,
            whole_word: self.whole_word,
            remove: self.destroy.unwrap_or(false),
        })
    }
}

fn changes(params: &Params) -> Result<FilterChanges> {
    let form: Form = params.get()?;
    Ok(FilterChanges {
        title: form.title,
        contexts: form.context.map(|named| contexts(&named)).transpose()?,
        action: word("filter_action", form.filter_action.as_deref())?,
        expires_in: params.has("expires_in").then_some(form.expires_in),
        keywords: form
            .keywords_attributes
            .into_iter()
            .map(Word::change)
            .collect::<Result<_>>()?,
    })
}

fn shown(conn: &mut Conn, filter: Filter) -> Result<Value> {
    Ok(entity::entities(conn, &[filter])?.pop().unwrap_or_default())
}

fn own(conn: &mut Conn, me: AccountId, id: i64) -> Result<Filter> {
    filters::find(conn, me, id)?.ok_or(Error::NotFound)
}

/// `GET /api/v2/filters`
pub(super) async fn list(State(app): State<App>, me: Auth<scope::ReadFilters>) -> ApiResult {
    let found = app.db.read(move |conn| {
        let all = filters::list(conn, me.account)?;
        entity::entities(conn, &all)
    });
    Ok(Answer::json(&found.await?)?)
}

/// `POST /api/v2/filters`
pub(super) async fn create(
    State(app): State<App>,
    me: Auth<scope::WriteFilters>,
    params: Params,
) -> ApiResult {
    let wanted = changes(&params)?;
    let made = app.db.write(move |tx| {
        let filter = create_filter(tx, me.account, &wanted)?;
        shown(tx, filter)
    });
    Ok(Answer::json(&made.await?)?)
}

/// `GET /api/v2/filters/:id`
pub(super) async fn show(
    State(app): State<App>,
    me: Auth<scope::ReadFilters>,
    Id(id): Id<i64>,
) -> ApiResult {
    let found = app.db.read(move |conn| {
        let filter = own(conn, me.account, id)?;
        shown(conn, filter)
    });
    Ok(Answer::json(&found.await?)?)
}

/// `PUT /api/v2/filters/:id`: what is not sent stays as it is.
pub(super) async fn update(
    State(app): State<App>,
    me: Auth<scope::WriteFilters>,
    Id(id): Id<i64>,
    params: Params,
) -> ApiResult {
    let changed = app.db.write(move |tx| {
        let filter = own(tx, me.account, id)?;
        let filter = change_filter(tx, filter, &changes(&params)?)?;
        shown(tx, filter)
    });
    Ok(Answer::json(&changed.await?)?)
}

/// `DELETE /api/v2/filters/:id`
pub(super) async fn delete(
    State(app): State<App>,
    me: Auth<scope::WriteFilters>,
    Id(id): Id<i64>,
) -> ApiResult {
    let gone = app.db.write(move |tx| {
        let filter = own(tx, me.account, id)?;
        delete_filter(tx, &filter)
    });
    gone.await?;
    Ok(Answer::empty())
}

/// `GET /api/v2/filters/:id/keywords`
pub(super) async fn keywords(
    State(app): State<App>,
    me: Auth<scope::ReadFilters>,
    Id(id): Id<i64>,
) -> ApiResult {
    let found = app.db.read(move |conn| {
        own(conn, me.account, id)?;
        let rows = filters::list_keywords(conn, &[id])?;
        Ok(rows.iter().map(entity::keyword).collect::<Vec<_>>())
    });
    Ok(Answer::json(&found.await?)?)
}

/// `POST /api/v2/filters/:id/keywords`
pub(super) async fn new_keyword(
    State(app): State<App>,
    me: Auth<scope::WriteFilters>,
    Id(id): Id<i64>,
    params: Params,
) -> ApiResult {
    let made = app.db.write(move |tx| {
        let filter = own(tx, me.account, id)?;
        let word: Word = params.get()?;
        Ok(entity::keyword(&add_keyword(tx, &filter, &word.change()?)?))
    });
    Ok(Answer::json(&made.await?)?)
}

/// `GET /api/v2/filters/keywords/:id`
pub(super) async fn keyword(
    State(app): State<App>,
    me: Auth<scope::ReadFilters>,
    Id(id): Id<i64>,
) -> ApiResult {
    let found = app.db.read(move |conn| {
        let (row, _) = filters::find_keyword(conn, me.account, id)?.ok_or(Error::NotFound)?;
        Ok(entity::keyword(&row))
    });
    Ok(Answer::json(&found.await?)?)
}

/// `PUT /api/v2/filters/keywords/:id`
pub(super) async fn update_keyword(
    State(app): State<App>,
    me: Auth<scope::WriteFilters>,
    Id(id): Id<i64>,
    params: Params,
) -> ApiResult {
    let changed = app.db.write(move |tx| {
        let (row, filter) = filters::find_keyword(tx, me.account, id)?.ok_or(Error::NotFound)?;
        let word: Word = params.get()?;
        let row = change_keyword(tx, &filter, row, &word.change()?)?;
        Ok(entity::keyword(&row))
    });
    Ok(Answer::json(&changed.await?)?)
}

/// `DELETE /api/v2/filters/keywords/:id`
pub(super) async fn delete_keyword(
    State(app): State<App>,
    me: Auth<scope::WriteFilters>,
    Id(id): Id<i64>,
) -> ApiResult {
    let gone = app.db.write(move |tx| {
        let (_, filter) = filters::find_keyword(tx, me.account, id)?.ok_or(Error::NotFound)?;
        delete_keyword_of(tx, &filter, id)
    });
    gone.await?;
    Ok(Answer::empty())
}

/// `GET /api/v2/filters/:id/statuses`
pub(super) async fn posts(
    State(app): State<App>,
    me: Auth<scope::ReadFilters>,
    Id(id): Id<i64>,
) -> ApiResult {
    let found = app.db.read(move |conn| {
        own(conn, me.account, id)?;
        let rows = filters::list_posts(conn, &[id])?;
        Ok(rows.iter().map(entity::post).collect::<Vec<_>>())
    });
    Ok(Answer::json(&found.await?)?)
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Held {
    status_id: String,
}

/// `POST /api/v2/filters/:id/statuses`
pub(super) async fn new_post(
    State(app): State<App>,
    me: Auth<scope::WriteFilters>,
    Id(id): Id<i64>,
    Body(form): Body<Held>,
) -> ApiResult {
    let viewer = me.viewer;
    let made = app.db.write(move |tx| {
        let filter = own(tx, me.account, id)?;
        if form.status_id.is_empty() {
            return Err(Error::invalid("status_id", Refusal::Blank));
        }
        let post = line(tx, &viewer, number(&form.status_id)?)?.post;
        Ok(entity::post(&add_post(tx, &filter, post)?))
    });
    Ok(Answer::json(&made.await?)?)
}

/// `GET /api/v2/filters/statuses/:id`
pub(super) async fn post(
    State(app): State<App>,
    me: Auth<scope::ReadFilters>,
    Id(id): Id<i64>,
) -> ApiResult {
    let found = app.db.read(move |conn| {
        let row = filters::find_post(conn, me.account, id)?.ok_or(Error::NotFound)?;
        Ok(entity::post(&row))
    });
    Ok(Answer::json(&found.await?)?)
}

/// `DELETE /api/v2/filters/statuses/:id`
pub(super) async fn delete_post(
    State(app): State<App>,
    me: Auth<scope::WriteFilters>,
    Id(id): Id<i64>,
) -> ApiResult {
    let gone = app.db.write(move |tx| {
        filters::find_post(tx, me.account, id)?.ok_or(Error::NotFound)?;
        delete_post_of(tx, me.account, id)
    });
    gone.await?;
    Ok(Answer::empty())
}
