//! People and communities as links: name, handle, face.

use crate::media::remote::{self, Part};
use crate::store::accounts::Account;

/// Somebody to link to.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// Name to show.
    pub(crate) name: String,
    /// Full handle with `@` (or `!` for communities).
    pub(crate) handle: String,
    /// Page on this node.
    pub(crate) path: String,
    /// Letters instead of a picture.
    pub(crate) initials: String,
    /// Address of the picture on this node.
    pub(crate) picture: Option<String>,
}

impl Person {
    /// `authority` is this node's.
    pub(crate) fn of(account: &Account, authority: &str) -> Self {
        let domain = if account.is_local() {
            authority
        } else {
            &account.domain
        };
        let sign = if account.is_group() { '!' } else { '@' };
        let folder = if account.is_group() { "/c/" } else { "/@" };
        let name = account.shown_name().to_owned();
        Self {
            handle: format!("{sign}{}@{domain}", account.name),
            path: format!("{folder}{}", account.acct()),
            initials: initials(&name),
            picture: account
                .avatar
                .as_ref()
                .and_then(|file| match account.is_local() {
                    true => Some(format!("/media/{file}")),
                    false if remote::is_web_address(file) => {
                        Some(remote::path(Part::Avatar, account.id.0, file))
                    }
                    false => None,
                }),
            name,
        }
    }
}

fn initials(name: &str) -> String {
    let mut words = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let (first, last) = (words.next(), words.next_back());
    first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn initials_are_of_the_first_and_last_word() {
        assert_eq!(super::initials("ada king lovelace"), "AL");
        assert_eq!(super::initials("Éa"), "É");
        assert_eq!(super::initials("--"), "");
    }
}
