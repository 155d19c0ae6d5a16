//! What an upload is and how long it takes, told from its head without decoding: what cannot be taken is refused at once,
//! and what takes long is left to a job.

use std::io::Cursor;

use bytes::Bytes;
use image::{ImageDecoder as _, ImageFormat, ImageReader};

use super::file::{self, FileLimits};
use super::image::{Limits, broken, format_of, is_picture, too_large};
use crate::error::Result;
use crate::model::words::MediaKind;

/// Images of more pixels take long; those of common phones have less.
const LONG_PIXELS: u64 = 16_000_000;

/// What an upload will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outlook {
    /// As Mastodon names it.
    pub kind: MediaKind,
    /// The ending of its name; that of an image may still become another.
    pub extension: &'static str,
    /// Whether it is better left to a job: animations, very large images, film and sound.
    pub takes_long: bool,
}

/// Looks at an upload.
///
/// # Errors
/// `Invalid` for `file`: a type that is not taken, or too large.
pub fn look(bytes: &Bytes, images: Limits, files: FileLimits) -> Result<Outlook> {
    if !is_picture(bytes) {
        let (extension, kind) = file::look(bytes, files)?;
        return Ok(Outlook {
            kind,
            extension,
            takes_long: matches!(kind, MediaKind::Video | MediaKind::Audio),
        });
    }
    if bytes.len() as u64 > images.bytes {
        return Err(too_large(images));
    }
    let format = format_of(bytes)?;
    let decoder = ImageReader::with_format(Cursor::new(&**bytes), format)
        .into_decoder()
        .map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > images.pixels {
        return Err(too_large(images));
    }
    let animated = format == ImageFormat::Gif && frames(bytes) > 1;
    let extension = match format {
        ImageFormat::Gif if animated => "gif",
        ImageFormat::Jpeg => "jpg",
        _ => "png",
    };
    Ok(Outlook {
        kind: MediaKind::Image,
        extension,
        takes_long: animated || pixels > LONG_PIXELS,
    })
}

/// How many images a GIF holds, counted by its blocks; two are as good as more.
fn frames(bytes: &[u8]) -> usize {
    let table = |flags: u8| {
        if flags & 0x80 == 0 {
            0
        } else {
            3 << ((flags & 7) + 1)
        }
    };
    let byte = |at: usize| bytes.get(at).copied();
    // Sub-blocks, each with its length before it, until an empty one.
    let skip = |mut at: usize| {
        loop {
            let length = usize::from(byte(at)?);
            at += length + 1;
            if length == 0 {
                return Some(at);
            }
        }
    };
    let count = || -> Option<usize> {
        let mut at = 13 + table(byte(10)?);
        let mut found = 0;
        while found < 2 {
            match byte(at)? {
                0x2c => {
                    found += 1;
                    // The descriptor, a table of colours, the size of codes, then the data.
                    let next = skip(at + 11 + table(byte(at + 9)?));
                    let Some(next) = next else { return Some(found) };
                    at = next;
                }
                0x21 => at = skip(at + 2)?,
                _ => return Some(found),
            }
        }
        Some(found)
    };
    count().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use image::codecs::gif::GifEncoder;

    use super::*;
    use crate::error::Error;
    use crate::model::refusal::Refusal;

    const IMAGES: Limits = Limits {
        bytes: 1 << 20,
        pixels: 33_000_000,
    };
    const FILES: FileLimits = FileLimits {
        av: 1000,
        document: 1000,
    };

    fn gif(frames: u8) -> Bytes {
        let mut bytes = Vec::new();
        {
            let mut encoder = GifEncoder::new(&mut bytes);
            for shade in 0..frames {
                let pixel = image::Rgba([shade, 0, 0, 255]);
                let frame = image::Frame::new(image::RgbaImage::from_pixel(9, 7, pixel));
                encoder.encode_frame(frame).unwrap();
            }
        }
        bytes.into()
    }

    fn png(width: u32, height: u32) -> Bytes {
        let mut bytes = Cursor::new(Vec::new());
        image::DynamicImage::new_luma8(width, height)
            .write_to(&mut bytes, ImageFormat::Png)
            .unwrap();
        bytes.into_inner().into()
    }

    fn takes_long(bytes: &Bytes) -> bool {
        look(bytes, IMAGES, FILES).unwrap().takes_long
    }

    #[test]
    fn animations_and_what_is_very_large_take_long() {
        assert!(!takes_long(&gif(1)) && takes_long(&gif(2)) && takes_long(&gif(5)));
        assert!(!takes_long(&png(40, 30)) && takes_long(&png(4200, 4000)));
        let film = Bytes::from_static(b"\0\0\0\x10ftypisom\0\0\0\0");
        let seen = look(&film, IMAGES, FILES).unwrap();
        assert_eq!((seen.kind, seen.extension), (MediaKind::Video, "mp4"));
        assert!(seen.takes_long);
        assert!(!takes_long(&Bytes::from_static(b"%PDF-1.7")));
    }

    #[test]
    fn a_gif_that_breaks_off_is_counted_as_far_as_it_goes() {
        let whole = gif(3);
        for length in 0..whole.len() {
            assert!(frames(&whole[..length]) <= 2);
        }
    }

    #[test]
    fn what_cannot_be_taken_is_refused_at_once() {
        let refused = |bytes: &Bytes, images: Limits| match look(bytes, images, FILES) {
            Err(Error::Invalid { field, why }) => (field, why),
            other => panic!("{other:?}"),
        };
        let few = Limits {
            pixels: 10,
            ..IMAGES
        };
        let large = Refusal::FileTooLarge(1);
        assert_eq!(refused(&png(4, 3), few), ("file".into(), large.clone()));
        let film = [b"\0\0\0\x10ftypisom".to_vec(), vec![0; 1000]].concat();
        assert_eq!(refused(&film.into(), IMAGES).1, large);
        let page = Bytes::from_static(b"<html>");
        assert_eq!(refused(&page, IMAGES).1, Refusal::BadMediaType);
    }
}
