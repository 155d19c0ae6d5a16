//! `cordee token`: prints one access token and nothing else.

use std::path::Path;

use super::node::{self, Session};
use super::{Failure, Outcome, output};
use crate::actions::authorize_app::{NewApp, issue_token, register_app};
use crate::error::Error;
use crate::model::refusal::Refusal;
use crate::model::scopes::Scopes;
use crate::model::words::UserState;
use crate::secrets::{hash_token, random_token};
use crate::store::db::Tx;
use crate::store::{oauth, users};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Name of the account.
    name: String,
    /// What the token allows.
    #[arg(long, default_value = "read write follow push", value_parser = scopes)]
    scopes: Scopes,
    /// Name of the app that the token seems to come from.
    #[arg(long, value_name = "TEXT", default_value = "cordee token")]
    app: String,
    /// The token itself, for test harnesses: refused unless `public_url` is on localhost.
    #[arg(long, value_name = "TOKEN")]
    value: Option<String>,
}

fn scopes(text: &str) -> Result<Scopes, String> {
    match Scopes::parse(text) {
        Some(scopes) if !scopes.is_empty() => Ok(scopes),
        _ => Err(
            "it takes scopes separated by blanks, such as \"read write follow push\"".to_owned(),
        ),
    }
}

pub(super) fn run(args: Args, file: Option<&Path>) -> Outcome {
    let session = Session::begin(file)?;
    if args.value.is_some() && !session.config.is_local() {
        return Err(Failure::usage(format!(
            "--value is refused because server.public_url ({}) is not on localhost: leave it out",
            session.config.base_url()
        )));
    }
    if args.value.as_ref().is_some_and(String::is_empty) {
        return Err(Failure::usage(
            "--value is empty: give a token, or leave it out",
        ));
    }
    let token = args.value.unwrap_or_else(random_token);
    let hash = hash_token(&token);
    session.wait(
        session
            .db
            .write(move |tx| issue(tx, &args.name, &args.app, &args.scopes, &hash)),
    )?;
    output::line(&token);
    Ok(())
}

/// Keeps a token for a person. The same value for the same person again is no fault.
pub(super) fn issue(
    tx: &mut Tx<'_>,
    name: &str,
    app: &str,
    scopes: &Scopes,
    hash: &str,
) -> Result<(), Error> {
    let account = node::person(tx, name)?;
    if users::get(tx, account.id)?.state != UserState::Active {
        return Err(Error::Unavailable(format!(
            "{name} may not sign in: run `cordee user restore {name}` first"
        )));
    }
    if let Some(old) = oauth::find_token(tx, hash)? {
        let same = old.account_id == Some(account.id)
            && old.revoked_at.is_none()
            && old.scopes == scopes.to_string();
        return if same {
            Ok(())
        } else {
            Err(Error::invalid("value", Refusal::Taken))
        };
    }
    let app = app_of(tx, app, scopes)?;
    issue_token(tx, app, Some(account.id), scopes, hash, None)
}

/// The app of this name that the command line made before, or a new one. Nobody knows its secret.
fn app_of(tx: &mut Tx<'_>, name: &str, scopes: &Scopes) -> Result<i64, Error> {
    let client_id = format!("cli-{}", hash_token(&format!("{name}\n{scopes}")));
    if let Some(app) = oauth::find_app_by_client_id(tx, &client_id)? {
        return Ok(app.id);
    }
    let new = NewApp {
        name: name.to_owned(),
        website: None,
        redirect_uris: vec!["urn:ietf:wg:oauth:2.0:oob".to_owned()],
        scopes: scopes.clone(),
        client_id,
        secret_hash: hash_token(&random_token()),
    };
    Ok(register_app(tx, new)?.id)
}
