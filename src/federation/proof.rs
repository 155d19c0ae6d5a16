//! Integrity proofs (FEP-8b32, cryptosuite `eddsa-jcs-2022`) and Multikey documents (FEP-521a): a signature inside an
//! activity, which still holds after a community has passed the activity on.

use ed25519_dalek::pkcs8::DecodePrivateKey;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::model::time::{Time, rfc3339};

/// Multicodec prefix of Ed25519 public keys.
const ED25519: [u8; 2] = [0xed, 0x01];
/// Older proofs prove nothing: ids of activities are remembered for 30 days, so none can be played back later.
const MAX_AGE: chrono::TimeDelta = chrono::TimeDelta::days(29);
/// A proof may claim to be made this much in the future, in seconds.
const CLOCK_SKEW: i64 = 3600;

/// Reads `publicKeyMultibase`. `None` for anything but an Ed25519 key in base58btc.
pub fn decode(multibase: &str) -> Option<VerifyingKey> {
    let text = multibase
        .strip_prefix('z')
        .filter(|text| text.len() <= 64)?;
    let bytes = bs58::decode(text).into_vec().ok()?;
    let key = bytes.strip_prefix(&ED25519)?;
    VerifyingKey::from_bytes(key.try_into().ok()?).ok()
}

/// The id of an actor's Ed25519 key.
pub fn key_id(actor: &str) -> String {
    format!("{actor}#ed25519-key")
}

/// The `assertionMethod` entry of an actor (FEP-521a).
pub fn multikey(actor: &str, multibase: &str) -> Value {
    json!({ "id": key_id(actor), "type": "Multikey", "controller": actor, "publicKeyMultibase": multibase })
}

/// Adds a proof made by the actor's key to an activity. An older proof is replaced.
///
/// # Errors
/// `Internal` where the PEM is not ours.
pub fn prove(activity: &mut Map<String, Value>, actor: &str, pem: &str, now: Time) -> Result<()> {
    let key = SigningKey::from_pkcs8_pem(pem).map_err(Error::internal)?;
    activity.remove("proof");
    let mut proof = json!({
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": key_id(actor),
        "proofPurpose": "assertionMethod",
        "created": rfc3339(now),
    });
    if let (Some(context), Some(proof)) = (activity.get("@context"), proof.as_object_mut()) {
        proof.insert("@context".into(), context.clone());
    }
    let signature = key.sign(&hash(activity, &proof)?);
    if let Some(proof) = proof.as_object_mut() {
        let value = format!("z{}", bs58::encode(signature.to_bytes()).into_string());
        proof.insert("proofValue".into(), value.into());
    }
    activity.insert("proof".into(), proof);
    Ok(())
}

/// Both hashes, configuration first, over the canonical forms (Data Integrity `EdDSA` §3.3).
fn hash(document: &Map<String, Value>, proof: &Value) -> Result<Vec<u8>> {
    let mut bytes = Sha256::digest(serde_jcs::to_vec(proof)?).to_vec();
    bytes.extend_from_slice(&Sha256::digest(serde_jcs::to_vec(document)?));
    Ok(bytes)
}

/// The key that an activity claims to be proved by: the address in `proof.verificationMethod`.
pub fn claimed_key(activity: &Map<String, Value>) -> Option<&str> {
    activity.get("proof")?.get("verificationMethod")?.as_str()
}

/// Whether the activity carries a proof by this key that holds. LD signatures (`signature`) do not count and are left
/// out of what is checked.
pub fn holds(activity: &Map<String, Value>, key: &VerifyingKey, now: Time) -> bool {
    check(activity, key, now).unwrap_or(false)
}

fn check(activity: &Map<String, Value>, key: &VerifyingKey, now: Time) -> Option<bool> {
    let mut document = activity.clone();
    document.remove("signature");
    let mut proof = document.remove("proof")?;
    let fields = proof.as_object_mut()?;
    let value = fields.remove("proofValue")?;
    let says = |name: &str, word: &str| fields.get(name).and_then(Value::as_str) == Some(word);
    let known = says("type", "DataIntegrityProof")
        && says("cryptosuite", "eddsa-jcs-2022")
        && says("proofPurpose", "assertionMethod");
    let created = chrono::DateTime::parse_from_rfc3339(fields.get("created")?.as_str()?).ok()?;
    let age = now - created.naive_utc();
    if !known || age.num_seconds() < -CLOCK_SKEW || age > MAX_AGE {
        return Some(false);
    }
    if fields
        .get("@context")
        .is_some_and(|context| Some(context) != document.get("@context"))
    {
        return Some(false);
    }
    let encoded = value
        .as_str()?
        .strip_prefix('z')
        .filter(|text| text.len() <= 128)?;
    let bytes: [u8; 64] = bs58::decode(encoded).into_vec().ok()?.try_into().ok()?;
    let hash = hash(&document, &proof).ok()?;
    Some(
        key.verify_strict(&hash, &Signature::from_bytes(&bytes))
            .is_ok(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::ActorKey;

    fn now() -> Time {
        chrono::DateTime::from_timestamp(1_700_000_000, 0)
            .unwrap()
            .naive_utc()
    }

    fn proved() -> (Map<String, Value>, VerifyingKey) {
        let ActorKey { pem, multikey } = ActorKey::generate().unwrap();
        let key = decode(&multikey).unwrap();
        let mut activity = json!({
            "@context": ["https://www.w3.org/ns/activitystreams"], "id": "https://a.example/1", "type": "Create",
            "actor": "https://a.example/u", "object": {"type": "Note", "content": "é \u{1f600}", "n": 1.5},
        });
        let activity = activity.as_object_mut().unwrap();
        prove(activity, "https://a.example/u", &pem, now()).unwrap();
        (activity.clone(), key)
    }

    #[test]
    fn what_was_proved_holds_in_any_order_of_keys() {
        let (activity, key) = proved();
        assert!(holds(&activity, &key, now()));
        assert_eq!(
            claimed_key(&activity),
            Some("https://a.example/u#ed25519-key")
        );
        let turned: Map<String, Value> = activity.into_iter().rev().collect();
        assert!(holds(&turned, &key, now()));
    }

    #[test]
    fn an_ld_signature_beside_it_does_not_matter() {
        let (mut activity, key) = proved();
        activity.insert("signature".into(), json!({"type": "RsaSignature2017"}));
        assert!(holds(&activity, &key, now()));
    }

    #[test]
    fn whatever_is_changed_breaks_it() {
        let (activity, key) = proved();
        let (_, other) = proved();
        assert!(!holds(&activity, &other, now()), "another key");
        for (pointer, value) in [
            ("/object/content", json!("e")),
            ("/actor", json!("https://b.example/u")),
            ("/proof/created", json!("2023-11-14T22:13:21Z")),
            (
                "/proof/verificationMethod",
                json!("https://b.example/u#key"),
            ),
            ("/proof/proofPurpose", json!("authentication")),
            ("/proof/cryptosuite", json!("eddsa-rdfc-2022")),
            ("/proof/proofValue", json!("z1111")),
            ("/proof/proofValue", json!(7)),
            ("/proof/@context", json!([])),
            ("/proof", json!(null)),
        ] {
            let mut changed = Value::Object(activity.clone());
            *changed.pointer_mut(pointer).unwrap() = value;
            assert!(
                !holds(changed.as_object().unwrap(), &key, now()),
                "{pointer}"
            );
        }
        let mut more = activity.clone();
        more.insert("cc".into(), json!([]));
        assert!(!holds(&more, &key, now()), "something added");
        let early = now() - chrono::TimeDelta::hours(2);
        assert!(!holds(&activity, &key, early), "made in the future");
    }

    #[test]
    fn only_ed25519_in_base58_is_read() {
        let multibase = ActorKey::generate().unwrap().multikey;
        assert!(multibase.starts_with("z6Mk"));
        assert!(decode(&multibase).is_some());
        for bad in [
            "",
            "z",
            "z6Mk",
            "u6Mk",
            multibase.trim_start_matches('z'),
            &format!("{multibase}1"),
            &"z".repeat(5000),
        ] {
            assert!(decode(bad).is_none(), "{bad}");
        }
    }
}
