//! Home feeds: one row for each person and entry, written when a post or boost appears, read by index.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use super::conn::{Conn, on_backend};
use super::posts::Post;
use super::schema::{blocks, followed_tags, follows, home_entries, post_tags, posts, users};
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::words::{Audience, FollowState, Visibility};

/// What the languages of a follow must be like for a post to come home; a post without language comes in any case.
fn spoken(language: Option<&str>) -> String {
    language.map_or_else(|| "%".to_owned(), |code| format!("%,{code},%"))
}

/// Follows that a post in a language may come home by.
macro_rules! understands {
    ($language:expr) => {
        follows::languages
            .is_null()
            .or(follows::languages.assume_not_null().like(spoken($language)))
    };
}

/// Puts a post into the home feeds of its author and of the author's followers on this node. A reply is shown only to
/// those who follow both ends, as Mastodon does.
pub fn fan_out_post(conn: &mut Conn, post: &Post) -> Result<()> {
    if post.local {
        add(conn, post.author_id, post.id.0, post.id, None)?;
    }
    if post.visibility == Visibility::Direct {
        return Ok(());
    }
    fan_out_tags(conn, post)?;
    let id = post.id.0;
    match post
        .parent_author_id
        .filter(|parent| *parent != post.author_id)
    {
        None => {
            on_backend!(conn, |c| diesel::insert_into(home_entries::table)
                .values(
                    follows::table
                        .inner_join(users::table.on(users::account_id.eq(follows::follower_id)))
                        .filter(
                            follows::target_id
                                .eq(post.author_id)
                                .and(follows::state.eq(FollowState::Accepted))
                        )
                        .filter(understands!(post.language.as_deref()))
                        .select((
                            follows::follower_id,
                            id.into_sql::<BigInt>(),
                            id.into_sql::<BigInt>(),
                            None::<i64>.into_sql::<Nullable<BigInt>>(),
                        ))
                )
                .into_columns((
                    home_entries::account_id,
                    home_entries::entry_id,
                    home_entries::post_id,
                    home_entries::via_id
                ))
                .on_conflict_do_nothing()
                .execute(c))?;
            Ok(())
        }
        Some(parent) => fan_out_reply(conn, post, parent),
    }
}

/// Puts a reply into the home feeds of those who follow its author and whom it answers.
fn fan_out_reply(conn: &mut Conn, post: &Post, parent: AccountId) -> Result<()> {
    let both = diesel::alias!(follows as both);
    let readers: Vec<AccountId> = follows::table
        .inner_join(users::table.on(users::account_id.eq(follows::follower_id)))
        .inner_join(both.on(both.field(follows::follower_id).eq(follows::follower_id)))
        .filter(
            follows::target_id
                .eq(post.author_id)
                .and(follows::state.eq(FollowState::Accepted)),
        )
        .filter(both.field(follows::target_id).eq(parent))
        .filter(both.field(follows::state).eq(FollowState::Accepted))
        .filter(understands!(post.language.as_deref()))
        .select(follows::follower_id)
        .load(conn)?;
    for reader in readers {
        add(conn, reader, post.id.0, post.id, None)?;
    }
    Ok(())
}

/// Puts a public post into the home feeds of those who follow one of its tags, whoever wrote it.
pub fn fan_out_tags(conn: &mut Conn, post: &Post) -> Result<()> {
    if post.visibility != Visibility::Public
        || !matches!(post.audience, Audience::Public | Audience::Node)
    {
        return Ok(());
    }
    let id = post.id.0;
    let words = || {
        post_tags::table
            .filter(post_tags::post_id.eq(post.id))
            .select(post_tags::tag)
    };
    on_backend!(conn, |c| diesel::insert_into(home_entries::table)
        .values(
            followed_tags::table
                .filter(followed_tags::tag.eq_any(words()))
                .filter(
                    followed_tags::account_id.ne_all(
                        blocks::table
                            .filter(blocks::account_id.eq(post.author_id))
                            .select(blocks::target_id),
                    )
                )
                .filter(
                    followed_tags::account_id.ne_all(
                        blocks::table
                            .filter(blocks::target_id.eq(post.author_id))
                            .select(blocks::account_id),
                    )
                )
                .select((
                    followed_tags::account_id,
                    id.into_sql::<BigInt>(),
                    id.into_sql::<BigInt>(),
                    None::<i64>.into_sql::<Nullable<BigInt>>(),
                ))
        )
        .into_columns((
            home_entries::account_id,
            home_entries::entry_id,
            home_entries::post_id,
            home_entries::via_id
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Takes out of one home feed what came into it by a tag alone: neither by its author nor by another tag.
pub fn remove_tag(conn: &mut Conn, reader: AccountId, tag: &str) -> Result<()> {
    // Each condition is asked of the entries of this one feed: a tag, and whom somebody follows, may have any number of posts.
    let tagged = post_tags::table
        .filter(post_tags::post_id.eq(home_entries::post_id))
        .filter(post_tags::tag.eq(tag));
    let followed = follows::table
        .filter(follows::follower_id.eq(reader))
        .filter(follows::target_id.eq(posts::author_id));
    let by_followed = posts::table
        .filter(posts::id.eq(home_entries::post_id))
        .filter(posts::author_id.eq(reader).or(exists(followed)));
    let by_other_tags = post_tags::table
        .inner_join(followed_tags::table.on(followed_tags::tag.eq(post_tags::tag)))
        .filter(post_tags::post_id.eq(home_entries::post_id))
        .filter(followed_tags::account_id.eq(reader));
    diesel::delete(
        home_entries::table
            .filter(home_entries::account_id.eq(reader))
            .filter(home_entries::via_id.is_null())
            .filter(exists(tagged))
            .filter(not(exists(by_followed)))
            .filter(not(exists(by_other_tags))),
    )
    .execute(conn)?;
    Ok(())
}

/// Puts a boost (or a community's announce) into the home feeds of the booster's followers on this node, where the post
/// is not there already.
pub fn fan_out_boost(conn: &mut Conn, entry: i64, post: PostId, via: AccountId) -> Result<()> {
    let there = diesel::alias!(home_entries as there);
    let language: Option<String> = posts::table
        .find(post)
        .select(posts::language)
        .first(conn)?;
    on_backend!(conn, |c| diesel::insert_into(home_entries::table)
        .values(
            follows::table
                .inner_join(users::table.on(users::account_id.eq(follows::follower_id)))
                .filter(
                    follows::target_id
                        .eq(via)
                        .and(follows::state.eq(FollowState::Accepted))
                )
                .filter(follows::show_boosts.eq(true))
                .filter(understands!(language.as_deref()))
                .filter(not(exists(
                    there
                        .filter(there.field(home_entries::post_id).eq(post))
                        .filter(
                            there
                                .field(home_entries::account_id)
                                .eq(follows::follower_id)
                        )
                )))
                .select((
                    follows::follower_id,
                    entry.into_sql::<BigInt>(),
                    post.0.into_sql::<BigInt>(),
                    Some(via.0).into_sql::<Nullable<BigInt>>(),
                ))
        )
        .into_columns((
            home_entries::account_id,
            home_entries::entry_id,
            home_entries::post_id,
            home_entries::via_id
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Puts one entry into one home feed.
pub fn add(
    conn: &mut Conn,
    account: AccountId,
    entry: i64,
    post: PostId,
    via: Option<AccountId>,
) -> Result<()> {
    on_backend!(conn, |c| diesel::insert_into(home_entries::table)
        .values((
            home_entries::account_id.eq(account),
            home_entries::entry_id.eq(entry),
            home_entries::post_id.eq(post),
            home_entries::via_id.eq(via),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Takes a boost out of all home feeds.
pub fn remove_entry(conn: &mut Conn, post: PostId, entry: i64) -> Result<()> {
    diesel::delete(
        home_entries::table.filter(
            home_entries::post_id
                .eq(post)
                .and(home_entries::entry_id.eq(entry)),
        ),
    )
    .execute(conn)?;
    Ok(())
}

/// Takes a post out of all home feeds.
pub fn remove_post(conn: &mut Conn, post: PostId) -> Result<()> {
    diesel::delete(home_entries::table.filter(home_entries::post_id.eq(post))).execute(conn)?;
    Ok(())
}

/// Takes everything by or through one actor out of one home feed, after an unfollow or block.
pub fn remove_actor(conn: &mut Conn, reader: AccountId, actor: AccountId) -> Result<()> {
    diesel::delete(
        home_entries::table.filter(
            home_entries::account_id
                .eq(reader)
                .and(home_entries::via_id.eq(actor)),
        ),
    )
    .execute(conn)?;
    let by_actor = posts::table
        .filter(posts::author_id.eq(actor))
        .select(posts::id);
    diesel::delete(
        home_entries::table
            .filter(
                home_entries::account_id
                    .eq(reader)
                    .and(home_entries::via_id.is_null()),
            )
            .filter(home_entries::post_id.eq_any(by_actor)),
    )
    .execute(conn)?;
    Ok(())
}

/// Brings the newest posts of an actor (at most 20) into a home feed, after a new follow.
pub fn backfill(
    conn: &mut Conn,
    reader: AccountId,
    actor: AccountId,
    is_group: bool,
) -> Result<()> {
    if is_group {
        let recent: Vec<(Option<i64>, PostId)> = posts::table
            .filter(
                posts::community_id
                    .eq(actor)
                    .and(posts::parent_id.is_null())
                    .and(posts::deleted_at.is_null()),
            )
            .filter(posts::announce_id.is_not_null())
            .order(posts::id.desc())
            .limit(20)
            .select((posts::announce_id, posts::id))
            .load(conn)?;
        for (announce, post) in recent {
            if let Some(announce) = announce {
                add(conn, reader, announce, post, Some(actor))?;
            }
        }
        return Ok(());
    }
    let recent: Vec<PostId> = posts::table
        .filter(posts::author_id.eq(actor).and(posts::deleted_at.is_null()))
        .filter(
            posts::parent_id
                .is_null()
                .and(posts::visibility.ne(Visibility::Direct)),
        )
        .order(posts::id.desc())
        .limit(20)
        .select(posts::id)
        .load(conn)?;
    for post in recent {
        add(conn, reader, post.0, post, None)?;
    }
    Ok(())
}

/// Builds a home feed anew from whom its reader follows, the newest first up to what is kept.
#[expect(clippy::too_many_lines, reason = "two queries side by side")]
pub fn rebuild(conn: &mut Conn, reader: AccountId) -> Result<()> {
    let followed = || {
        follows::table
            .filter(follows::follower_id.eq(reader))
            .filter(follows::state.eq(FollowState::Accepted))
            .select(follows::target_id)
    };
    on_backend!(conn, |c| diesel::insert_into(home_entries::table)
        .values(
            posts::table
                .filter(posts::author_id.eq_any(followed()))
                .filter(posts::parent_id.is_null().and(posts::deleted_at.is_null()))
                .filter(posts::visibility.ne(Visibility::Direct))
                .order(posts::id.desc())
                .limit(KEPT)
                .select((
                    reader.into_sql::<BigInt>(),
                    posts::id,
                    posts::id,
                    None::<i64>.into_sql::<Nullable<BigInt>>(),
                ))
        )
        .into_columns((
            home_entries::account_id,
            home_entries::entry_id,
            home_entries::post_id,
            home_entries::via_id
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    let followed_communities = follows::table
        .filter(follows::follower_id.eq(reader))
        .filter(follows::state.eq(FollowState::Accepted))
        .select(follows::target_id.nullable());
    let there = home_entries::table
        .filter(home_entries::account_id.eq(reader))
        .select(home_entries::post_id);
    on_backend!(conn, |c| diesel::insert_into(home_entries::table)
        .values(
            posts::table
                .filter(posts::community_id.eq_any(followed_communities))
                .filter(posts::parent_id.is_null().and(posts::deleted_at.is_null()))
                .filter(posts::announce_id.is_not_null())
                .filter(posts::id.ne_all(there))
                .order(posts::announce_id.desc())
                .limit(KEPT)
                .select((
                    reader.into_sql::<BigInt>(),
                    posts::announce_id.assume_not_null(),
                    posts::id,
                    posts::community_id,
                ))
        )
        .into_columns((
            home_entries::account_id,
            home_entries::entry_id,
            home_entries::post_id,
            home_entries::via_id
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    trim(conn, reader)
}

/// Entries of a home feed that are kept; older ones are still found on the profiles.
pub const KEPT: i64 = 800;

/// People whose home feeds hold more than is kept.
pub fn list_full(conn: &mut Conn) -> Result<Vec<AccountId>> {
    Ok(home_entries::table
        .group_by(home_entries::account_id)
        .having(diesel::dsl::count_star().gt(KEPT + KEPT / 4))
        .select(home_entries::account_id)
        .load(conn)?)
}

/// Cuts a home feed to what is kept.
pub fn trim(conn: &mut Conn, account: AccountId) -> Result<()> {
    let oldest: Option<i64> = home_entries::table
        .filter(home_entries::account_id.eq(account))
        .order(home_entries::entry_id.desc())
        .offset(KEPT)
        .select(home_entries::entry_id)
        .first(conn)
        .optional()?;
    if let Some(oldest) = oldest {
        diesel::delete(
            home_entries::table.filter(
                home_entries::account_id
                    .eq(account)
                    .and(home_entries::entry_id.le(oldest)),
            ),
        )
        .execute(conn)?;
    }
    Ok(())
}
