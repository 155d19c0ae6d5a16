//! Actors of other nodes as they come in: found by key, written again whenever their document was fetched.

use diesel::prelude::*;

use super::accounts::Account;
use super::communities::{self, Community};
use super::conn::Conn;
use super::db::Tx;
use super::schema::{accounts, communities as community_rows};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::text::handles::Handle;
use crate::model::time::Time;
use crate::model::words::{
    AccountState, ActorKind, Boundary, CommunityState, JoinPolicy, Listing, PostingPolicy,
};

/// An actor by the id of its RSA key, of other nodes only.
pub fn find_by_key_id(conn: &mut Conn, key_id: &str) -> Result<Option<Account>> {
    Ok(accounts::table
        .filter(
            accounts::public_key_id
                .eq(key_id)
                .and(accounts::domain.ne("")),
        )
        .select(Account::as_select())
        .first(conn)
        .optional()?)
}

/// What another node's document says about an actor, cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteActor {
    /// Person, community, …
    pub kind: ActorKind,
    /// ActivityPub id.
    pub uri: String,
    /// Authority of its node.
    pub domain: String,
    /// The name in its handle.
    pub name: String,
    /// Address of its page.
    pub url: String,
    /// Name shown to people.
    pub display_name: String,
    /// Note, sanitised.
    pub note_html: String,
    /// Profile fields: JSON list of `{name, value}`.
    pub fields: String,
    /// Address of its picture.
    pub avatar: Option<String>,
    /// Address of its header picture.
    pub header: Option<String>,
    /// Where it receives.
    pub inbox_url: String,
    /// Where its whole node receives.
    pub shared_inbox_url: Option<String>,
    /// Collection of its followers.
    pub followers_url: Option<String>,
    /// Collection of its stewards.
    pub moderators_url: Option<String>,
    /// Id of its RSA key.
    pub public_key_id: Option<String>,
    /// The key, PEM.
    pub public_key_pem: Option<String>,
    /// Its Ed25519 key as multibase.
    pub ed25519_key: Option<String>,
    /// Whether follows wait for a decision.
    pub locked: bool,
    /// Whether it may be suggested.
    pub discoverable: bool,
    /// Whether its posts may be searched.
    pub indexable: bool,
    /// Where it says that it moved to.
    pub moved_to: Option<String>,
    /// What only communities have.
    pub community: Option<RemoteCommunity>,
}

/// What another node's document says about a community.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteCommunity {
    /// What it is for, as text.
    pub purpose: String,
    /// How far it reaches.
    pub boundary: Boundary,
    /// How one comes in.
    pub join_policy: JoinPolicy,
    /// Who may start threads.
    pub posting_policy: PostingPolicy,
}

/// Writes an actor of another node: a row per `uri`, whatever its handle. A handle that another actor holds is left to
/// that one unless it has gone; the newcomer is then known by its address only.
pub fn put(tx: &mut Tx<'_>, actor: &RemoteActor) -> Result<AccountId> {
    let now = tx.now();
    let known: Option<AccountId> = accounts::table
        .filter(accounts::uri.eq(&actor.uri))
        .select(accounts::id)
        .first(&mut **tx)
        .optional()?;
    let id = known.unwrap_or_else(|| AccountId(tx.new_id()));
    let name_key = free_name_key(tx, actor, id)?;
    if known.is_none() {
        super::accounts::insert(tx, &row(id, actor, &name_key, now))?;
    } else {
        update(tx, id, actor, &name_key, now)?;
    }
    if let Some(community) = &actor.community {
        put_community(tx, id, community, now)?;
    }
    end_move(tx, id, actor.moved_to.as_deref())?;
    Ok(id)
}

/// A move of this actor to another, that it no longer tells of itself, holds no more; those of others to it are theirs to
/// end. One is noted by its Move alone, which is checked.
fn end_move(tx: &mut Tx<'_>, id: AccountId, said: Option<&str>) -> Result<()> {
    let Some(target) = super::moves::target(tx, id)? else {
        return Ok(());
    };
    if said != Some(super::accounts::get(tx, target)?.uri.as_str()) {
        super::moves::clear_target(tx, id)?;
    }
    Ok(())
}

/// The name to compare by, or one that nobody can type where the handle is taken.
fn free_name_key(tx: &mut Tx<'_>, actor: &RemoteActor, id: AccountId) -> Result<String> {
    let handle = Handle {
        name: actor.name.clone(),
        domain: actor.domain.clone(),
    };
    let Some(holder) = super::accounts::find_by_handle(tx, &handle)? else {
        return Ok(handle.name_key());
    };
    if holder.id == id {
        return Ok(handle.name_key());
    }
    if holder.state == AccountState::Deleted {
        diesel::update(accounts::table.find(holder.id))
            .set(accounts::name_key.eq(format!("{}#{}", holder.name_key, holder.id)))
            .execute(&mut **tx)?;
        return Ok(handle.name_key());
    }
    Ok(format!("{}#{id}", handle.name_key()))
}

fn row(id: AccountId, actor: &RemoteActor, name_key: &str, now: Time) -> Account {
    Account {
        id,
        kind: actor.kind,
        name: actor.name.clone(),
        name_key: name_key.to_owned(),
        domain: actor.domain.clone(),
        uri: actor.uri.clone(),
        url: actor.url.clone(),
        display_name: actor.display_name.clone(),
        note_source: String::new(),
        note_html: actor.note_html.clone(),
        fields: actor.fields.clone(),
        avatar: actor.avatar.clone(),
        header: actor.header.clone(),
        inbox_url: actor.inbox_url.clone(),
        shared_inbox_url: actor.shared_inbox_url.clone(),
        followers_url: actor.followers_url.clone(),
        moderators_url: actor.moderators_url.clone(),
        public_key_id: actor.public_key_id.clone(),
        public_key_pem: actor.public_key_pem.clone(),
        ed25519_key: actor.ed25519_key.clone(),
        locked: actor.locked,
        bot: matches!(actor.kind, ActorKind::Application | ActorKind::Service),
        discoverable: actor.discoverable,
        indexable: actor.indexable,
        state: AccountState::Active,
        followers_count: 0,
        following_count: 0,
        posts_count: 0,
        last_post_at: None,
        rev: 0,
        created_at: now,
        fetched_at: Some(now),
    }
}

/// Rewrites what a fetch may change. Kind and handle stay; counts and state are ours.
fn update(
    tx: &mut Tx<'_>,
    id: AccountId,
    actor: &RemoteActor,
    name_key: &str,
    now: Time,
) -> Result<()> {
    diesel::update(accounts::table.find(id))
        .set((
            (
                accounts::name.eq(&actor.name),
                accounts::name_key.eq(name_key),
                accounts::url.eq(&actor.url),
                accounts::display_name.eq(&actor.display_name),
                accounts::note_html.eq(&actor.note_html),
                accounts::fields.eq(&actor.fields),
                accounts::avatar.eq(&actor.avatar),
                accounts::header.eq(&actor.header),
                accounts::inbox_url.eq(&actor.inbox_url),
                accounts::shared_inbox_url.eq(&actor.shared_inbox_url),
            ),
            (
                accounts::followers_url.eq(&actor.followers_url),
                accounts::moderators_url.eq(&actor.moderators_url),
                accounts::public_key_id.eq(&actor.public_key_id),
                accounts::public_key_pem.eq(&actor.public_key_pem),
                accounts::ed25519_key.eq(&actor.ed25519_key),
                accounts::locked.eq(actor.locked),
                accounts::discoverable.eq(actor.discoverable),
                accounts::indexable.eq(actor.indexable),
                accounts::fetched_at.eq(now),
                accounts::rev.eq(accounts::rev + 1),
            ),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

fn put_community(tx: &mut Tx<'_>, id: AccountId, said: &RemoteCommunity, now: Time) -> Result<()> {
    if communities::find(tx, id)?.is_some() {
        diesel::update(community_rows::table.find(id))
            .set((
                community_rows::purpose.eq(&said.purpose),
                community_rows::boundary.eq(said.boundary),
                community_rows::join_policy.eq(said.join_policy),
                community_rows::posting_policy.eq(said.posting_policy),
            ))
            .execute(&mut **tx)?;
        return Ok(());
    }
    communities::insert(
        tx,
        &Community {
            account_id: id,
            purpose: said.purpose.clone(),
            state: CommunityState::Active,
            boundary: said.boundary,
            visibility: Listing::Listed,
            join_policy: said.join_policy,
            posting_policy: said.posting_policy,
            members_count: 0,
            created_by: None,
            opened_at: None,
            created_at: now,
        },
    )
}
