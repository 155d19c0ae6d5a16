//! An admin (or the command line) decides what another node may do here.

use ipnet::IpNet;

use crate::actions::sever;
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::ids::AccountId;
use crate::model::refusal::Refusal;
use crate::model::text::handles::plain_domain;
use crate::model::time::Time;
use crate::model::words::{Boundary, PeerMode, Relation, SeveranceKind};
use crate::store::db::Tx;
use crate::store::peers::{self, Peer, Setting};
use crate::store::severances::There;
use crate::store::{audit, hold};

/// Longest comment about a node, in characters.
const COMMENT: usize = 1000;
/// Networks that one peer may lie in.
const NETWORKS: usize = 32;

/// What an admin sets; everything that is absent goes back to its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The mode.
    pub mode: PeerMode,
    /// How the node is related to this one.
    pub relation: Option<Relation>,
    /// When the mode ends; strangers' mode after that.
    pub expires_at: Option<Time>,
    /// Limit of what it may receive.
    pub boundary_max: Option<Boundary>,
    /// Private networks in which the node may lie, as CIDRs.
    pub addresses: Vec<String>,
}

/// Sets what a node may do. `domain` is the authority in its ids, `host` or `host:port`.
///
/// # Errors
/// `Invalid` naming `domain` (also for this node itself), `expires` or `addresses`.
pub fn set_peer(tx: &mut Tx<'_>, by: Option<AccountId>, domain: &str, wish: &Wish) -> Result<Peer> {
    let domain = check_domain(tx, domain)?;
    if wish.expires_at.is_some_and(|end| end <= tx.now()) {
        return Err(Error::invalid("expires", Refusal::Malformed));
    }
    if wish.addresses.len() > NETWORKS {
        return Err(Error::invalid("addresses", Refusal::TooMany(NETWORKS)));
    }
    let mut networks = Vec::new();
    for text in &wish.addresses {
        let network: IpNet = text
            .trim()
            .parse()
            .map_err(|_why| Error::invalid("addresses", Refusal::Malformed))?;
        networks.push(network.trunc().to_string());
    }
    let setting = Setting {
        mode: Some(wish.mode),
        relation: wish.relation,
        expires_at: wish.expires_at,
        boundary_max: wish.boundary_max,
        addresses: networks.join(","),
    };
    let peer = put(tx, &domain, &setting)?;
    audit::add(tx, by, "peer.set", &domain, wish.mode.as_str())?;
    tx.emit(Event::PeerChanged { domain });
    Ok(peer)
}

/// A node as it is until the transaction ends.
fn held(tx: &mut Tx<'_>, domain: &str) -> Result<Peer> {
    let known = peers::ensure(tx, domain)?;
    hold::peer(tx, known.id)?;
    peers::ensure(tx, domain)
}

/// Writes what was set. Whoever follows somebody on a node that is blocked from now on, or is followed from there, is told
/// so; the follows rest and work again once the block is lifted.
fn put(tx: &mut Tx<'_>, domain: &str, setting: &Setting) -> Result<Peer> {
    let (now, default) = (tx.now(), tx.node().unknown_nodes);
    held(tx, domain)?;
    let before = peers::mode_of(tx, domain, now, default)?;
    let peer = peers::set(tx, domain, setting)?;
    let after = peer.effective_mode(now, default);
    if after == PeerMode::Blocked && before != PeerMode::Blocked {
        let there = There::Node(domain.to_owned());
        sever::tell_all(tx, SeveranceKind::DomainBlock, there)?;
    }
    Ok(peer)
}

/// Sets a node's mode alone, for good, or (`None`) gives it that of strangers; everything else that was set stays.
///
/// # Errors
/// `Invalid` naming `domain`.
pub fn set_mode(
    tx: &mut Tx<'_>,
    by: AccountId,
    domain: &str,
    mode: Option<PeerMode>,
) -> Result<Peer> {
    let domain = check_domain(tx, domain)?;
    let known = held(tx, &domain)?;
    let setting = Setting {
        mode,
        relation: known.relation,
        expires_at: None,
        boundary_max: known.boundary_max,
        addresses: known.addresses,
    };
    let peer = put(tx, &domain, &setting)?;
    let detail = mode.map_or("none", PeerMode::as_str);
    audit::add(tx, Some(by), "peer.set", &domain, detail)?;
    tx.emit(Event::PeerChanged { domain });
    Ok(peer)
}

/// Notes why a node has its mode; what is absent stays. The node as it is then.
///
/// # Errors
/// `Invalid` naming `private_comment` or `public_comment`; `NotFound`.
pub fn describe(
    tx: &mut Tx<'_>,
    id: i64,
    private: Option<String>,
    public: Option<String>,
) -> Result<Peer> {
    let peer = peers::find_by_id(tx, id)?.ok_or(Error::NotFound)?;
    let private = private.unwrap_or(peer.private_comment);
    let public = public.unwrap_or(peer.public_comment);
    for (field, text) in [("private_comment", &private), ("public_comment", &public)] {
        if text.chars().count() > COMMENT {
            return Err(Error::invalid(field, Refusal::TooLong(COMMENT)));
        }
    }
    peers::set_comments(tx, id, private.trim(), public.trim())?;
    peers::find_by_id(tx, id)?.ok_or(Error::NotFound)
}

/// Forgets a node and what waits for it: it is a stranger from now on.
///
/// # Errors
/// `NotFound` where it is not known.
pub fn remove_peer(tx: &mut Tx<'_>, by: Option<AccountId>, domain: &str) -> Result<()> {
    // Earlier versions kept names as typed.
    let typed = domain.trim().to_lowercase();
    let plain = plain_domain(domain).unwrap_or_default();
    let domain = if peers::delete(tx, &typed)? {
        typed
    } else if peers::delete(tx, &plain)? {
        plain
    } else {
        return Err(Error::NotFound);
    };
    audit::add(tx, by, "peer.remove", &domain, "")?;
    tx.emit(Event::PeerChanged { domain });
    Ok(())
}

/// A domain as typed, as ids have it.
///
/// # Errors
/// `Invalid` naming `domain`, also for this node itself.
pub fn check_domain(tx: &Tx<'_>, domain: &str) -> Result<String> {
    let domain = plain_domain(domain).ok_or(Error::invalid("domain", Refusal::Malformed))?;
    if domain == tx.node().authority {
        return Err(Error::invalid("domain", Refusal::Oneself));
    }
    Ok(domain)
}
