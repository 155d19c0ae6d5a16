//! Brute force: how often one name, and one address, may be tried; and how often one person may have other nodes asked.

use crate::app::App;
use crate::app::limits::{Bucket, Source, named};
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::store::users::email_key;

/// Counts an attempt to sign in as somebody from somewhere.
///
/// # Errors
/// `TooMany` where there were too many in 15 minutes, right ones included.
pub(super) fn sign_in(app: &App, source: Source, login: &str) -> Result<()> {
    let (limits, now) = (&app.config.limits, app.db.now());
    app.limits
        .check(limits, Bucket::SignInSource, source.key(), now)?;
    let who = named(&email_key(login));
    app.limits.check(limits, Bucket::SignInName, who, now)
}

/// Counts an attempt to get an account.
///
/// # Errors
/// `TooMany` where there were too many from this address in half an hour.
pub(super) fn sign_up(app: &App, source: Source) -> Result<()> {
    let (limits, now) = (&app.config.limits, app.db.now());
    app.limits.check(limits, Bucket::SignUp, source.key(), now)
}

/// Counts a mail that whoever knows an address can cause.
///
/// # Errors
/// `TooMany` where there were too many to this reader, or on the whole node.
pub(super) fn mail(app: &App, email: &str) -> Result<()> {
    address(app, email)?;
    let (limits, now) = (&app.config.limits, app.db.now());
    app.limits.check(limits, Bucket::MailNode, 0, now)
}

/// Counts how often an address was typed by whoever wants an account: its owner may be written to, and may not be told apart
/// by that from others.
///
/// # Errors
/// `TooMany` where it was too often.
pub(super) fn address(app: &App, email: &str) -> Result<()> {
    let (limits, now) = (&app.config.limits, app.db.now());
    let who = named(&email_key(email));
    app.limits.check(limits, Bucket::MailTo, who, now)
}

/// Counts a page for which other nodes may be asked, like a request of the same person to the API.
///
/// # Errors
/// `TooMany` where there were too many in five minutes.
pub(super) fn look_up(app: &App, by: AccountId) -> Result<()> {
    let (limits, now) = (&app.config.limits, app.db.now());
    let who = u128::from(by.0.unsigned_abs());
    app.limits.check(limits, Bucket::Api, who, now)
}
