//! Who of the people listening right now is concerned by something that happened. Each question is asked once for all of
//! them.

use diesel::prelude::*;

use super::conn::Conn;
use super::posts::Post;
use super::schema::{accounts, follows, home_entries, memberships, oauth_tokens, users};
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::words::{AccountState, Audience, FollowState, MembershipState, UserState};

/// Who of these has one of these entries in the home feed.
pub fn with_entry(
    conn: &mut Conn,
    people: &[AccountId],
    entries: &[i64],
) -> Result<Vec<(AccountId, i64)>> {
    Ok(home_entries::table
        .filter(home_entries::account_id.eq_any(people.to_vec()))
        .filter(home_entries::entry_id.eq_any(entries.to_vec()))
        .select((home_entries::account_id, home_entries::entry_id))
        .load(conn)?)
}

/// Who of these has a post in the home feed, and as which entries.
pub fn with_post(
    conn: &mut Conn,
    people: &[AccountId],
    post: PostId,
) -> Result<Vec<(AccountId, i64)>> {
    Ok(home_entries::table
        .filter(home_entries::post_id.eq(post))
        .filter(home_entries::account_id.eq_any(people.to_vec()))
        .select((home_entries::account_id, home_entries::entry_id))
        .load(conn)?)
}

/// Who of these follows somebody.
pub fn following(
    conn: &mut Conn,
    people: &[AccountId],
    target: AccountId,
) -> Result<Vec<AccountId>> {
    Ok(follows::table
        .filter(
            follows::target_id
                .eq(target)
                .and(follows::state.eq(FollowState::Accepted)),
        )
        .filter(follows::follower_id.eq_any(people.to_vec()))
        .select(follows::follower_id)
        .load(conn)?)
}

/// Who of these could read a post before it was deleted, as far as its tombstone tells: nobody else is told of its end.
/// Those who were mentioned in a closed post are not told, since the tombstone no longer names them.
pub fn could_read(conn: &mut Conn, people: &[AccountId], post: &Post) -> Result<Vec<AccountId>> {
    let mut found = match post.audience {
        Audience::Public | Audience::Node if !post.held => return Ok(people.to_vec()),
        Audience::Members if !post.held => match post.community_id {
            Some(community) => memberships::table
                .filter(
                    memberships::community_id
                        .eq(community)
                        .and(memberships::state.eq(MembershipState::Active)),
                )
                .filter(memberships::account_id.eq_any(people.to_vec()))
                .select(memberships::account_id)
                .load(conn)?,
            None => Vec::new(),
        },
        Audience::Followers if !post.held => following(conn, people, post.author_id)?,
        _ => Vec::new(),
    };
    if people.contains(&post.author_id) && !found.contains(&post.author_id) {
        found.push(post.author_id);
    }
    Ok(found)
}

/// Which of these tokens still let their person in.
pub fn living(conn: &mut Conn, tokens: &[i64]) -> Result<Vec<i64>> {
    Ok(oauth_tokens::table
        .inner_join(users::table.on(users::account_id.nullable().eq(oauth_tokens::account_id)))
        .inner_join(accounts::table.on(accounts::id.nullable().eq(oauth_tokens::account_id)))
        .filter(oauth_tokens::id.eq_any(tokens.to_vec()))
        .filter(oauth_tokens::revoked_at.is_null())
        .filter(users::state.eq(UserState::Active))
        .filter(accounts::state.eq(AccountState::Active))
        .select(oauth_tokens::id)
        .load(conn)?)
}
