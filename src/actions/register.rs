//! Somebody gets an account on this node.

use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::names::{LINE_MAX, check_email, check_name, clean_line};
use crate::model::refusal::Refusal;
use crate::model::words::{AccountState, ActorKind, QuotePolicy, Role, UserState, Visibility};
use crate::secrets::{ActorKey, PASSWORD_MAX, PASSWORD_MIN};
use crate::store::accounts::{self, Account};
use crate::store::db::Tx;
use crate::store::users::{self, User, claim_key, email_key};

/// Who comes, checked by [`register`].
#[derive(Clone)]
#[allow(
    missing_debug_implementations,
    reason = "holds a password hash and a key"
)]
pub struct Newcomer {
    /// Name of the account.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Hash of the password, made before the transaction.
    pub password_hash: Option<String>,
    /// Name to show; may be empty.
    pub display_name: String,
    /// Role on the node.
    pub role: Role,
    /// Whether the person may sign in at once.
    pub state: UserState,
    /// Language of pages; may be empty.
    pub locale: String,
    /// Department; may be empty.
    pub unit: String,
    /// Level in the hierarchy, 1 to 4.
    pub level: Option<i16>,
    /// Who invited the person.
    pub invited_by: Option<AccountId>,
    /// What the person wrote when applying.
    pub reason: String,
    /// Whether the address is known to be the person's.
    pub confirmed: bool,
    /// Whether the address is known to be another person's: the account is made all the same, and does not get it.
    pub claims_address: bool,
    /// Key of the account, made before the transaction.
    pub key: ActorKey,
}

impl Newcomer {
    /// Somebody with a name, an address and a password, all else as it is by default.
    ///
    /// # Errors
    /// `Internal` where no key can be made.
    pub fn new(name: &str, email: &str, password_hash: Option<String>) -> Result<Self> {
        Ok(Self {
            name: name.trim().to_owned(),
            email: email.trim().to_owned(),
            password_hash,
            display_name: String::new(),
            role: Role::Member,
            state: UserState::Active,
            locale: String::new(),
            unit: String::new(),
            level: None,
            invited_by: None,
            reason: String::new(),
            confirmed: true,
            claims_address: false,
            key: ActorKey::generate()?,
        })
    }
}

/// Whether a password is good enough: 12 to 256 characters.
///
/// # Errors
/// `Blank`, `TooShort` or `TooLong`.
pub fn check_password(password: &str) -> std::result::Result<(), Refusal> {
    match password.chars().count() {
        0 => Err(Refusal::Blank),
        n if n < PASSWORD_MIN => Err(Refusal::TooShort(PASSWORD_MIN)),
        n if n > PASSWORD_MAX => Err(Refusal::TooLong(PASSWORD_MAX)),
        _ => Ok(()),
    }
}

/// The address that is kept of somebody, and its key. Whoever is in with another's has none: nothing may go there.
fn address(newcomer: &Newcomer, id: AccountId) -> (String, String) {
    let email = newcomer.email.clone();
    if !newcomer.claims_address {
        let key = email_key(&email);
        return (email, key);
    }
    let key = claim_key(&email, id);
    let waits = newcomer.state == UserState::Pending;
    (if waits { email } else { String::new() }, key)
}

/// Makes the account. `base_url` is the node's public address without trailing slash.
///
/// # Errors
/// `Invalid` naming `username` or `email`.
pub fn register(tx: &mut Tx<'_>, base_url: &str, newcomer: &Newcomer) -> Result<Account> {
    check_name(&newcomer.name, newcomer.role).map_err(|why| Error::invalid("username", why))?;
    check_email(&newcomer.email).map_err(|why| Error::invalid("email", why))?;
    if accounts::find_local(tx, &newcomer.name)?.is_some() {
        return Err(Error::invalid("username", Refusal::Taken));
    }
    if !newcomer.claims_address && users::find_by_email(tx, &newcomer.email)?.is_some() {
        return Err(Error::invalid("email", Refusal::Taken));
    }
    let (id, now) = (AccountId(tx.new_id()), tx.now());
    let mut account = Account::local(id, ActorKind::Person, &newcomer.name, base_url, now);
    account.display_name = clean_line(&newcomer.display_name, LINE_MAX);
    if newcomer.state == UserState::Pending {
        account.state = AccountState::Pending;
    }
    account.ed25519_key = Some(newcomer.key.multikey.clone());
    if !accounts::insert(tx, &account)? {
        return Err(Error::invalid("username", Refusal::Taken));
    }
    accounts::insert_keys(tx, id, &newcomer.key.pem, None)?;
    let (email, email_key) = address(newcomer, id);
    let user = User {
        account_id: id,
        email,
        email_key,
        password_hash: newcomer.password_hash.clone(),
        role: newcomer.role,
        locale: newcomer.locale.clone(),
        unit: newcomer.unit.clone(),
        level: newcomer.level,
        state: newcomer.state,
        default_visibility: Visibility::Public,
        default_sensitive: false,
        default_language: None,
        email_confirmed_at: newcomer.confirmed.then_some(now),
        invited_by: newcomer.invited_by,
        reason: newcomer.reason.clone(),
        created_at: now,
        seen_at: None,
        hide_collections: false,
        attribution_domains: "[]".into(),
        default_quote_policy: QuotePolicy::Public,
        disabled_at: None,
    };
    if !users::insert(tx, &user)? {
        return Err(Error::invalid("email", Refusal::Taken));
    }
    Ok(account)
}
