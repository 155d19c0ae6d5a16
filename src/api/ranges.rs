//! Files by pieces: players of film and sound ask for the part that they need (RFC 9110 §14), and nothing large is held
//! in memory.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::error::{Error, Result};
use crate::media::{Opened, Store};

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

/// A file, or the part of it that is asked for.
///
/// # Errors
/// `NotFound` where there is no such file; `Internal` where the disk refuses, `Unavailable` where the store does not answer.
pub(super) async fn answer(headers: &HeaderMap, store: &Store, name: &str) -> Result<Response> {
    let wanted = headers
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok());
    if wanted.is_none() {
        let opened = store.open(name, None).await?.ok_or(Error::NotFound)?;
        return Ok(accepting(whole(opened)));
    }
    let length = store.length(name).await?.ok_or(Error::NotFound)?;
    let (part, told) = match asked(wanted, length) {
        Asked::Whole => (None, None),
        Asked::Part(from, to) => (
            Some((from, to)),
            Some(format!("bytes {from}-{to}/{length}")),
        ),
        Asked::Nothing => {
            let told = format!("bytes */{length}");
            let headers = [(header::CONTENT_RANGE, told)];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response());
        }
    };
    let opened = store.open(name, part).await?.ok_or(Error::NotFound)?;
    let mut answer = accepting(whole(opened));
    if let Some(told) = told.and_then(|told| HeaderValue::from_str(&told).ok()) {
        *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
        answer.headers_mut().insert(header::CONTENT_RANGE, told);
    }
    Ok(answer)
}

fn accepting(mut answer: Response) -> Response {
    let accepted = HeaderValue::from_static("bytes");
    answer.headers_mut().insert(header::ACCEPT_RANGES, accepted);
    answer
}

/// All that was opened.
pub(super) fn whole(opened: Opened) -> Response {
    let mut answer = Body::from_stream(opened.pieces).into_response();
    let length = HeaderValue::from(opened.length);
    answer.headers_mut().insert(header::CONTENT_LENGTH, length);
    answer
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
