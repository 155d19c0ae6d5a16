//! Writes and sends the mails about accounts, in the language of their reader. The code of a link is made here, at the
//! last moment, so that it lies neither in the queue nor in the database.

use crate::actions::sign_up::{CONFIRM_LIFE, Letter, begin_confirmation};
use crate::app::App;
use crate::error::{Error, Result};
use crate::i18n::{self, Lang, Value};
use crate::mail::Mail;
use crate::model::ids::AccountId;
use crate::secrets::{hash_token, random_token};
use crate::store::{accounts, users};

/// Sends the letter of a job; what it was about may be gone by now, and then nobody is written to.
///
/// # Errors
/// `Unavailable` where the mail server does not take it: the queue tries again.
pub async fn send(app: &App, payload: &str) -> Result<()> {
    // A payload of ours that cannot be read will not get better by waiting.
    let letter: Letter = serde_json::from_str(payload).map_err(|_why| Error::NotFound)?;
    match write(app, letter).await? {
        Some(mail) if !mail.to.is_empty() => app.mailer()?.send(mail).await,
        _ => Ok(()),
    }
}

async fn write(app: &App, letter: Letter) -> Result<Option<Mail>> {
    match letter {
        Letter::Confirm { account } => confirm(app, account).await,
        Letter::Applied { account } => applied(app, account).await,
        Letter::Welcome { account } => {
            to_owner(app, account, ["mail-welcome", "mail-welcome-text"]).await
        }
        Letter::AlreadyHere { account } => {
            to_owner(
                app,
                account,
                ["mail-already-here", "mail-already-here-text"],
            )
            .await
        }
        Letter::Refused {
            email,
            locale,
            reason,
        } => {
            let lang = lang_of(app, &locale);
            let id = if reason.is_empty() {
                "mail-refused-text"
            } else {
                "mail-refused-why-text"
            };
            Ok(Some(mail(
                app,
                lang,
                email,
                ["mail-refused", id],
                &[("reason", &reason)],
            )))
        }
    }
}

/// The language somebody chose, else the node's first.
fn lang_of(app: &App, locale: &str) -> Lang {
    let first = app
        .config
        .node
        .languages
        .first()
        .map_or("en", String::as_str);
    Lang::negotiate(None, Some(locale), first)
}

/// `words` are the ids of subject and text; both know the node and its address.
fn mail(app: &App, lang: Lang, to: String, words: [&str; 2], values: &[(&str, &str)]) -> Mail {
    let base = app.config.base_url();
    let mut args: Vec<(&str, Value<'_>)> = values
        .iter()
        .map(|(name, value)| (*name, Value::from(*value)))
        .collect();
    args.push(("node", Value::from(app.config.node.name.as_str())));
    args.push(("base", Value::from(base.as_str())));
    let [subject, text] = words.map(|id| i18n::text(lang, id, &args));
    Mail { to, subject, text }
}

async fn confirm(app: &App, account: AccountId) -> Result<Option<Mail>> {
    let code = random_token();
    let hash = hash_token(&code);
    let waiting = app
        .db
        .write(move |tx| begin_confirmation(tx, account, &hash))
        .await?;
    let hours = CONFIRM_LIFE.num_hours().to_string();
    Ok(waiting.map(|user| {
        let link = format!("{}/register/confirm/{code}", app.config.base_url());
        let lang = lang_of(app, &user.locale);
        let values = [("link", link.as_str()), ("hours", hours.as_str())];
        mail(
            app,
            lang,
            user.email,
            ["mail-confirm", "mail-confirm-text"],
            &values,
        )
    }))
}

/// To the person whom the node names as its contact.
async fn applied(app: &App, account: AccountId) -> Result<Option<Mail>> {
    let found = app
        .db
        .read(move |conn| {
            let Some(applicant) = accounts::map(conn, &[account])?.remove(&account) else {
                return Ok(None);
            };
            let contact = users::find_contact(conn)?;
            let reader = contact.map(|id| users::get(conn, id)).transpose()?;
            Ok(reader.map(|reader| (applicant.name, reader)))
        })
        .await?;
    Ok(found.map(|(name, reader)| {
        let lang = lang_of(app, &reader.locale);
        mail(
            app,
            lang,
            reader.email,
            ["mail-applied", "mail-applied-text"],
            &[("name", &name)],
        )
    }))
}

/// To whoever an account belongs to, with its name.
async fn to_owner(app: &App, account: AccountId, words: [&str; 2]) -> Result<Option<Mail>> {
    let found = app
        .db
        .read(move |conn| {
            let account = accounts::map(conn, &[account])?.remove(&account);
            account
                .map(|account| Ok((users::get(conn, account.id)?, account.name)))
                .transpose()
        })
        .await?;
    Ok(found.map(|(user, name)| {
        let lang = lang_of(app, &user.locale);
        mail(app, lang, user.email, words, &[("name", &name)])
    }))
}
