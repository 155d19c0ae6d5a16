//! The author changes a post. What the client does not send stays as it is.

use crate::actions::compose;
use crate::actions::create_post::{NewPoll, check_ready};
use crate::actions::polls;
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::{AccountId, PostId};
use crate::model::post::{self, Fields};
use crate::model::refusal::Refusal;
use crate::model::text::handles::tags;
use crate::model::text::markdown::render;
use crate::store::db::Tx;
use crate::store::posts::{self, Post};
use crate::store::{marks, media, quotes, revisions};

/// What is to change on an attachment: its id, alt text, focal point.
pub type Description = (i64, Option<String>, Option<(f64, f64)>);

/// What is to change; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Markdown.
    pub source: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Fields of its kind: those named are replaced.
    pub fields: Option<Fields>,
    /// Content warning.
    pub spoiler: Option<String>,
    /// Whether media are hidden at first.
    pub sensitive: Option<bool>,
    /// ISO 639-1.
    pub language: Option<String>,
    /// Attachments by id, in order.
    pub media: Option<Vec<i64>>,
    /// Alt text and focus of attachments: id, text, focus.
    pub descriptions: Vec<Description>,
    /// Another poll; its votes begin anew.
    pub poll: Option<NewPoll>,
}

/// Edits a post of this node.
///
/// # Errors
/// `NotFound`; `Forbidden(NotTheAuthor)`; `Invalid` naming the field.
pub fn edit_post(tx: &mut Tx<'_>, by: AccountId, id: PostId, changes: Changes) -> Result<Post> {
    let old = posts::get(tx, id)?;
    if old.author_id != by || !old.local {
        return Err(Refusal::NotTheAuthor.into());
    }
    compose::may_act(tx, &old, by)?;
    let edit = edit(tx, &old, &changes)?;
    let revision = tx.new_id();
    revisions::keep(tx, revision, &old)?;
    if let Some(wanted) = &changes.media {
        reattach(tx, &old, wanted)?;
    }
    for (id, text, focus) in &changes.descriptions {
        describe(tx, &old, *id, text.as_deref(), *focus)?;
    }
    if let Some(poll) = &changes.poll {
        let now = tx.now();
        marks::delete_poll(tx, id)?;
        polls::insert_poll(tx, id, poll, now)?;
    }
    posts::update(tx, id, &edit)?;
    posts::set_tags(tx, id, &tags(&edit.source))?;
    let mut mentions = compose::resolve_mentions(tx, by, &edit.source)?;
    compose::leave_out_hidden(tx, &mut mentions, old.community_id)?;
    let mentions: Vec<AccountId> = mentions
        .into_iter()
        .map(|(_, account)| account.id)
        .collect();
    posts::set_mentions(tx, id, &mentions)?;
    let post = posts::get(tx, id)?;
    compose::index(tx, &post)?;
    tx.emit(Event::PostEdited { post: id });
    Ok(post)
}

fn edit(tx: &mut Tx<'_>, old: &Post, changes: &Changes) -> Result<posts::Edit> {
    let source = changes.source.clone().unwrap_or_else(|| old.source.clone());
    if source.chars().count() > post::MAX_CHARACTERS {
        return Err(Error::invalid(
            "status",
            Refusal::TooLong(post::MAX_CHARACTERS),
        ));
    }
    let keeps_media = match &changes.media {
        Some(wanted) => !wanted.is_empty(),
        None => !media::list_by_posts(tx, &[old.id])?.is_empty(),
    };
    let mut fields = old.fields_map();
    fields.extend(changes.fields.clone().unwrap_or_default());
    let has_poll = changes.poll.is_some() || !marks::list_polls(tx, &[old.id])?.is_empty();
    let quotes = quotes::find_of_post(tx, old.id)?.is_some();
    if source.trim().is_empty() && !keeps_media && !has_poll && !quotes && fields.is_empty() {
        return Err(Error::invalid("status", Refusal::Blank));
    }
    let title = match &changes.title {
        Some(title) => post::check_title(title, !old.title.is_empty())?,
        None => old.title.clone(),
    };
    let mut mentions = compose::resolve_mentions(tx, old.author_id, &source)?;
    compose::leave_out_hidden(tx, &mut mentions, old.community_id)?;
    let html = if changes.source.is_some() {
        render(&source, &compose::links(tx, &mentions))
    } else {
        old.html.clone()
    };
    Ok(posts::Edit {
        title,
        html,
        source,
        fields: posts::fields_column(&post::check_fields(
            old.kind,
            &fields,
            changes.fields.is_some(),
        )?)?,
        spoiler: changes
            .spoiler
            .clone()
            .unwrap_or_else(|| old.spoiler.clone()),
        sensitive: changes.sensitive.unwrap_or(old.sensitive),
        language: changes.language.clone().or_else(|| old.language.clone()),
        edited_at: Some(tx.now()),
    })
}

fn reattach(tx: &mut Tx<'_>, post: &Post, wanted: &[i64]) -> Result<()> {
    if wanted.len() > post::MAX_MEDIA {
        return Err(Error::invalid(
            "media_ids",
            Refusal::TooMany(post::MAX_MEDIA),
        ));
    }
    let now = tx.now();
    for row in media::list_by_posts(tx, &[post.id])? {
        if !wanted.contains(&row.id) {
            media::take_off(tx, row.id, now)?;
        }
    }
    for (position, id) in (0_i32..).zip(wanted) {
        let row = media::find(tx, *id)?.filter(|row| {
            row.account_id == post.author_id && row.post_id.is_none_or(|owner| owner == post.id)
        });
        let row = row.ok_or_else(|| Error::invalid("media_ids", Refusal::BadMedia))?;
        check_ready(&row)?;
        media::attach(tx, row.id, post.id, position)?;
    }
    Ok(())
}

fn describe(
    tx: &mut Tx<'_>,
    post: &Post,
    id: i64,
    text: Option<&str>,
    focus: Option<(f64, f64)>,
) -> Result<()> {
    let Some(row) = media::find(tx, id)?.filter(|row| row.account_id == post.author_id) else {
        return Ok(());
    };
    let text = text.unwrap_or(&row.description).to_owned();
    media::describe(tx, id, &text, focus.unwrap_or((row.focus_x, row.focus_y)))
}
