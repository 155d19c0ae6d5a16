//! Rules of what moderators may do with accounts.

use super::ids::AccountId;
use super::refusal::Refusal;
use super::viewer::Viewer;
use super::words::{AccountMeasure, Role, StrikeAction};

/// Longest text of a warning, in characters.
pub const TEXT: usize = 2000;

/// What the rules need to know of an account.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// Which one.
    pub id: AccountId,
    /// The role on this node; absent for whoever has no entry here.
    pub role: Option<Role>,
    /// Whether it belongs to this node.
    pub local: bool,
    /// Whether it is a community.
    pub group: bool,
}

/// Whether somebody may decide about an account: moderators about members, admins about moderators too, nobody about
/// oneself or one's equals. So the last admin stays.
///
/// # Errors
/// `RoleTooLow`, `Oneself`.
pub fn may_moderate(by: &Viewer, subject: &Subject) -> Result<(), Refusal> {
    if !by.at_least(Role::Moderator) {
        return Err(Refusal::RoleTooLow);
    }
    if by.account() == Some(subject.id) {
        return Err(Refusal::Oneself);
    }
    match subject.role {
        None | Some(Role::Member) => Ok(()),
        Some(Role::Moderator) if by.at_least(Role::Admin) => Ok(()),
        Some(_) => Err(Refusal::RoleTooLow),
    }
}

/// What can be done with an account: nobody of another node signs in here or reads a warning of ours, and a community of
/// ours is led by its stewards.
pub fn measures_for(subject: &Subject) -> &'static [AccountMeasure] {
    use AccountMeasure::{Disable, None, Sensitive, Silence, Suspend};
    match (subject.local, subject.group) {
        (true, true) => &[],
        (true, false) => &[None, Sensitive, Disable, Silence, Suspend],
        (false, _) => &[Sensitive, Silence, Suspend],
    }
}

/// What the person is told that was done.
pub const fn strike_of(measure: AccountMeasure) -> StrikeAction {
    match measure {
        AccountMeasure::None => StrikeAction::None,
        AccountMeasure::Sensitive => StrikeAction::Sensitive,
        AccountMeasure::Disable => StrikeAction::Disable,
        AccountMeasure::Silence => StrikeAction::Silence,
        AccountMeasure::Suspend => StrikeAction::Suspend,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(role: Option<Role>) -> Subject {
        Subject {
            id: AccountId(9),
            role,
            local: role.is_some(),
            group: false,
        }
    }

    #[test]
    fn nobody_decides_about_equals_or_oneself() {
        use Role::{Admin, Member, Moderator};
        let by = |id, role| Viewer::Person {
            id: AccountId(id),
            role,
        };
        for (who, role, may) in [
            (by(1, Member), Some(Member), Err(Refusal::RoleTooLow)),
            (by(1, Moderator), Some(Member), Ok(())),
            (by(1, Moderator), None, Ok(())),
            (by(1, Moderator), Some(Moderator), Err(Refusal::RoleTooLow)),
            (by(1, Admin), Some(Moderator), Ok(())),
            (by(1, Admin), Some(Admin), Err(Refusal::RoleTooLow)),
            (by(9, Admin), Some(Admin), Err(Refusal::Oneself)),
            (Viewer::Anonymous, None, Err(Refusal::RoleTooLow)),
        ] {
            assert_eq!(may_moderate(&who, &subject(role)), may, "{who:?} {role:?}");
        }
    }

    #[test]
    fn a_measure_is_told_by_its_own_name() {
        for measure in AccountMeasure::ALL {
            assert_eq!(strike_of(*measure).as_str(), measure.as_str());
        }
    }

    #[test]
    fn sign_in_is_a_matter_of_people_here() {
        let here = subject(Some(Role::Member));
        assert!(measures_for(&here).contains(&AccountMeasure::Disable));
        assert!(!measures_for(&subject(None)).contains(&AccountMeasure::Disable));
        let community = Subject {
            group: true,
            ..here
        };
        assert_eq!(measures_for(&community), []);
    }
}
