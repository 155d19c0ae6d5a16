//! What stands between asking for an account and having one.

/// What stands between asking for an account and having one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Nothing.
    AtOnce,
    /// The link in a mail to the address that was given.
    ByMail,
    /// A moderator's yes.
    ByModerator,
}
