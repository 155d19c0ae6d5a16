//! The read policy of `model::viewer` as a condition for queries. Whatever reads posts for a person uses it.

use super::posts::Post;
use crate::model::words::Audience;

impl Post {
    /// Whether everybody may read it, or could before it was deleted: the read policy for a visitor.
    pub fn is_for_everybody(&self) -> bool {
        self.audience == Audience::Public && !self.held
    }
}

/// Posts that the viewer may read: not deleted, and for this viewer. A macro, since the condition stands in queries over
/// different joins; a visitor is nobody's id (0), which no follow, membership or mention can name.
macro_rules! visible_to {
    ($viewer:expr) => {{
        use diesel::prelude::*;
        use $crate::model::words::{Audience, FollowState, MembershipState};
        use $crate::store::schema::{follows, memberships, mentions, posts};
        let signed_in = $viewer.account().is_some();
        let me = $viewer
            .account()
            .unwrap_or($crate::model::ids::AccountId(0));
        let my_communities = memberships::table
            .filter(
                memberships::account_id
                    .eq(me)
                    .and(memberships::state.eq(MembershipState::Active)),
            )
            .select(memberships::community_id.nullable());
        let whom_i_follow = follows::table
            .filter(
                follows::follower_id
                    .eq(me)
                    .and(follows::state.eq(FollowState::Accepted)),
            )
            .select(follows::target_id);
        let where_i_am_mentioned = mentions::table
            .filter(mentions::account_id.eq(me))
            .select(mentions::post_id);
        let for_me = posts::audience
            .eq(Audience::Public)
            .or(posts::audience
                .eq(Audience::Node)
                .and(signed_in.into_sql::<diesel::sql_types::Bool>()))
            .or(posts::audience
                .eq(Audience::Members)
                .and(posts::community_id.eq_any(my_communities).assume_not_null()))
            .or(posts::audience
                .eq(Audience::Followers)
                .and(posts::author_id.eq_any(whom_i_follow)))
            // Not as a list: a statement with one in it is prepared anew each time.
            .or(posts::audience
                .eq(Audience::Followers)
                .or(posts::audience.eq(Audience::Mentioned))
                .and(posts::id.eq_any(where_i_am_mentioned)));
        posts::deleted_at.is_null().and(
            posts::author_id
                .eq(me)
                .or(posts::held.eq(false).and(for_me)),
        )
    }};
}
pub(in crate::store) use visible_to;
