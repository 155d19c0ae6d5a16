//! Tags: looking at them, following them, showing them on one's profile.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::get_visible;
use super::answer::Answer;
use super::entities::tag;
use super::error::ApiResult;
use super::extract::{Auth, Body, Id, MaybeAuth, Name, Paging, scope};
use crate::actions::tags::{check_tag, feature_tag, follow_tag, unfollow_tag};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::text::fold;
use crate::store::conn::Conn;
use crate::store::tags::{self, Featured};

/// Most tags that are suggested for a profile.
const SUGGESTED: i64 = 10;

/// A tag as somebody sees it.
fn seen(conn: &mut Conn, base: &str, me: Option<AccountId>, folded: &str) -> Result<Value> {
    let mut entity = tag::entity(base, folded, None);
    if let (Some(me), Some(object)) = (me, entity.as_object_mut()) {
        let following = tags::followed_among(conn, me, &[folded.to_owned()])?;
        let featured = tags::list_featured(conn, me)?;
        object.insert("following".into(), json!(!following.is_empty()));
        object.insert(
            "featuring".into(),
            json!(featured.iter().any(|row| row.tag == folded)),
        );
    }
    Ok(entity)
}

/// `GET /api/v1/tags/:name`
pub(super) async fn show(
    State(app): State<App>,
    me: MaybeAuth<scope::Read>,
    Name(name): Name,
) -> ApiResult {
    let base = app.db.node().base_url.clone();
    let me = me.viewer.account();
    let folded = fold(name.trim_start_matches('#'));
    let found = app.db.read(move |conn| seen(conn, &base, me, &folded));
    Ok(Answer::json(&found.await?)?)
}

/// What is done with a tag of a path.
#[derive(Debug, Clone, Copy)]
enum Act {
    Follow,
    Unfollow,
    Feature,
    Unfeature,
}

async fn act<S>(app: App, me: Auth<S>, name: String, act: Act) -> ApiResult {
    let base = app.db.node().base_url.clone();
    let account = me.account;
    let done = app.db.write(move |tx| {
        let (folded, _) = check_tag(&name)?;
        match act {
            Act::Follow => follow_tag(tx, account, &folded)?,
            Act::Unfollow => unfollow_tag(tx, account, &folded)?,
            Act::Feature => drop(feature_tag(tx, account, &name)?),
            Act::Unfeature => tags::unfeature(tx, account, &folded)?,
        }
        seen(tx, &base, Some(account), &folded)
    });
    Ok(Answer::json(&done.await?)?)
}

macro_rules! handlers {
    ($($(#[$doc:meta])* $name:ident: $scope:ident, $act:ident;)*) => {$(
        $(#[$doc])*
        pub(super) async fn $name(State(app): State<App>, me: Auth<scope::$scope>, Name(name): Name) -> ApiResult {
            act(app, me, name, Act::$act).await
        }
    )*};
}

handlers! {
    /// `POST /api/v1/tags/:name/follow`
    follow: WriteFollows, Follow;
    /// `POST /api/v1/tags/:name/unfollow`
    unfollow: WriteFollows, Unfollow;
    /// `POST /api/v1/tags/:name/feature`
    feature: WriteAccounts, Feature;
    /// `POST /api/v1/tags/:name/unfeature`
    unfeature: WriteAccounts, Unfeature;
}

/// `GET /api/v1/followed_tags`
pub(super) async fn followed(
    State(app): State<App>,
    me: Auth<scope::ReadFollows>,
    paging: Paging,
) -> ApiResult {
    let base = app.db.node().base_url.clone();
    let page = paging.page(100, 200);
    let rows = app
        .db
        .read(move |conn| tags::list_followed(conn, me.account, &page))
        .await?;
    let cursors: Vec<i64> = rows.iter().map(|row| row.0).collect();
    let shown: Vec<Value> = rows
        .iter()
        .map(|(_, folded)| tag::entity(&base, folded, Some(true)))
        .collect();
    let body = serde_json::to_vec(&shown).map_err(Error::from)?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

/// Mastodon `FeaturedTag`.
fn entity(conn: &mut Conn, base: &str, row: &Featured) -> Result<Value> {
    let (count, last) = tags::use_of(conn, row.account_id, &row.tag)?;
    Ok(json!({
        "id": row.id.to_string(),
        "name": row.name,
        "url": tag::url(base, &row.tag),
        "statuses_count": count.to_string(),
        "last_status_at": last.map(|at| at.date().to_string()),
    }))
}

fn of_account(conn: &mut Conn, base: &str, account: AccountId) -> Result<Vec<Value>> {
    let rows = tags::list_featured(conn, account)?;
    rows.iter().map(|row| entity(conn, base, row)).collect()
}

/// `GET /api/v1/featured_tags`
pub(super) async fn featured(State(app): State<App>, me: Auth<scope::ReadAccounts>) -> ApiResult {
    let base = app.db.node().base_url.clone();
    let found = app.db.read(move |conn| of_account(conn, &base, me.account));
    Ok(Answer::json(&found.await?)?)
}

/// `GET /api/v1/accounts/:id/featured_tags`
pub(super) async fn featured_by(
    State(app): State<App>,
    me: MaybeAuth<scope::ReadAccounts>,
    Id(id): Id<AccountId>,
) -> ApiResult {
    let base = app.db.node().base_url.clone();
    let found = app.db.read(move |conn| {
        get_visible(conn, &me.viewer, id)?;
        of_account(conn, &base, id)
    });
    Ok(Answer::json(&found.await?)?)
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Form {
    name: String,
}

/// `POST /api/v1/featured_tags`
pub(super) async fn new_featured(
    State(app): State<App>,
    me: Auth<scope::WriteAccounts>,
    Body(form): Body<Form>,
) -> ApiResult {
    let base = app.db.node().base_url.clone();
    let made = app.db.write(move |tx| {
        let row = feature_tag(tx, me.account, &form.name)?;
        entity(tx, &base, &row)
    });
    Ok(Answer::json(&made.await?)?)
}

/// `DELETE /api/v1/featured_tags/:id`
pub(super) async fn delete_featured(
    State(app): State<App>,
    me: Auth<scope::WriteAccounts>,
    Id(id): Id<i64>,
) -> ApiResult {
    let gone = app.db.write(move |tx| {
        let row = tags::find_featured(tx, me.account, id)?.ok_or(Error::NotFound)?;
        tags::unfeature(tx, me.account, &row.tag)
    });
    gone.await?;
    Ok(Answer::empty())
}

/// `GET /api/v1/featured_tags/suggestions`: what one writes about most and does not show yet.
pub(super) async fn suggestions(
    State(app): State<App>,
    me: Auth<scope::ReadAccounts>,
) -> ApiResult {
    let base = app.db.node().base_url.clone();
    let found = app.db.read(move |conn| {
        let shown = tags::list_featured(conn, me.account)?;
        let used = tags::list_used(conn, me.account, SUGGESTED)?;
        let fresh = used
            .iter()
            .filter(|tag| !shown.iter().any(|row| row.tag == **tag));
        fresh
            .map(|tag| seen(conn, &base, Some(me.account), tag))
            .collect::<Result<Vec<Value>>>()
    });
    Ok(Answer::json(&found.await?)?)
}
