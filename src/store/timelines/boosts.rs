//! What people boosted, on their profiles.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::{Entry, Row, entry};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::viewer::Viewer;
use crate::model::words::{AccountState, FollowState, Visibility};
use crate::store::conn::{Conn, MultiBackend};
use crate::store::page::Page;
use crate::store::schema::{accounts, boosts, follows, posts};
use crate::store::visible::visible_beside_author;

diesel::alias!(accounts as booster: Booster);

/// What somebody boosted; what was boosted for followers only, to those, and nothing that somebody suspended boosted.
pub(super) fn of_account(
    conn: &mut Conn,
    viewer: &Viewer,
    who: AccountId,
    page: &Page,
) -> Result<Vec<Entry>> {
    let me = viewer.account().unwrap_or(AccountId(0));
    let whom_i_follow = follows::table
        .filter(follows::follower_id.eq(me))
        .filter(follows::state.eq(FollowState::Accepted))
        .select(follows::target_id);
    let query = boosts::table
        .inner_join(posts::table.on(posts::id.eq(boosts::post_id)))
        .inner_join(accounts::table.on(accounts::id.eq(posts::author_id)))
        .filter(boosts::account_id.eq(who))
        .filter(
            boosts::visibility
                .ne(Visibility::Private)
                .or(boosts::account_id.eq(me))
                .or(boosts::account_id.eq_any(whom_i_follow)),
        )
        .filter(visible_beside_author!(viewer))
        .filter(
            boosts::account_id.eq(me).or(exists(
                booster
                    .filter(booster.field(accounts::id).eq(boosts::account_id))
                    .filter(booster.field(accounts::state).ne(AccountState::Suspended))
                    .filter(booster.field(accounts::state).ne(AccountState::Deleted)),
            )),
        )
        .select((
            boosts::id,
            posts::id,
            posts::rev,
            posts::author_id,
            accounts::rev,
        ))
        .into_boxed::<MultiBackend>();
    let rows: Vec<Row> = paged!(query, page, boosts::id).load(conn)?;
    Ok(page.newest_first(
        rows.into_iter()
            .map(|row| Entry {
                via: Some(who),
                ..entry(row)
            })
            .collect(),
    ))
}
