//! Writing posts: publish, edit, delete.

use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;

use super::answer::Answer;
use super::entities::Desk;
use super::error::ApiResult;
use super::extract::{Auth, Body, Id, scope};
use super::media::{Attribute, Uploads, covers};
use super::scheduled;
use super::status_reads::line;
use super::words::word;
use crate::actions::create_post::{NewPoll, NewPost, Outcome, create_post};
use crate::actions::delete_post::delete_post;
use crate::actions::edit_post::{Changes, edit_post};
use crate::actions::quotes::set_policy;
use crate::actions::react::unboost;
use crate::actions::schedule_post::schedule_post;
use crate::app::App;
use crate::app::uploads::files_of;
use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::model::post::{Fields, MAX_MENTIONS};
use crate::model::refusal::Refusal;
use crate::model::text::handles::mentioned;
use crate::model::words::Visibility;
use crate::params::Params;
use crate::secrets::hash_token;
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::media::{self, Media};
use crate::store::users::User;
use crate::store::{accounts, leftovers, marks, posts, users};

/// How long a person waits for the handles of other nodes in a text.
const RESOLVE: Duration = Duration::from_secs(8);
/// Longest idempotency key that is taken, in bytes.
const MAX_KEY: usize = 256;

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct Poll {
    options: Vec<String>,
    expires_in: Option<i64>,
    multiple: Option<bool>,
    hide_totals: Option<bool>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Deletion {
    delete_media: Option<bool>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct Draft {
    status: Option<String>,
    media_ids: Option<Vec<String>>,
    media_attributes: Vec<Attribute>,
    poll: Option<Poll>,
    in_reply_to_id: Option<String>,
    sensitive: Option<bool>,
    spoiler_text: Option<String>,
    visibility: Option<String>,
    language: Option<String>,
    scheduled_at: Option<String>,
    community_id: Option<String>,
    kind: Option<String>,
    title: Option<String>,
    fields: Option<Fields>,
    boundary: Option<String>,
    local_only: Option<bool>,
    quoted_status_id: Option<String>,
    quote_approval_policy: Option<String>,
}

/// The ids of attachments; what is no number is no attachment.
fn media_ids(ids: &[String]) -> Result<Vec<i64>> {
    ids.iter()
        .filter(|id| !id.is_empty())
        .map(|id| {
            id.parse()
                .ok()
                .ok_or_else(|| Error::invalid("media_ids", Refusal::BadMedia))
        })
        .collect()
}

fn new_poll(poll: Option<&Poll>) -> Result<Option<NewPoll>> {
    let Some(poll) = poll else { return Ok(None) };
    let options: Vec<String> = poll
        .options
        .iter()
        .filter(|option| !option.is_empty())
        .cloned()
        .collect();
    if options.is_empty() && poll.expires_in.is_none() {
        return Ok(None);
    }
    let expires_in = poll
        .expires_in
        .ok_or_else(|| Error::invalid("poll.expires_in", Refusal::Blank))?;
    Ok(Some(NewPoll {
        options,
        expires_in,
        multiple: poll.multiple.unwrap_or(false),
        hide_totals: poll.hide_totals.unwrap_or(false),
    }))
}

/// The id of another post.
fn parent(text: Option<&str>) -> Result<Option<PostId>> {
    match text.filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => text.parse().ok().map(Some).ok_or(Error::NotFound),
    }
}

fn community(text: Option<&str>) -> Result<Option<AccountId>> {
    match text.filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => text
            .parse()
            .ok()
            .map(Some)
            .ok_or_else(|| Error::invalid("community_id", Refusal::Malformed)),
    }
}

fn language(text: Option<String>) -> Option<String> {
    let text = text?.trim().to_ascii_lowercase();
    let good = (2..=12).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    good.then_some(text)
}

/// Whoever sends a title but no kind starts a discussion with a title.
fn new_post(draft: Draft, user: &User, app_id: i64) -> Result<NewPost> {
    let local_visibility = draft.visibility.as_deref() == Some("local");
    let visibility: Option<Visibility> = if local_visibility {
        Some(Visibility::Public)
    } else {
        word("visibility", draft.visibility.as_deref())?
    };
    let spoiler = draft.spoiler_text.unwrap_or_default();
    Ok(NewPost {
        source: draft.status.unwrap_or_default(),
        title: draft.title,
        sensitive: draft.sensitive.unwrap_or(user.default_sensitive) || !spoiler.is_empty(),
        spoiler,
        language: language(draft.language).or_else(|| user.default_language.clone()),
        visibility: Some(visibility.unwrap_or(user.default_visibility)),
        boundary: word("boundary", draft.boundary.as_deref())?,
        local_only: draft.local_only.unwrap_or(local_visibility),
        community: community(draft.community_id.as_deref())?,
        kind: word("kind", draft.kind.as_deref())?,
        fields: draft.fields.unwrap_or_default(),
        parent: parent(draft.in_reply_to_id.as_deref())?,
        media: media_ids(&draft.media_ids.unwrap_or_default())?,
        poll: new_poll(draft.poll.as_ref())?,
        quoted: parent(draft.quoted_status_id.as_deref())?,
        quote_policy: Some(
            word(
                "quote_approval_policy",
                draft.quote_approval_policy.as_deref(),
            )?
            .unwrap_or(user.default_quote_policy),
        ),
        app_id: Some(app_id),
        idempotency: None,
    })
}

/// Makes the people of other nodes whom a text mentions known here. Who does not answer stays plain text.
pub(super) async fn resolve_mentions(app: &App, text: &str) -> Result<()> {
    let authority = app.db.node().authority.clone();
    let handles: Vec<_> = mentioned(text)
        .into_iter()
        .take(MAX_MENTIONS)
        .map(|handle| handle.relative_to(&authority))
        .filter(|handle| !handle.domain.is_empty())
        .collect();
    if handles.is_empty() {
        return Ok(());
    }
    let unknown = app.db.read(move |conn| {
        let mut unknown = Vec::new();
        for handle in handles {
            if accounts::find_by_handle(conn, &handle)?.is_none() {
                unknown.push(handle.to_string());
            }
        }
        Ok(unknown)
    });
    let wanted = unknown.await?;
    let asked = wanted.iter().map(|handle| app.resolve_handle(handle));
    let Ok(answers) = tokio::time::timeout(RESOLVE, futures::future::join_all(asked)).await else {
        tracing::info!("mentioned handles were not resolved in time");
        return Ok(());
    };
    for error in answers.into_iter().filter_map(std::result::Result::err) {
        tracing::info!(%error, "a mentioned handle cannot be resolved");
    }
    Ok(())
}

fn idempotency(headers: &HeaderMap, params: &Params) -> Result<Option<(String, String)>> {
    let Some(key) = headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
    else {
        return Ok(None);
    };
    if key.is_empty() {
        return Ok(None);
    }
    if key.len() > MAX_KEY {
        return Err(Error::invalid("idempotency_key", Refusal::TooLong(MAX_KEY)));
    }
    Ok(Some((
        key.to_owned(),
        hash_token(&serde_json::to_string(params.tree())?),
    )))
}

/// What is to be published, with what the person's settings add.
fn prepare(
    tx: &mut Tx<'_>,
    account: AccountId,
    draft: Draft,
    app_id: i64,
    idempotency: Option<(String, String)>,
) -> Result<NewPost> {
    let user = users::get(tx, account)?;
    let mut new = new_post(draft, &user, app_id)?;
    new.idempotency = idempotency;
    new.parent = new
        .parent
        .map(|id| line(tx, &user.viewer(), id.0))
        .transpose()?
        .map(|line| line.post);
    // Whoever quotes a boost quotes what it boosts.
    new.quoted = new
        .quoted
        .map(|id| line(tx, &user.viewer(), id.0))
        .transpose()?
        .map(|line| line.post);
    Ok(new)
}

/// `POST /api/v1/statuses`: publishes, or plans where `scheduled_at` is given.
pub(super) async fn create(
    State(app): State<App>,
    me: Auth<scope::WriteStatuses>,
    headers: HeaderMap,
    params: Params,
) -> ApiResult {
    let draft: Draft = params.get()?;
    let idempotency = idempotency(&headers, &params)?;
    resolve_mentions(&app, draft.status.as_deref().unwrap_or_default()).await?;
    let (account, app_id) = (me.account, me.grant.app_id);
    if let Some(at) = draft.scheduled_at.clone().filter(|at| !at.is_empty()) {
        let at = scheduled::moment(&at)?;
        let planned = app.db.write(move |tx| {
            let new = prepare(tx, account, draft, app_id, idempotency)?;
            schedule_post(tx, account, new, at)
        });
        return scheduled::answer(&app, planned.await?).await;
    }
    let source = draft.status.clone().unwrap_or_default();
    let outcome = app.db.write(move |tx| {
        let new = prepare(tx, account, draft, app_id, idempotency)?;
        create_post(tx, account, new)
    });
    let desk = Desk::new(&app, me.viewer);
    let body = match outcome.await? {
        Outcome::Posted(post) => app.db.read(move |conn| show(&desk, conn, post.id)).await?,
        Outcome::Commanded { about, id } => {
            app.db
                .read(move |conn| desk.phantom(conn, account, about, id, &source))
                .await?
        }
    };
    Ok(Answer::bytes(body))
}

/// One post as its writer sees it.
pub(super) fn show(desk: &Desk, conn: &mut Conn, id: PostId) -> Result<Vec<u8>> {
    let line = line(conn, &desk.viewer, id.0)?;
    desk.status(conn, &line)
}

/// The poll that an edit brings, unless it is the one that is there: votes are not lost for nothing.
fn changed_poll(conn: &mut Conn, id: PostId, poll: Option<&Poll>) -> Result<Option<NewPoll>> {
    let Some(wanted) = new_poll(poll)? else {
        return Ok(None);
    };
    for (old, options) in marks::list_polls(conn, &[id])? {
        let same = options
            .iter()
            .map(|option| option.title.as_str())
            .eq(wanted.options.iter().map(|text| text.trim()));
        if same && old.multiple == wanted.multiple {
            return Ok(None);
        }
    }
    Ok(Some(wanted))
}

/// `PUT /api/v1/statuses/:id`: what is not sent stays as it is.
pub(super) async fn edit(
    State(app): State<App>,
    me: Auth<scope::WriteStatuses>,
    Id(id): Id<PostId>,
    Uploads(params): Uploads,
) -> ApiResult {
    let draft: Draft = params.get()?;
    resolve_mentions(&app, draft.status.as_deref().unwrap_or_default()).await?;
    let has_media = params.has("media_ids");
    let (account, viewer) = (me.account, me.viewer);
    let covers = covers(&app, account, id, &draft.media_attributes, &params).await?;
    let written = app.db.write(move |tx| {
        posts::get_visible(tx, &viewer, id)?;
        let changes = Changes {
            source: draft.status,
            title: draft.title,
            fields: draft.fields,
            spoiler: draft.spoiler_text,
            sensitive: draft.sensitive,
            language: language(draft.language),
            media: if has_media {
                Some(media_ids(&draft.media_ids.unwrap_or_default())?)
            } else {
                None
            },
            descriptions: draft
                .media_attributes
                .iter()
                .map(Attribute::change)
                .collect::<Result<_>>()?,
            poll: changed_poll(tx, id, draft.poll.as_ref())?,
        };
        let policy = word(
            "quote_approval_policy",
            draft.quote_approval_policy.as_deref(),
        )?;
        edit_post(tx, account, id, changes)?;
        covers.into_iter().try_for_each(|cover| cover.put(tx))?;
        match policy {
            Some(policy) => set_policy(tx, account, id, policy).map(drop),
            None => Ok(()),
        }
    });
    written.await?;
    let desk = Desk::new(&app, me.viewer);
    Ok(Answer::bytes(
        app.db.read(move |conn| show(&desk, conn, id)).await?,
    ))
}

/// `DELETE /api/v1/statuses/:id`: answers what was there, for writing it anew. The id of a boost of one's own takes that
/// boost back.
pub(super) async fn delete(
    State(app): State<App>,
    me: Auth<scope::WriteStatuses>,
    Id(id): Id<PostId>,
    Body(wish): Body<Deletion>,
) -> ApiResult {
    let desk = Desk::new(&app, me.viewer);
    let account = me.account;
    let with_media = wish.delete_media.unwrap_or(false);
    let body = app.db.write(move |tx| {
        let boost = marks::find_boost_by_id(tx, id.0)?.filter(|row| row.account_id == account);
        let post = posts::get_visible(
            tx,
            &desk.viewer,
            boost.as_ref().map_or(id, |row| row.post_id),
        )?;
        let line = line(tx, &desk.viewer, id.0)?;
        let sheet = desk.sheet(tx, &[line], &[])?;
        let mut more = b"\"text\":".to_vec();
        serde_json::to_writer(&mut more, &post.source)?;
        let mut body = Vec::new();
        if !sheet.status_with(&mut body, &line, &more) {
            return Err(Error::NotFound);
        }
        match boost {
            Some(_) => unboost(tx, account, post.id).map(drop)?,
            None => {
                let attached = media::list_by_posts(tx, &[post.id])?;
                delete_post(tx, account, id)?;
                if with_media && post.author_id == account {
                    forget(tx, &attached)?;
                }
            }
        }
        Ok(body)
    });
    let body = body.await?;
    if with_media {
        app.remove_leftovers_soon();
    }
    Ok(Answer::bytes(body))
}

/// Attachments go with their files, not only off the post.
fn forget(tx: &mut Tx<'_>, attached: &[Media]) -> Result<()> {
    let now = tx.now();
    for row in attached {
        media::delete(tx, row.id)?;
        for file in files_of(row) {
            leftovers::note(tx, &file, now)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_codes_or_nothing() {
        assert_eq!(language(Some("NL".into())).as_deref(), Some("nl"));
        assert_eq!(language(Some("pt-br".into())).as_deref(), Some("pt-br"));
        for bad in ["", "x", "<b>", "a language"] {
            assert_eq!(language(Some(bad.into())), None, "{bad}");
        }
    }

    #[test]
    fn an_empty_poll_is_none_and_one_without_end_is_refused() {
        assert!(new_poll(Some(&Poll::default())).unwrap().is_none());
        let endless = Poll {
            options: vec!["a".into(), "b".into()],
            ..Poll::default()
        };
        assert!(
            matches!(new_poll(Some(&endless)), Err(Error::Invalid { field, .. }) if field == "poll.expires_in")
        );
    }
}
