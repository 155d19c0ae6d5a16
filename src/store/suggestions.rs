//! Whom somebody might want to follow.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::conn::{Conn, on_backend};
use super::schema::{accounts, blocks, follows, mutes, suggestion_refusals, users};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::words::{AccountState, ActorKind, FollowState};

/// People who may be suggested to somebody: active, willing, not followed or asked yet, not shunned either way, not turned
/// down before.
macro_rules! eligible {
    ($me:expr) => {
        accounts::table
            .filter(accounts::state.eq(AccountState::Active))
            .filter(accounts::kind.eq(ActorKind::Person))
            .filter(accounts::discoverable.eq(true))
            .filter(accounts::id.ne($me))
            .filter(
                accounts::id.ne_all(
                    follows::table
                        .filter(follows::follower_id.eq($me))
                        .select(follows::target_id),
                ),
            )
            .filter(
                accounts::id.ne_all(
                    blocks::table
                        .filter(blocks::account_id.eq($me))
                        .select(blocks::target_id),
                ),
            )
            .filter(
                accounts::id.ne_all(
                    blocks::table
                        .filter(blocks::target_id.eq($me))
                        .select(blocks::account_id),
                ),
            )
            .filter(
                accounts::id.ne_all(
                    mutes::table
                        .filter(mutes::account_id.eq($me))
                        .select(mutes::target_id),
                ),
            )
            .filter(
                accounts::id.ne_all(
                    suggestion_refusals::table
                        .filter(suggestion_refusals::account_id.eq($me))
                        .select(suggestion_refusals::target_id),
                ),
            )
    };
}

/// Whom the people whom somebody follows follow, the most followed among them first. People who hide whom they follow
/// are not asked.
pub fn followed_by_followed(conn: &mut Conn, me: AccountId, limit: i64) -> Result<Vec<AccountId>> {
    let theirs = diesel::alias!(follows as theirs);
    let hiding = users::table
        .filter(users::hide_collections.eq(true))
        .select(users::account_id);
    let mine: Vec<AccountId> = follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::target_id)))
        .filter(follows::follower_id.eq(me))
        .filter(follows::state.eq(FollowState::Accepted))
        .filter(accounts::kind.eq(ActorKind::Person))
        .filter(follows::target_id.ne_all(hiding))
        .order(follows::id.desc())
        .limit(ASKED)
        .select(follows::target_id)
        .load(conn)?;
    let counted: Vec<(AccountId, i64)> = theirs
        .filter(theirs.field(follows::follower_id).eq_any(mine))
        .filter(theirs.field(follows::state).eq(FollowState::Accepted))
        .group_by(theirs.field(follows::target_id))
        .select((theirs.field(follows::target_id), count_star()))
        .order(count_star().desc())
        .limit(limit * 4)
        .load(conn)?;
    let ids: Vec<AccountId> = counted.iter().map(|row| row.0).collect();
    let good: Vec<AccountId> = eligible!(me)
        .filter(accounts::id.eq_any(ids.clone()))
        .select(accounts::id)
        .load(conn)?;
    let wanted = ids.into_iter().filter(|id| good.contains(id));
    Ok(wanted
        .take(usize::try_from(limit).unwrap_or_default())
        .collect())
}

/// Followed people whose follows are looked at.
const ASKED: i64 = 200;

/// People of this node who posted most, the most active first.
pub fn active_here(conn: &mut Conn, me: AccountId, limit: i64) -> Result<Vec<AccountId>> {
    Ok(eligible!(me)
        .filter(accounts::domain.eq(""))
        .order((accounts::posts_count.desc(), accounts::id.asc()))
        .limit(limit)
        .select(accounts::id)
        .load(conn)?)
}

/// Never suggests somebody again. Beyond `kept` the oldest refusals are forgotten.
pub fn refuse(conn: &mut Conn, id: i64, me: AccountId, target: AccountId, kept: i64) -> Result<()> {
    on_backend!(conn, |c| diesel::insert_into(suggestion_refusals::table)
        .values((
            suggestion_refusals::id.eq(id),
            suggestion_refusals::account_id.eq(me),
            suggestion_refusals::target_id.eq(target),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    let beyond: Vec<i64> = suggestion_refusals::table
        .filter(suggestion_refusals::account_id.eq(me))
        .order(suggestion_refusals::id.desc())
        .offset(kept)
        .limit(100)
        .select(suggestion_refusals::id)
        .load(conn)?;
    diesel::delete(suggestion_refusals::table.filter(suggestion_refusals::id.eq_any(beyond)))
        .execute(conn)?;
    Ok(())
}
