//! `cordee user`: accounts of this node.

use std::io::{BufRead, IsTerminal};
use std::path::Path;

use clap::Subcommand;
use serde_json::json;

use super::node::{self, Session};
use super::{Failure, Outcome, output};
use crate::actions::manage_user;
use crate::actions::register::{Newcomer, check_password, register};
use crate::actions::sign_up::{admit, turn_away};
use crate::error::Error;
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::time::rfc3339;
use crate::model::words::Role;
use crate::secrets;
use crate::store::accounts::{self, Account};
use crate::store::db::Tx;
use crate::store::users::{self, User};

/// People listed in one step.
const STEP: i64 = 500;

#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = false)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make an account. Without --password one is made up and printed.
    Add(Add),
    /// List accounts.
    List {
        /// As a JSON list.
        #[arg(long)]
        json: bool,
    },
    /// Shut a person out: no session, token or sign-in.
    Suspend {
        /// Name of the account.
        name: String,
    },
    /// Let a person in again.
    Restore {
        /// Name of the account.
        name: String,
    },
    /// Admit a person who asked for an account; a mail tells it.
    Approve {
        /// Name of the account.
        name: String,
    },
    /// Turn a person away who asked for an account; a mail tells it, and the name is free again.
    Reject {
        /// Name of the account.
        name: String,
        /// What to tell the person.
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// Set a person's role: member, moderator or admin.
    Role {
        /// Name of the account.
        name: String,
        /// The role.
        #[arg(value_parser = role)]
        role: Role,
    },
    /// Set a password, read from stdin; where that is empty, one is made up and printed. Ends sessions and tokens.
    Password {
        /// Name of the account.
        name: String,
    },
}

#[derive(Debug, clap::Args)]
struct Add {
    /// Name of the account: small letters, digits, `_`, `.` and `-`.
    name: String,
    /// E-mail address, for signing in.
    #[arg(long, value_name = "E")]
    email: String,
    /// Password of 12 to 256 characters.
    #[arg(long, value_name = "P")]
    password: Option<String>,
    /// Role on the node: member, moderator or admin.
    #[arg(long, value_name = "R", default_value = "member", value_parser = role)]
    role: Role,
    /// Name to show.
    #[arg(long = "display", value_name = "TEXT", default_value = "")]
    display_name: String,
    /// Department.
    #[arg(long, value_name = "U", default_value = "")]
    unit: String,
    /// Level in the hierarchy, 1 to 4.
    #[arg(long, value_name = "1..4", value_parser = clap::value_parser!(i16).range(1..=4))]
    level: Option<i16>,
}

pub(super) fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "it takes member, moderator or admin".to_owned())
}

pub(super) fn run(args: Args, file: Option<&Path>) -> Outcome {
    match args.what {
        What::Add(add) => self::add(&Session::begin(file)?, add),
        What::List { json } => list(&Session::begin(file)?, json),
        What::Suspend { name } => {
            change(&Session::begin(file)?, &name, manage_user::dismiss)?;
            output::line(&format!("{name} is suspended"));
            Ok(())
        }
        What::Restore { name } => {
            change(&Session::begin(file)?, &name, manage_user::restore)?;
            output::line(&format!("{name} may sign in"));
            Ok(())
        }
        What::Approve { name } => {
            decide(&Session::begin(file)?, &name, |tx, id| admit(tx, None, id))?;
            output::line(&format!("{name} may sign in"));
            Ok(())
        }
        What::Reject { name, reason } => {
            decide(&Session::begin(file)?, &name, move |tx, id| {
                turn_away(tx, None, id, &reason)
            })?;
            output::line(&format!("{name} was turned away"));
            Ok(())
        }
        What::Role { name, role } => {
            change(&Session::begin(file)?, &name, move |tx, id| {
                manage_user::set_role(tx, id, role)
            })?;
            output::line(&format!("{name} is {role}"));
            Ok(())
        }
        What::Password { name } => password(&Session::begin(file)?, &name),
    }
}

fn add(session: &Session, add: Add) -> Outcome {
    let (password, told) = match add.password {
        Some(password) => (password, false),
        None => (secrets::random_token(), true),
    };
    let hash = session.wait(hashed(password.clone()))?;
    let newcomer = Newcomer {
        display_name: add.display_name,
        role: add.role,
        unit: add.unit,
        level: add.level,
        ..Newcomer::new(&add.name, &add.email, Some(hash))?
    };
    let base_url = session.config.base_url();
    let account = session.wait(
        session
            .db
            .write(move |tx| register(tx, &base_url, &newcomer)),
    )?;
    let how = if told {
        format!(", password {password}")
    } else {
        String::new()
    };
    output::line(&format!(
        "@{}@{} is here: {}{how}",
        account.name,
        session.config.authority(),
        account.url
    ));
    Ok(())
}

/// Checks a password and hashes it.
async fn hashed(password: String) -> Result<String, Error> {
    check_password(&password).map_err(|why| Error::invalid("password", why))?;
    secrets::hash_password(&password).await
}

fn change<F>(session: &Session, name: &str, work: F) -> Outcome
where
    F: FnOnce(&mut Tx<'_>, AccountId) -> Result<(), Error> + Send + 'static,
{
    let wanted = name.to_owned();
    let done = session.db.write(move |tx| {
        let account = node::person(tx, &wanted)?;
        work(tx, account.id)
    });
    let done = session.runtime.block_on(done);
    done.map_err(|error| node::about(name, error))
}

/// The same for somebody who waits to be admitted.
fn decide<F>(session: &Session, name: &str, work: F) -> Outcome
where
    F: FnOnce(&mut Tx<'_>, AccountId) -> Result<(), Error> + Send + 'static,
{
    let wanted = name.trim_start_matches('@').to_owned();
    let done = session.db.write(move |tx| {
        let waiting = accounts::find_applicant(tx, &wanted)?;
        let account = waiting.ok_or(Error::Forbidden(Refusal::UnknownPerson))?;
        work(tx, account.id)
    });
    let done = session.runtime.block_on(done);
    done.map_err(|error| node::about(name, error))
}

fn password(session: &Session, name: &str) -> Outcome {
    let given = read_secret("new password (empty: one is made up)")?;
    let (password, told) = if given.is_empty() {
        (secrets::random_token(), true)
    } else {
        (given, false)
    };
    let hash = session.wait(hashed(password.clone()))?;
    change(session, name, move |tx, id| {
        manage_user::set_password(tx, id, &hash, None)
    })?;
    let how = if told {
        format!(": {password}")
    } else {
        String::new()
    };
    output::line(&format!("{name} has a new password{how}"));
    Ok(())
}

/// One line of stdin. On a terminal it is asked for, and not shown while it is typed.
fn read_secret(prompt: &str) -> Outcome<String> {
    let terminal = std::io::stdin().is_terminal();
    let echo = |how: &str| {
        if terminal {
            // Where there is no `stty`, the password is seen while it is typed; nothing else changes.
            drop(std::process::Command::new("stty").arg(how).status());
        }
    };
    if terminal {
        output::line(prompt);
    }
    echo("-echo");
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    echo("echo");
    read.map_err(|error| {
        Failure::failed(format!("the password cannot be read from stdin: {error}"))
    })?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

fn list(session: &Session, json: bool) -> Outcome {
    let mut people: Vec<(User, Account)> = Vec::new();
    loop {
        let after = people
            .last()
            .map_or(AccountId(0), |(user, _)| user.account_id);
        let step = session.wait(session.db.read(move |conn| users::list(conn, after, STEP)))?;
        if step.is_empty() {
            break;
        }
        people.extend(step);
    }
    if json {
        let rows = people.iter().map(|(user, account)| {
            json!({
                "id": account.id.0.to_string(), "username": account.name, "display_name": account.display_name,
                "email": user.email, "role": user.role.as_str(), "state": user.state.as_str(), "unit": user.unit,
                "level": user.level, "created_at": rfc3339(user.created_at), "seen_at": user.seen_at.map(rfc3339),
            })
        });
        output::json(&rows.collect());
        return Ok(());
    }
    let rows: Vec<Vec<String>> = people
        .iter()
        .map(|(user, account)| {
            let seen = user.seen_at.map_or_else(|| "never".to_owned(), rfc3339);
            vec![
                account.name.clone(),
                user.role.to_string(),
                user.state.to_string(),
                user.email.clone(),
                seen,
            ]
        })
        .collect();
    output::table(&["name", "role", "state", "e-mail", "last seen"], &rows);
    Ok(())
}
