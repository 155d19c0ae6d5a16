//! Private keys of the actors of this node.

use diesel::prelude::*;

use super::conn::{Conn, on_backend};
use super::schema::{accounts, actor_keys};
use crate::error::Result;
use crate::model::ids::AccountId;

/// The private RSA key of an actor and its key id; `None` until one was made.
pub fn find_rsa(conn: &mut Conn, account: AccountId) -> Result<Option<(String, String)>> {
    let found: Option<(Option<String>, Option<String>)> = actor_keys::table
        .inner_join(accounts::table.on(accounts::id.eq(actor_keys::account_id)))
        .filter(actor_keys::account_id.eq(account))
        .select((actor_keys::rsa_pem, accounts::public_key_id))
        .first(conn)
        .optional()?;
    Ok(found.and_then(|(pem, id)| Some((pem?, id?))))
}

/// New key material of an actor.
#[derive(Debug, Clone, Copy)]
pub struct NewKeys<'a> {
    /// Private RSA key, PKCS#8 PEM.
    pub rsa_pem: &'a str,
    /// Public RSA key, SPKI PEM.
    pub public_pem: &'a str,
    /// Private Ed25519 key, PKCS#8 PEM; kept only where the actor has none.
    pub ed25519_pem: &'a str,
    /// Its public half as multibase.
    pub ed25519_public: &'a str,
}

/// Keeps an RSA key pair, unless somebody was faster.
pub fn put_rsa(conn: &mut Conn, account: AccountId, keys: &NewKeys<'_>) -> Result<()> {
    let added = on_backend!(conn, |c| diesel::insert_into(actor_keys::table)
        .values((
            actor_keys::account_id.eq(account),
            actor_keys::ed25519_pem.eq(keys.ed25519_pem)
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    if added == 1 {
        diesel::update(accounts::table.find(account))
            .set(accounts::ed25519_key.eq(keys.ed25519_public))
            .execute(conn)?;
    }
    let without = actor_keys::table.filter(
        actor_keys::account_id
            .eq(account)
            .and(actor_keys::rsa_pem.is_null()),
    );
    if diesel::update(without)
        .set(actor_keys::rsa_pem.eq(keys.rsa_pem))
        .execute(conn)?
        == 1
    {
        let uri: String = accounts::table
            .find(account)
            .select(accounts::uri)
            .first(conn)?;
        diesel::update(accounts::table.find(account))
            .set((
                accounts::public_key_id.eq(format!("{uri}#main-key")),
                accounts::public_key_pem.eq(keys.public_pem),
                accounts::rev.eq(accounts::rev + 1),
            ))
            .execute(conn)?;
    }
    Ok(())
}
