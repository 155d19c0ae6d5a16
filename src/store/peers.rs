//! Other nodes: what they may do here, which software they run, how deliveries to them go.

use diesel::prelude::*;
use ipnet::IpNet;

use super::conn::{Conn, MultiBackend, on_backend};
use super::db::Tx;
use super::page::Page;
use super::schema::peers;
use crate::error::Result;
use crate::model::peer::{self, Dialect};
use crate::model::time::Time;
use crate::model::words::{Boundary, PeerMode, Relation};

/// A node as stored.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = peers, check_for_backend(MultiBackend))]
pub struct Peer {
    /// Row id.
    pub id: i64,
    /// The authority in its ids: `host` or `host:port`.
    pub domain: String,
    /// The mode an admin set; absent for strangers.
    pub mode: Option<PeerMode>,
    /// How it is related to this node.
    pub relation: Option<Relation>,
    /// When the mode ends.
    pub expires_at: Option<Time>,
    /// The widest reach that a post may have to go there, or to be read by it.
    pub boundary_max: Option<Boundary>,
    /// Networks in which its name may lie besides the public internet: CIDRs, separated by commas.
    pub addresses: String,
    /// NodeInfo `software.name`.
    pub software: Option<String>,
    /// NodeInfo `software.version`.
    pub software_version: Option<String>,
    /// When NodeInfo was last asked, with or without success.
    pub software_checked_at: Option<Time>,
    /// Everything up to this outbox id was delivered or given up.
    pub delivered_through: i64,
    /// Failures in a row.
    pub failures: i32,
    /// No delivery is tried before this time.
    pub next_attempt_at: Option<Time>,
    /// When a delivery last succeeded.
    pub last_success_at: Option<Time>,
    /// What went wrong last, in words.
    pub last_error: Option<String>,
    /// When.
    pub last_error_at: Option<Time>,
    /// Since when it is known.
    pub created_at: Time,
    /// Why it has its mode, for admins.
    pub private_comment: String,
    /// Why, in words that others may read.
    pub public_comment: String,
}

impl Peer {
    /// The mode that counts now.
    pub fn effective_mode(&self, now: Time, default: PeerMode) -> PeerMode {
        peer::effective_mode(self.mode, self.expires_at, now, default)
    }

    /// The networks an admin allowed for exactly this name.
    pub fn networks(&self) -> Vec<IpNet> {
        self.addresses
            .split(',')
            .filter_map(|text| text.trim().parse().ok())
            .collect()
    }

    /// In which form Announces are sent to it.
    pub fn dialect(&self) -> Dialect {
        peer::dialect(self.software.as_deref())
    }
}

/// A node by domain.
pub fn find(conn: &mut Conn, domain: &str) -> Result<Option<Peer>> {
    Ok(peers::table
        .filter(peers::domain.eq(domain))
        .select(Peer::as_select())
        .first(conn)
        .optional()?)
}

/// The mode of a node, known or not.
pub fn mode_of(conn: &mut Conn, domain: &str, now: Time, default: PeerMode) -> Result<PeerMode> {
    Ok(find(conn, domain)?.map_or(default, |peer| peer.effective_mode(now, default)))
}

/// A node by row id.
pub fn find_by_id(conn: &mut Conn, id: i64) -> Result<Option<Peer>> {
    Ok(peers::table
        .find(id)
        .select(Peer::as_select())
        .first(conn)
        .optional()?)
}

/// Every known node, by name.
pub fn list(conn: &mut Conn) -> Result<Vec<Peer>> {
    Ok(peers::table
        .order(peers::domain.asc())
        .select(Peer::as_select())
        .load(conn)?)
}

/// The node of a domain, made known if it is not.
pub fn ensure(tx: &mut Tx<'_>, domain: &str) -> Result<Peer> {
    if let Some(peer) = find(tx, domain)? {
        return Ok(peer);
    }
    let (id, now) = (tx.new_id(), tx.now());
    let conn: &mut Conn = tx;
    on_backend!(conn, |c| diesel::insert_into(peers::table)
        .values((
            peers::id.eq(id),
            peers::domain.eq(domain),
            peers::addresses.eq(""),
            peers::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    find(conn, domain)?.ok_or(crate::error::Error::NotFound)
}

/// What an admin sets.
#[derive(Debug, Clone, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = peers, treat_none_as_null = true)]
pub struct Setting {
    /// The mode; absent: that of strangers.
    pub mode: Option<PeerMode>,
    /// How it is related to this node.
    pub relation: Option<Relation>,
    /// When the mode ends.
    pub expires_at: Option<Time>,
    /// Limit of what it may receive.
    pub boundary_max: Option<Boundary>,
    /// CIDRs, separated by commas.
    pub addresses: String,
}

/// Writes what an admin set, making the node known if it is not.
pub fn set(tx: &mut Tx<'_>, domain: &str, setting: &Setting) -> Result<Peer> {
    let peer = ensure(tx, domain)?;
    let conn: &mut Conn = tx;
    diesel::update(peers::table.find(peer.id))
        .set(setting)
        .execute(conn)?;
    Ok(find_by_id(conn, peer.id)?.unwrap_or(peer))
}

/// Nodes that an admin set to one of these modes, which still holds, the newest first.
pub fn list_set(conn: &mut Conn, modes: &[PeerMode], now: Time, page: &Page) -> Result<Vec<Peer>> {
    let mut query = peers::table
        .filter(peers::mode.is_not_null())
        .filter(peers::mode.assume_not_null().eq_any(modes.to_vec()))
        .filter(peers::expires_at.is_null().or(peers::expires_at.gt(now)))
        .select(Peer::as_select())
        .limit(page.limit)
        .into_boxed::<MultiBackend>();
    if let Some(below) = page.below() {
        query = query.filter(peers::id.lt(below));
    }
    if let Some(above) = page.above() {
        query = query.filter(peers::id.gt(above));
    }
    let query = if page.upwards() {
        query.order(peers::id.asc())
    } else {
        query.order(peers::id.desc())
    };
    Ok(page.newest_first(query.load(conn)?))
}

/// Writes why a node has its mode.
pub fn set_comments(conn: &mut Conn, id: i64, private: &str, public: &str) -> Result<()> {
    diesel::update(peers::table.find(id))
        .set((
            peers::private_comment.eq(private),
            peers::public_comment.eq(public),
        ))
        .execute(conn)?;
    Ok(())
}

/// Forgets a node and what waits for it; whether it was known.
pub fn delete(conn: &mut Conn, domain: &str) -> Result<bool> {
    Ok(diesel::delete(peers::table.filter(peers::domain.eq(domain))).execute(conn)? > 0)
}

/// Notes what NodeInfo said; `None` where it said nothing, which leaves what was known.
pub fn set_software(
    conn: &mut Conn,
    domain: &str,
    software: Option<(&str, &str)>,
    at: Time,
) -> Result<()> {
    let target = peers::table.filter(peers::domain.eq(domain));
    match software {
        Some((name, version)) => diesel::update(target)
            .set((
                peers::software.eq(name),
                peers::software_version.eq(version),
                peers::software_checked_at.eq(at),
            ))
            .execute(conn)?,
        None => diesel::update(target)
            .set(peers::software_checked_at.eq(at))
            .execute(conn)?,
    };
    Ok(())
}

/// A node gave a sign of life: what waits for it is tried at once.
pub fn wake(conn: &mut Conn, id: i64) -> Result<()> {
    diesel::update(peers::table.find(id))
        .set(peers::next_attempt_at.eq(None::<Time>))
        .execute(conn)?;
    Ok(())
}
