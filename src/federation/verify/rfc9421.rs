//! HTTP Message Signatures (RFC 9421) and Content-Digest (RFC 9530), the subset that fediverse servers send: one
//! signature, RSA PKCS#1 v1.5 with SHA-256, derived components and plain header fields without parameters.

use std::collections::HashSet;
use std::fmt::Write as _;

use sfv::{Dictionary, FieldType, InnerList, List, ListEntry, Parser};
use sha2::{Digest, Sha256, Sha512};

use super::{Claim, Fault, MAX_SIGNATURE, Own, Request, created_in_window, not_expired};
use crate::model::time::Time;

/// Most components.
const MAX_COVERED: usize = 32;

/// Checks both headers and builds the signature base.
pub(super) fn claim(
    request: &Request<'_>,
    own: &Own<'_>,
    input: &str,
    signature: &str,
    now: Time,
) -> Result<Claim, Fault> {
    let (label, covered) = only_entry(input)?;
    let ListEntry::InnerList(covered) = covered else {
        return Err(Fault::Bad("Signature-Input is no list"));
    };
    let (same, signature) = only_entry(signature)?;
    let ListEntry::Item(signature) = signature else {
        return Err(Fault::Bad("the signature is no byte sequence"));
    };
    let bytes = signature
        .bare_item
        .as_byte_sequence()
        .unwrap_or_default()
        .to_vec();
    if same != label || bytes.is_empty() || bytes.len() > MAX_SIGNATURE {
        return Err(Fault::Bad(
            "Signature-Input and Signature do not belong together",
        ));
    }
    let key_id = parameters(&covered, now)?;
    let names = components(&covered)?;
    covers_enough(&names, request)?;
    let base = base(request, own, &names, covered)?;
    Ok(Claim {
        key_id,
        signature: bytes,
        texts: vec![base.into_bytes()],
    })
}

/// Whether every known digest is that of the body, and at least one is known.
pub(super) fn content_digest_fits(value: &str, body: &[u8]) -> bool {
    let Ok(given) = Parser::new(value).parse::<Dictionary>() else {
        return false;
    };
    let mut known = 0;
    for (name, entry) in &given {
        let expected = match name.as_str() {
            "sha-256" => Sha256::digest(body).to_vec(),
            "sha-512" => Sha512::digest(body).to_vec(),
            _ => continue,
        };
        let ListEntry::Item(item) = entry else {
            return false;
        };
        if item.bare_item.as_byte_sequence() != Some(expected.as_slice()) {
            return false;
        }
        known += 1;
    }
    known > 0
}

fn only_entry(header: &str) -> Result<(String, ListEntry), Fault> {
    let parsed = Parser::new(header).parse::<Dictionary>();
    let mut entries = parsed
        .map_err(|_why| Fault::Bad("a signature header is malformed"))?
        .into_iter();
    match (entries.next(), entries.next()) {
        (Some((label, entry)), None) => Ok((label.as_str().to_owned(), entry)),
        _ => Err(Fault::Bad("exactly one signature is taken")),
    }
}

/// Checks the parameters and returns the keyid.
fn parameters(covered: &InnerList, now: Time) -> Result<String, Fault> {
    const BAD: Fault = Fault::Bad("a parameter of the signature is of the wrong type");
    let (mut created, mut expires, mut key_id) = (None, None, None);
    for (name, value) in &covered.params {
        match name.as_str() {
            "created" => created = Some(i64::from(value.as_integer().ok_or(BAD)?)),
            "expires" => expires = Some(i64::from(value.as_integer().ok_or(BAD)?)),
            "keyid" => key_id = Some(value.as_string().ok_or(BAD)?.as_str().to_owned()),
            "alg"
                if value
                    .as_string()
                    .is_some_and(|alg| alg.as_str() == "rsa-v1_5-sha256") => {}
            "alg" => return Err(Fault::Bad("the algorithm is not rsa-v1_5-sha256")),
            "nonce" => {}
            _ => return Err(Fault::Bad("the signature has an unknown parameter")),
        }
    }
    created_in_window(created.ok_or(Fault::Bad("created is missing"))?, now)?;
    expires.map_or(Ok(()), |expires| not_expired(expires, created, now))?;
    key_id.ok_or(Fault::Bad("keyid is missing"))
}

/// The names of the components, none twice, none with parameters of its own.
fn components(covered: &InnerList) -> Result<Vec<String>, Fault> {
    let mut seen = HashSet::new();
    let names: Option<Vec<String>> = covered
        .items
        .iter()
        .map(|item| {
            let name = item.bare_item.as_string()?.as_str().to_owned();
            (item.params.is_empty() && seen.insert(name.clone())).then_some(name)
        })
        .collect();
    names
        .filter(|names| names.len() <= MAX_COVERED)
        .ok_or(Fault::Bad("the signed components are malformed"))
}

fn covers_enough(names: &[String], request: &Request<'_>) -> Result<(), Fault> {
    let has = |name: &str| names.iter().any(|covered| covered == name);
    let queried = request.target.contains('?');
    let parts = has("@authority") && has("@path") && (!queried || has("@query"));
    if !has("@method") || !(has("@target-uri") || parts) {
        return Err(Fault::Bad("@method and @target-uri must be signed"));
    }
    if !super::is_read(request.method) && !has("content-digest") {
        return Err(Fault::Bad("content-digest must be there and signed"));
    }
    Ok(())
}

/// RFC 9421 §2.5. `@target-uri` and `@authority` are rebuilt from our configured address, never from proxy headers.
fn base(
    request: &Request<'_>,
    own: &Own<'_>,
    names: &[String],
    covered: InnerList,
) -> Result<String, Fault> {
    let mut base = String::new();
    let (path, query) = request
        .target
        .split_once('?')
        .map_or((request.target, None), |(p, q)| (p, Some(q)));
    for name in names {
        let value = match name.as_str() {
            "@method" => request.method.to_owned(),
            "@target-uri" => format!("{}{}", own.base, request.target),
            "@authority" => own.authority.to_ascii_lowercase(),
            "@scheme" => own.base.split(':').next().unwrap_or_default().to_owned(),
            "@request-target" => request.target.to_owned(),
            "@path" => path.to_owned(),
            "@query" => format!("?{}", query.unwrap_or_default()),
            name if name.starts_with('@') => {
                return Err(Fault::Bad("a signed component is unknown"));
            }
            name => header(request, name)?,
        };
        let _infallible = writeln!(base, "\"{name}\": {value}");
    }
    let list: List = vec![ListEntry::InnerList(covered)];
    let serialized: Option<String> = list.serialize();
    let parameters = serialized.ok_or(Fault::Bad("the signed components are malformed"))?;
    base.push_str("\"@signature-params\": ");
    base.push_str(&parameters);
    Ok(base)
}

fn header(request: &Request<'_>, name: &str) -> Result<String, Fault> {
    let values: Vec<&str> = request
        .headers
        .get_all(name)
        .iter()
        .map(|value| {
            value
                .to_str()
                .map(str::trim)
                .map_err(|_why| Fault::Bad("a header is not ASCII"))
        })
        .collect::<Result<_, _>>()?;
    if values.is_empty() || name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(Fault::Bad("a signed header is not there"));
    }
    Ok(values.join(", "))
}
