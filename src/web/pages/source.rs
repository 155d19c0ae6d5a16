//! `GET /about/source`: the source of this very program, as AGPL-3.0 section 13 asks for. It is part of the program, so
//! it is always the exact version, whatever an operator changed before building.

use std::borrow::Cow;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "src"]
struct Sources;

#[derive(RustEmbed)]
#[folder = "migrations"]
struct Migrations;

#[derive(RustEmbed)]
#[folder = "tests"]
struct Tests;

#[derive(RustEmbed)]
#[folder = "benches"]
struct Benches;

/// Files beside the folders.
const LOOSE: [(&str, &str); 6] = [
    ("LICENSE", include_str!("../../../LICENSE")),
    ("README.md", include_str!("../../../README.md")),
    (
        ".cargo/config.toml",
        include_str!("../../../.cargo/config.toml"),
    ),
    ("Cargo.toml", include_str!("../../../Cargo.toml")),
    ("Cargo.lock", include_str!("../../../Cargo.lock")),
    ("askama.toml", include_str!("../../../askama.toml")),
];

/// The archive.
pub(crate) async fn archive() -> Response {
    let version = env!("CARGO_PKG_VERSION");
    let mut tar = Vec::new();
    for (name, text) in LOOSE {
        entry(
            &mut tar,
            &format!("cordee-{version}/{name}"),
            text.as_bytes(),
        );
    }
    for (folder, names, get) in [
        (
            "src",
            Sources::iter().collect::<Vec<_>>(),
            Sources::get as fn(&str) -> Option<rust_embed::EmbeddedFile>,
        ),
        ("migrations", Migrations::iter().collect(), Migrations::get),
        ("tests", Tests::iter().collect(), Tests::get),
        ("benches", Benches::iter().collect(), Benches::get),
    ] {
        for name in names {
            let data: Cow<'static, [u8]> = get(&name).map(|file| file.data).unwrap_or_default();
            entry(
                &mut tar,
                &format!("cordee-{version}/{folder}/{name}"),
                &data,
            );
        }
    }
    tar.extend([0; 1024]);
    let name = format!("attachment; filename=\"cordee-{version}.tar\"");
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/x-tar"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&name).unwrap_or_else(|_| HeaderValue::from_static("attachment")),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=3600"),
        ),
    ];
    (headers, tar).into_response()
}

/// One file of an archive (POSIX.1-1988 ustar). Longer paths than 100 bytes are cut into prefix and name.
fn entry(tar: &mut Vec<u8>, path: &str, data: &[u8]) {
    let cut = if path.len() > 100 {
        path.char_indices()
            .filter(|(_, c)| *c == '/')
            .map(|(at, _)| at)
            .find(|at| path.len() - at <= 101)
    } else {
        None
    };
    let (prefix, name) = cut
        .and_then(|at| path.split_at_checked(at))
        .map_or(("", path), |(prefix, name)| {
            (prefix, name.trim_start_matches('/'))
        });
    let mut head = Vec::with_capacity(512);
    padded(&mut head, name.as_bytes(), 100);
    padded(&mut head, b"0000644\0", 8);
    padded(&mut head, b"0000000\0", 8);
    padded(&mut head, b"0000000\0", 8);
    padded(&mut head, format!("{:011o}\0", data.len()).as_bytes(), 12);
    padded(&mut head, b"00000000000\0", 12);
    let before_sum = head.len();
    padded(&mut head, b"        ", 8);
    padded(&mut head, b"0", 1);
    padded(&mut head, b"", 100);
    padded(&mut head, b"ustar\x0000", 8);
    padded(&mut head, b"", 64);
    padded(&mut head, b"", 16);
    padded(&mut head, prefix.as_bytes(), 155);
    padded(&mut head, b"", 12);
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head.splice(
        before_sum..before_sum + 8,
        format!("{sum:06o}\0 ").into_bytes(),
    );
    tar.extend(head);
    tar.extend(data);
    tar.extend(std::iter::repeat_n(0, (512 - data.len() % 512) % 512));
}

fn padded(head: &mut Vec<u8>, bytes: &[u8], width: usize) {
    head.extend(
        bytes
            .iter()
            .copied()
            .chain(std::iter::repeat(0))
            .take(width),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_a_ustar_record() {
        let mut tar = Vec::new();
        entry(&mut tar, "a/b.txt", b"hello");
        assert_eq!(tar.len(), 1024);
        assert_eq!(&tar[257..262], b"ustar");
        assert_eq!(&tar[512..517], b"hello");
        let long = format!("{}/{}", "d".repeat(90), "n".repeat(40));
        let mut tar = Vec::new();
        entry(&mut tar, &long, b"");
        assert_eq!((tar.len(), tar[0], tar[345]), (512, b'n', b'd'));
    }
}
