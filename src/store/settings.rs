//! What a node keeps about itself: one text a name.

use diesel::prelude::*;

use super::conn::{Conn, on_backend};
use super::schema::node_settings;
use crate::error::Result;

/// Name of the private VAPID key, PKCS #8 PEM.
pub const VAPID_PRIVATE: &str = "vapid_private_pem";

/// The text kept under a name.
pub fn find(conn: &mut Conn, name: &str) -> Result<Option<String>> {
    Ok(node_settings::table
        .find(name)
        .select(node_settings::value)
        .first(conn)
        .optional()?)
}

/// Keeps a text under a name that has none yet; the text that is kept then.
pub fn keep(conn: &mut Conn, name: &str, value: &str) -> Result<String> {
    on_backend!(conn, |c| diesel::insert_into(node_settings::table)
        .values((node_settings::name.eq(name), node_settings::value.eq(value)))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(find(conn, name)?.unwrap_or_else(|| value.to_owned()))
}
