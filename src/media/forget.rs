//! Takes out of films and recordings what says where, when and by whom they were made. Nothing moves: what was written is
//! overwritten with room that players pass over, so that places named elsewhere in the file stay right.

/// FLAC (RFC 9639 §8): comments, pictures and what programs add become padding.
pub(super) fn flac(bytes: &mut [u8]) {
    const PADDING: u8 = 1;
    /// Of programs, comments, pictures.
    const TELLING: [u8; 3] = [2, 4, 6];
    let mut at = 4;
    while let Some(&[head, a, b, c]) = bytes.get(at..at + 4) {
        let size = [a, b, c]
            .iter()
            .fold(0_usize, |sum, byte| (sum << 8) | usize::from(*byte));
        let (last, kind) = (head & 0x80, head & 0x7f);
        let (begin, end) = (at + 4, at + 4 + size);
        if TELLING.contains(&kind) {
            let Some(body) = bytes.get_mut(begin..end) else {
                return;
            };
            body.fill(0);
            if let Some(head) = bytes.get_mut(at) {
                *head = last | PADDING;
            }
        }
        if last != 0 {
            return;
        }
        at = end;
    }
}

/// Ids of EBML elements (RFC 8794, RFC 9559), with their marker.
mod id {
    pub(super) const VOID: u8 = 0xec;
    pub(super) const CRC: u64 = 0xbf;
    /// What holds what is looked into: segment, info, tracks, track.
    pub(super) const OPENED: [u64; 4] = [0x1853_8067, 0x1549_a966, 0x1654_ae6b, 0xae];
    /// Tags and attachments.
    pub(super) const TELLING: [u64; 2] = [0x1254_c367, 0x1941_a469];
    /// Title, date, name of the file, programs; name of a track. They may have to be there, and may be empty.
    pub(super) const WORDS: [u64; 6] = [0x7ba9, 0x4461, 0x7384, 0x4d80, 0x5741, 0x536e];
}

/// An element: its id, and where its body and what follows begin.
struct Element {
    id: u64,
    body: usize,
    end: usize,
}

/// `WebM` and Matroska: tags, attachments, titles, dates and names of programs become empty.
pub(super) fn webm(bytes: &mut [u8]) {
    let end = bytes.len();
    open(bytes, 0, end, 0);
}

fn open(bytes: &mut [u8], mut at: usize, end: usize, depth: u8) {
    while let Some(element) = element(bytes, at, end) {
        if id::OPENED.contains(&element.id) && depth < 4 {
            open(bytes, element.body, element.end, depth + 1);
        } else if id::TELLING.contains(&element.id) {
            clear(bytes, at, &element);
        } else if id::WORDS.contains(&element.id) {
            fill(bytes, element.body, element.end);
        } else if element.id == id::CRC
            && let Some(name) = bytes.get_mut(at)
        {
            // The sum of what is changed would be wrong.
            *name = id::VOID;
        }
        at = element.end;
    }
}

fn fill(bytes: &mut [u8], from: usize, to: usize) {
    if let Some(part) = bytes.get_mut(from..to) {
        part.fill(0);
    }
}

/// Makes an element one of nothing, of the same length.
fn clear(bytes: &mut [u8], at: usize, element: &Element) {
    fill(bytes, at, element.end);
    let width = (element.body - at - 1).min(8);
    let size = element.end - at - 1 - width;
    let marked = (size as u64) | (1 << (7 * width));
    let digits = marked.to_be_bytes();
    if let (Some(head), Some(digits)) = (
        bytes.get_mut(at..=at + width),
        digits.get(digits.len() - width..),
    ) && let Some((name, place)) = head.split_first_mut()
    {
        *name = id::VOID;
        place.copy_from_slice(digits);
    }
}

/// The element at a place, where it fits; one of unknown size reaches to the end of what holds it.
fn element(bytes: &[u8], at: usize, end: usize) -> Option<Element> {
    let (id, size) = number(bytes, at, 4, true)?;
    let (length, width) = number(bytes, size, 8, false)?;
    let unknown = length == (1 << (7 * (width - size))) - 1;
    let length = if unknown {
        end.checked_sub(width)?
    } else {
        usize::try_from(length).ok()?
    };
    let stop = width.checked_add(length)?;
    (stop <= end && stop > at).then_some(Element {
        id,
        body: width,
        end: stop,
    })
}

/// A number of variable length and where it ends; with its marker or without.
fn number(bytes: &[u8], at: usize, longest: u32, with_marker: bool) -> Option<(u64, usize)> {
    let first = *bytes.get(at)?;
    let length = first.leading_zeros() + 1;
    if length > longest {
        return None;
    }
    let end = at.checked_add(usize::try_from(length).ok()?)?;
    let all = bytes
        .get(at..end)?
        .iter()
        .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    let marker = 1_u64 << (7 * length);
    Some((if with_marker { all } else { all & !marker }, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(bytes: &[u8], words: &[u8]) -> bool {
        bytes.windows(words.len()).any(|part| part == words)
    }

    fn block(kind: u8, body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&[kind], &size[1..], body].concat()
    }

    #[test]
    fn flac_keeps_sound_and_forgets_words() {
        let before = [
            b"fLaC".to_vec(),
            block(0, b"stream facts of 34 bytes"),
            block(4, b"ARTIST=Karim"),
            block(6, b"a picture of Karim"),
            block(3, b"seek table"),
            block(0x82, b"program of Karim"),
            b"sound".to_vec(),
        ]
        .concat();
        let mut bytes = before.clone();
        flac(&mut bytes);
        assert_eq!(bytes.len(), before.len());
        assert!(!holds(&bytes, b"Karim"));
        for kept in [&b"stream facts"[..], b"seek table", b"sound"] {
            assert!(holds(&bytes, kept));
        }
        let again = bytes.clone();
        flac(&mut bytes);
        assert_eq!(bytes, again);
        for cut in 0..before.len() {
            flac(&mut before[..cut].to_vec());
        }
    }

    fn ebml(id: &[u8], body: &[u8]) -> Vec<u8> {
        let size = 0x4000 | u16::try_from(body.len()).unwrap();
        [id, &size.to_be_bytes(), body].concat()
    }

    fn film(unknown: bool) -> Vec<u8> {
        let info = [
            ebml(&[0xbf], b"summ"),
            ebml(&[0x2a, 0xd7, 0xb1], b"scale"),
            ebml(&[0x7b, 0xa9], b"By Karim"),
            ebml(&[0x57, 0x41], b"Karim's phone"),
        ]
        .concat();
        let track = ebml(&[0xae], &ebml(&[0x53, 0x6e], b"Karim speaks"));
        let inside = [
            ebml(&[0x15, 0x49, 0xa9, 0x66], &info),
            ebml(&[0x16, 0x54, 0xae, 0x6b], &track),
            ebml(&[0x1f, 0x43, 0xb6, 0x75], b"picture and sound"),
            ebml(&[0x12, 0x54, 0xc3, 0x67], b"LOCATION Karim's house"),
            ebml(&[0x19, 0x41, 0xa4, 0x69], b"karim.jpg of Karim"),
            ebml(&[0x1f, 0x43, 0xb6, 0x75], b"more"),
        ]
        .concat();
        let segment = if unknown {
            [&[0x18, 0x53, 0x80, 0x67, 0x01][..], &[0xff; 7], &inside].concat()
        } else {
            ebml(&[0x18, 0x53, 0x80, 0x67], &inside)
        };
        [ebml(&[0x1a, 0x45, 0xdf, 0xa3], b"webm"), segment].concat()
    }

    #[test]
    fn webm_keeps_pictures_and_forgets_words() {
        for unknown in [false, true] {
            let before = film(unknown);
            let mut bytes = before.clone();
            webm(&mut bytes);
            assert_eq!(bytes.len(), before.len());
            assert!(!holds(&bytes, b"Karim") && !holds(&bytes, b"karim"));
            for kept in [&b"webm"[..], b"scale", b"picture and sound", b"more"] {
                assert!(holds(&bytes, kept), "{unknown}");
            }
            assert!(!holds(&bytes, b"summ") || holds(&bytes, &[id::VOID, 0x40, 4]));
            // What became nothing has the length it had: what follows is still found.
            let mut at = 0;
            while let Some(found) = element(&bytes, at, bytes.len()) {
                at = found.end;
            }
            assert_eq!(at, bytes.len(), "{unknown}");
            let again = bytes.clone();
            webm(&mut bytes);
            assert_eq!(bytes, again);
            for cut in 0..before.len() {
                webm(&mut before[..cut].to_vec());
            }
        }
    }

    #[test]
    fn nonsense_ends_soon() {
        for bytes in [vec![0_u8; 64], vec![0xff; 64], vec![0x18, 0x53, 0x80, 0x67]] {
            webm(&mut bytes.clone());
            flac(&mut bytes.clone());
        }
    }
}
