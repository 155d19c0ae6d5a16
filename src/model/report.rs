//! Rules of reports: how large one may be, who may handle it, and where it can stand.

use super::ids::AccountId;
use super::refusal::Refusal;
use super::viewer::Viewer;
use super::words::{ReportState, Role};

/// Most posts that one report names.
pub const POSTS: usize = 50;
/// Longest comment, and longest word of whoever resolves, in characters.
pub const TEXT: usize = 1000;
/// Most reports by one person within a day.
pub const A_DAY: i64 = 50;
/// Most reports by all actors of another node within a day.
pub const A_DAY_BY_NODE: i64 = 500;
/// Most accounts that one report of another node is about; each makes a report of its own.
pub const SUBJECTS: usize = 5;

/// Whether somebody may handle the report about `target`: moderators, but nobody the one about oneself (product 4.3,
/// invariant 7). For whoever may not, it is not there.
pub fn may_handle(viewer: &Viewer, target: AccountId) -> bool {
    viewer.at_least(Role::Moderator) && viewer.account() != Some(target)
}

/// What is done about a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is dealt with.
    Resolve,
    /// It is not, after all.
    Reopen,
    /// Somebody takes it.
    Assign,
    /// And gives it back.
    Unassign,
}

/// Where a report stands after a step. Resolving or opening again twice changes nothing.
///
/// # Errors
/// `WrongState` for taking or giving back one that is resolved.
pub fn after(state: ReportState, step: Step) -> Result<ReportState, Refusal> {
    match (state, step) {
        (_, Step::Resolve) => Ok(ReportState::Resolved),
        (_, Step::Reopen) | (ReportState::Open, Step::Assign | Step::Unassign) => {
            Ok(ReportState::Open)
        }
        (ReportState::Resolved, Step::Assign | Step::Unassign) => Err(Refusal::WrongState),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moderators_handle_reports_but_none_about_themselves() {
        let viewer = |id, role| Viewer::Person {
            id: AccountId(id),
            role,
        };
        for (reader, may) in [
            (Viewer::Anonymous, false),
            (viewer(1, Role::Member), false),
            (viewer(1, Role::Moderator), true),
            (viewer(1, Role::Admin), true),
            (viewer(9, Role::Admin), false),
        ] {
            assert_eq!(may_handle(&reader, AccountId(9)), may, "{reader:?}");
        }
    }

    #[test]
    fn what_is_resolved_is_reopened_before_it_is_taken() {
        use ReportState::{Open, Resolved};
        for (state, step, then) in [
            (Open, Step::Resolve, Ok(Resolved)),
            (Resolved, Step::Resolve, Ok(Resolved)),
            (Resolved, Step::Reopen, Ok(Open)),
            (Open, Step::Reopen, Ok(Open)),
            (Open, Step::Assign, Ok(Open)),
            (Open, Step::Unassign, Ok(Open)),
            (Resolved, Step::Assign, Err(Refusal::WrongState)),
            (Resolved, Step::Unassign, Err(Refusal::WrongState)),
        ] {
            assert_eq!(after(state, step), then, "{state} {step:?}");
        }
    }
}
