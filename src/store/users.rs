//! People who can sign in here: what a node keeps of them besides their public account.

use diesel::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::accounts::Account;
use super::conn::{Conn, MultiBackend, on_backend};
use super::dialect::among::among;
use super::schema::{accounts, users};
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::time::Time;
use crate::model::viewer::Viewer;
use crate::model::words::{QuotePolicy, Role, UserState, Visibility};

/// A person's entry.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = users, check_for_backend(MultiBackend))]
#[allow(
    missing_debug_implementations,
    reason = "holds a password hash and an address"
)]
pub struct User {
    /// The public account.
    pub account_id: AccountId,
    /// E-mail address as written.
    pub email: String,
    /// What addresses are compared by: [`email_key`], or [`claim_key`] where the address is another person's.
    pub email_key: String,
    /// PHC string; `None`: signs in some other way.
    pub password_hash: Option<String>,
    /// Role on the node.
    pub role: Role,
    /// Chosen language (`en`, `fr`, `nl`); empty: none chosen.
    pub locale: String,
    /// Department, for figures in which nobody can be recognised.
    pub unit: String,
    /// Level in the hierarchy, 1 to 4.
    pub level: Option<i16>,
    /// Whether the person may sign in.
    pub state: UserState,
    /// Visibility of new posts.
    pub default_visibility: Visibility,
    /// Whether media of new posts are hidden at first.
    pub default_sensitive: bool,
    /// Language of new posts, ISO 639-1.
    pub default_language: Option<String>,
    /// When the address was confirmed.
    pub email_confirmed_at: Option<Time>,
    /// Who invited the person.
    pub invited_by: Option<AccountId>,
    /// What the person wrote when applying.
    pub reason: String,
    /// Since when.
    pub created_at: Time,
    /// Last sign-in or use.
    pub seen_at: Option<Time>,
    /// Whether nobody else is told whom the person follows, and by whom they are followed.
    pub hide_collections: bool,
    /// Domains whose pages may name the person as their author: JSON list of texts.
    pub attribution_domains: String,
    /// Who may quote new posts.
    pub default_quote_policy: QuotePolicy,
    /// Since when a moderator lets the person sign in no more; this holds beside a suspension and after it.
    pub disabled_at: Option<Time>,
}

impl User {
    /// The person as a reader.
    pub fn viewer(&self) -> Viewer {
        Viewer::Person {
            id: self.account_id,
            role: self.role,
        }
    }

    /// Whether the address is that of another person who was there before: this one never comes in, and nobody but whoever
    /// typed it learns of the attempt.
    pub fn claims_foreign_address(&self) -> bool {
        self.email_key != email_key(&self.email)
    }
}

/// What e-mail addresses are compared by.
pub fn email_key(email: &str) -> String {
    email.trim().nfkc().flat_map(char::to_lowercase).collect()
}

/// The key of somebody who typed an address that is another's. No address has a space in it.
pub fn claim_key(email: &str, id: AccountId) -> String {
    format!("{} {id}", email_key(email))
}

/// Adds a person; `false` where the address is taken.
pub fn insert(conn: &mut Conn, user: &User) -> Result<bool> {
    let added = on_backend!(conn, |c| diesel::insert_into(users::table)
        .values(user)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// A person by account.
pub fn find(conn: &mut Conn, id: AccountId) -> Result<Option<User>> {
    Ok(on_backend!(conn, |c| users::table
        .find(id)
        .select(User::as_select())
        .first(c)
        .optional())?)
}

/// A person by account.
pub fn get(conn: &mut Conn, id: AccountId) -> Result<User> {
    find(conn, id)?.ok_or(Error::NotFound)
}

/// A person by e-mail address.
pub fn find_by_email(conn: &mut Conn, email: &str) -> Result<Option<User>> {
    Ok(users::table
        .filter(users::email_key.eq(email_key(email)))
        .select(User::as_select())
        .first(conn)
        .optional()?)
}

/// A person by the name of the account.
pub fn find_by_name(conn: &mut Conn, name: &str) -> Result<Option<User>> {
    Ok(users::table
        .inner_join(accounts::table.on(accounts::id.eq(users::account_id)))
        .filter(
            accounts::name_key
                .eq(name.trim().to_lowercase())
                .and(accounts::domain.eq("")),
        )
        .select(User::as_select())
        .first(conn)
        .optional()?)
}

/// Everybody who has an entry here, by account id.
pub fn list(conn: &mut Conn, after: AccountId, limit: i64) -> Result<Vec<(User, Account)>> {
    Ok(users::table
        .inner_join(accounts::table.on(accounts::id.eq(users::account_id)))
        .filter(users::account_id.gt(after))
        .order(users::account_id.asc())
        .limit(limit)
        .select((User::as_select(), Account::as_select()))
        .load(conn)?)
}

/// People who wait to be admitted by somebody, in the order in which they came. Those who wait for their own
/// confirmation gave no reason and are not among them; nor are those who typed another's address.
pub fn list_applicants(conn: &mut Conn, limit: i64) -> Result<Vec<(User, Account)>> {
    Ok(users::table
        .inner_join(accounts::table.on(accounts::id.eq(users::account_id)))
        .filter(users::state.eq(UserState::Pending))
        .filter(users::reason.ne(""))
        .filter(users::email_key.not_like("% %"))
        .order(users::account_id.asc())
        .limit(limit)
        .select((User::as_select(), Account::as_select()))
        .load(conn)?)
}

/// People who came before a time and never confirmed their address, or typed another's.
pub fn list_unconfirmed(conn: &mut Conn, before: Time, limit: i64) -> Result<Vec<AccountId>> {
    Ok(users::table
        .filter(users::state.eq(UserState::Pending))
        .filter(users::reason.eq("").or(users::email_key.like("% %")))
        .filter(users::created_at.lt(before))
        .order(users::account_id.asc())
        .limit(limit)
        .select(users::account_id)
        .load(conn)?)
}

/// Writes another address of mail; `key` is what it is compared by.
pub fn set_email(conn: &mut Conn, id: AccountId, email: &str, key: &str) -> Result<()> {
    diesel::update(users::table.find(id))
        .set((users::email.eq(email), users::email_key.eq(key)))
        .execute(conn)?;
    Ok(())
}

/// Notes that the address of mail is the person's.
pub fn set_confirmed(conn: &mut Conn, id: AccountId, at: Time) -> Result<()> {
    diesel::update(users::table.find(id))
        .set(users::email_confirmed_at.eq(at))
        .execute(conn)?;
    Ok(())
}

/// How many people can sign in.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(users::table
        .filter(users::state.eq(UserState::Active))
        .count()
        .get_result(conn)?)
}

/// How many people with a role can sign in.
pub fn count_role(conn: &mut Conn, role: Role) -> Result<i64> {
    Ok(users::table
        .filter(users::state.eq(UserState::Active).and(users::role.eq(role)))
        .count()
        .get_result(conn)?)
}

/// How many people were here since a time.
pub fn count_seen_since(conn: &mut Conn, since: Time) -> Result<i64> {
    Ok(users::table
        .filter(
            users::state
                .eq(UserState::Active)
                .and(users::seen_at.ge(since)),
        )
        .count()
        .get_result(conn)?)
}

/// What a public account shows of its person's entry: the role on the node, and whether the lists of follows are hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(MultiBackend))]
pub struct Shown {
    /// Whose.
    pub account_id: AccountId,
    /// Role on the node.
    pub role: Role,
    /// Whether nobody else is told whom the person follows, and by whom they are followed.
    pub hide_collections: bool,
}

/// What several accounts show of their people's entries.
pub fn list_shown(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<Shown>> {
    Ok(users::table
        .filter(among(conn, users::account_id, ids.iter().copied()))
        .select(Shown::as_select())
        .load(conn)?)
}

/// Who of several tells nobody whom they follow, and by whom they are followed.
pub fn list_hiding(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<AccountId>> {
    Ok(users::table
        .filter(among(conn, users::account_id, ids.iter().copied()))
        .filter(users::hide_collections.eq(true))
        .select(users::account_id)
        .load(conn)?)
}

/// Moderators and admins who can sign in.
pub fn list_moderators(conn: &mut Conn) -> Result<Vec<AccountId>> {
    Ok(users::table
        .filter(users::state.eq(UserState::Active))
        .filter(users::role.eq_any([Role::Moderator, Role::Admin]))
        .order(users::account_id.asc())
        .select(users::account_id)
        .load(conn)?)
}

/// Whether a person's lists of follows are hidden from others.
pub fn hides_collections(conn: &mut Conn, id: AccountId) -> Result<bool> {
    Ok(!list_hiding(conn, &[id])?.is_empty())
}

/// Whom to turn to: the first admin.
pub fn find_contact(conn: &mut Conn) -> Result<Option<AccountId>> {
    Ok(users::table
        .filter(
            users::state
                .eq(UserState::Active)
                .and(users::role.eq(Role::Admin)),
        )
        .order(users::account_id.asc())
        .select(users::account_id)
        .first(conn)
        .optional()?)
}

/// Forgets what is kept of a person besides the account.
pub fn delete(conn: &mut Conn, id: AccountId) -> Result<()> {
    diesel::delete(users::table.find(id)).execute(conn)?;
    Ok(())
}

/// Sets the password.
pub fn set_password(conn: &mut Conn, id: AccountId, hash: &str) -> Result<()> {
    diesel::update(users::table.find(id))
        .set(users::password_hash.eq(hash))
        .execute(conn)?;
    Ok(())
}

/// Sets the role on the node.
pub fn set_role(conn: &mut Conn, id: AccountId, role: Role) -> Result<()> {
    diesel::update(users::table.find(id))
        .set(users::role.eq(role))
        .execute(conn)?;
    Ok(())
}

/// Sets whether the person may sign in.
pub fn set_state(conn: &mut Conn, id: AccountId, state: UserState) -> Result<()> {
    diesel::update(users::table.find(id))
        .set(users::state.eq(state))
        .execute(conn)?;
    Ok(())
}

/// Sets since when the person is disabled, if at all. The state does not follow by itself.
pub fn set_disabled(conn: &mut Conn, id: AccountId, since: Option<Time>) -> Result<()> {
    diesel::update(users::table.find(id))
        .set(users::disabled_at.eq(since))
        .execute(conn)?;
    Ok(())
}

/// Notes that the person was here.
pub fn set_seen(conn: &mut Conn, id: AccountId, at: Time) -> Result<()> {
    diesel::update(users::table.find(id))
        .set(users::seen_at.eq(at))
        .execute(conn)?;
    Ok(())
}

/// What a person prefers; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = users)]
pub struct Preferences {
    /// Language of pages.
    pub locale: Option<String>,
    /// Visibility of new posts.
    pub default_visibility: Option<Visibility>,
    /// Whether media of new posts are hidden at first.
    pub default_sensitive: Option<bool>,
    /// Language of new posts; `Some(None)`: guessed.
    pub default_language: Option<Option<String>>,
    /// Whether the lists of follows are hidden from others.
    pub hide_collections: Option<bool>,
    /// Domains whose pages may name the person: JSON list of texts.
    pub attribution_domains: Option<String>,
    /// Who may quote new posts.
    pub default_quote_policy: Option<QuotePolicy>,
}

/// Writes preferences.
pub fn set_preferences(conn: &mut Conn, id: AccountId, wanted: &Preferences) -> Result<()> {
    if *wanted != Preferences::default() {
        diesel::update(users::table.find(id))
            .set(wanted)
            .execute(conn)?;
    }
    Ok(())
}
