//! Files in a bucket of an S3 server. Addresses are signed for one request each and live for minutes; neither they nor the
//! keys get into a log. The operator named the server, so it may lie in the firm's own network; what it answers cannot
//! send us elsewhere.

use std::fmt;
use std::io;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use md5::{Digest, Md5};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, RANGE};
use reqwest::{RequestBuilder, Response, StatusCode};
use rusty_s3::{Credentials, S3Action as _, UrlStyle};
use url::Url;

use super::names::mime_of;
use super::store::Opened;
use crate::error::{Error, Result};
use crate::tls;

/// For how long an address is signed.
const SIGNED: Duration = Duration::from_mins(5);
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long the head of an answer, and each further piece of it, may take.
const ANSWER: Duration = Duration::from_secs(15);
/// Bytes that go out in a second at least; the answer to a file may take as much longer.
const SLOWEST: u64 = 2 << 20;
/// A connection that nobody used for this long is closed: servers do the same, and would do it in the middle of a request.
const IDLE: Duration = Duration::from_secs(10);
/// What is tried once more is tried after this time.
const PAUSE: Duration = Duration::from_millis(300);
/// Of an answer that says no, this much is read.
const EXPLANATION: usize = 8 << 10;

static CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");

/// How a bucket is reached.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "holds the keys")]
pub struct Settings {
    /// Address of the server; empty: Amazon's in the region.
    pub endpoint: String,
    /// Region in signatures.
    pub region: String,
    /// Whether the bucket stands in the path, not in the name of the host.
    pub path_style: bool,
    /// Access key id.
    pub access_key: String,
    /// Secret access key.
    pub secret_key: String,
    /// Its name.
    pub bucket: String,
    /// What all keys begin with, without slashes at its ends; perhaps empty.
    pub prefix: String,
}

/// A bucket.
pub(super) struct Bucket {
    bucket: rusty_s3::Bucket,
    credentials: Credentials,
    client: reqwest::Client,
    prefix: String,
}

/// The bucket and its server.
impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.bucket.base_url();
        let host = url.host_str().unwrap_or_default();
        write!(f, "s3://{}/{} at {host}", self.bucket.name(), self.prefix)?;
        match url.port() {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bucket({self})")
    }
}

impl Bucket {
    pub(super) fn new(settings: Settings) -> Result<Self> {
        let endpoint = if settings.endpoint.is_empty() {
            format!("https://s3.{}.amazonaws.com", settings.region)
        } else {
            settings.endpoint
        };
        let wrong = |why: String| {
            Error::Unavailable(format!(
                "media.store and media.s3.* make no address of a bucket ({why}): mend them"
            ))
        };
        let url = Url::parse(&endpoint).map_err(|error| wrong(error.to_string()))?;
        let style = if settings.path_style {
            UrlStyle::Path
        } else {
            UrlStyle::VirtualHost
        };
        let bucket = rusty_s3::Bucket::new(url, style, settings.bucket, settings.region)
            .map_err(|error| wrong(error.to_string()))?;
        Ok(Self {
            bucket,
            credentials: Credentials::new(settings.access_key, settings.secret_key),
            client: client()?,
            prefix: settings.prefix,
        })
    }

    fn key(&self, name: &str) -> String {
        if self.prefix.is_empty() {
            return name.to_owned();
        }
        format!("{}/{name}", self.prefix)
    }

    /// The object is in the bucket for good when this returns.
    pub(super) async fn write(&self, name: &str, bytes: Bytes) -> Result<()> {
        let (key, sum) = (self.key(name), STANDARD.encode(Md5::digest(&bytes)));
        let longest = ANSWER + Duration::from_secs(bytes.len() as u64 / SLOWEST);
        let request = || {
            let mut action = self.bucket.put_object(Some(&self.credentials), &key);
            // Signed, so that the server refuses what was changed or cut off on its way.
            action
                .headers_mut()
                .insert(CONTENT_MD5.as_str(), sum.as_str());
            self.client
                .put(action.sign(SIGNED))
                .header(&CONTENT_MD5, sum.as_str())
                .header(
                    CONTENT_TYPE,
                    mime_of(name).unwrap_or("application/octet-stream"),
                )
                .header(CONTENT_LENGTH, bytes.len())
                .body(bytes.clone())
        };
        let answer = self.ask(request, longest).await?;
        if answer.status().is_success() {
            return Ok(());
        }
        Err(self.refused("take a file", answer).await)
    }

    pub(super) async fn length(&self, name: &str) -> Result<Option<u64>> {
        let key = self.key(name);
        let request = || {
            let action = self.bucket.head_object(Some(&self.credentials), &key);
            self.client.head(action.sign(SIGNED))
        };
        let answer = self.ask(request, ANSWER).await?;
        if matches!(
            answer.status(),
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN
        ) {
            // An answer without body does not say what is not found, the file or the bucket, nor what is forbidden.
            let there = self.open(name, None).await?;
            return Ok(there.map(|opened| opened.length));
        }
        if answer.status().is_success() {
            return self.told_length(&answer).map(Some);
        }
        Err(self.refused("tell of a file", answer).await)
    }

    pub(super) async fn open(
        &self,
        name: &str,
        part: Option<(u64, u64)>,
    ) -> Result<Option<Opened>> {
        let key = self.key(name);
        let request = || {
            let action = self.bucket.get_object(Some(&self.credentials), &key);
            let request = self.client.get(action.sign(SIGNED));
            match part {
                Some((from, to)) => request.header(RANGE, format!("bytes={from}-{to}")),
                None => request,
            }
        };
        let answer = self.ask(request, ANSWER).await?;
        let wanted = match part {
            Some(_) => StatusCode::PARTIAL_CONTENT,
            None => StatusCode::OK,
        };
        if answer.status() == wanted {
            let length = self.told_length(&answer)?;
            if part.is_some_and(|(from, to)| length != to.saturating_sub(from).saturating_add(1)) {
                return Err(self.trouble("gives another part of a file than was asked for"));
            }
            let pieces = pieces(answer.bytes_stream().boxed());
            return Ok(Some(Opened { length, pieces }));
        }
        let status = answer.status();
        let code = code(answer).await;
        if status == StatusCode::NOT_FOUND && (code.is_empty() || code == "NoSuchKey") {
            return Ok(None);
        }
        if status == StatusCode::FORBIDDEN && code == "AccessDenied" {
            // Not taken for absent: an upload that waits would be given up for a right that somebody took away by mistake.
            return Err(self.trouble(
                "does not give a file (AccessDenied): the key must be allowed to get objects, and to list the bucket, \
                 without which what is missing looks forbidden",
            ));
        }
        Err(self.trouble(&format!("does not give a file ({code})")))
    }

    pub(super) async fn remove(&self, name: &str) -> Result<()> {
        let key = self.key(name);
        let request = || {
            let action = self.bucket.delete_object(Some(&self.credentials), &key);
            self.client.delete(action.sign(SIGNED))
        };
        let answer = self.ask(request, ANSWER).await?;
        if answer.status().is_success() {
            return Ok(());
        }
        let missing = answer.status() == StatusCode::NOT_FOUND;
        let code = code(answer).await;
        // Most servers answer 204 here, some that there is nothing to remove.
        if missing && (code.is_empty() || code == "NoSuchKey") {
            return Ok(());
        }
        Err(self.trouble(&format!("does not remove a file ({code})")))
    }

    /// Asks, and once more where the server was not reached or has passing trouble of its own.
    async fn ask(
        &self,
        request: impl Fn() -> RequestBuilder,
        longest: Duration,
    ) -> Result<Response> {
        match self.ask_once(&request, longest).await {
            Ok(answer) if !is_passing(answer.status()) => return Ok(answer),
            Err(Problem::Late) => return Err(self.trouble("does not answer in time")),
            Ok(_) | Err(Problem::Unreached(_)) => {}
        }
        tokio::time::sleep(PAUSE).await;
        match self.ask_once(&request, longest).await {
            Ok(answer) => Ok(answer),
            Err(Problem::Late) => Err(self.trouble("does not answer in time")),
            Err(Problem::Unreached(why)) => {
                Err(self.trouble(&format!("cannot be reached ({why})")))
            }
        }
    }

    async fn ask_once(
        &self,
        request: &impl Fn() -> RequestBuilder,
        longest: Duration,
    ) -> std::result::Result<Response, Problem> {
        match tokio::time::timeout(longest, request().send()).await {
            Ok(answer) => answer.map_err(|error| Problem::Unreached(root(&error.without_url()))),
            Err(_) => Err(Problem::Late),
        }
    }

    fn told_length(&self, answer: &Response) -> Result<u64> {
        // Not `content_length`: that is what the body still holds, which for HEAD is nothing.
        answer
            .headers()
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .ok_or_else(|| self.trouble("does not tell how long a file is"))
    }

    async fn refused(&self, what: &str, answer: Response) -> Error {
        let status = answer.status().as_u16();
        let code = match code(answer).await {
            code if code.is_empty() => format!("status {status}"),
            code => code,
        };
        self.trouble(&format!("does not {what} ({code})"))
    }

    fn trouble(&self, what: &str) -> Error {
        Error::Unavailable(format!("the bucket {self} {what}"))
    }
}

/// Why there is no answer.
enum Problem {
    Unreached(String),
    Late,
}

fn is_passing(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

/// No redirects, no proxy from the environment, nothing unpacked on the way.
fn client() -> Result<reqwest::Client> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls::client()?)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .no_gzip()
        .no_brotli()
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .user_agent("Cordee")
        .build()
        .map_err(Error::internal)
}

type Body = BoxStream<'static, reqwest::Result<Bytes>>;

/// The pieces of an answer, each of which comes in time.
fn pieces(body: Body) -> BoxStream<'static, io::Result<Bytes>> {
    let next = |mut body: Body| async move {
        match tokio::time::timeout(ANSWER, body.next()).await {
            Ok(None) => io::Result::Ok(None),
            Ok(Some(Ok(piece))) => Ok(Some((piece, body))),
            Ok(Some(Err(error))) => Err(io::Error::other(root(&error.without_url()))),
            Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut)),
        }
    };
    stream::try_unfold(body, next).boxed()
}

/// The code in an answer that says no, such as `SignatureDoesNotMatch`; else its status. Nothing else of the answer is
/// shown: it may repeat what was signed.
async fn code(answer: Response) -> String {
    let status = answer.status();
    let mut pieces = pieces(answer.bytes_stream().boxed());
    let mut text = Vec::new();
    while let Some(Ok(piece)) = pieces.next().await {
        text.extend_from_slice(&piece);
        if text.len() > EXPLANATION {
            break;
        }
    }
    let text = String::from_utf8_lossy(&text);
    let code = text
        .split_once("<Code>")
        .and_then(|(_, rest)| rest.split_once("</Code>"))
        .map(|(code, _)| code)
        .filter(|code| code.len() <= 64 && code.bytes().all(|b| b.is_ascii_alphanumeric()));
    match code {
        Some(code) => code.to_owned(),
        None if status == StatusCode::NOT_FOUND => String::new(),
        None => format!("status {}", status.as_u16()),
    }
}

/// The innermost cause: the outer ones only say that something was asked.
fn root(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), root)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(endpoint: &str, path_style: bool) -> Settings {
        Settings {
            endpoint: endpoint.into(),
            region: "eu-west-3".into(),
            path_style,
            access_key: "AKIDEXAMPLE".into(),
            secret_key: "very secret".into(),
            bucket: "files".into(),
            prefix: "cordee/media".into(),
        }
    }

    #[test]
    fn objects_lie_below_the_prefix_and_keys_are_never_shown() {
        let bucket = Bucket::new(settings("http://127.0.0.1:9", true)).unwrap();
        assert_eq!(bucket.key("x"), "cordee/media/x");
        for shown in [bucket.to_string(), format!("{bucket:?}")] {
            assert!(
                shown.contains("s3://files/cordee/media at 127.0.0.1:9"),
                "{shown}"
            );
            assert!(
                !shown.contains("secret") && !shown.contains("AKID"),
                "{shown}"
            );
        }
        let amazon = Bucket::new(settings("", false)).unwrap();
        let address = amazon.bucket.base_url();
        let host = address.host_str().unwrap();
        assert!(host.starts_with("files.s3.eu-west-3."), "{host}");
        assert_eq!((address.scheme(), address.path()), ("https", "/"));
    }

    #[tokio::test]
    async fn what_is_not_there_is_said_without_the_signature() {
        let bucket = Bucket::new(settings("http://127.0.0.1:9", true)).unwrap();
        let error = bucket.length("x").await.unwrap_err().to_string();
        assert!(error.contains("cannot be reached"), "{error}");
        assert!(!error.contains("Amz") && !error.contains("AKID"), "{error}");
    }
}
