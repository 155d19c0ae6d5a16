//! SIG-19: HTTP Message Signatures.

use std::fmt::Write as _;

use super::*;

/// Signs as RFC 9421 says; `input` is the value behind the label.
pub(super) fn rfc9421(case: Case, input: &str) -> Case {
    let names: Vec<&str> = input
        .split(')')
        .next()
        .unwrap()
        .trim_start_matches('(')
        .split_whitespace()
        .collect();
    let mut base = String::new();
    for name in names {
        let component = name.trim_matches('"');
        let (path, query) = case.target.split_once('?').unwrap_or((&case.target, ""));
        let value = match component {
            "@method" => case.method.to_owned(),
            "@target-uri" => format!("https://node.example{}", case.target),
            "@authority" => "node.example".into(),
            "@path" => path.to_owned(),
            "@query" => format!("?{query}"),
            other => case
                .headers
                .get(other)
                .map_or(String::new(), |v| v.to_str().unwrap().to_owned()),
        };
        writeln!(base, "{name}: {value}").unwrap();
    }
    write!(base, "\"@signature-params\": {input}").unwrap();
    let signature = sign_bytes(&base);
    case.set("signature-input", &format!("sig1={input}"))
        .set("signature", &format!("sig1=:{signature}:"))
}

pub(super) fn digested() -> Case {
    let value = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(BODY)));
    bare("POST", "/inbox", BODY)
        .without("digest")
        .set("content-digest", &value)
}

pub(super) const PARAMETERS: &str =
    r#";created=1700000000;keyid="https://peer.example/users/alice#main-key""#;

#[test]
fn rfc_9421_is_accepted_in_its_usual_forms() {
    for input in [
        r#"("@method" "@target-uri" "content-digest")"#,
        r#"("@method" "@authority" "@path" "content-digest")"#,
        r#"("@method" "@target-uri" "host" "date" "content-digest")"#,
    ] {
        assert!(
            rfc9421(digested(), &format!("{input}{PARAMETERS}")).good(),
            "{input}"
        );
    }
    let full = format!(
        r#"("@method" "@target-uri" "content-digest"){PARAMETERS};alg="rsa-v1_5-sha256";expires=1700000300;nonce="n""#
    );
    assert!(rfc9421(digested(), &full).good());
    let fetch = bare("GET", "/posts/1?page=2", b"");
    assert!(
        rfc9421(
            fetch.clone(),
            &format!(r#"("@method" "@target-uri"){PARAMETERS}"#)
        )
        .good()
    );
    assert!(
        rfc9421(
            fetch.without("date"),
            &format!(r#"("@method" "@authority" "@path" "@query"){PARAMETERS}"#)
        )
        .good()
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn sig_19_rfc_9421_is_held_to_the_same_rules() {
    let usual = r#"("@method" "@target-uri" "content-digest")"#;
    for input in [
        format!(r#"("@target-uri" "content-digest"){PARAMETERS}"#),
        format!(r#"("@method" "content-digest"){PARAMETERS}"#),
        format!(r#"("@method" "@target-uri"){PARAMETERS}"#),
        format!(r#"("@method" "@target-uri" "content-digest" "x-absent"){PARAMETERS}"#),
        format!(r#"("@method";req "@target-uri" "content-digest"){PARAMETERS}"#),
        format!(r#"("@method" "@method" "@target-uri" "content-digest"){PARAMETERS}"#),
        format!(r#"("@method" "@target-uri" "@status" "content-digest"){PARAMETERS}"#),
        format!(r#"(@method "@target-uri" "content-digest"){PARAMETERS}"#),
        format!(r#"{usual};keyid="https://peer.example/users/alice#main-key""#),
        format!("{usual};created=1700000000"),
        format!(r#"{usual}{PARAMETERS};alg="ed25519""#),
        format!(r#"{usual}{PARAMETERS};alg="hmac-sha256""#),
        format!(r#"{usual}{PARAMETERS};tag="other""#),
        format!("{usual}{PARAMETERS};expires=1699999999"),
        format!(r#"{usual};created=1699990000;keyid="{KEY_ID}""#),
        format!(r#"{usual};created=999999999999999;keyid="{KEY_ID}""#),
        format!(r#"{usual};created="1700000000";keyid="{KEY_ID}""#),
        format!(r#"{usual};created=1700000000;keyid="alice""#),
    ] {
        refused(&rfc9421(digested(), &input), &input);
    }
    let good = rfc9421(digested(), &format!("{usual}{PARAMETERS}"));
    let signature = good.signature();
    let input = good
        .headers
        .get("signature-input")
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    refused(
        &good
            .clone()
            .set("signature", &signature.replace("sig1", "sig2")),
        "another label",
    );
    refused(
        &good
            .clone()
            .set("signature", &format!("{signature}, sig2=:AAAA:")),
        "two signatures",
    );
    refused(
        &good
            .clone()
            .set("signature-input", &format!("{input}, sig2=()")),
        "two inputs",
    );
    refused(&good.clone().set("signature-input", "sig1=("), "garbage");
    refused(
        &good.clone().set("signature", "sig1=\"text\""),
        "a string instead of bytes",
    );
    refused(
        &good.clone().without("content-digest"),
        "the digest taken away",
    );
    refused(
        &good.clone().set("content-digest", "sha-256=:AAAA:"),
        "another digest",
    );
    let mut altered = good.clone();
    altered.body[2] ^= 1;
    refused(&altered, "another body");
    let mut moved = good;
    moved.target = "/users/bob/inbox".into();
    refused(&moved, "another inbox");
}
