//! Posts with what belongs to them: mentions, tags, revisions, acceptances.

use std::collections::HashMap;

use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::dialect::among::among;
use super::schema::{acceptances, mentions, post_links, post_tags, posts, revisions};
use super::visible::visible_to;
use crate::error::{Error, Result};
use crate::model::ids::{AccountId, PostId};
use crate::model::post::{Fields, fields_text};
use crate::model::time::Time;
use crate::model::viewer::{Viewer, covers};
use crate::model::words::{Audience, Boundary, Kind, QuestionState, Visibility};

/// A post or reply as stored.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = posts, check_for_backend(MultiBackend))]
pub struct Post {
    /// Its id here.
    pub id: PostId,
    /// ActivityPub id.
    pub uri: String,
    /// Address of the page.
    pub url: String,
    /// Who wrote it.
    pub author_id: AccountId,
    /// Where it belongs.
    pub community_id: Option<AccountId>,
    /// What it replies to.
    pub parent_id: Option<PostId>,
    /// Who wrote that.
    pub parent_author_id: Option<AccountId>,
    /// The beginning of its thread; itself for a top-level post.
    pub root_id: PostId,
    /// Id of the community's Announce of it, once there is one.
    pub announce_id: Option<i64>,
    /// What it is.
    pub kind: Kind,
    /// Title, plain text; empty for untitled ones.
    pub title: String,
    /// Markdown as typed (or as the origin sent it); may be empty for foreign posts.
    pub source: String,
    /// Sanitised HTML.
    pub html: String,
    /// The fields of its kind: JSON object of texts.
    pub fields: String,
    /// Content warning, plain text.
    pub spoiler: String,
    /// Whether media are hidden at first.
    pub sensitive: bool,
    /// ISO 639-1.
    pub language: Option<String>,
    /// As Mastodon clients know it.
    pub visibility: Visibility,
    /// How far it reaches.
    pub boundary: Boundary,
    /// Who may read it.
    pub audience: Audience,
    /// Whether it was written on this node.
    pub local: bool,
    /// Whether it never leaves the node, whatever its boundary.
    pub local_only: bool,
    /// Where a question stands.
    pub question_state: Option<QuestionState>,
    /// Whether it waits for a steward.
    pub held: bool,
    /// The client it was written with.
    pub app_id: Option<i64>,
    /// Direct replies that all its readers may read.
    pub replies_count: i32,
    /// "Works for me".
    pub favourites_count: i32,
    /// Boosts by people.
    pub boosts_count: i32,
    /// Grows with every change: part of cache keys.
    pub rev: i32,
    /// When it was written, by its author's clock, never in the future.
    pub created_at: Time,
    /// Last edit.
    pub edited_at: Option<Time>,
    /// When it was deleted; the row stays as a tombstone.
    pub deleted_at: Option<Time>,
}

impl Post {
    /// The fields of its kind by name. Unreadable ones count as none, and are logged.
    pub fn fields_map(&self) -> Fields {
        serde_json::from_str(&self.fields).unwrap_or_else(|error| {
            tracing::error!(%error, post.id = %self.id, "the fields of a post are no JSON object of texts");
            Fields::new()
        })
    }

    /// Plain text of title, fields and body: what search and previews read.
    pub fn plain_text(&self) -> String {
        let fields = fields_text(&self.fields_map());
        format!(
            "{}\n{}\n{fields}",
            self.spoiler,
            crate::model::text::html::to_text(&self.html)
        )
    }
}

/// Fields as the column keeps them.
pub fn fields_column(fields: &Fields) -> Result<String> {
    Ok(serde_json::to_string(fields)?)
}

/// Adds a post; `false` where one with its address is known already.
pub fn insert(conn: &mut Conn, post: &Post) -> Result<bool> {
    let added = on_backend!(conn, |c| diesel::insert_into(posts::table)
        .values(post)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// A post by id whoever asks, deleted ones included: for jobs and rules, never for showing.
pub fn find(conn: &mut Conn, id: PostId) -> Result<Option<Post>> {
    Ok(on_backend!(conn, |c| posts::table
        .find(id)
        .select(Post::as_select())
        .first(c)
        .optional())?)
}

/// A post by id whoever asks.
///
/// # Errors
/// `NotFound` where there is none or it was deleted.
pub fn get(conn: &mut Conn, id: PostId) -> Result<Post> {
    find(conn, id)?
        .filter(|post| post.deleted_at.is_none())
        .ok_or(Error::NotFound)
}

/// A post that the viewer may read.
///
/// # Errors
/// `NotFound` where there is none, it was deleted, or it is not for this viewer.
pub fn get_visible(conn: &mut Conn, viewer: &Viewer, id: PostId) -> Result<Post> {
    posts::table
        .find(id)
        .filter(visible_to!(viewer))
        .select(Post::as_select())
        .first(conn)
        .optional()?
        .ok_or(Error::NotFound)
}

/// A post by its ActivityPub id, deleted ones included.
pub fn find_by_uri(conn: &mut Conn, uri: &str) -> Result<Option<Post>> {
    Ok(posts::table
        .filter(posts::uri.eq(uri))
        .select(Post::as_select())
        .first(conn)
        .optional()?)
}

/// The post that a community announced under this id.
pub fn find_by_announce(conn: &mut Conn, announce: i64) -> Result<Option<Post>> {
    Ok(posts::table
        .filter(
            posts::announce_id
                .eq(announce)
                .and(posts::announce_id.is_not_null()),
        )
        .select(Post::as_select())
        .first(conn)
        .optional()?)
}

/// Several posts that the viewer may read, in no order.
pub fn list_visible(conn: &mut Conn, viewer: &Viewer, ids: &[PostId]) -> Result<Vec<Post>> {
    Ok(posts::table
        .filter(among(conn, posts::id, ids.iter().copied()))
        .filter(visible_to!(viewer))
        .select(Post::as_select())
        .load(conn)?)
}

/// Several posts whoever asks, by id.
pub fn map(conn: &mut Conn, ids: &[PostId]) -> Result<HashMap<PostId, Post>> {
    let rows: Vec<Post> = posts::table
        .filter(among(conn, posts::id, ids.iter().copied()))
        .select(Post::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Direct replies that the viewer may read, oldest first.
pub fn list_replies(
    conn: &mut Conn,
    viewer: &Viewer,
    parent: PostId,
    limit: i64,
) -> Result<Vec<Post>> {
    Ok(posts::table
        .filter(posts::parent_id.eq(parent))
        .filter(visible_to!(viewer))
        .order(posts::id.asc())
        .limit(limit)
        .select(Post::as_select())
        .load(conn)?)
}

/// A whole thread that the viewer may read, oldest first, the beginning included.
pub fn list_thread(
    conn: &mut Conn,
    viewer: &Viewer,
    root: PostId,
    limit: i64,
) -> Result<Vec<Post>> {
    Ok(posts::table
        .filter(posts::root_id.eq(root))
        .filter(visible_to!(viewer))
        .order(posts::id.asc())
        .limit(limit)
        .select(Post::as_select())
        .load(conn)?)
}

/// What an edit writes.
#[derive(Debug, Clone, AsChangeset)]
#[diesel(table_name = posts)]
pub struct Edit {
    /// Title.
    pub title: String,
    /// Markdown.
    pub source: String,
    /// Sanitised HTML.
    pub html: String,
    /// JSON object of texts.
    pub fields: String,
    /// Content warning.
    pub spoiler: String,
    /// Whether media are hidden at first.
    pub sensitive: bool,
    /// ISO 639-1.
    #[diesel(treat_none_as_null = true)]
    pub language: Option<String>,
    /// When.
    pub edited_at: Option<Time>,
}

/// Writes an edit.
pub fn update(conn: &mut Conn, id: PostId, edit: &Edit) -> Result<()> {
    diesel::update(posts::table.find(id))
        .set((edit, posts::rev.eq(posts::rev + 1)))
        .execute(conn)?;
    Ok(())
}

/// Empties a post and marks it as deleted; its row stays as a tombstone, so that its id is never used again.
pub fn bury(conn: &mut Conn, id: PostId, at: Time) -> Result<()> {
    diesel::delete(revisions::table.filter(revisions::post_id.eq(id))).execute(conn)?;
    diesel::delete(mentions::table.filter(mentions::post_id.eq(id))).execute(conn)?;
    diesel::delete(post_tags::table.filter(post_tags::post_id.eq(id))).execute(conn)?;
    diesel::delete(post_links::table.filter(post_links::post_id.eq(id))).execute(conn)?;
    diesel::update(posts::table.find(id))
        .set((
            posts::title.eq(""),
            posts::source.eq(""),
            posts::html.eq(""),
            posts::fields.eq("{}"),
            posts::spoiler.eq(""),
            posts::deleted_at.eq(at),
            posts::rev.eq(posts::rev + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes the mark of deletion off a post; whoever does it writes the post anew.
pub fn unbury(conn: &mut Conn, id: PostId) -> Result<()> {
    diesel::update(posts::table.find(id))
        .set((
            posts::deleted_at.eq(None::<Time>),
            posts::rev.eq(posts::rev + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Which count of a post changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// "Works for me".
    Favourites,
    /// Boosts by people.
    Boosts,
}

/// Changes a count of a post.
pub fn bump(conn: &mut Conn, id: PostId, count: Count, change: i32) -> Result<()> {
    let target = diesel::update(posts::table.find(id));
    let rev = posts::rev.eq(posts::rev + 1);
    match count {
        Count::Favourites => target
            .set((
                posts::favourites_count.eq(posts::favourites_count + change),
                rev,
            ))
            .execute(conn)?,
        Count::Boosts => target
            .set((posts::boosts_count.eq(posts::boosts_count + change), rev))
            .execute(conn)?,
    };
    Ok(())
}

/// Marks a post as changed, so that kept forms of it are made anew.
pub fn touch(conn: &mut Conn, id: PostId) -> Result<()> {
    diesel::update(posts::table.find(id))
        .set(posts::rev.eq(posts::rev + 1))
        .execute(conn)?;
    Ok(())
}

/// Sets where a question stands.
pub fn set_question_state(conn: &mut Conn, id: PostId, state: QuestionState) -> Result<()> {
    diesel::update(posts::table.find(id))
        .set((
            posts::question_state.eq(state),
            posts::rev.eq(posts::rev + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes that the post's community has announced it.
pub fn set_announce(conn: &mut Conn, id: PostId, announce: i64) -> Result<()> {
    diesel::update(posts::table.find(id))
        .set(posts::announce_id.eq(announce))
        .execute(conn)?;
    Ok(())
}

/// Brings a post into a community.
pub fn set_community(
    conn: &mut Conn,
    id: PostId,
    community: Option<AccountId>,
    audience: Audience,
) -> Result<()> {
    diesel::update(posts::table.find(id))
        .set((
            posts::community_id.eq(community),
            posts::audience.eq(audience),
            posts::rev.eq(posts::rev + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Sets who may read a post.
pub fn set_readers(conn: &mut Conn, id: PostId, seen: Visibility, by: Audience) -> Result<()> {
    diesel::update(posts::table.find(id))
        .set((
            posts::visibility.eq(seen),
            posts::audience.eq(by),
            posts::rev.eq(posts::rev + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Sets whether a post waits for a steward.
pub fn set_held(conn: &mut Conn, id: PostId, held: bool) -> Result<()> {
    diesel::update(posts::table.find(id))
        .set((posts::held.eq(held), posts::rev.eq(posts::rev + 1)))
        .execute(conn)?;
    Ok(())
}

/// Ids of all living posts of an author, for its departure.
pub fn list_ids_by_author(conn: &mut Conn, author: AccountId, limit: i64) -> Result<Vec<PostId>> {
    Ok(posts::table
        .filter(posts::author_id.eq(author).and(posts::deleted_at.is_null()))
        .order(posts::id.asc())
        .limit(limit)
        .select(posts::id)
        .load(conn)?)
}

/// Sets whom a post mentions.
pub fn set_mentions(conn: &mut Conn, post: PostId, accounts: &[AccountId]) -> Result<()> {
    diesel::delete(mentions::table.filter(mentions::post_id.eq(post))).execute(conn)?;
    for account in accounts {
        on_backend!(conn, |c| diesel::insert_into(mentions::table)
            .values((mentions::post_id.eq(post), mentions::account_id.eq(account)))
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// Whom several posts mention.
pub fn list_mentions(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<(PostId, AccountId)>> {
    Ok(mentions::table
        .filter(among(conn, mentions::post_id, ids.iter().copied()))
        .select((mentions::post_id, mentions::account_id))
        .load(conn)?)
}

/// Sets the tags of a post, as written.
pub fn set_tags(conn: &mut Conn, post: PostId, names: &[String]) -> Result<()> {
    diesel::delete(post_tags::table.filter(post_tags::post_id.eq(post))).execute(conn)?;
    for name in names {
        on_backend!(conn, |c| diesel::insert_into(post_tags::table)
            .values((
                post_tags::post_id.eq(post),
                post_tags::tag.eq(crate::model::text::fold(name)),
                post_tags::name.eq(name)
            ))
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// Tags of several posts: the folded word and the word as written.
pub fn list_tags(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<(PostId, String, String)>> {
    Ok(post_tags::table
        .filter(among(conn, post_tags::post_id, ids.iter().copied()))
        .order((post_tags::post_id.asc(), post_tags::tag.asc()))
        .select((post_tags::post_id, post_tags::tag, post_tags::name))
        .load(conn)?)
}

/// An accepted answer.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = acceptances, check_for_backend(MultiBackend))]
pub struct Acceptance {
    /// Row id.
    pub id: i64,
    /// The question.
    pub question_id: PostId,
    /// The answer.
    pub answer_id: PostId,
    /// Who accepted.
    pub by_id: AccountId,
    /// Why, in one line.
    pub why: String,
    /// Address of the `ChooseAnswer`.
    pub uri: String,
    /// When.
    pub created_at: Time,
    /// When it was taken back.
    pub revoked_at: Option<Time>,
}

/// Accepted answers of several questions, in the order of acceptance, as far as all readers of the question may read
/// them: whatever is shown to everybody names no others.
pub fn list_told_acceptances(conn: &mut Conn, questions: &[PostId]) -> Result<Vec<Acceptance>> {
    let rows = list_acceptances(conn, questions)?;
    let ids: Vec<PostId> = rows
        .iter()
        .flat_map(|row| [row.question_id, row.answer_id])
        .collect();
    let audiences: HashMap<PostId, Audience> = posts::table
        .filter(among(conn, posts::id, ids.iter().copied()))
        .select((posts::id, posts::audience))
        .load(conn)?
        .into_iter()
        .collect();
    let told = |row: &Acceptance| {
        let of = |id: &PostId| audiences.get(id).copied();
        of(&row.question_id)
            .zip(of(&row.answer_id))
            .is_some_and(|(question, answer)| covers(question, answer))
    };
    Ok(rows.into_iter().filter(told).collect())
}

/// Accepted answers of several questions, in the order of acceptance.
pub fn list_acceptances(conn: &mut Conn, questions: &[PostId]) -> Result<Vec<Acceptance>> {
    Ok(acceptances::table
        .filter(
            among(conn, acceptances::question_id, questions.iter().copied())
                .and(acceptances::revoked_at.is_null()),
        )
        .order(acceptances::id.asc())
        .select(Acceptance::as_select())
        .load(conn)?)
}

/// Which of several answers are accepted.
pub fn list_accepted(conn: &mut Conn, answers: &[PostId]) -> Result<Vec<PostId>> {
    Ok(acceptances::table
        .filter(
            among(conn, acceptances::answer_id, answers.iter().copied())
                .and(acceptances::revoked_at.is_null()),
        )
        .select(acceptances::answer_id)
        .load(conn)?)
}

/// Accepts, also again after a revocation.
pub fn put_acceptance(conn: &mut Conn, acceptance: &Acceptance) -> Result<()> {
    diesel::delete(
        acceptances::table.filter(
            acceptances::question_id
                .eq(acceptance.question_id)
                .and(acceptances::answer_id.eq(acceptance.answer_id)),
        ),
    )
    .execute(conn)?;
    diesel::insert_into(acceptances::table)
        .values(acceptance)
        .execute(conn)?;
    Ok(())
}

/// Takes an acceptance back; the row that was active.
pub fn revoke_acceptance(
    conn: &mut Conn,
    question: PostId,
    answer: PostId,
    at: Time,
) -> Result<Option<Acceptance>> {
    let found: Option<Acceptance> = acceptances::table
        .filter(
            acceptances::question_id
                .eq(question)
                .and(acceptances::answer_id.eq(answer)),
        )
        .filter(acceptances::revoked_at.is_null())
        .select(Acceptance::as_select())
        .first(conn)
        .optional()?;
    if let Some(row) = &found {
        diesel::update(acceptances::table.find(row.id))
            .set(acceptances::revoked_at.eq(at))
            .execute(conn)?;
    }
    Ok(found)
}
