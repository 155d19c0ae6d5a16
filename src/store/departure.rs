//! What is taken away when an account ends: bonds to others some at a time, then everything that nobody else reads.
//! Posts are buried by the action; reports, strikes and the audit stay, since they belong to the node.

use diesel::prelude::*;

use super::conn::Conn;
use super::marks::{Boost, Mark};
use super::media::Media;
use super::schema::{
    acceptances, account_limits, account_moves, account_notes, announcement_reactions,
    announcement_reads, blocks, boosts, conversations, domain_blocks, endorsements, featured_tags,
    filters, followed_tags, follows, home_entries, idempotency_keys, imports, invitations,
    list_members, lists, markers, media, memberships, mutes, notification_permissions,
    notification_policies, notifications, oauth_codes, oauth_tokens, poll_votes,
    push_subscriptions, reactions, severances, suggestion_refusals,
};
use crate::error::Result;
use crate::model::ids::AccountId;

/// Follows of an account in both directions, some of them: who and whom.
pub fn list_follows(
    conn: &mut Conn,
    account: AccountId,
    limit: i64,
) -> Result<Vec<(AccountId, AccountId)>> {
    let pair = (follows::follower_id, follows::target_id);
    let mut found: Vec<(AccountId, AccountId)> = follows::table
        .filter(follows::follower_id.eq(account))
        .order(follows::target_id.asc())
        .select(pair)
        .limit(limit)
        .load(conn)?;
    found.extend(
        follows::table
            .filter(follows::target_id.eq(account))
            .order(follows::follower_id.asc())
            .select(pair)
            .limit(limit)
            .load::<(AccountId, AccountId)>(conn)?,
    );
    Ok(found)
}

/// Communities that know of an account, whatever it is there, in the order of their ids.
pub fn list_communities(conn: &mut Conn, account: AccountId) -> Result<Vec<AccountId>> {
    Ok(memberships::table
        .filter(memberships::account_id.eq(account))
        .order(memberships::community_id.asc())
        .select(memberships::community_id)
        .load(conn)?)
}

/// Boosts by an account, some of them.
pub fn list_boosts(conn: &mut Conn, account: AccountId, limit: i64) -> Result<Vec<Boost>> {
    Ok(boosts::table
        .filter(boosts::account_id.eq(account))
        .order(boosts::id.asc())
        .limit(limit)
        .select(Boost::as_select())
        .load(conn)?)
}

/// Marks of every kind by an account, some of them.
pub fn list_marks(conn: &mut Conn, account: AccountId, limit: i64) -> Result<Vec<Mark>> {
    Ok(reactions::table
        .filter(reactions::account_id.eq(account))
        .order(reactions::id.asc())
        .limit(limit)
        .select(Mark::as_select())
        .load(conn)?)
}

/// What an account uploaded and is in no post (any more), some of it.
pub fn list_uploads(conn: &mut Conn, account: AccountId, limit: i64) -> Result<Vec<Media>> {
    Ok(media::table
        .filter(media::account_id.eq(account).and(media::post_id.is_null()))
        .order(media::id.asc())
        .limit(limit)
        .select(Media::as_select())
        .load(conn)?)
}

/// Takes away the keys by which an account comes in: sign-in codes of apps and subscriptions to push messages. Sessions
/// and tokens have their own ends.
pub fn close_doors(conn: &mut Conn, account: AccountId) -> Result<()> {
    macro_rules! forget {
        ($($table:ident),* $(,)?) => {$(
            diesel::delete($table::table.filter($table::account_id.eq(account))).execute(conn)?;
        )*};
    }
    forget!(oauth_codes, push_subscriptions);
    diesel::delete(invitations::table.filter(invitations::account_id.eq(account))).execute(conn)?;
    Ok(())
}

/// Takes away everything that an account kept for itself, and what others kept about it: lists and places in lists,
/// filters, tags, notes, blocks and mutes, notifications, feeds and reading marks. Votes lose their voter, the tallies of
/// polls stay; acceptances lose their reason, which is a text of the account, and stay.
pub fn forget_rest(conn: &mut Conn, account: AccountId) -> Result<()> {
    macro_rules! of_account {
        ($($table:ident),* $(,)?) => {$(
            diesel::delete($table::table.filter($table::account_id.eq(account))).execute(conn)?;
        )*};
    }
    of_account!(
        announcement_reactions,
        announcement_reads,
        conversations,
        domain_blocks,
        featured_tags,
        filters,
        followed_tags,
        home_entries,
        idempotency_keys,
        imports,
        list_members,
        lists,
        markers,
        notification_policies,
        // Those that were revoked, too: they say when which app was used.
        oauth_tokens,
        poll_votes,
        severances,
        account_limits,
        account_moves,
    );
    diesel::update(acceptances::table.filter(acceptances::by_id.eq(account)))
        .set(acceptances::why.eq(""))
        .execute(conn)?;
    macro_rules! both_ways {
        ($($table:ident . $other:ident),* $(,)?) => {$(
            let either = $table::account_id.eq(account).or($table::$other.eq(account));
            diesel::delete($table::table.filter(either)).execute(conn)?;
        )*};
    }
    both_ways!(
        account_notes.target_id,
        blocks.target_id,
        endorsements.target_id,
        mutes.target_id,
        notification_permissions.from_id,
        notifications.from_id,
        suggestion_refusals.target_id,
    );
    // A community of another node is gone for whoever was in it.
    diesel::delete(memberships::table.filter(memberships::community_id.eq(account)))
        .execute(conn)?;
    Ok(())
}
