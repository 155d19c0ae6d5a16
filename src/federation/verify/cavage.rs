//! The `Signature` header of draft-cavage-http-signatures: a strict reader of its own, then the text to verify built by
//! the same library that builds what we sign.

use std::collections::{BTreeMap, HashSet};

use http_signature_normalization::verify::ParsedHeader;

use super::{Claim, Fault, Request, created_in_window, decode_signature, not_expired};
use crate::model::time::Time;

/// Most names in `headers`.
const MAX_COVERED: usize = 32;

/// The parameters of a header, each at most once.
#[derive(Debug, Default)]
struct Parameters<'a> {
    key_id: Option<&'a str>,
    algorithm: Option<&'a str>,
    headers: Option<&'a str>,
    signature: Option<&'a str>,
    created: Option<i64>,
    expires: Option<i64>,
}

/// Checks the header and builds the texts that may have been signed. `dated` says whether a good Date is there.
pub(super) fn claim(
    request: &Request<'_>,
    header: &str,
    dated: bool,
    now: Time,
) -> Result<Claim, Fault> {
    let given = read(header)?;
    let (Some(key_id), Some(signature), Some(headers)) =
        (given.key_id, given.signature, given.headers)
    else {
        return Err(Fault::Bad(
            "the signature lacks keyId, headers or signature",
        ));
    };
    if !given
        .algorithm
        .is_none_or(|name| matches!(name, "hs2019" | "rsa-sha256"))
    {
        return Err(Fault::Bad("the algorithm is not rsa-sha256"));
    }
    let covered: Vec<&str> = headers.split(' ').collect();
    covers_enough(&covered, request.method, dated)?;
    if covered.contains(&"(created)") && given.created.is_none() {
        return Err(Fault::Bad("(created) is covered but not given"));
    }
    if covered.contains(&"(expires)") && given.expires.is_none() {
        return Err(Fault::Bad("(expires) is covered but not given"));
    }
    given
        .created
        .map_or(Ok(()), |created| created_in_window(created, now))?;
    given
        .expires
        .map_or(Ok(()), |expires| not_expired(expires, given.created, now))?;
    let mut texts = vec![text(request, request.target, &covered, &given)?];
    if let Some((path, _)) = request.target.split_once('?')
        && super::is_read(request.method)
    {
        texts.push(text(request, path, &covered, &given)?);
    }
    let texts = texts.into_iter().map(String::into_bytes).collect();
    Ok(Claim {
        key_id: key_id.to_owned(),
        signature: decode_signature(signature)?,
        texts,
    })
}

/// Target, host and a time always; the digest where there is a body.
fn covers_enough(covered: &[&str], method: &str, dated: bool) -> Result<(), Fault> {
    let unique: HashSet<&&str> = covered.iter().collect();
    if covered.len() > MAX_COVERED || unique.len() != covered.len() {
        return Err(Fault::Bad(
            "the list of signed headers is too long or has doubles",
        ));
    }
    let has = |name: &str| covered.contains(&name);
    if !has("(request-target)") || !has("host") {
        return Err(Fault::Bad("(request-target) and host must be signed"));
    }
    let timed = has("(created)") || (has("date") && dated);
    if !timed {
        return Err(Fault::Bad("a date must be there and signed"));
    }
    if !super::is_read(method) && !has("digest") {
        return Err(Fault::Bad("the digest must be there and signed"));
    }
    Ok(())
}

/// Reads `name="value"` and `name=number`, separated by commas. Unknown names, doubles and anything left over are
/// faults: what two readers could understand differently is not let in.
fn read(header: &str) -> Result<Parameters<'_>, Fault> {
    const BAD: Fault = Fault::Bad("the Signature header is malformed");
    let mut found = Parameters::default();
    let mut rest = header.trim_matches(' ');
    loop {
        let (name, after) = rest.split_once('=').ok_or(BAD)?;
        let (value, quoted, after) = if let Some(inner) = after.strip_prefix('"') {
            let (value, after) = inner.split_once('"').ok_or(BAD)?;
            (value, true, after)
        } else {
            let end = after.find(',').unwrap_or(after.len());
            let (value, after) = after.split_at_checked(end).ok_or(BAD)?;
            (value.trim_end_matches(' '), false, after)
        };
        found.set(name, value, quoted)?;
        rest = after.trim_start_matches(' ');
        if rest.is_empty() {
            return Ok(found);
        }
        rest = rest.strip_prefix(',').ok_or(BAD)?.trim_start_matches(' ');
    }
}

impl<'a> Parameters<'a> {
    fn set(&mut self, name: &str, value: &'a str, quoted: bool) -> Result<(), Fault> {
        const TWICE: Fault = Fault::Bad("a parameter of the signature comes twice");
        let slot = match name {
            "keyId" => &mut self.key_id,
            "algorithm" => &mut self.algorithm,
            "headers" => &mut self.headers,
            "signature" => &mut self.signature,
            "created" | "expires" => {
                let slot = if name == "created" {
                    &mut self.created
                } else {
                    &mut self.expires
                };
                return match slot.replace(seconds(value)?) {
                    None => Ok(()),
                    Some(_) => Err(TWICE),
                };
            }
            _ => return Err(Fault::Bad("the signature has an unknown parameter")),
        };
        if !quoted {
            return Err(Fault::Bad("a parameter of the signature is not quoted"));
        }
        match slot.replace(value) {
            None => Ok(()),
            Some(_) => Err(TWICE),
        }
    }
}

/// Unix seconds: digits only, below the year 5138, so that no arithmetic can overflow.
fn seconds(value: &str) -> Result<i64, Fault> {
    let good = (1..=11).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit());
    good.then(|| value.parse().ok()).flatten().ok_or(Fault::Bad(
        "a time of the signature is no number of seconds",
    ))
}

/// The text to verify. The library gets a header of our own making that holds the list of names only: no number, name
/// or signature of the sender passes through its parser.
fn text(
    request: &Request<'_>,
    target: &str,
    covered: &[&str],
    given: &Parameters<'_>,
) -> Result<String, Fault> {
    let mut values = BTreeMap::new();
    for name in covered {
        let value = match *name {
            "(request-target)" => continue,
            "(created)" => given.created.map(|seconds| seconds.to_string()),
            "(expires)" => given.expires.map(|seconds| seconds.to_string()),
            "host" => super::text(request.headers, "host")?
                .or(request.authority)
                .map(str::to_owned),
            name if is_header_name(name) => joined(request, name)?,
            _ => None,
        };
        values.insert(
            (*name).to_owned(),
            value.ok_or(Fault::Bad("a signed header is not there"))?,
        );
    }
    let names = covered.join(" ");
    let header: ParsedHeader = format!("keyId=\"k\",headers=\"{names}\",signature=\"s\"")
        .parse()
        .map_err(|_why| Fault::Bad("the list of signed headers is malformed"))?;
    let built = header
        .into_unvalidated(request.method, target, &mut values, HashSet::new())
        .map_err(|_why| Fault::Bad("a signed header is not there"))?;
    // The library compares the Date with its own clock; ours has done so already, over a narrower window.
    let lenient = std::time::Duration::from_hours(100 * 365 * 24);
    let built = built
        .validate(lenient)
        .map_err(|_why| Fault::Bad("the signature has expired"))?;
    Ok(built.signing_string().to_owned())
}

fn is_header_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The values of a header, joined as the draft says.
fn joined(request: &Request<'_>, name: &str) -> Result<Option<String>, Fault> {
    let values: Result<Vec<&str>, Fault> = request
        .headers
        .get_all(name)
        .iter()
        .map(|value| {
            value
                .to_str()
                .map(|text| text.trim_matches(' '))
                .map_err(|_why| Fault::Bad("a header is not ASCII"))
        })
        .collect();
    let values = values?;
    Ok((!values.is_empty()).then(|| values.join(", ")))
}
