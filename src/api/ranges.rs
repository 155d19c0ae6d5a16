//! Files by pieces: players of film and sound ask for the part that they need (RFC 9110 §14), and nothing large is held
//! in memory.

use std::io::SeekFrom;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use crate::error::Result;

/// Bytes read at once.
const PIECE: usize = 64 << 10;

/// What a `Range` header asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Everything: there is no header, or one that is not understood, which is then passed over.
    Whole,
    /// From the first to the last byte, both included.
    Part(u64, u64),
    /// Nothing that the file has.
    Nothing,
}

/// Reads a `Range` header. Several ranges at once are answered with the whole.
fn asked(header: Option<&str>, length: u64) -> Asked {
    let Some((from, to)) = header
        .and_then(|text| text.trim().strip_prefix("bytes="))
        .filter(|ranges| !ranges.contains(','))
        .and_then(|range| range.split_once('-'))
    else {
        return Asked::Whole;
    };
    let last = length.saturating_sub(1);
    let part = match (from.trim().parse::<u64>(), to.trim().parse::<u64>()) {
        (Ok(from), Ok(to)) if from <= to => (from, to.min(last)),
        (Ok(from), Err(_)) if to.trim().is_empty() => (from, last),
        (Err(_), Ok(tail)) if from.trim().is_empty() => {
            if tail == 0 {
                return Asked::Nothing;
            }
            (length.saturating_sub(tail), last)
        }
        _ => return Asked::Whole,
    };
    if part.0 >= length {
        return Asked::Nothing;
    }
    Asked::Part(part.0, part.1)
}

/// The file, or the part of it that is asked for.
///
/// # Errors
/// `Internal` where the disk refuses.
pub(super) async fn answer(headers: &HeaderMap, mut file: File, length: u64) -> Result<Response> {
    let wanted = headers
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok());
    let (status, from, count, told) = match asked(wanted, length) {
        Asked::Whole => (StatusCode::OK, 0, length, None),
        Asked::Part(from, to) => {
            let told = format!("bytes {from}-{to}/{length}");
            (StatusCode::PARTIAL_CONTENT, from, to - from + 1, Some(told))
        }
        Asked::Nothing => {
            let told = format!("bytes */{length}");
            let headers = [(header::CONTENT_RANGE, told)];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response());
        }
    };
    file.seek(SeekFrom::Start(from)).await?;
    let mut answer = (status, pieces(file, count)).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(count));
    if let Some(told) = told.and_then(|told| HeaderValue::from_str(&told).ok()) {
        headers.insert(header::CONTENT_RANGE, told);
    }
    Ok(answer)
}

fn pieces(file: File, count: u64) -> Body {
    let next = |(mut file, left): (File, u64)| async move {
        if left == 0 {
            return std::io::Result::Ok(None);
        }
        let most = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        let mut piece = vec![0; most];
        let read = file.read(&mut piece).await?;
        if read == 0 {
            return Ok(None);
        }
        piece.truncate(read);
        Ok(Some((Bytes::from(piece), (file, left - read as u64))))
    };
    Body::from_stream(stream::try_unfold((file, count), next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        for (header, wanted) in [
            (None, Asked::Whole),
            (Some("bytes=0-1"), Asked::Part(0, 1)),
            (Some("bytes=5-"), Asked::Part(5, 9)),
            (Some("bytes=5-99"), Asked::Part(5, 9)),
            (Some("bytes=-3"), Asked::Part(7, 9)),
            (Some("bytes=-30"), Asked::Part(0, 9)),
            (Some("bytes=10-"), Asked::Nothing),
            (Some("bytes=-0"), Asked::Nothing),
            (Some("bytes=7-5"), Asked::Whole),
            (Some("bytes=a-b"), Asked::Whole),
            (Some("bytes=0-1,3-4"), Asked::Whole),
            (Some("pages=1-2"), Asked::Whole),
        ] {
            assert_eq!(asked(header, 10), wanted, "{header:?}");
        }
    }
}
