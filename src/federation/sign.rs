//! Signing what we send: draft-cavage signatures over `(request-target) host date digest` with RSA-SHA256, made afresh
//! for every try. RFC 9421 is only read, not written: every peer known today takes this form.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_signature_normalization::Config;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rsa::pkcs8::{Document, EncodePrivateKey, EncodePublicKey, LineEnding};
use sha2::{Digest, Sha256};
use url::Url;

use crate::error::{Error, Result};
use crate::model::time::Time;

/// Size of the keys we make, in bits. Larger ones slow down every verifier and gain nothing before they are replaced.
const RSA_BITS: usize = 2048;

/// A private key, parsed once, and the name under which the world finds its public half.
#[allow(missing_debug_implementations, reason = "must not be printed")]
pub struct SigningKey {
    /// The keyId: an address.
    pub key_id: String,
    pair: RsaKeyPair,
}

impl SigningKey {
    /// Reads a PKCS#8 PEM.
    ///
    /// # Errors
    /// `Internal`: our own keys are always readable.
    pub fn from_pem(key_id: String, pem: &str) -> Result<Self> {
        let (_, document) = Document::from_pem(pem).map_err(Error::internal)?;
        let pair = RsaKeyPair::from_pkcs8(document.as_bytes()).map_err(Error::internal)?;
        Ok(Self { key_id, pair })
    }

    /// RSA PKCS#1 v1.5 with SHA-256. By ring, whose private operations are blinded and of constant time, which those
    /// of the `rsa` crate are not (RUSTSEC-2023-0071).
    fn sign(&self, text: &str) -> Result<String> {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                text.as_bytes(),
                &mut signature,
            )
            .map_err(|_why| Error::internal("signing failed"))?;
        Ok(STANDARD.encode(signature))
    }
}

/// A new RSA key pair: private PKCS#8 PEM and public SPKI PEM. Takes about a second in debug builds: call it on a
/// blocking thread.
///
/// # Errors
/// `Internal` where the machine has no randomness.
pub fn generate_rsa() -> Result<(String, String)> {
    let key = rsa::RsaPrivateKey::new(&mut rand::rngs::OsRng, RSA_BITS).map_err(Error::internal)?;
    let private = key
        .to_pkcs8_pem(LineEnding::LF)
        .map_err(Error::internal)?
        .to_string();
    let public = key
        .to_public_key()
        .to_public_key_pem(LineEnding::LF)
        .map_err(Error::internal)?;
    Ok((private, public))
}

/// `SHA-256=…`, the value of a Digest header.
pub fn digest(body: &[u8]) -> String {
    format!("SHA-256={}", STANDARD.encode(Sha256::digest(body)))
}

/// `Tue, 24 Nov 2026 11:00:00 GMT` (RFC 9110 §5.6.7, IMF-fixdate).
pub fn http_date(time: Time) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// `host` or `host:port` as the Host header carries it.
pub fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The raw path and query of a request.
pub fn target(url: &Url) -> String {
    url.query().map_or_else(
        || url.path().to_owned(),
        |query| format!("{}?{query}", url.path()),
    )
}

/// The headers to add to one request: Date, Digest where there is a body, Signature. `target` is what stands in the
/// request line; Host is signed as the client will send it.
///
/// # Errors
/// `Internal`.
pub fn headers(
    key: &SigningKey,
    method: &str,
    url: &Url,
    target: &str,
    body: Option<&[u8]>,
    now: Time,
) -> Result<Vec<(&'static str, String)>> {
    let mut out = vec![("date", http_date(now))];
    if let Some(body) = body {
        out.push(("digest", digest(body)));
    }
    let mut signed: BTreeMap<String, String> = out
        .iter()
        .map(|(n, v)| ((*n).to_owned(), v.clone()))
        .collect();
    signed.insert("host".into(), authority(url));
    let unsigned = Config::new()
        .mastodon_compat()
        .begin_sign(method, target, signed)
        .map_err(Error::internal)?;
    let signature = unsigned
        .sign(key.key_id.clone(), |text| key.sign(text))?
        .signature_header();
    out.push(("signature", signature));
    Ok(out)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::LazyLock;

    use super::*;

    /// One key pair for all tests of the module, since making one takes a while: private and public PEM.
    pub(crate) static PAIR: LazyLock<(String, String)> = LazyLock::new(|| generate_rsa().unwrap());
    /// And another one.
    pub(crate) static OTHER: LazyLock<(String, String)> = LazyLock::new(|| generate_rsa().unwrap());

    #[test]
    fn dates_are_of_the_fixed_form() {
        let time = chrono::DateTime::from_timestamp(1_700_000_000, 0)
            .unwrap()
            .naive_utc();
        assert_eq!(http_date(time), "Tue, 14 Nov 2023 22:13:20 GMT");
    }

    #[test]
    fn the_port_is_part_of_the_authority_unless_it_is_the_default() {
        let of = |text: &str| authority(&Url::parse(text).unwrap());
        assert_eq!(of("https://a.example/x"), "a.example");
        assert_eq!(of("https://a.example:443/x"), "a.example");
        assert_eq!(of("http://a.localhost:7401/x"), "a.localhost:7401");
    }

    #[test]
    fn host_date_digest_and_target_are_covered() {
        let key = SigningKey::from_pem("https://a.example/u#main-key".into(), &PAIR.0).unwrap();
        let url = Url::parse("https://b.example/inbox").unwrap();
        let time = chrono::DateTime::from_timestamp(1_700_000_000, 0)
            .unwrap()
            .naive_utc();
        let made = headers(&key, "POST", &url, "/inbox", Some(b"{}"), time).unwrap();
        let signature = &made
            .iter()
            .find(|(name, _)| *name == "signature")
            .unwrap()
            .1;
        assert!(
            signature.contains(r#"headers="(request-target) date digest host""#),
            "{signature}"
        );
        assert!(signature.contains(r#"keyId="https://a.example/u#main-key""#));
    }
}
