//! Admins say who may not sign up, and what a network may do; and the checks that follow from it.

use std::net::IpAddr;

use chrono::Duration;
use ipnet::IpNet;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::model::admission::Admission;
use crate::model::ids::AccountId;
use crate::model::names::{canonical_email, check_email};
use crate::model::refusal::Refusal;
use crate::model::text::handles::plain_domain;
use crate::model::words::IpSeverity;
use crate::store::audit;
use crate::store::barriers::{self, CanonicalEmail, EmailDomain, Network};
use crate::store::conn::Conn;
use crate::store::db::Tx;

/// Most rows of each kind.
const ROWS: i64 = 10_000;
/// Longest comment, in characters.
const COMMENT: usize = 1000;
/// Longest time that a network is shut out for, other than for ever: ten years, in seconds.
const LONGEST: i64 = 10 * 365 * 86_400;

fn room(count: i64) -> Result<()> {
    if count >= ROWS {
        let most = usize::try_from(ROWS).unwrap_or(usize::MAX);
        return Err(Error::invalid("base", Refusal::TooMany(most)));
    }
    Ok(())
}

/// Shuts a provider of mail out, and whatever lies below its domain.
///
/// # Errors
/// `Invalid` naming `domain`.
pub fn block_email_domain(tx: &mut Tx<'_>, by: AccountId, domain: &str) -> Result<EmailDomain> {
    if domain.trim().trim_start_matches('@').is_empty() {
        return Err(Error::invalid("domain", Refusal::Blank));
    }
    let domain = plain_domain(domain)
        .filter(|plain| !plain.contains(':') && plain.contains('.'))
        .ok_or(Error::invalid("domain", Refusal::Malformed))?;
    room(barriers::count_email_domains(tx)?)?;
    let row = EmailDomain {
        id: tx.new_id(),
        domain,
        created_at: tx.now(),
    };
    if !barriers::insert_email_domain(tx, &row)? {
        return Err(Error::invalid("domain", Refusal::Taken));
    }
    audit::add(tx, Some(by), "email_domain.block", &row.domain, "")?;
    Ok(row)
}

/// Lets a provider of mail in again.
///
/// # Errors
/// `NotFound`.
pub fn unblock_email_domain(tx: &mut Tx<'_>, by: AccountId, id: i64) -> Result<()> {
    let row = barriers::find_email_domain(tx, id)?.ok_or(Error::NotFound)?;
    barriers::delete_email_domain(tx, id)?;
    audit::add(tx, Some(by), "email_domain.unblock", &row.domain, "")
}

/// What is kept of an address that is shut out: SHA-256 of its plainest spelling, in hexadecimal.
pub fn email_hash(email: &str) -> String {
    format!("{:x}", Sha256::digest(canonical_email(email).as_bytes()))
}

/// Shuts an address of mail out, given itself or (64 hexadecimal digits) as hash.
///
/// # Errors
/// `Invalid` naming `email` or `canonical_email_hash`.
pub fn block_email(
    tx: &mut Tx<'_>,
    by: AccountId,
    email: &str,
    hash: &str,
) -> Result<CanonicalEmail> {
    let hash = if email.trim().is_empty() && !hash.trim().is_empty() {
        let hash = hash.trim().to_lowercase();
        if hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Error::invalid("canonical_email_hash", Refusal::Malformed));
        }
        hash
    } else {
        check_email(email).map_err(|why| Error::invalid("email", why))?;
        email_hash(email)
    };
    room(barriers::count_emails(tx)?)?;
    let row = CanonicalEmail {
        id: tx.new_id(),
        canonical_email_hash: hash,
        created_at: tx.now(),
    };
    if !barriers::insert_email(tx, &row)? {
        return Err(Error::invalid("canonical_email_hash", Refusal::Taken));
    }
    audit::add(tx, Some(by), "email.block", &row.id.to_string(), "")?;
    Ok(row)
}

/// Lets an address in again; the row that was there.
///
/// # Errors
/// `NotFound`.
pub fn unblock_email(tx: &mut Tx<'_>, by: AccountId, id: i64) -> Result<CanonicalEmail> {
    let row = barriers::find_email(tx, id)?.ok_or(Error::NotFound)?;
    barriers::delete_email(tx, id)?;
    audit::add(tx, Some(by), "email.unblock", &id.to_string(), "")?;
    Ok(row)
}

/// What an admin says of a network; what is absent stays as it is.
#[derive(Debug, Clone, Default)]
pub struct NetworkWish {
    /// Address or CIDR; it does not change later.
    pub ip: Option<String>,
    /// How strictly.
    pub severity: Option<IpSeverity>,
    /// Why.
    pub comment: Option<String>,
    /// For how many seconds from now; `Some(None)`: for ever.
    pub expires_in: Option<Option<i64>>,
    /// Where the admin is: nobody shuts oneself out.
    pub from: Option<IpAddr>,
}

fn network(text: &str) -> Result<IpNet> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid("ip", Refusal::Blank));
    }
    let parsed = text
        .parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    let parsed = parsed.map_err(|_why| Error::invalid("ip", Refusal::Malformed))?;
    Ok(barriers::plain(parsed.trunc()))
}

/// Puts a wish upon a row.
fn wished(tx: &Tx<'_>, wish: &NetworkWish, mut row: Network) -> Result<Network> {
    row.severity = wish.severity.unwrap_or(row.severity);
    if let Some(comment) = &wish.comment {
        if comment.chars().count() > COMMENT {
            return Err(Error::invalid("comment", Refusal::TooLong(COMMENT)));
        }
        comment.trim().clone_into(&mut row.comment);
    }
    if let Some(seconds) = wish.expires_in {
        row.expires_at = match seconds {
            None => None,
            Some(seconds) if (1..=LONGEST).contains(&seconds) => {
                tx.now().checked_add_signed(Duration::seconds(seconds))
            }
            Some(_) => return Err(Error::invalid("expires_in", Refusal::Malformed)),
        };
    }
    let shuts_out = row.severity == IpSeverity::NoAccess
        && wish
            .from
            .map(|from| from.to_canonical())
            .is_some_and(|from| row.net().is_some_and(|net| net.contains(&from)));
    if shuts_out {
        return Err(Error::invalid("ip", Refusal::Oneself));
    }
    Ok(row)
}

/// Says what a network may not do.
///
/// # Errors
/// `Invalid` naming `ip`, `severity`, `comment` or `expires_in`.
pub fn block_network(tx: &mut Tx<'_>, by: AccountId, wish: &NetworkWish) -> Result<Network> {
    let net = network(wish.ip.as_deref().unwrap_or_default())?;
    let severity = wish
        .severity
        .ok_or_else(|| Error::invalid("severity", Refusal::Blank))?;
    room(barriers::count_networks(tx)?)?;
    let blank = Network {
        id: tx.new_id(),
        ip: net.to_string(),
        severity,
        comment: String::new(),
        expires_at: None,
        created_at: tx.now(),
    };
    let row = wished(tx, wish, blank)?;
    if !barriers::insert_network(tx, &row)? {
        return Err(Error::invalid("ip", Refusal::Taken));
    }
    audit::add(tx, Some(by), "ip.block", &row.ip, severity.as_str())?;
    Ok(row)
}

/// Changes what a network may not do; which network it is stays.
///
/// # Errors
/// `NotFound`; `Invalid` as [`block_network`] says, also for another `ip`.
pub fn change_network(
    tx: &mut Tx<'_>,
    by: AccountId,
    id: i64,
    wish: &NetworkWish,
) -> Result<Network> {
    let row = barriers::find_network(tx, id)?.ok_or(Error::NotFound)?;
    if let Some(ip) = &wish.ip
        && network(ip)?.to_string() != row.ip
    {
        return Err(Error::invalid("ip", Refusal::Malformed));
    }
    let row = wished(tx, wish, row)?;
    barriers::update_network(tx, &row)?;
    audit::add(tx, Some(by), "ip.block", &row.ip, row.severity.as_str())?;
    Ok(row)
}

/// Lets a network in again.
///
/// # Errors
/// `NotFound`.
pub fn unblock_network(tx: &mut Tx<'_>, by: AccountId, id: i64) -> Result<()> {
    let row = barriers::find_network(tx, id)?.ok_or(Error::NotFound)?;
    barriers::delete_network(tx, id)?;
    audit::add(tx, Some(by), "ip.unblock", &row.ip, "")
}

/// The command line lets a network in again: whoever sits in it cannot.
///
/// # Errors
/// `NotFound` where it is not shut out; `Invalid` naming `ip`.
pub fn lift_network(tx: &mut Tx<'_>, ip: &str) -> Result<Network> {
    let net = network(ip)?.to_string();
    let row = match barriers::find_network_of(tx, &net)? {
        Some(row) => row,
        // Earlier versions kept networks as written.
        None => barriers::find_network_of(tx, ip.trim())?.ok_or(Error::NotFound)?,
    };
    barriers::delete_network(tx, row.id)?;
    audit::add(tx, None, "ip.unblock", &row.ip, "")?;
    Ok(row)
}

/// Refuses an address of mail that is shut out: by its provider, by a domain above that, or by itself.
///
/// # Errors
/// `Invalid` naming `email`.
pub fn check_address(conn: &mut Conn, email: &str) -> Result<()> {
    let typed = email
        .rsplit_once('@')
        .map(|(_, domain)| domain.trim().to_lowercase())
        .unwrap_or_default();
    let mut above = Vec::new();
    // Earlier versions kept providers as typed.
    for domain in [plain_domain(&typed).unwrap_or_default(), typed] {
        let mut rest = Some(domain.as_str());
        while let Some(name) = rest.filter(|name| !name.is_empty()) {
            above.push(name.to_owned());
            rest = name.split_once('.').map(|(_, tail)| tail);
        }
    }
    let shut_out = barriers::is_any_email_domain(conn, &above)?
        || !barriers::list_emails_with(conn, &email_hash(email))?.is_empty();
    if shut_out {
        return Err(Error::invalid("email", Refusal::EmailNotAllowed));
    }
    Ok(())
}

/// What somebody at an address may not do: the strictest of what applies.
pub fn severity_at(networks: &[(IpNet, IpSeverity)], from: IpAddr) -> Option<IpSeverity> {
    let from = from.to_canonical();
    networks
        .iter()
        .filter(|(net, _)| net.contains(&from))
        .map(|(_, severity)| *severity)
        .max()
}

/// By which way somebody at an address comes in, where the node would let them in by `admission`.
///
/// # Errors
/// `Forbidden(NetworkNotAllowed)`.
pub fn admission_at(severity: Option<IpSeverity>, admission: Admission) -> Result<Admission> {
    match severity {
        None => Ok(admission),
        Some(IpSeverity::SignUpRequiresApproval) => Ok(Admission::ByModerator),
        Some(IpSeverity::SignUpBlock | IpSeverity::NoAccess) => {
            Err(Refusal::NetworkNotAllowed.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(ip: &str, severity: IpSeverity) -> (IpNet, IpSeverity) {
        (network(ip).unwrap(), severity)
    }

    #[test]
    fn the_strictest_network_counts() {
        let all = [
            row("10.0.0.0/8", IpSeverity::SignUpRequiresApproval),
            row("10.1.0.0/16", IpSeverity::NoAccess),
            row("2001:db8::/32", IpSeverity::SignUpBlock),
            row("::ffff:198.51.100.7/120", IpSeverity::NoAccess),
        ];
        for (from, severity) in [
            ("10.2.3.4", Some(IpSeverity::SignUpRequiresApproval)),
            ("::ffff:10.2.3.4", Some(IpSeverity::SignUpRequiresApproval)),
            ("10.1.3.4", Some(IpSeverity::NoAccess)),
            ("2001:db8::1", Some(IpSeverity::SignUpBlock)),
            ("198.51.100.99", Some(IpSeverity::NoAccess)),
            ("::ffff:198.51.100.99", Some(IpSeverity::NoAccess)),
            ("198.51.101.1", None),
            ("192.0.2.1", None),
        ] {
            assert_eq!(severity_at(&all, from.parse().unwrap()), severity, "{from}");
        }
    }

    #[test]
    fn a_network_of_ipv4_has_one_spelling() {
        for (written, plain) in [
            ("::ffff:192.0.2.7/120", "192.0.2.0/24"),
            ("::ffff:192.0.2.7", "192.0.2.7/32"),
            ("192.0.2.7", "192.0.2.7/32"),
            ("::ffff:0:0/96", "0.0.0.0/0"),
            ("::/0", "::/0"),
            ("2001:db8::/32", "2001:db8::/32"),
        ] {
            assert_eq!(network(written).unwrap().to_string(), plain, "{written}");
        }
    }

    #[test]
    fn spellings_of_an_address_have_one_hash() {
        let plain = email_hash("test@example.com");
        for other in [
            "Test@example.com",
            "te.st@example.com",
            "test+x@EXAMPLE.com",
        ] {
            assert_eq!(email_hash(other), plain, "{other}");
        }
        assert_ne!(email_hash("test@example.org"), plain);
        assert_eq!(plain.len(), 64);
    }
}
