//! The parameters of a request, wherever they came from: query, form, multipart or JSON, merged into one tree, with the
//! bracket notation of Rails (`a[]`, `a[0]`, `a[b][c]`). Read typed through [`Params::get`], which is as lenient as
//! Mastodon's clients need: `"1"` is true, `"20"` is 20, an empty text is no flag and no number.

mod brackets;
mod data;
mod lenient;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::model::refusal::Refusal;
use lenient::{Kind, Lenient};

/// Largest body without files, in bytes: a post of 100,000 characters, percent-encoded, fits.
const TEXT_LIMIT: usize = 2 << 20;
/// Most parameters of one request.
const MAX_PARAMS: usize = 1000;
/// Largest file where the server set no [`UploadCap`], in bytes.
const DEFAULT_FILE_LIMIT: u64 = 16 << 20;

/// Largest uploaded file in bytes; the server puts it into the extensions of requests.
#[derive(Debug, Clone, Copy)]
pub struct UploadCap(pub u64);

/// A file that came with a form.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Name of the field, brackets and all.
    pub field: String,
    /// Name that the client gave it; never a path for us.
    pub file_name: String,
    /// Media type that the client claims.
    pub mime: Option<String>,
    /// What is in it.
    pub bytes: Bytes,
}

/// All parameters of one request.
#[derive(Debug, Clone, Default)]
pub struct Params {
    tree: Map<String, Value>,
    files: Vec<Upload>,
}

/// What a `data:` address holds; `None` for any other text.
///
/// # Errors
/// `Invalid(Malformed)` naming `field` for a `data:` address that cannot be read.
pub fn data_of(said: &str, field: &str) -> Result<Option<Bytes>> {
    if !data::is_address(said) {
        return Ok(None);
    }
    let read = data::read(said);
    read.map(Some)
        .ok_or_else(|| Error::invalid(field, Refusal::Malformed))
}

impl Params {
    /// Reads query and body. The body wins where both name a parameter.
    ///
    /// # Errors
    /// `Invalid` for what cannot be read: broken JSON or escapes, invalid UTF-8, NUL, too many or too large.
    pub async fn read(request: Request) -> Result<Self> {
        let mut params = Self::default();
        if let Some(query) = request.uri().query() {
            params.add_form(query.as_bytes())?;
        }
        let mime = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_ascii_lowercase();
        if mime.starts_with("multipart/form-data") {
            params.add_multipart(request).await?;
        } else {
            let body = to_bytes(request.into_body(), TEXT_LIMIT)
                .await
                .map_err(|error| too_large_or_broken(&error, 2))?;
            params.add_body(&mime, &body)?;
        }
        params
            .tree
            .iter()
            .try_for_each(|(key, value)| no_nul(key, value))?;
        Ok(params)
    }

    /// The parameters of a query string alone.
    ///
    /// # Errors
    /// `Invalid` for broken escapes.
    pub fn from_query(query: &str) -> Result<Self> {
        let mut params = Self::default();
        params.add_form(query.as_bytes())?;
        params
            .tree
            .iter()
            .try_for_each(|(key, value)| no_nul(key, value))?;
        Ok(params)
    }

    /// All parameters as the type wants them.
    ///
    /// # Errors
    /// `Invalid` naming the parameter (`poll[expires_in]` is named `poll.expires_in`): `Blank` where one is missing,
    /// `Malformed` where it cannot be what the type wants.
    pub fn get<T: DeserializeOwned>(&self) -> Result<T> {
        let mut tree = None;
        loop {
            let current = tree.as_ref().unwrap_or(&self.tree);
            let fault = match T::deserialize(Lenient::object(current)) {
                Ok(value) => return Ok(value),
                Err(fault) => fault,
            };
            if fault.kind == Kind::Empty && !fault.path.is_empty() {
                let mut smaller = current.clone();
                if lenient::remove(&mut smaller, &fault.path) {
                    tree = Some(smaller);
                    continue;
                }
            }
            let why = if fault.kind == Kind::Missing {
                Refusal::Blank
            } else {
                Refusal::Malformed
            };
            return Err(Error::invalid(fault.path.join("."), why));
        }
    }

    /// One parameter as text; the last one where it was repeated.
    pub fn text(&self, name: &str) -> Option<&str> {
        let mut value = self.tree.get(name)?;
        while let Value::Array(all) = value {
            value = all.last()?;
        }
        value.as_str()
    }

    /// Whether a parameter came at all, be it empty.
    pub fn has(&self, name: &str) -> bool {
        self.tree.contains_key(name) || self.files.iter().any(|file| file.field == name)
    }

    /// The tree itself.
    pub fn tree(&self) -> &Map<String, Value> {
        &self.tree
    }

    /// The file of a field.
    pub fn file(&self, field: &str) -> Option<&Upload> {
        self.files.iter().find(|file| file.field == field)
    }

    /// The file that stands at a place in brackets (`things[0][file]`), by what the tree holds there.
    pub fn file_at(&self, place: &str) -> Option<&Upload> {
        self.files.get(place.parse::<usize>().ok()?)
    }

    /// What a parameter that stands for a file holds: the file at its place in the tree, or what is in a `data:` address that
    /// came instead of one. Any other text holds nothing.
    ///
    /// # Errors
    /// `Invalid(Malformed)` naming `field` for a `data:` address that cannot be read.
    pub fn bytes_of(&self, said: &str, field: &str) -> Result<Option<Bytes>> {
        match data_of(said, field)? {
            Some(bytes) => Ok(Some(bytes)),
            None => Ok(self.file_at(said).map(|file| file.bytes.clone())),
        }
    }

    /// Adds one parameter, bracket notation and all.
    fn add(&mut self, key: &str, value: String, count: &mut usize) -> Result<()> {
        *count += 1;
        if *count > MAX_PARAMS {
            return Err(Error::invalid("", Refusal::TooMany(MAX_PARAMS)));
        }
        brackets::insert(&mut self.tree, key, value);
        Ok(())
    }

    fn add_form(&mut self, text: &[u8]) -> Result<()> {
        let mut fresh = Self::default();
        let mut count = 0;
        for pair in text.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
            let mut halves = pair.splitn(2, |b| *b == b'=');
            let key = brackets::decode(halves.next().unwrap_or_default())?;
            let value = brackets::decode(halves.next().unwrap_or_default())?;
            fresh.add(&key, value, &mut count)?;
        }
        self.tree.extend(fresh.tree);
        Ok(())
    }

    /// JSON where the type says so, or where no telling type is given and the body looks like it; else a form.
    fn add_body(&mut self, mime: &str, body: &[u8]) -> Result<()> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        let claimed = mime.contains("json");
        let untold = mime.is_empty()
            || mime.starts_with("text/plain")
            || mime.starts_with("application/octet-stream");
        let looks = body.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{');
        if !(claimed || (untold && looks)) {
            return self.add_form(body);
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(object)) => {
                self.tree.extend(object);
                Ok(())
            }
            Ok(Value::Null) => Ok(()),
            _ => Err(Error::invalid("", Refusal::Malformed)),
        }
    }

    async fn add_multipart(&mut self, mut request: Request) -> Result<()> {
        let cap = request
            .extensions()
            .get::<UploadCap>()
            .map_or(DEFAULT_FILE_LIMIT, |cap| cap.0);
        let mebibytes = cap.div_ceil(1 << 20);
        let limit = usize::try_from(cap)
            .unwrap_or(usize::MAX)
            .saturating_add(TEXT_LIMIT);
        DefaultBodyLimit::max(limit).apply(&mut request);
        let mut form = Multipart::from_request(request, &())
            .await
            .map_err(|_| malformed())?;
        let (mut fresh, mut count, mut texts) = (Self::default(), 0, 0);
        while let Some(field) = form
            .next_field()
            .await
            .map_err(|error| broken_form(&error, mebibytes))?
        {
            let name = field.name().unwrap_or_default().to_owned();
            let file_name = field.file_name().map(str::to_owned);
            let mime = field.content_type().map(str::to_owned);
            let bytes = field
                .bytes()
                .await
                .map_err(|error| broken_form(&error, mebibytes))?;
            if let Some(file_name) = file_name {
                count += 1;
                if bytes.len() as u64 > cap {
                    return Err(Error::invalid(name, Refusal::FileTooLarge(mebibytes)));
                }
                // A browser sends an empty part for a file field that was left alone.
                if !(bytes.is_empty() && file_name.is_empty()) {
                    if name.contains('[') {
                        // The tree says to which of several things a file belongs.
                        fresh.add(&name, fresh.files.len().to_string(), &mut count)?;
                    }
                    fresh.files.push(Upload {
                        field: name,
                        file_name,
                        mime,
                        bytes,
                    });
                }
                continue;
            }
            texts += bytes.len();
            if texts > TEXT_LIMIT {
                return Err(Error::invalid(name, Refusal::FileTooLarge(2)));
            }
            let text = String::from_utf8(bytes.to_vec()).map_err(|_| malformed())?;
            fresh.add(&name, text, &mut count)?;
        }
        self.tree.extend(fresh.tree);
        self.files = fresh.files;
        Ok(())
    }
}

fn malformed() -> Error {
    Error::invalid("", Refusal::Malformed)
}

fn broken_form(error: &axum::extract::multipart::MultipartError, mebibytes: u64) -> Error {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Error::invalid("", Refusal::FileTooLarge(mebibytes));
    }
    malformed()
}

fn too_large_or_broken(error: &axum::Error, mebibytes: u64) -> Error {
    if error.to_string().contains("length limit") {
        return Error::invalid("", Refusal::FileTooLarge(mebibytes));
    }
    malformed()
}

/// NUL is no text: PostgreSQL cannot keep it, and nobody types it.
fn no_nul(key: &str, value: &Value) -> Result<()> {
    let clean = match value {
        Value::String(text) => !text.contains('\0'),
        Value::Array(all) => all.iter().try_for_each(|value| no_nul(key, value)).is_ok(),
        Value::Object(object) => object
            .iter()
            .try_for_each(|(key, value)| no_nul(key, value))
            .is_ok(),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    };
    if clean && !key.contains('\0') {
        Ok(())
    } else {
        Err(Error::invalid(key.replace('\0', ""), Refusal::Malformed))
    }
}

/// Why the parameters could not be read; shells that have their own wording take the error out.
#[derive(Debug)]
pub struct Unreadable(pub Error);

impl Unreadable {
    /// 413 for what is too large, 400 for what cannot be read.
    pub fn status(&self) -> StatusCode {
        match &self.0 {
            Error::Invalid {
                why: Refusal::FileTooLarge(_),
                ..
            } => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

impl IntoResponse for Unreadable {
    fn into_response(self) -> Response {
        let sentence = match self.status() {
            StatusCode::PAYLOAD_TOO_LARGE => "The request is too large",
            _ => "The request cannot be read: send a form or a JSON object in UTF-8",
        };
        (
            self.status(),
            Json(serde_json::json!({ "error": sentence })),
        )
            .into_response()
    }
}

impl<S: Send + Sync> FromRequest<S> for Params {
    type Rejection = Unreadable;

    async fn from_request(request: Request, _state: &S) -> std::result::Result<Self, Unreadable> {
        Self::read(request).await.map_err(Unreadable)
    }
}

#[cfg(test)]
mod tests;
