//! Addresses under which this node shows pictures that lie elsewhere. They name a row of ours, never an address of
//! theirs: nobody can make the node fetch what it does not know already.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Which picture of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The avatar of an account.
    Avatar,
    /// The header of an account.
    Header,
    /// An attachment of a post.
    Original,
    /// Its thumbnail.
    Small,
}

impl Part {
    /// The word in addresses and file names.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Avatar => "avatar",
            Self::Header => "header",
            Self::Original => "original",
            Self::Small => "small",
        }
    }

    /// Reads the word of an address.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Avatar, Self::Header, Self::Original, Self::Small]
            .into_iter()
            .find(|part| part.as_str() == word)
    }
}

/// What follows from the address at the origin (128 bits, base64url): a new picture gets a new address here, so that
/// readers may keep it for good.
pub fn key(url: &str) -> String {
    let digest = Sha256::digest(url.as_bytes());
    URL_SAFE_NO_PAD.encode(digest.get(..16).unwrap_or_default())
}

/// Whether a picture may be asked for at an address of its origin.
pub fn is_web_address(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// The path on this node. `id` is that of the account or attachment, `url` the address at the origin.
pub fn path(part: Part, id: i64, url: &str) -> String {
    format!("/media/remote/{}/{id}/{}", part.as_str(), key(url))
}

/// The address on this node of a picture of an account: of its own file, of what lies at its origin, or a stand-in.
pub fn image_url(base: &str, part: Part, id: i64, local: bool, image: Option<&str>) -> String {
    match image {
        Some(file) if local && !file.is_empty() => format!("{base}/media/{file}"),
        Some(address) if !local && is_web_address(address) => {
            format!("{base}{}", path(part, id, address))
        }
        _ if part == Part::Header => format!("{base}/headers/original/missing.png"),
        _ => format!("{base}/avatars/original/missing.png"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_without_picture_has_a_stand_in() {
        let url = |local, image| image_url("https://x.example", Part::Header, 7, local, image);
        let missing = "https://x.example/headers/original/missing.png";
        assert_eq!(url(true, None), missing);
        assert_eq!(url(true, Some("")), missing);
        assert_eq!(url(false, Some("data:x")), missing);
        assert_eq!(url(true, Some("a.png")), "https://x.example/media/a.png");
        assert!(
            url(false, Some("https://o.example/a.png"))
                .starts_with("https://x.example/media/remote/header/7/")
        );
    }

    #[test]
    fn another_picture_has_another_address() {
        let one = path(Part::Avatar, 7, "https://a.example/1.png");
        assert!(one.starts_with("/media/remote/avatar/7/"), "{one}");
        assert_ne!(one, path(Part::Avatar, 7, "https://a.example/2.png"));
        for part in ["avatar", "header", "original", "small"] {
            assert_eq!(Part::parse(part).map(Part::as_str), Some(part));
        }
        assert_eq!(Part::parse("file"), None);
    }
}
