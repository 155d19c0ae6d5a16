//! Rails' bracket notation: a flat list of keys and texts becomes a tree.

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::model::refusal::Refusal;

/// Brackets deeper than this are taken as part of the name.
const MAX_DEPTH: usize = 8;

/// One half of a pair, percent-decoded.
///
/// # Errors
/// `Invalid` for what is no UTF-8.
pub(super) fn decode(half: &[u8]) -> Result<String> {
    let mut bytes = Vec::with_capacity(half.len());
    let mut rest = half.iter().copied();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let mut ahead = rest.clone();
                let escaped = hex(ahead.next())
                    .zip(hex(ahead.next()))
                    .map(|(high, low)| high << 4 | low);
                if let Some(escaped) = escaped {
                    bytes.push(escaped);
                    rest = ahead;
                } else {
                    bytes.push(byte);
                }
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).map_err(|_| Error::invalid("", Refusal::Malformed))
}

fn hex(digit: Option<u8>) -> Option<u8> {
    char::from(digit?)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// Puts one value where its key says.
pub(super) fn insert(tree: &mut Map<String, Value>, key: &str, value: String) {
    let (name, segments) = split(key);
    let slot = tree.entry(name).or_insert(Value::Null);
    place(slot, &segments, Value::String(value));
}

/// `a[b][]` into `a` and `["b", ""]`.
fn split(key: &str) -> (String, Vec<&str>) {
    let Some((name, mut rest)) = key.split_once('[').filter(|(name, _)| !name.is_empty()) else {
        return (key.to_owned(), Vec::new());
    };
    let mut segments = Vec::new();
    loop {
        let Some((segment, after)) = rest.split_once(']') else {
            return (key.to_owned(), Vec::new());
        };
        segments.push(segment);
        if after.is_empty() {
            break;
        }
        let Some(next) = after.strip_prefix('[') else {
            return (key.to_owned(), Vec::new());
        };
        rest = next;
    }
    if segments.len() > MAX_DEPTH {
        (key.to_owned(), Vec::new())
    } else {
        (name.to_owned(), segments)
    }
}

fn place(slot: &mut Value, segments: &[&str], value: Value) {
    match segments.split_first() {
        None => repeat(slot, value),
        Some((&"", rest)) => {
            if !slot.is_array() {
                *slot = Value::Array(Vec::new());
            }
            if let Value::Array(all) = slot {
                element(all, rest, value);
            }
        }
        Some((name, rest)) => {
            if !slot.is_object() {
                *slot = Value::Object(Map::new());
            }
            if let Value::Object(object) = slot {
                place(object.entry(*name).or_insert(Value::Null), rest, value);
            }
        }
    }
}

/// A key that comes again makes a list: who wants one value takes the last.
fn repeat(slot: &mut Value, value: Value) {
    match slot {
        Value::Array(all) => all.push(value),
        Value::String(_) => {
            let first = slot.take();
            *slot = Value::Array(vec![first, value]);
        }
        _ => *slot = value,
    }
}

/// `a[][b]`: the same object goes on until it has a `b` already.
fn element(all: &mut Vec<Value>, rest: &[&str], value: Value) {
    let fits = match (rest.first(), all.last()) {
        (Some(name), Some(Value::Object(last))) => !name.is_empty() && !last.contains_key(*name),
        _ => false,
    };
    if fits && let Some(last) = all.last_mut() {
        place(last, rest, value);
        return;
    }
    let mut fresh = Value::Null;
    place(&mut fresh, rest, value);
    all.push(fresh);
}
