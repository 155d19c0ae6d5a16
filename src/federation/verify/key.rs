//! Public RSA keys of others: which ones are taken, and the check of one signature.

use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use rsa::pkcs1::RsaPublicKey;
use rsa::pkcs8::der::Decode;
use rsa::pkcs8::spki::SubjectPublicKeyInfoRef;
use rsa::pkcs8::{Document, ObjectIdentifier};

/// Longest PEM that is looked at; an 8192-bit key takes about 1.6 KB.
const MAX_PEM: usize = 8 * 1024;
/// OID of RSA keys (RFC 8017).
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// An RSA key of 2048 to 8192 bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyKey {
    pkcs1: Vec<u8>,
}

impl VerifyKey {
    /// Reads `publicKeyPem`: SPKI or PKCS#1. `None` for everything else: other algorithms, private keys, certificates,
    /// weak or oversized keys.
    pub fn from_pem(pem: &str) -> Option<Self> {
        let pem = pem.trim();
        if pem.len() > MAX_PEM {
            return None;
        }
        let (label, document) = Document::from_pem(pem).ok()?;
        let pkcs1 = match label {
            "PUBLIC KEY" => {
                let info = SubjectPublicKeyInfoRef::from_der(document.as_bytes()).ok()?;
                (info.algorithm.oid == RSA_ENCRYPTION)
                    .then(|| info.subject_public_key.as_bytes())??
                    .to_vec()
            }
            "RSA PUBLIC KEY" => document.as_bytes().to_vec(),
            _ => return None,
        };
        is_sound(&pkcs1).then_some(Self { pkcs1 })
    }

    /// Whether `signature` is RSA PKCS#1 v1.5 with SHA-256 over `text`.
    pub fn fits(&self, text: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.pkcs1)
            .verify(text, signature)
            .is_ok()
    }
}

/// Modulus odd and of 2048 to 8192 bits, exponent odd, at least 3 and at most 33 bits, so that one check takes
/// milliseconds at most.
fn is_sound(pkcs1: &[u8]) -> bool {
    let Ok(key) = RsaPublicKey::from_der(pkcs1) else {
        return false;
    };
    let (modulus, exponent) = (key.modulus.as_bytes(), key.public_exponent.as_bytes());
    let bits = |bytes: &[u8]| {
        bytes.first().map_or(0, |first| {
            bytes.len() * 8 - usize::try_from(first.leading_zeros()).unwrap_or(0)
        })
    };
    let odd = |bytes: &[u8]| bytes.last().is_some_and(|last| last & 1 == 1);
    (2048..=8192).contains(&bits(modulus))
        && odd(modulus)
        && (2..=33).contains(&bits(exponent))
        && odd(exponent)
}

#[cfg(test)]
mod tests {
    use rsa::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};

    use super::*;
    use crate::federation::sign::tests::PAIR;

    fn rsa_pem(bits: usize) -> String {
        let key = rsa::RsaPrivateKey::new(&mut rand::rngs::OsRng, bits).unwrap();
        key.to_public_key()
            .to_public_key_pem(LineEnding::LF)
            .unwrap()
    }

    /// SIG-13.
    #[test]
    fn weak_keys_other_algorithms_and_private_keys_are_refused() {
        assert!(VerifyKey::from_pem(&PAIR.1).is_some());
        for bits in [512, 1024, 2040] {
            assert!(VerifyKey::from_pem(&rsa_pem(bits)).is_none(), "{bits} bits");
        }
        let ed25519 = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
        let public = ed25519_dalek::pkcs8::spki::EncodePublicKey::to_public_key_pem(
            &ed25519.verifying_key(),
            ed25519_dalek::pkcs8::spki::der::pem::LineEnding::LF,
        );
        assert!(VerifyKey::from_pem(&public.unwrap()).is_none(), "Ed25519");
        assert!(VerifyKey::from_pem(&PAIR.0).is_none(), "a private key");
        let small = rsa::RsaPrivateKey::new(&mut rand::rngs::OsRng, 512).unwrap();
        assert!(VerifyKey::from_pem(&small.to_pkcs8_pem(LineEnding::LF).unwrap()).is_none());
        assert!(
            VerifyKey::from_pem(&PAIR.1.replace("PUBLIC KEY", "CERTIFICATE")).is_none(),
            "a certificate"
        );
        assert!(
            VerifyKey::from_pem(&format!("{}{}", PAIR.1, "A".repeat(1 << 20))).is_none(),
            "a megabyte"
        );
        assert!(VerifyKey::from_pem("").is_none() && VerifyKey::from_pem("nonsense").is_none());
    }

    /// SIG-13.
    #[test]
    fn an_even_modulus_or_an_exponent_of_one_is_refused() {
        use rsa::pkcs1::EncodeRsaPublicKey;
        use rsa::pkcs1::der::asn1::UintRef;
        use rsa::pkcs8::DecodePublicKey;
        use rsa::pkcs8::der::Encode;
        let key = rsa::RsaPublicKey::from_public_key_pem(&PAIR.1).unwrap();
        let good = key.to_pkcs1_der().unwrap();
        let parsed = RsaPublicKey::from_der(good.as_bytes()).unwrap();
        let one = RsaPublicKey {
            modulus: parsed.modulus,
            public_exponent: UintRef::new(&[1]).unwrap(),
        };
        assert!(is_sound(good.as_bytes()));
        assert!(!is_sound(&one.to_der().unwrap()));
        let mut even = parsed.modulus.as_bytes().to_vec();
        *even.last_mut().unwrap() &= 0xfe;
        let even = RsaPublicKey {
            modulus: UintRef::new(&even).unwrap(),
            public_exponent: parsed.public_exponent,
        };
        assert!(!is_sound(&even.to_der().unwrap()));
    }
}
