//! Who may read the posts of a community that is hidden, or shows again: written into each of them, so that no query has
//! to look at the community. What they were before is kept, so that it comes back.

use std::collections::{BTreeMap, HashMap};

use diesel::helper_types::IntoBoxed;
use diesel::prelude::*;

use super::communities::Community;
use super::conn::{Conn, MultiBackend, on_backend};
use super::schema::{narrowed_posts, posts};
use super::{accounts, hold};
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::time::Time;
use crate::model::viewer;
use crate::model::words::{Audience, Boundary, Listing, Visibility};

/// Posts that follow in one transaction at most.
pub const PART: usize = 500;

impl Community {
    /// How far it really reaches: see [`viewer::reach`].
    pub fn reach(&self) -> Boundary {
        viewer::reach(self.boundary, self.visibility)
    }
}

/// A post that does not follow yet.
#[derive(Queryable)]
struct Behind {
    id: PostId,
    author: AccountId,
    visibility: Visibility,
    boundary: Boundary,
    audience: Audience,
    announce: Option<i64>,
    held: bool,
    deleted_at: Option<Time>,
}

/// The posts that do not follow yet: of a hidden community what is for more than its members; of another one what hiding
/// narrowed. Earlier versions did not keep what was narrowed: for everybody was what is public in every other way.
fn behind(community: &Community) -> IntoBoxed<'static, posts::table, MultiBackend> {
    let all = posts::table
        .into_boxed::<MultiBackend>()
        .filter(posts::community_id.eq(community.account_id));
    if community.visibility == Listing::Hidden {
        let wide = posts::audience
            .eq(Audience::Public)
            .or(posts::audience.eq(Audience::Node));
        return all.filter(wide);
    }
    let all = all.filter(posts::audience.eq(Audience::Members));
    let kept = posts::id.eq_any(narrowed_posts::table.select(narrowed_posts::post_id));
    if community.boundary != Boundary::Public {
        return all.filter(kept);
    }
    let open = posts::visibility
        .eq(Visibility::Public)
        .or(posts::visibility.eq(Visibility::Unlisted));
    all.filter(kept.or(posts::boundary.eq(Boundary::Public).and(open)))
}

/// Whether posts of a community do not follow it yet.
pub fn is_behind(conn: &mut Conn, community: &Community) -> Result<bool> {
    let one: Option<PostId> = behind(community).select(posts::id).first(conn).optional()?;
    Ok(one.is_some())
}

/// The next posts that do not follow their community yet, with their authors: those below an id, the newest first, at most
/// [`PART`].
pub fn next_part(
    conn: &mut Conn,
    community: &Community,
    below: PostId,
) -> Result<Vec<(PostId, AccountId)>> {
    Ok(behind(community)
        .filter(posts::id.lt(below))
        .order(posts::id.desc())
        .limit(i64::try_from(PART).unwrap_or(i64::MAX))
        .select((posts::id, posts::author_id))
        .load(conn)?)
}

/// Holds those of several posts that no other transaction holds, of authors whom none holds, and tells which: nobody is
/// waited for, so that others may be held already.
pub fn hold_free(conn: &mut Conn, part: &[(PostId, AccountId)]) -> Result<Vec<PostId>> {
    let mut authors: Vec<AccountId> = part.iter().map(|(_, author)| *author).collect();
    authors.sort_unstable();
    authors.dedup();
    let there = hold::free_accounts(conn, &authors)?;
    let ids: Vec<PostId> = part
        .iter()
        .filter(|(_, author)| there.contains(author))
        .map(|(id, _)| *id)
        .collect();
    hold::free_posts(conn, &ids)
}

/// Lets some posts of a community follow its listing, those of them that do not yet. Hidden, what was for more is for its
/// members; shown again, what was for others is for them again, and what was written meanwhile stays with its members.
///
/// The caller holds the community, the authors and the posts.
pub fn follow(conn: &mut Conn, community: &Community, ids: &[PostId]) -> Result<()> {
    let rows = still_behind(conn, community, ids)?;
    if community.visibility == Listing::Hidden {
        let ids: Vec<PostId> = rows.iter().map(|row| row.id).collect();
        narrow(conn, &ids)?;
        count(conn, community, &rows, -1)
    } else {
        let rows = widen(conn, community, rows)?;
        count(conn, community, &rows, 1)
    }
}

fn still_behind(conn: &mut Conn, community: &Community, ids: &[PostId]) -> Result<Vec<Behind>> {
    Ok(behind(community)
        .filter(posts::id.eq_any(ids.to_vec()))
        .select((
            posts::id,
            posts::author_id,
            posts::visibility,
            posts::boundary,
            posts::audience,
            posts::announce_id,
            posts::held,
            posts::deleted_at,
        ))
        .load(conn)?)
}

fn narrow(conn: &mut Conn, ids: &[PostId]) -> Result<()> {
    let these = || posts::table.filter(posts::id.eq_any(ids.to_vec()));
    forget(conn, ids)?;
    on_backend!(conn, |c| diesel::insert_into(narrowed_posts::table)
        .values(these().select((posts::id, posts::audience)))
        .into_columns((narrowed_posts::post_id, narrowed_posts::audience))
        .execute(c))?;
    set(conn, ids, Audience::Members)
}

/// The posts as they are then: as they were before, as far as their authors and the community let them be read now.
fn widen(conn: &mut Conn, community: &Community, rows: Vec<Behind>) -> Result<Vec<Behind>> {
    let ids: Vec<PostId> = rows.iter().map(|row| row.id).collect();
    let kept: HashMap<PostId, Audience> = narrowed_posts::table
        .filter(narrowed_posts::post_id.eq_any(ids.clone()))
        .select((narrowed_posts::post_id, narrowed_posts::audience))
        .load::<(PostId, Audience)>(conn)?
        .into_iter()
        .collect();
    let rows: Vec<Behind> = rows
        .into_iter()
        .map(|row| Behind {
            audience: again(community, &row, kept.get(&row.id).copied()),
            ..row
        })
        .collect();
    for audience in [Audience::Public, Audience::Node] {
        let of_it: Vec<PostId> = rows
            .iter()
            .filter(|row| row.audience == audience)
            .map(|row| row.id)
            .collect();
        set(conn, &of_it, audience)?;
    }
    forget(conn, &ids)?;
    Ok(rows)
}

/// Who may read a post again: what was kept, or what its author and the community say now if that is less.
fn again(community: &Community, row: &Behind, kept: Option<Audience>) -> Audience {
    let boundary = row.boundary.min(community.boundary);
    let most = viewer::audience(row.visibility, boundary, Some(community.reach()));
    match (kept.unwrap_or(Audience::Public), most) {
        (Audience::Public, Audience::Public) => Audience::Public,
        (Audience::Public | Audience::Node, Audience::Public | Audience::Node) => Audience::Node,
        _ => Audience::Members,
    }
}

fn set(conn: &mut Conn, ids: &[PostId], audience: Audience) -> Result<()> {
    diesel::update(posts::table.filter(posts::id.eq_any(ids.to_vec())))
        .set((posts::audience.eq(audience), posts::rev.eq(posts::rev + 1)))
        .execute(conn)?;
    Ok(())
}

fn forget(conn: &mut Conn, ids: &[PostId]) -> Result<()> {
    let these = narrowed_posts::table.filter(narrowed_posts::post_id.eq_any(ids.to_vec()));
    diesel::delete(these).execute(conn)?;
    Ok(())
}

/// Takes what everybody may read of some posts out of the counts that everybody sees, or puts it in again.
fn count(conn: &mut Conn, community: &Community, rows: &[Behind], sign: i32) -> Result<()> {
    let mut counts: BTreeMap<AccountId, i32> = BTreeMap::new();
    let told = rows
        .iter()
        .filter(|row| row.audience == Audience::Public && !row.held && row.deleted_at.is_none());
    for row in told {
        *counts.entry(row.author).or_default() += sign;
        if row.announce.is_some() {
            *counts.entry(community.account_id).or_default() += sign;
        }
    }
    for (account, number) in counts {
        accounts::bump_posts(conn, account, number, None)?;
    }
    Ok(())
}
