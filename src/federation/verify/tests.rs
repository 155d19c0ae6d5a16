//! The cases SIG-01 to SIG-25 that need neither network nor database.

mod rfc9421;

use http::{HeaderMap, HeaderName, HeaderValue};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rsa::pkcs8::Document;

use self::rfc9421::PARAMETERS;
use super::*;
use crate::federation::sign::tests::{OTHER, PAIR};
use crate::federation::sign::{self, SigningKey};

const OWN: Own<'static> = Own {
    base: "https://node.example",
    authority: "node.example",
};
const KEY_ID: &str = "https://peer.example/users/alice#main-key";
const BODY: &[u8] = br#"{"type":"Like"}"#;

fn now() -> Time {
    chrono::DateTime::from_timestamp(1_700_000_000, 0)
        .unwrap()
        .naive_utc()
}

fn key() -> VerifyKey {
    VerifyKey::from_pem(&PAIR.1).unwrap()
}

fn sign_bytes(text: &str) -> String {
    let (_, document) = Document::from_pem(&PAIR.0).unwrap();
    let pair = RsaKeyPair::from_pkcs8(document.as_bytes()).unwrap();
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut signature,
    )
    .unwrap();
    STANDARD.encode(signature)
}

/// A request that a test changes before it is checked.
#[derive(Clone)]
struct Case {
    method: &'static str,
    target: String,
    authority: Option<&'static str>,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Case {
    fn check(&self) -> Result<Claim, Fault> {
        let request = Request {
            method: self.method,
            target: &self.target,
            authority: self.authority,
            headers: &self.headers,
            body: &self.body,
        };
        check(&request, &OWN, now())
    }

    /// Checked, and signed by the key.
    fn good(&self) -> bool {
        self.check().is_ok_and(|claim| claim.fits(&key()))
    }

    fn set(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        );
        self
    }

    fn add(mut self, name: &'static str, value: &str) -> Self {
        self.headers.append(
            HeaderName::from_static(name),
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        );
        self
    }

    fn without(mut self, name: &'static str) -> Self {
        self.headers.remove(name);
        self
    }

    fn signature(&self) -> String {
        self.headers
            .get("signature")
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    }

    /// Rewrites the Signature header.
    fn mark(self, change: impl FnOnce(&str) -> String) -> Self {
        let changed = change(&self.signature());
        self.set("signature", &changed)
    }
}

fn bare(method: &'static str, target: &str, body: &[u8]) -> Case {
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static("node.example"));
    headers.insert(
        "date",
        HeaderValue::from_str(&sign::http_date(now())).unwrap(),
    );
    if method == "POST" {
        headers.insert(
            "digest",
            HeaderValue::from_str(&sign::digest(body)).unwrap(),
        );
        headers.insert(
            "content-type",
            HeaderValue::from_static("application/activity+json"),
        );
    }
    Case {
        method,
        target: target.into(),
        authority: None,
        headers,
        body: body.to_vec(),
    }
}

/// Signs what the case holds, as draft-cavage says, over the given names; `extra` are further parameters.
fn cavage(case: Case, covered: &str, extra: &str) -> Case {
    let value = |name: &str| match name {
        "(request-target)" => format!("{} {}", case.method.to_lowercase(), case.target),
        "(created)" | "(expires)" => {
            let word = format!("{}=", name.trim_matches(['(', ')']));
            extra
                .split(',')
                .find_map(|part| part.strip_prefix(&word))
                .unwrap_or("0")
                .to_owned()
        }
        name => case
            .headers
            .get(name)
            .map_or("", |v| v.to_str().unwrap())
            .to_owned(),
    };
    let text: Vec<String> = covered
        .split(' ')
        .map(|name| format!("{name}: {}", value(name)))
        .collect();
    let signature = sign_bytes(&text.join("\n"));
    let extra = if extra.is_empty() {
        String::new()
    } else {
        format!("{extra},")
    };
    let header = format!(
        r#"keyId="{KEY_ID}",algorithm="rsa-sha256",{extra}headers="{covered}",signature="{signature}""#
    );
    case.set("signature", &header)
}

const COVERED: &str = "(request-target) host date digest";

fn post() -> Case {
    cavage(bare("POST", "/inbox", BODY), COVERED, "")
}

fn get(target: &str) -> Case {
    cavage(bare("GET", target, b""), "(request-target) host date", "")
}

#[track_caller]
fn refused(case: &Case, what: &str) {
    match case.check() {
        Err(_) => {}
        Ok(claim) => assert!(!claim.fits(&key()), "{what} was accepted"),
    }
}

#[test]
fn a_good_request_is_accepted() {
    assert!(post().good());
    assert!(get("/users/bob").good());
    assert_eq!(post().check().unwrap().key_id, KEY_ID);
    let at_another = post().check().unwrap();
    assert!(
        !at_another.fits(&VerifyKey::from_pem(&OTHER.1).unwrap()),
        "another key"
    );
}

#[test]
fn what_we_sign_ourselves_is_accepted() {
    let key = SigningKey::from_pem(KEY_ID.into(), &PAIR.0).unwrap();
    let url = Url::parse("https://node.example/inbox?x=1").unwrap();
    for body in [Some(BODY), None] {
        let method = if body.is_some() { "POST" } else { "GET" };
        let target = sign::target(&url);
        let mut case = bare(method, &target, body.unwrap_or_default());
        for (name, value) in sign::headers(&key, method, &url, &target, body, now()).unwrap() {
            case = case.set(name, &value);
        }
        assert!(case.good(), "{method}");
    }
}

#[test]
fn sig_01_unsigned_is_told_apart() {
    assert_eq!(post().without("signature").check(), Err(Fault::Unsigned));
}

#[test]
fn sig_02_an_altered_body_is_refused() {
    let mut case = post();
    case.body[2] ^= 1;
    assert_eq!(
        case.check(),
        Err(Fault::Bad("the digest is not that of the body"))
    );
}

#[test]
fn sig_03_the_digest_must_be_there_and_signed() {
    refused(
        &cavage(bare("POST", "/inbox", BODY).without("digest"), COVERED, ""),
        "no digest",
    );
    refused(&post().without("digest"), "digest taken away");
    refused(
        &cavage(
            bare("POST", "/inbox", BODY),
            "(request-target) host date",
            "",
        ),
        "digest not signed",
    );
}

#[test]
fn sig_04_only_the_right_sha_256_counts() {
    let right = STANDARD.encode(Sha256::digest(BODY));
    let right_512 = STANDARD.encode(Sha512::digest(BODY));
    let with = |value: &str| {
        cavage(
            bare("POST", "/inbox", BODY).set("digest", value),
            COVERED,
            "",
        )
    };
    for good in [
        format!("sha-256={right}"),
        format!("Sha-256={right}"),
        format!("SHA-256={right},SHA-512={right_512}"),
        format!("unixsum=30637, SHA-256={right}"),
    ] {
        assert!(with(&good).good(), "{good}");
    }
    for bad in [
        format!("SHA-256={}", STANDARD.encode(Sha256::digest(b"x"))),
        format!("MD5={right}"),
        format!("SHA-512={right}"),
        format!("SHA-512={right_512}"),
        format!("SHA-256={right},SHA-512={right}"),
        format!("SHA-256={right},SHA-256={right}"),
        "SHA-256=".into(),
        "=".into(),
        String::new(),
        right,
    ] {
        refused(&with(&bad), &bad);
    }
}

#[test]
fn sig_08_a_request_for_another_host_is_misdirected() {
    let for_b = cavage(
        bare("POST", "/inbox", BODY).set("host", "b.example"),
        COVERED,
        "",
    );
    assert_eq!(for_b.check(), Err(Fault::Misdirected));
    refused(
        &for_b.clone().set("host", "node.example"),
        "the signature of another host",
    );
    let mut over_http2 = for_b;
    over_http2.authority = Some("node.example");
    assert_eq!(over_http2.check(), Err(Fault::Misdirected));
    let mut without_host = post().without("host");
    assert!(matches!(without_host.check(), Err(Fault::Malformed(_))));
    without_host.authority = Some("node.example");
    assert!(without_host.good(), "HTTP/2 without a Host header");
    assert_eq!(
        post().set("host", "node.example:443").check(),
        Err(Fault::Misdirected)
    );
}

#[test]
fn sig_09_repeated_headers_are_refused_before_anything_else() {
    let forged = sign::digest(b"forged");
    let genuine = sign::digest(BODY);
    for (name, first, second) in [
        ("digest", forged.as_str(), genuine.as_str()),
        ("digest", genuine.as_str(), forged.as_str()),
        ("host", "node.example", "node.example"),
        (
            "date",
            "Tue, 14 Nov 2023 22:13:20 GMT",
            "Tue, 14 Nov 2023 22:13:20 GMT",
        ),
        ("signature", "x", "y"),
        ("signature-input", "x", "y"),
        ("authorization", "Bearer a", "Bearer b"),
        ("content-type", "application/activity+json", "text/html"),
        ("content-digest", "x", "y"),
        ("content-length", "1", "2"),
    ] {
        let case = post().set(name, first).add(name, second);
        assert_eq!(
            case.check(),
            Err(Fault::Malformed("a header comes twice")),
            "{name}"
        );
    }
}

/// SIG-25 too: the path counts as it came, in no other spelling.
#[test]
fn sig_10_target_method_and_host_must_be_signed_as_they_are() {
    refused(
        &cavage(bare("POST", "/inbox", BODY), "host date digest", ""),
        "no target",
    );
    refused(
        &cavage(
            bare("POST", "/inbox", BODY),
            "(request-target) date digest",
            "",
        ),
        "no host",
    );
    for target in [
        "/users/bob/inbox",
        "/inbox?x=1",
        "/inbox/",
        "//inbox",
        "/INBOX",
        "/%69nbox",
        "/./inbox",
        "/inbox#",
    ] {
        let mut case = post();
        case.target = target.into();
        refused(&case, target);
    }
    let mut case = post();
    case.method = "PUT";
    refused(&case, "another method");
}

#[test]
fn sig_11_the_date_lies_within_the_hour_and_has_the_one_form() {
    let with = |date: &str| cavage(bare("POST", "/inbox", BODY).set("date", date), COVERED, "");
    for seconds in [-3599, 3599] {
        let date = sign::http_date(now() + chrono::TimeDelta::seconds(seconds));
        assert!(with(&date).good(), "{date}");
    }
    for seconds in [-3601, 3601, -7200, 7200, -700_000_000, 700_000_000] {
        let date = sign::http_date(now() + chrono::TimeDelta::seconds(seconds));
        refused(&with(&date), &date);
    }
    for date in [
        "yesterday",
        "",
        "Tuesday, 14-Nov-23 22:13:20 GMT",
        "Tue Nov 14 22:13:20 2023",
        "Tue, 14 Nov 23 22:13:20 GMT",
        "Tue, 14 Nov 2023 22:13:20 +0000",
        "Tue, 14 Nov 2023 22:13:20",
        "Wed, 14 Nov 2023 22:13:20 GMT",
        "Tue, 14 Nov 2023 22:13:20 GMT ",
        "2023-11-14T22:13:20Z",
    ] {
        refused(&with(date), date);
    }
    refused(
        &cavage(bare("POST", "/inbox", BODY).without("date"), COVERED, ""),
        "no date",
    );
    refused(
        &cavage(
            bare("POST", "/inbox", BODY),
            "(request-target) host digest",
            "",
        ),
        "date not signed",
    );
    let created = cavage(
        bare("POST", "/inbox", BODY).without("date"),
        "(request-target) host digest (created)",
        "created=1700000000",
    );
    assert!(created.good(), "(created) instead of a date");
}

#[test]
fn sig_12_the_algorithm_is_one_of_three() {
    for good in ["rsa-sha256", "hs2019"] {
        assert!(
            post().mark(|mark| mark.replace("rsa-sha256", good)).good(),
            "{good}"
        );
    }
    assert!(
        post()
            .mark(|mark| mark.replace(r#"algorithm="rsa-sha256","#, ""))
            .good(),
        "absent"
    );
    for bad in [
        "hmac-sha256",
        "none",
        "rsa-sha1",
        "ecdsa-sha256",
        "ed25519",
        "RSA-SHA256",
        "",
        "rsa-sha256 ",
    ] {
        refused(&post().mark(|mark| mark.replace("rsa-sha256", bad)), bad);
    }
}

#[test]
fn sig_14_created_and_expires_are_held_to() {
    let names = "(request-target) host digest (created) (expires)";
    let with = |extra: &str| cavage(bare("POST", "/inbox", BODY), names, extra);
    assert!(with("created=1700000000,expires=1700000300").good());
    for bad in [
        "created=1700000000,expires=1699999999",
        "created=1700000010,expires=1700000005",
        "created=1700000000",
        "expires=1700000300",
        "created=1699990000,expires=1700000300",
        "created=1700010000,expires=1700010300",
        "created=1700000000,expires=1800000000",
    ] {
        refused(&with(bad), bad);
    }
    let changed = with("created=1700000000,expires=1700000300")
        .mark(|m| m.replace("1700000300", "1700000301"));
    refused(&changed, "a changed parameter");
    let not_covered = post().mark(|mark| mark.replace("headers=", "created=1,headers="));
    refused(&not_covered, "an old created beside a good date");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn sig_17_malformed_headers_are_refused_and_stop_nobody() {
    for number in [
        "18446744073709551615",
        "9223372036854775807",
        "-1",
        "1000",
        "0x10",
        &"9".repeat(400),
        "",
        "1e3",
        "+1700000000",
        "1700000000.5",
        "\"1700000000x\"",
    ] {
        let case = post().mark(|m| {
            m.replace(
                "headers=\"",
                &format!("created={number},expires={number},headers=\"(created) "),
            )
        });
        refused(&case, number);
    }
    let signature = post().signature();
    let value = signature
        .rsplit_once("signature=\"")
        .unwrap()
        .1
        .trim_end_matches('"')
        .to_owned();
    for bad in [
        String::new(),
        "x".into(),
        "keyId=\"".into(),
        "=".into(),
        ",".into(),
        "\"".into(),
        "a".repeat(20_000),
        "keyId=\"a\",headers=\"\",signature=\"\"".into(),
        signature.replace(COVERED, ""),
        signature.replace(COVERED, "digest digest"),
        signature.replace(COVERED, &format!("{COVERED} digest")),
        signature.replace(COVERED, "(request-target) host  date digest"),
        signature.replace(COVERED, "(request-target) HOST date digest"),
        signature.replace("keyId=", "keyid="),
        signature.replace(KEY_ID, "https://a.example/\"x"),
        signature.replace(KEY_ID, "https://a.example/,x\""),
        signature.replace(KEY_ID, "acct:alice@peer.example"),
        signature.replace(KEY_ID, "file:///etc/hostname"),
        signature.replace(KEY_ID, "https://"),
        signature.replace(KEY_ID, &format!("https://a.example/{}", "k".repeat(3000))),
        format!("{signature},other=\"1\""),
        format!("{signature},keyId=\"https://b.example/\""),
        format!("{signature},"),
        format!("{signature}x"),
        signature.trim_end_matches('"').to_owned(),
        signature.replace(&value, "!!!"),
        signature.replace(&value, ""),
        signature.replace(&value, &"QUJD".repeat(600)),
        signature.replace(
            "headers=\"(request-target) host date digest\"",
            "headers=host",
        ),
    ] {
        refused(&post().set("signature", &bad), &bad);
    }
    let spaced = post().mark(|mark| mark.replace("\",", "\" , "));
    assert!(spaced.good(), "blanks around commas are fine");
    let mut foreign = post();
    foreign.headers.insert(
        "signature",
        HeaderValue::from_bytes(b"keyId=\"\xe9\",signature=\"!\"").unwrap(),
    );
    refused(&foreign, "bytes that are no ASCII");
}

#[test]
fn sig_18_what_was_signed_is_what_is_there() {
    refused(
        &cavage(
            bare("POST", "/inbox", BODY),
            &format!("{COVERED} x-absent"),
            "",
        ),
        "a signed header that is absent",
    );
    let swapped = post().mark(|mark| mark.replace(COVERED, "(request-target) host digest date"));
    refused(&swapped, "another order");
    refused(
        &post().set("date", "Tue, 14 Nov 2023 22:13:21 GMT"),
        "another date",
    );
}

#[test]
fn sig_23_a_get_is_held_to_the_same_rules_but_for_the_digest() {
    assert_eq!(bare("GET", "/posts/1", b"").check(), Err(Fault::Unsigned));
    let old = bare("GET", "/posts/1", b"").set("date", "Tue, 14 Nov 2023 20:13:20 GMT");
    refused(
        &cavage(old, "(request-target) host date", ""),
        "an old date",
    );
    let digested = bare("GET", "/posts/1", b"").set("digest", &sign::digest(b"x"));
    refused(&cavage(digested, COVERED, ""), "the digest of another body");
    let empty = bare("GET", "/posts/1", b"").set("digest", &sign::digest(b""));
    assert!(cavage(empty, COVERED, "").good());
    refused(
        &cavage(bare("GET", "/posts/1", b""), "date", ""),
        "the date alone",
    );
}

#[test]
fn a_get_may_be_signed_with_or_without_its_query() {
    assert!(get("/posts/1?page=2").good());
    let mut without = get("/posts/1");
    without.target = "/posts/1?page=2".into();
    assert!(without.good());
    let mut post = post();
    post.target = "/inbox?page=2".into();
    refused(&post, "a POST signed without its query");
}

#[test]
fn sig_24_a_signature_in_authorization_is_refused() {
    let case = post().set("authorization", "Signature keyId=\"x\"");
    assert!(matches!(case.check(), Err(Fault::Malformed(_))));
    let only = bare("POST", "/inbox", BODY).set("authorization", "Signature keyId=\"x\"");
    assert!(matches!(only.check(), Err(Fault::Malformed(_))));
}

#[test]
fn thousands_of_mutations_neither_panic_nor_pass() {
    use rand::{Rng, SeedableRng};
    let mut random = rand::rngs::StdRng::seed_from_u64(7);
    let good = [
        post(),
        rfc9421::rfc9421(
            rfc9421::digested(),
            &format!(r#"("@method" "@target-uri" "content-digest"){PARAMETERS}"#),
        ),
    ];
    for round in 0..4000 {
        let case = good[round % 2].clone();
        let name = if round % 4 == 1 {
            "signature-input"
        } else {
            "signature"
        };
        let mut bytes = case.headers.get(name).unwrap().as_bytes().to_vec();
        for _ in 0..random.gen_range(1..4) {
            let at = random.gen_range(0..bytes.len());
            match random.gen_range(0..3) {
                0 => bytes[at] = random.gen_range(0x20..0x7f),
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, random.gen_range(0x20..0x7f)),
            }
        }
        let mut changed = case.clone();
        changed
            .headers
            .insert(name, HeaderValue::from_bytes(&bytes).unwrap());
        if let Ok(claim) = changed.check() {
            let same = case.check().unwrap();
            assert!(
                !claim.fits(&key()) || claim.texts == same.texts,
                "{}",
                String::from_utf8_lossy(&bytes)
            );
        }
    }
}
