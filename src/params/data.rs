//! Files that came as text: `data:` addresses in base64 (RFC 2397), as scripts put them into JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

const SCHEME: &str = "data:";

/// Whether a text is meant as such an address.
pub(super) fn is_address(text: &str) -> bool {
    text.get(..SCHEME.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(SCHEME))
}

/// What is in it; `None` where it is not in base64 or holds nothing. The media type that it claims says nothing that
/// looking does not say better.
pub(super) fn read(text: &str) -> Option<Bytes> {
    let (head, body) = text.split_once(',')?;
    let marked = head.trim_end().to_ascii_lowercase().ends_with(";base64");
    if !is_address(text) || !marked {
        return None;
    }
    let plain: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = STANDARD.decode(plain).ok()?;
    (!bytes.is_empty()).then(|| bytes.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_and_nothing_else() {
        for good in [
            "data:image/png;base64,aGk=",
            "DATA:;charset=utf-8;BASE64,aG\nk=",
        ] {
            assert_eq!(read(good).as_deref(), Some(b"hi".as_slice()), "{good}");
        }
        for bad in [
            "data:,hi",
            "data:image/png;base64",
            "data:image/png;base64,",
            "data:image/png;base64,a",
            "0",
            "https://a.example/x;base64,aGk=",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert!(is_address("data:,hi") && !is_address("0") && !is_address("é"));
    }
}
