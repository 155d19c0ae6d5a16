//! Timelines. Nothing is public here without signing in (security, federation defaults).

use axum::extract::State;
use serde::Deserialize;

use super::answer::Answer;
use super::entities::Desk;
use super::error::ApiResult;
use super::extract::{Auth, Body, Name, Paging, scope};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::refusal::Refusal;
use crate::model::text::fold;
use crate::model::text::html::web_address;
use crate::model::viewer::Viewer;
use crate::store::conn::Conn;
use crate::store::page::Page;
use crate::store::timelines::{self, Entry, Origin, TagQuery};

/// Reads lines, shows them, links the next page.
pub(super) async fn answer<F>(app: &App, viewer: Viewer, paging: &Paging, lines: F) -> ApiResult
where
    F: FnOnce(&mut Conn, &Desk, &Page) -> Result<Vec<Entry>> + Send + 'static,
{
    let desk = Desk::new(app, viewer);
    let page = paging.page(20, 40);
    let read = app.db.read(move |conn| {
        let lines = lines(conn, &desk, &page)?;
        let cursors: Vec<i64> = lines.iter().map(|line| line.id).collect();
        Ok((desk.statuses(conn, &lines)?, cursors))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, paging, page.limit, &cursors))
}

/// `GET /api/v1/timelines/home`
pub(super) async fn home(
    State(app): State<App>,
    me: Auth<scope::ReadStatuses>,
    paging: Paging,
) -> ApiResult {
    answer(&app, me.viewer, &paging, |conn, desk, page| {
        timelines::home(conn, &desk.viewer, desk.now(), page)
    })
    .await
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    local: Option<bool>,
    remote: Option<bool>,
    only_media: Option<bool>,
    any: Vec<String>,
    all: Vec<String>,
    none: Vec<String>,
}

impl Wanted {
    fn origin(&self) -> Origin {
        match (self.local.unwrap_or(false), self.remote.unwrap_or(false)) {
            (true, false) => Origin::Local,
            (false, true) => Origin::Remote,
            _ => Origin::All,
        }
    }
}

/// `GET /api/v1/timelines/public`
pub(super) async fn public(
    State(app): State<App>,
    me: Auth<scope::ReadStatuses>,
    paging: Paging,
    Body(wanted): Body<Wanted>,
) -> ApiResult {
    let (origin, media) = (wanted.origin(), wanted.only_media.unwrap_or(false));
    answer(&app, me.viewer, &paging, move |conn, desk, page| {
        timelines::public(conn, &desk.viewer, origin, media, desk.now(), page)
    })
    .await
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct WantedLink {
    url: String,
}

/// `GET /api/v1/timelines/link`: public posts that hold an address. What none holds that the reader may read is not there,
/// as in Mastodon: 404, but for a page behind the last one.
pub(super) async fn link(
    State(app): State<App>,
    me: Auth<scope::ReadStatuses>,
    paging: Paging,
    Body(wanted): Body<WantedLink>,
) -> ApiResult {
    if wanted.url.trim().is_empty() {
        return Err(Error::invalid("url", Refusal::Blank).into());
    }
    let url = web_address(&wanted.url).ok_or(Error::NotFound)?;
    answer(&app, me.viewer, &paging, move |conn, desk, page| {
        let lines = |conn: &mut Conn, page: &Page| {
            timelines::link(conn, &desk.viewer, &url, desk.now(), page)
        };
        let found = lines(conn, page)?;
        if found.is_empty() && lines(conn, &Page::first(1))?.is_empty() {
            return Err(Error::NotFound);
        }
        Ok(found)
    })
    .await
}

fn folded(tags: &[String]) -> Vec<String> {
    tags.iter()
        .map(|tag| fold(tag.trim_start_matches('#')))
        .filter(|tag| !tag.is_empty())
        .take(4)
        .collect()
}

/// `GET /api/v1/timelines/tag/:hashtag`
pub(super) async fn tag(
    State(app): State<App>,
    me: Auth<scope::ReadStatuses>,
    Name(name): Name,
    paging: Paging,
    Body(wanted): Body<Wanted>,
) -> ApiResult {
    let mut any = folded(&wanted.any);
    any.extend(folded(&[name]));
    let query = TagQuery {
        any,
        all: folded(&wanted.all),
        none: folded(&wanted.none),
        origin: wanted.origin(),
        only_media: wanted.only_media.unwrap_or(false),
    };
    answer(&app, me.viewer, &paging, move |conn, desk, page| {
        timelines::tag(conn, &desk.viewer, &query, desk.now(), page)
    })
    .await
}
