//! Favourites, boosts, bookmarks, pins, mutes of threads; and the lists of one's own.

use axum::extract::State;
use serde::Deserialize;

use super::answer::Answer;
use super::entities::Desk;
use super::error::ApiResult;
use super::extract::{Auth, Body, Id, Paging, scope};
use super::status_reads::line;
use super::statuses::show;
use super::words::word;
use crate::actions::react;
use crate::app::App;
use crate::model::ids::PostId;
use crate::model::words::{Reaction, Visibility};
use crate::store::page::Page;
use crate::store::{marks, posts, timelines};

async fn set<S>(app: App, me: Auth<S>, id: i64, kind: Reaction, on: bool) -> ApiResult {
    let (account, viewer) = (me.account, me.viewer);
    let write = app.db.write(move |tx| {
        let post = line(tx, &viewer, id)?.post;
        // A thread is muted at its beginning, where the reader can see it.
        let target = match kind {
            Reaction::Mute => {
                let root = posts::get(tx, post)?.root_id;
                posts::get_visible(tx, &viewer, root).map_or(post, |root| root.id)
            }
            _ => post,
        };
        if on {
            react::mark(tx, account, target, kind, None)?;
        } else {
            react::unmark(tx, account, target, kind)?;
            if target != post {
                react::unmark(tx, account, post, kind)?;
            }
        }
        Ok(post)
    });
    let post = write.await?;
    let desk = Desk::new(&app, me.viewer);
    Ok(Answer::bytes(
        app.db.read(move |conn| show(&desk, conn, post)).await?,
    ))
}

macro_rules! handlers {
    ($($(#[$doc:meta])* $name:ident: $scope:ident, $kind:ident, $on:literal;)*) => {$(
        $(#[$doc])*
        pub(super) async fn $name(State(app): State<App>, me: Auth<scope::$scope>, Id(id): Id<i64>) -> ApiResult {
            set(app, me, id, Reaction::$kind, $on).await
        }
    )*};
}

handlers! {
    /// `POST /api/v1/statuses/:id/favourite`
    favourite: WriteFavourites, Favourite, true;
    /// `POST /api/v1/statuses/:id/unfavourite`
    unfavourite: WriteFavourites, Favourite, false;
    /// `POST /api/v1/statuses/:id/bookmark`
    bookmark: WriteBookmarks, Bookmark, true;
    /// `POST /api/v1/statuses/:id/unbookmark`
    unbookmark: WriteBookmarks, Bookmark, false;
    /// `POST /api/v1/statuses/:id/pin`
    pin: WriteAccounts, Pin, true;
    /// `POST /api/v1/statuses/:id/unpin`
    unpin: WriteAccounts, Pin, false;
    /// `POST /api/v1/statuses/:id/mute`
    mute: WriteMutes, Mute, true;
    /// `POST /api/v1/statuses/:id/unmute`
    unmute: WriteMutes, Mute, false;
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct BoostForm {
    visibility: Option<String>,
}

/// `POST /api/v1/statuses/:id/reblog`: answers the boost with the post in it.
pub(super) async fn reblog(
    State(app): State<App>,
    me: Auth<scope::WriteStatuses>,
    Id(id): Id<i64>,
    Body(form): Body<BoostForm>,
) -> ApiResult {
    let (account, viewer) = (me.account, me.viewer);
    let write = app.db.write(move |tx| {
        let visibility =
            word("visibility", form.visibility.as_deref())?.unwrap_or(Visibility::Public);
        let post = line(tx, &viewer, id)?.post;
        react::boost(tx, account, post, visibility, None)
    });
    let boost = write.await?;
    let desk = Desk::new(&app, me.viewer);
    Ok(Answer::bytes(
        app.db
            .read(move |conn| show(&desk, conn, PostId(boost.id)))
            .await?,
    ))
}

/// `POST /api/v1/statuses/:id/unreblog`: takes the id of the boost or of the post; answers the post.
pub(super) async fn unreblog(
    State(app): State<App>,
    me: Auth<scope::WriteStatuses>,
    Id(id): Id<i64>,
) -> ApiResult {
    let (account, viewer) = (me.account, me.viewer);
    let write = app.db.write(move |tx| {
        let post = line(tx, &viewer, id)?.post;
        react::unboost(tx, account, post)
    });
    let post = write.await?;
    let desk = Desk::new(&app, me.viewer);
    Ok(Answer::bytes(
        app.db.read(move |conn| show(&desk, conn, post.id)).await?,
    ))
}

async fn own<S>(app: App, me: Auth<S>, kind: Reaction, paging: Paging) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let page: Page = paging.page(20, 40);
    let read = app.db.read(move |conn| {
        let rows = marks::list_by_account(conn, me.account, kind, &page)?;
        let ids: Vec<PostId> = rows.iter().map(|row| row.post_id).collect();
        let lines = timelines::by_ids(conn, &desk.viewer, &ids)?;
        let cursors: Vec<i64> = rows.iter().map(|row| row.id).collect();
        Ok((desk.statuses(conn, &lines)?, cursors))
    });
    let (body, cursors) = read.await?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

/// `GET /api/v1/bookmarks`
pub(super) async fn bookmarks(
    State(app): State<App>,
    me: Auth<scope::ReadBookmarks>,
    paging: Paging,
) -> ApiResult {
    own(app, me, Reaction::Bookmark, paging).await
}

/// `GET /api/v1/favourites`
pub(super) async fn favourites(
    State(app): State<App>,
    me: Auth<scope::ReadFavourites>,
    paging: Paging,
) -> ApiResult {
    own(app, me, Reaction::Favourite, paging).await
}
