//! Checking the signature of a request, without network or database: header rules, host, time window, digest, then the
//! text that must have been signed, in the form of draft-cavage or of RFC 9421. Nothing here trusts a library with
//! unchecked input (`docs/decisions`, signatures): numbers are range-checked and headers are known to be unique before
//! any parser sees them.

mod cavage;
pub mod key;
mod rfc9421;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use sha2::{Digest, Sha256, Sha512};
use url::Url;

use crate::model::time::Time;
pub use key::VerifyKey;

/// A signed time may be this far from our clock, either way, in seconds.
const WINDOW: i64 = 3600;
/// An expiry may lie this far ahead, in seconds.
const LONGEST_LIFE: i64 = 24 * 3600;
/// Longest Signature or Signature-Input header.
const MAX_HEADER: usize = 8 * 1024;
/// Longest keyId.
const MAX_KEY_ID: usize = 2048;
/// Longest signature in bytes: that of an 8192-bit key.
const MAX_SIGNATURE: usize = 1024;

/// Headers that must not come twice: one part of a server would check the first, another use the second.
const UNIQUE: &[&str] = &[
    "host",
    "date",
    "digest",
    "content-digest",
    "signature",
    "signature-input",
    "authorization",
    "content-type",
    "content-length",
    "content-encoding",
];

/// A request as it came in.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// Path and query exactly as in the request line.
    pub target: &'a str,
    /// The authority of the request line (HTTP/2, or absolute form).
    pub authority: Option<&'a str>,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body as received.
    pub body: &'a [u8],
}

/// Our own address.
#[derive(Debug, Clone, Copy)]
pub struct Own<'a> {
    /// `https://host[:port]`, without trailing slash.
    pub base: &'a str,
    /// `host[:port]`.
    pub authority: &'a str,
}

/// Why a request is refused; the text is for its sender and names no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No signature at all.
    Unsigned,
    /// Not meant for this node.
    Misdirected,
    /// Not well-formed.
    Malformed(&'static str),
    /// Signed, but not well.
    Bad(&'static str),
}

impl Fault {
    /// The sentence for the sender.
    pub fn text(self) -> &'static str {
        match self {
            Self::Unsigned => "the request is not signed",
            Self::Misdirected => "the request was made for another host",
            Self::Malformed(text) | Self::Bad(text) => text,
        }
    }
}

/// What a request claims: to be signed by the key of this name. Proved by [`Claim::fits`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The keyId.
    pub key_id: String,
    signature: Vec<u8>,
    /// Texts that may have been signed: more than one only for a GET with a query, which some peers leave out.
    texts: Vec<Vec<u8>>,
}

impl Claim {
    /// Whether the key made the signature.
    pub fn fits(&self, key: &VerifyKey) -> bool {
        self.texts
            .iter()
            .any(|text| key.fits(text, &self.signature))
    }
}

/// Checks everything that needs no key.
///
/// # Errors
/// [`Fault`], the cheapest check first.
pub fn check(request: &Request<'_>, own: &Own<'_>, now: Time) -> Result<Claim, Fault> {
    headers_are_unique(request.headers)?;
    host_is_ours(request, own)?;
    if is_signature_in_authorization(request.headers) {
        return Err(Fault::Malformed(
            "a signature belongs into the Signature header",
        ));
    }
    let Some(signature) = text(request.headers, "signature")? else {
        return Err(Fault::Unsigned);
    };
    let input = text(request.headers, "signature-input")?;
    let date = date_in_window(request.headers, now)?;
    digests_fit(request)?;
    let claim = match input {
        Some(input) => rfc9421::claim(request, own, input, signature, now)?,
        None => cavage::claim(request, signature, date.is_some(), now)?,
    };
    key_id_is_an_address(&claim.key_id)?;
    Ok(claim)
}

/// Refuses repeated headers of those that decide something.
///
/// # Errors
/// `Malformed`.
pub fn headers_are_unique(headers: &HeaderMap) -> Result<(), Fault> {
    if UNIQUE
        .iter()
        .any(|name| headers.get_all(*name).iter().nth(1).is_some())
    {
        return Err(Fault::Malformed("a header comes twice"));
    }
    Ok(())
}

/// Whether a method carries no body.
fn is_read(method: &str) -> bool {
    matches!(method, "GET" | "HEAD")
}

fn is_signature_in_authorization(headers: &HeaderMap) -> bool {
    let scheme = headers
        .get("authorization")
        .map(|value| value.as_bytes().get(..9).unwrap_or_default());
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"signature"))
}

/// The value of a header that is there at most once: visible ASCII and blanks only.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Fault> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    if value.len() > MAX_HEADER {
        return Err(Fault::Malformed("a header is too long"));
    }
    value
        .to_str()
        .map(Some)
        .map_err(|_why| Fault::Malformed("a header is not ASCII"))
}

fn host_is_ours(request: &Request<'_>, own: &Own<'_>) -> Result<(), Fault> {
    let host = text(request.headers, "host")?;
    let named = [host, request.authority];
    if named.iter().all(Option::is_none) {
        return Err(Fault::Malformed("the Host header is missing"));
    }
    if named
        .iter()
        .flatten()
        .any(|name| !name.eq_ignore_ascii_case(own.authority))
    {
        return Err(Fault::Misdirected);
    }
    Ok(())
}

/// The Date header where there is one: of the fixed form and within the window.
fn date_in_window(headers: &HeaderMap, now: Time) -> Result<Option<Time>, Fault> {
    const FORM: &str = "%a, %d %b %Y %H:%M:%S GMT";
    let Some(value) = text(headers, "date")? else {
        return Ok(None);
    };
    let date =
        Time::parse_from_str(value, FORM).map_err(|_why| Fault::Bad("the Date is unreadable"))?;
    if date.format(FORM).to_string() != value {
        return Err(Fault::Bad(
            "the Date is not of the form Tue, 24 Nov 2026 11:00:00 GMT",
        ));
    }
    if (now - date).num_seconds().abs() > WINDOW {
        return Err(Fault::Bad(
            "the Date is more than an hour away from this node's clock",
        ));
    }
    Ok(Some(date))
}

/// A time given as a number of seconds, within the window.
fn created_in_window(created: i64, now: Time) -> Result<(), Fault> {
    let distance = created
        .checked_sub(now.and_utc().timestamp())
        .and_then(i64::checked_abs);
    if distance.is_none_or(|seconds| seconds > WINDOW) {
        return Err(Fault::Bad("the signature was not made within the hour"));
    }
    Ok(())
}

/// An expiry that has not come, is not absurd, and lies after the creation.
fn not_expired(expires: i64, created: Option<i64>, now: Time) -> Result<(), Fault> {
    let left = expires.checked_sub(now.and_utc().timestamp());
    if left.is_none_or(|seconds| !(0..=LONGEST_LIFE).contains(&seconds))
        || created.is_some_and(|c| c > expires)
    {
        return Err(Fault::Bad(
            "the signature has expired, or its expiry makes no sense",
        ));
    }
    Ok(())
}

/// Every digest that is there must be that of the body. Whether one is there and signed is checked with the signature.
fn digests_fit(request: &Request<'_>) -> Result<(), Fault> {
    const WRONG: Fault = Fault::Bad("the digest is not that of the body");
    if let Some(value) = text(request.headers, "digest")? {
        let mut sha256 = 0;
        for part in value.split(',') {
            let (name, value) = part.trim().split_once('=').ok_or(WRONG)?;
            let fits = match name.to_ascii_lowercase().as_str() {
                "sha-256" => {
                    sha256 += 1;
                    is_digest(value, &Sha256::digest(request.body))
                }
                "sha-512" => is_digest(value, &Sha512::digest(request.body)),
                _ => true,
            };
            if !fits {
                return Err(WRONG);
            }
        }
        if sha256 != 1 {
            return Err(Fault::Bad("the Digest has no SHA-256 value"));
        }
    }
    match text(request.headers, "content-digest")? {
        Some(value) => rfc9421::content_digest_fits(value, request.body)
            .then_some(())
            .ok_or(WRONG),
        None => Ok(()),
    }
}

fn is_digest(base64: &str, digest: &[u8]) -> bool {
    STANDARD.decode(base64).is_ok_and(|value| value == digest)
}

fn key_id_is_an_address(key_id: &str) -> Result<(), Fault> {
    let good = key_id.len() <= MAX_KEY_ID
        && key_id
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && Url::parse(key_id)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
    if good {
        Ok(())
    } else {
        Err(Fault::Bad("the keyId is not a web address"))
    }
}

fn decode_signature(base64: &str) -> Result<Vec<u8>, Fault> {
    let signature = STANDARD
        .decode(base64)
        .map_err(|_why| Fault::Bad("the signature is not base64"))?;
    if signature.is_empty() || signature.len() > MAX_SIGNATURE {
        return Err(Fault::Bad("the signature has the wrong size"));
    }
    Ok(signature)
}

#[cfg(test)]
mod tests;
