//! Who may not sign up: providers of mail, single addresses of mail, networks. Only an admin reads and writes these.

use diesel::prelude::*;
use ipnet::IpNet;

use super::conn::{Conn, MultiBackend, on_backend};
use super::page::Page;
use super::schema::{canonical_email_blocks, email_domain_blocks, ip_blocks};
use crate::error::Result;
use crate::model::time::Time;
use crate::model::words::IpSeverity;

/// A provider of mail nobody signs up with.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = email_domain_blocks, check_for_backend(MultiBackend))]
pub struct EmailDomain {
    /// Row id.
    pub id: i64,
    /// What stands behind the `@`; what lies below it is meant too.
    pub domain: String,
    /// Since when.
    pub created_at: Time,
}

/// An address of mail nobody signs up with, in whatever spelling: only the hash of its plainest form is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = canonical_email_blocks, check_for_backend(MultiBackend))]
pub struct CanonicalEmail {
    /// Row id.
    pub id: i64,
    /// SHA-256 in hexadecimal.
    pub canonical_email_hash: String,
    /// Since when.
    pub created_at: Time,
}

/// What a network may not do.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ip_blocks, check_for_backend(MultiBackend))]
pub struct Network {
    /// Row id.
    pub id: i64,
    /// CIDR.
    pub ip: String,
    /// How strictly.
    pub severity: IpSeverity,
    /// Why.
    pub comment: String,
    /// Until when; for ever if absent.
    pub expires_at: Option<Time>,
    /// Since when.
    pub created_at: Time,
}

impl Network {
    /// The network itself.
    pub fn net(&self) -> Option<IpNet> {
        self.ip.parse().ok().map(plain)
    }
}

/// A network as addresses are compared with it: one of IPv4 that was written in IPv6 is that of IPv4.
pub fn plain(net: IpNet) -> IpNet {
    let mapped = match net {
        IpNet::V6(six) => six
            .prefix_len()
            .checked_sub(96)
            .zip(six.network().to_ipv4_mapped()),
        IpNet::V4(_) => None,
    };
    mapped
        .and_then(|(length, address)| IpNet::new(address.into(), length).ok())
        .unwrap_or(net)
}

/// The same few queries for each of the tables.
macro_rules! barriers {
    ($table:ident, $row:ty, $insert:ident, $find:ident, $delete:ident, $list:ident, $count:ident) => {
        /// Adds a row; `false` where there is one for the same.
        pub fn $insert(conn: &mut Conn, row: &$row) -> Result<bool> {
            let added = on_backend!(conn, |c| diesel::insert_into($table::table)
                .values(row)
                .on_conflict_do_nothing()
                .execute(c))?;
            Ok(added == 1)
        }

        /// A row by id.
        pub fn $find(conn: &mut Conn, id: i64) -> Result<Option<$row>> {
            Ok($table::table
                .find(id)
                .select(<$row>::as_select())
                .first(conn)
                .optional()?)
        }

        /// Removes a row.
        pub fn $delete(conn: &mut Conn, id: i64) -> Result<()> {
            diesel::delete($table::table.find(id)).execute(conn)?;
            Ok(())
        }

        /// Rows, newest first.
        pub fn $list(conn: &mut Conn, page: &Page) -> Result<Vec<$row>> {
            let mut query = $table::table
                .select(<$row>::as_select())
                .limit(page.limit)
                .into_boxed::<MultiBackend>();
            if let Some(below) = page.below() {
                query = query.filter($table::id.lt(below));
            }
            if let Some(above) = page.above() {
                query = query.filter($table::id.gt(above));
            }
            let query = if page.upwards() {
                query.order($table::id.asc())
            } else {
                query.order($table::id.desc())
            };
            Ok(page.newest_first(query.load(conn)?))
        }

        /// How many rows there are.
        pub fn $count(conn: &mut Conn) -> Result<i64> {
            Ok($table::table.count().get_result(conn)?)
        }
    };
}

barriers!(
    email_domain_blocks,
    EmailDomain,
    insert_email_domain,
    find_email_domain,
    delete_email_domain,
    list_email_domains,
    count_email_domains
);
barriers!(
    canonical_email_blocks,
    CanonicalEmail,
    insert_email,
    find_email,
    delete_email,
    list_emails,
    count_emails
);
barriers!(
    ip_blocks,
    Network,
    insert_network,
    find_network,
    delete_network,
    list_networks,
    count_networks
);

/// Whether one of these domains is shut out.
pub fn is_any_email_domain(conn: &mut Conn, domains: &[String]) -> Result<bool> {
    let wanted = email_domain_blocks::table.filter(email_domain_blocks::domain.eq_any(domains));
    Ok(diesel::select(diesel::dsl::exists(wanted)).get_result(conn)?)
}

/// The rows that a hash of an address meets.
pub fn list_emails_with(conn: &mut Conn, hash: &str) -> Result<Vec<CanonicalEmail>> {
    Ok(canonical_email_blocks::table
        .filter(canonical_email_blocks::canonical_email_hash.eq(hash))
        .select(CanonicalEmail::as_select())
        .load(conn)?)
}

/// The row of a network.
pub fn find_network_of(conn: &mut Conn, ip: &str) -> Result<Option<Network>> {
    Ok(ip_blocks::table
        .filter(ip_blocks::ip.eq(ip))
        .select(Network::as_select())
        .first(conn)
        .optional()?)
}

/// Every network whose time is not over, with what it may not do.
pub fn networks_at(conn: &mut Conn, now: Time) -> Result<Vec<(IpNet, IpSeverity)>> {
    let rows: Vec<Network> = ip_blocks::table
        .filter(
            ip_blocks::expires_at
                .is_null()
                .or(ip_blocks::expires_at.gt(now)),
        )
        .select(Network::as_select())
        .load(conn)?;
    Ok(rows
        .iter()
        .filter_map(|row| Some((row.net()?, row.severity)))
        .collect())
}

/// Writes what an admin changes of a network; `false` where another row has that network.
pub fn update_network(conn: &mut Conn, row: &Network) -> Result<()> {
    diesel::update(ip_blocks::table.find(row.id))
        .set((
            ip_blocks::severity.eq(row.severity),
            ip_blocks::comment.eq(&row.comment),
            ip_blocks::expires_at.eq(row.expires_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Removes networks whose time is over.
pub fn prune_networks(conn: &mut Conn, now: Time) -> Result<usize> {
    Ok(diesel::delete(
        ip_blocks::table.filter(
            ip_blocks::expires_at
                .is_not_null()
                .and(ip_blocks::expires_at.le(now)),
        ),
    )
    .execute(conn)?)
}
