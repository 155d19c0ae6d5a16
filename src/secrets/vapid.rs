//! The key with which a node signs its push messages (RFC 8292). The access tokens that messages must name are sealed
//! with what follows from it, so that they lie nowhere in the clear.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use p256::SecretKey;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use rand::RngCore;
use rand::rngs::OsRng;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};

use crate::error::{Error, Result};

/// What the key that seals tokens is for.
const SEALS: &[&[u8]] = &[b"cordee: access token of a push subscription"];

/// A P-256 key.
#[derive(Clone)]
#[allow(
    missing_debug_implementations,
    reason = "a private key is not for printing"
)]
pub struct VapidKey {
    /// Public key: uncompressed point, base64url without padding.
    pub public: String,
    secret: SecretKey,
}

impl VapidKey {
    /// A new key.
    pub fn generate() -> Self {
        Self::of(SecretKey::random(&mut OsRng))
    }

    /// Reads a private key: PKCS #8 PEM, or its 32 bytes in base64url as most tools print them.
    ///
    /// # Errors
    /// `Internal` where it is neither.
    pub fn read(text: &str) -> Result<Self> {
        let text = text.trim();
        let secret = if text.starts_with("-----") {
            SecretKey::from_pkcs8_pem(text).ok()
        } else {
            let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
            // Shorter ones would be filled up with zeros: somebody lost a part of the key.
            let whole = bytes.filter(|bytes| bytes.len() == 32);
            whole.and_then(|bytes| SecretKey::from_slice(&bytes).ok())
        };
        secret
            .map(Self::of)
            .ok_or_else(|| Error::internal("not a private P-256 key"))
    }

    fn of(secret: SecretKey) -> Self {
        let point = p256::EncodedPoint::from(secret.public_key());
        Self {
            public: URL_SAFE_NO_PAD.encode(point.as_bytes()),
            secret,
        }
    }

    /// The private key as it is kept, PKCS #8 PEM.
    ///
    /// # Errors
    /// `Internal` where it cannot be written down.
    pub fn pem(&self) -> Result<String> {
        let pem = EncodePrivateKey::to_pkcs8_pem(&self.secret, LineEnding::LF);
        Ok(pem.map_err(Error::internal)?.to_string())
    }

    /// The signature of a text by ES256 (RFC 7518 §3.4), base64url.
    pub fn sign(&self, text: &str) -> String {
        let signature: Signature = SigningKey::from(&self.secret).sign(text.as_bytes());
        URL_SAFE_NO_PAD.encode(signature.to_bytes())
    }

    fn sealer(&self) -> Result<LessSafeKey> {
        let impossible = |_| Error::internal("no key to seal with");
        let secret = Salt::new(HKDF_SHA256, &[]).extract(&self.secret.to_bytes());
        let key = secret.expand(SEALS, &AES_256_GCM).map_err(impossible)?;
        Ok(LessSafeKey::new(UnboundKey::from(key)))
    }

    /// Seals a secret text that only this key opens, and only where it is said to belong to the same thing.
    ///
    /// # Errors
    /// `Internal` where it cannot be sealed.
    pub fn seal(&self, text: &str, belongs_to: i64) -> Result<String> {
        let mut sealed = vec![0; NONCE_LEN];
        OsRng.fill_bytes(&mut sealed);
        let nonce = Nonce::try_assume_unique_for_key(&sealed).map_err(Error::internal)?;
        let mut inner = text.as_bytes().to_vec();
        self.sealer()?
            .seal_in_place_append_tag(nonce, Aad::from(belongs_to.to_be_bytes()), &mut inner)
            .map_err(Error::internal)?;
        sealed.extend(inner);
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// What was sealed; `None` where another key sealed it, or for something else.
    pub fn open(&self, sealed: &str, belongs_to: i64) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, inner) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut inner = inner.to_vec();
        let text = self
            .sealer()
            .ok()?
            .open_in_place(nonce, Aad::from(belongs_to.to_be_bytes()), &mut inner)
            .ok()?;
        String::from_utf8(text.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_key_is_an_uncompressed_point_and_reads_back() {
        let key = VapidKey::generate();
        let point = URL_SAFE_NO_PAD.decode(&key.public).unwrap();
        assert_eq!((point.len(), point[0]), (65, 4));
        let again = VapidKey::read(&key.pem().unwrap()).unwrap();
        assert_eq!(again.public, key.public);
        let raw = URL_SAFE_NO_PAD.encode(key.secret.to_bytes());
        assert_eq!(VapidKey::read(&raw).unwrap().public, key.public);
        let short = URL_SAFE_NO_PAD.encode([7_u8; 31]);
        for bad in [
            "",
            "AAAA",
            short.as_str(),
            "-----BEGIN PRIVATE KEY-----",
            raw.get(1..).unwrap(),
        ] {
            assert!(VapidKey::read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_token_is_opened_by_the_same_key_for_the_same_thing_only() {
        let (key, other) = (VapidKey::generate(), VapidKey::generate());
        let sealed = key.seal("the token", 7).unwrap();
        assert!(!sealed.contains("token"));
        assert_ne!(sealed, key.seal("the token", 7).unwrap());
        assert_eq!(key.open(&sealed, 7).as_deref(), Some("the token"));
        assert_eq!(key.open(&sealed, 8), None);
        assert_eq!(other.open(&sealed, 7), None);
        assert_eq!(key.open("", 7), None);
    }
}
