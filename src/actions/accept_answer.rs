//! The asker or a steward accepts an answer, or takes that back.

use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::{AccountId, PostId};
use crate::model::question::{self, Accepted, Answer, Question};
use crate::model::refusal::Refusal;
use crate::model::words::{Kind, QuestionState};
use crate::store::communities;
use crate::store::db::Tx;
use crate::store::posts::{self, Acceptance, Post};

/// Longest reason, in characters.
pub const WHY: usize = 280;

fn load(tx: &mut Tx<'_>, answer: PostId, by: AccountId) -> Result<(Post, Question, Answer, bool)> {
    let answer = posts::get(tx, answer)?;
    let parent = answer.parent_id.ok_or(Refusal::OtherQuestion)?;
    let post = posts::get(tx, parent)?;
    let accepted = posts::list_acceptances(tx, &[post.id])?
        .into_iter()
        .map(|row| row.answer_id)
        .collect();
    let question = Question {
        id: post.id,
        kind: post.kind,
        asker: post.author_id,
        state: post.question_state.unwrap_or(QuestionState::Open),
        accepted,
    };
    let steward = match post.community_id {
        Some(community) => communities::is_steward(tx, community, by)?,
        None => false,
    };
    let answer = Answer {
        id: answer.id,
        parent: answer.parent_id,
        deleted: answer.deleted_at.is_some(),
    };
    Ok((post, question, answer, steward))
}

/// Accepts an answer. `uri` is the address of the `ChooseAnswer` where it came from another node.
///
/// # Errors
/// `NotFound`; `Forbidden` as the rules of [`Question::accept`] say.
pub fn accept_answer(
    tx: &mut Tx<'_>,
    by: AccountId,
    answer: PostId,
    why: &str,
    uri: Option<String>,
) -> Result<Post> {
    if why.chars().count() > WHY {
        return Err(Error::invalid("why", Refusal::TooLong(WHY)));
    }
    let (_, question, answer, steward) = load(tx, answer, by)?;
    if question.accept(answer, by, steward)? == Accepted::Now {
        let id = tx.new_id();
        let uri = uri.unwrap_or_else(|| tx.node().activity_uri(id));
        let row = Acceptance {
            id,
            question_id: question.id,
            answer_id: answer.id,
            by_id: by,
            why: why.trim().to_owned(),
            uri: uri.clone(),
            created_at: tx.now(),
            revoked_at: None,
        };
        posts::put_acceptance(tx, &row)?;
        posts::touch(tx, answer.id)?;
        refresh_state(tx, question.id)?;
        tx.emit(Event::AnswerAccepted {
            question: question.id,
            answer: answer.id,
            by,
            uri,
        });
    }
    posts::get(tx, question.id)
}

/// Takes an acceptance back. Nothing happens where there is none.
///
/// # Errors
/// `NotFound`; `Forbidden` for whoever is neither asker nor steward.
pub fn unaccept_answer(tx: &mut Tx<'_>, by: AccountId, answer: PostId) -> Result<Post> {
    let (_, question, answer, steward) = load(tx, answer, by)?;
    question.may_decide(by, steward)?;
    let now = tx.now();
    if let Some(row) = posts::revoke_acceptance(tx, question.id, answer.id, now)? {
        posts::touch(tx, answer.id)?;
        refresh_state(tx, question.id)?;
        tx.emit(Event::AnswerUnaccepted {
            question: question.id,
            answer: answer.id,
            by,
            uri: row.uri,
        });
    }
    posts::get(tx, question.id)
}

/// Brings the state of a question in line with its answers. All who read the question read its state, so only answers
/// that they may read count.
pub(super) fn refresh_state(tx: &mut Tx<'_>, id: PostId) -> Result<()> {
    let Some(post) = posts::find(tx, id)?.filter(|post| post.kind == Kind::Question) else {
        return Ok(());
    };
    let now = post.question_state.unwrap_or(QuestionState::Open);
    let accepted = posts::list_told_acceptances(tx, &[id])?.len();
    let answers = usize::try_from(post.replies_count).unwrap_or_default();
    let state = question::state(now, answers, accepted);
    if state != now || post.question_state.is_none() {
        posts::set_question_state(tx, id, state)?;
    } else {
        posts::touch(tx, id)?;
    }
    Ok(())
}
