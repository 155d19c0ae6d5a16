//! Decoding and re-encoding. The type of what we keep is that of our own encoder; nothing of the uploaded file survives
//! but its pixels.

use std::io::Cursor;

use image::codecs::gif::{GifDecoder, GifEncoder, Repeat};
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{
    AnimationDecoder, DynamicImage, ImageDecoder, ImageEncoder, ImageFormat, ImageReader,
    imageops::FilterType,
};
use tokio::sync::Semaphore;

use crate::error::{Error, Result};
use crate::model::refusal::Refusal;

/// One image is decoded at a time: a large one takes a hundred mebibytes.
static TURN: Semaphore = Semaphore::const_new(1);

/// Most pixels that are kept; larger images are made smaller.
const KEPT_PIXELS: u64 = 3840 * 2160;
/// Pixels of a thumbnail.
const SMALL_PIXELS: u64 = 640 * 360;
/// Memory for one decoder, in bytes.
const DECODER_BYTES: u64 = 192 << 20;
/// Most frames of an animation that are kept.
const MAX_FRAMES: usize = 240;
/// Most pixels of all frames together.
const MAX_FRAME_PIXELS: u64 = 120_000_000;
const QUALITY: u8 = 85;
/// Pixels of an avatar.
pub const AVATAR: (u32, u32) = (400, 400);
/// Pixels of a header.
pub const HEADER: (u32, u32) = (1500, 500);

/// Bounds for uploads.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Largest file in bytes.
    pub bytes: u64,
    /// Largest image in pixels (width times height).
    pub pixels: u64,
}

/// One encoded image.
#[derive(Debug, Clone)]
pub struct Encoded {
    /// The file.
    pub bytes: Vec<u8>,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// An uploaded image, ready to be kept.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The image.
    pub original: Encoded,
    /// Its thumbnail.
    pub small: Encoded,
    /// `jpg`, `png` or `gif`; the thumbnail's too.
    pub extension: &'static str,
    /// Media type of both.
    pub mime: &'static str,
    /// Blurhash of the thumbnail.
    pub blurhash: Option<String>,
}

/// Decodes an upload on a blocking thread.
///
/// # Errors
/// `Invalid` for `file`: no image of an accepted type, too large, or broken.
pub async fn read_picture(bytes: bytes::Bytes, limits: Limits) -> Result<Picture> {
    let turn = TURN.acquire().await.map_err(Error::internal)?;
    // The turn ends with the work, not with whoever waits for it: that one may have gone.
    let work = move || {
        let _turn = turn;
        decode(&bytes, limits)
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Error::internal)?
}

/// Decodes an avatar or header and cuts it to the size that is shown.
///
/// # Errors
/// As [`read_picture`], naming `field`.
pub async fn profile_picture(
    bytes: bytes::Bytes,
    limits: Limits,
    field: &'static str,
    size: (u32, u32),
) -> Result<(Vec<u8>, &'static str)> {
    let turn = TURN.acquire().await.map_err(Error::internal)?;
    let work = move || {
        let _turn = turn;
        let (image, _) = open(&bytes, limits).map_err(|error| named(error, field))?;
        let filled = image.resize_to_fill(size.0, size.1, FilterType::Triangle);
        let small = if image.width() < size.0 || image.height() < size.1 {
            image
        } else {
            filled
        };
        let (format, extension, _) = kept_format(ImageFormat::Png, &small);
        Ok((encode(&small, format)?.bytes, extension))
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Error::internal)?
}

fn named(error: Error, field: &str) -> Error {
    match error {
        Error::Invalid { why, .. } => Error::invalid(field, why),
        other => other,
    }
}

pub(super) fn broken(error: impl std::fmt::Display) -> Error {
    tracing::debug!(%error, "an image cannot be read");
    Error::invalid("file", Refusal::BadMediaType)
}

pub(super) fn too_large(limits: Limits) -> Error {
    Error::invalid(
        "file",
        Refusal::FileTooLarge(limits.bytes.div_ceil(1 << 20)),
    )
}

/// The type by the file's first bytes; what the client claims does not count.
pub(super) fn format_of(bytes: &[u8]) -> Result<ImageFormat> {
    let format = image::guess_format(bytes).map_err(broken)?;
    match format {
        ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::Gif | ImageFormat::WebP => Ok(format),
        _ => Err(broken("a type that is not accepted")),
    }
}

/// Whether a file begins like an image that is taken.
pub fn is_picture(bytes: &[u8]) -> bool {
    format_of(bytes).is_ok()
}

fn open(bytes: &[u8], limits: Limits) -> Result<(DynamicImage, ImageFormat)> {
    if bytes.len() as u64 > limits.bytes {
        return Err(too_large(limits));
    }
    let format = format_of(bytes)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut bounds = image::Limits::default();
    bounds.max_alloc = Some(DECODER_BYTES);
    reader.limits(bounds);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits.pixels || width == 0 || height == 0 {
        return Err(too_large(limits));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(broken)?;
    image.apply_orientation(orientation);
    Ok((image, format))
}

fn decode(bytes: &[u8], limits: Limits) -> Result<Picture> {
    let (image, format) = open(bytes, limits)?;
    let small = shrunk(&image, SMALL_PIXELS);
    let blurhash = blurhash_of(&small);
    if format == ImageFormat::Gif
        && let Some(bytes) = animation(bytes, &image)?
    {
        let original = Encoded {
            bytes,
            width: image.width(),
            height: image.height(),
        };
        let small = encode(&small, ImageFormat::Gif)?;
        return Ok(Picture {
            original,
            small,
            extension: "gif",
            mime: "image/gif",
            blurhash,
        });
    }
    let image = shrunk(&image, KEPT_PIXELS);
    let (kept, extension, mime) = kept_format(format, &image);
    Ok(Picture {
        original: encode(&image, kept)?,
        small: encode(&small, kept)?,
        extension,
        mime,
        blurhash,
    })
}

/// PNG for what may be transparent or was drawn, else JPEG.
fn kept_format(
    format: ImageFormat,
    image: &DynamicImage,
) -> (ImageFormat, &'static str, &'static str) {
    let photo = format == ImageFormat::Jpeg || !image.color().has_alpha();
    if photo && format != ImageFormat::Png {
        return (ImageFormat::Jpeg, "jpg", "image/jpeg");
    }
    (ImageFormat::Png, "png", "image/png")
}

/// The image at no more than this many pixels.
fn shrunk(image: &DynamicImage, pixels: u64) -> DynamicImage {
    let (width, height) = (image.width(), image.height());
    let all = u64::from(width) * u64::from(height);
    if all <= pixels {
        return image.clone();
    }
    #[expect(clippy::cast_precision_loss, reason = "a ratio of pixel counts")]
    let ratio = (pixels as f64 / all as f64).sqrt();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 1 and the former size"
    )]
    let scaled = |side: u32| ((f64::from(side) * ratio).floor() as u32).max(1);
    image.resize_exact(scaled(width), scaled(height), FilterType::Triangle)
}

fn encode(image: &DynamicImage, format: ImageFormat) -> Result<Encoded> {
    let mut bytes = Vec::new();
    match format {
        ImageFormat::Jpeg => {
            let rgb = image.to_rgb8();
            JpegEncoder::new_with_quality(&mut bytes, QUALITY)
                .write_image(
                    &rgb,
                    rgb.width(),
                    rgb.height(),
                    image::ExtendedColorType::Rgb8,
                )
                .map_err(Error::internal)?;
        }
        ImageFormat::Png if image.color().has_alpha() => {
            DynamicImage::from(image.to_rgba8())
                .write_to(&mut Cursor::new(&mut bytes), format)
                .map_err(Error::internal)?;
        }
        ImageFormat::Png => {
            DynamicImage::from(image.to_rgb8())
                .write_to(&mut Cursor::new(&mut bytes), format)
                .map_err(Error::internal)?;
        }
        other => {
            DynamicImage::from(image.to_rgba8())
                .write_to(&mut Cursor::new(&mut bytes), other)
                .map_err(Error::internal)?;
        }
    }
    Ok(Encoded {
        bytes,
        width: image.width(),
        height: image.height(),
    })
}

/// An animation frame by frame, if it is one and within bounds; else its first frame is kept as an image.
fn animation(bytes: &[u8], first: &DynamicImage) -> Result<Option<Vec<u8>>> {
    let frame_pixels = u64::from(first.width()) * u64::from(first.height());
    let decoder = GifDecoder::new(Cursor::new(bytes)).map_err(broken)?;
    let mut out = Vec::new();
    let mut count = 0_usize;
    {
        let mut encoder = GifEncoder::new_with_speed(&mut out, 20);
        encoder
            .set_repeat(Repeat::Infinite)
            .map_err(Error::internal)?;
        for frame in decoder.into_frames() {
            let Ok(frame) = frame else { break };
            count += 1;
            if count > MAX_FRAMES || frame_pixels.saturating_mul(count as u64) > MAX_FRAME_PIXELS {
                return Ok(None);
            }
            encoder.encode_frame(frame).map_err(Error::internal)?;
        }
    }
    Ok((count > 1).then_some(out))
}

fn blurhash_of(small: &DynamicImage) -> Option<String> {
    let tiny = small.resize_exact(32, 32, FilterType::Triangle).to_rgba8();
    blurhash::encode(4, 3, tiny.width(), tiny.height(), tiny.as_raw()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        bytes: 1 << 20,
        pixels: 1_000_000,
    };

    fn sample(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
        let image = DynamicImage::from(image::RgbImage::from_fn(width, height, |x, y| {
            image::Rgb([
                u8::try_from(x % 256).unwrap(),
                u8::try_from(y % 256).unwrap(),
                90,
            ])
        }));
        let mut bytes = Vec::new();
        image
            .write_to(&mut Cursor::new(&mut bytes), format)
            .unwrap();
        bytes
    }

    fn refused(bytes: &[u8], limits: Limits) -> Refusal {
        match decode(bytes, limits) {
            Err(Error::Invalid { field, why }) if field == "file" => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn images_keep_their_size_and_get_a_thumbnail_and_a_blurhash() {
        for (format, extension) in [
            (ImageFormat::Jpeg, "jpg"),
            (ImageFormat::Png, "png"),
            (ImageFormat::WebP, "jpg"),
            (ImageFormat::Gif, "png"),
        ] {
            let picture = decode(&sample(format, 900, 700), LIMITS).unwrap();
            assert_eq!(
                (picture.original.width, picture.original.height),
                (900, 700),
                "{format:?}"
            );
            assert!(
                u64::from(picture.small.width) * u64::from(picture.small.height) <= SMALL_PIXELS
            );
            assert_eq!(picture.extension, extension, "{format:?}");
            assert_eq!(picture.blurhash.unwrap().len(), 28);
            assert_eq!(
                image::guess_format(&picture.original.bytes)
                    .unwrap()
                    .extensions_str()[0],
                extension
            );
        }
    }

    #[test]
    fn what_is_no_image_or_too_large_is_refused() {
        assert_eq!(
            refused(b"<html><script>1</script>", LIMITS),
            Refusal::BadMediaType
        );
        assert_eq!(refused(b"<svg/>", LIMITS), Refusal::BadMediaType);
        assert_eq!(refused(b"", LIMITS), Refusal::BadMediaType);
        let png = sample(ImageFormat::Png, 100, 100);
        assert_eq!(refused(&png[..40], LIMITS), Refusal::BadMediaType);
        assert_eq!(
            refused(
                &png,
                Limits {
                    pixels: 9_999,
                    ..LIMITS
                }
            ),
            Refusal::FileTooLarge(1)
        );
        assert_eq!(
            refused(
                &png,
                Limits {
                    bytes: 10,
                    ..LIMITS
                }
            ),
            Refusal::FileTooLarge(1)
        );
    }

    #[test]
    fn nothing_but_pixels_survives() {
        let mut jpeg = sample(ImageFormat::Jpeg, 20, 20);
        let exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x0f\x01\x02\0\x0d\0\0\0\x1a\0\0\0\0\0\0\0SecretCamera\0";
        let mut segment = vec![0xff, 0xe1];
        segment.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
        segment.extend(exif);
        jpeg.splice(2..2, segment);
        let picture = decode(&jpeg, LIMITS).unwrap();
        for bytes in [picture.original.bytes, picture.small.bytes] {
            assert!(!bytes.windows(12).any(|window| window == b"SecretCamera"));
        }
    }

    #[test]
    fn animations_stay_animated() {
        let mut bytes = Vec::new();
        {
            let mut encoder = GifEncoder::new(&mut bytes);
            for shade in [0, 120, 240] {
                let frame = image::Frame::new(image::RgbaImage::from_pixel(
                    8,
                    8,
                    image::Rgba([shade, 0, 0, 255]),
                ));
                encoder.encode_frame(frame).unwrap();
            }
        }
        let picture = decode(&bytes, LIMITS).unwrap();
        let frames = GifDecoder::new(Cursor::new(&picture.original.bytes))
            .unwrap()
            .into_frames()
            .count();
        assert_eq!((picture.mime, frames), ("image/gif", 3));
    }
}
