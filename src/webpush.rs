//! Push messages as they travel: encrypted for one client in either encoding, and signed for its push service. Newer
//! clients take `aes128gcm` (RFC 8188 and 8291, RFC 8292 §3); relays of many apps know only `aesgcm`
//! (draft-ietf-httpbis-encryption-encoding-03, draft-ietf-webpush-encryption-04, draft-ietf-webpush-vapid-01).
//! No crate does both without OpenSSL; the primitives are those of `ring` and `p256`.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use p256::ecdh::diffie_hellman;
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use p256::{PublicKey, SecretKey};
use rand::RngCore;
use rand::rngs::OsRng;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

use crate::error::{Error, Result};
use crate::model::time::Time;
use crate::secrets::VapidKey;

/// Size of a record; every push service takes a body of this size (RFC 8030 §7.2).
const RECORD: u32 = 4096;
/// Longest text in a message: a record without head, key, delimiter and tag, and for the older encoding without the two
/// bytes of its padding's length.
pub const LONGEST: usize = 3992;
/// How long a signature for a push service holds; at most a day is allowed (RFC 8292 §2).
const SIGNED_FOR: TimeDelta = TimeDelta::hours(12);
/// Characters of a topic; more are not allowed (RFC 8030 §5.4).
const TOPIC: usize = 32;

/// The keys of a client: what it gave with its subscription.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "holds a secret")]
pub struct ClientKeys {
    point: PublicKey,
    secret: [u8; 16],
}

/// Base64 in either alphabet, padded or not: clients do not agree.
fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim().trim_end_matches('=');
    URL_SAFE_NO_PAD
        .decode(text)
        .or_else(|_| STANDARD_NO_PAD.decode(text))
        .ok()
}

impl ClientKeys {
    /// Reads `p256dh`: an uncompressed point that lies on the curve.
    pub fn read_point(text: &str) -> Option<PublicKey> {
        let bytes = decode(text).filter(|bytes| bytes.len() == 65)?;
        PublicKey::from_sec1_bytes(&bytes).ok()
    }

    /// Reads `auth`: 16 bytes.
    pub fn read_secret(text: &str) -> Option<[u8; 16]> {
        decode(text)?.try_into().ok()
    }

    /// Both, as they were given.
    pub fn read(p256dh: &str, auth: &str) -> Option<Self> {
        Some(Self {
            point: Self::read_point(p256dh)?,
            secret: Self::read_secret(auth)?,
        })
    }

    /// Both as they are kept, base64url without padding.
    pub fn columns(&self) -> (String, String) {
        (
            URL_SAFE_NO_PAD.encode(bytes_of(&self.point)),
            URL_SAFE_NO_PAD.encode(self.secret),
        )
    }

    /// A topic that tells a push service nothing but that two messages are about the same thing (RFC 8030 §5.4).
    pub fn topic(&self, about: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(self.secret);
        hash.update(about.as_bytes());
        URL_SAFE_NO_PAD
            .encode(hash.finalize())
            .chars()
            .take(TOPIC)
            .collect()
    }
}

/// A request to a push service, without what the shell adds: its headers by name, and its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Headers.
    pub headers: Vec<(&'static str, String)>,
    /// The encrypted text.
    pub body: Vec<u8>,
}

/// Encrypts a text of at most [`LONGEST`] bytes for a client and signs for the push service of `endpoint`. `contact` is an
/// address at which its operator finds ours.
///
/// # Errors
/// `Internal` where the text is too long.
pub fn seal(
    keys: &ClientKeys,
    standard: bool,
    text: &[u8],
    signer: &Signer<'_>,
    endpoint: &Url,
) -> Result<Envelope> {
    if text.len() > LONGEST {
        return Err(Error::internal("a push message that is too long"));
    }
    let mut salt = [0; 16];
    OsRng.fill_bytes(&mut salt);
    let sender = Sender {
        secret: SecretKey::random(&mut OsRng),
        salt,
    };
    let jwt = signer.jwt(endpoint);
    if standard {
        return Ok(Envelope {
            headers: vec![
                ("content-encoding", "aes128gcm".into()),
                (
                    "authorization",
                    format!("vapid t={jwt},k={}", signer.key.public),
                ),
            ],
            body: sender.aes128gcm(keys, text)?,
        });
    }
    let own = URL_SAFE_NO_PAD.encode(bytes_of(&sender.secret.public_key()));
    Ok(Envelope {
        headers: vec![
            ("content-encoding", "aesgcm".into()),
            (
                "encryption",
                format!("salt={}", URL_SAFE_NO_PAD.encode(salt)),
            ),
            (
                "crypto-key",
                format!("dh={own};p256ecdsa={}", signer.key.public),
            ),
            ("authorization", format!("WebPush {jwt}")),
        ],
        body: sender.aesgcm(keys, text)?,
    })
}

/// Who signs, and when.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "holds a private key")]
pub struct Signer<'k> {
    /// The node's key.
    pub key: &'k VapidKey,
    /// `https://…` or `mailto:…`.
    pub contact: &'k str,
    /// Now.
    pub now: Time,
}

impl Signer<'_> {
    /// The token by which a push service knows us (RFC 8292 §2).
    fn jwt(&self, endpoint: &Url) -> String {
        let encode = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let head = encode(json!({ "typ": "JWT", "alg": "ES256" }));
        let claims = encode(json!({
            "aud": endpoint.origin().ascii_serialization(),
            "exp": (self.now + SIGNED_FOR).and_utc().timestamp(),
            "sub": self.contact,
        }));
        let signed = format!("{head}.{claims}");
        let signature = self.key.sign(&signed);
        format!("{signed}.{signature}")
    }
}

fn bytes_of(point: &PublicKey) -> Box<[u8]> {
    point.to_encoded_point(false).to_bytes()
}

/// Length of what HKDF shall give.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(secret: &Prk, info: &[&[u8]]) -> Result<[u8; N]> {
    let mut out = [0; N];
    secret
        .expand(info, Length(N))
        .and_then(|bytes| bytes.fill(&mut out))
        .map_err(Error::internal)?;
    Ok(out)
}

/// The sender's key and salt, fresh for every message.
struct Sender {
    secret: SecretKey,
    salt: [u8; 16],
}

impl Sender {
    /// What both sides know after the exchange of keys, before the salt: the secret of `info` under the client's.
    fn shared(&self, keys: &ClientKeys, info: &[&[u8]]) -> Result<[u8; 32]> {
        let shared = diffie_hellman(self.secret.to_nonzero_scalar(), keys.point.as_affine());
        let secret = Salt::new(HKDF_SHA256, &keys.secret).extract(shared.raw_secret_bytes());
        expand(&secret, info)
    }

    /// Key and nonce from the shared secret; `context` is empty in the newer encoding.
    fn encrypt(
        &self,
        shared: &[u8; 32],
        name: &[u8],
        context: &[u8],
        mut text: Vec<u8>,
    ) -> Result<Vec<u8>> {
        let secret = Salt::new(HKDF_SHA256, &self.salt).extract(shared);
        let key: [u8; 16] = expand(&secret, &[b"Content-Encoding: ", name, b"\0", context])?;
        let nonce: [u8; 12] = expand(&secret, &[b"Content-Encoding: nonce\0", context])?;
        let key = UnboundKey::new(&AES_128_GCM, &key).map_err(Error::internal)?;
        LessSafeKey::new(key)
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)
            .map_err(Error::internal)?;
        Ok(text)
    }

    /// RFC 8291 §3.4 and RFC 8188 §2: one record, with its head.
    fn aes128gcm(&self, keys: &ClientKeys, text: &[u8]) -> Result<Vec<u8>> {
        let (theirs, ours) = (bytes_of(&keys.point), bytes_of(&self.secret.public_key()));
        let shared = self.shared(keys, &[b"WebPush: info\0", &theirs, &ours])?;
        // The last record ends with a two.
        let record = [text, &[2]].concat();
        let record = self.encrypt(&shared, b"aes128gcm", b"", record)?;
        let length = u8::try_from(ours.len()).map_err(Error::internal)?;
        let head: [&[u8]; 4] = [&self.salt, &RECORD.to_be_bytes(), &[length], &ours];
        Ok([head.concat(), record].concat())
    }

    /// draft-ietf-webpush-encryption-04 §3: salt and key travel in headers, padding comes before the text.
    fn aesgcm(&self, keys: &ClientKeys, text: &[u8]) -> Result<Vec<u8>> {
        let (theirs, ours) = (bytes_of(&keys.point), bytes_of(&self.secret.public_key()));
        let shared = self.shared(keys, &[b"Content-Encoding: auth\0"])?;
        let size = |key: &[u8]| u16::try_from(key.len()).map(u16::to_be_bytes);
        let context = [
            b"P-256\0".as_slice(),
            &size(&theirs).map_err(Error::internal)?,
            &theirs,
            &size(&ours).map_err(Error::internal)?,
            &ours,
        ]
        .concat();
        self.encrypt(&shared, b"aesgcm", &context, [&[0, 0], text].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap()
    }

    fn sender(secret: &str, salt: &str) -> Sender {
        Sender {
            secret: SecretKey::from_slice(&bytes::<32>(secret)).unwrap(),
            salt: bytes(salt),
        }
    }

    #[test]
    fn the_example_of_rfc_8291_comes_out_byte_for_byte() {
        let keys = ClientKeys::read(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "BTBZMqHH6r4Tts7J_aSIgg",
        )
        .unwrap();
        let sender = sender(
            "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
            "DGv6ra1nlYgDCS1FRnbzlw",
        );
        let text = b"When I grow up, I want to be a watermelon";
        assert_eq!(
            URL_SAFE_NO_PAD.encode(sender.aes128gcm(&keys, text).unwrap()),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLoc\
             InmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLV\
             WGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    #[test]
    fn the_example_of_the_older_draft_comes_out_byte_for_byte() {
        let keys = ClientKeys::read(
            "BCEkBjzL8Z3C-oi2Q7oE5t2Np-p7osjGLg93qUP0wvqRT21EEWyf0cQDQcakQMqz4hQKYOQ3il2nNZct4HgAUQU",
            "R29vIGdvbyBnJyBqb29iIQ",
        )
        .unwrap();
        let sender = sender(
            "nCScek-QpEjmOOlT-rQ38nZzvdPlqa00Zy0i6m2OJvY",
            "lngarbyKfMoi9Z75xYXmkg",
        );
        assert_eq!(
            URL_SAFE_NO_PAD.encode(sender.aesgcm(&keys, b"I am the walrus").unwrap()),
            "6nqAQUME8hNqw5J3kl8cpVVJylXKYqZOeseZG8UueKpA"
        );
    }

    #[test]
    fn the_longest_text_fits_what_every_push_service_takes() {
        let keys = ClientKeys {
            point: SecretKey::random(&mut OsRng).public_key(),
            secret: [7; 16],
        };
        let key = VapidKey::generate();
        let signer = Signer {
            key: &key,
            contact: "https://x.example",
            now: Time::default(),
        };
        let endpoint = Url::parse("https://push.example/x").unwrap();
        for standard in [true, false] {
            let sealed = |text: &[u8]| seal(&keys, standard, text, &signer, &endpoint);
            assert!(sealed(&vec![b'x'; LONGEST]).unwrap().body.len() <= 4096);
            assert!(sealed(&vec![b'x'; LONGEST + 1]).is_err());
            assert_ne!(sealed(b"x").unwrap(), sealed(b"x").unwrap());
        }
    }

    #[test]
    fn only_a_point_of_the_curve_and_sixteen_bytes_are_keys() {
        let point = SecretKey::random(&mut OsRng).public_key();
        let good = bytes_of(&point);
        assert!(ClientKeys::read_point(&URL_SAFE_NO_PAD.encode(&good)).is_some());
        let padded = base64::engine::general_purpose::STANDARD.encode(&good);
        assert!(ClientKeys::read_point(&padded).is_some());
        let compressed = point.to_encoded_point(true).to_bytes();
        let mut elsewhere = good.to_vec();
        elsewhere[64] ^= 1;
        for bad in [&compressed[..], &elsewhere, &good[..64], &[0], &[0; 65]] {
            assert!(ClientKeys::read_point(&URL_SAFE_NO_PAD.encode(bad)).is_none());
        }
        assert!(ClientKeys::read_secret("BTBZMqHH6r4Tts7J_aSIgg==").is_some());
        assert!(ClientKeys::read_secret("BTBZMqHH6r4Tts7J_aSI").is_none());
        assert!(ClientKeys::read_secret("%%%").is_none());
    }

    #[test]
    fn a_topic_is_short_and_differs_from_client_to_client() {
        let point = SecretKey::random(&mut OsRng).public_key();
        let [one, other] = [[1; 16], [2; 16]].map(|secret| ClientKeys { point, secret });
        assert_eq!(one.topic("mention 1").len(), 32);
        assert_eq!(one.topic("mention 1"), one.topic("mention 1"));
        assert_ne!(one.topic("mention 1"), one.topic("mention 2"));
        assert_ne!(one.topic("mention 1"), other.topic("mention 1"));
    }
}
