//! What is much talked of here. Like the timelines it is for people: visitors are told nothing.

use axum::extract::State;
use serde_json::{Value, json};

use super::answer::Answer;
use super::entities::{Desk, tag};
use super::error::ApiResult;
use super::extract::{MaybeAuth, Paging, scope};
use crate::app::App;
use crate::error::{Error, Result};
use crate::store::tags::followed_among;
use crate::store::{timelines, trends};

/// `GET /api/v1/trends/tags`, also `/trends`: with the use of each by day, today first; all figures are texts.
pub(super) async fn tags(
    State(app): State<App>,
    me: MaybeAuth<scope::Read>,
    paging: Paging,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let (limit, offset) = (paging.limit(10, 20), paging.offset);
    let found = app.db.read(move |conn| {
        let Some(me) = desk.viewer.account() else {
            return Ok(Vec::new());
        };
        let now = desk.now();
        let words = trends::tags(conn, now, limit, offset)?;
        let history = trends::history(conn, &words, now)?;
        let followed = followed_among(conn, me, &words)?;
        let one = |word: &String| {
            let mut entity = tag::entity(desk.base(), word, Some(followed.contains(word)));
            let days: Vec<Value> = history
                .get(word)
                .into_iter()
                .flatten()
                .map(|(date, day)| {
                    let midnight = date.and_time(chrono::NaiveTime::MIN).and_utc();
                    json!({
                        "day": midnight.timestamp().to_string(),
                        "uses": day.uses.to_string(),
                        "accounts": day.people.to_string(),
                    })
                })
                .collect();
            if let Some(object) = entity.as_object_mut() {
                object.insert("history".into(), days.into());
            }
            entity
        };
        Ok(words.iter().map(one).collect::<Vec<Value>>())
    });
    let found = found.await?;
    let body = serde_json::to_vec(&found).map_err(Error::from)?;
    Ok(Answer::counted(body, &paging, limit, found.len()))
}

/// `GET /api/v1/trends/statuses`
pub(super) async fn statuses(
    State(app): State<App>,
    me: MaybeAuth<scope::ReadStatuses>,
    paging: Paging,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let (limit, offset) = (paging.limit(20, 40), paging.offset);
    let read = app.db.read(move |conn| -> Result<(Vec<u8>, usize)> {
        if desk.viewer.account().is_none() {
            return Ok((b"[]".to_vec(), 0));
        }
        let ids = trends::statuses(conn, desk.now(), limit, offset)?;
        let lines = timelines::by_ids(conn, &desk.viewer, &ids)?;
        Ok((desk.statuses(conn, &lines)?, ids.len()))
    });
    let (body, came) = read.await?;
    Ok(Answer::counted(body, &paging, limit, came))
}
