//! Files that are no images: sound, film and documents. They are not decoded, so the type is that of their first bytes,
//! and they are served where they cannot do anything: with a fixed type, in a sandbox, documents for download only. Where
//! a film was taken, and who made a recording, is taken out.

use crate::error::{Error, Result};
use crate::model::refusal::Refusal;
use crate::model::words::MediaKind;

/// How many bytes at the beginning of a file are looked at for names inside it.
const HEAD: usize = 4096;

/// Bounds for uploads that are no images, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct FileLimits {
    /// Film and sound.
    pub av: u64,
    /// Documents.
    pub document: u64,
}

/// A file, ready to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain {
    /// What is in it.
    pub bytes: Vec<u8>,
    /// The ending of its name.
    pub extension: &'static str,
    /// Media type.
    pub mime: &'static str,
    /// As Mastodon names it; documents are `unknown`.
    pub kind: MediaKind,
}

/// Types that are kept: ending, media type, kind.
const TYPES: &[(&str, &str, MediaKind)] = &[
    ("mp4", "video/mp4", MediaKind::Video),
    ("mov", "video/quicktime", MediaKind::Video),
    ("webm", "video/webm", MediaKind::Video),
    ("m4a", "audio/mp4", MediaKind::Audio),
    ("mp3", "audio/mpeg", MediaKind::Audio),
    ("ogg", "audio/ogg", MediaKind::Audio),
    ("flac", "audio/flac", MediaKind::Audio),
    ("wav", "audio/wav", MediaKind::Audio),
    ("pdf", "application/pdf", MediaKind::Unknown),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        MediaKind::Unknown,
    ),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        MediaKind::Unknown,
    ),
    (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        MediaKind::Unknown,
    ),
    (
        "odt",
        "application/vnd.oasis.opendocument.text",
        MediaKind::Unknown,
    ),
    (
        "ods",
        "application/vnd.oasis.opendocument.spreadsheet",
        MediaKind::Unknown,
    ),
    (
        "odp",
        "application/vnd.oasis.opendocument.presentation",
        MediaKind::Unknown,
    ),
];

/// Media types of all files that are taken besides images.
pub fn mime_types() -> impl Iterator<Item = &'static str> {
    TYPES.iter().map(|(_, mime, _)| *mime)
}

/// The media type of an ending.
pub(super) fn mime_of(extension: &str) -> Option<&'static str> {
    TYPES
        .iter()
        .find(|(known, ..)| *known == extension)
        .map(|(_, mime, _)| *mime)
}

/// Whether a file is only ever downloaded, never shown in place.
pub fn is_download(mime: &str) -> bool {
    mime.starts_with("application/")
}

/// The ending for what the first bytes say; `None` for anything that is not taken.
fn sniff(bytes: &[u8]) -> Option<&'static str> {
    let head = bytes.get(..HEAD.min(bytes.len())).unwrap_or_default();
    let at = |from: usize, wanted: &[u8]| bytes.get(from..from + wanted.len()) == Some(wanted);
    if at(4, b"ftyp") {
        return film(bytes.get(8..12)?);
    }
    if at(0, b"\x1a\x45\xdf\xa3") {
        return contains(head, b"webm").then_some("webm");
    }
    if at(0, b"OggS") {
        let sound: [&[u8]; 3] = [b"\x01vorbis", b"OpusHead", b"\x7fFLAC"];
        return sound
            .iter()
            .any(|codec| contains(head, codec))
            .then_some("ogg");
    }
    if at(0, b"fLaC") {
        return Some("flac");
    }
    if at(0, b"RIFF") && at(8, b"WAVE") {
        return Some("wav");
    }
    if at(0, b"%PDF-") {
        return Some("pdf");
    }
    if at(0, b"PK\x03\x04") {
        return office(bytes, head);
    }
    let frame = matches!(bytes, [0xff, second, ..] if second & 0xe6 == 0xe2);
    (at(0, b"ID3") || frame).then_some("mp3")
}

fn film(brand: &[u8]) -> Option<&'static str> {
    match brand {
        b"M4A " | b"M4B " => Some("m4a"),
        b"qt  " => Some("mov"),
        b"isom" | b"iso2" | b"iso4" | b"iso5" | b"iso6" | b"mp41" | b"mp42" | b"avc1" | b"MSNV"
        | b"M4V " | b"dash" | b"3gp4" | b"3gp5" => Some("mp4"),
        // Pictures in the same coat, among others.
        _ => None,
    }
}

/// Office files are archives that say what they are; those with programs in them are not taken.
fn office(bytes: &[u8], head: &[u8]) -> Option<&'static str> {
    if contains(bytes, b"vbaProject") || contains(bytes, b"Basic/script-lb.xml") {
        return None;
    }
    let open: [(&[u8], &str); 3] = [
        (b"mimetypeapplication/vnd.oasis.opendocument.text", "odt"),
        (
            b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
            "ods",
        ),
        (
            b"mimetypeapplication/vnd.oasis.opendocument.presentation",
            "odp",
        ),
    ];
    if let Some((_, ending)) = open.iter().find(|(mark, _)| contains(head, mark)) {
        return Some(ending);
    }
    if !contains(bytes, b"[Content_Types].xml") {
        return None;
    }
    let main: [(&[u8], &str); 3] = [
        (b"word/document.xml", "docx"),
        (b"xl/workbook.xml", "xlsx"),
        (b"ppt/presentation.xml", "pptx"),
    ];
    main.iter()
        .find(|(mark, _)| contains(bytes, mark))
        .map(|(_, ending)| *ending)
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|part| part == wanted)
}

/// The type of a file by its first bytes: ending, media type, kind.
fn known(
    bytes: &[u8],
    limits: FileLimits,
) -> Result<&'static (&'static str, &'static str, MediaKind)> {
    let refuse = |why| Err(Error::invalid("file", why));
    let Some(found) = sniff(bytes) else {
        return refuse(Refusal::BadMediaType);
    };
    let Some(row) = TYPES.iter().find(|(known, ..)| *known == found) else {
        return refuse(Refusal::BadMediaType);
    };
    let most = if row.2 == MediaKind::Unknown {
        limits.document
    } else {
        limits.av
    };
    if bytes.len() as u64 > most {
        return refuse(Refusal::FileTooLarge(most.div_ceil(1 << 20)));
    }
    Ok(row)
}

/// Ending and kind of a file that is no image.
///
/// # Errors
/// As [`read_file`].
pub(super) fn look(bytes: &[u8], limits: FileLimits) -> Result<(&'static str, MediaKind)> {
    known(bytes, limits).map(|(extension, _, kind)| (*extension, *kind))
}

/// Reads a file that is no image.
///
/// # Errors
/// `Invalid` for `file`: a type that is not taken, or too large.
pub fn read_file(bytes: &bytes::Bytes, limits: FileLimits) -> Result<Plain> {
    let (extension, mime, kind) = known(bytes, limits)?;
    let mut bytes = bytes.to_vec();
    match *extension {
        "mp4" | "mov" | "m4a" => forget_boxes(&mut bytes, 0),
        "mp3" => forget_tags(&mut bytes),
        "flac" => super::forget::flac(&mut bytes),
        "webm" => super::forget::webm(&mut bytes),
        _ => {}
    }
    Ok(Plain {
        bytes,
        extension,
        mime,
        kind: *kind,
    })
}

/// Empties the boxes in which cameras write where and with what a film was made (`udta`, `meta`), in `moov` and in its
/// tracks. Nothing moves, so that the film plays as before.
fn forget_boxes(bytes: &mut [u8], depth: u8) {
    let mut at = 0;
    while let Some((header, size)) = box_at(bytes, at) {
        let name = bytes.get(at + 4..at + 8).unwrap_or_default().to_vec();
        let Some(body) = bytes.get_mut(at + header..at + size) else {
            return;
        };
        match name.as_slice() {
            b"moov" | b"trak" if depth < 3 => forget_boxes(body, depth + 1),
            b"udta" | b"meta" | b"uuid" => {
                body.fill(0);
                if let Some(name) = bytes.get_mut(at + 4..at + 8) {
                    name.copy_from_slice(b"free");
                }
            }
            _ => {}
        }
        at += size;
    }
}

/// Length of the header of the box at a place, and of the whole box; `None` at the end and where it does not fit.
fn box_at(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let number = |from: usize, len: usize| -> Option<u64> {
        let part = bytes.get(from..from.checked_add(len)?)?;
        Some(
            part.iter()
                .fold(0, |sum, byte| (sum << 8) | u64::from(*byte)),
        )
    };
    let (header, size) = match number(at, 4)? {
        0 => (8, (bytes.len() - at) as u64),
        1 => (16, number(at.checked_add(8)?, 8)?),
        size => (8, size),
    };
    let size = usize::try_from(size).ok()?;
    let fits = size >= header && at.checked_add(size).is_some_and(|end| end <= bytes.len());
    fits.then_some((header, size))
}

/// Takes the ID3 tags at both ends away: names, places, pictures.
fn forget_tags(bytes: &mut Vec<u8>) {
    let mut begin = 0;
    while let Some([b'I', b'D', b'3', _, _, flags, a, b, c, d, ..]) = bytes.get(begin..) {
        let size = [a, b, c, d]
            .into_iter()
            .fold(0_usize, |sum, byte| (sum << 7) | usize::from(byte & 0x7f));
        let footer = if flags & 0x10 == 0 { 0 } else { 10 };
        begin = (begin + 10 + size + footer).min(bytes.len());
    }
    // All of them at once: a file may hold millions.
    bytes.drain(..begin);
    let tail = bytes.len().saturating_sub(128);
    if bytes.get(tail..tail + 3) == Some(b"TAG") {
        bytes.truncate(tail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: FileLimits = FileLimits {
        av: 1000,
        document: 500,
    };

    fn read(bytes: &[u8]) -> Result<Plain> {
        read_file(&bytes::Bytes::copy_from_slice(bytes), LIMITS)
    }

    fn boxed(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(body.len() + 8).unwrap();
        [&size.to_be_bytes()[..], name, body].concat()
    }

    fn archive(names: &[&str]) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        for name in names {
            bytes.extend_from_slice(name.as_bytes());
        }
        bytes
    }

    #[test]
    fn upl_01_the_type_is_that_of_the_first_bytes() {
        let office = |main: &str| archive(&["[Content_Types].xml", main]);
        for (bytes, extension) in [
            (boxed(b"ftyp", b"isom\0\0\0\0"), "mp4"),
            (boxed(b"ftyp", b"M4A \0\0\0\0"), "m4a"),
            (boxed(b"ftyp", b"qt  \0\0\0\0"), "mov"),
            (b"\x1a\x45\xdf\xa3....webm".to_vec(), "webm"),
            (b"OggS........OpusHead".to_vec(), "ogg"),
            (b"ID3\x04\0\0\0\0\0\0\xff\xfb".to_vec(), "mp3"),
            (b"\xff\xfb\x90\x00".to_vec(), "mp3"),
            (b"fLaC".to_vec(), "flac"),
            (b"RIFF....WAVE".to_vec(), "wav"),
            (b"%PDF-1.7".to_vec(), "pdf"),
            (office("word/document.xml"), "docx"),
            (office("xl/workbook.xml"), "xlsx"),
            (
                archive(&["mimetypeapplication/vnd.oasis.opendocument.text"]),
                "odt",
            ),
        ] {
            assert_eq!(read(&bytes).unwrap().extension, extension);
        }
    }

    #[test]
    fn upl_02_what_could_run_or_is_unknown_is_refused() {
        for bytes in [
            &b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..],
            b"<html>",
            b"MZ\x90",
            b"\x7fELF",
            b"",
            b"\x1a\x45\xdf\xa3....matroska",
            b"\xff\xf1",
            &boxed(b"ftyp", b"heic\0\0\0\0"),
            &archive(&["readme.txt"]),
            &archive(&[
                "[Content_Types].xml",
                "word/document.xml",
                "word/vbaProject.bin",
            ]),
        ] {
            let why = read(bytes).unwrap_err();
            assert!(matches!(
                why,
                Error::Invalid {
                    why: Refusal::BadMediaType,
                    ..
                }
            ));
        }
    }

    #[test]
    fn each_sort_has_its_own_bound() {
        let long = |head: &[u8], len: usize| [head, &vec![0; len]].concat();
        assert!(read(&long(b"%PDF-", 480)).is_ok());
        assert!(read(&long(b"%PDF-", 500)).is_err());
        assert!(read(&long(b"fLaC", 900)).is_ok());
        assert!(read(&long(b"fLaC", 1000)).is_err());
    }

    #[test]
    fn upl_04_a_film_forgets_where_it_was_taken_and_nothing_moves() {
        let place = boxed(b"udta", b"\xa9xyz+50.85+004.35/");
        let track = boxed(b"trak", &[boxed(b"tkhd", b"kept"), place.clone()].concat());
        let film = [
            boxed(b"ftyp", b"isom\0\0\0\0"),
            boxed(b"moov", &[boxed(b"mvhd", b"kept"), place, track].concat()),
            boxed(b"mdat", b"pictures"),
        ]
        .concat();
        let kept = read(&film).unwrap().bytes;
        assert_eq!(kept.len(), film.len());
        assert!(contains(&film, b"+50.85") && !contains(&kept, b"+50.85"));
        assert!(contains(&kept, b"pictures") && contains(&kept, b"mvhd"));
        assert_eq!(kept.windows(4).filter(|w| w == b"kept").count(), 2);
        for cut in 0..film.len() {
            drop(read(&film[..cut]));
        }
    }

    #[test]
    fn upl_04_a_recording_forgets_who_made_it() {
        let mut sound = b"ID3\x04\0\0\0\0\0\x05karim\xff\xfbsound".to_vec();
        sound.extend_from_slice(b"TAG");
        sound.extend_from_slice(&[b'k'; 125]);
        assert_eq!(read(&sound).unwrap().bytes, b"\xff\xfbsound");
        let many = [&b"ID3\x04\0\0\0\0\0\0".repeat(90)[..], b"\xff\xfbsound"].concat();
        assert_eq!(read(&many).unwrap().bytes, b"\xff\xfbsound");
    }
}
