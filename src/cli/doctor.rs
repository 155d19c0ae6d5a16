//! `cordee doctor`: looks at everything a node needs, and says for each failure how to mend it.

mod clock;

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use http::HeaderMap;
use http::header::{ACCEPT, HOST, HeaderName, HeaderValue};
use serde_json::{Value, json};
use url::Url;

use super::{Failure, Outcome, node, output};
use crate::app::App;
use crate::error::{Error, Result};
use crate::federation::guard::{Door, Doors, SystemLookup};
use crate::federation::sign;
use crate::federation::verify::{self, VerifyKey};
use crate::model::ids::AccountId;
use crate::server;
use crate::store::conn::Conn;
use crate::store::dialect::health;
use crate::store::{jobs, migrate, users};

/// How long an answer from the public address may take.
const PATIENCE: Duration = Duration::from_secs(15);
const THREADS: Duration = Duration::from_secs(1);
/// A queue whose oldest due job waits longer is not worked on, or too slowly.
const LATE: TimeDelta = TimeDelta::minutes(10);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// As a JSON list.
    #[arg(long)]
    json: bool,
}

/// What came of one look.
struct Finding {
    check: &'static str,
    ok: bool,
    detail: String,
    mend: &'static str,
}

impl Finding {
    fn of(
        check: &'static str,
        found: std::result::Result<String, String>,
        mend: &'static str,
    ) -> Self {
        let ok = found.is_ok();
        Self {
            check,
            ok,
            detail: found.unwrap_or_else(|detail| detail),
            mend,
        }
    }
}

pub(super) fn run(args: &Args, file: Option<&Path>) -> Outcome {
    let config = node::settings(file)?;
    node::make_data_dir(&config)?;
    let runtime = node::runtime()?;
    let findings: Result<Vec<Finding>> = runtime.block_on(async {
        let app = server::open(config).await?;
        Ok(examine(&app).await)
    });
    runtime.shutdown_timeout(THREADS);
    report(&findings?, args.json)
}

fn report(findings: &[Finding], json: bool) -> Outcome {
    if json {
        let rows = findings.iter().map(|found| {
            json!({
                "check": found.check, "ok": found.ok, "detail": found.detail,
                "mend": (!found.ok).then_some(found.mend),
            })
        });
        output::json(&rows.collect());
    } else {
        for found in findings {
            let sign = if found.ok { "ok  " } else { "FAIL" };
            output::line(&format!("{sign} {}: {}", found.check, found.detail));
            if !found.ok {
                output::line(&format!("     mend: {}", found.mend));
            }
        }
    }
    let failed = findings.iter().filter(|found| !found.ok).count();
    if failed == 0 {
        return Ok(());
    }
    Err(Failure::failed(format!(
        "{failed} of {} checks failed: do what stands behind `mend`",
        findings.len()
    )))
}

async fn examine(app: &App) -> Vec<Finding> {
    let mut findings = vec![
        Finding::of(
            "database",
            database(app).await,
            "check database.url, free space and the rights of this user; run `cordee migrate`",
        ),
        Finding::of(
            "storage",
            storage(app).await,
            if app.media.path().is_some() {
                "let this user write into data_dir and media.store, and see that the disk has room"
            } else {
                "check media.store and media.s3.*, that the bucket exists and that the key may get, put and delete \
                 objects and list the bucket; let this user write into data_dir"
            },
        ),
        Finding::of(
            "mail",
            mail(app).await,
            "check mail.url and mail.from; without a mail server leave mail.url empty",
        ),
        Finding::of(
            "queue",
            queue(app).await,
            "see that a process of role `all` or `worker` runs, and look at its log for jobs that fail",
        ),
    ];
    let public = Public::of(app);
    let answer = match &public {
        Ok(public) => public.get("/healthz", "*/*").await,
        Err(error) => Err(error.clone()),
    };
    let reached = answer.and_then(|answer| match answer.status {
        200 => Ok(format!("{} answers", app.config.base_url())),
        status => Err(format!(
            "{}/healthz answers {status}",
            app.config.base_url()
        )),
    });
    findings.push(Finding::of(
        "public address",
        reached,
        "start `cordee serve`; check DNS, certificate and proxy of server.public_url",
    ));
    findings.push(Finding::of(
        "clock",
        clock::check(app).await,
        "let the machine set its clock by NTP (`timedatectl set-ntp true`)",
    ));
    let webfinger = match &public {
        Ok(public) => webfinger(app, public).await,
        Err(error) => Err(error.clone()),
    };
    findings.push(Finding::of("WebFinger", webfinger, "let the proxy pass /.well-known/ on; server.public_url must be the address that people type"));
    let signed = match &public {
        Ok(public) => signature(app, public).await,
        Err(error) => Err(error.clone()),
    };
    findings.push(Finding::of(
        "signed round trip",
        signed,
        "see that /actor is reachable and that no other node answers at server.public_url",
    ));
    findings
}

fn words(error: Error) -> String {
    match error {
        Error::Unavailable(text) => text,
        other => other.to_string(),
    }
}

async fn database(app: &App) -> std::result::Result<String, String> {
    let pending = app.db.read(migrate::pending).await.map_err(words)?;
    if pending > 0 {
        return Err(format!("{pending} migrations are outstanding"));
    }
    app.db.write(|_| Ok(())).await.map_err(words)?;
    let sound = app.db.read(health::check).await.map_err(words)??;
    Ok(format!("{}: {sound}", node::database_name(&app.config)))
}

async fn queue(app: &App) -> std::result::Result<String, String> {
    let now = app.db.now();
    let look = move |conn: &mut Conn| Ok((jobs::count(conn)?, jobs::lateness(conn, now)?));
    let (waiting, late) = app.db.read(look).await.map_err(words)?;
    if late > LATE {
        let minutes = late.num_minutes();
        return Err(format!(
            "the oldest of {waiting} jobs waits for {minutes} minutes"
        ));
    }
    Ok(format!("{waiting} jobs wait, none for long"))
}

async fn storage(app: &App) -> std::result::Result<String, String> {
    let mut folders = vec![app.config.data_dir.clone()];
    folders.extend(app.media.path().map(Path::to_path_buf));
    for folder in &folders {
        let probe = folder.join(".cordee-doctor");
        let tried = async {
            tokio::fs::write(&probe, b"probe").await?;
            tokio::fs::remove_file(&probe).await
        };
        tried
            .await
            .map_err(|error| format!("{} cannot be written ({error})", folder.display()))?;
    }
    let mut shown: Vec<String> = folders
        .iter()
        .map(|folder| folder.display().to_string())
        .collect();
    if app.media.path().is_none() {
        shown.push(app.media.check().await.map_err(words)?);
    }
    Ok(format!("{} can be written", shown.join(" and ")))
}

async fn mail(app: &App) -> std::result::Result<String, String> {
    let mailer = app.mailer().map_err(words)?;
    mailer.test().await.map_err(words)?;
    Ok(if app.config.mail.url.is_empty() {
        format!(
            "no server is set; mails are written to {}",
            app.config.mail_dir().display()
        )
    } else {
        "the server answers".to_owned()
    })
}

/// WebFinger of somebody who lives here, as other nodes ask it.
async fn webfinger(app: &App, public: &Public) -> std::result::Result<String, String> {
    let people = app
        .db
        .read(|conn| users::list(conn, AccountId(0), 1))
        .await
        .map_err(words)?;
    let Some((_, account)) = people.into_iter().next() else {
        return Ok("nobody has an account yet; look again when somebody has".to_owned());
    };
    let subject = format!("acct:{}@{}", account.name, app.config.authority());
    let answer = public
        .get(
            &format!("/.well-known/webfinger?resource={subject}"),
            "application/jrd+json",
        )
        .await?;
    let document = answer.json()?;
    let links = document
        .get("links")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let id = links
        .iter()
        .find(|link| link.get("rel").and_then(Value::as_str) == Some("self"));
    let id = id.and_then(|link| link.get("href")).and_then(Value::as_str);
    match document.get("subject").and_then(Value::as_str) {
        Some(found) if found == subject && id == Some(account.uri.as_str()) => {
            Ok(format!("{subject} is found"))
        }
        _ => Err(format!(
            "asked for {subject}, got {} with id {}",
            document.get("subject").unwrap_or(&Value::Null),
            id.unwrap_or("none")
        )),
    }
}

/// Signs a delivery as the node would, and verifies it as a peer would: with the key fetched from the public address.
async fn signature(app: &App, public: &Public) -> std::result::Result<String, String> {
    if !app.config.federation.enabled {
        return Ok("nothing is signed: federation.enabled is false".to_owned());
    }
    let fed = server::federate(app).await.map_err(words)?;
    let key = fed.keyring().of_node().await.map_err(words)?;
    let (body, now) = (b"{}".as_slice(), app.db.now());
    let url = public.url("/inbox")?;
    let signed = sign::headers(&key, "post", &url, "/inbox", Some(body), now).map_err(words)?;
    let mut headers = HeaderMap::new();
    let authority = app.config.authority();
    headers.insert(
        HOST,
        HeaderValue::from_str(&authority).map_err(|error| error.to_string())?,
    );
    for (name, value) in signed {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_str(&value).map_err(|error| error.to_string())?,
        );
    }
    let base = app.config.base_url();
    let request = verify::Request {
        method: "POST",
        target: "/inbox",
        authority: None,
        headers: &headers,
        body,
    };
    let own = verify::Own {
        base: &base,
        authority: &authority,
    };
    let claim = verify::check(&request, &own, now).map_err(|fault| fault.text().to_owned())?;
    let actor = public
        .get("/actor", "application/activity+json")
        .await?
        .json()?;
    let named = actor
        .get("publicKey")
        .ok_or("the actor at the public address has no key")?;
    if named.get("id").and_then(Value::as_str) != Some(claim.key_id.as_str()) {
        return Err(
            "the actor at the public address has another key: another node answers there"
                .to_owned(),
        );
    }
    let pem = named
        .get("publicKeyPem")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let public_key =
        VerifyKey::from_pem(pem).ok_or("the key at the public address cannot be read")?;
    if claim.fits(&public_key) {
        Ok("what this node signs, others can verify with the key at its address".to_owned())
    } else {
        Err("the key at the public address does not fit what this node signs".to_owned())
    }
}

/// The node's own public address, asked as others ask it.
struct Public {
    client: reqwest::Client,
    base: Url,
}

struct Answer {
    status: u16,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> std::result::Result<Value, String> {
        if self.status != 200 {
            return Err(format!("the answer is {}", self.status));
        }
        serde_json::from_slice(&self.body)
            .map_err(|error| format!("the answer is no JSON ({error})"))
    }
}

impl Public {
    fn of(app: &App) -> std::result::Result<Self, String> {
        let base = app.config.server.public_url.clone();
        let door = if app.config.is_local() {
            Door::Loopback
        } else {
            // The operator set this one name, and it may lie in the firm's own network.
            let host = base.host_str().unwrap_or_default().to_ascii_lowercase();
            let everywhere = [IpAddr::from([0_u8; 4]), IpAddr::from([0_u16; 8])];
            let networks = everywhere
                .iter()
                .filter_map(|ip| ipnet::IpNet::new(*ip, 0).ok())
                .collect();
            Door::Private { host, networks }
        };
        let doors = Doors::new(Arc::new(SystemLookup), &app.config.base_url()).map_err(words)?;
        Ok(Self {
            client: doors.client(&door).map_err(words)?,
            base,
        })
    }

    fn url(&self, path: &str) -> std::result::Result<Url, String> {
        self.base.join(path).map_err(|error| error.to_string())
    }

    async fn get(&self, path: &str, accept: &'static str) -> std::result::Result<Answer, String> {
        let url = self.url(path)?;
        let ask = async {
            let answer = self
                .client
                .get(url.clone())
                .header(ACCEPT, accept)
                .send()
                .await?;
            let status = answer.status().as_u16();
            Ok(Answer {
                status,
                body: answer.bytes().await?.to_vec(),
            })
        };
        match tokio::time::timeout(PATIENCE, ask).await {
            Ok(answer) => answer.map_err(|error: reqwest::Error| {
                format!("{url} does not answer ({})", root(&error))
            }),
            Err(_) => Err(format!(
                "{url} did not answer within {} s",
                PATIENCE.as_secs()
            )),
        }
    }
}

/// The innermost cause: the outer ones only repeat the address.
fn root(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), root)
}
