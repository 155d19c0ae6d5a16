//! Who may read the posts of a community that is hidden, or shows again: written into each of them, so that no query has
//! to look at the community.

use diesel::prelude::*;

use super::accounts;
use super::communities::Community;
use super::conn::Conn;
use super::schema::posts;
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::viewer;
use crate::model::words::{Audience, Boundary, Listing, Visibility};

impl Community {
    /// How far it really reaches: see [`viewer::reach`].
    pub fn reach(&self) -> Boundary {
        viewer::reach(self.boundary, self.visibility)
    }
}

/// The posts of a community follow its listing: hidden, what was for more is for its members; shown again, what was
/// written for everybody is for everybody. What was written while it was hidden stays with its members.
pub fn follow(conn: &mut Conn, community: &Community) -> Result<()> {
    let id = community.account_id;
    if community.visibility == Listing::Hidden {
        count(conn, id, -1)?;
        let wide = posts::audience
            .eq(Audience::Public)
            .or(posts::audience.eq(Audience::Node));
        diesel::update(posts::table.filter(posts::community_id.eq(id)).filter(wide))
            .set((
                posts::audience.eq(Audience::Members),
                posts::rev.eq(posts::rev + 1),
            ))
            .execute(conn)?;
        return Ok(());
    }
    if community.boundary != Boundary::Public {
        return Ok(());
    }
    let open = posts::visibility
        .eq(Visibility::Public)
        .or(posts::visibility.eq(Visibility::Unlisted));
    diesel::update(
        posts::table
            .filter(posts::community_id.eq(id))
            .filter(posts::audience.eq(Audience::Members))
            .filter(posts::boundary.eq(Boundary::Public))
            .filter(open),
    )
    .set((
        posts::audience.eq(Audience::Public),
        posts::rev.eq(posts::rev + 1),
    ))
    .execute(conn)?;
    count(conn, id, 1)
}

/// Takes what everybody may read in a community out of the counts that everybody sees, or puts it in again.
fn count(conn: &mut Conn, community: AccountId, sign: i32) -> Result<()> {
    let open = || {
        posts::table
            .filter(posts::community_id.eq(community))
            .filter(posts::audience.eq(Audience::Public))
            .filter(posts::held.eq(false).and(posts::deleted_at.is_null()))
    };
    let written: Vec<(AccountId, i64)> = open()
        .group_by(posts::author_id)
        .select((posts::author_id, diesel::dsl::count_star()))
        .load(conn)?;
    let announced: i64 = open()
        .filter(posts::announce_id.is_not_null())
        .count()
        .get_result(conn)?;
    for (account, number) in written.into_iter().chain([(community, announced)]) {
        let number = i32::try_from(number).unwrap_or(i32::MAX);
        accounts::bump_posts(conn, account, sign * number, None)?;
    }
    Ok(())
}
