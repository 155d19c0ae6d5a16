//! The read policy of `model::viewer` as a condition for queries. Whatever reads posts for a person uses it; and what
//! lists leave out besides.

use super::posts::Post;
use crate::model::words::Audience;

impl Post {
    /// Whether everybody may read it, or could before it was deleted: the read policy for a visitor.
    pub fn is_for_everybody(&self) -> bool {
        self.audience == Audience::Public && !self.held
    }
}

/// Posts that are for the viewer and not deleted, whoever wrote them. A macro, since the condition stands in queries over
/// different joins; a visitor is nobody's id (0), which no follow, membership or mention can name.
macro_rules! meant_for {
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
pub(in crate::store) use meant_for;

/// That whoever wrote a post is there still: of those whom a moderator suspended and of deleted accounts nothing shows,
/// but to themselves. For queries that join the authors.
macro_rules! author_is_there {
    ($viewer:expr) => {{
        use diesel::prelude::*;
        use $crate::model::words::AccountState;
        use $crate::store::schema::{accounts, posts};
        let me = $viewer
            .account()
            .unwrap_or($crate::model::ids::AccountId(0));
        accounts::state
            .ne(AccountState::Suspended)
            .and(accounts::state.ne(AccountState::Deleted))
            .or(posts::author_id.eq(me))
    }};
}
pub(in crate::store) use author_is_there;

/// Posts that the viewer may read, in queries that join the authors.
macro_rules! visible_beside_author {
    ($viewer:expr) => {{
        use diesel::prelude::*;
        use $crate::store::visible::{author_is_there, meant_for};
        meant_for!($viewer).and(author_is_there!($viewer))
    }};
}
pub(in crate::store) use visible_beside_author;

/// Posts that the viewer may read, in queries over posts alone: one look for each author.
macro_rules! visible_to {
    ($viewer:expr) => {{
        use diesel::prelude::*;
        use $crate::store::schema::{accounts, posts};
        use $crate::store::visible::{author_is_there, meant_for};
        let there = accounts::table
            .filter(accounts::id.eq(posts::author_id))
            .filter(author_is_there!($viewer));
        meant_for!($viewer).and(diesel::dsl::exists(there))
    }};
}
pub(in crate::store) use visible_to;

/// That an author's node is not one that a person has shut out: one look into an index for each author of another node.
macro_rules! not_shut_out {
    ($me:expr) => {{
        use diesel::prelude::*;
        use $crate::store::schema::{accounts, domain_blocks};
        accounts::domain
            .eq("")
            .or(diesel::dsl::not(diesel::dsl::exists(
                domain_blocks::table
                    .filter(domain_blocks::account_id.eq($me))
                    .filter(domain_blocks::domain.eq(accounts::domain)),
            )))
    }};
}
pub(in crate::store) use not_shut_out;

/// Leaves out authors whom the viewer has muted at that moment or blocked, those who blocked the viewer, and nodes the viewer shut out.
/// For boxed queries that join the authors.
macro_rules! without_shunned {
    ($query:expr, $viewer:expr, $now:expr) => {{
        use $crate::store::schema::{blocks, mutes, posts};
        use $crate::store::visible::not_shut_out;
        match $viewer.account() {
            None => $query,
            Some(me) => $query
                .filter(
                    posts::author_id.ne_all(
                        mutes::table
                            .filter(mutes::account_id.eq(me))
                            .filter(mutes::expires_at.is_null().or(mutes::expires_at.gt($now)))
                            .select(mutes::target_id),
                    ),
                )
                .filter(
                    posts::author_id.ne_all(
                        blocks::table
                            .filter(blocks::account_id.eq(me))
                            .select(blocks::target_id),
                    ),
                )
                .filter(
                    posts::author_id.ne_all(
                        blocks::table
                            .filter(blocks::target_id.eq(me))
                            .select(blocks::account_id),
                    ),
                )
                .filter(not_shut_out!(me)),
        }
    }};
}
pub(in crate::store) use without_shunned;
