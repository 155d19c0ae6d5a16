//! Replies that are commands (`#accepted`): carried out instead of being published.

use crate::actions::accept_answer::{self, accept_answer};
use crate::actions::create_post::{NewPost, Outcome};
use crate::error::Result;
use crate::model::ids::{AccountId, PostId};
use crate::model::refusal::Refusal;
use crate::model::text::verbs::{Command, command_in};
use crate::model::words::Kind;
use crate::store::db::Tx;
use crate::store::posts::Post;

/// The command that a reply is instead of a post, and the words beside it. `#accepted` is one only below an answer:
/// elsewhere it is a word.
pub(super) fn of(new: &NewPost, parent: &Post) -> Option<(Command, String)> {
    if !new.media.is_empty() || new.poll.is_some() {
        return None;
    }
    let (command, why) = command_in(&new.source)?;
    let meant = command != Command::Accept || parent.kind == Kind::Answer;
    (meant && why.chars().count() <= accept_answer::WHY).then_some((command, why))
}

/// Whether a command can be carried out. Receipts, thanks and verdicts have no place to be kept in yet: whoever sends one
/// is told, for it must neither be published nor get lost in silence.
///
/// # Errors
/// `Forbidden(CommandNotYet)`.
pub(super) fn check(command: Command) -> Result<()> {
    match command {
        Command::Accept => Ok(()),
        Command::Used | Command::Thank | Command::StillTrue | Command::Changed => {
            Err(Refusal::CommandNotYet.into())
        }
    }
}

/// Does what a reply asks for.
///
/// # Errors
/// Those of [`check`] and of [`accept_answer()`].
pub(super) fn carry_out(
    tx: &mut Tx<'_>,
    by: AccountId,
    parent: &Post,
    command: Command,
    why: &str,
) -> Result<Outcome> {
    check(command)?;
    accept_answer(tx, by, parent.id, why, None)?;
    Ok(Outcome::Commanded {
        about: parent.id,
        id: PostId(tx.new_id()),
    })
}
