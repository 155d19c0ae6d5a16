//! What a person follows: the home feed, and the lists that show parts of it. Both read the entries of the home feed by
//! its index, newest first.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::{Entry, entry};
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::time::Time;
use crate::model::viewer::Viewer;
use crate::model::words::{AccountState, RepliesPolicy};
use crate::store::conn::{Conn, MultiBackend, on_backend};
use crate::store::lists::List;
use crate::store::page::Page;
use crate::store::schema::{
    accounts, domain_blocks, home_entries, list_members, lists, mutes, posts,
};
use crate::store::visible::{not_shut_out, visible_beside_author};

diesel::alias!(accounts as booster: Booster);

type Row = (i64, PostId, i32, AccountId, i32, Option<AccountId>);

/// The readable entries of a person's home feed without muted people, nodes that were shut out and boosts by somebody
/// suspended, as a query that can be narrowed.
macro_rules! followed {
    ($viewer:expr, $me:expr, $now:expr) => {{
        let muted = || {
            mutes::table
                .filter(mutes::account_id.eq($me))
                .filter(mutes::expires_at.is_null().or(mutes::expires_at.gt($now)))
                .select(mutes::target_id)
        };
        home_entries::table
            .inner_join(posts::table.on(posts::id.eq(home_entries::post_id)))
            .inner_join(accounts::table.on(accounts::id.eq(posts::author_id)))
            .filter(home_entries::account_id.eq($me))
            .filter(posts::deleted_at.is_null())
            .filter(posts::author_id.ne_all(muted()))
            .filter(not_shut_out!($me))
            .filter(
                home_entries::via_id
                    .is_null()
                    .or(home_entries::via_id.assume_not_null().ne_all(muted())),
            )
            .filter(visible_beside_author!($viewer))
            .filter(
                home_entries::via_id.is_null().or(exists(
                    booster
                        .filter(
                            booster
                                .field(accounts::id)
                                .nullable()
                                .eq(home_entries::via_id),
                        )
                        .filter(booster.field(accounts::state).ne(AccountState::Suspended))
                        .filter(booster.field(accounts::state).ne(AccountState::Deleted))
                        .filter(
                            booster.field(accounts::domain).eq("").or(not(exists(
                                domain_blocks::table
                                    .filter(domain_blocks::account_id.eq($me))
                                    .filter(
                                        domain_blocks::domain.eq(booster.field(accounts::domain)),
                                    ),
                            ))),
                        ),
                )),
            )
            .select((
                home_entries::entry_id,
                posts::id,
                posts::rev,
                posts::author_id,
                accounts::rev,
                home_entries::via_id,
            ))
    }};
}

fn shown(rows: Vec<Row>, page: &Page) -> Vec<Entry> {
    let rows = rows
        .into_iter()
        .map(|row| Entry {
            via: row.5,
            ..entry((row.0, row.1, row.2, row.3, row.4))
        })
        .collect();
    page.newest_first(rows)
}

/// What a person follows, newest first, without what an exclusive list of theirs shows.
pub fn home(conn: &mut Conn, viewer: &Viewer, now: Time, page: &Page) -> Result<Vec<Entry>> {
    let Some(me) = viewer.account() else {
        return Ok(Vec::new());
    };
    let apart = || {
        list_members::table
            .inner_join(lists::table.on(lists::id.eq(list_members::list_id)))
            .filter(lists::account_id.eq(me).and(lists::exclusive.eq(true)))
            .select(list_members::account_id)
    };
    let query = followed!(viewer, me, now)
        .filter(
            home_entries::via_id
                .is_not_null()
                .or(posts::author_id.ne_all(apart())),
        )
        .filter(
            home_entries::via_id
                .is_null()
                .or(home_entries::via_id.assume_not_null().ne_all(apart())),
        );
    let rows = on_backend!(conn, |c| load_page!(
        c,
        query,
        page,
        home_entries::entry_id,
        Row
    ))?;
    Ok(shown(rows, page))
}

/// The part of a person's home feed that the people of one of their lists wrote or boosted, newest first.
pub fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    list: &List,
    now: Time,
    page: &Page,
) -> Result<Vec<Entry>> {
    let me = list.account_id;
    let members = || {
        list_members::table
            .filter(list_members::list_id.eq(list.id))
            .select(list_members::account_id)
    };
    let to = || posts::parent_author_id.assume_not_null();
    let mut query = followed!(viewer, me, now)
        .into_boxed::<MultiBackend>()
        .filter(
            home_entries::via_id
                .is_not_null()
                .or(posts::author_id.eq_any(members())),
        )
        .filter(
            home_entries::via_id
                .is_null()
                .or(home_entries::via_id.assume_not_null().eq_any(members())),
        );
    // What somebody answers to oneself or to the list's owner always shows; boosts are no answers.
    let plain = || {
        home_entries::via_id
            .is_not_null()
            .or(posts::parent_author_id.is_null())
            .or(to().eq(posts::author_id))
            .or(to().eq(me))
    };
    query = match list.replies_policy {
        RepliesPolicy::Followed => query,
        RepliesPolicy::None => query.filter(plain()),
        RepliesPolicy::List => query.filter(plain().or(to().eq_any(members()))),
    };
    let rows: Vec<Row> = paged!(query, page, home_entries::entry_id).load(conn)?;
    Ok(shown(rows, page))
}
