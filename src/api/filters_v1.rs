//! Filters, version 1: each word of a filter is one of its own.

use axum::extract::State;
use serde::Deserialize;

use super::answer::Answer;
use super::entities::filter::version_1;
use super::error::ApiResult;
use super::extract::{Auth, Id, scope};
use super::filters::contexts;
use crate::actions::filters::{
    FilterChanges, KeywordChange, change_filter, change_keyword, create_filter, delete_keyword,
};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::refusal::Refusal;
use crate::model::words::FilterAction;
use crate::params::Params;
use crate::store::filters;

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct Form {
    phrase: Option<String>,
    context: Option<Vec<String>>,
    irreversible: Option<bool>,
    whole_word: Option<bool>,
    expires_in: Option<i64>,
}

impl Form {
    fn keyword(&self) -> KeywordChange {
        KeywordChange {
            keyword: self.phrase.clone(),
            whole_word: self.whole_word,
            ..KeywordChange::default()
        }
    }

    /// What concerns the filter as a whole.
    fn of_filter(&self, params: &Params) -> Result<FilterChanges> {
        let action = |hide| {
            if hide {
                FilterAction::Hide
            } else {
                FilterAction::Warn
            }
        };
        Ok(FilterChanges {
            contexts: self.context.as_deref().map(contexts).transpose()?,
            action: self.irreversible.map(action),
            expires_in: params.has("expires_in").then_some(self.expires_in),
            ..FilterChanges::default()
        })
    }
}

/// `GET /api/v1/filters`
pub(super) async fn list(State(app): State<App>, me: Auth<scope::ReadFilters>) -> ApiResult {
    let found = app.db.read(move |conn| {
        let all = filters::list(conn, me.account)?;
        let ids: Vec<i64> = all.iter().map(|filter| filter.id).collect();
        let of = |id: i64| all.iter().find(|filter| filter.id == id);
        Ok(filters::list_keywords(conn, &ids)?
            .iter()
            .filter_map(|row| of(row.filter_id).map(|filter| version_1(row, filter)))
            .collect::<Vec<_>>())
    });
    Ok(Answer::json(&found.await?)?)
}

/// `POST /api/v1/filters`
pub(super) async fn create(
    State(app): State<App>,
    me: Auth<scope::WriteFilters>,
    params: Params,
) -> ApiResult {
    let made = app.db.write(move |tx| {
        let form: Form = params.get()?;
        let phrase = form.phrase.as_deref().unwrap_or_default();
        if phrase.trim().is_empty() {
            return Err(Error::invalid("phrase", Refusal::Blank));
        }
        let wanted = FilterChanges {
            title: Some(phrase.chars().take(256).collect()),
            keywords: vec![form.keyword()],
            ..form.of_filter(&params)?
        };
        let filter = create_filter(tx, me.account, &wanted)?;
        let rows = filters::list_keywords(tx, &[filter.id])?;
        let row = rows.first().ok_or(Error::NotFound)?;
        Ok(version_1(row, &filter))
    });
    Ok(Answer::json(&made.await?)?)
}

/// `GET /api/v1/filters/:id`
pub(super) async fn show(
    State(app): State<App>,
    me: Auth<scope::ReadFilters>,
    Id(id): Id<i64>,
) -> ApiResult {
    let found = app.db.read(move |conn| {
        let (row, filter) = filters::find_keyword(conn, me.account, id)?.ok_or(Error::NotFound)?;
        Ok(version_1(&row, &filter))
    });
    Ok(Answer::json(&found.await?)?)
}

/// `PUT /api/v1/filters/:id`: where the filter has other words too, only the word itself can be changed this way.
pub(super) async fn update(
    State(app): State<App>,
    me: Auth<scope::WriteFilters>,
    Id(id): Id<i64>,
    params: Params,
) -> ApiResult {
    let changed = app.db.write(move |tx| {
        let (row, filter) = filters::find_keyword(tx, me.account, id)?.ok_or(Error::NotFound)?;
        let form: Form = params.get()?;
        let before = filter.clone();
        let filter = change_filter(tx, filter, &form.of_filter(&params)?)?;
        if filter != before && filters::list_keywords(tx, &[filter.id])?.len() > 1 {
            return Err(Error::invalid("base", Refusal::WrongState));
        }
        let row = change_keyword(tx, &filter, row, &form.keyword())?;
        Ok(version_1(&row, &filter))
    });
    Ok(Answer::json(&changed.await?)?)
}

/// `DELETE /api/v1/filters/:id`: the filter goes with its last word.
pub(super) async fn delete(
    State(app): State<App>,
    me: Auth<scope::WriteFilters>,
    Id(id): Id<i64>,
) -> ApiResult {
    let gone = app.db.write(move |tx| {
        let (_, filter) = filters::find_keyword(tx, me.account, id)?.ok_or(Error::NotFound)?;
        delete_keyword(tx, &filter, id)?;
        let rest = filters::list_keywords(tx, &[filter.id])?;
        if rest.is_empty() && filters::list_posts(tx, &[filter.id])?.is_empty() {
            filters::delete(tx, filter.id)?;
        }
        Ok(())
    });
    gone.await?;
    Ok(Answer::empty())
}
