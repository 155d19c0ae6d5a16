//! Names of files. They are random, so that nobody finds a file by guessing, and say what belongs together: a thumbnail
//! has the name of its original with another word in it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore;
use rand::rngs::OsRng;

use super::file;

/// What a name says of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// Avatar or header: for anybody.
    Profile,
    /// An attachment; the name of its original.
    Attachment(String),
    /// An upload as it came, for nobody; the name that the original will have.
    Staged(String),
}

fn random() -> String {
    let mut bytes = [0_u8; 18];
    OsRng.fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn is_random(text: &str) -> bool {
    let good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    text.len() == 24 && text.bytes().all(good)
}

/// A name for a new attachment.
pub fn original(extension: &str) -> String {
    format!("{}.original.{extension}", random())
}

/// A name for a new avatar or header.
pub fn profile(extension: &str) -> String {
    format!("{}.profile.{extension}", random())
}

/// The name of another file that belongs to an original: `None` where that is none of our names.
fn beside(original: &str, name: impl Fn(&str, &str) -> String) -> Option<String> {
    let (random, extension) = original.split_once(".original.")?;
    Some(name(random, extension))
}

/// The thumbnail of an image.
pub fn small(original: &str) -> Option<String> {
    beside(original, |random, extension| {
        format!("{random}.small.{extension}")
    })
}

/// A name for a picture that stands for a film or recording. Each has its own, since whoever got one may keep it for good:
/// another picture comes under another name.
pub fn cover(original: &str, extension: &str) -> Option<String> {
    let own = random();
    beside(original, |random, of| {
        format!("{random}.small-{of}-{own}.{extension}")
    })
}

/// The upload as it came, while it waits to be worked on.
pub fn staged(original: &str) -> Option<String> {
    beside(original, |random, extension| {
        format!("{random}.staged.{extension}")
    })
}

/// The name of the same attachment as another type of file.
pub fn renamed(original: &str, extension: &str) -> Option<String> {
    beside(original, |random, _| {
        format!("{random}.original.{extension}")
    })
}

/// Media type of our own files by extension.
pub fn mime_of(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "jpg" => Some("image/jpeg"),
        "png" => Some("image/png"),
        "gif" => Some("image/gif"),
        other => file::mime_of(other),
    }
}

/// Reads a name as we make them; `None` for any other.
pub fn read_name(name: &str) -> Option<Name> {
    mime_of(name)?;
    let (stem, extension) = name.rsplit_once('.')?;
    let (random, role) = stem.rsplit_once('.')?;
    match role {
        _ if !is_random(random) => None,
        "profile" => Some(Name::Profile),
        "original" | "small" => Some(Name::Attachment(format!("{random}.original.{extension}"))),
        "staged" => Some(Name::Staged(format!("{random}.original.{extension}"))),
        // The picture that stands for a file of another type, which it names; the first ones had no name of their own.
        role => {
            let rest = role.strip_prefix("small-")?;
            let (of, own) = rest
                .split_once('-')
                .map_or((rest, None), |(of, own)| (of, Some(own)));
            if !own.is_none_or(is_random) {
                return None;
            }
            file::mime_of(of)?;
            Some(Name::Attachment(format!("{random}.original.{of}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_names_lead_to_files() {
        let film = original("mp4");
        let attachment = Some(Name::Attachment(film.clone()));
        assert_eq!(read_name(&film), attachment);
        let (picture, another) = (cover(&film, "png").unwrap(), cover(&film, "png").unwrap());
        assert_ne!(picture, another);
        let first = small(&film).unwrap().replace("small.mp4", "small-mp4.png");
        for picture in [picture, another, first] {
            assert_eq!(read_name(&picture), attachment, "{picture}");
        }
        let waiting = staged(&film).unwrap();
        assert_eq!(read_name(&waiting), Some(Name::Staged(film.clone())));
        let picture = renamed(&film, "png").unwrap();
        let thumbnail = small(&picture).unwrap();
        assert_eq!(read_name(&thumbnail), Some(Name::Attachment(picture)));
        assert_eq!(read_name(&profile("jpg")), Some(Name::Profile));
        assert_eq!(small("x.png"), None);
        for bad in [
            "../../etc/passwd",
            "x.original.png",
            "a/b.png",
            "",
            ".",
            "AAAAAAAAAAAAAAAAAAAAAAAA.original.svg",
            "AAAAAAAAAAAAAAAAAAAAAAAA.small-svg.png",
            "AAAAAAAAAAAAAAAAAAAAAAAA.small-mp4-1.png",
            "AAAAAAAAAAAAAAAAAAAAAAAA.small-mp4-AAAAAAAAAAAAAAAAAAAAAAA/.png",
        ] {
            assert_eq!(read_name(bad), None, "{bad}");
        }
    }
}
