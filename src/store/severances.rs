//! What people are told of follows that a block or a suspension cut: how many, counted when it happened.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::dialect::among::among;
use super::schema::{accounts, follows, severances, users};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::time::Time;
use crate::model::words::{FollowState, SeveranceKind};

/// What one person lost by one block or suspension.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = severances, check_for_backend(MultiBackend))]
pub struct Severance {
    /// Its id.
    pub id: i64,
    /// Whose follows.
    pub account_id: AccountId,
    /// The block or suspension; the same for everybody whom it concerns.
    pub cause_id: i64,
    /// What it was.
    pub kind: SeveranceKind,
    /// The domain or handle that is out of reach.
    pub target_name: String,
    /// Followers there.
    pub followers_count: i64,
    /// Followed there.
    pub following_count: i64,
    /// When.
    pub created_at: Time,
}

/// Adds one; `false` where the person has been told of the same cause.
pub fn insert(conn: &mut Conn, row: &Severance) -> Result<bool> {
    let added = on_backend!(conn, |c| diesel::insert_into(severances::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// One by id.
pub fn find(conn: &mut Conn, id: i64) -> Result<Option<Severance>> {
    Ok(severances::table
        .find(id)
        .select(Severance::as_select())
        .first(conn)
        .optional()?)
}

/// Several by id, in no order.
pub fn list_by_ids(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Severance>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(severances::table
        .filter(among(conn, severances::id, ids.iter().copied()))
        .select(Severance::as_select())
        .load(conn)?)
}

/// On which side the follows end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum There {
    /// Everybody on a node.
    Node(String),
    /// One account.
    Account(AccountId),
}

/// How much somebody of this node loses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loss {
    /// Who.
    pub account: AccountId,
    /// Followers.
    pub followers: i64,
    /// Followed.
    pub following: i64,
}

/// Agreed follows between people of this node, the first of whom has this id, and somebody elsewhere, by person.
macro_rules! counted {
    ($conn:expr, $person:ident, $other:ident, $range:expr, $limit:expr, $there:expr) => {
        follows::table
            .inner_join(accounts::table.on(accounts::id.eq(follows::$other)))
            .inner_join(users::table.on(users::account_id.eq(follows::$person)))
            .filter(follows::state.eq(FollowState::Accepted))
            .filter(follows::$person.ge($range.0))
            .filter(follows::$person.le($range.1))
            .filter($there)
            .group_by(follows::$person)
            .order(follows::$person.asc())
            .select((follows::$person, count_star()))
            .limit($limit)
            .load::<(AccountId, i64)>($conn)?
    };
}

/// Whom of this node it concerns that somebody is out of reach: those with ids in a range, in their order, some of them;
/// and whether there may be more.
pub fn list_losses(
    conn: &mut Conn,
    there: &There,
    range: (AccountId, AccountId),
    limit: i64,
) -> Result<(Vec<Loss>, bool)> {
    let (following, followers) = match there {
        There::Node(domain) => (
            counted!(
                conn,
                follower_id,
                target_id,
                range,
                limit,
                accounts::domain.eq(domain)
            ),
            counted!(
                conn,
                target_id,
                follower_id,
                range,
                limit,
                accounts::domain.eq(domain)
            ),
        ),
        There::Account(id) => (
            counted!(
                conn,
                follower_id,
                target_id,
                range,
                limit,
                accounts::id.eq(*id)
            ),
            counted!(
                conn,
                target_id,
                follower_id,
                range,
                limit,
                accounts::id.eq(*id)
            ),
        ),
    };
    let full = |rows: &[_]| i64::try_from(rows.len()).is_ok_and(|count| count >= limit);
    let more = full(&following) || full(&followers);
    Ok((merged(&following, &followers, limit), more))
}

/// Both directions by person. Where a list was cut off, nothing is known of those behind its end in that direction: they
/// come with the next part.
fn merged(following: &[(AccountId, i64)], followers: &[(AccountId, i64)], limit: i64) -> Vec<Loss> {
    let end = |rows: &[(AccountId, i64)]| {
        let full = i64::try_from(rows.len()).is_ok_and(|count| count >= limit);
        rows.last().filter(|_| full).map(|(id, _)| *id)
    };
    let ends = [end(following), end(followers)];
    let known = |id: AccountId| ends.iter().flatten().all(|end| id <= *end);
    let mut people: Vec<AccountId> = following.iter().chain(followers).map(|row| row.0).collect();
    people.sort_unstable();
    people.dedup();
    let of = |rows: &[(AccountId, i64)], id| {
        let row = rows.iter().find(|row| row.0 == id);
        row.map_or(0, |row| row.1)
    };
    people
        .into_iter()
        .filter(|id| known(*id))
        .map(|account| Loss {
            account,
            followers: of(followers, account),
            following: of(following, account),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(of: &[(i64, i64)]) -> Vec<(AccountId, i64)> {
        of.iter().map(|row| (AccountId(row.0), row.1)).collect()
    }

    fn plain(losses: &[Loss]) -> Vec<(i64, i64, i64)> {
        let one = |loss: &Loss| (loss.account.0, loss.following, loss.followers);
        losses.iter().map(one).collect()
    }

    #[test]
    fn nobody_is_counted_by_half() {
        let following = rows(&[(1, 2), (4, 1), (9, 3)]);
        let followers = rows(&[(4, 5), (7, 1)]);
        let all = merged(&following, &followers, 10);
        assert_eq!(plain(&all), [(1, 2, 0), (4, 1, 5), (7, 0, 1), (9, 3, 0)]);
        // The second list is cut off at 7: of 9 it is not known how many follow.
        let some = merged(&following, &followers, 2);
        assert_eq!(plain(&some), [(1, 2, 0), (4, 1, 5), (7, 0, 1)]);
        assert!(merged(&[], &[], 2).is_empty());
    }
}
