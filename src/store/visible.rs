//! The read policy of `model::viewer` as a condition for queries. Whatever reads posts for a person uses it.

use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::conn::MultiBackend;
use super::schema::{follows, memberships, mentions, posts};
use crate::model::viewer::Viewer;
use crate::model::words::{Audience, FollowState, MembershipState};

type Condition = Box<dyn BoxableExpression<posts::table, MultiBackend, SqlType = Bool>>;

/// Posts that the viewer may read: not deleted, and for this viewer.
pub fn visible_to(viewer: &Viewer) -> Condition {
    let alive = posts::deleted_at.is_null();
    let Some(me) = viewer.account() else {
        return Box::new(alive.and(posts::audience.eq(Audience::Public)).and(posts::held.eq(false)));
    };
    let my_communities = memberships::table
        .filter(memberships::account_id.eq(me).and(memberships::state.eq(MembershipState::Active)))
        .select(memberships::community_id.nullable());
    let whom_i_follow = follows::table
        .filter(follows::follower_id.eq(me).and(follows::state.eq(FollowState::Accepted)))
        .select(follows::target_id);
    let where_i_am_mentioned =
        mentions::table.filter(mentions::account_id.eq(me)).select(mentions::post_id);
    let for_me = posts::audience
        .eq_any([Audience::Public, Audience::Node])
        .or(posts::audience.eq(Audience::Members).and(posts::community_id.eq_any(my_communities).assume_not_null()))
        .or(posts::audience.eq(Audience::Followers).and(posts::author_id.eq_any(whom_i_follow)))
        .or(posts::audience
            .eq_any([Audience::Followers, Audience::Mentioned])
            .and(posts::id.eq_any(where_i_am_mentioned)));
    Box::new(alive.and(posts::author_id.eq(me).or(posts::held.eq(false).and(for_me))))
}
