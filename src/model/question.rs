//! Rules of questions: who may accept which answer, and what state follows.

use super::ids::{AccountId, PostId};
use super::post::MAX_ACCEPTED;
use super::refusal::Refusal;
use super::words::{Kind, QuestionState};

/// A question as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The post.
    pub id: PostId,
    /// What it is: accepting works on questions only.
    pub kind: Kind,
    /// Who asked.
    pub asker: AccountId,
    /// Where it stands.
    pub state: QuestionState,
    /// Accepted answers.
    pub accepted: Vec<PostId>,
}

/// An answer as the rules see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The post.
    pub id: PostId,
    /// What it replies to.
    pub parent: Option<PostId>,
    /// Whether it was deleted.
    pub deleted: bool,
}

/// What accepting leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It was accepted before; nothing changes.
    Already,
    /// It is accepted now.
    Now,
}

impl Question {
    /// Accepts an answer: asker or steward only, at most three, and the answer must belong here.
    ///
    /// # Errors
    /// `OtherQuestion`, `NotTheAsker`, `Deleted` or `EnoughAccepted`.
    pub fn accept(
        &self,
        answer: Answer,
        by: AccountId,
        by_steward: bool,
    ) -> Result<Accepted, Refusal> {
        self.may_decide(by, by_steward)?;
        if answer.parent != Some(self.id) {
            return Err(Refusal::OtherQuestion);
        }
        if answer.deleted {
            return Err(Refusal::Deleted);
        }
        if self.accepted.contains(&answer.id) {
            return Ok(Accepted::Already);
        }
        if self.accepted.len() >= MAX_ACCEPTED {
            return Err(Refusal::EnoughAccepted);
        }
        Ok(Accepted::Now)
    }

    /// Whether somebody may accept here, or take an acceptance back.
    ///
    /// # Errors
    /// `OtherQuestion` or `NotTheAsker`.
    pub fn may_decide(&self, by: AccountId, by_steward: bool) -> Result<(), Refusal> {
        if self.kind != Kind::Question {
            return Err(Refusal::OtherQuestion);
        }
        if by != self.asker && !by_steward {
            return Err(Refusal::NotTheAsker);
        }
        Ok(())
    }
}

/// Where a question stands, given its answers. States that a person set (closed, duplicate …) stay.
pub fn state(now: QuestionState, answers: usize, accepted: usize) -> QuestionState {
    match now {
        QuestionState::Open | QuestionState::Answered | QuestionState::Accepted => {
            match (accepted, answers) {
                (1.., _) => QuestionState::Accepted,
                (0, 1..) => QuestionState::Answered,
                (0, 0) => QuestionState::Open,
            }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(accepted: &[i64]) -> Question {
        Question {
            id: PostId(1),
            kind: Kind::Question,
            asker: AccountId(7),
            state: QuestionState::Open,
            accepted: accepted.iter().copied().map(PostId).collect(),
        }
    }

    fn answer(id: i64) -> Answer {
        Answer {
            id: PostId(id),
            parent: Some(PostId(1)),
            deleted: false,
        }
    }

    #[test]
    fn only_the_asker_or_a_steward_may_accept() {
        assert_eq!(
            question(&[]).accept(answer(2), AccountId(7), false),
            Ok(Accepted::Now)
        );
        assert_eq!(
            question(&[]).accept(answer(2), AccountId(8), false),
            Err(Refusal::NotTheAsker)
        );
        assert_eq!(
            question(&[]).accept(answer(2), AccountId(8), true),
            Ok(Accepted::Now)
        );
    }

    #[test]
    fn at_most_three_answers_are_accepted_and_again_is_a_no_op() {
        let full = question(&[2, 3, 4]);
        assert_eq!(
            full.accept(answer(5), AccountId(7), false),
            Err(Refusal::EnoughAccepted)
        );
        assert_eq!(
            full.accept(answer(3), AccountId(7), false),
            Ok(Accepted::Already)
        );
    }

    #[test]
    fn an_answer_belongs_to_its_question_and_is_alive() {
        let stray = Answer {
            parent: Some(PostId(9)),
            ..answer(2)
        };
        assert_eq!(
            question(&[]).accept(stray, AccountId(7), false),
            Err(Refusal::OtherQuestion)
        );
        let dead = Answer {
            deleted: true,
            ..answer(2)
        };
        assert_eq!(
            question(&[]).accept(dead, AccountId(7), false),
            Err(Refusal::Deleted)
        );
        let talk = Question {
            kind: Kind::Discussion,
            ..question(&[])
        };
        assert_eq!(
            talk.accept(answer(2), AccountId(7), false),
            Err(Refusal::OtherQuestion)
        );
    }

    #[test]
    fn the_state_follows_the_answers() {
        use QuestionState::{Accepted, Answered, Closed, Open};
        assert_eq!(state(Open, 1, 0), Answered);
        assert_eq!(state(Answered, 1, 1), Accepted);
        assert_eq!(state(Accepted, 1, 0), Answered);
        assert_eq!(state(Closed, 3, 0), Closed);
    }
}
