//! A lenient reading of a tree of parameters: texts become what the type wants, lists are made where one is wanted.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Why a tree is not what the type wants.
#[derive(Debug)]
pub(super) struct Fault {
    /// Names from the root to the value.
    pub(super) path: Vec<String>,
    /// What is wrong there.
    pub(super) kind: Kind,
    text: String,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An empty text where a flag, number or object is wanted: as if it had not come.
    Empty,
    /// It did not come.
    Missing,
    /// Something else came.
    Wrong,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.join("."), self.text)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self {
            path: Vec::new(),
            kind: Kind::Wrong,
            text: text.to_string(),
        }
    }

    fn missing_field(field: &'static str) -> Self {
        Self {
            path: vec![field.to_owned()],
            kind: Kind::Missing,
            text: "missing".into(),
        }
    }
}

fn empty() -> Fault {
    Fault {
        path: Vec::new(),
        kind: Kind::Empty,
        text: "empty".into(),
    }
}

/// Takes away the value at a path; false where there is none.
pub(super) fn remove(tree: &mut Map<String, Value>, path: &[String]) -> bool {
    let Some((name, rest)) = path.split_first() else {
        return false;
    };
    if rest.is_empty() {
        return tree.remove(name).is_some();
    }
    match tree.get_mut(name) {
        Some(Value::Object(object)) => remove(object, rest),
        Some(Value::Array(all)) => {
            let index = rest.first().and_then(|index| index.parse::<usize>().ok());
            match (index.and_then(|index| all.get_mut(index)), rest.get(1..)) {
                (Some(Value::Object(object)), Some(deeper)) => remove(object, deeper),
                (Some(value), Some([])) if !value.is_null() => {
                    *value = Value::Null;
                    true
                }
                _ => false,
            }
        }
        _ => false,
    }
}

/// Reads one value of the tree.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lenient<'de> {
    Value(&'de Value),
    Object(&'de Map<String, Value>),
}

impl<'de> Lenient<'de> {
    pub(super) fn object(tree: &'de Map<String, Value>) -> Self {
        Self::Object(tree)
    }

    /// The one value that is meant: the last of repeated ones.
    fn scalar(self) -> Result<&'de Value, Fault> {
        let Self::Value(mut value) = self else {
            return Err(de::Error::custom("one value is wanted"));
        };
        while let Value::Array(all) = value {
            value = all.last().ok_or_else(empty)?;
        }
        Ok(value)
    }

    fn map(self) -> Result<&'de Map<String, Value>, Fault> {
        match self {
            Self::Object(object) | Self::Value(Value::Object(object)) => Ok(object),
            Self::Value(Value::String(text)) if text.is_empty() => Err(empty()),
            Self::Value(_) => Err(de::Error::custom("named values are wanted")),
        }
    }

    fn number<T>(self, from_text: impl Fn(&str) -> Option<T>) -> Result<T, Fault> {
        match self.scalar()? {
            Value::String(text) if text.trim().is_empty() => return Err(empty()),
            Value::String(text) => from_text(text.trim()),
            Value::Number(number) => from_text(&number.to_string()),
            _ => None,
        }
        .ok_or_else(|| de::Error::custom("a number is wanted"))
    }

    fn flag(self) -> Result<bool, Fault> {
        let wrong = || de::Error::custom("yes or no is wanted");
        match self.scalar()? {
            Value::Bool(flag) => Ok(*flag),
            Value::Number(number) => Ok(number.as_f64() != Some(0.0)),
            Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
                "" => Err(empty()),
                "1" | "true" | "t" | "on" | "yes" => Ok(true),
                "0" | "false" | "f" | "off" | "no" => Ok(false),
                _ => Err(wrong()),
            },
            _ => Err(wrong()),
        }
    }

    fn string(self) -> Result<String, Fault> {
        match self.scalar()? {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(flag) => Ok(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                Err(de::Error::custom("a text is wanted"))
            }
        }
    }

    /// The elements of a list, each with its place for messages.
    fn list(self) -> Result<Vec<(String, &'de Value)>, Fault> {
        match self {
            Self::Value(Value::Array(all)) => {
                let blank = matches!(all.as_slice(), [Value::String(only)] if only.is_empty());
                Ok(all
                    .iter()
                    .enumerate()
                    .filter(|_| !blank)
                    .map(|(n, value)| (n.to_string(), value))
                    .collect())
            }
            Self::Value(Value::Object(object)) | Self::Object(object) => {
                let numbered: Option<BTreeMap<u64, (&String, &Value)>> = object
                    .iter()
                    .map(|(key, value)| Some((key.parse().ok()?, (key, value))))
                    .collect();
                let numbered = numbered.ok_or_else(|| de::Error::custom("a list is wanted"))?;
                Ok(numbered
                    .into_values()
                    .map(|(key, value)| (key.clone(), value))
                    .collect())
            }
            Self::Value(Value::String(text)) if text.is_empty() => Ok(Vec::new()),
            Self::Value(Value::Null) => Ok(Vec::new()),
            Self::Value(single) => Ok(vec![(String::new(), single)]),
        }
    }
}

/// A whole number, also one that is written with a fraction of zero.
fn whole<T: std::str::FromStr>(text: &str) -> Option<T> {
    let text = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b == b'0') => whole,
        _ => text,
    };
    text.strip_prefix('+').unwrap_or(text).parse().ok()
}

macro_rules! numbers {
    ($($method:ident $visit:ident $kind:ty),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            visitor.$visit(self.number(whole::<$kind>)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Lenient<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Self::Object(_) | Self::Value(Value::Object(_)) => self.deserialize_map(visitor),
            Self::Value(Value::Array(_)) => self.deserialize_seq(visitor),
            Self::Value(Value::String(text)) => visitor.visit_str(text),
            Self::Value(Value::Bool(flag)) => visitor.visit_bool(*flag),
            Self::Value(Value::Null) => visitor.visit_unit(),
            Self::Value(Value::Number(number)) => {
                match (number.as_u64(), number.as_i64(), number.as_f64()) {
                    (Some(n), _, _) => visitor.visit_u64(n),
                    (_, Some(n), _) => visitor.visit_i64(n),
                    (_, _, n) => visitor.visit_f64(n.unwrap_or_default()),
                }
            }
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_bool(self.flag()?)
    }

    numbers!(
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64, deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64
    );

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_f64(self.number(|text| text.parse::<f64>().ok().filter(|n| n.is_finite()))?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_string(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_string(self.string()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Self::Value(Value::Null) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_seq(Elements(self.list()?.into_iter()))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_map(Entries {
            entries: self.map()?.iter(),
            value: None,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let word = self.string()?;
        if word.is_empty() {
            return Err(empty());
        }
        visitor.visit_enum(word.into_deserializer())
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! { char bytes byte_buf unit_struct tuple_struct identifier }
}

fn within(place: &str, mut fault: Fault) -> Fault {
    if !place.is_empty() {
        fault.path.insert(0, place.to_owned());
    }
    fault
}

struct Elements<'de>(std::vec::IntoIter<(String, &'de Value)>);

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = Fault;

    fn next_element_seed<T: de::DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some((place, value)) = self.0.next() else {
            return Ok(None);
        };
        seed.deserialize(Lenient::Value(value))
            .map(Some)
            .map_err(|fault| within(&place, fault))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Entries<'de> {
    entries: serde_json::map::Iter<'de>,
    value: Option<(&'de str, &'de Value)>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Fault;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let Some((key, value)) = self.entries.next() else {
            return Ok(None);
        };
        self.value = Some((key, value));
        seed.deserialize(key.as_str().into_deserializer()).map(Some)
    }

    fn next_value_seed<V: de::DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let (key, value) = self
            .value
            .take()
            .ok_or_else(|| <Fault as de::Error>::custom("a value before its key"))?;
        seed.deserialize(Lenient::Value(value))
            .map_err(|fault| within(key, fault))
    }
}
