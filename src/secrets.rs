//! Passwords, tokens, codes and keys: making them, and comparing them. At rest lie Argon2id hashes of passwords and
//! SHA-256 hashes of what is random anyway; nothing in here is ever logged.

mod vapid;

use std::sync::LazyLock;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use rand::RngCore;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

pub use vapid::VapidKey;

use crate::error::{Error, Result};

/// Hashing needs 19 MiB and tens of milliseconds each: no more than two at once, however many sign in.
static HASHING: Semaphore = Semaphore::const_new(2);

/// Compared against where there is no such user, so that the time tells nothing.
static DUMMY: LazyLock<String> =
    LazyLock::new(|| hash_now("a password that nobody has").unwrap_or_default());

/// Shortest password, in characters.
pub const PASSWORD_MIN: usize = 12;
/// Longest password, in characters.
pub const PASSWORD_MAX: usize = 256;

/// Argon2id with the floor that OWASP names: 19 MiB, two passes, one lane.
fn argon() -> Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, Some(32)).map_err(Error::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn normalized(password: &str) -> String {
    password.nfc().collect()
}

fn hash_now(password: &str) -> Result<String> {
    let salt = SaltString::generate(&mut OsRng);
    let hash = argon()?
        .hash_password(normalized(password).as_bytes(), &salt)
        .map_err(Error::internal)?;
    Ok(hash.to_string())
}

fn verify_now(password: &str, hash: &str) -> bool {
    let (Ok(argon), Ok(parsed)) = (argon(), PasswordHash::new(hash)) else {
        return false;
    };
    argon
        .verify_password(normalized(password).as_bytes(), &parsed)
        .is_ok()
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _turn = HASHING.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Error::internal)
}

/// The hash of a password as it is kept, a PHC string.
///
/// # Errors
/// `Internal` where hashing is not possible.
pub async fn hash_password(password: &str) -> Result<String> {
    let password = password.to_owned();
    blocking(move || hash_now(&password)).await?
}

/// Whether a password fits. Without a hash (no such user, or one without password) it takes as long and says no.
///
/// # Errors
/// `Internal` where hashing is not possible.
pub async fn verify_password(password: &str, hash: Option<String>) -> Result<bool> {
    let password = password.to_owned();
    blocking(move || {
        let known = hash.is_some();
        let fits = verify_now(&password, hash.as_ref().unwrap_or(&DUMMY));
        known && fits
    })
    .await
}

/// 256 random bits as text: tokens, codes, cookies, client secrets.
pub fn random_token() -> String {
    let mut bytes = [0; 32];
    OsRng.fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is kept of a token: its SHA-256, base64url.
pub fn hash_token(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

/// The token for the forms of a session (or of a visitor with a form cookie): follows from the cookie, cannot be
/// turned back into it.
pub fn form_token(cookie: &str) -> String {
    hash_token(&format!("cordee form {cookie}"))
}

/// Whether two secrets are the same, in constant time.
pub fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// The Ed25519 key of a new actor.
#[derive(Clone)]
#[allow(
    missing_debug_implementations,
    reason = "a private key is not for printing"
)]
pub struct ActorKey {
    /// Private key, PKCS #8 PEM.
    pub pem: String,
    /// Public key as multibase Multikey (FEP-521a).
    pub multikey: String,
}

impl ActorKey {
    /// A new key.
    ///
    /// # Errors
    /// `Internal` where it cannot be written down.
    pub fn generate() -> Result<Self> {
        let key = SigningKey::generate(&mut OsRng);
        let pem = key
            .to_pkcs8_pem(LineEnding::LF)
            .map_err(Error::internal)?
            .to_string();
        let mut bytes = vec![0xed, 0x01];
        bytes.extend(key.verifying_key().as_bytes());
        Ok(Self {
            pem,
            multikey: format!("z{}", bs58::encode(bytes).into_string()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let hash = hash_password("Überlänge ist gut").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(
            verify_password("Überlänge ist gut", Some(hash.clone()))
                .await
                .unwrap(),
            "both forms of ü are one"
        );
        assert!(!verify_password("wrong", Some(hash)).await.unwrap());
        assert!(
            !verify_password("a password that nobody has", None)
                .await
                .unwrap()
        );
        assert!(!verify_password("x", Some("no hash".into())).await.unwrap());
    }

    #[test]
    fn tokens_are_long_and_different() {
        let (one, other) = (random_token(), random_token());
        assert_eq!(one.len(), 43);
        assert_ne!(one, other);
        assert_ne!(hash_token(&one), form_token(&one));
        assert!(same(&one, &one.clone()) && !same(&one, &other) && !same("", &one));
    }

    #[test]
    fn an_actor_key_is_a_multikey() {
        let key = ActorKey::generate().unwrap();
        assert!(key.pem.starts_with("-----BEGIN PRIVATE KEY-----"));
        assert!(key.multikey.starts_with("z6Mk"));
    }
}
