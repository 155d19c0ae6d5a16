//! Actors of this node and of others: people, communities, the node itself.

use std::collections::HashMap;

use diesel::prelude::*;

use super::conn::{Conn, MultiBackend, on_backend};
use super::dialect::among::among;
use super::schema::{accounts, actor_keys, follows};
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::text::handles::Handle;
use crate::model::time::Time;
use crate::model::words::{AccountState, ActorKind, FollowState};

/// An actor as stored.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts, check_for_backend(MultiBackend))]
pub struct Account {
    /// Its id here.
    pub id: AccountId,
    /// Person, community, …
    pub kind: ActorKind,
    /// The name in its handle, as written by its node.
    pub name: String,
    /// The name in lower case: what handles are compared by.
    pub name_key: String,
    /// Authority of its node; empty for this node.
    pub domain: String,
    /// ActivityPub id.
    pub uri: String,
    /// Address of the page.
    pub url: String,
    /// Name shown to people, or a community's title.
    pub display_name: String,
    /// Note as typed.
    pub note_source: String,
    /// Note, sanitised.
    pub note_html: String,
    /// Profile fields: JSON list of `{name, value}` (value sanitised HTML).
    pub fields: String,
    /// File name in the media store, or address for others.
    pub avatar: Option<String>,
    /// Same for the header.
    pub header: Option<String>,
    /// Where it receives.
    pub inbox_url: String,
    /// Where its whole node receives.
    pub shared_inbox_url: Option<String>,
    /// Collection of its followers.
    pub followers_url: Option<String>,
    /// Collection of its stewards (communities).
    pub moderators_url: Option<String>,
    /// Id of its RSA key; absent until one is made or fetched.
    pub public_key_id: Option<String>,
    /// The key itself, PEM.
    pub public_key_pem: Option<String>,
    /// Ed25519 key as multibase Multikey (FEP-521a).
    pub ed25519_key: Option<String>,
    /// Whether follows wait for a decision.
    pub locked: bool,
    /// Whether it is a program.
    pub bot: bool,
    /// Whether it may be suggested.
    pub discoverable: bool,
    /// Whether its public posts may be searched (FEP-5feb).
    pub indexable: bool,
    /// Whether it still acts.
    pub state: AccountState,
    /// Agreed followers.
    pub followers_count: i32,
    /// Whom it follows, agreed.
    pub following_count: i32,
    /// Posts and boosts that everybody may read.
    pub posts_count: i32,
    /// When it last posted.
    pub last_post_at: Option<Time>,
    /// Grows with every change: part of cache keys.
    pub rev: i32,
    /// Since when it is known.
    pub created_at: Time,
    /// When it was last fetched; absent for our own.
    pub fetched_at: Option<Time>,
}

impl Account {
    /// Whether it belongs to this node.
    pub fn is_local(&self) -> bool {
        self.domain.is_empty()
    }

    /// `name`, or `name@domain` for others.
    pub fn acct(&self) -> String {
        if self.is_local() {
            self.name.clone()
        } else {
            format!("{}@{}", self.name, self.domain)
        }
    }

    /// Whether it is a community.
    pub fn is_group(&self) -> bool {
        self.kind == ActorKind::Group
    }

    /// The name to show: the display name, else the handle's.
    pub fn shown_name(&self) -> &str {
        if self.display_name.is_empty() {
            &self.name
        } else {
            &self.display_name
        }
    }

    /// A new actor of this node with everything that follows from its name. `path` is `users` or `c`.
    pub fn local(id: AccountId, kind: ActorKind, name: &str, base_url: &str, now: Time) -> Self {
        let uri = match kind {
            ActorKind::Group => format!("{base_url}/c/{name}"),
            _ => format!("{base_url}/users/{name}"),
        };
        let url = if kind == ActorKind::Group {
            uri.clone()
        } else {
            format!("{base_url}/@{name}")
        };
        Self {
            id,
            kind,
            name: name.to_owned(),
            name_key: name.to_lowercase(),
            domain: String::new(),
            url,
            display_name: String::new(),
            note_source: String::new(),
            note_html: String::new(),
            fields: "[]".into(),
            avatar: None,
            header: None,
            inbox_url: format!("{uri}/inbox"),
            shared_inbox_url: Some(format!("{base_url}/inbox")),
            followers_url: Some(format!("{uri}/followers")),
            moderators_url: (kind == ActorKind::Group).then(|| format!("{uri}/moderators")),
            public_key_id: None,
            public_key_pem: None,
            ed25519_key: None,
            locked: false,
            bot: false,
            discoverable: true,
            indexable: false,
            state: AccountState::Active,
            followers_count: 0,
            following_count: 0,
            posts_count: 0,
            last_post_at: None,
            rev: 0,
            created_at: now,
            fetched_at: None,
            uri,
        }
    }
}

/// Adds an actor; `false` where its handle or address is taken.
pub fn insert(conn: &mut Conn, account: &Account) -> Result<bool> {
    let added = on_backend!(conn, |c| diesel::insert_into(accounts::table)
        .values(account)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// Keeps the private keys of a local actor. The RSA key may be made later.
pub fn insert_keys(
    conn: &mut Conn,
    account: AccountId,
    ed25519_pem: &str,
    rsa_pem: Option<&str>,
) -> Result<()> {
    diesel::insert_into(actor_keys::table)
        .values((
            actor_keys::account_id.eq(account),
            actor_keys::ed25519_pem.eq(ed25519_pem),
            actor_keys::rsa_pem.eq(rsa_pem),
        ))
        .execute(conn)?;
    Ok(())
}

/// The private Ed25519 key (PKCS #8 PEM) of a local actor.
pub fn find_ed25519_pem(conn: &mut Conn, account: AccountId) -> Result<Option<String>> {
    Ok(actor_keys::table
        .find(account)
        .select(actor_keys::ed25519_pem)
        .first(conn)
        .optional()?)
}

/// An actor by id, deleted ones included.
pub fn find(conn: &mut Conn, id: AccountId) -> Result<Option<Account>> {
    Ok(on_backend!(conn, |c| accounts::table
        .find(id)
        .select(Account::as_select())
        .first(c)
        .optional())?)
}

/// An actor by id.
pub fn get(conn: &mut Conn, id: AccountId) -> Result<Account> {
    find(conn, id)?.ok_or(Error::NotFound)
}

/// Several actors by id.
pub fn map(conn: &mut Conn, ids: &[AccountId]) -> Result<HashMap<AccountId, Account>> {
    let rows: Vec<Account> = accounts::table
        .filter(among(conn, accounts::id, ids.iter().copied()))
        .select(Account::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Several actors by id, in the order of the ids.
pub fn list(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<Account>> {
    let mut found = map(conn, ids)?;
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// An actor by its ActivityPub id. Whoever was not admitted yet is absent.
pub fn find_by_uri(conn: &mut Conn, uri: &str) -> Result<Option<Account>> {
    Ok(accounts::table
        .filter(
            accounts::uri
                .eq(uri)
                .and(accounts::state.ne(AccountState::Pending)),
        )
        .select(Account::as_select())
        .first(conn)
        .optional()?)
}

/// An actor by handle; the domain is empty for this node. Whoever was not admitted yet is absent.
pub fn find_by_handle(conn: &mut Conn, handle: &Handle) -> Result<Option<Account>> {
    Ok(accounts::table
        .filter(
            accounts::name_key
                .eq(handle.name_key())
                .and(accounts::domain.eq(&handle.domain)),
        )
        .filter(accounts::state.ne(AccountState::Pending))
        .select(Account::as_select())
        .first(conn)
        .optional()?)
}

/// A person or community of this node by name.
pub fn find_local(conn: &mut Conn, name: &str) -> Result<Option<Account>> {
    find_by_handle(
        conn,
        &Handle {
            name: name.to_owned(),
            domain: String::new(),
        },
    )
}

/// Somebody who asked for an account here and was not admitted yet, by name.
pub fn find_applicant(conn: &mut Conn, name: &str) -> Result<Option<Account>> {
    Ok(accounts::table
        .filter(
            accounts::name_key
                .eq(name.trim().to_lowercase())
                .and(accounts::domain.eq("")),
        )
        .filter(accounts::state.eq(AccountState::Pending))
        .select(Account::as_select())
        .first(conn)
        .optional()?)
}

/// Removes an account that never acted, with everything of it. One that acted keeps its row as a tombstone instead.
pub fn delete_applicant(conn: &mut Conn, id: AccountId) -> Result<()> {
    diesel::delete(
        accounts::table
            .find(id)
            .filter(accounts::state.eq(AccountState::Pending)),
    )
    .execute(conn)?;
    Ok(())
}

/// Changes the counts of an actor by these amounts, and its revision.
pub fn bump_counts(conn: &mut Conn, id: AccountId, followers: i32, following: i32) -> Result<()> {
    diesel::update(accounts::table.find(id))
        .set((
            accounts::followers_count.eq(accounts::followers_count + followers),
            accounts::following_count.eq(accounts::following_count + following),
            accounts::rev.eq(accounts::rev + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes that an actor posted (or, with -1, that a post went).
pub fn bump_posts(conn: &mut Conn, id: AccountId, posts: i32, at: Option<Time>) -> Result<()> {
    let target = accounts::table.find(id);
    let counts = (
        accounts::posts_count.eq(accounts::posts_count + posts),
        accounts::rev.eq(accounts::rev + 1),
    );
    match at {
        Some(at) => {
            diesel::update(target)
                .set((counts.0, counts.1, accounts::last_post_at.eq(at)))
                .execute(conn)?;
        }
        None => {
            diesel::update(target).set(counts).execute(conn)?;
        }
    }
    Ok(())
}

/// What a profile shows and its owner may change.
#[derive(Debug, Clone, AsChangeset)]
#[diesel(table_name = accounts)]
pub struct Profile {
    /// Name shown to people.
    pub display_name: String,
    /// Note as typed.
    pub note_source: String,
    /// Note, rendered.
    pub note_html: String,
    /// Profile fields, JSON.
    pub fields: String,
    /// Whether follows wait for a decision.
    pub locked: bool,
    /// Whether it is a program.
    pub bot: bool,
    /// Whether it may be suggested.
    pub discoverable: bool,
    /// Whether its posts may be searched elsewhere.
    pub indexable: bool,
    /// File in the media store.
    #[diesel(treat_none_as_null = true)]
    pub avatar: Option<String>,
    /// File in the media store.
    #[diesel(treat_none_as_null = true)]
    pub header: Option<String>,
}

/// Writes a profile.
pub fn update_profile(conn: &mut Conn, id: AccountId, profile: &Profile) -> Result<()> {
    diesel::update(accounts::table.find(id))
        .set((profile, accounts::rev.eq(accounts::rev + 1)))
        .execute(conn)?;
    Ok(())
}

/// Sets whether an actor still acts. One that ended stays so, whatever was decided about it at the same time.
pub fn set_state(conn: &mut Conn, id: AccountId, state: AccountState) -> Result<()> {
    diesel::update(accounts::table.find(id))
        .filter(accounts::state.ne(AccountState::Deleted))
        .set((
            accounts::state.eq(state),
            accounts::rev.eq(accounts::rev + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Revisions of several actors.
pub fn list_revs(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<(AccountId, i32)>> {
    let query = accounts::table
        .filter(among(conn, accounts::id, ids.iter().copied()))
        .select((accounts::id, accounts::rev));
    Ok(on_backend!(conn, |c| query.load(c))?)
}

/// The pattern for texts that begin like this one; wildcards in it are letters.
pub(super) fn beginning(text: &str) -> String {
    format!(
        "{}%",
        text.replace('!', "!!")
            .replace('%', "!%")
            .replace('_', "!_")
    )
}

/// Actors whose handle or shown name begins with a text, people of this node first. `followed_by` keeps only those whom
/// somebody follows.
pub fn search(
    conn: &mut Conn,
    text: &str,
    domain: Option<&str>,
    followed_by: Option<AccountId>,
    limit: i64,
    offset: i64,
) -> Result<Vec<AccountId>> {
    let name = beginning(&text.to_lowercase());
    let mut query = accounts::table
        .filter(
            accounts::state
                .eq(AccountState::Active)
                .and(accounts::kind.ne(ActorKind::Application)),
        )
        .select(accounts::id)
        .order((
            accounts::domain.asc(),
            accounts::name_key.asc(),
            accounts::id.asc(),
        ))
        .limit(limit)
        .offset(offset)
        .into_boxed::<MultiBackend>();
    query = match domain {
        Some(domain) => query
            .filter(accounts::name_key.like(name).escape('!'))
            .filter(
                accounts::domain
                    .like(beginning(&domain.to_lowercase()))
                    .escape('!'),
            ),
        None => query.filter(
            accounts::name_key
                .like(name)
                .escape('!')
                .or(accounts::display_name.like(beginning(text)).escape('!')),
        ),
    };
    if let Some(me) = followed_by {
        let followed = follows::table
            .filter(
                follows::follower_id
                    .eq(me)
                    .and(follows::state.eq(FollowState::Accepted)),
            )
            .select(follows::target_id);
        query = query.filter(accounts::id.eq_any(followed));
    }
    Ok(query.load(conn)?)
}

/// People of this node that may be suggested, the most recently active (or the newest) first.
pub fn directory(
    conn: &mut Conn,
    newest: bool,
    local: bool,
    limit: i64,
    offset: i64,
) -> Result<Vec<AccountId>> {
    let mut query = accounts::table
        .filter(
            accounts::state
                .eq(AccountState::Active)
                .and(accounts::kind.eq(ActorKind::Person)),
        )
        .filter(accounts::discoverable.eq(true))
        .select(accounts::id)
        .limit(limit)
        .offset(offset)
        .into_boxed::<MultiBackend>();
    if local {
        query = query.filter(accounts::domain.eq(""));
    }
    if newest {
        return Ok(query.order(accounts::id.desc()).load(conn)?);
    }
    Ok(query
        .order((accounts::posts_count.desc(), accounts::id.desc()))
        .load(conn)?)
}
